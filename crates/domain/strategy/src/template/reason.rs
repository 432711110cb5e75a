//! Why a customer has a template.
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::{Finding, LeafAnswer};
use guanxi_core::{Arg, DecimalText, FactId, ReasonCode};
use guanxi_policy::LabelPack;
use serde::{Deserialize, Serialize};

use super::id::TemplateId;
use super::spec::TemplateKind;

/// One reason of a selection; their order is said at [`select`](crate::select).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum StrategyReason {
    /// The template of a kind.
    Selected {
        /// The kind.
        kind: TemplateKind,
        /// The template.
        template: TemplateId,
    },
    /// No template of a kind applies.
    NoneSelected {
        /// The kind.
        kind: TemplateKind,
    },
    /// A leaf that decides for the template selected.
    Holds {
        /// The template.
        template: TemplateId,
        /// The leaf with what it found.
        leaf: LeafAnswer,
    },
    /// Another template applies as well, but the one selected asks for more, or stands first.
    Outranked {
        /// The template.
        template: TemplateId,
        /// The one selected.
        by: TemplateId,
    },
    /// A template that would apply if this leaf alone had another answer.
    Near {
        /// The template.
        template: TemplateId,
        /// The leaf with what it found.
        leaf: LeafAnswer,
        /// How far the number found is from the one asked for, where numbers are compared.
        distance: Option<DecimalText>,
    },
    /// A code that the document says there is not.
    UnknownCode {
        /// The fact.
        fact: FactId,
        /// Its code.
        given: String,
    },
    /// What was missing or did not fit where it left open whether a template applies; each once.
    Missing {
        /// What.
        finding: Finding,
    },
    /// The document is not in force.
    PolicyNotInForce {
        /// From when it is.
        from: Option<DateTime<Utc>>,
        /// The first instant at which it no longer is.
        to: Option<DateTime<Utc>>,
    },
}

impl StrategyReason {
    /// The template that it is about.
    #[must_use]
    pub const fn template(&self) -> Option<&TemplateId> {
        match self {
            Self::Selected { template, .. }
            | Self::Holds { template, .. }
            | Self::Outranked { template, .. }
            | Self::Near { template, .. } => Some(template),
            Self::NoneSelected { .. }
            | Self::UnknownCode { .. }
            | Self::Missing { .. }
            | Self::PolicyNotInForce { .. } => None,
        }
    }

    /// The reason in words, with those of [`labels`](crate::labels): its template is `selecting.CODE`, and a leaf
    /// says what it found.
    #[must_use]
    pub fn text(&self, pack: &LabelPack) -> String {
        let mut args = self.args();
        let said = match self {
            Self::Holds { leaf, .. } | Self::Near { leaf, .. } => Some(("leaf", leaf.text(pack))),
            Self::Missing { finding } => Some(("finding", finding.text(pack))),
            _ => None,
        };
        if let Some((name, text)) = said {
            args.retain(|(other, _)| *other != name);
            args.push((name, Arg::Text(text)));
        }
        let code = if matches!(self, Self::Near { distance: Some(_), .. }) { "near_by" } else { self.code() };
        pack.fill("selecting", code, &args)
    }
}

impl ReasonCode for StrategyReason {
    fn code(&self) -> &'static str {
        match self {
            Self::Selected { .. } => "selected",
            Self::NoneSelected { .. } => "none_selected",
            Self::Holds { .. } => "holds",
            Self::Outranked { .. } => "outranked",
            Self::Near { .. } => "near",
            Self::UnknownCode { .. } => "unknown_code",
            Self::Missing { .. } => "missing",
            Self::PolicyNotInForce { .. } => "policy_not_in_force",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let template = |id: &TemplateId| Arg::Label("template", id.to_string());
        let kind = |kind: &TemplateKind| ("kind", Arg::Label("template_kind", kind.code().into()));
        let limit = |at: &Option<DateTime<Utc>>| at.map_or_else(|| Arg::Text("–".into()), Arg::Instant);
        match self {
            Self::Selected { kind: of, template: id } => Vec::from([kind(of), ("template", template(id))]),
            Self::NoneSelected { kind: of } => Vec::from([kind(of)]),
            Self::Holds { template: id, leaf } => {
                Vec::from([("template", template(id)), ("leaf", Arg::Text(leaf.text.clone()))])
            }
            Self::Outranked { template: id, by } => {
                Vec::from([("template", template(id)), ("by", template(by))])
            }
            Self::Near { template: id, leaf, distance } => {
                let distance = distance.map(|distance| ("distance", Arg::Decimal(distance.0)));
                let all = [("template", template(id)), ("leaf", Arg::Text(leaf.text.clone()))];
                all.into_iter().chain(distance).collect()
            }
            Self::UnknownCode { fact, given } => {
                let fact = ("fact", Arg::Label("fact", fact.to_string()));
                Vec::from([fact, ("given", Arg::Text(given.clone()))])
            }
            Self::Missing { finding } => Vec::from([("finding", Arg::Text(finding.code().into()))]),
            Self::PolicyNotInForce { from, to } => Vec::from([("from", limit(from)), ("to", limit(to))]),
        }
    }
}
