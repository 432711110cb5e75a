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

/// One who takes turns in a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seat {
    /// Who, by place in the queue.
    pub(crate) member: usize,
    /// The weight, above 0.
    pub(crate) weight: i64,
    /// How many items of the segment were given to this one.
    pub(crate) count: i64,
    /// The ideal less the count, times the sum of weights: more than minus that sum, less than it.
    lag: i64,
    /// The slot, counted from 1, by which the next item must come.
    due: i64,
}

impl Seat {
    /// Finds out by which slot the next item must come.
    fn plan(&mut self, given: i64, total: i64) {
        // (total - lag) / weight, rounded up: total - lag is above 0.
        let ahead = (total - self.lag + self.weight - 1) / self.weight.max(1);
        self.due = given.saturating_add(ahead);
    }

    /// Who is due first, then the heavier, then the first of the queue.
    const fn key(&self) -> (i64, Reverse<i64>, usize) {
        (self.due, Reverse(self.weight), self.member)
    }
}

/// The turns between two changes of who takes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Segment {
    seats: Vec<Seat>, // INVARIANT: ascending by key
    total: i64,
    given: i64,
    /// Whether 64 bits suffice to look for spare slots.
    narrow: bool,
}

/// A segment whose counts are a whole item or more away from the ideal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unfair {
    /// Whose count it is, by place in the queue.
    pub(crate) member: usize,
}

impl Segment {
    /// Begins anew, of members with their weights, the heavier first, then by place in the queue. Weights
    /// of 0 have no turns.
    ///
    /// The weights are at most 10^8 and at most 10^4 of them, so that sums stay below 2^63.
    pub(crate) fn begin(&mut self, shares: impl Iterator<Item = (usize, i64)>) {
        let seat = |(member, weight)| Seat { member, weight, count: 0, lag: 0, due: 0 };
        self.seats.clear();
        self.seats.extend(shares.filter(|(_, weight)| *weight > 0).map(seat));
        let total: i64 = self.seats.iter().map(|seat| seat.weight).sum();
        // Whoever is heavier is due no later: the seats are in order.
        self.seats.iter_mut().for_each(|seat| seat.plan(0, total));
        // Nobody is due more than this many slots ahead, whatever happens.
        let ahead = self.seats.last().map_or(0, |lightest| 2 * total / lightest.weight.max(1) + 2);
        self.narrow = ahead.checked_mul(total).is_some_and(|product| product < i64::MAX / 4);
        (self.total, self.given) = (total, 0);
    }

    /// A segment that goes on, of members with their weights, as for [`Segment::begin`], and counts.
    pub(crate) fn resume(shares: &[(usize, i64, i64)]) -> Result<Self, Unfair> {
        let mut segment = Self::default();
        segment.begin(shares.iter().map(|(member, weight, _)| (*member, *weight)));
        let counted = shares.iter().filter(|(_, weight, _)| *weight > 0);
        segment.given = counted.clone().fold(0, |sum: i64, (_, _, count)| sum.saturating_add(*count));
        let (given, total) = (i128::from(segment.given), i128::from(segment.total));
        for (seat, (member, weight, count)) in segment.seats.iter_mut().zip(counted) {
            let lag = given * i128::from(*weight) - i128::from(*count) * total;
            if *count < 0 || lag.abs() >= total {
                return Err(Unfair { member: *member });
            }
            seat.count = *count;
            seat.lag = i64::try_from(lag).unwrap_or_default();
            seat.plan(segment.given, segment.total);
        }
        segment.seats.sort_unstable_by_key(Seat::key);
        Ok(segment)
    }

    /// Who takes turns, by when they are due.
    pub(crate) fn seats(&self) -> &[Seat] {
        &self.seats
    }

    /// The sum of the weights.
    pub(crate) const fn total(&self) -> i64 {
        self.total
    }

    /// Gives the next item to whose turn it is: of those to whom it may go so that no count is ever a whole
    /// item away from its ideal, the one with the greatest preference by member (all above `i64::MIN`); of
    /// several, the one who is due first, then the heavier, then the first of the queue. None only if nobody
    /// takes turns.
    pub(crate) fn turn(&mut self, preference: &[i64]) -> Option<usize> {
        self.given = self.given.saturating_add(1);
        let place = if self.narrow { self.best::<i64>(preference) } else { self.best::<i128>(preference) };
        // Of those who are released, who is due first is always safe.
        self.give(place.or_else(|| self.seats.iter().position(|seat| seat.lag > 0))?)
    }

