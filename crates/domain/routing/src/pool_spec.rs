//! Pool policies as people write them.
use alloc::vec::Vec;

use guanxi_condition::{ConditionSpec, Span, VocabularySpec, WeekStart};
use guanxi_core::{FactId, Zone};
use serde::{Deserialize, Serialize};

use crate::id::RuleId;
use crate::spec::Unknown;

/// What a pool policy says: who may claim a record of the pool, and when a record falls back into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PoolSpec {
    /// What conditions may name.
    #[serde(default)]
    pub vocabulary: VocabularySpec,
    /// The zone whose days and clock count; UTC, if left out.
    #[serde(default)]
    pub zone: Zone,
    /// The day on which the weeks of conditions begin; Monday, if left out.
    #[serde(default, skip_serializing_if = "is_monday")]
    pub week_start: WeekStart,
    /// Who may claim; anybody, if left out.
    #[serde(default)]
    pub claims: ClaimRules,
    /// What is never recycled as long as one of these holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub protect: Vec<ProtectSpec>,
    /// When a record is recycled, in order: the first rule that holds decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recycle: Vec<RecycleSpec>,
}

fn is_monday(day: &WeekStart) -> bool {
    *day == WeekStart::Monday
}

/// Who may claim. What is left out is not limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClaimRules {
    /// The most records that a person claims on one day of the zone; 0 for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day: Option<u32>,
    /// The most records that a person holds; 0 for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holding: Option<u32>,
    /// How long after the release its owner of before cannot claim a record again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_after: Option<Span>,
    /// How long after it has come into the pool nobody can claim a record that never had an owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_after: Option<Span>,
}

/// What is never recycled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProtectSpec {
    /// The code of the protection.
    pub id: RuleId,
    /// When it holds.
    pub when: ConditionSpec,
    /// What it means if nobody knows whether it holds; that it fails, if left out.
    #[serde(default)]
    pub unknown: Unknown,
}

/// When some records are recycled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecycleSpec {
    /// The code of the rule.
    pub id: RuleId,
    /// Which records it is about; all, if left out.
    #[serde(default = "always")]
    pub when: ConditionSpec,
    /// What it means if nobody knows whether it holds; that it fails, if left out.
    #[serde(default)]
    pub unknown: Unknown,
    /// From when on time is counted.
    #[serde(default)]
    pub since: Since,
    /// How long afterwards a record is recycled, on the clock of the zone.
    pub after: Span,
    /// How long before that its owner is warned; not at all, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn: Option<Span>,
}

fn always() -> ConditionSpec {
    ConditionSpec("always".into())
}

/// From when on time is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// From the last follow-up by the present owner; as long as there is none, from the assignment.
    #[default]
    FollowUp,
    /// From the assignment to the present owner.
    Assignment,
    /// From a fact of the record, an instant, or a day, which begins in the zone.
    Fact(FactId),
}
