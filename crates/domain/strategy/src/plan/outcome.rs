//! What is to be done, and what is not.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{ActorId, SubjectId};
use serde::{Deserialize, Serialize};

use super::machine::{Machine, person};
use super::state::PlanState;
use super::steps::Contacts;
use crate::action::{Action, ChannelId, LegalBasisId, Purpose, QueueId, SuppressorId};
use crate::id::RoleId;
use crate::run::{ActionKey, CancelCause, Progress, Run, Work};

/// What is to be done for a customer.
///
/// `due`, `upcoming` and `suppressed` together are all that is open, each step in exactly one of them: what a host
/// keeps under another key is cancelled. `moved`, `cancelled` and `done` tell what is other than in the state given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What may be done now: the greater priority first, then what is due first, then by key. What has no due time
    /// comes last.
    pub due: Vec<PlanItem>,
    /// What may be done later, or waits for other steps: by begin, then as above.
    pub upcoming: Vec<PlanItem>,
    /// What is held back, as above.
    pub suppressed: Vec<Suppressed>,
    /// What is done at another time or by somebody else than in the state given.
    pub moved: Vec<Moved>,
    /// What is not done any more, and was not cancelled in the state given.
    pub cancelled: Vec<Cancelled>,
    /// What is done, and was not in the state given.
    pub done: Vec<Finished>,
    /// What to give to the next call.
    pub state: PlanState,
}

/// One step that is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanItem {
    /// What it is known by: a host creates it once.
    pub key: ActionKey,
    /// What it is for.
    pub purpose: Purpose,
    /// From 0 to 100: the greater comes first.
    pub priority: u8,
    /// How it stands.
    pub progress: Progress,
    /// When the action was called for.
    pub called_at: DateTime<Utc>,
    /// When it may be begun first; not known while it waits for other steps or is held back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begins_at: Option<DateTime<Utc>>,
    /// When it is late if it is not done; not known while it waits, is held back, or its calendar does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime<Utc>>,
    /// Who does it.
    pub role: RoleId,
    /// Who plays that role, if facts name somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<ActorId>,
    /// How many rungs of the ladder it has climbed.
    pub rung: u8,
    /// The queue that it lies in by that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueId>,
    /// The channel to use, for contact that may begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
    /// Why the customer may be contacted, where the document says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<LegalBasisId>,
    /// The step that brought about what called for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<ActionKey>,
}

/// One step that is held back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppressed {
    /// The step.
    pub item: PlanItem,
    /// All that holds it back, in the order of the document.
    pub by: Vec<Suppression>,
}

/// Something that holds a step back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// Which suppressor; `no_legal_basis` and `no_consent_rule` are the planner's own.
    pub suppressor: SuppressorId,
    /// When it ends by itself, if it does.
    pub until: Option<DateTime<Utc>>,
}

/// One step that is done at another time or by somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The step.
    pub key: ActionKey,
    /// What is other; at least one thing.
    pub changes: Vec<Change>,
}

/// What is other with a step than it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// It would begin in quiet hours, and begins at their end.
    QuietHours {
        /// When it would begin.
        from: DateTime<Utc>,
        /// When it begins.
        to: DateTime<Utc>,
    },
    /// It begins at another time.
    Begin {
        /// When it began.
        from: DateTime<Utc>,
        /// When it begins.
        to: DateTime<Utc>,
    },
    /// It is due at another time: another tier, another calendar, or it was held back for a while.
    Due {
        /// When it was due.
        from: DateTime<Utc>,
        /// When it is due.
        to: DateTime<Utc>,
    },
    /// Another role does it.
    Role {
        /// Which did.
        from: RoleId,
        /// Which does.
        to: RoleId,
    },
    /// Somebody else does it.
    Person {
        /// Who did.
        from: Option<ActorId>,
        /// Who does.
        to: Option<ActorId>,
    },
    /// It lies in another queue.
    Queue {
        /// In which it lay.
        from: Option<QueueId>,
        /// In which it lies.
        to: Option<QueueId>,
    },
    /// It uses another channel.
    Channel {
        /// Which it used.
        from: ChannelId,
        /// Which it uses.
        to: ChannelId,
    },
}

/// One step that is not done any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    /// The step.
    pub key: ActionKey,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub why: CancelCause,
}

/// One step that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// The step.
    pub key: ActionKey,
    /// When.
    pub at: DateTime<Utc>,
    /// When it was due, if that was known.
    pub due_at: Option<DateTime<Utc>>,
}

impl Finished {
    /// Whether it was done before it was late; not known where it had no due time.
    #[must_use]
    pub fn is_on_time(&self) -> Option<bool> {
        self.due_at.map(|due| self.at < due)
    }
}

