//! What is legal in a policy but suspicious.
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::Condition;
use guanxi_core::ActorId;
use guanxi_policy::Warning;

use crate::id::{QueueId, RuleId};
use crate::policy::RoutingDocument;
use crate::pool::PoolDocument;
use crate::roster::RosterDocument;
use crate::spec::Target;

fn warn(warnings: &mut Vec<Warning>, path: String, code: &'static str, found: impl ToString, advice: &str) {
    warnings.push(Warning { path, code, found: found.to_string(), advice: advice.to_string() });
}

/// What is legal in a routing policy but suspicious, in the order of its fields.
///
/// - `unused_queue`: a queue that no rule and no fallback names.
/// - `unreachable_rule`: a rule after one that always holds.
/// - `no_fallback`: nothing is tried where no rule holds or nobody can take an item.
/// - what [`Condition::lint`] finds.
#[must_use]
pub fn lint_routing(policy: &RoutingDocument) -> Vec<Warning> {
    let body = policy.body();
    let mut warnings = Vec::new();
    for (place, queue) in body.queues().iter().enumerate() {
        let named = |target: &Target| matches!(target, Target::Queue(id) if id == queue);
        let used =
            body.rules().iter().any(|rule| rule.to.iter().any(named)) || body.fallback().contains(queue);
        if !used {
            let path = format!("body.queues[{place}]");
            warn(
                &mut warnings,
                path,
                "unused_queue",
                queue,
                "no item ever gets there; name it or leave it out",
            );
        }
    }
    let rules = body.rules().iter().map(|rule| (&rule.id, &rule.when));
    conditions("rules", rules, &mut warnings);
    if body.fallback().is_empty() {
        let advice = "items wait where no rule holds or nobody can take them; name a queue to fall back on";
        warn(&mut warnings, "body.fallback".into(), "no_fallback", "no queue", advice);
    }
    let response = body.response().iter().map(|listed| (&listed.id, &listed.when));
    conditions("response", response, &mut warnings);
    warnings
}

/// What is legal in a pool policy but suspicious, in the order of its fields.
///
/// - `unreachable_rule`: a rule after one that always holds.
/// - `warns_at_once`: a warning that comes no later than the beginning, for a beginning on 30 June 2026.
/// - what [`Condition::lint`] finds.
#[must_use]
pub fn lint_pool(pool: &PoolDocument) -> Vec<Warning> {
    let body = pool.body();
    let mut warnings = Vec::new();
    for (place, listed) in body.protect().iter().enumerate() {
        leaves(&format!("body.protect[{place}].when"), &listed.when, &mut warnings);
    }
    conditions("recycle", body.recycle().iter().map(|rule| (&rule.id, &rule.when)), &mut warnings);
    // Any day does: months differ by three days at most.
    let begin = DateTime::<Utc>::UNIX_EPOCH + chrono::TimeDelta::days(20_634);
    for (place, rule) in body.recycle().iter().enumerate() {
        let due = rule.after.after(begin, body.zone());
        let warned = due.zip(rule.warn).and_then(|(due, warn)| warn.before(due, body.zone()));
        if warned.is_some_and(|warned| warned <= begin) {
            let path = format!("body.recycle[{place}].warn");
            let advice = "the owner is warned from the beginning; warn later, or recycle later";
            warn(&mut warnings, path, "warns_at_once", &rule.id, advice);
        }
    }
    warnings
}

/// Rules of which the first that holds decides.
fn conditions<'a>(
    list: &str,
    rules: impl Iterator<Item = (&'a RuleId, &'a Condition)>,
    warnings: &mut Vec<Warning>,
) {
    let always = Condition::always();
    let mut before: Option<&RuleId> = None;
    for (place, (id, when)) in rules.enumerate() {
        let path = format!("body.{list}[{place}]");
        if let Some(before) = before {
            let found = format!("`{id}` after `{before}`, which always holds");
            warn(
                warnings,
                path.clone(),
                "unreachable_rule",
                found,
                "it never decides; put it before, or leave it out",
            );
        }
        leaves(&format!("{path}.when"), when, warnings);
        if *when == always {
            before = before.or(Some(id));
        }
    }
}

fn leaves(path: &str, when: &Condition, warnings: &mut Vec<Warning>) {
    warnings.extend(when.lint().into_iter().map(|warning| {
        let dot = if warning.path.is_empty() { "" } else { "." };
        Warning { path: format!("{path}{dot}{}", warning.path), ..warning }
    }));
}

/// What does not fit between a policy and a roster, in the order of the policy, then of the roster.
///
/// - `empty_queue`: nobody who is active takes turns in it.
/// - `unknown_person`: a rule names somebody whom the roster does not have, or who is not active.
/// - `unknown_queue`: the roster names a queue that the policy does not have.
#[must_use]
pub fn lint_roster(policy: &RoutingDocument, roster: &RosterDocument) -> Vec<Warning> {
    let (body, people) = (policy.body(), roster.body());
    let mut warnings = Vec::new();
    for (place, queue) in body.queues().iter().enumerate() {
        let takes = |person: &crate::roster::Person| {
            person.active && person.queues.get(queue).is_some_and(|weight| weight.steps() > 0)
        };
        if !people.people().any(takes) {
            let path = format!("body.queues[{place}]");
            warn(&mut warnings, path, "empty_queue", queue, "nobody who is active takes turns in it");
        }
    }
    for (place, rule) in body.rules().iter().enumerate() {
        for (target, named) in rule.to.iter().enumerate() {
            let Target::Person(id) = named else { continue };
            if !is_active(roster, id) {
                let path = format!("body.rules[{place}].to[{target}]");
                warn(
                    &mut warnings,
                    path,
                    "unknown_person",
                    id,
                    "the roster has nobody of this name who is active",
                );
            }
        }
    }
    let known: BTreeSet<&QueueId> = body.queues().iter().collect();
    let named: BTreeSet<&QueueId> = people.people().flat_map(|person| person.queues.keys()).collect();
    for queue in named.difference(&known) {
        warn(&mut warnings, "roster".into(), "unknown_queue", queue, "the policy has no such queue");
    }
    warnings
}

fn is_active(roster: &RosterDocument, id: &ActorId) -> bool {
    roster.body().person(id).is_some_and(|person| person.active)
}
