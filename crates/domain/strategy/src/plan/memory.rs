//! What a planner remembers between two instants.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::closed::Closed;
use crate::action::StepId;
use crate::id::ActionId;
use crate::run::{Cycle, Run, Work};

/// All that follows from a ledger up to an instant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Memory {
    /// The actions whose condition holds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) holding: BTreeMap<ActionId, Holding>,
    /// Runs of which something is to be done, in the order in which they were called for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) open: Vec<Run>,
    /// Runs of which nothing is to be done, in the order in which they ended.
    #[serde(default, skip_serializing_if = "Closed::is_empty")]
    pub(crate) closed: Closed,
}

/// A condition that calls for an action, and holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Holding {
    /// Since when.
    pub(crate) since: DateTime<Utc>,
    /// The last instant at which it was answered: by a run, or by the finding that there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answered: Option<DateTime<Utc>>,
}

impl Memory {
    pub(crate) fn runs(&self) -> impl Iterator<Item = &Run> {
        self.closed.iter().chain(&self.open)
    }

    /// How many steps are done or cancelled.
    pub(crate) fn ended(&self) -> usize {
        let open = self.open.iter().flat_map(|run| &run.steps);
        self.closed.steps() + open.filter(|work| work.progress.is_ended()).count()
    }

    /// The open runs of an action, in the order in which they were called for.
    pub(crate) fn open_of(&self, action: &ActionId) -> impl Iterator<Item = &Run> {
        self.open.iter().filter(move |run| run.action == *action)
    }

    /// The run of an action and a cycle.
    pub(crate) fn run(&self, action: &ActionId, cycle: &Cycle) -> Option<&Run> {
        self.open_of(action).find(|run| run.cycle == *cycle).or_else(|| self.closed.get(action, cycle))
    }

    /// When an action was called for last, but for what is void.
    pub(crate) fn last_call(&self, action: &ActionId) -> Option<DateTime<Utc>> {
        let closed = self.closed.latest(action).find(|run| !run.is_void());
        self.open_of(action).filter(|run| !run.is_void()).chain(closed).map(|run| run.called_at).max()
    }

    pub(crate) fn work_mut(&mut self, action: &ActionId, cycle: &Cycle, step: &StepId) -> Option<&mut Work> {
        let mut open = self.open.iter_mut().filter(|run| run.action == *action && run.cycle == *cycle);
        let steps = match open.next() {
            Some(run) => &mut run.steps,
            None => self.closed.work_mut(action, cycle)?,
        };
        steps.iter_mut().find(|work| work.step == *step)
    }

    /// Puts runs of which nothing is to be done any more aside.
    pub(crate) fn tidy(&mut self) {
        let mut place = 0;
        while let Some(run) = self.open.get(place) {
            if run.is_open() {
                place += 1;
            } else {
                let run = self.open.remove(place);
                self.closed.push(run);
            }
        }
    }
}
