//! What conditions see: the events that have happened, but for those that an action brought about.
use guanxi_condition::{Condition, EventLog, Given, Truth};
use guanxi_core::Event;
use guanxi_strategy::{Action, Cycle, Unknown};

use super::{Instant, Known, Plain, key_of};

/// The events that an action sees, and those of them up to some instant.
pub struct Seen<'a> {
    all: Vec<&'a Event>,
    count: usize,
    log: EventLog<'a>,
}

impl<'a> Plain<'a> {
    /// Whether an action brought an event about, itself or through others.
    fn made(&self, event: &Event, action: &Action) -> bool {
        let keys = ["cause", "key"].into_iter().filter_map(|name| key_of(event, name));
        keys.filter(|key| key.subject == *self.subject).any(|key| {
            let caller = match &key.cycle {
                Cycle::Event(id) => self.events.iter().find(|own| own.id == *id),
                Cycle::At(_) => None,
            };
            let place = |event: &Event| (event.occurred_at, event.id.clone());
            key.action == *action.id()
                || caller.is_some_and(|caller| place(caller) < place(event) && self.made(caller, action))
        })
    }

    /// The events that the trigger of an action sees: not those that the action made, and not those of systems.
    fn seen_by(&self, blind: Option<&Action>) -> Vec<&'a Event> {
        let automatic = || self.body().actions().iter().filter(|action| action.is_automatic());
        let hidden =
            |event: &Event| blind.into_iter().chain(automatic()).any(|action| self.made(event, action));
        let seen = self.events.iter().filter(|event| blind.is_none() || !hidden(event));
        let mut seen: Vec<&Event> = seen.collect();
        seen.sort_by_key(|event| event.occurred_at);
        seen
    }

    /// Whether a condition holds, seen without the events that an action made.
    pub(super) fn holds(
        &self,
        when: &Condition,
        unknown: Unknown,
        blind: Option<&Action>,
        at: Instant,
    ) -> bool {
        let place = blind.map_or(0, |action| 1 + self.place(action));
        let mut logs = self.logs.borrow_mut();
        if logs.is_empty() {
            let seen = |blind| Seen { all: self.seen_by(blind), count: 0, log: EventLog::default() };
            logs.push(seen(None));
            logs.extend(self.body().actions().iter().map(|action| seen(Some(action))));
        }
        let seen = &mut logs[place];
        let count = seen.all.partition_point(|event| event.occurred_at <= at);
        if count != seen.count {
            (seen.count, seen.log) = (count, EventLog::new(seen.all[..count].iter().copied()));
        }
        let given = Given { facts: &Known(self, at), events: Some(&seen.log) };
        match when.holds(&given, &self.moment(at)) {
            Truth::True => true,
            Truth::False => false,
            Truth::Unknown => unknown == Unknown::Holds,
        }
    }
}
