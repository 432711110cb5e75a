//! Reading a document of actions so that every problem is named.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::Cell;

use guanxi_calendar::Shift;
use guanxi_condition::{Condition, Span, Vocabulary};
use guanxi_core::{AttributeId, FactId, FactIds, FactKind, FactSchema};
use guanxi_policy::{Fields, Node};

use super::policy::{Actions, Guard, Suppressor};
use super::read_action;
use super::spec::{
    ActionsSpec, CapSpec, MAX_ACTIONS, MAX_SUPPRESSORS, Purpose, SuppressorSpec, Unknown, action_kinds,
};
use crate::id::RoleId;

/// The most entries of a list within an action.
const MAX_LIST: usize = 64;
/// The greatest number of times.
const MAX_TIMES: u16 = 1_000;
/// The greatest span, in hours, days, weeks, months and years.
const MAX_SPAN: [u32; 5] = [876_600, 36_525, 5_217, 1_200, 100];
/// The most actions that may cause each other in a row.
const MAX_DEPTH: u8 = 16;

pub(super) const PURPOSES: [(&str, Purpose); 5] = [
    ("marketing", Purpose::Marketing),
    ("sales", Purpose::Sales),
    ("service", Purpose::Service),
    ("contract", Purpose::Contract),
    ("care", Purpose::Care),
];

/// The attributes that every document knows: those of word of steps, and what brought an event about.
const OWN_ATTRIBUTES: [&str; 4] = ["key", "cause", "by", "why"];

/// What actions are read with.
pub(super) struct Context {
    /// `None` if the vocabulary itself is broken: then what names it cannot be judged.
    pub(super) vocabulary: Option<Vocabulary>,
    guards: Cell<usize>,
}

impl Context {
    pub(super) fn guard(&self, node: &Node<'_>, unknown: Unknown, blind_to: Option<usize>) -> Option<Guard> {
        let when = Condition::read(node, self.vocabulary.as_ref()?)?;
        let place = self.guards.get();
        self.guards.set(place + 1);
        Some(Guard { place, when, unknown, blind_to })
    }

    /// An attribute that the document declares; its own the planner reads, and keeps of events only in part.
    pub(super) fn attribute(&self, node: &Node<'_>) -> Option<AttributeId> {
        let attribute: AttributeId = node.get()?;
        let declared = self.vocabulary.as_ref()?.attributes().map(|(id, _)| id.as_str());
        let names: Vec<&str> = declared.filter(|name| !OWN_ATTRIBUTES.contains(name)).collect();
        if names.contains(&attribute.as_str()) {
            return Some(attribute);
        }
        node.refuse("unknown_name", format!("an attribute that the document declares: {}", shown(&names)));
        None
    }

    /// A fact that names something: a text.
    fn naming_fact(&self, node: &Node<'_>) -> Option<FactId> {
        let fact: FactId = node.get()?;
        let vocabulary = self.vocabulary.as_ref()?;
        if vocabulary.fact(fact.as_str()).is_some_and(|schema| schema.kind == FactKind::Text) {
            return Some(fact);
        }
        let texts = vocabulary.facts().filter(|(_, schema)| schema.kind == FactKind::Text);
        let names: Vec<&str> = texts.map(|(id, _)| id.as_str()).collect();
        node.refuse("unknown_name", format!("a text of the vocabulary: {}", shown(&names)));
        None
    }
}

pub(super) fn shown(names: &[&str]) -> String {
    if names.is_empty() { "it has none".to_string() } else { names.join(", ") }
}

/// A list of so many items: every item is read, and none is kept if one is wrong.
pub(super) fn list<'a, T>(
    node: &Node<'a>,
    what: &str,
    allowed: core::ops::RangeInclusive<usize>,
    read: impl FnMut(&Node<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let items = node.items()?;
    if !allowed.contains(&items.len()) {
        let range = format!("{} to {} {what}", allowed.start(), allowed.end());
        node.report("not_allowed", format!("{} {what}", items.len()), range);
        return None;
    }
    let items: Vec<Option<T>> = items.iter().map(read).collect();
    items.into_iter().collect()
}

