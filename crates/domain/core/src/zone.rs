//! Where a clock on the wall hangs: fixed offsets from UTC and, with the feature `tz`, named zones.
use alloc::string::String;
use core::fmt;

use chrono::{DateTime, Days, FixedOffset, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset, Utc};
use serde::{Deserialize, Serialize};

use crate::text::Quoted;

/// A fixed distance from UTC, written `+08:00`, at most 18 hours either way; it knows no summer time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UtcOffset {
    minutes: i16, // INVARIANT: -MOST_MINUTES..=MOST_MINUTES
}

/// Why a text is not a [`UtcOffset`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an offset from `-18:00` to `+18:00`, such as `+08:00`, got {}", Quoted(.given))]
pub struct UtcOffsetError {
    /// What was given.
    pub given: String,
}

impl UtcOffset {
    const MOST_MINUTES: i16 = 18 * 60;

    /// The distance from UTC in minutes, positive to the east.
    #[must_use]
    pub const fn minutes(self) -> i16 {
        self.minutes
    }
}

impl TryFrom<String> for UtcOffset {
    type Error = UtcOffsetError;

    fn try_from(given: String) -> Result<Self, UtcOffsetError> {
        let read = || {
            let (sign, rest) = match given.strip_prefix('+') {
                Some(rest) => (1, rest),
                None => (-1, given.strip_prefix('-')?),
            };
            let (hours, minutes) = rest.split_once(':')?;
            let (hours, minutes) = (two_digits(hours)?, two_digits(minutes).filter(|minutes| *minutes < 60)?);
            Some(sign * (hours * 60 + minutes))
        };
        match read().filter(|minutes| minutes.abs() <= Self::MOST_MINUTES) {
            Some(minutes) => Ok(Self { minutes }),
            None => Err(UtcOffsetError { given }),
        }
    }
}

fn two_digits(text: &str) -> Option<i16> {
    let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

impl fmt::Display for UtcOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minutes < 0 { '-' } else { '+' };
        let minutes = self.minutes.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl From<UtcOffset> for String {
    fn from(offset: UtcOffset) -> Self {
        alloc::format!("{offset}")
    }
}

/// A time zone: `UTC`, a fixed offset such as `+08:00`, or, with the feature `tz`, a name of the IANA
/// database such as `Asia/Shanghai`.
///
/// Between the time on its wall and the instant stand three rules, the same for every crate:
/// - A time that the clock shows twice is the earlier of the two instants.
/// - A time that the clock leaps over is the instant of the leap.
/// - A day begins at the first instant of its midnight by these rules and ends where the next begins,
///   so days follow each other without gap or overlap, even if a clock is set back over midnight.
///
/// ```
/// use guanxi_core::{Zone, parse_instant};
/// let zone: Zone = "+08:00".parse()?;
/// let at = parse_instant("2024-02-28T16:00:00Z")?;
/// assert_eq!(zone.day(at).to_string(), "2024-02-29");
/// assert_eq!(zone.day_start(zone.day(at)), Some(at));
/// // A month that lacks the day ends on its last one.
/// assert_eq!(zone.add_months(at, 12), Some(parse_instant("2025-02-27T16:00:00Z")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(Rules);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Rules {
    Fixed(UtcOffset),
    #[cfg(feature = "tz")]
    Named(chrono_tz::Tz),
}

/// Why a text is not a [`Zone`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ZoneError {
    /// Neither `UTC` nor an offset, and no name that is known.
    #[error("expected `UTC`, an offset such as `+08:00`, or a zone of the IANA database such as `Asia/Shanghai`, got {}", Quoted(.given))]
    Unknown {
        /// What was given.
        given: String,
    },
    /// A name, where names are not built in.
    #[error("expected `UTC` or an offset such as `+08:00`: the names of zones need the feature `tz`, got {}", Quoted(.given))]
    NamesNotBuiltIn {
        /// What was given.
        given: String,
    },
}

impl Default for Zone {
    fn default() -> Self {
        Self::UTC
    }
}

impl From<UtcOffset> for Zone {
    fn from(offset: UtcOffset) -> Self {
        Self(Rules::Fixed(offset))
    }
}

impl core::str::FromStr for Zone {
    type Err = ZoneError;

    fn from_str(text: &str) -> Result<Self, ZoneError> {
        if text == "UTC" {
            return Ok(Self::UTC);
        }
        if let Ok(offset) = UtcOffset::try_from(String::from(text)) {
            return Ok(offset.into());
        }
        named(text)
    }
}

#[cfg(feature = "tz")]
fn named(text: &str) -> Result<Zone, ZoneError> {
    let zone = text.parse().map_err(|_| ZoneError::Unknown { given: text.chars().take(41).collect() })?;
    Ok(Zone(Rules::Named(zone)))
}

