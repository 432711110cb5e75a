//! Scripts of every released version: they load for ever, and say the same.
//!
//! A folder of `tests/compat` holds what one version said: its presets, and `scripts.jsonl`, each line with a situation,
//! the values, and the decisions that were made. The files are never edited; a change of outcome is a **[decision]**
//! change, told in the changelog. A line may stand there without its answers at first; the failure shows it.
use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use guanxi_core::Decision;
use guanxi_strategy::{
    LanguageId, RenderedScript, ScriptId, ScriptReason, ScriptsDocument, Situation, SlotValues,
    choose_script, render_script, scripts_preset, scripts_preset_ids,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Serialize, Deserialize)]
struct Line {
    scripts: String,
    situation: Situation,
    language: LanguageId,
    values: Map<String, Value>,
    as_of: DateTime<Utc>,
    #[serde(default)]
    chosen: Option<Decision<Option<ScriptId>, ScriptReason>>,
    #[serde(default)]
    said: Option<Decision<RenderedScript, ScriptReason>>,
}

fn folders() -> Vec<PathBuf> {
    let compat = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat");
    let entries = read_dir(compat).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

fn document(folder: &Path, id: &str) -> ScriptsDocument {
    ScriptsDocument::from_json(&read_to_string(folder.join(format!("scripts-{id}.json"))).unwrap()).unwrap()
}

#[test]
fn every_script_ever_said_is_said_again() {
    for folder in folders() {
        let lines = read_to_string(folder.join("scripts.jsonl")).unwrap();
        assert!(lines.lines().count() >= 3);
        for text in lines.lines() {
            let mut line: Line = serde_json::from_str(text).unwrap();
            let scripts = document(&folder, &line.scripts);
            let chosen = choose_script(&scripts, &line.situation, line.as_of);
            line.said = chosen.outcome.as_ref().map(|script| {
                let values = SlotValues::read(scripts.body().script(script).unwrap(), &line.values).unwrap();
                render_script(&scripts, script, &line.language, &values, line.as_of).unwrap()
            });
            line.chosen = Some(chosen);
            assert_eq!(text, serde_json::to_string(&line).unwrap());
        }
    }
}

#[test]
fn the_last_folder_holds_the_presets_of_today() {
    let last = folders().pop().unwrap();
    for id in scripts_preset_ids() {
        assert_eq!(document(&last, id), scripts_preset(id).unwrap());
    }
}
