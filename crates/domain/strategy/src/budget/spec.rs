//! What a budget policy says.
use alloc::vec::Vec;

use guanxi_core::{FactId, Share, TierId};
use guanxi_policy::{Document, Problems, check};
use serde::{Deserialize, Serialize};

use super::id::BudgetBandId;

/// A budget policy with its id, version, validity and fingerprint.
pub type BudgetDocument = Document<BudgetPolicy>;

/// The most bands that a policy may have.
pub const MAX_BUDGET_BANDS: usize = 64;

/// What a budget policy says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BudgetSpec {
    /// The fact that names a customer's tier: a text.
    pub tier: FactId,
    /// The fact by which the amount of a tier is divided among its customers: a number, of which 0 or less
    /// brings nothing. Without it all of them count the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<FactId>,
    /// What becomes of the part of a band that has no customer.
    #[serde(default)]
    pub when_empty: WhenEmpty,
    /// 1 to 64 bands, in the order in which they are shown.
    pub bands: Vec<BudgetBandSpec>,
}

/// What becomes of the part of a band that has no customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum WhenEmpty {
    /// The band gets its share all the same; the amount is not divided.
    #[default]
    Keep,
    /// The band gets nothing, and the others must take the whole within their bounds.
    Release,
}

/// One band: the tiers that share a part of the total, and how large that part may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BudgetBandSpec {
    /// Its name.
    pub id: BudgetBandId,
    /// Its tiers, at least one; a tier is in one band.
    pub tiers: Vec<TierId>,
    /// The least share of the total, at most nine decimal places.
    pub from: Share,
    /// The greatest share of the total, at least `from`.
    pub to: Share,
    /// The share from which the allocation starts, between `from` and `to`; their middle, if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aim: Option<Share>,
    /// How a band of several tiers is divided among them.
    #[serde(default)]
    pub divide_by: DivideBy,
}

/// How a band of several tiers is divided among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DivideBy {
    /// By the sums of their customers' weights.
    #[default]
    Weight,
    /// By how many customers they have.
    Customers,
}

/// What a budget policy says, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetPolicy {
    pub(super) spec: BudgetSpec,
    pub(super) bounds: Vec<Bounds>, // INVARIANT: those of the bands of `spec`, in their order
}

/// Shares are whole numbers of this part of one: a billionth, or half of one, for the middle of two.
pub(super) const UNITS: u64 = 2_000_000_000;

/// The bounds of a band and where it starts, in parts of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) from: u64,
    pub(super) start: u64, // INVARIANT: from <= start <= to <= UNITS
    pub(super) to: u64,
}

/// A share in parts of one; nothing, if it has more than nine decimal places.
pub(super) fn units(share: Share) -> Option<u64> {
    const PLACES: u32 = 9;
    let share = share.get();
    let wider = 10_i128.checked_pow(PLACES.checked_sub(share.scale())?)?;
    u64::try_from(share.mantissa().checked_mul(wider)?.checked_mul(2)?).ok()
}

impl BudgetPolicy {
    /// The bands, in the order of the policy.
    #[must_use]
    pub fn bands(&self) -> &[BudgetBandSpec] {
        &self.spec.bands
    }

    /// The fact that names a customer's tier.
    #[must_use]
    pub const fn tier(&self) -> &FactId {
        &self.spec.tier
    }

    /// The fact by which amounts are divided among customers; `None` if all of them count the same.
    #[must_use]
    pub const fn weight(&self) -> Option<&FactId> {
        self.spec.weight.as_ref()
    }

    /// What becomes of the part of a band that has no customer.
    #[must_use]
    pub const fn when_empty(&self) -> WhenEmpty {
        self.spec.when_empty
    }
}

impl TryFrom<&BudgetSpec> for BudgetPolicy {
    type Error = Problems;

    fn try_from(spec: &BudgetSpec) -> Result<Self, Problems> {
        check(&serde_json::to_value(spec).unwrap_or_default(), guanxi_policy::Body::read)
    }
}
