//! A conversion as data: steps that can be shown, kept, applied and undone.
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use guanxi_core::{EventId, SubjectId};
use serde::{Deserialize, Serialize};

use crate::key::{CustomerKind, ExactKey};

/// What a conversion does, step by step.
///
/// Applying all steps and then all of [`ConversionPlan::undo`] leaves everything as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversionPlan {
    /// The lead.
    pub lead: SubjectId,
    /// The customer that it becomes, created or known before.
    pub customer: SubjectId,
    /// The steps, in the order in which they are done.
    pub steps: Vec<Step>,
}

/// One step; each has a step that undoes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// Creates an organisation or a person; the host copies the record.
    CreateParty(NewParty),
    /// Removes it again.
    RemoveParty(NewParty),
    /// Makes a person a contact of a customer.
    LinkContact {
        /// The person.
        contact: SubjectId,
        /// The customer.
        of: SubjectId,
    },
    /// Ends that.
    UnlinkContact {
        /// The person.
        contact: SubjectId,
        /// The customer.
        of: SubjectId,
    },
    /// Counts events for the customer from now on. The events themselves stay as they were recorded.
    CarryEvents {
        /// The lead that they happened to.
        from: SubjectId,
        /// The customer.
        to: SubjectId,
        /// The events.
        events: BTreeSet<EventId>,
    },
    /// Counts them for the lead alone again.
    ReturnEvents {
        /// The lead that they happened to.
        from: SubjectId,
        /// The customer.
        to: SubjectId,
        /// The events.
        events: BTreeSet<EventId>,
    },
    /// Notes what the lead has become.
    MarkConverted {
        /// The lead.
        lead: SubjectId,
        /// The customer.
        customer: SubjectId,
    },
    /// Takes the note back.
    UnmarkConverted {
        /// The lead.
        lead: SubjectId,
        /// The customer.
        customer: SubjectId,
    },
}

/// A party that a conversion creates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewParty {
    /// Its key.
    pub party: SubjectId,
    /// Whether it is an organisation or a person.
    pub kind: CustomerKind,
    /// The lead, or the contact of the lead, whose record is copied.
    pub record_of: SubjectId,
    /// Its exact keys.
    pub keys: BTreeSet<ExactKey>,
    /// The parties with an equal key that were known and found to be others.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub despite: BTreeSet<SubjectId>,
}

impl Step {
    /// The step that undoes this one.
    #[must_use]
    pub fn undo(self) -> Self {
        match self {
            Self::CreateParty(party) => Self::RemoveParty(party),
            Self::RemoveParty(party) => Self::CreateParty(party),
            Self::LinkContact { contact, of } => Self::UnlinkContact { contact, of },
            Self::UnlinkContact { contact, of } => Self::LinkContact { contact, of },
            Self::CarryEvents { from, to, events } => Self::ReturnEvents { from, to, events },
            Self::ReturnEvents { from, to, events } => Self::CarryEvents { from, to, events },
            Self::MarkConverted { lead, customer } => Self::UnmarkConverted { lead, customer },
            Self::UnmarkConverted { lead, customer } => Self::MarkConverted { lead, customer },
        }
    }
}

impl ConversionPlan {
    /// The plan that undoes this one: each step undone, the last one first.
    #[must_use]
    pub fn undo(self) -> Self {
        Self { steps: self.steps.into_iter().rev().map(Step::undo).collect(), ..self }
    }
}
