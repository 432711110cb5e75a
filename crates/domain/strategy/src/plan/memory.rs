//! What a planner remembers between two instants.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) closed: Vec<Run>,
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
        self.runs().flat_map(|run| &run.steps).filter(|work| work.progress.is_ended()).count()
    }

    pub(crate) fn of(&self, action: &ActionId) -> impl Iterator<Item = &Run> {
        self.runs().filter(move |run| run.action == *action)
    }

    pub(crate) fn has(&self, action: &ActionId, cycle: &Cycle) -> bool {
        self.of(action).any(|run| run.cycle == *cycle)
    }

    pub(crate) fn work_mut(&mut self, action: &ActionId, cycle: &Cycle, step: &StepId) -> Option<&mut Work> {
        let mut runs = self.open.iter_mut().chain(&mut self.closed);
        let run = runs.find(|run| run.action == *action && run.cycle == *cycle)?;
        run.steps.iter_mut().find(|work| work.step == *step)
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
