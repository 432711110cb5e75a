//! What is known of a block's rows, fact by fact, as bits.
use core::ops::Range;

use super::block::{Bits, Lane, Lanes, ROWS, all_within, bits, widen};
use super::columns::Numbers;
use super::kernel::TermRows;
use super::term::{Bound, MAX_FACTS, Source};

/// The rows of a block: where it begins, how many they are, and their bits.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub(super) start: usize,
    pub(super) count: usize, // INVARIANT: at most ROWS
    pub(super) all: Bits,
}

/// Runs code for the numbers of a column in some rows, whatever their type.
macro_rules! lanes {
    ($numbers:expr, $rows:expr, |$lanes:ident| $run:expr) => {{
        let rows = $rows;
        match $numbers {
            Numbers::U8(all) => {
                let $lanes = all.get(rows).unwrap_or_default();
                $run
            }
            Numbers::U16(all) => {
                let $lanes = all.get(rows).unwrap_or_default();
                $run
            }
            Numbers::U32(all) => {
                let $lanes = all.get(rows).unwrap_or_default();
                $run
            }
            Numbers::I16(all) => {
                let $lanes = all.get(rows).unwrap_or_default();
                $run
            }
            Numbers::I32(all) => {
                let $lanes = all.get(rows).unwrap_or_default();
                $run
            }
            Numbers::I64(all) => {
                let $lanes = all.get(rows).unwrap_or_default();
                $run
            }
        }
    }};
}
pub(super) use lanes;

/// No row of a block.
pub(super) const NO_ROW: Bits = [0; ROWS / 64];

/// Every row of a block.
pub(super) const EVERY_ROW: Bits = [u64::MAX; ROWS / 64];

/// Bits that some rule makes of others.
pub(super) fn join<const N: usize>(given: [&Bits; N], rule: impl Fn([u64; N]) -> u64) -> Bits {
    core::array::from_fn(|at| rule(given.map(|bits| bits.get(at).copied().unwrap_or_default())))
}

/// The rows whose bit is set.
pub(super) fn ones(bits: &Bits) -> impl Iterator<Item = usize> {
    bits.iter().zip((0..ROWS).step_by(64)).flat_map(|(word, first)| {
        let rest = core::iter::successors(Some(*word), |word| Some(word & word.wrapping_sub(1)));
        rest.take_while(|word| *word != 0).map(move |word| first + word.trailing_zeros() as usize)
    })
}

pub(super) fn bit(bits: &Bits, row: usize) -> bool {
    bits.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
}

pub(super) fn mark(bits: &mut Bits, row: usize) {
    if let Some(word) = bits.get_mut(row / 64) {
        *word |= 1 << (row % 64);
    }
}

impl Rows {
    pub(super) fn new(start: usize, count: usize) -> Self {
        let part = |word| match count.saturating_sub(64 * word) {
            0 => 0,
            rows @ 1..64 => (1 << rows) - 1,
            _ => u64::MAX,
        };
        let all = if count == ROWS { EVERY_ROW } else { core::array::from_fn(part) };
        Self { start, count, all }
    }

    /// Where the rows stand in their columns.
    pub(super) const fn range(&self) -> Range<usize> {
        self.start..self.start + self.count
    }

    /// The numbers of the block, with room for short ones.
    pub(super) fn lanes<'l>(&self, numbers: Numbers<'l>, room: &'l mut [i32; ROWS]) -> Lanes<'l> {
        let of = self.range();
        match numbers {
            Numbers::U8(all) => widen(all.get(of).unwrap_or_default(), room),
            Numbers::U16(all) => widen(all.get(of).unwrap_or_default(), room),
            Numbers::I16(all) => widen(all.get(of).unwrap_or_default(), room),
            Numbers::I32(all) => widen(all.get(of).unwrap_or_default(), room),
            Numbers::U32(all) => Lanes::U32(all.get(of).unwrap_or_default()),
            Numbers::I64(all) => Lanes::I64(all.get(of).unwrap_or_default()),
        }
    }

    /// Those of some rows whose bit is set; all of them, where there are no bits.
    fn given(&self, bits: Option<&[u64]>, of: Bits) -> Bits {
        let Some(bits) = bits else { return of };
        let bits = bits.get(self.start / 64..).unwrap_or_default();
        match bits.first_chunk() {
            Some(bits) => join([&of, bits], |[of, bits]| of & bits),
            None => core::array::from_fn(|at| match (of.get(at), bits.get(at)) {
                (Some(of), Some(bits)) => of & bits,
                _ => 0,
            }),
        }
    }
}

/// What is known of a block's rows.
pub(super) struct Masks {
    /// For each slot, the rows in which the fact applies, is known and fits its schema.
    pub(super) known: [Bits; MAX_FACTS],
    /// For each slot, the rows in which it applies.
    pub(super) applies: [Bits; MAX_FACTS],
}

impl Masks {
    pub(super) const fn new() -> Self {
        Self { known: [NO_ROW; MAX_FACTS], applies: [NO_ROW; MAX_FACTS] }
    }

