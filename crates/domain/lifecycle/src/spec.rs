//! A definition of a life cycle as people write it.
use alloc::vec::Vec;

use guanxi_condition::{ConditionSpec, Span, VocabularySpec, WeekStart};
use guanxi_core::{EventPattern, FactId, Zone};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{EdgeId, FlagId, RegressId, RoleId, StageId};

/// The most stages of a definition.
pub const MAX_STAGES: usize = 64;
/// The most edges of a definition.
pub const MAX_EDGES: usize = 256;
/// The most flags of a definition.
pub const MAX_FLAGS: usize = 64;

/// What a definition says: the stages, and all ways into, between and out of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LifecycleSpec {
    /// What guards may name: facts, attributes of events, and kinds of events of the host's own.
    #[serde(default)]
    pub vocabulary: VocabularySpec,
    /// The zone in which days begin and spans are counted; UTC, if left out.
    #[serde(default)]
    pub zone: Zone,
    /// The day on which weeks begin; Monday, if left out.
    #[serde(default)]
    pub week_start: WeekStart,
    /// 1 to 64 stages. Open ones stand in the order in which a customer rises: `highest` follows it.
    pub stages: Vec<StageSpec>,
    /// 1 to 256 edges, in the order in which they are tried: the first that may be taken is taken.
    pub edges: Vec<EdgeSpec>,
    /// At most 64 flags beside the stage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<FlagSpec>,
}

/// One stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StageSpec {
    /// Its name; `none` and `any` are taken.
    pub id: StageId,
    /// What kind of stage it is; open, if left out.
    #[serde(default)]
    pub kind: StageKind,
}

/// What kind of stage it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StageKind {
    /// A step of the ladder that customers rise.
    #[default]
    Open,
    /// Beside the ladder: whoever is there may come back, and it never is the highest stage reached.
    Parked,
    /// The end: no edge leads out of it.
    Terminal,
}

/// One edge: a way into a stage, and all that stands before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EdgeSpec {
    /// Its name.
    pub id: EdgeId,
    /// Where it leaves from.
    pub from: Origin,
    /// Where it leads to.
    pub to: StageId,
    /// The events that take it. Without any, the edge is *timed*: it is taken by itself at the first
    /// instant at which nothing stands before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<EventPattern>,
    /// What must hold: a condition as text, or as a tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<ConditionSpec>,
    /// What an unknown answer to `when` counts as; needed wherever there is a `when`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Unknown>,
    /// Facts that must be known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<FactId>,
    /// The role that must have approved, by an event `approval.given` since the stage was entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<RoleId>,
    /// How long the customer must have been in the stage that is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Span>,
    /// Why it leads back, for edges that do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regress: Option<RegressId>,
    /// Whether a new cycle begins with it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub new_cycle: bool,
    /// How soon and how often it may be taken again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reentry: Option<ReentrySpec>,
}

/// How soon and how often a stage may be entered again by an edge. At least one of the two is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReentrySpec {
    /// How long ago the customer must have left the stage last; no matter, if it never was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cool_down: Option<Span>,
    /// How often this edge may be taken in all, 1 to 1 000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u16>,
}

/// One flag: something that is true or not of a customer, beside the stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FlagSpec {
    /// Its name.
    pub id: FlagId,
    /// The stages beside which it may stand; every one that is not terminal, if left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<StageId>,
    /// What it says: a condition as text, or as a tree.
    pub when: ConditionSpec,
    /// What an unknown answer counts as.
    pub unknown: Unknown,
}

/// What an unknown answer counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// As if it did not hold.
    Fails,
    /// As if it held.
    Holds,
}

/// Where an edge leaves from: `"none"`, `"any"`, or a list of stages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub enum Origin {
    /// Nowhere yet: it leads into the life cycle.
    Nowhere,
    /// Every stage that is not terminal, but the one it leads to.
    Any,
    /// These stages.
    Stages(Vec<StageId>),
}

/// Why something does not say where an edge leaves from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected `none`, `any` or a list of stages")]
pub struct OriginError;

impl TryFrom<Value> for Origin {
    type Error = OriginError;

    fn try_from(value: Value) -> Result<Self, OriginError> {
        match value {
            Value::String(word) if word == "none" => Ok(Self::Nowhere),
            Value::String(word) if word == "any" => Ok(Self::Any),
            list @ Value::Array(_) => serde_json::from_value(list).map(Self::Stages).map_err(|_| OriginError),
            _ => Err(OriginError),
        }
    }
}

impl From<Origin> for Value {
    fn from(origin: Origin) -> Self {
        match origin {
            Origin::Nowhere => "none".into(),
            Origin::Any => "any".into(),
            Origin::Stages(stages) => stages.iter().map(StageId::as_str).collect(),
        }
    }
}

/// Kinds of events that the life cycle itself gives a meaning; every definition knows them.
///
/// Their attributes are texts. Of every event that causes a move, `by` and `why` go into the move, if they
/// are an `ActorId` and a [`Remark`](crate::Remark).
pub mod kinds {
    use guanxi_core::EventKind;

    /// Somebody wants a customer moved: attribute `to` names the stage, `by` who, `why` the reason. It
    /// takes an edge like any other event: one that lists it, to that stage, past all its guards.
    pub const MOVED: &str = "stage.moved";
    /// Somebody approves: attribute `edge` names the edge, `role` in which role, `by` who.
    pub const APPROVED: &str = "approval.given";
    /// Made for guards alone, never given: one event at the instant since which the customer has been,
    /// without a break and in one cycle, in the stages that the edge leaves from.
    pub const STAY: &str = "stay.began";

    /// The three.
    #[must_use]
    pub fn all() -> [EventKind; 3] {
        [MOVED, APPROVED, STAY].map(EventKind::checked)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Origin {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "Origin".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let stage = generator.subschema_for::<StageId>();
        schemars::json_schema!({
            "description": "none for a way into the life cycle, any for every stage that is not terminal, or stages.",
            "anyOf": [{"enum": ["none", "any"]}, {"type": "array", "minItems": 1, "items": stage}]
        })
    }
}
