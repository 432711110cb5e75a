//! What is known of a customer: typed values, and the schema that they must fit.
use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

use crate::currency::Currency;
use crate::decimal::{DecimalText, DecimalVisitor, parse_decimal};
use crate::facts::{Fact, Facts};
use crate::id::FactId;
use crate::level::Level;
use crate::money::Money;
use crate::text::Quoted;
use crate::time::{parse_day, parse_instant};

/// A typed value of a fact or an attribute.
///
/// Serialised with its kind (`{"decimal": "12.5"}`), since a bare `"3"` does not say what it is; a plain
/// value is read through a [`FactSchema`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactValue {
    /// An exact decimal.
    Decimal(#[serde(with = "as_text")] Decimal),
    /// A whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// Text, never personal data.
    Text(String),
    /// A calendar day.
    Date(NaiveDate),
    /// A point in time.
    Instant(DateTime<Utc>),
    /// A rank on a scale.
    Level(Level),
    /// A set of texts.
    Set(BTreeSet<String>),
    /// An amount of one currency.
    Money(Money),
}

mod as_text {
    use super::{Decimal, DecimalText, Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        DecimalText(*value).serialize(serializer)
    }
    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        DecimalText::deserialize(deserializer).map(|text| text.0)
    }
}

impl PartialOrd for Money {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// By currency, then by amount: an order for storing, not a comparison of worth.
impl Ord for Money {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        (self.currency(), self.amount()).cmp(&(other.currency(), other.amount()))
    }
}

impl FactValue {
    /// The value as a number: a decimal, a whole number, a level's rank, yes as 1 and no as 0.
    /// Amounts of money are not plain numbers.
    #[must_use]
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Self::Decimal(value) => Some(*value),
            Self::Int(value) => Some(Decimal::from(*value)),
            Self::Bool(value) => Some(Decimal::from(u8::from(*value))),
            Self::Level(level) => Some(Decimal::from(level.value())),
            Self::Text(_) | Self::Date(_) | Self::Instant(_) | Self::Set(_) | Self::Money(_) => None,
        }
    }

    /// The name of the value's kind.
    #[must_use]
    pub const fn kind_name(&self) -> &'static str {
        match self {
            Self::Decimal(_) => "decimal",
            Self::Int(_) => "int",
            Self::Bool(_) => "bool",
            Self::Text(_) => "text",
            Self::Date(_) => "date",
            Self::Instant(_) => "instant",
            Self::Level(_) => "level",
            Self::Set(_) => "set",
            Self::Money(_) => "money",
        }
    }
}

/// The value as a person would write it, without its kind.
impl fmt::Display for FactValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decimal(value) => DecimalText(*value).fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::Bool(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
            Self::Date(value) => value.fmt(f),
            Self::Instant(value) => f.write_str(&value.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)),
            Self::Level(value) => value.value().fmt(f),
            Self::Set(values) => values
                .iter()
                .enumerate()
                .try_for_each(|(i, value)| write!(f, "{}{value}", if i > 0 { ", " } else { "" })),
            Self::Money(value) => value.fmt(f),
        }
    }
}

/// The kind of value that a fact has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FactKind {
    /// An exact decimal.
    Decimal,
    /// A whole number.
    Int,
    /// Yes or no.
    Bool,
    /// Text.
    Text,
    /// A calendar day.
    Date,
    /// A point in time.
    Instant,
    /// A rank from 1 to `of`.
    Level {
        /// The greatest rank.
        of: u8,
    },
    /// A set of texts.
    Set,
    /// An amount of one currency.
    Money,
}

impl FactKind {
    /// Whether values of this kind can be counted with (see [`FactValue::number`]).
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Decimal | Self::Int | Self::Bool | Self::Level { .. })
    }
}

impl fmt::Display for FactKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Decimal => "a decimal",
            Self::Int => "a whole number",
            Self::Bool => "true or false",
            Self::Text => "a text",
            Self::Date => "a day",
            Self::Instant => "an instant",
            Self::Level { of } => return write!(f, "a level from 1 to {of}"),
            Self::Set => "a list of texts",
            Self::Money => "an amount with its currency",
        })
    }
}

/// What values a fact may have; a value outside is an input error, not a low score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactSchema {
    /// The kind of value.
    pub kind: FactKind,
    /// The least number allowed, inclusive.
    pub min: Option<Decimal>,
    /// The greatest number allowed, inclusive.
    pub max: Option<Decimal>,
    /// The fact that this one is a part of, and so never exceeds.
    pub part_of: Option<FactId>,
    /// What one unit is: `days`, `CNY`.
    pub unit: Option<String>,
    /// The least step by which the fact can change.
    pub quantum: Option<Decimal>,
    /// Who supplies the fact: `sales`, `marketing`, `finance`, `service`.
    pub supplier: Option<String>,
    /// Whether it is personal data: then no reason shows its value.
    pub personal: bool,
}

