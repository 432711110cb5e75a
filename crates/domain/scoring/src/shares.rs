use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use guanxi_core::{Share, TierId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::policy::ScoringPolicy;
use crate::spec::ExpectedShare;

/// How the share of customers in a tier compares with what the policy expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Fewer than expected.
    Below,
    /// As expected.
    Within,
    /// More than expected.
    Above,
    /// The policy expects nothing, or there are no customers.
    Open,
}

/// The customers in one tier, against expectation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierShare {
    /// The tier.
    pub tier: TierId,
    /// The number of customers in it.
    pub count: u64,
    /// Their share of all customers in a tier, rounded to four places; `None` if there are none.
    pub share: Option<Share>,
    /// The share expected.
    pub expected: Option<ExpectedShare>,
    /// The comparison, made with the exact share.
    pub verdict: Verdict,
}

/// Compares the counts of customers per tier with the shares that a policy expects, in the order of
/// the policy's tiers. Tiers that the policy does not have are left out of the whole.
#[must_use]
pub fn expected_shares(policy: &ScoringPolicy, counts: &BTreeMap<TierId, u64>) -> Vec<TierShare> {
    let count = |tier: &TierId| counts.get(tier).copied().unwrap_or_default();
    // More customers than fit in 64 bits have shares all the same: nobody counts that far.
    let whole = policy.tiers().iter().fold(0_u64, |sum, tier| sum.saturating_add(count(&tier.id)));
    let compare = |tier: &crate::spec::TierSpec| {
        let count = count(&tier.id);
        let verdict = match tier.expected_share {
            Some(expected) if whole > 0 => {
                // count / whole against the bounds, without dividing.
                let at = |bound: Share| bound.get().checked_mul(Decimal::from(whole)).unwrap_or(Decimal::MAX);
                if Decimal::from(count) < at(expected.from) {
                    Verdict::Below
                } else if Decimal::from(count) > at(expected.to) {
                    Verdict::Above
                } else {
                    Verdict::Within
                }
            }
            _ => Verdict::Open,
        };
        let (tier, expected) = (tier.id.clone(), tier.expected_share);
        TierShare { tier, count, share: Share::of(count, whole), expected, verdict }
    };
    policy.tiers().iter().map(compare).collect()
}
