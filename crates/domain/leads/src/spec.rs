//! The body of a lead policy as people write it.
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use guanxi_condition::{ConditionSpec, Span, VocabularySpec, WeekStart};
use guanxi_core::{AttributeId, DecimalText, Score, Share, Zone};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cap::CapSpec;
use crate::id::{BandId, FlagId, GradeId, GroupId, KeyKind, LevelId, RuleId};

/// What a lead policy says: what points there are for, and what they come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LeadSpec {
    /// The facts, attributes of events and own kinds of events that conditions may name.
    #[serde(default)]
    pub vocabulary: VocabularySpec,
    /// Where days begin, for caps per day, windows, steps and conditions. UTC if absent.
    #[serde(default)]
    pub zone: Zone,
    /// The day on which weeks begin, for conditions. Monday if absent.
    #[serde(default)]
    pub week_start: WeekStart,
    /// What fit and engagement weigh in the score.
    pub weights: PartWeightsSpec,
    /// What is known of the lead.
    pub fit: FitSpec,
    /// What the lead does.
    pub engagement: EngagementSpec,
    /// Whom no points can help.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disqualify: Vec<DisqualifySpec>,
    /// What else is worth knowing; it changes no score.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<FlagSpec>,
    /// The bands of the score; the lowest begins at 0.
    pub bands: Vec<BandSpec>,
    /// The matrix of fit and engagement; no grades if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grades: Option<GradesSpec>,
    /// By which exact keys a lead's customer and contacts are known already; by none if absent.
    #[serde(default, skip_serializing_if = "DuplicatesSpec::is_empty")]
    pub duplicates: DuplicatesSpec,
}

/// The weights of the two parts of the score: shares that sum to 1, or whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PartWeightsSpec {
    /// The weight of fit.
    pub fit: DecimalText,
    /// The weight of engagement.
    pub engagement: DecimalText,
}

/// Points for what is known of a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FitSpec {
    /// How many points are a fit of 100.00; the sum of all points above 0 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full: Option<DecimalText>,
    /// The conditions. One that is unknown brings no points and is named.
    pub conditions: Vec<FitConditionSpec>,
}

/// Points for a condition that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FitConditionSpec {
    /// Its name.
    pub id: RuleId,
    /// The condition, as text or as a tree.
    pub when: ConditionSpec,
    /// The points; below 0 they cost. At most 100 000 either way, with at most four decimal places, and not
    /// 0.
    pub points: DecimalText,
}

/// Points for what a lead does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EngagementSpec {
    /// How many points are an engagement of 100.00, and the most that the ledger comes to. 100 if absent.
    #[serde(default = "hundred")]
    pub full: DecimalText,
    /// The rules.
    pub rules: Vec<EngagementRuleSpec>,
    /// Limits across rules.
    #[serde(default, skip_serializing_if = "CapsSpec::is_empty")]
    pub caps: CapsSpec,
}

pub(crate) fn hundred() -> DecimalText {
    DecimalText(rust_decimal::Decimal::ONE_HUNDRED)
}

/// Points for each of some events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EngagementRuleSpec {
    /// Its name.
    pub id: RuleId,
    /// The events: kinds, categories such as `@interaction`, or `@all`.
    pub events: Vec<String>,
    /// Tests of their attributes, all of which must be true, as in conditions: `{"attribute": "net",
    /// "at_least": 100}`.
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<Value>,
    /// A condition without which the rule gives nothing; always, if absent. Unknown, it gives nothing and is
    /// named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<ConditionSpec>,
    /// The points of one event; below 0 they cost. At most 100 000 either way, with at most four decimal
    /// places, and not 0.
    pub points: DecimalText,
    /// The group that the rule belongs to, for caps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// Of events with an equal value of this attribute only the latest counts, such as of several openings of
    /// one message. An event without the attribute counts by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub once_by: Option<AttributeId>,
    /// The most points of the rule before decay, in either direction, above 0: the latest events bring them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<DecimalText>,
    /// How the points lessen with age; they never do, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decay: Option<DecaySpec>,
}

/// How points lessen with age. Several of these work together: what is left is their product.
///
/// Age is counted in whole seconds of both instants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DecaySpec {
    /// The event counts up to, and not at, this much after it occurred; then it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Span>,
    /// From each of these ages on only a share is left: shares descend as ages ascend.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepSpec>,
    /// The points lessen evenly to nothing over this span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linear: Option<Span>,
    /// Half of the points are left after this, a quarter after twice as long: hours, days of 24 hours or
    /// weeks of 7 such days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_life: Option<Span>,
}

/// A share that is left from an age on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StepSpec {
    /// The age.
    pub after: Span,
    /// The share that is left, below 1, with at most four decimal places.
    pub share: Share,
}

/// Limits across rules, each after decay: first of groups, then of days, then of sources.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CapsSpec {
    /// Of the points of a group of rules.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<GroupId, CapSpec>,
    /// Of the points of the events of one day of the zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<CapSpec>,
    /// Of the points of the events of one source; those without a source are one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<CapSpec>,
}

impl CapsSpec {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A condition that takes all points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DisqualifySpec {
    /// Its name.
    pub id: RuleId,
    /// The condition, as text or as a tree. Unknown, it takes nothing and is named.
    pub when: ConditionSpec,
}

/// A condition that is only told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FlagSpec {
    /// Its name.
    pub id: FlagId,
    /// The condition, as text or as a tree. Unknown, it is not raised and is named.
    pub when: ConditionSpec,
}

/// A band of scores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BandSpec {
    /// Its name.
    pub id: BandId,
    /// The least score of the band.
    pub from: Score,
}

/// The matrix of fit and engagement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GradesSpec {
    /// The levels of fit; the lowest begins at 0.
    pub fit: Vec<LevelSpec>,
    /// The levels of engagement; the lowest begins at 0.
    pub engagement: Vec<LevelSpec>,
    /// The cells; together they cover every pair of levels exactly once.
    pub cells: Vec<CellSpec>,
}

/// A level of fit or engagement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LevelSpec {
    /// Its name.
    pub id: LevelId,
    /// The least score of the level.
    pub from: Score,
}

/// A grade and a block of cells that have it; a grade may have several blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CellSpec {
    /// The grade.
    pub grade: GradeId,
    /// The levels of fit; all if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fit: Option<Vec<LevelId>>,
    /// The levels of engagement; all if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engagement: Option<Vec<LevelId>>,
}

/// By which exact keys a party is known already, when a lead is converted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DuplicatesSpec {
    /// Of organisations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub organisation: Vec<KeySpec>,
    /// Of persons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub person: Vec<KeySpec>,
}

impl DuplicatesSpec {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What an equal key of a kind means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KeySpec {
    /// The kind of key, such as `registration_number`, `email`, `phone` or `name`.
    pub key: KeyKind,
    /// What it means if a party has an equal one.
    pub verdict: Verdict,
}

/// What an equal exact key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// They are the same party.
    Same,
    /// They may be: somebody has to look.
    Review,
}

impl Verdict {
    /// The code, as it is written.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Review => "review",
        }
    }
}
