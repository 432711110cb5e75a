//! Reading a value tree so that every problem is found in one go.
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;

use guanxi_core::Quoted;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::problem::{Problem, Problems};

/// Reads a document: `read` returns what it could build and reports the rest through the node.
///
/// # Errors
/// All [`Problems`] reported, or one that says that the document could not be read at all.
pub fn check<T>(tree: &Value, read: impl FnOnce(&Node<'_>) -> Option<T>) -> Result<T, Problems> {
    let sink = RefCell::new(Vec::new());
    let result = read(&Node { value: tree, path: String::new(), sink: &sink });
    let mut problems = sink.into_inner();
    match result {
        Some(result) if problems.is_empty() => Ok(result),
        _ => {
            if problems.is_empty() {
                problems.push(Problem {
                    path: String::new(),
                    code: "not_allowed",
                    given: shown(tree),
                    allowed: "a complete document".to_owned(),
                });
            }
            Err(Problems(problems))
        }
    }
}

/// A place in a document: a value, its path, and where to report what is wrong with it.
#[derive(Clone)]
pub struct Node<'a> {
    value: &'a Value,
    path: String,
    sink: &'a RefCell<Vec<Problem>>,
}

impl<'a> Node<'a> {
    /// The value as given.
    #[must_use]
    pub const fn value(&self) -> &'a Value {
        self.value
    }

    /// The path of this place.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Reports this value as not allowed.
    pub fn refuse(&self, code: &'static str, allowed: impl Into<String>) {
        self.report(code, shown(self.value), allowed);
    }

    /// Reports a problem of this place with what was given in other words.
    pub fn report(&self, code: &'static str, given: impl Into<String>, allowed: impl Into<String>) {
        self.sink.borrow_mut().push(Problem {
            path: self.path.clone(),
            code,
            given: given.into(),
            allowed: allowed.into(),
        });
    }

    fn child(&self, step: &str, value: &'a Value) -> Self {
        let dot = if self.path.is_empty() || step.starts_with('[') { "" } else { "." };
        Self { value, path: format!("{}{dot}{step}", self.path), sink: self.sink }
    }

    /// The value as a type that checks itself; its error is what is allowed.
    #[must_use]
    pub fn get<T: DeserializeOwned>(&self) -> Option<T> {
        match T::deserialize(self.value) {
            Ok(value) => Some(value),
            Err(error) => {
                self.refuse("not_allowed", error.to_string());
                None
            }
        }
    }

    /// The value as one of some words.
    #[must_use]
    pub fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Option<T> {
        let chosen = self.value.as_str().and_then(|text| choices.iter().find(|(word, _)| *word == text));
        if chosen.is_none() {
            self.refuse("not_allowed", join(choices.iter().map(|(word, _)| *word)));
        }
        chosen.map(|(_, value)| *value)
    }

    /// The value as a table with these fields; every other field is reported.
    #[must_use]
    pub fn fields(&self, allowed: &[&'static str]) -> Fields<'a> {
        let map = self.value.as_object();
        match map {
            None => self.refuse("wrong_type", format!("a table with {}", join(allowed.iter().copied()))),
            Some(map) => {
                for (name, value) in map.iter().filter(|(name, _)| !allowed.contains(&name.as_str())) {
                    let near = nearest(name, allowed.iter().copied());
                    let hint = near.map_or(String::new(), |field| format!(" (did you mean `{field}`?)"));
                    self.child(name, value).report(
                        "unknown_field",
                        Quoted(name).to_string(),
                        format!("{}{hint}", join(allowed.iter().copied())),
                    );
                }
            }
        }
        Fields { node: self.clone(), map }
    }

    /// The items of a list, each a place of its own.
    #[must_use]
    pub fn items(&self) -> Option<Vec<Self>> {
        let Some(items) = self.value.as_array() else {
            self.refuse("wrong_type", "a list");
            return None;
        };
        Some(items.iter().enumerate().map(|(i, value)| self.child(&format!("[{i}]"), value)).collect())
    }

    /// The entries of a table whose keys are names of the author's own.
    #[must_use]
    pub fn entries(&self) -> Option<Vec<(&'a str, Self)>> {
        let Some(map) = self.value.as_object() else {
            self.refuse("wrong_type", "a table");
            return None;
        };
        Some(map.iter().map(|(name, value)| (name.as_str(), self.child(name, value))).collect())
    }
}

/// The fields of a table, with null taken as absent.
pub struct Fields<'a> {
    node: Node<'a>,
    map: Option<&'a Map<String, Value>>,
}

impl<'a> Fields<'a> {
    /// The table itself.
    #[must_use]
    pub const fn node(&self) -> &Node<'a> {
        &self.node
    }

    /// A field that may be absent.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<Node<'a>> {
        let value = self.map?.get(name).filter(|value| !value.is_null())?;
        Some(self.node.child(name, value))
    }

    /// A field that must be there; its absence is reported.
    #[must_use]
    pub fn required(&self, name: &str) -> Option<Node<'a>> {
        let found = self.optional(name);
        if found.is_none() && self.map.is_some() {
            self.node.child(name, &Value::Null).report("missing_field", "", format!("`{name}` is required"));
        }
        found
    }
}

fn join<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for word in words {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(word);
    }
    text
}

/// The value as JSON, cut short.
fn shown(value: &Value) -> String {
    const SHOWN: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        None => text,
        Some(_) => text.chars().take(SHOWN).chain(['…']).collect(),
    }
}

/// The word that was probably meant: the one with the fewest edits to it, if these are few.
///
/// ```
/// use guanxi_policy::nearest;
/// assert_eq!(nearest("flor", ["weight", "floor"]), Some("floor"));
/// assert_eq!(nearest("ceiling", ["weight", "floor"]), None);
/// ```
#[must_use]
pub fn nearest<'w>(given: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let near = words.into_iter().map(|word| (distance(given, word), word)).min_by_key(|(edits, _)| *edits);
    near.filter(|(edits, _)| *edits <= 1 + given.chars().count() / 4).map(|(_, word)| word)
}

/// The number of single-character edits between two words (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(i + 1);
        for ((y, above_left), above) in b.iter().zip(&row).zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or_default();
            next.push((above_left + usize::from(x != *y)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_edits() {
        for (a, b, edits) in
            [("", "abc", 3), ("floor", "flor", 1), ("weight", "wieght", 2), ("层级", "层次", 1)]
        {
            assert_eq!((distance(a, b), distance(b, a)), (edits, edits));
        }
    }
}
