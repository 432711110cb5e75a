//! From the inputs of one customer to the scores. Nothing here takes memory from the heap, unless the
//! numbers do.
use guanxi_core::{Score, Share};

use crate::assessment::{InputState, Standing};
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

impl Part {
    /// The sum of the weights that counted.
    pub(crate) const fn counted(self) -> u64 {
        if let Self::Scored { counted, .. } = self { counted } else { 0 }
    }
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

/// What an input counts for its dimension; nothing if it is left out.
pub(crate) struct Counted<N> {
    pub(crate) value: Option<Fraction<N>>,
    pub(crate) state: InputState,
}

/// What the inputs of all indicators count, in the order of the policy.
pub(crate) type Counts<N> = [Counted<N>; MAX_INDICATORS];

/// Counts to be written to.
pub(crate) fn blank<N>() -> Counts<N> {
    core::array::from_fn(|_| Counted { value: None, state: InputState::Missing })
}

impl<N: Nat> Counted<N> {
    #[inline]
    fn of(line: Line<N>, rule: MissingRule) -> Self {
        let (state, value) = match line {
            Line::Value { value, stale: false, .. } => (InputState::Known, Some(value)),
            Line::Value { value, stale: true, .. } => (InputState::Stale, Some(value)),
            Line::NotApplicable => (InputState::NotApplicable, None),
            Line::Missing => (
                InputState::Missing,
                match rule {
                    MissingRule::Lowest => Some(Fraction::zero()),
                    MissingRule::Neutral => Some(Fraction::of(1, 2)),
                    MissingRule::Renormalise | MissingRule::Refuse => None,
                },
            ),
        };
        Self { value, state }
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

    /// Adds a value to the parts of a weight; `None` where the width does not suffice.
    fn add(&mut self, value: &Fraction<N>, part: u64) -> Option<()> {
        add(&mut self.score, value.times(part)?)
    }

    /// Notes what is known by a line of a weight above 0, and what is to be said of it.
    #[inline]
    fn note(&mut self, line: &Line<N>, rule: MissingRule, part: u64) -> Note {
        self.any = true;
        match *line {
            Line::Value { bound, stale, .. } => {
                (self.applicable, self.known) = (true, true);
                self.counted += part;
                self.fresh += if stale { 0 } else { part };
                if bound.is_none() && !stale { Note::Nothing } else { Note::Counts { bound } }
            }
            Line::Missing => {
                self.applicable = true;
                self.refused |= rule == MissingRule::Refuse;
                self.counted +=
                    if matches!(rule, MissingRule::Lowest | MissingRule::Neutral) { part } else { 0 };
                Note::NoValue
            }
            Line::NotApplicable => Note::NoValue,
        }
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

/// Evaluates the inputs, one for each indicator, and notes what each counts; `None` where the width
/// does not suffice.
pub(crate) fn evaluate<N: Nat>(
    shape: &Shape,
    plan: &Plan<N>,
    inputs: &[Input],
    counts: &mut Counts<N>,
) -> Option<Evaluation> {
    let mut sums = ByDimension::from_fn(|_| Sums::new());
    let mut notes = [Note::Nothing; MAX_INDICATORS];
    let rows = shape.indicators.iter().zip(&plan.rules).zip(inputs).zip(counts).zip(&mut notes);
    for ((((indicator, constants), input), counted), note) in rows {
        let line = constants.line(input)?;
        let (rule, part) = (indicator.missing, indicator.part);
        let sums = sums.get_mut(indicator.dimension);
        if part > 0 {
            *note = sums.note(&line, rule, part);
        }
        *counted = Counted::of(line, rule);
        if part > 0
            && let Some(value) = &counted.value
        {
            sums.add(value, part)?;
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
        *note = sums.get_mut(indicator.dimension).note(&line, indicator.missing, indicator.part);
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
