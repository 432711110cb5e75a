//! TOML as a value tree, with the line and the column of every value.
use std::ops::Range;

use serde_json::{Map, Value};
use toml_edit::{Document, Item, Table, TableLike};

use super::{Lines, Places, Syntax, joined, number};

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
            self.places.mark(path, self.lines.position(self.text, span.start));
        }
    }

    /// A number as the file writes it, without what JSON does not know; what the parser made of it
    /// has fewer digits.
    fn written(&self, value: &toml_edit::Value) -> String {
        let span = value.span().and_then(|span| self.text.get(span));
        let written = span.map_or_else(|| value.to_string(), str::to_owned);
        written.trim_start_matches('+').replace('_', "")
    }

    fn table(&mut self, table: &dyn TableLike, path: &str) -> Value {
        let mut map = Map::new();
        for (name, item) in table.iter() {
            let inner = joined(path, name);
            let value = self.item(item, &inner);
            // A key is where people look; a value without one stands for itself.
            self.mark(&inner, table.key(name).and_then(toml_edit::Key::span));
            map.insert(name.to_owned(), value);
        }
        Value::Object(map)
    }

    fn item(&mut self, item: &Item, path: &str) -> Value {
        match item {
            Item::None => Value::Null,
            Item::Table(table) => self.table(table, path),
            Item::ArrayOfTables(tables) => {
                let read = |(index, table): (usize, &Table)| {
                    let inner = format!("{path}[{index}]");
                    self.mark(&inner, table.span());
                    self.table(table, &inner)
                };
                Value::Array(tables.iter().enumerate().map(read).collect())
            }
            Item::Value(value) => self.value(value, path),
        }
    }

    fn value(&mut self, value: &toml_edit::Value, path: &str) -> Value {
        match value {
            toml_edit::Value::String(text) => Value::String(text.value().clone()),
            toml_edit::Value::Integer(number) => Value::Number((*number.value()).into()),
            toml_edit::Value::Float(_) => number(&self.written(value)),
            toml_edit::Value::Boolean(value) => Value::Bool(*value.value()),
            toml_edit::Value::Datetime(time) => Value::String(time.value().to_string()),
            toml_edit::Value::Array(items) => {
                let read = |(index, value): (usize, &toml_edit::Value)| {
                    let inner = format!("{path}[{index}]");
                    self.mark(&inner, value.span());
                    self.value(value, &inner)
                };
                Value::Array(items.iter().enumerate().map(read).collect())
            }
            toml_edit::Value::InlineTable(table) => self.table(table, path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Position;
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
