//! What a call says.
use alloc::string::String;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{DecimalText, FactId, Score, Share, SubjectId, TierId};
use serde::{Deserialize, Serialize};

use super::row::View;
use crate::assessment::Standing;
use crate::batch::RowTier;
use crate::dimension::ByDimension;
use crate::evaluate::Evaluation;
use crate::scorer::Scorer;

/// The scores of a customer with the computed tier: what [`crate::Assessment`] says under the same names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scored {
    /// How far the scoring came.
    pub standing: Standing,
    /// The computed tier.
    pub tier: Option<TierId>,
    /// The composite score, rounded half-up once from the exact value.
    pub composite: Option<Score>,
    /// The dimension scores.
    pub dimensions: ByDimension<Option<Score>>,
    /// For a prospect, the composite of the other dimensions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<Score>,
    /// The declared composite weight of the inputs that are known and not stale, rounded to four places.
    pub completeness: Share,
}

/// What became of one customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The customer.
    pub subject: SubjectId,
    /// The scores until now; `None` for a customer who was not present.
    pub before: Option<Scored>,
    /// The scores from now on; `None` for a customer who is no longer present.
    pub after: Option<Scored>,
}

impl Change {
    /// Whether the customer changed tier, or standing where there is no tier. To come and to leave count as
    /// a change.
    #[must_use]
    pub fn changes_tier(&self) -> bool {
        let place =
            |scored: &Option<Scored>| scored.as_ref().map(|scored| (scored.standing, scored.tier.clone()));
        place(&self.before) != place(&self.after)
    }
}

/// What a call did to one customer, and where it leaves the reference.
#[must_use = "a reference that has drifted asks for a rescore"]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// What became of the customer.
    pub change: Change,
    /// Whether the scores of everybody are still those of a fresh review.
    pub reference: ReferenceState,
}

/// Who changed tier as time went on, and where that leaves the reference.
#[must_use = "a reference that has drifted asks for a rescore"]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Who changed tier or standing, by subject.
    pub changes: Vec<Change>,
    /// Whether the scores of everybody are still those of a fresh review.
    pub reference: ReferenceState,
}

/// How the pinned reference relates to the customers who are present.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceState {
    /// Every statistic that a score depends on is that of the present customers: their scores are those of a
    /// fresh review.
    Current,
    /// Some statistic is not: a fresh review may score anybody otherwise, so a rescore is needed.
    Drifted,
}

/// A statistic that scores depend on and that is no longer the pinned one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "statistic", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Drift {
    /// The greatest value; `None` where nobody has one.
    Max {
        /// The fact.
        fact: FactId,
        /// In the pinned reference.
        pinned: Option<DecimalText>,
        /// Of the customers who are present.
        live: Option<DecimalText>,
    },
    /// The exact sum of all values, of any length.
    Total {
        /// The fact.
        fact: FactId,
        /// In the pinned reference.
        pinned: String,
        /// Of the customers who are present.
        live: String,
    },
    /// How often each value occurs.
    Values {
        /// The fact.
        fact: FactId,
        /// The number of values that occur more or less often than in the pinned reference.
        differing: u64,
    },
}

/// The scores of a customer, as they are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Scores {
    pub(super) tier: RowTier,
    composite: Option<Score>,
    dimensions: ByDimension<Option<Score>>,
    rank: Option<Score>,
    completeness: Share,
}

impl Scores {
    pub(super) fn of(scorer: &Scorer, facts: &View<'_>, as_of: DateTime<Utc>) -> Self {
        let evaluation = scorer.scores(&scorer.heard(facts, as_of).inputs);
        let Evaluation { composite, rank, completeness, standing, .. } = evaluation;
        let tier = match (composite, standing) {
            (Some(composite), _) => {
                let floors = scorer.policy().body().bands().iter().map(|(_, floor)| floor);
                RowTier::of(floors.filter(|floor| composite < *floor).count())
            }
            (None, Standing::Prospect) => RowTier::PROSPECT,
            (None, _) => RowTier::INCOMPLETE,
        };
        let dimensions = ByDimension::from_fn(|dimension| evaluation.score(dimension));
        Self { tier, composite, dimensions, rank, completeness }
    }

    pub(super) fn shown(&self, scorer: &Scorer) -> Scored {
        let Self { tier, composite, dimensions, rank, completeness } = *self;
        let (standing, tier) = (tier.standing(), scorer.tier(tier).cloned());
        Scored { standing, tier, composite, dimensions, rank, completeness }
    }
}
