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

/// One who takes turns in a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seat {
    /// Who, by place in the queue.
    pub(crate) member: usize,
    /// The weight, above 0.
    pub(crate) weight: i64,
    /// How many items of the segment were given to this one.
    pub(crate) count: u64,
    /// The ideal less the count, times the sum of weights: more than minus that sum, less than it.
    lag: i64,
    /// The slot, counted from 1, by which the next item must come.
    due: u64,
}

impl Seat {
    /// The lag as a fraction is this of the sum of weights.
    pub(crate) const fn lag(&self) -> i64 {
        self.lag
    }

    fn plan(&mut self, given: u64, total: i64) {
        // (total - lag) / weight, rounded up: total - lag is above 0.
        let ahead = (total - self.lag + self.weight - 1) / self.weight.max(1);
        self.due = given.saturating_add(ahead.unsigned_abs());
    }
}

/// The turns between two changes of who takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// INVARIANT: ascending by `due`, then by `member`.
    seats: Vec<Seat>,
    total: i64,
    given: u64,
}

/// A segment whose counts are a whole item or more away from the ideal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unfair {
    /// Whose count it is, by place in the queue.
    pub(crate) member: usize,
}

impl Segment {
    /// A segment that begins now, of members with their weights. Weights of 0 have no turns.
    ///
    /// The weights are at most 10^8 and at most 10^4 of them, so that sums stay below 2^63.
    pub(crate) fn new(shares: impl Iterator<Item = (usize, i64)>) -> Self {
        let seat = |(member, weight)| Seat { member, weight, count: 0, lag: 0, due: 0 };
        let seats: Vec<Seat> = shares.filter(|(_, weight)| *weight > 0).map(seat).collect();
        let total = seats.iter().map(|seat| seat.weight).sum();
        let mut segment = Self { seats, total, given: 0 };
        segment.order();
        segment
    }

    /// A segment that goes on, of members with their weights and counts.
    pub(crate) fn resume(shares: impl Iterator<Item = (usize, i64, u64)>) -> Result<Self, Unfair> {
        let (counts, shares): (Vec<u64>, Vec<(usize, i64)>) = shares
            .filter(|(_, weight, _)| *weight > 0)
            .map(|(member, weight, count)| (count, (member, weight)))
            .unzip();
        let mut segment = Self::new(shares.iter().copied());
        segment.given = counts.iter().fold(0, |sum: u64, count| sum.saturating_add(*count));
        let (given, total) = (i128::from(segment.given), i128::from(segment.total));
        for seat in &mut segment.seats {
            let place = shares.iter().position(|(member, _)| *member == seat.member);
            seat.count = place.and_then(|place| counts.get(place)).copied().unwrap_or_default();
            let lag = given * i128::from(seat.weight) - i128::from(seat.count) * total;
            if lag <= -total || lag >= total {
                return Err(Unfair { member: seat.member });
            }
            seat.lag = i64::try_from(lag).unwrap_or_default();
        }
        segment.order();
        Ok(segment)
    }

    fn order(&mut self) {
        let (given, total) = (self.given, self.total);
        self.seats.iter_mut().for_each(|seat| seat.plan(given, total));
        self.seats.sort_unstable_by_key(|seat| (seat.due, seat.member));
    }

    /// Who takes turns, by when they are due.
    pub(crate) fn seats(&self) -> &[Seat] {
        &self.seats
    }

    /// The sum of the weights.
    pub(crate) const fn total(&self) -> i64 {
        self.total
    }

    /// How many items were given.
    pub(crate) const fn given(&self) -> u64 {
        self.given
    }

