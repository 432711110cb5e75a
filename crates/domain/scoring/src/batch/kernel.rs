//! The loop over blocks of rows.
#![allow(clippy::float_arithmetic, reason = "every result is certified, or computed again in integers")]
use core::ops::Range;

use super::block::{
    Bits, Block, Lane, Lanes, Levels, ROWS, Rounded, Start, add, add_parts, add_share, certain, places,
};
use super::columns::Numbers;
use super::exact::Found;
use super::masks::{Masks, NO_ROW, Rows, bit, fits, join, lanes, mark, ones};
use super::repair::{Broken, repair};
use super::results::{Results, RowScore, RowTier};
use super::term::{Bound, Shape, Term};
use crate::assessment::Standing;
use crate::dimension::{ByDimension, Dimension};
use crate::evaluate::Evaluation;
use crate::policy::MAX_INDICATORS;
use crate::scorer::Scorer;
use crate::spec::MissingRule;

/// The rows that are brought near at once: few enough for the second cache, many enough for runs of pages.
const NEAR: usize = 64 * ROWS;

/// A scorer at work on columns.
pub(super) struct Kernel<'k, 'a> {
    scorer: &'k Scorer,
    bound: &'k Bound<'k, 'a>,
}

/// What is at hand for one block, made once and used again for the next.
struct Desk {
    masks: Masks,
    terms: [TermRows; MAX_INDICATORS],
    /// Whether every indicator has an input in every row; then the terms' rows say nothing.
    complete: bool,
    dimensions: [DimensionRows; 3],
    lanes: [[i32; ROWS]; 2],
    levels: Levels,
    /// Whether they count.
    leveled: bool,
    rounded: Rounded,
    tiers: [RowTier; ROWS],
    /// The rows to compute again.
    again: Bits,
}

/// The rows of an indicator.
#[derive(Clone, Copy)]
pub(super) struct TermRows {
    /// In which it has an input.
    pub(super) known: Bits,
    /// To which it applies.
    pub(super) applies: Bits,
}

/// The rows of a dimension.
struct DimensionRows {
    /// In which it has a score.
    scored: Bits,
    /// In which all its inputs are known.
    complete: Bits,
    /// To which it does not apply.
    barred: Bits,
    /// Its points.
    sum: Block,
}

impl<'k, 'a> Kernel<'k, 'a> {
    pub(super) const fn new(scorer: &'k Scorer, bound: &'k Bound<'k, 'a>) -> Self {
        Self { scorer, bound }
    }

    /// Scores as many rows as there is room for results, from a row on that is a multiple of 64.
    pub(super) fn score(&self, first: usize, results: &mut Results<'_>) {
        let nobody = TermRows { known: NO_ROW, applies: NO_ROW };
        let mut desk = Desk {
            masks: Masks::new(),
            terms: [nobody; MAX_INDICATORS],
            complete: false,
            dimensions: [const {
                DimensionRows { scored: NO_ROW, complete: NO_ROW, barred: NO_ROW, sum: Block::new() }
            }; 3],
            lanes: [[0; ROWS]; 2],
            levels: Levels::new(),
            leveled: false,
            rounded: Rounded::new(),
            tiers: [RowTier::INCOMPLETE; ROWS],
            again: NO_ROW,
        };
        let end = results.composite.len();
        for start in (0..end).step_by(ROWS) {
            if start.is_multiple_of(NEAR) {
                self.bring_near(first + start..first + end.min(start + NEAR));
            }
            let rows = Rows::new(first + start, ROWS.min(end - start));
            self.block(&mut desk, &rows, &mut results.part(start, rows.count));
        }
    }

    /// Reads a little of every line of memory that the columns have in some rows. Of long runs a processor
    /// fetches ahead; of the short ones that blocks make, many columns in turn, it does not.
    fn bring_near(&self, rows: Range<usize>) {
        for source in self.bound.sources.iter().take(self.bound.wiring.slots.len()).flatten() {
            lanes!(source.column.numbers, rows.clone(), |lanes| touch(lanes));
        }
    }

