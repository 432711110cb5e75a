//! What was done for a customer, and what came of it.
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::{ActorId, SubjectId, TierId, Zone, is_inert};
use serde::{Deserialize, Serialize};

use super::figure::Figure;
use crate::id::ActionId;
use crate::run::Progress;
use crate::template::{Direction, MetricId, TemplateId};

guanxi_core::define_id! {
    /// One execution record; the same id is the same record.
    pub struct RecordId(text, 128);
}

/// An execution record as it is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExecutionRecordSpec {
    /// Its id.
    pub id: RecordId,
    /// For whom.
    pub subject: SubjectId,
    /// The template that it carries out.
    pub strategy: TemplateId,
    /// The customer's tier when it was planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<TierId>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<ActorId>,
    /// The day on which it begins.
    pub from: NaiveDate,
    /// The last day on which it is in time.
    pub to: NaiveDate,
    /// The key action.
    pub action: ActionId,
    /// How far it is. What is past its last day and not done counts as overdue, whether it says so or not; before
    /// that day nothing is.
    pub progress: Progress,
    /// The day on which it was done; with `done`, and then always: the first day or later, and not after the day of
    /// `tracked_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_on: Option<NaiveDate>,
    /// What came of it, each metric once; up to 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Remark>,
    /// What shall be done better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub improvement: Option<Remark>,
    /// Who looked at it last.
    pub tracked_by: ActorId,
    /// When.
    pub tracked_at: DateTime<Utc>,
}

/// A figure of an effect beside its goal: *self-service is used by 30 %, the goal is 50 %*.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// What was measured.
    pub metric: MetricId,
    /// Whether more or less of it is wanted.
    pub direction: Direction,
    /// The figure before; where it is not known, what is to rise is measured from 0, and of what is to fall only
    /// whether it reached its goal is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Figure>,
    /// The figure now.
    pub actual: Figure,
    /// The goal, as [`Target::goal`](crate::Target::goal) gives it.
    pub goal: Figure,
    /// Whether reaching the goal exactly is not enough.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub strictly: bool,
}

impl Effect {
    /// Whether the goal is reached.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        let (actual, goal) = (self.actual, self.goal);
        match (self.direction, self.strictly) {
            (Direction::Up, false) => actual >= goal,
            (Direction::Up, true) => actual > goal,
            (Direction::Down, false) => actual <= goal,
            (Direction::Down, true) => actual < goal,
        }
    }

    /// How far the figure went in the direction wanted, and how far it should have gone, in trillionths; `None` if
    /// the goal does not lie ahead of where it began.
    pub(super) fn change(&self) -> Option<(i128, i128)> {
        let before = match (self.before, self.direction) {
            (Some(before), _) => before.parts(),
            (None, Direction::Up) => 0,
            (None, Direction::Down) => return None,
        };
        let sign = if self.direction == Direction::Up { 1 } else { -1 };
        let ahead = |figure: Figure| (figure.parts() - before) * sign;
        let wanted = ahead(self.goal);
        (wanted > 0).then(|| (ahead(self.actual), wanted))
    }
}

/// A remark in somebody's own words: 1 to 2 000 characters, none of them invisible. It may name people, so `Debug`
/// does not show it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Remark(String);

/// Why a text is not a [`Remark`]. It does not quote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a remark has 1 to {max} characters, none of them a control or invisible, and no blank at either end", max = Remark::MAX_CHARS)]
pub struct RemarkError;

impl Remark {
    /// The most characters of a remark.
    pub const MAX_CHARS: usize = 2_000;

    /// Checks and keeps a text.
    ///
    /// # Errors
    /// [`RemarkError`] where it is empty, too long or holds what cannot be shown.
    pub fn new(text: &str) -> Result<Self, RemarkError> {
        let bounded = (1..=Self::MAX_CHARS).contains(&text.chars().count());
        if bounded && is_inert(text) && text.trim().len() == text.len() {
            Ok(Self(text.into()))
        } else {
            Err(RemarkError)
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Remark {
    type Error = RemarkError;

    fn try_from(text: String) -> Result<Self, RemarkError> {
        Self::new(&text)
    }
}

impl fmt::Debug for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Remark({} characters)", self.0.chars().count())
    }
}

/// Why a record contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// It ends before it begins.
    #[error("a record must end on {from} or later, got `{to}`")]
    Days {
        /// Its first day.
        from: NaiveDate,
        /// Its last day.
        to: NaiveDate,
    },
    /// Done without a day, or a day without being done.
    #[error("`finished_on` belongs to a record that is done, and to no other")]
    Finished,
    /// Done before it begins.
    #[error("`finished_on` must be {from} or later, the first day, got `{given}`")]
    FinishedEarly {
        /// Its first day.
        from: NaiveDate,
        /// The day given.
        given: NaiveDate,
    },
    /// Done after somebody looked at it last.
    #[error("`finished_on` must be {tracked} or before, the day of `tracked_at` ({zone}), got `{given}`")]
    FinishedLate {
        /// The day on which it was tracked.
        tracked: NaiveDate,
        /// Where it was that day.
        zone: Zone,
        /// The day given.
        given: NaiveDate,
    },
    /// Called overdue while it was still in time.
    #[error(
        "`progress` may be `overdue` if it was tracked after {to}, the last day, and `tracked_at` is on `{tracked}` ({zone})"
    )]
    Overdue {
        /// Its last day.
        to: NaiveDate,
        /// The day on which it was tracked.
        tracked: NaiveDate,
        /// Where it was that day.
        zone: Zone,
    },
    /// A metric twice.
    #[error("each metric once, got `{metric}` twice")]
    Metric {
        /// The metric.
        metric: MetricId,
    },
    /// Too many effects.
    #[error("at most {max} effects, got {given}", max = ExecutionRecord::MAX_EFFECTS)]
    Effects {
        /// How many were given.
        given: usize,
    },
}

