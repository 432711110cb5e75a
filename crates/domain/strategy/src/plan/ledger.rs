//! All that a plan is made of: events and observations of facts, as sets.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{
    ActorId, AttributeId, Event, EventId, EventKind, Fact, FactId, FactValue, Facts, SubjectId,
};
use serde::{Deserialize, Serialize};

use crate::action::Actions;

/// A fact that was observed at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactObservation {
    /// The fact.
    pub fact: FactId,
    /// Its value from then on.
    pub value: FactValue,
    /// The instant.
    pub observed_at: DateTime<Utc>,
}

/// The entries that a document reads, of each only what it reads.
///
/// Adding is commutative, associative and idempotent: the same entries make the same ledger, in whatever order and
/// however often they come. (A fact without an instant is no entry: the one given last counts.)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    events: Vec<Event>, // INVARIANT: ascending by occurrence and id, no id twice
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

/// What became of an entry that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Added {
    /// Nobody reads it.
    Unread,
    /// It was not known.
    New,
    /// It was known.
    Known,
    /// Another one of the same id was known, and this one counts now.
    Replaces,
    /// Another one of the same id was known, and counts still.
    Superseded,
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

/// Of two versions of one event the greater counts, as in `guanxi_condition::EventLog`.
fn rank(event: &Event) -> impl Ord {
    (event.recorded_at, event.occurred_at, &event.kind, &event.attributes)
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
    /// Adds an event; says what became of it, and from which instant on anything may be different.
    pub(crate) fn add(&mut self, event: &Event, actions: &Actions) -> (Added, Option<DateTime<Utc>>) {
        if !actions.reads(&event.kind) {
            return (Added::Unread, None);
        }
        let event = reduced(event, actions);
        let mut from = event.occurred_at;
        let added = match self.events.iter().position(|own| own.id == event.id) {
            None => Added::New,
            Some(known) => match self.events.get(known) {
                Some(own) if *own == event => return (Added::Known, None),
                Some(own) if rank(own) >= rank(&event) => return (Added::Superseded, None),
                _ => {
                    from = from.min(self.events.remove(known).occurred_at);
                    Added::Replaces
                }
            },
        };
        let at = self.events.partition_point(|own| place(own) < place(&event));
        self.events.insert(at, event);
        (added, Some(from))
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

    /// Whether an observation is known as it is.
    pub(crate) fn has_observed(&self, fact: &FactId, at: DateTime<Utc>, value: &FactValue) -> bool {
        self.observed.get(fact).and_then(|own| own.get(&at)) == Some(value)
    }

    /// Whether a fact without an instant is known as it is.
    pub(crate) fn has_undated(&self, fact: &FactId, given: Fact<'_>) -> bool {
        match (self.undated.get(fact), given) {
            (Some(Undated::Known(own)), Fact::Known { value, .. }) => own == value,
            (own, Fact::NotApplicable) => own == Some(&Undated::NotApplicable),
            _ => false,
        }
    }

    /// Takes a fact without an instant.
    pub(crate) fn take_undated(&mut self, fact: &FactId, given: Fact<'_>) {
        let value = match given {
            Fact::Known { value, .. } => Undated::Known(value.clone()),
            Fact::NotApplicable => Undated::NotApplicable,
            Fact::Missing => return,
        };
        self.undated.insert(fact.clone(), value);
    }

    /// The first observation of a fact.
    pub(crate) fn first_observed(&self, fact: &FactId) -> Option<DateTime<Utc>> {
        self.observed.get(fact)?.keys().next().copied()
    }

    /// When a fact was observed, ascending.
    pub(crate) fn observed(&self, fact: &FactId) -> impl Iterator<Item = DateTime<Utc>> {
        self.observed.get(fact).into_iter().flat_map(|values| values.keys().copied())
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
        use core::ops::Bound::{Excluded, Unbounded};
        let place = self.events.partition_point(|event| event.occurred_at <= after);
        let event = self.events.get(place).map(|event| event.occurred_at);
        let observed =
            self.observed.values().filter_map(|values| values.range((Excluded(after), Unbounded)).next());
        event.into_iter().chain(observed.map(|(at, _)| *at)).min()
    }

    /// What was known at an instant.
    pub(crate) const fn at(&self, at: DateTime<Utc>) -> FactsAt<'_> {
        FactsAt { ledger: self, at }
    }

    pub(crate) fn text(&self) -> LedgerText {
        LedgerText {
            events: self.events.iter().map(Entry::from).collect(),
            observed: self.observed.clone(),
            undated: self.undated.clone(),
        }
    }

    /// The ledger of a text; events in any order, of two with one id the one that counts.
    pub(crate) fn read(text: LedgerText, subject: &SubjectId) -> Self {
        let mut events: BTreeMap<EventId, Event> = BTreeMap::new();
        for entry in text.events {
            let event = entry.of(subject);
            if events.get(&event.id).is_none_or(|own| rank(own) < rank(&event)) {
                events.insert(event.id.clone(), event);
            }
        }
        let mut events: Vec<Event> = events.into_values().collect();
        events.sort_by(|a, b| place(a).cmp(&place(b)));
        let mut observed = text.observed;
        observed.retain(|_, values| !values.is_empty());
        Self { events, observed, undated: text.undated }
    }

    /// The same entries as far as another document reads them.
    pub(crate) fn reread(&self, actions: &Actions) -> Self {
        let read = |fact: &FactId| actions.facts().iter().any(|own| own == fact);
        let mut ledger = self.clone();
        ledger.observed.retain(|fact, _| read(fact));
        ledger.undated.retain(|fact, _| read(fact));
        ledger.events.retain(|event| actions.reads(&event.kind));
        for event in &mut ledger.events {
            *event = reduced(event, actions);
        }
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

impl FactsAt<'_> {
    /// The text of a fact.
    pub(crate) fn text(&self, id: &FactId) -> Option<&str> {
        match self.fact(id) {
            Fact::Known { value: FactValue::Text(text), .. } => Some(text),
            _ => None,
        }
    }
}

/// The text of an attribute.
pub(crate) fn text<'a>(event: &'a Event, name: &'static str) -> Option<&'a str> {
    match event.attributes.get(name)? {
        FactValue::Text(text) => Some(text),
        _ => None,
    }
}
