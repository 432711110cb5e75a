//! Policy and reference files: JSON or TOML in, a checked document or every problem with its place out.
use std::path::Path;

use guanxi::policy::{Body, Document, Node, Problem, Problems, check};
use serde_json::Value;

use crate::kind::{self, KINDS, Known};
use crate::output::Failure;
use crate::tree::{Places, Position, Syntax, json, toml};

/// A value tree with the line and column of each of its parts.
pub(crate) struct Tree {
    pub(crate) value: Value,
    places: Places,
    /// Fields that are given twice, of which the tree holds only one.
    twice: Vec<Problem>,
}

impl Tree {
    /// Reads a text as JSON if it starts like JSON, else as TOML.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let is_json = is_json(text);
        let read = if is_json {
            json::parse(text)
        } else {
            toml::parse(text).map(|(value, places)| (value, places, Vec::new()))
        };
        let (value, places, twice) = read.map_err(|Syntax { position, message }| {
            let position = position.unwrap_or(Position { line: 1, column: 1 });
            format!("{position}: not {}: {message}", if is_json { "JSON" } else { "TOML" })
        })?;
        Ok(Self { value, places, twice })
    }

    /// Reads the tree as a document; every problem has its line and column.
    pub(crate) fn document<B: Body>(&self, name: &str) -> Result<Document<B>, String> {
        self.sound(name, Document::from_value(&self.value))
    }

    /// Reads the tree as something without an envelope, such as a vocabulary.
    pub(crate) fn part<T>(&self, name: &str, read: impl FnOnce(&Node<'_>) -> Option<T>) -> Result<T, String> {
        self.sound(name, check(&self.value, read))
    }

    /// What was read, or every problem with its line and column.
    fn sound<T>(&self, name: &str, read: Result<T, Problems>) -> Result<T, String> {
        let problems = match (read, self.twice.as_slice()) {
            (Ok(read), []) => return Ok(read),
            (Ok(_), twice) => twice.to_vec(),
            (Err(problems), twice) => self.telling(&problems).chain(twice).cloned().collect(),
        };
        let mut lines: Vec<(Position, String)> =
            problems.iter().map(|problem| (self.place(&problem.path), problem.to_string())).collect();
        lines.sort_by_key(|(at, _)| *at);
        let lines: Vec<String> = lines.iter().map(|(at, text)| format!("{name}:{at}: {text}")).collect();
        Err(lines.join("\n"))
    }

    /// A document of another kind breaks most rules of this one: what matters is that it is another.
    fn telling<'p>(&self, problems: &'p Problems) -> impl Iterator<Item = &'p Problem> {
        let named = self.value.get("schema").is_some_and(Value::is_string);
        let other = problems.iter().position(|problem| named && problem.path == "schema");
        problems.iter().skip(other.unwrap_or(0)).take(other.map_or(usize::MAX, |_| 1))
    }

    /// What kind of document the tree says it is.
    pub(crate) fn kind(&self) -> Option<&str> {
        self.value.get("schema").and_then(Value::as_str)
    }

    /// The line and column of a path, or of the nearest part around it that is there.
    pub(crate) fn place(&self, path: &str) -> Position {
        self.places.find(path).unwrap_or(Position { line: 1, column: 1 })
    }
}

/// Whether a text begins as JSON does: `[` may also begin a table of TOML, which goes on with a name.
fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    let inside = text.trim_start_matches(|c: char| c == '[' || c.is_whitespace());
    text.starts_with('{')
        || (text.starts_with('[') && !inside.starts_with(|c: char| c.is_alphabetic() || c == '_'))
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
    let tree = Tree::parse(&read_text(path)?)
        .map_err(|error| Failure::told(format!("{}:{error}", path.display())))?;
    tree.document(&path.display().to_string()).map_err(Failure::told)
}

/// Reads a file as something without an envelope, such as a vocabulary.
pub(crate) fn part<T>(path: &Path, read: impl FnOnce(&Node<'_>) -> Option<T>) -> Result<T, Failure> {
    let tree = Tree::parse(&read_text(path)?)
        .map_err(|error| Failure::told(format!("{}:{error}", path.display())))?;
    tree.part(&path.display().to_string(), read).map_err(Failure::told)
}

/// A document of one kind: of a preset's id or of a file.
pub(crate) fn named<B: Known>(name: &str, what: &str) -> Result<Document<B>, Failure> {
    match B::preset(name) {
        Some(document) => Ok(document),
        None => read(file(name, what, &B::presets().join(", "))?),
    }
}

/// The file of a name that is no preset's.
fn file<'n>(name: &'n str, what: &str, presets: &str) -> Result<&'n Path, Failure> {
    let path = Path::new(name);
    if path.extension().is_none() && !path.exists() {
        return Err(Failure::told(format!(
            "no {what} `{name}`: give a file (JSON or TOML) or one of {presets}"
        )));
    }
    Ok(path)
}

/// The ids of all presets: those of scoring policies bare, all others after their kind.
pub(crate) fn all_presets() -> Vec<String> {
    let [bare, others @ ..] = &KINDS;
    let named =
        others.iter().flat_map(|kind| (kind.presets)().into_iter().map(|id| format!("{}/{id}", kind.name)));
    (bare.presets)().into_iter().map(str::to_owned).chain(named).collect()
}

/// The normal form of a preset of any kind, by its kind and id.
pub(crate) fn any_preset(name: &str) -> Option<Value> {
    let [bare, ..] = &KINDS;
    match name.split_once('/') {
        None => (bare.preset)(name),
        Some((space, id)) => kind::named(space).and_then(|kind| (kind.preset)(id)),
    }
}

/// The text of a policy of any kind: of a preset as it is shown, or of a file.
pub(crate) fn text_of(name: &str) -> Result<String, Failure> {
    match any_preset(name) {
        Some(preset) => serde_json::to_string_pretty(&preset).map_err(Failure::told),
        None => read_text(file(name, "policy", &all_presets().join(", "))?),
    }
}

/// The normal form of a policy of any kind: of a preset's id or of a file, which names its kind itself.
pub(crate) fn any_policy(name: &str) -> Result<Value, Failure> {
    if let Some(found) = any_preset(name) {
        return Ok(found);
    }
    let path = file(name, "policy", &all_presets().join(", "))?;
    let tree = Tree::parse(&read_text(path)?)
        .map_err(|error| Failure::told(format!("{}:{error}", path.display())))?;
    let name = path.display().to_string();
    kind::of(&tree, &name).and_then(|kind| (kind.normal)(&tree, &name)).map_err(Failure::told)
}
