//! Why the clocks of a case stand where they stand.
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Arg, ReasonCode};
use serde::{Deserialize, Serialize};

use crate::sla_id::{MilestoneId, PauseId, PriorityId};
use crate::term::Term;

/// One reason of a judgement. First what concerns the policy, then each milestone in the order of the
/// policy, its reasons in the order of the variants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SlaReason {
    /// The policy is not in force at the instant of the judgement.
    PolicyNotInForce {
        /// From when it is.
        from: Option<DateTime<Utc>>,
        /// The first instant at which it no longer is.
        to: Option<DateTime<Utc>>,
    },
    /// A milestone was met in time.
    Met {
        /// Which.
        milestone: MilestoneId,
        /// When.
        at: DateTime<Utc>,
    },
    /// A milestone was met, but too late.
    MetLate {
        /// Which.
        milestone: MilestoneId,
        /// When.
        at: DateTime<Utc>,
        /// Since when it was too late.
        late_since: DateTime<Utc>,
    },
    /// The clock of a milestone has not started: another one comes first.
    Waits {
        /// Which.
        milestone: MilestoneId,
        /// The one that comes first.
        after: MilestoneId,
    },
    /// A milestone may take as long as it takes: there is no target at this priority.
    Untimed {
        /// Which.
        milestone: MilestoneId,
        /// The priority.
        priority: PriorityId,
    },
    /// How much of its time a milestone has used.
    Used {
        /// Which.
        milestone: MilestoneId,
        /// So much time.
        used: Term,
        /// Of so much.
        of: Term,
    },
    /// The clock of a milestone stands, for a reason that holds.
    Paused {
        /// Which.
        milestone: MilestoneId,
        /// Why.
        by: PauseId,
    },
    /// A milestone is not late, but so little time is left that it is warned of.
    Warned {
        /// Which.
        milestone: MilestoneId,
        /// So much time is left.
        left: Term,
    },
    /// A milestone is too late.
    Breached {
        /// Which.
        milestone: MilestoneId,
        /// Since when.
        since: DateTime<Utc>,
    },
    /// A milestone was too late by a target that no longer counts.
    BreachedBefore {
        /// Which.
        milestone: MilestoneId,
        /// Since when it was.
        since: DateTime<Utc>,
    },
    /// When a milestone is due lies where its calendar no longer reaches.
    BeyondCalendar {
        /// Which.
        milestone: MilestoneId,
        /// The first instant that the calendar does not cover.
        to: DateTime<Utc>,
    },
}

/// An instant to the second, in UTC; a day alone would not do for clocks.
fn moment(at: &DateTime<Utc>) -> Arg {
    Arg::Text(at.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// The amount of a term without its measure, which is a label.
fn amount(term: &Term) -> Arg {
    Arg::Text(match term {
        Term::Working(time) => time.to_string(),
        Term::Elapsed(time) => time.to_string(),
        other => other.to_string(),
    })
}

fn measure(term: &Term) -> (&'static str, Arg) {
    let measure = if term.is_working() { "working" } else { "elapsed" };
    ("measure", Arg::Label("measure", measure.to_string()))
}

impl ReasonCode for SlaReason {
    fn code(&self) -> &'static str {
        match self {
            Self::PolicyNotInForce { .. } => "policy_not_in_force",
            Self::Met { .. } => "met",
            Self::MetLate { .. } => "met_late",
            Self::Waits { .. } => "waits",
            Self::Untimed { .. } => "untimed",
            Self::Used { .. } => "used",
            Self::Paused { .. } => "paused",
            Self::Warned { .. } => "warned",
            Self::Breached { .. } => "breached",
            Self::BreachedBefore { .. } => "breached_before",
            Self::BeyondCalendar { .. } => "beyond_calendar",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let label = |id: &MilestoneId| ("milestone", Arg::Label("milestone", id.to_string()));
        let limit =
            |at: &Option<DateTime<Utc>>| at.as_ref().map_or_else(|| Arg::Text(String::from("–")), moment);
        match self {
            Self::PolicyNotInForce { from, to } => [("from", limit(from)), ("to", limit(to))].into(),
            Self::Met { milestone, at } => [label(milestone), ("at", moment(at))].into(),
            Self::MetLate { milestone, at, late_since } => {
                [label(milestone), ("at", moment(at)), ("late_since", moment(late_since))].into()
            }
            Self::Waits { milestone, after } => {
                [label(milestone), ("after", Arg::Label("milestone", after.to_string()))].into()
            }
            Self::Untimed { milestone, priority } => {
                [label(milestone), ("priority", Arg::Label("tier", priority.to_string()))].into()
            }
            Self::Used { milestone, used, of } => {
                [label(milestone), ("used", amount(used)), ("of", amount(of)), measure(of)].into()
            }
            Self::Paused { milestone, by } => {
                [label(milestone), ("by", Arg::Label("pause", by.to_string()))].into()
            }
            Self::Warned { milestone, left } => {
                [label(milestone), ("left", amount(left)), measure(left)].into()
            }
            Self::Breached { milestone, since } | Self::BreachedBefore { milestone, since } => {
                [label(milestone), ("since", moment(since))].into()
            }
            Self::BeyondCalendar { milestone, to } => [label(milestone), ("to", moment(to))].into(),
        }
    }
}
