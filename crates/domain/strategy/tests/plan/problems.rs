//! The text of every problem of a document, and of every error.
use guanxi_policy::Document;
use guanxi_strategy::{Actions, PlanState};
use serde_json::{Value, json};

fn problems(body: Value) -> String {
    let document = json!({"schema": "guanxi.actions/1", "id": "ours", "version": "1", "body": body});
    match Document::<Actions>::from_value(&document) {
        Ok(_) => panic!("accepted"),
        Err(problems) => problems.to_string(),
    }
}

#[test]
fn all_problems_of_a_document_come_at_once() {
    let broken = json!({
        "vocabulary": {"facts": {"tier": {"kind": "text"}, "score": {"kind": "int"}}},
        "calendar_fact": "score",
        "roles": {"sales": "nobody"},
        "quiet_hours": "00:00-24:00",
        "max_depth": 0,
        "suppressors": [{"id": "a"}, {"id": "no_legal_basis", "when": "always"}, {"id": "b", "when": "tier = 1"}],
        "actions": [
            {"id": "a", "purpose": "fun", "trigger": {}, "owner": "sales", "due": {"day": 1}},
            {"id": "b", "purpose": "sales", "trigger": {"on": ["visit.paid"], "every": "week"}, "owner": [{"when": "always", "then": "sales"}], "due": {"days": 1}},
            {"id": "c", "purpose": "sales", "trigger": {"while": "score >= 80"}, "owner": "sales", "due": {"days": 1},
             "steps": [{"id": "a", "after": ["b"]}, {"id": "a"}], "priority": 101},
            {"id": "d", "purpose": "sales", "trigger": {"dates": ["2026-01-01", "2026-01-01"], "before": 400, "unknown": "fails"}, "owner": "sales", "due": {"days": 1},
             "cool_down": {"days": 0}, "max_runs": {"count": 0}},
            {"id": "e", "purpose": "sales", "trigger": {"on": []}, "owner": "sales", "due": {"days": 1}, "escalation": [{"after": {"days": 1}}]}
        ]
    });
    insta::assert_snapshot!(problems(broken));
}

/// What the planner reads itself it keeps only in part, so that two events would always have it in common.
#[test]
fn events_have_an_attribute_of_the_document_in_common() {
    let stopped = |trigger: Value, same: &str| {
        problems(json!({
            "vocabulary": {"attributes": {"case": {"kind": "text"}}},
            "actions": [{"id": "a", "purpose": "sales", "owner": "sales", "due": {"days": 1}, "trigger": trigger,
                "stop_on": {"on": ["ticket.closed"], "same": same}}]
        }))
    };
    let on = json!({"on": ["ticket.opened"]});
    insta::assert_snapshot!(stopped(on, "why"), @"body.actions[0].stop_on.same: unknown name, given \"why\", allowed: an attribute that the document declares: case");
    let held = json!({"while": "always", "unknown": "fails"});
    insta::assert_snapshot!(stopped(held, "case"), @"body.actions[0].stop_on.same: not allowed here, given \"case\", allowed: nothing: no event calls for the action");
}

#[test]
fn names_are_given_once() {
    let action = |id: &str| json!({"id": id, "purpose": "sales", "trigger": {"on": ["@all"]}, "owner": "sales", "due": {"days": 1}});
    let suppressor = json!({"id": "a", "when": "always"});
    insta::assert_snapshot!(problems(json!({"actions": [action("a"), action("a")]})), @"body.actions[1]: duplicate, given id `a`, allowed: each action has an id of its own");
    insta::assert_snapshot!(problems(json!({"actions": [action("a")], "suppressors": [suppressor, suppressor]})), @"body.suppressors[1]: duplicate, given id `a`, allowed: each suppressor has an id of its own");
}

#[test]
fn a_state_that_does_not_fit_together_is_refused() {
    let stamp = json!({"id": "ours", "version": "1", "fingerprint": "0".repeat(64)});
    let state = |memory: Value| {
        let state = json!({"subject": "C1", "actions": stamp, "since": "2026-01-01T00:00:00Z", "planned_until": "2026-01-05T00:00:00Z", "memory": memory, "ledger": {}});
        serde_json::from_value::<PlanState>(state).map_err(|error| error.to_string())
    };
    let run = |called: &str, progress: &str| json!({"action": "a", "cycle": "@2026-01-02T00:00:00Z", "called_at": called, "steps": [{"step": "main", "progress": progress}]});
    let day = "2026-01-02T00:00:00Z";
    assert!(state(json!({"open": [run(day, "planned")]})).is_ok());
    insta::assert_snapshot!(state(json!({"open": [run(day, "done")]})).unwrap_err(), @"run 1 must lie where it belongs: open with something to do, closed without");
    insta::assert_snapshot!(state(json!({"open": [run("2026-01-06T00:00:00Z", "planned")]})).unwrap_err(), @"run 1 must have been called for by `planned_until`");
    // What another document remembered, by the instant at which this one took over.
    let base = |memory| {
        let state = json!({"subject": "C1", "actions": stamp, "since": "2026-01-03T00:00:00Z", "planned_until": "2026-01-05T00:00:00Z", "memory": {}, "base": memory, "ledger": {}});
        serde_json::from_value::<PlanState>(state).map_err(|error| error.to_string())
    };
    assert!(base(json!({"open": [run("2026-01-02T00:00:00Z", "planned")]})).is_ok());
    assert!(base(json!({"open": [run("2026-01-04T00:00:00Z", "planned")]})).is_err());
    assert!(base(json!({"closed": [run(day, "planned")]})).is_err());
    insta::assert_snapshot!(state(json!({"closed": [run(day, "done")], "open": [run(day, "planned")]})).unwrap_err(), @"run 2 must be of another action or cycle than the ones before it");
}
