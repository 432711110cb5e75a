//! Reading the engagement rules of a lead policy, their decay and their caps.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use guanxi_condition::{Condition, ConditionSpec, Span, Vocabulary};
use guanxi_core::{AttributeId, DecimalText, Share};
use guanxi_policy::{Fields, Node, check};
use serde_json::{Value, json};

use crate::cap::{CapSpec, Limits};
use crate::decay::{Decay, exact_seconds, share_parts};
use crate::id::{GroupId, RuleId};
use crate::policy::{EngagementRule, Events};
use crate::read::{Allowed, MAX_LEVELS, MAX_RULES, read_id, read_items, read_points};
use crate::spec::{CapsSpec, DecaySpec, EngagementRuleSpec, EngagementSpec, StepSpec, hundred};

/// The most steps of a decay, and the longest span of one in years.
const MAX_STEPS: usize = MAX_LEVELS;
const MAX_YEARS: u32 = 100;

pub(crate) struct Engagement {
    pub(crate) spec: EngagementSpec,
    pub(crate) full: i128,
    pub(crate) rules: Vec<EngagementRule>,
    pub(crate) groups: Vec<(GroupId, Limits)>,
    pub(crate) day: Option<Limits>,
    pub(crate) source: Option<Limits>,
}

pub(crate) fn read_engagement(node: &Node<'_>, vocabulary: &Vocabulary) -> Option<Engagement> {
    let fields = node.fields(&["full", "rules", "caps"]);
    let full = match fields.optional("full") {
        None => Some((hundred(), 100_000_000)),
        Some(node) => read_points(&node, Allowed::Positive),
    };
    let caps = fields.optional("caps").map(|node| read_caps(&node));
    let listed = fields.required("rules").and_then(|node| read_items(&node, 0, MAX_RULES, "rules"));
    let mut known = BTreeSet::new();
    let rules: Option<Vec<_>> = listed
        .map(|items| items.iter().map(|node| read_rule(node, vocabulary, &mut known)).collect::<Vec<_>>())?
        .into_iter()
        .collect();
    let caps = caps.unwrap_or_else(|| Some(Caps::default()))?;
    let ((full_shown, full), rules) = (full?, rules?);
    let mut specs = Vec::with_capacity(rules.len());
    let mut checked = Vec::with_capacity(rules.len());
    for (spec, mut rule) in rules {
        rule.group =
            spec.group.as_ref().and_then(|group| caps.groups.iter().position(|(own, _)| own == group));
        specs.push(spec);
        checked.push(rule);
    }
    Some(Engagement {
        spec: EngagementSpec { full: full_shown, rules: specs, caps: caps.spec },
        full,
        rules: checked,
        groups: caps.groups,
        day: caps.day,
        source: caps.source,
    })
}

#[derive(Default)]
struct Caps {
    spec: CapsSpec,
    groups: Vec<(GroupId, Limits)>,
    day: Option<Limits>,
    source: Option<Limits>,
}

fn read_caps(node: &Node<'_>) -> Option<Caps> {
    let fields = node.fields(&["groups", "day", "source"]);
    let groups = fields.optional("groups").map(|node| {
        let mut all = Vec::new();
        for (name, node) in node.entries()? {
            let id =
                GroupId::new(name).map_err(|error| node.report("not_allowed", name, error.to_string())).ok();
            all.push(id.zip(read_cap(&node)));
        }
        all.into_iter().collect::<Option<Vec<(GroupId, (CapSpec, Limits))>>>()
    });
    let one = |name| fields.optional(name).map(|node| read_cap(&node));
    let (day, source) = (one("day"), one("source"));
    let groups = groups.unwrap_or_else(|| Some(Vec::new()))?;
    let one = |cap: Option<Option<(CapSpec, Limits)>>| cap.map_or(Some(None), |cap| cap.map(Some));
    let (day, source) = (one(day)?, one(source)?);
    let spec = CapsSpec {
        groups: groups.iter().map(|(id, (spec, _))| (id.clone(), *spec)).collect::<BTreeMap<_, _>>(),
        day: day.map(|(spec, _)| spec),
        source: source.map(|(spec, _)| spec),
    };
    let groups = groups.into_iter().map(|(id, (_, limits))| (id, limits)).collect();
    Some(Caps { spec, groups, day: day.map(|(_, limits)| limits), source: source.map(|(_, limits)| limits) })
}

