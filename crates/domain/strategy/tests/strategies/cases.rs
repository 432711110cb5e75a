//! Worked cases: each file a document and customers, each selection with its reasons.
use std::path::Path;

use chrono::{DateTime, Utc};
use guanxi_condition::{EventLog, Given};
use guanxi_core::{Event, FactMap};
use guanxi_strategy::select;
use serde::Deserialize;
use serde_json::Value;

use crate::{document, standard, texts};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    story: String,
    /// The standard document, if left out.
    #[serde(default)]
    body: Option<Value>,
    customers: Vec<Customer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Customer {
    who: String,
    as_of: DateTime<Utc>,
    #[serde(default)]
    facts: FactMap,
    #[serde(default)]
    events: Option<Vec<Event>>,
}

fn check(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cases/strategies/{name}.json"));
    let case: Case = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let document = case.body.map_or_else(standard, document);
    let mut shown = vec![case.story];
    for customer in case.customers {
        let log = customer.events.as_ref().map(EventLog::new);
        let given = Given { facts: &customer.facts, events: log.as_ref() };
        let decision = select(&document, &given, customer.as_of);
        shown.push(format!("\n{}, as of {}, until {:?}", customer.who, customer.as_of, decision.next_change));
        shown.push(serde_json::to_string(&decision.outcome).unwrap());
        shown.extend(texts(&document, &decision.reasons, "en").into_iter().map(|text| format!("  {text}")));
        shown
            .extend(texts(&document, &decision.reasons, "zh-CN").into_iter().map(|text| format!("  {text}")));
    }
    insta::assert_snapshot!(name, shown.join("\n"));
}

#[test]
fn every_tier_has_its_strategy() {
    check("tiers");
}

#[test]
fn the_one_that_asks_for_more_is_selected() {
    check("specific");
}

#[test]
fn time_alone_selects_another() {
    check("time");
}
