//! Generators for property tests: vocabularies, typed conditions over them, and what these are asked of.
//!
//! Values are few and lie close together, so that facts meet the values that conditions name and instants
//! meet the ends of their windows.
use std::string::{String, ToString};
use std::vec::Vec;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use guanxi_core::{
    AttributeId, Event, EventId, EventKind, FactId, FactKind, FactMap, FactSchema, FactValue, Level, Money,
    SubjectId, Zone,
};
use guanxi_policy::check;
use proptest::prelude::*;
use proptest::strategy::Union;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::{Condition, Moment, Vocabulary, WeekStart};

/// What a condition is asked of: the events are in any order.
#[derive(Clone, Debug)]
pub struct Case {
    /// What the condition may name.
    pub vocabulary: Vocabulary,
    /// The condition.
    pub condition: Condition,
    /// The facts.
    pub facts: FactMap,
    /// The events; `None` if nobody knows what happened.
    pub events: Option<Vec<Event>>,
    /// The instant of the question.
    pub at: Moment,
}

const TEXTS: [&str; 9] =
    ["East China", "ＥＡＳＴ  china", "华东", "华 东", "", "a", "A b", "Straße", "x\"\\\n\u{202e}"];
const KINDS: [&str; 8] = [
    "order.placed",
    "order.returned",
    "complaint.opened",
    "complaint.resolved",
    "meeting.held",
    "webinar.joined",
    "month",
    "活动",
];
const NAMED: [&str; 13] = [
    "order.placed",
    "order.placed",
    "order.returned",
    "complaint.opened",
    "complaint.resolved",
    "webinar.joined",
    "month",
    "活动",
    "@transaction",
    "@feedback",
    "@interaction",
    "@base",
    "@all",
];

/// A condition with a vocabulary and all that it can be asked of.
pub fn case() -> impl Strategy<Value = Case> {
    let condition = (vocabulary(), moment()).prop_flat_map(|(vocabulary, at)| {
        condition(&vocabulary, at.as_of).prop_map(move |condition| (vocabulary.clone(), condition, at))
    });
    condition.prop_flat_map(|(vocabulary, condition, at)| {
        let events = if condition.reads_events() {
            prop_oneof![9 => events(&vocabulary, at.as_of).prop_map(Some), 1 => Just(None)].boxed()
        } else {
            Just(None).boxed()
        };
        let ids = condition.fact_ids().iter();
        let read: Vec<_> = ids.filter_map(|id| Some((id, vocabulary.fact(id.as_str())?))).collect();
        (facts_of(&read, at.as_of), events).prop_map(move |(facts, events)| Case {
            vocabulary: vocabulary.clone(),
            condition: condition.clone(),
            facts,
            events,
            at,
        })
    })
}

/// Any vocabulary: facts of every kind, some of them twice, attributes of some, and kinds of the host's own.
pub fn vocabulary() -> impl Strategy<Value = Vocabulary> {
    let schema = |kind: FactKind| {
        (any::<bool>(), -3_i64..3, 0_i64..6).prop_map(move |(bounded, min, range)| {
            let free = FactSchema::of(kind);
            if bounded && matches!(kind, FactKind::Decimal | FactKind::Int) {
                FactSchema { min: Some(min.into()), max: Some((min + range).into()), ..free }
            } else {
                free
            }
        })
    };
    let kinds = [
        ("score", FactKind::Decimal),
        ("count", FactKind::Int),
        ("vip", FactKind::Bool),
        ("区域", FactKind::Text),
        ("day", FactKind::Date),
        ("at", FactKind::Instant),
        ("rank", FactKind::Level { of: 5 }),
        ("tags", FactKind::Set),
        ("CNY", FactKind::Money),
    ];
    let twins = kinds.map(|(name, kind)| (std::format!("{name}-2"), kind));
    let names: Vec<(String, FactKind)> =
        kinds.into_iter().map(|(name, kind)| (name.to_string(), kind)).chain(twins).collect();
    let schemas: Vec<_> = names.iter().map(|(_, kind)| schema(*kind)).collect();
    (schemas.clone(), schemas).prop_map(move |(facts, attributes)| {
        let own =
            ["webinar.joined", "month", "活动"].into_iter().filter_map(|kind| EventKind::new(kind).ok());
        let vocabulary = own.fold(Vocabulary::new(), Vocabulary::with_kind);
        let facts = names.iter().zip(facts);
        let vocabulary = facts.fold(vocabulary, |vocabulary, ((name, _), schema)| match FactId::new(name) {
            Ok(id) => vocabulary.with_fact(id, schema),
            Err(_) => vocabulary,
        });
        let attributes = kinds.iter().zip(attributes);
        attributes.fold(vocabulary, |vocabulary, ((name, _), schema)| match AttributeId::new(name) {
            Ok(id) => vocabulary.with_attribute(id, schema),
            Err(_) => vocabulary,
        })
    })
}

