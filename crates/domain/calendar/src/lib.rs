//! Working time: when is it open, when is something due, and how long did it take?
//!
//! A [`WorkCalendar`] is a document: shifts, holidays, half-days, make-up days, for a span of days that it
//! states. Compiled into a [`Schedule`] it answers in two binary searches, never by stepping; past its
//! last day the answer is an error, not a guess. Working time and time, working days and days are
//! different types, and a [`Term`] says which is meant.
//!
//! Pure: calendars are documents, and time and zone are arguments. Not here: the holidays of any
//! country, which a host supplies (see [`parse_dates_csv`]).
//!
//! ```
//! use guanxi_calendar::{Term, WorkingTime, preset};
//! use guanxi_core::parse_instant;
//!
//! let office = preset("five-day").ok_or("no such preset")?.body().compile();
//! // Opened on a Saturday, due in an hour of work.
//! let opened = parse_instant("2026-06-27T15:00:00Z")?;
//! let due = office.due(opened, Term::Working(WorkingTime::from_hours(1)))?;
//! assert_eq!(due, parse_instant("2026-06-29T10:00:00Z")?);
//! assert_eq!(office.between(opened, due)?, WorkingTime::from_hours(1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "proptest"))]
extern crate std;

#[cfg(feature = "proptest")]
pub mod arbitrary;
mod calendar;
mod calendars;
mod csv;
mod error;
mod lint;
mod minutes;
mod overlay;
mod presets;
mod read;
mod schedule;
mod shift;
mod sla_clock;
mod sla_entry;
mod sla_error;
mod sla_id;
mod sla_policy;
mod sla_reason;
mod sla_spec;
mod sla_standing;
mod sla_state;
mod spec;
mod term;
mod weekday;

pub use calendar::{CalendarDocument, DateRule, Day, MAX_ENTRY_DAYS, MAX_HORIZON_DAYS, WorkCalendar};
pub use calendars::Calendars;
pub use csv::{CsvProblem, CsvProblems, parse_dates_csv};
pub use error::CalendarError;
pub use lint::lint_calendar;
pub use overlay::{Overlay, OverlayDocument, OverlayError};
pub use presets::{labels, preset, preset_ids, sla_preset, sla_preset_ids};
pub use schedule::Schedule;
pub use shift::{Shift, ShiftError};
pub use sla_clock::SlaClock;
pub use sla_entry::{SlaEntry, SlaOpening};
pub use sla_error::SlaError;
pub use sla_id::{CaseKindId, MilestoneId, PauseId, PriorityId};
pub use sla_policy::{SlaDocument, SlaPolicy, lint_sla};
pub use sla_reason::SlaReason;
pub use sla_spec::{MilestoneSpec, Reopen, SlaSpec, TargetSpec, Warn, ZoneOf};
pub use sla_standing::{MilestoneOutcome, SlaOutcome, Standing};
pub use sla_state::{MilestoneState, PastCycle, SlaState, SlaStateError};
pub use spec::{DateKind, DateSpec, DayLabel, OverlaySpec, SeasonSpec, WeekSpec, WorkCalendarSpec};
pub use term::{
    CalendarDays, CalendarTime, MAX_TERM_DAYS, MAX_TERM_SECONDS, Term, TermError, TermSpec, WorkingDays,
    WorkingTime, read_term,
};
pub use weekday::Weekday;
