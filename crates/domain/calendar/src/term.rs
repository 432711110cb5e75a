//! Durations: time of work and time on the calendar, hours and days, never mistaken for each other.
use alloc::format;
use core::fmt;

use guanxi_policy::Node;
use serde::{Deserialize, Serialize};

/// The most seconds of a term: a hundred years of 366 days.
pub const MAX_TERM_SECONDS: u64 = 36_600 * 86_400;
/// The most days of a term: a hundred years.
pub const MAX_TERM_DAYS: u32 = 36_600;

macro_rules! amounts {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(u64);

        impl $name {
            /// No time at all.
            pub const ZERO: Self = Self(0);

            /// So many seconds.
            #[must_use]
            pub const fn from_seconds(seconds: u64) -> Self {
                Self(seconds)
            }

            /// So many minutes.
            #[must_use]
            pub const fn from_minutes(minutes: u32) -> Self {
                Self(minutes as u64 * 60)
            }

            /// So many hours.
            #[must_use]
            pub const fn from_hours(hours: u32) -> Self {
                Self(hours as u64 * 3_600)
            }

            /// The seconds.
            #[must_use]
            pub const fn seconds(self) -> u64 {
                self.0
            }

            /// Both together; the greatest that can be counted, where there is none.
            #[must_use]
            pub const fn saturating_add(self, other: Self) -> Self {
                Self(self.0.saturating_add(other.0))
            }

            /// What is left when the other is taken off; nothing if it is the longer one.
            #[must_use]
            pub const fn saturating_sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }
        }

        /// As `26 h 30 min`, with seconds where there are any.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let (hours, minutes, seconds) = (self.0 / 3_600, self.0 / 60 % 60, self.0 % 60);
                let mut apart = "";
                for (count, unit) in [(hours, "h"), (minutes, "min"), (seconds, "s")] {
                    if count > 0 {
                        write!(f, "{apart}{count} {unit}")?;
                        apart = " ";
                    }
                }
                if self.0 == 0 { f.write_str("0 h") } else { Ok(()) }
            }
        }
    )*};
}

amounts! {
    /// An amount of working time, in whole seconds that pass while it is open.
    WorkingTime;
    /// An amount of time, in whole seconds that pass whether it is open or not.
    CalendarTime;
}

macro_rules! days {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(pub u32);
    )*};
}

days! {
    /// A number of working days: days of which some working time is.
    WorkingDays;
    /// A number of days of the calendar.
    CalendarDays;
}

/// How long something may take, as documents write it: one unit and its number.
///
/// | written | means |
/// |---|---|
/// | `{"working_hours": 2}`, `{"working_minutes": 90}`, `{"working_seconds": 5400}` | working time |
/// | `{"hours": 24}`, `{"minutes": 15}`, `{"seconds": 30}` | time, open or not |
/// | `{"working_days": 3}` | until the same time on the third following working day |
/// | `{"end_of_working_day": 0}` | until the close of this working day; 1 is that of the next |
/// | `{"days": 7}` | until the same time on the clock a week later |
///
/// Numbers are whole. What each comes to is said at [`Schedule::due`](crate::Schedule::due).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "TermSpec", into = "TermSpec")]
#[cfg_attr(feature = "schema", schemars(with = "TermSpec"))]
pub enum Term {
    /// So much working time.
    Working(WorkingTime),
    /// So much time, open or not.
    Elapsed(CalendarTime),
    /// So many working days.
    WorkingDays(WorkingDays),
    /// The close of the working day that comes so many working days later.
    EndOfWorkingDay(WorkingDays),
    /// So many days of the calendar.
    Days(CalendarDays),
}

/// A term as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TermSpec {
    /// Hours of working time.
    WorkingHours(u32),
    /// Minutes of working time.
    WorkingMinutes(u32),
    /// Seconds of working time.
    WorkingSeconds(u64),
    /// Working days.
    WorkingDays(u32),
    /// The close of a working day: 0 is this one.
    EndOfWorkingDay(u32),
    /// Hours, open or not.
    Hours(u32),
    /// Minutes, open or not.
    Minutes(u32),
    /// Seconds, open or not.
    Seconds(u64),
    /// Days of the calendar.
    Days(u32),
}

