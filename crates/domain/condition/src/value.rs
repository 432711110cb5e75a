//! Values as they are compared.
use alloc::collections::BTreeSet;
use alloc::string::String;
use core::cmp::Ordering;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::{FactKind, FactSchema, FactValue, Money};
use rust_decimal::Decimal;

use crate::normal::{is_normally, normal, normalised};
use crate::tree::{Comparison, Literal};
use crate::truth::Truth;

/// What of a schema values are held against: kind, least, greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fit {
    pub(crate) kind: FactKind,
    pub(crate) min: Option<Decimal>,
    pub(crate) max: Option<Decimal>,
}

impl From<&FactSchema> for Fit {
    fn from(schema: &FactSchema) -> Self {
        Self { kind: schema.kind, min: schema.min, max: schema.max }
    }
}

impl Fit {
    pub(crate) fn allows(&self, number: Decimal) -> bool {
        self.min.is_none_or(|min| min <= number) && self.max.is_none_or(|max| number <= max)
    }
}

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
        let number = |number: Decimal| fit.allows(number).then_some(Self::Number(number));
        Some(match (fit.kind, value) {
            (FactKind::Decimal, FactValue::Decimal(value)) => number(*value)?,
            (FactKind::Int, FactValue::Int(value)) => number(Decimal::from(*value))?,
            (FactKind::Level { of }, FactValue::Level(level)) if level.of() == of => {
                number(level.value().into())?
            }
            (FactKind::Bool, FactValue::Bool(yes)) => {
                number(u8::from(*yes).into()).map(|_| Self::Bool(*yes))?
            }
            (FactKind::Text, FactValue::Text(text)) => Self::Text(text),
            (FactKind::Date, FactValue::Date(day)) => Self::Day(*day),
            (FactKind::Instant, FactValue::Instant(at)) => Self::Instant(*at),
            (FactKind::Money, FactValue::Money(money)) => Self::Money(*money),
            (FactKind::Set, FactValue::Set(texts)) => Self::Set(texts),
            _ => return None,
        })
    }

    pub(crate) fn relation(&self, other: &Self) -> Relation {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => Relation::Ordered(one.cmp(other)),
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
            Literal::Number(number) => Self::Number(*number),
            Literal::Bool(yes) => Self::Bool(*yes),
            Literal::Day(day) => Self::Day(*day),
            Literal::Instant(at) => Self::Instant(*at),
            Literal::Money(money) => Self::Money(*money),
        };
        self.relation(&other)
    }

    /// A value to tell equal ones from others by.
    pub(crate) fn key(&self) -> FactValue {
        match self {
            Self::Number(number) => FactValue::Decimal(number.normalize()),
            Self::Bool(yes) => FactValue::Bool(*yes),
            Self::Text(text) => FactValue::Text(normalised(text)),
            Self::Day(day) => FactValue::Date(*day),
            Self::Instant(at) => FactValue::Instant(*at),
            Self::Money(money) => FactValue::Money(*money),
            Self::Set(texts) => FactValue::Set((*texts).clone()),
        }
    }
}

impl Comparison {
    pub(crate) fn holds(self, relation: &Relation) -> Truth {
        let equal = match relation {
            Relation::None => return Truth::Unknown,
            Relation::Same(same) => *same,
            Relation::Ordered(order) => order.is_eq(),
        };
        let less = matches!(relation, Relation::Ordered(Ordering::Less));
        Truth::from(match self {
            Self::Equal => equal,
            Self::Differs => !equal,
            Self::Below => less,
            Self::AtMost => less || equal,
            Self::Above => !less && !equal,
            Self::AtLeast => !less,
        })
    }
}
