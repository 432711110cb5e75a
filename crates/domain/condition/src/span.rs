//! Lengths of time, counted on the clock of a zone.
use chrono::{DateTime, Days, Months, NaiveDate, TimeDelta, Utc};
use guanxi_core::Zone;
use serde::{Deserialize, Serialize};

/// A length of time: hours are exact, all others keep the time on the clock.
///
/// On the wire `{"days": 3}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// So many times 3 600 seconds.
    Hours(u32),
    /// So many days at the same time on the clock.
    Days(u32),
    /// So many times seven days.
    Weeks(u32),
    /// So many months; where a month lacks the day, its last day is taken.
    Months(u32),
    /// So many times twelve months.
    Years(u32),
}

enum Step {
    Hours(u32),
    Days(u32),
    Months(u32),
}

impl Span {
    /// The greatest span of a condition, in years.
    pub const MAX_YEARS: u32 = 100;
    /// The same in days, leap days included.
    pub const MAX_DAYS: u32 = 36_525;

    /// The instant a span after another; `None` beyond the years that can be counted.
    #[must_use]
    pub fn after(self, at: DateTime<Utc>, zone: Zone) -> Option<DateTime<Utc>> {
        match self.step()? {
            Step::Hours(hours) => at.checked_add_signed(TimeDelta::try_hours(hours.into())?),
            Step::Days(days) => zone.add_days(at, days),
            Step::Months(months) => zone.add_months(at, months),
        }
    }

    /// The instant a span before another; `None` beyond the years that can be counted.
    ///
    /// Months are not equally long, so what lies a span before an instant need not be a span away from it:
    /// conditions count forward wherever they can.
    #[must_use]
    pub fn before(self, at: DateTime<Utc>, zone: Zone) -> Option<DateTime<Utc>> {
        match self.step()? {
            Step::Hours(hours) => at.checked_sub_signed(TimeDelta::try_hours(hours.into())?),
            Step::Days(days) => zone.sub_days(at, days),
            Step::Months(months) => zone.sub_months(at, months),
        }
    }

    /// Whether a span has passed since an instant: whether *then plus the span* is no later than *now*.
    pub(crate) fn has_passed(self, then: DateTime<Utc>, now: DateTime<Utc>, zone: Zone) -> bool {
        // Far from the end, no clock need be asked.
        if let Some((least, most)) = self.bounds() {
            let age = now.signed_duration_since(then);
            if age < least || age >= most {
                return age >= most;
            }
        }
        self.after(then, zone).is_some_and(|end| end <= now)
    }

    /// Whether a span has passed since an instant by so much that it has since every instant before.
    ///
    /// Where clocks change and months differ, the later of two instants may be the first since which it has.
    #[must_use]
    pub fn has_long_passed(self, then: DateTime<Utc>, now: DateTime<Utc>, zone: Zone) -> bool {
        match self.bounds() {
            Some((_, most)) => now.signed_duration_since(then) >= most,
            // Hours are exact.
            None => self.has_passed(then, now, zone),
        }
    }

    /// Exact times that the span is no shorter and no longer than, whatever clock it is counted on.
    fn bounds(self) -> Option<(TimeDelta, TimeDelta)> {
        // Clocks are less than a day off UTC, so a change of clocks is less than two.
        const SLACK: TimeDelta = TimeDelta::days(2);
        let days = |least: i64, most: i64| {
            Some((
                TimeDelta::try_days(least)?.checked_sub(&SLACK)?,
                TimeDelta::try_days(most)?.checked_add(&SLACK)?,
            ))
        };
        match self.step()? {
            Step::Hours(_) => None,
            Step::Days(count) => days(count.into(), count.into()),
            Step::Months(count) => days(i64::from(count) * 28, i64::from(count) * 31),
        }
    }

    /// The day a span after another; `None` for hours, and beyond the years that can be counted.
    pub(crate) fn after_day(self, day: NaiveDate) -> Option<NaiveDate> {
        match self.step()? {
            Step::Hours(_) => None,
            Step::Days(days) => day.checked_add_days(Days::new(days.into())),
            Step::Months(months) => day.checked_add_months(Months::new(months)),
        }
    }

    /// The day a span before another; `None` for hours, and beyond the years that can be counted.
    pub(crate) fn before_day(self, day: NaiveDate) -> Option<NaiveDate> {
        match self.step()? {
            Step::Hours(_) => None,
            Step::Days(days) => day.checked_sub_days(Days::new(days.into())),
            Step::Months(months) => day.checked_sub_months(Months::new(months)),
        }
    }

    fn step(self) -> Option<Step> {
        Some(match self {
            Self::Hours(hours) => Step::Hours(hours),
            Self::Days(days) => Step::Days(days),
            Self::Weeks(weeks) => Step::Days(weeks.checked_mul(7)?),
            Self::Months(months) => Step::Months(months),
            Self::Years(years) => Step::Months(years.checked_mul(12)?),
        })
    }

    /// The number and its unit.
    pub(crate) const fn parts(self) -> (u32, Unit) {
        match self {
            Self::Hours(count) => (count, Unit::Hours),
            Self::Days(count) => (count, Unit::Days),
            Self::Weeks(count) => (count, Unit::Weeks),
            Self::Months(count) => (count, Unit::Months),
            Self::Years(count) => (count, Unit::Years),
        }
    }
}

