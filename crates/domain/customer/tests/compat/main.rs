//! Documents of tags and decisions of every released version: they load for ever, and come out the same.
//!
//! A folder holds what one version said: its presets, documents with everything a document can say, and
//! `decisions.jsonl`, each line with its inputs and the decision that was made of them. The files are never
//! edited. When this fails,
//! - and no outcome was meant to change, the code is wrong: mend it;
//! - and an outcome was meant to change, that is a **[decision]** change: say so in the changelog, give
//!   the presets concerned a new version, and keep making the old decisions for the old versions.
//!
//! With every release a folder is added: a copy of the last one with the presets of the day. A line
//! may stand there without its decision at first; the failure shows the line as it has to be.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use guanxi_condition::{EventLog, Given};
use guanxi_core::{Decision, Event, FactMap};
use guanxi_customer::{
    Assignment, Assignments, TagInput, TagReason, TagSet, TagsDocument, tag_preset, tag_preset_ids, tags,
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    document: String,
    assignments: Vec<Assignment>,
    facts: FactMap,
    events: Option<Vec<Event>>,
    previous: Option<TagSet>,
    as_of: DateTime<Utc>,
    #[serde(default)]
    decision: Option<Decision<TagSet, TagReason>>,
}

fn folders() -> Vec<PathBuf> {
    let compat = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat");
    let entries = read_dir(compat).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

fn document(folder: &Path, name: &str) -> TagsDocument {
    let json = read_to_string(folder.join(format!("{name}.json"))).unwrap();
    TagsDocument::from_json(&json).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn every_decision_ever_made_is_made_again() {
    for folder in folders() {
        let lines = read_to_string(folder.join("decisions.jsonl")).unwrap();
        assert!(lines.lines().count() >= 4);
        for text in lines.lines() {
            let mut line: Line = serde_json::from_str(text).unwrap();
            let document = document(&folder, &line.document);
            let assignments: Assignments = line.assignments.iter().cloned().collect();
            let log = line.events.as_ref().map(EventLog::new);
            let given = Given { facts: &line.facts, events: log.as_ref() };
            let subject = "C1".parse().unwrap();
            let input = TagInput {
                subject: &subject,
                assignments: &assignments,
                given,
                previous: line.previous.as_ref(),
            };
            line.decision = Some(tags(&document, &input, line.as_of));
            assert_eq!(text, serde_json::to_string(&line).unwrap());
        }
    }
}

#[test]
fn the_last_folder_holds_the_presets_of_today() {
    let last = folders().pop().unwrap();
    for id in tag_preset_ids() {
        assert_eq!(document(&last, id), tag_preset(id).unwrap());
    }
}
