//! What a customer's facts say at an instant, and how far a decision of them holds.
use chrono::{DateTime, Utc};
use guanxi_core::{Basis, Decision, Fact, FactId, Facts, canonical};
use guanxi_policy::{Body, Document, Head};
use rust_decimal::Decimal;

use crate::reason::Reason;

/// A fact as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Known(Decimal),
    Missing,
    NotApplicable,
    /// Observed after the instant, and ignored.
    Future(DateTime<Utc>),
    NotANumber,
}

impl Input {
    pub(crate) fn of(facts: &dyn Facts, id: &FactId, as_of: DateTime<Utc>) -> Self {
        match facts.fact(id) {
            Fact::Missing => Self::Missing,
            Fact::NotApplicable => Self::NotApplicable,
            Fact::Known { observed_at: Some(at), .. } if at > as_of => Self::Future(at),
            Fact::Known { value, .. } => {
                value.number().map_or(Self::NotANumber, |n| Self::Known(canonical(n)))
            }
        }
    }

    pub(crate) const fn known(self) -> Option<Decimal> {
        if let Self::Known(value) = self { Some(value) } else { None }
    }

    pub(crate) const fn future(self) -> Option<DateTime<Utc>> {
        if let Self::Future(at) = self { Some(at) } else { None }
    }

    /// Why there is no number.
    pub(crate) fn lacks(self, fact: &FactId) -> Option<Reason> {
        let fact = fact.clone();
        Some(match self {
            Self::Known(_) => return None,
            Self::Missing => Reason::FactMissing { fact },
            Self::NotApplicable => Reason::FactNotApplicable { fact },
            Self::Future(observed_at) => Reason::FactFromFuture { fact, observed_at },
            Self::NotANumber => Reason::FactNotANumber { fact },
        })
    }
}

/// The earlier of two instants that may be none.
pub(crate) fn earlier(a: Option<DateTime<Utc>>, b: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    a.into_iter().chain(b).min()
}

/// Puts a decision into its envelope: with the policy's validity among the reasons and the changes.
pub(crate) fn decided<B: Body, T>(
    policy: &Document<B>,
    as_of: DateTime<Utc>,
    outcome: T,
    mut reasons: alloc::vec::Vec<Reason>,
    change: Option<DateTime<Utc>>,
) -> Decision<T, Reason> {
    let Head { effective_from: from, effective_to: to, .. } = *policy.head();
    if !policy.head().in_force(as_of) {
        reasons.push(Reason::PolicyNotInForce { from, to });
    }
    let next_change = [from, to, change].into_iter().flatten().filter(|at| *at > as_of).min();
    Decision {
        outcome,
        reasons,
        basis: Basis { policy: policy.stamp(), reference: None },
        as_of,
        next_change,
    }
}
