//! Lengths of time counted back from an instant.
use chrono::{DateTime, Days, Months, TimeZone, Utc};
use serde::{Deserialize, Serialize};

/// A length of time that ends at `as_of`: what happens at `as_of` is in it, as it is in all of the
/// past, and what happened at its start is in the one before.
///
/// Counted in the calendar of one offset, keeping the time of day: the 12 months to 2013-12-01 are
/// `(2012-12-01, 2013-12-01]`. Where the day does not exist in the month reached, its last day
/// counts: the month to 31 March starts on 28 February 2026, and on 29 February in 2024.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Window {
    /// Days of 24 hours, 1 to 36 525.
    Days(u32),
    /// Calendar months, 1 to 1 200.
    Months(u32),
}

impl Window {
    /// Its greatest length in its own unit: a hundred years.
    #[must_use]
    pub const fn longest(self) -> u32 {
        match self {
            Self::Days(_) => 36_525,
            Self::Months(_) => 1_200,
        }
    }

    /// Its length in its own unit.
    #[must_use]
    pub const fn length(self) -> u32 {
        match self {
            Self::Days(length) | Self::Months(length) => length,
        }
    }

    /// The instant just before the window that ends at `as_of`, in the calendar of the offset of
    /// `as_of`.
    ///
    /// ```
    /// use guanxi_core::parse_instant;
    /// use guanxi_customer::Window;
    /// assert_eq!(Window::Months(12).start(parse_instant("2013-12-01")?), parse_instant("2012-12-01")?);
    /// assert_eq!(Window::Months(12).start(parse_instant("2024-02-29")?), parse_instant("2023-02-28")?);
    /// # Ok::<(), guanxi_core::TimeError>(())
    /// ```
    #[must_use]
    pub fn start<Tz: TimeZone>(self, as_of: DateTime<Tz>) -> DateTime<Utc> {
        self.back(as_of, 1)
    }

    /// The instant `times` lengths before `as_of`, counted in one go: two months before 31 March are
    /// 31 January, not the 28th.
    pub(crate) fn back<Tz: TimeZone>(self, as_of: DateTime<Tz>, times: u32) -> DateTime<Utc> {
        let length = self.length().saturating_mul(times);
        let start = match self {
            Self::Days(_) => as_of.checked_sub_days(Days::new(length.into())),
            Self::Months(_) => as_of.checked_sub_months(Months::new(length)),
        };
        start.map_or(DateTime::<Utc>::MIN_UTC, |start| start.to_utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::parse_instant;

    #[test]
    fn months_end_on_days_that_exist() {
        let at = |text: &str| parse_instant(text).unwrap();
        for (window, times, as_of, start) in [
            (Window::Months(12), 1, "2013-12-01", "2012-12-01"),
            (Window::Months(12), 2, "2013-12-01", "2011-12-01"),
            (Window::Months(1), 1, "2026-03-31", "2026-02-28"),
            (Window::Months(1), 1, "2024-03-31", "2024-02-29"),
            (Window::Months(1), 2, "2026-03-31", "2026-01-31"),
            (Window::Months(12), 1, "2024-02-29", "2023-02-28"),
            (Window::Months(12), 1, "2025-02-28", "2024-02-28"),
            (Window::Days(366), 1, "2025-01-01", "2024-01-01"),
            (Window::Days(1), 1, "2024-03-01T12:00:00Z", "2024-02-29T12:00:00Z"),
        ] {
            assert_eq!(window.back(at(as_of), times), at(start), "{window:?} before {as_of}");
        }
        let first = DateTime::<Utc>::MIN_UTC;
        assert_eq!(Window::Months(1).start(first), first);
        for hours in [-12, 14] {
            let offset = chrono::FixedOffset::east_opt(hours * 3600).unwrap();
            for window in [Window::Months(1), Window::Days(1)] {
                assert_eq!(window.start(first.with_timezone(&offset)), first);
                let _ = window.start(DateTime::<Utc>::MAX_UTC.with_timezone(&offset));
            }
        }
        // The end of February, where it is eight hours later than in UTC.
        let as_of = DateTime::parse_from_rfc3339("2026-03-31T00:00:00+08:00").unwrap();
        assert_eq!(Window::Months(1).start(as_of), at("2026-02-28T00:00:00+08:00"));
        assert_eq!(Window::Months(1).start(as_of.to_utc()), at("2026-02-28T16:00:00Z"));
    }
}
