//! Worked business cases: what a condition answers, why, what would turn it, and when it changes.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::fs::read_to_string;
use std::path::Path;

use guanxi_condition::{Condition, EventLog, Given, Moment, Vocabulary, WeekStart, labels};
use guanxi_core::{Event, FactId, FactMap, FactValue, Zone};
use guanxi_policy::check as checked;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    vocabulary: Value,
    condition: Value,
    #[serde(default)]
    zone: Zone,
    #[serde(default)]
    week_start: WeekStart,
    #[serde(default)]
    facts: BTreeMap<FactId, FactValue>,
    #[serde(default)]
    events: Vec<Value>,
    asked: Vec<Asked>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    of: String,
    #[serde(default = "noon")]
    as_of: String,
    #[serde(default)]
    facts: BTreeMap<FactId, FactValue>,
    #[serde(default = "english")]
    lang: String,
}

fn noon() -> String {
    "2026-06-30T12:00:00Z".into()
}

fn english() -> String {
    "en".into()
}

fn event(line: &Value) -> Event {
    let attributes = line.get(3).cloned().unwrap_or_else(|| json!({}));
    let (id, kind, at) = (&line[0], &line[1], &line[2]);
    serde_json::from_value(
        json!({"id": id, "subject": "C1", "kind": kind, "occurred_at": at, "attributes": attributes}),
    )
    .unwrap()
}

/// A case with its answers as text.
fn check(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name).with_extension("json");
    let case: Case = serde_json::from_str(&read_to_string(path).unwrap()).unwrap();
    let vocabulary = if case.vocabulary.is_null() { json!({}) } else { case.vocabulary };
    let vocabulary = checked(&vocabulary, Vocabulary::read).unwrap();
    let condition = checked(&case.condition, |node| Condition::read(node, &vocabulary)).unwrap();
    assert_eq!(condition.lint(), [], "a case is sound");
    let events: Vec<Event> = case.events.iter().map(event).collect();
    let log = EventLog::new(&events);

    let mut lines = vec![condition.to_string()];
    for asked in &case.asked {
        let facts = case
            .facts
            .iter()
            .chain(&asked.facts)
            .fold(FactMap::new(), |facts, (id, value)| facts.with(id.clone(), value.clone(), None));
        let given = Given { facts: &facts, events: Some(&log) };
        let as_of = asked.as_of.parse().unwrap();
        let at = Moment { as_of, zone: case.zone, week_start: case.week_start };
        let explained = condition.explain(&given, &at);
        let pack = labels(&asked.lang).unwrap();
        lines.push(format!("\n{} ({}): {:?}", asked.of, asked.as_of, explained.truth));
        lines.extend(explained.deciding.iter().map(|leaf| format!("  because {}", leaf.text(&pack))));
        lines.extend(explained.near_misses.iter().map(|near| {
            let by = near.distance.map_or(String::new(), |distance| format!(", by {distance}"));
            format!("  {:?} if `{}` were {:?}{by}", near.gives, near.leaf.text, near.needed)
        }));
        lines.extend(explained.findings.iter().map(|finding| format!("  {}", finding.text(&pack))));
        let next = condition.next_change(&given, &at);
        lines.push(next.map_or("  for ever".into(), |next| format!("  until {}", next.to_rfc3339())));
    }
    lines.join("\n")
}

macro_rules! cases {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), check(stringify!($name)));
        }
    )*};
}

cases! { routing silence complaints birthday_care renewals chinese }

#[test]
fn every_case_is_asked() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.count(), 6);
}
