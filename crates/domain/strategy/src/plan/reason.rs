//! Why a plan is as it is, and what became of each event.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::LeafAnswer;
use guanxi_core::{DocumentId, EventId, EventKind, FactId, Stamp};
use serde::{Deserialize, Serialize};

use super::outcome::{Change, Suppression};
use crate::id::ActionId;
use crate::run::{ActionKey, CancelCause, Cycle, WorkEntry, WorkRefusal};

/// One reason of a plan. They come in the order of the variants: the document and the state, the facts, each event
/// given, what was refused and what was planned (by the instant), what moved, was cancelled and done, and what is
/// held back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum PlanReason {
    /// The document is not in force at the instant of the plan: nothing new is called for.
    ActionsNotInForce {
        /// From when it is.
        from: Option<DateTime<Utc>>,
        /// The first instant at which it no longer is.
        to: Option<DateTime<Utc>>,
    },
    /// The state given is that of another subject; it is not used.
    StateOfAnother,
    /// Another document, or another version, made the state. What is open goes on by this one; what it calls for
    /// begins where the other one ended.
    ActionsChanged {
        /// The document of before.
        was: Stamp,
    },
    /// The state was planned up to a later instant than this; the customer is shown as of this one.
    StateFromFuture {
        /// Until when it was planned.
        planned_until: DateTime<Utc>,
    },
    /// A calendar that is asked for is not there, so whatever needs working time has no due time.
    CalendarMissing {
        /// The calendar.
        calendar: DocumentId,
    },
    /// A fact was observed after the instant of the plan; until then it does not count.
    FactInFuture {
        /// The fact.
        fact: FactId,
        /// When it was observed.
        at: DateTime<Utc>,
    },
    /// Two values were given of a fact for one instant; the greater one counts.
    FactDiffers {
        /// The fact.
        fact: FactId,
        /// The instant.
        at: DateTime<Utc>,
    },
    /// A fact was given without an instant, and has observations with one: it counts only before them.
    FactUndated {
        /// The fact.
        fact: FactId,
        /// The first observation.
        since: DateTime<Utc>,
    },
    /// A fact was observed before the instant up to which was planned, so all was planned anew.
    LateFact {
        /// The fact.
        fact: FactId,
        /// When it was observed.
        at: DateTime<Utc>,
    },
    /// An event of another subject; it is not used.
    OtherSubject {
        /// The event.
        event: EventId,
    },
    /// An event that was known already.
    EventKnown {
        /// The event.
        event: EventId,
        /// Its kind.
        kind: EventKind,
    },
    /// An event of the same id was known with other contents; the one recorded later counts, of two
    /// recorded at once the greater.
    EventDiffers {
        /// The event.
        event: EventId,
        /// Its kind.
        kind: EventKind,
        /// Whether it is the one given now that counts.
        counts: bool,
    },
    /// An event that occurs after the instant of the plan; until then it does not count.
    EventInFuture {
        /// The event.
        event: EventId,
        /// Its kind.
        kind: EventKind,
        /// When it occurs.
        at: DateTime<Utc>,
    },
    /// An event that occurred before the instant up to which was planned, so all was planned anew.
    LateEvent {
        /// The event.
        event: EventId,
        /// Its kind.
        kind: EventKind,
        /// When it occurred.
        at: DateTime<Utc>,
        /// Until when was planned.
        planned_until: DateTime<Utc>,
    },
    /// Word of a step was refused.
    WorkRefused {
        /// The event.
        event: EventId,
        /// The step, if the event names one.
        key: Option<ActionKey>,
        /// What was told of it.
        entry: WorkEntry,
        /// Why it cannot be.
        why: WorkRefusal,
    },
    /// Something called for an action, and it is not planned.
    NotPlanned {
        /// The action.
        action: ActionId,
        /// What called.
        cycle: Cycle,
        /// When.
        at: DateTime<Utc>,
        /// Why not.
        why: NotPlanned,
    },
    /// An action is planned.
    Planned {
        /// The action.
        action: ActionId,
        /// What called.
        cycle: Cycle,
        /// When.
        at: DateTime<Utc>,
        /// The step that brought about the event that called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<ActionKey>,
        /// What decided its condition.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        decided: Vec<LeafAnswer>,
    },
    /// A step is done at another time or by somebody else than was planned.
    Moved {
        /// The step.
        key: ActionKey,
        /// What is other.
        changes: Vec<Change>,
    },
    /// A step is cancelled.
    Cancelled {
        /// The step.
        key: ActionKey,
        /// When.
        at: DateTime<Utc>,
        /// Why.
        why: CancelCause,
    },
    /// A step is done.
    Done {
        /// The step.
        key: ActionKey,
        /// When.
        at: DateTime<Utc>,
        /// When it was due, if that is known.
        due_at: Option<DateTime<Utc>>,
    },
    /// A step is held back.
    Suppressed {
        /// The step.
        key: ActionKey,
        /// By what.
        by: Vec<Suppression>,
    },
    /// When a step is due cannot be told: the calendar is missing, or does not reach so far.
    DueUnknown {
        /// The step.
        key: ActionKey,
        /// The calendar.
        calendar: Option<DocumentId>,
    },
}

/// Why an action that was called for is not planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
#[non_exhaustive]
pub enum NotPlanned {
    /// Its condition did not hold.
    Condition {
        /// What decided.
        decided: Vec<LeafAnswer>,
    },
    /// It was called for too lately.
    CoolDown {
        /// When.
        last: DateTime<Utc>,
        /// From when on it may be called for again.
        until: Option<DateTime<Utc>>,
    },
    /// It was called for often enough.
    MaxRuns {
        /// How often it may be.
        count: u16,
        /// From when on it may be again, if ever.
        until: Option<DateTime<Utc>>,
    },
    /// Its own doing called for it, directly or through others.
    Loop {
        /// The actions that led to it, the last one first.
        chain: Vec<ActionId>,
    },
    /// Too many actions have caused each other in a row.
    TooDeep {
        /// How many may.
        allowed: u8,
        /// The actions that led to it, the last one first.
        chain: Vec<ActionId>,
    },
}
