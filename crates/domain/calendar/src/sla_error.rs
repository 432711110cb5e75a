use alloc::boxed::Box;
use alloc::string::String;

use chrono::{DateTime, Utc};
use guanxi_core::{DocumentId, Stamp};

use crate::error::CalendarError;
use crate::sla_id::{MilestoneId, PriorityId};

/// Why a clock cannot be set or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SlaError {
    /// The calendar has no answer.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// There is no such calendar, or not in the zone of the customer.
    #[error("there is no calendar `{calendar}` in {zone}")]
    UnknownCalendar {
        /// Its id.
        calendar: DocumentId,
        /// The zone that was needed: `its own zone`, or that of the customer.
        zone: String,
    },
    /// The policy counts on the clock of the customer, and it is not known where that hangs.
    #[error("the policy counts on the clock of the customer, and the case has no zone")]
    NoZone,
    /// No milestone has a target at the priority.
    #[error("no milestone has a target at the priority `{priority}`")]
    UnknownPriority {
        /// The priority given.
        priority: PriorityId,
    },
    /// The case has no such milestone.
    #[error("the case has no milestone `{milestone}`")]
    UnknownMilestone {
        /// The milestone given.
        milestone: MilestoneId,
    },
    /// An entry, or a question, before the last entry.
    #[error("the last entry was at {last}, got {at}")]
    OutOfOrder {
        /// The instant given.
        at: DateTime<Utc>,
        /// That of the last entry.
        last: DateTime<Utc>,
    },
    /// The clocks of the state ran by another policy; let this one take over.
    #[error("the clocks ran by `{}` {}, and this is `{}` {}, which must take them over first", ran.id, ran.version, given.id, given.version)]
    OtherPolicy {
        /// The policy that they ran by.
        ran: Box<Stamp>,
        /// The policy of this clock.
        given: Box<Stamp>,
    },
}
