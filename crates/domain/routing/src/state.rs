//! What is remembered from one item to the next.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cmp::Reverse;

use chrono::{DateTime, Utc};
use guanxi_core::{ActorId, DecimalText};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::capacity::Load;
use crate::id::QueueId;
use crate::number::{Effort, Weight, decimal, steps};
use crate::rotation::Segment;

/// All of the past that routing needs: what everybody's capacity is in use for, and whose turn it is.
///
/// A host keeps it as it is and gives it to the next call; the first one begins with the default, which
/// remembers nothing. The same items, documents and state give the same assignments and the same state.
///
/// ```
/// use guanxi_routing::{Effort, RoutingState};
/// let json = r#"{"as_of":"2026-06-30T00:00:00Z","people":{"A":{"open":"3"}},"queues":{}}"#;
/// let mut state: RoutingState = serde_json::from_str(json)?;
/// assert_eq!(serde_json::to_string(&state)?, json);
/// // Somebody has finished an item.
/// state.close(&"A".parse()?, Effort::ONE);
/// assert_eq!(state.load(&"A".parse()?).map(|load| load.open().to_string()), Some("2".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutingState {
    /// The instant of the latest item.
    #[serde(default)]
    pub(crate) as_of: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) people: BTreeMap<ActorId, Load>,
    #[serde(default)]
    pub(crate) queues: BTreeMap<QueueId, QueueState>,
}

impl RoutingState {
    /// The instant of the latest item.
    #[must_use]
    pub const fn as_of(&self) -> Option<DateTime<Utc>> {
        self.as_of
    }

    /// What of somebody's capacity is in use; `None` if nothing ever was.
    #[must_use]
    pub fn load(&self, person: &ActorId) -> Option<&Load> {
        self.people.get(person)
    }

    /// What of somebody's capacity is in use, to be corrected by a host that knows better.
    pub fn load_mut(&mut self, person: &ActorId) -> &mut Load {
        self.people.entry(person.clone()).or_default()
    }

    /// Takes an item that somebody has finished off what is open.
    pub fn close(&mut self, person: &ActorId, effort: Effort) {
        if let Some(load) = self.people.get_mut(person) {
            load.close(effort);
        }
    }
}

/// What is remembered of one queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QueueState {
    #[serde(default)]
    pub(crate) people: BTreeMap<ActorId, Standing>,
    /// The rotations of this queue, the one used last first.
    #[serde(default)]
    pub(crate) rotations: Vec<RotationState>,
}

/// What somebody got in a queue, and is behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StandingText", into = "StandingText")]
pub(crate) struct Standing {
    pub(crate) taken: u64,
    /// In parts of an item.
    pub(crate) behind: i64,
}

/// So many parts make an item.
pub(crate) const PARTS: i64 = 10_000_000_000;
/// The decimal places of a part.
pub(crate) const PART_PLACES: u32 = 10;
/// The most parts that anybody can be behind or ahead: a million items.
const MOST_BEHIND: i64 = PARTS * 1_000_000;

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StandingText {
    taken: u64,
    behind: DecimalText,
}

/// Why what is written is not a [`RoutingState`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RoutingStateError {
    /// Not a number of items that somebody is behind.
    #[error("`behind` has at most ten decimal places and lies within 1000000, got `{given}`")]
    Behind {
        /// The number given.
        given: Decimal,
    },
    /// Counts that this rotation cannot have come to.
    #[error("the counts of a rotation are within one of their share, that of `{person}` is not")]
    Unfair {
        /// Whose count it is.
        person: ActorId,
    },
    /// A person twice, or people who are not those able to take the items.
    #[error("the shares of a rotation are of people who are able, each once, got `{person}`")]
    Share {
        /// Whose share it is.
        person: ActorId,
    },
}

impl From<Standing> for StandingText {
    fn from(standing: Standing) -> Self {
        Self { taken: standing.taken, behind: DecimalText(decimal(standing.behind, PART_PLACES)) }
    }
}

impl TryFrom<StandingText> for Standing {
    type Error = RoutingStateError;

    fn try_from(text: StandingText) -> Result<Self, RoutingStateError> {
        let behind =
            steps(text.behind.0, PART_PLACES).filter(|behind| (-MOST_BEHIND..=MOST_BEHIND).contains(behind));
        let behind = behind.ok_or(RoutingStateError::Behind { given: text.behind.0 })?;
        Ok(Self { taken: text.taken, behind })
    }
}

/// The turns of the items that the same people are able to take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RotationText")]
pub(crate) struct RotationState {
    /// Who is able to, of the queue, by id.
    pub(crate) able: Vec<ActorId>,
    /// Since when the same ones of them take turns by the same weights.
    pub(crate) since: DateTime<Utc>,
    /// Who takes turns, by id.
    pub(crate) shares: Vec<ShareState>,
}

/// Somebody's part in a rotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShareState {
    pub(crate) person: ActorId,
    pub(crate) weight: Weight,
    pub(crate) taken: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RotationText {
    able: Vec<ActorId>,
    since: DateTime<Utc>,
    shares: Vec<ShareState>,
}

impl TryFrom<RotationText> for RotationState {
    type Error = RoutingStateError;

    fn try_from(text: RotationText) -> Result<Self, RoutingStateError> {
        let RotationText { mut able, since, mut shares } = text;
        able.sort_unstable();
        able.dedup();
        shares.sort_unstable_by(|a, b| a.person.cmp(&b.person));
        let next = |place: usize| shares.get(place.saturating_add(1));
        let stray = shares.iter().enumerate().find(|(place, share)| {
            let twice = next(*place).is_some_and(|next| next.person == share.person);
            twice || able.binary_search(&share.person).is_err() || share.weight.steps() == 0
        });
        if let Some((_, share)) = stray {
            return Err(RoutingStateError::Share { person: share.person.clone() });
        }
        let part = |(place, share): (usize, &ShareState)| {
            (place, share.weight.steps(), i64::try_from(share.taken).unwrap_or(-1))
        };
        let mut parts: Vec<(usize, i64, i64)> = shares.iter().enumerate().map(part).collect();
        parts.sort_by_key(|(_, weight, _)| Reverse(*weight));
        if let Err(unfair) = Segment::resume(&parts)
            && let Some(share) = shares.get(unfair.member)
        {
            return Err(RoutingStateError::Unfair { person: share.person.clone() });
        }
        Ok(Self { able, since, shares })
    }
}
