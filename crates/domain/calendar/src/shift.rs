//! From when to when on the clock.
use alloc::string::String;
use core::fmt;

use guanxi_core::Quoted;
use serde::{Deserialize, Serialize};

/// Minutes of a day.
pub(crate) const DAY: u16 = 24 * 60;

/// Hours on the clock, written `09:00-17:30`: from the first minute to just before the second.
///
/// A second time that is not after the first is one of the next day, so `22:00-06:00` is a night
/// shift of eight hours. `24:00` is the end of the day, and `00:00-24:00` all of it. The hours belong
/// to the day on which they begin. They are times on the clock: how long they last is up to the zone.
///
/// ```
/// use guanxi_calendar::Shift;
/// let night = Shift::try_from("22:00-06:00".to_owned())?;
/// assert_eq!((night.start(), night.end(), night.is_overnight()), (22 * 60, 30 * 60, true));
/// assert!(Shift::try_from("09:00-09:00".to_owned()).is_err());
/// # Ok::<(), guanxi_calendar::ShiftError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shift {
    start: u16, // INVARIANT: start < 24 h, start < end < start + 24 h or the whole of the day
    end: u16,
}

/// Why a text is not a [`Shift`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected hours such as `09:00-17:30`, `22:00-06:00` over midnight or `00:00-24:00`, got {}", Quoted(.given))]
pub struct ShiftError {
    /// What was given.
    pub given: String,
}

impl Shift {
    /// The minute of the day at which it begins, 0 to 1 439.
    #[must_use]
    pub const fn start(self) -> u16 {
        self.start
    }

    /// The minute at which it ends, counted from the same midnight; beyond 1 440 if it ends on the next
    /// day.
    #[must_use]
    pub const fn end(self) -> u16 {
        self.end
    }

    /// Whether it ends on the day after the one on which it begins.
    #[must_use]
    pub const fn is_overnight(self) -> bool {
        self.end > DAY
    }

    /// Hours by their minutes, if there are such.
    #[must_use]
    pub const fn from_minutes(start: u16, end: u16) -> Option<Self> {
        let whole = start == 0 && end == DAY;
        if start < DAY && start < end && (end < start + DAY || whole) {
            Some(Self { start, end })
        } else {
            None
        }
    }
}

fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse::<u16>().ok() } else { None }
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= DAY).then_some(total)
}

impl TryFrom<String> for Shift {
    type Error = ShiftError;

    fn try_from(given: String) -> Result<Self, ShiftError> {
        let read = || {
            let (start, end) = given.split_once('-')?;
            let (start, end) = (minutes(start)?, minutes(end)?);
            let end = if end < start { end + DAY } else { end };
            Self::from_minutes(start, end)
        };
        read().ok_or_else(|| ShiftError { given: given.chars().take(41).collect() })
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.end > DAY { self.end - DAY } else { self.end };
        write!(f, "{:02}:{:02}-{:02}:{:02}", self.start / 60, self.start % 60, end / 60, end % 60)
    }
}

impl From<Shift> for String {
    fn from(shift: Shift) -> Self {
        alloc::format!("{shift}")
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Shift {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "Shift".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Hours on the clock such as 09:00-17:30; over midnight if the second time is the earlier one.",
            "type": "string",
            "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    fn read(text: &str) -> Result<Shift, String> {
        Shift::try_from(text.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_written_is_read() {
        for text in ["09:00-17:30", "22:00-06:00", "00:00-24:00", "23:59-24:00", "00:01-00:00", "12:00-11:59"]
        {
            assert_eq!(
                read(text).map(|shift| shift.to_string()),
                if text == "00:01-00:00" { Ok("00:01-24:00".into()) } else { Ok(text.into()) }
            );
        }
        // Midnight at the end is the end of the day, in whichever way it is written.
        assert_eq!(read("18:00-00:00"), read("18:00-24:00"));
        insta::assert_snapshot!(read("9:00-17:00").unwrap_err(), @"expected hours such as `09:00-17:30`, `22:00-06:00` over midnight or `00:00-24:00`, got `9:00-17:00`");
        for text in [
            "",
            "09:00",
            "09:00-09:00",
            "24:00-24:00",
            "24:00-06:00",
            "09:60-10:00",
            "09:00-25:00",
            "00:00-00:00",
            "09:00 - 17:00",
            "09:00-17:00-18:00",
            "+9:00-17:00",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
