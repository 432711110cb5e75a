//! What an indicator can find in its facts.
use alloc::vec::Vec;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::{Fact, FactId, FactSchema, Facts};
use rust_decimal::Decimal;

use crate::policy::MAX_INDICATORS;
use crate::spec::{GreatestAge, IndicatorSpec, Normaliser};

/// A fact as a number at an instant, or why there is none.
#[derive(Clone, Copy)]
pub(crate) enum Number {
    Known {
        value: Decimal,
        observed_at: Option<DateTime<Utc>>,
    },
    Missing,
    NotApplicable,
    /// Observed after the instant.
    Future {
        observed_at: DateTime<Utc>,
    },
    /// Known, but not a value that the schema allows.
    Invalid,
}

impl Number {
    pub(crate) const fn value(&self) -> Option<Decimal> {
        if let Self::Known { value, .. } = self { Some(*value) } else { None }
    }
}

/// A fact with its schema, then the fact that it is a part of, and so on to the last whole.
pub(crate) type Chain = Vec<(FactId, FactSchema)>;

/// The number that the first fact of a chain is at an instant. The whole of a part bounds it only if
/// the whole itself is a known number at that instant.
pub(crate) fn known_number(
    chain: &[(FactId, FactSchema)],
    facts: &(impl Facts + ?Sized),
    as_of: DateTime<Utc>,
) -> Number {
    let Some(((id, schema), wholes)) = chain.split_first() else { return Number::Missing };
    let part = plain_number(facts.fact(id), schema, as_of);
    let bound = || known_number(wholes, facts, as_of).value();
    match part.value() {
        Some(value) if !wholes.is_empty() && bound().is_some_and(|of| value > of) => Number::Invalid,
        _ => part,
    }
}

/// The number that a fact is at an instant by itself, by kind and range.
#[inline(always)]
pub(crate) fn plain_number(answer: Fact<'_>, schema: &FactSchema, as_of: DateTime<Utc>) -> Number {
    let (value, observed_at) = match answer {
        Fact::Known { value, observed_at } => (value, observed_at),
        Fact::Missing => return Number::Missing,
        Fact::NotApplicable => return Number::NotApplicable,
    };
    if let Some(observed_at) = observed_at
        && observed_at > as_of
    {
        return Number::Future { observed_at };
    }
    schema.number(value).map_or(Number::Invalid, |value| Number::Known { value, observed_at })
}

/// The facts that an indicator reads, with their schemas and wholes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reads {
    pub(crate) fact: Chain,
    /// For a share, the fact that it is a share of.
    pub(crate) whole: Option<Chain>,
}

impl Reads {
    /// All of them: its own fact with its wholes, then that which it is a share of with its own.
    pub(crate) fn chains(&self) -> impl Iterator<Item = &Chain> {
        core::iter::once(&self.fact).chain(&self.whole)
    }
}

/// Which of its facts an indicator speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The fact that it reads.
    Own,
    /// The fact that its own is a share of.
    Whole,
}

impl Role {
    /// The fact that has this role for an indicator.
    pub(crate) const fn of(self, indicator: &IndicatorSpec) -> &FactId {
        match (self, &indicator.normaliser) {
            (Self::Whole, Normaliser::ShareOf { whole }) => whole,
            _ => &indicator.fact,
        }
    }
}

/// What an indicator found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Known {
        x: Decimal,
        /// The second fact of a share.
        whole: Option<Decimal>,
        /// The fact that has been too old for longest, and since when, if it is used all the same.
        stale: Option<(Role, DateTime<Utc>)>,
    },
    Missing {
        fact: Role,
        cause: Cause,
    },
    NotApplicable {
        fact: Role,
    },
    /// The indicator weighs nothing, and nobody wants to see it.
    Unasked,
}

/// The inputs of all indicators, in the order of the policy; what is left over is unasked.
pub(crate) type Inputs = [Input; MAX_INDICATORS];

/// Nothing asked yet.
#[inline]
pub(crate) fn unasked() -> Inputs {
    core::array::from_fn(|_| Input::Unasked)
}

/// Why an input is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Absent,
    Future { observed_at: DateTime<Utc> },
    Invalid,
    Stale { since: DateTime<Utc> },
}

/// The first instant at which a fact observed then is too old for an indicator.
pub(crate) fn stale_from(
    greatest_age: Option<GreatestAge>,
    observed_at: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    observed_at?.checked_add_signed(TimeDelta::days(greatest_age?.days.into()))
}
