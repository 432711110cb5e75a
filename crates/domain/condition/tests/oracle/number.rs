//! Exact decimals of any size: a big integer and how many of its digits are places.
use std::cmp::Ordering;

use num_bigint::BigInt;
use rust_decimal::Decimal;

#[derive(Clone, Debug)]
pub(crate) struct Number {
    digits: BigInt,
    places: u32,
}

impl Number {
    pub(crate) fn whole(number: i64) -> Self {
        Self { digits: number.into(), places: 0 }
    }

    pub(crate) fn of(decimal: Decimal) -> Self {
        Self { digits: decimal.mantissa().into(), places: decimal.scale() }
    }

    /// Reads `-12.50` or `1.5e3`.
    pub(crate) fn read(text: &str) -> Self {
        let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits: BigInt = format!("{whole}{fraction}").parse().expect("digits");
        let places = i64::try_from(fraction.len()).unwrap() - exponent.parse::<i64>().expect("an exponent");
        match u32::try_from(places) {
            Ok(places) => Self { digits, places },
            Err(_) => {
                let zeros = u32::try_from(-places).expect("an exponent of a few digits");
                Self { digits: digits * BigInt::from(10).pow(zeros), places: 0 }
            }
        }
    }

    /// Half of a whole number.
    pub(crate) fn half_of(number: i64) -> Self {
        Self { digits: BigInt::from(number) * 5, places: 1 }
    }

    pub(crate) fn times(&self, other: &Self) -> Self {
        Self { digits: &self.digits * &other.digits, places: self.places + other.places }
    }

    /// The least whole number that is not below this one.
    pub(crate) fn rounded_up(&self) -> i64 {
        let unit = BigInt::from(10).pow(self.places);
        let cut = &self.digits / &unit;
        let up = if &cut * &unit < self.digits { cut + 1 } else { cut };
        i64::try_from(up).expect("a number of days")
    }

    fn with_places(&self, places: u32) -> BigInt {
        &self.digits * BigInt::from(10).pow(places - self.places)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Number {}
impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let places = self.places.max(other.places);
        self.with_places(places).cmp(&other.with_places(places))
    }
}

#[test]
fn numbers_are_numbers_however_they_are_written() {
    let read = Number::read;
    assert_eq!(read("1.0"), read("1"));
    assert_eq!(read("8e1"), read("80.00"));
    assert_eq!(read("-1.5e-1"), read("-0.15"));
    assert!(read("0.30000000000000000000000000001") > read("0.3"));
    assert_eq!(Number::half_of(7).times(&read("3")).rounded_up(), 11);
    assert_eq!([read("-0.5").rounded_up(), read("2").rounded_up(), read("2.000").rounded_up()], [0, 2, 2]);
}