fn read_cap(node: &Node<'_>) -> Option<(CapSpec, Limits)> {
    let fields = node.fields(&["max", "min"]);
    let limit = |name, allowed| match fields.optional(name) {
        None => Some(None),
        Some(node) => read_points(&node, allowed).map(Some),
    };
    let (max, min) = (limit("max", Allowed::Upper), limit("min", Allowed::Lower));
    let (max, min) = (max?, min?);
    if node.value().is_object() && max.is_none() && min.is_none() {
        node.refuse("not_allowed", "`max`, `min` or both");
        return None;
    }
    let shown = |limit: Option<(DecimalText, i128)>| limit.map(|(shown, _)| shown);
    let limits = Limits {
        max: max.map_or(Limits::NONE.max, |(_, max)| max),
        min: min.map_or(Limits::NONE.min, |(_, min)| min),
    };
    Some((CapSpec { max: shown(max), min: shown(min) }, limits))
}

fn read_rule(
    node: &Node<'_>,
    vocabulary: &Vocabulary,
    known: &mut BTreeSet<RuleId>,
) -> Option<(EngagementRuleSpec, EngagementRule)> {
    let fields =
        node.fields(&["id", "events", "where", "when", "points", "group", "once_by", "cap", "decay"]);
    let id = read_id(&fields, known);
    let events = read_events(&fields, vocabulary);
    let when = match fields.optional("when") {
        None => Some(None),
        Some(node) => Condition::read(&node, vocabulary).map(Some),
    };
    let points = fields.required("points").and_then(|node| read_points(&node, Allowed::Either));
    let group = fields.optional("group").map_or(Some(None), |node| node.get().map(Some));
    let once_by =
        fields.optional("once_by").map_or(Some(None), |node| read_attribute(&node, vocabulary).map(Some));
    let cap = match fields.optional("cap") {
        None => Some(None),
        Some(node) => read_points(&node, Allowed::Positive).map(Some),
    };
    let decay = fields.optional("decay").map_or_else(|| Some(Decay::default()), |node| read_decay(&node));
    let (id, (names, tests, events), when, (shown, points)) = (id?, events?, when?, points?);
    let (group, once_by, cap, decay) = (group?, once_by?, cap?, decay?);
    let spec = EngagementRuleSpec {
        id: id.clone(),
        events: names,
        tests,
        when: when.as_ref().map(ConditionSpec::from),
        points: shown,
        group,
        once_by: once_by.clone(),
        cap: cap.map(|(shown, _)| shown),
        decay: Some(decay.spec().clone()).filter(|spec| *spec != DecaySpec::default()),
    };
    let cap = cap.map(|(_, cap)| cap.unsigned_abs());
    Some((spec, EngagementRule { id, events, when, points, group: None, once_by, cap, decay }))
}

/// An attribute of events that the vocabulary declares.
fn read_attribute(node: &Node<'_>, vocabulary: &Vocabulary) -> Option<AttributeId> {
    let id: AttributeId = node.get()?;
    if vocabulary.attribute(id.as_str()).is_none() {
        let known: Vec<String> = vocabulary.attributes().map(|(id, _)| id.to_string()).collect();
        node.refuse("unknown_name", format!("an attribute of the vocabulary: {}", known.join(", ")));
        return None;
    }
    Some(id)
}

