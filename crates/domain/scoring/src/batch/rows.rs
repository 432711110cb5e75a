//! Rows for hosts that have rows.
use alloc::boxed::Box;

use guanxi_core::{FactId, Score, TierId};
use rust_decimal::Decimal;

use super::block::{Bits, ROWS};
use super::columns::{Column, Columns, ColumnsError};
use super::masks::{NO_ROW, mark};
use super::results::Room;
use crate::assessment::Standing;
use crate::dimension::ByDimension;
use crate::evaluate::Scored;
use crate::scorer::Scorer;

/// One fact of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A number in units of the layout's places.
    Known(i64),
    /// Nobody said.
    Missing,
    /// The question does not arise.
    NotApplicable,
}

/// Why a decimal is no number of a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CellError {
    /// Finer than the places.
    #[error("a number of at most {places} decimal places is needed, got `{given}`")]
    TooFine {
        /// The number given.
        given: Decimal,
        /// The places of the column.
        places: u8,
    },
    /// More than 64 bits.
    #[error("`{given}` with {places} decimal places has more than 64 bits")]
    TooGreat {
        /// The number given.
        given: Decimal,
        /// The places of the column.
        places: u8,
    },
}

impl Cell {
    /// A decimal in units of 10^-places, exactly or not at all.
    ///
    /// # Errors
    /// [`CellError`]; nothing is rounded.
    pub fn decimal(given: Decimal, places: u8) -> Result<Self, CellError> {
        let exact = given.normalize();
        let Some(more) = u32::from(places).checked_sub(exact.scale()) else {
            return Err(CellError::TooFine { given, places });
        };
        let units = 10_i128.checked_pow(more).and_then(|power| exact.mantissa().checked_mul(power));
        units
            .and_then(|units| i64::try_from(units).ok())
            .map(Self::Known)
            .ok_or(CellError::TooGreat { given, places })
    }
}

/// What the cells of a row are: each fact with its decimal places.
///
/// Not every fact of a policy need be among them, and others may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout<const N: usize>(pub [(FactId, u8); N]);

/// The scores of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoredRow {
    /// The composite.
    pub composite: Option<Score>,
    /// The computed tier.
    pub tier: Option<TierId>,
    /// How far the assessment came.
    pub standing: Standing,
    /// The dimension scores.
    pub dimensions: ByDimension<Option<Score>>,
    /// The composite of the other dimensions, of a prospect.
    pub rank: Option<Score>,
}

impl Scorer {
    /// Scores rows as they come, some hundred at a time, in their order; see [`Scorer::score_into`].
    ///
    /// # Errors
    /// [`ColumnsError`], if rows of this layout cannot be scored by this policy.
    ///
    /// ```
    /// use guanxi_core::{fact_id, parse_decimal, parse_instant};
    /// use guanxi_scoring::{Cell, Layout, Reference, Scorer, preset};
    ///
    /// let policy = preset("assessed").ok_or("no such preset")?;
    /// let reference = Reference::new(&policy, parse_instant("2026-06-30")?).pin("none".parse()?, "1".parse()?);
    /// let scorer = Scorer::new(&policy, &reference)?;
    ///
    /// let layout = Layout([(fact_id!("value_score"), 1), (fact_id!("potential_score"), 0), (fact_id!("need_score"), 0)]);
    /// let rows = [
    ///     [Cell::decimal(parse_decimal("92.0")?, 1)?, Cell::Known(88), Cell::Known(85)],
    ///     [Cell::Known(550), Cell::Known(45), Cell::Missing],
    /// ];
    /// let composites: Vec<_> = scorer.score_rows(&layout, rows)?.map(|row| row.composite).collect();
    /// assert_eq!(composites, [Some("89.40".parse()?), None]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn score_rows<const N: usize, I: IntoIterator<Item = [Cell; N]>>(
        &self,
        layout: &Layout<N>,
        rows: I,
    ) -> Result<ScoredRows<'_, N, I::IntoIter>, ColumnsError> {
        let mut scored = ScoredRows {
            scorer: self,
            rows: rows.into_iter(),
            layout: layout.clone(),
            block: Box::new(RowBlock::new()),
            next: 0,
        };
        // What is wrong with the layout is wrong before the first row.
        scored.block.score(self, layout)?;
        Ok(scored)
    }
}

/// Rows being scored: see [`Scorer::score_rows`].
pub struct ScoredRows<'s, const N: usize, I> {
    scorer: &'s Scorer,
    rows: I,
    layout: Layout<N>,
    block: Box<RowBlock<N>>,
    next: usize,
}

impl<const N: usize, I: Iterator<Item = [Cell; N]>> Iterator for ScoredRows<'_, N, I> {
    type Item = ScoredRow;

    fn next(&mut self) -> Option<ScoredRow> {
        if self.next == self.block.count {
            (self.block.count, self.next) = (0, 0);
            while self.block.count < ROWS
                && let Some(row) = self.rows.next()
            {
                self.block.push(row);
            }
            self.block.score(self.scorer, &self.layout).ok()?;
        }
        let row = self.block.get(self.scorer, self.next)?;
        self.next += 1;
        Some(row)
    }
}

/// Some rows, turned to columns.
struct RowBlock<const N: usize> {
    count: usize,
    numbers: [[i64; ROWS]; N],
    known: [Bits; N],
    applicable: [Bits; N],
    room: Room,
}

impl<const N: usize> RowBlock<N> {
    const fn new() -> Self {
        Self {
            count: 0,
            numbers: [[0; ROWS]; N],
            known: [NO_ROW; N],
            applicable: [NO_ROW; N],
            room: Room::new(),
        }
    }

    fn push(&mut self, row: [Cell; N]) {
        if self.count == 0 {
            (self.known, self.applicable) = ([NO_ROW; N], [NO_ROW; N]);
        }
        let of = self.numbers.iter_mut().zip(&mut self.known).zip(&mut self.applicable);
        for (((numbers, known), applicable), cell) in of.zip(row) {
            if let Cell::Known(number) = cell
                && let Some(place) = numbers.get_mut(self.count)
            {
                *place = number;
                mark(known, self.count);
            }
            if cell != Cell::NotApplicable {
                mark(applicable, self.count);
            }
        }
        self.count += 1;
    }

    fn score(&mut self, scorer: &Scorer, layout: &Layout<N>) -> Result<(), ColumnsError> {
        let rows = ..self.count;
        let mut columns = Columns::new(self.count);
        let of = self.numbers.iter().zip(&self.known).zip(&self.applicable);
        for (((numbers, known), applicable), (fact, places)) in of.zip(&layout.0) {
            let numbers = numbers.get(rows).unwrap_or_default();
            let column =
                Column::of(numbers).with_places(*places).with_known(known).with_applicable(applicable);
            columns = columns.with(fact.clone(), column)?;
        }
        scorer.score_into(&columns, &mut self.room.results(self.count))
    }

    fn get(&self, scorer: &Scorer, row: usize) -> Option<ScoredRow> {
        let (tier, scored) = self.room.get(row).filter(|_| row < self.count)?;
        let Scored { dimensions, composite, rank } = scored;
        let (standing, tier) = (tier.standing(), scorer.tier(tier).cloned());
        Some(ScoredRow { composite, tier, standing, dimensions, rank })
    }
}
