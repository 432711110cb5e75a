//! One row again, in integers.
use guanxi_core::Score;

use super::term::{Bound, Term};
use crate::assessment::Standing;
use crate::dimension::ByDimension;
use crate::input::Input;
use crate::policy::MAX_INDICATORS;
use crate::scorer::Scorer;

/// The scores of one row.
pub(crate) struct RowScores {
    pub(crate) composite: Option<Score>,
    pub(crate) dimensions: ByDimension<Option<Score>>,
    pub(crate) rank: Option<Score>,
    pub(crate) standing: Standing,
}

/// What is known of an indicator in a row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Known,
    Missing,
    NotApplicable,
}

impl Scorer {
    /// The scores of a row of columns, as the decision has them.
    pub(super) fn exact(
        &self,
        bound: &Bound<'_, '_>,
        row: usize,
        found: impl Fn(usize) -> Found,
    ) -> RowScores {
        let mut inputs: [Input; MAX_INDICATORS] = core::array::from_fn(|_| Input::Unasked);
        for (at, Term { wire, .. }) in bound.terms() {
            let decimal = |slot: usize| bound.source(slot)?.column.decimal(row);
            let input = match (found(at), decimal(wire.slot)) {
                (Found::Known, Some(x)) => {
                    Input::Known { x, whole: wire.whole.and_then(decimal), stale: None }
                }
                (Found::NotApplicable, _) => match self.wiring.slots.get(wire.slot) {
                    Some(slot) => Input::NotApplicable { fact: slot.fact.clone() },
                    None => Input::Unasked,
                },
                // Only a reason would name the fact.
                _ => Input::Unasked,
            };
            if let Some(place) = inputs.get_mut(wire.position) {
                *place = input;
            }
        }
        let indicators = self.policy().body().indicators().len();
        self.row_scores(inputs.get(..indicators).unwrap_or_default())
    }
}
