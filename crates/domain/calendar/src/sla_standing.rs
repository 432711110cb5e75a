//! Where the clocks of a case stand.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::sla_id::MilestoneId;
use crate::term::Term;

/// Where the clocks of a case stand at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlaOutcome {
    /// The milestones that the case has, in the order of the policy.
    pub milestones: Vec<MilestoneOutcome>,
}

/// Where the clock of one milestone stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MilestoneOutcome {
    /// Which.
    pub milestone: MilestoneId,
    /// How many cycles there were before this one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cycle: u32,
    /// How it stands.
    pub standing: Standing,
    /// How long it may take.
    pub target: Option<Term>,
    /// How much of that is used, as working time or as time.
    pub used: Option<Term>,
    /// How much is left; together with what is used it is the whole, unless it is late.
    pub left: Option<Term>,
    /// When it will be warned of, if nothing happens before.
    pub warn_at: Option<DateTime<Utc>>,
    /// When it will be too late, if nothing happens before, or since when it is; nothing while its clock
    /// stands.
    pub due: Option<DateTime<Utc>>,
    /// When it was met.
    pub met_at: Option<DateTime<Utc>>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde asks
const fn is_zero(cycle: &u32) -> bool {
    *cycle == 0
}

/// How a milestone stands. Where several hold, the first of this order is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Met in time.
    Met,
    /// Met, but too late.
    MetLate,
    /// Another milestone comes first.
    Waiting,
    /// It may take as long as it takes.
    Untimed,
    /// Too late.
    Breached,
    /// Its clock stands.
    Paused,
    /// In time, but little time is left.
    Warned,
    /// In time.
    Running,
}
