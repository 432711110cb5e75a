use guanxi_core::{Currency, DecimalText, SubjectId};

use super::id::BudgetBandId;

/// Why a total cannot be allocated at all, whatever the policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BudgetError {
    /// A total of 0 or less.
    #[error("a total is above 0, got `{given}`", given = .given.0)]
    NotPositive {
        /// The amount given.
        given: DecimalText,
    },
    /// The currency has no minor unit to round to.
    #[error("{currency} has no minor unit to divide an amount into")]
    NoMinorUnit {
        /// The currency.
        currency: Currency,
    },
    /// A total that is no whole number of minor units.
    #[error("a total in {currency} has at most {places} decimal places, got `{given}`", given = .given.0)]
    TooFine {
        /// The amount given.
        given: DecimalText,
        /// Its currency.
        currency: Currency,
        /// The decimal places of its minor unit.
        places: u32,
    },
    /// A total of more than 18446744073709551615 minor units.
    #[error("a total has at most 18446744073709551615 minor units, got `{given}` {currency}", given = .given.0)]
    TooLarge {
        /// The amount given.
        given: DecimalText,
        /// Its currency.
        currency: Currency,
    },
    /// A share is wanted for a band that the policy does not have.
    #[error("the policy has no band `{band}`")]
    UnknownBand {
        /// The band named.
        band: BudgetBandId,
    },
    /// A wanted share with more than nine decimal places.
    #[error("a wanted share has at most nine decimal places, got `{given}` for `{band}`", given = .given.0)]
    ShareTooFine {
        /// The band.
        band: BudgetBandId,
        /// The share given.
        given: DecimalText,
    },
    /// A customer is given twice.
    #[error("customer `{subject}` is given twice")]
    Twice {
        /// The customer.
        subject: SubjectId,
    },
}
