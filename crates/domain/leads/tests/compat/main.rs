//! Lead policies and decisions of every released version: they load for ever, and come out the same.
//!
//! A folder holds what one version said: its presets; `scores.jsonl` and `conversions.jsonl`, each line with
//! its inputs and the decision that was made of them. The files are never edited. When this fails,
//! - and no outcome was meant to change, the code is wrong: mend it;
//! - and an outcome was meant to change, that is a **[decision]** change: say so in the changelog, give the
//!   presets concerned a new version, and keep making the old decisions for the old versions.
//!
//! With every release a folder is added: a copy of the last one with the presets of the day. A line may stand
//! there without its decision at first; the failure shows the line as it has to be.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use guanxi_core::{Decision, SubjectId};
use guanxi_leads::{
    Conversion, ConversionReason, Converting, CustomerKind, Directory, ExactKey, Lead, LeadGiven, LeadLedger,
    LeadOverride, LeadPolicyDocument, LeadReason, LeadScore, Resolution, plan_conversion, preset, preset_ids,
    score,
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct ScoreLine {
    policy: String,
    lead: Lead,
    ledger: LeadLedger,
    #[serde(rename = "override")]
    overridden: Option<LeadOverride>,
    as_of: DateTime<Utc>,
    #[serde(default)]
    decision: Option<Decision<LeadScore, LeadReason>>,
}

#[derive(Serialize, Deserialize)]
struct ConversionLine {
    policy: String,
    lead: Lead,
    ledger: LeadLedger,
    customer: SubjectId,
    resolved: BTreeMap<SubjectId, Resolution>,
    parties: Vec<(SubjectId, CustomerKind, BTreeSet<ExactKey>)>,
    contacts: Vec<(SubjectId, SubjectId)>,
    converted: Vec<(SubjectId, SubjectId)>,
    as_of: DateTime<Utc>,
    #[serde(default)]
    decision: Option<Decision<Conversion, ConversionReason>>,
}

fn folders() -> Vec<PathBuf> {
    let compat = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat");
    let entries = read_dir(compat).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

fn policy(folder: &Path, id: &str) -> LeadPolicyDocument {
    let json = read_to_string(folder.join(format!("{id}.json"))).unwrap();
    LeadPolicyDocument::from_json(&json).unwrap()
}

/// The lines of a file as they have to be.
fn again<T: Serialize + for<'de> Deserialize<'de>>(file: &Path, least: usize, decide: impl Fn(&mut T)) {
    let lines = read_to_string(file).unwrap();
    assert!(lines.lines().count() >= least);
    let made: Vec<String> = (lines.lines())
        .map(|text| {
            let mut line: T = serde_json::from_str(text).unwrap();
            decide(&mut line);
            serde_json::to_string(&line).unwrap()
        })
        .collect();
    let made = made.join("\n") + "\n";
    assert!(lines == made, "{}, as it has to be:\n{made}", file.display());
}

#[test]
fn every_score_is_found_again() {
    for folder in folders() {
        again(&folder.join("scores.jsonl"), 8, |line: &mut ScoreLine| {
            let facts = line.lead.facts();
            let given =
                LeadGiven { facts: &facts, ledger: &line.ledger, overridden: line.overridden.as_ref() };
            line.decision = Some(score(&policy(&folder, &line.policy), &given, line.as_of));
        });
    }
}

#[test]
fn every_conversion_is_planned_again() {
    for folder in folders() {
        again(&folder.join("conversions.jsonl"), 5, |line: &mut ConversionLine| {
            let mut directory = Directory::new();
            for (party, kind, keys) in line.parties.clone() {
                directory = directory.with_party(party, kind, keys);
            }
            for (contact, of) in line.contacts.clone() {
                directory = directory.with_contact(contact, of);
            }
            for (lead, customer) in line.converted.clone() {
                directory = directory.with_converted(lead, customer);
            }
            let converting = Converting {
                lead: &line.lead,
                ledger: &line.ledger,
                customer: &line.customer,
                resolved: &line.resolved,
            };
            line.decision =
                Some(plan_conversion(&policy(&folder, &line.policy), &converting, &directory, line.as_of));
        });
    }
}

#[test]
fn the_last_folder_holds_the_presets_of_today() {
    let last = folders().pop().unwrap();
    for id in preset_ids() {
        assert_eq!(policy(&last, id), preset(id).unwrap());
    }
}
