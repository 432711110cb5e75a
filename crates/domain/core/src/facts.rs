//! What is known of a customer, fact by fact: the three answers known, missing, not applicable.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::fact::FactValue;
use crate::id::FactId;

/// The answer to a question for a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact<'a> {
    /// The value is known.
    Known {
        /// The value.
        value: &'a FactValue,
        /// When it was observed, if that is known.
        observed_at: Option<DateTime<Utc>>,
    },
    /// The fact has a value, but nobody said which.
    Missing,
    /// The question does not arise: a firm that never bought has no profit.
    NotApplicable,
}

/// Whatever can be asked for a customer's facts.
pub trait Facts {
    /// The answer for one fact.
    fn fact(&self, id: &FactId) -> Fact<'_>;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Entry {
    Known {
        value: FactValue,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        observed_at: Option<DateTime<Utc>>,
    },
    NotApplicable,
}

/// Facts by name, in the order of their names. What is not listed is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(from = "BTreeMap<FactId, Entry>", into = "BTreeMap<FactId, Entry>")]
pub struct FactMap(Vec<Listed>); // INVARIANT: ascending by name, no name twice

/// A fact of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Listed {
    /// Of the name, to tell most names apart at once.
    mark: u64,
    id: FactId,
    entry: Entry,
}

impl Listed {
    fn new(id: FactId, entry: Entry) -> Self {
        Self { mark: mark(&id), id, entry }
    }
}

/// The length of a name and its last bytes, in one number; equal for equal names.
fn mark(id: &FactId) -> u64 {
    let text = id.as_str().as_bytes();
    let end = text.last_chunk().map_or(0, |end| u32::from_le_bytes(*end));
    // At most 64 characters of 4 bytes.
    u64::from(end) << 32 | u64::try_from(text.len()).unwrap_or_default()
}

impl FactMap {
    /// Up to so many facts, looking at each in turn is quicker than halving.
    const FEW: usize = 32;

    /// No facts.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// With a fact known, and when it was observed.
    #[must_use]
    pub fn with(self, id: FactId, value: FactValue, observed_at: Option<DateTime<Utc>>) -> Self {
        self.put(id, Entry::Known { value, observed_at })
    }

    /// With a fact that does not apply.
    #[must_use]
    pub fn not_applicable(self, id: FactId) -> Self {
        self.put(id, Entry::NotApplicable)
    }

    /// The answer of a long list; by itself, so that the short way stays short.
    #[inline(never)]
    fn halved(&self, id: &FactId) -> Fact<'_> {
        let found = self.0.binary_search_by(|listed| listed.id.cmp(id)).ok();
        found.and_then(|found| self.0.get(found)).map_or(Fact::Missing, |listed| listed.entry.answer())
    }

    fn put(mut self, id: FactId, entry: Entry) -> Self {
        match self.0.binary_search_by(|listed| listed.id.cmp(&id)) {
            Ok(found) => {
                if let Some(listed) = self.0.get_mut(found) {
                    listed.entry = entry;
                }
            }
            Err(place) => self.0.insert(place, Listed::new(id, entry)),
        }
        self
    }

    /// The facts that are known or do not apply, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&FactId, Fact<'_>)> {
        self.0.iter().map(|listed| (&listed.id, listed.entry.answer()))
    }
}

impl From<BTreeMap<FactId, Entry>> for FactMap {
    fn from(facts: BTreeMap<FactId, Entry>) -> Self {
        Self(facts.into_iter().map(|(id, entry)| Listed::new(id, entry)).collect())
    }
}

impl From<FactMap> for BTreeMap<FactId, Entry> {
    fn from(facts: FactMap) -> Self {
        facts.0.into_iter().map(|listed| (listed.id, listed.entry)).collect()
    }
}

impl Entry {
    const fn answer(&self) -> Fact<'_> {
        match self {
            Self::Known { value, observed_at } => Fact::Known { value, observed_at: *observed_at },
            Self::NotApplicable => Fact::NotApplicable,
        }
    }
}

impl Facts for FactMap {
    fn fact(&self, id: &FactId) -> Fact<'_> {
        if self.0.len() > Self::FEW {
            return self.halved(id);
        }
        let mark = mark(id);
        let found = self.0.iter().find(|listed| listed.mark == mark && listed.id == *id);
        found.map_or(Fact::Missing, |listed| listed.entry.answer())
    }
}
