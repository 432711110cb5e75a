//! Generators for property tests: small life cycles of all kinds of edges, and ledgers that meet them.
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use std::vec;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::{Event, FactValue, Observation};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::definition::LifecycleDocument;

/// Conditions over events, facts, windows, rhythms and the stay.
const GUARDS: [&str; 17] = [
    "always",
    "count(order.placed within 10 days) >= 2",
    "count(order.placed) >= 3",
    "no @interaction within 7 days",
    "no order.placed, stay.began within 2 * gap(order.placed) at least 5 days else 12 days",
    "no stay.began within 2 months",
    "pending(complaint.opened until complaint.resolved, stay.began for 4 days)",
    "pending(complaint.opened until complaint.resolved by case for 36 hours)",
    "level >= 3",
    "level is known and level < 2",
    "due within next 5 days",
    "due is past",
    "due in this month",
    "anniversary of due within 3 days",
    "last(survey.answered).satisfaction >= 60",
    "last(order.placed) within last 1 month",
    "not (level < 2) and no order.placed within 3 days or any meeting.held within 30 hours",
];

const STAGES: [&str; 5] = ["a", "b", "c", "阶段", "e"];
const KINDS: [&str; 10] = [
    "order.placed",
    "order.placed",
    "meeting.held",
    "contact.replied",
    "complaint.opened",
    "complaint.resolved",
    "survey.answered",
    "stage.moved",
    "approval.given",
    "owner.changed",
];

/// A span of hours to months.
fn span() -> impl Strategy<Value = Value> {
    prop_oneof![
        (1_u32..=8).prop_map(|count| json!({"hours": count * 6})),
        (1_u32..=12).prop_map(|count| json!({"days": count})),
        (1_u32..=2).prop_map(|count| json!({"weeks": count})),
        Just(json!({"months": 1})),
    ]
}

/// A guard with what an unknown answer counts as.
fn guard() -> impl Strategy<Value = (String, &'static str)> {
    (select(GUARDS.to_vec()).prop_map(ToString::to_string), select(vec!["fails", "holds"]))
}

