//! What an assessment says.
use alloc::boxed::Box;
use alloc::string::String;

use chrono::{DateTime, Utc};
use guanxi_core::{ActorId, DecimalText, FactId, Quoted, Score, Share, TierId};
use num_bigint::BigUint;
use rust_decimal::Decimal;
use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

use crate::dimension::{ByDimension, Dimension};
use crate::number::{Fraction, Nat, gcd};
use crate::spec::IndicatorId;

/// What is known of a customer besides the facts: tiers that were set before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The tier that review rules have settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<TierId>,
    /// The tier that an assessor has set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#override: Option<Override>,
}

/// A tier that an assessor sets by hand, for a time and with a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The tier.
    pub tier: TierId,
    /// Who set it.
    pub by: ActorId,
    /// Why.
    pub why: String,
    /// The first instant at which it no longer holds.
    pub until: DateTime<Utc>,
}

/// How far an assessment came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// There is a composite and a tier.
    Tiered,
    /// Value does not apply: a prospect, ranked by the other dimensions.
    Prospect,
    /// A dimension has no score, so there is no composite.
    Incomplete,
}

/// The four tiers of an assessment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tiers {
    /// From the composite.
    pub computed: Option<TierId>,
    /// After review rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<TierId>,
    /// Set by an assessor, if in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#override: Option<Override>,
    /// The one that counts: override, else settled, else computed.
    pub effective: Option<TierId>,
}

/// The outcome of assessing one customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// The tier that counts, the same as `tiers.effective`.
    pub tier: Option<TierId>,
    /// The composite score, rounded half-up once from the exact value.
    pub composite: Option<Score>,
    /// The dimension scores, each rounded half-up once; they never feed the composite.
    pub dimensions: ByDimension<Option<Score>>,
    /// The declared composite weight of the inputs that are known and not stale, rounded to four places.
    pub completeness: Share,
    /// How far the assessment came.
    pub standing: Standing,
    /// For a prospect, the composite of the other dimensions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<Score>,
    /// The four tiers.
    pub tiers: Tiers,
}

/// An exact fraction from 0 to 1, reduced, with its decimal rounded half-up to six places.
///
/// Written as `{"fraction": "57/200", "decimal": "0.285"}`; both texts are made when asked for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RatioText")]
pub struct Ratio(Exact);

#[derive(Clone, Debug)]
enum Exact {
    /// Not yet reduced. INVARIANT: the denominator is above 0.
    Short { num: u64, den: u64 },
    /// INVARIANT: reduced, and too long for the other form.
    Long(Box<Long>),
}

#[derive(Clone, Debug)]
struct Long {
    fraction: String,
    millionths: u32,
}

/// Equal in value.
impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        let times = |a: u64, b: u64| u128::from(a) * u128::from(b);
        match (self, other) {
            (Self::Short { num, den }, Self::Short { num: other, den: whole }) => {
                times(*num, *whole) == times(*other, *den)
            }
            (Self::Long(long), Self::Long(other)) => long.fraction == other.fraction,
            _ => false,
        }
    }
}

impl Eq for Exact {}

impl Ratio {
    /// Nothing of the whole.
    pub(crate) const NONE: Self = Self(Exact::Short { num: 0, den: 1 });

    #[inline]
    pub(crate) fn new<N: Nat>(exact: &Fraction<N>) -> Self {
        if let (Some(num), Some(den)) = (exact.num.to_u64(), exact.den.to_u64()) {
            return Self(Exact::Short { num, den });
        }
        Self::long(exact)
    }

    fn long<N: Nat>(exact: &Fraction<N>) -> Self {
        let exact = exact.reduced();
        if let (Some(num), Some(den)) = (exact.num.to_u64(), exact.den.to_u64()) {
            return Self(Exact::Short { num, den });
        }
        let fraction = alloc::format!("{}/{}", exact.num.to_big(), exact.den.to_big());
        Self(Exact::Long(Box::new(Long { fraction, millionths: millionths(&exact.to_big()) })))
    }

    /// The fraction, such as `57/200`.
    #[must_use]
    pub fn fraction(&self) -> String {
        match &self.0 {
            Exact::Short { num, den } => ShortText::of(*num, *den).as_str().into(),
            Exact::Long(long) => long.fraction.clone(),
        }
    }

    /// The decimal, such as `0.285`.
    #[must_use]
    pub fn decimal(&self) -> Decimal {
        Decimal::new(self.millionths().into(), 6).normalize()
    }

    fn millionths(&self) -> u32 {
        match &self.0 {
            Exact::Short { num, den } => millionths(&Fraction::<u128>::of(*num, *den)),
            Exact::Long(long) => long.millionths,
        }
    }
}

fn millionths<N: Nat>(exact: &Fraction<N>) -> u32 {
    let millionths = exact.rounded(1_000_000).and_then(|millionths| millionths.to_u64());
    millionths.and_then(|millionths| u32::try_from(millionths).ok()).unwrap_or_default()
}

/// `num/den`, reduced, without a trip through the heap: an explanation has two a line.
struct ShortText {
    text: [u8; 41],
    start: usize,
}

impl ShortText {
    fn of(num: u64, den: u64) -> Self {
        let divisor = gcd(den, num).max(1);
        let (num, den) = (num / divisor, den / divisor);
        let mut text = [b'/'; 41];
        let mut free = text.iter_mut().rev();
        for (i, mut number) in [den, num].into_iter().enumerate() {
            if i > 0 {
                let _ = free.next();
            }
            loop {
                if let (Some(place), Ok(digit)) = (free.next(), u8::try_from(number % 10)) {
                    *place = b'0' + digit;
                }
                number /= 10;
                if number == 0 {
                    break;
                }
            }
        }
        let start = free.len();
        Self { text, start }
    }

