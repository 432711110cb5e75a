use chrono::{DateTime, Utc};

/// Why a calendar has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// The calendar never opens, so nothing is ever due.
    #[error("the calendar has no working time at all")]
    NoWorkingTime,
    /// The instant asked about is not covered.
    #[error("the calendar covers {from} to {to}, asked about {at}")]
    OutsideHorizon {
        /// The instant asked about.
        at: DateTime<Utc>,
        /// The first instant that is covered.
        from: DateTime<Utc>,
        /// The first instant that no longer is.
        to: DateTime<Utc>,
    },
    /// The answer lies where the calendar no longer reaches.
    #[error("the calendar ends at {to}, before the answer for {at}")]
    PastHorizon {
        /// The instant asked about.
        at: DateTime<Utc>,
        /// The first instant that is not covered.
        to: DateTime<Utc>,
    },
    /// A span whose end is before its start.
    #[error("expected a start and an end after it, got {from} and {to}")]
    Backwards {
        /// The start given.
        from: DateTime<Utc>,
        /// The end given.
        to: DateTime<Utc>,
    },
    /// The answer lies beyond the years that can be counted.
    #[error("the answer for {at} lies beyond the years that can be counted")]
    TooFar {
        /// The instant asked about.
        at: DateTime<Utc>,
    },
}
