use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use guanxi_condition::WeekStart;
use guanxi_core::Zone;
use serde::{Deserialize, Serialize};

/// A stretch of the calendar that comes again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Seven days from the day on which weeks begin.
    Week,
    /// A month.
    Month,
    /// Three months, from January, April, July and October.
    Quarter,
    /// Six months, from January and July.
    Half,
    /// A year.
    Year,
}

impl Period {
    /// The first day of the period that a day lies in.
    #[must_use]
    pub fn first_day(self, day: NaiveDate, week_start: WeekStart) -> NaiveDate {
        let months = match self {
            Self::Week => {
                let since = day.weekday().days_since(week_start.weekday());
                return day.checked_sub_days(Days::new(since.into())).unwrap_or(day);
            }
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Half => 6,
            Self::Year => 12,
        };
        NaiveDate::from_ymd_opt(day.year(), day.month0() / months * months + 1, 1).unwrap_or(day)
    }

    /// The first day of the period after the one that a day lies in.
    #[must_use]
    pub fn next_day(self, day: NaiveDate, week_start: WeekStart) -> Option<NaiveDate> {
        let first = self.first_day(day, week_start);
        let months = match self {
            Self::Week => return first.checked_add_days(Days::new(7)),
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Half => 6,
            Self::Year => 12,
        };
        first.checked_add_months(Months::new(months))
    }

    /// The instant at which the period of an instant began.
    pub(crate) fn start(self, at: DateTime<Utc>, zone: Zone, week_start: WeekStart) -> DateTime<Utc> {
        zone.day_start(self.first_day(zone.day(at), week_start)).unwrap_or(at)
    }

    /// The instant at which the period after that of an instant begins.
    pub(crate) fn next(self, at: DateTime<Utc>, zone: Zone, week_start: WeekStart) -> Option<DateTime<Utc>> {
        zone.day_start(self.next_day(zone.day(at), week_start)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_begin_on_their_days() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (period, given, first, next) in [
            (Period::Week, "2026-07-01", "2026-06-29", "2026-07-06"),
            (Period::Month, "2024-02-29", "2024-02-01", "2024-03-01"),
            (Period::Quarter, "2026-12-31", "2026-10-01", "2027-01-01"),
            (Period::Half, "2026-06-30", "2026-01-01", "2026-07-01"),
            (Period::Year, "2026-06-30", "2026-01-01", "2027-01-01"),
        ] {
            let monday = WeekStart::Monday;
            assert_eq!(period.first_day(day(given), monday), day(first), "{period:?} {given}");
            assert_eq!(period.next_day(day(given), monday), Some(day(next)), "{period:?} {given}");
        }
        assert_eq!(Period::Week.first_day(day("2026-07-01"), WeekStart::Sunday), day("2026-06-28"));
    }
}
