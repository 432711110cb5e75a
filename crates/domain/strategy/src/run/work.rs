//! A run of an action, and how its steps stand.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_calendar::Term;
use guanxi_condition::LeafAnswer;
use guanxi_core::{DocumentId, EventId};
use serde::{Deserialize, Serialize};

use super::key::{ActionKey, Cycle};
use super::progress::Progress;
use crate::action::{ChannelId, StepId, SuppressorId};
use crate::id::ActionId;

/// One run of an action: it was called for once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Run {
    pub(crate) action: ActionId,
    pub(crate) cycle: Cycle,
    pub(crate) called_at: DateTime<Utc>,
    /// The step that brought about the event that called for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<ActionKey>,
    /// How many actions have caused each other before it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) depth: u8,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) decided: Vec<LeafAnswer>,
    pub(crate) steps: Vec<Work>, // INVARIANT: those of the action that are known of it
}

fn is_zero(depth: &u8) -> bool {
    *depth == 0
}

/// One step of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Work {
    pub(crate) step: StepId,
    pub(crate) progress: Progress,
    /// How far it had come, whether it is overdue or not: planned, in progress or partly done.
    #[serde(default, skip_serializing_if = "is_planned")]
    pub(crate) begun: Progress,
    /// When the steps before it were done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) free_at: Option<DateTime<Utc>>,
    /// From when its clock runs; none while it waits for other steps or is held back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) runs_from: Option<DateTime<Utc>>,
    /// When it was moved from, if quiet hours moved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) moved_from: Option<DateTime<Utc>>,
    /// When it might be begun first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) first_at: Option<DateTime<Utc>>,
    /// The time used before `runs_from`.
    #[serde(default, skip_serializing_if = "Used::is_none")]
    pub(crate) used: Used,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) term: Option<Term>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) calendar: Option<DocumentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) due_at: Option<DateTime<Utc>>,
    /// How many rungs of the ladder it has climbed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) rung: u8,
    /// When it climbs the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) climbs_at: Option<DateTime<Utc>>,
    /// What holds it back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) held_by: Vec<SuppressorId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<ChannelId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ended_at: Option<DateTime<Utc>>,
    /// Why it was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<CancelCause>,
}

fn is_planned(progress: &Progress) -> bool {
    *progress == Progress::Planned
}

/// Why a step is not done any more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
#[non_exhaustive]
pub enum CancelCause {
    /// The action's own condition to stop became true.
    Stopped,
    /// What called for it holds no longer, and nobody had begun.
    HoldsNoLonger,
    /// The period is over for which it was called, and nobody had begun.
    PeriodOver,
    /// Somebody cancelled it.
    ByHand {
        /// The event that says so.
        event: EventId,
    },
    /// The document has no such action or step any more.
    NotInDocument,
    /// Something came late, or was corrected, so that it was never called for.
    NeverCalledFor,
}

/// Time used, in both measures, in whole seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Used {
    pub(crate) working: u64,
    pub(crate) elapsed: u64,
}

impl Used {
    const fn is_none(&self) -> bool {
        self.working == 0 && self.elapsed == 0
    }

    pub(crate) const fn is_zero(self) -> bool {
        self.is_none()
    }
}

impl Run {
    pub(crate) fn is_open(&self) -> bool {
        self.steps.iter().any(|work| !work.progress.is_ended())
    }

    /// Whether nobody has done anything of it.
    pub(crate) fn is_untouched(&self) -> bool {
        self.steps.iter().all(|work| {
            work.begun == Progress::Planned
                && matches!(work.progress, Progress::Planned | Progress::Overdue | Progress::Cancelled)
        })
    }

    /// Whether all of it was cancelled.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.steps.iter().all(|work| work.progress == Progress::Cancelled)
    }

    /// Whether what called for it ceased before anybody did anything: as if it had never been called for.
    pub(crate) fn is_void(&self) -> bool {
        self.is_cancelled() && self.steps.iter().any(|work| work.why == Some(CancelCause::HoldsNoLonger))
    }

    pub(crate) fn work(&self, step: &StepId) -> Option<&Work> {
        self.steps.iter().find(|work| work.step == *step)
    }
}

impl Work {
    pub(crate) fn new(step: StepId) -> Self {
        Self {
            step,
            progress: Progress::Planned,
            begun: Progress::Planned,
            free_at: None,
            runs_from: None,
            moved_from: None,
            first_at: None,
            used: Used::default(),
            term: None,
            calendar: None,
            due_at: None,
            rung: 0,
            climbs_at: None,
            held_by: Vec::new(),
            channel: None,
            ended_at: None,
            why: None,
        }
    }

    pub(crate) fn is_held(&self) -> bool {
        !self.held_by.is_empty()
    }

    pub(crate) fn cancel(&mut self, at: DateTime<Utc>, why: CancelCause) {
        if !self.progress.is_ended() {
            self.progress = Progress::Cancelled;
            self.ended_at = Some(at);
            self.why = Some(why);
            self.held_by.clear();
        }
    }
}
