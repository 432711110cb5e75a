use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use guanxi_core::{Score, Share};
use serde::{Deserialize, Serialize};

/// How many scores there are.
const SCORES: usize = Score::MAX.hundredths() as usize + 1;

/// How many customers have each of the 10 001 possible scores.
///
/// All that shares, quantiles and proposals of floors need to know of a population, in 80 kB whatever
/// its size: one count for each score, made once and not grown, so that counting is an addition.
/// Histograms of parts of a population merge in any order and grouping to that of the whole.
///
/// Written as the scores that occur with their counts, ascending: `[["50.00",2],["89.40",1]]`.
///
/// ```
/// use guanxi_bands::Histogram;
/// let scores = ["50", "89.4", "50"].iter().map(|text| text.parse()).collect::<Result<Histogram, _>>()?;
/// assert_eq!((scores.count(), scores.at_or_above("50.01".parse()?)), (3, 1));
/// # Ok::<(), guanxi_core::ScoreError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(Score, u64)>", into = "Vec<(Score, u64)>")]
pub struct Histogram {
    counts: Vec<u64>, // INVARIANT: one for each score
    count: u64,       // INVARIANT: their sum
}

/// Why counts are no histogram.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HistogramError {
    /// More customers than a count can hold.
    #[error("a population has at most {} customers", u64::MAX)]
    TooMany,
    /// Scores that are not written in ascending order, or one twice.
    #[error("scores must ascend, got `{second}` after `{first}`")]
    NotAscending {
        /// A score.
        first: Score,
        /// The one after it.
        second: Score,
    },
    /// A score that is listed although nobody has it.
    #[error("score `{score}` must have a count above 0")]
    NoCount {
        /// That score.
        score: Score,
    },
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

impl Histogram {
    /// The histogram of nobody.
    #[must_use]
    pub fn new() -> Self {
        Self { counts: vec![0; SCORES], count: 0 }
    }

    /// Counts one customer. At 2^64 - 1 customers nobody is counted any more; nobody gets there one by one.
    pub fn observe(&mut self, score: Score) {
        let _ = self.observe_many(score, 1);
    }

    /// Counts so many customers with one score.
    ///
    /// # Errors
    /// [`HistogramError::TooMany`] past 2^64 - 1 customers; then nothing is counted.
    pub fn observe_many(&mut self, score: Score, customers: u64) -> Result<(), HistogramError> {
        self.count = self.count.checked_add(customers).ok_or(HistogramError::TooMany)?;
        if let Some(count) = self.counts.get_mut(usize::from(score.hundredths())) {
            // Less than the sum, which fits.
            *count = count.saturating_add(customers);
        }
        Ok(())
    }

    /// Counts the customers of another histogram, too; the order and grouping of merges makes no difference.
    ///
    /// # Errors
    /// [`HistogramError::TooMany`] past 2^64 - 1 customers; then nothing is counted.
    pub fn merge(&mut self, other: &Self) -> Result<(), HistogramError> {
        self.count = self.count.checked_add(other.count).ok_or(HistogramError::TooMany)?;
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count = count.saturating_add(*more);
        }
        Ok(())
    }

    /// The number of customers.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// How many customers have exactly this score.
    #[must_use]
    pub fn at(&self, score: Score) -> u64 {
        self.counts.get(usize::from(score.hundredths())).copied().unwrap_or_default()
    }

    /// How many customers have this score or a higher one.
    #[must_use]
    pub fn at_or_above(&self, score: Score) -> u64 {
        self.counts.iter().skip(usize::from(score.hundredths())).sum()
    }

    /// The scores that occur with their counts, ascending.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Score, u64)> {
        let counted = (0..=Score::MAX.hundredths()).zip(&self.counts).filter(|(_, count)| **count > 0);
        counted.filter_map(|(hundredths, count)| Some((Score::from_hundredths(hundredths).ok()?, *count)))
    }

    /// The score at a quantile by nearest rank: of n scores in ascending order the one at place
    /// ceil(quantile x n), the first at the earliest; `None` for nobody.
    ///
    /// ```
    /// # use guanxi_bands::Histogram;
    /// # use guanxi_core::{Share, parse_decimal};
    /// let scores = ["10", "20", "30"].iter().map(|text| text.parse()).collect::<Result<Histogram, _>>()?;
    /// let median = scores.quantile(Share::try_from(parse_decimal("0.5")?)?);
    /// assert_eq!(median, Some("20".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn quantile(&self, quantile: Share) -> Option<Score> {
        let place = place(quantile, self.count);
        let mut passed = 0_u64;
        let reaches = |(score, count)| {
            passed = passed.saturating_add(count);
            (passed >= place).then_some(score)
        };
        self.iter().find_map(reaches)
    }

    /// For each score, from 0.00 up, how many customers have it or a higher one.
    pub(crate) fn tail(&self) -> Vec<u64> {
        let mut left = self.count;
        let at_or_above = |count: &u64| {
            let here = left;
            left = left.saturating_sub(*count);
            here
        };
        self.counts.iter().map(at_or_above).collect()
    }
}

