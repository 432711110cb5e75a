//! Worked cases: a day at the desk, item by item, with the reasons.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use guanxi_condition::Given;
use guanxi_core::{ActorId, FactId, FactInput, FactMap, SubjectId, parse_instant};
use guanxi_policy::Body;
use guanxi_routing::{
    Effort, Item, Roster, RosterDocument, Router, RoutingDocument, RoutingPolicy, RoutingState, labels,
    routing_preset,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// A case: a policy, a roster, and what becomes of each item.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// A preset's id, or the body of a policy.
    policy: Value,
    /// The body of a roster.
    roster: Value,
    #[serde(default)]
    state: RoutingState,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    at: String,
    /// Items that are finished before.
    #[serde(default)]
    finished: Vec<ActorId>,
    #[serde(default)]
    facts: BTreeMap<FactId, Value>,
    #[serde(default)]
    owner: Option<ActorId>,
    #[serde(default)]
    accounts: Vec<SubjectId>,
    #[serde(default)]
    effort: Effort,
    /// How many such items come.
    #[serde(default = "one")]
    times: usize,
}

fn one() -> usize {
    1
}

fn document<B: Body>(body: &Value) -> guanxi_policy::Document<B> {
    let tree = json!({"schema": B::SCHEMA, "id": "ours", "version": "1", "body": body});
    guanxi_policy::Document::from_value(&tree).unwrap()
}

/// Facts as a policy's vocabulary reads them.
fn facts(policy: &RoutingDocument, given: &BTreeMap<FactId, Value>) -> FactMap {
    given.iter().fold(FactMap::new(), |facts, (id, value)| {
        let text = value.to_string();
        let input: FactInput<'_> = serde_json::from_str(&text).unwrap();
        let value = policy.body().vocabulary().fact(id.as_str()).unwrap().read(&input).unwrap();
        facts.with(id.clone(), value, None)
    })
}

/// Runs a case; every line is what a reader sees.
fn check(case: &str) -> String {
    let Case { policy, roster, mut state, steps } = serde_json::from_str(case).unwrap();
    let policy = match policy.as_str() {
        Some(id) => routing_preset(id).unwrap(),
        None => document::<RoutingPolicy>(&policy),
    };
    let roster: RosterDocument = document::<Roster>(&roster);
    let (router, labels) = (Router::new(&policy, &roster), labels("en").unwrap());
    let subject: SubjectId = "L-1".parse().unwrap();
    let mut shown = String::new();
    for step in steps {
        step.finished.iter().for_each(|person| state.close(person, Effort::ONE));
        let (facts, at) = (facts(&policy, &step.facts), parse_instant(&step.at).unwrap());
        for _ in 0..step.times {
            let given = Given { facts: &facts, events: None };
            let item = Item {
                owner: step.owner.as_ref(),
                accounts: &step.accounts,
                effort: step.effort,
                ..Item::new(&subject, given)
            };
            let decision;
            (decision, state) = router.route(&item, state, at);
            let to = decision
                .outcome
                .to
                .as_ref()
                .map_or("-".to_owned(), |to| format!("{} by {:?}", to.person, to.by));
            let respond = decision.outcome.response.map(|respond| {
                let (count, unit) = respond.within.parts();
                format!(", respond within {count} {unit}")
            });
            let next =
                decision.next_change.map(|at| format!(", next change {}", at.format("%Y-%m-%dT%H:%M:%SZ")));
            writeln!(shown, "{} -> {to}{}{}", step.at, respond.unwrap_or_default(), next.unwrap_or_default())
                .unwrap();
            for reason in &decision.reasons {
                writeln!(shown, "  {}", labels.reason(reason)).unwrap();
            }
        }
    }
    writeln!(shown, "{}", serde_json::to_string_pretty(&state).unwrap()).unwrap();
    // What is written is read again, and is the same.
    assert_eq!(serde_json::from_str::<RoutingState>(&serde_json::to_string(&state).unwrap()).unwrap(), state);
    shown
}

macro_rules! cases {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            let case = include_str!(concat!("cases/", stringify!($name), ".json"));
            insta::assert_snapshot!(stringify!($name), check(case));
        }
    )*};
}

cases! {
    software_case
    everyone_is_told_why
    owners_first
    nobody_takes_it
    comings_and_goings
}
