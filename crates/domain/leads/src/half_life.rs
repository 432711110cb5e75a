//! What is left after a time of halving, correctly rounded.
//!
//! 2^(-r/h), with 0 < r < h whole numbers, is the product of the roots 2^(-1/2), 2^(-1/4), ... for which the
//! binary fraction of r/h has a one. In fixed point every step errs to a known side by a known bound, so the
//! result lies between two bounds. If both round alike, that is the result. If not, the number is computed
//! again with twice the digits. That ends: such a power is irrational, and so is its product with a fraction;
//! it never lies in the middle between two whole numbers.
use num_bigint::BigUint;

/// `numerator / denominator * 2^(-elapsed / half_life)`, rounded once to a whole number, halves up.
///
/// The numerator is below 2^120, the denominator and the half-life are above 0.
pub(crate) fn halved(numerator: u128, denominator: u128, elapsed: u64, half_life: u64) -> u128 {
    let half_life = half_life.max(1);
    let (halvings, rest) = (elapsed / half_life, elapsed % half_life);
    let bits = |number: u128| u64::from(u128::BITS - number.leading_zeros());
    // Below 2^(bits of the numerator - bits of the denominator + 1 - halvings), that is, below one half.
    if bits(denominator).saturating_add(halvings) >= bits(numerator).saturating_add(2) {
        return 0;
    }
    let Ok(halvings) = u32::try_from(halvings) else { return 0 };
    if rest == 0 {
        // The shift leaves at least one bit: see the bound above.
        return rounded(numerator, denominator << halvings);
    }
    narrow(numerator, denominator, halvings, rest, half_life)
        .unwrap_or_else(|| wide(numerator, denominator, halvings, rest, half_life, WIDE))
}

/// A fraction rounded once to a whole number, halves up. The numerator is below 2^127.
pub(crate) const fn rounded(numerator: u128, denominator: u128) -> u128 {
    let denominator = if denominator == 0 { 1 } else { denominator };
    let (quotient, rest) = (numerator / denominator, numerator % denominator);
    // rest >= denominator / 2, without doubling what may be wide.
    if rest >= denominator - rest { quotient + 1 } else { quotient }
}

/// The digits of the narrow way.
const NARROW: u32 = 64;
/// The digits of the fraction that are taken at once.
const GROUP: u32 = 4;
const GROUPS: usize = (NARROW / GROUP) as usize;
/// What the narrow way errs at most, in units of its last digit: see [`power`], and a rounding for each
/// group.
const NARROW_ERROR: u128 = 5 * NARROW as u128 + GROUPS as u128;
/// The digits that the wide way begins with.
const WIDE: u32 = 128;

/// For each group of digits of the fraction, from the first on, the product of the roots for which it has a
/// one, in units of 2^-64: of the roots 2^(-1/2), 2^(-1/4), ..., each the square root of the one before,
/// rounded down.
static PRODUCTS: [[u128; 1 << GROUP]; GROUPS] = products();

const fn products() -> [[u128; 1 << GROUP]; GROUPS] {
    let mut products = [[1 << NARROW; 1 << GROUP]; GROUPS];
    let mut groups = products.as_mut_slice();
    let mut root: u128 = 1 << (NARROW - 1);
    while let [group, after @ ..] = groups {
        let mut digit = 1 << (GROUP - 1);
        while digit > 0 {
            root = (root << NARROW).isqrt();
            let (mut places, mut place) = (group.as_mut_slice(), 0);
            while let [product, others @ ..] = places {
                if place & digit > 0 {
                    *product = (*product * root) >> NARROW;
                }
                (places, place) = (others, place + 1);
            }
            digit >>= 1;
        }
        groups = after;
    }
    products
}

/// The first 64 digits of a fraction below 1.
fn fraction(part: u64, whole: u64) -> u128 {
    let half = NARROW / 2;
    if whole >> half > 0 {
        return (u128::from(part) << NARROW) / u128::from(whole);
    }
    let (high, rest) = ((part << half) / whole, (part << half) % whole);
    u128::from((high << half) | ((rest << half) / whole))
}

