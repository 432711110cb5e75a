//! How facts are made from events, as data.
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;

use guanxi_core::{
    AttributeId, Currency, DecimalText, EventKind, FactId, FactValue, Level, LevelError, canonical,
};
use rust_decimal::Decimal;
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use alloc::string::{String, ToString};

use crate::window::Window;

/// The recipes of a document, as people write them; see [`Recipes`](crate::Recipes) for the checked form.
///
/// ```toml
/// [[recipes]]
/// fact = "industry_growth"
/// measure = { growth = { of = { sum = { add = ["net"] } }, over = { months = 12 } } }
/// events = ["order.placed"]
/// peers = "business_type"
///
/// [[recipes]]
/// fact = "price_sensitivity"
/// measure = { share = { of = "count", where = [{ attribute = "discount_rate", is = { above = 0 } }] } }
/// events = ["order.line"]
/// levels = { cuts = ["0", "0.01", "0.02", "0.05"], at_cut = "lower" }
///
/// [[recipes]]
/// fact = "orders"
/// measure = "count"
/// events = ["order.placed"]
/// when_empty = { value = 0 }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecipesSpec {
    /// One recipe a fact.
    pub recipes: Vec<RecipeSpec>,
}

/// How one fact is made.
///
/// First the events are chosen: those of the kinds named, up to `as_of`, that pass every filter of
/// `where` and lie in the `window`. Then the `measure` turns them into a value. A fact is *empty* if
/// there is nothing to measure; `when_empty` says what that means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecipeSpec {
    /// The fact made.
    pub fact: FactId,
    /// What is measured.
    pub measure: Measure,
    /// The kinds of events measured; none for `attribute` and `constant`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventKind>,
    /// Only events that pass all of these.
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// Only events of the time that ends at `as_of`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// Measures the events of all parties that share this party's value of the attribute, its own
    /// included: the growth of an industry. Empty for a party without that attribute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peers: Option<AttributeId>,
    /// Converts every amount of money to this currency, at the rate of the day of its event, and so
    /// to a plain number. Without it the sum or mean of money is an amount of its one currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub convert: Option<Currency>,
    /// Turns the number into a level. A mean, growth or share is compared with the cut points as it
    /// is, before any rounding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<Levels>,
    /// What the fact is if there is nothing to measure.
    #[serde(default)]
    pub when_empty: WhenEmpty,
}

/// What a recipe measures over the events chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// The exact sum of an amount.
    Sum(Amount),
    /// The number of events.
    Count,
    /// The earliest value of an attribute; of equal instants, the one of the smaller event id.
    First(AttributeId),
    /// The latest value of an attribute; of equal instants, the one of the greater event id.
    Last(AttributeId),
    /// Sum divided by count.
    Mean {
        /// What is averaged.
        of: Amount,
        /// Decimal places kept, rounded once, halves away from zero; 4 if not given, at most 12.
        #[serde(default = "default_places")]
        places: u32,
    },
    /// `(recent - before) / before` of the time that ends at `as_of` and an equal one before that.
    /// Empty if the earlier one comes to 0 or less.
    Growth {
        /// What grows.
        of: Quantity,
        /// The length of either time. Both are counted back from `as_of`.
        over: Window,
        /// Decimal places kept, rounded once, halves away from zero; 4 if not given, at most 12.
        #[serde(default = "default_places")]
        places: u32,
    },
    /// The part of a quantity where filters hold, divided by all of it. Empty if all of it comes to
    /// 0 or less.
    Share {
        /// What is divided.
        of: Quantity,
        /// The part: events that pass all of these.
        #[serde(rename = "where")]
        filters: Vec<Filter>,
        /// Decimal places kept, rounded once, halves away from zero; 4 if not given, at most 12.
        #[serde(default = "default_places")]
        places: u32,
    },
    /// The number of different values of an attribute; each text of a set counts by itself.
    Distinct(AttributeId),
    /// The number of values seen with anyone in the ledger, less those seen with this party. A party
    /// without events lacks them all; empty only if nobody has any.
    DistinctNotYet(AttributeId),
    /// The number of different values seen with anyone in the ledger.
    DistinctInPopulation(AttributeId),
    /// The median number of days between consecutive days with events; of an even number of gaps the
    /// mean of the middle two. Empty below two different days (in UTC).
    MedianGap,
    /// Days from the first or last event to `as_of`, as calendar days in UTC.
    DaysSince(End),
    /// An attribute of the party itself, as it stands in the record.
    Attribute(AttributeId),
    /// The same value for everyone.
    Constant(#[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))] FactValue),
}

const fn default_places() -> u32 {
    4
}

/// Either end of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The earliest event.
    First,
    /// The latest event.
    Last,
}

/// A count of events or a sum of amounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Quantity {
    /// The number of events.
    Count,
    /// The exact sum of an amount.
    Sum(Amount),
}

/// An amount of each event: attributes added, less attributes subtracted (net less cost).
///
/// An event that lacks one of them makes the fact refused with a finding: missing is not zero. A
/// filter `present` leaves such events out on purpose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// Attributes that are added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<AttributeId>,
    /// Attributes that are subtracted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subtract: Vec<AttributeId>,
}

/// A condition on one attribute of an event; an event without the attribute does not pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// The attribute tested.
    pub attribute: AttributeId,
    /// The test.
    pub is: Test,
}

