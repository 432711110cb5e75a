//! The body of a scoring policy as people write it.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use guanxi_core::{DecimalText, FactId, Score, Share, TierId};
use guanxi_policy::FactSchemaSpec;
use serde::{Deserialize, Serialize};

use crate::dimension::Dimension;
use crate::reference::Statistic;

guanxi_core::define_id! {
    /// The name of an indicator, such as `profit`.
    pub struct IndicatorId(code, 64);
}

/// What a scoring policy says: weights, facts, indicators and tiers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScoringSpec {
    /// The weight of each dimension in the composite: shares that sum to 1, or integer parts.
    pub dimensions: BTreeMap<Dimension, DecimalText>,
    /// The facts that the policy reads, with the values they may have.
    pub facts: BTreeMap<FactId, FactSchemaSpec>,
    /// 1 to 12 indicators; of equal remainders the earlier one is rounded up.
    pub indicators: Vec<IndicatorSpec>,
    /// The tiers; the lowest floor is 0.
    pub tiers: Vec<TierSpec>,
    /// What becomes of those who never bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prospects: Option<ProspectsSpec>,
}

/// One indicator: a fact, turned into a value from 0 to 1, with a weight in its dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IndicatorSpec {
    /// Its name.
    pub id: IndicatorId,
    /// The dimension that it belongs to.
    pub dimension: Dimension,
    /// Its weight in the dimension: shares that sum to 1, or integer parts. 0 only shows it.
    pub weight: DecimalText,
    /// The fact that it reads.
    pub fact: FactId,
    /// How the fact becomes a value from 0 to 1.
    pub normaliser: Normaliser,
    /// Which way is better.
    #[serde(default)]
    pub direction: Direction,
    /// What a missing input counts as.
    #[serde(default)]
    pub missing: MissingRule,
    /// How old the fact may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greatest_age: Option<GreatestAge>,
    /// Whether our own work can move the fact: a lift looks at these indicators alone. No score depends on it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub influenceable: bool,
}

/// How a fact x becomes a value from 0 to 1; a result outside counts as the nearest bound and is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Normaliser {
    /// x / the greatest value in the reference.
    RelativeToMax,
    /// x / the sum of all values in the reference, losses included.
    RelativeToTotal,
    /// x / a given number above 0.
    RelativeToFixed {
        /// The number that earns 1.
        of: DecimalText,
    },
    /// (x - from) / (to - from).
    Linear {
        /// The number that earns 0.
        from: DecimalText,
        /// The number that earns 1, above `from`.
        to: DecimalText,
    },
    /// x / n for a level 1..=n; reversed (n + 1 - x) / n.
    Level,
    /// x / another fact of the same customer.
    ShareOf {
        /// The fact that is the whole.
        whole: FactId,
    },
    /// The value of the step with the greatest lower bound at or below x.
    Steps {
        /// The steps, ascending.
        steps: Vec<Step>,
    },
    /// The mid-rank of x among the values of the reference.
    Percentile,
    /// x / the value at a quantile of the reference (nearest rank).
    Capped {
        /// The quantile, above 0.
        quantile: Share,
    },
    /// log2(1 + x / unit) relative to that of `full`, by the published table [`crate::LOG2`].
    Logarithmic {
        /// The number at which the curve has its first doubling, above 0.
        unit: DecimalText,
        /// The number that earns 1, above 0; the greatest value in the reference if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        full: Option<DecimalText>,
    },
}

impl Normaliser {
    /// What it needs to know of the population, if anything.
    #[must_use]
    pub const fn statistic(&self) -> Option<Statistic> {
        match self {
            Self::RelativeToMax | Self::Logarithmic { full: None, .. } => Some(Statistic::Max),
            Self::RelativeToTotal => Some(Statistic::Total),
            Self::Percentile | Self::Capped { .. } => Some(Statistic::Values),
            _ => None,
        }
    }
}

/// One step of a normaliser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The lower bound, inclusive.
    pub from: DecimalText,
    /// What it earns.
    pub value: Share,
}

/// Which way an indicator is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    #[default]
    HigherIsBetter,
    /// Less is better: the value is reversed.
    LowerIsBetter,
}

/// What a missing input counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MissingRule {
    /// It is left out, and the others of its dimension weigh more.
    #[default]
    Renormalise,
    /// It counts as 0.
    Lowest,
    /// It counts as one half.
    Neutral,
    /// The dimension has no score without it.
    Refuse,
}

/// How old a fact may be, and what then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GreatestAge {
    /// Days of 24 hours, 1 to 36 500; from this age on the fact is stale.
    pub days: u16,
    /// What a stale fact is good for.
    pub then: StaleRule,
}

/// What a stale fact is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StaleRule {
    /// It is used and named, and does not count as known for completeness.
    Use,
    /// It counts as missing.
    Missing,
}

/// One tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TierSpec {
    /// Its code.
    pub id: TierId,
    /// The least composite that reaches it.
    pub floor: Score,
    /// The share of customers expected in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_share: Option<ExpectedShare>,
    /// What its customers' dimension scores usually are; others are reported as mismatches.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub profile: BTreeMap<Dimension, ScoreRange>,
}

/// The share of customers expected in a tier, both ends inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExpectedShare {
    /// The least share.
    pub from: Share,
    /// The greatest share.
    pub to: Share,
}

/// A range of scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScoreRange {
    /// The least score, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Score>,
    /// The score that is too much, exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<Score>,
}

impl ScoreRange {
    /// Whether a score lies in the range.
    #[must_use]
    pub fn contains(&self, score: Score) -> bool {
        self.at_least.is_none_or(|least| least <= score) && self.below.is_none_or(|end| score < end)
    }
}

/// What becomes of those for whom value does not apply, because they never bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProspectsSpec {
    /// The tier that a prospect is a candidate for.
    pub candidate_for: TierId,
}
