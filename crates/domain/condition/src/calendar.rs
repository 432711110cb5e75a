//! Periods and anniversaries.
use chrono::{Datelike, Days, NaiveDate};

use crate::given::WeekStart;
use crate::tree::{Period, Side};

impl Side {
    /// How many periods it lies after that of today.
    pub(crate) const fn ahead(self) -> i64 {
        match self {
            Self::Last => -1,
            Self::This => 0,
            Self::Next => 1,
        }
    }
}

impl Period {
    /// The number of the period in which a day lies; the next one has the next number.
    pub(crate) fn number(self, day: NaiveDate, week_start: WeekStart) -> i64 {
        let (year, month) = (i64::from(day.year()), i64::from(day.month0()));
        match self {
            Self::Week => (i64::from(day.num_days_from_ce()) - first_week(week_start)).div_euclid(7),
            Self::Month => year * 12 + month,
            Self::Quarter => year * 4 + month / 3,
            Self::Half => year * 2 + month / 6,
            Self::Year => year,
        }
    }

    /// The first day of the period with a number; `None` beyond the years that can be counted.
    pub(crate) fn start(self, number: i64, week_start: WeekStart) -> Option<NaiveDate> {
        let per_year = match self {
            Self::Week => {
                let day = number.checked_mul(7)?.checked_add(first_week(week_start))?;
                return NaiveDate::from_num_days_from_ce_opt(i32::try_from(day).ok()?);
            }
            Self::Month => 12,
            Self::Quarter => 4,
            Self::Half => 2,
            Self::Year => 1,
        };
        let year = i32::try_from(number.div_euclid(per_year)).ok()?;
        let month = u32::try_from(number.rem_euclid(per_year) * (12 / per_year) + 1).ok()?;
        NaiveDate::from_ymd_opt(year, month, 1)
    }
}

/// The first day of week 0, counted from the first of January of the year 1, a Monday and day 1.
fn first_week(week_start: WeekStart) -> i64 {
    i64::from(week_start.weekday().num_days_from_monday()) + 1
}

/// The anniversary of a day in a year: that of 29 February is 28 February where there is none.
pub(crate) fn anniversary(day: NaiveDate, year: i32) -> Option<NaiveDate> {
    day.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, day.month(), day.day() - 1))
}

/// Whether an anniversary falls on a day or on one of so many after it.
pub(crate) fn has_anniversary(day: NaiveDate, today: NaiveDate, days: u16) -> bool {
    let until = today.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX);
    (today.year()..=until.year())
        .filter(|year| *year > day.year())
        .filter_map(|year| anniversary(day, year))
        .any(|anniversary| (today..=until).contains(&anniversary))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn weeks_begin_where_they_are_said_to() {
        // 2026-06-30 is a Tuesday.
        for (start, first) in [
            (WeekStart::Monday, "2026-06-29"),
            (WeekStart::Tuesday, "2026-06-30"),
            (WeekStart::Wednesday, "2026-06-24"),
            (WeekStart::Sunday, "2026-06-28"),
        ] {
            let number = Period::Week.number(day("2026-06-30"), start);
            assert_eq!(Period::Week.start(number, start), Some(day(first)), "{start:?}");
        }
    }

    #[test]
    fn periods_begin_on_their_first_day() {
        for (period, first, next) in [
            (Period::Month, "2026-06-01", "2026-07-01"),
            (Period::Quarter, "2026-04-01", "2026-07-01"),
            (Period::Half, "2026-01-01", "2026-07-01"),
            (Period::Year, "2026-01-01", "2027-01-01"),
        ] {
            let number = period.number(day("2026-06-30"), WeekStart::Monday);
            assert_eq!(period.start(number, WeekStart::Monday), Some(day(first)));
            assert_eq!(period.start(number + 1, WeekStart::Monday), Some(day(next)));
        }
    }

    #[test]
    fn every_day_lies_in_its_period_and_the_ends_of_time_do_not_panic() {
        for period in Period::NAMES.map(|(_, period)| period) {
            for start in [WeekStart::Monday, WeekStart::Thursday] {
                for today in
                    [NaiveDate::MIN, day("-0001-12-31"), day("0000-01-01"), day("2024-02-29"), NaiveDate::MAX]
                {
                    let number = period.number(today, start);
                    assert!(period.start(number, start).is_none_or(|first| first <= today));
                    assert!(period.start(number + 1, start).is_none_or(|next| next > today));
                }
            }
        }
        for today in [NaiveDate::MIN, NaiveDate::MAX] {
            assert!(!has_anniversary(day("9999-02-28"), NaiveDate::MIN, 365));
            let _ = has_anniversary(NaiveDate::MIN, today, 365);
        }
    }

    #[test]
    fn anniversaries_fall_on_the_day_or_the_one_before_the_leap_day() {
        for (of, today, days, expected) in [
            ("2020-02-29", "2023-02-28", 0, true),
            ("2020-02-29", "2024-02-28", 0, false),
            ("2020-02-29", "2024-02-29", 0, true),
            ("2020-02-29", "2024-02-28", 1, true),
            ("2020-06-30", "2020-06-30", 365, true),
            ("2020-06-30", "2020-06-30", 364, false),
            ("2020-06-30", "2019-07-01", 365, false),
            ("2020-01-02", "2025-12-30", 3, true),
            ("2020-01-02", "2025-12-29", 3, false),
        ] {
            assert_eq!(has_anniversary(day(of), day(today), days), expected, "{of} {today} {days}");
        }
    }
}