/// ceil(share x count), exactly: a share has up to 28 places, so the product is divided in two halves.
fn place(share: Share, count: u64) -> u64 {
    const HALF: u32 = 32;
    let (digits, one) = (share.get().mantissa().unsigned_abs(), 10_u128.pow(share.get().scale()));
    let high = digits * u128::from(count >> HALF);
    let low = digits * u128::from(count & u64::from(u32::MAX)) + ((high % one) << HALF);
    let place = ((high / one) << HALF) + low / one + u128::from(!low.is_multiple_of(one));
    // At most `count`, since a share is at most 1.
    u64::try_from(place).unwrap_or(count)
}

impl Extend<Score> for Histogram {
    fn extend<I: IntoIterator<Item = Score>>(&mut self, scores: I) {
        scores.into_iter().for_each(|score| self.observe(score));
    }
}

impl FromIterator<Score> for Histogram {
    fn from_iter<I: IntoIterator<Item = Score>>(scores: I) -> Self {
        let mut histogram = Self::new();
        histogram.extend(scores);
        histogram
    }
}

impl TryFrom<Vec<(Score, u64)>> for Histogram {
    type Error = HistogramError;

    fn try_from(counts: Vec<(Score, u64)>) -> Result<Self, HistogramError> {
        let mut histogram = Self::new();
        let mut last = None;
        for (score, count) in counts {
            if let Some(first) = last.filter(|first| *first >= score) {
                return Err(HistogramError::NotAscending { first, second: score });
            }
            if count == 0 {
                return Err(HistogramError::NoCount { score });
            }
            histogram.observe_many(score, count)?;
            last = Some(score);
        }
        Ok(histogram)
    }
}

impl From<Histogram> for Vec<(Score, u64)> {
    fn from(histogram: Histogram) -> Self {
        histogram.iter().collect()
    }
}

impl fmt::Debug for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(score, count)| (score.hundredths(), count))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::parse_decimal;
    use proptest::prelude::*;
    use std::string::ToString;

    fn score(text: &str) -> Score {
        text.parse().unwrap()
    }

    #[test]
    fn errors_say_what_is_allowed() {
        let error = |json: &str| {
            let value: serde_json::Value = serde_json::from_str(json).unwrap();
            serde_json::from_value::<Histogram>(value).unwrap_err().to_string()
        };
        insta::assert_snapshot!(error(r#"[["50", 1], ["50", 1]]"#), @"scores must ascend, got `50.00` after `50.00`");
        insta::assert_snapshot!(error(r#"[["50", 1], ["49.99", 1]]"#), @"scores must ascend, got `49.99` after `50.00`");
        insta::assert_snapshot!(error(r#"[["50", 0]]"#), @"score `50.00` must have a count above 0");
        insta::assert_snapshot!(error(r#"[["50", 18446744073709551615], ["51", 1]]"#), @"a population has at most 18446744073709551615 customers");
        insta::assert_snapshot!(error(r#"[["50.001", 1]]"#), @"a score has at most two decimal places, got `50.001`");
        let mut full = Histogram::new();
        full.observe_many(score("0"), u64::MAX).unwrap();
        let before = full.clone();
        assert_eq!(full.observe_many(score("1"), 1), Err(HistogramError::TooMany));
        assert_eq!(full.merge(&[score("1")].into_iter().collect()), Err(HistogramError::TooMany));
        full.observe(score("1"));
        assert_eq!(full, before);
    }

    proptest! {
        #[test]
        fn a_place_is_exact_at_any_size(digits in 0..=10_000_000_000_000_000_000_000_000_000_i128, count in any::<u64>()) {
            use num_bigint::BigUint;
            let one = 10_i128.pow(28);
            let decimal = parse_decimal(&std::format!("{}.{:028}", digits / one, digits % one)).unwrap();
            let exact = BigUint::from(digits.unsigned_abs()) * count;
            let one = BigUint::from(one.unsigned_abs());
            let expected = (exact + &one - 1_u32) / one;
            prop_assert_eq!(BigUint::from(place(Share::try_from(decimal).unwrap(), count)), expected);
        }
    }
}
