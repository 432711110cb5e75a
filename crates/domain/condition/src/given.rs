//! What a condition is asked of: facts, events, an instant.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc, Weekday};
use guanxi_core::{Event, EventKind, EventSet, Facts, Zone};
use serde::{Deserialize, Serialize};

use crate::condition::Condition;

/// What is known of a customer.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// The facts.
    pub facts: &'a dyn Facts,
    /// The events; `None` if nobody knows what happened, which is not the same as no events.
    pub events: Option<&'a EventLog<'a>>,
}

/// The instant of a question, in a zone, with a first day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// The instant.
    pub as_of: DateTime<Utc>,
    /// The zone in which days begin and clocks run.
    #[serde(default)]
    pub zone: Zone,
    /// The day on which weeks begin.
    #[serde(default)]
    pub week_start: WeekStart,
}

impl Moment {
    /// An instant in UTC, with weeks from Monday.
    #[must_use]
    pub const fn utc(as_of: DateTime<Utc>) -> Self {
        Self { as_of, zone: Zone::UTC, week_start: WeekStart::Monday }
    }

    /// The same zone and week at another instant.
    #[must_use]
    pub const fn at(self, as_of: DateTime<Utc>) -> Self {
        Self { as_of, ..self }
    }
}

/// The day on which weeks begin: Monday (ISO 8601), unless somebody says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum WeekStart {
    /// Monday 星期一.
    #[default]
    Monday,
    /// Tuesday 星期二.
    Tuesday,
    /// Wednesday 星期三.
    Wednesday,
    /// Thursday 星期四.
    Thursday,
    /// Friday 星期五.
    Friday,
    /// Saturday 星期六.
    Saturday,
    /// Sunday 星期日.
    Sunday,
}

impl WeekStart {
    /// The day of the week.
    #[must_use]
    pub const fn weekday(self) -> Weekday {
        match self {
            Self::Monday => Weekday::Mon,
            Self::Tuesday => Weekday::Tue,
            Self::Wednesday => Weekday::Wed,
            Self::Thursday => Weekday::Thu,
            Self::Friday => Weekday::Fri,
            Self::Saturday => Weekday::Sat,
            Self::Sunday => Weekday::Sun,
        }
    }
}

/// The events of one customer by occurrence, then by id, each id once.
///
/// The same id is the same event. Where two versions of it differ, the one recorded later counts (never
/// recorded is earliest); of two recorded at once, the greater one by occurrence, subject, kind, source,
/// channel and attributes: in whatever order they come, the log is the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventLog<'a>(Vec<&'a Event>); // INVARIANT: ascending by occurrence and id, no id twice

impl<'a> EventLog<'a> {
    /// Orders events. Those of a set are in order: see `EventLog::from`.
    pub fn new(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut events: Vec<&Event> = events.into_iter().collect();
        events.sort_by(|a, b| a.id.cmp(&b.id).then_with(|| b.version().cmp(&a.version())));
        events.dedup_by(|later, kept| later.id == kept.id);
        events.sort_by(|a, b| (a.occurred_at, &a.id).cmp(&(b.occurred_at, &b.id)));
        Self(events)
    }

    /// The events up to an instant.
    #[must_use]
    pub fn until(&self, as_of: DateTime<Utc>) -> Self {
        Self(self.split(as_of).0.to_vec())
    }

    /// Some of the events.
    #[must_use]
    pub fn only(&self, mut keep: impl FnMut(&Event) -> bool) -> Self {
        Self(self.iter().filter(|event| keep(event)).collect())
    }

    /// With one more event.
    #[must_use]
    pub fn with<'b>(&self, event: &'b Event) -> EventLog<'b>
    where
        'a: 'b,
    {
        if self.0.iter().any(|own| own.id == event.id) {
            return EventLog::new(self.iter().chain([event]));
        }
        let before = |own: &&Event| (own.occurred_at, &own.id) < (event.occurred_at, &event.id);
        let mut events: Vec<&'b Event> = self.0.clone();
        events.insert(self.0.partition_point(before), event);
        EventLog(events)
    }

    /// The events by occurrence, then by id.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &'a Event> + '_ {
        self.0.iter().copied()
    }

    /// The first instant of an event after an instant.
    #[must_use]
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.split(after).1.first().map(|event| event.occurred_at)
    }

    /// How many they are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that have occurred at an instant, and those that have not.
    pub(crate) fn split(&self, as_of: DateTime<Utc>) -> (&[&'a Event], &[&'a Event]) {
        let place = self.0.partition_point(|event| event.occurred_at <= as_of);
        self.0.split_at_checked(place).unwrap_or((&self.0, &[]))
    }
}

/// The events of a set, which are in order.
impl<'a> From<&'a EventSet> for EventLog<'a> {
    fn from(set: &'a EventSet) -> Self {
        Self(set.as_slice().iter().collect())
    }
}

/// The events of a set by their kinds, for many conditions each of which reads a few of them.
#[derive(Clone, Debug)]
pub struct EventsByKind<'a> {
    events: &'a [Event],
    places: BTreeMap<&'a EventKind, Vec<usize>>, // INVARIANT: of `events`, each once, ascending
}

impl<'a> EventsByKind<'a> {
    /// Those of a set.
    #[must_use]
    pub fn new(set: &'a EventSet) -> Self {
        let events = set.as_slice();
        let mut places: BTreeMap<&EventKind, Vec<usize>> = BTreeMap::new();
        for (place, event) in events.iter().enumerate() {
            places.entry(&event.kind).or_default().push(place);
        }
        Self { events, places }
    }

    /// The events that may matter to a condition.
    #[must_use]
    pub fn read_by(&self, condition: &Condition) -> EventLog<'a> {
        let read = self.places.iter().filter(|(kind, _)| condition.reads(kind));
        let mut places: Vec<usize> = read.flat_map(|(_, places)| places).copied().collect();
        places.sort_unstable();
        EventLog(places.into_iter().filter_map(|place| self.events.get(place)).collect())
    }
}
