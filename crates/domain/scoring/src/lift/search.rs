//! The search for the least change.
//!
//! The values that a fact may take are a ladder: whole quanta from where it stands, up or down, as far
//! as every input that is known stays known and every other stays as it is. On such a ladder the same
//! inputs count with the same weights, so the composite moves as the values of the indicators do that
//! read the fact. If none of them gets worse on the way, neither does the composite, and halving the
//! ladder finds the least rung. If one does, the rungs are tried one by one.
use alloc::vec::Vec;
use core::cmp::Ordering;

use chrono::{DateTime, Utc};
use guanxi_core::{DecimalText, Fact, FactId, FactKind, FactSchema, FactValue, Facts, Level, Score, TierId};
use num_bigint::BigUint;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::assessment::{InputState, Ratio};
use crate::input::{Input, Inputs, Reads, known_number};
use crate::lift::{Lift, LiftOption, LiftVerdict, quantum};
use crate::number::{Fraction, Nat};
use crate::plan::Line;
use crate::scorer::Scorer;
use crate::spec::{Direction, IndicatorSpec, Normaliser};

/// The most rungs that are tried one by one.
const MAX_TRIED: u32 = 1_000;

/// The greatest digits of a decimal, 2^96 - 1.
const GREATEST: i128 = Decimal::MAX.mantissa();

impl Scorer {
    /// The least change of a single fact that would bring a customer one tier up, for each indicator
    /// that the policy declares to be ours to influence.
    ///
    /// The tier is the next above the *computed* one. A change is a whole number of the fact's quanta
    /// (a level, yes or no has a quantum of 1) in the direction that is better for the indicator, and
    /// applies to the fact wherever it is read; everything else stays, the reference and the dates of
    /// the facts included. It is exact: the changed customer is assessed as any other, reaches the
    /// tier, and with one quantum less does not. A value is allowed if the schema allows it, if it
    /// stays within its whole and above its parts, and if no other input becomes known or missing by
    /// it.
    ///
    /// ```
    /// use guanxi_core::{FactMap, FactValue, Level, parse_instant};
    /// use guanxi_scoring::{Reference, Scorer, labels, preset};
    ///
    /// let policy = preset("standard").ok_or("no such preset")?;
    /// let as_of = parse_instant("2026-06-30")?;
    /// let customer = FactMap::new()
    ///     .with("cumulative_profit".parse()?, FactValue::Decimal(900_000.into()), None)
    ///     .with("cooperation_days".parse()?, FactValue::Int(1_800), None)
    ///     .with("undeveloped_needs".parse()?, FactValue::Int(3), None)
    ///     .with("total_needs".parse()?, FactValue::Int(5), None)
    ///     .with("service_sensitivity".parse()?, FactValue::Level(Level::new(3, 5)?), None)
    ///     .with("price_sensitivity".parse()?, FactValue::Level(Level::new(2, 5)?), None);
    /// let mut reference = Reference::new(&policy, as_of);
    /// reference.observe(&policy, &customer);
    /// let scorer = Scorer::new(&policy, &reference.pin("ours".parse()?, "1".parse()?))?;
    ///
    /// let (lift, labels) = (scorer.lift(&customer, as_of), labels("en").ok_or("no labels")?);
    /// let best = lift.best().ok_or("none can")?;
    /// assert_eq!(labels.reason(best), "Raising undeveloped needs from 3 to 5 reaches Strategic with 94.80");
    /// // Nobody has a greater profit than the greatest.
    /// assert_eq!(
    ///     labels.reason(&lift.options[1]),
    ///     "Not by cumulative profit alone: at best 900000 (now 900000) with 82.80"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn lift(&self, facts: &dyn Facts, as_of: DateTime<Utc>) -> Lift {
        let policy = self.policy().body();
        let (inputs, composite) = self.composite_of(facts, as_of);
        let Some(composite) = composite else {
            return Lift { from: None, composite, verdict: LiftVerdict::NoComposite, options: Vec::new() };
        };
        let bands = policy.bands();
        let tier = bands.of(composite).clone();
        let (from, composite) = (Some(tier.clone()), Some(composite));
        let above = composite.and_then(|composite| Some((composite, bands.above(composite)?)));
        let Some((start, (target, floor))) = above else {
            let verdict = LiftVerdict::HighestTier { tier };
            return Lift { from, composite, verdict, options: Vec::new() };
        };
        let customer = Customer { scorer: self, facts, as_of, inputs: &inputs, start };
        let ours = policy.reading().enumerate().filter(|(_, (indicator, part, _))| {
            indicator.influenceable && *part > 0 && policy.dimension_part(indicator.dimension).0 > 0
        });
        let mut options: Vec<(Option<Fraction<BigUint>>, LiftOption)> = ours
            .map(|(position, (indicator, _, reads))| {
                customer.option(position, indicator, reads, target, floor)
            })
            .collect();
        options.sort_by(|(a, _), (b, _)| match (a, b) {
            (Some(a), Some(b)) => a.compare(b).unwrap_or(Ordering::Equal),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        let options: Vec<LiftOption> = options.into_iter().map(|(_, option)| option).collect();
        let (tier, short_by) = (target.clone(), start.short_of(floor));
        let verdict = if options.is_empty() {
            LiftVerdict::NothingInfluenceable { tier, floor, short_by }
        } else if options.iter().any(|option| matches!(option, LiftOption::Reaches { .. })) {
            LiftVerdict::Possible { tier, floor, short_by }
        } else if options.iter().all(|option| matches!(option, LiftOption::OutOfReach { .. })) {
            LiftVerdict::NoneCan { tier, floor, short_by }
        } else {
            LiftVerdict::NoneFound { tier, floor, short_by }
        };
        Lift { from, composite, verdict, options }
    }
}

/// One customer as it stands.
struct Customer<'c> {
    scorer: &'c Scorer,
    facts: &'c dyn Facts,
    as_of: DateTime<Utc>,
    inputs: &'c [Input],
    start: Score,
}

