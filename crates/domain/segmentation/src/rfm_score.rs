//! From a value to a score of 1 to n: by cut points, or by its rank in the population.
use alloc::vec::Vec;
use core::cmp::Ordering;

use guanxi_core::{DecimalText, SubjectId};
use rust_decimal::Decimal;

use crate::reason::Reason;
use crate::rfm_spec::{Axis, AxisSpec, Ties};

/// What the values of a population say about one axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ranks {
    /// Nothing: the cut points are given.
    Cuts,
    /// The different values from the worst on: how many are worse, and how many are equal.
    Middle { values: Vec<(Decimal, u64, u64)>, customers: u64 },
    /// Every customer in a row, from the worst on.
    Row(Vec<(Decimal, SubjectId)>),
}

/// A score and where it comes from.
pub(crate) struct Scored {
    pub(crate) score: u8,
    pub(crate) reason: Reason,
}

/// From the worst value on: recency is the worse the more days it counts.
fn worse_first(axis: Axis, a: Decimal, b: Decimal) -> Ordering {
    if axis == Axis::Recency { b.cmp(&a) } else { a.cmp(&b) }
}

impl Ranks {
    pub(crate) fn new<'c>(
        axis: Axis,
        spec: &AxisSpec,
        values: impl Iterator<Item = (Decimal, &'c SubjectId)>,
    ) -> Self {
        if spec.cuts.is_some() {
            return Self::Cuts;
        }
        let mut row: Vec<(Decimal, SubjectId)> = values.map(|(value, id)| (value, id.clone())).collect();
        row.sort_by(|a, b| in_row(axis, (a.0, &a.1), (b.0, &b.1)));
        if spec.ties == Some(Ties::Rank) {
            return Self::Row(row);
        }
        let (mut values, mut customers): (Vec<(Decimal, u64, u64)>, u64) = (Vec::new(), 0);
        for (value, _) in row {
            match values.last_mut() {
                Some((last, _, equal)) if *last == value => *equal += 1,
                _ => values.push((value, customers, 1)),
            }
            customers += 1;
        }
        Self::Middle { values, customers }
    }

    pub(crate) fn score(&self, axis: Axis, spec: &AxisSpec, value: Decimal, subject: &SubjectId) -> Scored {
        let of = spec.scores;
        let shown = DecimalText(value);
        match self {
            Self::Cuts => by_cuts(axis, spec, value),
            Self::Middle { values, customers } => {
                let at = values.binary_search_by(|(other, ..)| worse_first(axis, *other, value));
                let (worse, equal) =
                    at.ok().and_then(|at| values.get(at)).map_or((0, 1), |(_, w, e)| (*w, *e));
                let score = by_rank(of, worse, equal, *customers);
                let (customers, equal) = (*customers, equal.saturating_sub(1));
                Scored {
                    score,
                    reason: Reason::ScoreByRank { axis, value: shown, score, of, worse, equal, customers },
                }
            }
            Self::Row(row) => {
                let at = row.binary_search_by(|(other, id)| in_row(axis, (*other, id), (value, subject)));
                let (Ok(at) | Err(at)) = at;
                let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
                let (worse, customers) = (count(at), count(row.len()));
                let score = by_rank(of, worse, 1, customers);
                let reason =
                    Reason::ScoreByRank { axis, value: shown, score, of, worse, equal: 0, customers };
                Scored { score, reason }
            }
        }
    }
}

/// Of equal values the one with the smaller id is the better one, and comes later.
fn in_row(axis: Axis, (a, a_id): (Decimal, &SubjectId), (b, b_id): (Decimal, &SubjectId)) -> Ordering {
    worse_first(axis, a, b).then_with(|| b_id.cmp(a_id))
}

/// `1 + floor(n * (worse + equal / 2) / customers)`: the middle of the ranks of all equal values decides, and a
/// middle that lies on a boundary has the better score.
fn by_rank(of: u8, worse: u64, equal: u64, customers: u64) -> u8 {
    let middle = u128::from(worse) * 2 + u128::from(equal);
    let steps = u128::from(of) * middle / (u128::from(customers) * 2).max(1);
    u8::try_from(steps).unwrap_or(of).saturating_add(1).min(of)
}

fn by_cuts(axis: Axis, spec: &AxisSpec, value: Decimal) -> Scored {
    let cuts = spec.cuts.as_deref().unwrap_or_default();
    // A value at a cut point has the better score.
    let passed =
        cuts.iter().filter(|cut| if axis == Axis::Recency { cut.0 < value } else { cut.0 <= value }).count();
    let below = passed.checked_sub(1).and_then(|i| cuts.get(i)).copied();
    let above = cuts.get(passed).copied();
    let passed = u8::try_from(passed).unwrap_or(spec.scores);
    let of = spec.scores;
    let score = if axis == Axis::Recency { of.saturating_sub(passed) } else { passed.saturating_add(1) };
    let reason = Reason::ScoreByCuts { axis, value: DecimalText(value), score, of, below, above };
    Scored { score, reason }
}
