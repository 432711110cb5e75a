//! Instants on the wire.
use alloc::string::String;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};

use crate::text::Quoted;

/// Why a text is not an instant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// Neither RFC 3339 nor a date, or a day that does not exist.
    #[error("expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got {}", Quoted(.given))]
    Malformed {
        /// What was given.
        given: String,
    },
}

/// Reads an instant: RFC 3339 with its offset, or a day `YYYY-MM-DD`, which is its first instant in UTC.
///
/// # Errors
/// [`TimeError::Malformed`] for anything else, for a day that does not exist such as 2023-02-29, and
/// for an instant that an offset moves out of the years 0 to 9999, which could not be written back.
///
/// ```
/// use guanxi_core::parse_instant;
/// assert_eq!(parse_instant("2026-06-30")?, parse_instant("2026-06-30T08:00:00+08:00")?);
/// assert!(parse_instant("2023-02-29").is_err());
/// # Ok::<(), guanxi_core::TimeError>(())
/// ```
pub fn parse_instant(text: &str) -> Result<DateTime<Utc>, TimeError> {
    if let Some(day) = parse_day(text) {
        return Ok(day.and_time(NaiveTime::MIN).and_utc());
    }
    DateTime::parse_from_rfc3339(text)
        .map(|instant| instant.with_timezone(&Utc))
        .ok()
        .filter(|instant| (0..=9999).contains(&instant.year()))
        .ok_or_else(|| TimeError::Malformed { given: text.chars().take(41).collect() })
}

/// Reads the end of a validity: an instant is itself the first one outside; a day is valid to its
/// last moment, so the first instant outside is the start of the day after it, in UTC.
///
/// # Errors
/// [`TimeError::Malformed`] as [`parse_instant`].
pub fn end_of_given_day(text: &str) -> Result<DateTime<Utc>, TimeError> {
    let instant = parse_instant(text)?;
    let malformed = || TimeError::Malformed { given: text.into() };
    if parse_day(text).is_some() {
        instant.checked_add_days(Days::new(1)).ok_or_else(malformed)
    } else {
        Ok(instant)
    }
}

/// Reads a day, written `YYYY-MM-DD` and in no other way.
pub(crate) fn parse_day(text: &str) -> Option<NaiveDate> {
    let shape = |(place, byte): (usize, u8)| {
        if matches!(place, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() }
    };
    let shaped = text.len() == 10 && text.bytes().enumerate().all(shape);
    if shaped { text.parse().ok() } else { None }
}
