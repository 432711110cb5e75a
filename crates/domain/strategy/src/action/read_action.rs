//! Reading one action.
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

use chrono::NaiveDate;
use guanxi_calendar::{Shift, Term, read_term};
use guanxi_core::{EventKind, EventPattern};
use guanxi_policy::{Fields, Node};

use super::cases::{Case, Cases};
use super::id::{ChannelId, StepId};
use super::period::Period;
use super::policy::{Action, Guard, Step};
use super::read::{Context, PURPOSES, each_once, list, maybe, shown, sleep, span, times};
use super::spec::{
    ActionSpec, EscalationSpec, MAX_STEPS, MaxRunsSpec, QuietHours, StepSpec, StopOnSpec, TriggerSpec,
    Unknown, middle,
};
use super::trigger::Call;
use crate::id::RoleId;

/// The most cases of a value.
const MAX_CASES: usize = 32;
/// The most rungs of a ladder.
const MAX_RUNGS: usize = 16;
/// The most days of a list.
const MAX_DATES: usize = 1_000;
/// How many days ahead of a day.
const MAX_BEFORE: u32 = 366;
/// The name of the step of an action that has none.
const MAIN: &str = "main";

const UNKNOWN: [(&str, Unknown); 2] = [("fails", Unknown::Fails), ("holds", Unknown::Holds)];
const PERIODS: [(&str, Period); 5] = [
    ("week", Period::Week),
    ("month", Period::Month),
    ("quarter", Period::Quarter),
    ("half", Period::Half),
    ("year", Period::Year),
];

pub(super) fn action(
    node: &Node<'_>,
    context: &Context,
    place: usize,
    quiet: Option<Shift>,
) -> Option<Action> {
    let fields = node.fields(&[
        "id",
        "purpose",
        "trigger",
        "owner",
        "channels",
        "legal_basis",
        "due",
        "steps",
        "stop",
        "stop_on",
        "automatic",
        "cool_down",
        "max_runs",
        "quiet_hours",
        "escalation",
        "priority",
    ]);
    let id = fields.required("id").and_then(|node| node.get());
    let purpose = fields.required("purpose").and_then(|node| node.choice(&PURPOSES));
    let trigger = fields.required("trigger").and_then(|node| trigger(&node, context, place));
    let owner = fields.required("owner").and_then(|node| cases(&node, context, role));
    let channels = each_once(fields.optional("channels"), Node::get);
    let legal_basis = maybe(&fields, "legal_basis", Node::get);
    let due = fields.required("due").and_then(|node| cases(&node, context, read_term));
    // A stop that is not known does not stop.
    let stop = maybe(&fields, "stop", |node| context.guard(node, Unknown::Fails, None));
    let stop_on = maybe(&fields, "stop_on", |node| {
        let by_event = trigger.as_ref().is_none_or(|(_, call)| matches!(call, Call::Event { .. }));
        stop_on(node, context, by_event)
    });
    let automatic = maybe(&fields, "automatic", Node::get);
    let cool_down = maybe(&fields, "cool_down", span);
    let max_runs = maybe(&fields, "max_runs", |node| {
        let fields = node.fields(&["count", "within"]);
        let count = fields.required("count").and_then(|node| times(&node));
        let within = maybe(&fields, "within", span);
        Some(MaxRunsSpec { count: count?, within: within? })
    });
    let quiet_hours = maybe(&fields, "quiet_hours", |node| sleep(node, QuietHours::hours));
    let escalation = match fields.optional("escalation") {
        None => Some(Vec::new()),
        Some(node) => list(&node, "rungs", 0..=MAX_RUNGS, rung),
    };
    let priority = maybe(&fields, "priority", |node| {
        let priority: u8 = node.get()?;
        if priority > 100 {
            node.refuse("not_allowed", "0 to 100");
            return None;
        }
        Some(priority)
    });
    let whole = (owner, channels, due);
    let steps = match fields.optional("steps") {
        None => Some((Vec::new(), Vec::new())),
        Some(node) => steps(&node, context, &whole),
    };
    let (owner, channels, due) = whole;
    let (owner, channels, due, (specs, mut steps)) = (owner?, channels?, due?, steps?);
    if steps.is_empty() {
        steps.push(Step {
            id: StepId::checked(MAIN),
            after: Vec::new(),
            wait: None,
            due: due.clone(),
            owner: owner.clone(),
            channels: channels.clone(),
        });
    }
    let ((trigger, call), stop, quiet_hours) = (trigger?, stop?, quiet_hours?);
    let spec = ActionSpec {
        id: id?,
        purpose: purpose?,
        trigger,
        owner: owner.spec(),
        channels,
        legal_basis: legal_basis?,
        due: due.spec(),
        steps: specs,
        stop: stop.as_ref().map(|guard| (&guard.when).into()),
        stop_on: stop_on?,
        automatic: automatic?.unwrap_or(false),
        cool_down: cool_down?,
        max_runs: max_runs?,
        quiet_hours,
        escalation: escalation?,
        priority: priority?.unwrap_or(middle()),
    };
    Some(Action { place, spec, call, stop, steps, quiet: quiet_hours.map_or(quiet, QuietHours::hours) })
}

