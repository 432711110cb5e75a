//! Where a customer stands, how it came there, and the ledger that says so.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::LeafAnswer;
use guanxi_core::{ActorId, EventId, EventKind, Stamp, SubjectId};
use serde::{Deserialize, Serialize};

use crate::id::{EdgeId, FlagId, RegressId, Remark, RoleId, StageId};
use crate::ledger::{Ledger, LedgerText};

/// The state of one customer: what a definition makes of a ledger up to an instant.
///
/// It holds the ledger itself, as far as the definition reads it, so that whatever comes later, and
/// however late, the state can be made again. A host keeps it as it is and gives it to the next call;
/// what in it follows from something else is checked when it is read, and a stage that somebody wrote
/// into it by hand is refused:
///
/// ```
/// use guanxi_lifecycle::State;
/// let by_hand = r#"{"subject": "C1", "definition": {"id": "five-stage", "version": "1.0.0",
///     "fingerprint": "0000000000000000000000000000000000000000000000000000000000000000"},
///     "settled_at": "2026-06-30T00:00:00Z", "stage": "loyalty", "cycle": 1, "moves": [], "ledger": {}}"#;
/// let error = serde_json::from_str::<State>(by_hand).unwrap_err();
/// assert_eq!(error.to_string(), "the stage must be that of the last move, none, got `loyalty`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StateText", into = "StateText")]
pub struct State {
    pub(crate) subject: SubjectId,
    pub(crate) definition: Stamp,
    pub(crate) settled_at: DateTime<Utc>,
    pub(crate) moves: Vec<Move>, // INVARIANT: each from where the one before it led to, ascending, up to settled_at
    pub(crate) highest: Option<Highest>, // INVARIANT: where some move led to
    pub(crate) flags: Vec<FlagId>,
    pub(crate) stopped: bool,
    pub(crate) ledger: Ledger,
}

/// One move: from where to where, when, by which edge, who or what caused it, and what it rested on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// When.
    pub at: DateTime<Utc>,
    /// The stage that was left; `None` for the first move.
    pub from: Option<StageId>,
    /// The stage that was entered.
    pub to: StageId,
    /// The edge that was taken.
    pub edge: EdgeId,
    /// What caused it.
    pub cause: Cause,
    /// Why it leads back, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regress: Option<RegressId>,
    /// The cycle that the customer is in afterwards, from 1.
    pub cycle: u32,
    /// Who caused it, if the event says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ActorId>,
    /// Why, if the event says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Remark>,
    /// The approval that it rested on, which is used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
    /// The answers that decided its condition, with the values found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decided: Vec<LeafAnswer>,
}

impl Move {
    /// Whether it is the same move, whatever it rested on.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let of = |own: &Self| (own.at, own.from.clone(), own.to.clone(), own.edge.clone(), own.cause.clone());
        of(self) == of(other)
    }
}

/// What caused a move.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// An event.
    Event {
        /// The event.
        id: EventId,
        /// Its kind.
        kind: EventKind,
    },
    /// Nothing stood before a timed edge any more: time passed, or something became known.
    Time,
}

/// An approval that a move rested on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The event that gave it.
    pub event: EventId,
    /// In which role.
    pub role: RoleId,
    /// Who gave it, if the event says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ActorId>,
}

/// The highest stage of the ladder that a customer ever reached. It says nothing of where it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Highest {
    /// The stage.
    pub stage: StageId,
    /// When it was first entered.
    pub at: DateTime<Utc>,
    /// In which cycle.
    pub cycle: u32,
}

/// Why something is not a [`State`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The stage is not the one that the last move led to.
    #[error("the stage must be that of the last move, {}, got {}", Shown(.moved), Shown(.given))]
    Stage {
        /// The stage given.
        given: Option<StageId>,
        /// The stage of the last move.
        moved: Option<StageId>,
    },
    /// The instant or the cycle is not that of the last move.
    #[error("since and cycle must be those of the last move")]
    Since,
    /// A move does not begin where the one before it ended, or lies before it or after the settling.
    #[error("move {place} must follow from the one before it, and be settled")]
    Broken {
        /// The move, from 1.
        place: usize,
    },
    /// A move is caused by an event that the ledger does not hold.
    #[error("move {place} must be caused by an event of the ledger, got `{event}`")]
    Unfounded {
        /// The move, from 1.
        place: usize,
        /// The event that it names.
        event: EventId,
    },
    /// The highest stage is not one that a move led to.
    #[error("the highest stage must be one that was entered, got `{given}`")]
    Highest {
        /// The stage given.
        given: StageId,
    },
}

