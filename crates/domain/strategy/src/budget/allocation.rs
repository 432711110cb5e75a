//! What was allocated.
use alloc::vec::Vec;

use guanxi_core::{DecimalText, Money, Share, SubjectId, TierId};
use serde::{Deserialize, Serialize};

use super::id::BudgetBandId;
use super::share::ExactShare;

/// What became of a total.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Budget {
    /// It is divided.
    Allocated(Allocation),
    /// No shares inside the bands make a whole; the reasons name the bands that conflict, and by how much.
    Infeasible {
        /// What was to be divided.
        total: Money,
    },
}

impl Budget {
    /// The allocation, if there is one.
    #[must_use]
    pub const fn allocation(&self) -> Option<&Allocation> {
        match self {
            Self::Allocated(allocation) => Some(allocation),
            Self::Infeasible { .. } => None,
        }
    }
}

/// A total divided over bands, their tiers, and the tiers' customers. Amounts are in the currency of the total
/// and whole minor units; on every level they add up to the amount above, but for what is not divided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// The total.
    pub total: Money,
    /// The bands, in the order of the policy.
    pub bands: Vec<BandBudget>,
    /// The customers, in the order of their ids.
    pub customers: Vec<CustomerBudget>,
}

/// What a band gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BandBudget {
    /// The band.
    pub band: BudgetBandId,
    /// Its least share.
    pub from: Share,
    /// Its greatest share.
    pub to: Share,
    /// Its exact share, inside these bounds unless it was released.
    pub share: ExactShare,
    /// Its amount, less than one minor unit from the exact one.
    pub amount: DecimalText,
    /// Its tiers, in the order of the policy.
    pub tiers: Vec<TierBudget>,
    /// Why the amount is not divided among its tiers, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undivided: Option<Undivided>,
}

/// What a tier gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierBudget {
    /// The tier.
    pub tier: TierId,
    /// How many customers it has.
    pub customers: u64,
    /// Its amount, less than one minor unit from the exact one.
    pub amount: DecimalText,
    /// Why the amount is not divided among its customers, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undivided: Option<Undivided>,
}

/// Why an amount is not divided further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undivided {
    /// There is no customer.
    NoCustomer,
    /// No customer has a weight above 0.
    NoWeight,
}

/// What a customer gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerBudget {
    /// The customer.
    pub subject: SubjectId,
    /// Its tier, if it is known.
    pub tier: Option<TierId>,
    /// Its amount, less than one minor unit from the exact one; `None` if it takes no part.
    pub amount: Option<DecimalText>,
    /// Why it takes no part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without: Option<WithoutAmount>,
}

/// Why a customer takes no part in an allocation. That is not the same as an amount of 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithoutAmount {
    /// Its tier is not known.
    TierUnknown,
    /// Its tier is in no band.
    TierInNoBand,
    /// Its weight is not known, or is no number.
    WeightUnknown,
}
