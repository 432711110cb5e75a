//! Generators for property tests: few subjects, ids and days, so that ties, repetitions and
//! conflicts are common.
pub mod tags;

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use chrono::{DateTime, FixedOffset, Utc};
use guanxi_core::{AttributeId, Event, EventKind, FactId, FactValue, SubjectId};
use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;

use crate::{
    Amount, Attribute, End, Filter, Levels, Literal, Measure, OrganisationName, Party, Quantity, RecipeSpec,
    RecipesSpec, Side, Test, WhenEmpty, Window,
};

const KINDS: [&str; 2] = ["order.placed", "order.line"];
const NUMBERS: [&str; 3] = ["net", "cost", "discount_rate"];

fn word<T: core::str::FromStr + core::fmt::Debug>(
    words: &'static [&'static str],
) -> impl Strategy<Value = T> {
    select(words).prop_filter_map("a valid id", |word| word.parse().ok())
}

/// One of five subjects.
pub fn subject() -> impl Strategy<Value = SubjectId> {
    word(&["C1", "C2", "C3", "C4", "C5"])
}

/// An instant from 2023-11-15 to 2024-11-14: midnights, other times, the leap day, month ends.
pub fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    (0_i64..366, select(Vec::from([0_i64, 0, 0, 1, 43_200, 86_399])))
        .prop_filter_map("in range", |(day, second)| {
            DateTime::from_timestamp(1_700_006_400 + day * 86_400 + second, 0)
        })
}

/// An amount of at most two places, small enough to repeat.
fn amount() -> impl Strategy<Value = Decimal> {
    prop_oneof![select(Vec::from([0_i64, 100, 500, -100])), -2_000_i64..20_000]
        .prop_map(|n| Decimal::new(n, 2))
}

/// An event of few ids, subjects, kinds and days; now and then it lacks an attribute.
pub fn event() -> impl Strategy<Value = Event> {
    let attributes = (
        prop::option::weighted(0.97, amount()),
        prop::option::weighted(0.97, amount()),
        prop::option::weighted(0.97, (0_i64..4).prop_map(|n| Decimal::new(n, 2))),
        prop::option::weighted(0.9, select(Vec::from(["Gloves", "Helmets", "Bells"]))),
    );
    let head = (0_u32..60, subject(), word::<EventKind>(&KINDS));
    (head, instant(), prop::option::of(instant()), attributes).prop_filter_map(
        "valid ids",
        |((id, subject, kind), occurred_at, recorded_at, (net, cost, rate, subcategory))| {
            let numbers = NUMBERS.iter().zip([net, cost, rate]);
            let numbers = numbers.filter_map(|(name, value)| Some((*name, FactValue::Decimal(value?))));
            let text = subcategory.map(|text| ("subcategory", FactValue::Text(text.into())));
            let attributes =
                numbers.chain(text).filter_map(|(name, value)| Some((name.parse().ok()?, value)));
            Some(Event {
                id: format!("E{id}").parse().ok()?,
                subject,
                kind,
                occurred_at,
                recorded_at,
                source: None,
                channel: None,
                attributes: attributes.collect::<BTreeMap<AttributeId, FactValue>>(),
            })
        },
    )
}

/// Parties `C1` to `C4`, each with one of two industries or none, so that `C5` stays unknown.
pub fn parties() -> impl Strategy<Value = Vec<Party>> {
    let industry = || prop::option::of(select(Vec::from(["Shop", "Dealer"])));
    let party = |(id, industry): (&str, Option<&str>)| {
        let party = Party::organisation(id.parse().ok()?, OrganisationName::new(id).ok()?);
        let Some(industry) = industry else { return Some(party) };
        Some(party.with_attribute("industry".parse().ok()?, Attribute::of(FactValue::Text(industry.into()))))
    };
    (industry(), industry(), industry(), industry()).prop_filter_map("valid ids", move |(a, b, c, d)| {
        ["C1", "C2", "C3", "C4"].into_iter().zip([a, b, c, d]).map(party).collect()
    })
}

/// A window of days or months.
pub fn window() -> impl Strategy<Value = Window> {
    prop_oneof![(1_u32..200).prop_map(Window::Days), (1_u32..7).prop_map(Window::Months)]
}

