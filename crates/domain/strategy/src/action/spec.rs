//! Action templates as people write them.
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use chrono::NaiveDate;
use guanxi_calendar::{Shift, ShiftError, Term};
use guanxi_condition::{ConditionSpec, Span, VocabularySpec, WeekStart};
use guanxi_core::{AttributeId, DocumentId, EventPattern, FactId, Zone};
use serde::{Deserialize, Serialize};

use super::cases::CasesSpec;
use super::id::{ChannelId, LegalBasisId, QueueId, StepId, SuppressorId};
use super::period::Period;
use crate::id::{ActionId, RoleId};

/// The most actions of a document.
pub const MAX_ACTIONS: usize = 256;
/// The most steps of an action.
pub const MAX_STEPS: usize = 32;
/// The most suppressors of a document.
pub const MAX_SUPPRESSORS: usize = 64;

/// What a document of actions says: what calls for which action, and what holds it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ActionsSpec {
    /// What conditions may name: facts, attributes of events, and kinds of events of the host's own.
    #[serde(default)]
    pub vocabulary: VocabularySpec,
    /// The zone in which days begin, spans are counted and quiet hours lie; UTC, if left out.
    #[serde(default)]
    pub zone: Zone,
    /// The day on which weeks begin; Monday, if left out.
    #[serde(default)]
    pub week_start: WeekStart,
    /// The calendar that working time is of, by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<DocumentId>,
    /// The fact that names a customer's own calendar, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar_fact: Option<FactId>,
    /// The fact that names the channel that a customer likes best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_fact: Option<FactId>,
    /// The facts that name who plays a role for a customer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<RoleId, FactId>,
    /// Hours in which nothing begins, unless an action says otherwise: it is moved to their end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<Shift>,
    /// How many actions may have caused each other in a row, 1 to 16; 3, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_depth: Option<u8>,
    /// What holds actions back, in the order in which it is told; at most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suppressors: Vec<SuppressorSpec>,
    /// 1 to 256 actions.
    pub actions: Vec<ActionSpec>,
}

/// What an action is for; suppressors look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To make something known 营销.
    Marketing,
    /// To sell 销售.
    Sales,
    /// To serve 服务.
    Service,
    /// To keep a contract 合同.
    Contract,
    /// To show that somebody is thought of 关怀.
    Care,
}

impl Purpose {
    /// All purposes.
    pub const ALL: [Self; 5] = [Self::Marketing, Self::Sales, Self::Service, Self::Contract, Self::Care];

    /// The code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Marketing => "marketing",
            Self::Sales => "sales",
            Self::Service => "service",
            Self::Contract => "contract",
            Self::Care => "care",
        }
    }
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

/// Something that holds actions back. At least one of `when` and `at_most` is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SuppressorSpec {
    /// Its name.
    pub id: SuppressorId,
    /// The purposes that it holds back; all of them, if left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub purposes: Vec<Purpose>,
    /// Whether it holds back contact alone: steps with a channel.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub contact: bool,
    /// The channels that it closes; a step is held back if all of its own are closed. Implies `contact`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<ChannelId>,
    /// While this is true, or unknown, it holds back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<ConditionSpec>,
    /// It holds back while so many contacts of its purposes have begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<CapSpec>,
}

/// How often within what time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CapSpec {
    /// How often, 1 to 1 000.
    pub count: u16,
    /// Within what time.
    pub within: Span,
}

/// One action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ActionSpec {
    /// Its name.
    pub id: ActionId,
    /// What it is for.
    pub purpose: Purpose,
    /// What calls for it.
    pub trigger: TriggerSpec,
    /// Who does it.
    pub owner: CasesSpec<RoleId>,
    /// The channels that it may use, the first one first; without any it is no contact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<ChannelId>,
    /// Why the customer may be contacted for service or contract; without it such a contact is held back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<LegalBasisId>,
    /// How long it may take from its begin.
    pub due: CasesSpec<Term>,
    /// At most 32 steps; one named `main`, if left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepSpec>,
    /// When this is true, whatever is not done of it is cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<ConditionSpec>,
    /// When this happens after it was called for, whatever is not done of it is cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_on: Option<StopOnSpec>,
    /// Whether a system does it and no person: then no trigger of the document sees the events that it brought about.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub automatic: bool,
    /// How long after it was called for it is not called for again. What ceased to be called for before anybody did
    /// anything does not count, here and for `max_runs`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cool_down: Option<Span>,
    /// How often it is called for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_runs: Option<MaxRunsSpec>,
    /// Its own quiet hours instead of those of the document: hours, or `never`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietHours>,
    /// Who is called when it is not done, and when: at most 16, one after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalation: Vec<EscalationSpec>,
    /// From 0 to 100: the greater comes first. 50, if left out.
    #[serde(default = "middle")]
    pub priority: u8,
}