/// What is wrong with the value of a fact.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FactProblem {
    /// A value of another kind.
    #[error("expected {allowed}, got {given}")]
    WrongKind {
        /// What was given.
        given: String,
        /// The kind allowed.
        allowed: FactKind,
    },
    /// A number that could not be read exactly, an instant that does not exist, a level off its scale.
    #[error("{message}")]
    Unreadable {
        /// What is wrong with it.
        message: String,
    },
    /// Below the least value allowed.
    #[error("must be at least {min}, got `{given}`")]
    BelowMin {
        /// The number given.
        given: Decimal,
        /// The least number allowed.
        min: Decimal,
    },
    /// Above the greatest value allowed.
    #[error("must be at most {max}, got `{given}`")]
    AboveMax {
        /// The number given.
        given: Decimal,
        /// The greatest number allowed.
        max: Decimal,
    },
    /// A part greater than its whole.
    #[error("must be at most `{whole}` ({of}), got `{given}`")]
    ExceedsWhole {
        /// The number given.
        given: Decimal,
        /// The fact that it is a part of.
        whole: FactId,
        /// That fact's value.
        of: Decimal,
    },
}

/// A value that does not fit its fact.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("fact `{fact}`: {problem}")]
pub struct FactError {
    /// The fact.
    pub fact: FactId,
    /// What is wrong with its value.
    pub problem: FactProblem,
}

impl FactSchema {
    /// The schema that allows every value of a kind.
    #[must_use]
    pub const fn of(kind: FactKind) -> Self {
        Self {
            kind,
            min: None,
            max: None,
            part_of: None,
            unit: None,
            quantum: None,
            supplier: None,
            personal: false,
        }
    }

    /// Reads a value from its wire form.
    ///
    /// # Errors
    /// Every [`FactProblem`] but `ExceedsWhole`, which needs a second fact: see [`FactSchema::check_part`].
    pub fn read(&self, input: &FactInput<'_>) -> Result<FactValue, FactProblem> {
        let wrong = || FactProblem::WrongKind { given: alloc::format!("{input}"), allowed: self.kind };
        let unreadable =
            |error: &dyn fmt::Display| FactProblem::Unreadable { message: alloc::format!("{error}") };
        let number = || match input {
            FactInput::Number(number) => Ok(*number),
            FactInput::Text(text) => parse_decimal(text).map_err(|error| unreadable(&error)),
            _ => Err(wrong()),
        };
        let whole = || number()?.to_i64_exact().ok_or_else(wrong);
        let text = || match input {
            FactInput::Text(text) => Ok(text.as_ref()),
            _ => Err(wrong()),
        };
        let value = match self.kind {
            FactKind::Decimal => FactValue::Decimal(number()?),
            FactKind::Int => FactValue::Int(whole()?),
            FactKind::Level { of } => {
                FactValue::Level(Level::new(whole()?, of).map_err(|error| unreadable(&error))?)
            }
            FactKind::Bool => match input {
                FactInput::Bool(value) => FactValue::Bool(*value),
                _ => return Err(wrong()),
            },
            FactKind::Text => FactValue::Text(text()?.into()),
            FactKind::Date => FactValue::Date(parse_day(text()?).ok_or_else(wrong)?),
            FactKind::Instant => {
                FactValue::Instant(parse_instant(text()?).map_err(|error| unreadable(&error))?)
            }
            FactKind::Set => match input {
                FactInput::List(items) => {
                    FactValue::Set(items.iter().map(|item| item.clone().into_owned()).collect())
                }
                _ => return Err(wrong()),
            },
            FactKind::Money => match input {
                FactInput::Money(money) => FactValue::Money(*money),
                _ => return Err(wrong()),
            },
        };
        self.check(&value)?;
        Ok(value)
    }

    /// Checks a typed value against kind and range.
    ///
    /// # Errors
    /// [`FactProblem::WrongKind`], [`FactProblem::BelowMin`], [`FactProblem::AboveMax`].
    pub fn check(&self, value: &FactValue) -> Result<(), FactProblem> {
        let fits = self.fits(value);
        if !fits {
            let given = match value {
                FactValue::Level(level) => alloc::format!("the level {level}"),
                _ => alloc::format!("a value of kind {}", value.kind_name()),
            };
            return Err(FactProblem::WrongKind { given, allowed: self.kind });
        }
        if self.min.is_none() && self.max.is_none() {
            return Ok(());
        }
        let Some(given) = value.number() else { return Ok(()) };
        match (self.min, self.max) {
            (Some(min), _) if given < min => Err(FactProblem::BelowMin { given: given.normalize(), min }),
            (_, Some(max)) if given > max => Err(FactProblem::AboveMax { given: given.normalize(), max }),
            _ => Ok(()),
        }
    }