/// Any instant of a question: month ends, leap days, changes of clocks and years among them; with a zone,
/// named ones where they are built in.
pub fn moment() -> impl Strategy<Value = Moment> {
    let edges = [
        "2024-02-28T23:59:59Z",
        "2024-02-29T12:00:00Z",
        "2025-02-28T00:00:00Z",
        "2026-01-31T10:00:00Z",
        "2026-03-29T00:59:59Z",
        "2026-06-30T16:00:00Z",
        "2026-10-25T01:30:00Z",
        "2026-11-01T06:00:00Z",
        "2026-12-31T23:30:00Z",
        "2095-06-30T00:00:00Z",
        "2011-12-29T12:00:00Z",
    ];
    let edges: Vec<DateTime<Utc>> = edges.iter().filter_map(|text| text.parse().ok()).collect();
    let any =
        (1_577_836_800_i64..1_924_992_000).prop_filter_map("in range", |at| DateTime::from_timestamp(at, 0));
    let names =
        ["UTC", "+08:00", "-09:30", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Pacific/Apia"];
    let zones: Vec<Zone> = names.iter().filter_map(|name| name.parse().ok()).collect();
    let starts = [WeekStart::Monday, WeekStart::Sunday, WeekStart::Thursday].to_vec();
    (prop_oneof![prop::sample::select(edges), any], prop::sample::select(zones), prop::sample::select(starts))
        .prop_map(|(as_of, zone, week_start)| Moment { as_of, zone, week_start })
}

/// Any instant close to another, before and after it, often on a whole hour of days away.
fn instant(as_of: DateTime<Utc>) -> impl Strategy<Value = DateTime<Utc>> {
    let days = prop_oneof![4 => -3_i64..=3, 4 => -40_i64..=40, 1 => -800_i64..=800];
    let seconds = prop_oneof![
        4 => Just(0_i64),
        2 => (-26_i64..=26).prop_map(|hours| hours * 3_600),
        1 => -90_000_i64..90_000
    ];
    (days, seconds, prop_oneof![4 => Just(0_i64), 1 => -2_i64..=2]).prop_map(move |(days, seconds, nanos)| {
        let away = TimeDelta::try_days(days).zip(TimeDelta::try_seconds(seconds));
        let at = away.and_then(|(days, seconds)| as_of.checked_add_signed(days)?.checked_add_signed(seconds));
        at.and_then(|at| at.checked_add_signed(TimeDelta::nanoseconds(nanos))).unwrap_or(as_of)
    })
}

/// Any day close to an instant, 29 February among them.
fn day(as_of: DateTime<Utc>) -> impl Strategy<Value = NaiveDate> {
    let today = as_of.date_naive();
    let leap = NaiveDate::from_ymd_opt(2020, 2, 29).unwrap_or(today);
    prop_oneof![
        8 => instant(as_of).prop_map(|at| at.date_naive()),
        2 => (0_u64..4_000).prop_map(move |days| today.checked_sub_days(Days::new(days)).unwrap_or(today)),
        1 => Just(leap),
    ]
}

fn number() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        6 => (-3_i64..=6).prop_map(Decimal::from),
        3 => (-30_i64..=60, 1_u32..3).prop_map(|(n, scale)| Decimal::new(n, scale)),
        1 => guanxi_core::arbitrary::decimal(),
    ]
}

fn money() -> impl Strategy<Value = Money> {
    let currency = prop_oneof![4 => Just("CNY"), 1 => Just("USD")];
    (number(), currency)
        .prop_filter_map("a currency", |(amount, currency)| Some(Money::new(amount, currency.parse().ok()?)))
}

fn text() -> impl Strategy<Value = String> {
    let any = prop::collection::vec(any::<char>(), 0..6).prop_map(String::from_iter);
    prop_oneof![8 => prop::sample::select(TEXTS.to_vec()).prop_map(String::from), 1 => any]
}