    fn block(&self, desk: &mut Desk, rows: &Rows, results: &mut Results<'_>) {
        self.states(desk, rows);
        if self.bound.certain {
            desk.again = NO_ROW;
            if desk.complete && results.dimensions.is_none() {
                self.total(desk, rows);
                self.round_total(desk, rows, results);
            } else {
                self.sums(desk, rows);
                self.round(desk, rows, results);
            }
        } else {
            desk.again = rows.all;
        }
        if desk.again != NO_ROW {
            for row in ones(&desk.again) {
                let found = |at: usize| match desk.terms.get(at).filter(|_| !desk.complete) {
                    Some(term) => term.found(row),
                    None => Found::Known,
                };
                results.set(
                    row,
                    &self.scorer.exact(self.bound, rows.start + row, found),
                    &self.bound.wiring.floors,
                );
            }
        }
    }

    /// What is known of every indicator and dimension.
    fn states(&self, desk: &mut Desk, rows: &Rows) {
        let all = rows.all;
        desk.complete = self.bound.plain && fits(self.bound, rows);
        if desk.complete {
            return;
        }
        desk.masks.look(self.bound, rows);
        for (worth, of) in self.bound.wiring.dimensions.iter().zip(&mut desk.dimensions) {
            let (mut complete, mut some, mut applicable, mut refused) = (all, NO_ROW, NO_ROW, NO_ROW);
            for (at, term) in self.bound.of(worth) {
                let rows = self.term_rows(&desk.masks, term, rows);
                complete = join([&complete, &rows.known], |[complete, known]| complete & known);
                some = join([&some, &rows.known], |[some, known]| some | known);
                applicable = join([&applicable, &rows.applies], |[some, applies]| some | applies);
                if term.wire.missing == MissingRule::Refuse {
                    let refuse = |[refused, applies, known]: [u64; 3]| refused | applies & !known;
                    refused = join([&refused, &rows.applies, &rows.known], refuse);
                }
                if let Some(place) = desk.terms.get_mut(at) {
                    *place = rows;
                }
            }
            let any = worth.parts > 0.0;
            of.scored = join([&some, &refused], |[some, refused]| some & !refused);
            of.complete = complete;
            of.barred = if any { join([&all, &applicable], |[all, some]| all & !some) } else { NO_ROW };
        }
    }

    fn term_rows(&self, masks: &Masks, term: &Term<'_, '_>, rows: &Rows) -> TermRows {
        let mut of = masks.of(term.wire.slot);
        if let Some(whole) = term.wire.whole {
            let by = masks.of(whole);
            let positive = self.bound.source(whole).map_or(NO_ROW, |source| rows.positive(source));
            of.known =
                join([&of.known, &by.known, &positive], |[part, whole, positive]| part & whole & positive);
            of.applies = join([&of.applies, &by.applies], |[part, whole]| part & whole);
        }
        if let Shape::Never = term.shape {
            of.known = NO_ROW;
        }
        of
    }

    /// Sums the points of all that the composite weighs, in rows of which everything is known.
    fn total(&self, desk: &mut Desk, rows: &Rows) {
        let Desk { dimensions: [of, ..], lanes, levels, .. } = desk;
        let weighed = || self.bound.wiring.dimensions.iter().filter(|worth| worth.weight > 0.0);
        let terms = || weighed().flat_map(|worth| self.bound.of(worth)).map(|(_, term)| term);
        let mut start = Start::At(terms().map(|term| term.offset).sum());
        let mut begun = false;
        for term in terms() {
            match term.shape {
                Shape::Affine(Numbers::U8(lanes), affine) if let Some(points) = affine.whole() => {
                    levels.add(lanes.get(rows.range()).unwrap_or_default(), points, begun);
                    begun = true;
                }
                _ => {
                    add_term(&mut of.sum, lanes, term, rows, start);
                    start = Start::Begun;
                }
            }
        }
        if let Start::At(first) = start {
            of.sum.fill(first);
        }
        desk.leveled = begun;
    }

