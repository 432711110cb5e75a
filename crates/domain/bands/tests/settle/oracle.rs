//! The fast function beside an obvious one, which walks from hour to hour and from class to class.
use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use guanxi_bands::arbitrary::{bands, rule, state};
use guanxi_bands::{Bands, Pin, SettleSpec, SettleState, Settling, When, settle};
use guanxi_core::arbitrary::score;
use guanxi_core::{Score, TierId, parse_instant};
use guanxi_policy::Body;
use proptest::prelude::*;

const HOUR: TimeDelta = TimeDelta::hours(1);
/// How far the walk for the next change goes.
const DAYS: i64 = 400;

/// What an hour-by-hour life of one class needs to know.
struct Life {
    spec: SettleSpec,
    /// The floors in hundredths, lowest first.
    floors: Vec<(TierId, i64)>,
    score: i64,
}

/// A class on its way: where it stands and since when, in whole hours.
#[derive(Clone, Debug, PartialEq)]
struct Held {
    class: TierId,
    since: DateTime<Utc>,
    below_since: Option<DateTime<Utc>>,
}

impl Life {
    fn new(spec: SettleSpec, bands: &Bands<TierId>, score: Score) -> Self {
        let mut floors: Vec<(TierId, i64)> =
            bands.iter().map(|(class, floor)| (class.clone(), floor.hundredths().into())).collect();
        floors.reverse();
        Self { spec, floors, score: score.hundredths().into() }
    }

    fn is_review(&self, at: DateTime<Utc>) -> bool {
        let Some(reviews) = &self.spec.reviews else { return false };
        let offset = reviews.offset.to_string();
        let (hours, minutes) = offset.get(1..).unwrap().split_once(':').unwrap();
        let minutes = hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap();
        let there = at + TimeDelta::minutes(if offset.starts_with('-') { -minutes } else { minutes });
        let day = format!("{:02}-{:02}", there.month(), there.day());
        (there.hour(), there.minute()) == (0, 0)
            && reviews.days.iter().any(|listed| listed.to_string() == day)
    }

    fn too_low(&self, place: usize) -> bool {
        let margin = i64::from(self.spec.down.margin.hundredths());
        place > 0 && self.score < (self.floors[place].1 - margin).max(1)
    }

    fn enough(&self, place: usize) -> bool {
        let margin = i64::from(self.spec.up.margin.hundredths());
        place < self.floors.len() && self.score >= (self.floors[place].1 + margin).min(10_000)
    }

    /// One call at `now`; `review` is the last review since the call before.
    fn call(&self, held: &Held, review: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Held {
        let Some(start) = self.floors.iter().position(|(class, _)| *class == held.class) else {
            let place = self.floors.iter().rposition(|(_, floor)| *floor <= self.score).unwrap();
            return Held { class: self.floors[place].0.clone(), since: now, below_since: None };
        };
        let mut held = held.clone();
        held.below_since = if self.too_low(start) { held.below_since.or(Some(now)) } else { None };
        let up = self.enough(start + 1);
        let (when, steps, dwell, grace) = if up {
            let up = self.spec.up;
            (up.when, up.steps, up.dwell_days, 0)
        } else {
            let down = self.spec.down;
            (down.when, down.steps, down.dwell_days, down.grace_days)
        };
        let judged = match when {
            When::Now => now,
            When::AtReview if review.is_some() => review.unwrap(),
            _ => return held,
        };
        let long_enough = |since: DateTime<Utc>, days: u16| judged - since >= TimeDelta::days(days.into());
        if !long_enough(held.since, dwell)
            || grace > 0 && !held.below_since.is_some_and(|since| long_enough(since, grace))
        {
            return held;
        }
        let mut place = start;
        for _ in 0..steps.unwrap_or(u8::MAX) {
            if up && self.enough(place + 1) {
                place += 1;
            } else if !up && self.too_low(place) {
                place -= 1;
            }
        }
        if place != start {
            let below_since = self.too_low(place).then_some(now);
            held = Held { class: self.floors[place].0.clone(), since: now, below_since };
        }
        held
    }
}

fn hours(from: &str, count: i64) -> impl Strategy<Value = DateTime<Utc>> + use<> {
    let from = parse_instant(from).unwrap();
    (0..count).prop_map(move |hours| from + TimeDelta::hours(hours))
}

fn held(state: &SettleState<TierId>) -> Held {
    Held { class: state.class().clone(), since: state.since(), below_since: state.below_since() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]
    #[test]
    fn the_class_and_its_next_change_are_those_of_an_hourly_walk(
        (bands, state, as_of) in (bands(), hours("2023-12-28", 24 * 430)).prop_flat_map(|(bands, as_of)| {
            let state = state(&bands, as_of);
            (Just(bands), state, Just(as_of))
        }),
        rule in rule(),
        (score, pinned) in (score(), prop::option::of((0_usize..8, -100_i64..4_000))),
    ) {
        let spec = rule.body().spec();
        let whole_hours = spec.reviews.as_ref().is_some_and(|reviews| reviews.offset.to_string().ends_with(":00"));
        prop_assume!(whole_hours && rule.head().effective_to.is_none());
        let life = Life::new(spec, &bands, score);
        let pin = pinned.map(|(place, hours)| Pin {
            class: bands.iter().nth(place).unwrap_or_else(|| bands.iter().next().unwrap()).0.clone(),
            by: "U7".parse().unwrap(),
            why: "asked for".to_owned(),
            until: as_of + TimeDelta::hours(hours),
        });
        let shown = |class: &TierId, at: DateTime<Utc>| {
            let pin = pin.as_ref().filter(|pin| at < pin.until);
            (pin.map_or(class, |pin| &pin.class).clone(), pin.is_some())
        };

        let (mut at, mut review) = (state.settled_at(), None);
        while at < as_of {
            at += HOUR;
            if life.is_review(at) {
                review = Some(at);
            }
        }
        let expected = life.call(&held(&state), review, as_of);
        let given = Settling { state: Some(&state), score: Some(score), pin: pin.as_ref() };
        let decision = settle(&rule, &bands, &given, as_of);
        let after = decision.outcome.state.unwrap();
        prop_assert_eq!(held(&after), expected.clone());
        prop_assert_eq!(after.settled_at(), as_of);
        let class = shown(&expected.class, as_of);
        prop_assert_eq!((decision.outcome.class.unwrap(), decision.outcome.pinned), class.clone());

        let (mut at, mut review, mut change) = (as_of, None, None);
        while change.is_none() && at < as_of + TimeDelta::days(DAYS) {
            at += HOUR;
            if life.is_review(at) {
                review = Some(at);
            }
            if shown(&life.call(&expected, review, at).class, at) != class {
                change = Some(at);
            }
        }
        prop_assert_eq!(decision.next_change.filter(|change| *change <= as_of + TimeDelta::days(DAYS)), change);
    }
}
