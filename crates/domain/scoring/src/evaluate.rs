//! From the inputs of one customer to the exact scores.
use alloc::vec::Vec;

use crate::dimension::{ByDimension, Dimension};
use crate::input::Input;
use crate::number::{Fraction, Nat};
use crate::plan::{Line, Plan};
use crate::policy::ScoringPolicy;
use crate::spec::{IndicatorSpec, MissingRule};

/// What is known of a dimension.
pub(crate) enum Part<N> {
    /// Its exact score as a share of 1, and the sum of the weights that counted.
    Scored {
        score: Fraction<N>,
        counted: u64,
    },
    NotApplicable,
    Unknown,
    Refused,
    /// No indicator of weight above 0.
    Absent,
}

/// The exact scores of one customer, as shares of 1.
pub(crate) struct Evaluation<N> {
    pub(crate) lines: Vec<Line<N>>,
    pub(crate) parts: ByDimension<Part<N>>,
    pub(crate) composite: Option<Fraction<N>>,
    /// The composite of the other dimensions, where value does not apply.
    pub(crate) rank: Option<Fraction<N>>,
    pub(crate) completeness: Fraction<N>,
    /// Whether value weighs and does not apply.
    pub(crate) prospect: bool,
}

impl<N: Nat> Evaluation<N> {
    /// Nothing known of anybody.
    pub(crate) fn nothing() -> Self {
        let parts = ByDimension { value: Part::Absent, potential: Part::Absent, need: Part::Absent };
        Self {
            lines: Vec::new(),
            parts,
            composite: None,
            rank: None,
            completeness: Fraction::zero(),
            prospect: false,
        }
    }
}

/// What a line counts for its dimension; `None` if it is left out.
pub(crate) fn counted<'a, N: Nat>(
    line: &'a Line<N>,
    rule: MissingRule,
    half: &'a Fraction<N>,
    zero: &'a Fraction<N>,
) -> Option<&'a Fraction<N>> {
    match (line, rule) {
        (Line::Value { value, .. }, _) => Some(value),
        (Line::Missing, MissingRule::Lowest) => Some(zero),
        (Line::Missing, MissingRule::Neutral) => Some(half),
        (Line::Missing, MissingRule::Renormalise | MissingRule::Refuse) | (Line::NotApplicable, _) => None,
    }
}

/// Evaluates the inputs, one for each indicator; `None` where the width does not suffice.
pub(crate) fn evaluate<N: Nat>(
    policy: &ScoringPolicy,
    plan: &Plan<N>,
    inputs: &[Input],
) -> Option<Evaluation<N>> {
    let mut lines = Vec::with_capacity(inputs.len());
    for (position, input) in inputs.iter().enumerate() {
        lines.push(plan.line(position, input)?);
    }
    let part = |dimension| dimension_part(policy, dimension, &lines);
    let parts = ByDimension {
        value: part(Dimension::Value)?,
        potential: part(Dimension::Potential)?,
        need: part(Dimension::Need)?,
    };
    let composite = weigh(policy, &parts, |_| true)?;
    let prospect =
        policy.dimension_part(Dimension::Value).0 > 0 && matches!(parts.value, Part::NotApplicable);
    let rank =
        if prospect { weigh(policy, &parts, |dimension| dimension != Dimension::Value)? } else { None };
    let completeness = completeness(policy, &lines)?;
    Some(Evaluation { lines, parts, composite, rank, completeness, prospect })
}

fn weighing<'a, N>(
    policy: &'a ScoringPolicy,
    lines: &'a [Line<N>],
    dimension: Dimension,
) -> impl Iterator<Item = (&'a IndicatorSpec, u64, &'a Line<N>)> {
    policy
        .weighed()
        .zip(lines)
        .filter(move |((indicator, part, _), _)| *part > 0 && indicator.dimension == dimension)
        .map(|((indicator, part, _), line)| (indicator, part, line))
}

#[allow(clippy::option_option, reason = "the outer option is the width, the inner one the domain's")]
fn dimension_part<N: Nat>(
    policy: &ScoringPolicy,
    dimension: Dimension,
    lines: &[Line<N>],
) -> Option<Part<N>> {
    let (mut any, mut known, mut applicable, mut refused) = (false, false, false, false);
    let (mut score, mut weight) = (Fraction::<N>::zero(), 0_u64);
    let (half, zero) = (Fraction::of(1, 2), Fraction::zero());
    for (indicator, part, line) in weighing(policy, lines, dimension) {
        any = true;
        known |= matches!(line, Line::Value { .. });
        applicable |= !matches!(line, Line::NotApplicable);
        refused |= matches!(line, Line::Missing) && indicator.missing == MissingRule::Refuse;
        if let Some(value) = counted(line, indicator.missing, &half, &zero) {
            weight += part;
            score = score.plus(&value.scaled(&N::from_u128(part.into()), &N::from_u128(1))?)?;
        }
    }
    Some(match (any, applicable, known, refused) {
        (false, ..) => Part::Absent,
        (_, false, ..) => Part::NotApplicable,
        (_, _, false, _) => Part::Unknown,
        (.., true) => Part::Refused,
        _ => Part::Scored {
            score: score.scaled(&N::from_u128(1), &N::from_u128(weight.into()))?,
            counted: weight,
        },
    })
}

/// The weighted mean of the dimensions asked for; the inner `None` if one of them has no score or none weighs.
#[allow(clippy::option_option, reason = "the outer option is the width, the inner one the domain's")]
fn weigh<N: Nat>(
    policy: &ScoringPolicy,
    parts: &ByDimension<Part<N>>,
    asked: impl Fn(Dimension) -> bool,
) -> Option<Option<Fraction<N>>> {
    let (mut sum, mut whole) = (Fraction::<N>::zero(), 0_u64);
    for dimension in Dimension::ALL.into_iter().filter(|dimension| asked(*dimension)) {
        let weight = policy.dimension_part(dimension).0;
        if weight == 0 {
            continue;
        }
        let Part::Scored { score, .. } = parts.get(dimension) else { return Some(None) };
        whole += weight;
        sum = sum.plus(&score.scaled(&N::from_u128(weight.into()), &N::from_u128(1))?)?;
    }
    if whole == 0 {
        return Some(None);
    }
    Some(Some(sum.scaled(&N::from_u128(1), &N::from_u128(whole.into()))?))
}

/// The declared composite weights of the indicators that are known and not stale.
fn completeness<N: Nat>(policy: &ScoringPolicy, lines: &[Line<N>]) -> Option<Fraction<N>> {
    let mut sum = Fraction::zero();
    for dimension in Dimension::ALL {
        let (weight, all) = policy.dimension_part(dimension);
        let (mut fresh, mut declared) = (0_u64, 0_u64);
        for (_, part, line) in weighing(policy, lines, dimension) {
            declared += part;
            fresh += if matches!(line, Line::Value { stale: false, .. }) { part } else { 0 };
        }
        // A dimension known whole needs no fraction of its own.
        let share = if fresh == declared && fresh > 0 {
            Fraction::of(weight.into(), all.into())
        } else {
            let num = u128::from(weight) * u128::from(fresh);
            Fraction::of(num, u128::from(all))
                .scaled(&N::from_u128(1), &N::from_u128(u128::from(declared.max(1))))?
        };
        sum = sum.plus(&share)?;
    }
    Some(sum)
}
