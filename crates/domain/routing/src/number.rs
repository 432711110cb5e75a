//! Weights, efforts and allowances: decimals of few places, kept as whole numbers.
use core::fmt;

use guanxi_core::DecimalText;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A decimal as a number of steps of `10^-places`; nothing where it is finer than that or too large.
pub(crate) fn steps(value: Decimal, places: u32) -> Option<i64> {
    let value = value.normalize();
    let up = 10_i128.checked_pow(places.checked_sub(value.scale())?)?;
    i64::try_from(value.mantissa().checked_mul(up)?).ok()
}

/// So many steps of `10^-places` as a decimal without trailing zeros.
pub(crate) fn decimal(mut steps: i64, mut places: u32) -> Decimal {
    // Most are whole.
    const MILLION: i64 = 1_000_000;
    if places == 6 && steps % MILLION == 0 {
        return Decimal::new(steps / MILLION, 0);
    }
    while places > 0 && steps % 10 == 0 {
        (steps, places) = (steps / 10, places - 1);
    }
    Decimal::new(steps, places)
}

macro_rules! numbers {
    ($(
        $(#[$meta:meta])*
        $name:ident, $error:ident, $what:literal: $least:literal..=$most:literal in steps of $places:literal places;
    )*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "DecimalText", into = "DecimalText")]
        pub struct $name(i64);

        #[doc = concat!("Why a number is not a [`", stringify!($name), "`].")]
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
        #[error($what, given)]
        pub struct $error {
            /// The number given.
            pub given: Decimal,
        }

        impl $name {
            /// The number of decimal places that are kept.
            pub const PLACES: u32 = $places;

            /// The number.
            #[must_use]
            pub fn get(self) -> Decimal {
                decimal(self.0, $places)
            }

            pub(crate) const fn steps(self) -> i64 {
                self.0
            }

            /// The number with so many steps, if there is one.
            pub(crate) fn of_steps(steps: i64) -> Option<Self> {
                ($least..=$most).contains(&steps).then_some(Self(steps))
            }
        }

        impl TryFrom<Decimal> for $name {
            type Error = $error;

            fn try_from(given: Decimal) -> Result<Self, $error> {
                steps(given, $places).and_then(Self::of_steps).ok_or($error { given })
            }
        }

        impl TryFrom<DecimalText> for $name {
            type Error = $error;

            fn try_from(given: DecimalText) -> Result<Self, $error> {
                Self::try_from(given.0)
            }
        }

        impl From<$name> for DecimalText {
            fn from(number: $name) -> Self {
                Self(number.get())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.get().fmt(f)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> alloc::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                DecimalText::json_schema(generator)
            }
        }
    )*};
}

numbers! {
    /// How often somebody takes a turn, in proportion to the weights of the others: from 0 to 10 000, with at
    /// most four decimal places. Weight 0 takes no turns.
    Weight, WeightError, "a weight is from 0 to 10000 with at most four decimal places, got `{}`":
        0..=100_000_000 in steps of 4 places;
    /// What an item costs of the capacity of whoever gets it: above 0, at most 1 000 000, with at most six
    /// decimal places.
    Effort, EffortError, "an effort is above 0 and at most 1000000, with at most six decimal places, got `{}`":
        1..=1_000_000_000_000 in steps of 6 places;
    /// How much effort somebody takes on: from 0 (nothing) to 1 000 000, with at most six decimal places.
    Allowance, AllowanceError, "an allowance is from 0 to 1000000 with at most six decimal places, got `{}`":
        0..=1_000_000_000_000 in steps of 6 places;
}

impl Effort {
    /// The effort of an item unless somebody says otherwise: 1.
    pub const ONE: Self = Self(1_000_000);
}

impl Default for Effort {
    fn default() -> Self {
        Self::ONE
    }
}

impl Weight {
    /// The weight unless somebody says otherwise: 1.
    pub const ONE: Self = Self(10_000);
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::parse_decimal;
    use std::string::ToString;

    fn read<T: TryFrom<Decimal, Error: ToString>>(text: &str) -> Result<T, std::string::String> {
        T::try_from(parse_decimal(text).unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn numbers_are_kept_exactly_or_refused() {
        for text in ["0", "0.0001", "2.5", "10000"] {
            assert_eq!(read::<Weight>(text).unwrap().to_string(), text);
        }
        assert_eq!(read::<Effort>("1.000000").unwrap(), Effort::ONE);
        assert_eq!(read::<Weight>("1").unwrap(), Weight::ONE);
        insta::assert_snapshot!(read::<Weight>("-1").unwrap_err(), @"a weight is from 0 to 10000 with at most four decimal places, got `-1`");
        insta::assert_snapshot!(read::<Effort>("0").unwrap_err(), @"an effort is above 0 and at most 1000000, with at most six decimal places, got `0`");
        insta::assert_snapshot!(read::<Allowance>("0.0000005").unwrap_err(), @"an allowance is from 0 to 1000000 with at most six decimal places, got `0.0000005`");
        for text in ["10000.0001", "0.00001", "79228162514264337593543950335"] {
            assert!(read::<Weight>(text).is_err(), "{text}");
        }
        assert!(read::<Allowance>("0").is_ok() && read::<Allowance>("1000000.000001").is_err());
    }
}
