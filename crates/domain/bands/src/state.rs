//! What is remembered of a class from one settling to the next, and a class that is pinned by hand.
use alloc::string::String;

use chrono::{DateTime, Utc};
use guanxi_core::{ActorId, TimeError, parse_instant};
use serde::{Deserialize, Serialize};

/// The class that is held, and all of the past that settling it further needs.
///
/// A host keeps it, as it is, and gives it to the next settling:
///
/// ```
/// use guanxi_bands::SettleState;
/// use guanxi_core::TierId;
/// let json = r#"{"class":"key","since":"2025-01-01T00:00:00Z","below_since":null,"settled_at":"2026-06-30T00:00:00Z"}"#;
/// let state: SettleState<TierId> = serde_json::from_str(json)?;
/// assert_eq!(serde_json::to_string(&state)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StateText<K>")]
pub struct SettleState<K> {
    class: K,
    since: DateTime<Utc>, // INVARIANT: since <= below_since <= settled_at
    below_since: Option<DateTime<Utc>>,
    settled_at: DateTime<Utc>,
}

/// Why instants are not those of a [`SettleState`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected since <= below_since <= settled_at, got `{since}`, {} and `{settled_at}`", Low(.below_since))]
pub struct SettleStateError {
    /// Since when the class is held.
    pub since: DateTime<Utc>,
    /// Since when its score is too low.
    pub below_since: Option<DateTime<Utc>>,
    /// When it was settled last.
    pub settled_at: DateTime<Utc>,
}

struct Low<'a>(&'a Option<DateTime<Utc>>);

impl core::fmt::Display for Low<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            Some(at) => write!(f, "`{at}`"),
            None => f.write_str("nothing"),
        }
    }
}

impl<K> SettleState<K> {
    /// Remembers a class.
    ///
    /// # Errors
    /// [`SettleStateError`] unless `since <= below_since <= settled_at`.
    pub fn new(
        class: K,
        since: DateTime<Utc>,
        below_since: Option<DateTime<Utc>>,
        settled_at: DateTime<Utc>,
    ) -> Result<Self, SettleStateError> {
        let low = below_since.unwrap_or(since);
        if since <= low && low <= settled_at {
            Ok(Self { class, since, below_since, settled_at })
        } else {
            Err(SettleStateError { since, below_since, settled_at })
        }
    }

    /// A class that begins now.
    pub(crate) fn begin(class: K, low: bool, at: DateTime<Utc>) -> Self {
        Self { class, since: at, below_since: low.then_some(at), settled_at: at }
    }

    /// The same class, settled at a later instant.
    pub(crate) fn keep(self, low: bool, at: DateTime<Utc>) -> Self {
        let below_since = low.then(|| self.below_since.unwrap_or(at));
        Self { below_since, settled_at: at, ..self }
    }

    /// The class that is held.
    #[must_use]
    pub const fn class(&self) -> &K {
        &self.class
    }

    /// Since when it is held.
    #[must_use]
    pub const fn since(&self) -> DateTime<Utc> {
        self.since
    }

    /// Since when, without a break that was seen, the score is so low that the class should fall.
    #[must_use]
    pub const fn below_since(&self) -> Option<DateTime<Utc>> {
        self.below_since
    }

    /// When it was settled last with a score; reviews up to then have been held.
    #[must_use]
    pub const fn settled_at(&self) -> DateTime<Utc> {
        self.settled_at
    }
}

/// An instant as text: RFC 3339, or a day, which is its first instant in UTC.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Instant(DateTime<Utc>);

impl TryFrom<String> for Instant {
    type Error = TimeError;

    fn try_from(text: String) -> Result<Self, TimeError> {
        parse_instant(&text).map(Self)
    }
}

/// A state as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a state of class, since, below_since and settled_at")]
struct StateText<K> {
    class: K,
    since: Instant,
    #[serde(default)]
    below_since: Option<Instant>,
    settled_at: Instant,
}

impl<K> TryFrom<StateText<K>> for SettleState<K> {
    type Error = SettleStateError;

    fn try_from(text: StateText<K>) -> Result<Self, SettleStateError> {
        Self::new(text.class, text.since.0, text.below_since.map(|at| at.0), text.settled_at.0)
    }
}

/// A class that somebody sets by hand, for a time and with a reason.
///
/// While it is in force it counts in place of the settled class, which is settled on beneath it and
/// counts again afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin<K> {
    /// The class.
    pub class: K,
    /// Who set it.
    pub by: ActorId,
    /// Why.
    pub why: String,
    /// The first instant at which it no longer holds.
    pub until: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::TierId;
    use std::string::ToString;

    fn error(json: &str) -> String {
        serde_json::from_str::<SettleState<TierId>>(json).unwrap_err().to_string()
    }

    #[test]
    fn errors_say_what_is_allowed() {
        insta::assert_snapshot!(
            error(r#"{"class": "key", "since": "2026-01-02", "settled_at": "2026-01-01"}"#),
            @"expected since <= below_since <= settled_at, got `2026-01-02 00:00:00 UTC`, nothing and `2026-01-01 00:00:00 UTC`"
        );
        insta::assert_snapshot!(
            error(r#"{"class": "key", "since": "2026-01-02", "below_since": "2026-01-01", "settled_at": "2026-01-03"}"#),
            @"expected since <= below_since <= settled_at, got `2026-01-02 00:00:00 UTC`, `2026-01-01 00:00:00 UTC` and `2026-01-03 00:00:00 UTC`"
        );
        insta::assert_snapshot!(
            error(r#"{"class": "key", "since": "2026-02-30", "settled_at": "2026-01-03"}"#),
            @"expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `2026-02-30` at line 1 column 38"
        );
        for json in [
            r#"{"class": "key", "since": "2026-01-02"}"#,
            r#"{"class": "key", "since": "2026-01-02", "settled_at": "2026-01-03", "score": "3"}"#,
            r#"{"class": "", "since": "2026-01-02", "settled_at": "2026-01-03"}"#,
            r#"{"class": "key", "since": "+12026-01-02T00:00:00Z", "settled_at": "+12026-01-02T00:00:00Z"}"#,
            "null",
        ] {
            error(json);
        }
    }
}