    /// The rows of a slot.
    pub(super) fn of(&self, slot: usize) -> TermRows {
        let bits = |of: &[Bits; MAX_FACTS]| of.get(slot).copied().unwrap_or(NO_ROW);
        TermRows { known: bits(&self.known), applies: bits(&self.applies) }
    }

    /// Looks at a block.
    #[inline(never)]
    pub(super) fn look(&mut self, bound: &Bound<'_, '_>, rows: &Rows) {
        let all = rows.all;
        for (slot, source) in bound.sources.iter().take(bound.wiring.slots.len()).enumerate() {
            let Some(source) = source else {
                self.set(slot, NO_ROW, all);
                continue;
            };
            let applies = rows.given(source.column.applicable, all);
            let mut known = rows.given(source.column.known, applies);
            if source.bounded {
                lanes!(source.column.numbers, rows.range(), |lanes| drop_outside(&mut known, lanes, source));
            }
            let whole = source.part_of.and_then(|whole| Some((whole, bound.source(whole)?)));
            if let Some((whole, of)) = whole {
                let of_known = self.known.get(whole).copied().unwrap_or(NO_ROW);
                let exceeding = exceeding(source, of, rows);
                known = join([&known, &of_known, &exceeding], |[known, of, exceeds]| known & !(of & exceeds));
            }
            self.set(slot, known, applies);
        }
    }

    fn set(&mut self, slot: usize, known: Bits, applies: Bits) {
        if let (Some(a), Some(b)) = (self.known.get_mut(slot), self.applies.get_mut(slot)) {
            (*a, *b) = (known, applies);
        }
    }
}

/// Whether every number of a block fits its schema, and there is something to divide by; then, of columns
/// without bits, everything is known.
pub(super) fn fits(bound: &Bound<'_, '_>, rows: &Rows) -> bool {
    bound.sources.iter().take(bound.wiring.slots.len()).flatten().all(|source| {
        let within = || lanes!(source.column.numbers, rows.range(), |lanes| inside(lanes, source));
        let whole = source.part_of.and_then(|whole| bound.source(whole));
        (!source.bounded || within())
            && (!source.divides || rows.positive(source) == EVERY_ROW)
            && whole.is_none_or(|whole| exceeding(source, whole, rows) == NO_ROW)
    })
}

/// Whether all numbers fit the schema.
fn inside<T: Lane + Ord + TryFrom<i64>>(lanes: &[T], source: &Source<'_>) -> bool {
    match (T::try_from(source.least), T::try_from(source.most)) {
        (Ok(least), Ok(most)) => all_within(lanes, least, most),
        // No number of this type lies within the bounds.
        _ => false,
    }
}

/// Drops the rows whose numbers break the schema.
fn drop_outside<T: Lane + Ord + TryFrom<i64>>(known: &mut Bits, lanes: &[T], source: &Source<'_>) {
    if inside(lanes, source) {
        return;
    }
    let inside = match (T::try_from(source.least), T::try_from(source.most)) {
        (Ok(least), Ok(most)) => bits(lanes.iter().map(|x| (least..=most).contains(x))),
        _ => NO_ROW,
    };
    *known = join([known, &inside], |[known, inside]| known & inside);
}

impl Rows {
    /// The rows with numbers above 0.
    pub(super) fn positive(&self, source: &Source<'_>) -> Bits {
        if source.least > 0 {
            return EVERY_ROW;
        }
        lanes!(source.column.numbers, self.range(), |lanes| above_zero(lanes))
    }
}

#[inline(never)]
fn above_zero<T: Lane + Ord + Default>(lanes: &[T]) -> Bits {
    let none_below = lanes.iter().fold(true, |all, x| all & (*x > T::default()));
    if none_below { EVERY_ROW } else { bits(lanes.iter().map(|x| *x > T::default())) }
}

/// The rows in which a part exceeds its whole, known or not.
fn exceeding(part: &Source<'_>, whole: &Source<'_>, rows: &Rows) -> Bits {
    #[inline(never)]
    fn compare<T: Ord>(part: &[T], whole: &[T]) -> Bits {
        if part.iter().zip(whole).fold(false, |any, (part, whole)| any | (part > whole)) {
            bits(part.iter().zip(whole).map(|(part, whole)| part > whole))
        } else {
            NO_ROW
        }
    }
    let of = rows.range();
    macro_rules! alike {
        ($($variant:ident),*) => {
            match (part.column.numbers, whole.column.numbers) {
                $((Numbers::$variant(part), Numbers::$variant(whole)) => {
                    let (part, whole) = (part.get(of.clone()), whole.get(of.clone()));
                    Some(compare(part.unwrap_or_default(), whole.unwrap_or_default()))
                })*
                _ => None,
            }
        };
    }
    let alike = part.column.places == whole.column.places;
    let compared = if alike { alike!(U8, U16, U32, I16, I32, I64) } else { None };
    compared.unwrap_or_else(|| bits(of.map(|row| part.column.decimal(row) > whole.column.decimal(row))))
}
