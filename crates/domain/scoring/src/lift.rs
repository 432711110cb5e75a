//! What would bring a customer one tier up.
mod search;

use alloc::string::ToString;
use alloc::vec::Vec;

use guanxi_core::{Arg, DecimalText, FactId, FactKind, FactSchema, ReasonCode, Score, TierId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::assessment::{InputState, Ratio};
use crate::spec::IndicatorId;

/// Which single facts would bring a customer to the tier above the computed one, and by how much.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lift {
    /// The computed tier; settled tiers and overrides are not looked at.
    pub from: Option<TierId>,
    /// The composite that it comes from.
    pub composite: Option<Score>,
    /// The answer as a whole.
    pub verdict: LiftVerdict,
    /// What each influenceable indicator that weighs can do: first those that reach the tier, the one
    /// that passes through the least part of its range first; then the others. Ties, and those
    /// others, are in the order of the policy. Empty where there is no tier to reach.
    pub options: Vec<LiftOption>,
}

impl Lift {
    /// The tier to reach, with its floor; `None` if there is none above, or no composite.
    #[must_use]
    pub const fn target(&self) -> Option<(&TierId, Score)> {
        match &self.verdict {
            LiftVerdict::Possible { tier, floor, .. }
            | LiftVerdict::NoneCan { tier, floor, .. }
            | LiftVerdict::NoneFound { tier, floor, .. }
            | LiftVerdict::NothingInfluenceable { tier, floor, .. } => Some((tier, *floor)),
            LiftVerdict::HighestTier { .. } | LiftVerdict::NoComposite => None,
        }
    }

    /// The option that passes through the least part of its indicator's range, if any reaches the tier.
    #[must_use]
    pub fn best(&self) -> Option<&LiftOption> {
        self.options.first().filter(|option| matches!(option, LiftOption::Reaches { .. }))
    }
}

/// Whether one fact suffices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code")]
#[non_exhaustive]
pub enum LiftVerdict {
    /// At least one fact brings the customer to the tier.
    #[serde(rename = "lift_possible")]
    Possible {
        /// The tier.
        tier: TierId,
        /// Its floor.
        floor: Score,
        /// The points that the composite lacks.
        short_by: Score,
    },
    /// None does: each was reckoned to its best value.
    #[serde(rename = "lift_none_can")]
    NoneCan {
        /// The tier.
        tier: TierId,
        /// Its floor.
        floor: Score,
        /// The points that the composite lacks.
        short_by: Score,
    },
    /// None was found, and at least one could not be reckoned with; the options say why.
    #[serde(rename = "lift_none_found")]
    NoneFound {
        /// The tier.
        tier: TierId,
        /// Its floor.
        floor: Score,
        /// The points that the composite lacks.
        short_by: Score,
    },
    /// The policy declares no indicator that weighs to be ours to influence.
    #[serde(rename = "lift_nothing_influenceable")]
    NothingInfluenceable {
        /// The tier.
        tier: TierId,
        /// Its floor.
        floor: Score,
        /// The points that the composite lacks.
        short_by: Score,
    },
    /// There is no tier above.
    #[serde(rename = "lift_highest_tier")]
    HighestTier {
        /// The tier.
        tier: TierId,
    },
    /// There is no composite, and so no tier to rise from; the reasons of the assessment say why.
    #[serde(rename = "lift_no_composite")]
    NoComposite,
}

/// What one influenceable indicator can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code")]
#[non_exhaustive]
pub enum LiftOption {
    /// The least change of its fact that reaches the tier; one quantum less does not.
    #[serde(rename = "lift_reaches")]
    Reaches {
        /// The indicator.
        indicator: IndicatorId,
        /// The fact that it reads.
        fact: FactId,
        /// The tier that is reached.
        tier: TierId,
        /// The fact as it is.
        from: DecimalText,
        /// The fact as it would have to be.
        to: DecimalText,
        /// `to` less `from`: a whole number of quanta, below 0 where less is better.
        change: DecimalText,
        /// The part of its range, worst to best, that the indicator's value passes through.
        of_range: Ratio,
        /// The composite then.
        composite: Score,
    },
    /// No allowed value of its fact reaches the tier.
    #[serde(rename = "lift_out_of_reach")]
    OutOfReach {
        /// The indicator.
        indicator: IndicatorId,
        /// The fact that it reads.
        fact: FactId,
        /// The tier that is not reached.
        tier: TierId,
        /// The fact as it is.
        from: DecimalText,
        /// The nearest value that gives the best composite.
        best: DecimalText,
        /// The composite then.
        composite: Score,
    },
    /// There is no value to start from, and none is guessed.
    #[serde(rename = "lift_unknown")]
    Unknown {
        /// The indicator.
        indicator: IndicatorId,
        /// The fact that is missing or does not apply, or of which there is nothing to compare with.
        fact: FactId,
        /// `missing`, whatever the cause, or `not_applicable`.
        state: InputState,
    },
    /// The fact's schema states no step that it can change by.
    #[serde(rename = "lift_no_quantum")]
    NoQuantum {
        /// The indicator.
        indicator: IndicatorId,
        /// The fact that it reads.
        fact: FactId,
    },
    /// The way is not better throughout (the fact helps one indicator and harms another, or has steps
    /// that fall) and too long to try every value; the nearest ones do not reach the tier.
    #[serde(rename = "lift_unclear")]
    Unclear {
        /// The indicator.
        indicator: IndicatorId,
        /// The fact that it reads.
        fact: FactId,
        /// The tier that was not reached.
        tier: TierId,
        /// How many quanta were tried.
        tried: u32,
    },
}

