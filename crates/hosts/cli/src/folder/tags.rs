//! Which tags there are, and which rows set them: `[tags]`.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use guanxi::core::{ActorId, AttributeId};
use guanxi::customer::{Assignment, SetBy, TagId, tag_preset_ids};
use guanxi::policy::{Fields, Node};
use serde_json::Value;

use super::PolicyChoice;
use super::cell::Cell;
use super::config::{Context, Rows};
use super::problem::{Effect, Fault};
use super::rows::{Outcome, Reader, Sink};
use super::settings::text;
use super::table::Row;
use super::template::{Column, Template};

/// What the folder says of tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TagsChoice {
    /// A preset, or a document inside the folder.
    Document(PolicyChoice),
    /// The body of a document, unread, as it stands in `guanxi.toml`.
    Own(Value),
}

/// The fields of the body of a document of tags.
const BODY: [&str; 6] = ["vocabulary", "zone", "week_start", "groups", "tags", "merges"];

/// What `[tags]` says.
pub(super) struct TagSettings {
    /// Nothing if it is wrong.
    pub(super) choice: Option<TagsChoice>,
    pub(super) assignments: Vec<AssignmentSpec>,
}

impl TagSettings {
    pub(super) fn read(node: &Node<'_>, context: &Context<'_>) -> Self {
        let fields = node.fields(&[&["document", "assignments"], &BODY[..]].concat());
        let items = fields.optional("assignments").and_then(|node| node.items()).unwrap_or_default();
        let assignments = items.iter().filter_map(|node| AssignmentSpec::read(node, context)).collect();
        Self { choice: choice(&fields), assignments }
    }
}

/// A document by its name, or the tags that stand here.
fn choice(fields: &Fields<'_>) -> Option<TagsChoice> {
    let own = BODY.iter().filter_map(|name| fields.optional(name));
    let Some(document) = fields.optional("document") else {
        let table = fields.node().value().as_object()?;
        let body = table.iter().filter(|(name, _)| BODY.contains(&name.as_str()));
        return Some(TagsChoice::Own(body.map(|(name, value)| (name.clone(), value.clone())).collect()));
    };
    for node in own {
        node.refuse("not_allowed", "nothing beside `document`, which says it all");
    }
    match PolicyChoice::named(text(&document)?) {
        PolicyChoice::Preset(id) if !tag_preset_ids().contains(&id.as_str()) => {
            let presets = tag_preset_ids().join(", ");
            document.refuse("unknown_name", format!("{presets}, or a document of the folder: \"tags.toml\""));
            None
        }
        choice => Some(TagsChoice::Document(choice)),
    }
}

/// How rows set tags.
pub(super) struct AssignmentSpec {
    pub(super) rows: Rows,
    subject: Template,
    tag: Template,
    /// What stands between several tags of one row.
    separator: Option<String>,
    /// The tags' names by the texts that stand for them.
    names: BTreeMap<String, TagId>,
    by: Option<Template>,
    source: Option<AttributeId>,
    set_at: Cell,
    from: Option<Cell>,
    until: Option<Cell>,
    removed_at: Option<Cell>,
}

impl AssignmentSpec {
    fn read(node: &Node<'_>, context: &Context<'_>) -> Option<Self> {
        let fields = node.fields(&[
            "from",
            "join",
            "where",
            "subject",
            "tag",
            "separator",
            "names",
            "set_by",
            "source",
            "set_at",
            "valid_from",
            "valid_until",
            "removed_at",
        ]);
        let rows = Rows::read(&fields, context);
        let joins = rows.as_ref().map_or(&[][..], |rows| &rows.joins);
        let required = |name: &str| fields.required(name).and_then(|node| Template::read(&node, joins));
        let (subject, tag) = (required("subject"), required("tag"));
        let separator = fields.optional("separator").and_then(|node| {
            let separator = text(&node)?;
            if separator.trim().is_empty() {
                node.refuse("not_allowed", "what stands between two tags, such as \";\"");
            }
            Some(separator)
        });
        let names = fields.optional("names").and_then(|node| node.entries()).unwrap_or_default();
        let names =
            names.into_iter().filter_map(|(name, node)| Some((name.to_owned(), node.get()?))).collect();
        let by = fields.optional("set_by").and_then(|node| Template::read(&node, joins));
        let source = fields.optional("source").and_then(|node| node.get());
        if let Some(node) = fields.optional("source").filter(|_| fields.optional("set_by").is_some()) {
            node.refuse("not_allowed", "either `set_by`, who set the tag, or `source`, where it comes from");
        }
        let reader = context.cells(rows.as_ref());
        let set_at = fields.required("set_at").and_then(|node| reader.instant(&node));
        let optional = |name: &str| fields.optional(name).and_then(|node| reader.instant(&node));
        let (from, until, removed_at) =
            (optional("valid_from"), optional("valid_until"), optional("removed_at"));
        let (rows, subject, tag, set_at) = (rows?, subject?, tag?, set_at?);
        Some(Self { rows, subject, tag, separator, names, by, source, set_at, from, until, removed_at })
    }

