//! What is legal in a definition but suspicious.
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use guanxi_condition::Condition;
use guanxi_core::{EventKind, EventPattern};
use guanxi_policy::Warning;

use crate::definition::{Edge, Lifecycle, LifecycleDocument};
use crate::id::StageId;
use crate::spec::{StageKind, kinds};

/// Lists what is legal in a definition but suspicious, in this order:
///
/// - `unread`: facts and own kinds of events of the vocabulary that nothing reads;
/// - `no_entry`: no edge leads into the life cycle;
/// - `unreachable`: stages that no way leads to;
/// - `dead_end`: stages that are not terminal and that nothing leads out of;
/// - `never_taken`: edges whose condition never holds, or before which others are always taken;
/// - `shadowed`: edges before which another one is always taken, from some stages or by some events;
/// - `no_way_back`: limits of edges that can be taken only once;
/// - `endless`: timed edges that lead round without a condition;
/// - `never_stands`: flags whose condition never holds, or of stages that nobody reaches;
/// - whatever `guanxi-condition` finds suspicious in a condition.
#[must_use]
pub fn lint(definition: &LifecycleDocument) -> Vec<Warning> {
    let body = definition.body();
    let mut warnings = Vec::new();
    let reached = reached(body);
    unread(body, &mut warnings);
    stages(body, &reached, &mut warnings);
    edges(body, &reached, &mut warnings);
    endless(body, &mut warnings);
    flags(body, &reached, &mut warnings);
    warnings
}

fn warn(warnings: &mut Vec<Warning>, path: String, code: &'static str, found: String, advice: &str) {
    warnings.push(Warning { path, code, found, advice: advice.to_string() });
}

/// The stages that some way leads to.
fn reached(body: &Lifecycle) -> BTreeSet<&StageId> {
    let enters = body.edges().iter().filter(|edge| edge.leaves(None));
    let mut reached: BTreeSet<&StageId> = enters.map(Edge::to).collect();
    loop {
        let leads = |edge: &&Edge| edge.stages().iter().any(|stage| reached.contains(stage));
        let more: BTreeSet<&StageId> = body.edges().iter().filter(leads).map(Edge::to).collect();
        let before = reached.len();
        reached.extend(more);
        if reached.len() == before {
            return reached;
        }
    }
}

fn unread(body: &Lifecycle, warnings: &mut Vec<Warning>) {
    let advice = "leave it out, or read it";
    for (fact, _) in body.vocabulary().facts() {
        if !body.facts().iter().any(|read| read == fact) {
            let path = format!("body.vocabulary.facts.{fact}");
            warn(warnings, path, "unread", format!("no condition and no edge reads `{fact}`"), advice);
        }
    }
    for kind in &body.spec.vocabulary.events {
        let named =
            body.edges().iter().any(|edge| edge.spec().on.contains(&EventPattern::Kind(kind.clone())));
        if !named && !body.is_looked_at(kind) {
            let path = "body.vocabulary.events".to_string();
            warn(warnings, path, "unread", format!("no condition and no edge names `{kind}`"), advice);
        }
    }
}

fn stages(body: &Lifecycle, reached: &BTreeSet<&StageId>, warnings: &mut Vec<Warning>) {
    if !body.edges().iter().any(|edge| edge.leaves(None)) {
        let found = "no edge is from none".to_string();
        warn(
            warnings,
            "body.edges".to_string(),
            "no_entry",
            found,
            "nobody ever gets a stage; let an edge lead in",
        );
        return;
    }
    for (place, stage) in body.stages().iter().enumerate() {
        let path = || format!("body.stages[{place}]");
        if !reached.contains(&stage.id) {
            let found = format!("no way leads to `{}`", stage.id);
            warn(warnings, path(), "unreachable", found, "let an edge lead there, or leave it out");
        }
        let leads_out = body.edges().iter().any(|edge| edge.leaves(Some(&stage.id)));
        if stage.kind != StageKind::Terminal && !leads_out {
            let found = format!("no edge leads out of `{}`", stage.id);
            warn(warnings, path(), "dead_end", found, "let an edge lead out of it, or call it terminal");
        }
    }
}

/// Whether an edge is taken whenever it is tried.
fn is_sure(edge: &Edge) -> bool {
    let open = edge.guard.as_ref().is_none_or(|guard| guard.when == Condition::always());
    let spec = edge.spec();
    open && spec.requires.is_empty()
        && spec.approval.is_none()
        && spec.after.is_none()
        && spec.reentry.is_none()
}

/// Stands for every event of an edge.
const ALL: &str = "all its events";

/// The events of one edge that another one takes, too, of those that can be told apart.
fn shared(own: &Edge, other: &Edge) -> Vec<String> {
    let meant = |edge: &Edge| -> Vec<EventPattern> {
        let all = EventKind::standard().filter_map(|(_, kind)| EventKind::new(kind).ok());
        let named = edge
            .spec()
            .on
            .iter()
            .filter(|on| matches!(on, EventPattern::Kind(_) | EventPattern::All))
            .cloned();
        let mut kinds: Vec<EventPattern> =
            all.filter(|kind| edge.is_taken_by(kind)).map(EventPattern::Kind).chain(named).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    };
    let takes = |kind: &&EventPattern| match kind {
        EventPattern::Kind(kind) => other.is_taken_by(kind),
        group => other.spec().on.contains(group),
    };
    let (all, both): (usize, Vec<EventPattern>) = {
        let kinds = meant(own);
        (kinds.len(), kinds.iter().filter(takes).cloned().collect())
    };
    if both.len() == all {
        ["all its events".to_string()].into()
    } else {
        both.iter().map(ToString::to_string).collect()
    }
}

