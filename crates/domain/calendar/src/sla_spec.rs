//! The body of an SLA policy as people write it.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use guanxi_core::Share;
use serde::{Deserialize, Serialize};

use crate::sla_id::{CaseKindId, MilestoneId, PauseId, PriorityId};
use crate::term::Term;

/// What an SLA policy says: what has to be done by when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SlaSpec {
    /// On whose clock the hours of the calendar are; that of the calendar, if absent.
    #[serde(default)]
    pub zone: ZoneOf,
    /// What has to be done, in the order of every list.
    pub milestones: Vec<MilestoneSpec>,
}

/// On whose clock the hours of a calendar are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ZoneOf {
    /// The calendar's own: the team works when it works.
    #[default]
    Calendar,
    /// The customer's: the same hours where the customer is.
    Customer,
}

/// One thing that has to be done, with a clock of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MilestoneSpec {
    /// Its code.
    pub id: MilestoneId,
    /// The kinds of case that it is for; all, if none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<CaseKindId>,
    /// The milestone after which its clock starts; with the case, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<MilestoneId>,
    /// How long it may take, by priority.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub targets: BTreeMap<PriorityId, TargetSpec>,
    /// How long it may take at any other priority; as long as it takes, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<TargetSpec>,
    /// The reasons that stop its clock.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paused_by: Vec<PauseId>,
    /// What becomes of it when the case is opened again.
    pub reopen: Reopen,
}

/// How long something may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TargetSpec {
    /// When it is too late.
    pub due: Term,
    /// When to warn; never, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn: Option<Warn>,
}

/// When to warn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Warn {
    /// When this share of the time is used, above 0 and below 1; to the whole second above.
    Share(Share),
    /// When no more than so much time is left: working time of a target in working time or days, time
    /// of any other.
    Left(Term),
}

/// What becomes of a milestone that was met when its case is opened again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reopen {
    /// It stays met.
    Keep,
    /// Its clock goes on with the time that was used; the time while it was met does not count.
    Resume,
    /// Its clock starts again from nothing, and what was before is forgotten.
    Restart,
    /// A new cycle starts from nothing, and the result of the last one is kept.
    New,
}
