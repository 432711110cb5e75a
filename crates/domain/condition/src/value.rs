//! Values as they are compared.
use alloc::collections::BTreeSet;
use alloc::string::String;
use core::cmp::Ordering;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::{FactKind, FactSchema, FactValue, Level, Money};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::normal::{is_normally, normal, normalised};
use crate::tree::{Comparison, Literal};
use crate::truth::Truth;

/// What of a schema values are held against: kind, least, greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fit {
    pub(crate) kind: FactKind,
    pub(crate) min: Option<Decimal>,
    pub(crate) max: Option<Decimal>,
    /// Whether no reason shows its value.
    pub(crate) personal: bool,
}

impl From<&FactSchema> for Fit {
    fn from(schema: &FactSchema) -> Self {
        Self { kind: schema.kind, min: schema.min, max: schema.max, personal: schema.personal }
    }
}

impl Fit {
    /// The number that a value is, if it is one, and fits kind and range.
    #[inline]
    pub(crate) fn number(&self, value: &FactValue) -> Option<Decimal> {
        let number = match (self.kind, value) {
            (FactKind::Decimal, FactValue::Decimal(number)) => *number,
            (FactKind::Int, FactValue::Int(number)) => Decimal::from(*number),
            (FactKind::Level { of }, FactValue::Level(level)) if level.of() == of => level.value().into(),
            (FactKind::Bool, FactValue::Bool(yes)) => u8::from(*yes).into(),
            _ => return None,
        };
        self.allows(number).then_some(number)
    }

    pub(crate) fn allows(&self, number: Decimal) -> bool {
        self.min.is_none_or(|min| order(&min, &number).is_le())
            && self.max.is_none_or(|max| order(&number, &max).is_le())
    }
}

/// The order of two decimals. Most have few digits and one sign: then whole numbers decide.
#[inline]
pub(crate) fn order(one: &Decimal, other: &Decimal) -> Ordering {
    let (a, b) = (one.unpack(), other.unpack());
    let power = |scale: u32, less: u32| POWERS.get(usize::try_from(scale.saturating_sub(less)).ok()?);
    let digits = |high: u32, low: u32| u128::from((u64::from(high) << 32) | u64::from(low));
    if a.hi == 0
        && b.hi == 0
        && a.negative == b.negative
        && let (Some(own), Some(others)) = (power(b.scale, a.scale), power(a.scale, b.scale))
    {
        // Less than 2^64 · 10^18, which is less than 2^124.
        let order =
            (digits(a.mid, a.lo) * u128::from(*own)).cmp(&(digits(b.mid, b.lo) * u128::from(*others)));
        return if a.negative { order.reverse() } else { order };
    }
    one.cmp(other)
}

/// 10 to the place.
const POWERS: [u64; 19] = [
    1,
    10,
    100,
    1_000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    100_000_000,
    1_000_000_000,
    10_000_000_000,
    100_000_000_000,
    1_000_000_000_000,
    10_000_000_000_000,
    100_000_000_000_000,
    1_000_000_000_000_000,
    10_000_000_000_000_000,
    100_000_000_000_000_000,
    1_000_000_000_000_000_000,
];

