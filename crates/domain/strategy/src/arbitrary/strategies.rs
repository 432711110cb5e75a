//! Generators of strategies: few codes, templates and days, so that several apply and none does.
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_condition::{Condition, Vocabulary};
use guanxi_core::{Event, FactId, FactKind, FactMap, FactSchema, FactValue, Zone, fact_id};
use guanxi_policy::{Body, DocumentSpec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use rust_decimal::Decimal;

use crate::{
    Direction, Effect, ExecutionRecord, ExecutionRecordSpec, Figure, MeasureSpec, Progress, SelectorCode,
    SelectorsSpec, StrategiesDocument, StrategiesSpec, StrategyPolicy, TemplateKind, TemplateSpec, Texts,
};

const CODES: [&str; 3] = ["a", "b", "key"];

/// What the conditions of all generated documents name besides the facts by which templates are selected: `score`,
/// `joined` (a day), `seen` (an instant), and the standard events. The scenario is a set.
#[must_use]
pub fn vocabulary() -> Vocabulary {
    let facts = [
        (fact_id!("joined"), FactKind::Date),
        (fact_id!("scenario"), FactKind::Set),
        (fact_id!("score"), FactKind::Int),
        (fact_id!("seen"), FactKind::Instant),
    ];
    facts.into_iter().fold(Vocabulary::new(), |all, (id, kind)| all.with_fact(id, FactSchema::of(kind)))
}

/// An instant of 2026, midnights among them.
pub fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    (0_i64..366, select(Vec::from([0_i64, 0, 1, 43_200, 86_399])))
        .prop_filter_map("in range", |(day, second)| {
            DateTime::from_timestamp(1_767_225_600 + day * 86_400 + second, 0)
        })
}

fn condition() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (0_u32..4).prop_map(|n| format!("score >= {n}")),
        2 => (1_u32..40).prop_map(|n| format!("seen within last {n} days")),
        1 => (1_u32..40).prop_map(|n| format!("seen within next {n} hours or tier = \"a\"")),
        1 => (0_u32..9).prop_map(|n| format!("anniversary of joined within {n} days")),
        2 => (1_u32..90).prop_map(|n| format!("no @interaction within {n} days")),
        1 => (1_u32..90).prop_map(|n| format!("not (score >= 2 and no @interaction within {n} days)")),
        1 => select(Vec::from(["always", "never"])).prop_map(String::from),
    ]
}

fn codes() -> impl Strategy<Value = Option<Vec<SelectorCode>>> {
    prop::option::weighted(0.4, subsequence(CODES.to_vec(), 1..=3))
        .prop_map(|codes| codes.map(|codes| codes.into_iter().filter_map(|code| code.parse().ok()).collect()))
}

/// A document of up to eight templates, which nobody could tell from each other by their contents.
pub fn document() -> impl Strategy<Value = StrategiesDocument> {
    let whom = (codes(), codes(), codes()).prop_map(|(tier, persona, scenario)| SelectorsSpec {
        tier,
        persona,
        scenario,
        ..SelectorsSpec::default()
    });
    let template = (select(TemplateKind::ALL.to_vec()), whom, prop::option::weighted(0.5, condition()));
    let kinds = prop_oneof![Just(None), select(TemplateKind::ALL.to_vec()).prop_map(Some)];
    let validity = prop_oneof![4 => Just(None), 1 => prop::option::of(instant())];
    let zone = select(Vec::from(["UTC", "+08:00", "-03:30"]))
        .prop_filter_map("a zone", |text| text.parse::<Zone>().ok());
    let known = prop::option::weighted(0.3, Just(CODES)).prop_map(|codes| {
        codes.map(|codes| codes.iter().filter_map(|code| code.parse().ok()).collect::<Vec<SelectorCode>>())
    });
    (prop::collection::vec(template, 1..8), kinds, zone, validity, known).prop_filter_map(
        "sound",
        |(templates, kind, zone, to, tier)| {
            let vocabulary = vocabulary();
            let with_tier = vocabulary.clone().with_fact(fact_id!("tier"), FactSchema::of(FactKind::Text));
            let mut specs = Vec::new();
            for (number, (own, whom, when)) in templates.into_iter().enumerate() {
                let when = when.map(|text| Condition::parse(&text, &with_tier)).transpose().ok()?;
                let text = Texts::new(BTreeMap::from([("en".parse().ok()?, "act".into())])).ok()?;
                let measure = MeasureSpec {
                    id: "act".parse().ok()?,
                    text: text.clone(),
                    roles: Vec::new(),
                    serves: Vec::new(),
                    actions: Vec::new(),
                };
                specs.push(TemplateSpec {
                    id: format!("t{number}").parse().ok()?,
                    // Of one kind only, they meet more often.
                    kind: kind.unwrap_or(own),
                    whom,
                    when: when.as_ref().map(Into::into),
                    core: text,
                    measures: Vec::from([measure]),
                    responsible: Vec::new(),
                    resources: Vec::new(),
                    response: None,
                    targets: Vec::new(),
                });
            }
            let body = StrategiesSpec {
                vocabulary: vocabulary.spec(),
                zone,
                week_start: Default::default(),
                codes: SelectorsSpec { tier, ..SelectorsSpec::default() },
                labels: BTreeMap::new(),
                templates: specs,
            };
            let spec = DocumentSpec {
                schema: StrategyPolicy::SCHEMA.into(),
                id: "ours".parse().ok()?,
                version: "1".parse().ok()?,
                effective_from: None,
                effective_to: to.map(|to: DateTime<Utc>| to.to_rfc3339()),
                body,
            };
            StrategiesDocument::from_spec(&spec).ok()
        },
    )
}

