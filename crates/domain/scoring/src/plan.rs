//! A policy and a reference compiled to numbers, in one of three widths.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use guanxi_core::Share;
use num_bigint::BigUint;
use rust_decimal::Decimal;

use crate::input::Input;
use crate::log_table::LOG2;
use crate::number::{Fraction, Nat, digits, distance, power_of_ten, quotient};
use crate::policy::ScoringPolicy;
use crate::reason::Bound;
use crate::reference::{Reference, Statistics};
use crate::spec::{Direction, IndicatorSpec, Normaliser};

/// How an indicator is normalised.
enum Rule<N> {
    /// x over a divisor above 0.
    Over(Decimal),
    /// x over a total above 0, kept in steps of 10^-28.
    OverTotal(N),
    /// The divisor is unknown, 0 or less.
    NoDivisor,
    Linear {
        from: Decimal,
        to: Decimal,
        span: Fraction<N>,
    },
    Level {
        of: u8,
    },
    ShareOf,
    Steps(Vec<(Decimal, Fraction<N>)>),
    Percentile {
        count: u128,
        ranks: Vec<Rank>,
    },
    Logarithmic {
        unit: Decimal,
        full: Decimal,
        full_log: Fraction<N>,
    },
}

/// How many values of the reference lie below a value, and how many equal it.
struct Rank {
    value: Decimal,
    below: u128,
    equal: u128,
}

/// The constants of all indicators, in the order of the policy.
pub(crate) struct Plan<N> {
    pub(crate) rules: Vec<Constants<N>>,
}

/// The constants of one indicator, and which way is up.
pub(crate) struct Constants<N> {
    rule: Rule<N>,
    direction: Direction,
}

impl<N: Nat> Plan<N> {
    /// Compiles the constants; `None` where the width does not suffice.
    pub(crate) fn compile(policy: &ScoringPolicy, reference: &Reference) -> Option<Self> {
        let rule = |indicator: &IndicatorSpec| {
            let rule = compile(policy, indicator, reference.statistics(&indicator.fact))?;
            Some(Constants { rule, direction: indicator.direction })
        };
        let rules: Option<Vec<_>> = policy.indicators().iter().map(rule).collect();
        Some(Self { rules: rules? })
    }

    /// What the input of the indicator at a position comes to; `None` where the width does not suffice.
    pub(crate) fn line(&self, position: usize, input: &Input) -> Option<Line<N>> {
        self.rules.get(position).map_or(Some(Line::Missing), |constants| constants.line(input))
    }
}

impl<N: Nat> Constants<N> {
    /// What an input comes to; `None` where the width does not suffice.
    #[inline]
    pub(crate) fn line(&self, input: &Input) -> Option<Line<N>> {
        let (&x, whole, stale) = match input {
            Input::Known { x, whole, stale } => (x, whole, stale.is_some()),
            Input::NotApplicable { .. } => return Some(Line::NotApplicable),
            Input::Missing { .. } | Input::Unasked => return Some(Line::Missing),
        };
        let Self { rule, direction } = self;
        let (value, bound) = match rule {
            Rule::NoDivisor => return Some(Line::Missing),
            Rule::Over(divisor) => over(x, *divisor)?,
            Rule::ShareOf => match whole {
                Some(whole) if whole.is_sign_positive() && !whole.is_zero() => over(x, *whole)?,
                _ => return Some(Line::Missing),
            },
            Rule::OverTotal(total) => {
                if negative(x) {
                    lowest()
                } else {
                    let steps = digits::<N>(x)?.times(&power_of_ten(28_u32.saturating_sub(x.scale()))?)?;
                    clamp(Fraction { num: steps, den: total.clone() })
                }
            }
            Rule::Linear { from, to, span } => {
                if x < *from {
                    lowest()
                } else if x > *to {
                    highest()
                } else {
                    let part = distance::<N>(x, *from)?;
                    (part.scaled(&span.den, &span.num)?, None)
                }
            }
            Rule::Level { of } => {
                // A level's rank is 1..=of by its schema.
                let of = u64::from(*of);
                let rank = u64::try_from(x.mantissa().unsigned_abs()).map_or(of, |rank| rank.min(of));
                let rank = if *direction == Direction::LowerIsBetter { of + 1 - rank } else { rank };
                return Some(Line::Value { value: Fraction::of(rank, of), bound: None, stale });
            }
            Rule::Steps(steps) => match steps.iter().rev().find(|(from, _)| *from <= x) {
                Some((_, value)) => (value.clone(), None),
                None => (
                    steps.first().map_or_else(Fraction::zero, |(_, value)| value.clone()),
                    Some(Bound::Lowest),
                ),
            },
            Rule::Percentile { count, ranks } => {
                let (below, equal) = match ranks.binary_search_by(|rank| rank.value.cmp(&x)) {
                    Ok(found) => ranks.get(found).map_or((0, 0), |rank| (rank.below, rank.equal)),
                    Err(next) => (ranks.get(next).map_or(*count, |rank| rank.below), 0),
                };
                let halves = 2 * below + equal;
                (Fraction { num: N::from_u128(halves)?, den: N::from_u128(2 * *count)? }, None)
            }
            Rule::Logarithmic { unit, full, full_log } => {
                if negative(x) {
                    lowest()
                } else if x > *full {
                    highest()
                } else {
                    (logarithm::<N>(x, *unit)?.scaled(&full_log.den, &full_log.num)?, None)
                }
            }
        };
        let value = if *direction == Direction::LowerIsBetter { value.reversed() } else { value };
        Some(Line::Value { value, bound, stale })
    }
}

