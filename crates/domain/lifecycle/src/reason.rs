//! Why a customer is where it is, and what became of each event.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::LeafAnswer;
use guanxi_core::{EventId, EventKind, FactId, Stamp};
use serde::{Deserialize, Serialize};

use crate::id::{EdgeId, FlagId, StageId};
use crate::missing::Missing;
use crate::state::{Cause, Move};

/// One reason of a decision. They come in the order of the variants: the definition and the state, the
/// facts, each event given (by occurrence, then id; what became of it), the moves, where the customer
/// stands, the flags, what is to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The definition is not in force at the instant of the decision; it decides all the same.
    DefinitionNotInForce {
        /// From when it is.
        from: Option<DateTime<Utc>>,
        /// The first instant at which it no longer is.
        to: Option<DateTime<Utc>>,
    },
    /// The state given is that of another subject; it is not used.
    StateOfAnother,
    /// Another definition, or another version, made the state. The entries that it kept are replayed;
    /// what it did not read is not among them, so if this one reads more, replay the whole ledger.
    DefinitionChanged {
        /// The definition of before.
        was: Stamp,
    },
    /// The state was settled at a later instant than this; the customer is shown as of this one.
    StateFromFuture {
        /// When it was settled.
        settled_at: DateTime<Utc>,
    },
    /// A fact was observed after the instant of the decision; until then it does not count.
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
    /// A fact was observed before the last move, so the ledger was replayed.
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
    /// An event of a kind that is made for guards and never given; it is not used.
    ReservedKind {
        /// The event.
        event: EventId,
        /// Its kind.
        kind: EventKind,
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
    /// An event that occurs after the instant of the decision; until then it does not count.
    EventInFuture {
        /// The event.
        event: EventId,
        /// Its kind.
        kind: EventKind,
        /// When it occurs.
        at: DateTime<Utc>,
    },
    /// An event that occurred before the last move, so the ledger was replayed.
    LateEvent {
        /// The event.
        event: EventId,
        /// Its kind.
        kind: EventKind,
        /// When it occurred.
        at: DateTime<Utc>,
        /// When the last move was made.
        last_move: DateTime<Utc>,
    },
    /// An event takes an edge from the stage, but something stands before it. One reason for each such edge.
    Refused {
        /// The event.
        event: EventId,
        /// Its kind.
        kind: EventKind,
        /// The stage at that instant.
        stage: Option<StageId>,
        /// The edge.
        edge: EdgeId,
        /// Where it would lead to.
        to: StageId,
        /// All that stands before it.
        missing: Vec<Missing>,
    },
    /// No edge from the stage is taken by an event of this kind.
    NoEdge {
        /// The event.
        event: EventId,
        /// Its kind.
        kind: EventKind,
        /// The stage at that instant.
        stage: Option<StageId>,
        /// Where somebody wanted the customer moved, if the event says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<StageId>,
        /// The edges that lead there from the stage, taken by other events or by themselves.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        ways: Vec<EdgeId>,
        /// The stages that it does move from, in the order of the definition.
        from: Vec<StageId>,
        /// Whether guards or flags look at it all the same.
        read: bool,
    },
    /// Something that came late, or was corrected, has changed moves of the past.
    HistoryRewritten {
        /// The moves that are no more.
        undone: Vec<Move>,
    },
    /// A move.
    Moved {
        /// The edge.
        edge: EdgeId,
        /// The stage that was left.
        from: Option<StageId>,
        /// The stage that was entered.
        to: StageId,
        /// When.
        at: DateTime<Utc>,
        /// What caused it.
        cause: Cause,
        /// What decided its condition.
        decided: Vec<LeafAnswer>,
    },
    /// Timed edges led round and round, and were stopped until the next entry of the ledger.
    Stopped {
        /// The stage.
        stage: StageId,
        /// Since when the customer is in it.
        at: DateTime<Utc>,
    },
    /// Nothing has happened that leads into the life cycle.
    NotBegun,
    /// The stage.
    InStage {
        /// The stage.
        stage: StageId,
        /// Since when.
        since: DateTime<Utc>,
        /// The cycle.
        cycle: u32,
        /// The edge that led to it.
        edge: EdgeId,
    },
    /// A timed edge is held back by something that does not come with time.
    HeldBack {
        /// The edge.
        edge: EdgeId,
        /// Where it would lead to.
        to: StageId,
        /// All that stands before it.
        missing: Vec<Missing>,
    },
    /// A flag stands beside the stage.
    Flagged {
        /// The flag.
        flag: FlagId,
        /// What decided it.
        decided: Vec<LeafAnswer>,
    },
    /// If nothing happens, time alone makes this move next.
    MoveDue {
        /// The edge.
        edge: EdgeId,
        /// Where it leads to.
        to: StageId,
        /// When.
        at: DateTime<Utc>,
    },
    /// If nothing happens, flags are others next.
    FlagsDue {
        /// When.
        at: DateTime<Utc>,
        /// Those that stand then.
        flags: Vec<FlagId>,
    },
}
