//! Where an item goes.
use guanxi_core::ActorId;
use serde::{Deserialize, Serialize};

use crate::id::{QueueId, RuleId};
use crate::term::ResponseTerm;

/// Where an item goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routed {
    /// Who gets it; `None` if nobody can, and it waits.
    pub to: Option<Assignment>,
    /// The rule that holds; `None` if none does.
    pub rule: Option<RuleId>,
    /// Within what time to respond first; `None` if the policy does not say.
    pub response: Option<Respond>,
}

/// Who gets an item, and by what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Who.
    pub person: ActorId,
    /// By what.
    pub by: By,
    /// In which queue it was this one's turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueId>,
}

/// By what somebody gets an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The item was this person's already.
    Owner,
    /// A rule names this person.
    Name,
    /// It was this person's turn in a queue.
    Turn,
}

/// Within what time to respond first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Respond {
    /// The rule that says so.
    pub rule: RuleId,
    /// Within what time.
    pub within: ResponseTerm,
}
