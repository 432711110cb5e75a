//! When a record falls back into a pool.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::{Condition, Given, Truth};
use guanxi_core::{Basis, Decision, Fact, FactId, FactValue};
use serde::{Deserialize, Serialize};

use crate::id::RuleId;
use crate::pool::{PoolDocument, RecycleRule};
use crate::pool_reason::PoolReason;
use crate::pool_spec::Since;

/// A record that somebody holds.
#[derive(Clone, Copy)]
pub struct Held<'a> {
    /// What is known of it.
    pub given: Given<'a>,
    /// When its present owner got it.
    pub assigned_at: DateTime<Utc>,
    /// When anybody last followed up; what lies before the assignment was the owner of before.
    pub followed_up_at: Option<DateTime<Utc>>,
}

/// What becomes of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recycling {
    /// Whether it stays, its owner is warned, or it falls back into the pool.
    pub stage: RecycleStage,
    /// The rule or protection that decides; `None` if no rule is about the record.
    pub rule: Option<RuleId>,
    /// From when on its owner is warned.
    pub warn_at: Option<DateTime<Utc>>,
    /// From when on it is recycled.
    pub recycle_at: Option<DateTime<Utc>>,
}

/// How far a record is from being recycled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecycleStage {
    /// It stays.
    Keep,
    /// It stays, and its owner is warned.
    Warn,
    /// It falls back into the pool.
    Recycle,
}

/// How many changes without consequence are passed over in search of one that has any.
const LOOKS: usize = 1_000;

/// Decides whether a record stays with its owner.
///
/// A protection that holds keeps it. Else the first rule that holds counts from its beginning to the instant
/// of recycling on the clock of the policy's zone, and back from there to the warning, which is never before
/// the beginning. A record that its present owner never followed up counts from when it was assigned.
///
/// `next_change` is the first instant at which the same record gives another outcome, or at which the policy
/// comes into force or ends.
///
/// ```
/// use guanxi_condition::Given;
/// use guanxi_core::{FactMap, parse_instant};
/// use guanxi_routing::{Held, RecycleStage, pool_preset, recycle};
///
/// let pool = pool_preset("standard").ok_or("no such preset")?;
/// let assigned_at = parse_instant("2026-06-01T02:00:00Z")?;
/// let held = Held { given: Given { facts: &FactMap::new(), events: None }, assigned_at, followed_up_at: None };
/// // A lead that nobody ever followed up: warned after five days, recycled after seven.
/// let decision = recycle(&pool, &held, parse_instant("2026-06-03T02:00:00Z")?);
/// assert_eq!(decision.outcome.stage, RecycleStage::Keep);
/// assert_eq!(decision.next_change, Some(parse_instant("2026-06-06T02:00:00Z")?));
/// assert_eq!(decision.outcome.recycle_at, Some(parse_instant("2026-06-08T02:00:00Z")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn recycle(
    pool: &PoolDocument,
    held: &Held<'_>,
    as_of: DateTime<Utc>,
) -> Decision<Recycling, PoolReason> {
    let mut reasons = Vec::new();
    let outcome = decide(pool, held, as_of, &mut reasons);
    let head = pool.head();
    if !head.in_force(as_of) {
        reasons.push(PoolReason::PoolNotInForce { from: head.effective_from, to: head.effective_to });
    }
    let limits = [head.effective_from, head.effective_to].into_iter().flatten().filter(|at| *at > as_of);
    let next_change = limits.chain(change(pool, held, &outcome, as_of)).min();
    let basis = Basis { policy: pool.stamp(), reference: None };
    Decision { outcome, reasons, basis, as_of, next_change }
}

