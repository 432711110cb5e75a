//! Random calendars with questions, and whether a schedule answers them as counting does.
use chrono::{DateTime, Utc};
use guanxi_calendar::arbitrary::{calendar_spec, instant_near, overlay, term};
use guanxi_calendar::{CalendarError, Overlay, Schedule, Term, WorkCalendar, WorkCalendarSpec};
use guanxi_policy::Body;
use proptest::prelude::*;

use crate::oracle::{No, Oracle, Rules};

fn no<T>(answer: Result<T, CalendarError>) -> Result<T, No> {
    answer.map_err(|error| match error {
        CalendarError::NoWorkingTime => No::WorkingTime,
        CalendarError::OutsideHorizon { .. } => No::Covered,
        CalendarError::PastHorizon { .. } => No::Further,
        other => panic!("{other}"),
    })
}

/// A calendar, perhaps with an overlay, and questions.
pub(crate) type Case = (WorkCalendarSpec, Option<Overlay>, Vec<(DateTime<Utc>, DateTime<Utc>, Term)>);

pub(crate) fn case(most_days: u64, questions: usize) -> impl Strategy<Value = Case> {
    calendar_spec(most_days).prop_flat_map(move |spec| {
        let calendar = WorkCalendar::try_from(&spec).unwrap();
        let asked = (instant_near(&calendar), instant_near(&calendar), term());
        let over = prop::option::weighted(0.3, overlay(&calendar));
        (Just(spec), over, prop::collection::vec(asked, questions))
    })
}

pub(crate) fn check((spec, over, questions): Case, seconds: i64) {
    let base = WorkCalendar::try_from(&spec).unwrap();
    let calendar = match &over {
        None => base,
        Some(over) => base.overlay(over).unwrap(),
    };
    let over = over.map(|over| over.spec());
    let oracle = Oracle::new(&Rules { calendar: &spec, overlay: over.as_ref() }, seconds);
    let schedule = calendar.compile();
    for (at, open) in oracle.opens() {
        assert_eq!(schedule.is_open(at).unwrap(), open, "open at {at}");
    }
    for (at, other, term) in questions {
        ask(&oracle, &schedule, at, other, term);
    }
}

fn ask(oracle: &Oracle, schedule: &Schedule, at: DateTime<Utc>, other: DateTime<Utc>, term: Term) {
    assert_eq!(no(schedule.next_open(at)), oracle.next_open(at), "next open from {at}");
    assert_eq!(no(schedule.next_close(at)), oracle.next_close(at), "next close from {at}");
    let (from, to) = (at.min(other), at.max(other));
    let between = no(schedule.between(from, to)).map(|time| time.seconds() as i64);
    assert_eq!(between, oracle.between(from, to), "between {from} and {to}");
    if !matches!(term, Term::Elapsed(_) | Term::Days(_)) || schedule.is_open(at).is_ok() {
        assert_eq!(no(schedule.due(at, term)), oracle.due(at, term), "{term:?} from {at}");
    }
}
