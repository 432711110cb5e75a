//! JSON as a value tree, with the line and the column of every value.
use guanxi::policy::Problem;
use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::{Map, Value};

use super::{Lines, Places, Syntax, joined, number};

/// JSON and nothing beside it. Every field is named, so that a leniency that a later version adds is seen here.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Reads JSON as a tree; fields that are given twice come beside it, since a tree can hold only one.
pub(crate) fn parse(text: &str) -> Result<(Value, Places, Vec<Problem>), Syntax> {
    let lines = Lines::of(text);
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT).map_err(|error| Syntax {
        position: Some(lines.position(text, error.range().start)),
        message: error.kind().to_string(),
    })?;
    let root =
        parsed.value.ok_or_else(|| Syntax { position: None, message: "the file is empty".to_owned() })?;
    let mut reader = Reader { text, lines, places: Places::default(), twice: Vec::new() };
    let tree = reader.value(&root, "");
    Ok((tree, reader.places, reader.twice))
}

struct Reader<'a> {
    text: &'a str,
    lines: Lines,
    places: Places,
    twice: Vec<Problem>,
}

impl Reader<'_> {
    fn mark(&mut self, path: &str, at: &impl Ranged) {
        self.places.mark(path, self.lines.position(self.text, at.range().start));
    }

    fn value(&mut self, value: &ast::Value<'_>, path: &str) -> Value {
        match value {
            ast::Value::StringLit(text) => Value::from(text.value.as_ref()),
            ast::Value::NumberLit(literal) => number(literal.value),
            ast::Value::BooleanLit(literal) => Value::from(literal.value),
            ast::Value::NullKeyword(_) => Value::Null,
            ast::Value::Array(items) => {
                let read = |(index, item)| {
                    let inner = format!("{path}[{index}]");
                    self.mark(&inner, item);
                    self.value(item, &inner)
                };
                Value::Array(items.elements.iter().enumerate().map(read).collect())
            }
            ast::Value::Object(object) => {
                let mut map = Map::new();
                for property in &object.properties {
                    let name = property.name.as_str();
                    let inner = joined(path, name);
                    let value = self.value(&property.value, &inner);
                    self.mark(&inner, property);
                    if map.insert(name.to_owned(), value).is_some() {
                        self.twice.push(Problem {
                            path: inner,
                            code: "duplicate",
                            given: "twice".to_owned(),
                            allowed: "each field once".to_owned(),
                        });
                    }
                }
                Value::Object(map)
            }
        }
    }
}
