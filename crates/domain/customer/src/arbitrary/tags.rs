//! Generators of tags: few names, days and rules, so that ties, gaps and rivals are common.
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_condition::{Condition, Span, Vocabulary};
use guanxi_core::{Event, FactId, FactKind, FactMap, FactSchema, FactValue, Zone, fact_id};
use guanxi_policy::{Body, DocumentSpec};
use proptest::prelude::*;
use proptest::sample::select;

use super::{instant, subject};
use crate::{
    Assignment, Assignments, MergeSpec, SetBy, TagGroupSpec, TagPolicy, TagSpec, TagsDocument, TagsSpec,
    WhenUnknown, Wins,
};

/// What the rules of all generated documents name: `score`, `region`, `joined` (a day), `seen` (an
/// instant), and the standard events.
#[must_use]
pub fn vocabulary() -> Vocabulary {
    let facts = [
        (fact_id!("joined"), FactKind::Date),
        (fact_id!("region"), FactKind::Text),
        (fact_id!("score"), FactKind::Int),
        (fact_id!("seen"), FactKind::Instant),
    ];
    facts.into_iter().fold(Vocabulary::new(), |all, (id, kind)| all.with_fact(id, FactSchema::of(kind)))
}

fn leaf() -> impl Strategy<Value = String> {
    let number = || 0_u32..4;
    prop_oneof![
        3 => number().prop_map(|n| format!("score >= {n}")),
        2 => Just("region = \"East\"".into()),
        2 => (1_u32..40).prop_map(|n| format!("seen within last {n} days")),
        1 => (1_u32..40).prop_map(|n| format!("seen within next {n} hours")),
        2 => (1_u32..3).prop_map(|n| format!("joined within last {n} months")),
        1 => (0_u32..9).prop_map(|n| format!("anniversary of joined within {n} days")),
        1 => select(Vec::from(["joined in this quarter", "seen in last week", "joined is future", "seen is past"]))
            .prop_map(String::from),
        2 => (1_u32..90).prop_map(|n| format!("no @interaction within {n} days")),
        2 => (number(), 1_u32..5).prop_map(|(n, months)| format!("count(order.placed within {months} months) >= {n}")),
        1 => Just("gap(order.placed) > 10".into()),
    ]
}

/// The text of a condition over [`vocabulary`].
pub fn condition() -> impl Strategy<Value = String> {
    leaf().prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) or ({b})")),
            inner.prop_map(|a| format!("not ({a})")),
        ]
    })
}

/// The length of time that a tag counts.
fn span() -> impl Strategy<Value = Span> {
    prop_oneof![
        (1_u32..200).prop_map(Span::Hours),
        (1_u32..90).prop_map(Span::Days),
        (1_u32..4).prop_map(Span::Months),
    ]
}

/// A zone of a fixed offset.
fn zone() -> impl Strategy<Value = Zone> {
    select(Vec::from(["UTC", "+08:00", "-03:30", "+14:00", "-12:00"]))
        .prop_filter_map("a zone", |text| text.parse().ok())
}

/// One of the tags `t0` to `t7`, aliases `a0` to `a7` of them, and `m0`, `m1` that are merged.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => (0_u8..8).prop_map(|n| format!("t{n}")),
        2 => (0_u8..8).prop_map(|n| format!("a{n}")),
        1 => (0_u8..2).prop_map(|n| format!("m{n}")),
        1 => Just("gone".into()),
    ]
}

