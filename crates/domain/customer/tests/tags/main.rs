//! Tags: the document, the decision, what changes, and what is asked again.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod cases;
mod failures;
mod incremental;
mod laws;
mod oracle;
mod problems;

use chrono::{DateTime, Utc};
use guanxi_condition::{EventLog, Given};
use guanxi_core::{Decision, FactMap, SubjectId, parse_instant};
use guanxi_customer::{Assignments, TagDiff, TagInput, TagReason, TagSet, TagsDocument, labels, tags};
use serde_json::{Value, json};

fn at(text: &str) -> DateTime<Utc> {
    parse_instant(text).unwrap()
}

fn c1() -> SubjectId {
    "C1".parse().unwrap()
}

/// A document of one body.
fn document(body: Value) -> TagsDocument {
    let tree = json!({"schema": "guanxi.tags/1", "id": "ours", "version": "1", "body": body});
    TagsDocument::from_value(&tree).unwrap_or_else(|problems| panic!("{problems}"))
}

/// What is known of a subject.
#[derive(Clone, Default)]
struct Known<'a> {
    assignments: Assignments,
    facts: FactMap,
    events: Option<EventLog<'a>>,
}

impl Known<'_> {
    fn given(&self) -> Given<'_> {
        Given { facts: &self.facts, events: self.events.as_ref() }
    }

    /// The tags of C1.
    fn tags(
        &self,
        document: &TagsDocument,
        previous: Option<&TagSet>,
        as_of: DateTime<Utc>,
    ) -> Decision<TagSet, TagReason> {
        let (subject, assignments) = (&c1(), &self.assignments);
        tags(document, &TagInput { subject, assignments, given: self.given(), previous }, as_of)
    }

    /// The names of the tags of C1 at an instant, with a blank between.
    fn names(&self, document: &TagsDocument, as_of: &str) -> String {
        names(&self.tags(document, None, at(as_of)).outcome)
    }
}

fn names(set: &TagSet) -> String {
    set.ids().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn texts(reasons: &[TagReason], lang: &str) -> Vec<String> {
    let pack = labels(lang).unwrap();
    reasons.iter().map(|reason| reason.text(&pack)).collect()
}

/// What changed, one line a tag.
fn told(diff: &TagDiff) -> String {
    let moved = |sign: &str, moved: &guanxi_customer::TagMove| {
        format!("{sign} {} [{}]", moved.tag, texts(&moved.why, "en").join("; "))
    };
    let lines = diff.entered.iter().map(|tag| moved("+", tag));
    let lines = lines.chain(diff.left.iter().map(|tag| moved("-", tag)));
    lines.chain(diff.unchanged.iter().map(|tag| format!("= {tag}"))).collect::<Vec<_>>().join("\n")
}
