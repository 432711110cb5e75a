//! The events of one subject, as a set.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Added, AttributeId, Event, EventId, EventKind, FactValue, SubjectId};

/// The events of one subject, as a set: adding is commutative, associative and idempotent. Of two versions
/// of one event the greater counts ([`Event::version`]).
///
/// ```
/// use guanxi_core::{Added, Event, EventSet};
/// let event = |id: &str, at: &str| serde_json::from_value::<Event>(serde_json::json!({
///     "id": id, "subject": "C1", "kind": "order.placed", "occurred_at": at
/// }));
/// let (one, two) = (event("E1", "2026-06-02T00:00:00Z")?, event("E2", "2026-06-01T00:00:00Z")?);
/// let mut set = EventSet::default();
/// let (added, from) = set.add([one.clone(), two.clone(), one.clone()]);
/// assert_eq!(added, [Added::New, Added::New, Added::Known]);
/// assert_eq!(from, Some(two.occurred_at));
/// assert_eq!(set.as_slice(), [two, one]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventSet(Vec<Event>); // INVARIANT: ascending by occurrence and id, no id twice

/// An event of a set as it is written, where the subject need not be said again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventEntry {
    /// The same id is the same event.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// When it was written down, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<DateTime<Utc>>,
    /// What else is known of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<AttributeId, FactValue>,
}

impl EventEntry {
    /// The entry of an event; the subject, the source and the channel are left out.
    #[must_use]
    pub fn new(event: &Event) -> Self {
        let Event { id, kind, occurred_at, recorded_at, attributes, .. } = event.clone();
        Self { id, kind, occurred_at, recorded_at, attributes }
    }

    /// The event of a subject.
    #[must_use]
    pub fn of(self, subject: &SubjectId) -> Event {
        let Self { id, kind, occurred_at, recorded_at, attributes } = self;
        let subject = subject.clone();
        Event { id, subject, kind, occurred_at, recorded_at, source: None, channel: None, attributes }
    }
}

impl EventSet {
    /// Adds events; says of each what became of it, and from which instant on the set is another than before.
    pub fn add(&mut self, events: impl IntoIterator<Item = Event>) -> (Vec<Added>, Option<DateTime<Utc>>) {
        let mut from: Option<DateTime<Utc>> = None;
        let mut touch = |at: DateTime<Utc>| from = Some(from.map_or(at, |from| from.min(at)));
        let mut known: BTreeMap<EventId, Event> =
            core::mem::take(&mut self.0).into_iter().map(|event| (event.id.clone(), event)).collect();
        let add = |event: Event| match known.get(&event.id) {
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
        let added = events.into_iter().map(add).collect();
        self.0 = known.into_values().collect();
        self.0.sort_by(|a, b| (a.occurred_at, &a.id).cmp(&(b.occurred_at, &b.id)));
        (added, from)
    }

    /// The events by occurrence and id.
    #[must_use]
    pub fn as_slice(&self) -> &[Event] {
        &self.0
    }

    /// The events of one instant, by id.
    pub fn at(&self, at: DateTime<Utc>) -> impl Iterator<Item = &Event> {
        let from = self.0.partition_point(|event| event.occurred_at < at);
        self.0.iter().skip(from).take_while(move |event| event.occurred_at == at)
    }

    /// The last instant of an event up to an instant.
    #[must_use]
    pub fn last_until(&self, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let after = self.0.partition_point(|event| event.occurred_at <= until);
        Some(self.0.get(after.checked_sub(1)?)?.occurred_at)
    }

    /// The first instant of an event after an instant.
    #[must_use]
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        Some(self.0.get(self.0.partition_point(|event| event.occurred_at <= after))?.occurred_at)
    }

    /// The events as they are written.
    #[must_use]
    pub fn entries(&self) -> Vec<EventEntry> {
        self.0.iter().map(EventEntry::new).collect()
    }

    /// The events of a subject as they were written, in any order.
    #[must_use]
    pub fn read(entries: Vec<EventEntry>, subject: &SubjectId) -> Self {
        let mut set = Self::default();
        let _ = set.add(entries.into_iter().map(|entry| entry.of(subject)));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(hour * 3_600, 0).unwrap()
    }

    /// Events of few ids, so that many are versions of one.
    fn events() -> impl Strategy<Value = Vec<Event>> {
        let event = |(id, hour, recorded): (u8, i64, Option<i64>)| Event {
            id: EventId::new(["a", "b", "c", "d"][usize::from(id)]).unwrap(),
            subject: SubjectId::new("C1").unwrap(),
            kind: EventKind::new("order.placed").unwrap(),
            occurred_at: at(hour),
            recorded_at: recorded.map(at),
            source: None,
            channel: None,
            attributes: BTreeMap::new(),
        };
        let one = (0_u8..4, 0_i64..5, prop::option::of(0_i64..3));
        prop::collection::vec(one.prop_map(event), 0..16)
    }

    fn set(events: &[Event]) -> EventSet {
        let mut set = EventSet::default();
        let _ = set.add(events.iter().cloned());
        set
    }

    proptest! {
        #[test]
        fn order_repetition_and_portions_make_no_difference(all in events(), cut in 0_usize..16) {
            let twice: Vec<Event> = all.iter().chain(&all).rev().cloned().collect();
            prop_assert_eq!(set(&twice), set(&all));
            let (before, after) = all.split_at(cut.min(all.len()));
            let mut pieces = set(after);
            let whole = set(&all);
            let (added, from) = pieces.add(before.iter().cloned());
            prop_assert_eq!(&pieces, &whole);
            let changes = added.iter().any(|added| matches!(added, Added::New | Added::Replaced));
            prop_assert_eq!(from.is_some(), changes);
            // Before that instant nothing is other than it was.
            let early = |set: &EventSet| -> Vec<Event> {
                set.as_slice().iter().filter(|event| from.is_none_or(|from| event.occurred_at < from)).cloned().collect()
            };
            prop_assert_eq!(early(&set(after)), early(&whole));
            prop_assert_eq!(EventSet::read(whole.entries(), &SubjectId::new("C1").unwrap()), whole);
        }

        #[test]
        fn what_is_asked_of_a_set_is_what_looking_through_it_says(all in events(), hour in -1_i64..6) {
            let (set, now) = (set(&all), at(hour));
            for event in set.as_slice() {
                let versions = all.iter().filter(|own| own.id == event.id);
                prop_assert!(versions.clone().all(|own| own.version() <= event.version()));
            }
            let instants = || set.as_slice().iter().map(|event| event.occurred_at);
            prop_assert!(instants().is_sorted());
            prop_assert_eq!(set.at(now).count(), instants().filter(|own| *own == now).count());
            prop_assert_eq!(set.next_after(now), instants().find(|own| *own > now));
            prop_assert_eq!(set.last_until(now), instants().filter(|own| *own <= now).max());
        }
    }
}
