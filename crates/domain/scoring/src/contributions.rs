//! What each indicator contributes, in points that add up to the score shown.
use alloc::vec::Vec;
use core::cmp::Ordering;

use guanxi_core::{DecimalText, Score};

use crate::assessment::{Contribution, InputState, Ratio};
use crate::dimension::Dimension;
use crate::evaluate::{Evaluation, Part, counted};
use crate::input::Input;
use crate::number::{Fraction, Nat};
use crate::plan::Line;
use crate::policy::{MAX_INDICATORS, ScoringPolicy};
use crate::shape::{Shape, Weight};

/// The contributions, in the order of the policy; `None` where the width does not suffice.
pub(crate) fn contributions<N: Nat>(
    policy: &ScoringPolicy,
    shape: &Shape,
    inputs: &[Input],
    lines: &[Line<N>],
    evaluation: &Evaluation,
) -> Option<Vec<Contribution>> {
    let (half, zero) = (Fraction::of(1, 2), Fraction::zero());
    // The composite, or for a prospect the rank, and the dimensions that it is made of.
    let prospect = evaluation.composite.is_none();
    let whole = evaluation.composite.or(evaluation.rank);
    let all = shape.all - if prospect { shape.dimensions.value.weight } else { 0 };

    let mut points = Points::<N>::new();
    for ((weighed, line), earned) in shape.indicators.iter().zip(lines).zip(&mut points.0) {
        let Part::Scored { counted: parts, .. } = *evaluation.parts.get(weighed.dimension) else { continue };
        if weighed.part == 0 || whole.is_none() || prospect && weighed.dimension == Dimension::Value {
            continue;
        }
        let Some(value) = counted(line, weighed.missing, &half, &zero) else { continue };
        let dimension = shape.dimensions.get(weighed.dimension);
        *earned = if !prospect && parts == dimension.declared {
            Earned::of(value, &weighed.usual.hundredths, Weighs::Usual)?
        } else {
            let weight = Weight::new(weighed.part, parts, dimension.weight, all);
            Earned::of(value, &weight.hundredths, Weighs::More(weight.ratio))?
        };
    }
    if let Some(shown) = whole {
        points.round_to(shown);
    }
    let rows = policy.indicators().iter().zip(&shape.indicators).zip(inputs).zip(lines).zip(&points.0);
    let contributions = rows.map(|((((indicator, weighed), input), line), earned)| {
        let (state, known) = match (input, line) {
            (Input::NotApplicable { .. }, _) => (InputState::NotApplicable, None),
            (Input::Known { x, .. }, Line::Value { stale: true, .. }) => (InputState::Stale, Some(*x)),
            (Input::Known { x, .. }, Line::Value { .. }) => (InputState::Known, Some(*x)),
            (Input::Known { x, .. }, _) => (InputState::Missing, Some(*x)),
            (Input::Missing { .. } | Input::Unasked, _) => (InputState::Missing, None),
        };
        Contribution {
            indicator: indicator.id.clone(),
            dimension: weighed.dimension,
            fact: indicator.fact.clone(),
            state,
            input: known.map(|x| DecimalText(x.normalize())),
            normalised: counted(line, weighed.missing, &half, &zero).map(Ratio::new),
            weight: whole.map(|_| match &earned.weight {
                Weighs::Nothing => Ratio::NONE,
                Weighs::Usual => weighed.usual.ratio.clone(),
                Weighs::More(ratio) => ratio.clone(),
            }),
            points: whole.and_then(|_| Score::from_hundredths(earned.floor).ok()),
            shown_only: weighed.part == 0,
        }
    });
    Some(contributions.collect())
}

/// What an indicator weighs.
enum Weighs {
    Nothing,
    Usual,
    /// In a dimension of which not all counts, or among fewer dimensions.
    More(Ratio),
}

/// What an indicator earns, in hundredths of a point: whole ones, and the rest of one, below 1.
struct Earned<N> {
    weight: Weighs,
    floor: u16,
    rest: Option<Fraction<N>>,
}

impl<N: Nat> Earned<N> {
    /// The value times the hundredths that it earns at most, exactly.
    #[inline]
    fn of(value: &Fraction<N>, most: &Fraction<u128>, weight: Weighs) -> Option<Self> {
        let exact = value.scaled(&N::from_u128(most.num), &N::from_u128(most.den))?;
        let (floor, rest) = exact.num.div_rem(&exact.den);
        let rest = if rest.is_zero() { None } else { Some(Fraction { num: rest, den: exact.den }) };
        Some(Self { weight, floor: u16::try_from(floor.to_u64()?).ok()?, rest })
    }

    /// Whether the rest exceeds another's.
    fn exceeds(&self, other: &Self) -> bool {
        let (Some(rest), Some(other)) = (&self.rest, &other.rest) else { return self.rest.is_some() };
        let wide = || rest.to_big().compare(&other.to_big());
        rest.compare(other).or_else(wide) == Some(Ordering::Greater)
    }
}

/// What all indicators earn.
struct Points<N>([Earned<N>; MAX_INDICATORS]);

impl<N: Nat> Points<N> {
    fn new() -> Self {
        Self(core::array::from_fn(|_| Earned { weight: Weighs::Nothing, floor: 0, rest: None }))
    }

    /// Gives what the whole hundredths lack of a score to the largest rests, one each; of equal rests
    /// the earlier comes first. It is [`guanxi_core::largest_remainder`] for the few that have a rest.
    fn round_to(&mut self, shown: Score) {
        let floors = self.0.iter().fold(0_u16, |sum, earned| sum.saturating_add(earned.floor));
        for _ in floors..shown.hundredths() {
            let largest = self.0.iter_mut().reduce(|best, next| if next.exceeds(best) { next } else { best });
            let Some(largest) = largest.filter(|largest| largest.rest.is_some()) else { return };
            largest.floor += 1;
            largest.rest = None;
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
            let rest = Fraction::of(u128::from(*num), u128::from(*den));
            *earned = Earned { weight: Weighs::Nothing, floor: *floor, rest: (*num > 0).then_some(rest) };
        }
        points.round_to(Score::from_hundredths(shown).unwrap());
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
            prop_assert_eq!(&rounded::<u128>(shown, &rests), &expected);
            prop_assert_eq!(&rounded::<BigUint>(shown, &rests), &expected);
        }
    }
}
