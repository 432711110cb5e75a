//! What an indicator finds when it asks for its facts.
use alloc::vec::Vec;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::{Fact, FactId, FactSchema, Facts};
use rust_decimal::Decimal;

use crate::policy::MAX_INDICATORS;
use crate::spec::{IndicatorSpec, Normaliser, StaleRule};

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
    let part = plain_number(id, schema, facts, as_of);
    let bound = || known_number(wholes, facts, as_of).value();
    match part.value() {
        Some(value) if !wholes.is_empty() && bound().is_some_and(|of| value > of) => Number::Invalid,
        _ => part,
    }
}

/// The number that a fact is at an instant by itself, by kind and range.
#[inline]
fn plain_number(
    id: &FactId,
    schema: &FactSchema,
    facts: &(impl Facts + ?Sized),
    as_of: DateTime<Utc>,
) -> Number {
    let (value, observed_at) = match facts.fact(id) {
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

/// Why an input is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Absent,
    Future { observed_at: DateTime<Utc> },
    Invalid,
    Stale { since: DateTime<Utc> },
}

/// Asks for the facts of an indicator.
pub(crate) fn ask(
    indicator: &IndicatorSpec,
    reads: &Reads,
    facts: &(impl Facts + ?Sized),
    as_of: DateTime<Utc>,
) -> Input {
    if let ([(id, schema)], None, None) = (reads.fact.as_slice(), &reads.whole, indicator.greatest_age) {
        // A number by itself, of any age: the common case, and the short way.
        let missing = |cause| Input::Missing { fact: Role::Own, cause };
        return match plain_number(id, schema, facts, as_of) {
            Number::Known { value, .. } => Input::Known { x: value, whole: None, stale: None },
            Number::Missing => missing(Cause::Absent),
            Number::NotApplicable => Input::NotApplicable { fact: Role::Own },
            Number::Future { observed_at } => missing(Cause::Future { observed_at }),
            Number::Invalid => missing(Cause::Invalid),
        };
    }
    let first = known_number(&reads.fact, facts, as_of);
    let second = reads.whole.as_ref().map(|chain| known_number(chain, facts, as_of));
    let found = [(Role::Own, Some(&first)), (Role::Whole, second.as_ref())];
    let found = || found.iter().filter_map(|(role, number)| Some((*role, (*number)?)));
    for (fact, number) in found() {
        if matches!(number, Number::NotApplicable) {
            return Input::NotApplicable { fact };
        }
    }
    let mut stale: Option<(Role, DateTime<Utc>)> = None;
    for (fact, number) in found() {
        let cause = match number {
            Number::Known { observed_at, .. } => {
                let Some(since) = stale_from(indicator, *observed_at).filter(|since| *since <= as_of) else {
                    continue;
                };
                if stale.is_none_or(|(_, earlier)| since < earlier) {
                    stale = Some((fact, since));
                }
                match indicator.greatest_age.map(|age| age.then) {
                    Some(StaleRule::Missing) => Cause::Stale { since },
                    _ => continue,
                }
            }
            Number::Future { observed_at } => Cause::Future { observed_at: *observed_at },
            Number::Invalid => Cause::Invalid,
            Number::Missing | Number::NotApplicable => Cause::Absent,
        };
        return Input::Missing { fact, cause };
    }
    match first.value() {
        Some(x) => Input::Known { x, whole: second.and_then(|number| number.value()), stale },
        None => Input::Missing { fact: Role::Own, cause: Cause::Absent },
    }
}

/// The first instant at which a fact observed then is too old for an indicator.
pub(crate) fn stale_from(
    indicator: &IndicatorSpec,
    observed_at: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    observed_at?.checked_add_signed(TimeDelta::days(indicator.greatest_age?.days.into()))
}