    /// Whose turn it is: of those to whom the next item may go so that no count is ever a whole item away
    /// from its ideal, the one with the greatest preference; of several, the one who is due first, then
    /// the first of the queue. None only if nobody takes turns.
    pub(crate) fn turn(&self, preference: impl Fn(usize) -> i64) -> Option<usize> {
        let total = i128::from(self.total);
        let mut best: Option<(i64, usize)> = None;
        // Over those whose due slots have been passed: the sums of their lags and of their weights.
        let (mut lags, mut weights, mut last) = (0_i128, 0_i128, self.given);
        let mut spare = true;
        for (place, seat) in self.seats.iter().enumerate() {
            if spare && seat.due > last {
                let slots = i128::from(last - self.given);
                // U(b) < b - N + 1 at the due slot b before this one; nothing is due before the first.
                spare = slots == 0 || slots * weights + lags < slots * total;
                last = seat.due;
            }
            if !spare && best.is_some() {
                break;
            }
            if seat.lag + seat.weight > 0 {
                let preference = preference(seat.member);
                if best.is_none_or(|(greatest, _)| preference > greatest) {
                    best = Some((preference, place));
                }
            }
            lags += i128::from(seat.lag);
            weights += i128::from(seat.weight);
        }
        best.map(|(_, place)| place)
    }

    /// Gives the next item to the one at a place of [`Segment::seats`]; says who that is.
    pub(crate) fn give(&mut self, place: usize) -> Option<usize> {
        let taken = self.seats.get(place)?.member;
        self.given = self.given.saturating_add(1);
        for seat in &mut self.seats {
            seat.lag += seat.weight;
        }
        let (given, total) = (self.given, self.total);
        let seat = self.seats.get_mut(place)?;
        seat.lag -= total;
        seat.count = seat.count.saturating_add(1);
        seat.plan(given, total);
        let key = (seat.due, seat.member);
        let rest = self.seats.get_mut(place..)?;
        // The next due slot is later than the one before, so the seat moves towards the end.
        let later = rest.iter().skip(1).take_while(|seat| (seat.due, seat.member) < key).count();
        rest.get_mut(..=later)?.rotate_left(1);
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// The greatest distance of a count from its ideal over a run, as whether it stays below one.
    fn run(weights: &[i64], items: usize, mut preference: impl FnMut(usize, usize) -> i64) -> Vec<usize> {
        let mut segment = Segment::new(weights.iter().copied().enumerate());
        let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        let mut counts = std::vec![0_i128; weights.len()];
        let mut order = Vec::new();
        for n in 1..=items {
            let preferences: Vec<i64> = (0..weights.len()).map(|member| preference(n, member)).collect();
            let place = segment.turn(|member| preferences[member]).unwrap();
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
        assert_eq!(Segment::new([(0, 0), (1, 0)].into_iter()).turn(|_| 0), None);
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
            let mut segment = Segment::new(weights.iter().copied().enumerate());
            for _ in 0..items {
                let place = segment.turn(|member| wishes[member]).unwrap();
                segment.give(place);
            }
            let counts: BTreeMap<usize, u64> = segment.seats().iter().map(|seat| (seat.member, seat.count)).collect();
            let shares = weights.iter().enumerate().map(|(member, weight)| (member, *weight, counts[&member]));
            prop_assert_eq!(Segment::resume(shares), Ok(segment));
        }

        #[test]
        fn the_freedom_is_that_of_the_exact_condition_or_less(
            weights in prop::collection::vec(1_i64..=9, 2..6), wishes in prop::collection::vec(any::<i64>(), 6), items in 1_usize..40,
        ) {
            // Whatever is chosen, giving each further slot to who is due first keeps every window.
            let mut segment = Segment::new(weights.iter().copied().enumerate());
            for _ in 0..items {
                let place = segment.turn(|member| wishes[member]).unwrap();
                segment.give(place);
                let mut rest = segment.clone();
                for _ in 0..weights.iter().sum::<i64>() {
                    let first = rest.seats().iter().position(|seat| seat.lag + seat.weight > 0).unwrap();
                    rest.give(first);
                    prop_assert!(rest.seats().iter().all(|seat| seat.lag.abs() < rest.total));
                }
            }
        }
    }

    #[test]
    fn counts_that_are_a_whole_item_apart_are_refused() {
        assert_eq!(Segment::resume([(4, 1, 3), (7, 1, 1)].into_iter()), Err(Unfair { member: 4 }));
        assert!(Segment::resume([(4, 1, 2), (7, 1, 1)].into_iter()).is_ok());
    }
}