/// A document of tags.
pub fn document() -> impl Strategy<Value = TagsDocument> {
    let rule = prop::option::weighted(0.6, (condition(), any::<bool>()));
    let tag =
        (rule, prop::option::weighted(0.5, span()), prop::option::weighted(0.6, 0_u8..2), any::<bool>());
    let wins = || select(Vec::from([Wins::First, Wins::Latest]));
    let validity = prop_oneof![4 => Just(None), 1 => prop::option::of(instant())];
    (prop::collection::vec(tag, 1..8), (wins(), wins()), zone(), validity).prop_filter_map(
        "sound",
        |(tags, (first, second), zone, to)| {
            let vocabulary = vocabulary();
            let mut specs = Vec::new();
            for (number, (rule, expires, group, alias)) in tags.into_iter().enumerate() {
                let when =
                    rule.as_ref().map(|(text, _)| Condition::parse(text, &vocabulary)).transpose().ok()?;
                let keeps = rule.as_ref().is_some_and(|(_, keeps)| *keeps);
                let alias = alias.then(|| format!("a{number}").parse()).transpose().ok()?;
                specs.push(TagSpec {
                    id: format!("t{number}").parse().ok()?,
                    expires: expires.filter(|_| when.is_none()),
                    when: when.as_ref().map(Into::into),
                    unknown: keeps.then_some(WhenUnknown::Keep),
                    group: group.map(|group| format!("g{group}").parse()).transpose().ok()?,
                    aliases: alias.into_iter().collect(),
                });
            }
            let set = specs.iter().find(|tag| tag.when.is_none()).map(|tag| tag.id.clone());
            let merges = set.map(|into| -> Option<Vec<MergeSpec>> {
                let into = MergeSpec { from: "m0".parse().ok()?, into };
                // By way of another merged tag, too.
                Some(Vec::from([MergeSpec { from: "m1".parse().ok()?, into: into.from.clone() }, into]))
            });
            let group = |(number, wins)| -> Option<TagGroupSpec> {
                Some(TagGroupSpec { id: format!("g{number}").parse().ok()?, wins })
            };
            let body = TagsSpec {
                vocabulary: vocabulary.spec(),
                zone,
                week_start: guanxi_condition::WeekStart::default(),
                groups: [(0, first), (1, second)].into_iter().filter_map(group).collect(),
                tags: specs,
                merges: merges.flatten().unwrap_or_default(),
            };
            let spec = DocumentSpec {
                schema: TagPolicy::SCHEMA.into(),
                id: "any".parse().ok()?,
                version: "1".parse().ok()?,
                effective_from: None,
                effective_to: to.map(|to| to.to_rfc3339()),
                body,
            };
            TagsDocument::from_spec(&spec).ok()
        },
    )
}

/// An instant not far from another.
fn near(at: DateTime<Utc>) -> impl Strategy<Value = DateTime<Utc>> {
    (-60_i64..90, select(Vec::from([0_i64, 0, 1, 3_600]))).prop_filter_map(
        "in range",
        move |(days, seconds)| {
            at.checked_add_signed(TimeDelta::try_days(days)? + TimeDelta::try_seconds(seconds)?)
        },
    )
}

/// An assignment of a tag that a document may have, or have under another name, or not have.
pub fn assignment() -> impl Strategy<Value = Assignment> {
    let by = prop_oneof![
        select(Vec::from(["U1", "U2"])).prop_filter_map("an id", |id| Some(SetBy::Actor(id.parse().ok()?))),
        Just("erp").prop_filter_map("an id", |id| Some(SetBy::Source(id.parse().ok()?))),
    ];
    (name(), subject(), by, instant()).prop_flat_map(|(tag, subject, set_by, set_at)| {
        let limit = |often| prop::option::weighted(often, near(set_at));
        (limit(0.3), limit(0.4), limit(0.2)).prop_filter_map("an id", move |(from, until, removed_at)| {
            let (subject, set_by) = (subject.clone(), set_by.clone());
            Some(Assignment { tag: tag.parse().ok()?, subject, set_by, set_at, from, until, removed_at })
        })
    })
}

/// Assignments of a handful of tags to a handful of subjects.
pub fn assignments() -> impl Strategy<Value = Assignments> {
    prop::collection::vec(assignment(), 0..24).prop_map(|all| all.into_iter().collect())
}

/// Facts of [`vocabulary`], some missing, some of the future.
pub fn facts() -> impl Strategy<Value = FactMap> {
    let value = |id: FactId, value: BoxedStrategy<FactValue>| {
        let known = prop::option::weighted(0.8, (value, prop::option::weighted(0.3, instant())));
        known.prop_map(move |known| known.map(|(value, at)| (id.clone(), value, at)))
    };
    (
        value(fact_id!("score"), (0_i64..5).prop_map(FactValue::Int).boxed()),
        value(
            fact_id!("region"),
            select(Vec::from(["East", "West"])).prop_map(|text| FactValue::Text(text.into())).boxed(),
        ),
        value(fact_id!("joined"), instant().prop_map(|at| FactValue::Date(at.date_naive())).boxed()),
        value(fact_id!("seen"), instant().prop_map(FactValue::Instant).boxed()),
    )
        .prop_map(|(a, b, c, d)| {
            [a, b, c, d]
                .into_iter()
                .flatten()
                .fold(FactMap::new(), |all, (id, value, at)| all.with(id, value, at))
        })
}

/// Events that rules of [`document`] read.
pub fn events() -> impl Strategy<Value = Vec<Event>> {
    let kind = select(Vec::from(["order.placed", "contact.made", "visit.made"]));
    let event = (0_u32..40, kind, instant()).prop_filter_map("valid ids", |(id, kind, occurred_at)| {
        Some(Event {
            id: format!("E{id}").parse().ok()?,
            subject: "C1".parse().ok()?,
            kind: kind.parse().ok()?,
            occurred_at,
            recorded_at: None,
            source: None,
            channel: None,
            attributes: BTreeMap::new(),
        })
    });
    prop::collection::vec(event, 0..12)
}
