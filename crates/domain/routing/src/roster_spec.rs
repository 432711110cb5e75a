//! Rosters as people write them.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use guanxi_core::{ActorId, SubjectId, Zone};
use serde::{Deserialize, Serialize};

use crate::capacity::Capacity;
use crate::id::{QueueId, Word};
use crate::number::Weight;

/// What a roster says: who is there, in which queues, and what each of them takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RosterSpec {
    /// Where the days of leave begin; UTC, if left out.
    #[serde(default)]
    pub zone: Zone,
    /// The people, each once; their order means nothing.
    pub people: Vec<PersonSpec>,
}

/// One person of a roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PersonSpec {
    /// Who, by the host's own key.
    pub id: ActorId,
    /// Whether this person works here at present; true, if left out. Who does not gets nothing at all.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub active: bool,
    /// The queues in which this person takes turns, each with the weight.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub queues: BTreeMap<QueueId, Weight>,
    /// When this person is away: leave, and hours off if the host knows them. They may touch and overlap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leave: Vec<LeaveSpec>,
    /// What this person can do; anything, if left out, and nothing special, if empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skills: Option<BTreeSet<Word>>,
    /// Where this person works; everywhere, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territories: Option<BTreeSet<Word>>,
    /// The languages that this person speaks; any, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub languages: Option<BTreeSet<Word>>,
    /// The subjects and accounts that this person must not get.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub conflicts: BTreeSet<SubjectId>,
    /// How much this person takes on; no limits, if left out.
    #[serde(default, skip_serializing_if = "is_unlimited")]
    pub capacity: Capacity,
}

/// A time away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LeaveSpec {
    /// From when: an instant, or a day, which begins in the zone of the roster.
    pub from: String,
    /// Until when: the first instant afterwards, or the last day. Until further notice, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
const fn is_yes(active: &bool) -> bool {
    *active
}

fn is_unlimited(capacity: &Capacity) -> bool {
    *capacity == Capacity::default()
}
