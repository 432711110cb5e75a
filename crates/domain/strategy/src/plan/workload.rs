//! How much work a population of plans makes: by role and week, before anything is created.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::NaiveDate;
use guanxi_condition::WeekStart;
use guanxi_core::Zone;
use serde::{Deserialize, Serialize};

use super::outcome::{Plan, PlanItem};
use crate::action::{ActionsDocument, Period};
use crate::id::{ActionId, RoleId};

/// Counts of steps by role, week and action, over any number of plans. Merging is commutative and associative, so
/// parts of a population may be counted apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workload {
    zone: Zone,
    week_start: WeekStart,
    counts: BTreeMap<(RoleId, Option<NaiveDate>, ActionId), Counts>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    steps: u64,
    held: u64,
}

/// The work of one role in one week by one action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkloadRow {
    /// The role.
    pub role: RoleId,
    /// The first day of the week in which steps begin; `None` for steps that wait for others or are held back.
    pub week: Option<NaiveDate>,
    /// The action.
    pub action: ActionId,
    /// How many steps may be done.
    pub steps: u64,
    /// How many are held back.
    pub held: u64,
}

impl Workload {
    /// No work yet, in the zone and weeks of a document.
    #[must_use]
    pub fn new(actions: &ActionsDocument) -> Self {
        let body = actions.body();
        Self { zone: body.zone(), week_start: body.week_start(), counts: BTreeMap::new() }
    }

    /// Adds all that is open in a plan: in the week in which it begins.
    pub fn add(&mut self, plan: &Plan) {
        for item in plan.due.iter().chain(&plan.upcoming) {
            self.counts(item).steps += 1;
        }
        for held in &plan.suppressed {
            self.counts(&held.item).held += 1;
        }
    }

    fn counts(&mut self, item: &PlanItem) -> &mut Counts {
        let week = item.begins_at.map(|at| Period::Week.first_day(self.zone.day(at), self.week_start));
        self.counts.entry((item.role.clone(), week, item.key.action.clone())).or_default()
    }

    /// Both together.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        for (place, counts) in other.counts {
            let own = self.counts.entry(place).or_default();
            own.steps += counts.steps;
            own.held += counts.held;
        }
        self
    }

    /// The counts by role, then week, then action.
    #[must_use]
    pub fn rows(&self) -> Vec<WorkloadRow> {
        let rows = self.counts.iter().map(|((role, week, action), counts)| WorkloadRow {
            role: role.clone(),
            week: *week,
            action: action.clone(),
            steps: counts.steps,
            held: counts.held,
        });
        rows.collect()
    }
}
