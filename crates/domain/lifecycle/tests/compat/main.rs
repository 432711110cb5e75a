//! Definitions, states and decisions of every released version: they load for ever, and come out the same.
//!
//! A folder holds what one version said: its presets, and `decisions.jsonl`, each line with its inputs
//! and the decision that was made of them. The files are never edited. When this fails,
//! - and no outcome was meant to change, the code is wrong: mend it;
//! - and an outcome was meant to change, that is a **[decision]** change: say so in the changelog, give
//!   the presets concerned a new version, and keep making the old decisions for the old versions.
//!
//! With every release a folder is added: a copy of the last one with the presets of the day. A line
//! may stand there without its decision at first; the failure shows the line as it has to be. A line without
//! a state of its own goes on from the state of the line before, if that is of the same subject.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use guanxi_core::{Decision, Event, FactMap, Observation, SubjectId};
use guanxi_lifecycle::{Advanced, Given, LifecycleDocument, Reason, State, advance, preset, preset_ids};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Line {
    definition: String,
    subject: SubjectId,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    events: Vec<Event>,
    #[serde(default)]
    facts: FactMap,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    observed: Vec<Observation>,
    as_of: DateTime<Utc>,
    #[serde(default)]
    decision: Option<Decision<Advanced, Reason>>,
}

fn folders() -> Vec<PathBuf> {
    let compat = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat");
    let entries = read_dir(compat).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

#[test]
fn every_decision_ever_made_is_made_again() {
    for folder in folders() {
        let lines = read_to_string(folder.join("decisions.jsonl")).unwrap();
        assert!(lines.lines().count() >= 8);
        let mut state: Option<State> = None;
        for text in lines.lines() {
            let mut line: Line = serde_json::from_str(text).unwrap();
            let json = read_to_string(folder.join(format!("{}.json", line.definition))).unwrap();
            let definition = LifecycleDocument::from_json(&json).unwrap();
            let before = state.take().filter(|state| *state.subject() == line.subject);
            let given = Given::new(&line.subject)
                .with_state(before.as_ref())
                .with_events(&line.events)
                .with_facts(&line.facts)
                .with_observed(&line.observed);
            let decision = advance(&definition, &given, line.as_of);
            state = Some(decision.outcome.state.clone());
            line.decision = Some(decision);
            assert_eq!(text, serde_json::to_string(&line).unwrap());
        }
    }
}

#[test]
fn the_last_folder_holds_the_presets_of_today() {
    let last = folders().pop().unwrap();
    for id in preset_ids() {
        let json = read_to_string(last.join(format!("{id}.json"))).unwrap();
        assert_eq!(LifecycleDocument::from_json(&json).unwrap(), preset(id).unwrap());
    }
}
