//! Whose turn it is: shares of a run of items that nobody is ever a whole item away from.
//!
//! A segment is the run of items between two changes of who takes turns or by what weights. Of its first n
//! items, the *ideal* of a person with weight w of W in all is n w / W. This file keeps every count within
//! one of its ideal, at every n, and lets a preference choose freely as far as that allows.
//!
//! **Windows.** A count x stays within one of its ideal exactly if it is the ideal rounded up or down. So
//! the j-th item of a person must come no earlier than the first n with n w / W > j - 1 (its *release*) and
//! no later than the first n with n w / W >= j (it is *due*). Of the windows of one person, at most
//! (b - a + 1) w / W lie inside the slots a..=b; of all people together, at most b - a + 1. By Hall's
//! theorem there is an order that keeps all windows, and as they are intervals, giving each slot to the
//! released item that is due first is one: Tijdeman's chairman assignment problem (1980), the quota method.
//!
//! **Freedom.** Let D(b) be how many items not yet given are due by the slot b. All windows can still be
//! kept from the slot N on if D(b) <= b - N + 1 for all b >= N. Giving N to a person who is due at d keeps
//! that true if D(b) <= b - N for all N <= b < d: one slot is spare before that person's own must come. To
//! see it in one pass, D(b) is bounded by U(b) = the sum of b w / W - x over those who are due by b: it is at
//! least their items due, which are whole, so U(b) < b - N + 1 is enough; and it grows no faster than b
//! between two dues, so the dues themselves are enough to look at, in ascending order. Who is due first
//! among the released is always safe.
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::ops::{Add, Mul};

/// The turns between two changes of who takes them. Members are places in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// By member; 0 of those who take no turns.
    weights: Vec<i64>,
    /// By member: the ideal less the count, times the sum of weights. More than minus that sum, less than it.
    lags: Vec<i64>,
    /// By member: the slot, counted from 1, by which the next item must come.
    dues: Vec<i64>,
    /// By member: how many items of the segment were given to this one.
    counts: Vec<i64>,
    /// INVARIANT: those who take turns, ascending by when they are due, then the heavier first, then by member.
    order: Vec<usize>,
    total: i64,
    given: i64,
    /// Whether 64 bits suffice to look for spare slots.
    narrow: bool,
}

/// A segment whose counts are a whole item or more away from the ideal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unfair {
    /// Whose count it is.
    pub(crate) member: usize,
}

impl Segment {
    /// A segment that begins now, of members by weight. Weights of 0 have no turns.
    ///
    /// `ranked` are the members with a weight, the heavier first, then by member. The weights are at most 10^8
    /// and at most 10^4 of them, so that sums stay below 2^63.
    pub(crate) fn new(weights: Vec<i64>, ranked: &[usize]) -> Self {
        let weight = |member: &usize| weights.get(*member).copied().unwrap_or_default();
        let order: Vec<usize> = ranked.iter().copied().filter(|member| weight(member) > 0).collect();
        let total: i64 = weights.iter().sum();
        // (total - 0) / weight, rounded up; whoever is heavier is due no later, so the order is right.
        let due = |weight: &i64| if *weight > 0 { (total + weight - 1) / weight } else { i64::MAX };
        let dues = weights.iter().map(due).collect();
        // Nobody is due more than this many slots ahead, whatever happens.
        let ahead = order.last().map_or(0, |lightest| 2 * total / weight(lightest).max(1) + 2);
        let narrow = ahead.checked_mul(total).is_some_and(|product| product < i64::MAX / 4);
        let (lags, counts) = (alloc::vec![0; weights.len()], alloc::vec![0; weights.len()]);
        Self { weights, lags, dues, counts, order, total, given: 0, narrow }
    }

    /// A segment that goes on, of members by weight and count.
    pub(crate) fn resume(weights: Vec<i64>, counts: Vec<i64>) -> Result<Self, Unfair> {
        let mut ranked: Vec<usize> = (0..weights.len()).collect();
        ranked.sort_by_key(|member| Reverse(weights.get(*member).copied()));
        let mut segment = Self::new(weights, &ranked);
        segment.given = counts.iter().fold(0, |sum: i64, count| sum.saturating_add(*count));
        let (given, total) = (i128::from(segment.given), i128::from(segment.total));
        let members = segment.weights.iter().zip(&counts).zip(&mut segment.lags).enumerate();
        for (member, ((weight, count), lag)) in members {
            let exact = given * i128::from(*weight) - i128::from(*count) * total;
            if *count < 0 || (exact != 0 && exact.abs() >= total) {
                return Err(Unfair { member });
            }
            *lag = i64::try_from(exact).unwrap_or_default();
        }
        segment.counts = counts;
        for member in segment.order.clone() {
            segment.plan(member);
        }
        let mut order = core::mem::take(&mut segment.order);
        order.sort_unstable_by_key(|member| segment.key(*member));
        segment.order = order;
        Ok(segment)
    }

