//! Runs of which nothing is to be done any more, found without looking at all of them.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::ActionId;
use crate::run::{Cycle, Run, Work};

/// Runs of which nothing is to be done, in the order in which they ended.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Run>", into = "Vec<Run>")]
pub(crate) struct Closed {
    runs: Vec<Run>,
    /// INVARIANT: what the runs make, as all below.
    actions: BTreeMap<ActionId, Calls>,
    /// When each step might be begun first, for those that ever might, ascending: its run and its place in it.
    begun: Vec<(DateTime<Utc>, usize, usize)>,
    /// How many steps they have.
    steps: usize,
}

/// The runs of one action.
#[derive(Clone, Debug, Default)]
struct Calls {
    cycles: BTreeMap<Cycle, usize>,
    /// When each was called for, ascending.
    called: Vec<(DateTime<Utc>, usize)>,
}

impl Closed {
    pub(crate) const fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The runs, in the order in which they ended.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter()
    }

    /// How many steps they have.
    pub(crate) const fn steps(&self) -> usize {
        self.steps
    }

    /// Puts a run behind the others.
    pub(crate) fn push(&mut self, run: Run) {
        let place = self.runs.len();
        let calls = self.actions.entry(run.action.clone()).or_default();
        calls.cycles.entry(run.cycle.clone()).or_insert(place);
        insert(&mut calls.called, (run.called_at, place));
        for (step, work) in run.steps.iter().enumerate() {
            work.first_at.into_iter().for_each(|at| insert(&mut self.begun, (at, place, step)));
        }
        self.steps += run.steps.len();
        self.runs.push(run);
    }

    /// Adds a step that was never begun here to a run, if there is that run.
    pub(crate) fn push_step(&mut self, action: &ActionId, cycle: &Cycle, work: Work) {
        if let Some(run) = self.place(action, cycle).and_then(|place| self.runs.get_mut(place)) {
            run.steps.push(work);
            self.steps += 1;
        }
    }

    fn place(&self, action: &ActionId, cycle: &Cycle) -> Option<usize> {
        self.actions.get(action)?.cycles.get(cycle).copied()
    }

    /// The run of an action and a cycle.
    pub(crate) fn get(&self, action: &ActionId, cycle: &Cycle) -> Option<&Run> {
        self.runs.get(self.place(action, cycle)?)
    }

    /// A step of a run, whose begin must stay as it is.
    pub(crate) fn work_mut(&mut self, action: &ActionId, cycle: &Cycle) -> Option<&mut [Work]> {
        let place = self.place(action, cycle)?;
        Some(&mut self.runs.get_mut(place)?.steps)
    }

    /// The runs of an action, the last one called for first.
    pub(crate) fn latest(&self, action: &ActionId) -> impl Iterator<Item = &Run> {
        let called = self.actions.get(action).into_iter().flat_map(|calls| calls.called.iter().rev());
        called.filter_map(|(_, place)| self.runs.get(*place))
    }

    /// The steps that might ever be begun, each with its run, the last one begun first.
    pub(crate) fn begun(&self) -> impl Iterator<Item = (&Run, &Work)> {
        self.begun.iter().rev().filter_map(|(_, place, step)| {
            let run = self.runs.get(*place)?;
            Some((run, run.steps.get(*step)?))
        })
    }
}

/// Puts something into a list that is in order; most comes last.
fn insert<T: Ord>(list: &mut Vec<T>, new: T) {
    let place = list.partition_point(|own| *own <= new);
    list.insert(place, new);
}

impl From<Vec<Run>> for Closed {
    fn from(runs: Vec<Run>) -> Self {
        let mut closed = Self::default();
        runs.into_iter().for_each(|run| closed.push(run));
        closed
    }
}

impl From<Closed> for Vec<Run> {
    fn from(closed: Closed) -> Self {
        closed.runs
    }
}

impl PartialEq for Closed {
    fn eq(&self, other: &Self) -> bool {
        self.runs == other.runs
    }
}

impl Eq for Closed {}
