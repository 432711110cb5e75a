//! What stands before an edge.
use alloc::string::String;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::{Condition, Given, Moment, Span, Truth};
use guanxi_core::{FactId, FactValue};
use serde::{Deserialize, Serialize};

use crate::id::RoleId;

/// One thing that stands before an edge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Missing {
    /// A fact that must be known is not.
    Fact {
        /// The fact.
        fact: FactId,
    },
    /// Nobody has approved since the stage was entered, or not in this role.
    Approval {
        /// The role that must.
        role: RoleId,
    },
    /// The customer has not been in its stage for long enough.
    Stay {
        /// How long it must be.
        span: Span,
        /// The first instant at which it has been; `None` beyond all time.
        until: Option<DateTime<Utc>>,
    },
    /// The customer has left the stage that the edge leads to too recently.
    CoolDown {
        /// How long ago it must be.
        span: Span,
        /// The first instant at which it is; `None` beyond all time.
        until: Option<DateTime<Utc>>,
    },
    /// The edge has been taken as often as it may be.
    Times {
        /// How often that is.
        at_most: u16,
    },
    /// The condition does not hold.
    Condition {
        /// The answers that decide it.
        leaves: Vec<Leaf>,
    },
}

/// One answer within a condition, with what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// What was asked, in the language of conditions.
    pub test: String,
    /// The answer.
    pub answer: Truth,
    /// The value that it rests on, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<FactValue>,
}

/// What decides a condition.
pub(crate) fn leaves(_condition: &Condition, _given: &Given<'_>, _at: &Moment) -> Vec<Leaf> {
    Vec::new()
}

pub(crate) fn next_change(_condition: &Condition, _given: &Given<'_>, _at: &Moment) -> Option<DateTime<Utc>> {
    None
}