impl LiftOption {
    /// The indicator.
    #[must_use]
    pub const fn indicator(&self) -> &IndicatorId {
        match self {
            Self::Reaches { indicator, .. }
            | Self::OutOfReach { indicator, .. }
            | Self::Unknown { indicator, .. }
            | Self::NoQuantum { indicator, .. }
            | Self::Unclear { indicator, .. } => indicator,
        }
    }
}

/// The step that a fact can change by: the one that its schema states, else 1 for a level, yes or no.
/// What is whole by its kind has no step that is a fraction.
pub(crate) fn quantum(schema: &FactSchema) -> Option<Decimal> {
    match (schema.kind, schema.quantum) {
        (FactKind::Level { .. } | FactKind::Bool, None) => Some(Decimal::ONE),
        (FactKind::Decimal, quantum) => quantum,
        (_, quantum) => quantum.filter(Decimal::is_integer),
    }
}

fn tier_arg(tier: &TierId) -> (&'static str, Arg) {
    ("tier", Arg::Label("tier", tier.to_string()))
}

impl ReasonCode for LiftVerdict {
    fn code(&self) -> &'static str {
        match self {
            Self::Possible { .. } => "lift_possible",
            Self::NoneCan { .. } => "lift_none_can",
            Self::NoneFound { .. } => "lift_none_found",
            Self::NothingInfluenceable { .. } => "lift_nothing_influenceable",
            Self::HighestTier { .. } => "lift_highest_tier",
            Self::NoComposite => "lift_no_composite",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        match self {
            Self::Possible { tier, floor, short_by }
            | Self::NoneCan { tier, floor, short_by }
            | Self::NoneFound { tier, floor, short_by }
            | Self::NothingInfluenceable { tier, floor, short_by } => {
                [tier_arg(tier), ("floor", Arg::Score(*floor)), ("short_by", Arg::Score(*short_by))].into()
            }
            Self::HighestTier { tier } => [tier_arg(tier)].into(),
            Self::NoComposite => Vec::new(),
        }
    }
}

impl ReasonCode for LiftOption {
    fn code(&self) -> &'static str {
        match self {
            Self::Reaches { .. } => "lift_reaches",
            Self::OutOfReach { .. } => "lift_out_of_reach",
            Self::Unknown { .. } => "lift_unknown",
            Self::NoQuantum { .. } => "lift_no_quantum",
            Self::Unclear { .. } => "lift_unclear",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let fact = |fact: &FactId| ("fact", Arg::Label("fact", fact.to_string()));
        let mut args: Vec<_> = [("indicator", Arg::Label("indicator", self.indicator().to_string()))].into();
        match self {
            Self::Reaches { fact: id, tier, from, to, change, composite, .. } => {
                let raised = if change.0.is_sign_negative() { "lower" } else { "raise" };
                args.extend([
                    fact(id),
                    tier_arg(tier),
                    ("move", Arg::Label("move", raised.to_string())),
                    ("from", Arg::Decimal(from.0)),
                    ("to", Arg::Decimal(to.0)),
                    ("change", Arg::Decimal(change.0)),
                    ("composite", Arg::Score(*composite)),
                ]);
            }
            Self::OutOfReach { fact: id, tier, from, best, composite, .. } => args.extend([
                fact(id),
                tier_arg(tier),
                ("from", Arg::Decimal(from.0)),
                ("best", Arg::Decimal(best.0)),
                ("composite", Arg::Score(*composite)),
            ]),
            Self::Unknown { fact: id, state, .. } => {
                let state = if *state == InputState::NotApplicable { "not_applicable" } else { "missing" };
                args.extend([fact(id), ("state", Arg::Label("input", state.to_string()))]);
            }
            Self::NoQuantum { fact: id, .. } => args.push(fact(id)),
            Self::Unclear { fact: id, tier, tried, .. } => {
                args.extend([fact(id), tier_arg(tier), ("tried", Arg::Count((*tried).into()))]);
            }
        }
        args
    }
}
