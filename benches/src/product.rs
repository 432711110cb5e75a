//! The product's own scorer of the policy `standard`, on the columns of a bench.
use std::error::Error;

use chrono::{DateTime, Utc};
use guanxi::core::{FactId, FactMap, FactValue, Level, Score, TierId, parse_instant};
use guanxi::scoring::{
    self, ByDimension, Column, Given, Numbers, Reference, Results, RowScore, RowTier, Scorer, preset,
};
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

    /// Columns as the product takes them; nothing is copied.
    ///
    /// # Errors
    /// If columns and facts do not fit together.
    pub fn columns<'a>(&self, columns: &'a Columns) -> Result<scoring::Columns<'a>, Box<dyn Error>> {
        let numbers: [(Numbers<'_>, u8); 7] = [
            (columns.profit.as_slice().into(), 2),
            (columns.days.as_slice().into(), 0),
            (columns.growth.as_slice().into(), 4),
            (columns.undeveloped.as_slice().into(), 0),
            (columns.total.as_slice().into(), 0),
            (columns.service.as_slice().into(), 0),
            (columns.price.as_slice().into(), 0),
        ];
        let mut bits = columns.present.iter().flatten();
        let mut given = scoring::Columns::new(columns.len());
        for (fact, (numbers, places)) in self.facts.iter().zip(numbers) {
            let column = Column::of(numbers).with_places(places);
            let column = bits.next().map_or(column, |bits| column.with_known(bits));
            given = given.with(fact.clone(), column)?;
        }
        Ok(given)
    }

    /// The batch kernel: a closure that scores these columns, into the product's own types. What it
    /// prepares outside of the closure is not timed, nor is [`Scores::settle`].
    ///
    /// # Errors
    /// If columns and facts do not fit together.
    pub fn batch<'a>(&'a self, columns: &'a Columns) -> Result<Kernel<'a>, Box<dyn Error>> {
        let columns = self.columns(columns)?;
        Ok(Box::new(move |scores| {
            let rows = &mut scores.rows;
            let mut results = Results {
                composite: &mut rows.composite,
                tier: &mut rows.tier,
                dimensions: None,
                rank: None,
            };
            // The columns have the rows that there is room for, so this writes all of them.
            rows.scored = self.scorer.score_into(&columns, &mut results).is_ok();
        }))
    }

    /// The same, with the score of every dimension.
    ///
    /// # Errors
    /// If columns and facts do not fit together.
    pub fn dimensions<'a>(&'a self, columns: &'a Columns) -> Result<Kernel<'a>, Box<dyn Error>> {
        let columns = self.columns(columns)?;
        Ok(Box::new(move |scores| {
            let Rows { composite, tier, dimensions: [value, potential, need], scored } = &mut scores.rows;
            for room in [&mut *value, potential, need] {
                room.resize(composite.len(), RowScore::NONE);
            }
            let dimensions = Some(ByDimension { value: &mut **value, potential, need });
            let mut results = Results { composite, tier, dimensions, rank: None };
            *scored = self.scorer.score_into(&columns, &mut results).is_ok();
        }))
    }
}

/// What the batch writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    composite: Vec<RowScore>,
    tier: Vec<RowTier>,
    dimensions: [Vec<RowScore>; 3],
    scored: bool,
}

impl Rows {
    /// Room for so many customers, and none for their dimensions.
    #[must_use]
    pub fn new(count: usize) -> Self {
        let (composite, tier) = (vec![RowScore::NONE; count], vec![RowTier::INCOMPLETE; count]);
        Self { composite, tier, ..Self::default() }
    }
}

impl Scores {
    /// Reads what the batch wrote; nothing, if it wrote nothing.
    pub fn settle(&mut self) {
        let Rows { composite, tier, scored, .. } = std::mem::take(&mut self.rows);
        if scored {
            let composite = composite.iter().map(|score| score.get().map_or(NO_COMPOSITE, Score::hundredths));
            let place = |tier: &RowTier| tier.place().and_then(|place| u8::try_from(place).ok());
            self.fill(composite.zip(tier.iter().map(|tier| place(tier).unwrap_or(NO_TIER))));
        }
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