#[cfg(not(feature = "tz"))]
fn named(text: &str) -> Result<Zone, ZoneError> {
    let given = text.chars().take(41).collect();
    let a_name = text.contains('/')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_-+".contains(&byte));
    Err(if a_name { ZoneError::NamesNotBuiltIn { given } } else { ZoneError::Unknown { given } })
}

impl TryFrom<String> for Zone {
    type Error = ZoneError;

    fn try_from(text: String) -> Result<Self, ZoneError> {
        text.parse()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Rules::Fixed(UtcOffset { minutes: 0 }) => f.write_str("UTC"),
            Rules::Fixed(offset) => offset.fmt(f),
            #[cfg(feature = "tz")]
            Rules::Named(zone) => f.write_str(zone.name()),
        }
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        alloc::format!("{zone}")
    }
}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Rules::Fixed(UtcOffset { minutes: 0 }));

    /// What the clock shows at an instant; the last time that can be shown, where there is none.
    #[must_use]
    pub fn local(self, at: DateTime<Utc>) -> NaiveDateTime {
        let naive = at.naive_utc();
        let end = if at > DateTime::UNIX_EPOCH { NaiveDateTime::MAX } else { NaiveDateTime::MIN };
        naive.checked_add_offset(self.offset(at)).unwrap_or(end)
    }

    /// How far the clock is ahead of UTC at an instant.
    #[must_use]
    #[cfg_attr(not(feature = "tz"), expect(unused_variables, reason = "a fixed offset is always the same"))]
    pub fn offset(self, at: DateTime<Utc>) -> FixedOffset {
        match self.0 {
            Rules::Fixed(offset) => fixed(offset),
            #[cfg(feature = "tz")]
            Rules::Named(zone) => {
                use chrono::TimeZone;
                zone.offset_from_utc_datetime(&at.naive_utc()).fix()
            }
        }
    }

    /// The instant at which the clock shows a time; `None` beyond the years that can be counted.
    #[must_use]
    pub fn instant(self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        match self.0 {
            Rules::Fixed(offset) => local.checked_sub_offset(fixed(offset)).map(|utc| utc.and_utc()),
            #[cfg(feature = "tz")]
            Rules::Named(zone) => {
                use chrono::{MappedLocalTime, TimeZone};
                match zone.offset_from_local_datetime(&local) {
                    MappedLocalTime::Single(offset) | MappedLocalTime::Ambiguous(offset, _) => {
                        local.checked_sub_offset(offset.fix()).map(|utc| utc.and_utc())
                    }
                    MappedLocalTime::None => {
                        chrono_tz::GapInfo::new(&local, &zone)?.end.map(|end| end.to_utc())
                    }
                }
            }
        }
    }

    /// The day at an instant.
    #[must_use]
    pub fn day(self, at: DateTime<Utc>) -> NaiveDate {
        let shown = self.local(at).date();
        // A clock that is set back over midnight shows the day before again, which is over.
        let next = shown.succ_opt().filter(|next| self.day_start(*next).is_some_and(|start| start <= at));
        next.unwrap_or(shown)
    }

    /// The first instant of a day; `None` beyond the years that can be counted.
    #[must_use]
    pub fn day_start(self, day: NaiveDate) -> Option<DateTime<Utc>> {
        self.instant(day.and_time(NaiveTime::MIN))
    }

    /// The instant so many days later at the same time on the clock; `None` beyond the years that can
    /// be counted.
    #[must_use]
    pub fn add_days(self, at: DateTime<Utc>, days: u32) -> Option<DateTime<Utc>> {
        self.shift(at, |local| local.checked_add_days(Days::new(days.into())))
    }

    /// The instant so many days earlier at the same time on the clock.
    #[must_use]
    pub fn sub_days(self, at: DateTime<Utc>, days: u32) -> Option<DateTime<Utc>> {
        self.shift(at, |local| local.checked_sub_days(Days::new(days.into())))
    }

    /// The instant so many months later at the same time on the clock, on the last day of a month that
    /// lacks the day; `None` beyond the years that can be counted.
    #[must_use]
    pub fn add_months(self, at: DateTime<Utc>, months: u32) -> Option<DateTime<Utc>> {
        self.shift(at, |local| local.checked_add_months(Months::new(months)))
    }

    /// The instant so many months earlier at the same time on the clock, on the last day of a month
    /// that lacks the day.
    #[must_use]
    pub fn sub_months(self, at: DateTime<Utc>, months: u32) -> Option<DateTime<Utc>> {
        self.shift(at, |local| local.checked_sub_months(Months::new(months)))
    }

    fn shift(
        self,
        at: DateTime<Utc>,
        change: impl FnOnce(NaiveDateTime) -> Option<NaiveDateTime>,
    ) -> Option<DateTime<Utc>> {
        let local = self.local(at);
        let changed = change(local)?;
        // No change at all keeps the instant, also where the clock shows its time twice.
        if changed == local { Some(at) } else { self.instant(changed) }
    }
}

