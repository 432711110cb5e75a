//! Routing policies and rosters, and the states that they are fed with.
#![no_main]

use std::sync::LazyLock;

use guanxi_condition::Given;
use guanxi_core::{FactMap, FactValue, fact_id, is_inert, parse_instant};
use guanxi_routing::{
    Effort, Item, Roster, Router, RoutingPolicy, RoutingState, lint_roster, lint_routing, routing_preset,
    routing_preset_ids,
};
use serde_json::{Value, json};

static SOUND: LazyLock<[Value; 3]> = LazyLock::new(|| {
    let roster = json!({"schema": "guanxi.roster/1", "id": "ours", "version": "1", "body": {"zone": "-03:30", "people": [
        {"id": "A", "queues": {"seniors": "2", "everyone": "0.3333", "newcomers": 1}, "leave": [{"from": "2026-07-01", "to": "2026-07-14"}, {"from": "2026-12-01"}],
         "skills": ["crm"], "territories": ["East China"], "languages": ["zh"], "conflicts": ["L-1", "C-17"], "capacity": {"open": "3", "per_day": "0.5", "window": {"effort": "2.5", "hours": 4}}},
        {"id": "B", "active": false, "queues": {"seniors": "1"}},
        {"id": "C", "queues": {"seniors": "1", "everyone": "10000"}, "capacity": {"per_day": "1"}}
    ]}});
    let state = json!({"as_of": "2026-06-30T08:00:00.25Z",
        "people": {"A": {"open": "2", "day": {"on": "2026-06-29", "left": "-0.5"}, "recent": [{"at": "2026-06-30T07:00:00Z", "effort": "1"}]}, "Z": {"open": "1"}},
        "queues": {"seniors": {"people": {"A": {"taken": 7, "behind": "-0.3333333333"}, "C": {"taken": 3, "behind": "0.3333333333"}}, "rotations": [
            {"able": ["A", "B", "C"], "since": "2026-06-01T00:00:00Z", "shares": [{"person": "A", "weight": "2", "taken": 7}, {"person": "C", "weight": "1", "taken": 3}]}
        ]}}
    });
    let ours = json!({"schema": "guanxi.routing/1", "id": "ours", "version": "1", "effective_to": "2027-12-31", "body": {
        "vocabulary": {"facts": {"score": {"kind": "int"}, "region": {"kind": "text"}, "skills": {"kind": "set"}, "due": {"kind": "date"}}},
        "zone": "+08:00", "week_start": "sunday", "owner": "within_capacity", "priority": "score",
        "match": {"skills": {"fact": "skills"}, "territories": {"fact": "region", "missing": "unlimited"}},
        "queues": ["seniors", "everyone"],
        "rules": [
            {"id": "first", "when": {"fact": "score", "at_least": 80}, "unknown": "holds", "owner": "ignored", "to": [{"person": "A"}, {"queue": "seniors"}]},
            {"id": "second", "when": "due within next 3 days or no contact.made within 2 days", "to": [{"queue": "everyone"}]}
        ],
        "fallback": ["everyone", "seniors"],
        "response": [{"id": "third", "when": "due in this week", "within": {"working_hours": 2}}, {"id": "fourth", "within": {"days": 1}}]
    }});
    let [standard, software] = routing_preset_ids().map(|id| routing_preset(id).expect("a preset").to_value());
    [standard, software, ours].map(|policy| json!({"policy": policy, "roster": roster, "state": state}))
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(tree) = guanxi_fuzz::tree(bytes, &*SOUND) else { return };
    let policy = tree.get("policy").and_then(guanxi_fuzz::document::<RoutingPolicy>);
    let roster = tree.get("roster").and_then(guanxi_fuzz::document::<Roster>);
    let read = |text: &str| serde_json::from_str::<RoutingState>(text);
    let mut state = match read(&tree["state"].to_string()) {
        Ok(state) => state,
        Err(error) => return assert!(is_inert(&error.to_string())),
    };
    let _ = state.fairness();
    let (Some(policy), Some(roster)) = (policy, roster) else { return };
    let _ = (lint_routing(&policy), lint_roster(&policy, &roster));
    let router = Router::new(&policy, &roster);
    let (subject, owner) = ("L-1".parse().expect("an id"), "A".parse().expect("an id"));
    let facts = FactMap::new()
        .with(fact_id!("score"), FactValue::Int(85), None)
        .with(fact_id!("region"), FactValue::Text("east china".into()), None);
    let given = Given { facts: &facts, events: None };
    for (round, as_of) in ["0000-01-01", "2026-06-30T08:00:00.25Z", "2026-06-30T08:00:00.5Z", "9999-12-31T23:59:59.999999999Z"].into_iter().enumerate() {
        let as_of = parse_instant(as_of).expect("an instant");
        for effort in ["0.000001", "1", "1000000"] {
            let effort = Effort::try_from(guanxi_core::parse_decimal(effort).expect("a decimal")).expect("an effort");
            let item = Item::new(&subject, given).with_effort(effort);
            let item = if round % 2 == 0 { item.with_owner(&owner) } else { item };
            let text = serde_json::to_string(&state).expect("a state has a text");
            let (decision, next) = router.route(&item, state, as_of);
            // What is kept in between changes nothing.
            let again = router.route(&item, read(&text).expect("its own text is read"), as_of);
            assert_eq!(again, (decision.clone(), next.clone()));
            match &decision.outcome.to {
                Some(to) => assert!(roster.body().person(&to.person).is_some_and(|person| person.active)),
                None => {
                    if let Some(change) = decision.next_change {
                        assert!(change > as_of);
                        let then = router.route(&item, next.clone(), change).0.outcome;
                        assert!(then != decision.outcome || policy.head().effective_from == Some(change) || policy.head().effective_to == Some(change));
                    }
                }
            }
            state = next;
            state.close(&owner, effort);
        }
    }
    let _ = state.fairness();
});
