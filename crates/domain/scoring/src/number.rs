//! Natural numbers and fractions in three widths: 64 and 128 bits, where every step is checked, and as
//! wide as it takes. One algorithm runs in all; a narrow one gives up, it never approximates.
use core::cmp::Ordering;

use num_bigint::BigUint;
use rust_decimal::Decimal;

/// A natural number; `None` where the width does not suffice.
pub(crate) trait Nat: Clone + Ord {
    /// Wide enough for a sum of a few fractions, mostly.
    type Wide: Nat;

    fn from_u64(n: u64) -> Self;
    fn from_u128(n: u128) -> Option<Self>;
    fn widened(&self) -> Self::Wide;
    fn from_big(n: &BigUint) -> Option<Self>;
    fn to_big(&self) -> BigUint;
    fn plus(&self, other: &Self) -> Option<Self>;
    fn times(&self, other: &Self) -> Option<Self>;
    /// The difference, zero where it would be negative.
    fn minus(&self, other: &Self) -> Self;
    /// Quotient and remainder; zero and the number itself for a divisor of zero.
    fn div_rem(&self, divisor: &Self) -> (Self, Self);
    fn shifted_left(&self, bits: u64) -> Option<Self>;
    /// The number of binary digits, 0 for zero.
    fn bits(&self) -> u64;
    fn to_u128(&self) -> Option<u128>;

    fn is_zero(&self) -> bool {
        self.bits() == 0
    }

    /// The number, if it fits in 64 bits.
    fn to_u64(&self) -> Option<u64> {
        u64::try_from(self.to_u128()?).ok()
    }

    /// The greatest common divisor by Euclid: the numbers shrink at once, and short ones divide fast.
    fn gcd(&self, other: &Self) -> Self {
        let (mut a, mut b) = (self.clone(), other.clone());
        while !b.is_zero() {
            let remainder = a.div_rem(&b).1;
            (a, b) = (b, remainder);
        }
        a
    }
}

impl Nat for u64 {
    type Wide = u128;

    fn from_u64(n: u64) -> Self {
        n
    }
    fn from_u128(n: u128) -> Option<Self> {
        Self::try_from(n).ok()
    }
    fn widened(&self) -> u128 {
        (*self).into()
    }
    fn from_big(n: &BigUint) -> Option<Self> {
        Self::try_from(n).ok()
    }
    fn to_big(&self) -> BigUint {
        BigUint::from(*self)
    }
    fn plus(&self, other: &Self) -> Option<Self> {
        self.checked_add(*other)
    }
    fn times(&self, other: &Self) -> Option<Self> {
        self.checked_mul(*other)
    }
    fn minus(&self, other: &Self) -> Self {
        self.saturating_sub(*other)
    }
    fn div_rem(&self, divisor: &Self) -> (Self, Self) {
        match self.checked_div(*divisor) {
            Some(quotient) => (quotient, self - quotient * divisor),
            None => (0, *self),
        }
    }
    fn shifted_left(&self, bits: u64) -> Option<Self> {
        if self.bits() + bits > 64 { None } else { self.checked_shl(u32::try_from(bits).ok()?) }
    }
    fn bits(&self) -> u64 {
        u64::from(Self::BITS - self.leading_zeros())
    }
    fn to_u128(&self) -> Option<u128> {
        Some((*self).into())
    }
}

impl Nat for u128 {
    type Wide = Self;

    fn from_u64(n: u64) -> Self {
        n.into()
    }
    fn from_u128(n: u128) -> Option<Self> {
        Some(n)
    }
    fn widened(&self) -> Self {
        *self
    }
    fn from_big(n: &BigUint) -> Option<Self> {
        Self::try_from(n).ok()
    }
    fn to_big(&self) -> BigUint {
        BigUint::from(*self)
    }
    fn plus(&self, other: &Self) -> Option<Self> {
        self.checked_add(*other)
    }
    fn times(&self, other: &Self) -> Option<Self> {
        match (u64::try_from(*self), u64::try_from(*other)) {
            // One instruction, and never too wide.
            (Ok(a), Ok(b)) => Some(Self::from(a) * Self::from(b)),
            _ => self.checked_mul(*other),
        }
    }
    fn minus(&self, other: &Self) -> Self {
        self.saturating_sub(*other)
    }
    fn div_rem(&self, divisor: &Self) -> (Self, Self) {
        // Division of 64 bits is several times cheaper than of 128.
        if let (Ok(a), Ok(b)) = (u64::try_from(*self), u64::try_from(*divisor)) {
            return match a.checked_div(b) {
                Some(quotient) => (quotient.into(), (a - quotient * b).into()),
                None => (0, *self),
            };
        }
        match self.checked_div(*divisor) {
            Some(quotient) => (quotient, self - quotient * divisor),
            None => (0, *self),
        }
    }
    fn shifted_left(&self, bits: u64) -> Option<Self> {
        if self.bits() + bits > 128 { None } else { self.checked_shl(u32::try_from(bits).ok()?) }
    }
    fn bits(&self) -> u64 {
        u64::from(Self::BITS - self.leading_zeros())
    }
    fn to_u128(&self) -> Option<u128> {
        Some(*self)
    }
}

