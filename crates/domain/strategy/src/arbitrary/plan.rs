//! Documents of actions, and facts and events that suit them.
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::{Event, FactId, FactValue, Observation};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::ActionsDocument;

/// The instant at which whatever is generated begins: 2026-01-01.
const BEGIN: i64 = 1_767_225_600;
/// For how many hours it goes on.
const HOURS: i64 = 60 * 24;

const KINDS: [&str; 6] =
    ["visit.made", "ticket.closed", "complaint.opened", "complaint.resolved", "order.placed", "action.done"];

const CONDITIONS: [&str; 7] = [
    "no @interaction within 3 days",
    "tier = \"strategic\"",
    "tier != \"normal\" and no order.placed within 2 weeks",
    "consent = true",
    "ends within next 5 days",
    "count(ticket.closed within 10 days) >= 2",
    "pending(complaint.opened until complaint.resolved)",
];

/// The instant from which on generated documents are followed.
#[must_use]
pub fn begin() -> DateTime<Utc> {
    DateTime::from_timestamp(BEGIN, 0).unwrap_or_default()
}

/// An instant within the time of what is generated.
pub fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    (0..HOURS * 60).prop_map(|minutes| begin() + TimeDelta::minutes(minutes))
}

fn condition() -> impl Strategy<Value = &'static str> {
    prop::sample::select(CONDITIONS.to_vec())
}

fn term() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0_u32..100).prop_map(|hours| json!({"hours": hours})),
        (0_u32..40).prop_map(|hours| json!({"working_hours": hours})),
        (0_u32..6).prop_map(|days| json!({"days": days})),
        (0_u32..6).prop_map(|days| json!({"working_days": days})),
        (0_u32..3).prop_map(|days| json!({"end_of_working_day": days})),
    ]
}

fn cases() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => term(),
        1 => (condition(), term(), term()).prop_map(|(when, one, other)| json!([{"when": when, "then": one}, {"then": other}])),
    ]
}

fn unknown() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["fails", "holds"])
}

fn trigger() -> impl Strategy<Value = Value> {
    let on = prop::sample::subsequence(KINDS.to_vec(), 1..=2);
    let every = prop::option::of(prop::sample::select(vec!["week", "month", "quarter"]));
    prop_oneof![
        2 => (on, prop::option::of(condition()), unknown()).prop_map(|(on, when, unknown)| match when {
            None => json!({"on": on}),
            Some(when) => json!({"on": on, "when": when, "unknown": unknown}),
        }),
        2 => (condition(), every, any::<bool>(), unknown()).prop_map(|(holds, every, keep, unknown)| {
            json!({"while": holds, "every": every, "keep": keep, "unknown": unknown})
        }),
        1 => (condition(), unknown()).prop_map(|(held, unknown)| json!({"after": held, "unknown": unknown})),
        1 => (0_u32..4).prop_map(|before| json!({"dates": ["2026-01-09", "2026-02-14"], "before": before})),
    ]
}

fn action() -> impl Strategy<Value = Value> {
    let purpose = prop::sample::select(vec!["marketing", "sales", "service", "contract", "care"]);
    let channels = prop::sample::subsequence(vec!["email", "phone"], 0..=2);
    let escalation = prop::collection::vec(term(), 0..3);
    let steps = prop::collection::vec((any::<bool>(), prop::option::of(term())), 0..3);
    let stop_on = prop::option::of((prop::sample::select(KINDS.to_vec()), any::<bool>()));
    let more = (
        prop::option::of(condition()),
        stop_on,
        prop::option::of(1_u32..9),
        prop::option::of(1_u16..4),
        0_u8..=100,
        prop::bool::weighted(0.2),
    );
    let parts = (purpose, trigger(), cases(), channels, escalation, steps, any::<bool>(), more);
    parts.prop_map(|(purpose, trigger, due, channels, escalation, steps, basis, more)| {
        let (stop, stop_on, cool_down, max_runs, priority, automatic) = more;
        let by_event = trigger.get("on").is_some();
        let stop_on =
            stop_on.map(|(on, same)| json!({"on": [on], "same": (same && by_event).then_some("case")}));
        let rungs = escalation.into_iter().map(|after| json!({"after": after, "to": "manager"}));
        let steps = steps.into_iter().enumerate().map(|(place, (waits, wait))| {
            let before: Vec<Value> = (0..place).filter(|_| waits).map(|place| format!("s{place}").into()).collect();
            json!({"id": format!("s{place}"), "after": before, "wait": wait})
        });
        json!({
            "purpose": purpose, "trigger": trigger, "owner": "sales", "due": due, "channels": channels,
            "escalation": rungs.collect::<Vec<_>>(), "steps": match steps.len() { 0 => Value::Null, _ => steps.collect() },
            "legal_basis": basis.then_some("contract"), "stop": stop, "priority": priority,
            "stop_on": stop_on, "automatic": automatic,
            "cool_down": cool_down.map(|days| json!({"days": days})),
            "max_runs": max_runs.map(|count| json!({"count": count, "within": {"weeks": 2}})),
        })
    })
}

