use core::fmt;
use core::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::decimal::{DecimalError, DecimalText, parse_decimal};

/// Points from 0.00 to 100.00 in steps of 0.01; there are exactly 10 001 of them.
///
/// Kept as hundredths, so comparing, counting and sorting scores is integer work. Written with two
/// places always (`"50.00"`).
///
/// ```
/// use guanxi_core::Score;
/// let score: Score = "89.4".parse()?;
/// assert_eq!((score.hundredths(), score.to_string()), (8940, "89.40".to_owned()));
/// # Ok::<(), guanxi_core::ScoreError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "DecimalText")]
pub struct Score(u16); // INVARIANT: 0 <= self.0 <= 10_000

/// Why a number is not a [`Score`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScoreError {
    /// Below 0 or above 100.
    #[error("a score is from 0 to 100, got `{given}`")]
    OutOfRange {
        /// The number given.
        given: Decimal,
    },
    /// Finer than hundredths: a score is rounded once, where it is computed.
    #[error("a score has at most two decimal places, got `{given}`")]
    TooFine {
        /// The number given.
        given: Decimal,
    },
    /// Not a decimal.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
}

impl Score {
    /// 0.00, the least score.
    pub const MIN: Self = Self(0);
    /// 100.00, the greatest score.
    pub const MAX: Self = Self(10_000);

    /// The score of so many hundredths of a point, 0 to 10 000.
    ///
    /// # Errors
    /// [`ScoreError::OutOfRange`] above 10 000.
    pub fn from_hundredths(hundredths: u16) -> Result<Self, ScoreError> {
        if hundredths <= Self::MAX.0 {
            Ok(Self(hundredths))
        } else {
            Err(ScoreError::OutOfRange { given: Decimal::new(hundredths.into(), 2) })
        }
    }

    /// The score in hundredths of a point.
    #[must_use]
    pub const fn hundredths(self) -> u16 {
        self.0
    }

    /// The score as a decimal of two places.
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.0.into(), 2)
    }

    /// How many points this score lies below another, zero where it does not.
    #[must_use]
    pub const fn short_of(self, other: Self) -> Self {
        Self(other.0.saturating_sub(self.0))
    }
}

impl TryFrom<Decimal> for Score {
    type Error = ScoreError;

    fn try_from(given: Decimal) -> Result<Self, ScoreError> {
        if given.is_sign_negative() && !given.is_zero() || given > Decimal::ONE_HUNDRED {
            return Err(ScoreError::OutOfRange { given });
        }
        let exact = given.normalize();
        let step = match exact.scale() {
            0 => 100,
            1 => 10,
            2 => 1,
            _ => return Err(ScoreError::TooFine { given }),
        };
        exact
            .mantissa()
            .checked_mul(step)
            .and_then(|hundredths| u16::try_from(hundredths).ok())
            .map(Self)
            .ok_or(ScoreError::OutOfRange { given })
    }
}

impl TryFrom<DecimalText> for Score {
    type Error = ScoreError;

    fn try_from(given: DecimalText) -> Result<Self, ScoreError> {
        Self::try_from(given.0)
    }
}

impl FromStr for Score {
    type Err = ScoreError;

    fn from_str(text: &str) -> Result<Self, ScoreError> {
        Self::try_from(parse_decimal(text)?)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Serialize for Score {
    /// Writes the two-place text digit by digit: scores are most of what a decision says.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digit = |unit: u16| b"0123456789".get(usize::from(self.0 / unit % 10)).copied().unwrap_or(b'0');
        let text = [digit(10_000), digit(1_000), digit(100), b'.', digit(10), digit(1)];
        let skip = if self.0 >= 10_000 { 0 } else { 1 + usize::from(self.0 < 1_000) };
        let text = text.get(skip..).and_then(|text| core::str::from_utf8(text).ok());
        serializer.serialize_str(text.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn every_score_survives_its_text() {
        for hundredths in 0..=10_000 {
            let score = Score::from_hundredths(hundredths).unwrap();
            let json = serde_json::to_string(&score).unwrap();
            assert_eq!(json, std::format!("\"{score}\""));
            assert_eq!(serde_json::from_str::<Score>(&json).unwrap(), score);
            assert_eq!(Score::try_from(score.to_decimal()), Ok(score));
        }
    }

    #[test]
    fn errors_say_what_is_allowed() {
        let error = |text: &str| text.parse::<Score>().unwrap_err().to_string();
        insta::assert_snapshot!(error("100.01"), @"a score is from 0 to 100, got `100.01`");
        insta::assert_snapshot!(error("-0.01"), @"a score is from 0 to 100, got `-0.01`");
        insta::assert_snapshot!(error("49.995"), @"a score has at most two decimal places, got `49.995`");
        insta::assert_snapshot!(error("high"), @"expected a decimal such as `-12.34`, got `high`");
        assert!(Score::from_hundredths(10_001).is_err());
    }
}
