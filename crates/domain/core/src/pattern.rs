//! Which events are meant.
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Category, EventKind, IdError};

/// Which events are meant: one kind, a category such as `@interaction`, or `@all`.
///
/// ```
/// use guanxi_core::{EventKind, EventPattern};
/// let contacts: EventPattern = "@interaction".parse()?;
/// assert!(contacts.matches(&EventKind::new("visit.made")?));
/// assert!(!contacts.matches(&EventKind::new("order.placed")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum EventPattern {
    /// Every event, of whatever kind.
    All,
    /// Every standard kind of a category.
    Category(Category),
    /// One kind.
    Kind(EventKind),
}

/// Why a text is not an [`EventPattern`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventPatternError {
    /// An `@` with something else than a category.
    #[error("expected `@all`, `@base`, `@transaction`, `@behaviour`, `@interaction` or `@feedback`")]
    Category,
    /// Not the code of a kind of events.
    #[error(transparent)]
    Kind(#[from] IdError),
}

impl EventPattern {
    const CATEGORIES: [(&'static str, Self); 6] = [
        ("@all", Self::All),
        ("@base", Self::Category(Category::Base)),
        ("@transaction", Self::Category(Category::Transaction)),
        ("@behaviour", Self::Category(Category::Behaviour)),
        ("@interaction", Self::Category(Category::Interaction)),
        ("@feedback", Self::Category(Category::Feedback)),
    ];

    /// Whether an event of a kind is meant.
    #[must_use]
    pub fn matches(&self, kind: &EventKind) -> bool {
        match self {
            Self::All => true,
            Self::Category(category) => kind.category() == Some(*category),
            Self::Kind(own) => own == kind,
        }
    }
}

impl FromStr for EventPattern {
    type Err = EventPatternError;

    fn from_str(text: &str) -> Result<Self, EventPatternError> {
        if text.starts_with('@') {
            let found = Self::CATEGORIES.into_iter().find(|(name, _)| *name == text);
            return found.map(|(_, pattern)| pattern).ok_or(EventPatternError::Category);
        }
        Ok(Self::Kind(EventKind::new(text)?))
    }
}

impl TryFrom<String> for EventPattern {
    type Error = EventPatternError;

    fn try_from(text: String) -> Result<Self, EventPatternError> {
        text.parse()
    }
}

impl fmt::Display for EventPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(kind) => kind.fmt(f),
            group => {
                let found = Self::CATEGORIES.iter().find(|(_, pattern)| pattern == group);
                f.write_str(found.map_or("", |(name, _)| name))
            }
        }
    }
}

impl From<EventPattern> for String {
    fn from(pattern: EventPattern) -> Self {
        alloc::format!("{pattern}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn patterns_mean_kinds_and_categories() {
        let meant = |pattern: &str, kind: &str| {
            pattern.parse::<EventPattern>().unwrap().matches(&EventKind::new(kind).unwrap())
        };
        for (category, kind) in EventKind::standard() {
            for (name, pattern) in EventPattern::CATEGORIES {
                let own = matches!(&pattern, EventPattern::Category(own) if *own == category);
                assert_eq!(meant(name, kind), own || pattern == EventPattern::All, "{name} {kind}");
                assert_eq!(pattern.to_string(), name);
            }
            assert!(meant(kind, kind) && !meant("order.lost", kind));
        }
        assert!(meant("@all", "order.lost") && !meant("@transaction", "order.lost"));
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        let error = |text: &str| text.parse::<EventPattern>().unwrap_err().to_string();
        insta::assert_snapshot!(error("@orders"), @"expected `@all`, `@base`, `@transaction`, `@behaviour`, `@interaction` or `@feedback`");
        insta::assert_snapshot!(error("order placed"), @"expected letters, digits, `_`, `-` and `.`, the first a letter, got `order placed`");
    }
}
