//! Points of a ledger.
use alloc::string::String;
use core::fmt;

use guanxi_core::{DecimalText, canonical};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// An exact amount of points in millionths, negative ones included, so that sums of points never lose a
/// digit.
///
/// Written as a decimal (`"7.5"`).
///
/// ```
/// use guanxi_leads::Points;
/// let points: Points = serde_json::from_str("\"-7.500001\"")?;
/// assert_eq!((points.millionths(), points.to_string()), (-7_500_001, "-7.500001".to_owned()));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "DecimalText", into = "DecimalText")]
pub struct Points(i128); // INVARIANT: at most MOST either way

/// Why a number is not an amount of [`Points`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PointsError {
    /// Finer than millionths.
    #[error("points have at most six decimal places, got `{given}`")]
    TooFine {
        /// The number given.
        given: Decimal,
    },
    /// Too many.
    #[error("points are at most 1000000000000000000000 either way, got `{given}`")]
    TooMany {
        /// The number given.
        given: Decimal,
    },
}

impl Points {
    /// No points.
    pub const ZERO: Self = Self(0);
    const PLACES: u32 = 6;
    /// Far more than the most points of a rule for as many events as there is memory for.
    const MOST: i128 = 1_000_000_000_000_000_000_000_000_000;

    /// So many millionths of a point; what no ledger can hold is cut to the most that one can.
    #[must_use]
    pub const fn from_millionths(millionths: i128) -> Self {
        if millionths > Self::MOST {
            Self(Self::MOST)
        } else if millionths < -Self::MOST {
            Self(-Self::MOST)
        } else {
            Self(millionths)
        }
    }

    /// The points in millionths.
    #[must_use]
    pub const fn millionths(self) -> i128 {
        self.0
    }

    /// The points as a decimal.
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        // Every amount within the bound has a decimal.
        canonical(Decimal::try_from_i128_with_scale(self.0, Self::PLACES).unwrap_or_default())
    }
}

impl core::iter::Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        points.fold(Self::ZERO, |sum, points| Self::from_millionths(sum.0.saturating_add(points.0)))
    }
}

impl TryFrom<Decimal> for Points {
    type Error = PointsError;

    fn try_from(given: Decimal) -> Result<Self, PointsError> {
        let exact = given.normalize();
        let Some(places) = Self::PLACES.checked_sub(exact.scale()) else {
            return Err(PointsError::TooFine { given });
        };
        let millionths = 10_i128.checked_pow(places).and_then(|by| exact.mantissa().checked_mul(by));
        let most = Self::MOST.unsigned_abs();
        let fits = millionths.filter(|millionths| millionths.unsigned_abs() <= most);
        fits.map(Self).ok_or(PointsError::TooMany { given })
    }
}

impl TryFrom<DecimalText> for Points {
    type Error = PointsError;

    fn try_from(given: DecimalText) -> Result<Self, PointsError> {
        Self::try_from(given.0)
    }
}

impl From<Points> for DecimalText {
    fn from(points: Points) -> Self {
        Self(points.to_decimal())
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_decimal().fmt(f)
    }
}

impl From<Points> for String {
    fn from(points: Points) -> Self {
        alloc::format!("{points}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn errors_say_what_is_allowed() {
        let read = |text: &str| Points::try_from(guanxi_core::parse_decimal(text).unwrap());
        insta::assert_snapshot!(read("0.0000001").unwrap_err(), @"points have at most six decimal places, got `0.0000001`");
        insta::assert_snapshot!(read("-1000000000000000000000.5").unwrap_err(), @"points are at most 1000000000000000000000 either way, got `-1000000000000000000000.5`");
        let most = Points::from_millionths(i128::MAX);
        assert_eq!(read(&most.to_string()), Ok(most));
        assert_eq!(most.to_string(), "1000000000000000000000");
        assert_eq!([most, most].into_iter().sum::<Points>(), most);
    }
}
