//! Many customers at once.
mod block;
mod columns;
mod exact;
mod kernel;
mod many;
mod masks;
#[cfg(feature = "parallel")]
mod parallel;
mod repair;
mod results;
mod rows;
mod term;

pub use columns::{Column, Columns, ColumnsError, Numbers};
pub use results::{Results, RowScore, RowTier};
pub use rows::{Cell, CellError, Layout, ScoredRow, ScoredRows};
pub(crate) use term::Wiring;

use guanxi_core::TierId;

use crate::dimension::ByDimension;
use crate::scorer::Scorer;

impl Scorer {
    /// Scores many customers at once, column by column, without allocating: composites, computed tiers
    /// and, where there is room for them, dimension scores and ranks.
    ///
    /// Every result equals that of [`Scorer::assess`] for the same facts, to the bit: see
    /// [`Columns::facts`], which also gives the facts of a row to explain. Columns have no dates, so nothing
    /// in them is stale. A number that breaks the policy's schema counts as missing, as it does there.
    ///
    /// Why floating point may do the work: the points of a row, in hundredths, are a sum of at most 12
    /// terms from 0 to 10 000, each after a few roundings of one part in 2^53, which a linear indicator far
    /// from its origin magnifies by 2^17 at most; together they move the sum by less than 2^-18, and points
    /// taken back where an input is missing by less than 2^-20. One addition turns it into a whole number of
    /// 2^-16, which is then off by less than that unit.
    /// Unless its low 16 bits are all 0, no half lies between it and the exact sum, so rounding one is
    /// rounding the other. The rows in doubt, exact halves among them, are computed again in integers, as
    /// wide as it takes; so is everything where a policy's constants allow no such proof.
    /// Only integers of more than 128 bits allocate.
    ///
    /// # Errors
    /// [`ColumnsError::Results`], [`ColumnsError::Places`] for decimal places of a fact that has none, and
    /// [`ColumnsError::TooManyFacts`]; then nothing is written.
    ///
    /// ```
    /// use guanxi_core::{fact_id, parse_instant};
    /// use guanxi_scoring::{Column, Columns, Reference, Results, RowScore, RowTier, Scorer, preset};
    ///
    /// let policy = preset("assessed").ok_or("no such preset")?;
    /// let reference = Reference::new(&policy, parse_instant("2026-06-30")?).pin("none".parse()?, "1".parse()?);
    /// let scorer = Scorer::new(&policy, &reference)?;
    ///
    /// let (value, potential, need) = ([92_u8, 55], [88_u8, 45], [85_u8, 70]);
    /// let columns = Columns::new(2)
    ///     .with(fact_id!("value_score"), Column::of(&value[..]))?
    ///     .with(fact_id!("potential_score"), Column::of(&potential[..]))?
    ///     .with(fact_id!("need_score"), Column::of(&need[..]))?;
    /// let (mut composite, mut tier) = ([RowScore::NONE; 2], [RowTier::INCOMPLETE; 2]);
    /// let mut results = Results { composite: &mut composite, tier: &mut tier, dimensions: None, rank: None };
    /// scorer.score_into(&columns, &mut results)?;
    ///
    /// let shown = composite.map(|score| score.get().map(|score| score.to_string()));
    /// assert_eq!(shown, [Some("89.40".to_owned()), Some("55.00".to_owned())]);
    /// let tiers = tier.map(|tier| scorer.tier(tier).map(|tier| tier.as_str()));
    /// assert_eq!(tiers, [Some("key"), Some("normal")]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn score_into(&self, columns: &Columns<'_>, results: &mut Results<'_>) -> Result<(), ColumnsError> {
        results.check(columns.rows())?;
        let bound = self.wiring.bind(columns)?;
        kernel::Kernel::new(self, &bound).score(0, results);
        Ok(())
    }

    /// The tier of a row.
    #[must_use]
    pub fn tier(&self, row: RowTier) -> Option<&TierId> {
        self.policy().body().bands().iter().nth(row.place()?).map(|(tier, _)| tier)
    }
}

impl Results<'_> {
    fn check(&self, rows: usize) -> Result<(), ColumnsError> {
        let dimensions = self
            .dimensions
            .as_ref()
            .map(|ByDimension { value, potential, need }| [value.len(), potential.len(), need.len()]);
        let rank = self.rank.as_ref().map(|rank| rank.len());
        let lengths = [self.composite.len(), self.tier.len()].into_iter();
        let mut lengths = lengths.chain(dimensions.into_iter().flatten()).chain(rank);
        match lengths.find(|given| *given != rows) {
            Some(given) => Err(ColumnsError::Results { given, rows }),
            None => Ok(()),
        }
    }
}