fn fixed(offset: UtcOffset) -> FixedOffset {
    // At most 18 hours, which every offset of chrono can be.
    FixedOffset::east_opt(i32::from(offset.minutes) * 60).unwrap_or_else(|| Utc.fix())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_instant;
    use std::string::ToString;

    #[test]
    fn errors_say_what_is_allowed() {
        let offset = |text: &str| UtcOffset::try_from(text.to_string()).unwrap_err().to_string();
        insta::assert_snapshot!(offset("CST"), @"expected an offset from `-18:00` to `+18:00`, such as `+08:00`, got `CST`");
        for text in ["", "08:00", "+8:00", "+18:01", "-18:01", "+08:60", "+08", "Z", "++8:00"] {
            offset(text);
        }
        let offset = |text: &str| UtcOffset::try_from(text.to_string()).unwrap().to_string();
        assert_eq!(["-00:00", "+05:45", "-18:00"].map(offset), ["+00:00", "+05:45", "-18:00"]);
        let zone =
            |text: &str| text.parse::<Zone>().map(|zone| zone.to_string()).map_err(|error| error.to_string());
        assert_eq!(
            ["UTC", "+00:00", "-03:30"].map(zone),
            ["UTC", "UTC", "-03:30"].map(|text| Ok(text.into()))
        );
        insta::assert_snapshot!(zone("CST?").unwrap_err(), @"expected `UTC`, an offset such as `+08:00`, or a zone of the IANA database such as `Asia/Shanghai`, got `CST?`");
        #[cfg(not(feature = "tz"))]
        insta::assert_snapshot!(zone("Asia/Shanghai").unwrap_err(), @"expected `UTC` or an offset such as `+08:00`: the names of zones need the feature `tz`, got `Asia/Shanghai`");
    }

    #[test]
    fn at_the_ends_of_time_nothing_panics() {
        for offset in ["-18:00", "UTC", "+18:00"] {
            let zone: Zone = offset.parse().unwrap();
            for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
                let day = zone.day(at);
                let _ = (
                    zone.local(at),
                    zone.day_start(day),
                    zone.add_days(at, u32::MAX),
                    zone.sub_days(at, u32::MAX),
                );
                let _ = (zone.add_months(at, u32::MAX), zone.sub_months(at, u32::MAX));
            }
        }
    }

    #[cfg(feature = "tz")]
    mod named {
        use super::*;

        fn zone(name: &str) -> Zone {
            name.parse().unwrap()
        }

        fn at(text: &str) -> DateTime<Utc> {
            parse_instant(text).unwrap()
        }

        fn shown(text: &str) -> NaiveDateTime {
            text.parse().unwrap()
        }

        #[test]
        fn a_time_that_is_leapt_over_is_the_leap_and_one_shown_twice_the_first() {
            let berlin = zone("Europe/Berlin");
            assert_eq!(berlin.instant(shown("2026-03-29T02:30:00")), Some(at("2026-03-29T01:00:00Z")));
            assert_eq!(berlin.instant(shown("2026-10-25T02:30:00")), Some(at("2026-10-25T00:30:00Z")));
            // A day of 23 hours and one of 25.
            assert_eq!(berlin.add_days(at("2026-03-28T11:00:00Z"), 1), Some(at("2026-03-29T10:00:00Z")));
            assert_eq!(berlin.add_days(at("2026-10-24T10:00:00Z"), 1), Some(at("2026-10-25T11:00:00Z")));
            // No days at all keep the second showing of an hour.
            assert_eq!(berlin.add_days(at("2026-10-25T01:30:00Z"), 0), Some(at("2026-10-25T01:30:00Z")));
        }

        #[test]
        fn days_follow_each_other_in_every_zone() {
            // Midnight is leapt over (São Paulo), the clock is set back over it (St John's), a day is
            // missing (Apia), and an offset has seconds (Amsterdam).
            for (name, from, days) in [
                ("America/Sao_Paulo", "2018-11-01T12:00:00Z", 10),
                ("America/St_Johns", "2006-10-27T12:00:00Z", 10),
                ("Pacific/Apia", "2011-12-27T12:00:00Z", 8),
                ("Europe/Amsterdam", "1937-06-28T12:00:00Z", 8),
                ("Asia/Shanghai", "1940-05-28T12:00:00Z", 10),
            ] {
                let zone = zone(name);
                let begin = at(from);
                let mut before = zone.day(begin);
                for minute in 1..days * 24 * 60 {
                    let now = begin + chrono::TimeDelta::try_minutes(minute).unwrap();
                    let day = zone.day(now);
                    assert!(day >= before, "{name} {now}: {before} is over");
                    assert!(zone.day_start(day).unwrap() <= now, "{name} {now}");
                    assert!(zone.day_start(day.succ_opt().unwrap()).unwrap() > now, "{name} {now}");
                    before = day;
                }
            }
        }
    }
}
