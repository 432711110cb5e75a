//! Fractions of big integers, never reduced unless shown: nothing here is clever.
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Div, Mul, Sub};

use num_bigint::BigInt;
use serde_json::Value;

/// An exact fraction.
#[derive(Clone)]
pub(crate) struct Ratio {
    numerator: BigInt,
    denominator: BigInt, // INVARIANT: > 0
}

fn zero() -> BigInt {
    BigInt::from(0)
}

/// Rounds towards minus infinity; the divisor is above 0.
fn floor_div(a: &BigInt, b: &BigInt) -> BigInt {
    let quotient = a / b;
    if a < &zero() && &(&quotient * b) != a { quotient - 1 } else { quotient }
}

impl Ratio {
    pub(crate) fn new(numerator: impl Into<BigInt>, denominator: impl Into<BigInt>) -> Self {
        let (numerator, denominator) = (numerator.into(), denominator.into());
        assert!(denominator != zero(), "a fraction needs a divisor");
        if denominator < zero() {
            Self { numerator: -numerator, denominator: -denominator }
        } else {
            Self { numerator, denominator }
        }
    }

    pub(crate) fn whole(number: impl Into<BigInt>) -> Self {
        Self::new(number, 1)
    }

    pub(crate) fn half() -> Self {
        Self::new(1, 2)
    }

    /// `-12.34`, of any length, or a fraction `1/3`.
    pub(crate) fn parse(text: &str) -> Self {
        if let Some((numerator, denominator)) = text.split_once('/') {
            return &Self::parse(numerator) / &Self::parse(denominator);
        }
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let digits: BigInt = format!("{whole}{fraction}").parse().expect("a decimal");
        let scale = u32::try_from(fraction.len()).expect("a scale");
        Self::new(digits * sign, BigInt::from(10).pow(scale))
    }

    /// A number in a document: a text or an integer.
    pub(crate) fn read(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::parse(text),
            number => Self::parse(&number.to_string()),
        }
    }

    pub(crate) fn numerator(&self) -> &BigInt {
        &self.numerator
    }

    pub(crate) fn denominator(&self) -> &BigInt {
        &self.denominator
    }

    pub(crate) fn is_positive(&self) -> bool {
        self.numerator > zero()
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.numerator == zero()
    }

    pub(crate) fn floor(&self) -> BigInt {
        floor_div(&self.numerator, &self.denominator)
    }

    /// The nearest whole number; of two, the greater one.
    pub(crate) fn round_half_up(&self) -> u64 {
        u64::try_from((self + &Self::half()).floor()).expect("not negative")
    }

    /// The nearest number in 0..=1.
    pub(crate) fn clamped(self) -> Self {
        if self < Self::whole(0) {
            Self::whole(0)
        } else if self > Self::whole(1) {
            Self::whole(1)
        } else {
            self
        }
    }

    /// With the least denominator.
    pub(crate) fn reduced(&self) -> Self {
        let (mut a, mut b) = (self.numerator.clone(), self.denominator.clone());
        while b != zero() {
            (a, b) = (b.clone(), &a % &b);
        }
        let divisor = if a < zero() { -a } else { a };
        Self { numerator: &self.numerator / &divisor, denominator: &self.denominator / &divisor }
    }

    /// The decimal of this value, if one of at most `places` decimal places exists.
    pub(crate) fn to_decimal_text(&self, places: u32) -> Option<String> {
        let scaled = self * &Self::whole(BigInt::from(10).pow(places));
        let digits = scaled.floor();
        if Self::whole(digits.clone()) != scaled {
            return None;
        }
        let (sign, digits) = if digits < zero() { ("-", -digits) } else { ("", digits) };
        let places = usize::try_from(places).expect("a few places");
        let digits = format!("{digits:0>width$}", digits = digits.to_string(), width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        Some(format!("{sign}{whole}{point}{fraction}"))
    }
}

impl Add for &Ratio {
    type Output = Ratio;

    fn add(self, other: Self) -> Ratio {
        Ratio::new(
            &self.numerator * &other.denominator + &other.numerator * &self.denominator,
            &self.denominator * &other.denominator,
        )
    }
}

impl Sub for &Ratio {
    type Output = Ratio;

    fn sub(self, other: Self) -> Ratio {
        Ratio::new(
            &self.numerator * &other.denominator - &other.numerator * &self.denominator,
            &self.denominator * &other.denominator,
        )
    }
}

impl Mul for &Ratio {
    type Output = Ratio;

    fn mul(self, other: Self) -> Ratio {
        Ratio::new(&self.numerator * &other.numerator, &self.denominator * &other.denominator)
    }
}

impl Div for &Ratio {
    type Output = Ratio;

    fn div(self, other: Self) -> Ratio {
        Ratio::new(&self.numerator * &other.denominator, &self.denominator * &other.numerator)
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.numerator * &other.denominator).cmp(&(&other.numerator * &self.denominator))
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ratio {}

impl fmt::Debug for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reduced = self.reduced();
        write!(f, "{}/{}", reduced.numerator, reduced.denominator)
    }
}

#[test]
fn fractions_are_exact() {
    assert_eq!(&Ratio::parse("0.1") + &Ratio::parse("0.20"), Ratio::parse("3/10"));
    assert_eq!(Ratio::parse("-0.5").floor(), BigInt::from(-1));
    assert_eq!(Ratio::parse("-2").floor(), BigInt::from(-2));
    assert_eq!(Ratio::parse("4999.5").round_half_up(), 5000);
    assert_eq!(Ratio::parse("4999.4999999999999999999999999999999").round_half_up(), 4999);
    assert_eq!(format!("{:?}", Ratio::new(6, -4)), "-3/2");
    assert_eq!(Ratio::parse("-1/8").to_decimal_text(6).as_deref(), Some("-0.125"));
    assert_eq!(Ratio::parse("1200").to_decimal_text(6).as_deref(), Some("1200"));
    assert_eq!(Ratio::parse("1/3").to_decimal_text(28), None);
}
