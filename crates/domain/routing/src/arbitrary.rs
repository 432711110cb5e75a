//! Generators for property tests.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::{ActorId, FactMap, FactValue, SubjectId, Zone, fact_id};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{Effort, PersonSpec, PoolDocument, RosterDocument, RosterSpec, RoutingDocument, Weight};

/// The instant around which everything happens: noon of the day before a leap day, in seconds since 1970.
pub const NOON: i64 = 1_709_121_600;

/// An instant within twenty days of [`NOON`], often at midnight somewhere.
pub fn about_noon() -> impl Strategy<Value = DateTime<Utc>> {
    let day = 86_400;
    let second = prop_oneof![
        2 => (-20_i64..20, prop::sample::select(alloc::vec![0_i64, 1, 43_200, 57_600, 86_399])).prop_map(move |(days, second)| days * day + second),
        1 => -20 * day..20 * day,
    ];
    second.prop_filter_map("a second", |second| DateTime::from_timestamp(NOON + second, 0))
}

/// What the documents here declare.
fn vocabulary() -> Value {
    json!({"facts": {
        "score": {"kind": "int"}, "region": {"kind": "text"}, "skills": {"kind": "set"}, "language": {"kind": "text"},
        "due": {"kind": "date"}, "since": {"kind": "instant"}
    }})
}

/// A condition over a few facts, some of which time changes.
fn condition() -> impl Strategy<Value = String> {
    prop::sample::select(alloc::vec![
        "always",
        "never",
        "score >= 50",
        "score < 50",
        "region = \"East\"",
        "region = \"East\" and score >= 50",
        "due within next 3 days",
        "due is past",
        "since within last 5 days",
        "not since within last 36 hours",
        "no contact.made within 2 days",
        "region is missing or due in this week",
    ])
    .prop_map(String::from)
}

fn zone() -> impl Strategy<Value = Zone> {
    prop::sample::select(alloc::vec!["UTC", "+08:00", "-03:30"])
        .prop_filter_map("a zone", |text| text.parse().ok())
}

fn queue() -> impl Strategy<Value = String> {
    prop::sample::select(alloc::vec!["a", "b", "c"]).prop_map(String::from)
}

fn person() -> impl Strategy<Value = String> {
    (0_u8..8).prop_map(|number| format!("P{number}"))
}

fn unknown() -> impl Strategy<Value = &'static str> {
    prop::sample::select(alloc::vec!["fails", "holds"])
}

/// Any routing policy of the queues `a`, `b` and `c` and of people `P0` to `P7`.
pub fn routing() -> impl Strategy<Value = RoutingDocument> {
    let target = prop_oneof![
        3 => queue().prop_map(|queue| json!({"queue": queue})),
        1 => person().prop_map(|person| json!({"person": person})),
    ];
    let owner = || prop::sample::select(alloc::vec!["first", "within_capacity", "ignored"]);
    let to = prop::collection::btree_set(target.prop_map(|target| target.to_string()), 1..3);
    let rule = (condition(), unknown(), prop::option::of(owner()), to);
    let need = |fact: &'static str| {
        let missing = prop::sample::select(alloc::vec!["anyone", "unlimited"]);
        prop::option::of(missing.prop_map(move |missing| json!({"fact": fact, "missing": missing})))
    };
    let matching = (need("skills"), need("region"), need("language"));
    let rules = prop::collection::vec(rule, 0..4);
    let response = prop::collection::vec((condition(), unknown(), 1_u32..9), 0..3);
    let fallback = prop::collection::btree_set(queue(), 0..3);
    (zone(), owner(), matching, any::<bool>(), rules, fallback, response).prop_filter_map(
        "sound",
        |(zone, owner, (skills, territories, languages), ordered, rules, fallback, response)| {
            let rule = |(place, (when, unknown, owner, to)): (usize, &AnyRule)| {
                let to: Vec<Value> = to.iter().filter_map(|target| serde_json::from_str(target).ok()).collect();
                json!({"id": format!("rule-{place}"), "when": when, "unknown": unknown, "owner": owner, "to": to})
            };
            let term = |(place, (when, unknown, hours)): (usize, &(String, &str, u32))| {
                json!({"id": format!("term-{place}"), "when": when, "unknown": unknown, "within": {"working_hours": hours}})
            };
            let tree = json!({"schema": "guanxi.routing/1", "id": "any", "version": "1", "body": {
                "vocabulary": vocabulary(), "zone": zone.to_string(), "owner": owner,
                "match": {"skills": skills, "territories": territories, "languages": languages},
                "priority": ordered.then_some("score"), "queues": ["a", "b", "c"],
                "rules": rules.iter().enumerate().map(rule).collect::<Vec<_>>(), "fallback": fallback,
                "response": response.iter().enumerate().map(term).collect::<Vec<_>>()
            }});
            RoutingDocument::from_value(&tree).ok()
        },
    )
}

