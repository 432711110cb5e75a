//! The body of a document of tags as people write it.
use alloc::vec::Vec;

use guanxi_condition::{ConditionSpec, Span, VocabularySpec, WeekStart};
use guanxi_core::Zone;
use serde::{Deserialize, Serialize};

use super::id::{TagGroupId, TagId};

/// What a document of tags says: which tags there are, and which of them follow a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TagsSpec {
    /// What rules may name.
    #[serde(default)]
    pub vocabulary: VocabularySpec,
    /// The zone in which days, weeks and months are counted; UTC, if left out.
    #[serde(default)]
    pub zone: Zone,
    /// The first day of a week; Monday, if left out.
    #[serde(default)]
    pub week_start: WeekStart,
    /// Groups of tags of which a subject has one at most; up to 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<TagGroupSpec>,
    /// 1 to 1 000 tags.
    pub tags: Vec<TagSpec>,
    /// Tags that are no more and count as another one; up to 1 000.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merges: Vec<MergeSpec>,
}

/// A group of tags that exclude each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TagGroupSpec {
    /// Its name.
    pub id: TagGroupId,
    /// Which of several wins; the first, if left out.
    #[serde(default)]
    pub wins: Wins,
}

/// Which tag of an exclusive group a subject has, if more than one would be its.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Wins {
    /// The one that the document names first.
    #[default]
    First,
    /// The one that came last: set last, or whose rule holds since the latest instant. Of several at one
    /// instant, the one that the document names first.
    Latest,
}

/// One tag. With `when` it follows a rule, and nobody sets it; without, it is set, by a person or by an
/// import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TagSpec {
    /// Its name.
    pub id: TagId,
    /// The condition that it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<ConditionSpec>,
    /// What becomes of it while the condition's answer is unknown; it is off, if left out. With `when` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<WhenUnknown>,
    /// How long it counts after it was set, up to 100 years; for good, if left out. Without `when` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Span>,
    /// The exclusive group that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<TagGroupId>,
    /// Names that it had before; up to 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<TagId>,
}

/// What becomes of a tag while its condition's answer is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum WhenUnknown {
    /// It is off.
    #[default]
    Off,
    /// It stays as it was in the previous set.
    Keep,
}

/// A tag that is no more: what was set under its name counts as another tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MergeSpec {
    /// The name of the tag that is no more.
    pub from: TagId,
    /// The tag that it counts as: one that is set, or one that is itself merged.
    pub into: TagId,
}