/// Documents of one to four actions, with suppressors and quiet hours or without.
pub fn actions_document() -> impl Strategy<Value = ActionsDocument> {
    let quiet = prop::option::of(prop::sample::select(vec!["20:00-08:00", "12:30-14:00"]));
    let suppressors = prop::sample::subsequence(
        vec![
            json!({"id": "complaint", "purposes": ["marketing", "sales"], "when": "pending(complaint.opened until complaint.resolved)"}),
            json!({"id": "no_consent", "purposes": ["marketing", "care"], "contact": true, "when": "not (consent = true)"}),
            json!({"id": "no_mail", "channels": ["email"], "when": "tier = \"strategic\""}),
            json!({"id": "enough", "at_most": {"count": 1, "within": {"days": 5}}}),
        ],
        0..=4,
    );
    let zone = prop::sample::select(vec!["UTC", "+08:00", "-03:30"]);
    (prop::collection::vec(action(), 1..=4), suppressors, quiet, zone).prop_filter_map(
        "documents are sound",
        |(mut actions, suppressors, quiet, zone)| {
            for (place, action) in actions.iter_mut().enumerate() {
                action.as_object_mut()?.insert("id".into(), format!("a{place}").into());
            }
            let document = json!({"schema": "guanxi.actions/1", "id": "ours", "version": "1", "body": {
                "vocabulary": {"facts": {
                    "tier": {"kind": "text"}, "consent": {"kind": "bool"}, "ends": {"kind": "date"},
                    "calendar": {"kind": "text"}, "owner": {"kind": "text"}
                }, "attributes": {"case": {"kind": "text"}}},
                "zone": zone, "calendar": "five-day", "calendar_fact": "calendar", "roles": {"sales": "owner"},
                "quiet_hours": quiet, "suppressors": suppressors, "actions": actions
            }});
            ActionsDocument::from_value(&document).ok()
        },
    )
}

/// Up to 16 events of the customer `C1`, each with an id of its own; some are word of steps.
pub fn plan_events() -> impl Strategy<Value = Vec<Event>> {
    let word =
        (0_u32..4, 0_usize..16).prop_map(|(action, event)| format!("ours/a{action}/main/#e{event}/C1"));
    let case = prop::option::of(prop::sample::select(vec!["a", "b"]));
    let event =
        (prop::sample::select(KINDS.to_vec()), instant(), prop::option::of(word), any::<bool>(), case);
    prop::collection::vec(event, 0..16).prop_map(|events| {
        type Parts = (&'static str, DateTime<Utc>, Option<String>, bool, Option<&'static str>);
        let event = |(place, (kind, at, key, cause, case)): (usize, Parts)| {
            let name = if kind == "action.done" { "key" } else { "cause" };
            let said = key.filter(|_| kind == "action.done" || cause).map(|key| (name, key));
            let said = said.into_iter().chain(case.map(|case| ("case", String::from(case))));
            let said: serde_json::Map<String, Value> =
                said.map(|(name, text)| (name.into(), json!({"text": text}))).collect();
            let event = json!({
                "id": format!("e{place}"), "subject": "C1", "kind": kind, "occurred_at": at, "attributes": said
            });
            serde_json::from_value(event).ok()
        };
        events.into_iter().enumerate().filter_map(event).collect()
    })
}

/// Up to 8 observations of the facts that generated documents read.
pub fn plan_observations() -> impl Strategy<Value = Vec<Observation>> {
    let text = |words: &[&'static str]| {
        prop::sample::select(words.to_vec()).prop_map(|word| FactValue::Text(word.into()))
    };
    let observed = prop_oneof![
        text(&["strategic", "normal"]).prop_map(|value| ("tier", value)),
        any::<bool>().prop_map(|value| ("consent", FactValue::Bool(value))),
        instant().prop_map(|at| ("ends", FactValue::Date(at.date_naive()))),
        text(&["five-day", "missing"]).prop_map(|value| ("calendar", value)),
        text(&["wang", "li"]).prop_map(|value| ("owner", value)),
    ];
    prop::collection::vec((observed, instant()), 0..8).prop_map(|observed| {
        let observation = |((fact, value), observed_at): ((&str, FactValue), DateTime<Utc>)| {
            Some(Observation { fact: FactId::new(fact).ok()?, value, observed_at })
        };
        observed.into_iter().filter_map(observation).collect()
    })
}
