//! What is suspicious in a document of actions.
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use guanxi_calendar::Term;
use guanxi_condition::{Condition, Vocabulary};
use guanxi_policy::Warning;

use super::terms::Clock;
use super::{LintContext, Warnings};
use crate::action::{Action, ActionsDocument, CasesSpec, Suppressor, Trigger};
use crate::template::{StrategiesDocument, Template};

/// What is legal in a document of actions, but probably not meant.
///
/// First what concerns it as a whole, then suppressor by suppressor and action by action, in the order of the
/// document:
///
/// | code | found |
/// |---|---|
/// | `unused_fact` | a fact of the vocabulary that nothing reads |
/// | `calendar_not_given` | calendars are given, and not the one that it names |
/// | `unlabelled` | a suppressor, an action, or a role, channel, legal basis, step or queue of one, that has no label in a language which the strategies speak |
/// | `trigger_loop` | actions whose work calls for the next of them, in a circle |
/// | `action_without_measure` | an action that no strategy names |
/// | `due_impossible` | a term, of an escalation too, that never ends in the calendar |
/// | `due_while_closed` | a term that may pass without any working time |
/// | `quiet_while_open` | quiet hours that cover all opening hours of the calendar |
/// | `escalates_before_due` | an escalation that comes before the work is due |
///
/// Terms and quiet hours are held against the calendar that the document names; against all given, if it names none,
/// or customers may have their own (`calendar_fact`). And what is suspicious in a condition itself.
#[must_use]
pub fn lint_actions(document: &ActionsDocument, context: &LintContext<'_>) -> Vec<Warning> {
    let policy = document.body();
    let mut warnings = Warnings::default();
    let spec = &policy.spec;
    let named = [&spec.channel_fact, &spec.calendar_fact];
    let named = || named.into_iter().flatten().chain(policy.roles().values());
    warnings.unused_facts(policy.vocabulary(), |fact| {
        policy.facts().iter().chain(named()).any(|read| read == fact)
    });
    let mut clocks = Clock::all(context.calendars);
    if let Some(calendar) = policy.calendar() {
        if !clocks.is_empty() && clocks.iter().all(|clock| clock.id != calendar) {
            let found = format!("the calendar `{calendar}` is not among those given");
            warnings.warn("body.calendar", "calendar_not_given", found, "give it as well, or name another");
        }
        clocks.retain(|clock| spec.calendar_fact.is_some() || clock.id == calendar);
    }
    warnings.unlabelled_actions(policy, context.strategies);
    warnings.loops(document);
    for (place, suppressor) in policy.suppressors().iter().enumerate() {
        if let Some(condition) = Suppressor::when(suppressor) {
            warnings.condition(&format!("body.suppressors[{place}].when"), condition);
        }
    }
    for (place, action) in policy.actions().iter().enumerate() {
        let path = format!("body.actions[{place}]");
        if !context.strategies.is_empty() && !is_named(action, context.strategies) {
            let found = format!("no strategy names `{}`", action.id());
            let advice = "name it in the `actions` of a measure, or leave it out";
            warnings.warn(path.clone(), "action_without_measure", found, advice);
        }
        for (inner, condition) in conditions(action, policy.vocabulary()) {
            warnings.condition(&format!("{path}.{inner}"), &condition);
        }
        for (inner, term) in terms(action) {
            for clock in &clocks {
                warnings.term(&format!("{path}.{inner}"), term, clock);
            }
        }
        for (n, escalation) in action.escalation().iter().enumerate() {
            let path = format!("{path}.escalation[{n}].after");
            for clock in &clocks {
                // That nobody is called while it is closed is nothing to wonder at.
                warnings.impossible(&path, escalation.after, clock);
            }
        }
        if let Some(quiet) = action.quiet {
            for clock in &clocks {
                warnings.quiet(&path, quiet, policy.zone(), clock);
            }
        }
        warnings.escalation(&path, action);
    }
    warnings.0
}

/// Whether a measure of a strategy is carried out by an action.
fn is_named(action: &Action, strategies: &[&StrategiesDocument]) -> bool {
    let measures =
        strategies.iter().flat_map(|document| document.body().templates()).flat_map(Template::measures);
    measures.into_iter().any(|measure| measure.actions().contains(action.id()))
}

