//! From chosen events to one value.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use guanxi_core::{AttributeId, ConvertError, Currency, Event, ExactSum, FactValue, Money, Rates};
use rust_decimal::Decimal;

use crate::finding::FactFinding;
use crate::quotient::Quotient;
use crate::recipe::{Amount, End, Filter, Measure, Quantity, RecipeSpec, Test};
use crate::window::Window;

/// What a recipe found: a value or nothing to measure, and the latest event that fed it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) value: Option<FactValue>,
    pub(crate) observed_at: Option<DateTime<Utc>>,
}

/// The different values of an attribute, and the latest event that has one.
pub(crate) type Values = (BTreeSet<FactValue>, Option<DateTime<Utc>>);

/// A reading, or why there cannot be one.
pub(crate) type Measured<T = Reading> = Result<T, FactFinding>;

/// One recipe at one instant.
#[derive(Clone, Copy)]
pub(crate) struct Measuring<'a> {
    pub(crate) recipe: &'a RecipeSpec,
    pub(crate) rates: &'a Rates,
    pub(crate) as_of: DateTime<Utc>,
    /// Whose calendar days and months are.
    pub(crate) offset: FixedOffset,
}

impl Measuring<'_> {
    /// Measures events that are in order of occurrence and id, none after `as_of`.
    pub(crate) fn read(&self, events: &[&Event]) -> Measured {
        let chosen = self.choose(events)?;
        let observed_at = chosen.last().map(|event| event.occurred_at);
        Ok(Reading { value: self.value(&chosen)?, observed_at })
    }

    /// The values of an attribute, and the latest event that has one.
    pub(crate) fn values(&self, attribute: &AttributeId, events: &[&Event]) -> Measured<Values> {
        let chosen = self.choose(events)?;
        let latest = chosen.iter().rfind(|event| event.attributes.contains_key(attribute));
        Ok((distinct(attribute, &chosen), latest.map(|event| event.occurred_at)))
    }

    fn choose<'e>(&self, events: &[&'e Event]) -> Measured<Vec<&'e Event>> {
        let recipe = self.recipe;
        let start = match (&recipe.window, &recipe.measure) {
            (Some(window), _) => Some(window.start(self.local_as_of())),
            (None, Measure::Growth { over, .. }) => Some(over.back(self.local_as_of(), 2)),
            (None, _) => None,
        };
        let mut chosen = Vec::new();
        for event in events {
            let in_window = start.is_none_or(|start| start < event.occurred_at);
            if in_window && recipe.events.contains(&event.kind) && self.pass(&recipe.filters, event)? {
                chosen.push(*event);
            }
        }
        Ok(chosen)
    }

    fn pass(&self, filters: &[Filter], event: &Event) -> Measured<bool> {
        for Filter { attribute, is } in filters {
            let Some(value) = event.attributes.get(attribute) else { return Ok(false) };
            let number = || value.number().ok_or_else(|| self.not_a_number(attribute, event));
            let passes = match is {
                Test::Present => true,
                Test::Equals(literal) => literal.equals(value),
                Test::Above(bound) => number()? > bound.0,
                Test::AtLeast(bound) => number()? >= bound.0,
                Test::Below(bound) => number()? < bound.0,
                Test::AtMost(bound) => number()? <= bound.0,
            };
            if !passes {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn value(&self, events: &[&Event]) -> Measured<Option<FactValue>> {
        let Some((first, last)) = events.first().zip(events.last()) else { return Ok(None) };
        let measure = &self.recipe.measure;
        let number = |number: Decimal| Some(measure.value(number));
        Ok(match measure {
            Measure::Sum(amount) => {
                let (sum, currency) = self.total(amount, events)?;
                Some(self.amount_value(sum, currency))
            }
            Measure::Count => number(count(events)),
            Measure::First(id) => events.iter().find_map(|event| event.attributes.get(id)).cloned(),
            Measure::Last(id) => events.iter().rev().find_map(|event| event.attributes.get(id)).cloned(),
            Measure::Mean { of, places } => {
                let (sum, currency) = self.total(of, events)?;
                let mean = Quotient::new(sum, count(events));
                mean.map(|mean| self.quotient_value(mean, *places, currency)).transpose()?
            }
            Measure::Growth { of, over, places } => {
                let growth = self.growth(of, *over, events)?;
                growth.map(|growth| self.quotient_value(growth, *places, None)).transpose()?
            }
            Measure::Share { of, filters, places } => {
                let share = self.share(of, filters, events)?;
                share.map(|share| self.quotient_value(share, *places, None)).transpose()?
            }
            Measure::Distinct(attribute) => {
                let values = distinct(attribute, events).len();
                if values == 0 { None } else { number(values.into()) }
            }
            Measure::MedianGap => self.median_gap(events).and_then(number),
            Measure::DaysSince(end) => {
                let event = if *end == End::First { first } else { last };
                number((self.day(self.as_of) - self.day(event.occurred_at)).num_days().into())
            }
            // Not measured on events alone: see the fact book.
            Measure::DistinctNotYet(_)
            | Measure::DistinctInPopulation(_)
            | Measure::Attribute(_)
            | Measure::Constant(_) => None,
        })
    }

    /// A plain number after a conversion, else money where it was money.
    fn amount_value(&self, amount: Decimal, currency: Option<Currency>) -> FactValue {
        match currency.filter(|_| self.recipe.convert.is_none()) {
            Some(currency) => FactValue::Money(Money::new(amount, currency)),
            None => self.recipe.measure.value(amount),
        }
    }

    /// The level of a quotient, cut before anything is rounded; the rounded quotient without levels.
    fn quotient_value(
        &self,
        quotient: Quotient,
        places: u32,
        currency: Option<Currency>,
    ) -> Measured<FactValue> {
        match &self.recipe.levels {
            Some(levels) if currency.is_none() || self.recipe.convert.is_some() => {
                let level = levels.of_compared(|cut| quotient.compare(cut));
                let no_level = |_| FactFinding::NoLevel { fact: self.recipe.fact.clone() };
                level.map(FactValue::Level).map_err(no_level)
            }
            _ => {
                let rounded = quotient.rounded(places).ok_or_else(|| self.too_many_digits())?;
                Ok(self.amount_value(rounded, currency))
            }
        }
    }

    fn growth(&self, of: &Quantity, over: Window, events: &[&Event]) -> Measured<Option<Quotient>> {
        let split = events.partition_point(|event| event.occurred_at <= over.start(self.local_as_of()));
        let (before, recent) = events.split_at_checked(split).unwrap_or((events, &[]));
        let (recent, baseline) = self.pair(of, recent, before)?;
        if baseline <= Decimal::ZERO {
            return Ok(None);
        }
        let difference = ExactSum::default().plus(recent).zip(ExactSum::default().plus(baseline));
        let difference = difference.and_then(|(recent, before)| recent.minus(before)?.get());
        Ok(Quotient::new(difference.ok_or_else(|| self.too_many_digits())?, baseline))
    }

    fn share(&self, of: &Quantity, filters: &[Filter], events: &[&Event]) -> Measured<Option<Quotient>> {
        let mut part = Vec::new();
        for event in events {
            if self.pass(filters, event)? {
                part.push(*event);
            }
        }
        let (part, whole) = self.pair(of, &part, events)?;
        Ok(Quotient::new(part, whole))
    }

    /// One quantity of two sets of events, in one currency.
    fn pair(&self, of: &Quantity, a: &[&Event], b: &[&Event]) -> Measured<(Decimal, Decimal)> {
        let Quantity::Sum(amount) = of else { return Ok((count(a), count(b))) };
        let (left, mut right) = (self.purse(amount, a)?, self.purse(amount, b)?);
        let sums = (self.single(&left)?.0, self.single(&right)?.0);
        right.extend(left);
        self.single(&right)?;
        Ok(sums)
    }

    /// The exact sum of an amount, and its one currency if it is money.
    fn total(&self, amount: &Amount, events: &[&Event]) -> Measured<(Decimal, Option<Currency>)> {
        self.single(&self.purse(amount, events)?)
    }

    fn single(&self, purse: &Purse) -> Measured<(Decimal, Option<Currency>)> {
        if purse.len() > 1 {
            let currencies = purse.keys().flatten().copied().collect();
            return Err(FactFinding::MixedCurrencies { fact: self.recipe.fact.clone(), currencies });
        }
        let Some((currency, sum)) = purse.first_key_value() else { return Ok((Decimal::ZERO, None)) };
        Ok((sum.get().ok_or_else(|| self.too_many_digits())?, *currency))
    }

    fn purse(&self, amount: &Amount, events: &[&Event]) -> Measured<Purse> {
        let mut purse = Purse::new();
        let added = amount.add.iter().map(|attribute| (attribute, false));
        let subtracted = amount.subtract.iter().map(|attribute| (attribute, true));
        let terms: Vec<(&AttributeId, bool)> = added.chain(subtracted).collect();
        for event in events {
            for (attribute, negative) in &terms {
                let (value, currency) = self.amount_of(attribute, event)?;
                let signed = if *negative { -value } else { value };
                let sum = purse.entry(currency).or_default();
                *sum = sum.plus(signed).ok_or_else(|| self.too_many_digits())?;
            }
        }
        Ok(purse)
    }

    fn amount_of(&self, attribute: &AttributeId, event: &Event) -> Measured<(Decimal, Option<Currency>)> {
        let fact = || self.recipe.fact.clone();
        let value = event.attributes.get(attribute).ok_or_else(|| FactFinding::AttributeMissing {
            fact: fact(),
            attribute: attribute.clone(),
            event: event.id.clone(),
        })?;
        match (value, self.recipe.convert) {
            (FactValue::Money(money), None) => Ok((money.amount(), Some(money.currency()))),
            (FactValue::Money(money), Some(to)) => {
                let day = self.day(event.occurred_at);
                let converted = self.rates.convert(*money, to, day).map_err(|error| match error {
                    ConvertError::NoRate { from, to, day } => {
                        FactFinding::NoRate { fact: fact(), from, to, day }
                    }
                    _ => self.too_many_digits(),
                })?;
                Ok((converted.money.amount(), Some(to)))
            }
            (value, convert) => {
                let number = value.number().ok_or_else(|| self.not_a_number(attribute, event))?;
                match convert {
                    None => Ok((number, None)),
                    Some(_) => Err(FactFinding::NoCurrency {
                        fact: fact(),
                        attribute: attribute.clone(),
                        event: event.id.clone(),
                    }),
                }
            }
        }
    }

    fn local_as_of(&self) -> DateTime<FixedOffset> {
        self.as_of.with_timezone(&self.offset)
    }

    /// The calendar day at the offset; that of UTC at the ends of time, where there is no other.
    fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.naive_utc().checked_add_offset(self.offset).unwrap_or(at.naive_utc()).date()
    }

    fn median_gap(&self, events: &[&Event]) -> Option<Decimal> {
        let mut days: Vec<NaiveDate> = events.iter().map(|event| self.day(event.occurred_at)).collect();
        days.dedup();
        let mut gaps: Vec<i64> =
            days.iter().zip(days.iter().skip(1)).map(|(a, b)| (*b - *a).num_days()).collect();
        gaps.sort_unstable();
        let upper = gaps.get(gaps.len() / 2)?;
        let lower = if gaps.len().is_multiple_of(2) { gaps.get(gaps.len() / 2 - 1)? } else { upper };
        // Twice the median, so that a half stays exact.
        Decimal::from(lower.checked_add(*upper)?).checked_mul(Decimal::new(5, 1))
    }

    fn not_a_number(&self, attribute: &AttributeId, event: &Event) -> FactFinding {
        FactFinding::NotANumber {
            fact: self.recipe.fact.clone(),
            attribute: attribute.clone(),
            event: event.id.clone(),
        }
    }

    fn too_many_digits(&self) -> FactFinding {
        FactFinding::TooManyDigits { fact: self.recipe.fact.clone() }
    }
}

/// Exact sums by currency; `None` for plain numbers.
type Purse = BTreeMap<Option<Currency>, ExactSum>;

fn count(events: &[&Event]) -> Decimal {
    events.len().into()
}

fn distinct(attribute: &AttributeId, events: &[&Event]) -> BTreeSet<FactValue> {
    let mut values = BTreeSet::new();
    for value in events.iter().filter_map(|event| event.attributes.get(attribute)) {
        match value {
            FactValue::Set(members) => values.extend(members.iter().cloned().map(FactValue::Text)),
            // Most values repeat, and looking up is cheaper than cloning.
            value if values.contains(value) => {}
            value => {
                values.insert(value.clone());
            }
        }
    }
    values
}