/// The constants of one indicator as the batch needs them.
pub(crate) enum Form {
    /// There is nothing to divide by.
    Never,
    /// (x - from) / span.
    Linear { from: Decimal, span: Decimal },
    /// x over a total in steps of 10^-28.
    Total { steps: u128 },
    /// x / of.
    Level { of: u8 },
    /// x over the second fact.
    Share,
    /// Anything else: see [`Plan::line`].
    Computed,
    /// Beyond 128 bits.
    Wide,
}

impl Plan<u128> {
    /// The form of the indicator at a position.
    pub(crate) fn form(&self, position: usize) -> Form {
        match self.rules.get(position).map(|constants| &constants.rule) {
            Some(Rule::Over(divisor)) => Form::Linear { from: Decimal::ZERO, span: *divisor },
            Some(Rule::OverTotal(steps)) => Form::Total { steps: *steps },
            Some(Rule::Linear { from, to, .. }) => match to.checked_sub(*from) {
                Some(span) => Form::Linear { from: *from, span },
                None => Form::Wide,
            },
            Some(Rule::Level { of }) => Form::Level { of: *of },
            Some(Rule::ShareOf) => Form::Share,
            Some(Rule::Steps(_) | Rule::Percentile { .. } | Rule::Logarithmic { .. }) => Form::Computed,
            Some(Rule::NoDivisor) | None => Form::Never,
        }
    }
}

fn compile<N: Nat>(
    policy: &ScoringPolicy,
    indicator: &IndicatorSpec,
    statistics: Option<&Statistics>,
) -> Option<Rule<N>> {
    let positive = |divisor: Option<Decimal>| match divisor {
        Some(divisor) if divisor > Decimal::ZERO => Rule::Over(divisor),
        _ => Rule::NoDivisor,
    };
    let values = statistics.and_then(Statistics::values);
    let count: u128 = values.map_or(0, |values| values.values().copied().map(u128::from).sum());
    Some(match &indicator.normaliser {
        Normaliser::RelativeToMax => positive(statistics.and_then(Statistics::max)),
        Normaliser::RelativeToTotal => {
            match statistics.and_then(Statistics::total).and_then(|t| t.positive_steps()) {
                Some(steps) => Rule::OverTotal(N::from_big(steps)?),
                None => Rule::NoDivisor,
            }
        }
        Normaliser::RelativeToFixed { of } => Rule::Over(of.0),
        Normaliser::Linear { from, to } => {
            Rule::Linear { from: from.0, to: to.0, span: distance(to.0, from.0)? }
        }
        Normaliser::Level => match policy.facts().get(&indicator.fact).map(|schema| schema.kind) {
            Some(guanxi_core::FactKind::Level { of }) => Rule::Level { of },
            _ => Rule::NoDivisor,
        },
        Normaliser::ShareOf { .. } => Rule::ShareOf,
        Normaliser::Steps { steps } => {
            let step =
                |step: &crate::spec::Step| Some((step.from.0, quotient(step.value.get(), Decimal::ONE)?));
            Rule::Steps(steps.iter().map(step).collect::<Option<_>>()?)
        }
        Normaliser::Percentile => match values {
            Some(values) if count > 0 => Rule::Percentile { count, ranks: ranks(values) },
            _ => Rule::NoDivisor,
        },
        Normaliser::Capped { quantile } => positive(values.and_then(|values| cap(values, *quantile))),
        Normaliser::Logarithmic { unit, full } => {
            let full = full.map(|full| full.0).or_else(|| statistics.and_then(Statistics::max));
            match full {
                Some(full) if full > Decimal::ZERO => {
                    // Above 0, however small the number: the interpolation has no steps.
                    Rule::Logarithmic {
                        unit: unit.0,
                        full,
                        full_log: logarithm::<N>(full, unit.0)?.reduced(),
                    }
                }
                _ => Rule::NoDivisor,
            }
        }
    })
}