/// The conditions of an action with their paths below it.
fn conditions(action: &Action, vocabulary: &Vocabulary) -> Vec<(String, Condition)> {
    let own = |path: &str, condition: Option<Condition>| condition.map(|condition| (path.into(), condition));
    let mut all: Vec<(String, Condition)> = Vec::new();
    match action.trigger() {
        Trigger::Event { about, when, .. } => {
            all.extend(own("trigger.where", about));
            all.extend(own("trigger.when", when));
        }
        Trigger::While { holds, .. } => all.extend(own("trigger.while", Some(holds))),
        Trigger::After { held } => all.extend(own("trigger.after", Some(held))),
        Trigger::Dates { when, .. } => all.extend(own("trigger.when", when)),
    }
    all.extend(own("stop", action.stop().cloned()));
    let spec = action.spec();
    cases("owner", &spec.owner, vocabulary, &mut all);
    cases("due", &spec.due, vocabulary, &mut all);
    for (place, step) in spec.steps.iter().enumerate() {
        if let Some(owner) = &step.owner {
            cases(&format!("steps[{place}].owner"), owner, vocabulary, &mut all);
        }
        if let Some(due) = &step.due {
            cases(&format!("steps[{place}].due"), due, vocabulary, &mut all);
        }
    }
    all
}

fn cases<T>(path: &str, spec: &CasesSpec<T>, vocabulary: &Vocabulary, all: &mut Vec<(String, Condition)>) {
    let CasesSpec::Many(cases) = spec else { return };
    for (place, case) in cases.iter().enumerate() {
        // In its normal form a condition is its text.
        let text = case.when.as_ref().and_then(|when| when.0.as_str());
        let condition = text.and_then(|text| Condition::parse(text, vocabulary).ok());
        all.extend(condition.map(|condition| (format!("{path}[{place}].when"), condition)));
    }
}

/// The terms of an action with their paths below it.
fn terms(action: &Action) -> Vec<(String, Term)> {
    let spec = action.spec();
    let mut all = due("due", &spec.due);
    for (place, step) in spec.steps.iter().enumerate() {
        all.extend(step.wait.map(|wait| (format!("steps[{place}].wait"), wait)));
        all.extend(step.due.iter().flat_map(|own| due(&format!("steps[{place}].due"), own)));
    }
    all
}

fn due(path: &str, spec: &CasesSpec<Term>) -> Vec<(String, Term)> {
    match spec {
        CasesSpec::One(term) => Vec::from([(path.into(), *term)]),
        CasesSpec::Many(cases) => {
            let all = cases.iter().enumerate();
            all.map(|(place, case)| (format!("{path}[{place}].then"), case.then)).collect()
        }
    }
}

impl Warnings {
    fn escalation(&mut self, path: &str, action: &Action) {
        let all = action.steps().iter().flat_map(|step| step.due().cases()).map(|case| *case.then());
        let dues: Vec<Term> = all.collect();
        for (place, escalation) in action.escalation().iter().enumerate() {
            if let Some(due) = dues.iter().find(|due| is_shorter(escalation.after, **due)) {
                let found = format!(
                    "it goes to `{}` after {}, and is due after {due}",
                    escalation.to, escalation.after
                );
                let path = format!("{path}.escalation[{place}]");
                self.warn(
                    path,
                    "escalates_before_due",
                    found,
                    "let it be late before somebody else is called",
                );
            }
        }
    }
}

/// Whether a term is shorter than another one; those of different kinds are not compared.
fn is_shorter(term: Term, other: Term) -> bool {
    match (term, other) {
        (Term::Working(a), Term::Working(b)) => a < b,
        (Term::Elapsed(a), Term::Elapsed(b)) => a < b,
        (Term::WorkingDays(a), Term::WorkingDays(b))
        | (Term::EndOfWorkingDay(a), Term::EndOfWorkingDay(b)) => a < b,
        (Term::Days(a), Term::Days(b)) => a < b,
        _ => false,
    }
}