    fn as_str(&self) -> &str {
        self.text.get(self.start..).and_then(|text| core::str::from_utf8(text).ok()).unwrap_or_default()
    }
}

/// A ratio as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RatioText {
    fraction: String,
    decimal: DecimalText,
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = *b"0.000000";
        let millionths = self.millionths();
        let mut rest = millionths;
        for place in text.iter_mut().skip(2).rev() {
            *place = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
        let zeros = text.iter().rev().take_while(|digit| **digit == b'0').count();
        let decimal = match millionths {
            1_000_000 => Some("1"),
            0 => Some("0"),
            _ => {
                text.get(..text.len().saturating_sub(zeros)).and_then(|text| core::str::from_utf8(text).ok())
            }
        };
        let mut ratio = serializer.serialize_struct("Ratio", 2)?;
        match &self.0 {
            Exact::Short { num, den } => {
                ratio.serialize_field("fraction", ShortText::of(*num, *den).as_str())?;
            }
            Exact::Long(long) => ratio.serialize_field("fraction", &long.fraction)?,
        }
        ratio.serialize_field("decimal", decimal.unwrap_or_default())?;
        ratio.end()
    }
}

impl TryFrom<RatioText> for Ratio {
    type Error = RatioError;

    fn try_from(text: RatioText) -> Result<Self, RatioError> {
        let malformed = || RatioError { given: text.fraction.clone() };
        let number = |text: &str| BigUint::parse_bytes(text.as_bytes(), 10);
        let (num, den) = text.fraction.split_once('/').ok_or_else(malformed)?;
        let exact =
            Fraction { num: number(num).ok_or_else(malformed)?, den: number(den).ok_or_else(malformed)? };
        let ratio = Self::new(&exact);
        let proper = exact.num <= exact.den && exact.den != BigUint::ZERO;
        if proper && ratio.fraction() == text.fraction && ratio.decimal() == text.decimal.0 {
            Ok(ratio)
        } else {
            Err(malformed())
        }
    }
}

/// Why a text is not a [`Ratio`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a reduced fraction from 0/1 to 1/1 with its decimal, got {}", Quoted(.given))]
pub struct RatioError {
    /// The fraction given.
    pub given: String,
}

/// How an indicator's input was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputState {
    /// Known and fresh.
    Known,
    /// Known, too old, and used all the same.
    Stale,
    /// Missing, whatever the cause.
    Missing,
    /// Not applicable.
    NotApplicable,
}

/// What one indicator contributes. A scorer gives it with its own names ([`Explained`]); to keep it
/// longer than the scorer, see [`Contribution::into_owned`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution<I = IndicatorId, F = FactId> {
    /// The indicator.
    pub indicator: I,
    /// Its dimension.
    pub dimension: Dimension,
    /// The fact that it reads.
    pub fact: F,
    /// How the input was found.
    pub state: InputState,
    /// The input as a number, where it is known.
    pub input: Option<DecimalText>,
    /// Its value from 0 to 1, or what a missing input counts as.
    pub normalised: Option<Ratio>,
    /// Its share of the composite after renormalising; of the rank, for a prospect.
    pub weight: Option<Ratio>,
    /// Its points of the shown composite, or of the rank; all together add up to it.
    pub points: Option<Score>,
    /// Whether the policy gives the indicator no weight at all, so that it is only shown.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub shown_only: bool,
}

/// A contribution with the names of the scorer that explains it.
pub type Explained<'s> = Contribution<&'s IndicatorId, &'s FactId>;

impl Explained<'_> {
    /// The contribution with names of its own.
    #[must_use]
    pub fn into_owned(self) -> Contribution {
        let Self { indicator, dimension, fact, state, input, normalised, weight, points, shown_only } = self;
        let (indicator, fact) = (indicator.clone(), fact.clone());
        Contribution { indicator, dimension, fact, state, input, normalised, weight, points, shown_only }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::ToString;

    proptest! {
        #[test]
        fn ratios_are_reduced_and_survive_their_text(num in any::<u64>(), den in 1_u64.., small in any::<bool>()) {
            let (num, den) = if small { (num % 1_000, 1 + den % 1_000) } else { (num, den) };
            let (num, den) = (num.min(den), num.max(den));
            let narrow = Ratio::new(&Fraction::<u128>::of(num, den));
            let wide = Ratio::new(&Fraction::<BigUint>::of(num, den));
            prop_assert_eq!(&narrow, &wide);
            let fraction = narrow.fraction();
            let (a, b) = fraction.split_once('/').unwrap();
            let (a, b): (u128, u128) = (a.parse().unwrap(), b.parse().unwrap());
            prop_assert_eq!(a * u128::from(den), b * u128::from(num));
            let json = serde_json::to_string(&narrow).unwrap();
            let expected = std::format!("{{\"fraction\":\"{a}/{b}\",\"decimal\":\"{}\"}}", narrow.decimal());
            prop_assert_eq!(&json, &expected);
            prop_assert_eq!(serde_json::from_str::<Ratio>(&json).unwrap(), narrow);
        }
    }

    #[test]
    fn a_ratio_that_lies_is_refused() {
        let error = |json: &str| serde_json::from_str::<Ratio>(json).unwrap_err().to_string();
        insta::assert_snapshot!(error(r#"{"fraction":"2/4","decimal":"0.5"}"#), @"expected a reduced fraction from 0/1 to 1/1 with its decimal, got `2/4`");
        for json in [
            r#"{"fraction":"1/0","decimal":"0"}"#,
            r#"{"fraction":"1/2","decimal":"0.6"}"#,
            r#"{"fraction":"3/2","decimal":"1.5"}"#,
        ] {
            error(json);
        }
    }
}