/// A rule: its condition, what unknown means, who comes first, and its targets.
type AnyRule = (String, &'static str, Option<&'static str>, BTreeSet<String>);

/// An effort: mostly 1, seldom less or more than any allowance.
pub fn effort() -> impl Strategy<Value = Effort> {
    prop_oneof![6 => Just(1_000_000_i64), 1 => 1_i64..3_000_000, 1 => Just(9_000_000)]
        .prop_filter_map("in range", Effort::of_steps)
}

/// A weight: mostly small and round, sometimes 0.
pub fn weight() -> impl Strategy<Value = Weight> {
    prop_oneof![1 => Just(0_i64), 6 => (1_i64..4).prop_map(|whole| whole * 10_000), 2 => 1_i64..40_000, 1 => 1_i64..=100_000_000]
        .prop_filter_map("in range", Weight::of_steps)
}

fn words(list: &'static [&'static str]) -> impl Strategy<Value = Option<BTreeSet<String>>> {
    let some = prop::collection::btree_set(prop::sample::select(list).prop_map(String::from), 0..3);
    prop::option::weighted(0.4, some)
}

fn capacity() -> impl Strategy<Value = Value> {
    let steps = || prop::sample::select(alloc::vec!["0", "0.5", "1", "2", "2.5", "5", "40"]);
    let window = (steps(), 1_u16..60).prop_map(|(effort, hours)| json!({"effort": effort, "hours": hours}));
    let some = |share| prop::option::weighted(share, steps());
    (some(0.2), some(0.4), prop::option::weighted(0.3, window))
        .prop_map(|(open, per_day, window)| json!({"open": open, "per_day": per_day, "window": window}))
}

fn leave() -> impl Strategy<Value = Value> {
    (about_noon(), prop::option::weighted(0.9, 1_i64..900_000)).prop_map(|(from, seconds)| {
        let to = seconds.and_then(|seconds| from.checked_add_signed(TimeDelta::try_seconds(seconds)?));
        json!({"from": from.to_rfc3339(), "to": to.map(|to| to.to_rfc3339())})
    })
}

/// Any person with an id.
fn member(id: String) -> impl Strategy<Value = PersonSpec> {
    let queues = prop::collection::btree_map(queue(), weight(), 0..3);
    let conflicts = prop::collection::btree_set(prop::sample::select(alloc::vec!["L-1", "C-1"]), 0..2);
    let active = prop::bool::weighted(0.9);
    let leave = prop::collection::vec(leave(), 0..4);
    let skills = words(&["crm", "erp"]);
    let territories = words(&["East", "ＥＡＳＴ", "West"]);
    let languages = words(&["zh", "en"]);
    (queues, conflicts, active, leave, (skills, territories, languages), capacity()).prop_filter_map(
        "sound",
        move |(queues, conflicts, active, leave, (skills, territories, languages), capacity)| {
            let queues: BTreeMap<String, String> =
                queues.into_iter().map(|(queue, weight)| (queue, weight.to_string())).collect();
            let tree = json!({
                "id": id, "active": active, "queues": queues, "leave": leave, "skills": skills,
                "territories": territories, "languages": languages, "conflicts": conflicts, "capacity": capacity
            });
            serde_json::from_value(tree).ok()
        },
    )
}

/// Any roster of up to eight people, `P0` to `P7`, in any order.
pub fn roster() -> impl Strategy<Value = RosterDocument> {
    let people: Vec<_> =
        (0..8).map(|number| prop::option::weighted(0.7, member(format!("P{number}")))).collect();
    let people = people.prop_map(|people| people.into_iter().flatten().collect::<Vec<_>>());
    let people = people.prop_filter("somebody", |people| !people.is_empty()).prop_shuffle();
    (people, zone()).prop_filter_map("sound", |(people, zone)| {
        let body = RosterSpec { zone, people };
        let tree = json!({"schema": "guanxi.roster/1", "id": "any", "version": "1", "body": serde_json::to_value(body).ok()?});
        RosterDocument::from_value(&tree).ok()
    })
}

