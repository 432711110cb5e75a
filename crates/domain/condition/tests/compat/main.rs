//! Vocabularies, conditions and answers of every released version: they load for ever, and come out the same.
//!
//! A folder holds what one version said: a vocabulary, and `answers.jsonl`, each line with a condition in both
//! forms, what it was asked of, and its answer. The files are never edited. When this fails,
//! - and no answer was meant to change, the code is wrong: mend it;
//! - and an answer was meant to change, that is a **[decision]** change of the language: say so in the
//!   changelog, and think of everybody's documents first.
//!
//! With every release a folder is added. A line may stand there without its answer at first; the failure shows
//! the line as it has to be.
#![allow(clippy::unwrap_used, missing_docs)]

use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use guanxi_condition::{Condition, EventLog, Explained, Given, Moment, Vocabulary, VocabularyDocument};
use guanxi_core::{Event, FactMap};
use guanxi_policy::check;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize)]
struct Line {
    text: String,
    #[serde(default)]
    tree: Value,
    facts: FactMap,
    #[serde(default)]
    events: Option<Vec<Event>>,
    at: Moment,
    #[serde(default)]
    explained: Option<Explained>,
    #[serde(default)]
    next_change: Option<DateTime<Utc>>,
}

fn folders() -> Vec<PathBuf> {
    let compat = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat");
    let entries = read_dir(compat).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

/// A line as this version writes it.
fn answered(text: &str, vocabulary: &Vocabulary) -> String {
    let mut line: Line = serde_json::from_str(text).unwrap();
    let condition = Condition::parse(&line.text, vocabulary).unwrap();
    if !line.tree.is_null() {
        assert_eq!(check(&line.tree, |node| Condition::read(node, vocabulary)).unwrap(), condition);
    }
    let log = line.events.as_deref().map(EventLog::new);
    let given = Given { facts: &line.facts, events: log.as_ref() };
    (line.text, line.tree) = (condition.to_string(), condition.tree());
    line.next_change = condition.next_change(&given, &line.at);
    line.explained = Some(condition.explain(&given, &line.at));
    serde_json::to_string(&line).unwrap()
}

#[test]
fn every_answer_ever_given_is_given_again() {
    for folder in folders() {
        let json = read_to_string(folder.join("vocabulary.json")).unwrap();
        let vocabulary = VocabularyDocument::from_json(&json).unwrap();
        let lines = read_to_string(folder.join("answers.jsonl")).unwrap();
        assert!(lines.lines().count() >= 20);
        for text in lines.lines() {
            assert_eq!(text, answered(text, vocabulary.body()));
        }
    }
}
