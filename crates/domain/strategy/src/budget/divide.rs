//! Rounding amounts so that they add up on every level at once.
use alloc::vec::Vec;

use guanxi_core::largest_remainder;
use num_bigint::BigUint;

/// An amount in minor units: exact, and rounded down or up to a whole number.
#[derive(Clone, Debug)]
pub(super) struct Rounded {
    numerator: BigUint,
    denominator: BigUint,  // INVARIANT: above 0
    pub(super) units: u64, // INVARIANT: the exact amount rounded down or up
}

impl Rounded {
    /// A whole number of minor units.
    pub(super) fn whole(units: u64) -> Self {
        Self { numerator: units.into(), denominator: BigUint::from(1_u8), units }
    }

    /// Divides in proportion to weights, by largest remainder of the *exact* amounts; of equal remainders the
    /// earlier part comes first. Each part is its own exact amount rounded down or up, and all add up to
    /// the units of this one; that this one is rounded itself adds no second error, since its units lie between
    /// the sums of the parts rounded down and rounded up. Nothing, if all weights are 0.
    pub(super) fn divide(&self, weights: &[BigUint]) -> Option<Vec<Self>> {
        let total: BigUint = weights.iter().sum();
        if total == BigUint::ZERO {
            return None;
        }
        let denominator = &self.denominator * &total;
        let exact: Vec<BigUint> = weights.iter().map(|weight| &self.numerator * weight).collect();
        let quota = |numerator: &BigUint| {
            // A part is at most the whole, which fits.
            (u64::try_from(numerator / &denominator).unwrap_or(self.units), numerator % &denominator)
        };
        let units = largest_remainder(self.units, exact.iter().map(quota).collect());
        let part = |(numerator, units)| Self { numerator, denominator: denominator.clone(), units };
        Some(exact.into_iter().zip(units).map(part).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    fn units(parts: &[Rounded]) -> Vec<u64> {
        parts.iter().map(|part| part.units).collect()
    }

    #[test]
    fn parts_of_parts_stay_near_their_exact_amounts() {
        let big = |weights: &[u64]| weights.iter().map(|weight| BigUint::from(*weight)).collect::<Vec<_>>();
        let halves = Rounded::whole(1).divide(&big(&[1, 1])).unwrap();
        assert_eq!(units(&halves), [1, 0]);
        // Of half a unit rounded up to one, the quarter that remains more gets it.
        assert_eq!(units(&halves[0].divide(&big(&[1, 3])).unwrap()), [0, 1]);
        assert_eq!(units(&halves[1].divide(&big(&[1, 3])).unwrap()), [0, 0]);
        assert!(Rounded::whole(5).divide(&vec![BigUint::ZERO; 2]).is_none());
        assert_eq!(units(&Rounded::whole(u64::MAX).divide(&big(&[1, 0])).unwrap()), [u64::MAX, 0]);
    }
}
