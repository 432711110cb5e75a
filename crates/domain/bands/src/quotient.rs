use core::fmt;

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

/// An exact fraction in lowest terms, with a sign: a number of customers that need not be whole.
///
/// Written as `{"fraction": "-3/8", "decimal": "-0.375"}`; the decimal is rounded to six places, halves
/// away from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quotient {
    num: i128,
    den: u64, // INVARIANT: above 0, without a divisor in common with `num`
}

impl Quotient {
    /// `num / den` in lowest terms. `num` lies within 2^64 of the whole of any targets, so nothing overflows.
    pub(crate) fn new(num: i128, den: u64) -> Self {
        let den = den.max(1);
        let (mut a, mut b) = (num.unsigned_abs(), u128::from(den));
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let common = u64::try_from(a).unwrap_or(1).max(1);
        Self { num: num / i128::from(common), den: den / common }
    }

    /// What is divided: below 0 where something lacks.
    #[must_use]
    pub const fn num(self) -> i128 {
        self.num
    }

    /// By what, above 0.
    #[must_use]
    pub const fn den(self) -> u64 {
        self.den
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.num == 0
    }
}

impl fmt::Display for Quotient {
    /// The decimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MILLION: u128 = 1_000_000;
        let (num, den) = (self.num.unsigned_abs(), u128::from(self.den));
        // Whole and rest apart, so that nothing of 128 bits is multiplied.
        let millionths = (2 * (num % den) * MILLION + den) / (2 * den);
        let (whole, mut rest) = (num / den + millionths / MILLION, millionths % MILLION);
        let sign = if self.num < 0 && (whole > 0 || rest > 0) { "-" } else { "" };
        write!(f, "{sign}{whole}")?;
        let mut places = 6;
        while places > 0 && rest.is_multiple_of(10) {
            (rest, places) = (rest / 10, places - 1);
        }
        if places == 0 { Ok(()) } else { write!(f, ".{rest:0places$}") }
    }
}

impl Serialize for Quotient {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut quotient = serializer.serialize_struct("Quotient", 2)?;
        quotient.serialize_field("fraction", &alloc::format!("{}/{}", self.num, self.den))?;
        quotient.serialize_field("decimal", &alloc::format!("{self}"))?;
        quotient.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_quotient_is_reduced_and_rounded_once() {
        for (num, den, fraction, decimal) in [
            (3, 8, "3/8", "0.375"),
            (-10, 40, "-1/4", "-0.25"),
            (0, 40, "0/1", "0"),
            (-2, 3, "-2/3", "-0.666667"),
            (-1, 3_000_000, "-1/3000000", "0"),
            (1, 2_000_000, "1/2000000", "0.000001"),
            (29_999_999, 30_000_000, "29999999/30000000", "1"),
            (7_000_050, 1_000_000, "140001/20000", "7.00005"),
            (i128::from(u64::MAX) * 40, 40, "18446744073709551615/1", "18446744073709551615"),
        ] {
            let quotient = Quotient::new(num, den);
            let written = serde_json::to_value(quotient).unwrap();
            assert_eq!(written, serde_json::json!({"fraction": fraction, "decimal": decimal}));
            assert_eq!(quotient.to_string(), decimal);
            assert_eq!(quotient.is_zero(), num == 0);
        }
    }
}
