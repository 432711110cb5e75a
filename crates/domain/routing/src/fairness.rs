//! What everybody should have got, beside what everybody did get.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{ActorId, DecimalText};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::id::QueueId;
use crate::number::{Weight, decimal};
use crate::route::rounded;
use crate::state::{PARTS, QueueState, RotationState, RoutingState};

/// The items of all queues that were given by turns, against the shares. Decimals have at most four places.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fairness {
    /// The queues, by id.
    pub queues: Vec<QueueFairness>,
}

/// The items of one queue, against the shares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueFairness {
    /// The queue.
    pub queue: QueueId,
    /// How many items were given by turns.
    pub items: u64,
    /// Its people, by id, over all changes.
    pub people: Vec<PersonFairness>,
    /// The most items that anybody is behind or ahead, over all changes.
    pub furthest: DecimalText,
    /// Its rotations since each one's last change, the one used last first.
    pub rotations: Vec<RotationFairness>,
}

/// One person's items in a queue over all changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonFairness {
    /// Who.
    pub person: ActorId,
    /// The sum of this one's shares of every item that this one could have taken; halves away from zero.
    pub expected: DecimalText,
    /// The items that this one got.
    pub actual: u64,
    /// How many items this one is behind; below 0 if ahead. Halves away from zero.
    pub behind: DecimalText,
}

/// The items that the same people were able to take, since the last change of who of them takes turns by
/// what weights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotationFairness {
    /// Since when.
    pub since: DateTime<Utc>,
    /// How many items were given.
    pub items: u64,
    /// Who takes turns, by id.
    pub shares: Vec<ShareFairness>,
    /// The most items that anybody is from the share; always less than 1. Rounded towards zero.
    pub furthest: DecimalText,
}

/// One person's items since the last change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareFairness {
    /// Who.
    pub person: ActorId,
    /// The weight.
    pub weight: Weight,
    /// The items times the weight, divided by all weights; halves away from zero.
    pub expected: DecimalText,
    /// The items that this one got.
    pub actual: u64,
    /// How many items this one is from the share; below 0 if ahead. Rounded towards zero.
    pub behind: DecimalText,
}

impl RoutingState {
    /// What everybody should have got by turns, beside what everybody did get.
    ///
    /// ```
    /// use guanxi_routing::RoutingState;
    /// let state: RoutingState = serde_json::from_str(r#"{"queues": {"seniors": {
    ///   "people": {"A": {"taken": 2, "behind": "0.6666666666"}, "B": {"taken": 2, "behind": "-0.6666666666"}},
    ///   "rotations": [{"able": ["A", "B"], "since": "2026-06-30T00:00:00Z", "shares": [
    ///     {"person": "A", "weight": "2", "taken": 2}, {"person": "B", "weight": "1", "taken": 2}
    ///   ]}]
    /// }}}"#)?;
    /// let fairness = state.fairness();
    /// let shares = &fairness.queues[0].rotations[0].shares;
    /// assert_eq!((shares[0].expected.to_string(), shares[0].actual), ("2.6667".to_owned(), 2));
    /// assert_eq!(fairness.queues[0].rotations[0].furthest.to_string(), "0.6666");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn fairness(&self) -> Fairness {
        Fairness { queues: self.queues.iter().map(|(queue, state)| of_queue(queue, state)).collect() }
    }
}

fn of_queue(queue: &QueueId, state: &QueueState) -> QueueFairness {
    let person = |(person, standing): (&ActorId, &crate::state::Standing)| {
        let taken = i128::from(standing.taken) * i128::from(PARTS);
        PersonFairness {
            person: person.clone(),
            expected: DecimalText(quotient(taken + i128::from(standing.behind), i128::from(PARTS), true)),
            actual: standing.taken,
            behind: DecimalText(rounded(standing.behind)),
        }
    };
    let furthest = state.people.values().map(|standing| standing.behind.saturating_abs()).max();
    QueueFairness {
        queue: queue.clone(),
        items: state.people.values().fold(0, |sum: u64, standing| sum.saturating_add(standing.taken)),
        people: state.people.iter().map(person).collect(),
        furthest: DecimalText(rounded(furthest.unwrap_or_default())),
        rotations: state.rotations.iter().map(of_rotation).collect(),
    }
}

fn of_rotation(state: &RotationState) -> RotationFairness {
    let given = state.shares.iter().fold(0, |sum: u64, share| sum.saturating_add(share.taken));
    let total: i128 = state.shares.iter().map(|share| i128::from(share.weight.steps())).sum();
    let parts = |share: &crate::state::ShareState| {
        let ideal = i128::from(given) * i128::from(share.weight.steps());
        (ideal, ideal - i128::from(share.taken) * total)
    };
    let share = |share: &crate::state::ShareState| {
        let (ideal, behind) = parts(share);
        ShareFairness {
            person: share.person.clone(),
            weight: share.weight,
            expected: DecimalText(quotient(ideal, total, true)),
            actual: share.taken,
            behind: DecimalText(quotient(behind, total, false)),
        }
    };
    let furthest = state.shares.iter().map(|share| parts(share).1.abs()).max().unwrap_or_default();
    RotationFairness {
        since: state.since,
        items: given,
        shares: state.shares.iter().map(share).collect(),
        furthest: DecimalText(quotient(furthest, total, false)),
    }
}

/// A quotient as a decimal of four places, halves away from zero or all rounded towards it.
fn quotient(dividend: i128, divisor: i128, nearest: bool) -> Decimal {
    const PLACES: u32 = 4;
    let divisor = divisor.max(1);
    let scaled = dividend.saturating_mul(10_i128.pow(PLACES));
    let half = if nearest { divisor / 2 } else { 0 };
    let steps = (if scaled < 0 { scaled - half } else { scaled + half }) / divisor;
    i64::try_from(steps).map_or(Decimal::ZERO, |steps| decimal(steps, PLACES))
}
