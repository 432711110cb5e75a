//! Policy and reference files: JSON or TOML in, a checked document or every problem with its place out.
use std::path::Path;

use guanxi::bands::SettleRule;
use guanxi::policy::{Body, Document, Problem, Problems};
use guanxi::scoring::{PolicyDocument, ScoringPolicy, preset, preset_ids};
use serde_json::Value;

use crate::args::Policies;
use crate::output::Failure;
use crate::settle;
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

    /// Whether the tree says that it is this kind of document.
    pub(crate) fn is<B: Body>(&self) -> bool {
        self.value.get("schema").and_then(Value::as_str) == Some(B::SCHEMA)
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
    named(name, "policy", preset, &preset_ids())
}

/// The document of a preset's id or of a file.
pub(crate) fn named<B: Body>(
    name: &str,
    what: &str,
    preset: fn(&str) -> Option<Document<B>>,
    ids: &[&str],
) -> Result<Document<B>, Failure> {
    if let Some(document) = preset(name) {
        return Ok(document);
    }
    let path = Path::new(name);
    if path.extension().is_none() && !path.exists() {
        let presets = ids.join(", ");
        return Err(Failure::told(format!(
            "no {what} `{name}`: give a file (JSON or TOML) or one of {presets}"
        )));
    }
    read(path)
}

/// The normal form of a preset of one kind, or of a file of any kind of policy.
pub(crate) fn normal_form(name: &str, kind: Policies) -> Result<Value, Failure> {
    let is_preset = match kind {
        Policies::Scoring => preset_ids().contains(&name),
        Policies::Settle => guanxi::bands::preset_ids().contains(&name),
    };
    let path = Path::new(name);
    if is_preset || !path.exists() {
        return match kind {
            Policies::Scoring => policy(name).map(|policy| policy.to_value()),
            Policies::Settle => settle::rule(name).map(|rule| rule.to_value()),
        };
    }
    let tree = Tree::parse(&read_text(path)?)
        .map_err(|error| Failure::told(format!("{}:{error}", path.display())))?;
    let name = path.display().to_string();
    let value = if tree.is::<SettleRule>() {
        tree.document::<SettleRule>(&name).map(|rule| rule.to_value())
    } else {
        tree.document::<ScoringPolicy>(&name).map(|policy| policy.to_value())
    };
    value.map_err(Failure::told)
}
