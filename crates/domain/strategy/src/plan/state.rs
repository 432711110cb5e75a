//! What a plan leaves for the next one.
use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Stamp, SubjectId};
use serde::{Deserialize, Serialize};

use super::ledger::{Ledger, LedgerText};
use super::memory::Memory;
use super::outcome::key;
use crate::run::{ActionKey, CancelCause, Progress};

/// The state of one customer: what a document of actions makes of a ledger up to an instant.
///
/// It holds the ledger itself, as far as the document reads it, so that whatever comes later, and however late, can
/// be planned. A host keeps it as it is and gives it to the next call. Copying it costs little.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StateText", into = "StateText")]
pub struct PlanState {
    pub(crate) subject: SubjectId,
    pub(crate) actions: Stamp,
    pub(crate) since: DateTime<Utc>,
    pub(crate) planned_until: DateTime<Utc>,
    pub(crate) next: Option<DateTime<Utc>>,
    /// The first instant at which anything may be remembered otherwise, shown or not.
    pub(crate) hop: Option<DateTime<Utc>>,
    pub(crate) calendar: Option<Stamp>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) memory: Arc<Memory>,
    /// What another document remembered when this one took over.
    pub(crate) base: Option<Arc<Memory>>,
}

/// What is known of one step that was ever planned or done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionRecord {
    /// The step.
    pub key: ActionKey,
    /// When the action was called for.
    pub called_at: DateTime<Utc>,
    /// When it might be begun first.
    pub begins_at: Option<DateTime<Utc>>,
    /// When it is or was due.
    pub due_at: Option<DateTime<Utc>>,
    /// How it stands.
    pub progress: Progress,
    /// How many rungs of the ladder it has climbed.
    pub rung: u8,
    /// When it was done or cancelled.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it was cancelled.
    pub why: Option<CancelCause>,
}

/// Why something is not a [`PlanState`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanStateError {
    /// A run among those that are open of which nothing is, or the other way round.
    #[error("run {place} must lie where it belongs: open with something to do, closed without")]
    Misplaced {
        /// The run, from 1, the closed ones first.
        place: usize,
    },
    /// A run that was called for after the instant up to which was planned, or before the planning began.
    #[error("run {place} must have been called for by `planned_until`")]
    OutOfTime {
        /// The run, from 1, the closed ones first.
        place: usize,
    },
    /// Two runs of one action and cycle.
    #[error("run {place} must be of another action or cycle than the ones before it")]
    Twice {
        /// The run, from 1, the closed ones first.
        place: usize,
    },
}

impl PlanState {
    /// Whose state it is.
    #[must_use]
    pub const fn subject(&self) -> &SubjectId {
        &self.subject
    }

    /// The document that made it.
    #[must_use]
    pub const fn actions(&self) -> &Stamp {
        &self.actions
    }

    /// The instant from which on the document is followed.
    #[must_use]
    pub const fn since(&self) -> DateTime<Utc> {
        self.since
    }

    /// The instant up to which everything has been taken into account.
    #[must_use]
    pub const fn planned_until(&self) -> DateTime<Utc> {
        self.planned_until
    }

    /// When to plan again, if nothing happens before; never, if `None`.
    #[must_use]
    pub const fn next_wake_up(&self) -> Option<DateTime<Utc>> {
        self.next
    }

    /// Every step that was ever planned or done, by the instant at which it was called for, then by key.
    #[must_use]
    pub fn records(&self) -> Vec<ActionRecord> {
        let mut records: Vec<ActionRecord> = Vec::new();
        for run in self.memory.runs() {
            records.extend(run.steps.iter().map(|work| ActionRecord {
                key: key(&self.actions.id, &self.subject, run, work),
                called_at: run.called_at,
                begins_at: work.first_at,
                due_at: work.due_at,
                progress: work.progress,
                rung: work.rung,
                ended_at: work.ended_at,
                why: work.why.clone(),
            }));
        }
        records.sort_by(|a, b| (a.called_at, &a.key).cmp(&(b.called_at, &b.key)));
        records
    }
}

/// A state as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateText {
    subject: SubjectId,
    actions: Stamp,
    since: DateTime<Utc>,
    planned_until: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hop: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    calendar: Option<Stamp>,
    memory: Memory,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<Memory>,
    ledger: LedgerText,
}

impl From<PlanState> for StateText {
    fn from(state: PlanState) -> Self {
        Self {
            ledger: state.ledger.text(),
            subject: state.subject,
            actions: state.actions,
            since: state.since,
            planned_until: state.planned_until,
            next: state.next,
            hop: state.hop,
            calendar: state.calendar,
            memory: (*state.memory).clone(),
            base: state.base.map(|base| (*base).clone()),
        }
    }
}

/// Whether a memory of an instant is one that planning makes.
fn check(memory: &Memory, at: DateTime<Utc>) -> Result<(), PlanStateError> {
    let closed = memory.closed.iter().map(|run| (run, false));
    let runs = closed.chain(memory.open.iter().map(|run| (run, true)));
    let mut seen = BTreeSet::new();
    for (place, (run, open)) in (1..).zip(runs) {
        if run.is_open() != open {
            return Err(PlanStateError::Misplaced { place });
        }
        if run.called_at > at {
            return Err(PlanStateError::OutOfTime { place });
        }
        if !seen.insert((&run.action, &run.cycle)) {
            return Err(PlanStateError::Twice { place });
        }
    }
    Ok(())
}

impl TryFrom<StateText> for PlanState {
    type Error = PlanStateError;

    fn try_from(text: StateText) -> Result<Self, PlanStateError> {
        check(&text.memory, text.planned_until)?;
        text.base.as_ref().map_or(Ok(()), |base| check(base, text.since))?;
        Ok(Self {
            ledger: Arc::new(Ledger::read(text.ledger, &text.subject)),
            subject: text.subject,
            actions: text.actions,
            since: text.since,
            planned_until: text.planned_until,
            next: text.next,
            hop: text.hop,
            calendar: text.calendar,
            memory: Arc::new(text.memory),
            base: text.base.map(Arc::new),
        })
    }
}