impl Nat for BigUint {
    type Wide = Self;

    fn from_u64(n: u64) -> Self {
        n.into()
    }
    fn from_u128(n: u128) -> Option<Self> {
        Some(n.into())
    }
    fn widened(&self) -> Self {
        self.clone()
    }
    fn from_big(n: &Self) -> Option<Self> {
        Some(n.clone())
    }
    fn to_big(&self) -> Self {
        self.clone()
    }
    fn plus(&self, other: &Self) -> Option<Self> {
        Some(self + other)
    }
    fn times(&self, other: &Self) -> Option<Self> {
        Some(self * other)
    }
    fn minus(&self, other: &Self) -> Self {
        if self > other { self - other } else { Self::ZERO }
    }
    fn div_rem(&self, divisor: &Self) -> (Self, Self) {
        if divisor.is_zero() {
            return (Self::ZERO, self.clone());
        }
        let quotient = self / divisor;
        let remainder = self - &quotient * divisor;
        (quotient, remainder)
    }
    fn shifted_left(&self, bits: u64) -> Option<Self> {
        Some(self << bits)
    }
    fn bits(&self) -> u64 {
        Self::bits(self)
    }
    fn to_u128(&self) -> Option<u128> {
        u128::try_from(self).ok()
    }
}

/// The greatest common divisor of two short numbers.
pub(crate) const fn gcd(mut a: u64, mut b: u64) -> u64 {
    while let Some(remainder) = a.checked_rem(b) {
        (a, b) = (b, remainder);
    }
    a
}

/// A fraction of natural numbers.
#[derive(Clone, Debug)]
pub(crate) struct Fraction<N> {
    pub(crate) num: N,
    pub(crate) den: N, // INVARIANT: above 0
}

impl<N: Nat> Fraction<N> {
    pub(crate) fn zero() -> Self {
        Self::of(0, 1)
    }

    pub(crate) fn one() -> Self {
        Self::of(1, 1)
    }

    pub(crate) fn of(num: u64, den: u64) -> Self {
        Self { num: N::from_u64(num), den: N::from_u64(den.max(1)) }
    }

    pub(crate) fn plus(&self, other: &Self) -> Option<Self> {
        // A common denominator is the common case: nothing to multiply.
        if self.den == other.den {
            return Some(Self { num: self.num.plus(&other.num)?, den: self.den.clone() });
        }
        let num = self.num.times(&other.den)?.plus(&other.num.times(&self.den)?)?;
        Some(Self { num, den: self.den.times(&other.den)? })
    }

    pub(crate) fn times(&self, factor: u64) -> Option<Self> {
        Some(Self { num: self.num.times(&N::from_u64(factor))?, den: self.den.clone() })
    }

    /// The fraction divided by a number above 0.
    pub(crate) fn over(&self, divisor: u64) -> Option<Self> {
        Some(Self { num: self.num.clone(), den: self.den.times(&N::from_u64(divisor))? })
    }

    /// The fraction times the fraction `num / den`.
    pub(crate) fn scaled(&self, num: &N, den: &N) -> Option<Self> {
        Some(Self { num: self.num.times(num)?, den: self.den.times(den)? })
    }

    /// 1 - self, for a fraction of at most 1.
    pub(crate) fn reversed(self) -> Self {
        Self { num: self.den.minus(&self.num), den: self.den }
    }

    pub(crate) fn reduced(&self) -> Self {
        let divisor = self.num.gcd(&self.den);
        Self { num: self.num.div_rem(&divisor).0, den: self.den.div_rem(&divisor).0 }
    }

    pub(crate) fn widened(&self) -> Fraction<N::Wide> {
        Fraction { num: self.num.widened(), den: self.den.widened() }
    }

    pub(crate) fn to_big(&self) -> Fraction<BigUint> {
        Fraction { num: self.num.to_big(), den: self.den.to_big() }
    }

    /// The fraction times `steps`, rounded half-up.
    pub(crate) fn rounded(&self, steps: u32) -> Option<N> {
        let num = self.num.times(&N::from_u64(2 * u64::from(steps)))?.plus(&self.den)?;
        Some(num.div_rem(&self.den.plus(&self.den)?).0)
    }

    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        Some(self.num.times(&other.den)?.cmp(&other.num.times(&self.den)?))
    }
}

/// 10^exponent.
pub(crate) fn power_of_ten<N: Nat>(exponent: u32) -> Option<N> {
    if let Some(power) = 10_u128.checked_pow(exponent) {
        return N::from_u128(power);
    }
    let mut power = N::from_u64(1);
    for _ in 0..exponent {
        power = power.times(&N::from_u64(10))?;
    }
    Some(power)
}