/// A list that may be absent, each item once.
pub(super) fn each_once<'a, T: Ord + Clone>(
    node: Option<Node<'a>>,
    mut read: impl FnMut(&Node<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let Some(node) = node else { return Some(Vec::new()) };
    let mut seen = BTreeSet::new();
    list(&node, "entries", 0..=MAX_LIST, |node| {
        let item = read(node)?;
        if !seen.insert(item.clone()) {
            node.refuse("duplicate", "each entry once");
            return None;
        }
        Some(item)
    })
}

/// A field that may be absent: `None` if it is there and broken.
pub(super) fn maybe<'a, T>(
    fields: &Fields<'a>,
    name: &str,
    read: impl FnOnce(&Node<'a>) -> Option<T>,
) -> Option<Option<T>> {
    fields.optional(name).map_or(Some(None), |node| read(&node).map(Some))
}

pub(super) fn span(node: &Node<'_>) -> Option<Span> {
    let span: Span = node.get()?;
    let [hours, days, weeks, months, years] = MAX_SPAN;
    let (count, most) = match span {
        Span::Hours(count) => (count, hours),
        Span::Days(count) => (count, days),
        Span::Weeks(count) => (count, weeks),
        Span::Months(count) => (count, months),
        Span::Years(count) => (count, years),
    };
    if count == 0 || count > most {
        node.refuse("not_allowed", "a span above 0, of at most 100 years");
        return None;
    }
    Some(span)
}

/// Quiet hours, which must end.
pub(super) fn sleep<T: serde::de::DeserializeOwned + Copy>(
    node: &Node<'_>,
    hours: impl Fn(T) -> Option<Shift>,
) -> Option<T> {
    let quiet: T = node.get()?;
    if hours(quiet).is_some_and(|hours| hours.end() - hours.start() >= 24 * 60) {
        node.refuse("not_allowed", "hours that leave some of the day");
        return None;
    }
    Some(quiet)
}

pub(super) fn times(node: &Node<'_>) -> Option<u16> {
    let times: u16 = node.get()?;
    if times == 0 || times > MAX_TIMES {
        node.refuse("not_allowed", format!("1 to {MAX_TIMES} times"));
        return None;
    }
    Some(times)
}

pub(super) fn actions(node: &Node<'_>) -> Option<Actions> {
    let fields = node.fields(&[
        "vocabulary",
        "zone",
        "week_start",
        "calendar",
        "calendar_fact",
        "channel_fact",
        "roles",
        "quiet_hours",
        "max_depth",
        "suppressors",
        "actions",
    ]);
    let vocabulary = match fields.optional("vocabulary") {
        None => Some(Vocabulary::new()),
        Some(node) => Vocabulary::read(&node),
    };
    let own = vocabulary.as_ref().map(Vocabulary::spec).unwrap_or_default();
    let text = || FactSchema::of(FactKind::Text);
    let vocabulary = vocabulary.map(|vocabulary| {
        let vocabulary = action_kinds::all().into_iter().fold(vocabulary, Vocabulary::with_kind);
        let own = OWN_ATTRIBUTES.map(AttributeId::checked);
        own.into_iter().fold(vocabulary, |vocabulary, id| vocabulary.with_attribute(id, text()))
    });
    let context = Context { vocabulary, guards: Cell::new(0) };
    let zone = fields.optional("zone").map_or(Some(Default::default()), |node| node.get());
    let week_start = fields.optional("week_start").map_or(Some(Default::default()), |node| node.get());
    let calendar = maybe(&fields, "calendar", Node::get);
    let calendar_fact = maybe(&fields, "calendar_fact", |node| context.naming_fact(node));
    let channel_fact = maybe(&fields, "channel_fact", |node| context.naming_fact(node));
    let roles = fields.optional("roles").map_or(Some(BTreeMap::new()), |node| roles(&node, &context));
    let quiet_hours = maybe(&fields, "quiet_hours", |node| sleep(node, Some));
    let max_depth = maybe(&fields, "max_depth", |node| {
        let depth: u8 = node.get()?;
        if depth == 0 || depth > MAX_DEPTH {
            node.refuse("not_allowed", format!("1 to {MAX_DEPTH}"));
            return None;
        }
        Some(depth)
    });
    let suppressors = match fields.optional("suppressors") {
        None => Some(Vec::new()),
        Some(node) => suppressors(&node, &context),
    };
    let quiet = quiet_hours.flatten();
    let actions = fields.required("actions").and_then(|node| {
        let (mut seen, mut place) = (BTreeSet::new(), 0);
        list(&node, "actions", 1..=MAX_ACTIONS, |node| {
            let action = read_action::action(node, &context, place, quiet);
            place += 1;
            let action = action?;
            if !seen.insert(action.spec.id.clone()) {
                node.report(
                    "duplicate",
                    format!("id `{}`", action.spec.id),
                    "each action has an id of its own",
                );
                return None;
            }
            Some(action)
        })
    });
    let (suppressors, actions) = (suppressors?, actions?);
    let spec = ActionsSpec {
        vocabulary: own,
        zone: zone?,
        week_start: week_start?,
        calendar: calendar?,
        calendar_fact: calendar_fact?,
        channel_fact: channel_fact?,
        roles: roles?,
        quiet_hours: quiet_hours?,
        max_depth: max_depth?,
        suppressors: suppressors.iter().map(|own| own.spec.clone()).collect(),
        actions: actions.iter().map(|own| own.spec.clone()).collect(),
    };
    let guards = context.guards.get();
    let vocabulary = context.vocabulary?;
    let places = actions.iter().map(|action| (action.id().clone(), action.place)).collect();
    let facts = FactIds::default();
    let mut read = Actions { spec, vocabulary, suppressors, actions, places, facts, guards };
    let named = [&read.spec.calendar_fact, &read.spec.channel_fact];
    let named = named.into_iter().flatten().chain(read.spec.roles.values()).cloned();
    let asked = read.all_guards().flat_map(|guard| guard.when.fact_ids().iter().cloned());
    read.facts = named.chain(asked).collect();
    Some(read)
}

