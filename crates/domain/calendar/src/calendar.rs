//! A calendar, checked: which hours of which days are open.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{Days, NaiveDate};
use guanxi_core::Zone;
use guanxi_policy::{Document, Problems, check};

use crate::minutes::{Minutes, of_day, of_shift, union, without};
use crate::read;
use crate::shift::Shift;
use crate::spec::{DateKind, DateSpec, DayLabel, WeekSpec, WorkCalendarSpec};
use crate::weekday::Weekday;

/// The most days that a calendar covers: a hundred years.
pub const MAX_HORIZON_DAYS: u32 = 36_600;
/// The most days that the entries of a document name in all, a day counted for each entry.
pub const MAX_ENTRY_DAYS: u32 = 200_000;

/// A calendar with its id, version, validity and fingerprint.
pub type CalendarDocument = Document<WorkCalendar>;

/// Which hours are open, day by day, from one day to another.
///
/// What counts of a day, the later over the earlier:
/// 1. the shifts of its day of the week: those of the season that it falls in, else the ordinary ones;
/// 2. a `half_day` or a `make_up` day: other shifts in their place;
/// 3. a `holiday`, or a `closure` without hours: no shift begins on it, and nothing is open while it
///    lasts, also not the end of a night shift of the day before;
/// 4. a `closure` with hours: nothing is open in them;
/// 5. an `opening`: open in its hours in spite of all that.
///
/// A night shift belongs to the day on which it begins; closures and openings lie within one day. Hours are times on the clock, and become
/// instants by the rules of [`Zone`]: a time that the clock leaps over is the leap, one that it shows
/// twice is the first. So the shift over a leap is shorter by an hour, and that over an hour shown
/// twice is longer: working time is real time, in seconds that pass. Of two shifts at once the time
/// counts once.
///
/// The days from `from` to `to` are known, and no other: nothing of the day before reaches into the
/// first one, the last night shift ends with the last day, and whoever asks for more gets an error.
///
/// ```
/// use guanxi_calendar::{CalendarDocument, Term, WorkingTime};
/// use guanxi_core::parse_instant;
///
/// let calendar = CalendarDocument::from_json(r#"{
///   "schema": "guanxi.calendar/1", "id": "office", "version": "1",
///   "body": {
///     "zone": "+08:00", "from": "2026-01-01", "to": "2026-12-31",
///     "week": {"mon-fri": ["09:00-12:00", "13:00-18:00"]},
///     "dates": [
///       {"date": "2026-10-01", "to": "2026-10-07", "kind": "holiday", "label": "国庆节"},
///       {"date": "2026-10-10", "kind": "make_up", "as": "wed"}
///     ]
///   }
/// }"#)?;
/// let schedule = calendar.body().compile();
/// let eve = parse_instant("2026-09-30T17:00:00+08:00")?;
/// let due = schedule.due(eve, Term::Working(WorkingTime::from_hours(2)))?;
/// assert_eq!(due, parse_instant("2026-10-08T10:00:00+08:00")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkCalendar {
    pub(crate) zone: Zone,
    pub(crate) from: NaiveDate, // INVARIANT: from <= to, at most MAX_HORIZON_DAYS
    pub(crate) to: NaiveDate,
    pub(crate) week: Week,
    pub(crate) seasons: Vec<Season>, // INVARIANT: ascending, disjoint, within the horizon
    pub(crate) dates: Dates,         // INVARIANT: within the horizon
}

/// The shifts of each day of the week from Monday.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Week(pub(crate) [Vec<Shift>; 7]); // INVARIANT: ascending, disjoint

/// A time of the year with another week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Season {
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
    pub(crate) week: Week,
    pub(crate) label: Option<DayLabel>,
}

/// The rules of each day that differs from its week.
pub(crate) type Dates = BTreeMap<NaiveDate, Vec<DateRule>>; // INVARIANT: rules ascend, at most one says the whole day

/// How one day differs from its week.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateRule {
    /// How.
    pub kind: DateKind,
    /// The hours, where it has some.
    pub hours: Vec<Shift>,
    /// The day of the week whose shifts a make-up day has.
    pub works_as: Option<Weekday>,
    /// What it is called.
    pub label: Option<DayLabel>,
}

impl DateRule {
    /// Whether the rule says what the whole day is, and not only some of its hours.
    #[must_use]
    pub fn is_whole_day(&self) -> bool {
        match self.kind {
            DateKind::Holiday | DateKind::HalfDay | DateKind::MakeUp => true,
            DateKind::Closure => self.hours.is_empty(),
            DateKind::Opening => false,
        }
    }

    fn closes_the_day(&self) -> bool {
        self.is_whole_day() && matches!(self.kind, DateKind::Holiday | DateKind::Closure)
    }
}

/// One day of a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day<'a> {
    /// The day.
    pub date: NaiveDate,
    /// The shifts that begin on it by the first three rules; closures and openings by the hour come on
    /// top.
    pub shifts: Vec<Shift>,
    /// What the season is called that it falls in.
    pub season: Option<&'a DayLabel>,
    /// How it differs from its week.
    pub rules: &'a [DateRule],
}

impl Week {
    pub(crate) fn of(&self, day: Weekday) -> &[Shift] {
        Weekday::ALL.iter().zip(&self.0).find(|(other, _)| **other == day).map_or(&[], |(_, shifts)| shifts)
    }

    pub(crate) fn spec(&self) -> WeekSpec {
        let days = Weekday::ALL.iter().zip(&self.0).filter(|(_, shifts)| !shifts.is_empty());
        days.map(|(day, shifts)| (day.code().into(), shifts.clone())).collect()
    }
}