impl Customer<'_> {
    /// What an indicator can do, and if it reaches the floor, through which part of its range.
    fn option(
        &self,
        position: usize,
        spec: &IndicatorSpec,
        reads: &Reads,
        tier: &TierId,
        floor: Score,
    ) -> (Option<Fraction<BigUint>>, LiftOption) {
        let (indicator, fact, tier) = (spec.id.clone(), spec.fact.clone(), tier.clone());
        let unknown = |fact: &FactId, state| {
            (None, LiftOption::Unknown { indicator: indicator.clone(), fact: fact.clone(), state })
        };
        let now = match self.inputs.get(position) {
            Some(Input::Known { x, whole, .. }) => (*x, *whole),
            Some(Input::NotApplicable { fact }) => return unknown(fact.of(spec), InputState::NotApplicable),
            Some(Input::Missing { fact, .. }) => return unknown(fact.of(spec), InputState::Missing),
            Some(Input::Unasked) | None => return unknown(&fact, InputState::Missing),
        };
        let value = |inputs: &[Input]| match self.scorer.wide_line(position, inputs.get(position)?) {
            Line::Value { value, .. } => Some(value),
            Line::Missing | Line::NotApplicable => None,
        };
        let Some(before) = value(self.inputs) else {
            let divisor = if let Normaliser::ShareOf { whole } = &spec.normaliser { whole } else { &fact };
            return unknown(divisor, InputState::Missing);
        };
        let schema = reads.fact.first().map(|(_, schema)| schema);
        let Some((schema, quantum)) = schema.and_then(|schema| Some((schema, quantum(schema)?))) else {
            return (None, LiftOption::NoQuantum { indicator, fact });
        };
        let raise = spec.direction == Direction::HigherIsBetter;
        let ladder = self.ladder(reads, schema, now.0, quantum, raise);
        let at = |rung: u128| Rung { customer: self, fact: &fact, schema, value: ladder.at(rung) };
        let composite = |rung: u128| at(rung).assess().1.unwrap_or(Score::MIN);

        let (rung, reached) = if self.never_worse(&fact, raise) {
            let best = composite(ladder.rungs);
            let goal = best.min(floor);
            let rung = least(ladder.rungs, |rung| composite(rung) >= goal);
            (rung, composite(rung))
        } else {
            let (mut best, mut rung) = ((0, self.start), 0_u32);
            while best.1 < floor && u128::from(rung) < ladder.rungs {
                if rung == MAX_TRIED {
                    return (None, LiftOption::Unclear { indicator, fact, tier, tried: rung });
                }
                rung += 1;
                let reached = composite(rung.into());
                if reached > best.1 {
                    best = (rung.into(), reached);
                }
            }
            best
        };
        let (from, to) = (DecimalText(now.0.normalize()), DecimalText(ladder.at(rung)));
        if reached < floor {
            return (
                None,
                LiftOption::OutOfReach { indicator, fact, tier, from, best: to, composite: reached },
            );
        }
        let part =
            value(&at(rung).assess().0).map_or_else(Fraction::zero, |after| difference(&after, &before));
        let change = DecimalText(to.0.checked_sub(from.0).unwrap_or_default().normalize());
        let of_range = Ratio::new(&part);
        let option =
            LiftOption::Reaches { indicator, fact, tier, from, to, change, of_range, composite: reached };
        (Some(part), option)
    }

    /// Whether no indicator that reads a fact gets worse by any step in a direction.
    fn never_worse(&self, fact: &FactId, raise: bool) -> bool {
        let reading = self.scorer.policy().body().reading().zip(self.inputs);
        reading.filter(|((_, part, _), _)| *part > 0).all(|((indicator, ..), input)| {
            let helps = raise == (indicator.direction == Direction::HigherIsBetter);
            let rising = match &indicator.normaliser {
                // Of a fact, a greater whole is a lesser share; of itself, every share is 1.
                Normaliser::ShareOf { whole } if whole == fact => indicator.fact == *fact || !helps,
                Normaliser::Steps { steps } => {
                    helps && steps.iter().zip(steps.iter().skip(1)).all(|(a, b)| a.value <= b.value)
                }
                _ => helps,
            };
            let read = indicator.fact == *fact
                || matches!(&indicator.normaliser, Normaliser::ShareOf { whole } if whole == fact);
            rising || !read || !matches!(input, Input::Known { .. })
        })
    }

    /// The allowed values of a fact in a direction.
    fn ladder(
        &self,
        reads: &Reads,
        schema: &FactSchema,
        start: Decimal,
        quantum: Decimal,
        raise: bool,
    ) -> Ladder {
        let (start, quantum) = (start.normalize(), quantum.normalize());
        let scale = start.scale().max(quantum.scale());
        let digits = |value: Decimal| {
            let power = 10_i128.checked_pow(scale.saturating_sub(value.scale()))?;
            value.mantissa().checked_mul(power).filter(|digits| digits.abs() <= GREATEST)
        };
        let (Some(origin), Some(step)) = (digits(start), digits(quantum)) else {
            // The next value has more digits than a number can have.
            return Ladder { start, scale, origin: 0, step: 0, rungs: 0 };
        };
        // Every value is a number of 28 digits, and so is the change.
        let (mut low, mut high) = ((origin - GREATEST).max(-GREATEST), (origin + GREATEST).min(GREATEST));
        let mut from = |limit: i128| low = low.max(limit);
        let mut to = |limit: i128| high = high.min(limit);
        match schema.kind {
            FactKind::Level { of } => {
                from(ceil_at(Decimal::ONE, scale));
                to(floor_at(of.into(), scale));
            }
            FactKind::Bool => {
                from(0);
                to(floor_at(Decimal::ONE, scale));
            }
            FactKind::Int => {
                from(ceil_at(i64::MIN.into(), scale));
                to(floor_at(i64::MAX.into(), scale));
            }
            _ => {}
        }
        schema.min.into_iter().for_each(|min| from(ceil_at(min, scale)));
        schema.max.into_iter().for_each(|max| to(floor_at(max, scale)));
        let Some(((id, _), wholes)) = reads.fact.split_first() else {
            return Ladder { start, scale, origin, step, rungs: 0 };
        };
        if let Some(whole) = known_number(wholes, self.facts, self.as_of).value() {
            to(floor_at(whole, scale));
        }
        // A part that fits stays a part that fits, and one that does not, does not.
        let policy = self.scorer.policy().body();
        for (part, schema) in policy.facts().iter().filter(|(_, schema)| schema.part_of.as_ref() == Some(id))
        {
            let alone = [(part.clone(), schema.clone())];
            match known_number(&alone, self.facts, self.as_of).value() {
                Some(value) if value <= start => from(ceil_at(value, scale)),
                Some(value) => to(ceil_at(value, scale) - 1),
                None => {}
            }
        }
        // What a known input is divided by stays above 0, or stays what nothing is divided by.
        let divides = |((indicator, part, _), input): ((&IndicatorSpec, u64, _), &Input)| {
            let whole = matches!(&indicator.normaliser, Normaliser::ShareOf { whole } if whole == id);
            part > 0 && whole && matches!(input, Input::Known { .. })
        };
        if policy.reading().zip(self.inputs).any(divides) {
            if start > Decimal::ZERO { from(1) } else { to(0) }
        }
        let room = if raise { high - origin } else { origin - low };
        let rungs = u128::try_from(room.checked_div(step).unwrap_or_default()).unwrap_or_default();
        Ladder { start, scale, origin, step: if raise { step } else { -step }, rungs }
    }
}

