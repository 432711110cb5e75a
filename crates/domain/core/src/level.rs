use core::fmt;

use serde::{Deserialize, Serialize};

/// A rank on an ordinal scale `1..=of`, such as service sensitivity 4 of 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "LevelParts", into = "LevelParts")]
pub struct Level {
    value: u8, // INVARIANT: 1 <= value <= of
    of: u8,
}

/// Why two numbers are not a [`Level`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LevelError {
    /// Below 1 or above the greatest level.
    #[error("a level is from 1 to {of}, got `{given}`")]
    OutOfRange {
        /// The rank given.
        given: i64,
        /// The greatest rank of the scale.
        of: u8,
    },
}

impl Level {
    /// The level `value` of a scale with `of` levels.
    ///
    /// # Errors
    /// [`LevelError::OutOfRange`] unless `1 <= value <= of`.
    pub fn new(value: i64, of: u8) -> Result<Self, LevelError> {
        match u8::try_from(value) {
            Ok(value) if (1..=of).contains(&value) => Ok(Self { value, of }),
            _ => Err(LevelError::OutOfRange { given: value, of }),
        }
    }

    /// The rank, from 1.
    #[must_use]
    pub const fn value(self) -> u8 {
        self.value
    }

    /// The greatest rank of the scale.
    #[must_use]
    pub const fn of(self) -> u8 {
        self.of
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.value, self.of)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelParts {
    level: i64,
    of: u8,
}

impl TryFrom<LevelParts> for Level {
    type Error = LevelError;

    fn try_from(parts: LevelParts) -> Result<Self, LevelError> {
        Self::new(parts.level, parts.of)
    }
}

impl From<Level> for LevelParts {
    fn from(level: Level) -> Self {
        Self { level: level.value.into(), of: level.of }
    }
}
