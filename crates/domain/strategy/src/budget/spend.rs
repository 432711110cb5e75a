//! What was spent, against what was allocated.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use guanxi_core::{Currency, DecimalText, ExactSum, Money, Share, SubjectId, TierId, ratio};
use num_bigint::BigInt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::allocation::Allocation;
use super::id::BudgetBandId;

/// On whom an amount was spent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpentOn {
    /// On one customer.
    Customer(SubjectId),
    /// On a tier as a whole, such as an event for all of its customers.
    Tier(TierId),
}

/// Why spending cannot be added up or compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpendError {
    /// An amount of another currency.
    #[error("spending is in {expected}, got an amount in {given}: convert it first")]
    Currency {
        /// The currency given.
        given: Currency,
        /// The currency of the allocation.
        expected: Currency,
    },
    /// A sum of more than 28 digits.
    #[error("a sum of spending in {currency} has more than 28 digits")]
    TooManyDigits {
        /// The currency.
        currency: Currency,
    },
}

/// What was spent, added up by customer and by tier, exactly. Parts merge in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spending {
    currency: Currency,
    on: BTreeMap<SpentOn, ExactSum>,
}

impl Spending {
    /// Nothing spent yet.
    #[must_use]
    pub const fn new(currency: Currency) -> Self {
        Self { currency, on: BTreeMap::new() }
    }

    /// Adds an amount; one below 0 gives money back.
    ///
    /// # Errors
    /// [`SpendError`]; nothing is added then.
    pub fn spend(&mut self, on: SpentOn, amount: Money) -> Result<(), SpendError> {
        if amount.currency() != self.currency {
            return Err(SpendError::Currency { given: amount.currency(), expected: self.currency });
        }
        let too_many = SpendError::TooManyDigits { currency: self.currency };
        let sum = self.on.get(&on).copied().unwrap_or_default().plus(amount.amount());
        self.on.insert(on, sum.ok_or(too_many)?);
        Ok(())
    }

    /// Adds what another part counted.
    ///
    /// # Errors
    /// [`SpendError`]; nothing is added then.
    pub fn merge(&mut self, other: &Self) -> Result<(), SpendError> {
        if other.currency != self.currency {
            return Err(SpendError::Currency { given: other.currency, expected: self.currency });
        }
        let mut on = self.on.clone();
        for (key, sum) in &other.on {
            let own = on.entry(key.clone()).or_default();
            *own = Sums(self.currency).add(*own, *sum)?;
        }
        self.on = on;
        Ok(())
    }
}

/// How what was spent compares with what may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetVerdict {
    /// Less than planned, or than the least share.
    Below,
    /// As planned, or inside the bounds.
    Within,
    /// More than planned, or than the greatest share.
    Above,
    /// There is nothing to compare with.
    Open,
}

/// Spending against an allocation. Amounts are exact, in the currency of the total; the bands and what was
/// spent outside of them add up to all that was spent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendReport {
    /// The currency.
    pub currency: Currency,
    /// The total that was allocated.
    pub planned: DecimalText,
    /// All that was spent.
    pub spent: DecimalText,
    /// What is left of the total, below 0 where more was spent.
    pub left: DecimalText,
    /// What was spent on customers and tiers that are in no band of the allocation.
    pub outside: DecimalText,
    /// The bands, in the order of the allocation.
    pub bands: Vec<BandSpend>,
    /// The customers of the allocation and those on whom something was spent, in the order of their ids.
    pub customers: Vec<CustomerSpend>,
}

/// A band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BandSpend {
    /// The band.
    pub band: BudgetBandId,
    /// What it was allocated.
    pub planned: DecimalText,
    /// What was spent on its tiers and their customers.
    pub spent: DecimalText,
    /// What is left, below 0 where more was spent.
    pub left: DecimalText,
    /// Spent of planned, rounded half-up to four places: `1.05` is 105 %; `None` where nothing was planned.
    pub used: Option<DecimalText>,
    /// Its part of all that was spent, rounded half-up to four places; `None` where that is no share.
    pub share: Option<Share>,
    /// That part, exactly, against the bounds of the band.
    pub in_bounds: BudgetVerdict,
    /// Its tiers.
    pub tiers: Vec<TierSpend>,
}

/// A tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierSpend {
    /// The tier.
    pub tier: TierId,
    /// What it was allocated.
    pub planned: DecimalText,
    /// What was spent on it and on its customers.
    pub spent: DecimalText,
    /// What is left, below 0 where more was spent.
    pub left: DecimalText,
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerSpend {
    /// The customer.
    pub subject: SubjectId,
    /// Its tier in the allocation, if it is there and known.
    pub tier: Option<TierId>,
    /// What it was allocated; `None` if it took no part.
    pub planned: Option<DecimalText>,
    /// What was spent on it alone.
    pub spent: DecimalText,
    /// Spent against planned: within is exactly as planned.
    pub verdict: BudgetVerdict,
}

