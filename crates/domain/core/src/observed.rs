//! What was known of facts, and from which instant on.
use alloc::collections::BTreeMap;
use core::ops::Bound::{Excluded, Unbounded};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Fact, FactId, FactValue, Facts};

/// A fact that was observed at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// The fact.
    pub fact: FactId,
    /// Its value from then on.
    pub value: FactValue,
    /// The instant.
    pub observed_at: DateTime<Utc>,
}

/// What became of an entry that was added to a set of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[must_use]
pub enum Added {
    /// The set did not have it.
    New,
    /// The set had the same entry.
    Known,
    /// The set had another version, which counts: this one was dropped.
    Outranked,
    /// The set had another version, which this one replaced.
    Replaced,
}

/// What counts for a fact at every instant before its first observation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undated {
    /// A value.
    Known(FactValue),
    /// The fact does not apply.
    NotApplicable,
}

/// What was observed of one subject's facts, as a set: adding is commutative, associative and idempotent.
///
/// From each instant on the value observed at it counts, until the next. Nothing tells which of two values
/// of one instant is right, so the greater counts: always the same one. What is known without an instant is
/// no entry of the set: it counts before the first observation, and the one given last replaces it.
///
/// ```
/// use guanxi_core::{Added, Fact, FactValue, Facts, Observations, fact_id, parse_instant};
/// let (tier, june) = (fact_id!("tier"), parse_instant("2026-06-01")?);
/// let key = FactValue::Text("key".into());
/// let mut seen = Observations::default();
/// assert_eq!(seen.observe(&tier, june, &key), Added::New);
/// assert_eq!(seen.observe(&tier, june, &key), Added::Known);
/// assert_eq!(seen.at(parse_instant("2026-05-31")?).fact(&tier), Fact::Missing);
/// assert_eq!(
///     seen.at(parse_instant("2026-07-01")?).fact(&tier),
///     Fact::Known { value: &key, observed_at: Some(june) }
/// );
/// # Ok::<(), guanxi_core::TimeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observations {
    dated: BTreeMap<FactId, BTreeMap<DateTime<Utc>, FactValue>>, // INVARIANT: no fact without a value
    undated: BTreeMap<FactId, Undated>,
}

impl Observations {
    /// Those of two tables, as [`dated`](Self::dated) and [`undated`](Self::undated) give them.
    #[must_use]
    pub fn new(
        mut dated: BTreeMap<FactId, BTreeMap<DateTime<Utc>, FactValue>>,
        undated: BTreeMap<FactId, Undated>,
    ) -> Self {
        dated.retain(|_, values| !values.is_empty());
        Self { dated, undated }
    }

    /// The values of each fact by the instants at which they were observed.
    #[must_use]
    pub const fn dated(&self) -> &BTreeMap<FactId, BTreeMap<DateTime<Utc>, FactValue>> {
        &self.dated
    }

    /// What is known without an instant.
    #[must_use]
    pub const fn undated(&self) -> &BTreeMap<FactId, Undated> {
        &self.undated
    }

    /// Adds an observation.
    pub fn observe(&mut self, fact: &FactId, at: DateTime<Utc>, value: &FactValue) -> Added {
        let known = self.dated.get(fact).and_then(|own| own.get(&at));
        let added = match known {
            Some(known) if known == value => return Added::Known,
            Some(known) if known > value => return Added::Outranked,
            Some(_) => Added::Replaced,
            None => Added::New,
        };
        self.dated.entry(fact.clone()).or_default().insert(at, value.clone());
        added
    }

    /// Whether an observation is known as it is.
    #[must_use]
    pub fn has(&self, fact: &FactId, at: DateTime<Utc>, value: &FactValue) -> bool {
        self.dated.get(fact).and_then(|own| own.get(&at)) == Some(value)
    }

    /// Whether [`take_undated`](Self::take_undated) would change nothing.
    #[must_use]
    pub fn has_undated(&self, fact: &FactId, given: Fact<'_>) -> bool {
        match (self.undated.get(fact), given) {
            (Some(Undated::Known(own)), Fact::Known { value, .. }) => own == value,
            (own, Fact::NotApplicable) => own == Some(&Undated::NotApplicable),
            (_, Fact::Missing) => true,
            _ => false,
        }
    }

    /// Takes what is known of a fact now, without an instant; says whether that is news. What is missing
    /// changes nothing.
    pub fn take_undated(&mut self, fact: &FactId, given: Fact<'_>) -> bool {
        if self.has_undated(fact, given) {
            return false;
        }
        let value = match given {
            Fact::Known { value, .. } => Undated::Known(value.clone()),
            Fact::NotApplicable => Undated::NotApplicable,
            Fact::Missing => return false,
        };
        self.undated.insert(fact.clone(), value);
        true
    }

    /// When a fact was observed, ascending.
    pub fn instants_of(&self, fact: &FactId) -> impl Iterator<Item = DateTime<Utc>> {
        self.dated.get(fact).into_iter().flat_map(|values| values.keys().copied())
    }

    /// When a fact was observed for the first time after an instant.
    #[must_use]
    pub fn next_of(&self, fact: &FactId, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut later = self.dated.get(fact)?.range((Excluded(after), Unbounded));
        later.next().map(|(at, _)| *at)
    }

