//! Documents of strategies, selections and records of every released version: they load for ever, and come out the
//! same.
//!
//! A folder `tests/compat/VERSION/strategies` holds what one version said: its presets, a document with everything a
//! document can say (`all`), `decisions.jsonl`, each line with its inputs and the decision that was made of them,
//! and `records.jsonl`. The files are never edited. When this fails,
//! - and no outcome was meant to change, the code is wrong: mend it;
//! - and an outcome was meant to change, that is a **[decision]** change: say so in the changelog, give the presets
//!   concerned a new version, and keep making the old decisions for the old versions.
use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use guanxi_condition::{EventLog, Given};
use guanxi_core::{Decision, Event, FactMap};
use guanxi_strategy::{
    ExecutionRecord, Selected, StrategiesDocument, StrategyReason, select, strategy_preset,
    strategy_preset_ids,
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    document: String,
    facts: FactMap,
    events: Option<Vec<Event>>,
    as_of: DateTime<Utc>,
    #[serde(default)]
    decision: Option<Decision<Selected, StrategyReason>>,
}

fn folders() -> Vec<PathBuf> {
    let compat = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat");
    let entries = read_dir(compat).unwrap().map(|entry| entry.unwrap().path().join("strategies"));
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

fn document(folder: &Path, name: &str) -> StrategiesDocument {
    let json = read_to_string(folder.join(format!("{name}.json"))).unwrap();
    StrategiesDocument::from_json(&json).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn every_decision_ever_made_is_made_again() {
    for folder in folders() {
        let lines = read_to_string(folder.join("decisions.jsonl")).unwrap();
        assert!(lines.lines().count() >= 3);
        for text in lines.lines() {
            let mut line: Line = serde_json::from_str(text).unwrap();
            let document = document(&folder, &line.document);
            let log = line.events.as_ref().map(EventLog::new);
            let given = Given { facts: &line.facts, events: log.as_ref() };
            line.decision = Some(select(&document, &given, line.as_of));
            assert_eq!(text, serde_json::to_string(&line).unwrap());
        }
    }
}

#[test]
fn every_record_ever_written_is_read() {
    for folder in folders() {
        let lines = read_to_string(folder.join("records.jsonl")).unwrap();
        assert!(lines.lines().count() >= 2);
        for text in lines.lines() {
            let record: ExecutionRecord = serde_json::from_str(text).unwrap();
            assert_eq!(text, serde_json::to_string(&record).unwrap());
        }
    }
}

#[test]
fn the_last_folder_holds_the_presets_of_today() {
    let last = folders().pop().unwrap();
    for id in strategy_preset_ids() {
        assert_eq!(document(&last, id), strategy_preset(id).unwrap());
    }
}
