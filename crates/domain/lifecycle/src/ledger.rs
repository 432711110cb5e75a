//! All that a customer's stage is made of: events and observations of facts, as sets.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{
    ActorId, Added, AttributeId, Event, EventId, EventKind, FactId, FactValue, FactsAt, Observations,
    SubjectId, Undated,
};
use serde::{Deserialize, Serialize};

use crate::definition::{Keep, Lifecycle};
use crate::id::Remark;

/// The entries that a definition reads, of each only what it reads.
///
/// Adding is commutative, associative and idempotent, whatever is added: the same entries make the same
/// ledger, in whatever order and however often they come. (A fact without an instant is no entry: the
/// one given last counts.)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    /// The first of the events that matter only if they are first.
    first: Option<Event>,
    /// All others. INVARIANT: ascending by occurrence and id, no id twice.
    events: Vec<Event>,
    facts: Observations,
}

/// A ledger as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LedgerText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<Entry>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    events: Vec<Entry>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    observed: BTreeMap<FactId, BTreeMap<DateTime<Utc>, FactValue>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    undated: BTreeMap<FactId, Undated>,
}

/// An event of a ledger, whose subject need not be said again.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: EventId,
    kind: EventKind,
    occurred_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recorded_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<AttributeId, FactValue>,
}

impl From<Event> for Entry {
    fn from(event: Event) -> Self {
        let Event { id, subject: _, kind, occurred_at, recorded_at, source: _, channel: _, attributes } =
            event;
        Self { id, kind, occurred_at, recorded_at, attributes }
    }
}

impl Entry {
    fn of(self, subject: &SubjectId) -> Event {
        let Self { id, kind, occurred_at, recorded_at, attributes } = self;
        let subject = subject.clone();
        Event { id, subject, kind, occurred_at, recorded_at, source: None, channel: None, attributes }
    }
}

fn place(event: &Event) -> (DateTime<Utc>, &EventId) {
    (event.occurred_at, &event.id)
}

/// The event with nothing but what the definition reads.
fn reduced(event: &Event, definition: &Lifecycle) -> Event {
    let kept = |(id, value): &(&AttributeId, &FactValue)| {
        definition.keeps_attribute(&event.kind, id)
            && match (id.as_str(), value) {
                ("by", FactValue::Text(text)) => ActorId::new(text).is_ok(),
                ("why", FactValue::Text(text)) => Remark::new(text).is_ok(),
                _ => true,
            }
    };
    let attributes = event.attributes.iter().filter(kept);
    Event {
        id: event.id.clone(),
        subject: event.subject.clone(),
        kind: event.kind.clone(),
        occurred_at: event.occurred_at,
        recorded_at: event.recorded_at,
        source: None,
        channel: None,
        attributes: attributes.map(|(id, value)| (id.clone(), value.clone())).collect(),
    }
}

impl Ledger {
    /// Adds events; says of each what became of it, nothing if nobody reads it, and from which instant on
    /// anything may be different.
    pub(crate) fn add(
        &mut self,
        given: &[&Event],
        definition: &Lifecycle,
    ) -> (Vec<Option<Added>>, Option<DateTime<Utc>>) {
        let mut from: Option<DateTime<Utc>> = None;
        let mut touch = |at: DateTime<Utc>| from = Some(from.map_or(at, |from| from.min(at)));
        let mut known: BTreeMap<EventId, Event> =
            core::mem::take(&mut self.events).into_iter().map(|event| (event.id.clone(), event)).collect();
        let added = given.iter().map(|event| match definition.keep(&event.kind) {
            Keep::No => None,
            Keep::First => {
                let event = reduced(event, definition);
                match &self.first {
                    Some(first) if *first == event => Some(Added::Known),
                    // The greater version comes later only in rank: the earlier place counts.
                    Some(first) if (place(first), first.version()) < (place(&event), event.version()) => None,
                    before => {
                        if let Some(before) = before {
                            touch(before.occurred_at);
                        }
                        touch(event.occurred_at);
                        self.first = Some(event);
                        Some(Added::New)
                    }
                }
            }
            Keep::All => {
                let event = reduced(event, definition);
                Some(match known.get(&event.id) {
                    Some(own) if *own == event => Added::Known,
                    Some(own) if own.version() >= event.version() => Added::Outranked,
                    own => {
                        let added = own.map_or(Added::New, |own| {
                            touch(own.occurred_at);
                            Added::Replaced
                        });
                        touch(event.occurred_at);
                        known.insert(event.id.clone(), event);
                        added
                    }
                })
            }
        });
        let added = added.collect();
        self.events = known.into_values().collect();
        self.events.sort_by(|a, b| place(a).cmp(&place(b)));
        (added, from)
    }

