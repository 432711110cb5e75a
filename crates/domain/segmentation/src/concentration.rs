//! How much of the whole lies with how few.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use guanxi_core::{DecimalText, Share, canonical};
use num_bigint::BigInt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::number::{Fraction, decimal, parts};

/// The amounts of a population, as value -> count: mergeable in any order.
///
/// An amount below 0 counts as 0, and is counted: a customer who returned more than it bought has
/// nothing of the whole, and does not make the others' shares larger than the whole.
///
/// ```
/// use guanxi_segmentation::Amounts;
/// let mut amounts = Amounts::default();
/// for amount in [1, 2, 3, 4] {
///     amounts.observe(amount.into());
/// }
/// assert_eq!(amounts.gini().map(|gini| gini.to_string()), Ok("1/4".into()));
/// assert_eq!(amounts.hhi().map(|hhi| hhi.to_string()), Ok("3/10".into()));
/// assert_eq!(amounts.top(1).map(|top| top.to_string()), Ok("2/5".into()));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    counts: BTreeMap<Decimal, u64>,
}

/// Why a population has no concentration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NoConcentration {
    /// There is nobody.
    #[error("there is nobody")]
    Nobody,
    /// No amount is above 0, so there is no whole to have a share of.
    #[error("no amount is above 0")]
    NothingToShare,
}

/// The share of the customers with the greatest amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopShare {
    /// How many customers.
    pub customers: u64,
    /// Their share of the whole, rounded half-up to four places.
    pub share: Share,
}

/// How concentrated a population is, rounded once to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concentration {
    /// The customers whose amount is known.
    pub customers: u64,
    /// Those of them with an amount below 0, which counts as 0.
    pub negative: u64,
    /// The sum of the amounts above 0; `None` if it has more digits than a decimal keeps.
    pub total: Option<DecimalText>,
    /// The Gini coefficient: 0 if all have the same, towards 1 if one has everything.
    pub gini: Option<Share>,
    /// The Herfindahl-Hirschman index: the sum of the squared shares.
    pub hhi: Option<Share>,
    /// The share of the greatest 1, of the greatest 10, and of the greatest fifth (rounded up).
    pub top: Vec<TopShare>,
    /// Why there is none.
    pub none: Option<NoConcentration>,
}

impl Amounts {
    /// Counts one customer's amount.
    pub fn observe(&mut self, amount: Decimal) {
        self.observe_many(amount, 1);
    }

    pub(crate) fn observe_many(&mut self, amount: Decimal, customers: u64) {
        let count = self.counts.entry(canonical(amount)).or_default();
        *count = count.saturating_add(customers);
    }

    /// Adds what was observed elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (amount, count) in &other.counts {
            self.observe_many(*amount, *count);
        }
    }

    /// The number of customers.
    #[must_use]
    pub fn customers(&self) -> u64 {
        self.counts.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    fn negative(&self) -> u64 {
        self.counts.range(..Decimal::ZERO).fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// The amounts above 0, ascending.
    fn positive(&self) -> impl DoubleEndedIterator<Item = (BigInt, u64)> {
        let above = |(amount, _): &(&Decimal, &u64)| **amount > Decimal::ZERO;
        self.counts.iter().filter(above).map(|(amount, count)| (parts(*amount), *count))
    }

    fn total(&self) -> BigInt {
        self.positive().map(|(amount, count)| amount * count).sum()
    }

    fn whole(&self) -> Result<BigInt, NoConcentration> {
        let total = self.total();
        if self.counts.is_empty() {
            Err(NoConcentration::Nobody)
        } else if total == BigInt::ZERO {
            Err(NoConcentration::NothingToShare)
        } else {
            Ok(total)
        }
    }

    /// The Gini coefficient `(2 * sum(i * x_i) - (n + 1) * sum(x)) / (n * sum(x))` over the amounts `x` in ascending
    /// order, `i` from 1 to `n` (half the relative mean absolute difference; Gini 1912). One customer alone has 0.
    ///
    /// # Errors
    /// [`NoConcentration`].
    pub fn gini(&self) -> Result<Fraction, NoConcentration> {
        let (whole, n) = (self.whole()?, self.customers());
        let positive: u64 = self.positive().fold(0, |sum, (_, count)| sum.saturating_add(count));
        // Those with nothing come first, and add nothing.
        let mut passed = BigInt::from(n.saturating_sub(positive));
        let mut weighed = BigInt::ZERO;
        for (amount, count) in self.positive() {
            // Twice the sum of the ranks passed + 1 to passed + count.
            let ranks = &passed * 2_u8 * count + BigInt::from(count) * (u128::from(count) + 1);
            weighed += ranks * amount;
            passed += count;
        }
        let numerator = weighed - (BigInt::from(n) + 1_u8) * &whole;
        Fraction::new(&numerator, &(whole * n)).ok_or(NoConcentration::NothingToShare)
    }

    /// The sum of the squared shares, from `1 / n` (all the same) to 1 (one has everything).
    ///
    /// # Errors
    /// [`NoConcentration`].
    pub fn hhi(&self) -> Result<Fraction, NoConcentration> {
        let whole = self.whole()?;
        let squares: BigInt = self.positive().map(|(amount, count)| &amount * &amount * count).sum();
        Fraction::new(&squares, &(&whole * &whole)).ok_or(NoConcentration::NothingToShare)
    }

    /// The share of the so many customers with the greatest amounts; of everybody, if there are fewer.
    ///
    /// # Errors
    /// [`NoConcentration`].
    pub fn top(&self, customers: u64) -> Result<Fraction, NoConcentration> {
        let (whole, mut left, mut sum) = (self.whole()?, customers, BigInt::ZERO);
        for (amount, count) in self.positive().rev() {
            let taken = count.min(left);
            sum += amount * taken;
            left -= taken;
        }
        Fraction::new(&sum, &whole).ok_or(NoConcentration::NothingToShare)
    }

    /// All of it, rounded once to be shown.
    #[must_use]
    pub fn concentration(&self) -> Concentration {
        let customers = self.customers();
        let mut sizes = [1, 10, customers.div_ceil(5)].to_vec();
        sizes.sort_unstable();
        sizes.dedup();
        let top = sizes
            .into_iter()
            .filter(|size| (1..=customers).contains(size))
            .filter_map(|customers| Some(TopShare { customers, share: self.top(customers).ok()?.share() }));
        Concentration {
            customers,
            negative: self.negative(),
            total: decimal(&self.total()),
            gini: self.gini().ok().map(|gini| gini.share()),
            hhi: self.hhi().ok().map(|hhi| hhi.share()),
            top: top.collect(),
            none: self.whole().err(),
        }
    }
}