    /// Finds out by which slot a member is due.
    fn plan(&mut self, member: usize) {
        let Some((weight, lag)) = self.weights.get(member).zip(self.lags.get(member)) else { return };
        // (total - lag) / weight, rounded up: total - lag is above 0.
        let ahead = (self.total - lag + weight - 1) / weight.max(&1);
        if let Some(due) = self.dues.get_mut(member) {
            *due = self.given.saturating_add(ahead);
        }
    }

    fn key(&self, member: usize) -> (i64, Reverse<i64>, usize) {
        let of = |numbers: &[i64]| numbers.get(member).copied().unwrap_or(i64::MAX);
        (of(&self.dues), Reverse(of(&self.weights)), member)
    }

    /// The weights by member; 0 of those who take no turns.
    pub(crate) fn weights(&self) -> &[i64] {
        &self.weights
    }

    /// How many items were given to each member.
    pub(crate) fn counts(&self) -> &[i64] {
        &self.counts
    }

    /// The sum of the weights.
    pub(crate) const fn total(&self) -> i64 {
        self.total
    }

    /// How many items were given.
    pub(crate) const fn given(&self) -> i64 {
        self.given
    }

    /// Whose turn it is: of those to whom the next item may go so that no count is ever a whole item away
    /// from its ideal, the one with the greatest preference by member; of several, the one who is due first,
    /// then the heavier, then the first member. It is a place for [`Segment::give`]; none only if nobody
    /// takes turns.
    pub(crate) fn turn(&self, preference: &[i64]) -> Option<usize> {
        if self.narrow { self.look::<i64>(preference) } else { self.look::<i128>(preference) }
    }

    fn look<N>(&self, preference: &[i64]) -> Option<usize>
    where
        N: Copy + From<i64> + Add<Output = N> + Mul<Output = N> + PartialOrd,
    {
        let total = N::from(self.total);
        let mut best: Option<(i64, usize)> = None;
        // Over those whose due slots have been passed: the sums of their lags and of their weights.
        let (mut lags, mut weights, mut last) = (N::from(0), N::from(0), self.given);
        for (place, member) in self.order.iter().enumerate() {
            let of = |numbers: &[i64]| numbers.get(*member).copied();
            let (Some(due), Some(lag)) = (of(&self.dues), of(&self.lags)) else { break };
            let (Some(weight), Some(preference)) = (of(&self.weights), of(preference)) else { break };
            if due > last {
                let slots = N::from(last - self.given);
                // U(b) < b - N + 1 at the due slot b before this one; nothing is due before the first.
                let spare = last == self.given || slots * weights + lags < slots * total;
                if !spare && best.is_some() {
                    break;
                }
                last = due;
            }
            if lag + weight > 0 && best.is_none_or(|(greatest, _)| preference > greatest) {
                best = Some((preference, place));
            }
            (lags, weights) = (lags + N::from(lag), weights + N::from(weight));
        }
        best.map(|(_, place)| place)
    }

