//! Lengths of time as a policy writes them, to be counted elsewhere.
use alloc::format;

use guanxi_policy::Node;
use serde::{Deserialize, Serialize};

/// Within what time somebody must respond for the first time.
///
/// It is data: working time needs a calendar, so whoever has one counts it (see `guanxi-calendar`). On the
/// wire a table of one entry, such as `{"working_hours": 2}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ResponseTerm {
    /// Minutes on the clock.
    Minutes(u32),
    /// Hours on the clock.
    Hours(u32),
    /// Days on the calendar.
    Days(u32),
    /// Minutes of working time.
    WorkingMinutes(u32),
    /// Hours of working time.
    WorkingHours(u32),
    /// Days on which work is done.
    WorkingDays(u32),
}

impl ResponseTerm {
    /// The greatest number of any unit.
    pub const MAX: u32 = 100_000;

    /// The number, and the code of its unit.
    #[must_use]
    pub const fn parts(self) -> (u32, &'static str) {
        match self {
            Self::Minutes(count) => (count, "minutes"),
            Self::Hours(count) => (count, "hours"),
            Self::Days(count) => (count, "days"),
            Self::WorkingMinutes(count) => (count, "working_minutes"),
            Self::WorkingHours(count) => (count, "working_hours"),
            Self::WorkingDays(count) => (count, "working_days"),
        }
    }

    /// Reads a term, reporting every problem to the node.
    pub(crate) fn read(node: &Node<'_>) -> Option<Self> {
        let term = node.get::<Self>()?;
        let (count, _) = term.parts();
        if (1..=Self::MAX).contains(&count) {
            return Some(term);
        }
        node.refuse("not_allowed", format!("1 to {} of one unit", Self::MAX));
        None
    }
}
