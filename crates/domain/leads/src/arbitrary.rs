//! Generators for property tests: policies of every shape, and facts, events, leads and directories that suit
//! them.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::{Range, RangeInclusive};

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::{ActorId, Event, FactId, FactMap, FactValue, SubjectId};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    CustomerKind, Directory, ExactKey, GradeId, Lead, LeadContact, LeadLedger, LeadOverride,
    LeadPolicyDocument, Resolution,
};

/// The kinds of events that generated rules are about; the last one is the host's own.
const KINDS: [&str; 4] = ["contact.replied", "meeting.held", "campaign.responded", "mail.opened"];

/// Conditions over the facts `a` (a whole number), `b` (true or false) and `c` (an instant), and over events.
const CONDITIONS: [&str; 8] = [
    "a >= 5",
    "b = true",
    "not (b = true) or a < 3",
    "c within last 3 days",
    "c is future",
    "no @interaction within 2 days",
    "count(mail.opened within 36 hours) >= 2",
    "a is known and any meeting.held",
];

fn condition() -> impl Strategy<Value = &'static str> {
    prop::sample::select(CONDITIONS.to_vec())
}

fn points() -> impl Strategy<Value = String> {
    let some = prop_oneof![
        12 => (1_u32..=40).prop_map(|points| format!("{points}")),
        3 => (1_u32..=9_999).prop_map(|parts| format!("{}.{parts:04}", parts % 20)),
        1 => (1_u32..=99_999, 0_u32..=99).prop_map(|(points, rest)| format!("{points}.{rest:02}")),
    ];
    (some, prop::bool::weighted(0.25))
        .prop_map(|(points, cost)| if cost { format!("-{points}") } else { points })
}

fn cap() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => (0_u32..=60).prop_map(|max| json!({"max": max})),
        1 => (0_u32..=30).prop_map(|min| json!({"min": format!("-{min}")})),
        1 => (0_u32..=60, 0_u32..=30).prop_map(|(max, min)| json!({"max": max, "min": format!("-{min}.5")})),
    ]
}

fn span() -> impl Strategy<Value = Value> {
    prop_oneof![
        (1_u32..=200).prop_map(|hours| json!({"hours": hours})),
        (1_u32..=40).prop_map(|days| json!({"days": days})),
        (1_u32..=3).prop_map(|weeks| json!({"weeks": weeks})),
        (1_u32..=2).prop_map(|months| json!({"months": months})),
    ]
}

fn half_life() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::sample::select(vec![1_u32, 2, 3, 6, 8, 12]).prop_map(|hours| json!({"hours": hours})),
        (1_u32..=14).prop_map(|days| json!({"days": days})),
    ]
}

/// Any decay: none, one kind, or several together.
fn decay() -> impl Strategy<Value = Value> {
    let steps = prop_oneof![
        2 => Just(Value::Null),
        1 => (1_u32..=72, 1_u32..=72, 1_u32..9_999).prop_map(|(first, more, share)| json!([
            {"after": {"hours": first}, "share": format!("0.{share:04}")},
            {"after": {"hours": first + more}, "share": format!("0.{:04}", share / 3)},
        ])),
    ];
    (prop::option::of(span()), steps, prop::option::weighted(0.3, span()), prop::option::weighted(0.4, half_life()))
        .prop_map(|(window, steps, linear, half_life)| {
            json!({"window": window, "steps": steps, "linear": linear, "half_life": half_life})
        })
}

fn rule() -> impl Strategy<Value = Value> {
    let events = prop_oneof![
        3 => prop::sample::subsequence(KINDS.to_vec(), 1..=2).prop_map(|kinds| json!(kinds)),
        1 => Just(json!(["@interaction"])),
        1 => Just(json!(["@all"])),
    ];
    let tests = prop::option::weighted(0.2, Just(json!([{"attribute": "size", "at_least": "3"}])));
    let group = prop::option::of(prop::sample::select(vec!["mail", "talk"]));
    let once = prop::option::weighted(0.2, Just("message"));
    let cap = prop::option::weighted(0.3, (1_u32..=80).prop_map(|cap| format!("{cap}.5")));
    (events, tests, prop::option::weighted(0.25, condition()), points(), group, once, cap, decay()).prop_map(
        |(events, tests, when, points, group, once, cap, decay)| {
            json!({
                "events": events, "where": tests, "when": when, "points": points, "group": group, "once_by": once,
                "cap": cap, "decay": decay,
            })
        },
    )
}

