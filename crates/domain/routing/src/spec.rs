//! Routing policies as people write them.
use alloc::vec::Vec;

use guanxi_condition::{ConditionSpec, VocabularySpec, WeekStart};
use guanxi_core::{ActorId, FactId, Zone};
use serde::{Deserialize, Serialize};

use crate::id::{QueueId, RuleId};
use crate::term::ResponseTerm;

/// What a routing policy says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RoutingSpec {
    /// What conditions may name.
    #[serde(default)]
    pub vocabulary: VocabularySpec,
    /// Where days begin, of allowances and of conditions; UTC, if left out.
    #[serde(default)]
    pub zone: Zone,
    /// The day on which the weeks of conditions begin; Monday, if left out.
    #[serde(default, skip_serializing_if = "is_monday")]
    pub week_start: WeekStart,
    /// Whether the present owner comes first; `first`, if left out.
    #[serde(default)]
    pub owner: OwnerRule,
    /// Which facts of an item ask for people who fit.
    #[serde(default, rename = "match", skip_serializing_if = "MatchSpec::is_empty")]
    pub matching: MatchSpec,
    /// The fact by which a batch is ordered, the greatest number first; by arrival, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<FactId>,
    /// The queues. Who takes turns in them says the roster.
    pub queues: Vec<QueueId>,
    /// The rules, in order: the first one that holds decides.
    #[serde(default)]
    pub rules: Vec<RuleSpec>,
    /// The queues that are tried, in order, where no rule holds or nobody of its targets can take the item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fallback: Vec<QueueId>,
    /// Within what time to respond, in order: the first one that holds decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub response: Vec<ResponseSpec>,
}

fn is_monday(day: &WeekStart) -> bool {
    *day == WeekStart::Monday
}

/// Whether the present owner of an item keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OwnerRule {
    /// If the owner passes the hard filters, whatever capacity is in use.
    #[default]
    First,
    /// If the owner passes the hard filters and has the capacity.
    WithinCapacity,
    /// Not at all: the item goes where the rules send it.
    Ignored,
}

/// Which facts of an item ask for people who fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MatchSpec {
    /// A text or set: the person has all of these skills.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skills: Option<NeedSpec>,
    /// A text or set: the person works in one of these territories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territories: Option<NeedSpec>,
    /// A text or set: the person speaks one of these languages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub languages: Option<NeedSpec>,
}

impl MatchSpec {
    const fn is_empty(&self) -> bool {
        self.skills.is_none() && self.territories.is_none() && self.languages.is_none()
    }
}

/// A fact that asks for people who fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NeedSpec {
    /// The fact, a text or a set of the vocabulary.
    pub fact: FactId,
    /// Who fits an item of which the fact is missing; anyone, if left out.
    #[serde(default)]
    pub missing: Missing,
}

/// Who fits an item of which a fact is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Everybody.
    #[default]
    Anyone,
    /// Only people who are not limited in this at all.
    Unlimited,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// The code of the rule.
    pub id: RuleId,
    /// When it holds: a condition, as text or as a tree.
    pub when: ConditionSpec,
    /// What it means if nobody knows whether it holds; that it fails, if left out.
    #[serde(default)]
    pub unknown: Unknown,
    /// Whether the present owner comes first, if by this rule otherwise than by the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<OwnerRule>,
    /// Who gets it: these targets are tried in order, then the fallback.
    pub to: Vec<Target>,
}

/// What a condition means of which nobody knows whether it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// That it does not hold.
    #[default]
    Fails,
    /// That it holds.
    Holds,
}

/// Who may get an item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Whoever's turn it is in a queue.
    Queue(QueueId),
    /// One person, who need not be in any queue.
    Person(ActorId),
}

/// Within what time to respond to some items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ResponseSpec {
    /// The code of the rule.
    pub id: RuleId,
    /// When it holds: a condition, as text or as a tree; always, if left out.
    #[serde(default = "always")]
    pub when: ConditionSpec,
    /// What it means if nobody knows whether it holds; that it fails, if left out.
    #[serde(default)]
    pub unknown: Unknown,
    /// Within what time.
    pub within: ResponseTerm,
}

fn always() -> ConditionSpec {
    ConditionSpec("always".into())
}
