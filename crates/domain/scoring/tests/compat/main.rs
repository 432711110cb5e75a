//! Documents and decisions of every released version: they load for ever, and come out the same.
//!
//! A folder holds what one version said: policies, a reference, and `decisions.jsonl`, each line with
//! its inputs, the decision that was made of them and the contributions behind it. The files are never
//! edited. When this fails,
//! - and no outcome was meant to change, the code is wrong: mend it;
//! - and an outcome was meant to change, that is a **[decision]** change: say so in the changelog, give
//!   the presets concerned a new version, and keep making the old decisions for the old versions.
//!
//! With every release a folder is added: a copy of the last one with the presets of the day. A line
//! may stand there without its decision at first; the failure shows the line as it has to be.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use guanxi_core::{Decision, FactMap};
use guanxi_scoring::{
    Assessment, Contribution, Explained, Given, PinnedReference, PolicyDocument, Reason, Scorer, preset,
    preset_ids,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a line of `decisions.jsonl` begins with.
#[derive(Serialize, Deserialize)]
struct Inputs {
    policy: String,
    as_of: DateTime<Utc>,
    facts: FactMap,
    given: Given,
}

/// The whole line.
#[derive(Serialize, Deserialize)]
struct Line {
    policy: String,
    as_of: DateTime<Utc>,
    facts: FactMap,
    given: Given,
    decision: Decision<Assessment, Reason>,
    contributions: Vec<Contribution>,
}

fn folders() -> Vec<PathBuf> {
    let compat = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat");
    let entries = read_dir(compat).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

fn policies(folder: &Path) -> BTreeMap<String, PolicyDocument> {
    let documents = read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let documents = documents.filter(|path| {
        path.extension().is_some_and(|extension| extension == "json") && !path.ends_with("reference.json")
    });
    documents
        .map(|path| {
            let policy = PolicyDocument::from_json(&read_to_string(&path).unwrap());
            let policy = policy.unwrap_or_else(|problems| panic!("{}: {problems}", path.display()));
            (policy.head().id.to_string(), policy)
        })
        .collect()
}

#[test]
fn released_decisions_are_made_again_to_the_byte() {
    for folder in folders() {
        let policies = policies(&folder);
        let reference =
            PinnedReference::from_json(&read_to_string(folder.join("reference.json")).unwrap()).unwrap();
        let lines = read_to_string(folder.join("decisions.jsonl")).unwrap();
        for (i, line) in lines.lines().enumerate() {
            let tree: Value = serde_json::from_str(line).unwrap();
            let Inputs { policy, as_of, facts, given } = Inputs::deserialize(&tree).unwrap();
            let scorer = Scorer::new(policies.get(&policy).unwrap(), &reference).unwrap();
            let decision = scorer.assess(&facts, &given, as_of);
            let contributions = scorer.explain(&facts, as_of);
            let contributions = contributions.into_iter().map(Explained::into_owned).collect();
            let made = Line { policy, as_of, facts, given, decision, contributions };
            let made = serde_json::to_string(&made).unwrap();
            assert_eq!(made, line, "{}, decision {}", folder.display(), i + 1);
            // What was written then is read now.
            let read: Line = serde_json::from_str(line).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), line);
        }
        assert!(lines.lines().count() > 0);
    }
}

#[test]
fn a_preset_changes_only_with_its_version() {
    for folder in folders() {
        let released = policies(&folder);
        for id in preset_ids() {
            let (now, then) = (preset(id).unwrap().stamp(), released.get(id).unwrap().stamp());
            assert!(
                now == then || now.version != then.version,
                "{id} {}: give it a new version",
                then.version
            );
        }
    }
}
