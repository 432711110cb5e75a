use alloc::vec::Vec;

use guanxi_core::{DecimalText, ExactSum, Share, Weights};

/// The share of customers that each class should hold, from the highest class down: 1 in all.
///
/// ```
/// use guanxi_bands::Targets;
/// use guanxi_core::{Share, parse_decimal};
/// let share = |text| Ok::<_, Box<dyn std::error::Error>>(Share::try_from(parse_decimal(text)?)?);
/// let targets = Targets::new(vec![("top", share("0.125")?), ("rest", share("0.875")?)])?;
/// assert_eq!((targets.parts().collect::<Vec<_>>(), targets.whole()), (vec![(&"top", 1), (&"rest", 7)], 8));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Targets<K>(Weights<K>); // INVARIANT: no class twice

/// Why shares are no targets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TargetsError {
    /// No class at all.
    #[error("at least one target share is needed")]
    Empty,
    /// One class with two shares.
    #[error("the target shares at places {first} and {second} are of one class")]
    SameClass {
        /// The place of its first share, from 1.
        first: usize,
        /// The place of its second share.
        second: usize,
    },
    /// Finer than nine decimal places.
    #[error("a target share has at most 9 decimal places, got `{given}`")]
    TooFine {
        /// The share given.
        given: Share,
    },
    /// Shares that make less or more than the whole.
    #[error("target shares must sum to 1, got a sum of `{given}`")]
    Sum {
        /// The sum of the shares given.
        given: DecimalText,
    },
}

impl<K: PartialEq> Targets<K> {
    /// Checks the shares of classes, from the highest class down.
    ///
    /// # Errors
    /// [`TargetsError`], the first that applies in the order of its variants.
    pub fn new(shares: Vec<(K, Share)>) -> Result<Self, TargetsError> {
        if shares.is_empty() {
            return Err(TargetsError::Empty);
        }
        distinct(&shares.iter().map(|(class, _)| class).collect::<Vec<_>>())?;
        const FINEST: u32 = 9;
        if let Some((_, given)) = shares.iter().find(|(_, share)| share.get().scale() > FINEST) {
            return Err(TargetsError::TooFine { given: *given });
        }
        let sum = shares.iter().try_fold(ExactSum::default(), |sum, (_, share)| sum.plus(share.get()));
        // Shares of nine places: as many as fit in memory add up to a decimal.
        let given = sum.and_then(ExactSum::get).unwrap_or_default();
        let error = TargetsError::Sum { given: given.into() };
        if given != Share::WHOLE.get() {
            return Err(error);
        }
        let weights = shares.into_iter().map(|(class, share)| (class, share.get())).collect();
        Weights::new(weights).map(Self).map_err(|_| error)
    }

    /// Takes weights as target shares, from the highest class down: three equal thirds are the parts 1, 1, 1.
    ///
    /// # Errors
    /// [`TargetsError::SameClass`].
    pub fn from_weights(weights: Weights<K>) -> Result<Self, TargetsError> {
        distinct(&weights.parts().map(|(class, _)| class).collect::<Vec<_>>())?;
        Ok(Self(weights))
    }

    /// The classes from the highest down, each with its part of [`Targets::whole`].
    pub fn parts(&self) -> impl Iterator<Item = (&K, u64)> {
        self.0.parts()
    }

    /// What all parts add up to.
    #[must_use]
    pub const fn whole(&self) -> u64 {
        self.0.whole()
    }
}

fn distinct<K: PartialEq>(classes: &[&K]) -> Result<(), TargetsError> {
    for (second, class) in classes.iter().enumerate() {
        if let Some(first) = classes.iter().take(second).position(|other| other == class) {
            return Err(TargetsError::SameClass { first: first + 1, second: second + 1 });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::parse_decimal;
    use std::string::ToString;

    fn targets(shares: &[(char, &str)]) -> Result<Targets<char>, TargetsError> {
        let share = |text: &str| Share::try_from(parse_decimal(text).unwrap()).unwrap();
        Targets::new(shares.iter().map(|(class, text)| (*class, share(text))).collect())
    }

    #[test]
    fn the_midpoints_of_the_standard_policy_are_parts_of_40() {
        let shares = [('s', "0.125"), ('k', "0.225"), ('n', "0.55"), ('p', "0.075"), ('o', "0.025")];
        let targets = targets(&shares).unwrap();
        let parts: Vec<u64> = targets.parts().map(|(_, part)| part).collect();
        assert_eq!((parts, targets.whole()), (alloc::vec![5, 9, 22, 3, 1], 40));
    }

    #[test]
    fn errors_say_what_is_allowed() {
        let error = |shares: &[(char, &str)]| targets(shares).unwrap_err().to_string();
        insta::assert_snapshot!(error(&[]), @"at least one target share is needed");
        insta::assert_snapshot!(error(&[('a', "0.5"), ('b', "0.2"), ('a', "0.3")]), @"the target shares at places 1 and 3 are of one class");
        insta::assert_snapshot!(error(&[('a', "0.1234567891"), ('b', "0.8765432109")]), @"a target share has at most 9 decimal places, got `0.1234567891`");
        insta::assert_snapshot!(error(&[('a', "0.5"), ('b', "0.25")]), @"target shares must sum to 1, got a sum of `0.75`");
        // Whole numbers are shares here, and not parts.
        insta::assert_snapshot!(error(&[('a', "1"), ('b', "1")]), @"target shares must sum to 1, got a sum of `2`");
        insta::assert_snapshot!(error(&[('a', "0")]), @"target shares must sum to 1, got a sum of `0`");
        let thirds =
            |classes: [char; 3]| Weights::new(classes.map(|class| (class, 1.into())).into()).unwrap();
        assert_eq!(Targets::from_weights(thirds(['a', 'b', 'c'])).unwrap().whole(), 3);
        let twice = Targets::from_weights(thirds(['a', 'b', 'b']));
        assert_eq!(twice, Err(TargetsError::SameClass { first: 2, second: 3 }));
    }
}
