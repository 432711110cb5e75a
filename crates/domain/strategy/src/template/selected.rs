//! Which templates a customer has, and how many customers have each.
use alloc::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::id::TemplateId;
use super::spec::TemplateKind;

/// The templates of a customer, one of each kind at most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selected {
    /// The standard of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<TemplateId>,
    /// The strategy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<TemplateId>,
    /// How the class of contribution is looked after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abc_operation: Option<TemplateId>,
    /// How to talk to the persona.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persona: Option<TemplateId>,
    /// What to do in the scenario.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<TemplateId>,
}

impl Selected {
    /// The template of a kind.
    #[must_use]
    pub const fn get(&self, kind: TemplateKind) -> Option<&TemplateId> {
        match kind {
            TemplateKind::Base => self.base.as_ref(),
            TemplateKind::Strategy => self.strategy.as_ref(),
            TemplateKind::AbcOperation => self.abc_operation.as_ref(),
            TemplateKind::Persona => self.persona.as_ref(),
            TemplateKind::Scenario => self.scenario.as_ref(),
        }
    }

    /// The templates, by kind.
    pub fn iter(&self) -> impl Iterator<Item = (TemplateKind, &TemplateId)> {
        TemplateKind::ALL.into_iter().filter_map(|kind| Some((kind, self.get(kind)?)))
    }

    pub(super) fn with(self, kind: TemplateKind, id: TemplateId) -> Self {
        let id = Some(id);
        match kind {
            TemplateKind::Base => Self { base: id, ..self },
            TemplateKind::Strategy => Self { strategy: id, ..self },
            TemplateKind::AbcOperation => Self { abc_operation: id, ..self },
            TemplateKind::Persona => Self { persona: id, ..self },
            TemplateKind::Scenario => Self { scenario: id, ..self },
        }
    }
}

/// How many customers have which template; those of parts of a customer base add up to those of the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelectionCounts {
    /// The customers counted.
    pub customers: u64,
    /// The customers of each template that anybody has.
    pub templates: BTreeMap<TemplateId, u64>,
    /// The customers without a template of a kind; of the kinds of which nobody is without one, nothing.
    pub without: BTreeMap<TemplateKind, u64>,
}

impl SelectionCounts {
    /// Counts one more customer.
    pub fn add(&mut self, selected: &Selected) {
        self.customers = self.customers.saturating_add(1);
        for kind in TemplateKind::ALL {
            let count = match selected.get(kind) {
                Some(id) => self.templates.entry(id.clone()).or_default(),
                None => self.without.entry(kind).or_default(),
            };
            *count = count.saturating_add(1);
        }
    }

    /// Counts the customers of another part as well.
    pub fn merge(&mut self, other: &Self) {
        self.customers = self.customers.saturating_add(other.customers);
        for (id, more) in &other.templates {
            let count = self.templates.entry(id.clone()).or_default();
            *count = count.saturating_add(*more);
        }
        for (kind, more) in &other.without {
            let count = self.without.entry(*kind).or_default();
            *count = count.saturating_add(*more);
        }
    }
}