/// The values from where a fact stands, in one direction.
struct Ladder {
    start: Decimal,
    scale: u32,
    /// The start in digits at the scale.
    origin: i128,
    step: i128,
    rungs: u128,
}

impl Ladder {
    /// The value on a rung; rung 0 is the start.
    fn at(&self, rung: u128) -> Decimal {
        let digits = || {
            let way = i128::try_from(rung.min(self.rungs)).ok()?.checked_mul(self.step)?;
            Decimal::try_from_i128_with_scale(self.origin.checked_add(way)?, self.scale).ok()
        };
        if rung == 0 { self.start } else { digits().unwrap_or(self.start).normalize() }
    }
}

/// A customer with one fact changed.
struct Rung<'c> {
    customer: &'c Customer<'c>,
    fact: &'c FactId,
    schema: &'c FactSchema,
    value: Decimal,
}

impl Rung<'_> {
    fn assess(&self) -> (Inputs, Option<Score>) {
        let Customer { scorer, facts, as_of, .. } = self.customer;
        let observed_at = match facts.fact(self.fact) {
            Fact::Known { observed_at, .. } => observed_at,
            Fact::Missing | Fact::NotApplicable => None,
        };
        let value = match self.schema.kind {
            FactKind::Int => self.value.to_i64().map(FactValue::Int),
            FactKind::Bool => Some(FactValue::Bool(!self.value.is_zero())),
            FactKind::Level { of } => {
                self.value.to_i64().and_then(|rank| Level::new(rank, of).ok()).map(FactValue::Level)
            }
            _ => Some(FactValue::Decimal(self.value)),
        };
        let value = value.unwrap_or(FactValue::Decimal(self.value));
        scorer.composite_of(&Changed { facts: *facts, fact: self.fact, value, observed_at }, *as_of)
    }
}

