//! The lines of a lead's ledger of points.
use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::{AttributeId, EventId};
use serde::{Deserialize, Serialize};

use crate::id::{GroupId, RuleId};
use crate::points::Points;

/// One line of a ledger of points. The total is the sum of the amounts of all lines, to the last digit.
///
/// Lines come in the order of the variants: conditions in the order of the policy; events by occurrence, id
/// and the order of the rules; what each rule's own limits take, in the order of the rules; caps of groups by
/// name, of days by day, of sources in the order in which they first occur; what keeps the total from 0 to
/// full; what disqualifies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Line {
    /// A fit condition holds.
    Condition {
        /// The condition.
        rule: RuleId,
        /// Its points.
        amount: Points,
    },
    /// An event that a rule is about.
    Event {
        /// The rule.
        rule: RuleId,
        /// The event.
        event: EventId,
        /// When it occurred.
        occurred_at: DateTime<Utc>,
        /// The points of the rule.
        points: Points,
        /// What decay leaves of them, rounded to millionths, halves away from zero.
        amount: Points,
    },
    /// Of events that are the same for the rule only the latest counts.
    Once {
        /// The rule.
        rule: RuleId,
        /// How many events do not count.
        events: u64,
        /// What they would have brought, taken away.
        amount: Points,
    },
    /// The rule has brought its most points by later events.
    RuleCap {
        /// The rule.
        rule: RuleId,
        /// Its most points before decay.
        cap: Points,
        /// How many events do not count, or not wholly.
        events: u64,
        /// What they would have brought, taken away.
        amount: Points,
    },
    /// A group of rules has come to its limit.
    GroupCap {
        /// The group.
        group: GroupId,
        /// The limit.
        limit: Points,
        /// What is beyond it, taken away.
        amount: Points,
    },
    /// A day has come to its limit.
    DayCap {
        /// The day, in the zone of the policy.
        day: NaiveDate,
        /// The limit.
        limit: Points,
        /// What is beyond it, taken away.
        amount: Points,
    },
    /// A source has come to its limit.
    SourceCap {
        /// The source; `None` for events without one.
        source: Option<AttributeId>,
        /// The limit.
        limit: Points,
        /// What is beyond it, taken away.
        amount: Points,
    },
    /// A total below 0 is raised to 0.
    Floor {
        /// By so much.
        amount: Points,
    },
    /// A total above the points of 100.00 is lowered to them.
    Ceiling {
        /// By so much.
        amount: Points,
    },
    /// A disqualifying rule takes the whole total.
    Disqualified {
        /// The first of the rules that hold.
        rule: RuleId,
        /// The total, taken away.
        amount: Points,
    },
}

impl Line {
    /// What the line adds to the total.
    #[must_use]
    pub const fn amount(&self) -> Points {
        match self {
            Self::Condition { amount, .. }
            | Self::Event { amount, .. }
            | Self::Once { amount, .. }
            | Self::RuleCap { amount, .. }
            | Self::GroupCap { amount, .. }
            | Self::DayCap { amount, .. }
            | Self::SourceCap { amount, .. }
            | Self::Floor { amount }
            | Self::Ceiling { amount }
            | Self::Disqualified { amount, .. } => *amount,
        }
    }
}
