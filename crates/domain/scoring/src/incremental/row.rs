//! What is kept of the facts of a customer.
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Fact, FactId, FactSchema, FactValue, Facts};

use crate::input::stale_from;
use crate::policy::ScoringPolicy;

/// The facts that the indicators of a policy read, by name, with their schemas.
pub(super) struct Reading(Vec<(FactId, FactSchema)>); // INVARIANT: ascending by name, no name twice

/// The answers for these facts, in their order.
pub(super) type Row = Box<[Entry]>;

/// The answer for one fact.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Entry {
    Known { value: FactValue, observed_at: Option<DateTime<Utc>> },
    Missing,
    NotApplicable,
}

impl Entry {
    /// What is kept of an answer: of a value that the schema does not allow, only that there is one.
    fn of(schema: &FactSchema, fact: Fact<'_>) -> Self {
        match fact {
            Fact::Known { value, observed_at } => {
                let number = schema.number(value).is_some();
                let value = if number { value.clone() } else { FactValue::Text(String::new()) };
                Self::Known { value, observed_at }
            }
            Fact::Missing => Self::Missing,
            Fact::NotApplicable => Self::NotApplicable,
        }
    }

    const fn answer(&self) -> Fact<'_> {
        match self {
            Self::Known { value, observed_at } => Fact::Known { value, observed_at: *observed_at },
            Self::Missing => Fact::Missing,
            Self::NotApplicable => Fact::NotApplicable,
        }
    }

    const fn observed_at(&self) -> Option<DateTime<Utc>> {
        if let Self::Known { observed_at, .. } = self { *observed_at } else { None }
    }
}

impl Reading {
    pub(super) fn of(policy: &ScoringPolicy) -> Self {
        let chains =
            policy.reading().flat_map(|(_, _, reads)| reads.fact.iter().chain(reads.whole.iter().flatten()));
        let read: BTreeSet<&FactId> = chains.map(|(id, _)| id).collect();
        let listed = policy.facts().iter().filter(|(id, _)| read.contains(id));
        Self(listed.map(|(id, schema)| (id.clone(), schema.clone())).collect())
    }

    /// Asks a customer for each fact, once.
    pub(super) fn row(&self, facts: &dyn Facts) -> Row {
        self.0.iter().map(|(id, schema)| Entry::of(schema, facts.fact(id))).collect()
    }

    /// A row as the facts that it was made of.
    pub(super) const fn facts<'a>(&'a self, row: &'a [Entry]) -> View<'a> {
        View { reading: self, row }
    }
}

/// The facts of one customer, as far as they are kept.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    reading: &'a Reading,
    row: &'a [Entry],
}

impl Facts for View<'_> {
    fn fact(&self, id: &FactId) -> Fact<'_> {
        // The facts that a policy reads are few: looking at each in turn is quicker than halving.
        let mut entries = self.reading.0.iter().zip(self.row);
        entries.find(|((listed, _), _)| listed == id).map_or(Fact::Missing, |(_, entry)| entry.answer())
    }
}

impl View<'_> {
    /// The first instant after another at which time alone can make a difference: a fact is no longer
    /// of the future, or becomes stale for an indicator that weighs.
    pub(super) fn due(&self, policy: &ScoringPolicy, as_of: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.row.iter().all(|entry| entry.observed_at().is_none()) {
            return None;
        }
        let known = self.row.iter().filter_map(Entry::observed_at);
        let aging =
            policy.reading().filter(|(indicator, part, _)| *part > 0 && indicator.greatest_age.is_some());
        let stale = aging.flat_map(|(indicator, _, reads)| {
            let heads = [reads.fact.first(), reads.whole.as_ref().and_then(|chain| chain.first())];
            heads.into_iter().flatten().filter_map(|(id, _)| match self.fact(id) {
                Fact::Known { observed_at, .. } => stale_from(indicator.greatest_age, observed_at),
                _ => None,
            })
        });
        known.chain(stale).filter(|instant| *instant > as_of).min()
    }
}
