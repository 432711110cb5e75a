//! The rows of which not everything is known.
#![allow(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "every result is certified, or computed again in integers"
)]
use super::block::{Bits, Block, Lane};
use super::columns::{Column, Numbers};
use super::kernel::TermRows;
use super::masks::{EVERY_ROW, NO_ROW, Rows, bit, join, lanes, mark, ones};
use super::term::{Shape, Term, Worth};
use crate::input::Input;
use crate::plan::Line;
use crate::scorer::Scorer;
use crate::spec::MissingRule;

/// What there is to repair.
pub(super) struct Broken<'b> {
    pub(super) scorer: &'b Scorer,
    pub(super) block: &'b Rows,
    /// Which rows of the block.
    pub(super) rows: Bits,
    /// The dimension.
    pub(super) worth: &'b Worth,
}

// What is left of a sum keeps the error of what it was. Below these two bounds, that of twelve terms is below
// 2^-53 x 26 x 12 x 64 x 16 of the dimension's points, which is less than 2^-20 hundredths of a point.
/// How many times all of a dimension's points may be taken back with one input.
const MOST: f64 = 64.0;
/// How many times what is left may count.
const STRETCH: f64 = 16.0;

/// Mends a sum that has the points of every plain term in every row: each missing input counts by its rule.
/// Rows of which 128 bits do not hold a term are marked.
#[inline(never)]
pub(super) fn repair<'t, 'k: 't, 'a: 't>(
    terms: impl Iterator<Item = (&'t Term<'k, 'a>, &'t TermRows)> + Clone,
    broken: &Broken<'_>,
    sum: &mut Block,
    again: &mut Bits,
) {
    let (mut one, mut several) = (NO_ROW, NO_ROW);
    for (term, of) in terms.clone() {
        let known = if term.shape.summed() { &of.known } else { &NO_ROW };
        several = join([&several, &one, known], |[several, one, known]| several | one & !known);
        one = join([&one, known], |[one, known]| one | !known);
        if !term.shape.summed() {
            several = EVERY_ROW;
        }
    }
    let parts = broken.worth.parts;
    // Nearly always a row lacks one input: what that brought is taken back, and what is left is stretched.
    for (term, of) in terms.clone() {
        let lacking = |[rows, several, known]: [u64; 3]| rows & !several & !known;
        let lacking = join([&broken.rows, &several, &of.known], lacking);
        let (applies, instead) = match term.instead() {
            Some(points) => (of.applies, points),
            None => (NO_ROW, 0.0),
        };
        let lost = join([&lacking, &applies], |[rows, applies]| rows & !applies);
        let kept = join([&lacking, &applies], |[rows, applies]| rows & applies);
        let stretch = parts / (parts - term.wire.part);
        for (rows, instead, stretch) in [(lost, 0.0, stretch), (kept, instead, 1.0)] {
            let good =
                stretch <= STRETCH && take_back(term, &rows, broken, sum, |left| (left + instead) * stretch);
            if !good {
                several = join([&several, &rows], |[several, rows]| several | rows);
            }
        }
    }
    ones(&join([&several, &broken.rows], |[several, rows]| several & rows)).for_each(|row| {
        match (sum_of(terms.clone(), row, broken), sum.0.get_mut(row)) {
            (Some(points), Some(sum)) => *sum = points,
            _ => mark(again, row),
        }
    });
}

/// Takes back the points of a term in some rows, and makes something of what is left; whether that is good.
fn take_back(
    term: &Term<'_, '_>,
    rows: &Bits,
    broken: &Broken<'_>,
    sum: &mut Block,
    make: impl Fn(f64) -> f64,
) -> bool {
    let mut most = 0.0;
    let mut each = |row: usize, points: f64| {
        if let Some(sum) = sum.0.get_mut(row) {
            *sum = make(*sum - (points + term.offset));
        }
        most = if points.abs() > most { points.abs() } else { most };
    };
    let block = broken.block.range();
    match &term.shape {
        Shape::Affine(numbers, affine) => lanes!(*numbers, block, |all| {
            let number = |row: usize| all.get(row).map_or(0.0, |number| number.lane());
            ones(rows).for_each(|row| each(row, affine.of(number(row))));
        }),
        Shape::Share(part, whole, affine) => ones(rows).for_each(|row| {
            let at = block.start + row;
            each(row, affine.over(part.lane(at), whole.lane(at)));
        }),
        Shape::Never | Shape::Computed(_) => ones(rows).for_each(|row| each(row, 0.0)),
    }
    most <= MOST * broken.worth.points
}

/// The sum of the terms in one row; `None` where 128 bits do not hold one of them.
fn sum_of<'t, 'k: 't, 'a: 't>(
    terms: impl Iterator<Item = (&'t Term<'k, 'a>, &'t TermRows)>,
    row: usize,
    broken: &Broken<'_>,
) -> Option<f64> {
    let (mut sum, mut parts) = (0.0, 0.0);
    for (term, of) in terms {
        let points = match term.instead() {
            _ if bit(&of.known, row) => term.points(broken.scorer, broken.block.start + row)?,
            Some(instead) if bit(&of.applies, row) => instead,
            _ => continue,
        };
        sum += points;
        parts += term.wire.part;
    }
    Some(sum * (broken.worth.parts / parts))
}

impl Term<'_, '_> {
    /// What a missing input that applies is worth, if it counts.
    fn instead(&self) -> Option<f64> {
        match self.wire.missing {
            MissingRule::Renormalise | MissingRule::Refuse => None,
            MissingRule::Lowest => Some(0.0),
            MissingRule::Neutral => Some(self.most / 2.0),
        }
    }

    /// What a row's input is worth; `None` where 128 bits do not hold it.
    fn points(&self, scorer: &Scorer, row: usize) -> Option<f64> {
        match &self.shape {
            Shape::Never => Some(0.0),
            Shape::Affine(numbers, affine) => Some(affine.of(numbers.lane(row)) + self.offset),
            Shape::Share(part, whole, affine) => {
                Some(affine.over(part.lane(row), whole.lane(row)) + self.offset)
            }
            // Nothing is added to a value: it has its direction.
            Shape::Computed(column) => computed(scorer, self, column, row),
        }
    }
}

impl Numbers<'_> {
    /// The number of a row.
    fn lane(&self, row: usize) -> f64 {
        match self {
            Numbers::U8(all) => all.get(row).map_or(0.0, |number| number.lane()),
            Numbers::U16(all) => all.get(row).map_or(0.0, |number| number.lane()),
            Numbers::U32(all) => all.get(row).map_or(0.0, |number| number.lane()),
            Numbers::I16(all) => all.get(row).map_or(0.0, |number| number.lane()),
            Numbers::I32(all) => all.get(row).map_or(0.0, |number| number.lane()),
            Numbers::I64(all) => all.get(row).map_or(0.0, |number| number.lane()),
        }
    }
}

/// The exact value of an input, as points; `None` where 128 bits do not hold it.
fn computed(scorer: &Scorer, term: &Term<'_, '_>, column: &Column<'_>, row: usize) -> Option<f64> {
    let input = Input::Known { x: column.decimal(row)?, whole: None, stale: None };
    match scorer.narrow_line(term.wire.position, &input)? {
        Line::Value { value, .. } => Some(term.most * (value.num as f64 / value.den as f64)),
        Line::Missing | Line::NotApplicable => None,
    }
}
