//! Shares that no decimal can hold.
use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

use guanxi_core::{Quoted, Share};
use serde::{Deserialize, Serialize};

/// The greatest denominator, far above that of any share of a budget.
const GREATEST: u128 = 1_000_000_000_000_000_000_000_000;

/// An exact share of a whole in lowest terms, from 0 to 1: `19/50` is 38 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ExactShare {
    numerator: u128,   // INVARIANT: at most the denominator, without a common divisor with it
    denominator: u128, // INVARIANT: from 1 to GREATEST
}

/// Why a text is not an [`ExactShare`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExactShareError {
    /// Not two whole numbers with a stroke between them, the first at most the second.
    #[error("expected an exact share such as `19/50`, from 0/1 to 1/1 and up to 24 digits, got {}", Quoted(.given))]
    Malformed {
        /// What was given.
        given: String,
    },
}

impl ExactShare {
    /// Nothing.
    pub const NONE: Self = Self { numerator: 0, denominator: 1 };

    /// `numerator / denominator`; nothing where that is no share or too fine.
    #[must_use]
    pub const fn new(numerator: u128, denominator: u128) -> Option<Self> {
        if denominator == 0 || numerator > denominator {
            return None;
        }
        let (mut divisor, mut rest) = (denominator, numerator);
        while rest > 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
        let reduced = Self { numerator: numerator / divisor, denominator: denominator / divisor };
        if reduced.denominator > GREATEST { None } else { Some(reduced) }
    }

    /// The number above the stroke.
    #[must_use]
    pub const fn numerator(self) -> u128 {
        self.numerator
    }

    /// The number below the stroke.
    #[must_use]
    pub const fn denominator(self) -> u128 {
        self.denominator
    }

    /// The share rounded half-up once to four places.
    #[must_use]
    pub fn rounded(self) -> Share {
        // Below 10^24, the product is far from the limit.
        let steps = (self.numerator * 20_000 + self.denominator) / (self.denominator * 2);
        u64::try_from(steps).ok().and_then(|steps| Share::of(steps, 10_000)).unwrap_or(Share::NONE)
    }
}

impl fmt::Display for ExactShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

impl FromStr for ExactShare {
    type Err = ExactShareError;

    fn from_str(text: &str) -> Result<Self, ExactShareError> {
        let number = |digits: &str| {
            let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
            if plain { digits.parse::<u128>().ok() } else { None }
        };
        text.split_once('/')
            .and_then(|(above, below)| Self::new(number(above)?, number(below)?))
            .ok_or_else(|| ExactShareError::Malformed { given: text.chars().take(41).collect() })
    }
}

impl TryFrom<String> for ExactShare {
    type Error = ExactShareError;

    fn try_from(text: String) -> Result<Self, ExactShareError> {
        text.parse()
    }
}

impl From<ExactShare> for String {
    fn from(share: ExactShare) -> Self {
        share.to_string()
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ExactShare {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "ExactShare".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^[0-9]+/[0-9]+$"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_in_lowest_terms_and_read_as_they_are_written() {
        let half = ExactShare::new(50, 100).unwrap();
        assert_eq!((half.to_string().as_str(), half.rounded().to_string().as_str()), ("1/2", "0.5"));
        assert_eq!("1/3".parse::<ExactShare>().unwrap().rounded().to_string(), "0.3333");
        assert_eq!("2/3".parse::<ExactShare>().unwrap().rounded().to_string(), "0.6667");
        assert_eq!(ExactShare::new(0, 7), Some(ExactShare::NONE));
        assert_eq!((ExactShare::new(2, 1), ExactShare::new(0, 0)), (None, None));
        for text in ["", "1", "1/0", "3/2", "-1/2", "+1/2", "1/ 2", "1/10000000000000000000000000"] {
            assert!(text.parse::<ExactShare>().is_err(), "{text}");
        }
        insta::assert_snapshot!("0.5".parse::<ExactShare>().unwrap_err().to_string(), @"expected an exact share such as `19/50`, from 0/1 to 1/1 and up to 24 digits, got `0.5`");
    }
}
