//! Who may claim a record of a pool.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{ActorId, Basis, Decision};
use serde::{Deserialize, Serialize};

use crate::pool::PoolDocument;
use crate::pool_reason::PoolReason;

/// Somebody who wants a record of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim<'a> {
    /// Who.
    pub person: &'a ActorId,
    /// How many records of the pool's kind this person holds.
    pub holding: u64,
    /// When this person has claimed records, in any order; those of the last two days suffice.
    pub claimed: &'a [DateTime<Utc>],
    /// When the record came into the pool.
    pub entered_at: DateTime<Utc>,
    /// Who had it last, and when it was released; `None` of a record that never had an owner.
    pub previous: Option<(&'a ActorId, DateTime<Utc>)>,
}

/// Whether a record may be claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claiming {
    /// Whether it may.
    pub allowed: bool,
}

/// Decides whether somebody may claim a record of a pool; every limit that stands against it is named.
///
/// Days are those of the policy's zone. `next_change` is the first instant at which time alone gives
/// another answer, or at which the policy comes into force or ends.
///
/// ```
/// use guanxi_core::parse_instant;
/// use guanxi_routing::{Claim, may_claim, pool_preset};
///
/// let pool = pool_preset("standard").ok_or("no such preset")?;
/// let (wang, at) = ("U7".parse()?, parse_instant("2026-06-30T02:00:00Z")?);
/// let released = parse_instant("2026-06-28T02:00:00Z")?;
/// let claim = Claim { person: &wang, holding: 3, claimed: &[], entered_at: released, previous: Some((&wang, released)) };
/// let decision = may_claim(&pool, &claim, at);
/// // Seven days of cool-down for the owner of before.
/// assert!(!decision.outcome.allowed);
/// assert_eq!(decision.next_change, Some(parse_instant("2026-07-05T02:00:00Z")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn may_claim(
    pool: &PoolDocument,
    claim: &Claim<'_>,
    as_of: DateTime<Utc>,
) -> Decision<Claiming, PoolReason> {
    let mut reasons = against(pool, claim, as_of);
    let allowed = reasons.is_empty();
    let change = change(pool, claim, allowed, as_of);
    if allowed {
        reasons.push(PoolReason::MayClaim);
    }
    let head = pool.head();
    if !head.in_force(as_of) {
        reasons.push(PoolReason::PoolNotInForce { from: head.effective_from, to: head.effective_to });
    }
    let limits = [head.effective_from, head.effective_to].into_iter().flatten().filter(|at| *at > as_of);
    let next_change = limits.chain(change).min();
    let basis = Basis { policy: pool.stamp(), reference: None };
    Decision { outcome: Claiming { allowed }, reasons, basis, as_of, next_change }
}

/// What stands against a claim at an instant.
fn against(pool: &PoolDocument, claim: &Claim<'_>, at: DateTime<Utc>) -> Vec<PoolReason> {
    let (rules, zone) = (pool.body().claims(), pool.body().zone());
    let mut reasons = Vec::new();
    if at < claim.entered_at {
        reasons.push(PoolReason::NotInPool { from: claim.entered_at });
    }
    let (fresh, cool) = ends(pool, claim);
    if let Some(until) = fresh.filter(|until| at < *until) {
        reasons.push(PoolReason::NewProtected { until });
    }
    if let Some(until) = cool.filter(|until| at < *until) {
        reasons.push(PoolReason::CoolingDown { until });
    }
    if let Some(limit) = rules.per_day {
        let today = zone.day(at);
        let of_today = |then: &&DateTime<Utc>| **then <= at && zone.day(**then) == today;
        let claimed = count(claim.claimed.iter().filter(of_today).count());
        if claimed >= limit.into() {
            reasons.push(PoolReason::ClaimsUsed { claimed, limit });
        }
    }
    if let Some(limit) = rules.holding
        && claim.holding >= limit.into()
    {
        reasons.push(PoolReason::HoldingFull { holding: claim.holding, limit });
    }
    reasons
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// When the protection of a new record ends, and the cool-down of its owner of before. One that ends beyond
/// the years that can be counted ends with them.
fn ends(pool: &PoolDocument, claim: &Claim<'_>) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
    let (rules, zone) = (pool.body().claims(), pool.body().zone());
    let last = DateTime::<Utc>::MAX_UTC;
    let fresh = rules.new_after.filter(|_| claim.previous.is_none());
    let own = claim.previous.filter(|(owner, _)| *owner == claim.person).map(|(_, released)| released);
    (
        fresh.map(|span| span.after(claim.entered_at, zone).unwrap_or(last)),
        rules.again_after.zip(own).map(|(span, released)| span.after(released, zone).unwrap_or(last)),
    )
}

/// The first instant at which another answer is given.
fn change(
    pool: &PoolDocument,
    claim: &Claim<'_>,
    allowed: bool,
    as_of: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let zone = pool.body().zone();
    let tomorrow = |at: DateTime<Utc>| zone.day(at).succ_opt().and_then(|day| zone.day_start(day));
    let (fresh, cool) = ends(pool, claim);
    // Claims beyond the instant have not happened yet; each counts until its day ends.
    let later = claim.claimed.iter().copied().filter(|then| *then > as_of);
    let days = later.clone().chain([as_of]).filter_map(tomorrow);
    let mut instants: Vec<DateTime<Utc>> =
        later.chain(days).chain([claim.entered_at]).chain(fresh).chain(cool).collect();
    instants.retain(|at| *at > as_of);
    instants.sort_unstable();
    instants.into_iter().find(|at| against(pool, claim, *at).is_empty() != allowed)
}