fn value(kind: FactKind, as_of: DateTime<Utc>) -> BoxedStrategy<FactValue> {
    match kind {
        FactKind::Decimal => number().prop_map(FactValue::Decimal).boxed(),
        FactKind::Int => (-3_i64..=6).prop_map(FactValue::Int).boxed(),
        FactKind::Bool => any::<bool>().prop_map(FactValue::Bool).boxed(),
        FactKind::Text => text().prop_map(FactValue::Text).boxed(),
        FactKind::Date => day(as_of).prop_map(FactValue::Date).boxed(),
        FactKind::Instant => instant(as_of).prop_map(FactValue::Instant).boxed(),
        FactKind::Level { of } => (1..=of)
            .prop_filter_map("on the scale", move |rank| {
                Level::new(rank.into(), of).ok().map(FactValue::Level)
            })
            .boxed(),
        FactKind::Set => prop::collection::btree_set(text(), 0..4).prop_map(FactValue::Set).boxed(),
        FactKind::Money => money().prop_map(FactValue::Money).boxed(),
    }
}

/// A value of a kind, and seldom one of another.
fn given(kind: FactKind, as_of: DateTime<Utc>) -> impl Strategy<Value = FactValue> {
    let other = prop_oneof![
        Just(FactValue::Text("many".into())),
        Just(FactValue::Int(3)),
        (1_i64..=3).prop_filter_map("on the scale", |rank| Level::new(rank, 3).ok().map(FactValue::Level)),
    ];
    prop_oneof![12 => value(kind, as_of), 1 => other]
}

/// Any facts of a vocabulary: known, missing, not applicable, observed later, unfit.
pub fn facts(vocabulary: &Vocabulary, as_of: DateTime<Utc>) -> impl Strategy<Value = FactMap> + use<> {
    facts_of(&vocabulary.facts().collect::<Vec<_>>(), as_of)
}

fn facts_of(
    facts: &[(&FactId, &FactSchema)],
    as_of: DateTime<Utc>,
) -> impl Strategy<Value = FactMap> + use<> {
    let observed = prop_oneof![3 => Just(None), 1 => instant(as_of).prop_map(Some)];
    let facts: Vec<_> = facts
        .iter()
        .map(|(id, schema)| {
            let known = (given(schema.kind, as_of), observed.clone()).prop_map(Some);
            (
                Just((*id).clone()),
                prop_oneof![8 => known.prop_map(Some), 1 => Just(None), 1 => Just(Some(None))],
            )
        })
        .collect();
    facts.prop_map(|facts| {
        facts.into_iter().fold(FactMap::new(), |map, (id, fact)| match fact {
            Some(Some((value, observed_at))) => map.with(id, value, observed_at),
            Some(None) => map.not_applicable(id),
            None => map,
        })
    })
}

/// Any events of one customer in any order, past and coming, some at one instant; each id once.
pub fn events(vocabulary: &Vocabulary, as_of: DateTime<Utc>) -> impl Strategy<Value = Vec<Event>> + use<> {
    let attributes = vocabulary.attributes().map(|(id, schema)| {
        let id = id.clone();
        given(schema.kind, as_of).prop_map(move |value| (id.clone(), value))
    });
    let attribute = Union::new(attributes.collect::<Vec<_>>());
    let chosen = prop::collection::vec(attribute, 0..5).prop_map(|chosen| chosen.into_iter().collect());
    let event = (prop::sample::select(KINDS.to_vec()), instant(as_of), chosen);
    prop::collection::vec(event, 0..10).prop_map(|events| {
        let event = |(number, (kind, occurred_at, attributes)): (usize, (&str, _, _))| {
            Some(Event {
                // Not in the order of the instants.
                id: EventId::new(&std::format!("e{}", number * 7 % 10)).ok()?,
                subject: SubjectId::new("C1").ok()?,
                kind: EventKind::new(kind).ok()?,
                occurred_at,
                recorded_at: None,
                source: None,
                channel: None,
                attributes,
            })
        };
        events.into_iter().enumerate().filter_map(event).collect()
    })
}

/// Any condition over a vocabulary of [`vocabulary`], with days and instants around one.
pub fn condition(vocabulary: &Vocabulary, as_of: DateTime<Utc>) -> impl Strategy<Value = Condition> + use<> {
    let vocabulary = vocabulary.clone();
    tree(&vocabulary, as_of)
        .prop_filter_map("valid", move |tree| check(&tree, |node| Condition::read(node, &vocabulary)).ok())
}