/// What a span is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Hours,
    Days,
    Weeks,
    Months,
    Years,
}

impl Unit {
    /// Every unit with its name, for more than one and for one.
    pub(crate) const NAMES: [(&'static str, &'static str, Self); 5] = [
        ("hours", "hour", Self::Hours),
        ("days", "day", Self::Days),
        ("weeks", "week", Self::Weeks),
        ("months", "month", Self::Months),
        ("years", "year", Self::Years),
    ];

    pub(crate) fn named(text: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(many, one, _)| *many == text || *one == text).map(|(.., unit)| *unit)
    }

    pub(crate) fn name(self, count: u32) -> &'static str {
        let name = Self::NAMES.iter().find(|(.., unit)| *unit == self);
        name.map_or("", |(many, one, _)| if count == 1 { one } else { many })
    }

    pub(crate) const fn of(self, count: u32) -> Span {
        match self {
            Self::Hours => Span::Hours(count),
            Self::Days => Span::Days(count),
            Self::Weeks => Span::Weeks(count),
            Self::Months => Span::Months(count),
            Self::Years => Span::Years(count),
        }
    }

    /// The most of this unit that a condition may count.
    pub(crate) const fn most(self) -> u32 {
        match self {
            Self::Hours => Span::MAX_DAYS * 24,
            Self::Days => Span::MAX_DAYS,
            Self::Weeks => Span::MAX_DAYS / 7,
            Self::Months => Span::MAX_YEARS * 12,
            Self::Years => Span::MAX_YEARS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::parse_instant;

    fn at(text: &str) -> DateTime<Utc> {
        parse_instant(text).unwrap()
    }

    #[test]
    fn spans_count_on_the_clock() {
        for (from, span, to) in [
            ("2026-01-31T10:00:00Z", Span::Months(1), "2026-02-28T10:00:00Z"),
            ("2024-02-29T10:00:00Z", Span::Years(1), "2025-02-28T10:00:00Z"),
            ("2026-06-23T10:00:00Z", Span::Weeks(1), "2026-06-30T10:00:00Z"),
            ("2026-06-30T10:00:00Z", Span::Hours(25), "2026-07-01T11:00:00Z"),
        ] {
            assert_eq!(span.after(at(from), Zone::UTC), Some(at(to)), "{from} {span:?}");
        }
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        // A day of 23 hours.
        assert_eq!(Span::Days(1).after(at("2026-03-28T11:00:00Z"), berlin), Some(at("2026-03-29T10:00:00Z")));
        assert_eq!(
            Span::Hours(24).after(at("2026-03-28T11:00:00Z"), berlin),
            Some(at("2026-03-29T11:00:00Z"))
        );
        assert_eq!(
            Span::Months(1).before(at("2026-03-31T10:00:00Z"), Zone::UTC),
            Some(at("2026-02-28T10:00:00Z"))
        );
    }

    #[test]
    fn beyond_all_years_there_is_no_instant() {
        for span in
            [Span::Hours, Span::Days, Span::Weeks, Span::Months, Span::Years].map(|span| span(u32::MAX))
        {
            let day = DateTime::<Utc>::MAX_UTC.date_naive();
            assert_eq!(span.after(DateTime::<Utc>::MAX_UTC, Zone::UTC), None);
            assert_eq!(span.before(DateTime::<Utc>::MIN_UTC, Zone::UTC), None);
            assert_eq!((span.after_day(day), span.before_day(NaiveDate::MIN)), (None, None));
        }
    }

    #[test]
    fn what_is_far_from_the_end_is_told_without_a_clock() {
        let zones = ["UTC", "+18:00", "Pacific/Apia", "Europe/Berlin", "America/St_Johns"];
        let spans =
            [Span::Days(0), Span::Days(1), Span::Weeks(2), Span::Months(1), Span::Months(2), Span::Years(4)];
        for zone in zones.map(|zone| zone.parse::<Zone>().unwrap()) {
            for then in ["2011-12-28T20:00:00Z", "2024-01-31T10:00:00Z", "2026-03-28T23:30:00Z"].map(at) {
                for span in spans {
                    let end = span.after(then, zone).unwrap();
                    for hours in -120..120 {
                        let now = end + TimeDelta::hours(hours);
                        assert_eq!(span.has_passed(then, now, zone), hours >= 0, "{then} {span:?} {hours}");
                    }
                    assert!(!span.has_passed(then, end - TimeDelta::nanoseconds(1), zone));
                }
            }
        }
        // What ends beyond the years that can be counted has not passed.
        let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
        assert!(Span::Years(100).has_passed(first, last, Zone::UTC));
        assert!(!Span::Days(u32::MAX).has_passed(first, last, Zone::UTC));
        assert!(!Span::Years(u32::MAX).has_passed(first, last, Zone::UTC));
    }

    #[test]
    fn spans_are_written_with_their_unit() {
        let span: Span = serde_json::from_str(r#"{"days": 3}"#).unwrap();
        assert_eq!(span, Span::Days(3));
        assert_eq!(serde_json::to_string(&Span::Months(12)).unwrap(), r#"{"months":12}"#);
    }
}
