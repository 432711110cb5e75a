//! The reference of the customers that are present, kept as they come and go.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{DecimalText, FactId, Facts};
use rust_decimal::Decimal;

use super::change::Drift;
use crate::input::{Chain, known_number};
use crate::policy::{PolicyDocument, chain};
use crate::reference::{Reference, Statistic, Statistics, Total};

/// The live reference, and how far it is from the pinned one.
pub(super) struct Live {
    reference: Reference,
    tracked: Vec<Tracked>, // INVARIANT: one for each fact of the reference, in its order
}

/// What is known of a fact besides what the reference keeps.
struct Tracked {
    chain: Chain,
    /// Each value with its count, where the reference keeps none: who forgets the greatest value must
    /// know the next one.
    values: BTreeMap<Decimal, u64>,
    /// What a score depends on, each statistic once, in the order of their declaration.
    used: Vec<Statistic>,
    /// The number of values that the pinned reference counts otherwise; 0 where no score depends on them.
    differing: u64,
}

const STATISTICS: [Statistic; 3] = [Statistic::Max, Statistic::Total, Statistic::Values];

impl Live {
    /// The reference of nobody.
    pub(super) fn new(policy: &PolicyDocument, pinned: &Reference, as_of: DateTime<Utc>) -> Self {
        let reference = Reference::new(policy, as_of);
        let tracked = reference.kept().map(|(id, _)| {
            let used = |statistic: &Statistic| {
                policy.body().weighed().any(|(indicator, part, _)| {
                    part > 0 && indicator.fact == *id && indicator.normaliser.statistic() == Some(*statistic)
                })
            };
            let used = STATISTICS.into_iter().filter(used).collect();
            let chain = chain(policy.body().facts(), id);
            Tracked { chain, values: BTreeMap::new(), used, differing: 0 }
        });
        let mut live = Self { tracked: tracked.collect(), reference };
        live.compare(pinned);
        live
    }

    pub(super) const fn reference(&self) -> &Reference {
        &self.reference
    }

    /// As of an instant, with so many customers.
    pub(super) fn present(&mut self, as_of: DateTime<Utc>, population: usize) {
        self.reference.present(as_of, u64::try_from(population).unwrap_or(u64::MAX));
    }

    /// Forgets what a customer's facts were at an instant, and counts what they are at another.
    pub(super) fn replace<F: Facts>(
        &mut self,
        pinned: &Reference,
        old: Option<(F, DateTime<Utc>)>,
        new: Option<(F, DateTime<Utc>)>,
    ) {
        for ((id, statistics), tracked) in self.reference.kept_mut().zip(&mut self.tracked) {
            let number = |(facts, at): &(F, DateTime<Utc>)| known_number(&tracked.chain, facts, *at).value();
            let (old, new) = (old.as_ref().and_then(number), new.as_ref().and_then(number));
            if old == new {
                continue;
            }
            // Only the counts of these two values can have come to differ from the pinned ones, or ceased to.
            let counted = tracked.used.contains(&Statistic::Values);
            let theirs = pinned.statistics(id).filter(|_| counted);
            let differing = |ours: &Statistics| {
                let values = [old, new].into_iter().flatten();
                let differs = |value| theirs.is_some_and(|theirs| ours.times(value) != theirs.times(value));
                values.fold(0, |sum, value| sum + u64::from(differs(value)))
            };
            let before = differing(statistics);
            if let Some(old) = old {
                statistics.forget(old, &mut tracked.values);
            }
            if let Some(new) = new {
                statistics.note(new, &mut tracked.values);
            }
            tracked.differing = (tracked.differing + differing(statistics)).saturating_sub(before);
        }
    }

    /// Compares all values with those of another pinned reference.
    pub(super) fn compare(&mut self, pinned: &Reference) {
        for ((id, ours), tracked) in self.reference.kept().zip(&mut self.tracked) {
            let theirs = pinned.statistics(id).filter(|_| tracked.used.contains(&Statistic::Values));
            tracked.differing = theirs.map_or(0, |theirs| ours.differing(theirs));
        }
    }

    /// Whether a statistic that a score depends on is not what was pinned.
    pub(super) fn drifted(&self, pinned: &Reference) -> bool {
        self.used(pinned).any(|(statistic, _, tracked, ours, theirs)| match statistic {
            Statistic::Max => ours.max() != theirs.max(),
            Statistic::Total => ours.total() != theirs.total(),
            Statistic::Values => tracked.differing > 0,
        })
    }

    /// Each statistic that a score depends on and that is not what was pinned.
    pub(super) fn drift(&self, pinned: &Reference) -> Vec<Drift> {
        let drift = |(statistic, fact, tracked, ours, theirs): Used<'_>| {
            let fact = fact.clone();
            match statistic {
                Statistic::Max => (ours.max() != theirs.max()).then(|| Drift::Max {
                    fact,
                    pinned: theirs.max().map(DecimalText),
                    live: ours.max().map(DecimalText),
                }),
                Statistic::Total => (ours.total() != theirs.total()).then(|| Drift::Total {
                    fact,
                    pinned: theirs.total().map(Total::text).unwrap_or_default(),
                    live: ours.total().map(Total::text).unwrap_or_default(),
                }),
                Statistic::Values => {
                    (tracked.differing > 0).then_some(Drift::Values { fact, differing: tracked.differing })
                }
            }
        };
        self.used(pinned).filter_map(drift).collect()
    }

    /// The statistics that scores depend on, by fact, in the live and in the pinned reference. A scorer
    /// is not made of a pinned reference that lacks one.
    fn used<'a>(&'a self, pinned: &'a Reference) -> impl Iterator<Item = Used<'a>> {
        self.reference.kept().zip(&self.tracked).flat_map(move |((id, ours), tracked)| {
            let theirs = pinned.statistics(id);
            let used = tracked.used.iter().zip(core::iter::repeat(theirs));
            used.filter_map(move |(statistic, theirs)| Some((*statistic, id, tracked, ours, theirs?)))
        })
    }
}

/// A statistic of a fact, and what is known of it: besides, in the live, and in the pinned reference.
type Used<'a> = (Statistic, &'a FactId, &'a Tracked, &'a Statistics, &'a Statistics);
