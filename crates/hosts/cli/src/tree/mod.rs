//! JSON and TOML as one value tree, with the place of every part, so that a problem is told with its
//! line and column.
pub(crate) mod json;
pub(crate) mod toml;

use std::collections::BTreeMap;
use std::fmt;

use guanxi::core::parse_decimal;
use serde_json::Value;

/// A line and a column of a text, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    /// The line.
    pub(crate) line: u64,
    /// The column in characters.
    pub(crate) column: u64,
}

/// Where the values of a document stand, by path: `events[0].attributes.net`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(BTreeMap<String, Position>);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl Places {
    fn mark(&mut self, path: &str, position: Position) {
        self.0.insert(path.to_owned(), position);
    }

    /// The position of a path, or of the nearest value around it.
    pub(crate) fn find(&self, path: &str) -> Option<Position> {
        let mut path = path;
        loop {
            if let Some(position) = self.0.get(path) {
                return Some(*position);
            }
            path = path.rsplit_once(['.', '['])?.0;
        }
    }
}

/// Why a text is no tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Syntax {
    /// Where, if that is known.
    pub(crate) position: Option<Position>,
    /// What is wrong.
    pub(crate) message: String,
}

/// Where the lines of a text begin.
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(starts).collect())
    }

    pub(crate) fn position(&self, text: &str, offset: usize) -> Position {
        let line = self.0.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|index| self.0.get(index)).copied().unwrap_or(0);
        let before = text.get(start..offset).map_or(0, |before| before.chars().count());
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Position { line: count(line), column: count(before).saturating_add(1) }
    }
}

/// The path of a field of a table.
fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// A number as it is written; as a text, if a binary number would change or not hold it.
fn number(written: &str) -> Value {
    let read: Option<Value> = serde_json::from_str(written).ok();
    let same = |value: &Value| matches!((parse_decimal(&value.to_string()), parse_decimal(written)), (Ok(a), Ok(b)) if a == b);
    read.filter(same).unwrap_or_else(|| Value::from(written))
}