    /// Sums the points of every dimension as if everything were known, then repairs the rows of which it is not.
    fn sums(&self, desk: &mut Desk, rows: &Rows) {
        for (worth, of) in self.bound.wiring.dimensions.iter().zip(&mut desk.dimensions) {
            let mut start = Start::At(self.bound.of(worth).map(|(_, term)| term.offset).sum());
            for (_, term) in self.bound.of(worth) {
                if term.shape.plain() {
                    add_term(&mut of.sum, &mut desk.lanes, term, rows, start);
                    start = Start::Begun;
                } else {
                    // What no plain loop does is added where it is known.
                    of.complete = NO_ROW;
                }
            }
            if let Start::At(first) = start {
                of.sum.fill(first);
            }
            if desk.complete {
                continue;
            }
            let lacking = join([&of.scored, &of.complete], |[scored, complete]| scored & !complete);
            if lacking != NO_ROW {
                let terms = self.bound.of(worth).zip(desk.terms.iter().skip(worth.wires.0));
                let terms = terms.map(|((_, term), rows)| (term, rows));
                let broken = Broken { scorer: self.scorer, block: rows, rows: lacking, worth };
                repair(terms, &broken, &mut of.sum, &mut desk.again);
            }
        }
    }

    /// Rounds the sum of everything, and finds the tiers.
    fn round_total(&self, desk: &mut Desk, rows: &Rows, results: &mut Results<'_>) {
        let Desk { dimensions: [of, ..], rounded, tiers, again, levels, leveled, .. } = desk;
        if rounded.total(&of.sum) {
            *again = join([&rows.all, &rounded.doubts()], |[all, doubts]| all & doubts);
        }
        if *leveled {
            rounded.raise(levels);
        }
        places(&rounded.scores, &self.bound.wiring.floors, tiers);
        copy(results.composite, &rounded.scores);
        copy(results.tier, tiers);
        if let Some(rank) = &mut results.rank {
            rank.fill(RowScore::NONE);
        }
    }

    /// Rounds the sums, and finds the tiers; rows in doubt are marked.
    fn round(&self, desk: &mut Desk, rows: &Rows, results: &mut Results<'_>) {
        static NOTHING: Block = Block::new();
        let Desk { dimensions, rounded, tiers, again, complete, .. } = desk;
        let (all, wiring) = (rows.all, self.bound.wiring);
        let [value, potential, need] = &*dimensions;
        let mut composed = all;
        let mut weighed = [&NOTHING; 3];
        let of = [value, potential, need].into_iter().zip(&wiring.dimensions).zip(&mut weighed);
        for ((of, _), place) in of.filter(|((_, worth), _)| worth.weight > 0.0) {
            if !*complete {
                composed = join([&composed, &of.scored], |[all, scored]| all & scored);
            }
            *place = &of.sum;
        }
        if rounded.sum(weighed) {
            *again = join([again, &composed, &rounded.doubts()], |[again, of, doubts]| again | of & doubts);
        }
        places(&rounded.scores, &wiring.floors, tiers);
        copy(results.composite, &rounded.scores);
        copy(results.tier, tiers);
        if let Some(rank) = &mut results.rank {
            rank.fill(RowScore::NONE);
        }
        if !*complete && composed != all {
            let missing = join([&all, &composed], |[all, composed]| all & !composed);
            self.without_composite(&missing, dimensions, again, results);
        }
        let Some(ByDimension { value, potential, need }) = &mut results.dimensions else { return };
        let wanted = [value, potential, need].into_iter().zip(&wiring.dimensions).zip(&*dimensions);
        for ((scores, worth), DimensionRows { scored, sum, .. }) in wanted {
            let scored = if *complete { &all } else { scored };
            if rounded.multiple(sum, 10_000.0 / worth.points) {
                *again = join([again, scored, &rounded.doubts()], |[again, of, doubts]| again | of & doubts);
            }
            copy(scores, &rounded.scores);
            if *scored != all {
                for row in ones(&join([&all, scored], |[all, scored]| all & !scored)) {
                    put(scores, row, RowScore::NONE);
                }
            }
        }
    }

