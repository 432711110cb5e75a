//! Why an assessment is what it is.
use alloc::string::ToString;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Arg, FactId, ReasonCode, Score, Share, TierId};
use serde::{Deserialize, Serialize};

use crate::dimension::Dimension;
use crate::spec::{IndicatorId, MissingRule};

/// The bound that a value outside a normaliser's range counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// Below the range: counts as its lower end.
    Lowest,
    /// Above the range: counts as its upper end.
    Highest,
}

/// One reason of an assessment. They come in the order of the variants: the tier, the standing, the
/// inputs in the order of the policy, then what is remarkable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The composite reaches the tier.
    ReachesTier {
        /// The computed tier.
        tier: TierId,
        /// The composite.
        composite: Score,
        /// The tier's floor.
        floor: Score,
    },
    /// How much the composite lacks to the next tier.
    BelowTier {
        /// The next tier up.
        tier: TierId,
        /// Its floor.
        floor: Score,
        /// The points lacking.
        short_by: Score,
    },
    /// A settled tier stands in place of the computed one.
    SettledTier {
        /// The settled tier.
        tier: TierId,
    },
    /// An assessor's override stands in place of the computed or settled tier.
    OverrideInForce {
        /// The tier set.
        tier: TierId,
        /// The first instant at which it no longer holds.
        until: DateTime<Utc>,
    },
    /// An override was given that no longer holds.
    OverrideExpired {
        /// The tier that it set.
        tier: TierId,
        /// The first instant at which it no longer held.
        until: DateTime<Utc>,
    },
    /// A tier was given that the policy does not have; it is ignored.
    UnknownTier {
        /// The tier given.
        tier: TierId,
    },
    /// Value does not apply: the customer never bought.
    Prospect {
        /// The tier that it is a candidate for.
        candidate_for: Option<TierId>,
        /// Its rank by the other dimensions, if they have scores.
        rank: Option<Score>,
    },
    /// A dimension does not apply, so there is no composite.
    DimensionNotApplicable {
        /// The dimension.
        dimension: Dimension,
    },
    /// Nothing is known of a dimension, so there is no composite.
    DimensionUnknown {
        /// The dimension.
        dimension: Dimension,
    },
    /// An input that the policy insists on is missing, so the dimension has no score.
    DimensionRefused {
        /// The dimension.
        dimension: Dimension,
    },
    /// An input is missing.
    FactMissing {
        /// The indicator that reads it.
        indicator: IndicatorId,
        /// The fact.
        fact: FactId,
        /// What it counts as.
        rule: MissingRule,
        /// The declared weight in the composite that is without an input.
        weight: Share,
    },
    /// An input is too old.
    FactStale {
        /// The indicator that reads it.
        indicator: IndicatorId,
        /// The fact.
        fact: FactId,
        /// The first instant at which it was.
        since: DateTime<Utc>,
        /// Whether it is used all the same.
        used: bool,
    },
    /// An input was observed after the instant of the assessment, and is ignored.
    FactFromFuture {
        /// The indicator that reads it.
        indicator: IndicatorId,
        /// The fact.
        fact: FactId,
        /// When it was observed.
        observed_at: DateTime<Utc>,
    },
    /// An input breaks its schema, and is ignored.
    FactInvalid {
        /// The indicator that reads it.
        indicator: IndicatorId,
        /// The fact.
        fact: FactId,
    },
    /// What an input would be divided by is unknown, 0 or less.
    NoDivisor {
        /// The indicator.
        indicator: IndicatorId,
        /// The fact.
        fact: FactId,
    },
    /// An input does not apply.
    FactNotApplicable {
        /// The indicator that reads it.
        indicator: IndicatorId,
        /// The fact.
        fact: FactId,
    },
    /// An input lies outside its normaliser's range and counts as the nearest bound.
    OutOfRange {
        /// The indicator that reads it.
        indicator: IndicatorId,
        /// The fact.
        fact: FactId,
        /// The bound that it counts as.
        bound: Bound,
    },
    /// A dimension score is unusual for the effective tier.
    ProfileMismatch {
        /// The effective tier.
        tier: TierId,
        /// The dimension.
        dimension: Dimension,
        /// Its score.
        score: Score,
        /// The least score usual in the tier.
        at_least: Option<Score>,
        /// The score from which on it is unusual.
        below: Option<Score>,
    },
    /// The policy is not in force at the instant of the assessment.
    PolicyNotInForce {
        /// From when it is.
        from: Option<DateTime<Utc>>,
        /// The first instant at which it no longer is.
        to: Option<DateTime<Utc>>,
    },
}

impl Reason {
    /// The indicator that has no input to count, if this is what the reason says; a stale input that is
    /// used all the same is one.
    #[must_use]
    pub const fn lacks(&self) -> Option<&IndicatorId> {
        match self {
            Self::FactMissing { indicator, .. }
            | Self::FactStale { indicator, used: false, .. }
            | Self::FactFromFuture { indicator, .. }
            | Self::FactInvalid { indicator, .. }
            | Self::NoDivisor { indicator, .. } => Some(indicator),
            _ => None,
        }
    }
}