/// The value at position ⌈q n⌉ of all values in ascending order, from 1.
pub(crate) fn cap(values: &BTreeMap<Decimal, u64>, quantile: Share) -> Option<Decimal> {
    let count: u128 = values.values().copied().map(u128::from).sum();
    let (share, scale) = (quantile.get().mantissa().unsigned_abs(), quantile.get().scale());
    let (whole, rest) = (BigUint::from(share) * count).div_rem(&BigUint::from(10_u8).pow(scale));
    let position = whole + u8::from(rest != BigUint::ZERO);
    let mut seen = 0_u128;
    let mut reached = |times: &u64| {
        seen += u128::from(*times);
        BigUint::from(seen) >= position
    };
    values.iter().find(|(_, times)| reached(times)).map(|(value, _)| *value)
}

fn ranks(values: &BTreeMap<Decimal, u64>) -> Vec<Rank> {
    let mut below = 0_u128;
    let rank = |(value, equal): (&Decimal, &u64)| {
        let equal = u128::from(*equal);
        let rank = Rank { value: *value, below, equal };
        below += equal;
        rank
    };
    values.iter().map(rank).collect()
}

fn lowest<N: Nat>() -> (Fraction<N>, Option<Bound>) {
    (Fraction::zero(), Some(Bound::Lowest))
}

fn highest<N: Nat>() -> (Fraction<N>, Option<Bound>) {
    (Fraction::one(), Some(Bound::Highest))
}

fn clamp<N: Nat>(value: Fraction<N>) -> (Fraction<N>, Option<Bound>) {
    if value.num > value.den { highest() } else { (value, None) }
}

/// Whether x lies below 0: its sign alone says so of any other number.
const fn negative(x: Decimal) -> bool {
    x.is_sign_negative() && !x.is_zero()
}

/// x / divisor for a divisor above 0, within its bounds.
#[inline]
fn over<N: Nat>(x: Decimal, divisor: Decimal) -> Option<(Fraction<N>, Option<Bound>)> {
    if negative(x) { Some(lowest()) } else { Some(clamp(quotient(x, divisor)?)) }
}

/// log2(1 + x / unit) by the published table, for x of at least 0 and a unit above 0.
fn logarithm<N: Nat>(x: Decimal, unit: Decimal) -> Option<Fraction<N>> {
    let Fraction { num, den: below } = quotient::<N>(x, unit)?.reduced();
    let above = num.plus(&below)?;
    // 2^k <= above / below < 2^(k + 1)
    let guess = above.bits().saturating_sub(below.bits());
    let k = if below.shifted_left(guess)? > above { guess.saturating_sub(1) } else { guess };
    let base = below.shifted_left(k)?;
    let (j, rest) = above.minus(&base).shifted_left(8)?.div_rem(&base);
    let j = usize::try_from(j.to_u128()?).ok()?;
    let entry = |j: usize| LOG2.get(j).copied().map(u128::from);
    let (this, next) = (entry(j)?, entry(j + 1)?);
    // k + (T[j] + rest / base x (T[j + 1] - T[j])) / 2^32
    let whole = N::from_u128((u128::from(k) << 32) + this)?.times(&base)?;
    let num = whole.plus(&rest.times(&N::from_u128(next - this)?)?)?;
    Some(Fraction { num, den: base.shifted_left(32)? })
}

/// What an indicator's input comes to: a value, or why there is none.
pub(crate) enum Line<N> {
    Value { value: Fraction<N>, bound: Option<Bound>, stale: bool },
    Missing,
    NotApplicable,
}