    /// When any fact was observed, fact by fact.
    pub fn instants(&self) -> impl Iterator<Item = DateTime<Utc>> {
        self.dated.values().flat_map(|values| values.keys().copied())
    }

    /// The last instant of an observation up to an instant.
    #[must_use]
    pub fn last_until(&self, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.dated.values().filter_map(|own| own.range(..=until).next_back()).map(|(at, _)| *at).max()
    }

    /// The first instant of an observation after an instant.
    #[must_use]
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let first = |own: &BTreeMap<DateTime<Utc>, FactValue>| {
            own.range((Excluded(after), Unbounded)).next().map(|(at, _)| *at)
        };
        self.dated.values().filter_map(first).min()
    }

    /// Forgets all but some facts.
    pub fn retain(&mut self, mut read: impl FnMut(&FactId) -> bool) {
        self.dated.retain(|fact, _| read(fact));
        self.undated.retain(|fact, _| read(fact));
    }

    /// The facts as they were known at an instant.
    #[must_use]
    pub const fn at(&self, at: DateTime<Utc>) -> FactsAt<'_> {
        FactsAt { observations: self, at }
    }
}

/// Facts as they were known at an instant: see [`Observations::at`].
#[derive(Clone, Copy, Debug)]
pub struct FactsAt<'a> {
    observations: &'a Observations,
    at: DateTime<Utc>,
}

impl<'a> FactsAt<'a> {
    /// What was known of a fact.
    #[must_use]
    pub fn get(self, id: &FactId) -> Fact<'a> {
        let dated = self.observations.dated.get(id);
        if let Some((at, value)) = dated.and_then(|values| values.range(..=self.at).next_back()) {
            return Fact::Known { value, observed_at: Some(*at) };
        }
        match self.observations.undated.get(id) {
            Some(Undated::Known(value)) => Fact::Known { value, observed_at: None },
            Some(Undated::NotApplicable) => Fact::NotApplicable,
            None => Fact::Missing,
        }
    }

    /// The text of a fact that was known and is one.
    #[must_use]
    pub fn text(self, id: &FactId) -> Option<&'a str> {
        match self.get(id) {
            Fact::Known { value: FactValue::Text(text), .. } => Some(text),
            _ => None,
        }
    }
}

impl Facts for FactsAt<'_> {
    fn fact(&self, id: &FactId) -> Fact<'_> {
        self.get(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(hour * 3_600, 0).unwrap()
    }

    fn observed() -> impl Strategy<Value = Vec<(u8, i64, i64)>> {
        prop::collection::vec((0_u8..3, 0_i64..6, 0_i64..3), 0..20)
    }

    fn id(fact: u8) -> FactId {
        FactId::new(["a", "b", "c"][usize::from(fact)]).unwrap()
    }

    fn set(all: &[(u8, i64, i64)]) -> Observations {
        let mut set = Observations::default();
        for (fact, hour, value) in all {
            let _ = set.observe(&id(*fact), at(*hour), &FactValue::Int(*value));
        }
        set
    }

    proptest! {
        #[test]
        fn order_and_repetition_make_no_difference(all in observed(), again in observed()) {
            let twice: Vec<_> = all.iter().chain(&all).copied().collect();
            let backwards: Vec<_> = twice.iter().rev().copied().collect();
            prop_assert_eq!(set(&all), set(&twice));
            prop_assert_eq!(set(&all), set(&backwards));
            let (mut one, mut other) = (all.clone(), again.clone());
            one.extend(&again);
            other.extend(&all);
            prop_assert_eq!(set(&one), set(&other));
        }

        #[test]
        fn what_was_observed_last_counts(all in observed(), fact in 0_u8..3, hour in -1_i64..7) {
            let set = set(&all);
            let last = all.iter().filter(|(own, at, _)| *own == fact && *at <= hour).map(|(_, at, value)| (*at, *value)).max();
            let found = match set.at(at(hour)).fact(&id(fact)) {
                Fact::Known { value: FactValue::Int(value), observed_at: Some(at) } => Some((at.timestamp() / 3_600, *value)),
                Fact::Missing => None,
                other => panic!("{other:?}"),
            };
            prop_assert_eq!(found, last);
            let hours = || all.iter().map(|(_, at, _)| *at);
            prop_assert_eq!(set.next_after(at(hour)), hours().filter(|own| *own > hour).min().map(at));
            prop_assert_eq!(set.last_until(at(hour)), hours().filter(|own| *own <= hour).max().map(at));
        }
    }

    #[test]
    fn what_has_no_instant_counts_before_the_first_that_has_one() {
        let (fact, one, two) = (id(0), FactValue::Int(1), FactValue::Int(2));
        let mut set = set(&[(0, 3, 2)]);
        assert!(set.take_undated(&fact, Fact::Known { value: &one, observed_at: None }));
        assert!(!set.take_undated(&fact, Fact::Known { value: &one, observed_at: None }));
        assert!(!set.take_undated(&fact, Fact::Missing));
        assert_eq!(set.at(at(2)).fact(&fact), Fact::Known { value: &one, observed_at: None });
        assert_eq!(set.at(at(3)).fact(&fact), Fact::Known { value: &two, observed_at: Some(at(3)) });
        assert!(set.take_undated(&fact, Fact::NotApplicable));
        assert_eq!(set.at(at(2)).fact(&fact), Fact::NotApplicable);
        set.retain(|_| false);
        assert_eq!(set, Observations::default());
    }
}
