//! Policy and reference files: JSON or TOML in, a checked document or every problem with its place out.
use std::path::Path;

use guanxi::policy::{Body, Document, Problem, Problems};
use guanxi::scoring::{PolicyDocument, preset, preset_ids};
use serde_json::Value;

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
        let is_json = text.trim_start().starts_with(['{', '[']);
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
        let problems = match (Document::from_value(&self.value), self.twice.as_slice()) {
            (Ok(document), []) => return Ok(document),
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

    /// The line and column of a path, or of the nearest part around it that is there.
    pub(crate) fn place(&self, path: &str) -> Position {
        self.places.find(path).unwrap_or(Position { line: 1, column: 1 })
    }
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