struct Shown<'a>(&'a Option<StageId>);

impl core::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            Some(stage) => write!(f, "`{stage}`"),
            None => f.write_str("none"),
        }
    }
}

impl State {
    /// Whose state it is.
    #[must_use]
    pub const fn subject(&self) -> &SubjectId {
        &self.subject
    }

    /// The definition that made it.
    #[must_use]
    pub const fn definition(&self) -> &Stamp {
        &self.definition
    }

    /// The instant up to which everything has been taken into account.
    #[must_use]
    pub const fn settled_at(&self) -> DateTime<Utc> {
        self.settled_at
    }

    /// The stage; `None` before the first move.
    #[must_use]
    pub fn stage(&self) -> Option<&StageId> {
        self.moves.last().map(|last| &last.to)
    }

    /// Since when the customer is in its stage.
    #[must_use]
    pub fn since(&self) -> Option<DateTime<Utc>> {
        self.moves.last().map(|last| last.at)
    }

    /// The cycle: 1 from the beginning on, one more with every edge that begins a new one.
    #[must_use]
    pub fn cycle(&self) -> u32 {
        self.moves.last().map_or(1, |last| last.cycle)
    }

    /// The highest stage of the ladder that was ever reached.
    #[must_use]
    pub const fn highest(&self) -> Option<&Highest> {
        self.highest.as_ref()
    }

    /// All moves, in their order.
    #[must_use]
    pub fn moves(&self) -> &[Move] {
        &self.moves
    }

    /// The flags that stand beside the stage, in the order of the definition.
    #[must_use]
    pub fn flags(&self) -> &[FlagId] {
        &self.flags
    }

    /// Whether timed edges were stopped because they led round and round; the next entry of the ledger
    /// lets them go on.
    #[must_use]
    pub const fn stopped(&self) -> bool {
        self.stopped
    }
}

/// A state as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateText {
    subject: SubjectId,
    definition: Stamp,
    settled_at: DateTime<Utc>,
    #[serde(default)]
    stage: Option<StageId>,
    #[serde(default)]
    since: Option<DateTime<Utc>>,
    #[serde(default)]
    highest: Option<Highest>,
    cycle: u32,
    #[serde(default)]
    flags: Vec<FlagId>,
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    stopped: bool,
    moves: Vec<Move>,
    ledger: LedgerText,
}

impl From<State> for StateText {
    fn from(state: State) -> Self {
        Self {
            stage: state.stage().cloned(),
            since: state.since(),
            cycle: state.cycle(),
            ledger: state.ledger.text(),
            subject: state.subject,
            definition: state.definition,
            settled_at: state.settled_at,
            highest: state.highest,
            flags: state.flags,
            stopped: state.stopped,
            moves: state.moves,
        }
    }
}

impl TryFrom<StateText> for State {
    type Error = StateError;

    fn try_from(text: StateText) -> Result<Self, StateError> {
        let ledger = Ledger::read(text.ledger, &text.subject);
        let mut before: Option<&Move> = None;
        for (place, next) in (1..).zip(&text.moves) {
            let follows = match before {
                None => next.from.is_none() && next.cycle == 1,
                Some(before) => {
                    let cycles = before.cycle..=before.cycle.saturating_add(1);
                    next.from.as_ref() == Some(&before.to)
                        && before.at <= next.at
                        && cycles.contains(&next.cycle)
                }
            };
            if !follows || next.at > text.settled_at {
                return Err(StateError::Broken { place });
            }
            if let Cause::Event { id, .. } = &next.cause
                && !ledger.events_at(next.at).iter().any(|event| event.id == *id)
            {
                return Err(StateError::Unfounded { place, event: id.clone() });
            }
            before = Some(next);
        }
        let moved = before.map(|last| last.to.clone());
        if moved != text.stage {
            return Err(StateError::Stage { given: text.stage, moved });
        }
        if before.map(|last| last.at) != text.since || before.map_or(1, |last| last.cycle) != text.cycle {
            return Err(StateError::Since);
        }
        if let Some(highest) = &text.highest {
            let entered =
                |own: &Move| own.to == highest.stage && own.at == highest.at && own.cycle == highest.cycle;
            if !text.moves.iter().any(entered) {
                return Err(StateError::Highest { given: highest.stage.clone() });
            }
        }
        Ok(Self {
            subject: text.subject,
            definition: text.definition,
            settled_at: text.settled_at,
            moves: text.moves,
            highest: text.highest,
            flags: text.flags,
            stopped: text.stopped,
            ledger,
        })
    }
}
