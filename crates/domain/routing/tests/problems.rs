//! What is wrong with a document is named whole.
#![allow(clippy::unwrap_used, missing_docs)]

use guanxi_policy::{Body, Document};
use guanxi_routing::{Roster, RosterDocument};
use serde_json::{Value, json};

fn refused<B: Body>(body: &Value) -> String {
    let tree = json!({"schema": B::SCHEMA, "id": "ours", "version": "1", "body": body});
    Document::<B>::from_value(&tree).err().unwrap().to_string()
}

#[test]
fn every_problem_of_a_roster_is_named() {
    insta::assert_snapshot!(refused::<Roster>(&json!({
        "zone": "CST", "peopel": [],
        "people": [
            {"id": "A", "queues": {"1st": "1", "b": "-1", "c": "0.00001"}, "weight": 1},
            {"id": "A"},
            {"id": "A"},
            {"id": "", "active": "no", "skills": ["", 7], "conflicts": "C-1"},
            {"id": "B", "leave": [{"from": "2026-02-30"}, {"from": "2026-07-02", "to": "2026-07-01"}, {"to": "2026-07-01"}]},
            {"id": "C", "capacity": {"open": "-1", "per_day": "0.0000001", "window": {"effort": "5", "hours": 0}, "per_week": 1}}
        ]
    })), @r#"
    body.peopel: unknown field, given `peopel`, allowed: zone, people (did you mean `people`?)
    body.zone: not allowed here, given "CST", allowed: expected `UTC`, an offset such as `+08:00`, or a zone of the IANA database such as `Asia/Shanghai`, got `CST`
    body.people[0].weight: unknown field, given `weight`, allowed: id, active, queues, leave, skills, territories, languages, conflicts, capacity
    body.people[0].queues.1st: not allowed here, given `1st`, allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `1st`
    body.people[0].queues.b: not allowed here, given "-1", allowed: a weight is from 0 to 10000 with at most four decimal places, got `-1`
    body.people[0].queues.c: not allowed here, given "0.00001", allowed: a weight is from 0 to 10000 with at most four decimal places, got `0.00001`
    body.people[2]: duplicate, given id `A`, allowed: each person once
    body.people[3].id: not allowed here, given "", allowed: an id must not be empty
    body.people[3].active: not allowed here, given "no", allowed: invalid type: string "no", expected a boolean
    body.people[3].skills[0]: not allowed here, given "", allowed: an id must not be empty
    body.people[3].skills[1]: not allowed here, given 7, allowed: invalid type: integer `7`, expected an id as text
    body.people[3].conflicts: not allowed here, given "C-1", allowed: invalid type: string "C-1", expected a sequence
    body.people[4].leave[0].from: not allowed here, given "2026-02-30", allowed: an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`
    body.people[4].leave[1]: not allowed here, given {"from":"2026-07-02","to":"2026-07-01"}, allowed: an end after the beginning
    body.people[4].leave[2].from: missing field, allowed: `from` is required
    body.people[5].capacity.per_week: unknown field, given `per_week`, allowed: open, per_day, window
    body.people[5].capacity.open: not allowed here, given "-1", allowed: an allowance is from 0 to 1000000 with at most six decimal places, got `-1`
    body.people[5].capacity.per_day: not allowed here, given "0.0000001", allowed: an allowance is from 0 to 1000000 with at most six decimal places, got `0.0000001`
    body.people[5].capacity.window.hours: not allowed here, given 0, allowed: 1 to 8784 hours
    "#);
    insta::assert_snapshot!(refused::<Roster>(&json!({"people": []})), @"body.people: not allowed here, given 0 people, allowed: 1 to 10000 people");
}

#[test]
fn a_roster_has_one_normal_form() {
    let tree = json!({"schema": "guanxi.roster/1", "id": "ours", "version": "1", "body": {"zone": "+08:00", "people": [
        {"id": "B", "queues": {"x": 1}, "leave": [
            {"from": "2026-07-10", "to": "2026-07-12"}, {"from": "2026-07-01", "to": "2026-07-02"},
            {"from": "2026-07-03T00:00:00+08:00", "to": "2026-07-04"}, {"from": "2026-12-01"}, {"from": "2026-12-24", "to": "2026-12-26"}
        ]},
        {"id": "A", "queues": {"x": "1.50"}, "skills": ["crm", "erp", "crm"]}
    ]}});
    let roster = RosterDocument::from_value(&tree).unwrap();
    insta::assert_snapshot!(serde_json::to_string(&roster.to_value()["body"]).unwrap(), @r#"{"people":[{"id":"A","queues":{"x":"1.5"},"skills":["crm","erp"]},{"id":"B","leave":[{"from":"2026-06-30T16:00:00Z","to":"2026-07-04T16:00:00Z"},{"from":"2026-07-09T16:00:00Z","to":"2026-07-12T16:00:00Z"},{"from":"2026-11-30T16:00:00Z"}],"queues":{"x":"1"}}],"zone":"+08:00"}"#);
    assert_eq!(RosterDocument::from_value(&roster.to_value()).unwrap(), roster);
}