impl WorkCalendar {
    /// Where its clock hangs.
    #[must_use]
    pub const fn zone(&self) -> Zone {
        self.zone
    }

    /// The first and the last day that it covers.
    #[must_use]
    pub const fn horizon(&self) -> (NaiveDate, NaiveDate) {
        (self.from, self.to)
    }

    /// The same hours on the clock of another zone, such as the customer's.
    #[must_use]
    pub fn in_zone(&self, zone: Zone) -> Self {
        Self { zone, ..self.clone() }
    }

    /// The calendar with further days that differ, such as those of a file of holidays.
    ///
    /// # Errors
    /// All [`Problems`]: days out of its horizon, or that it says already.
    pub fn with_dates(&self, dates: Vec<DateSpec>) -> Result<Self, Problems> {
        let mut spec = guanxi_policy::Body::spec(self);
        spec.dates.extend(dates);
        Self::try_from(&spec)
    }

    /// A day; `None` out of the horizon.
    #[must_use]
    pub fn day(&self, date: NaiveDate) -> Option<Day<'_>> {
        if date < self.from || self.to < date {
            return None;
        }
        let rules = self.rules(date);
        let shifts = self.shifts(date, rules).to_vec();
        let season = self.season(date).and_then(|season| season.label.as_ref());
        Some(Day { date, shifts, season, rules })
    }

    /// The shifts that begin on a day of the horizon if its rules are these.
    fn shifts<'a>(&'a self, date: NaiveDate, rules: &'a [DateRule]) -> &'a [Shift] {
        let week = self.season(date).map_or(&self.week, |season| &season.week);
        match rules.iter().find(|rule| rule.is_whole_day()) {
            None => week.of(Weekday::of(date)),
            Some(rule) if rule.closes_the_day() => &[],
            Some(DateRule { works_as: Some(day), .. }) => week.of(*day),
            Some(rule) => &rule.hours,
        }
    }

    fn season(&self, date: NaiveDate) -> Option<&Season> {
        let after = self.seasons.partition_point(|season| season.from <= date);
        self.seasons.get(after.checked_sub(1)?).filter(|season| date <= season.to)
    }

    pub(crate) fn rules(&self, date: NaiveDate) -> &[DateRule] {
        self.dates.get(&date).map_or(&[], Vec::as_slice)
    }

    /// The minutes of a day's own shifts and openings in which it is open, from its midnight on and
    /// into the next day.
    pub(crate) fn open_minutes(&self, date: NaiveDate) -> Vec<Minutes> {
        let next = date.succ_opt().map_or(&[] as &[DateRule], |next| self.rules(next));
        self.minutes_by(date, self.rules(date), next)
    }

    /// The same if the rules of the day and of the next one are these.
    pub(crate) fn minutes_by(&self, date: NaiveDate, rules: &[DateRule], next: &[DateRule]) -> Vec<Minutes> {
        let mut closures = closed(rules, 0);
        closures.extend(closed(next, 1));
        let shifts = self.shifts(date, rules).iter().map(|shift| of_shift(*shift, 0)).collect();
        let mut open = without(union(shifts), &closures);
        let openings = rules.iter().filter(|rule| rule.kind == DateKind::Opening);
        open.extend(openings.flat_map(|rule| &rule.hours).map(|hours| of_shift(*hours, 0)));
        union(open)
    }
}

/// The minutes that the rules of a day close, which begins so many days after the one counted from.
pub(crate) fn closed(rules: &[DateRule], days: i32) -> Vec<Minutes> {
    let mut closed = Vec::new();
    for rule in rules {
        if rule.closes_the_day() {
            closed.push(of_day(days));
        } else if rule.kind == DateKind::Closure {
            closed.extend(rule.hours.iter().map(|hours| of_shift(*hours, days)));
        }
    }
    closed
}

impl TryFrom<&WorkCalendarSpec> for WorkCalendar {
    type Error = Problems;

    fn try_from(spec: &WorkCalendarSpec) -> Result<Self, Problems> {
        check(&serde_json::to_value(spec).unwrap_or_default(), read::calendar)
    }
}

/// The rules of days as entries: those that say the same of days in a row are one entry.
pub(crate) fn date_specs(dates: &Dates) -> Vec<DateSpec> {
    let mut specs: Vec<DateSpec> = Vec::new();
    // The entries that reach to the day before, by their place.
    let mut open: Vec<(NaiveDate, usize)> = Vec::new();
    for (date, rules) in dates {
        let before = date.checked_sub_days(Days::new(1));
        open.retain(|(last, _)| *last == *date || Some(*last) == before);
        for rule in rules {
            let same = |spec: &DateSpec| {
                spec.kind == rule.kind
                    && spec.hours == rule.hours
                    && spec.works_as == rule.works_as
                    && spec.label == rule.label
            };
            let reaching = open.iter_mut().filter(|(last, _)| Some(*last) == before);
            let mut goes_on = reaching.filter(|(_, place)| specs.get(*place).is_some_and(same));
            if let Some((last, place)) = goes_on.next() {
                *last = *date;
                if let Some(spec) = specs.get_mut(*place) {
                    spec.to = Some(*date);
                }
            } else {
                open.push((*date, specs.len()));
                let DateRule { kind, hours, works_as, label } = rule.clone();
                specs.push(DateSpec { date: *date, to: None, kind, hours, works_as, label });
            }
        }
    }
    specs
}
