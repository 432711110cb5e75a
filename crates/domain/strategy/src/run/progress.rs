//! How a step stands, and what becomes of it: one table.
use serde::{Deserialize, Serialize};

/// How a step stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Nobody has begun 计划中.
    #[default]
    Planned,
    /// Somebody has begun 进行中.
    InProgress,
    /// Part of it is done 部分完成.
    PartlyDone,
    /// It is done 已完成.
    Done,
    /// It is not done any more 已取消.
    Cancelled,
    /// It should be done by now, and is not 已逾期.
    Overdue,
}

/// What happens to a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkEntry {
    /// Somebody begins.
    Started,
    /// Part of it is done.
    PartlyDone,
    /// It is done.
    Done,
    /// It is cancelled.
    Cancelled,
    /// The instant comes at which it is due.
    DuePassed,
    /// It is due later than it was.
    DuePutOff,
}

/// Why something cannot happen to a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WorkRefusal {
    /// The key is that of another document or subject, or none at all.
    NoSuchKey,
    /// The document has no such action or step.
    NoSuchStep,
    /// It was never planned, and is not done either.
    NotPlanned,
    /// Somebody has begun already.
    HasBegun,
    /// It is done, and stays so.
    IsDone,
    /// It is cancelled; only that it was done all the same can be told of it.
    IsCancelled,
}

impl Progress {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Planned, Self::InProgress, Self::PartlyDone, Self::Done, Self::Cancelled, Self::Overdue];

    /// What becomes of it. `begun` is how far it had come before it was overdue.
    ///
    /// | | started | partly done | done | cancelled | due passed | put off |
    /// |---|---|---|---|---|---|---|
    /// | planned | in progress | partly done | done | cancelled | overdue | – |
    /// | in progress | has begun | partly done | done | cancelled | overdue | – |
    /// | partly done | has begun | partly done | done | cancelled | overdue | – |
    /// | overdue | overdue | overdue | done | cancelled | – | as before |
    /// | done | is done | is done | is done | is done | – | – |
    /// | cancelled | is cancelled | is cancelled | done | is cancelled | – | – |
    ///
    /// (– nothing changes.)
    ///
    /// # Errors
    /// [`WorkRefusal`], as the table says.
    pub const fn after(self, entry: WorkEntry, begun: Self) -> Result<Self, WorkRefusal> {
        use WorkEntry as Entry;
        Ok(match (self, entry) {
            (Self::Done, Entry::DuePassed | Entry::DuePutOff) => Self::Done,
            (Self::Done, _) => return Err(WorkRefusal::IsDone),
            (_, Entry::Done) => Self::Done,
            (Self::Cancelled, Entry::DuePassed | Entry::DuePutOff) => Self::Cancelled,
            (Self::Cancelled, _) => return Err(WorkRefusal::IsCancelled),
            (_, Entry::Cancelled) => Self::Cancelled,
            (Self::Overdue, Entry::DuePutOff) => begun,
            (_, Entry::DuePutOff) => self,
            (_, Entry::DuePassed) => Self::Overdue,
            (Self::InProgress | Self::PartlyDone, Entry::Started) => return Err(WorkRefusal::HasBegun),
            (Self::Overdue, Entry::Started | Entry::PartlyDone) => Self::Overdue,
            (Self::Planned, Entry::Started) => Self::InProgress,
            (_, Entry::PartlyDone) => Self::PartlyDone,
        })
    }

    /// Whether nothing more is to be done.
    #[must_use]
    pub const fn is_ended(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }

    /// The code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::InProgress => "in_progress",
            Self::PartlyDone => "partly_done",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Overdue => "overdue",
        }
    }
}