    /// The number that a typed value is, if it can be counted with and fits kind and range: what
    /// [`FactValue::number`] gives where [`FactSchema::check`] has nothing to say.
    #[must_use]
    #[inline(always)]
    pub fn number(&self, value: &FactValue) -> Option<Decimal> {
        let number = match (self.kind, value) {
            (FactKind::Decimal, FactValue::Decimal(number)) => *number,
            (FactKind::Int, FactValue::Int(number)) => Decimal::from(*number),
            (FactKind::Level { of }, FactValue::Level(level)) if level.of() == of => level.value().into(),
            (FactKind::Bool, FactValue::Bool(yes)) => u8::from(*yes).into(),
            _ => return None,
        };
        let allowed = match (self.min, self.max) {
            (None, None) => true,
            // Most bounds are this one.
            (Some(min), None) if min.is_zero() => !number.is_sign_negative() || number.is_zero(),
            _ => self.allows(number),
        };
        allowed.then_some(number)
    }

    /// Whether a number lies in the range; by itself, so that the short ways stay short.
    #[inline(never)]
    fn allows(&self, number: Decimal) -> bool {
        let below = |bound: Decimal, number: Decimal| {
            // Of one scale, the digits say it.
            if bound.scale() == number.scale() {
                number.mantissa() < bound.mantissa()
            } else {
                number < bound
            }
        };
        !self.min.is_some_and(|min| below(min, number)) && !self.max.is_some_and(|max| below(number, max))
    }

    /// Whether a value is of the kind.
    fn fits(&self, value: &FactValue) -> bool {
        match (self.kind, value) {
            (FactKind::Level { of }, FactValue::Level(level)) => level.of() == of,
            (FactKind::Decimal, FactValue::Decimal(_))
            | (FactKind::Int, FactValue::Int(_))
            | (FactKind::Bool, FactValue::Bool(_))
            | (FactKind::Text, FactValue::Text(_))
            | (FactKind::Date, FactValue::Date(_))
            | (FactKind::Instant, FactValue::Instant(_))
            | (FactKind::Set, FactValue::Set(_))
            | (FactKind::Money, FactValue::Money(_)) => true,
            _ => false,
        }
    }

    /// Checks a part against the whole that the schema names, where both are known.
    ///
    /// # Errors
    /// [`FactProblem::ExceedsWhole`].
    pub fn check_part(&self, given: Decimal, facts: &dyn Facts) -> Result<(), FactProblem> {
        let Some(whole) = &self.part_of else { return Ok(()) };
        match facts.fact(whole) {
            Fact::Known { value, .. } => match value.number() {
                Some(of) if given > of => Err(FactProblem::ExceedsWhole {
                    given: given.normalize(),
                    whole: whole.clone(),
                    of: of.normalize(),
                }),
                _ => Ok(()),
            },
            Fact::Missing | Fact::NotApplicable => Ok(()),
        }
    }
}

trait ExactInteger {
    fn to_i64_exact(&self) -> Option<i64>;
}

impl ExactInteger for Decimal {
    fn to_i64_exact(&self) -> Option<i64> {
        if self.is_integer() { self.to_i64() } else { None }
    }
}

/// A value as it arrives, before a [`FactSchema`] says what it means.
#[derive(Clone, Debug, PartialEq)]
pub enum FactInput<'a> {
    /// `true` or `false`.
    Bool(bool),
    /// A number that was read exactly.
    Number(Decimal),
    /// A text.
    Text(Cow<'a, str>),
    /// A list of texts.
    List(Vec<Cow<'a, str>>),
    /// An object with amount and currency.
    Money(Money),
}

impl fmt::Display for FactInput<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "`{value}`"),
            Self::Number(value) => write!(f, "`{}`", value.normalize()),
            Self::Text(text) => Quoted(text).fmt(f),
            Self::List(items) => write!(f, "a list of {} texts", items.len()),
            Self::Money(money) => write!(f, "`{money}`"),
        }
    }
}

impl<'de> Deserialize<'de> for FactInput<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InputVisitor;

        impl<'de> Visitor<'de> for InputVisitor {
            type Value = FactInput<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, a text, true, false, a list of texts, or {\"amount\", \"currency\"}")
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
                Ok(FactInput::Bool(value))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
                Ok(FactInput::Number(value.into()))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
                Ok(FactInput::Number(value.into()))
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
                DecimalVisitor.visit_f64(value).map(FactInput::Number)
            }
            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(FactInput::Text(Cow::Borrowed(text)))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(FactInput::Text(Cow::Owned(text.into())))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(FactInput::List(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let (mut amount, mut currency) = (None::<DecimalText>, None::<Currency>);
                while let Some(key) = map.next_key::<Cow<'de, str>>()? {
                    match key.as_ref() {
                        "amount" if amount.is_none() => amount = Some(map.next_value()?),
                        "currency" if currency.is_none() => currency = Some(map.next_value()?),
                        "amount" => return Err(de::Error::duplicate_field("amount")),
                        "currency" => return Err(de::Error::duplicate_field("currency")),
                        other => return Err(de::Error::unknown_field(other, &["amount", "currency"])),
                    }
                }
                let amount = amount.ok_or_else(|| de::Error::missing_field("amount"))?;
                let currency = currency.ok_or_else(|| de::Error::missing_field("currency"))?;
                Ok(FactInput::Money(Money::new(amount.0, currency)))
            }
        }

        deserializer.deserialize_any(InputVisitor)
    }
}
