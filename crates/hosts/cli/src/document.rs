//! Policy and reference files: JSON or TOML in, a value tree and the place of each part out.
use std::collections::BTreeMap;
use std::path::Path;

use guanxi::core::parse_decimal;
use guanxi::policy::{Body, Document, Problems};
use guanxi::scoring::{PolicyDocument, preset, preset_ids};
use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use serde_json::{Map, Value};
use toml_edit::{Item, TableLike};

use crate::output::Failure;

/// JSON and nothing beside it. Every field is named, so that a leniency that a later version adds is seen here.
const STRICT: jsonc_parser::ParseOptions = jsonc_parser::ParseOptions {
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

/// A value tree with the line and column of each of its parts.
pub(crate) struct Tree {
    pub(crate) value: Value,
    text: String,
    places: BTreeMap<String, usize>,
    /// What is wrong with the text itself though it could be read: keys given twice.
    twice: Vec<(usize, String)>,
}

impl Tree {
    /// Reads a text as JSON if it starts like JSON, else as TOML.
    pub(crate) fn parse(text: String) -> Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned);
        let mut places = BTreeMap::new();
        let mut twice = Vec::new();
        let value = if text.trim_start().starts_with(['{', '[']) {
            let parsed = jsonc_parser::parse_to_ast(&text, &jsonc_parser::CollectOptions::default(), &STRICT)
                .map_err(|error| {
                    format!("{}: not JSON: {}", place(&text, error.range().start), error.kind())
                })?;
            let root = parsed.value.ok_or("1:1: the file is empty")?;
            from_json(&root, "", &mut places, &mut twice)
        } else {
            let parsed = toml_edit::Document::parse(text.as_str()).map_err(|error| {
                let at = error.span().map_or(0, |span| span.start);
                format!("{}: not TOML: {}", place(&text, at), error.message())
            })?;
            from_table(parsed.as_table(), "", &mut places)
        };
        Ok(Self { value, text, places, twice })
    }

    /// Reads the tree as a document; every problem has its line and column.
    pub(crate) fn document<B: Body>(&self, name: &str) -> Result<Document<B>, String> {
        let document = Document::from_value(&self.value);
        if self.twice.is_empty()
            && let Ok(document) = document
        {
            return Ok(document);
        }
        let mut lines: Vec<(usize, String)> = self.twice.clone();
        if let Err(problems) = document {
            lines.extend(self.located(&problems));
        }
        lines.sort_by_key(|(at, _)| *at);
        let lines: Vec<String> =
            lines.iter().map(|(at, text)| format!("{name}:{}: {text}", place(&self.text, *at))).collect();
        Err(lines.join("\n"))
    }

    fn located(&self, problems: &Problems) -> Vec<(usize, String)> {
        let all = problems.iter().map(|problem| (self.offset(&problem.path), problem.to_string()));
        // A document of another kind breaks most rules of this one: what matters is that it is another.
        let named = self.value.get("schema").is_some_and(Value::is_string);
        let other = problems.iter().position(|problem| named && problem.path == "schema");
        all.skip(other.unwrap_or(0)).take(other.map_or(usize::MAX, |_| 1)).collect()
    }

    /// The line and column of a path, or of the nearest part around it that is there.
    pub(crate) fn place(&self, path: &str) -> String {
        place(&self.text, self.offset(path))
    }

    fn offset(&self, path: &str) -> usize {
        let mut path = path;
        loop {
            if let Some(offset) = self.places.get(path) {
                return *offset;
            }
            match path.rfind(['.', '[']) {
                Some(cut) => path = path.get(..cut).unwrap_or(""),
                None => return self.places.get("").copied().unwrap_or(0),
            }
        }
    }
}

