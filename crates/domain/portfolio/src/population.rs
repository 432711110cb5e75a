//! The customers looked at, and the facts that are asked of them.
use alloc::vec::Vec;

use guanxi_core::{Decision, Fact, FactId, FactMap, Facts, SubjectId, fact_id};
use guanxi_scoring::{Assessment, PolicyDocument, Reason};
use rust_decimal::Decimal;

/// One customer: who, what was decided, and on which facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The customer.
    pub subject: SubjectId,
    /// The assessment with its reasons.
    pub decision: Decision<Assessment, Reason>,
    /// The facts, those of the policy and those of the board.
    pub facts: FactMap,
}

impl Member {
    /// A fact as a number, where it is known and one.
    #[must_use]
    pub fn number(&self, fact: &FactId) -> Option<Decimal> {
        match self.facts.fact(fact) {
            Fact::Known { value, .. } => value.number(),
            Fact::Missing | Fact::NotApplicable => None,
        }
    }
}

/// The names of the facts that boards and lists ask for; any of them may be missing of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Questions {
    /// All revenue with the customer, in one currency.
    pub revenue: FactId,
    /// How many orders the customer has placed.
    pub orders: FactId,
    /// Days since the last order.
    pub silence: FactId,
    /// The customer's own median gap between orders, in days.
    pub rhythm: FactId,
    /// The growth of revenue from one period to the next; below 0 if it falls.
    pub trend: FactId,
    /// Days of silence from which on a customer who ordered once is proposed for clean-up.
    pub long_silence_days: u32,
}

impl Questions {
    /// The names `revenue`, `orders`, `days_since_order`, `median_gap_days` and `revenue_growth`, and a
    /// silence of 365 days (our choice: the days that the standard life cycle waits where there is no
    /// rhythm to measure).
    #[must_use]
    pub fn standard() -> Self {
        Self {
            revenue: fact_id!("revenue"),
            orders: fact_id!("orders"),
            silence: fact_id!("days_since_order"),
            rhythm: fact_id!("median_gap_days"),
            trend: fact_id!("revenue_growth"),
            long_silence_days: 365,
        }
    }
}

/// A population of assessed customers, in the order of their ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Population<'p> {
    policy: &'p PolicyDocument,
    members: Vec<Member>,
}

impl<'p> Population<'p> {
    /// Puts customers in the order of their ids; of several with one id the first given stays.
    #[must_use]
    pub fn new(policy: &'p PolicyDocument, mut members: Vec<Member>) -> Self {
        members.sort_by(|a, b| a.subject.cmp(&b.subject));
        members.dedup_by(|later, kept| later.subject == kept.subject);
        Self { policy, members }
    }

    /// The policy by which the customers were assessed.
    #[must_use]
    pub const fn policy(&self) -> &'p PolicyDocument {
        self.policy
    }

    /// The customers, in the order of their ids.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }
}
