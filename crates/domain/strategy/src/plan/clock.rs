//! When something is over that takes so long, and how much of its time is used.
use chrono::{DateTime, NaiveTime, TimeDelta, Timelike, Utc};
use guanxi_calendar::{CalendarTime, Calendars, Schedule, Shift, Term, WorkingTime};
use guanxi_core::{DocumentId, Zone};

use crate::run::{Used, Work};

/// The minutes of a day.
const DAY: u32 = 24 * 60;

/// What time is measured by.
#[derive(Clone, Copy)]
pub(crate) struct Clocks<'a> {
    pub(crate) zone: Zone,
    pub(crate) calendars: &'a Calendars,
}

impl<'a> Clocks<'a> {
    pub(crate) fn schedule(self, calendar: Option<&DocumentId>) -> Option<&'a Schedule> {
        self.calendars.get(calendar?, None)
    }

    /// When a term is over that begins at an instant; `None` if the calendar does not say.
    pub(crate) fn after(
        self,
        calendar: Option<&DocumentId>,
        at: DateTime<Utc>,
        term: Term,
    ) -> Option<DateTime<Utc>> {
        match (self.schedule(calendar), term) {
            (Some(schedule), term) => schedule.due(at, term).ok(),
            (None, Term::Elapsed(time)) => {
                at.checked_add_signed(TimeDelta::try_seconds(i64::try_from(time.seconds()).ok()?)?)
            }
            (None, Term::Days(days)) => self.zone.add_days(at, days.0),
            (None, _) => None,
        }
    }

    /// When a term of a step is over, whose clock runs; what it has used counts.
    ///
    /// A term in days allows as much time as the days hold that follow the begin, by the calendar of now.
    pub(crate) fn over(
        self,
        calendar: Option<&DocumentId>,
        work: &Work,
        term: Term,
    ) -> Option<DateTime<Utc>> {
        let (from, used) = (work.runs_from?, work.used);
        if used.is_zero() {
            return self.after(calendar, from, term);
        }
        let working = |allowed: WorkingTime| {
            Term::Working(allowed.saturating_sub(WorkingTime::from_seconds(used.working)))
        };
        let elapsed = |allowed: CalendarTime| {
            Term::Elapsed(allowed.saturating_sub(CalendarTime::from_seconds(used.elapsed)))
        };
        let left = match term {
            Term::Working(allowed) => working(allowed),
            Term::Elapsed(allowed) => elapsed(allowed),
            Term::Days(_) => {
                let begun = work.first_at.unwrap_or(from);
                let allowed = self.after(calendar, begun, term)?.signed_duration_since(begun);
                elapsed(CalendarTime::from_seconds(u64::try_from(allowed.num_seconds()).unwrap_or(0)))
            }
            Term::WorkingDays(_) | Term::EndOfWorkingDay(_) => {
                let schedule = self.schedule(calendar)?;
                let begun = work.first_at.unwrap_or(from);
                working(schedule.between(begun, schedule.due(begun, term).ok()?).ok()?)
            }
        };
        self.after(calendar, from, left)
    }

    /// The time that passes from one instant to another.
    pub(crate) fn used(self, calendar: Option<&DocumentId>, from: DateTime<Utc>, to: DateTime<Utc>) -> Used {
        let elapsed = u64::try_from(to.signed_duration_since(from).num_seconds()).unwrap_or(0);
        let working = self.schedule(calendar).and_then(|schedule| schedule.between(from, to).ok());
        Used { working: working.map_or(0, WorkingTime::seconds), elapsed }
    }

    /// The first instant from one on that does not lie in quiet hours.
    pub(crate) fn awake(self, quiet: Option<Shift>, at: DateTime<Utc>) -> DateTime<Utc> {
        quiet.map_or(at, |quiet| awake(self.zone, quiet, at))
    }
}

/// The first instant from one on that does not lie in quiet hours.
pub(crate) fn awake(zone: Zone, quiet: Shift, at: DateTime<Utc>) -> DateTime<Utc> {
    let local = zone.local(at);
    let minute = local.hour() * 60 + local.minute();
    let (start, end) = (u32::from(quiet.start()), u32::from(quiet.end()));
    // Counted from the midnight of the day on which the quiet hours end.
    let (days, end) = match (start..end).contains(&minute) {
        true if end >= DAY => (1, end - DAY),
        true => (0, end),
        false if minute + DAY < end => (0, end - DAY),
        false => return at,
    };
    let clock = NaiveTime::from_num_seconds_from_midnight_opt(end * 60, 0);
    let day = local.date().checked_add_days(chrono::Days::new(days));
    let woken = day.zip(clock).and_then(|(day, clock)| zone.instant(day.and_time(clock)));
    woken.map_or(at, |woken| woken.max(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::parse_instant;

    #[test]
    fn quiet_hours_end_in_the_morning() {
        let calendars = Calendars::new();
        let clocks = Clocks { zone: "+08:00".parse().unwrap(), calendars: &calendars };
        let awake = |quiet: &str, at: &str| {
            let quiet = Shift::try_from(std::string::String::from(quiet)).unwrap();
            clocks.awake(Some(quiet), parse_instant(at).unwrap())
        };
        for (quiet, at, woken) in [
            ("20:00-08:00", "2026-01-05T00:00:00+08:00", "2026-01-05T08:00:00+08:00"),
            ("20:00-08:00", "2026-01-05T20:00:00+08:00", "2026-01-06T08:00:00+08:00"),
            ("20:00-08:00", "2026-01-05T19:59:59+08:00", "2026-01-05T19:59:59+08:00"),
            ("20:00-08:00", "2026-01-05T08:00:00+08:00", "2026-01-05T08:00:00+08:00"),
            ("00:00-07:30", "2026-01-05T07:29:59+08:00", "2026-01-05T07:30:00+08:00"),
            ("12:00-14:00", "2026-01-05T13:00:00+08:00", "2026-01-05T14:00:00+08:00"),
            ("22:00-24:00", "2026-01-05T23:00:00+08:00", "2026-01-06T00:00:00+08:00"),
        ] {
            assert_eq!(awake(quiet, at), parse_instant(woken).unwrap(), "{quiet} {at}");
        }
    }
}