/// A value that fits its schema.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Number(Decimal),
    Bool(bool),
    Text(&'a str),
    Day(NaiveDate),
    Instant(DateTime<Utc>),
    Money(Money),
    Set(&'a BTreeSet<String>),
}

/// How two values stand to each other.
pub(crate) enum Relation {
    Ordered(Ordering),
    /// Equal or not, without an order.
    Same(bool),
    /// Not comparable: amounts of two currencies.
    None,
}

impl<'a> Value<'a> {
    /// The value as it is compared, if it fits kind and range.
    pub(crate) fn fitting(fit: &Fit, value: &'a FactValue) -> Option<Self> {
        Some(match (fit.kind, value) {
            (FactKind::Bool, FactValue::Bool(yes)) => fit.number(value).map(|_| Self::Bool(*yes))?,
            (FactKind::Text, FactValue::Text(text)) => Self::Text(text),
            (FactKind::Date, FactValue::Date(day)) => Self::Day(*day),
            (FactKind::Instant, FactValue::Instant(at)) => Self::Instant(*at),
            (FactKind::Money, FactValue::Money(money)) => Self::Money(*money),
            (FactKind::Set, FactValue::Set(texts)) => Self::Set(texts),
            _ => Self::Number(fit.number(value)?),
        })
    }

    pub(crate) fn relation(&self, other: &Self) -> Relation {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => Relation::Ordered(order(one, other)),
            (Self::Day(one), Self::Day(other)) => Relation::Ordered(one.cmp(other)),
            (Self::Instant(one), Self::Instant(other)) => Relation::Ordered(one.cmp(other)),
            (Self::Money(one), Self::Money(other)) if one.currency() == other.currency() => {
                Relation::Ordered(one.amount().cmp(&other.amount()))
            }
            (Self::Bool(one), Self::Bool(other)) => Relation::Same(one == other),
            (Self::Text(one), Self::Text(other)) => Relation::Same(normal(one).eq(normal(other))),
            _ => Relation::None,
        }
    }

    pub(crate) fn to(&self, literal: &Literal) -> Relation {
        let other = match literal {
            Literal::Text(wording) => {
                let Self::Text(text) = self else { return Relation::None };
                return Relation::Same(is_normally(text, &wording.normal));
            }
            other => Self::of(other),
        };
        other.map_or(Relation::None, |other| self.relation(&other))
    }

    /// A literal as it is compared; a text is compared by its own way.
    pub(crate) const fn of(literal: &Literal) -> Option<Self> {
        Some(match literal {
            Literal::Text(_) => return None,
            Literal::Number(number) => Self::Number(*number),
            Literal::Bool(yes) => Self::Bool(*yes),
            Literal::Day(day) => Self::Day(*day),
            Literal::Instant(at) => Self::Instant(*at),
            Literal::Money(money) => Self::Money(*money),
        })
    }

    /// How far two numbers or amounts of one currency are apart, if that can be written exactly.
    pub(crate) fn distance(&self, other: &Self) -> Option<Decimal> {
        let (one, other) = match (self, other) {
            (Self::Number(one), Self::Number(other)) => (*one, *other),
            (Self::Money(one), Self::Money(other)) if one.currency() == other.currency() => {
                (one.amount(), other.amount())
            }
            _ => return None,
        };
        let (less, more) = (one.min(other), one.max(other));
        let distance = more.checked_sub(less)?;
        // A difference of too many digits is rounded by the decimal type.
        let exact = less.checked_add(distance) == Some(more) && more.checked_sub(distance) == Some(less);
        exact.then_some(distance)
    }

    /// The value as one of a kind, for showing.
    pub(crate) fn shown(&self, kind: FactKind) -> FactValue {
        match (self, kind) {
            (Self::Number(number), FactKind::Int) => {
                number.to_i64().map_or(FactValue::Decimal(*number), FactValue::Int)
            }
            (Self::Number(number), FactKind::Level { of }) => {
                let level = number.to_i64().and_then(|rank| Level::new(rank, of).ok());
                level.map_or(FactValue::Decimal(*number), FactValue::Level)
            }
            (Self::Number(number), _) => FactValue::Decimal(*number),
            (Self::Text(text), _) => FactValue::Text((*text).into()),
            (Self::Bool(yes), _) => FactValue::Bool(*yes),
            (Self::Day(day), _) => FactValue::Date(*day),
            (Self::Instant(at), _) => FactValue::Instant(*at),
            (Self::Money(money), _) => FactValue::Money(*money),
            (Self::Set(texts), _) => FactValue::Set((*texts).clone()),
        }
    }

    /// A value to tell equal ones from others by.
    pub(crate) fn key(&self) -> FactValue {
        match self {
            Self::Number(number) => FactValue::Decimal(number.normalize()),
            Self::Text(text) => FactValue::Text(normalised(text)),
            other => other.shown(FactKind::Decimal),
        }
    }
}

impl Comparison {
    /// Whether it holds of two values in an order.
    pub(crate) const fn orders(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Differs => order.is_ne(),
            Self::Below => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Above => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }

    pub(crate) fn holds(self, relation: &Relation) -> Truth {
        match relation {
            Relation::None => Truth::Unknown,
            Relation::Ordered(order) => self.orders(*order).into(),
            // Texts, true and false have no order but are only asked whether they are equal.
            Relation::Same(same) => (*same != (self == Self::Differs)).into(),
        }
    }
}