fn decide(
    pool: &PoolDocument,
    held: &Held<'_>,
    at: DateTime<Utc>,
    reasons: &mut Vec<PoolReason>,
) -> Recycling {
    let keep = |rule| Recycling { stage: RecycleStage::Keep, rule, warn_at: None, recycle_at: None };
    if at < held.assigned_at {
        reasons.push(PoolReason::NotAssigned { from: held.assigned_at });
        return keep(None);
    }
    let moment = pool.body().moment(at);
    let mut holds = |rule: &RuleId, when: &Condition, unknown: crate::spec::Unknown| {
        let truth = when.holds(&held.given, &moment);
        if truth == Truth::Unknown {
            reasons.push(PoolReason::ConditionUnknown { rule: rule.clone() });
        }
        unknown.holds(truth)
    };
    let mut protections = pool.body().protect().iter();
    if let Some(protection) = protections.find(|listed| holds(&listed.id, &listed.when, listed.unknown)) {
        reasons.push(PoolReason::Protected { rule: protection.id.clone() });
        return keep(Some(protection.id.clone()));
    }
    let mut rules = pool.body().recycle().iter();
    let Some(rule) = rules.find(|listed| holds(&listed.id, &listed.when, listed.unknown)) else {
        reasons.push(PoolReason::NoRecycleRule);
        return keep(None);
    };
    reasons.push(PoolReason::RecycleRule { rule: rule.id.clone() });
    let Some(begin) = begin(pool, rule, held, at, reasons) else { return keep(Some(rule.id.clone())) };
    let zone = pool.body().zone();
    // Beyond the years that can be counted nothing is due.
    let recycle_at = rule.after.after(begin, zone);
    let warn_at =
        recycle_at.zip(rule.warn).map(|(due, warn)| warn.before(due, zone).map_or(begin, |at| at.max(begin)));
    let reached = |limit: Option<DateTime<Utc>>| limit.is_some_and(|limit| limit <= at);
    let stage = match (reached(recycle_at), reached(warn_at)) {
        (true, _) => RecycleStage::Recycle,
        (false, true) => RecycleStage::Warn,
        (false, false) => RecycleStage::Keep,
    };
    reasons.extend(recycle_at.map(|at| match stage {
        RecycleStage::Keep => PoolReason::NotDue { at },
        RecycleStage::Warn => PoolReason::Warned { at },
        RecycleStage::Recycle => PoolReason::Recycled { at },
    }));
    Recycling { stage, rule: Some(rule.id.clone()), warn_at, recycle_at }
}

/// From when on a rule counts.
fn begin(
    pool: &PoolDocument,
    rule: &RecycleRule,
    held: &Held<'_>,
    as_of: DateTime<Utc>,
    reasons: &mut Vec<PoolReason>,
) -> Option<DateTime<Utc>> {
    let assigned = held.assigned_at;
    let (at, reason) = match &rule.since {
        Since::Assignment => (assigned, PoolReason::SinceAssignment { at: assigned }),
        Since::FollowUp => {
            let own = held.followed_up_at.filter(|at| (assigned..=as_of).contains(at));
            let never = (assigned, PoolReason::NeverFollowedUp { at: assigned });
            own.map_or(never, |at| (at, PoolReason::SinceFollowUp { at }))
        }
        Since::Fact(fact) => match since_fact(pool, fact, held, as_of) {
            Some(at) => (at, PoolReason::SinceFact { fact: fact.clone(), at }),
            None => {
                reasons.push(PoolReason::SinceUnknown { fact: fact.clone() });
                return None;
            }
        },
    };
    reasons.push(reason);
    Some(at)
}

fn since_fact(
    pool: &PoolDocument,
    fact: &FactId,
    held: &Held<'_>,
    as_of: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    match held.given.facts.fact(fact) {
        Fact::Known { observed_at: Some(at), .. } if at > as_of => None,
        Fact::Known { value: FactValue::Instant(at), .. } => Some(*at),
        Fact::Known { value: FactValue::Date(day), .. } => pool.body().zone().day_start(*day),
        _ => None,
    }
}

/// The first instant at which another outcome follows.
fn change(
    pool: &PoolDocument,
    held: &Held<'_>,
    outcome: &Recycling,
    as_of: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let mut at = as_of;
    for _ in 0..LOOKS {
        let moment = pool.body().moment(at);
        let protections = pool.body().protect().iter().map(|listed| &listed.when);
        let rules = pool.body().recycle().iter();
        let conditions = protections.chain(rules.clone().map(|listed| &listed.when));
        let flips = conditions.filter_map(|when| when.next_change(&held.given, &moment));
        let observed = rules.filter_map(|rule| match &rule.since {
            Since::Fact(fact) => match held.given.facts.fact(fact) {
                Fact::Known { observed_at, .. } => observed_at,
                _ => None,
            },
            Since::FollowUp | Since::Assignment => None,
        });
        let given = [outcome.warn_at, outcome.recycle_at, held.followed_up_at, Some(held.assigned_at)];
        let next =
            flips.chain(observed).chain(given.into_iter().flatten()).filter(|next| *next > at).min()?;
        if decide(pool, held, next, &mut Vec::new()) != *outcome {
            return Some(next);
        }
        at = next;
    }
    Some(at)
}
