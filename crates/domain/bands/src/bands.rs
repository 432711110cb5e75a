use alloc::vec::Vec;
use core::cmp::Reverse;

use guanxi_core::Score;

/// Classes of scores, each from its floor (inclusive) to the next one's (exclusive).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bands<K> {
    lowest: K,               // from 0
    higher: Vec<(K, Score)>, // INVARIANT: floors above 0, strictly descending; no class twice
}

/// Why floors do not make bands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BandsError {
    /// No band at all.
    #[error("at least one band is needed")]
    Empty,
    /// The lowest band does not begin at 0, so some scores would have no class.
    #[error("the lowest floor must be 0.00, got `{given}`")]
    NoBottom {
        /// The lowest floor given.
        given: Score,
    },
    /// Two bands with one floor.
    #[error("two bands share the floor `{floor}`")]
    SameFloor {
        /// That floor.
        floor: Score,
    },
    /// One class with two floors.
    #[error("a class has two floors, `{first}` and `{second}`")]
    SameClass {
        /// The higher floor.
        first: Score,
        /// The lower floor.
        second: Score,
    },
}

impl<K: PartialEq> Bands<K> {
    /// Orders classes by their floors.
    ///
    /// # Errors
    /// [`BandsError`], the first that applies from the highest floor down.
    pub fn new(mut floors: Vec<(K, Score)>) -> Result<Self, BandsError> {
        floors.sort_by_key(|(_, floor)| Reverse(*floor));
        for (i, (class, first)) in floors.iter().enumerate() {
            for (other, second) in floors.iter().skip(i + 1) {
                if first == second {
                    return Err(BandsError::SameFloor { floor: *first });
                }
                if class == other {
                    return Err(BandsError::SameClass { first: *first, second: *second });
                }
            }
        }
        match floors.pop() {
            None => Err(BandsError::Empty),
            Some((lowest, Score::MIN)) => Ok(Self { lowest, higher: floors }),
            Some((_, given)) => Err(BandsError::NoBottom { given }),
        }
    }

    /// The class of a score.
    pub fn of(&self, score: Score) -> &K {
        self.higher.iter().find(|(_, floor)| *floor <= score).map_or(&self.lowest, |(class, _)| class)
    }

    /// The floor of the class of a score.
    pub fn floor_at(&self, score: Score) -> Score {
        self.higher.iter().find(|(_, floor)| *floor <= score).map_or(Score::MIN, |(_, floor)| *floor)
    }

    /// The class above that of a score, with its floor; `None` in the highest class.
    pub fn above(&self, score: Score) -> Option<(&K, Score)> {
        self.higher.iter().rev().find(|(_, floor)| *floor > score).map(|(class, floor)| (class, *floor))
    }

    /// The floor of a class.
    pub fn floor(&self, class: &K) -> Option<Score> {
        self.iter().find(|(listed, _)| *listed == class).map(|(_, floor)| floor)
    }

    /// The classes with their floors, highest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, Score)> {
        let higher = self.higher.iter().map(|(class, floor)| (class, *floor));
        higher.chain(core::iter::once((&self.lowest, Score::MIN)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;
    use std::vec;

    fn bands(floors: &[(char, &str)]) -> Result<Bands<char>, BandsError> {
        Bands::new(floors.iter().map(|(class, floor)| (*class, floor.parse().unwrap())).collect())
    }

    #[test]
    fn every_score_falls_in_the_band_that_a_plain_scan_finds() {
        let bands = bands(&[('c', "50"), ('e', "0"), ('a', "90"), ('d', "30"), ('b', "70")]).unwrap();
        for hundredths in 0..=10_000 {
            let score = Score::from_hundredths(hundredths).unwrap();
            let class = match hundredths {
                9_000.. => 'a',
                7_000.. => 'b',
                5_000.. => 'c',
                3_000.. => 'd',
                _ => 'e',
            };
            assert_eq!(*bands.of(score), class);
            let above = bands.iter().rfind(|(_, floor)| *floor > score);
            assert_eq!(bands.above(score), above);
            assert_eq!(Some(bands.floor_at(score)), bands.floor(&class));
        }
        assert_eq!(bands.floor(&'d'), Some("30".parse().unwrap()));
        assert_eq!(bands.floor(&'z'), None);
    }

    #[test]
    fn errors_say_what_is_allowed() {
        let error = |floors: &[(char, &str)]| bands(floors).unwrap_err().to_string();
        insta::assert_snapshot!(error(&[]), @"at least one band is needed");
        insta::assert_snapshot!(error(&[('a', "10")]), @"the lowest floor must be 0.00, got `10.00`");
        insta::assert_snapshot!(error(&[('a', "70"), ('b', "70"), ('c', "0")]), @"two bands share the floor `70.00`");
        insta::assert_snapshot!(error(&[('a', "70"), ('a', "0")]), @"a class has two floors, `70.00` and `0.00`");
        assert_eq!(Bands::<char>::new(vec![]), Err(BandsError::Empty));
    }
}
