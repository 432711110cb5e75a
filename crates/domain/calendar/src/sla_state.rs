//! What is remembered of a case from one entry to the next.
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{DocumentId, Stamp, Zone};
use serde::{Deserialize, Serialize};

use crate::sla_id::{CaseKindId, MilestoneId, PauseId, PriorityId};
use crate::term::{CalendarTime, WorkingTime};

/// The clocks of a case as of its last entry: all of the past that their future needs.
///
/// A host keeps it, as it is, and gives it to the next call. It grows only with milestones, with the
/// reasons of pauses that hold, and with the cycles of reopenings whose results are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StateText")]
pub struct SlaState {
    pub(crate) policy: Stamp,
    pub(crate) opened_at: DateTime<Utc>,
    pub(crate) at: DateTime<Utc>,
    pub(crate) priority: PriorityId,
    pub(crate) calendar: DocumentId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) zone: Option<Zone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<CaseKindId>,
    pub(crate) paused_by: BTreeSet<PauseId>,
    pub(crate) milestones: Vec<MilestoneState>, // INVARIANT: ids differ; instants from opened_at to at, in whole seconds
}

/// The clock of one milestone as of the last entry of its case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MilestoneState {
    /// Which.
    pub milestone: MilestoneId,
    /// How many cycles there were before this one.
    pub cycle: u32,
    /// When the clock of this cycle started; nothing while it waits for another milestone.
    pub since: Option<DateTime<Utc>>,
    /// The working time that is used, by the calendars of its time.
    pub working: WorkingTime,
    /// The time that is used, open or not.
    pub elapsed: CalendarTime,
    /// The first instant at which it was too late by the target that counts.
    pub late_since: Option<DateTime<Utc>>,
    /// The first instant at which it was too late by a target that no longer counts: more time does not
    /// undo what happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_before: Option<DateTime<Utc>>,
    /// When it was met.
    pub met_at: Option<DateTime<Utc>>,
    /// Whether it was too late by then.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub met_late: bool,
    /// The results of the cycles before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<PastCycle>,
}

/// The result of a cycle that a reopening ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastCycle {
    /// When it was met.
    pub met_at: DateTime<Utc>,
    /// Whether it was too late by then.
    pub late: bool,
}

/// Why values are not those of an [`SlaState`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SlaStateError {
    /// An instant before the opening or after the last entry.
    #[error("expected instants from opened_at, {opened_at}, to at, {at}, got {given}")]
    OutOfOrder {
        /// When the case was opened.
        opened_at: DateTime<Utc>,
        /// When its last entry was.
        at: DateTime<Utc>,
        /// The instant given.
        given: DateTime<Utc>,
    },
    /// More time used than has passed.
    #[error("more time is used for `{milestone}` than has passed since the case was opened")]
    TooMuchUsed {
        /// The milestone.
        milestone: MilestoneId,
    },
    /// A milestone twice.
    #[error("the milestone `{milestone}` is there twice")]
    Twice {
        /// The milestone.
        milestone: MilestoneId,
    },
}

impl SlaState {
    /// The policy that its clocks ran by.
    #[must_use]
    pub const fn policy(&self) -> &Stamp {
        &self.policy
    }

    /// When the case was opened.
    #[must_use]
    pub const fn opened_at(&self) -> DateTime<Utc> {
        self.opened_at
    }

    /// When its last entry was.
    #[must_use]
    pub const fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// Its priority.
    #[must_use]
    pub const fn priority(&self) -> &PriorityId {
        &self.priority
    }

    /// The id of its calendar.
    #[must_use]
    pub const fn calendar(&self) -> &DocumentId {
        &self.calendar
    }

    /// The reasons that hold for which clocks may stop.
    pub fn paused_by(&self) -> impl Iterator<Item = &PauseId> {
        self.paused_by.iter()
    }

    /// The clocks of its milestones, in the order of the policy.
    #[must_use]
    pub fn milestones(&self) -> &[MilestoneState] {
        &self.milestones
    }

    pub(crate) fn milestone(&self, id: &MilestoneId) -> Option<&MilestoneState> {
        self.milestones.iter().find(|milestone| milestone.milestone == *id)
    }
}

impl MilestoneState {
    pub(crate) fn new(milestone: MilestoneId, since: Option<DateTime<Utc>>) -> Self {
        Self {
            milestone,
            cycle: 0,
            since,
            working: WorkingTime::ZERO,
            elapsed: CalendarTime::ZERO,
            late_since: None,
            late_before: None,
            met_at: None,
            met_late: false,
            past: Vec::new(),
        }
    }

    /// Starts from nothing; the past stays.
    pub(crate) fn restart(&mut self, since: Option<DateTime<Utc>>) {
        let fresh = Self::new(self.milestone.clone(), since);
        let past = core::mem::take(&mut self.past);
        *self = Self { cycle: self.cycle, past, ..fresh };
    }
}

/// A state as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a state of the clocks of a case")]
struct StateText {
    policy: Stamp,
    opened_at: DateTime<Utc>,
    at: DateTime<Utc>,
    priority: PriorityId,
    calendar: DocumentId,
    #[serde(default)]
    zone: Option<Zone>,
    #[serde(default)]
    kind: Option<CaseKindId>,
    paused_by: BTreeSet<PauseId>,
    milestones: Vec<MilestoneState>,
}

impl TryFrom<StateText> for SlaState {
    type Error = SlaStateError;

    fn try_from(text: StateText) -> Result<Self, SlaStateError> {
        let StateText { opened_at, at, milestones, .. } = &text;
        let instants = milestones.iter().flat_map(|one| {
            let past = one.past.iter().map(|past| past.met_at);
            [one.since, one.late_since, one.late_before, one.met_at].into_iter().flatten().chain(past)
        });
        for given in [*at].into_iter().chain(instants) {
            if given < *opened_at || *at < given {
                return Err(SlaStateError::OutOfOrder { opened_at: *opened_at, at: *at, given });
            }
        }
        let passed = u64::try_from(at.timestamp().saturating_sub(opened_at.timestamp())).unwrap_or_default();
        for (place, one) in milestones.iter().enumerate() {
            let milestone = one.milestone.clone();
            if milestones.iter().take(place).any(|other| other.milestone == milestone) {
                return Err(SlaStateError::Twice { milestone });
            }
            if one.elapsed.seconds() > passed || one.working.seconds() > one.elapsed.seconds() {
                return Err(SlaStateError::TooMuchUsed { milestone });
            }
        }
        let StateText { policy, opened_at, at, priority, calendar, zone, kind, paused_by, milestones } = text;
        Ok(Self { policy, opened_at, at, priority, calendar, zone, kind, paused_by, milestones })
    }
}