/// With 64 digits and no memory of its own; nothing where that does not suffice.
fn narrow(numerator: u128, denominator: u128, halvings: u32, rest: u64, half_life: u64) -> Option<u128> {
    let shift = NARROW.checked_add(halvings)?;
    if numerator >> (NARROW - 2) > 0 || denominator.leading_zeros() <= shift {
        return None;
    }
    let fraction = fraction(rest, half_life);
    let mut power = 1_u128 << NARROW;
    for (place, group) in (1..).zip(&PRODUCTS) {
        let digits = (fraction >> (NARROW - GROUP * place)) & ((1 << GROUP) - 1);
        // A product of no roots is 1, and two of those would have 129 bits.
        if digits > 0 {
            let product = usize::try_from(digits).ok().and_then(|digits| group.get(digits))?;
            power = (power * product) >> NARROW;
        }
    }
    let (low, high) = (numerator * (power - 1), numerator * (power + NARROW_ERROR));
    let (low, high) = if denominator == 1 {
        let half = 1_u128 << (shift - 1);
        ((low + half) >> shift, (high + half) >> shift)
    } else {
        let whole = denominator << shift;
        (rounded(low, whole), rounded(high, whole))
    };
    (low == high).then_some(low)
}

/// With as many digits as it takes.
fn wide(numerator: u128, denominator: u128, halvings: u32, rest: u64, half_life: u64, digits: u32) -> u128 {
    let mut digits = digits;
    loop {
        let (low, high) = power(rest, half_life, digits);
        let half = (BigUint::from(denominator) << digits) << halvings;
        let round = |power: BigUint| (power * numerator * 2_u8 + &half) / (&half * 2_u8);
        let (low, high) = (round(low), round(high));
        if low == high {
            // Not above the numerator, which has 128 bits.
            return u128::try_from(low).unwrap_or(numerator);
        }
        digits = digits.saturating_mul(2);
    }
}

