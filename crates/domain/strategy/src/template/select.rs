//! Which templates a customer has at an instant, and why.
use alloc::string::String;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::{Finding, Given, Moment, Truth, normalise};
use guanxi_core::{Basis, Decision, Fact, FactId, FactValue};
use guanxi_policy::Head;

use super::policy::{StrategiesDocument, StrategyPolicy, Template};
use super::reason::StrategyReason;
use super::selected::Selected;
use super::spec::TemplateKind;

/// Selects the templates of a customer: of every kind the one that asks for most among those that apply, the first
/// in the document if several do.
///
/// A template applies while all that it asks holds; what is not known does not hold. Reasons come by kind, in the
/// order of [`TemplateKind::ALL`]: the template selected and the leaves that decide for it, or that there is none;
/// then, in the order of the document, the others that apply, and those that one answer alone would let apply.
/// Then come codes that the document does not know, what was missing, and the document's validity.
///
/// `next_change` is the first instant at which the same call has another outcome, or at which the document comes
/// into force or ends.
///
/// ```
/// use guanxi_condition::Given;
/// use guanxi_core::{FactMap, FactValue, fact_id, parse_instant};
/// use guanxi_strategy::{labels, select, strategy_preset};
///
/// let standard = strategy_preset("standard").ok_or("no such preset")?;
/// let facts = FactMap::new().with(fact_id!("tier"), FactValue::Text("key".into()), None);
/// let given = Given { facts: &facts, events: None };
/// let decision = select(&standard, &given, parse_instant("2026-06-30")?);
/// assert_eq!(decision.outcome.strategy.map(|id| id.to_string()), Some("raise_stickiness".into()));
/// let english = labels("en").ok_or("no such language")?.with(standard.body().label_pack("en"));
/// assert_eq!(decision.reasons[1].text(&english), "Strategy: Make staying easy and find what else can grow");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn select(
    document: &StrategiesDocument,
    given: &Given<'_>,
    as_of: DateTime<Utc>,
) -> Decision<Selected, StrategyReason> {
    let policy = document.body();
    let asked = Asked { policy, given, moment: policy.moment(as_of) };
    let mut outcome = Selected::default();
    let (mut reasons, mut findings, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for kind in TemplateKind::ALL {
        let selected = policy.ranked(kind).find(|template| asked.applies(template));
        changes.extend(asked.change(kind, selected));
        asked.explain(kind, selected, &mut reasons, &mut findings);
        if let Some(template) = selected {
            outcome = outcome.with(kind, template.id.clone());
        }
    }
    asked.unknown_codes(&mut reasons);
    reasons.extend(findings.into_iter().map(|finding| StrategyReason::Missing { finding }));
    let Head { effective_from: from, effective_to: to, .. } = *document.head();
    if !document.head().in_force(as_of) {
        reasons.push(StrategyReason::PolicyNotInForce { from, to });
    }
    let next_change = [from, to].into_iter().flatten().chain(changes).filter(|at| *at > as_of).min();
    let basis = Basis { policy: document.stamp(), reference: None };
    Decision { outcome, reasons, basis, as_of, next_change }
}

/// One question for the templates of a customer.
struct Asked<'a> {
    policy: &'a StrategyPolicy,
    given: &'a Given<'a>,
    moment: Moment,
}

impl Asked<'_> {
    fn applies(&self, template: &Template) -> bool {
        template.whole.holds(self.given, &self.moment).is_true()
    }

    /// When time alone selects another template of a kind: when one that comes before it begins to apply, or it
    /// applies no longer.
    fn change(&self, kind: TemplateKind, selected: Option<&Template>) -> Option<DateTime<Utc>> {
        let mut change: Option<DateTime<Utc>> = None;
        for template in self.policy.ranked(kind) {
            let is_selected = selected.is_some_and(|selected| selected.id == template.id);
            let turned = |truth: Truth| truth.is_true() != is_selected;
            let next = match change {
                None => template.whole.next_time(self.given, &self.moment, turned),
                Some(end) => template.whole.next_time_before(self.given, &self.moment, end, turned),
            };
            change = next.or(change);
            if is_selected {
                break;
            }
        }
        change
    }

    fn explain(
        &self,
        kind: TemplateKind,
        selected: Option<&Template>,
        reasons: &mut Vec<StrategyReason>,
        findings: &mut Vec<Finding>,
    ) {
        if let Some(template) = selected {
            let id = || template.id.clone();
            reasons.push(StrategyReason::Selected { kind, template: id() });
            let deciding = template.whole.explain(self.given, &self.moment).deciding;
            reasons.extend(deciding.into_iter().map(|leaf| StrategyReason::Holds { template: id(), leaf }));
        } else if self.policy.ranked(kind).next().is_some() {
            reasons.push(StrategyReason::NoneSelected { kind });
        }
        for template in self.policy.templates().filter(|template| template.kind == kind) {
            let by = selected.filter(|selected| selected.id != template.id);
            if selected.is_some() && by.is_none() {
                continue;
            }
            let explained = template.whole.explain(self.given, &self.moment);
            let id = || template.id.clone();
            if let Some(by) = by.filter(|_| explained.truth.is_true()) {
                reasons.push(StrategyReason::Outranked { template: id(), by: by.id.clone() });
                continue;
            }
            if explained.truth == Truth::Unknown {
                for finding in explained.findings {
                    if !findings.contains(&finding) {
                        findings.push(finding);
                    }
                }
            }
            // That a fact has another code says no more than that the template is for others.
            if template.asks() > 1 || template.when.is_some() {
                reasons.extend(explained.near_misses.into_iter().map(|near| StrategyReason::Near {
                    template: id(),
                    leaf: near.leaf,
                    distance: near.distance,
                }));
            }
        }
    }

    /// Codes that are not among those that the document says there are.
    fn unknown_codes(&self, reasons: &mut Vec<StrategyReason>) {
        for (fact, known) in self.policy.codes.iter() {
            let Ok(fact) = FactId::new(fact) else { continue };
            let Fact::Known { value, observed_at } = self.given.facts.fact(&fact) else { continue };
            if observed_at.is_some_and(|at| at > self.moment.as_of) {
                continue;
            }
            let mut check = |given: &String| {
                let wanted = normalise(given);
                if !known.iter().any(|code| normalise(code.as_str()) == wanted) {
                    let (fact, given) = (fact.clone(), given.clone());
                    reasons.push(StrategyReason::UnknownCode { fact, given });
                }
            };
            match value {
                FactValue::Text(given) => check(given),
                FactValue::Set(all) => all.iter().for_each(check),
                _ => {}
            }
        }
    }
}
