//! What happened with a lead, kept so that neither order nor repetition matters.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Added, Event, EventId};
use serde::{Deserialize, Serialize};

/// The events of one lead: the same ones in any order, any number of times, in any portions, make an equal
/// ledger.
///
/// The same id is the same event. Where two versions of it differ, the one recorded later counts (never
/// recorded is earliest); of two recorded at once, the greater one by occurrence, subject, kind, source,
/// channel and attributes, in that order. Such ids are kept as [`LeadLedger::conflicts`]. Adding an event
/// takes O(log n).
///
/// Which events belong to the lead is the host's to say: those of its contacts may, and whom an event names
/// is not looked at.
///
/// ```
/// use guanxi_core::Event;
/// use guanxi_leads::LeadLedger;
/// let event = |id: &str| serde_json::from_value::<Event>(serde_json::json!({
///     "id": id, "subject": "L1", "kind": "contact.replied", "occurred_at": "2026-06-30T09:00:00Z"
/// }));
/// let mut here: LeadLedger = [event("E1")?, event("E2")?].into_iter().collect();
/// let there: LeadLedger = [event("E3")?, event("E2")?].into_iter().collect();
/// here.merge(there);
/// assert_eq!(here.len(), 3);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "LedgerText", into = "LedgerText")]
pub struct LeadLedger {
    events: BTreeMap<(DateTime<Utc>, EventId), Event>,
    places: BTreeMap<EventId, DateTime<Utc>>,
    conflicts: BTreeSet<EventId>,
}

/// A ledger as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LedgerText {
    events: Vec<Event>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    conflicts: BTreeSet<EventId>,
}

impl LeadLedger {
    /// No events.
    #[must_use]
    pub const fn new() -> Self {
        Self { events: BTreeMap::new(), places: BTreeMap::new(), conflicts: BTreeSet::new() }
    }

    /// Adds an event.
    pub fn add(&mut self, event: Event) -> Added {
        let Some(kept) = self.get(&event.id) else {
            self.insert(event);
            return Added::New;
        };
        if *kept == event {
            return Added::Known;
        }
        let outranked = kept.version() >= event.version();
        self.conflicts.insert(event.id.clone());
        if outranked {
            return Added::Outranked;
        }
        if let Some(at) = self.places.get(&event.id) {
            self.events.remove(&(*at, event.id.clone()));
        }
        self.insert(event);
        Added::Replaced
    }

    /// Adds everything that another ledger knows: the union of both, whoever merges with whom.
    pub fn merge(&mut self, other: Self) {
        self.extend(other.events.into_values());
        self.conflicts.extend(other.conflicts);
    }

    /// The event with an id.
    #[must_use]
    pub fn get(&self, id: &EventId) -> Option<&Event> {
        self.events.get(&(*self.places.get(id)?, id.clone()))
    }

    /// The events by occurrence, then by id.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Event> + ExactSizeIterator {
        self.events.values()
    }

    /// The ids of which different versions were added.
    #[must_use]
    pub const fn conflicts(&self) -> &BTreeSet<EventId> {
        &self.conflicts
    }

    /// The number of events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there are no events.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    fn insert(&mut self, event: Event) {
        self.places.insert(event.id.clone(), event.occurred_at);
        self.events.insert((event.occurred_at, event.id.clone()), event);
    }
}

impl Extend<Event> for LeadLedger {
    fn extend<I: IntoIterator<Item = Event>>(&mut self, events: I) {
        for event in events {
            // What became of each event shows in the ledger itself.
            let _ = self.add(event);
        }
    }
}

impl FromIterator<Event> for LeadLedger {
    fn from_iter<I: IntoIterator<Item = Event>>(events: I) -> Self {
        let mut ledger = Self::new();
        ledger.extend(events);
        ledger
    }
}

impl From<LedgerText> for LeadLedger {
    fn from(text: LedgerText) -> Self {
        let mut ledger: Self = text.events.into_iter().collect();
        ledger.conflicts.extend(text.conflicts);
        ledger
    }
}

impl From<LeadLedger> for LedgerText {
    fn from(ledger: LeadLedger) -> Self {
        Self { events: ledger.events.into_values().collect(), conflicts: ledger.conflicts }
    }
}