fn stop_on(node: &Node<'_>, context: &Context, by_event: bool) -> Option<StopOnSpec> {
    let fields = node.fields(&["on", "same"]);
    let on = fields.required("on").and_then(|node| kinds(&node, context));
    let same = maybe(&fields, "same", |node| {
        if !by_event {
            node.refuse("not_allowed", "nothing: no event calls for the action");
            return None;
        }
        context.attribute(node)
    });
    Some(StopOnSpec { on: on?, same: same? })
}

fn role(node: &Node<'_>) -> Option<RoleId> {
    node.get()
}

fn rung(node: &Node<'_>) -> Option<EscalationSpec> {
    let fields = node.fields(&["after", "to", "queue"]);
    let after = fields.required("after").and_then(|node| read_term(&node));
    let to = fields.required("to").and_then(|node| node.get());
    let queue = maybe(&fields, "queue", Node::get);
    Some(EscalationSpec { after: after?, to: to?, queue: queue? })
}

fn cases<T>(node: &Node<'_>, context: &Context, read: impl Fn(&Node<'_>) -> Option<T>) -> Option<Cases<T>> {
    if !node.value().is_array() {
        return read(node).map(Cases::one);
    }
    let items = list(node, "cases", 1..=MAX_CASES, |node| {
        let fields = node.fields(&["when", "then"]);
        let guard = maybe(&fields, "when", |node| context.guard(node, Unknown::Fails, None));
        let then = fields.required("then").and_then(|node| read(&node));
        Some(Case { guard: guard?, then: then? })
    })?;
    let (last, others) = items.split_last()?;
    if last.guard.is_some() || others.iter().any(|case| case.guard.is_none()) {
        node.refuse("not_allowed", "cases with a `when`, and a last one without, for all others");
        return None;
    }
    Some(Cases { cases: items })
}

type Whole = (Option<Cases<RoleId>>, Option<Vec<ChannelId>>, Option<Cases<Term>>);

fn steps(node: &Node<'_>, context: &Context, whole: &Whole) -> Option<(Vec<StepSpec>, Vec<Step>)> {
    let mut seen: Vec<StepId> = Vec::new();
    let both = list(node, "steps", 1..=MAX_STEPS, |node| {
        let fields = node.fields(&["id", "after", "wait", "due", "owner", "channels"]);
        let id: Option<StepId> = fields.required("id").and_then(|node| node.get());
        let above: Vec<&str> = seen.iter().map(StepId::as_str).collect();
        let after = each_once(fields.optional("after"), |node| {
            let step: StepId = node.get()?;
            if !above.contains(&step.as_str()) {
                node.refuse("unknown_name", format!("a step that is written above: {}", shown(&above)));
                return None;
            }
            Some(step)
        });
        let wait = maybe(&fields, "wait", read_term);
        let due = maybe(&fields, "due", |node| cases(node, context, read_term));
        let owner = maybe(&fields, "owner", |node| cases(node, context, role));
        let channels = maybe(&fields, "channels", |node| each_once(Some(node.clone()), Node::get));
        let id = id?;
        let twice = seen.contains(&id);
        seen.push(id.clone());
        if twice {
            node.report("duplicate", format!("id `{id}`"), "each step has an id of its own");
            return None;
        }
        let (after, wait, due, owner, channels) = (after?, wait?, due?, owner?, channels?);
        let spec = StepSpec {
            id: id.clone(),
            after: after.clone(),
            wait,
            due: due.as_ref().map(Cases::spec),
            owner: owner.as_ref().map(Cases::spec),
            channels: channels.clone(),
        };
        let (whole_owner, whole_channels, whole_due) = whole;
        let step = Step {
            id,
            after,
            wait,
            due: due.or_else(|| whole_due.clone())?,
            owner: owner.or_else(|| whole_owner.clone())?,
            channels: channels.or_else(|| whole_channels.clone())?,
        };
        Some((spec, step))
    })?;
    Some(both.into_iter().unzip())
}

