//! Worked cases: one for each trigger of the standard actions, looked at again and again, with the reasons.
use std::collections::BTreeMap;

use guanxi_core::{Event, Observation};
use guanxi_strategy::actions_preset;
use serde::Deserialize;
use serde_json::Value;

use crate::common::{Customer, at, event, shown};

/// A customer, what happens, and when somebody looks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Fields of the standard actions that are others here.
    #[serde(default)]
    with: BTreeMap<String, Value>,
    since: String,
    /// Name, value, since when.
    #[serde(default)]
    facts: Vec<(String, Value, String)>,
    /// Id, kind, instant, attributes; and when it becomes known, if later.
    #[serde(default)]
    events: Vec<(String, String, String, Value, Option<String>)>,
    /// Instants, or `next` for the next wake-up.
    at: Vec<String>,
}

fn check(case: &str) -> String {
    let case: Case = serde_json::from_str(case).unwrap();
    let mut standard = actions_preset("standard").unwrap().to_value();
    for (name, value) in case.with {
        standard["body"][name] = value;
    }
    let standard = guanxi_strategy::ActionsDocument::from_value(&standard)
        .unwrap_or_else(|problems| panic!("{problems}"));
    let mut customer = Customer::new(standard, &case.since);
    let (mut told, mut next, mut known) = (String::new(), None, at("1970-01-01"));
    for look in case.at {
        let Some(now) = (if look == "next" { next } else { Some(at(&look)) }) else { break };
        let comes = |instant: &str| known < at(instant) && at(instant) <= now;
        let events = case.events.iter().filter(|(_, _, when, _, late)| comes(late.as_ref().unwrap_or(when)));
        let events: Vec<Event> =
            events.map(|(id, kind, when, more, _)| event(id, kind, when, more.clone())).collect();
        let facts = case.facts.iter().filter(|(_, _, when)| comes(when));
        let facts: Vec<Observation> =
            facts.map(|(name, value, when)| customer.fact(name, value, when)).collect();
        let decision = customer.look(&events, &facts, now);
        (next, known) = (decision.next_change, now);
        told += &shown(&decision);
        customer.state = Some(decision.outcome.state);
    }
    told
}

macro_rules! cases {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), check(include_str!(concat!("cases/", stringify!($name), ".json"))));
        }
    )*};
}

cases! {
    quarterly_visit
    strategy_meeting_and_class_b
    first_contact
    silence_ladder
    silence_of_an_ordinary_customer
    trial_expiry
    ticket_closed
    ticket_closed_under_complaint
    respond_and_verify
    renewal
    usage_drop
    churn
    birthday_on_29_february
    holiday_in_a_make_up_week
    no_consent_records
}