/// Facts of a customer: known since some instant, missing, or not applicable.
pub fn facts() -> impl Strategy<Value = FactMap> {
    let code = || select(Vec::from(["a", "b", "key", "Ａ", " KEY ", "gold"]));
    let known = (
        code().prop_map(|code| FactValue::Text(code.into())),
        code().prop_map(|code| FactValue::Text(code.into())),
        prop::collection::btree_set(code().prop_map(String::from), 0..3).prop_map(FactValue::Set),
        (0_i64..4).prop_map(FactValue::Int),
        instant().prop_map(FactValue::Instant),
        instant().prop_map(|at| FactValue::Date(at.date_naive())),
    );
    let when = || prop::option::weighted(0.4, instant());
    let names: [FactId; 6] = [
        fact_id!("tier"),
        fact_id!("persona"),
        fact_id!("scenario"),
        fact_id!("score"),
        fact_id!("seen"),
        fact_id!("joined"),
    ];
    let states = prop::collection::vec((select(Vec::from([0_u8, 0, 0, 0, 1, 2])), when()), 6);
    (known, states).prop_map(move |((tier, persona, scenario, score, seen, joined), states)| {
        let values = [tier, persona, scenario, score, seen, joined];
        let all = names.clone().into_iter().zip(values).zip(states);
        all.fold(FactMap::new(), |facts, ((name, value), (state, observed_at))| match state {
            0 => facts.with(name, value, observed_at),
            1 => facts.not_applicable(name),
            _ => facts,
        })
    })
}

/// A few contacts.
pub fn events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(instant(), 0..4).prop_map(|instants| {
        let event = |(number, occurred_at): (usize, DateTime<Utc>)| {
            Some(Event {
                id: format!("E{number}").parse().ok()?,
                subject: "C1".parse().ok()?,
                kind: "contact.made".parse().ok()?,
                occurred_at,
                recorded_at: None,
                source: None,
                channel: None,
                attributes: BTreeMap::new(),
            })
        };
        instants.into_iter().enumerate().filter_map(event).collect()
    })
}

/// A figure, now and then the greatest there is.
pub fn figure() -> impl Strategy<Value = Figure> {
    let some = (-20_i64..20, 0_u32..3).prop_map(|(n, scale)| Decimal::new(n, scale));
    let edges = select(Vec::from([
        "999999999999999.999999999999",
        "-999999999999999.999999999999",
        "0.000000000001",
    ]))
    .prop_filter_map("a decimal", |text| text.parse::<Decimal>().ok());
    prop_oneof![8 => some, 1 => edges].prop_filter_map("a figure", |value| Figure::try_from(value).ok())
}

fn effect() -> impl Strategy<Value = Effect> {
    let metric = select(Vec::from(["churn", "satisfaction", "volume"]))
        .prop_filter_map("a metric", |metric| metric.parse().ok());
    let direction = select(Vec::from([Direction::Up, Direction::Down]));
    (metric, direction, prop::option::of(figure()), figure(), figure(), any::<bool>()).prop_map(
        |(metric, direction, before, actual, goal, strictly)| Effect {
            metric,
            direction,
            before,
            actual,
            goal,
            strictly,
        },
    )
}

/// A record of few ids, strategies, tiers and owners, so that versions of one meet.
pub fn record() -> impl Strategy<Value = ExecutionRecord> {
    let names = (0_u8..6, 0_u8..2, prop::option::of(0_u8..2), prop::option::of(0_u8..2));
    let days = (instant(), 0_u64..40, prop::option::of(0_i64..60));
    let effects = prop::collection::vec(effect(), 0..3);
    let tracked = prop_oneof![2 => Just(DateTime::UNIX_EPOCH + TimeDelta::days(20_620)), 1 => instant()];
    (names, days, select(Progress::ALL.to_vec()), effects, tracked).prop_filter_map(
        "a record",
        |((id, strategy, tier, owner), (from, length, finished), progress, effects, tracked_at)| {
            let (from, tracked) = (from.date_naive(), tracked_at.date_naive());
            let to = from.checked_add_days(chrono::Days::new(length))?;
            let progress = match progress {
                Progress::Done if tracked < from => Progress::Planned,
                Progress::Overdue if tracked <= to => Progress::InProgress,
                progress => progress,
            };
            let finished = from.checked_add_signed(TimeDelta::days(finished.unwrap_or_default()));
            let finished = finished.map(|day| day.min(tracked));
            let spec = ExecutionRecordSpec {
                id: format!("R{id}").parse().ok()?,
                subject: "C1".parse().ok()?,
                strategy: format!("t{strategy}").parse().ok()?,
                tier: tier.map(|tier| format!("tier{tier}").parse()).transpose().ok()?,
                owner: owner.map(|owner| format!("U{owner}").parse()).transpose().ok()?,
                from,
                to,
                action: "visit".parse().ok()?,
                progress,
                finished_on: finished.filter(|_| progress == Progress::Done),
                effects,
                problem: None,
                improvement: None,
                tracked_by: "U7".parse().ok()?,
                tracked_at,
            };
            ExecutionRecord::try_from(spec).ok()
        },
    )
}