/// Facts of an item, each of which may be missing.
pub fn facts() -> impl Strategy<Value = FactMap> {
    let text = |list: &'static [&'static str]| {
        prop::option::of(prop::sample::select(list).prop_map(|text| FactValue::Text(text.into())))
    };
    let skills = prop::option::weighted(
        0.3,
        prop::collection::btree_set(prop::sample::select(&["crm", "CRM", "erp"][..]), 0..3),
    )
    .prop_map(|skills| skills.map(|skills| FactValue::Set(skills.into_iter().map(String::from).collect())));
    let score = prop::option::of((0_i64..100).prop_map(FactValue::Int));
    let since = prop::option::of(about_noon().prop_map(FactValue::Instant));
    let due = prop::option::of(about_noon().prop_map(|at| FactValue::Date(at.date_naive())));
    let observed = prop::option::weighted(0.2, about_noon());
    (score, text(&["East", "east ", "West"]), skills, text(&["zh", "en"]), (since, due), observed).prop_map(
        |(score, region, skills, language, (since, due), observed)| {
            let named = [
                (fact_id!("score"), score),
                (fact_id!("region"), region),
                (fact_id!("skills"), skills),
                (fact_id!("language"), language),
                (fact_id!("since"), since),
                (fact_id!("due"), due),
            ];
            let known = named.into_iter().filter_map(|(id, value)| Some((id, value?)));
            known.fold(FactMap::new(), |facts, (id, value)| facts.with(id, value, observed))
        },
    )
}

/// An item as it is kept: its facts, its owner, whether it belongs to the account `C-1`, and its effort.
pub type AnyItem = (FactMap, Option<ActorId>, Vec<SubjectId>, Effort);

/// Any item, to be called `L-1` or otherwise.
pub fn item() -> impl Strategy<Value = AnyItem> {
    let owner = prop::option::weighted(0.2, person().prop_filter_map("an id", |id| ActorId::new(&id).ok()));
    let account = prop::sample::select(alloc::vec!["C-1", "C-2"])
        .prop_filter_map("an id", |id| SubjectId::new(id).ok());
    (facts(), owner, prop::collection::vec(account, 0..2), effort())
}

/// Condition, what unknown means, since when, after and before what time.
type AnyRecycling = (String, &'static str, Value, Value, Option<Value>);

/// Any pool policy.
pub fn pool() -> impl Strategy<Value = PoolDocument> {
    let span = || {
        prop_oneof![
            (1_u32..60).prop_map(|hours| json!({"hours": hours})),
            (1_u32..12).prop_map(|days| json!({"days": days})),
            (1_u32..3).prop_map(|months| json!({"months": months})),
        ]
    };
    let since = prop::sample::select(alloc::vec![
        json!("follow_up"),
        json!("assignment"),
        json!({"fact": "since"}),
        json!({"fact": "due"})
    ]);
    let rule = (condition(), unknown(), since, span(), prop::option::of(span()));
    let claims = (
        prop::option::of(0_u32..4),
        prop::option::of(0_u32..4),
        prop::option::of(span()),
        prop::option::of(span()),
    );
    let protect = prop::collection::vec((condition(), unknown()), 0..2);
    (zone(), claims, protect, prop::collection::vec(rule, 0..4)).prop_filter_map(
        "sound",
        |(zone, (per_day, holding, again_after, new_after), protect, rules)| {
            let rule = |(place, (when, unknown, since, after, warn)): (usize, &AnyRecycling)| {
                json!({"id": format!("rule-{place}"), "when": when, "unknown": unknown, "since": since, "after": after, "warn": warn})
            };
            let protection = |(place, (when, unknown)): (usize, &(String, &str))| {
                json!({"id": format!("protect-{place}"), "when": when, "unknown": unknown})
            };
            let tree = json!({"schema": "guanxi.pool/1", "id": "any", "version": "1", "body": {
                "vocabulary": vocabulary(), "zone": zone.to_string(),
                "claims": {"per_day": per_day, "holding": holding, "again_after": again_after, "new_after": new_after},
                "protect": protect.iter().enumerate().map(protection).collect::<Vec<_>>(),
                "recycle": rules.iter().enumerate().map(rule).collect::<Vec<_>>()
            }});
            PoolDocument::from_value(&tree).ok()
        },
    )
}
