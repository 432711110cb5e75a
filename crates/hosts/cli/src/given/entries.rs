//! The entries of an object, and the names of those that nobody reads.
use std::fmt;

use guanxi::policy::nearest;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::line::Text;

/// The entries of an object in their order, those that are given twice, too. Each is kept as its token,
/// so that a number is read as it is written and never through a float.
#[derive(Default)]
pub(crate) struct Entries<'a>(pub(crate) Vec<(Text<'a>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;

        impl<'de> Visitor<'de> for Reading {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of names and values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Reading)
    }
}

/// Names that nobody reads, each once, as far as there is room.
#[derive(Default)]
pub(crate) struct Unread(Vec<String>);

impl Unread {
    pub(crate) fn note(&mut self, name: &str) {
        const ROOM: usize = 20;
        if self.0.len() < ROOM && !self.0.iter().any(|known| known == name) {
            self.0.push(name.chars().take(64).collect());
        }
    }

    /// The names, if there are any.
    pub(crate) fn names(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join(", "))
    }

    /// The names, if there are any, each with the word that was probably meant.
    pub(crate) fn names_near<'w>(&self, words: impl Iterator<Item = &'w str> + Clone) -> Option<String> {
        let names = self.0.iter().map(|name| match nearest(name, words.clone()) {
            Some(meant) => format!("{name} (did you mean `{meant}`?)"),
            None => name.clone(),
        });
        (!self.0.is_empty()).then(|| names.collect::<Vec<_>>().join(", "))
    }
}
