//! Settling rules, states and decisions of every released version: they load for ever, and come out the
//! same.
//!
//! A folder holds what one version said: its presets, and `decisions.jsonl`, each line with its inputs
//! and the decision that was made of them. The files are never edited. When this fails,
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
use guanxi_bands::{
    Bands, Pin, SettleDocument, SettleReason, SettleState, Settled, Settling, preset, preset_ids, settle,
};
use guanxi_core::{Decision, Score, TierId};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Line {
    rule: String,
    floors: Vec<(TierId, Score)>,
    state: Option<SettleState<TierId>>,
    score: Option<Score>,
    pin: Option<Pin<TierId>>,
    as_of: DateTime<Utc>,
    #[serde(default)]
    decision: Option<Decision<Settled<TierId>, SettleReason<TierId>>>,
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
        for text in lines.lines() {
            let mut line: Line = serde_json::from_str(text).unwrap();
            let json = read_to_string(folder.join(format!("{}.json", line.rule))).unwrap();
            let rule = SettleDocument::from_json(&json).unwrap();
            let bands = Bands::new(line.floors.clone()).unwrap();
            let given = Settling { state: line.state.as_ref(), score: line.score, pin: line.pin.as_ref() };
            line.decision = Some(settle(&rule, &bands, &given, line.as_of));
            assert_eq!(text, serde_json::to_string(&line).unwrap());
        }
    }
}

#[test]
fn the_last_folder_holds_the_presets_of_today() {
    let last = folders().pop().unwrap();
    for id in preset_ids() {
        let json = read_to_string(last.join(format!("{id}.json"))).unwrap();
        assert_eq!(SettleDocument::from_json(&json).unwrap(), preset(id).unwrap());
    }
}
