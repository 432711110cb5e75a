//! Calendars, SLA policies, states and answers of every released version: they load for ever, and come out
//! the same.
//!
//! A folder holds what one version said: its presets, an overlay with every kind of entry, `dues.jsonl` with
//! questions to a calendar and their answers, and `decisions.jsonl`, each line with a ledger, the state that
//! was kept of it and the decision that was made. The files are never edited. When this fails,
//! - and no outcome was meant to change, the code is wrong: mend it;
//! - and an outcome was meant to change, that is a **[decision]** change: say so in the changelog, give
//!   the presets concerned a new version, and keep making the old decisions for the old versions.
//!
//! With every release a folder is added: a copy of the last one with the presets of the day. A line
//! may stand there without its answer at first; the failure shows the line as it has to be.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use guanxi_calendar::{
    CalendarDocument, Calendars, OverlayDocument, SlaClock, SlaDocument, SlaEntry, SlaOpening, SlaOutcome,
    SlaReason, SlaState, Term, preset, preset_ids, sla_preset, sla_preset_ids,
};
use guanxi_core::Decision;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Due {
    overlay: bool,
    start: DateTime<Utc>,
    term: Term,
    #[serde(default)]
    due: Option<DateTime<Utc>>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    policy: String,
    opening: SlaOpening,
    entries: Vec<SlaEntry>,
    as_of: DateTime<Utc>,
    #[serde(default)]
    state: Option<SlaState>,
    #[serde(default)]
    decision: Option<Decision<SlaOutcome, SlaReason>>,
}

fn folders() -> Vec<PathBuf> {
    let compat = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat");
    let entries = read_dir(compat).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

fn calendar(folder: &Path) -> CalendarDocument {
    CalendarDocument::from_json(&read_to_string(folder.join("calendar-five-day.json")).unwrap()).unwrap()
}

#[test]
fn every_due_time_comes_out_again() {
    for folder in folders() {
        let overlay =
            OverlayDocument::from_json(&read_to_string(folder.join("overlay.json")).unwrap()).unwrap();
        let team = calendar(&folder);
        let person = team.body().overlay(overlay.body()).unwrap().compile();
        let team = team.body().compile();
        let lines = read_to_string(folder.join("dues.jsonl")).unwrap();
        assert!(lines.lines().count() >= 8);
        for text in lines.lines() {
            let mut line: Due = serde_json::from_str(text).unwrap();
            let schedule = if line.overlay { &person } else { &team };
            line.due = Some(schedule.due(line.start, line.term).unwrap());
            assert_eq!(text, serde_json::to_string(&line).unwrap());
        }
    }
}

#[test]
fn every_decision_ever_made_is_made_again() {
    for folder in folders() {
        let calendars = Calendars::new().with(&calendar(&folder));
        let lines = read_to_string(folder.join("decisions.jsonl")).unwrap();
        assert!(lines.lines().count() >= 4);
        for text in lines.lines() {
            let mut line: Line = serde_json::from_str(text).unwrap();
            let policy = read_to_string(folder.join(format!("sla-{}.json", line.policy))).unwrap();
            let policy = SlaDocument::from_json(&policy).unwrap();
            let clock = SlaClock::new(&policy, &calendars);
            let state = clock.replay(&line.opening, &line.entries).unwrap();
            line.decision = Some(clock.judge(&state, line.as_of).unwrap());
            line.state = Some(state);
            assert_eq!(text, serde_json::to_string(&line).unwrap());
        }
    }
}

#[test]
fn the_last_folder_holds_the_presets_of_today() {
    let last = folders().pop().unwrap();
    let read = |name: String| read_to_string(last.join(name)).unwrap();
    for id in preset_ids() {
        let document = CalendarDocument::from_json(&read(format!("calendar-{id}.json"))).unwrap();
        assert_eq!(document, preset(id).unwrap());
    }
    for id in sla_preset_ids() {
        let document = SlaDocument::from_json(&read(format!("sla-{id}.json"))).unwrap();
        assert_eq!(document, sla_preset(id).unwrap());
    }
}
