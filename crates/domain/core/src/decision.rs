//! The envelope of every decision.
use alloc::string::String;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::score::Score;
use crate::share::Share;
use crate::stamp::Stamp;

/// What was decided, why, on what basis, for which instant, and until when it stands by itself.
///
/// The same facts, policy, reference and `as_of` give the same decision, byte for byte.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision<T, R> {
    /// What was decided.
    pub outcome: T,
    /// Why, in the order that the decision specifies.
    pub reasons: Vec<R>,
    /// The documents that decided.
    pub basis: Basis,
    /// The instant for which it was decided.
    pub as_of: DateTime<Utc>,
    /// The first instant at which time alone gives another outcome, or at which the policy comes into
    /// force or ends; `None` if there is none.
    pub next_change: Option<DateTime<Utc>>,
}

/// The documents behind a decision, so that it can be made again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// The policy.
    pub policy: Stamp,
    /// The population that inputs were compared with, or the calendar that time was measured by, where one
    /// was used.
    pub reference: Option<Stamp>,
}

/// A typed argument of a reason or a finding; a label pack turns it into text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arg {
    /// A code with a label of its own: its name space (`tier`, `fact`) and the code.
    Label(&'static str, String),
    /// A number.
    Decimal(Decimal),
    /// A score.
    Score(Score),
    /// A share, shown in percent.
    Share(Share),
    /// A count.
    Count(u64),
    /// An instant, shown as its day in UTC.
    Instant(DateTime<Utc>),
    /// A text that is the same in every language.
    Text(String),
}

/// A reason with a stable code and typed arguments.
pub trait ReasonCode {
    /// The stable code, the same as in the serialised form.
    fn code(&self) -> &'static str;
    /// The named arguments, in a fixed order.
    fn args(&self) -> Vec<(&'static str, Arg)>;
}
