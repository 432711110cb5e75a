//! A calendar made ready for questions.
use alloc::vec::Vec;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use guanxi_core::Zone;

use crate::calendar::WorkCalendar;
use crate::error::CalendarError;
use crate::minutes::{Minutes, without};
use crate::shift::DAY;
use crate::term::{CalendarDays, CalendarTime, Term, WorkingDays, WorkingTime};

/// The open times of a calendar, indexed: every question costs two binary searches at most, however far
/// apart the instants are.
///
/// Made by [`WorkCalendar::compile`], once for many questions. Instants are taken to the whole second
/// below, so the answers are whole seconds. A time that is open begins at its first second and ends
/// before the second at which it closes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    zone: Zone,
    from: i64,
    to: i64,
    spans: Vec<Span>,      // INVARIANT: ascending, disjoint, not empty
    days: Vec<WorkingDay>, // INVARIANT: ascending
}

/// An open time that belongs to one day, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    open: i64,
    close: i64,
    /// The working time of all spans before it.
    before: i64,
    /// When it closes at last, where spans follow each other without a break.
    until: i64,
    /// The place of its day among the working days.
    day: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct WorkingDay {
    date: NaiveDate,
    open: i64,
    close: i64,
}

impl WorkCalendar {
    /// Makes the calendar ready for questions.
    ///
    /// It walks over its days once, finds the instants of each day's hours, and keeps 40 bytes for each
    /// open time and 24 for each working day. Closed-form answers come from the sums it keeps.
    #[must_use]
    pub fn compile(&self) -> Schedule {
        let start = |day: Option<NaiveDate>| day.and_then(|day| self.zone.day_start(day));
        let from = start(Some(self.from)).map_or(i64::MIN / 4, |at| at.timestamp());
        let to = start(self.to.succ_opt()).map_or(i64::MAX / 4, |at| at.timestamp());
        let mut schedule = Schedule { zone: self.zone, from, to, spans: Vec::new(), days: Vec::new() };
        // What the day before has taken of the day, counted from its midnight.
        let mut taken: Vec<Minutes> = Vec::new();
        for date in self.from.iter_days().take_while(|date| *date <= self.to) {
            // Time that belongs to two days is that of the earlier one.
            let open = without(self.open_minutes(date), &taken);
            schedule.add(date, &open);
            taken = open.iter().map(|(start, end)| (start - i32::from(DAY), end - i32::from(DAY))).collect();
        }
        schedule.finish();
        schedule
    }
}

