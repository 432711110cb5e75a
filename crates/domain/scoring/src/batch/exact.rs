//! One row again, in integers.
use super::term::Bound;
use crate::evaluate::Evaluation;
use crate::input::{Input, Role};
use crate::policy::MAX_INDICATORS;
use crate::scorer::Scorer;

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
    ) -> Evaluation {
        let mut inputs = [Input::Unasked; MAX_INDICATORS];
        for (at, term) in bound.terms() {
            let decimal = |slot: usize| bound.source(slot)?.column.decimal(row);
            let input = match (found(at), decimal(term.wire.slot)) {
                (Found::Known, Some(x)) => {
                    Input::Known { x, whole: term.wire.whole.and_then(decimal), stale: None }
                }
                (Found::NotApplicable, _) => Input::NotApplicable { fact: Role::Own },
                // Only a reason would say why.
                _ => Input::Unasked,
            };
            if let Some(place) = inputs.get_mut(term.wire.position) {
                *place = input;
            }
        }
        let indicators = self.policy().body().indicators().len();
        self.scores(inputs.get(..indicators).unwrap_or_default())
    }
}
