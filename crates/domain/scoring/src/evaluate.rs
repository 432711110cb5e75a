//! From the inputs of one customer to the scores. Nothing here takes memory from the heap, unless the
//! numbers do.
use guanxi_core::{Score, Share};

use crate::assessment::Standing;
use crate::dimension::{ByDimension, Dimension};
use crate::input::Input;
use crate::number::{Fraction, Nat};
use crate::plan::{Line, Plan};
use crate::policy::MAX_INDICATORS;
use crate::reason::Bound;
use crate::shape::Shape;
use crate::spec::MissingRule;

/// What is known of a dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Its score, and the sum of the weights that counted.
    Scored {
        score: Option<Score>,
        counted: u64,
    },
    NotApplicable,
    Unknown,
    Refused,
    /// No indicator of weight above 0.
    Absent,
}

/// The scores of one customer, each rounded once from its exact value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Evaluation {
    pub(crate) parts: ByDimension<Part>,
    pub(crate) composite: Option<Score>,
    /// The composite of the other dimensions, where value does not apply.
    pub(crate) rank: Option<Score>,
    pub(crate) completeness: Share,
    pub(crate) standing: Standing,
    /// What is to be said of the indicators that weigh, in the order of the policy.
    pub(crate) notes: [Note; MAX_INDICATORS],
}

/// What is to be said of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// Nothing: it is in order, or weighs nothing.
    Nothing,
    /// It counts, though it is out of bounds or stale.
    Counts { bound: Option<Bound> },
    /// There is no value.
    NoValue,
}

impl Note {
    const fn of<N>(line: &Line<N>) -> Self {
        match line {
            Line::Value { bound: None, stale: false, .. } => Self::Nothing,
            Line::Value { bound, .. } => Self::Counts { bound: *bound },
            Line::Missing | Line::NotApplicable => Self::NoValue,
        }
    }
}

impl Evaluation {
    /// Nothing known of anybody.
    pub(crate) const fn nothing() -> Self {
        Self {
            parts: ByDimension { value: Part::Absent, potential: Part::Absent, need: Part::Absent },
            composite: None,
            rank: None,
            completeness: Share::NONE,
            standing: Standing::Incomplete,
            notes: [Note::Nothing; MAX_INDICATORS],
        }
    }

    /// The score of a dimension, if it has one.
    pub(crate) const fn score(&self, dimension: Dimension) -> Option<Score> {
        match self.parts.get(dimension) {
            Part::Scored { score, .. } => *score,
            _ => None,
        }
    }
}

/// What the inputs of all indicators come to, in the order of the policy.
pub(crate) type Lines<N> = [Line<N>; MAX_INDICATORS];

/// Lines to be written to.
pub(crate) fn blank<N>() -> Lines<N> {
    core::array::from_fn(|_| Line::Missing)
}

/// What a line counts for its dimension; `None` if it is left out.
#[inline]
pub(crate) fn counted<N: Nat>(line: &Line<N>, rule: MissingRule) -> Option<Fraction<N>> {
    match (line, rule) {
        (Line::Value { value, .. }, _) => Some(value.clone()),
        (Line::Missing, MissingRule::Lowest) => Some(Fraction::zero()),
        (Line::Missing, MissingRule::Neutral) => Some(Fraction::of(1, 2)),
        (Line::Missing, MissingRule::Renormalise | MissingRule::Refuse) | (Line::NotApplicable, _) => None,
    }
}

/// The sums of one dimension.
struct Sums<N> {
    score: Option<Fraction<N>>,
    counted: u64,
    fresh: u64,
    any: bool,
    known: bool,
    applicable: bool,
    refused: bool,
}

impl<N: Nat> Sums<N> {
    const fn new() -> Self {
        Self {
            score: None,
            counted: 0,
            fresh: 0,
            any: false,
            known: false,
            applicable: false,
            refused: false,
        }
    }

