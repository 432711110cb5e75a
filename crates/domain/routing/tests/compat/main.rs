//! Routing policies, rosters, pools, states and decisions of every released version: they load for ever, and
//! come out the same.
//!
//! A folder holds what one version said: its presets, rosters, and `decisions.jsonl`, each line with its inputs
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
use guanxi_condition::Given;
use guanxi_core::{ActorId, Decision, FactMap, SubjectId};
use guanxi_routing::{
    Claim, Claiming, Effort, Held, Item, PoolDocument, PoolReason, Recycling, RosterDocument, Routed, Router,
    RoutingDocument, RoutingReason, RoutingState, may_claim, pool_preset, pool_preset_ids, recycle,
    routing_preset, routing_preset_ids,
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "one at a time")]
enum Line {
    Route {
        policy: String,
        roster: String,
        facts: FactMap,
        owner: Option<ActorId>,
        accounts: Vec<SubjectId>,
        effort: Effort,
        state: RoutingState,
        as_of: DateTime<Utc>,
        #[serde(default)]
        decision: Option<(Decision<Routed, RoutingReason>, RoutingState)>,
    },
    Claim {
        pool: String,
        person: ActorId,
        holding: u64,
        claimed: Vec<DateTime<Utc>>,
        entered_at: DateTime<Utc>,
        previous: Option<(ActorId, DateTime<Utc>)>,
        as_of: DateTime<Utc>,
        #[serde(default)]
        decision: Option<Decision<Claiming, PoolReason>>,
    },
    Recycle {
        pool: String,
        facts: FactMap,
        assigned_at: DateTime<Utc>,
        followed_up_at: Option<DateTime<Utc>>,
        as_of: DateTime<Utc>,
        #[serde(default)]
        decision: Option<Decision<Recycling, PoolReason>>,
    },
}

fn folders() -> Vec<PathBuf> {
    let compat = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat");
    let entries = read_dir(compat).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

/// The line with its decision made again.
fn decided(line: Line, read: &dyn Fn(&str) -> String) -> Line {
    match line {
        Line::Route { policy, roster, facts, owner, accounts, effort, state, as_of, .. } => {
            let document = RoutingDocument::from_json(&read(&policy)).unwrap();
            let people = RosterDocument::from_json(&read(&roster)).unwrap();
            let subject = "L-1".parse().unwrap();
            let item = Item {
                owner: owner.as_ref(),
                accounts: &accounts,
                effort,
                ..Item::new(&subject, Given { facts: &facts, events: None })
            };
            let decision = Some(Router::new(&document, &people).route(&item, state.clone(), as_of));
            Line::Route { policy, roster, facts, owner, accounts, effort, state, as_of, decision }
        }
        Line::Claim { pool, person, holding, claimed, entered_at, previous, as_of, .. } => {
            let document = PoolDocument::from_json(&read(&pool)).unwrap();
            let owner = previous.as_ref().map(|(owner, released)| (owner, *released));
            let claim = Claim { person: &person, holding, claimed: &claimed, entered_at, previous: owner };
            let decision = Some(may_claim(&document, &claim, as_of));
            Line::Claim { pool, person, holding, claimed, entered_at, previous, as_of, decision }
        }
        Line::Recycle { pool, facts, assigned_at, followed_up_at, as_of, .. } => {
            let document = PoolDocument::from_json(&read(&pool)).unwrap();
            let given = Given { facts: &facts, events: None };
            let decision = Some(recycle(&document, &Held { given, assigned_at, followed_up_at }, as_of));
            Line::Recycle { pool, facts, assigned_at, followed_up_at, as_of, decision }
        }
    }
}

#[test]
fn every_decision_ever_made_is_made_again() {
    for folder in folders() {
        let read = |name: &str| read_to_string(folder.join(format!("{name}.json"))).unwrap();
        let lines = read_to_string(folder.join("decisions.jsonl")).unwrap();
        assert!(lines.lines().count() >= 9);
        for text in lines.lines() {
            let line = decided(serde_json::from_str(text).unwrap(), &read);
            assert_eq!(text, serde_json::to_string(&line).unwrap());
        }
    }
}

#[test]
fn the_last_folder_holds_the_presets_of_today() {
    let last = folders().pop().unwrap();
    for id in routing_preset_ids() {
        let json = read_to_string(last.join(format!("routing-{id}.json"))).unwrap();
        assert_eq!(RoutingDocument::from_json(&json).unwrap(), routing_preset(id).unwrap());
    }
    for id in pool_preset_ids() {
        let json = read_to_string(last.join(format!("pool-{id}.json"))).unwrap();
        assert_eq!(PoolDocument::from_json(&json).unwrap(), pool_preset(id).unwrap());
    }
}
