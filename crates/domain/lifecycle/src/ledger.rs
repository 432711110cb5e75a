//! All that a customer's stage is made of: events and observations of facts, as sets.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{
    ActorId, AttributeId, Event, EventId, EventKind, Fact, FactId, FactValue, Facts, SubjectId,
};
use serde::{Deserialize, Serialize};

use crate::definition::{Keep, Lifecycle};
use crate::id::Remark;

/// A fact that was observed at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// The fact.
    pub fact: FactId,
    /// Its value from then on.
    pub value: FactValue,
    /// The instant.
    pub observed_at: DateTime<Utc>,
}

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
    observed: BTreeMap<FactId, BTreeMap<DateTime<Utc>, FactValue>>,
    undated: BTreeMap<FactId, Undated>,
}

/// What counts for a fact at every instant before its first observation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Undated {
    Known(FactValue),
    NotApplicable,
}

/// What became of an event that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Added {
    /// Nobody reads it.
    Unread,
    /// It was not known.
    New,
    /// It was known.
    Known,
    /// Another event of the same id was known, and this one counts now.
    Replaces,
    /// Another event of the same id was known, and counts still.
    Superseded,
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
    /// Adds events; says of each what became of it, and from which instant on anything may be different.
    pub(crate) fn add(
        &mut self,
        given: &[&Event],
        definition: &Lifecycle,
    ) -> (Vec<Added>, Option<DateTime<Utc>>) {
        let mut from: Option<DateTime<Utc>> = None;
        let mut touch = |at: DateTime<Utc>| from = Some(from.map_or(at, |from| from.min(at)));
        let mut known: BTreeMap<EventId, Event> =
            core::mem::take(&mut self.events).into_iter().map(|event| (event.id.clone(), event)).collect();
        let added = given.iter().map(|event| match definition.keep(&event.kind) {
            Keep::No => Added::Unread,
            Keep::First => {
                let event = reduced(event, definition);
                match &self.first {
                    Some(first) if *first == event => Added::Known,
                    // The greater version comes later only in rank: the earlier place counts.
                    Some(first) if (place(first), first.version()) < (place(&event), event.version()) => {
                        Added::Unread
                    }
                    before => {
                        if let Some(before) = before {
                            touch(before.occurred_at);
                        }
                        touch(event.occurred_at);
                        self.first = Some(event);
                        Added::New
                    }
                }
            }
            Keep::All => {
                let event = reduced(event, definition);
                match known.get(&event.id) {
                    Some(own) if *own == event => Added::Known,
                    Some(own) if own.version() >= event.version() => Added::Superseded,
                    own => {
                        let added = own.map_or(Added::New, |own| {
                            touch(own.occurred_at);
                            Added::Replaces
                        });
                        touch(event.occurred_at);
                        known.insert(event.id.clone(), event);
                        added
                    }
                }
            }
        });
        let added = added.collect();
        self.events = known.into_values().collect();
        self.events.sort_by(|a, b| place(a).cmp(&place(b)));
        (added, from)
    }

    /// Adds an observation; says whether it is new, and whether another value was known for its instant.
    pub(crate) fn observe(&mut self, fact: &FactId, at: DateTime<Utc>, value: &FactValue) -> Added {
        let own = self.observed.entry(fact.clone()).or_default();
        match own.get(&at) {
            Some(known) if known == value => Added::Known,
            // Nothing tells which is right, so the greater counts: always the same one.
            Some(known) if known > value => Added::Superseded,
            known => {
                let added = if known.is_some() { Added::Replaces } else { Added::New };
                own.insert(at, value.clone());
                added
            }
        }
    }

    /// Takes a fact without an instant; says whether anything is different.
    pub(crate) fn take_undated(&mut self, fact: &FactId, value: Undated) -> bool {
        let before = self.undated.insert(fact.clone(), value);
        before.as_ref() != self.undated.get(fact)
    }

    /// The first observation of a fact.
    pub(crate) fn first_observed(&self, fact: &FactId) -> Option<DateTime<Utc>> {
        self.observed.get(fact)?.keys().next().copied()
    }

    /// When a fact was observed, ascending.
    pub(crate) fn observed(&self, fact: &FactId) -> impl Iterator<Item = DateTime<Utc>> {
        self.observed.get(fact).into_iter().flat_map(|values| values.keys().copied())
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
        let observed = self.observed.values().flat_map(|values| values.keys().copied());
        let within = |at: &DateTime<Utc>| after.is_none_or(|after| after < *at) && *at <= until;
        let instants: BTreeSet<DateTime<Utc>> = events.chain(observed).filter(within).collect();
        instants.into_iter().collect()
    }

    /// The last instant of an entry up to an instant.
    pub(crate) fn last_instant(&self, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let events = self.first.iter().chain(&self.events).map(|event| event.occurred_at);
        let events = events.filter(|at| *at <= until).max();
        let observed = self.observed.values().filter_map(|values| values.range(..=until).next_back());
        events.max(observed.map(|(at, _)| *at).max())
    }

    /// The first instant of an entry after an instant.
    pub(crate) fn next_instant(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        use core::ops::Bound::{Excluded, Unbounded};
        let events = self.first.iter().chain(&self.events).map(|event| event.occurred_at);
        let events = events.filter(|at| *at > after);
        let observed =
            self.observed.values().filter_map(|values| values.range((Excluded(after), Unbounded)).next());
        events.chain(observed.map(|(at, _)| *at)).min()
    }

    /// What was known at an instant.
    pub(crate) const fn at(&self, at: DateTime<Utc>) -> FactsAt<'_> {
        FactsAt { ledger: self, at }
    }

    pub(crate) fn text(&self) -> LedgerText {
        LedgerText {
            first: self.first.clone().map(Entry::from),
            events: self.events.iter().cloned().map(Entry::from).collect(),
            observed: self.observed.clone(),
            undated: self.undated.clone(),
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
        let mut observed = text.observed;
        observed.retain(|_, values| !values.is_empty());
        Self { first: text.first.map(|entry| entry.of(subject)), events, observed, undated: text.undated }
    }

    /// The same entries as far as a definition reads them, as if they were given now.
    pub(crate) fn reread(self, definition: &Lifecycle) -> Self {
        let mut ledger = Self { observed: self.observed, undated: self.undated, ..Self::default() };
        let read = |fact: &FactId| definition.facts().iter().any(|own| own == fact);
        ledger.observed.retain(|fact, _| read(fact));
        ledger.undated.retain(|fact, _| read(fact));
        let events: Vec<&Event> = self.first.iter().chain(&self.events).collect();
        ledger.add(&events, definition);
        ledger
    }
}

/// The facts of a ledger as they were known at an instant.
pub(crate) struct FactsAt<'a> {
    ledger: &'a Ledger,
    at: DateTime<Utc>,
}

impl Facts for FactsAt<'_> {
    fn fact(&self, id: &FactId) -> Fact<'_> {
        let observed = self.ledger.observed.get(id).and_then(|values| values.range(..=self.at).next_back());
        if let Some((at, value)) = observed {
            return Fact::Known { value, observed_at: Some(*at) };
        }
        match self.ledger.undated.get(id) {
            Some(Undated::Known(value)) => Fact::Known { value, observed_at: None },
            Some(Undated::NotApplicable) => Fact::NotApplicable,
            None => Fact::Missing,
        }
    }
}