/// Facts of which one has another value.
struct Changed<'f> {
    facts: &'f dyn Facts,
    fact: &'f FactId,
    value: FactValue,
    observed_at: Option<DateTime<Utc>>,
}

impl Facts for Changed<'_> {
    fn fact(&self, id: &FactId) -> Fact<'_> {
        if id == self.fact {
            Fact::Known { value: &self.value, observed_at: self.observed_at }
        } else {
            self.facts.fact(id)
        }
    }
}

/// The least rung that is good, where all after a good one are; the last one if none is.
fn least(rungs: u128, good: impl Fn(u128) -> bool) -> u128 {
    let (mut low, mut high) = (0, rungs);
    while low < high {
        let middle = low.midpoint(high);
        if good(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    high
}

/// How far two fractions lie apart.
fn difference(a: &Fraction<BigUint>, b: &Fraction<BigUint>) -> Fraction<BigUint> {
    let (left, right) = (&a.num * &b.den, &b.num * &a.den);
    let num = left.minus(&right).max(right.minus(&left));
    Fraction { num, den: &a.den * &b.den }
}

/// The greatest whole number of steps of 10^-scale at or below a value, kept to 28 digits.
fn floor_at(value: Decimal, scale: u32) -> i128 {
    let power = 10_i128.checked_pow(value.scale().abs_diff(scale)).unwrap_or(i128::MAX);
    let digits = if value.scale() > scale {
        value.mantissa().checked_div_euclid(power).unwrap_or_default()
    } else {
        value.mantissa().saturating_mul(power)
    };
    digits.clamp(-GREATEST, GREATEST)
}

/// The least whole number of steps of 10^-scale at or above a value, kept to 28 digits.
fn ceil_at(value: Decimal, scale: u32) -> i128 {
    -floor_at(-value, scale)
}