fn floors(count: Range<usize>) -> impl Strategy<Value = Vec<Value>> {
    prop::collection::btree_set(1_u16..=10_000, count).prop_map(|floors| {
        let floors = [0].into_iter().chain(floors).enumerate();
        floors.map(|(i, floor)| json!({"id": format!("k{i}"), "from": format!("{}.{:02}", floor / 100, floor % 100)})).collect()
    })
}

fn grades() -> impl Strategy<Value = Value> {
    (floors(0..4), floors(0..4), prop::collection::vec(0_u8..4, 16)).prop_map(|(fit, engagement, grades)| {
        let pairs = (0..fit.len()).flat_map(|row| (0..engagement.len()).map(move |column| (row, column)));
        let cells: Vec<Value> = pairs
            .zip(&grades)
            .map(|((row, column), grade)| json!({"grade": format!("g{grade}"), "fit": [format!("k{row}")], "engagement": [format!("k{column}")]}))
            .collect();
        json!({"fit": fit, "engagement": engagement, "cells": cells})
    })
}

/// Any lead policy, with up to four rules.
pub fn policy() -> impl Strategy<Value = LeadPolicyDocument> {
    policy_of(0..=4, floors(0..5), 1..4, 2)
}

/// Any lead policy by which time seldom leaves a lead as it is: many bands, nothing but points and their
/// decay.
pub fn lively_policy() -> impl Strategy<Value = LeadPolicyDocument> {
    policy_of(1..=4, floors(9..13), 0..1, 1)
}

fn policy_of(
    rules: RangeInclusive<usize>,
    bands: impl Strategy<Value = Vec<Value>>,
    fit: Range<usize>,
    most: usize,
) -> impl Strategy<Value = LeadPolicyDocument> {
    let named = |most| prop::collection::vec(condition(), 0..most);
    let fit = prop::collection::vec((condition(), points()), fit);
    let caps = (
        prop::collection::btree_map(prop::sample::select(vec!["mail", "talk"]), cap(), 0..=2),
        prop::option::weighted(0.3, cap()),
        prop::option::weighted(0.3, cap()),
    );
    let full = prop_oneof![2 => Just("100"), 1 => Just("37.5")];
    let zone = prop::sample::select(vec!["UTC", "+08:00", "-03:30"]);
    let weights = prop_oneof![3 => Just(("0.6", "0.4")), 1 => Just(("1", "2")), 1 => Just(("0", "1")), 1 => Just(("1", "0"))];
    let parts = (prop::collection::vec(rule(), rules), caps, full, fit, named(most), named(most));
    (parts, zone, weights, bands, prop::option::weighted(0.7, grades())).prop_filter_map(
        "valid",
        |((rules, (groups, day, source), full, fit, disqualify, flags), zone, weights, bands, grades)| {
            let with_ids = |list: Vec<Value>, name: &str| -> Vec<Value> {
                let named = list.into_iter().enumerate().map(|(i, mut item)| {
                    if let Some(fields) = item.as_object_mut() {
                        fields.insert("id".into(), json!(format!("{name}{i}")));
                    }
                    item
                });
                named.collect()
            };
            let conditions = |list: Vec<&str>| list.into_iter().map(|when| json!({"when": when})).collect();
            let mut fit: Vec<Value> =
                fit.into_iter().map(|(when, points)| json!({"when": when, "points": points})).collect();
            fit.push(json!({"when": "always", "points": "10"}));
            let body = json!({
                "vocabulary": {
                    "facts": {"a": {"kind": "int"}, "b": {"kind": "bool"}, "c": {"kind": "instant"}},
                    "attributes": {"message": {"kind": "text"}, "size": {"kind": "int"}},
                    "events": ["mail.opened"],
                },
                "zone": zone,
                "weights": {"fit": weights.0, "engagement": weights.1},
                "fit": {"conditions": with_ids(fit, "f")},
                "engagement": {
                    "full": full,
                    "rules": with_ids(rules, "r"),
                    "caps": {"groups": groups, "day": day, "source": source},
                },
                "disqualify": with_ids(conditions(disqualify), "d"),
                "flags": with_ids(conditions(flags), "s"),
                "bands": bands,
                "grades": grades,
                "duplicates": {
                    "organisation": [{"key": "number", "verdict": "same"}, {"key": "name", "verdict": "review"}],
                    "person": [{"key": "email", "verdict": "same"}, {"key": "phone", "verdict": "review"}],
                },
            });
            let document = json!({"schema": "guanxi.leads/1", "id": "any", "version": "1", "body": body});
            LeadPolicyDocument::from_value(&document).ok()
        },
    )
}

