//! Worked cases: each file a document and questions, each answer with its reasons.
use std::path::Path;

use chrono::{DateTime, Utc};
use guanxi_condition::EventLog;
use guanxi_core::{Event, FactMap};
use guanxi_customer::{Assignment, TagSet, diff_tags};
use serde::Deserialize;
use serde_json::Value;

use crate::{Known, document, texts, told};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    story: String,
    body: Value,
    #[serde(default)]
    assignments: Vec<Assignment>,
    #[serde(default)]
    events: Option<Vec<Event>>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    as_of: DateTime<Utc>,
    #[serde(default)]
    facts: FactMap,
}

/// Asks one question after the other, each with the tags of the one before.
fn check(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cases/{name}.json"));
    let case: Case = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let document = document(case.body);
    let mut previous = TagSet::default();
    let mut shown = vec![case.story];
    for step in case.steps {
        let known = Known {
            assignments: case.assignments.iter().cloned().collect(),
            facts: step.facts,
            events: case.events.as_ref().map(EventLog::new),
        };
        let decision = known.tags(&document, Some(&previous), step.as_of);
        let diff = diff_tags(&document, &previous, &decision);
        shown.push(format!("\nas of {}, until {:?}", step.as_of, decision.next_change));
        shown.push(told(&diff));
        shown.push(serde_json::to_string(&decision.outcome).unwrap());
        shown.extend(texts(&decision.reasons, "en").into_iter().map(|text| format!("  {text}")));
        shown.extend(texts(&decision.reasons, "zh-CN").into_iter().map(|text| format!("  {text}")));
        previous = decision.outcome;
    }
    insta::assert_snapshot!(name, shown.join("\n"));
}

#[test]
fn set_by_hand_renewed_removed_and_expired() {
    check("set_by_hand");
}

#[test]
fn rules_come_go_and_are_kept() {
    check("rules");
}

#[test]
fn one_of_a_group_and_the_others_wait() {
    check("groups");
}

#[test]
fn renamed_merged_and_unknown() {
    check("names");
}
