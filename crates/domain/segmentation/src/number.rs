//! Exact numbers of any width: an amount is a whole number of the least parts that a decimal keeps.
use alloc::string::ToString;
use core::fmt;

use guanxi_core::{DecimalText, Share};
use num_bigint::{BigInt, BigUint};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

const MAX_SCALE: u32 = 28;

/// 10^28: so many parts make one.
pub(crate) fn one() -> BigInt {
    BigInt::from(10_u8).pow(MAX_SCALE)
}

/// A decimal in parts of one.
pub(crate) fn parts(value: Decimal) -> BigInt {
    let value = value.normalize();
    BigInt::from(value.mantissa()) * BigInt::from(10_u8).pow(MAX_SCALE.saturating_sub(value.scale()))
}

/// Parts as a decimal, unless they have more digits than a decimal keeps.
pub(crate) fn decimal(parts: &BigInt) -> Option<DecimalText> {
    let (ten, zero) = (BigInt::from(10_u8), BigInt::ZERO);
    let (mut mantissa, mut scale) = (parts.clone(), MAX_SCALE);
    while scale > 0 && &mantissa % &ten == zero {
        (mantissa, scale) = (mantissa / &ten, scale - 1);
    }
    let mantissa = i128::try_from(&mantissa).ok()?;
    Decimal::try_from_i128_with_scale(mantissa, scale).ok().map(DecimalText)
}

/// `part / whole` rounded half-up once to four places; nothing where that is no share.
pub(crate) fn share(part: &BigInt, whole: &BigInt) -> Option<Share> {
    if *whole <= BigInt::ZERO || *part < BigInt::ZERO || part > whole {
        return None;
    }
    let steps: BigInt = (part * 20_000_u32 + whole) / (whole * 2_u32);
    u64::try_from(&steps).ok().and_then(|steps| Share::of(steps, 10_000))
}

/// Whether `part / whole` lies below a share, without dividing.
pub(crate) fn is_below(part: &BigInt, whole: &BigInt, limit: Share) -> bool {
    part * one() < parts(limit.get()) * whole
}

/// An exact fraction from 0 to 1 in lowest terms, such as `57/200`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fraction {
    numerator: BigUint,
    denominator: BigUint, // INVARIANT: above 0, without a common divisor with the numerator
}

impl Fraction {
    /// The fraction, unless it is below 0 or above 1.
    pub(crate) fn new(numerator: &BigInt, denominator: &BigInt) -> Option<Self> {
        let (numerator, denominator) = (numerator.to_biguint()?, denominator.to_biguint()?);
        if denominator == BigUint::ZERO || numerator > denominator {
            return None;
        }
        let (mut divisor, mut rest) = (denominator.clone(), numerator.clone());
        while rest != BigUint::ZERO {
            let next = &divisor % &rest;
            (divisor, rest) = (rest, next);
        }
        Some(Self { numerator: numerator / &divisor, denominator: denominator / &divisor })
    }

    /// The fraction rounded half-up once to four places.
    #[must_use]
    pub fn share(&self) -> Share {
        let (numerator, denominator) = (&self.numerator, &self.denominator);
        share(&numerator.clone().into(), &denominator.clone().into()).unwrap_or(Share::NONE)
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

impl Serialize for Fraction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::parse_decimal;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn decimals_survive_their_parts(value in guanxi_core::arbitrary::decimal()) {
            prop_assert_eq!(decimal(&parts(value)), Some(DecimalText(value)));
        }
    }

    #[test]
    fn what_a_decimal_cannot_keep_is_refused() {
        let sum = parts(Decimal::MAX) + parts(Decimal::ONE);
        assert_eq!((decimal(&sum), decimal(&-sum.clone())), (None, None));
        assert_eq!(decimal(&(sum - parts(Decimal::ONE))), Some(DecimalText(Decimal::MAX)));
    }

    #[test]
    fn shares_are_rounded_once_and_compared_exactly() {
        let of = |part: &str, whole: &str| {
            let parts = |text| parts(parse_decimal(text).unwrap());
            share(&parts(part), &parts(whole)).map(|share| share.to_string())
        };
        assert_eq!(of("1", "3").as_deref(), Some("0.3333"));
        assert_eq!(of("0.00005", "1").as_deref(), Some("0.0001"));
        assert_eq!((of("2", "1"), of("-1", "2"), of("0", "0")), (None, None, None));
        let third = Share::of(1, 3).unwrap_or(Share::NONE);
        assert!(!is_below(&1.into(), &3.into(), third) && is_below(&3333.into(), &10_001.into(), third));
    }

    #[test]
    fn fractions_are_in_lowest_terms() {
        let of = |a: i64, b: i64| Fraction::new(&a.into(), &b.into()).map(|f| f.to_string());
        assert_eq!(
            (of(57, 200), of(6, 8), of(0, 5)),
            (Some("57/200".into()), Some("3/4".into()), Some("0/1".into()))
        );
        assert_eq!((of(1, 0), of(2, 1), of(-1, 2)), (None, None, None));
    }
}