    /// Adds what a line of a weight above 0 comes to; `None` where the width does not suffice.
    fn add(&mut self, line: &Line<N>, rule: MissingRule, part: u64) -> Option<()> {
        self.note(line, rule, part);
        if let Some(value) = counted(line, rule) {
            add(&mut self.score, value.times(part)?)?;
        }
        Some(())
    }

    /// Notes what is known by a line of a weight above 0.
    fn note(&mut self, line: &Line<N>, rule: MissingRule, part: u64) {
        self.any = true;
        self.applicable |= !matches!(line, Line::NotApplicable);
        match line {
            Line::Value { stale, .. } => {
                self.known = true;
                self.fresh += if *stale { 0 } else { part };
            }
            Line::Missing => self.refused |= rule == MissingRule::Refuse,
            Line::NotApplicable => {}
        }
        let counts = match line {
            Line::Value { .. } => true,
            Line::Missing => matches!(rule, MissingRule::Lowest | MissingRule::Neutral),
            Line::NotApplicable => false,
        };
        self.counted += if counts { part } else { 0 };
    }

    /// What is known of the dimension, if that is too little for a score.
    const fn without(&self) -> Option<Part> {
        match (self.any, self.applicable, self.known, self.refused) {
            (false, ..) => Some(Part::Absent),
            (_, false, ..) => Some(Part::NotApplicable),
            (_, _, false, _) => Some(Part::Unknown),
            (.., true) => Some(Part::Refused),
            _ => None,
        }
    }

    /// The exact score, and what is known of the dimension; `None` where the width does not suffice.
    fn part(&self) -> Option<(Option<Fraction<N>>, Part)> {
        if let Some(without) = self.without() {
            return Some((None, without));
        }
        let exact = self.score.as_ref()?.over(self.counted)?;
        let score = score(&exact);
        Some((Some(exact), Part::Scored { score, counted: self.counted }))
    }
}

/// Adds to a sum that has perhaps not begun.
fn add<N: Nat>(sum: &mut Option<Fraction<N>>, more: Fraction<N>) -> Option<()> {
    *sum = Some(match sum {
        Some(sum) => sum.plus(&more)?,
        None => more,
    });
    Some(())
}

/// Evaluates the inputs, one for each indicator, and notes what each comes to; `None` where the width
/// does not suffice.
pub(crate) fn evaluate<N: Nat>(
    shape: &Shape,
    plan: &Plan<N>,
    inputs: &[Input],
    lines: &mut Lines<N>,
) -> Option<Evaluation> {
    let mut sums = ByDimension::from_fn(|_| Sums::new());
    let mut notes = [Note::Nothing; MAX_INDICATORS];
    let rows = shape.indicators.iter().zip(&plan.rules).zip(inputs).zip(lines).zip(&mut notes);
    for ((((indicator, constants), input), line), note) in rows {
        *line = constants.line(input)?;
        if indicator.part > 0 {
            *note = Note::of(line);
            sums.get_mut(indicator.dimension).add(line, indicator.missing, indicator.part)?;
        }
    }
    let (value, potential, need) = (sums.value.part()?, sums.potential.part()?, sums.need.part()?);
    let parts = ByDimension { value: value.1, potential: potential.1, need: need.1 };
    let exact = ByDimension { value: value.0, potential: potential.0, need: need.0 };

    let prospect = shape.dimensions.value.weight > 0 && parts.value == Part::NotApplicable;
    let composite = weigh(shape, &exact, &Dimension::ALL)?;
    let rank = if prospect { weigh(shape, &exact, &Dimension::OTHERS)? } else { None };
    let completeness = completeness(shape, &sums)?;
    Some(Evaluation { parts, composite, rank, completeness, standing: standing(composite, prospect), notes })
}

/// The scores of one customer, from a batch.
#[derive(Clone, Copy)]
pub(crate) struct Scored {
    pub(crate) dimensions: ByDimension<Option<Score>>,
    pub(crate) composite: Option<Score>,
    pub(crate) rank: Option<Score>,
}

