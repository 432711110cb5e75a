//! What happened, kept so that neither order nor repetition matters.
use alloc::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use guanxi_core::{Event, EventId, SubjectId};

/// A set of events: adding the same ones in any order, any number of times, in any portions, gives
/// an equal ledger.
///
/// The same id is the same event. Where two versions of it differ, the one recorded later counts
/// (never recorded is earliest); of two recorded at once, the greater one by occurrence, subject,
/// kind, source, channel and attributes, in that order. Such ids are kept as [`Ledger::conflicts`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    subjects: BTreeMap<SubjectId, BTreeMap<(DateTime<Utc>, EventId), Event>>,
    places: BTreeMap<EventId, (SubjectId, DateTime<Utc>)>,
    conflicts: BTreeSet<EventId>,
}

/// What became of an event that was added to a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Added {
    /// The ledger did not have it.
    New,
    /// The ledger had the same event.
    Known,
    /// The ledger had another version, which counts: this one was dropped.
    Outranked,
    /// The ledger had another version, which this one replaced.
    Replaced {
        /// Whom the other version was about.
        subject: SubjectId,
    },
}

impl Ledger {
    /// No events.
    #[must_use]
    pub const fn new() -> Self {
        Self { subjects: BTreeMap::new(), places: BTreeMap::new(), conflicts: BTreeSet::new() }
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
        let (outranked, subject) = (kept.version() >= event.version(), kept.subject.clone());
        self.conflicts.insert(event.id.clone());
        if outranked {
            return Added::Outranked;
        }
        self.remove(&event.id);
        self.insert(event);
        Added::Replaced { subject }
    }

    /// Adds everything that another ledger knows.
    pub fn merge(&mut self, other: Self) {
        for event in other.subjects.into_values().flat_map(BTreeMap::into_values) {
            // What became of each event shows in the ledger itself.
            let _ = self.add(event);
        }
        self.conflicts.extend(other.conflicts);
    }

    /// The event with an id.
    #[must_use]
    pub fn get(&self, id: &EventId) -> Option<&Event> {
        let (subject, at) = self.places.get(id)?;
        self.subjects.get(subject)?.get(&(*at, id.clone()))
    }

    /// The events of one subject by occurrence, then by id.
    pub fn of<'a>(&'a self, subject: &SubjectId) -> impl DoubleEndedIterator<Item = &'a Event> + use<'a> {
        self.subjects.get(subject).into_iter().flat_map(BTreeMap::values)
    }

    /// All events by subject, then by occurrence, then by id.
    pub fn iter(&self) -> impl Iterator<Item = &Event> {
        self.subjects.values().flat_map(BTreeMap::values)
    }

    /// Those to whom something happened.
    pub fn subjects(&self) -> impl Iterator<Item = &SubjectId> {
        self.subjects.keys()
    }

    /// The ids of which different versions were added.
    #[must_use]
    pub const fn conflicts(&self) -> &BTreeSet<EventId> {
        &self.conflicts
    }

    /// The number of events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are no events.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    fn insert(&mut self, event: Event) {
        self.places.insert(event.id.clone(), (event.subject.clone(), event.occurred_at));
        let key = (event.occurred_at, event.id.clone());
        self.subjects.entry(event.subject.clone()).or_default().insert(key, event);
    }

    fn remove(&mut self, id: &EventId) {
        let Some((subject, at)) = self.places.remove(id) else { return };
        if let Some(events) = self.subjects.get_mut(&subject) {
            events.remove(&(at, id.clone()));
            if events.is_empty() {
                self.subjects.remove(&subject);
            }
        }
    }
}

impl Extend<Event> for Ledger {
    fn extend<I: IntoIterator<Item = Event>>(&mut self, events: I) {
        for event in events {
            let _ = self.add(event);
        }
    }
}

impl FromIterator<Event> for Ledger {
    fn from_iter<I: IntoIterator<Item = Event>>(events: I) -> Self {
        let mut ledger = Self::new();
        ledger.extend(events);
        ledger
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::EventKind;
    use std::vec::Vec;

    fn event(id: &str, subject: &str, recorded_day: Option<u32>) -> Event {
        let day = |day: u32| chrono::NaiveDate::from_ymd_opt(2026, 1, day).unwrap().and_hms_opt(0, 0, 0);
        Event {
            id: EventId::new(id).unwrap(),
            subject: SubjectId::new(subject).unwrap(),
            kind: EventKind::new("order.placed").unwrap(),
            occurred_at: day(1).unwrap().and_utc(),
            recorded_at: recorded_day.map(|d| day(d).unwrap().and_utc()),
            source: None,
            channel: None,
            attributes: BTreeMap::new(),
        }
    }

    #[test]
    fn the_version_recorded_later_counts() {
        let mut ledger = Ledger::new();
        assert_eq!(ledger.add(event("E1", "C1", Some(3))), Added::New);
        assert_eq!(ledger.add(event("E1", "C1", Some(3))), Added::Known);
        assert!(ledger.conflicts().is_empty());
        assert_eq!(ledger.add(event("E1", "C1", None)), Added::Outranked);
        assert_eq!(ledger.add(event("E1", "C2", Some(2))), Added::Outranked);
        let old = SubjectId::new("C1").unwrap();
        assert_eq!(ledger.add(event("E1", "C2", Some(4))), Added::Replaced { subject: old });
        assert_eq!(ledger.subjects().map(SubjectId::as_str).collect::<Vec<_>>(), ["C2"]);
        assert_eq!((ledger.len(), ledger.conflicts().len(), ledger.is_empty()), (1, 1, false));
    }
}
