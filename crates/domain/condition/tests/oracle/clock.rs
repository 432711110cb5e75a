//! The clock on the wall, read the slow way: of a named zone nothing is asked but its offset at an
//! instant.
use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};

thread_local! {
    static FOUND: RefCell<BTreeMap<(&'static str, NaiveDateTime), DateTime<Utc>>> = const { RefCell::new(BTreeMap::new()) };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    Fixed(i64),
    Named(chrono_tz::Tz),
}

impl Clock {
    pub(crate) fn named(name: &str) -> Self {
        let minutes = |offset: &str| {
            let (hours, minutes) = offset.split_once(':').unwrap();
            hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap()
        };
        match (name.strip_prefix('+'), name.strip_prefix('-')) {
            _ if name == "UTC" => Self::Fixed(0),
            (Some(east), _) => Self::Fixed(minutes(east)),
            (_, Some(west)) => Self::Fixed(-minutes(west)),
            _ => Self::Named(name.parse().unwrap()),
        }
    }

    /// What the clock shows.
    pub(crate) fn shows(self, at: DateTime<Utc>) -> NaiveDateTime {
        let ahead = match self {
            Self::Fixed(minutes) => TimeDelta::minutes(minutes),
            Self::Named(zone) => {
                let offset = zone.offset_from_utc_datetime(&at.naive_utc()).fix();
                TimeDelta::seconds(offset.local_minus_utc().into())
            }
        };
        at.naive_utc().checked_add_signed(ahead).unwrap_or(at.naive_utc())
    }

    /// The first instant at which the clock shows this time or, having leapt over it, a later one.
    pub(crate) fn instant(self, shown: NaiveDateTime) -> DateTime<Utc> {
        match self {
            Self::Fixed(minutes) => (shown - TimeDelta::minutes(minutes)).and_utc(),
            // Searching is slow, and the same is searched for again and again.
            Self::Named(zone) => FOUND.with_borrow_mut(|found| {
                *found.entry((zone.name(), shown)).or_insert_with(|| self.search(shown))
            }),
        }
    }

    fn search(self, shown: NaiveDateTime) -> DateTime<Utc> {
        // No clock was ever 16 hours from UTC, none changed twice within a quarter of an hour.
        let quarter = TimeDelta::minutes(15);
        let mut before = shown.and_utc() - TimeDelta::hours(16);
        while self.shows(before + quarter) < shown {
            before += quarter;
        }
        let (mut before, mut after) = (before, before + quarter);
        while after - before > TimeDelta::nanoseconds(1) {
            let middle = before + (after - before) / 2;
            if self.shows(middle) < shown { before = middle } else { after = middle }
        }
        after
    }

    pub(crate) fn day_start(self, day: NaiveDate) -> DateTime<Utc> {
        self.instant(day.and_time(NaiveTime::MIN))
    }

    /// The last day that has begun.
    pub(crate) fn day(self, at: DateTime<Utc>) -> NaiveDate {
        let shown = self.shows(at).date();
        if matches!(self, Self::Fixed(_)) || is_far(shown) {
            return shown;
        }
        let days = [1, 0, -1, -2].map(|days| shown + TimeDelta::days(days));
        days.into_iter().find(|day| self.day_start(*day) <= at).expect("a day that has begun")
    }

    pub(crate) fn after(self, at: DateTime<Utc>, span: Span) -> DateTime<Utc> {
        self.moved(at, span, 1)
    }

    pub(crate) fn before(self, at: DateTime<Utc>, span: Span) -> DateTime<Utc> {
        self.moved(at, span, -1)
    }

    fn moved(self, at: DateTime<Utc>, span: Span, sign: i64) -> DateTime<Utc> {
        if is_far(at.date_naive()) {
            return at;
        }
        if let Span::Hours(hours) = span {
            return at + TimeDelta::hours(sign * hours);
        }
        let shown = self.shows(at);
        let moved = span.moved(shown.date(), sign).and_time(shown.time());
        // No change at all is none, also of a time that is shown twice.
        if moved == shown { at } else { self.instant(moved) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    Hours(i64),
    Days(i64),
    Weeks(i64),
    Months(i64),
    Years(i64),
}

impl Span {
    pub(crate) fn after(self, day: NaiveDate) -> NaiveDate {
        self.moved(day, 1)
    }

    pub(crate) fn before(self, day: NaiveDate) -> NaiveDate {
        self.moved(day, -1)
    }

    fn moved(self, day: NaiveDate, sign: i64) -> NaiveDate {
        if is_far(day) {
            return day;
        }
        let months = match self {
            Self::Hours(_) => panic!("hours move no day"),
            Self::Days(days) => return day + TimeDelta::days(sign * days),
            Self::Weeks(weeks) => return day + TimeDelta::days(sign * weeks * 7),
            Self::Months(months) => months,
            Self::Years(years) => years * 12,
        };
        let month = i64::from(day.year()) * 12 + i64::from(day.month0()) + sign * months;
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        date(year, month, i64::from(day.day()).min(last_day(year, month)))
    }
}

/// Whether a day is so far from every question that no span leads there.
fn is_far(day: NaiveDate) -> bool {
    !(-1_000..=10_000).contains(&day.year())
}

pub(crate) fn leap_year(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn last_day(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(leap_year(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

pub(crate) fn date(year: i64, month: i64, day: i64) -> NaiveDate {
    let small = |number: i64| u32::try_from(number).unwrap();
    NaiveDate::from_ymd_opt(i32::try_from(year).unwrap(), small(month), small(day))
        .expect("a day that exists")
}

/// How many weeks, months, quarters, halves or years a day lies after some first one.
pub(crate) fn period(unit: &str, day: NaiveDate, week_start: chrono::Weekday) -> i64 {
    let (year, month) = (i64::from(day.year()), i64::from(day.month0()));
    match unit {
        // The first day of the week, in weeks of the calendar.
        "week" => {
            let before = i64::from(day.weekday().days_since(week_start));
            (i64::from(day.num_days_from_ce()) - before).div_euclid(7)
        }
        "month" => year * 12 + month,
        "quarter" => year * 4 + month / 3,
        "half" => year * 2 + month / 6,
        "year" => year,
        _ => panic!("no such period: {unit}"),
    }
}

/// The day of an anniversary in a year.
pub(crate) fn anniversary(of: NaiveDate, year: i64) -> NaiveDate {
    let (month, day) = (i64::from(of.month()), i64::from(of.day()));
    date(year, month, if (month, day) == (2, 29) && !leap_year(year) { 28 } else { day })
}

#[test]
fn clocks_that_change_are_read_by_the_stated_rules() {
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let shown = |text: &str| text.parse::<NaiveDateTime>().unwrap();
    let berlin = Clock::named("Europe/Berlin");
    assert_eq!(berlin.instant(shown("2026-03-29T02:30:00")), at("2026-03-29T01:00:00Z"));
    assert_eq!(berlin.instant(shown("2026-10-25T02:30:00")), at("2026-10-25T00:30:00Z"));
    assert_eq!(berlin.after(at("2026-03-28T11:00:00Z"), Span::Days(1)), at("2026-03-29T10:00:00Z"));
    assert_eq!(Clock::named("-05:30").shows(at("2026-03-28T00:00:00Z")), shown("2026-03-27T18:30:00"));
    // The clock is set back over midnight: the new day stays.
    let johns = Clock::named("America/St_Johns");
    assert_eq!(johns.shows(at("2006-10-29T02:31:00Z")).to_string(), "2006-10-28 23:01:00");
    assert_eq!(johns.day(at("2006-10-29T02:31:00Z")), date(2006, 10, 29));
    assert_eq!(Span::Months(1).after(date(2026, 1, 31)), date(2026, 2, 28));
    assert_eq!(Span::Years(1).before(date(2024, 2, 29)), date(2023, 2, 28));
    assert_eq!(anniversary(date(2024, 2, 29), 2028), date(2028, 2, 29));
}