    /// The facts.
    pub(crate) const fn facts(&self) -> &Observations {
        &self.facts
    }

    /// The facts, to add to them.
    pub(crate) const fn facts_mut(&mut self) -> &mut Observations {
        &mut self.facts
    }

    /// The events that guards look at, by occurrence and id.
    pub(crate) fn events(&self) -> &[Event] {
        &self.events
    }

    /// The events of one instant by id, the first one among them.
    pub(crate) fn events_at(&self, at: DateTime<Utc>) -> Vec<&Event> {
        let from = self.events.partition_point(|event| event.occurred_at < at);
        let own = self.events.iter().skip(from).take_while(|event| event.occurred_at == at);
        let mut events: Vec<&Event> =
            self.first.iter().filter(|event| event.occurred_at == at).chain(own).collect();
        events.sort_by(|a, b| a.id.cmp(&b.id));
        events
    }

    /// The instants of all entries after one and up to another, ascending, each once.
    pub(crate) fn instants(&self, after: Option<DateTime<Utc>>, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let events = self.first.iter().chain(&self.events).map(|event| event.occurred_at);
        let observed = self.facts.instants();
        let within = |at: &DateTime<Utc>| after.is_none_or(|after| after < *at) && *at <= until;
        let instants: BTreeSet<DateTime<Utc>> = events.chain(observed).filter(within).collect();
        instants.into_iter().collect()
    }

    /// The last instant of an entry up to an instant.
    pub(crate) fn last_instant(&self, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let events = self.first.iter().chain(&self.events).map(|event| event.occurred_at);
        let events = events.filter(|at| *at <= until).max();
        events.max(self.facts.last_until(until))
    }

    /// The first instant of an entry after an instant.
    pub(crate) fn next_instant(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let events = self.first.iter().chain(&self.events).map(|event| event.occurred_at);
        events.filter(|at| *at > after).chain(self.facts.next_after(after)).min()
    }

    /// What was known at an instant.
    pub(crate) const fn at(&self, at: DateTime<Utc>) -> FactsAt<'_> {
        self.facts.at(at)
    }

    pub(crate) fn text(&self) -> LedgerText {
        LedgerText {
            first: self.first.clone().map(Entry::from),
            events: self.events.iter().cloned().map(Entry::from).collect(),
            observed: self.facts.dated().clone(),
            undated: self.facts.undated().clone(),
        }
    }

    /// The ledger of a text; events in any order, of two with one id the one that counts.
    pub(crate) fn read(text: LedgerText, subject: &SubjectId) -> Self {
        let mut events: BTreeMap<EventId, Event> = BTreeMap::new();
        for entry in text.events {
            let event = entry.of(subject);
            if events.get(&event.id).is_none_or(|own| own.version() < event.version()) {
                events.insert(event.id.clone(), event);
            }
        }
        let mut events: Vec<Event> = events.into_values().collect();
        events.sort_by(|a, b| place(a).cmp(&place(b)));
        let facts = Observations::new(text.observed, text.undated);
        Self { first: text.first.map(|entry| entry.of(subject)), events, facts }
    }

    /// The same entries as far as a definition reads them, as if they were given now.
    pub(crate) fn reread(self, definition: &Lifecycle) -> Self {
        let mut ledger = Self { facts: self.facts, ..Self::default() };
        ledger.facts.retain(|fact| definition.facts().iter().any(|own| own == fact));
        let events: Vec<&Event> = self.first.iter().chain(&self.events).collect();
        ledger.add(&events, definition);
        ledger
    }
}
