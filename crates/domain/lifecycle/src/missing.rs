//! What stands before an edge.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::{LeafAnswer, Span};
use guanxi_core::FactId;
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
        leaves: Vec<LeafAnswer>,
    },
}
