//! The batch on every core.
extern crate std;

use alloc::vec::Vec;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::columns::{Columns, ColumnsError};
use super::kernel::Kernel;
use super::results::Results;
use crate::dimension::ByDimension;
use crate::scorer::Scorer;

/// The rows that a thread takes at once: many enough to be worth the trip, and a multiple of 64.
const AT_ONCE: usize = 1 << 16;

impl Scorer {
    /// [`Scorer::score_into`] on every core of the global thread pool: the same results, byte for byte,
    /// whatever the number of threads. Worth its while from some 200 000 rows on.
    ///
    /// # Errors
    /// Those of [`Scorer::score_into`].
    pub fn score_into_parallel(
        &self,
        columns: &Columns<'_>,
        results: &mut Results<'_>,
    ) -> Result<(), ColumnsError> {
        results.check(columns.rows())?;
        let bound = self.wiring.bind(columns)?;
        let kernel = Kernel::new(self, &bound);
        results
            .pieces(AT_ONCE)
            .into_par_iter()
            .for_each(|(first, mut piece)| kernel.score(first, &mut piece));
        Ok(())
    }
}

impl Results<'_> {
    /// Room for so many rows at once, each piece with its first row.
    fn pieces(&mut self, rows: usize) -> Vec<(usize, Results<'_>)> {
        let mut dimensions = self.dimensions.as_mut().map(|ByDimension { value, potential, need }| {
            (value.chunks_mut(rows), potential.chunks_mut(rows), need.chunks_mut(rows))
        });
        let mut rank = self.rank.as_mut().map(|rank| rank.chunks_mut(rows));
        let both = self.composite.chunks_mut(rows).zip(self.tier.chunks_mut(rows));
        let pieces = both.zip((0..).step_by(rows)).map(|((composite, tier), first)| {
            let dimensions = dimensions.as_mut().and_then(|(value, potential, need)| {
                Some(ByDimension { value: value.next()?, potential: potential.next()?, need: need.next()? })
            });
            (first, Results { composite, tier, dimensions, rank: rank.as_mut().and_then(Iterator::next) })
        });
        pieces.collect()
    }
}
