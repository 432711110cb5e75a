//! All that a customer's stage is made of: events and observations of facts, as sets.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{
    ActorId, Added, Event, EventEntry, EventId, EventSet, FactId, FactValue, FactsAt, Observations,
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
    /// All others.
    events: EventSet,
    facts: Observations,
}

/// A ledger as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LedgerText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<EventEntry>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    events: Vec<EventEntry>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    observed: BTreeMap<FactId, BTreeMap<DateTime<Utc>, FactValue>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    undated: BTreeMap<FactId, Undated>,
}

/// The event with nothing but what the definition reads.
fn reduced(event: &Event, definition: &Lifecycle) -> Event {
    event.reduced(|id, value| {
        definition.keeps_attribute(&event.kind, id)
            && match (id.as_str(), value) {
                ("by", FactValue::Text(text)) => ActorId::new(text).is_ok(),
                ("why", FactValue::Text(text)) => Remark::new(text).is_ok(),
                _ => true,
            }
    })
}

fn place(event: &Event) -> (DateTime<Utc>, &EventId) {
    (event.occurred_at, &event.id)
}

impl Ledger {
    /// Adds events; says of each what became of it, nothing if nobody reads it, and from which instant on
    /// anything may be different.
    pub(crate) fn add(
        &mut self,
        given: &[&Event],
        definition: &Lifecycle,
    ) -> (Vec<Option<Added>>, Option<DateTime<Utc>>) {
        let (mut added, mut all, mut from) = (Vec::new(), Vec::new(), None);
        for event in given {
            added.push(match definition.keep(&event.kind) {
                Keep::No => None,
                Keep::First => self.add_first(reduced(event, definition), &mut from),
                Keep::All => {
                    all.push((added.len(), reduced(event, definition)));
                    None
                }
            });
        }
        let (places, all): (Vec<usize>, Vec<Event>) = all.into_iter().unzip();
        let (others, others_from) = self.events.add(all);
        for (place, other) in places.into_iter().zip(others) {
            if let Some(added) = added.get_mut(place) {
                *added = Some(other);
            }
        }
        (added, from.into_iter().chain(others_from).min())
    }

    /// Adds an event that matters only if it is the first.
    fn add_first(&mut self, event: Event, from: &mut Option<DateTime<Utc>>) -> Option<Added> {
        match &self.first {
            Some(first) if *first == event => return Some(Added::Known),
            // The greater version comes later only in rank: the earlier place counts.
            Some(first) if (place(first), first.version()) < (place(&event), event.version()) => return None,
            _ => {}
        }
        let before = self.first.as_ref().map(|before| before.occurred_at);
        *from = [*from, before, Some(event.occurred_at)].into_iter().flatten().min();
        self.first = Some(event);
        Some(Added::New)
    }

    /// The facts.
    pub(crate) const fn facts(&self) -> &Observations {
        &self.facts
    }

    /// The facts, to add to them.
    pub(crate) const fn facts_mut(&mut self) -> &mut Observations {
        &mut self.facts
    }

    /// The events that guards look at.
    pub(crate) const fn events(&self) -> &EventSet {
        &self.events
    }

    /// The events of one instant by id, the first one among them.
    pub(crate) fn events_at(&self, at: DateTime<Utc>) -> Vec<&Event> {
        let first = self.first.iter().filter(|event| event.occurred_at == at);
        let mut events: Vec<&Event> = first.chain(self.events.at(at)).collect();
        events.sort_by(|a, b| a.id.cmp(&b.id));
        events
    }

    /// The instants of all entries after one and up to another, ascending, each once.
    pub(crate) fn instants(&self, after: Option<DateTime<Utc>>, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let events = self.first.iter().chain(self.events.as_slice()).map(|event| event.occurred_at);
        let observed = self.facts.instants();
        let within = |at: &DateTime<Utc>| after.is_none_or(|after| after < *at) && *at <= until;
        let instants: BTreeSet<DateTime<Utc>> = events.chain(observed).filter(within).collect();
        instants.into_iter().collect()
    }

    /// The last instant of an entry up to an instant.
    pub(crate) fn last_instant(&self, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let first = self.first.as_ref().map(|event| event.occurred_at).filter(|at| *at <= until);
        first.max(self.events.last_until(until)).max(self.facts.last_until(until))
    }

    /// The first instant of an entry after an instant.
    pub(crate) fn next_instant(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let first = self.first.as_ref().map(|event| event.occurred_at).filter(|at| *at > after);
        [first, self.events.next_after(after), self.facts.next_after(after)].into_iter().flatten().min()
    }

    /// What was known at an instant.
    pub(crate) const fn at(&self, at: DateTime<Utc>) -> FactsAt<'_> {
        self.facts.at(at)
    }

    pub(crate) fn text(&self) -> LedgerText {
        LedgerText {
            first: self.first.as_ref().map(EventEntry::new),
            events: self.events.entries(),
            observed: self.facts.dated().clone(),
            undated: self.facts.undated().clone(),
        }
    }

    /// The ledger of a text; events in any order, of two with one id the one that counts.
    pub(crate) fn read(text: LedgerText, subject: &SubjectId) -> Self {
        let events = EventSet::read(text.events, subject);
        let facts = Observations::new(text.observed, text.undated);
        Self { first: text.first.map(|entry| entry.of(subject)), events, facts }
    }

    /// The same entries as far as a definition reads them, as if they were given now.
    pub(crate) fn reread(self, definition: &Lifecycle) -> Self {
        let mut ledger = Self { facts: self.facts, ..Self::default() };
        ledger.facts.retain(|fact| definition.facts().iter().any(|own| own == fact));
        let events: Vec<&Event> = self.first.iter().chain(self.events.as_slice()).collect();
        ledger.add(&events, definition);
        ledger
    }
}