/// Why a number is not that of a [`Term`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a term is at most a hundred years: {MAX_TERM_DAYS} days or {MAX_TERM_SECONDS} seconds")]
pub struct TermError;

impl TryFrom<TermSpec> for Term {
    type Error = TermError;

    fn try_from(spec: TermSpec) -> Result<Self, TermError> {
        let term = match spec {
            TermSpec::WorkingHours(n) => Self::Working(WorkingTime::from_hours(n)),
            TermSpec::WorkingMinutes(n) => Self::Working(WorkingTime::from_minutes(n)),
            TermSpec::WorkingSeconds(n) => Self::Working(WorkingTime::from_seconds(n)),
            TermSpec::WorkingDays(n) => Self::WorkingDays(WorkingDays(n)),
            TermSpec::EndOfWorkingDay(n) => Self::EndOfWorkingDay(WorkingDays(n)),
            TermSpec::Hours(n) => Self::Elapsed(CalendarTime::from_hours(n)),
            TermSpec::Minutes(n) => Self::Elapsed(CalendarTime::from_minutes(n)),
            TermSpec::Seconds(n) => Self::Elapsed(CalendarTime::from_seconds(n)),
            TermSpec::Days(n) => Self::Days(CalendarDays(n)),
        };
        let allowed = match term {
            Self::Working(time) => time.seconds() <= MAX_TERM_SECONDS,
            Self::Elapsed(time) => time.seconds() <= MAX_TERM_SECONDS,
            Self::WorkingDays(days) | Self::EndOfWorkingDay(days) => days.0 <= MAX_TERM_DAYS,
            Self::Days(days) => days.0 <= MAX_TERM_DAYS,
        };
        allowed.then_some(term).ok_or(TermError)
    }
}

/// In the greatest unit that is exact.
impl From<Term> for TermSpec {
    fn from(term: Term) -> Self {
        let units = |seconds: u64, of: [fn(u32) -> Self; 2], otherwise: fn(u64) -> Self| {
            let whole = |unit: u64| {
                seconds.is_multiple_of(unit).then(|| u32::try_from(seconds / unit).ok()).flatten()
            };
            let [hours, minutes] = of;
            whole(3_600).map(hours).or(whole(60).map(minutes)).unwrap_or(otherwise(seconds))
        };
        match term {
            Term::Working(time) => {
                units(time.seconds(), [Self::WorkingHours, Self::WorkingMinutes], Self::WorkingSeconds)
            }
            Term::Elapsed(time) => units(time.seconds(), [Self::Hours, Self::Minutes], Self::Seconds),
            Term::WorkingDays(days) => Self::WorkingDays(days.0),
            Term::EndOfWorkingDay(days) => Self::EndOfWorkingDay(days.0),
            Term::Days(days) => Self::Days(days.0),
        }
    }
}

/// As `2 h of work`, `3 working days`, `24 h`.
impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Working(time) => write!(f, "{time} of work"),
            Self::Elapsed(time) => time.fmt(f),
            Self::WorkingDays(WorkingDays(1)) => f.write_str("1 working day"),
            Self::WorkingDays(WorkingDays(days)) => write!(f, "{days} working days"),
            Self::EndOfWorkingDay(WorkingDays(0)) => f.write_str("end of the working day"),
            Self::EndOfWorkingDay(WorkingDays(days)) => write!(f, "end of the working day +{days}"),
            Self::Days(CalendarDays(1)) => f.write_str("1 day"),
            Self::Days(CalendarDays(days)) => write!(f, "{days} days"),
        }
    }
}