/// The tree of any condition.
fn tree(vocabulary: &Vocabulary, as_of: DateTime<Utc>) -> impl Strategy<Value = Value> + use<> {
    leaf(vocabulary, as_of).prop_recursive(4, 24, 4, |inner| {
        let parts = || prop_oneof![8 => prop::collection::vec(inner.clone(), 2..5), 1 => Just(Vec::new())];
        prop_oneof![
            3 => parts().prop_map(|parts| json!({"all": parts})),
            3 => parts().prop_map(|parts| json!({"any": parts})),
            2 => inner.clone().prop_map(|part| json!({"not": part})),
        ]
    })
}

fn leaf(vocabulary: &Vocabulary, as_of: DateTime<Utc>) -> impl Strategy<Value = Value> + use<> {
    let (one, other) = (term(vocabulary, as_of), term(vocabulary, as_of));
    let kinds = || prop::collection::vec(prop::sample::select(NAMED.to_vec()), 1..3);
    let by = vocabulary.attributes().filter(|(_, schema)| schema.kind != FactKind::Set);
    let by: Vec<String> = by.map(|(id, _)| id.to_string()).collect();
    let pending = (kinds(), kinds(), prop::option::of(prop::sample::select(by)), prop::option::of(window()))
        .prop_map(|(opened, closed, by, age)| {
            json!({"pending": {"opened": opened, "closed": closed, "by": by, "for": age}})
        });
    let two = (one.clone(), other, prop::sample::select(COMPARISONS.to_vec())).prop_map(
        |(((name, term), _), ((other, operand), _), comparison)| {
            // Those that do not compare are filtered out as invalid.
            json!({name: term, comparison: {other: operand}})
        },
    );
    let single = one.prop_flat_map(move |((name, term), kind)| {
        test(kind, as_of).prop_map(move |(test, asked)| json!({name: term.clone(), test: asked}))
    });
    prop_oneof![16 => single, 1 => two, 3 => pending]
}

const COMPARISONS: [&str; 6] = ["equals", "differs", "below", "at_most", "above", "at_least"];

