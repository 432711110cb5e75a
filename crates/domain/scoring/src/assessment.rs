//! What an assessment says.
use alloc::string::String;

use chrono::{DateTime, Utc};
use guanxi_core::{ActorId, DecimalText, FactId, Score, Share, TierId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::dimension::{ByDimension, Dimension};
use crate::number::{Fraction, Nat};
use crate::spec::IndicatorId;

/// What is known of a customer besides the facts: tiers that were set before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The tier that review rules have settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<TierId>,
    /// The tier that an assessor has set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#override: Option<Override>,
}

/// A tier that an assessor sets by hand, for a time and with a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The tier.
    pub tier: TierId,
    /// Who set it.
    pub by: ActorId,
    /// Why.
    pub why: String,
    /// The first instant at which it no longer holds.
    pub until: DateTime<Utc>,
}

/// How far an assessment came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// There is a composite and a tier.
    Tiered,
    /// Value does not apply: a prospect, ranked by the other dimensions.
    Prospect,
    /// A dimension has no score, so there is no composite.
    Incomplete,
}

/// The four tiers of an assessment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tiers {
    /// From the composite.
    pub computed: Option<TierId>,
    /// After review rules.
    pub settled: Option<TierId>,
    /// Set by an assessor, if in force.
    pub r#override: Option<Override>,
    /// The one that counts: override, else settled, else computed.
    pub effective: Option<TierId>,
}

/// The outcome of assessing one customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// The tier that counts, the same as `tiers.effective`.
    pub tier: Option<TierId>,
    /// The composite score, rounded half-up once from the exact value.
    pub composite: Option<Score>,
    /// The dimension scores, each rounded half-up once; they never feed the composite.
    pub dimensions: ByDimension<Option<Score>>,
    /// The declared composite weight of the inputs that are known and not stale, rounded to four places.
    pub completeness: Share,
    /// How far the assessment came.
    pub standing: Standing,
    /// For a prospect, the composite of the other dimensions.
    pub rank: Option<Score>,
    /// The four tiers.
    pub tiers: Tiers,
}

/// An exact fraction from 0 to 1, reduced, with its decimal rounded half-up to six places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratio {
    /// The fraction, such as `57/200`.
    pub fraction: String,
    /// The decimal, such as `0.285`.
    pub decimal: DecimalText,
}

impl Ratio {
    pub(crate) fn new<N: Nat>(fraction: &Fraction<N>) -> Self {
        let exact = fraction.reduced();
        let millionths = match exact.rounded(1_000_000) {
            Some(millionths) => millionths.to_big(),
            None => exact.to_big().rounded(1_000_000).unwrap_or_default(),
        };
        let decimal = Decimal::new(i64::try_from(millionths).unwrap_or_default(), 6);
        Self {
            fraction: alloc::format!("{}/{}", exact.num.to_text(), exact.den.to_text()),
            decimal: DecimalText(decimal.normalize()),
        }
    }
}

/// How an indicator's input was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputState {
    /// Known and fresh.
    Known,
    /// Known, too old, and used all the same.
    Stale,
    /// Missing, whatever the cause.
    Missing,
    /// Not applicable.
    NotApplicable,
}

/// What one indicator contributes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// The indicator.
    pub indicator: IndicatorId,
    /// Its dimension.
    pub dimension: Dimension,
    /// The fact that it reads.
    pub fact: FactId,
    /// How the input was found.
    pub state: InputState,
    /// The input as a number, where it is known.
    pub input: Option<DecimalText>,
    /// Its value from 0 to 1, or what a missing input counts as.
    pub normalised: Option<Ratio>,
    /// Its share of the composite after renormalising; of the rank, for a prospect.
    pub weight: Option<Ratio>,
    /// Its points of the shown composite, or of the rank; all together add up to it.
    pub points: Option<Score>,
}