/// Reads a term of a document, so that what is wrong with it is told with its path.
#[must_use]
pub fn read_term(node: &Node<'_>) -> Option<Term> {
    const UNITS: [&str; 9] = [
        "working_hours",
        "working_minutes",
        "working_seconds",
        "working_days",
        "end_of_working_day",
        "hours",
        "minutes",
        "seconds",
        "days",
    ];
    let fields = node.fields(&UNITS);
    let mut given = UNITS.iter().filter_map(|unit| Some((*unit, fields.optional(unit)?)));
    let (first, second) = (given.next(), given.next());
    let (unit, number) = match (first, second) {
        (Some(first), None) => first,
        (None, _) if node.value().as_object().is_none_or(|map| !map.is_empty()) => return None,
        _ => {
            node.refuse("not_allowed", "one unit with its number, such as `{\"working_hours\": 2}`");
            return None;
        }
    };
    let count = number.value().as_u64();
    let small = count.and_then(|count| u32::try_from(count).ok());
    let spec = match unit {
        "working_hours" => small.map(TermSpec::WorkingHours),
        "working_minutes" => small.map(TermSpec::WorkingMinutes),
        "working_seconds" => count.map(TermSpec::WorkingSeconds),
        "working_days" => small.map(TermSpec::WorkingDays),
        "end_of_working_day" => small.map(TermSpec::EndOfWorkingDay),
        "hours" => small.map(TermSpec::Hours),
        "minutes" => small.map(TermSpec::Minutes),
        "seconds" => count.map(TermSpec::Seconds),
        _ => small.map(TermSpec::Days),
    };
    let term = spec.and_then(|spec| Term::try_from(spec).ok());
    if term.is_none() {
        number.refuse("not_allowed", format!("a whole number from 0: {TermError}"));
    }
    term
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_policy::check;
    use serde_json::{Value, json};
    use std::string::{String, ToString};

    fn read(value: Value) -> Result<Term, String> {
        check(&value, read_term).map_err(|problems| problems.to_string())
    }

    #[test]
    fn a_term_is_written_in_the_greatest_unit_that_is_exact() {
        for (given, written, shown) in [
            (json!({"working_hours": 2}), json!({"working_hours": 2}), "2 h of work"),
            (json!({"working_minutes": 120}), json!({"working_hours": 2}), "2 h of work"),
            (json!({"working_seconds": 5_400}), json!({"working_minutes": 90}), "1 h 30 min of work"),
            (json!({"seconds": 61}), json!({"seconds": 61}), "1 min 1 s"),
            (json!({"minutes": 0}), json!({"hours": 0}), "0 h"),
            (json!({"hours": 24}), json!({"hours": 24}), "24 h"),
            (json!({"days": 1}), json!({"days": 1}), "1 day"),
            (json!({"working_days": 10}), json!({"working_days": 10}), "10 working days"),
            (json!({"end_of_working_day": 0}), json!({"end_of_working_day": 0}), "end of the working day"),
        ] {
            let term = read(given.clone()).unwrap();
            assert_eq!(serde_json::to_value(term).unwrap(), written);
            assert_eq!(serde_json::from_value::<Term>(given).unwrap(), term);
            assert_eq!(term.to_string(), shown);
        }
    }

    #[test]
    fn what_is_not_a_term_is_refused() {
        insta::assert_snapshot!(read(json!({"hour": 2})).unwrap_err(), @"hour: unknown field, given `hour`, allowed: working_hours, working_minutes, working_seconds, working_days, end_of_working_day, hours, minutes, seconds, days (did you mean `hours`?)");
        insta::assert_snapshot!(read(json!({"hours": 2, "days": 1})).unwrap_err(), @r#"document: not allowed here, given {"days":1,"hours":2}, allowed: one unit with its number, such as `{"working_hours": 2}`"#);
        insta::assert_snapshot!(read(json!({})).unwrap_err(), @r#"document: not allowed here, given {}, allowed: one unit with its number, such as `{"working_hours": 2}`"#);
        insta::assert_snapshot!(read(json!({"hours": 1.5})).unwrap_err(), @"hours: not allowed here, given 1.5, allowed: a whole number from 0: a term is at most a hundred years: 36600 days or 3162240000 seconds");
        insta::assert_snapshot!(read(json!({"days": 36_601})).unwrap_err(), @"days: not allowed here, given 36601, allowed: a whole number from 0: a term is at most a hundred years: 36600 days or 3162240000 seconds");
        insta::assert_snapshot!(read(json!(24)).unwrap_err(), @"document: wrong type, given 24, allowed: a table with working_hours, working_minutes, working_seconds, working_days, end_of_working_day, hours, minutes, seconds, days");
        assert!(serde_json::from_value::<Term>(json!({"days": 36_601})).is_err());
    }
}
