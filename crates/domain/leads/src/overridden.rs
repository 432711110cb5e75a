//! A score or grade that somebody sets by hand.
use alloc::string::String;

use chrono::{DateTime, Utc};
use guanxi_core::{ActorId, Score};
use serde::{Deserialize, Serialize};

use crate::id::GradeId;

/// A score, a grade or both that somebody sets by hand, for a time and with a reason.
///
/// While it is in force it counts in place of what was computed, which stays beside it: no event and no
/// recomputation takes it away. The band follows from a score that is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "OverrideText")]
pub struct LeadOverride {
    score: Option<Score>,
    grade: Option<GradeId>, // INVARIANT: one of the two at least
    by: ActorId,
    why: String,
    until: DateTime<Utc>,
}

/// Why something is not a [`LeadOverride`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LeadOverrideError {
    /// Neither score nor grade.
    #[error("an override sets a score, a grade or both, got neither")]
    SetsNothing,
    /// No reason.
    #[error("an override needs a reason, got none")]
    NoReason,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OverrideText {
    #[serde(default)]
    score: Option<Score>,
    #[serde(default)]
    grade: Option<GradeId>,
    by: ActorId,
    why: String,
    until: DateTime<Utc>,
}

impl LeadOverride {
    /// Sets a score, a grade or both, up to and not at an instant.
    ///
    /// # Errors
    /// [`LeadOverrideError::SetsNothing`] without score and grade, [`LeadOverrideError::NoReason`] if `why`
    /// is blank.
    pub fn new(
        score: Option<Score>,
        grade: Option<GradeId>,
        by: ActorId,
        why: &str,
        until: DateTime<Utc>,
    ) -> Result<Self, LeadOverrideError> {
        if score.is_none() && grade.is_none() {
            return Err(LeadOverrideError::SetsNothing);
        }
        if why.trim().is_empty() {
            return Err(LeadOverrideError::NoReason);
        }
        Ok(Self { score, grade, by, why: why.into(), until })
    }

    /// The score that is set.
    #[must_use]
    pub const fn score(&self) -> Option<Score> {
        self.score
    }

    /// The grade that is set.
    #[must_use]
    pub const fn grade(&self) -> Option<&GradeId> {
        self.grade.as_ref()
    }

    /// Who set it.
    #[must_use]
    pub const fn by(&self) -> &ActorId {
        &self.by
    }

    /// Why.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }

    /// The first instant at which it no longer holds.
    #[must_use]
    pub const fn until(&self) -> DateTime<Utc> {
        self.until
    }
}

impl TryFrom<OverrideText> for LeadOverride {
    type Error = LeadOverrideError;

    fn try_from(text: OverrideText) -> Result<Self, LeadOverrideError> {
        Self::new(text.score, text.grade, text.by, &text.why, text.until)
    }
}
