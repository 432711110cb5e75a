//! What calls for an action.
use alloc::vec::Vec;

use chrono::NaiveDate;
use guanxi_condition::Condition;
use guanxi_core::{EventKind, EventPattern};

use super::period::Period;
use super::policy::Guard;

/// What calls for an action, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Something happens: each such event calls once, by its id.
    Event {
        /// The events.
        on: Vec<EventPattern>,
        /// What must be true of the event itself.
        about: Option<Condition>,
        /// What must hold at its instant.
        when: Option<Condition>,
    },
    /// Something holds: it calls at the instant at which it begins to, and once more in every period, where one is
    /// given.
    While {
        /// What holds.
        holds: Condition,
        /// How often it calls again.
        every: Option<Period>,
        /// Whether what was called for stays when it holds no longer.
        keep: bool,
    },
    /// Something ceases to hold: it calls at that instant.
    After {
        /// What held.
        held: Condition,
    },
    /// A day comes.
    Dates {
        /// The days, ascending.
        dates: Vec<NaiveDate>,
        /// How many days ahead of each.
        before: u32,
        /// What must hold then.
        when: Option<Condition>,
    },
}

/// A trigger as the planner walks it: with the places of its conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Event { on: Vec<EventPattern>, about: Option<Guard>, when: Option<Guard> },
    While { holds: Guard, every: Option<Period>, keep: bool },
    After { held: Guard },
    Dates { dates: Vec<NaiveDate>, before: u32, when: Option<Guard> },
}

impl Call {
    pub(crate) fn shown(&self) -> Trigger {
        let own = |guard: &Option<Guard>| guard.as_ref().map(|guard| guard.when.clone());
        match self {
            Self::Event { on, about, when } => {
                Trigger::Event { on: on.clone(), about: own(about), when: own(when) }
            }
            Self::While { holds, every, keep } => {
                Trigger::While { holds: holds.when.clone(), every: *every, keep: *keep }
            }
            Self::After { held } => Trigger::After { held: held.when.clone() },
            Self::Dates { dates, before, when } => {
                Trigger::Dates { dates: dates.clone(), before: *before, when: own(when) }
            }
        }
    }

    pub(crate) fn guards(&self) -> impl Iterator<Item = &Guard> {
        let [one, other] = match self {
            Self::Event { about, when, .. } => [about.as_ref(), when.as_ref()],
            Self::While { holds: guard, .. } | Self::After { held: guard } => [Some(guard), None],
            Self::Dates { when, .. } => [when.as_ref(), None],
        };
        one.into_iter().chain(other)
    }

    /// Whether an event of a kind calls.
    pub(crate) fn is_called_by(&self, kind: &EventKind) -> bool {
        matches!(self, Self::Event { on, .. } if on.iter().any(|own| own.matches(kind)))
    }
}
