//! Budget policies and allocations of every released version: they load for ever, and come out the same.
//!
//! A folder of `tests/compat` holds what one version said: its presets, and `budgets.jsonl`, each line with what
//! was given, the decision that was made and its comparison with spending. The files are never edited. When this
//! fails,
//! - and no outcome was meant to change, the code is wrong: mend it;
//! - and an outcome was meant to change, that is a **[decision]** change: say so in the changelog, give
//!   the presets concerned a new version, and keep making the old decisions for the old versions.
//!
//! A line may stand there without its answers at first; the failure shows the line as it has to be.
use std::collections::BTreeMap;
use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use guanxi_core::{Decision, FactMap, Facts, Money, Share, SubjectId};
use guanxi_strategy::{
    Budget, BudgetBandId, BudgetDocument, BudgetReason, SpendReport, Spending, SpentOn, allocate,
    budget_preset, budget_preset_ids, compare_spend,
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Line {
    policy: String,
    total: Money,
    wanted: BTreeMap<BudgetBandId, Share>,
    customers: Vec<(SubjectId, FactMap)>,
    spent: Vec<(SpentOn, Money)>,
    as_of: DateTime<Utc>,
    #[serde(default)]
    decision: Option<Decision<Budget, BudgetReason>>,
    #[serde(default)]
    report: Option<SpendReport>,
}

fn folders() -> Vec<PathBuf> {
    let compat = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat");
    let entries = read_dir(compat).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

fn document(folder: &Path, id: &str) -> BudgetDocument {
    BudgetDocument::from_json(&read_to_string(folder.join(format!("budget-{id}.json"))).unwrap()).unwrap()
}

#[test]
fn every_decision_ever_made_is_made_again() {
    for folder in folders() {
        let lines = read_to_string(folder.join("budgets.jsonl")).unwrap();
        assert!(lines.lines().count() >= 3);
        for text in lines.lines() {
            let mut line: Line = serde_json::from_str(text).unwrap();
            let given: Vec<(&SubjectId, &dyn Facts)> =
                line.customers.iter().map(|(subject, facts)| (subject, facts as &dyn Facts)).collect();
            let policy = document(&folder, &line.policy);
            let decision = allocate(&policy, line.total, &line.wanted, &given, line.as_of).unwrap();
            line.report = decision.outcome.allocation().map(|allocation| {
                let mut spending = Spending::new(line.total.currency());
                line.spent.iter().for_each(|(on, amount)| spending.spend(on.clone(), *amount).unwrap());
                compare_spend(allocation, &spending).unwrap()
            });
            line.decision = Some(decision);
            assert_eq!(text, serde_json::to_string(&line).unwrap());
        }
    }
}

#[test]
fn the_last_folder_holds_the_presets_of_today() {
    let last = folders().pop().unwrap();
    for id in budget_preset_ids() {
        assert_eq!(document(&last, id), budget_preset(id).unwrap());
    }
}
