use core::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::decimal::DecimalText;

/// A proportion of a whole, `0..=1` inclusive: `0.25` is 25 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "DecimalText", into = "DecimalText")]
pub struct Share(Decimal); // INVARIANT: 0 <= self.0 <= 1, without trailing zeros

/// Why a number is not a [`Share`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShareError {
    /// Below 0 or above 1.
    #[error("a share is from 0 to 1 (0.25 is 25 %), got `{given}`")]
    OutOfRange {
        /// The number given.
        given: Decimal,
    },
}

impl Share {
    /// Nothing of the whole.
    pub const NONE: Self = Self(Decimal::ZERO);
    /// The whole.
    pub const WHOLE: Self = Self(Decimal::ONE);

    /// `part / whole`, rounded half-up once to four places; nothing where the whole is nothing or
    /// smaller than the part.
    ///
    /// ```
    /// # use guanxi_core::Share;
    /// assert_eq!(Share::of(1, 3).map(|s| s.to_string()), Some("0.3333".to_owned()));
    /// assert_eq!(Share::of(1, 0), None);
    /// ```
    #[must_use]
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        if whole == 0 || part > whole {
            return None;
        }
        let (part, whole) = (u128::from(part), u128::from(whole));
        let steps = (part * 20_000 + whole) / (whole * 2);
        i64::try_from(steps).ok().map(|steps| Self(Decimal::new(steps, 4).normalize()))
    }

    /// The share as a decimal from 0 to 1.
    #[must_use]
    pub const fn get(self) -> Decimal {
        self.0
    }
}

impl TryFrom<Decimal> for Share {
    type Error = ShareError;

    fn try_from(given: Decimal) -> Result<Self, ShareError> {
        if given < Decimal::ZERO || given > Decimal::ONE {
            return Err(ShareError::OutOfRange { given });
        }
        Ok(Self(given.normalize()))
    }
}

impl TryFrom<DecimalText> for Share {
    type Error = ShareError;

    fn try_from(given: DecimalText) -> Result<Self, ShareError> {
        Self::try_from(given.0)
    }
}

impl From<Share> for DecimalText {
    fn from(share: Share) -> Self {
        Self(share.0)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