impl Schedule {
    fn add(&mut self, date: NaiveDate, open: &[Minutes]) {
        let day = self.days.len();
        let instant = |minute: i32| {
            let local =
                date.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::try_minutes(minute.into())?)?;
            Some(self.zone.instant(local)?.timestamp())
        };
        let mut spans = Vec::with_capacity(open.len());
        for (start, end) in open {
            let (Some(open), Some(close)) = (instant(*start), instant(*end)) else { continue };
            let close = close.min(self.to);
            // Hours that the clock leaps over are none.
            if open < close {
                spans.push(Span { open, close, before: 0, until: close, day });
            }
        }
        if let (Some(first), Some(last)) = (spans.first(), spans.last()) {
            self.days.push(WorkingDay { date, open: first.open, close: last.close });
            self.spans.append(&mut spans);
        }
    }

    fn finish(&mut self) {
        // A day's first span may come before the last one of the night before.
        self.spans.sort_by_key(|span| span.open);
        let mut before = 0;
        for span in &mut self.spans {
            span.before = before;
            before += span.close - span.open;
        }
        let mut next: Option<(i64, i64)> = None;
        for span in self.spans.iter_mut().rev() {
            span.until = next.filter(|(open, _)| *open == span.close).map_or(span.close, |(_, until)| until);
            next = Some((span.open, span.until));
        }
    }

    /// Where its clock hangs.
    #[must_use]
    pub const fn zone(&self) -> Zone {
        self.zone
    }

    /// The first instant that is covered, and the first that no longer is.
    #[must_use]
    pub fn horizon(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        (instant(self.from), instant(self.to))
    }

    /// All working time within the horizon.
    #[must_use]
    pub fn total(&self) -> WorkingTime {
        amount(self.spans.last().map_or(0, |span| span.before + span.close - span.open))
    }

    /// How many days have working time.
    #[must_use]
    pub fn working_days(&self) -> usize {
        self.days.len()
    }

    /// Whether it is open at an instant.
    ///
    /// # Errors
    /// [`CalendarError::OutsideHorizon`].
    pub fn is_open(&self, at: DateTime<Utc>) -> Result<bool, CalendarError> {
        let second = self.covered(at)?;
        Ok(self.begun(second).is_some_and(|span| second < span.close))
    }

    /// The first instant from one on at which it is open; that one, if it is open then.
    ///
    /// # Errors
    /// [`CalendarError`], without fail where there is no working time.
    pub fn next_open(&self, at: DateTime<Utc>) -> Result<DateTime<Utc>, CalendarError> {
        let second = self.covered(at)?;
        let next = self.next_span(second).ok_or_else(|| self.past(at))?;
        Ok(if next.open <= second { at } else { instant(next.open) })
    }

    /// The first instant from one on at which it is closed; that one, if it is closed then.
    ///
    /// # Errors
    /// [`CalendarError`]; past the horizon, if it is open until there.
    pub fn next_close(&self, at: DateTime<Utc>) -> Result<DateTime<Utc>, CalendarError> {
        let second = self.covered(at)?;
        match self.begun(second).filter(|span| second < span.close) {
            None => Ok(at),
            Some(span) if span.until < self.to => Ok(instant(span.until)),
            Some(_) => Err(self.past(at)),
        }
    }

    /// The working time from one instant to another.
    ///
    /// # Errors
    /// [`CalendarError::OutsideHorizon`] for either of them, [`CalendarError::Backwards`].
    pub fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<WorkingTime, CalendarError> {
        let (start, end) = (self.covered(from)?, self.covered_to(to)?);
        if to < from {
            return Err(CalendarError::Backwards { from, to });
        }
        Ok(amount(self.worked(end) - self.worked(start)))
    }

    /// When a term that begins at an instant is over.
    ///
    /// - *Working time*: the first instant by which so much of it has passed. So the end of a term may be
    ///   a close, and is never an opening; no time at all is over at once.
    /// - *Elapsed time*: so many seconds later, open or not. Needs no horizon.
    /// - *Working days*: let the term begin at the next opening, if it is closed. The end is the same
    ///   time on the clock of the n-th working day that follows, or that day's opening or close if it
    ///   falls before or after; and as for working time, the first instant by which all work up to
    ///   there has passed. Where all days have equal hours, that is n times the hours of a day. A working
    ///   day is a day on which a shift or an opening begins that leaves some time open; ten of them are
    ///   two weeks from Monday to Friday, and never 240 hours.
    /// - *End of a working day*: the last close of that day; the day 0 is the one on which it is open, or
    ///   the next that is.
    /// - *Days*: the same time on the clock so many days later, by the rules of [`Zone`]. Needs no horizon.
    ///
    /// # Errors
    /// [`CalendarError`]: no working time at all, an instant outside the horizon, or an end that lies
    /// past it.
    ///
    /// ```
    /// use guanxi_calendar::{CalendarDays, CalendarTime, Term, WorkingDays, WorkingTime, preset};
    /// use guanxi_core::parse_instant;
    ///
    /// let schedule = preset("five-day").ok_or("no such preset")?.body().compile();
    /// let saturday = parse_instant("2026-06-27T15:00:00Z")?;
    /// let due = |term| schedule.due(saturday, term).map(|due| due.to_rfc3339());
    /// assert_eq!(due(Term::Working(WorkingTime::from_hours(1)))?, "2026-06-29T10:00:00+00:00");
    /// assert_eq!(due(Term::Elapsed(CalendarTime::from_hours(24)))?, "2026-06-28T15:00:00+00:00");
    /// assert_eq!(due(Term::WorkingDays(WorkingDays(10)))?, "2026-07-10T17:00:00+00:00");
    /// assert_eq!(due(Term::Days(CalendarDays(10)))?, "2026-07-07T15:00:00+00:00");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn due(&self, start: DateTime<Utc>, term: Term) -> Result<DateTime<Utc>, CalendarError> {
        let too_far = CalendarError::TooFar { at: start };
        match term {
            Term::Working(time) => self.after(start, time),
            Term::Elapsed(time) => elapsed(start, time).ok_or(too_far),
            Term::WorkingDays(days) => self.after_days(start, days),
            Term::EndOfWorkingDay(days) => {
                let (_, day) = self.working_day(start, days)?;
                Ok(instant(day.close))
            }
            Term::Days(CalendarDays(days)) => {
                let whole = instant(start.timestamp());
                self.zone.add_days(whole, days).ok_or(too_far)
            }
        }
    }

    /// The first instant by which so much working time has passed since another.
    pub(crate) fn after(
        &self,
        start: DateTime<Utc>,
        time: WorkingTime,
    ) -> Result<DateTime<Utc>, CalendarError> {
        let second = self.covered(start)?;
        if self.spans.is_empty() {
            return Err(CalendarError::NoWorkingTime);
        }
        let time = i64::try_from(time.seconds()).map_err(|_| self.past(start))?;
        if time == 0 {
            return Ok(instant(second));
        }
        let worked = self.worked(second).saturating_add(time);
        let end = self.worked_off(worked).ok_or_else(|| self.past(start))?;
        Ok(instant(end))
    }

    fn after_days(&self, start: DateTime<Utc>, days: WorkingDays) -> Result<DateTime<Utc>, CalendarError> {
        let second = self.covered(start)?;
        let (first, then) = self.working_day(start, days)?;
        if days.0 == 0 {
            return Ok(instant(second));
        }
        // The time on the clock is counted from the midnight of the day to which the start belongs: a
        // night shift goes on beyond 24:00.
        let begun = self.next_span(second).map_or(second, |span| span.open.max(second));
        let clock = self.zone.local(instant(begun)) - first.date.and_time(NaiveTime::MIN);
        let same = then.date.and_time(NaiveTime::MIN).checked_add_signed(clock);
        let same = same.and_then(|local| self.zone.instant(local)).map_or(then.close, |at| at.timestamp());
        let worked = self.worked(same.clamp(then.open, then.close));
        // Nothing worked since: the days are there, so this is their opening.
        Ok(instant(self.worked_off(worked).unwrap_or(second).max(second)))
    }

    /// The working day of a start, and the one that comes so many working days later.
    fn working_day(
        &self,
        start: DateTime<Utc>,
        days: WorkingDays,
    ) -> Result<(WorkingDay, WorkingDay), CalendarError> {
        let second = self.covered(start)?;
        let found = || {
            let first = self.next_span(second)?.day;
            let then = first.checked_add(usize::try_from(days.0).ok()?)?;
            Some((*self.days.get(first)?, *self.days.get(then)?))
        };
        found().ok_or_else(|| self.past(start))
    }

    /// An instant in seconds, if it is covered.
    fn covered(&self, at: DateTime<Utc>) -> Result<i64, CalendarError> {
        let second = at.timestamp();
        if self.from <= second && second < self.to { Ok(second) } else { Err(self.outside(at)) }
    }

    /// The end of a span in seconds; the end of the horizon is known to be its end.
    fn covered_to(&self, at: DateTime<Utc>) -> Result<i64, CalendarError> {
        let second = at.timestamp();
        if self.from <= second && second <= self.to { Ok(second) } else { Err(self.outside(at)) }
    }

    fn outside(&self, at: DateTime<Utc>) -> CalendarError {
        let (from, to) = self.horizon();
        CalendarError::OutsideHorizon { at, from, to }
    }

    fn past(&self, at: DateTime<Utc>) -> CalendarError {
        if self.spans.is_empty() {
            return CalendarError::NoWorkingTime;
        }
        CalendarError::PastHorizon { at, to: instant(self.to) }
    }

    /// The last span that has begun.
    fn begun(&self, second: i64) -> Option<&Span> {
        let begun = self.spans.partition_point(|span| span.open <= second);
        self.spans.get(begun.checked_sub(1)?)
    }

    /// The first span that is not over.
    fn next_span(&self, second: i64) -> Option<&Span> {
        self.spans.get(self.spans.partition_point(|span| span.close <= second))
    }

    /// The working time from the beginning of the horizon to a second.
    fn worked(&self, second: i64) -> i64 {
        self.begun(second).map_or(0, |span| span.before + second.min(span.close) - span.open)
    }

    /// The first second by which so much has been worked since the beginning of the horizon.
    fn worked_off(&self, worked: i64) -> Option<i64> {
        let begun = self.spans.partition_point(|span| span.before < worked);
        let span = self.spans.get(begun.checked_sub(1)?)?;
        let end = span.open + (worked - span.before);
        (end <= span.close).then_some(end)
    }
}

pub(crate) fn elapsed(start: DateTime<Utc>, time: CalendarTime) -> Option<DateTime<Utc>> {
    let end = start.timestamp().checked_add(i64::try_from(time.seconds()).ok()?)?;
    DateTime::from_timestamp(end, 0)
}

pub(crate) fn whole_second(at: DateTime<Utc>) -> DateTime<Utc> {
    instant(at.timestamp())
}

fn instant(second: i64) -> DateTime<Utc> {
    let end = if second > 0 { DateTime::<Utc>::MAX_UTC } else { DateTime::<Utc>::MIN_UTC };
    DateTime::from_timestamp(second, 0).unwrap_or(end)
}

fn amount(seconds: i64) -> WorkingTime {
    WorkingTime::from_seconds(u64::try_from(seconds).unwrap_or_default())
}
