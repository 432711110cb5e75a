//! Generators for property tests.
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::arbitrary::instant;
use guanxi_core::{Score, TierId, UtcOffset, Weights};
use guanxi_policy::{Body, DocumentSpec};
use proptest::prelude::*;

use crate::{
    Bands, DownSpec, Histogram, ReviewDay, ReviewsSpec, SettleDocument, SettleRule, SettleSpec, SettleState,
    Targets, UpSpec, When,
};

/// Any bands of one to eight tiers.
pub fn bands() -> impl Strategy<Value = Bands<TierId>> {
    let floors = prop::collection::btree_map(guanxi_core::arbitrary::score(), any::<()>(), 0..8);
    floors.prop_filter_map("valid", |floors: BTreeMap<Score, ()>| {
        let floors = floors.into_keys().filter(|floor| *floor > Score::MIN).chain([Score::MIN]);
        let named = floors
            .zip('a'..)
            .filter_map(|(floor, name)| Some((TierId::new(name.encode_utf8(&mut [0; 4])).ok()?, floor)));
        Bands::new(named.collect()).ok()
    })
}

/// The scores of any population: nobody, few with many ties, or many.
pub fn scores() -> impl Strategy<Value = Vec<Score>> {
    let few = prop::sample::select(alloc::vec![0_u16, 1, 2, 4_999, 5_000, 9_999, 10_000]);
    let few = few.prop_filter_map("in range", |hundredths| Score::from_hundredths(hundredths).ok());
    prop_oneof![
        2 => prop::collection::vec(few, 0..12),
        2 => prop::collection::vec(guanxi_core::arbitrary::score(), 0..40),
        1 => (guanxi_core::arbitrary::score(), 0_usize..8).prop_map(|(score, count)| alloc::vec![score; count]),
    ]
}

/// The histogram of any population.
pub fn histogram() -> impl Strategy<Value = Histogram> {
    scores().prop_map(|scores| scores.into_iter().collect())
}

/// Bands with targets for each of their classes; some should hold nobody.
pub fn bands_with_targets() -> impl Strategy<Value = (Bands<TierId>, Targets<TierId>)> {
    (bands(), prop::collection::vec(0_u32..6, 8)).prop_filter_map("valid", |(bands, parts)| {
        let classes = bands.iter().map(|(class, _)| class.clone());
        let weights = classes.zip(parts.into_iter().map(Into::into)).collect();
        let targets = Targets::from_weights(Weights::new(weights).ok()?).ok()?;
        Some((bands, targets))
    })
}

/// Any margin: mostly none or a few points, sometimes more than there are.
fn margin() -> impl Strategy<Value = Score> {
    prop_oneof![2 => Just(0_u16), 4 => 1_u16..=1_000, 1 => 0_u16..=10_000]
        .prop_filter_map("in range", |hundredths| Score::from_hundredths(hundredths).ok())
}

/// Any number of days: mostly none or a few.
fn days() -> impl Strategy<Value = u16> {
    prop_oneof![4 => Just(0_u16), 4 => 1_u16..=40, 2 => 41_u16..=800, 1 => 801..=crate::MAX_DAYS]
}

/// Any calendar of up to four reviews a year, month ends, the days around 29 February and the turn of
/// the year among them, at any offset.
fn reviews() -> impl Strategy<Value = ReviewsSpec> {
    let edges = ["01-01", "02-28", "03-01", "03-31", "07-01", "12-31"].map(String::from);
    let text = prop_oneof![
        prop::sample::select(edges.to_vec()),
        (1_u8..=12, 1_u8..=31).prop_map(|(month, day)| format!("{month:02}-{day:02}"))
    ];
    let day = text.prop_filter_map("a day", |text| ReviewDay::try_from(text).ok());
    let offset = prop_oneof![Just(0_i16), (-18_i16..=18).prop_map(|hours| hours * 60), -1_080_i16..=1_080];
    let offset = offset.prop_filter_map("an offset", |minutes| {
        let (sign, minutes) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
        UtcOffset::try_from(format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)).ok()
    });
    (prop::collection::btree_set(day, 1..=4), offset)
        .prop_map(|(days, offset)| ReviewsSpec { days: days.into_iter().collect(), offset })
}

/// Any settling rule, some of them in force for a time only.
pub fn rule() -> impl Strategy<Value = SettleDocument> {
    let when = || prop_oneof![4 => Just(When::Now), 4 => Just(When::AtReview), 1 => Just(When::Never)];
    let steps = || prop::option::of(1_u8..=3);
    let up = (when(), steps(), margin(), days()).prop_map(|(when, steps, margin, dwell_days)| UpSpec {
        when,
        steps,
        margin,
        dwell_days,
    });
    let down = (when(), steps(), margin(), days(), days()).prop_map(
        |(when, steps, margin, dwell_days, grace_days)| DownSpec {
            when,
            steps,
            margin,
            dwell_days,
            grace_days,
        },
    );
    let validity = prop_oneof![4 => Just(None), 1 => prop::option::of(instant())];
    (up, down, reviews(), validity).prop_filter_map("sound", |(up, down, reviews, to)| {
        let spec = DocumentSpec {
            schema: SettleRule::SCHEMA.into(),
            id: "any".parse().ok()?,
            version: "1".parse().ok()?,
            effective_from: None,
            effective_to: to.map(|to| to.to_rfc3339()),
            body: SettleSpec { up, down, reviews: Some(reviews) },
        };
        SettleDocument::from_spec(&spec).ok()
    })
}

/// Any state up to an instant, of a class of some bands or, seldom, of another one.
pub fn state(
    bands: &Bands<TierId>,
    until: DateTime<Utc>,
) -> impl Strategy<Value = SettleState<TierId>> + use<> {
    let classes: Vec<TierId> = bands.iter().map(|(class, _)| class.clone()).collect();
    let other = TierId::new("gone").ok().into_iter().collect::<Vec<_>>();
    let class = prop_oneof![19 => prop::sample::select(classes), 1 => prop::sample::select(other)];
    let ago = || prop_oneof![1 => Just(0_i64), 4 => 0_i64..=400, 1 => 0_i64..=20_000];
    (class, ago(), ago(), ago(), any::<bool>()).prop_filter_map("ordered", move |(class, a, b, c, low)| {
        let back =
            |at: DateTime<Utc>, hours: i64| at.checked_sub_signed(chrono::TimeDelta::try_hours(hours)?);
        let settled_at = back(until, a.saturating_mul(3))?;
        let below = back(settled_at, b.saturating_mul(5))?;
        let since = back(below, c.saturating_mul(7))?;
        SettleState::new(class, since, low.then_some(below), settled_at).ok()
    })
}