type NamedTerm = ((&'static str, Value), FactKind);

fn term(vocabulary: &Vocabulary, as_of: DateTime<Utc>) -> BoxedStrategy<NamedTerm> {
    let facts: Vec<(FactId, FactKind)> =
        vocabulary.facts().map(|(id, schema)| (id.clone(), schema.kind)).collect();
    let attributes: Vec<(AttributeId, FactKind)> =
        vocabulary.attributes().map(|(id, schema)| (id.clone(), schema.kind)).collect();
    // What time changes comes often.
    let is_dated = |kind: &FactKind| matches!(kind, FactKind::Date | FactKind::Instant);
    let dated: Vec<_> = facts.iter().filter(|(_, kind)| is_dated(kind)).cloned().collect();
    let fact = prop_oneof![prop::sample::select(facts), prop::sample::select(dated)]
        .prop_map(|(id, kind)| (("fact", json!(id)), kind));
    let events = selection(vocabulary, as_of).boxed();
    let attribute =
        (events.clone(), prop::sample::select(attributes)).prop_map(|(mut events, (id, kind))| {
            if let Some(table) = events.as_object_mut() {
                table.insert("attribute".into(), json!(id));
            }
            (("last", events), kind)
        });
    prop_oneof![
        8 => fact,
        3 => events.clone().prop_map(|events| (("count", events), FactKind::Int)),
        2 => events.clone().prop_map(|events| (("last", events), FactKind::Instant)),
        2 => attribute,
        1 => events.prop_map(|events| (("gap", events), FactKind::Decimal)),
    ]
    .boxed()
}

fn selection(vocabulary: &Vocabulary, as_of: DateTime<Utc>) -> impl Strategy<Value = Value> + use<> {
    let attributes: Vec<(AttributeId, FactKind)> = vocabulary
        .attributes()
        .filter(|(_, schema)| schema.kind != FactKind::Set)
        .map(|(id, schema)| (id.clone(), schema.kind))
        .collect();
    let test = prop::sample::select(attributes).prop_flat_map(move |(id, kind)| {
        let ordered = !matches!(kind, FactKind::Bool | FactKind::Text);
        let comparison =
            prop::sample::select(if ordered { &COMPARISONS[..] } else { &COMPARISONS[..2] }.to_vec());
        (comparison, literal(kind, as_of))
            .prop_map(move |(comparison, value)| json!({"attribute": id, comparison: value}))
    });
    let kinds = prop::collection::vec(prop::sample::select(NAMED.to_vec()), 1..3);
    let tests = prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(test, 1..3)];
    (kinds, tests, prop::option::of(window())).prop_map(|(kinds, tests, within)| {
        let tests = if tests.is_empty() { Value::Null } else { tests.into() };
        json!({"events": kinds, "where": tests, "within": within})
    })
}

fn span(hours: bool) -> impl Strategy<Value = Value> {
    let count = prop_oneof![4 => 0_u32..4, 1 => 4_u32..40];
    let units = ["days", "weeks", "months", "years", "hours"];
    let units = if hours { &units[..] } else { &units[..4] };
    (prop::sample::select(units.to_vec()), count).prop_map(|(unit, count)| json!({unit: count}))
}

fn window() -> BoxedStrategy<Value> {
    let kinds = prop::collection::vec(prop::sample::select(NAMED.to_vec()), 1..3);
    let factor = (1_i64..40, 0_u32..2).prop_map(|(n, scale)| Decimal::new(n, scale).to_string());
    let rhythm = (factor, kinds, prop::option::of(0_u32..30), 0_u32..60).prop_map(
        |(gaps, of, at_least, otherwise)| json!({"gaps": gaps, "of": of, "at_least_days": at_least, "else_days": otherwise}),
    );
    prop_oneof![3 => span(true), 1 => rhythm].boxed()
}

fn literal(kind: FactKind, as_of: DateTime<Utc>) -> BoxedStrategy<Value> {
    match kind {
        FactKind::Decimal | FactKind::Int | FactKind::Level { .. } => {
            number().prop_map(|number| number.to_string().into()).boxed()
        }
        FactKind::Bool => any::<bool>().prop_map(Value::from).boxed(),
        FactKind::Text | FactKind::Set => text().prop_map(Value::from).boxed(),
        FactKind::Date => day(as_of).prop_map(|day| day.to_string().into()).boxed(),
        FactKind::Instant => instant(as_of).prop_map(|at| at.to_rfc3339().into()).boxed(),
        FactKind::Money => money().prop_map(|money| json!(money)).boxed(),
    }
}

/// A test of a kind: its name and what is asked.
fn test(kind: FactKind, as_of: DateTime<Utc>) -> BoxedStrategy<(&'static str, Value)> {
    let values = || prop::collection::vec(literal(kind, as_of), 1..4).prop_map(Value::from);
    let is = prop::sample::select(["known", "missing", "not_applicable"].to_vec())
        .prop_map(|state| ("is", Value::from(state)));
    let equality = prop_oneof![
        (prop::sample::select(COMPARISONS[..2].to_vec()), literal(kind, as_of)),
        (Just("in"), values()),
    ];
    let order = prop_oneof![
        (prop::sample::select(COMPARISONS.to_vec()), literal(kind, as_of)),
        (Just("between"), [literal(kind, as_of), literal(kind, as_of)].prop_map(|ends| ends.to_vec().into())),
    ];
    match kind {
        FactKind::Bool => prop_oneof![6 => equality, 1 => is].boxed(),
        FactKind::Text => {
            let words = prop::sample::select(["contains", "starts_with", "ends_with"].to_vec());
            prop_oneof![3 => equality, 3 => (words, literal(kind, as_of)), 1 => is].boxed()
        }
        FactKind::Set => {
            let lists = prop::sample::select(["contains_any", "contains_all"].to_vec());
            prop_oneof![2 => (Just("contains"), literal(kind, as_of)), 3 => (lists, values()), 1 => is]
                .boxed()
        }
        FactKind::Decimal | FactKind::Int | FactKind::Level { .. } | FactKind::Money => {
            prop_oneof![1 => equality, 5 => order, 1 => is].boxed()
        }
        FactKind::Date | FactKind::Instant => {
            let hours = kind == FactKind::Instant;
            let spans = prop::sample::select(["within_last", "within_next"].to_vec());
            let sides = prop::sample::select(["last", "this", "next"].to_vec());
            let periods = prop::sample::select(["week", "month", "quarter", "half", "year"].to_vec());
            let during = (sides, periods)
                .prop_map(|(side, period)| ("during", std::format!("{side}_{period}").into()));
            let past = prop::sample::select(["past", "future"].to_vec())
                .prop_map(|state| ("is", Value::from(state)));
            let ahead = prop_oneof![0_u16..=31, Just(364_u16), Just(365_u16), 0_u16..=365];
            let anniversary = ahead.prop_map(|days| ("anniversary_within_days", days.into()));
            prop_oneof![
                1 => equality,
                2 => order,
                1 => is,
                5 => (spans, span(hours)),
                3 => during,
                2 => past,
                3 => anniversary,
            ]
            .boxed()
        }
    }
}