/// What [`evaluate`] gives, where the scores are already known.
pub(crate) fn evaluate_scored<N: Nat>(
    shape: &Shape,
    plan: &Plan<N>,
    inputs: &[Input],
    scored: Scored,
) -> Option<Evaluation> {
    let mut sums = ByDimension::from_fn(|_| Sums::new());
    let mut notes = [Note::Nothing; MAX_INDICATORS];
    let rows = shape.indicators.iter().zip(&plan.rules).zip(inputs).zip(&mut notes);
    for (((indicator, constants), input), note) in rows.filter(|(((indicator, _), _), _)| indicator.part > 0)
    {
        let line = constants.line(input)?;
        *note = Note::of(&line);
        sums.get_mut(indicator.dimension).note(&line, indicator.missing, indicator.part);
    }
    let parts = ByDimension::from_fn(|dimension| {
        let (sums, score) = (sums.get(dimension), *scored.dimensions.get(dimension));
        sums.without().unwrap_or(Part::Scored { score, counted: sums.counted })
    });
    let prospect = shape.dimensions.value.weight > 0 && parts.value == Part::NotApplicable;
    let Scored { composite, rank, .. } = scored;
    let completeness = completeness(shape, &sums)?;
    Some(Evaluation { parts, composite, rank, completeness, standing: standing(composite, prospect), notes })
}

const fn standing(composite: Option<Score>, prospect: bool) -> Standing {
    match (composite, prospect) {
        (Some(_), _) => Standing::Tiered,
        (None, true) => Standing::Prospect,
        (None, false) => Standing::Incomplete,
    }
}

/// The weighted mean of the dimensions asked for; the inner `None` if one of them has no score or none weighs.
#[allow(clippy::option_option, reason = "the outer option is the width, the inner one the domain's")]
fn weigh<N: Nat>(
    shape: &Shape,
    exact: &ByDimension<Option<Fraction<N>>>,
    asked: &[Dimension],
) -> Option<Option<Score>> {
    let (mut sum, mut whole) = (None, 0_u64);
    for dimension in asked {
        let weight = shape.dimensions.get(*dimension).weight;
        if weight == 0 {
            continue;
        }
        let Some(score) = exact.get(*dimension) else { return Some(None) };
        whole += weight;
        add(&mut sum, score.widened().times(weight)?)?;
    }
    let Some(sum) = sum else { return Some(None) };
    Some(score(&sum.over(whole)?))
}

/// The declared composite weights of the indicators that are known and not stale, rounded to four places.
fn completeness<N: Nat>(shape: &Shape, sums: &ByDimension<Sums<N>>) -> Option<Share> {
    // Nobody lacks anything, mostly.
    if Dimension::ALL.into_iter().all(|d| sums.get(d).fresh == shape.dimensions.get(d).declared) {
        return Some(shape.complete);
    }
    let mut sum = None;
    for dimension in Dimension::ALL {
        let whole = shape.dimensions.get(dimension);
        let known = Fraction::<N>::of(sums.get(dimension).fresh, whole.declared);
        add(&mut sum, known.times(whole.weight)?)?;
    }
    Some(share(&sum.unwrap_or_else(Fraction::zero).over(shape.all)?))
}

/// An exact share of 1 as a score, rounded half-up once.
pub(crate) fn score<N: Nat>(exact: &Fraction<N>) -> Option<Score> {
    let hundredths = match exact.widened().rounded(10_000) {
        Some(hundredths) => hundredths.to_u64(),
        None => exact.to_big().rounded(10_000)?.to_u64(),
    };
    Score::from_hundredths(u16::try_from(hundredths?).ok()?).ok()
}

/// An exact share of 1, rounded half-up once to four places.
pub(crate) fn share<N: Nat>(exact: &Fraction<N>) -> Share {
    score(exact).and_then(|steps| Share::of(steps.hundredths().into(), 10_000)).unwrap_or(Share::NONE)
}
