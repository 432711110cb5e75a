//! What is suspicious in a document of strategies.
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use guanxi_condition::normalise;
use guanxi_policy::Warning;

use super::terms::Clock;
use super::{LintContext, Warnings};
use crate::template::{
    Measure, SelectorCode, SelectorsSpec, StrategiesDocument, StrategyPolicy, Template, TemplateKind,
};

/// What is legal in a document of strategies, but probably not meant.
///
/// First what concerns it as a whole, then template by template, in the order of the document:
///
/// | code | found |
/// |---|---|
/// | `no_base_standard` | no template of the kind `base` is for everybody |
/// | `tiers_not_declared` | tiers are asked for, and `codes` does not say which there are |
/// | `code_without_template` | a tier, class, persona or scenario that no template of its kind is for, or none that asks for nothing more |
/// | `unused_fact` | a fact of the vocabulary that no condition reads |
/// | `untranslated`, `unlabelled` | a text or a label is missing in a language that others have |
/// | `customers_without_template` | customers of the sample who have no template of a kind |
/// | `same_measures` | two tiers with the same measures: a strategy that makes no difference |
/// | `shadowed` | another template of the kind is always selected in its place |
/// | `never_selected` | no customer of the sample has it |
/// | `target_not_served` | a target that no measure serves |
/// | `serves_nothing` | a measure that serves none of the template's targets |
/// | `nobody_responsible` | nobody answers for the template |
/// | `unknown_action` | an action that no document of actions has |
/// | `due_impossible`, `due_while_closed` | an answer that cannot be given in time by a calendar |
///
/// And what is suspicious in a condition itself.
#[must_use]
pub fn lint_strategies(document: &StrategiesDocument, context: &LintContext<'_>) -> Vec<Warning> {
    let policy = document.body();
    let mut warnings = Warnings::default();
    warnings.whole(policy);
    warnings.untranslated(policy);
    warnings.left_out(context);
    let clocks = Clock::all(context.calendars);
    for (place, template) in policy.templates().enumerate() {
        let path = format!("body.templates[{place}]");
        warnings.beside_others(&path, place, template, policy);
        warnings.sampled(&path, template, context);
        warnings.aims(&path, template);
        warnings.hands(&path, template, context);
        if let Some(condition) = template.when() {
            warnings.condition(&format!("{path}.when"), condition);
        }
        if let Some(term) = template.response() {
            for clock in &clocks {
                warnings.term(&format!("{path}.response"), term, clock);
            }
        }
    }
    warnings.0
}

/// The kind of templates that the codes of a fact are for.
fn kind_of(fact: &str) -> Option<TemplateKind> {
    match fact {
        "tier" => Some(TemplateKind::Strategy),
        "abc_class" => Some(TemplateKind::AbcOperation),
        "persona" => Some(TemplateKind::Persona),
        "scenario" => Some(TemplateKind::Scenario),
        _ => None,
    }
}

impl Warnings {
    fn whole(&mut self, policy: &StrategyPolicy) {
        let for_all = |template: &Template| template.kind() == TemplateKind::Base && template.asks() == 0;
        if !policy.templates().any(for_all) {
            let found = "no template of the kind `base` is for everybody";
            let advice =
                "state the service that every customer has, so that ordinary ones do not pay for the others";
            self.warn("body.templates", "no_base_standard", found, advice);
        }
        if policy.codes().tier.is_none() && policy.templates().any(|template| template.whom().tier.is_some())
        {
            let found = "it is not said which tiers there are, so nobody can tell whether one was forgotten";
            self.warn("body", "tiers_not_declared", found, "list them in `codes.tier`");
        }
        for (fact, codes) in policy.codes().iter() {
            for (place, code) in codes.iter().enumerate() {
                self.without_template(fact, place, code, policy);
            }
        }
        let conditions = || policy.templates().filter_map(Template::when);
        self.unused_facts(policy.vocabulary(), |fact| {
            SelectorsSpec::FACTS.contains(&fact.as_str())
                || conditions().any(|condition| condition.fact_ids().iter().any(|read| read == fact))
        });
    }

    /// A code that no template is for; or, where it has a kind of its own, none that asks for nothing more. Whether
    /// several that do cover it together is not looked at.
    fn without_template(&mut self, fact: &str, place: usize, code: &SelectorCode, policy: &StrategyPolicy) {
        let kind = kind_of(fact);
        let is_for = |template: &&Template| {
            kind.is_none_or(|kind| kind == template.kind())
                && template.whom().get(fact).is_none_or(|whom| has(whom, code))
        };
        let asks_more = |template: &Template| {
            template.when().is_some() || template.whom().iter().any(|(other, _)| other != fact)
        };
        let mut all = policy.templates().filter(is_for).peekable();
        let path = format!("body.codes.{fact}[{place}]");
        let of_kind = kind.map_or(String::new(), |kind| format!(" of the kind `{}`", kind.code()));
        let Some(first) = all.peek().map(|template| template.id()) else {
            let found = format!("no template{of_kind} is for the {fact} `{code}`");
            let advice = "write one, or name it in one that exists";
            self.warn(path, "code_without_template", found, advice);
            return;
        };
        if kind.is_some() && all.all(asks_more) {
            let found = format!(
                "no template{of_kind} is for the {fact} `{code}` whatever else is known: `{first}` asks for more"
            );
            let advice = "write one that asks for nothing more, so that all who have it have a template";
            self.warn(path, "code_without_template", found, advice);
        }
    }