/// Compares what was spent with an allocation.
///
/// # Errors
/// [`SpendError`].
pub fn compare_spend(allocation: &Allocation, spending: &Spending) -> Result<SpendReport, SpendError> {
    let currency = allocation.total.currency();
    if spending.currency != currency {
        return Err(SpendError::Currency { given: spending.currency, expected: currency });
    }
    let sums = Sums(currency);
    let mut by_tier: BTreeMap<&TierId, ExactSum> = BTreeMap::new();
    let mut customers: BTreeMap<&SubjectId, CustomerSpend> = BTreeMap::new();
    for row in &allocation.customers {
        customers.insert(
            &row.subject,
            CustomerSpend {
                subject: row.subject.clone(),
                tier: row.tier.clone(),
                planned: row.amount,
                spent: DecimalText(Decimal::ZERO),
                verdict: BudgetVerdict::Open,
            },
        );
    }
    let tier_of: BTreeMap<&SubjectId, &TierId> =
        allocation.customers.iter().filter_map(|row| Some((&row.subject, row.tier.as_ref()?))).collect();
    let mut all = ExactSum::default();
    for (on, sum) in &spending.on {
        all = sums.add(all, *sum)?;
        let tier = match on {
            SpentOn::Tier(tier) => Some(tier),
            SpentOn::Customer(subject) => {
                let row = customers.entry(subject).or_insert_with(|| CustomerSpend {
                    subject: subject.clone(),
                    tier: None,
                    planned: None,
                    spent: DecimalText(Decimal::ZERO),
                    verdict: BudgetVerdict::Open,
                });
                row.spent = sums.get(*sum)?;
                tier_of.get(subject).copied()
            }
        };
        if let Some(tier) = tier {
            let of_tier = by_tier.entry(tier).or_default();
            *of_tier = sums.add(*of_tier, *sum)?;
        }
    }
    for row in customers.values_mut() {
        row.verdict =
            row.planned.map_or(BudgetVerdict::Open, |planned| verdict(row.spent.0, planned.0, planned.0));
    }

    let (mut bands, mut outside) = (Vec::with_capacity(allocation.bands.len()), all);
    let total = sums.get(all)?;
    for band in &allocation.bands {
        let (mut spent, mut tiers) = (ExactSum::default(), Vec::with_capacity(band.tiers.len()));
        for tier in &band.tiers {
            let of_tier = by_tier.get(&tier.tier).copied().unwrap_or_default();
            spent = sums.add(spent, of_tier)?;
            let (planned, left) = (tier.amount, sums.left(tier.amount, of_tier)?);
            tiers.push(TierSpend { tier: tier.tier.clone(), planned, spent: sums.get(of_tier)?, left });
        }
        outside = outside.minus(spent).ok_or_else(|| sums.too_many())?;
        let spent_text = sums.get(spent)?;
        let positive = total.0 > Decimal::ZERO;
        bands.push(BandSpend {
            band: band.band.clone(),
            planned: band.amount,
            spent: spent_text,
            left: sums.left(band.amount, spent)?,
            used: ratio(spent_text.0, band.amount.0, 4).map(DecimalText),
            share: if positive {
                ratio(spent_text.0, total.0, 4).and_then(|share| Share::try_from(share).ok())
            } else {
                None
            },
            in_bounds: if positive {
                in_bounds(spent_text.0, total.0, band.from, band.to)
            } else {
                BudgetVerdict::Open
            },
            tiers,
        });
    }
    Ok(SpendReport {
        currency,
        planned: DecimalText(allocation.total.amount()),
        spent: total,
        left: sums.left(DecimalText(allocation.total.amount()), all)?,
        outside: sums.get(outside)?,
        bands,
        customers: customers.into_values().collect(),
    })
}

fn verdict(given: Decimal, from: Decimal, to: Decimal) -> BudgetVerdict {
    if given < from {
        BudgetVerdict::Below
    } else if given > to {
        BudgetVerdict::Above
    } else {
        BudgetVerdict::Within
    }
}

/// `part / whole` against bounds, without rounding; the whole is above 0.
fn in_bounds(part: Decimal, whole: Decimal, from: Share, to: Share) -> BudgetVerdict {
    let (part, whole) = (parts(part) * parts(Decimal::ONE), parts(whole));
    if part < parts(from.get()) * &whole {
        BudgetVerdict::Below
    } else if part > parts(to.get()) * &whole {
        BudgetVerdict::Above
    } else {
        BudgetVerdict::Within
    }
}

/// A decimal in the least parts that a decimal keeps.
fn parts(value: Decimal) -> BigInt {
    const FINEST: u32 = 28;
    BigInt::from(value.mantissa()) * BigInt::from(10_u8).pow(FINEST.saturating_sub(value.scale()))
}

/// Sums of one currency.
#[derive(Clone, Copy)]
struct Sums(Currency);

impl Sums {
    const fn too_many(self) -> SpendError {
        SpendError::TooManyDigits { currency: self.0 }
    }

    fn add(self, a: ExactSum, b: ExactSum) -> Result<ExactSum, SpendError> {
        let negative = ExactSum::default().minus(b);
        negative.and_then(|negative| a.minus(negative)).ok_or_else(|| self.too_many())
    }

    fn get(self, sum: ExactSum) -> Result<DecimalText, SpendError> {
        sum.get().map(|sum| DecimalText(sum.normalize())).ok_or_else(|| self.too_many())
    }

    fn left(self, planned: DecimalText, spent: ExactSum) -> Result<DecimalText, SpendError> {
        let planned = ExactSum::default().plus(planned.0);
        let left = planned.and_then(|planned| planned.minus(spent)).ok_or_else(|| self.too_many())?;
        self.get(left)
    }
}