fn edges(body: &Lifecycle, reached: &BTreeSet<&StageId>, warnings: &mut Vec<Warning>) {
    for (place, edge) in body.edges().iter().enumerate() {
        let path = format!("body.edges[{place}]");
        if edge.when() == Some(&Condition::never()) {
            let advice = "leave the edge out";
            warn(
                warnings,
                path,
                "never_taken",
                format!("the condition of `{}` never holds", edge.id()),
                advice,
            );
            continue;
        }
        shadowed(body, place, edge, &path, warnings);
        let once = !edge.leaves(None) && edge.stages().iter().all(|stage| !reached.contains(stage));
        let limited = edge.spec().reentry.is_some();
        if limited && (edge.leaves(None) || once || body.kind(edge.to()) == Some(StageKind::Terminal)) {
            let found = format!("`{}` can be taken once at most", edge.id());
            warn(
                warnings,
                format!("{path}.reentry"),
                "no_way_back",
                found,
                "this has no effect; leave it out",
            );
        }
        if let Some(when) = edge.when() {
            conditions(when, &format!("{path}.when"), warnings);
        }
    }
}

/// Finds the edges that are always taken before another one.
fn shadowed(body: &Lifecycle, place: usize, edge: &Edge, path: &str, warnings: &mut Vec<Warning>) {
    let before =
        body.edges().iter().take(place).filter(|other| is_sure(other) && other.is_timed() == edge.is_timed());
    for other in before {
        let stages: Vec<&StageId> = edge.stages().iter().filter(|stage| other.leaves(Some(stage))).collect();
        let entering = edge.leaves(None) && other.leaves(None);
        if stages.is_empty() && !entering {
            continue;
        }
        let events = if edge.is_timed() { Vec::new() } else { shared(edge, other) };
        // Somebody who moves a customer says where to, so edges to different stages do not meet.
        let by_hand = |edge: &Edge| edge.spec().on.iter().all(|on| on.to_string() == kinds::MOVED);
        let apart = by_hand(edge) && edge.to() != other.to();
        if !edge.is_timed() && (events.is_empty() || apart) {
            continue;
        }
        let every = |own: &Edge, other: &Edge| own.is_timed() || shared(own, other) == [ALL];
        let whole = every(edge, other) && (entering || stages.len() == edge.stages().len());
        // The special case before the general one is what an order is for.
        let special = every(other, edge) && (entering || stages.len() == other.stages().len());
        if special && !whole {
            continue;
        }
        let code = if whole { "never_taken" } else { "shadowed" };
        let stages: Vec<&str> = stages.iter().map(|stage| stage.as_str()).collect();
        let from = if entering { "none".to_string() } else { stages.join(", ") };
        let on = if events.is_empty() { String::new() } else { format!(" on {}", events.join(", ")) };
        let found = format!("`{}` is always taken before `{}` from {from}{on}", other.id(), edge.id());
        warn(warnings, path.to_string(), code, found, "put it first, or give the other one a condition");
    }
}

/// Finds timed edges that lead round for ever, whatever is known.
fn endless(body: &Lifecycle, warnings: &mut Vec<Warning>) {
    let unbarred = |edge: &&Edge| {
        let spec = edge.spec();
        let limited = spec.reentry.is_some_and(|own| own.at_most.is_some());
        let guarded = edge.guard.as_ref().is_some_and(|guard| guard.when != Condition::always());
        edge.is_timed() && !guarded && spec.requires.is_empty() && spec.approval.is_none() && !limited
    };
    let round: Vec<&Edge> = body.edges().iter().filter(unbarred).collect();
    for (place, edge) in body.edges().iter().enumerate().filter(|(_, edge)| unbarred(edge)) {
        let mut reached: BTreeSet<&StageId> = [edge.to()].into();
        for _ in body.stages() {
            let leads = |edge: &&&Edge| edge.stages().iter().any(|stage| reached.contains(stage));
            let more: Vec<&StageId> = round.iter().filter(leads).map(|edge| edge.to()).collect();
            reached.extend(more);
        }
        if edge.stages().iter().any(|stage| reached.contains(stage)) {
            let found = format!("time alone leads round by `{}`", edge.id());
            let advice = "give an edge of the round a condition, an event, or a limit";
            warn(warnings, format!("body.edges[{place}]"), "endless", found, advice);
        }
    }
}

fn flags(body: &Lifecycle, reached: &BTreeSet<&StageId>, warnings: &mut Vec<Warning>) {
    for (place, flag) in body.flags().iter().enumerate() {
        let path = format!("body.flags[{place}]");
        if *flag.when() == Condition::never() || !flag.stages().iter().any(|stage| reached.contains(stage)) {
            let found = format!("`{}` never stands", flag.id());
            warn(warnings, path, "never_stands", found, "leave it out");
            continue;
        }
        conditions(flag.when(), &format!("{path}.when"), warnings);
    }
}

/// What is suspicious in a condition itself.
fn conditions(when: &Condition, path: &str, warnings: &mut Vec<Warning>) {
    for own in when.lint() {
        let within = if own.path.is_empty() { path.to_string() } else { format!("{path}.{}", own.path) };
        warnings.push(Warning { path: within, ..own });
    }
}
