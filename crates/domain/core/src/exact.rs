//! Sums that do not depend on their order, and quotients rounded once.
use rust_decimal::Decimal;

/// 10^28: every decimal is a whole number of these parts of one.
const PARTS: i128 = 10_000_000_000_000_000_000_000_000_000;
const MAX_SCALE: u32 = 28;

/// The exact sum of any decimals, so wide that no order of adding can run out of digits.
///
/// ```
/// use guanxi_core::{ExactSum, parse_decimal};
/// let sum = ["0.1", "0.2", "-0.3"].iter().try_fold(ExactSum::default(), |sum, text| sum.plus(parse_decimal(text).ok()?));
/// assert_eq!(sum.and_then(ExactSum::get).map(|sum| sum.to_string()), Some("0".to_owned()));
/// ```
///
/// A decimal adds less than 2^96 to either field, so 2^31 of them fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExactSum {
    units: i128,
    parts: i128, // INVARIANT: 0 <= parts < PARTS, so equal sums are equal
}

impl ExactSum {
    /// With a decimal added; `None` past 2^31 of the largest.
    #[must_use]
    pub fn plus(self, value: Decimal) -> Option<Self> {
        let scale = value.scale();
        let one = 10_i128.checked_pow(scale)?;
        let (units, rest) = (value.mantissa() / one, value.mantissa() % one);
        let parts = rest.checked_mul(10_i128.checked_pow(MAX_SCALE.checked_sub(scale)?)?)?;
        Self { units: self.units.checked_add(units)?, parts: self.parts.checked_add(parts)? }.carried()
    }

    /// The difference of two sums.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        let units = self.units.checked_sub(other.units)?;
        Self { units, parts: self.parts.checked_sub(other.parts)? }.carried()
    }

    /// With whole units of the parts among the units.
    fn carried(self) -> Option<Self> {
        if (0..PARTS).contains(&self.parts) {
            return Some(self);
        }
        let units = self.units.checked_add(self.parts.div_euclid(PARTS))?;
        Some(Self { units, parts: self.parts.rem_euclid(PARTS) })
    }

    /// The sum as a decimal, unless it has more digits than a decimal keeps.
    #[must_use]
    pub fn get(self) -> Option<Decimal> {
        let (units, mut parts, mut scale) = (self.units, self.parts, MAX_SCALE);
        while scale > 0 && parts % 10 == 0 {
            (parts, scale) = (parts / 10, scale - 1);
        }
        let mantissa = units.checked_mul(10_i128.checked_pow(scale)?)?.checked_add(parts)?;
        Decimal::try_from_i128_with_scale(mantissa, scale).ok()
    }
}