    /// Adds the share of a slot to everybody's lag, and finds the place of the one to prefer among those who
    /// are released and could take the slot and leave another to spare before each slot by which others are
    /// due.
    fn best<N>(&mut self, preference: &[i64]) -> Option<usize>
    where
        N: Copy + From<i64> + Add<Output = N> + Mul<Output = N> + PartialOrd,
    {
        let (total, given) = (N::from(self.total), self.given);
        // Over those whose due slots have been passed: the sums of their lags, which hold the share of this
        // slot, and of their weights.
        let (mut lags, mut weights, mut last) = (N::from(0), N::from(0), i64::MIN);
        let (mut best, mut greatest) = (None, i64::MIN);
        let mut seats = self.seats.iter_mut().enumerate();
        for (place, seat) in seats.by_ref() {
            seat.lag += seat.weight;
            if seat.due > last {
                // U(b) < b - N + 1 at the due slot b before this one; nothing is due before the first.
                let slots = last.saturating_sub(given);
                if place > 0 && N::from(slots) * weights + lags >= N::from(slots + 1) * total {
                    break;
                }
                last = seat.due;
            }
            (lags, weights) = (lags + N::from(seat.lag), weights + N::from(seat.weight));
            if seat.lag > 0
                && let Some(preference) = preference.get(seat.member)
                && *preference > greatest
            {
                (best, greatest) = (Some(place), *preference);
            }
        }
        seats.for_each(|(_, seat)| seat.lag += seat.weight);
        best
    }

    /// Gives the item whose share has been added to the one at a place; says which member that is.
    fn give(&mut self, place: usize) -> Option<usize> {
        let seat = self.seats.get_mut(place)?;
        seat.lag -= self.total;
        seat.count = seat.count.saturating_add(1);
        seat.plan(self.given, self.total);
        let (key, member) = (seat.key(), seat.member);
        // The next due slot is later than the one before, so the seat moves towards the end.
        let rest = self.seats.get_mut(place..)?;
        let later = rest.iter().skip(1).take_while(|seat| seat.key() < key).count();
        rest.get_mut(..=later)?.rotate_left(1);
        Some(member)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ranked(weights: &[i64]) -> impl Iterator<Item = usize> + use<> {
        let mut ranked: Vec<usize> = (0..weights.len()).collect();
        ranked.sort_by_key(|member| Reverse(weights[*member]));
        ranked.into_iter()
    }

    fn begin(weights: &[i64]) -> Segment {
        let mut segment = Segment::default();
        segment.begin(ranked(weights).map(|member| (member, weights[member])));
        segment
    }

    /// The greatest distance of a count from its ideal over a run, as whether it stays below one.
    fn run(weights: &[i64], items: usize, mut preference: impl FnMut(usize, usize) -> i64) -> Vec<usize> {
        let mut segment = begin(weights);
        let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        let mut counts = std::vec![0_i128; weights.len()];
        let mut order = Vec::new();
        for n in 1..=items {
            let preferences: Vec<i64> = (0..weights.len()).map(|member| preference(n, member)).collect();
            let member = segment.turn(&preferences).unwrap();
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
                segment.turn(&wishes).unwrap();
            }
            let count = |member| segment.seats().iter().find(|seat| seat.member == member).unwrap().count;
            let shares: Vec<_> = ranked(&weights).map(|member| (member, weights[member], count(member))).collect();
            prop_assert_eq!(Segment::resume(&shares), Ok(segment));
        }

        #[test]
        fn the_freedom_is_that_of_the_exact_condition_or_less(
            weights in prop::collection::vec(1_i64..=9, 2..6), wishes in prop::collection::vec(any::<i64>(), 6), items in 1_usize..40,
        ) {
            // Whatever is chosen, giving each further slot to who is due first keeps every window.
            let mut segment = begin(&weights);
            for _ in 0..items {
                segment.turn(&wishes).unwrap();
                let mut rest = segment.clone();
                for _ in 0..weights.iter().sum::<i64>() {
                    rest.turn(&[0; 6]).unwrap();
                    prop_assert!(rest.seats().iter().all(|seat| seat.lag.abs() < rest.total));
                }
            }
        }
    }

    #[test]
    fn counts_that_are_a_whole_item_apart_are_refused() {
        let resume = |a, b| Segment::resume(&[(4, 1, a), (7, 1, b), (9, 0, 5)]);
        assert_eq!(resume(3, 1), Err(Unfair { member: 4 }));
        assert_eq!(resume(1, -1), Err(Unfair { member: 4 }));
        assert!(resume(2, 1).is_ok());
    }
}
