//! The customers looked at, and the facts that are asked of them.
use alloc::vec::Vec;

use guanxi_core::{Decision, DocumentId, Fact, FactId, FactMap, Facts, SubjectId, fact_id};
use guanxi_scoring::{Assessment, PolicyDocument, Reason, Standing};
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
    /// Whether the customer never bought and nobody has put it into a tier.
    #[must_use]
    pub fn is_prospect(&self) -> bool {
        let outcome = &self.decision.outcome;
        outcome.standing == Standing::Prospect && outcome.tier.is_none()
    }

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
    members: Vec<Member>, // INVARIANT: ascending by id, each once, all on one basis and at one instant
}

/// Why customers are no population.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PopulationError {
    /// Two customers with one id.
    #[error("customer `{subject}` is there twice")]
    Twice {
        /// That id.
        subject: SubjectId,
    },
    /// A customer assessed by another policy than the one given.
    #[error("customer `{subject}` was assessed by policy `{given}`, not `{allowed}`")]
    OtherPolicy {
        /// The customer.
        subject: SubjectId,
        /// The policy that assessed it.
        given: DocumentId,
        /// The policy of the population.
        allowed: DocumentId,
    },
    /// A customer assessed at another instant, or against another reference, than the first by id.
    #[error(
        "customer `{subject}` was assessed at another instant or against another reference than the others"
    )]
    OtherBasis {
        /// The customer.
        subject: SubjectId,
    },
}

impl<'p> Population<'p> {
    /// Puts customers in the order of their ids, all assessed by this policy, at one instant and
    /// against one reference.
    ///
    /// # Errors
    /// [`PopulationError`], for the first customer by id that does not belong.
    pub fn new(policy: &'p PolicyDocument, mut members: Vec<Member>) -> Result<Self, PopulationError> {
        members.sort_by(|a, b| a.subject.cmp(&b.subject));
        let stamp = policy.stamp();
        for member in &members {
            let basis = &member.decision.basis;
            let subject = || member.subject.clone();
            if basis.policy != stamp {
                let (given, allowed) = (basis.policy.id.clone(), stamp.id);
                return Err(PopulationError::OtherPolicy { subject: subject(), given, allowed });
            }
            let same = |first: &Member| {
                first.decision.as_of == member.decision.as_of
                    && first.decision.basis.reference == basis.reference
            };
            if !members.first().is_some_and(same) {
                return Err(PopulationError::OtherBasis { subject: subject() });
            }
        }
        let twice = members.iter().zip(members.iter().skip(1)).find(|(a, b)| a.subject == b.subject);
        match twice {
            Some((member, _)) => Err(PopulationError::Twice { subject: member.subject.clone() }),
            None => Ok(Self { policy, members }),
        }
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
