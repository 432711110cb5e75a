//! All that a plan is made of: events and observations of facts, as sets.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{
    ActorId, Added, Event, EventEntry, EventSet, FactId, FactValue, FactsAt, Observations, SubjectId, Undated,
};
use serde::{Deserialize, Serialize};

use crate::action::Actions;

/// The entries that a document reads, of each only what it reads.
///
/// Adding is commutative, associative and idempotent: the same entries make the same ledger, in whatever order and
/// however often they come. (A fact without an instant is no entry: the one given last counts.)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    events: EventSet,
    facts: Observations,
}

/// A ledger as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LedgerText {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    events: Vec<EventEntry>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    observed: BTreeMap<FactId, BTreeMap<DateTime<Utc>, FactValue>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    undated: BTreeMap<FactId, Undated>,
}

/// The event with nothing but what the document reads.
fn reduced(event: &Event, actions: &Actions) -> Event {
    event.reduced(|id, value| {
        actions.keeps_attribute(id)
            && match (id.as_str(), value) {
                ("by", FactValue::Text(text)) => ActorId::new(text).is_ok(),
                ("by" | "why", _) => false,
                _ => true,
            }
    })
}

impl Ledger {
    /// Adds events; says of each what became of it, nothing if nobody reads it, and from which instant on
    /// anything may be different.
    pub(crate) fn add(
        &mut self,
        given: &[&Event],
        actions: &Actions,
    ) -> (Vec<Option<Added>>, Option<DateTime<Utc>>) {
        let read: Vec<bool> = given.iter().map(|event| actions.reads(&event.kind)).collect();
        let own = given.iter().zip(&read).filter(|(_, read)| **read);
        let (added, from) = self.events.add(own.map(|(event, _)| reduced(event, actions)));
        let mut added = added.into_iter();
        (read.iter().map(|read| if *read { added.next() } else { None }).collect(), from)
    }

    /// The facts.
    pub(crate) const fn facts(&self) -> &Observations {
        &self.facts
    }

    /// The facts, to add to them.
    pub(crate) const fn facts_mut(&mut self) -> &mut Observations {
        &mut self.facts
    }

    /// The events.
    pub(crate) const fn events(&self) -> &EventSet {
        &self.events
    }

    /// The first instant of an entry after an instant.
    pub(crate) fn next_instant(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.events.next_after(after).into_iter().chain(self.facts.next_after(after)).min()
    }

    /// What was known at an instant.
    pub(crate) const fn at(&self, at: DateTime<Utc>) -> FactsAt<'_> {
        self.facts.at(at)
    }

    pub(crate) fn text(&self) -> LedgerText {
        LedgerText {
            events: self.events.entries(),
            observed: self.facts.dated().clone(),
            undated: self.facts.undated().clone(),
        }
    }

    /// The ledger of a text; events in any order, of two with one id the one that counts.
    pub(crate) fn read(text: LedgerText, subject: &SubjectId) -> Self {
        let events = EventSet::read(text.events, subject);
        Self { events, facts: Observations::new(text.observed, text.undated) }
    }

    /// The same entries as far as another document reads them.
    pub(crate) fn reread(&self, actions: &Actions) -> Self {
        let mut ledger = Self { facts: self.facts.clone(), ..Self::default() };
        ledger.facts.retain(|fact| actions.facts().iter().any(|own| own == fact));
        let events: Vec<&Event> = self.events.as_slice().iter().collect();
        ledger.add(&events, actions);
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
