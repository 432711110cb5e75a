//! The body of a settling rule as people write it.
use alloc::vec::Vec;

use guanxi_core::{Score, UtcOffset};
use serde::{Deserialize, Serialize};

use crate::review::ReviewDay;

/// What a settling rule says: when and how far a class may rise and fall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SettleSpec {
    /// How a class rises.
    pub up: UpSpec,
    /// How it falls.
    pub down: DownSpec,
    /// The days of review; needed if anything happens at reviews only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviews: Option<ReviewsSpec>,
}

/// How a class rises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UpSpec {
    /// When.
    pub when: When,
    /// The most classes at once, 1 to 255; any number, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<u8>,
    /// The points above its floor that a score needs to rise into a class; 0 if left out. The bound is
    /// never above 100.00, so no class is out of reach.
    #[serde(default = "nothing")]
    pub margin: Score,
    /// The days that a class must have been held before it may rise; 0 if left out. A day is 24 hours.
    #[serde(default)]
    pub dwell_days: u16,
}

/// How a class falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DownSpec {
    /// When.
    pub when: When,
    /// The most classes at once, 1 to 255; any number, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<u8>,
    /// The points below its floor that a score may lie before the class falls; 0 if left out. The bound
    /// is never below 0.01, so no class is for ever.
    #[serde(default = "nothing")]
    pub margin: Score,
    /// The days that a class must have been held before it may fall; 0 if left out. A day is 24 hours.
    #[serde(default)]
    pub dwell_days: u16,
    /// The days that a score must have been too low before the class falls; 0 if left out. They begin
    /// anew when the score recovers and when the class changes.
    #[serde(default)]
    pub grace_days: u16,
}

/// When a class may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// At any time.
    Now,
    /// At a review.
    AtReview,
    /// Never, by this rule.
    Never,
}

/// The days of review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReviewsSpec {
    /// Days that come every year, `MM-DD`, at least one.
    pub days: Vec<ReviewDay>,
    /// Where the days begin: a fixed offset from UTC; UTC itself, if left out.
    #[serde(default)]
    pub offset: UtcOffset,
}

const fn nothing() -> Score {
    Score::MIN
}