fn filter() -> impl Strategy<Value = Filter> {
    let bound = || amount().prop_map(Into::into);
    let number = (
        word(&NUMBERS),
        prop_oneof![
            Just(Test::Present),
            bound().prop_map(Test::Above),
            bound().prop_map(Test::AtLeast),
            bound().prop_map(Test::Below),
            bound().prop_map(Test::AtMost),
        ],
    );
    let text = (word(&["subcategory"]), Just(Test::Equals(Literal::Text("Bells".into()))));
    prop_oneof![3 => number, 1 => text].prop_map(|(attribute, is)| Filter { attribute, is })
}

fn filters() -> impl Strategy<Value = Vec<Filter>> {
    prop::collection::vec(filter(), 0..2)
}

fn sum() -> impl Strategy<Value = Amount> {
    let ids =
        |words: &[&str]| words.iter().filter_map(|word| word.parse().ok()).collect::<Vec<AttributeId>>();
    prop_oneof![
        Just(Amount { add: ids(&["net"]), subtract: ids(&["cost"]) }),
        Just(Amount { add: ids(&["net", "cost"]), subtract: ids(&[]) }),
        Just(Amount { add: ids(&["net"]), subtract: ids(&[]) }),
    ]
}

fn quantity() -> impl Strategy<Value = Quantity> {
    prop_oneof![Just(Quantity::Count), sum().prop_map(Quantity::Sum)]
}

fn measure() -> impl Strategy<Value = Measure> {
    let any_attribute = || word(&["net", "subcategory"]);
    prop_oneof![
        sum().prop_map(Measure::Sum),
        Just(Measure::Count),
        any_attribute().prop_map(Measure::First),
        any_attribute().prop_map(Measure::Last),
        (sum(), 0_u32..6).prop_map(|(of, places)| Measure::Mean { of, places }),
        (quantity(), window(), 0_u32..6).prop_map(|(of, over, places)| Measure::Growth { of, over, places }),
        (quantity(), filters(), 0_u32..6).prop_map(|(of, filters, places)| Measure::Share {
            of,
            filters,
            places
        }),
        any_attribute().prop_map(Measure::Distinct),
        any_attribute().prop_map(Measure::DistinctNotYet),
        any_attribute().prop_map(Measure::DistinctInPopulation),
        Just(Measure::MedianGap),
        select(Vec::from([End::First, End::Last])).prop_map(Measure::DaysSince),
    ]
}

fn levels() -> impl Strategy<Value = Levels> {
    // Cut points that means, growth and shares of a few events come near to.
    let near = select(Vec::from([-50, 0, 33, 34, 50, 66, 67, 100])).prop_map(|cut| Decimal::new(cut, 2));
    (
        prop::collection::btree_set(prop_oneof![amount(), near], 1..4),
        select(Vec::from([Side::Lower, Side::Higher])),
    )
        .prop_map(|(cuts, at_cut)| Levels { cuts: cuts.into_iter().map(Into::into).collect(), at_cut })
}

fn recipe() -> impl Strategy<Value = RecipeSpec> {
    let events = prop::collection::btree_set(word::<EventKind>(&KINDS), 1..3);
    let when_empty = prop_oneof![
        Just(WhenEmpty::Missing),
        Just(WhenEmpty::NotApplicable),
        Just(WhenEmpty::Value(Decimal::ZERO.into()))
    ];
    let options =
        (prop::option::weighted(0.3, window()), any::<bool>(), prop::option::weighted(0.3, levels()));
    (measure(), events, filters(), options, when_empty).prop_filter_map(
        "a valid id",
        |(measure, events, filters, (window, peers, levels), when_empty)| {
            let growth = matches!(measure, Measure::Growth { .. });
            let peers = peers && measure.population().is_none();
            Some(RecipeSpec {
                fact: "f".parse().ok()?,
                measure,
                events: events.into_iter().collect(),
                filters,
                window: window.filter(|_| !growth),
                peers: if peers { Some("industry".parse().ok()?) } else { None },
                convert: None,
                levels,
                when_empty,
            })
        },
    )
}

/// The offset of a calendar from UTC, in quarters of an hour.
pub fn offset() -> impl Strategy<Value = FixedOffset> {
    (-48_i32..=56).prop_filter_map("an offset", |quarters| FixedOffset::east_opt(quarters * 900))
}

/// Valid recipes over the events and parties above, for facts `f0`, `f1`...
pub fn recipes() -> impl Strategy<Value = RecipesSpec> {
    prop::collection::vec(recipe(), 1..6).prop_map(|recipes| {
        let named = recipes.into_iter().enumerate().filter_map(|(index, recipe)| {
            Some(RecipeSpec { fact: FactId::new(&format!("f{index}")).ok()?, ..recipe })
        });
        RecipesSpec { recipes: named.collect() }
    })
}
