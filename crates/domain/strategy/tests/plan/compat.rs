//! Documents of actions, plans and states of every released version: they load for ever, and come out the same.
//!
//! A folder `tests/compat/VERSION/plan` holds what one version said: its presets, and `decisions.jsonl`, each line with
//! its inputs and the plan that was made of them. The files are never edited. When this fails,
//! - and no outcome was meant to change, the code is wrong: mend it;
//! - and an outcome was meant to change, that is a **[decision]** change: say so in the changelog, give the presets
//!   concerned a new version, and keep making the old plans for the old versions.
use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use guanxi_core::{Decision, Event, Observation};
use guanxi_strategy::{
    ActionsDocument, Plan, PlanGiven, PlanReason, PlanState, actions_preset, actions_preset_ids, plan,
};
use serde::{Deserialize, Serialize};

use crate::common::calendars;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    document: String,
    state: Option<PlanState>,
    observed: Vec<Observation>,
    events: Vec<Event>,
    as_of: DateTime<Utc>,
    decision: Decision<Plan, PlanReason>,
}

fn folders() -> Vec<PathBuf> {
    let compat = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat");
    let entries = read_dir(compat).unwrap().map(|entry| entry.unwrap().path().join("plan"));
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

fn document(folder: &Path, name: &str) -> ActionsDocument {
    let json = read_to_string(folder.join(format!("{name}.json"))).unwrap();
    ActionsDocument::from_json(&json).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn every_plan_ever_made_is_made_again() {
    for folder in folders() {
        let lines = read_to_string(folder.join("decisions.jsonl")).unwrap();
        for line in lines.lines() {
            let line: Line = serde_json::from_str(line).unwrap();
            let subject = "C1".parse().unwrap();
            let given = PlanGiven::new(&subject)
                .with_state(line.state.as_ref())
                .with_observed(&line.observed)
                .with_events(&line.events);
            let calendars = calendars();
            let given = given.with_calendars(&calendars);
            assert_eq!(plan(&document(&folder, &line.document), &given, line.as_of), line.decision);
        }
        assert!(lines.lines().count() >= 2);
    }
}

#[test]
fn the_presets_of_now_are_kept() {
    let folder = folders().pop().unwrap();
    for id in actions_preset_ids() {
        assert_eq!(document(&folder, id), actions_preset(id).unwrap(), "{id}");
    }
}