/// A test of one value. The four comparisons need a plain number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Test {
    /// There is a value.
    Present,
    /// The value is this one.
    Equals(Literal),
    /// The number is greater.
    Above(DecimalText),
    /// The number is greater or equal.
    AtLeast(DecimalText),
    /// The number is smaller.
    Below(DecimalText),
    /// The number is smaller or equal.
    AtMost(DecimalText),
}

/// A value to compare with: a text, a number or true or false.
///
/// A text equals a text, a day or an instant written so, and a member of a set; a number, as number
/// or as text, equals a number of that value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// True or false.
    Bool(bool),
    /// A text, or a number in its text form.
    Text(String),
}

impl Literal {
    /// Whether a value is this one.
    #[must_use]
    pub fn equals(&self, value: &FactValue) -> bool {
        match (self, value) {
            (Self::Bool(own), FactValue::Bool(given)) => own == given,
            (Self::Bool(_), _) | (Self::Text(_), FactValue::Bool(_)) => false,
            (Self::Text(own), FactValue::Text(given)) => own == given,
            (Self::Text(own), FactValue::Set(given)) => given.contains(own),
            (Self::Text(own), given) => match given.number() {
                Some(number) => guanxi_core::parse_decimal(own) == Ok(number),
                None => *own == given.to_string(),
            },
        }
    }
}

impl Serialize for Literal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LiteralVisitor;

        impl Visitor<'_> for LiteralVisitor {
            type Value = Literal;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a number, true or false")
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Literal, E> {
                Ok(Literal::Bool(value))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Literal, E> {
                Ok(Literal::Text(text.into()))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Literal, E> {
                Ok(Literal::Text(value.to_string()))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Literal, E> {
                Ok(Literal::Text(value.to_string()))
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Literal, E> {
                let number = DecimalText::deserialize(de::value::F64Deserializer::new(value))?;
                Ok(Literal::Text(number.to_string()))
            }
        }

        deserializer.deserialize_any(LiteralVisitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Literal {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "Literal".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": ["string", "number", "boolean"]})
    }
}

/// Cut points that turn a number into a level: `n` cuts make levels `1..=n + 1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Levels {
    /// Ascending cut points, 1 to 254 of them.
    pub cuts: Vec<DecimalText>,
    /// To which level a number equal to a cut point belongs.
    pub at_cut: Side,
}

/// A side of a cut point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The level below.
    Lower,
    /// The level above.
    Higher,
}

impl Levels {
    /// The level of a number.
    ///
    /// # Errors
    /// [`LevelError`] for more cut points than a checked recipe has.
    pub fn of(&self, number: Decimal) -> Result<Level, LevelError> {
        self.of_compared(|cut| number.cmp(&cut))
    }

    /// The level of whatever compares with a cut point.
    pub(crate) fn of_compared(&self, compare: impl Fn(Decimal) -> Ordering) -> Result<Level, LevelError> {
        let passed = |cut: &&DecimalText| match self.at_cut {
            Side::Lower => compare(cut.0).is_gt(),
            Side::Higher => compare(cut.0).is_ge(),
        };
        let below = self.cuts.iter().filter(passed).count();
        let of = u8::try_from(self.cuts.len()).unwrap_or(u8::MAX).saturating_add(1);
        Level::new(i64::try_from(below).unwrap_or(i64::MAX).saturating_add(1), of)
    }
}

/// What a fact is if there is nothing to measure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum WhenEmpty {
    /// Nobody knows: the fact is missing.
    #[default]
    Missing,
    /// The question does not arise: a firm that never bought has no profit.
    NotApplicable,
    /// A number, observed at no time; levels apply to it.
    Value(DecimalText),
}

impl Measure {
    /// Whether it measures events, and not the party or nothing.
    pub(crate) const fn reads_events(&self) -> bool {
        !matches!(self, Self::Attribute(_) | Self::Constant(_))
    }

    /// Whether it compares with everyone in the ledger.
    pub(crate) const fn population(&self) -> Option<&AttributeId> {
        match self {
            Self::DistinctNotYet(attribute) | Self::DistinctInPopulation(attribute) => Some(attribute),
            _ => None,
        }
    }

    /// Whether its numbers are whole.
    pub(crate) const fn is_whole(&self) -> bool {
        matches!(
            self,
            Self::Count
                | Self::Distinct(_)
                | Self::DistinctNotYet(_)
                | Self::DistinctInPopulation(_)
                | Self::DaysSince(_)
        )
    }

    /// Whether its numbers are quotients.
    pub(crate) const fn divides(&self) -> bool {
        matches!(self, Self::Mean { .. } | Self::Growth { .. } | Self::Share { .. })
    }

    /// The amount that it adds up.
    pub(crate) const fn amount(&self) -> Option<&Amount> {
        match self {
            Self::Sum(amount)
            | Self::Mean { of: amount, .. }
            | Self::Growth { of: Quantity::Sum(amount), .. }
            | Self::Share { of: Quantity::Sum(amount), .. } => Some(amount),
            _ => None,
        }
    }

    /// A number as the kind of value that the measure gives.
    pub(crate) fn value(&self, number: Decimal) -> FactValue {
        match i64::try_from(number) {
            Ok(whole) if self.is_whole() && number.is_integer() => FactValue::Int(whole),
            _ => FactValue::Decimal(canonical(number)),
        }
    }
}