    /// Rows without a composite: prospects, with their rank, and those of whom too little is known.
    fn without_composite(
        &self,
        missing: &Bits,
        [of_value, of_others @ ..]: &[DimensionRows; 3],
        again: &mut Bits,
        results: &mut Results<'_>,
    ) {
        let [value, others @ ..] = &self.bound.wiring.dimensions;
        let weighing = || others.iter().zip(of_others).filter(|(worth, _)| worth.weight > 0.0);
        let weight: f64 = weighing().map(|(worth, _)| worth.weight).sum();
        for row in ones(missing) {
            let prospect = value.weight > 0.0 && bit(&of_value.barred, row);
            put(results.composite, row, RowScore::NONE);
            put(results.tier, row, if prospect { RowTier::PROSPECT } else { RowTier::INCOMPLETE });
            let Some(ranks) = &mut results.rank else { continue };
            if prospect && weight > 0.0 && weighing().all(|(_, of)| bit(&of.scored, row)) {
                let sum: f64 = weighing().filter_map(|(_, of)| of.sum.0.get(row)).sum();
                match certain(sum * (self.bound.wiring.whole / weight)) {
                    Some(rank) => put(ranks, row, rank),
                    None => mark(again, row),
                }
            }
        }
    }
}

/// Adds the points of a term to a sum, if a plain loop does that.
fn add_term(
    sum: &mut Block,
    [first, second]: &mut [[i32; ROWS]; 2],
    term: &Term<'_, '_>,
    rows: &Rows,
    start: Start,
) {
    match term.shape {
        Shape::Affine(numbers, affine) => add(sum, &rows.lanes(numbers, first), &affine, start),
        Shape::Share(part, whole, affine) => match (rows.lanes(part, first), whole) {
            (Lanes::Short(part), Numbers::U8(whole)) => {
                add_parts(sum, part, whole.get(rows.range()).unwrap_or_default(), &affine, start);
            }
            (part, whole) => add_share(sum, [&part, &rows.lanes(whole, second)], &affine, start),
        },
        Shape::Never | Shape::Computed(_) => {}
    }
}

impl TermRows {
    fn found(&self, row: usize) -> Found {
        match (bit(&self.known, row), bit(&self.applies, row)) {
            (true, _) => Found::Known,
            (false, true) => Found::Missing,
            (false, false) => Found::NotApplicable,
        }
    }
}

fn touch<T: Lane + Into<i64>>(lanes: &[T]) {
    let line = 64 / size_of::<T>();
    let touched = lanes.iter().step_by(line).fold(0, |all, lane| all ^ (*lane).into());
    core::hint::black_box(touched);
}

fn copy<T: Copy>(results: &mut [T], from: &[T; ROWS]) {
    if let Some(from) = from.get(..results.len()) {
        results.copy_from_slice(from);
    }
}

fn put<T>(results: &mut [T], row: usize, result: T) {
    if let Some(place) = results.get_mut(row) {
        *place = result;
    }
}

impl Results<'_> {
    /// Room for some of the rows.
    pub(super) fn part(&mut self, start: usize, count: usize) -> Results<'_> {
        fn of<T>(all: &mut [T], start: usize, count: usize) -> &mut [T] {
            all.get_mut(start..start + count).unwrap_or_default()
        }
        Results {
            composite: of(self.composite, start, count),
            tier: of(self.tier, start, count),
            dimensions: self.dimensions.as_mut().map(|scores| ByDimension {
                value: of(scores.value, start, count),
                potential: of(scores.potential, start, count),
                need: of(scores.need, start, count),
            }),
            rank: self.rank.as_mut().map(|rank| of(rank, start, count)),
        }
    }

    /// Writes one row.
    fn set(&mut self, row: usize, scores: &Evaluation, floors: &[[i16; 4]]) {
        let tier = match (scores.composite, scores.standing) {
            (Some(composite), _) => {
                let above = |floor: &&i16| composite.hundredths().cast_signed() < **floor;
                RowTier::of(floors.as_flattened().iter().filter(above).count())
            }
            (None, Standing::Prospect) => RowTier::PROSPECT,
            (None, _) => RowTier::INCOMPLETE,
        };
        put(self.composite, row, RowScore::of(scores.composite));
        put(self.tier, row, tier);
        if let Some(ByDimension { value, potential, need }) = &mut self.dimensions {
            put(value, row, RowScore::of(scores.score(Dimension::Value)));
            put(potential, row, RowScore::of(scores.score(Dimension::Potential)));
            put(need, row, RowScore::of(scores.score(Dimension::Need)));
        }
        if let Some(rank) = &mut self.rank {
            put(rank, row, RowScore::of(scores.rank));
        }
    }
}
