//! Limits on sums of points, and what they take from whom.
use alloc::vec;
use alloc::vec::Vec;

use guanxi_core::DecimalText;
use serde::{Deserialize, Serialize};

use crate::range::Range;

/// Limits on the sum of the points of a group, a day or a source; at least one of the two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CapSpec {
    /// The most points, 0 or more. What is above is taken from the oldest events that bring points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<DecimalText>,
    /// The least points, 0 or less. What is below is given back to the oldest events that cost points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<DecimalText>,
}

/// The limits of a sum in millionths: `min <= 0 <= max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) min: i128,
    pub(crate) max: i128,
}

impl Limits {
    /// No limits.
    pub(crate) const NONE: Self = Self { min: i128::MIN, max: i128::MAX };
}

/// What limits did to sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    /// What was added to each sum: below 0 if something was taken, above 0 if something was given back.
    pub(crate) changes: Vec<Range>,
    /// The sum of all values afterwards.
    pub(crate) total: Range,
}

/// Cuts values, oldest first, so that the sums of those with one key keep their limits.
///
/// What is too much is taken from the values above 0, what is too little is given back to those below 0, in
/// both cases from the oldest on: the newest keep what they have. Of values that are known between bounds,
/// all that could come out lies between the bounds that come out.
pub(crate) fn cut(values: &mut [Range], keys: &[usize], limits: &[Limits]) -> Cut {
    let mut sums = vec![Range::ZERO; limits.len()];
    let mut free = Range::ZERO;
    for (value, key) in values.iter().zip(keys) {
        match sums.get_mut(*key) {
            Some(sum) => *sum = sum.plus(*value),
            None => free = free.plus(*value),
        }
    }
    let mut rooms: Vec<Room> = sums.iter().zip(limits).map(|(sum, limits)| Room::of(*sum, *limits)).collect();
    for (value, key) in values.iter_mut().zip(keys) {
        if let Some(room) = rooms.get_mut(*key) {
            *value = room.take(*value);
        }
    }
    let clamped = sums.iter().zip(limits).map(|(sum, limits)| sum.clamp(limits.min, limits.max));
    let total = clamped.fold(free, Range::plus);
    Cut { changes: rooms.iter().map(|room| room.under.minus(room.over)).collect(), total }
}

/// What is still to be taken of values above 0, and given back to values below 0.
struct Room {
    over: Range,
    under: Range,
    above: Range,
    below: Range,
}

impl Room {
    fn of(sum: Range, limits: Limits) -> Self {
        let past = |sum: Range, limit: i128| sum.minus(Range::exactly(limit)).clamp(0, i128::MAX);
        Self {
            over: past(sum, limits.max),
            under: past(sum.negated(), limits.min.saturating_neg()),
            above: Range::ZERO,
            below: Range::ZERO,
        }
    }

    /// What is left of the next value.
    fn take(&mut self, value: Range) -> Range {
        if value.low >= 0 {
            let left = rest(value, self.over, self.above);
            self.above = self.above.plus(value);
            left
        } else {
            let cost = value.negated();
            let left = rest(cost, self.under, self.below);
            self.below = self.below.plus(cost);
            left.negated()
        }
    }
}

/// What is left of a value of 0 or more, if older ones have been there to take from before.
fn rest(value: Range, to_take: Range, older: Range) -> Range {
    let still = to_take.minus(older).clamp(0, i128::MAX);
    value.minus(still).clamp(0, i128::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut_exactly(values: &[i128], keys: &[usize], limits: &[Limits]) -> (Vec<i128>, Cut) {
        let mut ranges: Vec<Range> = values.iter().copied().map(Range::exactly).collect();
        let cut = cut(&mut ranges, keys, limits);
        assert!(ranges.iter().all(|range| range.low == range.high));
        (ranges.iter().map(|range| range.low).collect(), cut)
    }

    #[test]
    fn the_newest_keep_what_they_have() {
        let limits = [Limits { min: -5, max: 12 }, Limits::NONE];
        let (left, cut) = cut_exactly(&[8, 3, -1, 7, 9], &[0, 0, 0, 0, 1], &limits);
        // 17 is 5 too many, all of it from the oldest.
        assert_eq!(left, [3, 3, -1, 7, 9]);
        assert_eq!(
            (cut.changes[0], cut.changes[1], cut.total),
            (Range::exactly(-5), Range::ZERO, Range::exactly(21))
        );
        let (left, cut) = cut_exactly(&[-8, 2, -3], &[0, 0, 0], &limits);
        assert_eq!((left.as_slice(), cut.total), ([-4, 2, -3].as_slice(), Range::exactly(-5)));
        // Whoever has no key has no limit.
        assert_eq!(cut_exactly(&[100], &[7], &limits).0, [100]);
    }

    proptest! {
        #[test]
        fn sums_keep_their_limits_and_bounds_hold(
            given in prop::collection::vec((-20_i128..=20, 0_i128..=5, 0_usize..4, 0_i128..=100), 0..12),
            bounds in prop::collection::vec((-15_i128..=0, 0_i128..=15), 3),
        ) {
            let limits: Vec<Limits> = bounds.iter().map(|(min, max)| Limits { min: *min, max: *max }).collect();
            let keys: Vec<usize> = given.iter().map(|(.., key, _)| *key).collect();
            // Bounds of one sign around each value, as a rule's points have one sign.
            let mut ranges: Vec<Range> = (given.iter())
                .map(|(value, spread, ..)| if *value < 0 { Range { low: value - spread, high: *value } } else { Range { low: *value, high: value + spread } })
                .collect();
            let values: Vec<i128> =
                ranges.iter().zip(&given).map(|(range, (.., at))| range.low + (range.high - range.low) * at / 100).collect();
            let whole = cut(&mut ranges, &keys, &limits);
            let (left, exact) = cut_exactly(&values, &keys, &limits);

            for (key, limits) in limits.iter().enumerate() {
                let of = |values: &[i128]| -> i128 { values.iter().zip(&keys).filter(|(_, of)| **of == key).map(|(value, _)| value).sum() };
                let (before, after) = (of(&values), of(&left));
                prop_assert_eq!(after, before.clamp(limits.min, limits.max));
                prop_assert_eq!(exact.changes[key], Range::exactly(after - before));
                prop_assert!(whole.changes[key].low <= after - before && after - before <= whole.changes[key].high);
            }
            prop_assert_eq!(exact.total, Range::exactly(left.iter().sum()));
            prop_assert!(whole.total.low <= exact.total.low && exact.total.high <= whole.total.high);
            for ((left, range), value) in left.iter().zip(&ranges).zip(&values) {
                prop_assert!(range.low <= *left && *left <= range.high);
                prop_assert!(left.signum() * value.signum() >= 0 && left.abs() <= value.abs());
            }
        }
    }
}
