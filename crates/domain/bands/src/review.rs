//! Days of the year on which classes are reviewed.
use alloc::string::String;
use core::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use guanxi_core::{Quoted, UtcOffset, Zone};
use serde::{Deserialize, Serialize};

/// A day that comes every year, written `MM-DD`: `07-01` is 1 July.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReviewDay {
    month: u8, // INVARIANT: a day that every year has
    day: u8,
}

/// Why a text is not a [`ReviewDay`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReviewDayError {
    /// Not `MM-DD`, or no day of any year.
    #[error("expected a day of the year such as `07-01`, got {}", Quoted(.given))]
    Malformed {
        /// What was given.
        given: String,
    },
    /// 29 February, which most years do not have.
    #[error("expected a day that every year has: `02-28` or `03-01` in place of 29 February")]
    LeapDay,
}

impl TryFrom<String> for ReviewDay {
    type Error = ReviewDayError;

    fn try_from(given: String) -> Result<Self, ReviewDayError> {
        // A year that has every day; what is no `MM-DD` is no day of it.
        const LEAP_YEAR: i32 = 2024;
        let found = two_digits(&given, '-').and_then(|(month, day)| {
            NaiveDate::from_ymd_opt(LEAP_YEAR, month.into(), day.into()).map(|_| (month, day))
        });
        match found {
            Some((2, 29)) => Err(ReviewDayError::LeapDay),
            Some((month, day)) => Ok(Self { month, day }),
            None => Err(ReviewDayError::Malformed { given }),
        }
    }
}

impl fmt::Display for ReviewDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

impl From<ReviewDay> for String {
    fn from(day: ReviewDay) -> Self {
        alloc::format!("{day}")
    }
}

/// Two numbers of two digits each around a separator.
fn two_digits(text: &str, separator: char) -> Option<(u8, u8)> {
    let (first, second) = text.split_once(separator)?;
    let number = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse().ok() } else { None }
    };
    Some((number(first)?, number(second)?))
}

/// One review: the day in its calendar, and the instant at which that day begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Review {
    /// The day, at the offset of the rule.
    pub on: NaiveDate,
    /// Its first instant.
    pub at: DateTime<Utc>,
}

/// The first review after an instant, or the last one up to it.
pub(crate) fn find(days: &[ReviewDay], offset: UtcOffset, at: DateTime<Utc>, after: bool) -> Option<Review> {
    let zone = Zone::from(offset);
    let year = zone.local(at).year();
    let other = year.checked_add(if after { 1 } else { -1 })?;
    let review = |year: i32, day: &ReviewDay| {
        let on = NaiveDate::from_ymd_opt(year, day.month.into(), day.day.into())?;
        Some(Review { on, at: zone.day_start(on)? })
    };
    let around =
        [year, other].into_iter().flat_map(|year| days.iter().filter_map(move |day| review(year, day)));
    if after {
        around.filter(|review| review.at > at).min_by_key(|review| review.at)
    } else {
        around.filter(|review| review.at <= at).max_by_key(|review| review.at)
    }
}

#[cfg(feature = "schema")]
mod schema {
    use alloc::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::ReviewDay;

    impl JsonSchema for ReviewDay {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            "ReviewDay".into()
        }
        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "description": "A day of the year, MM-DD; not 02-29.",
                "type": "string",
                "pattern": "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::parse_instant;
    use std::string::ToString;
    use std::vec::Vec;

    #[test]
    fn days_that_every_year_has_survive_their_text() {
        let mut days = 0;
        for month in 0..=13 {
            for day in 0..=32 {
                let text = std::format!("{month:02}-{day:02}");
                if let Ok(read) = ReviewDay::try_from(text.clone()) {
                    assert_eq!(read.to_string(), text);
                    days += 1;
                }
            }
        }
        assert_eq!(days, 365);
    }

    #[test]
    fn errors_say_what_is_allowed() {
        let day = |text: &str| ReviewDay::try_from(text.to_string()).unwrap_err().to_string();
        insta::assert_snapshot!(day("02-29"), @"expected a day that every year has: `02-28` or `03-01` in place of 29 February");
        insta::assert_snapshot!(day("7-1"), @"expected a day of the year such as `07-01`, got `7-1`");
        for text in ["", "13-01", "04-31", "00-10", "07-01 ", "+7-01", "0701", "七-01"] {
            day(text);
        }
    }

    #[test]
    fn a_review_is_the_first_instant_of_its_day_where_the_calendar_is_kept() {
        let days: Vec<ReviewDay> = ["01-01", "03-01"].map(|day| day.to_string().try_into().unwrap()).into();
        let shown = |at: &str, offset: &str, after| {
            let offset = UtcOffset::try_from(offset.to_string()).unwrap();
            let found = find(&days, offset, parse_instant(at).unwrap(), after).unwrap();
            std::format!("{} {}", found.on, found.at.format("%dT%H:%M"))
        };
        assert_eq!(shown("2024-02-29T15:59:59Z", "+08:00", true), "2024-03-01 29T16:00");
        assert_eq!(shown("2024-02-29T16:00:00Z", "+08:00", true), "2025-01-01 31T16:00");
        assert_eq!(shown("2024-02-29T16:00:00Z", "+08:00", false), "2024-03-01 29T16:00");
        assert_eq!(shown("2024-02-29T15:59:59Z", "+08:00", false), "2024-01-01 31T16:00");
        assert_eq!(shown("2025-01-01T02:59:59Z", "-03:00", true), "2025-01-01 01T03:00");
        assert_eq!(shown("2025-01-01T02:59:59Z", "-03:00", false), "2024-03-01 01T03:00");
    }

    #[test]
    fn at_the_ends_of_time_there_is_no_review_and_no_panic() {
        let days = [ReviewDay { month: 1, day: 1 }, ReviewDay { month: 12, day: 31 }];
        for minutes in ["-18:00", "+00:00", "+18:00"] {
            for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
                let offset = UtcOffset::try_from(minutes.to_string()).unwrap();
                let _ = (find(&days, offset, at, true), find(&days, offset, at, false));
            }
        }
        assert_eq!(find(&days, UtcOffset::default(), DateTime::<Utc>::MAX_UTC, true), None);
    }
}
