//! Why a record may be claimed, or is recycled.
use alloc::string::ToString;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Arg, FactId, ReasonCode};
use serde::{Deserialize, Serialize};

use crate::id::RuleId;

/// One reason of a decision about a pool. Of a claim come all that stand against it, in the order of the
/// variants; of recycling first the protections, then the rules, then what follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum PoolReason {
    /// The record is not in the pool yet.
    NotInPool {
        /// When it comes into it.
        from: DateTime<Utc>,
    },
    /// The record is new, and nobody may claim it yet.
    NewProtected {
        /// The first instant at which it may be claimed.
        until: DateTime<Utc>,
    },
    /// The record was this person's own a short while ago.
    CoolingDown {
        /// The first instant at which this person may claim it again.
        until: DateTime<Utc>,
    },
    /// This person has claimed as many records today as allowed.
    ClaimsUsed {
        /// The records claimed today.
        claimed: u64,
        /// The most allowed.
        limit: u32,
    },
    /// This person holds as many records as allowed.
    HoldingFull {
        /// The records held.
        holding: u64,
        /// The most allowed.
        limit: u32,
    },
    /// Nothing stands against the claim.
    MayClaim,
    /// The record is not assigned yet.
    NotAssigned {
        /// When it is.
        from: DateTime<Utc>,
    },
    /// Nobody knows whether a protection or rule holds; the policy says that it then fails, or holds.
    ConditionUnknown {
        /// The protection or rule.
        rule: RuleId,
    },
    /// The record is protected.
    Protected {
        /// The protection that holds.
        rule: RuleId,
    },
    /// The first rule that holds; it decides.
    RecycleRule {
        /// The rule.
        rule: RuleId,
    },
    /// No rule is about this record.
    NoRecycleRule,
    /// The fact from which the rule counts is not known: nothing is recycled.
    SinceUnknown {
        /// The fact.
        fact: FactId,
    },
    /// Time is counted from the last follow-up.
    SinceFollowUp {
        /// When it was.
        at: DateTime<Utc>,
    },
    /// The present owner has never followed up: time is counted from the assignment.
    NeverFollowedUp {
        /// When it was assigned.
        at: DateTime<Utc>,
    },
    /// Time is counted from the assignment.
    SinceAssignment {
        /// When it was.
        at: DateTime<Utc>,
    },
    /// Time is counted from a fact.
    SinceFact {
        /// The fact.
        fact: FactId,
        /// From when on.
        at: DateTime<Utc>,
    },
    /// It is recycled later.
    NotDue {
        /// The first instant at which it is.
        at: DateTime<Utc>,
    },
    /// Its owner is warned: it is recycled soon.
    Warned {
        /// The first instant at which it is.
        at: DateTime<Utc>,
    },
    /// It is recycled.
    Recycled {
        /// The first instant at which it was.
        at: DateTime<Utc>,
    },
    /// The policy is not in force at the instant of the decision.
    PoolNotInForce {
        /// From when it is.
        from: Option<DateTime<Utc>>,
        /// The first instant at which it no longer is.
        to: Option<DateTime<Utc>>,
    },
}

impl ReasonCode for PoolReason {
    fn code(&self) -> &'static str {
        match self {
            Self::NotInPool { .. } => "not_in_pool",
            Self::NewProtected { .. } => "new_protected",
            Self::CoolingDown { .. } => "cooling_down",
            Self::ClaimsUsed { .. } => "claims_used",
            Self::HoldingFull { .. } => "holding_full",
            Self::MayClaim => "may_claim",
            Self::NotAssigned { .. } => "not_assigned",
            Self::ConditionUnknown { .. } => "condition_unknown",
            Self::Protected { .. } => "protected",
            Self::RecycleRule { .. } => "recycle_rule",
            Self::NoRecycleRule => "no_recycle_rule",
            Self::SinceUnknown { .. } => "since_unknown",
            Self::SinceFollowUp { .. } => "since_follow_up",
            Self::NeverFollowedUp { .. } => "never_followed_up",
            Self::SinceAssignment { .. } => "since_assignment",
            Self::SinceFact { .. } => "since_fact",
            Self::NotDue { .. } => "not_due",
            Self::Warned { .. } => "warned",
            Self::Recycled { .. } => "recycled",
            Self::PoolNotInForce { .. } => "pool_not_in_force",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let limit = |at: &Option<DateTime<Utc>>| at.map_or_else(|| Arg::Text("–".to_string()), Arg::Instant);
        let fact = |fact: &FactId| ("fact", Arg::Label("fact", fact.to_string()));
        match self {
            Self::NotInPool { from } | Self::NotAssigned { from } => [("from", Arg::Instant(*from))].into(),
            Self::NewProtected { until } | Self::CoolingDown { until } => {
                [("until", Arg::Instant(*until))].into()
            }
            Self::ClaimsUsed { claimed, limit } => {
                [("claimed", Arg::Count(*claimed)), ("limit", Arg::Count((*limit).into()))].into()
            }
            Self::HoldingFull { holding, limit } => {
                [("holding", Arg::Count(*holding)), ("limit", Arg::Count((*limit).into()))].into()
            }
            Self::MayClaim | Self::NoRecycleRule => Vec::new(),
            Self::ConditionUnknown { rule } | Self::Protected { rule } | Self::RecycleRule { rule } => {
                [("rule", Arg::Label("rule", rule.to_string()))].into()
            }
            Self::SinceUnknown { fact: id } => [fact(id)].into(),
            Self::SinceFollowUp { at }
            | Self::NeverFollowedUp { at }
            | Self::SinceAssignment { at }
            | Self::NotDue { at }
            | Self::Warned { at }
            | Self::Recycled { at } => [("at", Arg::Instant(*at))].into(),
            Self::SinceFact { fact: id, at } => [fact(id), ("at", Arg::Instant(*at))].into(),
            Self::PoolNotInForce { from, to } => [("from", limit(from)), ("to", limit(to))].into(),
        }
    }
}
