use alloc::vec::Vec;

use rust_decimal::Decimal;

/// Relative weights, as integer parts of an integer whole: three equal thirds are `1, 1, 1` of 3.
///
/// Written either as shares that sum to exactly 1 (`0.5, 0.3, 0.2`) or as integer parts of any sum
/// (`5, 3, 2`). The two readings never clash: integers that sum to 1 mean the same in both.
///
/// ```
/// use guanxi_core::{Weights, parse_decimal};
/// let weights = Weights::new(vec![("value", parse_decimal("0.5")?), ("rest", parse_decimal("0.5")?)])?;
/// assert_eq!(weights.parts().map(|(_, part)| part).collect::<Vec<_>>(), [1, 1]);
/// assert_eq!(weights.whole(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights<K> {
    parts: Vec<(K, u64)>, // INVARIANT: the sum is `whole`, the greatest common divisor is 1
    whole: u64,           // INVARIANT: > 0
}

/// Why a set of numbers is not a set of weights.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// A weight below zero.
    #[error("a weight is 0 or more, got `{given}`")]
    Negative {
        /// The position in the list, from 0.
        index: usize,
        /// The number given.
        given: Decimal,
    },
    /// Finer than nine decimal places, or above 1 000 000 000.
    #[error("a weight has at most 9 decimal places and is at most 1000000000, got `{given}`")]
    TooFine {
        /// The position in the list, from 0.
        index: usize,
        /// The number given.
        given: Decimal,
    },
    /// Shares that do not make a whole.
    #[error("weights must sum to 1, or all be integers, got a sum of `{given}`")]
    Sum {
        /// The sum of the numbers given.
        given: Decimal,
    },
    /// No weight above zero.
    #[error("at least one weight must be above 0")]
    AllZero,
}

impl<K> Weights<K> {
    /// Checks and reduces weights; the order given is kept.
    ///
    /// # Errors
    /// The first of [`WeightsError`] that applies, weight by weight and then for their sum.
    pub fn new(given: Vec<(K, Decimal)>) -> Result<Self, WeightsError> {
        const FINEST: u32 = 9;
        let limit = Decimal::new(1_000_000_000, 0);
        let mut sum = Decimal::ZERO;
        for (index, (_, weight)) in given.iter().enumerate() {
            if *weight < Decimal::ZERO {
                return Err(WeightsError::Negative { index, given: *weight });
            }
            if *weight > limit || weight.normalize().scale() > FINEST {
                return Err(WeightsError::TooFine { index, given: *weight });
            }
            sum = sum.checked_add(*weight).ok_or(WeightsError::TooFine { index, given: *weight })?;
        }
        let integers = given.iter().all(|(_, weight)| weight.is_integer());
        if !integers && sum != Decimal::ONE {
            return Err(WeightsError::Sum { given: sum.normalize() });
        }
        let unit: i128 = if integers { 1 } else { 10_i128.pow(FINEST) };
        let part = |weight: Decimal| {
            let exact = weight.normalize();
            let scaled = exact.mantissa() * unit / 10_i128.pow(exact.scale());
            u64::try_from(scaled).unwrap_or(0)
        };
        let mut parts: Vec<(K, u64)> = given.into_iter().map(|(key, weight)| (key, part(weight))).collect();
        let divisor = parts.iter().fold(0, |divisor, (_, part)| greatest_common_divisor(divisor, *part));
        if divisor == 0 {
            return Err(WeightsError::AllZero);
        }
        for (_, part) in &mut parts {
            *part /= divisor;
        }
        let whole = parts.iter().map(|(_, part)| part).sum();
        Ok(Self { parts, whole })
    }

    /// Each key with its integer part, in the order given.
    pub fn parts(&self) -> impl Iterator<Item = (&K, u64)> {
        self.parts.iter().map(|(key, part)| (key, *part))
    }

    /// The sum of all parts.
    #[must_use]
    pub const fn whole(&self) -> u64 {
        self.whole
    }
}

impl<K: PartialEq> Weights<K> {
    /// The part of a key, 0 for a key that is not listed.
    pub fn part(&self, key: &K) -> u64 {
        self.parts.iter().find(|(listed, _)| listed == key).map_or(0, |(_, part)| *part)
    }
}

const fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decimal::parse_decimal;
    use std::string::ToString;
    use std::vec;

    fn weigh(texts: &[&str]) -> Result<Vec<u64>, WeightsError> {
        let given = texts.iter().map(|text| ((), parse_decimal(text).unwrap())).collect();
        Weights::new(given).map(|weights| weights.parts().map(|(_, part)| part).collect())
    }

    #[test]
    fn shares_and_parts_mean_the_same() {
        assert_eq!(weigh(&["0.5", "0.3", "0.2"]), Ok(vec![5, 3, 2]));
        assert_eq!(weigh(&["50", "30", "20"]), Ok(vec![5, 3, 2]));
        assert_eq!(weigh(&["1", "1", "1"]), Ok(vec![1, 1, 1]));
        assert_eq!(weigh(&["1", "0"]), Ok(vec![1, 0]));
        assert_eq!(weigh(&["0.333333333", "0.666666667"]), Ok(vec![333_333_333, 666_666_667]));
    }

    #[test]
    fn errors_say_what_is_allowed() {
        let error = |texts: &[&str]| weigh(texts).unwrap_err().to_string();
        insta::assert_snapshot!(error(&["0.5", "0.5", "0.2"]), @"weights must sum to 1, or all be integers, got a sum of `1.2`");
        insta::assert_snapshot!(error(&["-0.5", "1.5"]), @"a weight is 0 or more, got `-0.5`");
        insta::assert_snapshot!(error(&["0.0000000001"]), @"a weight has at most 9 decimal places and is at most 1000000000, got `0.0000000001`");
        insta::assert_snapshot!(error(&["0", "0"]), @"at least one weight must be above 0");
        insta::assert_snapshot!(error(&[]), @"at least one weight must be above 0");
    }
}
