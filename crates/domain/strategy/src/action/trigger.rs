//! What calls for an action.
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use chrono::NaiveDate;
use guanxi_condition::Condition;
use guanxi_core::{Category, EventKind, IdError};
use serde::{Deserialize, Serialize};

use super::period::Period;
use super::policy::Guard;

/// What calls for an action, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Something happens: each such event calls once, by its id.
    Event {
        /// The events.
        on: Vec<EventTrigger>,
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
    Event { on: Vec<EventTrigger>, about: Option<Guard>, when: Option<Guard> },
    While { holds: Guard, every: Option<Period>, keep: bool },
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
            Self::Dates { dates, before, when } => {
                Trigger::Dates { dates: dates.clone(), before: *before, when: own(when) }
            }
        }
    }

    pub(crate) fn guards(&self) -> impl Iterator<Item = &Guard> {
        let [one, other] = match self {
            Self::Event { about, when, .. } => [about.as_ref(), when.as_ref()],
            Self::While { holds, .. } => [Some(holds), None],
            Self::Dates { when, .. } => [when.as_ref(), None],
        };
        one.into_iter().chain(other)
    }

    /// Whether an event of a kind calls.
    pub(crate) fn is_called_by(&self, kind: &EventKind) -> bool {
        matches!(self, Self::Event { on, .. } if on.iter().any(|own| own.matches(kind)))
    }
}

/// Events that call: one kind, a category such as `@interaction`, or `@all`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum EventTrigger {
    /// Every event, of whatever kind.
    All,
    /// Every standard kind of a category.
    Category(Category),
    /// One kind.
    Kind(EventKind),
}

/// Why a text is not an [`EventTrigger`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventTriggerError {
    /// An `@` with something else than a category.
    #[error("expected `@all`, `@base`, `@transaction`, `@behaviour`, `@interaction` or `@feedback`")]
    Category,
    /// Not the code of a kind of events.
    #[error(transparent)]
    Kind(#[from] IdError),
}

impl EventTrigger {
    const CATEGORIES: [(&'static str, Self); 6] = [
        ("@all", Self::All),
        ("@base", Self::Category(Category::Base)),
        ("@transaction", Self::Category(Category::Transaction)),
        ("@behaviour", Self::Category(Category::Behaviour)),
        ("@interaction", Self::Category(Category::Interaction)),
        ("@feedback", Self::Category(Category::Feedback)),
    ];

    /// Whether an event of a kind is meant.
    #[must_use]
    pub fn matches(&self, kind: &EventKind) -> bool {
        match self {
            Self::All => true,
            Self::Category(category) => kind.category() == Some(*category),
            Self::Kind(own) => own == kind,
        }
    }
}

impl TryFrom<String> for EventTrigger {
    type Error = EventTriggerError;

    fn try_from(text: String) -> Result<Self, EventTriggerError> {
        if text.starts_with('@') {
            let found = Self::CATEGORIES.into_iter().find(|(name, _)| *name == text);
            return found.map(|(_, trigger)| trigger).ok_or(EventTriggerError::Category);
        }
        Ok(Self::Kind(EventKind::new(&text)?))
    }
}

impl fmt::Display for EventTrigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(kind) => kind.fmt(f),
            group => {
                let found = Self::CATEGORIES.iter().find(|(_, trigger)| trigger == group);
                f.write_str(found.map_or("", |(name, _)| name))
            }
        }
    }
}

impl From<EventTrigger> for String {
    fn from(trigger: EventTrigger) -> Self {
        alloc::format!("{trigger}")
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for EventTrigger {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "EventTrigger".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A kind of events such as ticket.closed, a category such as @interaction, or @all.",
            "type": "string",
            "pattern": r"^(@(all|base|transaction|behaviour|interaction|feedback)|\p{L}[\p{L}\p{N}_.-]*)$"
        })
    }
}
