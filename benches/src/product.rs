//! The product's own scorer of the policy `standard`, on the columns of a bench.
use std::error::Error;

use chrono::{DateTime, Utc};
use guanxi::core::{FactId, FactMap, FactValue, Level, Score, TierId, parse_instant};
use guanxi::scoring::{Given, Reference, Scorer, preset};
use rust_decimal::Decimal;

use crate::columns::{ALL, Columns, Maxima, NO_COMPOSITE, NO_TIER, Present, Row, Scores};

/// A kernel, ready to score some columns any number of times.
pub type Kernel<'a> = Box<dyn Fn(&mut Scores) + 'a>;

/// The facts of the columns, in their order.
const FACTS: [&str; 7] = [
    "cumulative_profit",
    "cooperation_days",
    "industry_growth",
    "undeveloped_needs",
    "total_needs",
    "service_sensitivity",
    "price_sensitivity",
];

/// The scorer of `standard` with greatest values that are given.
pub struct Product {
    scorer: Scorer,
    facts: [FactId; 7],
    tiers: Vec<TierId>,
    as_of: DateTime<Utc>,
}

impl Product {
    /// Compiles the policy with the greatest values of some columns.
    ///
    /// # Errors
    /// If the preset or one of its facts is no longer what this bench knows.
    pub fn new(maxima: Maxima) -> Result<Self, Box<dyn Error>> {
        let policy = preset("standard").ok_or("no such preset")?;
        let as_of = parse_instant("2026-06-30")?;
        let facts = FACTS.map(|fact| fact.parse().ok());
        let [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f), Some(g)] = facts else {
            return Err("not a fact".into());
        };
        let facts = [a, b, c, d, e, f, g];
        let greatest = Row {
            profit: maxima.profit,
            days: maxima.days,
            growth: maxima.growth,
            undeveloped: 1,
            total: 1,
            service: 1,
            price: 1,
        };
        let mut reference = Reference::new(&policy, as_of);
        reference.observe(&policy, &known(&facts, greatest, ALL)?);
        let reference = reference.pin("greatest".parse()?, "1".parse()?);
        let tiers = policy.body().tiers().iter().map(|tier| tier.id.clone()).collect();
        Ok(Self { scorer: Scorer::new(&policy, &reference)?, facts, tiers, as_of })
    }

    /// Scores one customer as a caller would who has its facts at hand.
    ///
    /// # Errors
    /// If a level is not one.
    pub fn assess(&self, row: Row, present: Present) -> Result<(u16, u8), Box<dyn Error>> {
        let facts = known(&self.facts, row, present)?;
        let outcome = self.scorer.assess(&facts, &Given::default(), self.as_of).outcome;
        let place = outcome.tier.and_then(|tier| self.tiers.iter().position(|id| *id == tier));
        Ok((
            outcome.composite.map_or(NO_COMPOSITE, Score::hundredths),
            place.map_or(Ok(NO_TIER), u8::try_from)?,
        ))
    }

    /// **The batch kernel plugs in here**, and nowhere else: a closure that scores these columns.
    /// What it prepares outside of the closure is not timed. Without it the other kernels are
    /// compared among themselves.
    #[must_use]
    pub fn batch<'a>(&'a self, _columns: &'a Columns) -> Option<Kernel<'a>> {
        None
    }
}

/// The facts of a row that are there.
fn known(ids: &[FactId; 7], row: Row, present: Present) -> Result<FactMap, Box<dyn Error>> {
    let level = |level: u8| Level::new(level.into(), 5).map(FactValue::Level);
    let values = [
        FactValue::Decimal(Decimal::new(row.profit, 2)),
        FactValue::Int(row.days.into()),
        FactValue::Decimal(Decimal::new(row.growth.into(), 4)),
        FactValue::Int(row.undeveloped.into()),
        FactValue::Int(row.total.into()),
        level(row.service)?,
        level(row.price)?,
    ];
    let there = ids.iter().zip(values).zip(present).filter(|(_, present)| *present);
    Ok(there.fold(FactMap::new(), |facts, ((id, value), _)| facts.with(id.clone(), value, None)))
}
