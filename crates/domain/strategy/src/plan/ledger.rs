//! All that a plan is made of: events and observations of facts, as sets.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{
    ActorId, Added, AttributeId, Event, EventId, EventKind, FactId, FactValue, FactsAt, Observations,
    SubjectId, Undated,
};
use serde::{Deserialize, Serialize};

use crate::action::Actions;

/// The entries that a document reads, of each only what it reads.
///
/// Adding is commutative, associative and idempotent: the same entries make the same ledger, in whatever order and
/// however often they come. (A fact without an instant is no entry: the one given last counts.)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    events: Vec<Event>, // INVARIANT: ascending by occurrence and id, no id twice
    facts: Observations,
}

/// A ledger as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LedgerText {
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

impl Entry {
    fn from(event: &Event) -> Self {
        let Event { id, kind, occurred_at, recorded_at, attributes, .. } = event.clone();
        Self { id, kind, occurred_at, recorded_at, attributes }
    }

    fn of(self, subject: &SubjectId) -> Event {
        let Self { id, kind, occurred_at, recorded_at, attributes } = self;
        let subject = subject.clone();
        Event { id, subject, kind, occurred_at, recorded_at, source: None, channel: None, attributes }
    }
}

fn place(event: &Event) -> (DateTime<Utc>, &EventId) {
    (event.occurred_at, &event.id)
}

/// The event with nothing but what the document reads.
fn reduced(event: &Event, actions: &Actions) -> Event {
    let kept = |(id, value): &(&AttributeId, &FactValue)| {
        actions.keeps_attribute(id)
            && match (id.as_str(), value) {
                ("by", FactValue::Text(text)) => ActorId::new(text).is_ok(),
                ("by" | "why", _) => false,
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
        actions: &Actions,
    ) -> (Vec<Option<Added>>, Option<DateTime<Utc>>) {
        let mut from: Option<DateTime<Utc>> = None;
        let mut touch = |at: DateTime<Utc>| from = Some(from.map_or(at, |from| from.min(at)));
        let mut known: BTreeMap<EventId, Event> =
            core::mem::take(&mut self.events).into_iter().map(|event| (event.id.clone(), event)).collect();
        let mut add = |event: Event| match known.get(&event.id) {
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
        };
        let added = given
            .iter()
            .map(|event| actions.reads(&event.kind).then(|| add(reduced(event, actions))))
            .collect();
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

    /// The events by occurrence and id.
    pub(crate) fn events(&self) -> &[Event] {
        &self.events
    }

    /// The events of one instant, by id.
    pub(crate) fn events_at(&self, at: DateTime<Utc>) -> impl Iterator<Item = &Event> {
        let from = self.events.partition_point(|event| event.occurred_at < at);
        self.events.iter().skip(from).take_while(move |event| event.occurred_at == at)
    }

    /// The first instant of an entry after an instant.
    pub(crate) fn next_instant(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let place = self.events.partition_point(|event| event.occurred_at <= after);
        let event = self.events.get(place).map(|event| event.occurred_at);
        event.into_iter().chain(self.facts.next_after(after)).min()
    }

    /// What was known at an instant.
    pub(crate) const fn at(&self, at: DateTime<Utc>) -> FactsAt<'_> {
        self.facts.at(at)
    }

    pub(crate) fn text(&self) -> LedgerText {
        LedgerText {
            events: self.events.iter().map(Entry::from).collect(),
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
        Self { events, facts: Observations::new(text.observed, text.undated) }
    }

    /// The same entries as far as another document reads them.
    pub(crate) fn reread(&self, actions: &Actions) -> Self {
        let mut ledger = self.clone();
        ledger.facts.retain(|fact| actions.facts().iter().any(|own| own == fact));
        ledger.events.retain(|event| actions.reads(&event.kind));
        for event in &mut ledger.events {
            *event = reduced(event, actions);
        }
        ledger
    }
}

/// The text of an attribute.
pub(crate) fn text<'a>(event: &'a Event, name: &'static str) -> Option<&'a str> {
    match event.attributes.get(name)? {
        FactValue::Text(text) => Some(text),
        _ => None,
    }
}