fn trigger(node: &Node<'_>, context: &Context, place: usize) -> Option<(TriggerSpec, Call)> {
    let fields = node
        .fields(&["on", "where", "while", "every", "keep", "after", "dates", "before", "when", "unknown"]);
    let all = ["on", "while", "after", "dates"];
    let given: Vec<&str> = all.into_iter().filter(|name| fields.optional(name).is_some()).collect();
    let [kind] = given.as_slice() else {
        if node.value().is_object() {
            let given = if given.is_empty() { "none of them".into() } else { given.join(", ") };
            node.report("not_allowed", given, "exactly one of `on`, `while`, `after` and `dates`");
        }
        return None;
    };
    let belongs: &[&str] = match *kind {
        "on" => &["where", "when"],
        "while" => &["every", "keep"],
        "after" => &[],
        _ => &["before", "when"],
    };
    for name in ["where", "every", "keep", "before", "when"].iter().filter(|name| !belongs.contains(name)) {
        if let Some(node) = fields.optional(name) {
            let beside = if belongs.is_empty() { "no other".into() } else { belongs.join(" and ") };
            node.refuse("not_allowed", format!("nothing: beside `{kind}` there may be {beside}"));
        }
    }
    let unknown = unknown(&fields);
    let conditions =
        ["where", "while", "after", "when"].iter().filter(|name| fields.optional(name).is_some()).count();
    let guard = |name: &str| {
        maybe(&fields, name, |node| context.guard(node, unknown.unwrap_or(Unknown::Fails), Some(place)))
    };
    match (conditions, fields.optional("unknown")) {
        (0, Some(node)) => node.refuse("not_allowed", "nothing: there is no condition to be unknown"),
        (1.., None) => drop(fields.required("unknown")),
        _ => {}
    }
    let mut spec = TriggerSpec { unknown, ..TriggerSpec::default() };
    let told = |guard: &Option<Guard>| guard.as_ref().map(|guard| (&guard.when).into());
    let call = match *kind {
        "on" => {
            let on = fields.optional("on").and_then(|node| kinds(&node, context));
            let (about, when) = (guard("where"), guard("when"));
            let (on, about, when) = (on?, about?, when?);
            spec.on = on.clone();
            (spec.about, spec.when) = (told(&about), told(&when));
            Call::Event { on, about, when }
        }
        "while" => {
            let holds = guard("while");
            let every = maybe(&fields, "every", |node| node.choice(&PERIODS));
            let keep = maybe(&fields, "keep", Node::get);
            let (holds, every, keep) = (holds??, every?, keep?.unwrap_or(false));
            spec.holds = Some((&holds.when).into());
            (spec.every, spec.keep) = (every, keep);
            Call::While { holds, every, keep }
        }
        "after" => {
            let held = guard("after")??;
            spec.after = Some((&held.when).into());
            Call::After { held }
        }
        _ => {
            let dates = fields.optional("dates").and_then(|node| days(&node));
            let before = maybe(&fields, "before", |node| {
                let before: u32 = node.get()?;
                if before > MAX_BEFORE {
                    node.refuse("not_allowed", format!("0 to {MAX_BEFORE} days"));
                    return None;
                }
                Some(before)
            });
            let when = guard("when");
            let (dates, before, when) = (dates?, before?, when?);
            spec.dates = dates.clone();
            (spec.before, spec.when) = (before, told(&when));
            Call::Dates { dates, before: before.unwrap_or(0), when }
        }
    };
    Some((spec, call))
}

fn unknown(fields: &Fields<'_>) -> Option<Unknown> {
    fields.optional("unknown").and_then(|node| node.choice(&UNKNOWN))
}

/// Kinds of events, at least one.
fn kinds(node: &Node<'_>, context: &Context) -> Option<Vec<EventPattern>> {
    let kinds = each_once(Some(node.clone()), |node| kind_of(node, context))?;
    if kinds.is_empty() {
        node.refuse("not_allowed", "one kind of events or more");
        return None;
    }
    Some(kinds)
}

fn kind_of(node: &Node<'_>, context: &Context) -> Option<EventPattern> {
    let trigger: EventPattern = node.get()?;
    if let (EventPattern::Kind(kind), Some(vocabulary)) = (&trigger, &context.vocabulary)
        && !vocabulary.knows(kind)
    {
        let own: Vec<&str> = vocabulary.kinds().map(EventKind::as_str).collect();
        let allowed = format!("a standard kind, or one of the vocabulary: {}", shown(&own));
        node.refuse("unknown_name", allowed);
        return None;
    }
    Some(trigger)
}

fn days(node: &Node<'_>) -> Option<Vec<NaiveDate>> {
    let mut seen = BTreeSet::new();
    list(node, "days", 1..=MAX_DATES, |node| {
        let day: NaiveDate = node.get()?;
        if !seen.insert(day) {
            node.refuse("duplicate", "each day once");
            return None;
        }
        Some(day)
    })?;
    Some(seen.into_iter().collect())
}