    /// Gives the next item to the one at a place that [`Segment::turn`] has found; says which member that is.
    pub(crate) fn give(&mut self, place: usize) -> Option<usize> {
        let taken = *self.order.get(place)?;
        self.given = self.given.saturating_add(1);
        for (lag, weight) in self.lags.iter_mut().zip(&self.weights) {
            *lag += weight;
        }
        *self.lags.get_mut(taken)? -= self.total;
        let count = self.counts.get_mut(taken)?;
        *count = count.saturating_add(1);
        self.plan(taken);
        let key = self.key(taken);
        // The next due slot is later than the one before, so the member moves towards the end.
        let rest = self.order.get(place..)?;
        let later = rest.iter().skip(1).take_while(|member| self.key(**member) < key).count();
        self.order.get_mut(place..)?.get_mut(..=later)?.rotate_left(1);
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn begin(weights: &[i64]) -> Segment {
        let mut ranked: Vec<usize> = (0..weights.len()).collect();
        ranked.sort_by_key(|member| Reverse(weights[*member]));
        Segment::new(weights.to_vec(), &ranked)
    }

    /// The greatest distance of a count from its ideal over a run, as whether it stays below one.
    fn run(weights: &[i64], items: usize, mut preference: impl FnMut(usize, usize) -> i64) -> Vec<usize> {
        let mut segment = begin(weights);
        let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        let mut counts = std::vec![0_i128; weights.len()];
        let mut order = Vec::new();
        for n in 1..=items {
            let preferences: Vec<i64> = (0..weights.len()).map(|member| preference(n, member)).collect();
            let place = segment.turn(&preferences).unwrap();
            let member = segment.give(place).unwrap();
            counts[member] += 1;
            order.push(member);
            for (count, weight) in counts.iter().zip(weights) {
                // |n w / W - x| < 1 in whole numbers.
                let apart = i128::try_from(n).unwrap() * i128::from(*weight) - count * total;
                assert!(apart.abs() < total, "{weights:?}: after {n} items {counts:?}");
            }
        }
        order
    }

    #[test]
    fn known_runs() {
        assert_eq!(run(&[1, 1, 1], 6, |_, _| 0), [0, 1, 2, 0, 1, 2]);
        assert_eq!(run(&[2, 1], 6, |_, _| 0), [0, 0, 1, 0, 0, 1]);
        // Whoever is preferred comes as early as the others' shares allow.
        assert_eq!(run(&[1, 1, 1], 6, |_, member| i64::from(member == 2)), [2, 0, 1, 2, 0, 1]);
        assert_eq!(run(&[6, 3, 1], 10, |_, member| i64::from(member == 2))[0], 2);
        assert_eq!(begin(&[0, 0]).turn(&[0, 0]), None);
    }

    #[test]
    fn smooth_weighted_round_robin_would_not_do() {
        let weights = [12_i64, 12, 3, 1, 1];
        let total: i64 = weights.iter().sum();
        // Always the one who lags most, as a widespread rule has it, of equals the first.
        let (mut lags, mut furthest) = ([0_i64; 5], 0);
        for _ in 0..total {
            lags.iter_mut().zip(weights).for_each(|(lag, weight)| *lag += weight);
            let most = (0..lags.len()).rev().max_by_key(|member| lags[*member]).unwrap();
            lags[most] -= total;
            furthest = furthest.max(lags.iter().map(|lag| lag.abs()).max().unwrap());
        }
        assert_eq!((furthest, total), (30, 29));
        run(&weights, 290, |_, _| 0);
    }

    proptest! {
        #[test]
        fn nobody_is_ever_a_whole_item_away(
            weights in prop::collection::vec(prop_oneof![1_i64..=5, 1_i64..=1_000, Just(1_i64), 90_000_000_i64..=100_000_000], 1..12),
            wishes in prop::collection::vec(prop_oneof![-3_i64..=3, any::<i64>()], 1..40),
            kind in 0_usize..4,
        ) {
            let wish = |n: usize, member: usize| match kind {
                0 => 0,
                // The same wish all along: always for the same people.
                1 => wishes[member % wishes.len()],
                // Another one each time.
                2 => wishes[(n * 7 + member * 3) % wishes.len()],
                // For the lightest, who are due last.
                _ => -weights[member],
            };
            run(&weights, 400, wish);
        }

        #[test]
        fn it_resumes_from_its_counts(
            weights in prop::collection::vec(1_i64..=100, 1..8), items in 0_usize..200, wishes in prop::collection::vec(any::<i64>(), 8),
        ) {
            let mut segment = begin(&weights);
            for _ in 0..items {
                let place = segment.turn(&wishes).unwrap();
                segment.give(place);
            }
            prop_assert_eq!(Segment::resume(weights, segment.counts().to_vec()), Ok(segment));
        }

        #[test]
        fn the_freedom_is_that_of_the_exact_condition_or_less(
            weights in prop::collection::vec(1_i64..=9, 2..6), wishes in prop::collection::vec(any::<i64>(), 6), items in 1_usize..40,
        ) {
            // Whatever is chosen, giving each further slot to who is due first keeps every window.
            let mut segment = begin(&weights);
            for _ in 0..items {
                let place = segment.turn(&wishes).unwrap();
                segment.give(place);
                let mut rest = segment.clone();
                for _ in 0..weights.iter().sum::<i64>() {
                    let first = rest.order.iter().position(|who| rest.lags[*who] + rest.weights[*who] > 0);
                    rest.give(first.unwrap());
                    prop_assert!(rest.lags.iter().all(|lag| lag.abs() < rest.total));
                }
            }
        }
    }

    #[test]
    fn counts_that_are_a_whole_item_apart_are_refused() {
        let resume = |counts: &[i64]| Segment::resume([1, 1, 0].to_vec(), counts.to_vec());
        assert_eq!(resume(&[3, 1, 0]), Err(Unfair { member: 0 }));
        assert_eq!(resume(&[1, -1, 0]), Err(Unfair { member: 0 }));
        assert_eq!(resume(&[0, 0, 1]), Err(Unfair { member: 2 }));
        assert!(resume(&[2, 1, 0]).is_ok());
    }
}
