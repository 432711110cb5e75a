//! What the customers bring to an allocation: their tiers and weights.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Fact, FactId, FactValue, Facts, SubjectId, TierId};
use num_bigint::BigUint;
use rust_decimal::Decimal;

use super::allocation::{CustomerBudget, WithoutAmount};
use super::divide::Rounded;
use super::error::BudgetError;
use super::reason::BudgetReason;
use super::spec::{BudgetBandSpec, BudgetPolicy, DivideBy};

/// The customers, by tier.
pub(super) struct Claims<'c> {
    rows: Vec<Row<'c>>, // INVARIANT: ascending by subject, no subject twice
    tiers: BTreeMap<TierId, Group>,
    not_positive: u64,
    future: BTreeMap<FactId, (u64, DateTime<Utc>)>,
}

struct Row<'c> {
    subject: &'c SubjectId,
    tier: Option<TierId>,
    /// The minor units that it gets, or why it takes no part.
    units: Result<u64, WithoutAmount>,
}

/// The customers of a tier.
#[derive(Default)]
pub(super) struct Group {
    pub(super) customers: u64,
    /// The rows of those who take part, and their weights on one scale.
    members: Vec<usize>,
    weights: Vec<BigUint>,
}

impl<'c> Claims<'c> {
    pub(super) fn new(
        policy: &BudgetPolicy,
        customers: &[(&'c SubjectId, &dyn Facts)],
        as_of: DateTime<Utc>,
    ) -> Result<Self, BudgetError> {
        let mut sorted: Vec<&(&SubjectId, &dyn Facts)> = customers.iter().collect();
        sorted.sort_by_key(|(subject, _)| *subject);
        let twice = sorted.iter().zip(sorted.iter().skip(1)).find(|((a, _), (b, _))| a == b);
        if let Some(((subject, _), _)) = twice {
            return Err(BudgetError::Twice { subject: (*subject).clone() });
        }
        let mut claims =
            Self { rows: Vec::new(), tiers: BTreeMap::new(), not_positive: 0, future: BTreeMap::new() };
        let mut weights: Vec<Option<Decimal>> = Vec::new();
        for (subject, facts) in sorted {
            let tier = match claims.known(*facts, policy.tier(), as_of) {
                Some(FactValue::Text(text)) => TierId::new(text).ok(),
                _ => None,
            };
            let weight = match policy.weight() {
                None => Some(Decimal::ONE),
                Some(fact) => claims.known(*facts, fact, as_of).and_then(FactValue::number),
            };
            let in_band = |tier: &TierId| policy.bands().iter().any(|band| band.tiers.contains(tier));
            let units = match (&tier, weight) {
                (None, _) => Err(WithoutAmount::TierUnknown),
                (Some(tier), _) if !in_band(tier) => Err(WithoutAmount::TierInNoBand),
                (_, None) => Err(WithoutAmount::WeightUnknown),
                (_, Some(_)) => Ok(0),
            };
            claims.not_positive +=
                u64::from(units.is_ok() && weight.is_some_and(|weight| weight <= Decimal::ZERO));
            weights.push(weight.filter(|_| units.is_ok()));
            claims.rows.push(Row { subject, tier, units });
        }
        claims.group(&weights);
        Ok(claims)
    }

    /// The value of a fact, if it was observed by then; one of the future is noted.
    fn known<'f>(
        &mut self,
        facts: &'f dyn Facts,
        id: &FactId,
        as_of: DateTime<Utc>,
    ) -> Option<&'f FactValue> {
        match facts.fact(id) {
            Fact::Known { observed_at: Some(at), .. } if at > as_of => {
                let (customers, first) = self.future.entry(id.clone()).or_insert((0, at));
                (*customers, *first) = (*customers + 1, at.min(*first));
                None
            }
            Fact::Known { value, .. } => Some(value),
            Fact::Missing | Fact::NotApplicable => None,
        }
    }

    /// Puts the rows together by tier, all weights on the scale of the finest.
    fn group(&mut self, weights: &[Option<Decimal>]) {
        let scale = weights.iter().flatten().map(|weight| weight.normalize().scale()).max().unwrap_or(0);
        for (place, (row, weight)) in self.rows.iter().zip(weights).enumerate() {
            let Some(tier) = &row.tier else { continue };
            let group = self.tiers.entry(tier.clone()).or_default();
            group.customers += 1;
            if let Some(weight) = weight {
                let weight = weight.normalize();
                let wider = BigUint::from(10_u8).pow(scale.saturating_sub(weight.scale()));
                // What is below 0 has no magnitude here: it brings nothing.
                let parts = u128::try_from(weight.mantissa()).map_or(BigUint::ZERO, BigUint::from);
                group.members.push(place);
                group.weights.push(parts * wider);
            }
        }
    }

    /// The customers of a tier; `None` if there is none.
    pub(super) fn tier(&self, tier: &TierId) -> Option<&Group> {
        self.tiers.get(tier)
    }

    /// What a tier weighs in its band.
    pub(super) fn part(&self, band: &BudgetBandSpec, tier: &TierId) -> BigUint {
        let group = self.tier(tier);
        match (band.tiers.len(), band.divide_by) {
            (1, _) => BigUint::from(1_u8),
            (_, DivideBy::Customers) => group.map_or(0, |group| group.customers).into(),
            (_, DivideBy::Weight) => group.map_or(BigUint::ZERO, |group| group.weights.iter().sum()),
        }
    }

    /// Divides the amount of a tier among its customers; whether there was any weight to divide by.
    pub(super) fn give(&mut self, tier: &TierId, amount: &Rounded) -> bool {
        let Some(group) = self.tiers.get(tier) else { return false };
        let Some(parts) = amount.divide(&group.weights) else { return false };
        for (place, part) in group.members.iter().zip(parts) {
            if let Some(row) = self.rows.get_mut(*place) {
                row.units = Ok(part.units);
            }
        }
        true
    }

    /// The customers with what they get.
    pub(super) fn budgets(&self, amount: impl Fn(u64) -> guanxi_core::DecimalText) -> Vec<CustomerBudget> {
        let budget = |row: &Row<'_>| CustomerBudget {
            subject: row.subject.clone(),
            tier: row.tier.clone(),
            amount: row.units.ok().map(&amount),
            without: row.units.err(),
        };
        self.rows.iter().map(budget).collect()
    }

    /// What is to be said of the customers.
    pub(super) fn reasons(&self, policy: &BudgetPolicy) -> Vec<BudgetReason> {
        let mut without: BTreeMap<WithoutAmount, u64> = BTreeMap::new();
        for why in self.rows.iter().filter_map(|row| row.units.err()) {
            *without.entry(why).or_default() += 1;
        }
        let without = without.into_iter().map(|(why, customers)| BudgetReason::Without { why, customers });
        let weight = policy.weight().filter(|_| self.not_positive > 0);
        let not_positive = weight
            .map(|fact| BudgetReason::WeightNotPositive { fact: fact.clone(), customers: self.not_positive });
        let future = self.future.iter().map(|(fact, (customers, first))| BudgetReason::FactFromFuture {
            fact: fact.clone(),
            customers: *customers,
            first: *first,
        });
        without.chain(not_positive).chain(future).collect()
    }

    /// When the next fact counts that does not yet.
    pub(super) fn next_fact(&self) -> Option<DateTime<Utc>> {
        self.future.values().map(|(_, first)| *first).min()
    }
}
