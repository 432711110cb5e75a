//! What a condition answers, and until when it is sure to.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::cell::{OnceCell, RefCell};

use chrono::{DateTime, Utc};
use guanxi_condition::{Course, EventLog, EventsByKind, Given, LeafAnswer, Moment};
use guanxi_core::{Event, EventId, SubjectId};

use super::ledger::{Ledger, text};
use crate::action::{Action, Actions, Guard};
use crate::run::{ActionKey, Cycle};

/// The answers of conditions along a ledger, each kept for as long as it stands.
pub(crate) struct Watches<'a> {
    actions: &'a Actions,
    ledger: &'a Ledger,
    subject: &'a SubjectId,
    events: OnceCell<EventsByKind<'a>>,
    /// The events that an action brought about, itself or through others, for actions that did.
    own: OnceCell<BTreeMap<usize, BTreeSet<&'a EventId>>>,
    kept: RefCell<Vec<Option<Watched<'a>>>>, // one for each guard that was asked, by its place
}

/// One condition.
struct Watched<'a> {
    /// The events that it reads.
    log: EventLog<'a>,
    course: Course<'a>,
    answer: Option<Answer>,
}

/// What a condition answers from one instant to before another.
#[derive(Clone, Copy)]
struct Answer {
    at: DateTime<Utc>,
    holds: bool,
    until: Option<DateTime<Utc>>,
}

impl<'a> Watches<'a> {
    pub(crate) const fn new(actions: &'a Actions, subject: &'a SubjectId, ledger: &'a Ledger) -> Self {
        Self {
            actions,
            ledger,
            subject,
            events: OnceCell::new(),
            own: OnceCell::new(),
            kept: RefCell::new(Vec::new()),
        }
    }

    /// The events that a condition reads.
    fn log(&self, guard: &Guard) -> EventLog<'a> {
        let events = self.events.get_or_init(|| EventsByKind::new(self.ledger.events()));
        let log = events.read_by(&guard.when);
        let own = self.own.get_or_init(|| self.own());
        let Some(blind_to) = guard.blind_to.filter(|_| !own.is_empty()) else { return log };
        let hidden: Vec<_> = own
            .iter()
            .filter(|(place, _)| {
                **place == blind_to || self.actions.actions().get(**place).is_some_and(Action::is_automatic)
            })
            .map(|(_, own)| own)
            .collect();
        log.only(|event| !hidden.iter().any(|own| own.contains(&event.id)))
    }

    fn own(&self) -> BTreeMap<usize, BTreeSet<&'a EventId>> {
        let mut makers: BTreeMap<&EventId, BTreeSet<usize>> = BTreeMap::new();
        // What brings something about lies before it.
        for event in self.ledger.events().as_slice().iter().filter(|event| !event.attributes.is_empty()) {
            let mut all = BTreeSet::new();
            for key in keys(self.subject, event) {
                all.extend(self.actions.action(&key.action).map(|action| action.place));
                if let Cycle::Event(caller) = &key.cycle {
                    all.extend(makers.get(caller).into_iter().flatten());
                }
            }
            if !all.is_empty() {
                makers.insert(&event.id, all);
            }
        }
        let mut own: BTreeMap<usize, BTreeSet<&EventId>> = BTreeMap::new();
        for (event, places) in makers {
            for place in places {
                own.entry(place).or_default().insert(event);
            }
        }
        own
    }

    /// Asks of what is kept of a condition.
    fn of<T>(&self, guard: &'a Guard, ask: impl FnOnce(&mut Watched<'a>) -> T) -> T {
        let mut kept = self.kept.borrow_mut();
        kept.resize_with(self.actions.guards, || None);
        let fresh = || {
            let (log, (zone, week_start)) =
                (self.log(guard), (self.actions.zone(), self.actions.week_start()));
            let course = Course::new(&guard.when, Some(&log), zone, week_start);
            Watched { log, course, answer: None }
        };
        match kept.get_mut(guard.place) {
            Some(own) => ask(own.get_or_insert_with(fresh)),
            None => ask(&mut fresh()),
        }
    }

    /// Whether a condition holds at an instant, and the first instant at which that may be otherwise.
    pub(crate) fn ask(&self, guard: &'a Guard, at: DateTime<Utc>) -> (bool, Option<DateTime<Utc>>) {
        self.of(guard, |own| {
            let stands = |answer: &Answer| answer.at <= at && answer.until.is_none_or(|until| at < until);
            if let Some(answer) = own.answer.filter(stands) {
                return (answer.holds, answer.until);
            }
            let facts = self.ledger.at(at);
            let observed = guard.when.fact_ids().iter();
            let observed = observed.filter_map(|fact| self.ledger.facts().next_of(fact, at)).min();
            let holds = guard.accepts(own.course.holds(&facts, at));
            let other = |truth| guard.accepts(truth) != holds;
            let until = own.course.next_time(&facts, at, observed, other).or(observed);
            own.answer = Some(Answer { at, holds, until });
            (holds, until)
        })
    }

    /// Whether a condition holds at an instant.
    pub(crate) fn holds(&self, guard: &'a Guard, at: DateTime<Utc>) -> bool {
        self.ask(guard, at).0
    }

    /// The first instant at which time alone gives another answer, with what is known now.
    pub(crate) fn ends(&self, guard: &'a Guard, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let log = self.of(guard, |own| own.log.until(at));
        let facts = self.ledger.at(at);
        let (given, moment) = (Given { facts: &facts, events: Some(&log) }, self.moment(at));
        let holds = guard.accepts(guard.when.holds(&given, &moment));
        guard.when.next_time(&given, &moment, |truth| guard.accepts(truth) != holds)
    }

    /// Whether a condition is true of an event, as if nothing else had ever happened.
    pub(crate) fn is_about(&self, guard: &Guard, event: &Event) -> bool {
        let (log, facts) = (EventLog::new([event]), self.ledger.at(event.occurred_at));
        let given = Given { facts: &facts, events: Some(&log) };
        guard.accepts(guard.when.holds(&given, &self.moment(event.occurred_at)))
    }

    /// What decides the answer.
    pub(crate) fn deciding(&self, guard: &'a Guard, at: DateTime<Utc>) -> Vec<LeafAnswer> {
        self.of(guard, |own| own.course.deciding(&self.ledger.at(at), at))
    }

    const fn moment(&self, as_of: DateTime<Utc>) -> Moment {
        Moment { as_of, zone: self.actions.zone(), week_start: self.actions.week_start() }
    }
}

/// The steps that an event says it was brought about by, or is word of.
fn keys<'a>(subject: &'a SubjectId, event: &'a Event) -> impl Iterator<Item = ActionKey> + 'a {
    let named = ["cause", "key"].into_iter().filter_map(|name| text(event, name));
    named.filter_map(|text| text.parse::<ActionKey>().ok()).filter(|key| key.subject == *subject)
}
