//! What a guard answers, and until when it is sure to.
use alloc::vec::Vec;
use core::cell::{OnceCell, RefCell};

use chrono::{DateTime, Utc};
use guanxi_condition::{EventLog, EventsByKind, Given, Moment};
use guanxi_core::Event;

use crate::definition::{Guard, Lifecycle};
use crate::ledger::Ledger;

/// The answers of guards along a ledger, each kept for as long as it stands.
#[derive(Clone)]
pub(crate) struct Watches<'a> {
    definition: &'a Lifecycle,
    ledger: &'a Ledger,
    events: OnceCell<EventsByKind<'a>>,
    kept: RefCell<Vec<Option<Watched<'a>>>>, // one for each guard that was asked, by its place
}

/// One guard.
#[derive(Clone)]
struct Watched<'a> {
    /// The events that it looks at.
    log: EventLog<'a>,
    answer: Option<Answer>,
}

/// What a guard answers from one instant to before another.
#[derive(Clone, Copy)]
struct Answer {
    /// The event that it sees beside the ledger.
    began: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
    accepted: bool,
    until: Option<DateTime<Utc>>,
}

/// A guard, its place among all, and the event that it sees beside the ledger.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) place: usize,
    pub(crate) guard: &'a Guard,
    pub(crate) marker: Option<&'a Event>,
}

impl<'a> Watches<'a> {
    pub(crate) const fn new(definition: &'a Lifecycle, ledger: &'a Ledger) -> Self {
        Self { definition, ledger, events: OnceCell::new(), kept: RefCell::new(Vec::new()) }
    }

    /// Whether a guard is passed at an instant, and the first instant at which that may be otherwise.
    pub(crate) fn ask(&self, asked: Asked<'_>, at: DateTime<Utc>) -> (bool, Option<DateTime<Utc>>) {
        let began = asked.marker.map(|marker| marker.occurred_at);
        let mut kept = self.kept.borrow_mut();
        if kept.len() <= asked.place {
            kept.resize_with(asked.place + 1, || None);
        }
        let Some(own) = kept.get_mut(asked.place) else { return (false, None) };
        let own = own.get_or_insert_with(|| {
            let events = self.events.get_or_init(|| EventsByKind::new(self.ledger.events()));
            Watched { log: events.read_by(&asked.guard.when), answer: None }
        });
        let stands = |answer: &Answer| {
            answer.began == began && answer.at <= at && answer.until.is_none_or(|until| at < until)
        };
        if let Some(answer) = own.answer.filter(stands) {
            return (answer.accepted, answer.until);
        }
        let when = &asked.guard.when;
        let observed = when.fact_ids().iter().filter_map(|fact| self.ledger.facts().next_of(fact, at));
        let next = own.log.next_after(at).into_iter().chain(observed).min();
        // What has not happened yet cannot matter before it does.
        let log = own.log.until(at);
        let log = match asked.marker {
            Some(marker) => log.with(marker),
            None => log,
        };
        let facts = self.ledger.at(at);
        let (given, moment) = (Given { facts: &facts, events: Some(&log) }, self.moment(at));
        let accepted = asked.guard.accepts(when.holds(&given, &moment));
        let other = |truth| asked.guard.accepts(truth) != accepted;
        let until = match next {
            Some(next) => when.next_time_before(&given, &moment, next, other).or(Some(next)),
            None => when.next_time(&given, &moment, other),
        };
        let answer = Answer { began, at, accepted, until };
        own.answer = Some(answer);
        (answer.accepted, answer.until)
    }

    const fn moment(&self, as_of: DateTime<Utc>) -> Moment {
        Moment { as_of, zone: self.definition.zone(), week_start: self.definition.week_start() }
    }
}
