//! Actions that call for each other in a circle.
use alloc::collections::{BTreeMap, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::{EventLog, Given, Moment, Truth};
use guanxi_core::{AttributeId, Event, EventKind, FactMap, FactValue};

use super::Warnings;
use crate::action::{Action, ActionsDocument, StepId, Trigger, action_kinds};
use crate::run::{ActionKey, Cycle};

impl Warnings {
    /// Circles of actions whose work is what calls for the next; each circle once, at its first action.
    pub(super) fn loops(&mut self, document: &ActionsDocument) {
        let actions = document.body().actions();
        let calls: Vec<Vec<usize>> = actions
            .iter()
            .map(|action| {
                let events = brings_about(document, action);
                (0..actions.len())
                    .filter(|next| actions.get(*next).is_some_and(|next| is_called(document, next, &events)))
                    .collect()
            })
            .collect();
        let mut told: Vec<bool> = actions.iter().map(|_| false).collect();
        for start in 0..actions.len() {
            if told.get(start).is_some_and(|told| *told) {
                continue;
            }
            let Some(circle) = shortest(&calls, start) else { continue };
            for place in &circle {
                if let Some(told) = told.get_mut(*place) {
                    *told = true;
                }
            }
            let names = circle.iter().chain([&start]).filter_map(|place| actions.get(*place));
            let names: Vec<String> = names.map(|action| format!("`{}`", action.id())).collect();
            let found = format!("{}: each is called for by the work of the one before", names.join(" -> "));
            let advice = format!(
                "say in `where` which events call for it; as it is, only the limit of {} in a row ends it",
                document.body().max_depth()
            );
            self.warn(format!("body.actions[{start}].trigger"), "trigger_loop", found, &advice);
        }
    }
}

/// The shortest way from a place back to it.
fn shortest(calls: &[Vec<usize>], start: usize) -> Option<Vec<usize>> {
    let (mut from, mut open) = (BTreeMap::new(), VecDeque::from([start]));
    while let Some(place) = open.pop_front() {
        for next in calls.get(place)? {
            if *next == start {
                let (mut circle, mut place) = (Vec::from([place]), place);
                while let Some(before) = from.get(&place) {
                    circle.push(*before);
                    place = *before;
                }
                circle.reverse();
                return Some(circle);
            }
            if *next != start && !from.contains_key(next) {
                from.insert(*next, place);
                open.push_back(*next);
            }
        }
    }
    None
}

/// Events as the work on an action makes them: how each of its steps stands, and the contacts that those with a
/// channel are.
fn brings_about(document: &ActionsDocument, action: &Action) -> Vec<Event> {
    let mut events = Vec::new();
    for step in action.steps() {
        let Some(key) = key(document, action, step.id()) else { continue };
        for kind in action_kinds::all() {
            events.extend(event(kind, "key", &key, None));
        }
        for channel in step.channels() {
            let kind = if channel.as_str() == "visit" { "visit.made" } else { "contact.made" };
            events.extend(
                EventKind::new(kind).ok().and_then(|kind| event(kind, "cause", &key, Some(channel.as_str()))),
            );
        }
    }
    events
}

fn key(document: &ActionsDocument, action: &Action, step: &StepId) -> Option<String> {
    let key = ActionKey {
        policy: document.head().id.clone(),
        subject: "lint".parse().ok()?,
        action: action.id().clone(),
        cycle: Cycle::At(DateTime::UNIX_EPOCH),
        step: step.clone(),
    };
    Some(key.into())
}

fn event(kind: EventKind, attribute: &str, key: &str, channel: Option<&str>) -> Option<Event> {
    Some(Event {
        id: "lint".parse().ok()?,
        subject: "lint".parse().ok()?,
        kind,
        occurred_at: DateTime::<Utc>::UNIX_EPOCH,
        recorded_at: None,
        source: None,
        channel: channel.and_then(|channel| channel.parse().ok()),
        attributes: BTreeMap::from([(AttributeId::new(attribute).ok()?, FactValue::Text(key.into()))]),
    })
}

/// Whether one of the events may call for an action: its kind does, and what is asked of the event itself is not
/// false.
fn is_called(document: &ActionsDocument, action: &Action, events: &[Event]) -> bool {
    let Trigger::Event { on, about, .. } = action.trigger() else { return false };
    let body = document.body();
    let moment = Moment { as_of: DateTime::UNIX_EPOCH, zone: body.zone(), week_start: body.week_start() };
    let facts = FactMap::new();
    events.iter().filter(|event| on.iter().any(|own| own.matches(&event.kind))).any(|event| {
        let log = EventLog::new([event]);
        let given = Given { facts: &facts, events: Some(&log) };
        about.as_ref().is_none_or(|about| about.holds(&given, &moment) != Truth::False)
    })
}