/// The events of a rule, read as those of a condition that counts them.
fn read_events(fields: &Fields<'_>, vocabulary: &Vocabulary) -> Option<(Vec<String>, Vec<Value>, Events)> {
    let names = fields.required("events")?;
    let tests = fields.optional("where");
    let counted = match &tests {
        None => json!({"events": names.value()}),
        Some(tests) => json!({"events": names.value(), "where": tests.value()}),
    };
    let tree = json!({"count": counted, "at_least": 1});
    let any = match check(&tree, |node| Condition::read(node, vocabulary)) {
        Ok(any) => any,
        Err(problems) => {
            for problem in problems.iter() {
                let place = tests.as_ref().filter(|_| problem.path.contains("where")).unwrap_or(&names);
                place_of(place, &problem.path).report(
                    problem.code,
                    problem.given.clone(),
                    problem.allowed.clone(),
                );
            }
            return None;
        }
    };
    let normal = any.tree();
    let part =
        |name: &str| normal.get("count").and_then(|count| count.get(name)).and_then(Value::as_array).cloned();
    let names = part("events").unwrap_or_default();
    let names = names.iter().filter_map(Value::as_str).map(String::from).collect();
    let tests = part("where").unwrap_or_default();
    let tested = !tests.is_empty();
    Some((names, tests, Events { any, tested }))
}

/// The item of a list that a path names by its first number, or the list.
fn place_of<'a>(list: &Node<'a>, path: &str) -> Node<'a> {
    let number = path.split_once('[').and_then(|(_, rest)| rest.split_once(']')?.0.parse::<usize>().ok());
    let item =
        number.filter(|_| list.value().is_array()).and_then(|number| list.items()?.into_iter().nth(number));
    item.unwrap_or_else(|| list.clone())
}

fn read_decay(node: &Node<'_>) -> Option<Decay> {
    let fields = node.fields(&["window", "steps", "linear", "half_life"]);
    let span = |name| fields.optional(name).map_or(Some(None), |node| read_span(&node).map(Some));
    let (window, linear, half_life) = (span("window"), span("linear"), span("half_life"));
    let steps = match fields.optional("steps") {
        None => Some(Vec::new()),
        Some(node) => read_steps(&node),
    };
    if let (Some(Some(span)), Some(node)) = (half_life, fields.optional("half_life"))
        && exact_seconds(span).is_none()
    {
        node.refuse("not_allowed", "hours, days or weeks: a half-life is exact time");
        return None;
    }
    Decay::new(DecaySpec { window: window?, steps: steps?, linear: linear?, half_life: half_life? })
}

/// A span that is not nothing and not longer than a century.
fn read_span(node: &Node<'_>) -> Option<Span> {
    let span: Span = node.get()?;
    let (count, most) = match span {
        Span::Hours(count) => (count, 36_525 * 24),
        Span::Days(count) => (count, 36_525),
        Span::Weeks(count) => (count, 36_525 / 7),
        Span::Months(count) => (count, MAX_YEARS * 12),
        Span::Years(count) => (count, MAX_YEARS),
    };
    if count == 0 || count > most {
        node.refuse(
            "not_allowed",
            format!("a span of 1 to {most} of its unit, which is at most {MAX_YEARS} years"),
        );
        return None;
    }
    Some(span)
}

/// About how long a span is, for putting spans in order.
const fn about(span: Span) -> u64 {
    let (count, hours) = match span {
        Span::Hours(count) => (count, 1),
        Span::Days(count) => (count, 24),
        Span::Weeks(count) => (count, 7 * 24),
        Span::Months(count) => (count, 30 * 24),
        Span::Years(count) => (count, 365 * 24),
    };
    count as u64 * hours
}

fn read_steps(node: &Node<'_>) -> Option<Vec<StepSpec>> {
    let items = read_items(node, 1, MAX_STEPS, "steps")?;
    let (mut steps, mut complete): (Vec<StepSpec>, bool) = (Vec::new(), true);
    for node in &items {
        let fields = node.fields(&["after", "share"]);
        let after = fields.required("after").and_then(|node| read_span(&node));
        let share = fields.required("share").and_then(|node| {
            let share: Share = node.get()?;
            if share == Share::WHOLE || share_parts(share.get()).is_none() {
                node.refuse("not_allowed", "a share below 1 with at most four decimal places");
                return None;
            }
            Some(share)
        });
        let Some((after, share)) = after.zip(share) else {
            complete = false;
            continue;
        };
        if let Some(last) = steps.last()
            && (about(after) <= about(last.after) || share >= last.share)
        {
            node.refuse("not_allowed", "a later age and a smaller share than the step before");
            complete = false;
        }
        steps.push(StepSpec { after, share });
    }
    complete.then_some(steps)
}