/// Bounds of 2^(-rest / half_life) in units of 2^-digits.
///
/// Each root is rounded down. The error of one is at most 0.71 times that of the one before plus 1, so below
/// 4; a product of factors up to 1 errs by the sum of their errors and 1 for its own rounding, so below 5 for
/// each digit, always to the low side. What the fraction lacks beyond its last digit makes the result too
/// great by less than 1.
fn power(rest: u64, half_life: u64, digits: u32) -> (BigUint, BigUint) {
    let one = BigUint::from(1_u8) << digits;
    let (mut power, mut root) = (one.clone(), one >> 1_u8);
    let (mut rest, half_life) = (u128::from(rest), u128::from(half_life));
    for _ in 0..digits {
        root = (root << digits).sqrt();
        rest *= 2;
        if rest >= half_life {
            rest -= half_life;
            power = (power * &root) >> digits;
        }
    }
    let high = &power + BigUint::from(digits) * 5_u8;
    (power - 1_u8, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    /// Whether `result` is the rounded value, by whole powers alone: with V = n/d * 2^(-s/h),
    /// (2 result - 1)/2 <= V < (2 result + 1)/2, both sides doubled and to the power of h.
    fn is_rounded(result: u128, n: u128, d: u128, s: u64, h: u64) -> bool {
        let common = gcd(s, h).max(1);
        let (s, h) = (s / common, u32::try_from(h / common).unwrap());
        let value = BigUint::from(2 * n).pow(h);
        let bound = |odd: u128| BigUint::from(odd * d).pow(h) << s;
        (result == 0 || bound(2 * result - 1) <= value) && value < bound(2 * result + 1)
    }

    fn gcd(a: u64, b: u64) -> u64 {
        if b == 0 { a } else { gcd(b, a % b) }
    }

    /// Half-lives whose powers are not too wide for the oracle, and times of which many share a factor with
    /// them.
    fn times() -> impl Strategy<Value = (u64, u64)> {
        prop_oneof![
            (1_u64..=300).prop_flat_map(|h| (0..h * 40, Just(h))),
            (1_u64..=64, 1_u64..=100_000, 0_u64..=2_400).prop_map(|(h, unit, s)| (s * unit, h * unit)),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn rounding_is_that_of_whole_powers(n in 1_u128..100_000_000_000, d in prop_oneof![Just(1_u128), 1_u128..100_000], (s, h) in times()) {
            let result = halved(n, d, s, h);
            prop_assert!(is_rounded(result, n, d, s, h), "{result}");
            prop_assert!(!is_rounded(result + 1, n, d, s, h));
        }

        #[test]
        fn the_narrow_way_gives_what_the_wide_way_gives(n in 1_u128..100_000_000_000, d in prop_oneof![Just(1_u128), 1_u128..4_000_000_000], h in 2_u64..4_000_000_000, s in any::<u64>(), halvings in 0_u32..38) {
            let rest = 1 + s % (h - 1);
            let wide = wide(n, d, halvings, rest, h, 8);
            if let Some(narrow) = narrow(n, d, halvings, rest, h) {
                prop_assert_eq!(narrow, wide);
            }
            prop_assert_eq!(halved(n, d, u64::from(halvings) * h + rest, h), wide);
        }

        #[test]
        fn bounds_hold_the_power(rest in 1_u64..250, more in 1_u64..250, digits in 8_u32..200) {
            let h = rest + more;
            let (low, high) = power(rest, h, digits);
            let common = gcd(rest, h);
            let (r, h) = (rest / common, u32::try_from(h / common).unwrap());
            // bound^h against 2^(digits * h - r).
            let exact = BigUint::from(1_u8) << (u64::from(digits) * u64::from(h) - r);
            prop_assert!(low.pow(h) < exact && exact < high.pow(h));
        }

        /// The nearer a value lies to the middle between two whole numbers, the more digits it takes:
        /// whatever precision one begins with, the result is the same.
        #[test]
        fn it_does_not_matter_with_how_many_digits_one_begins(n in 1_u128..1_u128 << 90, rest in 1_u64..600_000, digits in 4_u32..40) {
            prop_assert_eq!(wide(n, 1, 0, rest, 604_800, digits), wide(n, 1, 0, rest, 604_800, 512));
        }
    }

    #[test]
    fn the_products_are_those_of_the_wide_way() {
        let mut root = BigUint::from(1_u8) << 63_u8;
        for group in PRODUCTS {
            let roots: Vec<BigUint> = (0..GROUP)
                .map(|_| {
                    root = (&root << 64_u8).sqrt();
                    root.clone()
                })
                .collect();
            for (digits, product) in group.into_iter().enumerate() {
                let ones = roots.iter().rev().enumerate().filter(|(place, _)| digits >> place & 1 == 1);
                let exact = ones
                    .rev()
                    .fold(BigUint::from(1_u8) << 64_u8, |product, (_, root)| (product * root) >> 64_u8);
                assert_eq!(exact, BigUint::from(product));
            }
        }
    }

    proptest! {
        #[test]
        fn fractions_are_those_of_wide_numbers(part in any::<u64>(), whole in prop_oneof![1_u64..1 << 32, 1_u64..=u64::MAX]) {
            let part = part % whole;
            prop_assert_eq!(fraction(part, whole), (u128::from(part) << 64) / u128::from(whole));
        }
    }

    #[test]
    fn halves_are_rounded_up_and_worked_numbers_hold() {
        // 10 points in millionths after one week at a half-life of a week, of a fortnight, of ten days.
        let week = 604_800;
        assert_eq!(halved(10_000_000, 1, week, week), 5_000_000);
        assert_eq!(halved(10_000_000, 1, week, 2 * week), 7_071_068);
        assert_eq!(halved(10_000_000, 1, week, 864_000), 6_155_722);
        assert_eq!(
            [halved(1, 1, 7, 7), halved(1, 1, 8, 7), halved(1, 1, 14, 7), halved(3, 1, 7, 7)],
            [1, 0, 0, 2]
        );
        assert_eq!(halved(5, 10, 0, 1), 1);
        assert_eq!((halved(1, 1, u64::MAX, 1), halved(0, 1, 0, 1), halved(1 << 99, 1, 99, 1)), (0, 0, 1));
        assert_eq!(halved(1 << 99, 3, u64::MAX, u64::MAX), rounded(1 << 98, 3));
    }

    #[test]
    fn values_next_to_a_middle_take_more_digits() {
        // Of the numerators up to 2^90 one that brings 2^(-1/2) next to a middle: the best of the continued
        // fraction.
        let sqrt = (BigUint::from(1_u8) << 199_u32).sqrt();
        let (mut before, mut best) = ((0_u128, 1_u128), (1_u128, 0_u128));
        let (mut a, mut b) = (sqrt, BigUint::from(1_u8) << 100_u32);
        while best.1 < 1 << 80 {
            let quotient = u128::try_from(&a / &b).unwrap();
            let next = (quotient * best.0 + before.0, quotient * best.1 + before.1);
            (before, best) = (best, next);
            (a, b) = (b.clone(), a % b);
            // best.1 * 2^(-1/2) is all but the whole number best.0; with an odd one, half of it lies in the
            // middle.
            let (whole, n) = best;
            if whole % 2 == 1 && n > 0 {
                let result = halved(n, 2, 1, 2);
                assert!(is_rounded(result, n, 2, 1, 2), "{n}");
                assert!(n < 1 << 40 || narrow(n, 2, 0, 1, 2).is_none(), "{n}");
            }
        }
    }
}
