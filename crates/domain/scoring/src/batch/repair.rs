//! The rows of which not everything is known.
#![allow(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "every result is certified, or computed again in integers"
)]
use super::block::{Bits, Block, Lane, ROWS};
use super::columns::{Column, Numbers};
use super::kernel::TermRows;
use super::masks::{Rows, join, lanes, mark, ones};
use super::term::{Shape, Term};
use crate::input::Input;
use crate::plan::Line;
use crate::scorer::Scorer;
use crate::spec::MissingRule;

/// Rows gathered from a block, so that each term is one loop over all of them.
pub(super) struct Repair {
    rows: [u16; ROWS],
    /// For each gathered row: the points of the term at hand, the sum of all, and their parts.
    points: [f64; ROWS],
    wholes: [f64; ROWS],
    sums: [(f64, f64); ROWS],
}

/// What there is to repair.
pub(super) struct Broken<'b> {
    pub(super) block: &'b Rows,
    /// Which rows of the block.
    pub(super) rows: Bits,
    /// The parts of a dimension of which everything is known.
    pub(super) parts: f64,
}

impl Repair {
    pub(super) const fn new() -> Self {
        Self { rows: [0; ROWS], points: [0.0; ROWS], wholes: [0.0; ROWS], sums: [(0.0, 0.0); ROWS] }
    }

    /// Sums the terms of a dimension again in the rows given, each missing input by its rule; rows of
    /// which 128 bits do not hold a term are marked.
    #[inline(never)]
    pub(super) fn run<'t, 'k: 't, 'a: 't>(
        &mut self,
        scorer: &Scorer,
        terms: impl Iterator<Item = (&'t Term<'k, 'a>, &'t TermRows)>,
        broken: &Broken<'_>,
        sum: &mut Block,
        again: &mut Bits,
    ) {
        let (mut count, block) = (0, broken.block);
        for (place, row) in self.rows.iter_mut().zip(ones(&broken.rows)) {
            *place = u16::try_from(row).unwrap_or_default();
            count += 1;
        }
        let rows = self.rows.get(..count).unwrap_or_default();
        let sums = self.sums.get_mut(..count).unwrap_or_default();
        sums.fill((0.0, 0.0));
        for (term, of) in terms {
            let points = self.points.get_mut(..count).unwrap_or_default();
            match &term.shape {
                Shape::Never => points.fill(0.0),
                Shape::Affine(numbers, affine) => {
                    gather(*numbers, block, rows, points, |x| affine.of(x) + term.offset);
                }
                Shape::Share(part, whole, affine) => {
                    gather(*whole, block, rows, &mut self.wholes, |x| x);
                    gather(*part, block, rows, points, |x| x);
                    for (points, whole) in points.iter_mut().zip(&self.wholes) {
                        *points = affine.over(*points, *whole) + term.offset;
                    }
                }
                Shape::Computed(column) => {
                    for (points, row) in points.iter_mut().zip(rows) {
                        *points = 0.0;
                        if bit(&of.known, *row) == 1 {
                            let row = usize::from(*row);
                            // Nothing is added to a value: it has its direction.
                            match computed(scorer, term, column, block.start + row) {
                                Some(value) => *points = value,
                                None => mark(again, row),
                            }
                        }
                    }
                }
            }
            let counts = match term.wire.missing {
                MissingRule::Renormalise | MissingRule::Refuse => of.known,
                rule @ (MissingRule::Lowest | MissingRule::Neutral) => {
                    let instead = if rule == MissingRule::Neutral { term.most / 2.0 } else { 0.0 };
                    for (points, row) in points.iter_mut().zip(rows) {
                        *points = if bit(&of.known, *row) == 1 { *points } else { instead };
                    }
                    join([&of.known, &of.applies], |[known, applies]| known | applies)
                }
            };
            for (((sum, parts), points), row) in sums.iter_mut().zip(&*points).zip(rows) {
                // All of it or nothing, without a branch that nobody could foresee.
                let counted = u64::from(bit(&counts, *row)).wrapping_neg();
                *sum += f64::from_bits(points.to_bits() & counted);
                *parts += f64::from_bits(term.wire.part.to_bits() & counted);
            }
        }
        for ((points, weight), row) in sums.iter().zip(rows) {
            if let Some(sum) = sum.0.get_mut(usize::from(*row)) {
                *sum = points * (broken.parts / weight);
            }
        }
    }
}

/// A row's bit.
fn bit(bits: &Bits, row: u16) -> u8 {
    // The remainder changes nothing, and spares the check of a bound.
    let word = bits.get(usize::from(row >> 6) % bits.len()).copied().unwrap_or_default();
    u8::from(word >> (row & 63) & 1 == 1)
}

fn gather(numbers: Numbers<'_>, block: &Rows, rows: &[u16], points: &mut [f64], of: impl Fn(f64) -> f64) {
    fn from<T: Lane + Default>(all: &[T], rows: &[u16], points: &mut [f64], of: impl Fn(f64) -> f64) {
        for (points, row) in points.iter_mut().zip(rows) {
            *points = of(all.get(usize::from(*row)).copied().unwrap_or_default().lane());
        }
    }
    fn from_block<T: Lane + Default>(
        all: &[T; ROWS],
        rows: &[u16],
        points: &mut [f64],
        of: impl Fn(f64) -> f64,
    ) {
        for (points, row) in points.iter_mut().zip(rows) {
            *points = of(all.get(usize::from(*row) % ROWS).copied().unwrap_or_default().lane());
        }
    }
    lanes!(numbers, block.range(), |all| match all.first_chunk::<ROWS>() {
        Some(all) => from_block(all, rows, points, &of),
        None => from(all, rows, points, &of),
    });
}

/// The exact value of an input, as points; `None` where 128 bits do not hold it.
fn computed(scorer: &Scorer, term: &Term<'_, '_>, column: &Column<'_>, row: usize) -> Option<f64> {
    let input = Input::Known { x: column.decimal(row)?, whole: None, stale: None };
    match scorer.narrow_line(term.wire.position, &input)? {
        Line::Value { value, .. } => Some(term.most * (value.num as f64 / value.den as f64)),
        Line::Missing | Line::NotApplicable => None,
    }
}
