//! TOML as a value tree, with the line and the column of every value.
use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Map, Number, Value};
use toml_edit::{Document, Item, TableLike};

/// A line and a column of a text, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// The line.
    pub(crate) line: u64,
    /// The column in characters.
    pub(crate) column: u64,
}

/// Where the values of a document stand, by path: `events[0].attributes.net`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(BTreeMap<String, Position>);

impl Places {
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

/// Why a text is not TOML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Syntax {
    /// Where, if that is known.
    pub(crate) position: Option<Position>,
    /// What is wrong.
    pub(crate) message: String,
}

/// Reads TOML as the tree that JSON would give: days and times as texts, and a number with a point
/// as a text too where a binary number would not keep its digits.
pub(crate) fn parse(text: &str) -> Result<(Value, Places), Syntax> {
    let lines = Lines::of(text);
    let document = Document::parse(text).map_err(|error| Syntax {
        position: error.span().map(|span| lines.position(text, span.start)),
        message: error.message().lines().collect::<Vec<_>>().join(", "),
    })?;
    let mut reader = Reader { text, lines, places: Places::default() };
    let tree = reader.table(document.as_table(), "");
    Ok((tree, reader.places))
}

struct Reader<'a> {
    text: &'a str,
    lines: Lines,
    places: Places,
}

impl Reader<'_> {
    fn mark(&mut self, path: &str, span: Option<Range<usize>>) {
        if let Some(span) = span {
            self.places.0.insert(path.to_owned(), self.lines.position(self.text, span.start));
        }
    }

    fn table(&mut self, table: &dyn TableLike, path: &str) -> Value {
        let mut map = Map::new();
        for (name, item) in table.iter() {
            let inner = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            let value = self.item(item, &inner);
            // A key is where people look; a value without one stands for itself.
            self.mark(&inner, table.key(name).and_then(toml_edit::Key::span));
            map.insert(name.to_owned(), value);
        }
        Value::Object(map)
    }

    fn list<'i>(
        &mut self,
        items: impl Iterator<Item = (Option<Range<usize>>, Item)> + 'i,
        path: &str,
    ) -> Value {
        let read = items.enumerate().map(|(index, (span, item))| {
            let inner = format!("{path}[{index}]");
            self.mark(&inner, span);
            self.item(&item, &inner)
        });
        Value::Array(read.collect())
    }

    fn item(&mut self, item: &Item, path: &str) -> Value {
        match item {
            Item::None => Value::Null,
            Item::Table(table) => self.table(table, path),
            Item::ArrayOfTables(tables) => {
                self.list(tables.iter().map(|table| (table.span(), Item::Table(table.clone()))), path)
            }
            Item::Value(value) => match value {
                toml_edit::Value::String(text) => Value::String(text.value().clone()),
                toml_edit::Value::Integer(number) => Value::Number((*number.value()).into()),
                toml_edit::Value::Float(number) => self.float(*number.value(), number.span()),
                toml_edit::Value::Boolean(value) => Value::Bool(*value.value()),
                toml_edit::Value::Datetime(time) => Value::String(time.value().to_string()),
                toml_edit::Value::Array(items) => {
                    self.list(items.iter().map(|value| (value.span(), Item::Value(value.clone()))), path)
                }
                toml_edit::Value::InlineTable(table) => self.table(table, path),
            },
        }
    }

    /// A number whose digits a binary number keeps, else its text.
    fn float(&self, value: f64, span: Option<Range<usize>>) -> Value {
        let written = span.and_then(|span| self.text.get(span)).unwrap_or_default().replace('_', "");
        let digits = written.bytes().filter(u8::is_ascii_digit).count();
        match Number::from_f64(value) {
            Some(number) if digits <= 15 => Value::Number(number),
            _ => Value::String(written),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_digits_and_their_places() {
        let text = "a = 0.07 # 七\nb = 0.1234567890123456789\nday = 2013-12-01\n\n[[events]]\nx = { \"七\" = 1, y = [true, 2] }\n[[events]]\n[events.q]\n";
        let (tree, places) = parse(text).unwrap();
        insta::assert_snapshot!(tree.to_string(), @r#"{"a":0.07,"b":"0.1234567890123456789","day":"2013-12-01","events":[{"x":{"y":[true,2],"七":1}},{"q":{}}]}"#);
        let at = |path: &str| places.find(path).map(|p| (p.line, p.column));
        assert_eq!(at("day"), Some((3, 1)));
        assert_eq!(at("events[0].x.y"), Some((6, 16)));
        assert_eq!(at("events[0].x.y[1]"), Some((6, 27)));
        assert_eq!(at("events[0].x.z"), Some((6, 1)));
        assert_eq!(at("events[1]"), Some((7, 1)));
        assert_eq!(at("events[1].q"), Some((8, 9)));
        assert_eq!(at("nowhere"), None);
    }

    #[test]
    fn a_fault_of_syntax_has_its_place() {
        let syntax = parse("a = 1\nb = two\n").unwrap_err();
        assert_eq!(syntax.position, Some(Position { line: 2, column: 5 }));
        insta::assert_snapshot!(syntax.message, @"invalid boolean, expected `true`");
        assert!(parse("a = 1\na = 2").is_err());
    }
}
