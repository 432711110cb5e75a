use alloc::vec::Vec;
use core::cmp::Reverse;

/// Why a whole cannot be divided.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApportionError {
    /// No part has a weight, so nothing says who gets the whole.
    #[error("cannot divide {whole} by weights that are all 0")]
    NoWeight {
        /// What was to be divided.
        whole: u64,
    },
}

/// Divides a whole in proportion to weights, so that the parts add up to it exactly.
///
/// Largest remainder: every part gets its exact quota rounded down, then the units left over go to
/// the parts with the largest remainders; of equal remainders the earlier part comes first.
///
/// # Errors
/// [`ApportionError::NoWeight`] if all weights are 0 and the whole is not.
///
/// ```
/// assert_eq!(guanxi_core::apportion(100, &[1, 1, 1])?, [34, 33, 33]);
/// # Ok::<(), guanxi_core::ApportionError>(())
/// ```
pub fn apportion(whole: u64, weights: &[u64]) -> Result<Vec<u64>, ApportionError> {
    let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    if total == 0 {
        return if whole == 0 { Ok(weights.to_vec()) } else { Err(ApportionError::NoWeight { whole }) };
    }
    let quota = |weight: &u64| {
        let exact = u128::from(whole) * u128::from(*weight);
        // The quotient is at most `whole`.
        (u64::try_from(exact / total).unwrap_or(whole), exact % total)
    };
    Ok(largest_remainder(whole, weights.iter().map(quota).collect()))
}

/// Adds what is missing to `whole`, one unit each, to the parts (rounded down, remainder) with the
/// largest remainders; of equal remainders the earlier part comes first.
///
/// The remainders need only be comparable, so exact fractions of any width serve. Parts that were
/// rounded down lack less than one unit each; what else is missing from the whole is not given out.
#[must_use]
pub fn largest_remainder<R: Ord>(whole: u64, parts: Vec<(u64, R)>) -> Vec<u64> {
    let floors = parts.iter().fold(0_u64, |sum, (floor, _)| sum.saturating_add(*floor));
    let mut order: Vec<(usize, &R)> = parts.iter().map(|(_, remainder)| remainder).enumerate().collect();
    order.sort_by_key(|(index, remainder)| (Reverse(*remainder), *index));
    let mut shares: Vec<u64> = parts.iter().map(|(floor, _)| *floor).collect();
    let mut left = whole.saturating_sub(floors);
    for (index, _) in order {
        if left == 0 {
            break;
        }
        if let Some(share) = shares.get_mut(index) {
            *share += 1;
            left -= 1;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_add_up_and_stay_within_one_of_their_quota(whole in 0..=u64::MAX, weights in proptest::collection::vec(prop_oneof![0..4_u64, 0..=u64::MAX], 1..20)) {
            prop_assume!(weights.iter().any(|w| *w > 0));
            let parts = apportion(whole, &weights).unwrap();
            prop_assert_eq!(parts.iter().map(|p| u128::from(*p)).sum::<u128>(), u128::from(whole));
            let total: u128 = weights.iter().map(|w| u128::from(*w)).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                let floor = u128::from(whole) * u128::from(*weight) / total;
                prop_assert!(u128::from(*part) == floor || u128::from(*part) == floor + 1);
                prop_assert!(*weight > 0 || *part == 0);
            }
        }
    }

    #[test]
    fn nothing_to_divide_by() {
        assert_eq!(apportion(0, &[0, 0]), Ok(alloc::vec![0, 0]));
        assert_eq!(apportion(1, &[]), Err(ApportionError::NoWeight { whole: 1 }));
    }
}