impl PlanItem {
    /// The order in which things are to be done.
    fn rank(&self) -> impl Ord + '_ {
        let due = (self.due_at.is_none(), self.due_at);
        (core::cmp::Reverse(self.priority), due, &self.key)
    }

    /// What is other than it was.
    pub(crate) fn changes(&self, was: &Self) -> Vec<Change> {
        let mut changes = Vec::new();
        if let (Some(from), Some(to)) = (was.begins_at, self.begins_at)
            && from != to
        {
            changes.push(Change::Begin { from, to });
        }
        if let (Some(from), Some(to)) = (was.due_at, self.due_at)
            && from != to
        {
            changes.push(Change::Due { from, to });
        }
        if was.role != self.role {
            changes.push(Change::Role { from: was.role.clone(), to: self.role.clone() });
        }
        if was.person != self.person {
            changes.push(Change::Person { from: was.person.clone(), to: self.person.clone() });
        }
        if was.queue != self.queue {
            changes.push(Change::Queue { from: was.queue.clone(), to: self.queue.clone() });
        }
        if let (Some(from), Some(to)) = (&was.channel, &self.channel)
            && from != to
        {
            changes.push(Change::Channel { from: from.clone(), to: to.clone() });
        }
        changes
    }
}

/// All that is open at an instant, sorted.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct Open {
    pub(crate) due: Vec<PlanItem>,
    pub(crate) upcoming: Vec<PlanItem>,
    pub(crate) suppressed: Vec<Suppressed>,
}

impl<'a> Machine<'a> {
    /// A step as it stands at an instant.
    pub(crate) fn item(
        &self,
        action: &'a Action,
        run: &Run,
        work: &Work,
        at: DateTime<Utc>,
    ) -> Option<PlanItem> {
        let step = action.step(&work.step)?;
        let rung = usize::from(work.rung).checked_sub(1).and_then(|rung| action.escalation().get(rung));
        let owner = || step.owner().pick(|guard| self.watches.holds(guard, at));
        let role = rung.map(|rung| &rung.to).or_else(owner)?.clone();
        let person = self.actions.roles().get(&role).and_then(|fact| person(self.ledger, at, fact));
        Some(PlanItem {
            key: self.key(run, work),
            purpose: action.purpose(),
            priority: action.priority(),
            progress: work.progress,
            called_at: run.called_at,
            begins_at: work.first_at.or(work.runs_from).filter(|_| !work.is_held()),
            due_at: work.due_at,
            role,
            person,
            rung: work.rung,
            queue: rung.and_then(|rung| rung.queue.clone()),
            channel: work.channel.clone(),
            legal_basis: action.legal_basis().filter(|_| step.is_contact()).cloned(),
            cause: run.cause.clone(),
        })
    }

    pub(crate) fn key(&self, run: &Run, work: &Work) -> ActionKey {
        key(&self.head.id, self.subject, run, work)
    }

    /// All that is open at an instant, which must be that of the memory.
    pub(crate) fn open(&self, at: DateTime<Utc>) -> Open {
        let (mut open, contacts) = (Open::default(), Contacts::default());
        for run in &self.memory.open {
            let Some(action) = self.actions.action(&run.action) else { continue };
            for work in run.steps.iter().filter(|work| !work.progress.is_ended()) {
                let Some(item) = self.item(action, run, work, at) else { continue };
                if work.is_held() {
                    let by = work.held_by.iter().map(|by| Suppression {
                        suppressor: by.clone(),
                        until: self.held_until(by, at, &contacts),
                    });
                    open.suppressed.push(Suppressed { item, by: by.collect() });
                } else if work.runs_from.is_some_and(|from| from <= at) {
                    open.due.push(item);
                } else {
                    open.upcoming.push(item);
                }
            }
        }
        open.due.sort_by(|a, b| a.rank().cmp(&b.rank()));
        let begin = |item: &PlanItem| (item.begins_at.is_none(), item.begins_at);
        open.upcoming.sort_by(|a, b| (begin(a), a.rank()).cmp(&(begin(b), b.rank())));
        open.suppressed.sort_by(|a, b| a.item.rank().cmp(&b.item.rank()));
        open
    }
}

pub(crate) fn key(
    policy: &guanxi_core::DocumentId,
    subject: &SubjectId,
    run: &Run,
    work: &Work,
) -> ActionKey {
    ActionKey {
        policy: policy.clone(),
        subject: subject.clone(),
        action: run.action.clone(),
        cycle: run.cycle.clone(),
        step: work.step.clone(),
    }
}
