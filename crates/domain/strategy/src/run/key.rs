//! What a step of a run is known by, so that a host creates nothing twice.
use alloc::format;
use alloc::string::String;
use core::fmt::{self, Write};
use core::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use guanxi_core::{DocumentId, EventId, Quoted, SubjectId, parse_instant};
use serde::{Deserialize, Serialize};

use crate::action::StepId;
use crate::id::ActionId;

/// The idempotency key of one step of one run: document, subject, action, cycle and step.
///
/// Written as one text, `document/action/step/cycle/subject`, in which `%`, `/` and control characters of the last two
/// stand as `%25`, `%2F` and so on. The same call for an action gives the same key, however late or often it is planned.
///
/// ```
/// use guanxi_strategy::ActionKey;
/// let key: ActionKey = "standard/silence/main/@2026-01-05T10:00:00Z/C1".parse()?;
/// assert_eq!((key.action.as_str(), key.subject.as_str()), ("silence", "C1"));
/// assert_eq!(key.to_string(), "standard/silence/main/@2026-01-05T10:00:00Z/C1");
/// assert!("standard/silence".parse::<ActionKey>().is_err());
/// # Ok::<(), guanxi_strategy::ActionKeyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ActionKey {
    /// The document of actions, whatever its version.
    pub policy: DocumentId,
    /// The customer.
    pub subject: SubjectId,
    /// The action.
    pub action: ActionId,
    /// What called for it.
    pub cycle: Cycle,
    /// The step.
    pub step: StepId,
}

/// What called for an action: an event, or an instant at which something began to hold, a period or a day began.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Cycle {
    /// An instant, written `@2026-01-05T10:00:00Z`.
    At(DateTime<Utc>),
    /// An event, written `#` and its id.
    Event(EventId),
}

/// Why a text is not an [`ActionKey`] or a [`Cycle`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected `document/action/step/cycle/subject`, the cycle `@` and an instant or `#` and an event, got {}", Quoted(.given))]
pub struct ActionKeyError {
    /// What was given, cut short.
    pub given: String,
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(at) => write!(f, "@{}", at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            Self::Event(event) => write!(f, "#{event}"),
        }
    }
}

impl FromStr for Cycle {
    type Err = ActionKeyError;

    fn from_str(text: &str) -> Result<Self, ActionKeyError> {
        let read = || match text.split_at_checked(1)? {
            ("@", at) => parse_instant(at).ok().map(Self::At),
            ("#", event) => EventId::new(event).ok().map(Self::Event),
            _ => None,
        };
        read().ok_or_else(|| wrong(text))
    }
}

impl TryFrom<String> for Cycle {
    type Error = ActionKeyError;

    fn try_from(text: String) -> Result<Self, ActionKeyError> {
        text.parse()
    }
}

impl From<Cycle> for String {
    fn from(cycle: Cycle) -> Self {
        format!("{cycle}")
    }
}

fn wrong(text: &str) -> ActionKeyError {
    ActionKeyError { given: text.chars().take(41).collect() }
}

fn escaped(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    text.chars().try_for_each(|c| match c {
        '%' => f.write_str("%25"),
        '/' => f.write_str("%2F"),
        c => f.write_char(c),
    })
}

fn plain(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut plain = String::from(parts.next()?);
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        plain.push(match code {
            "25" => '%',
            "2F" => '/',
            _ => return None,
        });
        plain.push_str(rest);
    }
    Some(plain)
}

impl fmt::Display for ActionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/", self.policy, self.action, self.step)?;
        escaped(&format!("{}", self.cycle), f)?;
        f.write_char('/')?;
        escaped(self.subject.as_str(), f)
    }
}

impl FromStr for ActionKey {
    type Err = ActionKeyError;

    fn from_str(text: &str) -> Result<Self, ActionKeyError> {
        let read = || {
            let mut parts = text.split('/');
            let key = Self {
                policy: DocumentId::new(parts.next()?).ok()?,
                action: ActionId::new(parts.next()?).ok()?,
                step: StepId::new(parts.next()?).ok()?,
                cycle: plain(parts.next()?)?.parse().ok()?,
                subject: SubjectId::new(&plain(parts.next()?)?).ok()?,
            };
            parts.next().is_none().then_some(key)
        };
        read().ok_or_else(|| wrong(text))
    }
}

impl TryFrom<String> for ActionKey {
    type Error = ActionKeyError;

    fn try_from(text: String) -> Result<Self, ActionKeyError> {
        text.parse()
    }
}

impl From<ActionKey> for String {
    fn from(key: ActionKey) -> Self {
        format!("{key}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_key_is_one_text_whatever_its_parts_hold() {
        let key = ActionKey {
            policy: "standard".parse().unwrap(),
            subject: "客户/1 50%".parse().unwrap(),
            action: "call".parse().unwrap(),
            cycle: Cycle::Event("a/b%2F".parse().unwrap()),
            step: "main".parse().unwrap(),
        };
        assert_eq!(key.to_string(), "standard/call/main/#a%2Fb%252F/客户%2F1 50%25");
        assert_eq!(key.to_string().parse(), Ok(key));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let read = |text: &str| text.parse::<ActionKey>().map_err(|error| error.to_string());
        insta::assert_snapshot!(read("a/b/c/@yesterday/C1").unwrap_err(), @"expected `document/action/step/cycle/subject`, the cycle `@` and an instant or `#` and an event, got `a/b/c/@yesterday/C1`");
        for text in
            ["", "a/b/c/#e", "a/b/c/#e/C/D", "a/b/c/e/C", "a/b/c/#/C", "a/b/c/#e%20/C", "a/b/c/#e%2/C"]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