/// Any facts for a generated policy: known, missing, or observed later.
pub fn facts(as_of: DateTime<Utc>) -> impl Strategy<Value = FactMap> {
    let a = prop::option::weighted(0.8, 0_i64..10);
    let b = prop::option::weighted(0.8, any::<bool>());
    let c = prop::option::weighted(0.8, -200_000_i64..=200_000);
    (a, b, c, prop::bool::weighted(0.1)).prop_map(move |(a, b, c, later)| {
        let observed = as_of.checked_add_signed(TimeDelta::hours(5)).filter(|_| later);
        let instant = c.and_then(|seconds| as_of.checked_add_signed(TimeDelta::try_seconds(seconds)?));
        let values = [
            ("a", a.map(FactValue::Int)),
            ("b", b.map(FactValue::Bool)),
            ("c", instant.map(FactValue::Instant)),
        ];
        let known = values.into_iter().filter_map(|(id, value)| Some((FactId::new(id).ok()?, value?)));
        known.fold(FactMap::new(), |facts, (id, value)| facts.with(id, value, observed))
    })
}

/// Any event of a lead within some 40 days before an instant or some hours after it; ids repeat, and instants
/// do.
pub fn event(as_of: DateTime<Utc>) -> impl Strategy<Value = Event> {
    let seconds = prop_oneof![
        2 => (-96_i64..=6).prop_map(|hours| hours * 3_600),
        2 => -300_000_i64..=20_000,
        2 => (-40_i64 * 24..=6).prop_map(|hours| hours * 3_600),
        1 => -3_000_000_i64..=20_000,
        1 => Just(0_i64),
    ];
    let source = prop::option::of(prop::sample::select(vec!["web", "app"]));
    let message = prop::option::of(prop::sample::select(vec!["m1", "m2"]));
    let kind = prop::sample::select(KINDS.to_vec());
    (0_u16..60, seconds, kind, source, message, prop::option::of(0_i64..6), 0_u32..2).prop_filter_map(
        "in range",
        move |(id, seconds, kind, source, message, size, nanos)| {
            let at = as_of.checked_add_signed(TimeDelta::try_seconds(seconds)?)?;
            let at = at.checked_add_signed(TimeDelta::nanoseconds(i64::from(nanos) * 250_000_000))?;
            let mut attributes = BTreeMap::new();
            if let Some(message) = message {
                attributes.insert("message".parse().ok()?, FactValue::Text(message.into()));
            }
            if let Some(size) = size {
                attributes.insert("size".parse().ok()?, FactValue::Int(size));
            }
            Some(Event {
                id: format!("E{id}").parse().ok()?,
                subject: "L1".parse().ok()?,
                kind: kind.parse().ok()?,
                occurred_at: at,
                recorded_at: None,
                source: source.and_then(|source| source.parse().ok()),
                channel: None,
                attributes,
            })
        },
    )
}

/// Any ledger of up to so many events.
pub fn ledger(as_of: DateTime<Utc>, most: usize) -> impl Strategy<Value = LeadLedger> {
    prop::collection::vec(event(as_of), 0..=most).prop_map(|events| events.into_iter().collect())
}

