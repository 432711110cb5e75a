//! What each indicator contributes, in points that add up to the score shown.
use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::cmp::Ordering;

use guanxi_core::{DecimalText, Score};

use crate::assessment::{Contribution, Explained, Ratio};
use crate::dimension::Dimension;
use crate::evaluate::{Counted, Evaluation};
use crate::input::Input;
use crate::number::{Fraction, Nat};
use crate::policy::{MAX_INDICATORS, ScoringPolicy};
use crate::shape::{Shape, Weighed, Weight};

/// The contributions, in the order of the policy; `None` where the width does not suffice.
pub(crate) fn contributions<'s, N: Nat>(
    policy: &'s ScoringPolicy,
    shape: &Shape,
    inputs: &[Input],
    counts: &[Counted<N>],
    evaluation: &Evaluation,
) -> Option<Vec<Explained<'s>>> {
    let weights = weights(shape, evaluation);
    let mut points = Points::<N>::new();
    for ((weight, counted), earned) in weights.iter().zip(counts).zip(&mut points.0) {
        if let (Some(weight), Some(value)) = (weight, &counted.value) {
            *earned = Earned::of(value, &weight.hundredths)?;
        }
    }
    let shown = evaluation.composite.or(evaluation.rank);
    if let Some(shown) = shown {
        points.round_to(shown, weights.len());
    }
    let rows = policy.indicators().iter().zip(&shape.indicators).zip(&*weights).zip(inputs).zip(counts);
    let contributions =
        rows.zip(&points.0).map(|(((((indicator, weighed), weight), input), counted), earned)| {
            let value = counted.value.as_ref();
            Contribution {
                indicator: &indicator.id,
                dimension: weighed.dimension,
                fact: &indicator.fact,
                state: counted.state,
                input: if let Input::Known { x, .. } = input { Some(DecimalText(*x)) } else { None },
                normalised: value.map(Ratio::new),
                weight: shown.map(|_| match (weight, value) {
                    (Some(weight), Some(_)) => weight.ratio.clone(),
                    _ => Ratio::NONE,
                }),
                points: shown.and_then(|_| Score::from_hundredths(earned.floor).ok()),
                shown_only: weighed.part == 0,
            }
        });
    Some(contributions.collect())
}

/// The weights of the indicators that can earn something of the composite, or for a prospect of the rank.
fn weights<'s>(shape: &'s Shape, evaluation: &Evaluation) -> Cow<'s, [Option<Weight>]> {
    let counted = |dimension| evaluation.parts.get(dimension).counted();
    let usual = |dimension| counted(dimension) == shape.dimensions.get(dimension).declared;
    let all = match (evaluation.composite, evaluation.rank) {
        (Some(_), _) if Dimension::ALL.into_iter().all(usual) => return Cow::Borrowed(&shape.usual),
        (Some(_), _) => shape.all,
        (None, Some(_)) => shape.all - shape.dimensions.value.weight,
        (None, None) => 0,
    };
    let weight = |Weighed { dimension, part, .. }: &Weighed| {
        let (counted, weight) = (counted(*dimension), shape.dimensions.get(*dimension).weight);
        (all > 0 && *part > 0 && counted > 0).then(|| Weight::new(*part, counted, weight, all))
    };
    shape.indicators.iter().map(weight).collect()
}

/// What an indicator earns, in hundredths of a point: whole ones, and the rest of one, below 1.
struct Earned<N> {
    floor: u16,
    rest: Fraction<N>,
}

impl<N: Nat> Earned<N> {
    /// The value times the hundredths that it earns at most, exactly.
    #[inline]
    fn of(value: &Fraction<N>, most: &Fraction<u128>) -> Option<Self> {
        let exact = value.scaled(&N::from_u128(most.num)?, &N::from_u128(most.den)?)?;
        let (floor, rest) = exact.num.div_rem(&exact.den);
        let floor = u16::try_from(floor.to_u64()?).ok()?;
        Some(Self { floor, rest: Fraction { num: rest, den: exact.den } })
    }

    /// Whether the rest exceeds another's.
    #[inline]
    fn exceeds(&self, other: &Self) -> bool {
        let order = || {
            let widened = self.rest.widened().compare(&other.rest.widened());
            widened.or_else(|| self.rest.to_big().compare(&other.rest.to_big()))
        };
        !self.rest.num.is_zero() && order() == Some(Ordering::Greater)
    }
}

/// What all indicators earn.
struct Points<N>([Earned<N>; MAX_INDICATORS]);

impl<N: Nat> Points<N> {
    fn new() -> Self {
        Self(core::array::from_fn(|_| Earned { floor: 0, rest: Fraction::zero() }))
    }

    /// Gives what the whole hundredths lack of a score to the largest rests of so many indicators, one each;
    /// of equal rests the earlier comes first. It is [`guanxi_core::largest_remainder`] for a few.
    fn round_to(&mut self, shown: Score, count: usize) {
        let listed = self.0.get_mut(..count).unwrap_or_default();
        let floors = listed.iter().fold(0_u16, |sum, earned| sum.saturating_add(earned.floor));
        for _ in floors..shown.hundredths() {
            let largest = listed.iter_mut().reduce(|best, next| if next.exceeds(best) { next } else { best });
            let Some(largest) = largest.filter(|largest| !largest.rest.num.is_zero()) else { return };
            largest.floor += 1;
            largest.rest = Fraction::zero();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::largest_remainder;
    use num_bigint::BigUint;
    use proptest::prelude::*;

    fn rounded<N: Nat>(shown: u16, rests: &[(u16, u32, u32)]) -> Vec<u64> {
        let mut points = Points::<N>::new();
        for (earned, (floor, num, den)) in points.0.iter_mut().zip(rests) {
            let rest = Fraction::of(u64::from(*num), u64::from(*den));
            *earned = Earned { floor: *floor, rest };
        }
        points.round_to(Score::from_hundredths(shown).unwrap(), rests.len());
        points.0.iter().take(rests.len()).map(|earned| earned.floor.into()).collect()
    }

    proptest! {
        #[test]
        fn points_are_rounded_by_the_largest_remainder(
            rests in proptest::collection::vec((0..600_u16, 0..6_u32, 6..9_u32), 1..=MAX_INDICATORS), up in any::<bool>(),
        ) {
            // The parts make up the score but for its rounding, as those of an evaluation do.
            let exact = rests.iter().map(|(floor, num, den)| (u64::from(*floor), u64::from(*num) * 504 / u64::from(*den)));
            let rest: u64 = exact.clone().map(|(_, rest)| rest).sum();
            let floors: u64 = exact.clone().map(|(floor, _)| floor).sum();
            let shown = floors + if up { rest.div_ceil(504) } else { rest / 504 };
            let expected = largest_remainder(shown, exact.collect());
            let shown = u16::try_from(shown).unwrap();
            prop_assert_eq!(&rounded::<u64>(shown, &rests), &expected);
            prop_assert_eq!(&rounded::<u128>(shown, &rests), &expected);
            prop_assert_eq!(&rounded::<BigUint>(shown, &rests), &expected);
        }
    }
}
