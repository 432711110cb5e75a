//! What is routed.
use guanxi_condition::Given;
use guanxi_core::{ActorId, SubjectId};

use crate::number::Effort;

/// What is to be given to somebody: a lead, a customer, a ticket, an escalation.
#[derive(Clone, Copy)]
pub struct Item<'a> {
    /// Which one it is.
    pub subject: &'a SubjectId,
    /// What is known of it.
    pub given: Given<'a>,
    /// Who has it, or the account that it belongs to, at present.
    pub owner: Option<&'a ActorId>,
    /// The accounts that it belongs to; whoever is in conflict with one of them must not get it.
    pub accounts: &'a [SubjectId],
    /// What it costs of the capacity of whoever gets it.
    pub effort: Effort,
}

impl<'a> Item<'a> {
    /// An item without owner and accounts, of effort 1.
    #[must_use]
    pub const fn new(subject: &'a SubjectId, given: Given<'a>) -> Self {
        Self { subject, given, owner: None, accounts: &[], effort: Effort::ONE }
    }

    /// With an owner.
    #[must_use]
    pub const fn with_owner(self, owner: &'a ActorId) -> Self {
        Self { owner: Some(owner), ..self }
    }

    /// With accounts that it belongs to.
    #[must_use]
    pub const fn with_accounts(self, accounts: &'a [SubjectId]) -> Self {
        Self { accounts, ..self }
    }

    /// With what it costs.
    #[must_use]
    pub const fn with_effort(self, effort: Effort) -> Self {
        Self { effort, ..self }
    }
}