/// The line and column of a byte offset, from 1, columns in characters.
fn place(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    format!("{line}:{column}")
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn from_json(
    value: &ast::Value<'_>,
    path: &str,
    places: &mut BTreeMap<String, usize>,
    twice: &mut Vec<(usize, String)>,
) -> Value {
    places.entry(path.to_owned()).or_insert(value.range().start);
    match value {
        ast::Value::StringLit(text) => Value::from(text.value.as_ref()),
        ast::Value::NumberLit(literal) => number(literal.value),
        ast::Value::BooleanLit(literal) => Value::from(literal.value),
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::Array(items) => {
            let item = |(i, item)| from_json(item, &format!("{path}[{i}]"), places, twice);
            Value::Array(items.elements.iter().enumerate().map(item).collect())
        }
        ast::Value::Object(object) => {
            let mut map = Map::new();
            for property in &object.properties {
                let name = property.name.as_str();
                let path = joined(path, name);
                let value = from_json(&property.value, &path, places, twice);
                places.insert(path.clone(), property.range.start);
                if map.insert(name.to_owned(), value).is_some() {
                    twice.push((
                        property.range.start,
                        format!("{path}: duplicate, given twice, allowed: each field once"),
                    ));
                }
            }
            Value::Object(map)
        }
    }
}

fn from_table(table: &dyn TableLike, path: &str, places: &mut BTreeMap<String, usize>) -> Value {
    let mut map = Map::new();
    for (name, item) in table.iter() {
        let path = joined(path, name);
        let key = table.key(name).and_then(toml_edit::Key::span);
        if let Some(span) = key.or_else(|| item.span()) {
            places.insert(path.clone(), span.start);
        }
        map.insert(name.to_owned(), from_item(item, &path, places));
    }
    Value::Object(map)
}

fn from_item(item: &Item, path: &str, places: &mut BTreeMap<String, usize>) -> Value {
    if let Some(table) = item.as_table_like() {
        return from_table(table, path, places);
    }
    if let Some(tables) = item.as_array_of_tables() {
        let one = |(i, table): (usize, &toml_edit::Table)| {
            let path = format!("{path}[{i}]");
            if let Some(span) = table.span() {
                places.insert(path.clone(), span.start);
            }
            from_table(table, &path, places)
        };
        return Value::Array(tables.iter().enumerate().map(one).collect());
    }
    item.as_value().map_or(Value::Null, |value| from_value(value, path, places))
}

fn from_value(value: &toml_edit::Value, path: &str, places: &mut BTreeMap<String, usize>) -> Value {
    if let Some(span) = value.span() {
        places.entry(path.to_owned()).or_insert(span.start);
    }
    match value {
        toml_edit::Value::String(text) => Value::from(text.value().as_str()),
        toml_edit::Value::Integer(number) => Value::from(*number.value()),
        toml_edit::Value::Float(literal) => number(&literal.display_repr().replace('_', "")),
        toml_edit::Value::Boolean(value) => Value::from(*value.value()),
        toml_edit::Value::Datetime(at) => Value::from(at.value().to_string()),
        toml_edit::Value::Array(items) => {
            let item = |(i, item)| from_value(item, &format!("{path}[{i}]"), places);
            Value::Array(items.iter().enumerate().map(item).collect())
        }
        toml_edit::Value::InlineTable(table) => from_table(table, path, places),
    }
}

/// A number as it is written; as a text, if a binary number would change or not hold it.
fn number(written: &str) -> Value {
    let read: Option<Value> = serde_json::from_str(written).ok();
    let same = |value: &Value| matches!((parse_decimal(&value.to_string()), parse_decimal(written)), (Ok(a), Ok(b)) if a == b);
    read.filter(same).unwrap_or_else(|| Value::from(written))
}

/// Reads a file as text.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file(path, "read", &error))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::told(format!("{}: not UTF-8 at byte {at}: save the file as UTF-8", path.display()))
    })
}

/// Reads a file as a document of one kind.
pub(crate) fn read<B: Body>(path: &Path) -> Result<Document<B>, Failure> {
    let tree = Tree::parse(read_text(path)?)
        .map_err(|error| Failure::told(format!("{}:{error}", path.display())))?;
    tree.document(&path.display().to_string()).map_err(Failure::told)
}

/// The policy of a preset's id or of a file.
pub(crate) fn policy(name: &str) -> Result<PolicyDocument, Failure> {
    if let Some(policy) = preset(name) {
        return Ok(policy);
    }
    let path = Path::new(name);
    if path.extension().is_none() && !path.exists() {
        let presets = preset_ids().join(", ");
        return Err(Failure::told(format!(
            "no policy `{name}`: give a file (JSON or TOML) or one of {presets}"
        )));
    }
    read(path)
}
