//! A vocabulary with a fact of every kind, and short ways to ask.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code, missing_docs, unreachable_pub)]

use guanxi_condition::{Condition, EventLog, Given, Moment, Truth, Vocabulary};
use guanxi_core::{Event, FactMap};
use guanxi_policy::check;
use serde_json::{Value, json};

pub fn vocabulary() -> Vocabulary {
    let tree = json!({
        "facts": {
            "score": {"kind": "decimal", "min": "0", "max": "100"},
            "ratio": {"kind": "decimal"},
            "orders": {"kind": "int"},
            "vip": {"kind": "bool"},
            "region": {"kind": "text"},
            "industry": {"kind": "text"},
            "birthday": {"kind": "date"},
            "renewal": {"kind": "date"},
            "met_at": {"kind": "instant"},
            "seen_at": {"kind": "instant"},
            "sensitivity": {"kind": "level", "of": 5},
            "tags": {"kind": "set"},
            "revenue": {"kind": "money"},
            "profit": {"kind": "money"},
            "count": {"kind": "int"},
            "区域": {"kind": "text"}
        },
        "attributes": {
            "net": {"kind": "decimal"}, "state": {"kind": "text"}, "case": {"kind": "text"}, "price": {"kind": "money"},
            "satisfaction": {"kind": "decimal", "min": "1", "max": "5"}, "due": {"kind": "date"}, "last": {"kind": "bool"},
            "labels": {"kind": "set"}
        },
        "events": ["webinar.joined", "month"]
    });
    check(&tree, Vocabulary::read).unwrap()
}

pub fn parse(text: &str) -> Condition {
    Condition::parse(text, &vocabulary()).unwrap_or_else(|problems| panic!("{text}\n{problems}"))
}

pub fn problems(text: &str) -> String {
    match Condition::parse(text, &vocabulary()) {
        Ok(condition) => panic!("accepted: {condition}"),
        Err(problems) => problems.to_string(),
    }
}

pub fn read(tree: &Value) -> Result<Condition, String> {
    check(tree, |node| Condition::read(node, &vocabulary())).map_err(|problems| problems.to_string())
}

pub fn facts(tree: Value) -> FactMap {
    serde_json::from_value(tree).unwrap()
}

/// Events of one customer: id, kind, when, attributes.
pub fn events(list: &[(&str, &str, &str, Value)]) -> Vec<Event> {
    let event = |(id, kind, at, attributes): &(&str, &str, &str, Value)| {
        let at = guanxi_core::parse_instant(at).unwrap();
        let tree =
            json!({"id": id, "subject": "C1", "kind": kind, "occurred_at": at, "attributes": attributes});
        serde_json::from_value(tree).unwrap()
    };
    list.iter().map(event).collect()
}

pub fn moment(at: &str, zone: &str) -> Moment {
    Moment { zone: zone.parse().unwrap(), ..Moment::utc(guanxi_core::parse_instant(at).unwrap()) }
}

/// Asks of facts alone, at noon of 30 June 2026, a Tuesday, in UTC.
pub fn ask(text: &str, known: Value) -> Truth {
    let facts = facts(known);
    parse(text).holds(&Given { facts: &facts, events: None }, &moment("2026-06-30T12:00:00Z", "UTC"))
}

/// Asks of events alone, at an instant in UTC.
pub fn ask_events(text: &str, list: &[Event], at: &str) -> Truth {
    let (facts, log) = (FactMap::new(), EventLog::new(list));
    parse(text).holds(&Given { facts: &facts, events: Some(&log) }, &moment(at, "UTC"))
}