/// The digits of a decimal's absolute value.
pub(crate) fn digits<N: Nat>(value: Decimal) -> Option<N> {
    N::from_u128(value.mantissa().unsigned_abs())
}

/// The same at a scale of at least its own.
fn digits_at<N: Nat>(value: Decimal, scale: u32) -> Option<N> {
    let digits = digits::<N>(value)?;
    match scale.saturating_sub(value.scale()) {
        0 => Some(digits),
        more => digits.times(&power_of_ten(more)?),
    }
}

/// `x / divisor` for x of at least 0 and a divisor above 0, without a common power of ten.
pub(crate) fn quotient<N: Nat>(x: Decimal, divisor: Decimal) -> Option<Fraction<N>> {
    if x.scale() == divisor.scale() {
        return Some(Fraction { num: digits(x)?, den: digits(divisor)? });
    }
    let scale = x.scale().max(divisor.scale());
    Some(Fraction { num: digits_at(x, scale)?, den: digits_at(divisor, scale)? })
}

/// `x - origin` for x of at least the origin.
pub(crate) fn distance<N: Nat>(x: Decimal, origin: Decimal) -> Option<Fraction<N>> {
    let scale = x.scale().max(origin.scale());
    let (a, b): (N, N) = (digits_at(x, scale)?, digits_at(origin, scale)?);
    let num = match (x.is_sign_negative(), origin.is_sign_negative()) {
        (false, true) => a.plus(&b)?,
        (false, false) => a.minus(&b),
        // Both are negative, and x is the nearer to zero.
        (true, _) => b.minus(&a),
    };
    Some(Fraction { num, den: power_of_ten(scale)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::fmt::Debug;
    use guanxi_core::arbitrary::decimal;
    use proptest::prelude::*;

    fn value(fraction: &Fraction<BigUint>) -> (BigUint, BigUint) {
        let reduced = fraction.reduced();
        (reduced.num, reduced.den)
    }

    fn agree<N: Nat + Debug>(a: N, b: N, shift: u64, width: u64) -> Result<(), TestCaseError> {
        let (x, y) = (a.to_big(), b.to_big());
        let big = |n: Option<N>| n.map(|n| n.to_big());
        prop_assert_eq!(big(a.plus(&b)), x.plus(&y).filter(|n| n.bits() <= width));
        prop_assert_eq!(big(a.times(&b)), x.times(&y).filter(|n| n.bits() <= width));
        prop_assert_eq!(a.minus(&b).to_big(), x.minus(&y));
        let ((q, r), (big_q, big_r)) = (a.div_rem(&b), x.div_rem(&y));
        prop_assert_eq!((q.to_big(), r.to_big()), (big_q, big_r));
        prop_assert_eq!(a.gcd(&b).to_big(), x.gcd(&y));
        prop_assert_eq!((a.bits(), a.is_zero()), (x.bits(), x.is_zero()));
        if !a.is_zero() {
            prop_assert_eq!(big(a.shifted_left(shift)), x.shifted_left(shift).filter(|n| n.bits() <= width));
        }
        prop_assert_eq!((a.widened().to_big(), N::from_big(&x)), (x, Some(a)));
        Ok(())
    }

    proptest! {
        #[test]
        fn all_widths_agree_wherever_a_narrow_one_answers(a in any::<u128>(), b in any::<u128>(), shift in 0_u64..140, small in any::<bool>()) {
            let (a, b) = if small { (a >> 70, b >> 90) } else { (a, b) };
            agree(a, b, shift, 128)?;
            let half = |n: u128| u64::try_from(if small { n } else { n >> 64 });
            if let (Ok(a), Ok(b)) = (half(a), half(b)) {
                agree(a, b, shift, 64)?;
            }
        }

        #[test]
        fn a_distance_undoes_itself(x in decimal(), origin in decimal()) {
            let (x, origin) = if x < origin { (origin, x) } else { (x, origin) };
            // (x - origin) + |origin| is x for positive numbers.
            prop_assume!(origin >= Decimal::ZERO);
            let whole = |value: Decimal| distance::<BigUint>(value, Decimal::ZERO).unwrap();
            let sum = distance::<BigUint>(x, origin).unwrap().plus(&whole(origin)).unwrap();
            prop_assert_eq!(value(&sum), value(&whole(x)));
        }
    }

    #[test]
    fn rounds_half_up() {
        for (num, den, expected) in [(1, 2, 1), (49, 100, 0), (3, 2, 2), (5, 2, 3), (0, 7, 0)] {
            assert_eq!(Fraction::<u128>::of(num, den).rounded(1), Some(expected));
            assert_eq!(Fraction::<BigUint>::of(num, den).rounded(1), Some(expected.into()));
        }
    }
}