fn roles(node: &Node<'_>, context: &Context) -> Option<BTreeMap<RoleId, FactId>> {
    let mut complete = true;
    let mut roles = BTreeMap::new();
    for (name, node) in node.entries()? {
        let role = RoleId::new(name).map_err(|error| {
            node.report("not_allowed", guanxi_core::Quoted(name).to_string(), error.to_string());
        });
        match (role, context.naming_fact(&node)) {
            (Ok(role), Some(fact)) => {
                roles.insert(role, fact);
            }
            _ => complete = false,
        }
    }
    complete.then_some(roles)
}

fn suppressors(node: &Node<'_>, context: &Context) -> Option<Vec<Suppressor>> {
    let mut seen = BTreeSet::new();
    list(node, "suppressors", 0..=MAX_SUPPRESSORS, |node| {
        let fields = node.fields(&["id", "purposes", "contact", "channels", "when", "at_most"]);
        let id = fields.required("id").and_then(|node| node.get());
        let purposes = each_once(fields.optional("purposes"), |node| node.choice(&PURPOSES));
        let contact = maybe(&fields, "contact", Node::get);
        let channels = each_once(fields.optional("channels"), Node::get);
        // What is not known holds back: so nobody is contacted by mistake.
        let guard = maybe(&fields, "when", |node| context.guard(node, Unknown::Holds, None));
        let at_most = maybe(&fields, "at_most", |node| {
            let fields = node.fields(&["count", "within"]);
            let count = fields.required("count").and_then(|node| times(&node));
            let within = fields.required("within").and_then(|node| span(&node));
            Some(CapSpec { count: count?, within: within? })
        });
        let (id, guard, at_most) = (id?, guard?, at_most?);
        if guard.is_some() == at_most.is_some() {
            node.report("not_allowed", format!("`{id}`"), "either `when` or `at_most`");
            return None;
        }
        let spec = SuppressorSpec {
            id,
            purposes: purposes?,
            contact: contact?.unwrap_or(false),
            channels: channels?,
            when: guard.as_ref().map(|guard| (&guard.when).into()),
            at_most,
        };
        if super::policy::RESERVED.contains(&spec.id.as_str()) {
            let allowed = "another name: the planner itself suppresses by this one";
            node.report("not_allowed", format!("`{}`", spec.id), allowed);
            return None;
        }
        if !seen.insert(spec.id.clone()) {
            node.report("duplicate", format!("id `{}`", spec.id), "each suppressor has an id of its own");
            return None;
        }
        Some(Suppressor { spec, guard })
    })
}