/// Any override around an instant; of a grade that a generated policy may have.
pub fn overridden(as_of: DateTime<Utc>) -> impl Strategy<Value = LeadOverride> {
    let grade = prop::option::of((0_u8..6).prop_map(|grade| format!("g{grade}")));
    (prop::option::of(guanxi_core::arbitrary::score()), grade, -50_i64..=400).prop_filter_map(
        "sets something",
        move |(score, grade, hours)| {
            let until = as_of.checked_add_signed(TimeDelta::try_hours(hours)?)?;
            let grade = grade.and_then(|grade| GradeId::new(&grade).ok());
            LeadOverride::new(score, grade, ActorId::new("A1").ok()?, "known from before", until).ok()
        },
    )
}

/// Any few exact keys of a kind of party, of which many are equal.
fn keys(kinds: [&'static str; 2]) -> impl Strategy<Value = BTreeSet<ExactKey>> {
    prop::collection::btree_set((prop::sample::select(kinds.to_vec()), 0_u8..4), 0..3).prop_filter_map(
        "keys",
        |keys| {
            keys.into_iter()
                .map(|(kind, value)| {
                    let value = crate::KeyValue::new(&format!("{kind}-{value}")).ok()?;
                    Some(ExactKey { kind: kind.parse().ok()?, value })
                })
                .collect()
        },
    )
}

fn person_keys() -> impl Strategy<Value = BTreeSet<ExactKey>> {
    keys(["email", "phone"])
}

fn party() -> impl Strategy<Value = (CustomerKind, BTreeSet<ExactKey>)> {
    prop_oneof![
        keys(["number", "name"]).prop_map(|keys| (CustomerKind::Organisation, keys)),
        person_keys().prop_map(|keys| (CustomerKind::Person, keys)),
    ]
}

/// Any lead with contacts, `L0` to `L2`.
pub fn lead() -> impl Strategy<Value = Lead> {
    let contact = (0_u8..5, person_keys());
    let contacts = prop::collection::btree_map(0_u8..5, contact.prop_map(|(_, keys)| keys), 0..4);
    (0_u8..3, party(), contacts).prop_filter_map("a lead", |(id, (customer, keys), contacts)| {
        let mut lead = Lead::new(SubjectId::new(&format!("L{id}")).ok()?, customer, DateTime::UNIX_EPOCH);
        lead.keys = keys;
        let contacts = contacts
            .into_iter()
            .map(|(id, keys)| Some(LeadContact { id: SubjectId::new(&format!("P{id}")).ok()?, keys }));
        lead.contacts = contacts.collect::<Option<_>>()?;
        Some(lead)
    })
}

/// Any directory of a few parties, `P0` to `P7`, some of them linked.
pub fn directory() -> impl Strategy<Value = Directory> {
    let parties = prop::collection::btree_map(0_u8..8, party(), 0..6);
    let links = prop::collection::btree_set((0_u8..8, 0_u8..8), 0..3);
    (parties, links).prop_filter_map("known", |(parties, links)| {
        let id = |number: u8| SubjectId::new(&format!("P{number}")).ok();
        let mut directory = Directory::new();
        for (number, (kind, keys)) in &parties {
            directory = directory.with_party(id(*number)?, *kind, keys.iter().cloned());
        }
        let known = |number: &u8| parties.contains_key(number);
        for (contact, of) in links.iter().filter(|(contact, of)| contact != of && known(contact) && known(of))
        {
            directory = directory.with_contact(id(*contact)?, id(*of)?);
        }
        Some(directory)
    })
}

/// Any resolutions of a few leads and contacts.
pub fn resolutions() -> impl Strategy<Value = BTreeMap<SubjectId, Resolution>> {
    let of = prop::sample::select(vec!["L0", "L1", "L2", "P0", "P1", "P2"]);
    let resolution = prop_oneof![Just(None), (0_u8..8).prop_map(Some),];
    prop::collection::btree_map(of, resolution, 0..3).prop_filter_map("ids", |resolved| {
        resolved
            .into_iter()
            .map(|(of, to)| {
                let resolution = match to {
                    None => Resolution::Create,
                    Some(number) => Resolution::Link(SubjectId::new(&format!("P{number}")).ok()?),
                };
                Some((SubjectId::new(of).ok()?, resolution))
            })
            .collect()
    })
}
