use alloc::vec::Vec;

use guanxi_core::{DocumentId, Stamp, Zone};

use crate::calendar::CalendarDocument;
use crate::schedule::Schedule;

/// The calendars that a clock may need, compiled: each in its own zone, or in that of a customer.
///
/// A calendar is found by its id. Where an id is added again, the last one counts: so a new version of
/// a calendar takes the place of the one before.
#[derive(Clone, Debug, Default)]
pub struct Calendars {
    // By id, in the order in which they were added.
    list: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    stamp: Stamp,
    /// The zone of a customer; its own, if absent.
    zone: Option<Zone>,
    schedule: Schedule,
}

impl Calendars {
    /// No calendars yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { list: Vec::new() }
    }

    /// With a calendar in its own zone.
    #[must_use]
    pub fn with(self, document: &CalendarDocument) -> Self {
        self.add(document.stamp(), None, document.body().compile())
    }

    /// With a calendar whose hours are on the clock of a customer's zone.
    #[must_use]
    pub fn with_zone(self, document: &CalendarDocument, zone: Zone) -> Self {
        self.add(document.stamp(), Some(zone), document.body().in_zone(zone).compile())
    }

    fn add(mut self, stamp: Stamp, zone: Option<Zone>, schedule: Schedule) -> Self {
        self.list.retain(|other| (&other.stamp.id, other.zone) != (&stamp.id, zone));
        let place = self.list.partition_point(|other| other.stamp.id <= stamp.id);
        self.list.insert(place, Entry { stamp, zone, schedule });
        self
    }

    /// A calendar by its id: in its own zone, or in that of a customer.
    #[must_use]
    pub fn get(&self, id: &DocumentId, zone: Option<Zone>) -> Option<&Schedule> {
        self.entry(id, zone).map(|(_, schedule)| schedule)
    }

    /// Which version of a calendar [`Calendars::get`] gives.
    #[must_use]
    pub fn stamp(&self, id: &DocumentId, zone: Option<Zone>) -> Option<&Stamp> {
        self.entry(id, zone).map(|(stamp, _)| stamp)
    }

    pub(crate) fn entry(&self, id: &DocumentId, zone: Option<Zone>) -> Option<(&Stamp, &Schedule)> {
        let first = self.list.partition_point(|other| other.stamp.id < *id);
        let own = self.list.get(first..)?.iter().take_while(|other| other.stamp.id == *id);
        own.into_iter().find(|other| other.zone == zone).map(|found| (&found.stamp, &found.schedule))
    }
}
