use chrono::{DateTime, Utc};
use guanxi_core::{DocumentId, Zone};
use serde::{Deserialize, Serialize};

use crate::sla_id::{CaseKindId, MilestoneId, PauseId, PriorityId};

/// A case that is opened: what its clocks start from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlaOpening {
    /// When.
    pub at: DateTime<Utc>,
    /// At which priority.
    pub priority: PriorityId,
    /// By which calendar, by the id of its document.
    pub calendar: DocumentId,
    /// Where the customer's clock hangs; needed by policies that count on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
    /// What kind of case it is, for milestones that are for some kinds only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<CaseKindId>,
}

/// One line of the ledger of a case after its opening.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum SlaEntry {
    /// Something stops the clocks of the milestones that it pauses. Several reasons may hold at once;
    /// one that holds already changes nothing.
    Paused {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: PauseId,
    },
    /// A reason no longer holds, or none does. One that did not hold changes nothing.
    Resumed {
        /// When.
        at: DateTime<Utc>,
        /// The reason; all of them, if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<PauseId>,
    },
    /// A milestone is done. One that was met before changes nothing: the first time counts.
    Met {
        /// When.
        at: DateTime<Utc>,
        /// Which.
        milestone: MilestoneId,
    },
    /// The case is opened again: each milestone does as its rule says.
    Reopened {
        /// When.
        at: DateTime<Utc>,
    },
    /// The priority is another one: targets change, and time that was used stays used.
    Priority {
        /// When.
        at: DateTime<Utc>,
        /// The new one.
        priority: PriorityId,
    },
    /// The calendar is another one, from now on.
    Calendar {
        /// When.
        at: DateTime<Utc>,
        /// The id of its document.
        calendar: DocumentId,
    },
    /// The customer's clock hangs elsewhere, from now on.
    Zone {
        /// When.
        at: DateTime<Utc>,
        /// Where.
        zone: Zone,
    },
}

impl SlaEntry {
    /// When it happened.
    #[must_use]
    pub const fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Paused { at, .. }
            | Self::Resumed { at, .. }
            | Self::Met { at, .. }
            | Self::Reopened { at }
            | Self::Priority { at, .. }
            | Self::Calendar { at, .. }
            | Self::Zone { at, .. } => *at,
        }
    }
}