/// An execution record that does not contradict itself.
///
/// Its days are those of some zone, which it does not say. Where it is read alone, `tracked_at` counts by the zone
/// that is furthest ahead, `+14:00`, so that nothing is refused which is true somewhere;
/// [`in_zone`](Self::in_zone) is exact.
///
/// ```
/// use guanxi_core::Zone;
/// use guanxi_strategy::{ExecutionRecord, ExecutionRecordSpec};
/// let spec: ExecutionRecordSpec = serde_json::from_str(r#"{
///   "id": "R1", "subject": "C1", "strategy": "deep_bond", "from": "2026-04-01", "to": "2026-06-30",
///   "action": "quarterly_visit", "progress": "done", "finished_on": "2026-06-16",
///   "tracked_by": "U7", "tracked_at": "2026-06-15T18:00:00Z"
/// }"#)?;
/// assert!(ExecutionRecord::in_zone(spec.clone(), "+08:00".parse()?).is_ok());
/// assert!(ExecutionRecord::in_zone(spec, Zone::UTC).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "ExecutionRecordSpec", into = "ExecutionRecordSpec")]
pub struct ExecutionRecord(ExecutionRecordSpec);

impl ExecutionRecord {
    /// The most effects of a record.
    pub const MAX_EFFECTS: usize = 20;

    /// Checks a record whose days are those of a zone.
    ///
    /// # Errors
    /// [`RecordError`], the first thing by which it contradicts itself.
    pub fn in_zone(spec: ExecutionRecordSpec, zone: Zone) -> Result<Self, RecordError> {
        let ExecutionRecordSpec { from, to, progress, finished_on, ref effects, tracked_at, .. } = spec;
        if to < from {
            return Err(RecordError::Days { from, to });
        }
        if (progress == Progress::Done) != finished_on.is_some() {
            return Err(RecordError::Finished);
        }
        let tracked = zone.day(tracked_at);
        if let Some(given) = finished_on.filter(|day| *day < from) {
            return Err(RecordError::FinishedEarly { from, given });
        }
        if let Some(given) = finished_on.filter(|day| *day > tracked) {
            return Err(RecordError::FinishedLate { tracked, zone, given });
        }
        if progress == Progress::Overdue && tracked <= to {
            return Err(RecordError::Overdue { to, tracked, zone });
        }
        if effects.len() > Self::MAX_EFFECTS {
            return Err(RecordError::Effects { given: effects.len() });
        }
        let mut metrics = BTreeSet::new();
        if let Some(twice) = effects.iter().find(|effect| !metrics.insert(&effect.metric)) {
            return Err(RecordError::Metric { metric: twice.metric.clone() });
        }
        Ok(Self(spec))
    }

    /// What it says.
    #[must_use]
    pub const fn spec(&self) -> &ExecutionRecordSpec {
        &self.0
    }

    /// How far it is on a day: overdue, if it should be done by then and is not.
    #[must_use]
    pub fn progress(&self, today: NaiveDate) -> Progress {
        let ExecutionRecordSpec { progress, to, .. } = self.0;
        if progress.is_ended() || progress == Progress::Overdue || today <= to {
            progress
        } else {
            Progress::Overdue
        }
    }

    /// Whether it was done in time; `None` while it is open and in time, and for what was cancelled.
    #[must_use]
    pub fn is_on_time(&self, today: NaiveDate) -> Option<bool> {
        match (self.progress(today), self.0.finished_on) {
            (Progress::Done, finished) => Some(finished.is_some_and(|day| day <= self.0.to)),
            (Progress::Overdue, _) => Some(false),
            _ => None,
        }
    }
}

impl TryFrom<ExecutionRecordSpec> for ExecutionRecord {
    type Error = RecordError;

    fn try_from(spec: ExecutionRecordSpec) -> Result<Self, RecordError> {
        Self::in_zone(spec, "+14:00".parse().unwrap_or_default())
    }
}

impl From<ExecutionRecord> for ExecutionRecordSpec {
    fn from(record: ExecutionRecord) -> Self {
        record.0
    }
}
