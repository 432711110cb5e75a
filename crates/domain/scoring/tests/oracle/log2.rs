//! The logarithm of the method: the table from its definition, then the interpolation as written.
use std::sync::LazyLock;

use num_bigint::BigInt;

use crate::ratio::Ratio;

/// `T[j] = 2^32 · log2(1 + j / 256)`, rounded to the nearest whole number, for j in 0..=256.
static TABLE: LazyLock<Vec<u64>> = LazyLock::new(|| (0..=256).map(entry).collect());

/// One bit of the logarithm per squaring: log2(y²) = 2 · log2(y), and y² ≥ 2 says that the bit is 1.
///
/// A lower and an upper bound of y are carried along; they must agree on every bit.
fn entry(j: u64) -> u64 {
    const PLACES: u64 = 300;
    if j == 256 {
        return 1 << 32;
    }
    let two = BigInt::from(1) << (PLACES + 1);
    let mut low = BigInt::from(256 + j) << (PLACES - 8);
    let mut high = low.clone();
    let mut bits = 0_u64;
    for _ in 0..33 {
        low = (&low * &low) >> PLACES;
        high = ((&high * &high) >> PLACES) + 1;
        bits *= 2;
        assert_eq!(low >= two, high >= two, "the bounds are too wide");
        if low >= two {
            bits += 1;
            low >>= 1;
            high = (high >> 1) + 1;
        }
    }
    // 33 bits are one more than shown: the last one says which way to round.
    bits.div_ceil(2)
}

/// log2(1 + x / unit) by table; a negative x counts as 0.
pub(crate) fn log2_of_one_plus(x: &Ratio, unit: &Ratio) -> Ratio {
    let one = Ratio::whole(1);
    if !x.is_positive() {
        return Ratio::whole(0);
    }
    let mut mantissa = &one + &(x / unit);
    let mut whole = 0_u64;
    while mantissa >= Ratio::whole(2) {
        mantissa = &mantissa / &Ratio::whole(2);
        whole += 1;
    }
    let position = &(&mantissa - &one) * &Ratio::whole(256);
    let j = usize::try_from(position.floor()).expect("below 256");
    let f = &position - &Ratio::whole(j);
    let (here, next) = (Ratio::whole(TABLE[j]), Ratio::whole(TABLE[j + 1]));
    let interpolated = &here + &(&f * &(&next - &here));
    &Ratio::whole(whole) + &(&interpolated / &Ratio::whole(1_u64 << 32))
}

#[test]
fn the_table_holds_known_logarithms() {
    // Computed apart with 60 decimal digits: log2(257/256), log2(1.25), log2(1.5), log2(511/256).
    let known = [0, 24_157_255, 1_382_670_639, 2_512_394_810, 4_282_853_259, 4_294_967_296];
    assert_eq!([0, 1, 64, 128, 255, 256].map(|j: usize| TABLE[j]), known);
    assert_eq!((TABLE.len(), TABLE.iter().sum::<u64>()), (257, 614_909_757_894));
    let number = |n| Ratio::whole(n);
    assert_eq!(log2_of_one_plus(&number(7), &number(1)), number(3));
    assert_eq!(log2_of_one_plus(&number(-7), &number(1)), number(0));
}
