//! Quotients that are compared before anything is rounded.
use core::cmp::Ordering;

use guanxi_core::ratio;
use rust_decimal::Decimal;

/// A number divided by a positive one, kept exact.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quotient {
    dividend: Decimal,
    divisor: Decimal, // INVARIANT: above 0
}

impl Quotient {
    /// `dividend / divisor`; nothing unless the divisor is above 0.
    pub(crate) fn new(dividend: Decimal, divisor: Decimal) -> Option<Self> {
        (divisor > Decimal::ZERO).then_some(Self { dividend, divisor })
    }

    /// Rounded once; nothing if that has more digits than a decimal keeps.
    pub(crate) fn rounded(self, places: u32) -> Option<Decimal> {
        ratio(self.dividend, self.divisor, places)
    }

    /// How the exact quotient compares with a number, for any numbers.
    ///
    /// `1 / 3` is greater than `0.3333`, and than any number of 28 threes.
    pub(crate) fn compare(self, number: Decimal) -> Ordering {
        match (self.dividend.cmp(&Decimal::ZERO), number.cmp(&Decimal::ZERO)) {
            (Ordering::Greater, Ordering::Greater) => self.magnitude(number),
            (Ordering::Less, Ordering::Less) => self.magnitude(number).reverse(),
            (own, other) => own.cmp(&other),
        }
    }

    /// Compares without signs: the quotient is divided out to the last digit of the number.
    fn magnitude(self, number: Decimal) -> Ordering {
        let (a, b, number) = (self.dividend.normalize(), self.divisor.normalize(), number.normalize());
        let (dividend, mut divisor) = (a.mantissa().unsigned_abs(), b.mantissa().unsigned_abs());
        let wanted = number.mantissa().unsigned_abs();
        // In units of the number's last digit the quotient is dividend * 10^shift / divisor.
        let (up, down) = (b.scale() + number.scale(), a.scale());
        for _ in up..down {
            match divisor.checked_mul(10) {
                Some(wider) => divisor = wider,
                // The dividend has at most 96 bits: less than one unit.
                None => return Ordering::Less,
            }
        }
        let (Some(mut quotient), Some(mut rest)) =
            (dividend.checked_div(divisor), dividend.checked_rem(divisor))
        else {
            return Ordering::Greater;
        };
        for _ in down..up {
            // A divisor that was widened needs no further digits, so the rest has at most 96 bits here.
            let next = rest.saturating_mul(10);
            match quotient.checked_mul(10).and_then(|tens| tens.checked_add(next / divisor)) {
                Some(longer) => quotient = longer,
                // The number has at most 96 bits.
                None => return Ordering::Greater,
            }
            rest = next % divisor;
        }
        quotient.cmp(&wanted).then(rest.cmp(&0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::parse_decimal;
    use proptest::prelude::*;

    fn compare(a: &str, b: &str, number: &str) -> Ordering {
        let decimal = |text: &str| parse_decimal(text).unwrap();
        Quotient::new(decimal(a), decimal(b)).unwrap().compare(decimal(number))
    }

    #[test]
    fn the_last_digit_decides_whatever_the_width() {
        let most = "79228162514264337593543950335";
        let least = "0.0000000000000000000000000001";
        for (a, b, number, expected) in [
            ("201", "10049", "0.02", Ordering::Greater),
            ("1", "3", "0.3333333333333333333333333333", Ordering::Greater),
            ("1", "3", "0.3333333333333333333333333334", Ordering::Less),
            ("-1", "3", "-0.3333333333333333333333333333", Ordering::Less),
            ("-1", "3", "0", Ordering::Less),
            ("0", "3", "0.0", Ordering::Equal),
            ("0.50", "25", "0.02", Ordering::Equal),
            (least, most, "0", Ordering::Greater),
            (least, most, least, Ordering::Less),
            (least, most, most, Ordering::Less),
            (most, least, most, Ordering::Greater),
            (most, least, least, Ordering::Greater),
            (most, most, "1", Ordering::Equal),
            (most, "79228162514264337593543950334", "1", Ordering::Greater),
            ("79228162514264337593543950334", most, "1", Ordering::Less),
        ] {
            assert_eq!(compare(a, b, number), expected, "{a} / {b} and {number}");
        }
        assert!(Quotient::new(Decimal::ONE, Decimal::ZERO).is_none());
        assert!(Quotient::new(Decimal::ONE, Decimal::NEGATIVE_ONE).is_none());
    }

    proptest! {
        #[test]
        fn comparing_is_cross_multiplying(
            a in -1_000_i64..1_000, b in 1_i64..1_000, number in -1_000_i64..1_000,
            scales in (0_u32..5, 0_u32..5, 0_u32..5),
        ) {
            let (of_a, of_b, of_number) = scales;
            let left = i128::from(a) * 10_i128.pow(of_b + of_number);
            let right = i128::from(number) * i128::from(b) * 10_i128.pow(of_a);
            let quotient = Quotient::new(Decimal::new(a, of_a), Decimal::new(b, of_b)).unwrap();
            prop_assert_eq!(quotient.compare(Decimal::new(number, of_number)), left.cmp(&right));
        }
    }
}
