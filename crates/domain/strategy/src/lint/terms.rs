//! Terms that cannot be kept by a calendar.
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_calendar::{CalendarDocument, CalendarTime, Schedule, Shift, Term};
use guanxi_core::{DocumentId, Zone};

use super::Warnings;
use crate::plan::awake;

/// A calendar ready for questions, and the longest time for which it is closed.
pub(super) struct Clock<'a> {
    pub(super) id: &'a DocumentId,
    schedule: Schedule,
    closed: Option<(DateTime<Utc>, TimeDelta)>,
}

impl<'a> Clock<'a> {
    pub(super) fn all(calendars: &[&'a CalendarDocument]) -> Vec<Self> {
        let clock = |document: &&'a CalendarDocument| {
            let schedule = document.body().compile();
            Self { id: &document.head().id, closed: longest_closed(&schedule), schedule }
        };
        calendars.iter().map(clock).collect()
    }
}

/// The longest time between two openings, with its begin; the first of several.
fn longest_closed(schedule: &Schedule) -> Option<(DateTime<Utc>, TimeDelta)> {
    let (mut at, end) = schedule.horizon();
    let mut longest: Option<(DateTime<Utc>, TimeDelta)> = None;
    while at < end {
        let Some((close, open)) =
            schedule.next_close(at).ok().and_then(|close| Some((close, schedule.next_open(close).ok()?)))
        else {
            break;
        };
        let closed = open - close;
        if longest.is_none_or(|(_, most)| closed > most) {
            longest = Some((close, closed));
        }
        at = open;
    }
    longest
}

impl Clock<'_> {
    /// Whether all opening hours are quiet.
    fn is_quiet_while_open(&self, quiet: Shift, zone: Zone) -> bool {
        let (mut at, end) = self.schedule.horizon();
        let mut opens = false;
        while at < end {
            let begin = self.schedule.is_open(at).is_ok_and(|open| open).then_some(at);
            let Some(open) = begin.or_else(|| self.schedule.next_open(at).ok()) else { break };
            let Ok(close) = self.schedule.next_close(open) else { break };
            if awake(zone, quiet, open) < close {
                return false;
            }
            (opens, at) = (true, close);
        }
        opens
    }
}

impl Warnings {
    /// Quiet hours during all of the opening hours of a calendar.
    pub(super) fn quiet(&mut self, path: &str, quiet: Shift, zone: Zone, clock: &Clock<'_>) {
        if clock.is_quiet_while_open(quiet, zone) {
            let quiet = String::from(quiet);
            let found = format!(
                "it is quiet from {quiet} ({zone}), all the time that the calendar `{}` is open",
                clock.id
            );
            self.warn(path, "quiet_while_open", found, "let the quiet hours lie outside the opening hours");
        }
    }

    /// A term that no begin lets end within a calendar, or during which it may be closed throughout.
    pub(super) fn term(&mut self, path: &str, term: Term, clock: &Clock<'_>) {
        if self.impossible(path, term, clock) {
            return;
        }
        let Clock { id, closed, .. } = clock;
        let passes = match term {
            Term::Elapsed(time) => TimeDelta::try_seconds(i64::try_from(time.seconds()).unwrap_or(i64::MAX)),
            Term::Days(days) => TimeDelta::try_days(days.0.into()),
            Term::Working(_) | Term::WorkingDays(_) | Term::EndOfWorkingDay(_) => None,
        };
        if let (Some(passes), Some((from, closed))) = (passes, closed)
            && passes <= *closed
        {
            let long = CalendarTime::from_seconds(u64::try_from(closed.num_seconds()).unwrap_or_default());
            let found = format!(
                "a term of {term} may pass without any working time: the calendar `{id}` is closed for {long} from {from}"
            );
            self.warn(path, "due_while_closed", found, "have somebody at work then, or give working time");
        }
    }
    /// A term that no begin lets end within a calendar; whether it is one.
    pub(super) fn impossible(&mut self, path: &str, term: Term, clock: &Clock<'_>) -> bool {
        let Clock { id, schedule, .. } = clock;
        let (first, _) = schedule.horizon();
        let never = schedule.due(first, term).is_err();
        if never {
            let found = format!("a term of {term} never ends in the calendar `{id}`, whenever it begins");
            self.warn(path, "due_impossible", found, "give it less time, or another calendar");
        }
        never
    }
}