/// Divides: `a / b` rounded once to `places`, halves away from zero; `None` if `b` is 0 or the quotient has
/// more digits than a decimal keeps.
#[must_use]
pub fn ratio(a: Decimal, b: Decimal, places: u32) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let negative = a.is_sign_negative() != b.is_sign_negative();
    let (dividend, mut divisor) = (a.mantissa().checked_abs()?, b.mantissa().checked_abs()?);
    // The quotient in units of 10^-places is dividend * 10^shift / divisor.
    let (up, down) = (b.scale().checked_add(places)?, a.scale());
    let mut digits = up.saturating_sub(down);
    for _ in up..down {
        match divisor.checked_mul(10) {
            Some(wider) => divisor = wider,
            // The dividend has at most 96 bits, so the quotient is below one half.
            None => return Some(Decimal::ZERO),
        }
    }
    let (mut quotient, mut rest) = (dividend.checked_div(divisor)?, dividend.checked_rem(divisor)?);
    while digits > 0 {
        // A divisor that was widened needs no further digits, so it still has at most 96 bits here.
        let next = rest.checked_mul(10)?;
        quotient = quotient.checked_mul(10)?.checked_add(next / divisor)?;
        (rest, digits) = (next % divisor, digits - 1);
    }
    // rest >= divisor / 2, without doubling what may be wide.
    if rest >= divisor - rest {
        quotient = quotient.checked_add(1)?;
    }
    let signed = if negative { -quotient } else { quotient };
    Decimal::try_from_i128_with_scale(signed, places).ok().map(|value| value.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decimal::parse_decimal;
    use proptest::prelude::*;
    use std::string::{String, ToString};
    use std::vec::Vec;

    fn sum(values: &[&str]) -> Option<String> {
        let total =
            values.iter().try_fold(ExactSum::default(), |sum, text| sum.plus(parse_decimal(text).unwrap()));
        total?.get().map(|sum| sum.to_string())
    }

    #[test]
    fn sums_are_exact_in_any_order_or_refused() {
        let max = "79228162514264337593543950335";
        let least = "0.0000000000000000000000000001";
        assert_eq!(sum(&[]), Some("0".into()));
        assert_eq!(sum(&["0.1", "0.2", "-0.3"]), Some("0".into()));
        assert_eq!(sum(&["-1", "0.25"]), Some("-0.75".into()));
        assert_eq!(sum(&["1", "-0.25", "-1"]), Some("-0.25".into()));
        assert_eq!(sum(&[max, "1", "-1"]), Some(max.into()));
        assert_eq!(sum(&[max, least, "-79228162514264337593543950335"]), Some(least.into()));
        let half = ExactSum::default().plus(Decimal::new(5, 1)).unwrap();
        assert_eq!(half.plus(Decimal::new(5, 1)), ExactSum::default().plus(Decimal::ONE));
        assert_eq!(sum(&[max, "1"]), None);
        assert_eq!(sum(&[max, least]), None);
    }

    #[test]
    fn quotients_are_rounded_once_halves_away_from_zero() {
        let ratio = |a: &str, b: &str, places| {
            ratio(parse_decimal(a).unwrap(), parse_decimal(b).unwrap(), places).map(|r| r.to_string())
        };
        let max = "79228162514264337593543950335";
        let least = "0.0000000000000000000000000001";
        for (a, b, places, expected) in [
            ("1", "3", 4, Some("0.3333")),
            ("2", "3", 4, Some("0.6667")),
            ("1", "8", 2, Some("0.13")),
            ("-1", "8", 2, Some("-0.13")),
            ("1", "-8", 2, Some("-0.13")),
            ("0.00005", "1", 4, Some("0.0001")),
            ("0.000049999999999999999999", "1", 4, Some("0")),
            ("0.07", "0.35", 0, Some("0")),
            ("0.5", "1", 0, Some("1")),
            (max, max, 12, Some("1")),
            (least, max, 12, Some("0")),
            (max, least, 0, None),
            ("0", "5", 4, Some("0")),
            ("1", "0", 4, None),
        ] {
            assert_eq!(ratio(a, b, places).as_deref(), expected, "{a} / {b}");
        }
    }

    proptest! {
        #[test]
        fn what_was_added_can_be_taken_away_in_any_order(
            (kept, both) in (
                crate::arbitrary::decimal(),
                prop::collection::vec(crate::arbitrary::decimal(), 0..20),
            )
                .prop_flat_map(|(kept, given)| {
                    let back = given.iter().map(|value| -*value);
                    let all: Vec<Decimal> = given.iter().copied().chain(back).chain([kept]).collect();
                    (Just(kept), Just(all).prop_shuffle())
                })
        ) {
            let sum = both.iter().try_fold(ExactSum::default(), |sum, value| sum.plus(*value)).unwrap();
            prop_assert_eq!(sum.get(), Some(kept));
            prop_assert_eq!(sum.minus(sum).unwrap().get(), Some(Decimal::ZERO));
        }

        #[test]
        fn quotients_are_those_of_whole_numbers(
            a in -1_000_000_i64..1_000_000, b in 1_i64..1_000_000,
            a_scale in 0_u32..7, b_scale in 0_u32..7, places in 0_u32..8,
        ) {
            // a / b in units of 10^-places, all scaled to whole numbers.
            let dividend = i128::from(a) * 10_i128.pow(b_scale + places);
            let divisor = i128::from(b) * 10_i128.pow(a_scale);
            let halves = (2 * dividend.abs() + divisor) / (2 * divisor) * dividend.signum();
            let expected = Decimal::from_i128_with_scale(halves, places);
            prop_assert_eq!(ratio(Decimal::new(a, a_scale), Decimal::new(b, b_scale), places), Some(expected));
            prop_assert_eq!(ratio(Decimal::new(a, a_scale), Decimal::new(-b, b_scale), places), Some(-expected));
        }
    }
}
