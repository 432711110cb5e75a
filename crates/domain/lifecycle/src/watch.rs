//! What a guard answers, and until when it is sure to.
use alloc::vec::Vec;
use core::cell::RefCell;

use chrono::{DateTime, Utc};
use guanxi_condition::{EventLog, Given, Moment};
use guanxi_core::Event;

use crate::definition::{Guard, Lifecycle};
use crate::ledger::Ledger;

/// The answers of guards along a ledger, each kept for as long as it stands.
#[derive(Clone)]
pub(crate) struct Watches<'a> {
    definition: &'a Lifecycle,
    ledger: &'a Ledger,
    kept: RefCell<Vec<Watched>>, // one for each guard that was asked, by its place
}

/// One guard.
#[derive(Clone, Default)]
struct Watched {
    /// The instants at which something happens that it looks at, ascending; looked up once.
    instants: Option<Vec<DateTime<Utc>>>,
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
        Self { definition, ledger, kept: RefCell::new(Vec::new()) }
    }

    /// Whether a guard is passed at an instant, and the first instant at which that may be otherwise.
    pub(crate) fn ask(
        &self,
        asked: Asked<'_>,
        log: &EventLog<'_>,
        at: DateTime<Utc>,
    ) -> (bool, Option<DateTime<Utc>>) {
        let began = asked.marker.map(|marker| marker.occurred_at);
        let mut kept = self.kept.borrow_mut();
        while kept.len() <= asked.place {
            kept.push(Watched::default());
        }
        let Some(own) = kept.get_mut(asked.place) else { return (false, None) };
        let stands = |answer: &Answer| {
            answer.began == began && answer.at <= at && answer.until.is_none_or(|until| at < until)
        };
        if let Some(answer) = own.answer.filter(stands) {
            return (answer.accepted, answer.until);
        }
        let instants = own.instants.get_or_insert_with(|| self.instants(asked.guard));
        let next = instants.get(instants.partition_point(|own| *own <= at)).copied();
        // What has not happened yet cannot matter before it does.
        let log = log.until(at);
        let log = match asked.marker {
            Some(marker) => log.with(marker),
            None => log,
        };
        let facts = self.ledger.at(at);
        let (given, moment) = (Given { facts: &facts, events: Some(&log) }, self.moment(at));
        let when = &asked.guard.when;
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

    /// When something happens that a guard looks at.
    fn instants(&self, guard: &Guard) -> Vec<DateTime<Utc>> {
        let events = self.ledger.events().iter().filter(|event| guard.when.reads(&event.kind));
        let observed = guard.when.fact_ids().iter().flat_map(|fact| self.ledger.facts().instants_of(fact));
        let mut instants: Vec<DateTime<Utc>> =
            events.map(|event| event.occurred_at).chain(observed).collect();
        instants.sort_unstable();
        instants.dedup();
        instants
    }
}
