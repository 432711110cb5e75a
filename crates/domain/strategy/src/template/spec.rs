//! The body of a document of strategies as people write it.
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use guanxi_calendar::Term;
use guanxi_condition::{ConditionSpec, VocabularySpec, WeekStart};
use guanxi_core::Zone;
use serde::{Deserialize, Serialize};

use super::id::{MeasureId, MetricId, SelectorCode, TemplateId};
use super::target::TargetSpec;
use super::texts::Texts;
use crate::id::{ActionId, RoleId};

/// What a document of strategies says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StrategiesSpec {
    /// What conditions may name. The facts `tier`, `abc_class`, `stage`, `persona` and `scenario` are texts,
    /// unless they are declared as sets here.
    #[serde(default)]
    pub vocabulary: VocabularySpec,
    /// The zone in which days, weeks and months are counted; UTC, if left out.
    #[serde(default)]
    pub zone: Zone,
    /// The first day of a week; Monday, if left out.
    #[serde(default)]
    pub week_start: WeekStart,
    /// The codes that there are: templates then ask for no other, and lint names those without a template.
    #[serde(default, skip_serializing_if = "SelectorsSpec::is_empty")]
    pub codes: SelectorsSpec,
    /// Labels of codes that are the document's own, such as `role.key_account` or `metric.renewals`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, Texts>,
    /// 1 to 500 templates.
    pub templates: Vec<TemplateSpec>,
}

/// Codes by what they are codes of. Of each, 1 to 200, each once; any, if left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SelectorsSpec {
    /// Tiers: the fact `tier`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Vec<SelectorCode>>,
    /// Classes of contribution: the fact `abc_class`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abc_class: Option<Vec<SelectorCode>>,
    /// Stages of the life cycle: the fact `stage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Vec<SelectorCode>>,
    /// Communication personas: the fact `persona`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persona: Option<Vec<SelectorCode>>,
    /// What the company is about with the customer: the fact `scenario`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<Vec<SelectorCode>>,
}

impl SelectorsSpec {
    /// The facts by which templates are selected, in this order.
    pub const FACTS: [&'static str; 5] = ["tier", "abc_class", "stage", "persona", "scenario"];

    /// Whether nothing is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// What is asked, fact by fact, in the order of [`SelectorsSpec::FACTS`].
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &[SelectorCode])> {
        let lists = [&self.tier, &self.abc_class, &self.stage, &self.persona, &self.scenario];
        Self::FACTS.into_iter().zip(lists).filter_map(|(fact, list)| Some((fact, list.as_deref()?)))
    }

    /// The codes of a fact.
    #[must_use]
    pub fn get(&self, fact: &str) -> Option<&[SelectorCode]> {
        self.iter().find(|(name, _)| *name == fact).map(|(_, codes)| codes)
    }
}

/// What a template is for. Of every kind a customer has one template at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TemplateKind {
    /// The standard of service that everybody has.
    Base,
    /// The strategy, by tier.
    Strategy,
    /// How to look after a class of contribution.
    AbcOperation,
    /// How to talk to a persona.
    Persona,
    /// What to do in a scenario.
    Scenario,
}

impl TemplateKind {
    /// All kinds, in the order in which they are shown.
    pub const ALL: [Self; 5] =
        [Self::Base, Self::Strategy, Self::AbcOperation, Self::Persona, Self::Scenario];

    /// The stable code, as it is written.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Strategy => "strategy",
            Self::AbcOperation => "abc_operation",
            Self::Persona => "persona",
            Self::Scenario => "scenario",
        }
    }
}

/// One template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TemplateSpec {
    /// Its name.
    pub id: TemplateId,
    /// What it is for.
    pub kind: TemplateKind,
    /// For whom: every fact named must have one of the codes. Everybody, if left out.
    #[serde(rename = "for", default, skip_serializing_if = "SelectorsSpec::is_empty")]
    pub whom: SelectorsSpec,
    /// A condition that must hold besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<ConditionSpec>,
    /// The core of it, in one sentence.
    pub core: Texts,
    /// What is done, 1 to 50 measures.
    pub measures: Vec<MeasureSpec>,
    /// The roles that answer for it, the first one in the lead; up to 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub responsible: Vec<RoleId>,
    /// What it may draw on; up to 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Texts>,
    /// Within what time a customer is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Term>,
    /// What must come of it, each metric once; up to 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<TargetSpec>,
}

/// Something that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MeasureSpec {
    /// Its name, once in a template.
    pub id: MeasureId,
    /// What it is.
    pub text: Texts,
    /// The roles that do it; those responsible for the template, if left out. Up to 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleId>,
    /// The metrics of the template's targets that it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serves: Vec<MetricId>,
    /// The action templates that carry it out; up to 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<ActionId>,
}