#[derive(Clone, Debug)]
struct EdgeParts {
    from: Vec<usize>,
    any: bool,
    to: usize,
    on: Vec<&'static str>,
    guard: Option<(String, &'static str)>,
    requires: bool,
    approval: bool,
    after: Option<Value>,
    new_cycle: bool,
    cool_down: Option<Value>,
    at_most: Option<u16>,
}

fn edge() -> impl Strategy<Value = EdgeParts> {
    let on = prop_oneof![
        2 => Just(Vec::new()),
        3 => prop::collection::btree_set(select(KINDS.to_vec()), 1..3).prop_map(|on| on.into_iter().collect()),
        1 => select(vec!["@all", "@interaction"]).prop_map(|on| vec![on]),
    ];
    let from =
        prop::collection::btree_set(0_usize..STAGES.len(), 1..3).prop_map(|from| from.into_iter().collect());
    let barred = (prop::bool::weighted(0.1), prop::bool::weighted(0.15), prop::option::weighted(0.3, span()));
    let again = (
        prop::bool::weighted(0.15),
        prop::option::weighted(0.15, span()),
        prop::option::weighted(0.15, 1_u16..=2),
    );
    let ends = (from, prop::bool::weighted(0.1), 0_usize..STAGES.len());
    (ends, on, prop::option::weighted(0.7, guard()), barred, again).prop_map(
        |((from, any, to), on, guard, (requires, approval, after), (new_cycle, cool_down, at_most))| {
            EdgeParts { from, any, to, on, guard, requires, approval, after, new_cycle, cool_down, at_most }
        },
    )
}

/// The edge as a document writes it, with what keeps it sound.
fn written(place: usize, edge: &EdgeParts, kinds: &[&str]) -> Option<Value> {
    let count = kinds.len();
    let (to, rank) = (edge.to % count, |stage: usize| kinds.get(stage) == Some(&"open"));
    let from = edge.from.iter().map(|stage| stage % count);
    let from: Vec<usize> =
        from.filter(|stage| *stage != to && kinds.get(*stage) != Some(&"terminal")).collect();
    if from.is_empty() {
        return None;
    }
    let back = !edge.new_cycle && rank(to) && from.iter().any(|stage| rank(*stage) && *stage > to);
    // What leads back does so from everywhere.
    let from: Vec<usize> = from.into_iter().filter(|stage| !back || !rank(*stage) || *stage > to).collect();
    let name = |stage: &usize| STAGES.get(*stage).copied().unwrap_or_default();
    let mut tree =
        json!({"id": format!("e{place}"), "to": name(&to), "on": edge.on, "new_cycle": edge.new_cycle});
    let fields = tree.as_object_mut()?;
    let whole = edge.any && !rank(to);
    fields.insert("from".into(), if whole { "any".into() } else { from.iter().map(name).collect() });
    if back {
        fields.insert("regress".into(), "back".into());
    }
    if let Some((when, unknown)) = &edge.guard {
        fields.insert("when".into(), when.as_str().into());
        fields.insert("unknown".into(), (*unknown).into());
    }
    if edge.requires {
        fields.insert("requires".into(), json!(["level"]));
    }
    if edge.approval {
        fields.insert("approval".into(), "lead".into());
    }
    if let Some(after) = &edge.after {
        fields.insert("after".into(), after.clone());
    }
    if edge.cool_down.is_some() || edge.at_most.is_some() {
        fields.insert("reentry".into(), json!({"cool_down": edge.cool_down, "at_most": edge.at_most}));
    }
    Some(tree)
}

/// The document of a life cycle, if its parts fit together.
fn document(
    zone: &str,
    kinds: &[&str],
    enters: &str,
    edges: &[EdgeParts],
    flags: &[(String, &str)],
) -> Option<LifecycleDocument> {
    let kinds: Vec<&str> = ["open"].iter().chain(kinds).copied().collect();
    let stages = STAGES.iter().zip(&kinds).map(|(id, kind)| json!({"id": id, "kind": kind}));
    let stages: Vec<Value> = stages.collect();
    let first = json!({"id": "enter", "from": "none", "on": [enters], "to": "a"});
    let edges = edges.iter().enumerate().filter_map(|(place, edge)| written(place, edge, &kinds));
    let edges: Vec<Value> = [first].into_iter().chain(edges).collect();
    let flag = |(place, (when, unknown)): (usize, &(String, &str))| json!({"id": format!("f{place}"), "when": when, "unknown": unknown});
    let flags: Vec<Value> = flags.iter().enumerate().map(flag).collect();
    let vocabulary = json!({
        "facts": {"level": {"kind": "int"}, "due": {"kind": "date"}},
        "attributes": {
            "case": {"kind": "text"},
            "satisfaction": {"kind": "int", "min": "0", "max": "100"},
        },
    });
    let body = json!({
        "vocabulary": vocabulary, "zone": zone, "stages": stages, "edges": edges, "flags": flags,
    });
    let tree = json!({"schema": "guanxi.lifecycle/1", "id": "any", "version": "1", "body": body});
    LifecycleDocument::from_value(&tree).ok()
}

/// Any life cycle of two to five stages in a zone, with edges of every kind, and flags.
pub fn definition(zones: Vec<&'static str>) -> impl Strategy<Value = LifecycleDocument> {
    let kind = prop_oneof![6 => Just("open"), 1 => Just("parked"), 1 => Just("terminal")];
    let kinds = prop::collection::vec(kind, 1..STAGES.len());
    let enters = prop_oneof![Just("@all"), Just("order.placed")];
    let edges = prop::collection::vec(edge(), 1..9);
    let flags = prop::collection::vec(guard(), 0..3);
    (select(zones), kinds, enters, edges, flags)
        .prop_filter_map("sound", |(zone, kinds, enters, edges, flags)| {
            document(zone, &kinds, enters, &edges, &flags)
        })
}

/// An instant some whole multiple of six hours after another.
fn later(from: DateTime<Utc>, quarter_days: i64) -> DateTime<Utc> {
    let ahead = TimeDelta::try_hours(quarter_days.saturating_mul(6)).unwrap_or_default();
    from.checked_add_signed(ahead).unwrap_or(from)
}

/// The attributes of an event of a kind.
fn attributes(kind: &str, stage: usize, edge: usize, number: i64, case: Option<u8>) -> Value {
    let text = |text: &str| json!({"text": text});
    match kind {
        "stage.moved" => {
            let to = STAGES.get(stage).copied().unwrap_or_default();
            json!({"to": text(to), "by": text("U1"), "why": text("因由")})
        }
        "approval.given" => {
            json!({"edge": text(&format!("e{edge}")), "role": text("lead"), "by": text("U2")})
        }
        "survey.answered" => json!({"satisfaction": {"int": number}, "remark": text("unread")}),
        _ => case.map_or_else(|| json!({}), |case| json!({"case": text(&format!("k{case}"))})),
    }
}

/// Any events of the subject `C1` in the days after an instant, at whole multiples of six hours from it,
/// many of them at one instant. Each has an id of its own.
pub fn events(from: DateTime<Utc>, days: i64) -> impl Strategy<Value = Vec<Event>> {
    let parts = (0_usize..STAGES.len(), 0_usize..9, 0_i64..=100, prop::option::of(0_u8..2));
    let one = (select(KINDS.to_vec()), 0..=days.saturating_mul(4), parts);
    prop::collection::vec(one, 0..14).prop_filter_map("sound", move |events| {
        let events = events.into_iter().enumerate().map(|(place, (kind, when, parts))| {
            let (stage, edge, number, case) = parts;
            let tree = json!({
                // Ids in another order than the events.
                "id": format!("{:02}", (place * 7) % 15),
                "subject": "C1",
                "kind": kind,
                "occurred_at": later(from, when),
                "attributes": attributes(kind, stage, edge, number, case),
            });
            serde_json::from_value(tree).ok()
        });
        events.collect()
    })
}

/// Any observations of the facts of [`definition`], likewise.
pub fn observations(from: DateTime<Utc>, days: i64) -> impl Strategy<Value = Vec<Observation>> {
    let one = (0..=days.saturating_mul(4), prop_oneof![(0_i64..5).prop_map(Some), Just(None)], -5..days);
    prop::collection::vec(one, 0..5).prop_filter_map("sound", move |seen| {
        let seen = seen.into_iter().map(|(when, level, ahead)| {
            let day = later(from, ahead.saturating_mul(4)).date_naive();
            let (fact, value) = match level {
                Some(level) => ("level", FactValue::Int(level)),
                None => ("due", FactValue::Date(day)),
            };
            Some(Observation { fact: fact.parse().ok()?, value, observed_at: later(from, when) })
        });
        seen.collect()
    })
}