    fn left_out(&mut self, context: &LintContext<'_>) {
        let Some(counts) = context.selections else { return };
        for (kind, without) in &counts.without {
            // That a customer has no persona or scenario is nothing to wonder at.
            if matches!(kind, TemplateKind::Base | TemplateKind::Strategy) {
                let found = format!("{without} of {} customers have no `{}`", counts.customers, kind.code());
                let advice = "write a template that is for them, or see why their facts are missing";
                self.warn("body.templates", "customers_without_template", found, advice);
            }
        }
    }

    /// What a template is among the others.
    fn beside_others(&mut self, path: &str, place: usize, template: &Template, policy: &StrategyPolicy) {
        let before = || policy.templates().take(place);
        if template.kind() == TemplateKind::Strategy {
            let same = |other: &&Template| {
                other.kind() == TemplateKind::Strategy
                    && other.whom().tier != template.whom().tier
                    && (ids(other) == ids(template) || words(other) == words(template))
            };
            if let Some(other) = before().find(same) {
                let found = format!("`{}` has the same measures as `{}`", template.id(), other.id());
                let advice = "two tiers that are treated alike need no two strategies: tell them apart";
                self.warn(format!("{path}.measures"), "same_measures", found, advice);
            }
        }
        // One that stands before, asks for as much, and applies wherever this one does.
        let covers = |other: &&Template| {
            other.kind() == template.kind()
                && other.asks() == template.asks()
                && (other.when().is_none() || other.when() == template.when())
                && other.whom().iter().all(|(fact, codes)| {
                    template.whom().get(fact).is_some_and(|own| own.iter().all(|code| has(codes, code)))
                })
        };
        if let Some(other) = before().find(covers) {
            let found = format!("wherever `{}` applies, `{}` is selected", template.id(), other.id());
            self.warn(path, "shadowed", found, "let it ask for more, or put it first");
        }
    }

    fn sampled(&mut self, path: &str, template: &Template, context: &LintContext<'_>) {
        if let Some(counts) = context.selections.filter(|counts| counts.customers > 0)
            && counts.templates.get(template.id()).is_none_or(|customers| *customers == 0)
        {
            let found = format!("none of {} customers has `{}`", counts.customers, template.id());
            self.warn(path, "never_selected", found, "see whether it asks for too much, or nobody needs it");
        }
    }

    fn aims(&mut self, path: &str, template: &Template) {
        let served: BTreeSet<_> = template.measures().iter().flat_map(Measure::serves).collect();
        for (place, target) in template.targets().iter().enumerate() {
            if !served.contains(target.metric()) {
                let found = format!("no measure serves `{}`", target.metric());
                let path = format!("{path}.targets[{place}]");
                self.warn(
                    path,
                    "target_not_served",
                    found,
                    "name it in `serves`, or add a measure that brings it about",
                );
            }
        }
        let idle = template.measures().iter().enumerate().filter(|(_, measure)| measure.serves().is_empty());
        for (place, measure) in idle.filter(|_| !template.targets().is_empty()) {
            let found = format!("`{}` serves none of the targets", measure.id());
            self.warn(
                format!("{path}.measures[{place}]"),
                "serves_nothing",
                found,
                "say what it is good for",
            );
        }
    }

    fn hands(&mut self, path: &str, template: &Template, context: &LintContext<'_>) {
        if template.responsible().is_empty() {
            let found = format!("nobody answers for `{}`", template.id());
            self.warn(path, "nobody_responsible", found, "name the role that leads it in `responsible`");
        }
        let known = |action| context.actions.iter().any(|document| document.body().action(action).is_some());
        for (place, measure) in template.measures().iter().enumerate() {
            for (n, action) in measure.actions().iter().enumerate() {
                if !context.actions.is_empty() && !known(action) {
                    let found = format!("no document of actions has `{action}`");
                    let path = format!("{path}.measures[{place}].actions[{n}]");
                    self.warn(path, "unknown_action", found, "write it, or name one that exists");
                }
            }
        }
    }
}

fn has(codes: &[SelectorCode], code: &SelectorCode) -> bool {
    codes.iter().any(|other| normalise(other.as_str()) == normalise(code.as_str()))
}

fn ids(template: &Template) -> BTreeSet<&str> {
    template.measures().iter().map(|measure| measure.id().as_str()).collect()
}

/// What the measures say, in every language, however it is written.
fn words(template: &Template) -> BTreeSet<Vec<(String, String)>> {
    let texts = |measure: &Measure| {
        measure.text().iter().map(|(language, text)| (language.to_string(), normalise(text))).collect()
    };
    template.measures().iter().map(texts).collect()
}
