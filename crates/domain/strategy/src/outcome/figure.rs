//! Figures of effects, so bounded that any number of them adds up exactly.
use alloc::string::{String, ToString};
use core::fmt;

use guanxi_core::DecimalText;
use num_bigint::BigInt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A figure that was measured or is aimed at: at most 15 digits before the point, and 12 after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "DecimalText"))]
#[serde(try_from = "DecimalText", into = "DecimalText")]
pub struct Figure(Decimal); // INVARIANT: normalised, below 10^15 whatever the sign, at most 12 places

/// Why a number is not a [`Figure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a figure has at most 15 digits before the point and 12 after it, got `{given}`")]
pub struct FigureError {
    /// The number given.
    pub given: Decimal,
}

impl Figure {
    const PLACES: u32 = 12;
    const LIMIT: i128 = 1_000_000_000_000_000;

    /// The figure as a decimal.
    #[must_use]
    pub const fn get(self) -> Decimal {
        self.0
    }

    /// In trillionths, of which every figure is a whole number.
    pub(super) const fn parts(self) -> i128 {
        let mut parts = self.0.mantissa();
        let mut scale = self.0.scale();
        while scale < Self::PLACES {
            // At most 27 digits in all.
            parts = parts.saturating_mul(10);
            scale += 1;
        }
        parts
    }
}

impl TryFrom<Decimal> for Figure {
    type Error = FigureError;

    fn try_from(given: Decimal) -> Result<Self, FigureError> {
        let value = given.normalize();
        let whole = value.trunc().mantissa().unsigned_abs();
        if value.scale() > Self::PLACES || whole >= Self::LIMIT.unsigned_abs() {
            return Err(FigureError { given });
        }
        Ok(Self(value))
    }
}

impl TryFrom<DecimalText> for Figure {
    type Error = FigureError;

    fn try_from(given: DecimalText) -> Result<Self, FigureError> {
        Self::try_from(given.0)
    }
}

impl From<Figure> for DecimalText {
    fn from(figure: Figure) -> Self {
        Self(figure.0)
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        DecimalText(self.0).fmt(f)
    }
}

/// An exact sum of differences of figures, in trillionths. On the wire the whole number of them, as a text.
///
/// A difference has less than 2^91 of them, so more than 2^36 differences fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Sum(i128);

impl Sum {
    pub(super) const fn of(parts: i128) -> Self {
        Self(parts)
    }

    pub(super) const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// This sum divided by another above 0, rounded once to four places, halves away from zero.
    pub(super) fn ratio(self, whole: Self) -> Option<Decimal> {
        if whole.0 <= 0 {
            return None;
        }
        let (part, whole) = (BigInt::from(self.0.unsigned_abs()), BigInt::from(whole.0));
        let steps: BigInt = (part * 20_000 + &whole) / (whole * 2);
        let steps = i128::try_from(steps).ok()?;
        let steps = if self.0 < 0 { -steps } else { steps };
        Decimal::try_from_i128_with_scale(steps, 4).ok().map(|ratio| ratio.normalize())
    }
}

impl TryFrom<String> for Sum {
    type Error = core::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

impl From<Sum> for String {
    fn from(sum: Sum) -> Self {
        sum.0.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::parse_decimal;
    use std::string::ToString;

    fn figure(text: &str) -> Result<Figure, FigureError> {
        Figure::try_from(parse_decimal(text).unwrap())
    }

    #[test]
    fn figures_are_bounded() {
        for (text, parts) in [
            ("0", 0),
            ("-0.000000000001", -1),
            ("1.5", 1_500_000_000_000),
            ("999999999999999.999999999999", 999_999_999_999_999_999_999_999_999),
        ] {
            assert_eq!(figure(text).unwrap().parts(), parts);
            assert_eq!(figure(text).unwrap().to_string(), text);
        }
        insta::assert_snapshot!(figure("1000000000000000").unwrap_err(), @"a figure has at most 15 digits before the point and 12 after it, got `1000000000000000`");
        assert!(figure("-1000000000000000").is_err());
        assert!(figure("0.0000000000001").is_err());
        assert!(figure("79228162514264337593543950335").is_err());
    }

    #[test]
    fn ratios_are_rounded_once() {
        let ratio = |part, whole| Sum(part).ratio(Sum(whole)).map(|ratio| ratio.to_string());
        assert_eq!(ratio(1, 3).as_deref(), Some("0.3333"));
        assert_eq!(ratio(-2, 3).as_deref(), Some("-0.6667"));
        assert_eq!(ratio(1, 20_000).as_deref(), Some("0.0001"));
        assert_eq!(ratio(i128::MAX, 1), None);
        assert_eq!(ratio(i128::MAX, i128::MAX).as_deref(), Some("1"));
        assert_eq!((ratio(1, 0), ratio(1, -1)), (None, None));
    }
}