/// The quiet hours of an action: hours such as `20:00-08:00`, or `never`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum QuietHours {
    /// None, whatever the document says.
    Never,
    /// These.
    Hours(Shift),
}

impl QuietHours {
    /// The hours, if there are any.
    #[must_use]
    pub const fn hours(self) -> Option<Shift> {
        match self {
            Self::Never => None,
            Self::Hours(hours) => Some(hours),
        }
    }
}

impl TryFrom<String> for QuietHours {
    type Error = ShiftError;

    fn try_from(text: String) -> Result<Self, ShiftError> {
        if text == "never" { Ok(Self::Never) } else { Shift::try_from(text).map(Self::Hours) }
    }
}

impl From<QuietHours> for String {
    fn from(quiet: QuietHours) -> Self {
        quiet.hours().map_or_else(|| "never".into(), Self::from)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for QuietHours {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "QuietHours".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Hours such as 20:00-08:00, or never.",
            "type": "string",
            "pattern": "^(never|[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2})$"
        })
    }
}

pub(crate) const fn middle() -> u8 {
    50
}

/// What calls for an action: exactly one of `on`, `while`, `after` and `dates`, and what belongs to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TriggerSpec {
    /// Events: each calls once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<EventPattern>,
    /// With `on`: what must be true of the event itself, asked as if nothing else had ever happened:
    /// `last(ticket.closed).severity = "high"`.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub about: Option<ConditionSpec>,
    /// A condition: it calls when it begins to hold, and what it called for is cancelled when it ceases to, if
    /// nobody has begun.
    #[serde(default, rename = "while", skip_serializing_if = "Option::is_none")]
    pub holds: Option<ConditionSpec>,
    /// With `while`: once in every such period instead, at its begin or as soon as the condition holds in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Period>,
    /// With `while`: what it called for stays when it ceases to hold.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub keep: bool,
    /// A condition: it calls when it ceases to hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<ConditionSpec>,
    /// Days: each calls at its begin.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<alloc::string::String>"))]
    pub dates: Vec<NaiveDate>,
    /// With `dates`: how many days ahead, at most 366.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u32>,
    /// With `on` and `dates`: what must hold at that instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<ConditionSpec>,
    /// What an unknown answer of any of the conditions counts as; needed wherever there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Unknown>,
}

/// One step of an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StepSpec {
    /// Its name.
    pub id: StepId,
    /// The steps that must be done before: ones that are written above it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<StepId>,
    /// How long after that it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Term>,
    /// How long it may take from its begin; as long as the action says, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<CasesSpec<Term>>,
    /// Who does it; the one whom the action names, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<CasesSpec<RoleId>>,
    /// Its channels; those of the action, if left out. An empty list makes it no contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<ChannelId>>,
}

/// Events that stop an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StopOnSpec {
    /// The events.
    pub on: Vec<EventPattern>,
    /// The attribute that such an event must have in common with the one that called, or that both must lack; for
    /// an action that events call for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same: Option<AttributeId>,
}

/// How often an action is called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MaxRunsSpec {
    /// How often, 1 to 1 000.
    pub count: u16,
    /// Within what time; in all, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Span>,
}

/// Who is called when a step is not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EscalationSpec {
    /// How long after the begin of the step.
    pub after: Term,
    /// Who does it from then on.
    pub to: RoleId,
    /// The queue that it goes to, if it does: one of the router's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueId>,
}

/// Kinds of events that the planner itself gives a meaning; every document knows them. The attribute `key`
/// names the step, `by` who, `why` the reason. Any event may name, in the attribute `cause`, the key of the step
/// that brought it about.
pub mod action_kinds {
    use guanxi_core::EventKind;

    /// Somebody has begun.
    pub const STARTED: &str = "action.started";
    /// Part of it is done.
    pub const PARTLY_DONE: &str = "action.partly_done";
    /// It is done.
    pub const DONE: &str = "action.done";
    /// Somebody has cancelled it.
    pub const CANCELLED: &str = "action.cancelled";

    /// The four.
    #[must_use]
    pub fn all() -> [EventKind; 4] {
        [STARTED, PARTLY_DONE, DONE, CANCELLED].map(EventKind::checked)
    }
}