    pub(super) fn columns_mut(&mut self) -> Vec<&mut Column> {
        let texts = [Some(&mut self.subject), Some(&mut self.tag), self.by.as_mut()];
        let cells = [self.from.as_mut(), self.until.as_mut(), self.removed_at.as_mut()];
        let cells = std::iter::once(&mut self.set_at).chain(cells.into_iter().flatten());
        let texts = texts.into_iter().flatten().flat_map(Template::columns_mut);
        self.rows.columns_mut().chain(texts).chain(cells.flat_map(Cell::columns_mut)).collect()
    }

    /// The tags of a text.
    fn tags(&self, text: &str) -> Result<Vec<TagId>, Fault> {
        let parts: Vec<&str> = match &self.separator {
            Some(separator) => text.split(separator.as_str()).collect(),
            None => vec![text],
        };
        let parts = parts.into_iter().map(str::trim).filter(|part| !part.is_empty());
        parts
            .map(|part| match self.names.get(part) {
                Some(tag) => Ok(tag.clone()),
                None => TagId::new(part).map_err(|error| Fault::of_id(part, error)),
            })
            .collect()
    }
}

impl<'a> Reader<'a> {
    /// The tags that a row sets; a row without a tag sets none, which is no fault.
    pub(super) fn assign(
        &mut self,
        spec: &'a AssignmentSpec,
        row: &Row<'_>,
        sink: &mut Sink<'a, '_>,
    ) -> Outcome {
        let mut buffer = String::new();
        let subject = spec.subject.write(row, &mut buffer);
        if subject.is_ok_and(|id| self.is_excluded(id)) {
            return Outcome::Excluded;
        }
        if matches!(spec.tag.write(row, &mut buffer), Err(Fault::Blank)) {
            return Outcome::Excluded;
        }
        match self.assignments_of(spec, row, sink) {
            Some(assignments) if sink.faults == 0 => {
                self.assignments.extend(assignments);
                Outcome::Kept
            }
            _ => Outcome::LeftOut,
        }
    }

    fn assignments_of(
        &self,
        spec: &AssignmentSpec,
        row: &Row<'_>,
        sink: &mut Sink<'_, '_>,
    ) -> Option<Vec<Assignment>> {
        let mut buffer = String::new();
        let subject = spec.subject.write(row, &mut buffer).and_then(|text| self.known(text));
        let subject = sink.take(&spec.subject, Effect::Row, subject);
        let tags = spec.tag.write(row, &mut buffer).and_then(|text| spec.tags(text));
        let tags = sink.take(&spec.tag, Effect::Row, tags);
        let actor = |text: &str| ActorId::new(text).map_err(|error| Fault::of_id(text, error));
        let by = match &spec.by {
            Some(template) => {
                let by = template.write(row, &mut buffer).and_then(actor);
                sink.take(template, Effect::Row, by).map(SetBy::Actor)
            }
            None => spec.source.clone().or_else(|| "import".parse().ok()).map(SetBy::Source),
        };
        let set_at = spec.set_at.instant(row).and_then(|instant| instant.ok_or(Fault::Blank));
        let set_at = sink.take(&spec.set_at, Effect::Row, set_at);
        let mut instant = |cell: &Option<Cell>| -> Option<DateTime<Utc>> {
            cell.as_ref().and_then(|cell| sink.take(cell, Effect::Row, cell.instant(row)).flatten())
        };
        let (from, until, removed_at) =
            (instant(&spec.from), instant(&spec.until), instant(&spec.removed_at));
        let (subject, tags, by, set_at) = (subject?, tags?, by?, set_at?);
        let assignment = |tag| {
            let (subject, set_by) = (subject.clone(), by.clone());
            Assignment { tag, subject, set_by, set_at, from, until, removed_at }
        };
        Some(tags.into_iter().map(assignment).collect())
    }
}