impl ReasonCode for Reason {
    fn code(&self) -> &'static str {
        match self {
            Self::ReachesTier { .. } => "reaches_tier",
            Self::BelowTier { .. } => "below_tier",
            Self::SettledTier { .. } => "settled_tier",
            Self::OverrideInForce { .. } => "override_in_force",
            Self::OverrideExpired { .. } => "override_expired",
            Self::UnknownTier { .. } => "unknown_tier",
            Self::Prospect { .. } => "prospect",
            Self::DimensionNotApplicable { .. } => "dimension_not_applicable",
            Self::DimensionUnknown { .. } => "dimension_unknown",
            Self::DimensionRefused { .. } => "dimension_refused",
            Self::FactMissing { .. } => "fact_missing",
            Self::FactStale { .. } => "fact_stale",
            Self::FactFromFuture { .. } => "fact_from_future",
            Self::FactInvalid { .. } => "fact_invalid",
            Self::NoDivisor { .. } => "no_divisor",
            Self::FactNotApplicable { .. } => "fact_not_applicable",
            Self::OutOfRange { .. } => "out_of_range",
            Self::ProfileMismatch { .. } => "profile_mismatch",
            Self::PolicyNotInForce { .. } => "policy_not_in_force",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let tier = |tier: &TierId| ("tier", Arg::Label("tier", tier.to_string()));
        let dimension = |dimension: &Dimension| ("dimension", Arg::Label("dimension", dimension.to_string()));
        let score = |name, score: Option<Score>| (name, score.map_or_else(none, Arg::Score));
        let instant = |name, at: Option<DateTime<Utc>>| (name, at.map_or_else(none, Arg::Instant));
        let input = |indicator: &IndicatorId, fact: &FactId| {
            [
                ("indicator", Arg::Label("indicator", indicator.to_string())),
                ("fact", Arg::Label("fact", fact.to_string())),
            ]
        };
        let mut args: Vec<(&'static str, Arg)> = Vec::new();
        match self {
            Self::ReachesTier { tier: id, composite, floor } => {
                args.extend([tier(id), ("composite", Arg::Score(*composite)), ("floor", Arg::Score(*floor))]);
            }
            Self::BelowTier { tier: id, floor, short_by } => {
                args.extend([tier(id), ("floor", Arg::Score(*floor)), ("short_by", Arg::Score(*short_by))]);
            }
            Self::SettledTier { tier: id } | Self::UnknownTier { tier: id } => args.push(tier(id)),
            Self::OverrideInForce { tier: id, until } | Self::OverrideExpired { tier: id, until } => {
                args.extend([tier(id), ("until", Arg::Instant(*until))]);
            }
            Self::Prospect { candidate_for, rank } => {
                let candidate =
                    candidate_for.as_ref().map_or_else(none, |id| Arg::Label("tier", id.to_string()));
                args.extend([("tier", candidate), score("rank", *rank)]);
            }
            Self::DimensionNotApplicable { dimension: id }
            | Self::DimensionUnknown { dimension: id }
            | Self::DimensionRefused { dimension: id } => args.push(dimension(id)),
            Self::FactMissing { indicator, fact, rule, weight } => {
                args.extend(input(indicator, fact));
                args.push(("rule", Arg::Label("missing", rule.code().to_string())));
                args.push(("weight", Arg::Share(*weight)));
            }
            Self::FactStale { indicator, fact, since, used } => {
                args.extend(input(indicator, fact));
                let used = if *used { "used" } else { "not_used" };
                args.extend([
                    ("since", Arg::Instant(*since)),
                    ("used", Arg::Label("stale", used.to_string())),
                ]);
            }
            Self::FactFromFuture { indicator, fact, observed_at } => {
                args.extend(input(indicator, fact));
                args.push(("observed_at", Arg::Instant(*observed_at)));
            }
            Self::FactInvalid { indicator, fact }
            | Self::NoDivisor { indicator, fact }
            | Self::FactNotApplicable { indicator, fact } => args.extend(input(indicator, fact)),
            Self::OutOfRange { indicator, fact, bound } => {
                args.extend(input(indicator, fact));
                let bound = if *bound == Bound::Lowest { "lowest" } else { "highest" };
                args.push(("bound", Arg::Label("bound", bound.to_string())));
            }
            Self::ProfileMismatch { tier: id, dimension: which, score: given, at_least, below } => {
                args.extend([tier(id), dimension(which), ("score", Arg::Score(*given))]);
                args.extend([score("at_least", *at_least), score("below", *below)]);
            }
            Self::PolicyNotInForce { from, to } => args.extend([instant("from", *from), instant("to", *to)]),
        }
        args
    }
}

fn none() -> Arg {
    Arg::Text("–".to_string())
}

impl MissingRule {
    /// The code, as it is written.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Renormalise => "renormalise",
            Self::Lowest => "lowest",
            Self::Neutral => "neutral",
            Self::Refuse => "refuse",
        }
    }
}
