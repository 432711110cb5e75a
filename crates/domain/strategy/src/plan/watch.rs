//! What a condition answers, and until when it is sure to.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cell::{OnceCell, RefCell};

use chrono::{DateTime, Utc};
use guanxi_condition::{EventLog, Given, LeafAnswer, Moment};
use guanxi_core::{Event, SubjectId};

use super::ledger::{Ledger, text};
use crate::action::{Actions, Guard};
use crate::run::ActionKey;

/// The answers of conditions along a ledger, each kept for as long as it stands.
#[derive(Clone)]
pub(crate) struct Watches<'a> {
    actions: &'a Actions,
    ledger: &'a Ledger,
    subject: &'a SubjectId,
    log: OnceCell<EventLog<'a>>,
    /// The log without an action's own events, for actions that have any.
    others: OnceCell<BTreeMap<usize, EventLog<'a>>>,
    kept: RefCell<Vec<Watched>>, // one for each guard that was asked, by its place
}

/// One condition.
#[derive(Clone, Default)]
struct Watched {
    /// The instants at which something happens that it looks at, ascending; looked up once.
    instants: Option<Vec<DateTime<Utc>>>,
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
            log: OnceCell::new(),
            others: OnceCell::new(),
            kept: RefCell::new(Vec::new()),
        }
    }

    fn log(&self, guard: &Guard) -> &EventLog<'a> {
        let others = self.others.get_or_init(|| self.without_own());
        let own = guard.blind_to.and_then(|place| others.get(&place));
        own.unwrap_or_else(|| self.log.get_or_init(|| EventLog::new(self.ledger.events().as_slice())))
    }

    fn without_own(&self) -> BTreeMap<usize, EventLog<'a>> {
        let mut made: BTreeMap<usize, Vec<&Event>> = BTreeMap::new();
        for event in self.ledger.events().as_slice().iter().filter(|event| !event.attributes.is_empty()) {
            for place in makers(self.actions, self.subject, event) {
                made.entry(place).or_default().push(event);
            }
        }
        let others = made.into_iter().map(|(place, made)| {
            let other = |event: &&Event| !made.iter().any(|own| own.id == event.id);
            (place, EventLog::new(self.ledger.events().as_slice().iter().filter(other)))
        });
        others.collect()
    }

    /// Whether a condition holds at an instant, and the first instant at which that may be otherwise.
    pub(crate) fn ask(&self, guard: &Guard, at: DateTime<Utc>) -> (bool, Option<DateTime<Utc>>) {
        let mut kept = self.kept.borrow_mut();
        while kept.len() <= guard.place {
            kept.push(Watched::default());
        }
        let Some(own) = kept.get_mut(guard.place) else { return (false, None) };
        let stands = |answer: &Answer| answer.at <= at && answer.until.is_none_or(|until| at < until);
        if let Some(answer) = own.answer.filter(stands) {
            return (answer.holds, answer.until);
        }
        let instants = own.instants.get_or_insert_with(|| self.instants(guard));
        let next = instants.get(instants.partition_point(|own| *own <= at)).copied();
        // What has not happened yet cannot matter before it does.
        let log = self.log(guard).until(at);
        let facts = self.ledger.at(at);
        let (given, moment) = (Given { facts: &facts, events: Some(&log) }, self.moment(at));
        let holds = guard.accepts(guard.when.holds(&given, &moment));
        let other = |truth| guard.accepts(truth) != holds;
        let until = match next {
            Some(next) => guard.when.next_time_before(&given, &moment, next, other).or(Some(next)),
            None => guard.when.next_time(&given, &moment, other),
        };
        own.answer = Some(Answer { at, holds, until });
        (holds, until)
    }

    /// Whether a condition holds at an instant.
    pub(crate) fn holds(&self, guard: &Guard, at: DateTime<Utc>) -> bool {
        self.ask(guard, at).0
    }

    /// The first instant at which time alone gives another answer, with what is known now.
    pub(crate) fn ends(&self, guard: &Guard, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let log = self.log(guard).until(at);
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
    pub(crate) fn deciding(&self, guard: &Guard, at: DateTime<Utc>) -> Vec<LeafAnswer> {
        let log = self.log(guard).until(at);
        let facts = self.ledger.at(at);
        guard.when.explain(&Given { facts: &facts, events: Some(&log) }, &self.moment(at)).deciding
    }

    const fn moment(&self, as_of: DateTime<Utc>) -> Moment {
        Moment { as_of, zone: self.actions.zone(), week_start: self.actions.week_start() }
    }

    /// When something happens that a condition looks at.
    fn instants(&self, guard: &Guard) -> Vec<DateTime<Utc>> {
        let events = self.log(guard).iter().filter(|event| guard.when.reads(&event.kind));
        let observed = guard.when.fact_ids().iter().flat_map(|fact| self.ledger.facts().instants_of(fact));
        let mut instants: Vec<DateTime<Utc>> =
            events.map(|event| event.occurred_at).chain(observed).collect();
        instants.sort_unstable();
        instants.dedup();
        instants
    }
}

/// The actions that an event says it was brought about by, or is word of.
fn makers<'a>(
    actions: &'a Actions,
    subject: &'a SubjectId,
    event: &'a Event,
) -> impl Iterator<Item = usize> + 'a {
    let named = ["cause", "key"].into_iter().filter_map(|name| text(event, name));
    let keys = named.filter_map(|text| text.parse::<ActionKey>().ok()).filter(|key| key.subject == *subject);
    keys.filter_map(|key| actions.action(&key.action).map(|action| action.place))
}
