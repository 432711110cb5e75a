//! Some rows at a time: loops so plain that a compiler turns each into vector instructions.
//!
//! Floating point is an instrument here, never a result: see [`crate::Scorer::score_into`].
#![allow(clippy::float_arithmetic, reason = "every result is certified, or computed again in integers")]

use super::columns::Numbers;
use super::results::{RowScore, RowTier};

/// The rows of a block: few enough for the nearest cache, many enough to make loops worth starting.
pub(super) const ROWS: usize = 512;

/// The rows that a loop does in one go, by value, so that a compiler sees that none depends on another.
const STRIDE: usize = 16;

/// The bits of a block's rows.
pub(super) type Bits = [u64; ROWS / 64];

/// One number a row.
#[repr(align(64))]
pub(super) struct Block(pub(super) [f64; ROWS]);

impl Block {
    pub(super) const fn new() -> Self {
        Self([0.0; ROWS])
    }

    pub(super) fn fill(&mut self, number: f64) {
        self.0.fill(number);
    }
}

/// 1.5 x 2^36 + 1/2: added to points, it leaves 2^16 x (points + 1/2) in the low 32 bits.
const POINTS: f64 = 103_079_215_104.5;

/// A number of a column.
pub(super) trait Lane: Copy {
    /// As floating point: exact, if the number has less than 54 bits.
    fn lane(self) -> f64;
}

macro_rules! lane {
    ($($kind:ty),*) => {
        $(impl Lane for $kind {
            fn lane(self) -> f64 {
                f64::from(self)
            }
        })*
    };
}

lane!(u8, u16, u32, i16, i32);

impl Lane for i64 {
    #[allow(clippy::cast_precision_loss, reason = "one part in 2^53, as in any other step")]
    fn lane(self) -> f64 {
        self as f64
    }
}

/// The numbers of a block; short ones are of one length, since those become floating point fastest.
pub(super) enum Lanes<'l> {
    Short(&'l [i32; ROWS]),
    U32(&'l [u32]),
    I64(&'l [i64]),
}

/// Whether the numbers of two columns become lanes of one length.
pub(super) const fn alike(a: &Numbers<'_>, b: &Numbers<'_>) -> bool {
    const fn length(numbers: &Numbers<'_>) -> u8 {
        match numbers {
            Numbers::U8(_) | Numbers::U16(_) | Numbers::I16(_) | Numbers::I32(_) => 0,
            Numbers::U32(_) => 1,
            Numbers::I64(_) => 2,
        }
    }
    length(a) == length(b)
}

/// Short numbers in the length that they have in common; rows beyond the last keep what they were.
pub(super) fn widen<'l, T: Copy + Into<i32>>(numbers: &[T], lanes: &'l mut [i32; ROWS]) -> Lanes<'l> {
    let (long, rest) = numbers.as_chunks::<STRIDE>();
    for (lanes, numbers) in lanes.as_chunks_mut::<STRIDE>().0.iter_mut().zip(long) {
        *lanes = numbers.map(Into::into);
    }
    let last = lanes.iter_mut().skip(STRIDE * long.len());
    last.zip(rest).for_each(|(lane, number)| *lane = (*number).into());
    Lanes::Short(lanes)
}

/// How a column's numbers become points.
#[derive(Clone, Copy, Debug)]
pub(super) struct Affine {
    /// The number that earns nothing.
    pub(super) from: f64,
    /// Points a unit, below 0 where less is better.
    pub(super) points: f64,
    /// The least points, 0 or below.
    pub(super) low: f64,
    /// The most points, 0 or above.
    pub(super) high: f64,
    /// Whether no number that the schema allows leaves the bounds.
    pub(super) inside: bool,
    /// Whether no number that the schema allows is below 0.
    pub(super) unsigned: bool,
}

impl Affine {
    /// The points of a number, to the bit what a loop adds: within the bounds, if the schema allows the number.
    pub(super) fn of(&self, number: f64) -> f64 {
        let points = (number - self.from) * self.points;
        if self.bare() { points } else { self.bounded(points) }
    }

    /// Whether no number that the schema allows is worth less than the least.
    fn capped(&self) -> bool {
        self.unsigned && self.from == 0.0 && self.low == 0.0
    }

    #[inline(always)]
    fn bounded(&self, points: f64) -> f64 {
        if self.capped() { cap(points, self.high) } else { clamp(points, self.low, self.high) }
    }

    /// Whether the points are a mere multiple.
    pub(super) fn bare(&self) -> bool {
        self.inside && self.from == 0.0
    }

    /// Points a unit, if they are whole and the points are a mere multiple.
    #[allow(clippy::cast_possible_truncation, reason = "what is cut off is not whole")]
    pub(super) fn whole(&self) -> Option<i16> {
        let whole = self.points as i16;
        (self.bare() && f64::from(whole).to_bits() == self.points.to_bits()).then_some(whole)
    }

    /// The points of a number over another.
    pub(super) fn over(&self, part: f64, whole: f64) -> f64 {
        self.bounded(part * self.points / whole)
    }
}

/// At most a bound; so is what is no number.
fn cap(value: f64, high: f64) -> f64 {
    if value < high { value } else { high }
}

/// Within bounds; what is no number becomes the upper one.
fn clamp(value: f64, low: f64, high: f64) -> f64 {
    let value = cap(value, high);
    if value > low { value } else { low }
}

/// What a dimension's sum begins with, if it has not begun.
#[derive(Clone, Copy)]
pub(super) enum Start {
    At(f64),
    Begun,
}

/// Sums of whole points, which need no floating point: they are added to what is rounded.
pub(super) struct Levels([i16; ROWS]);

impl Levels {
    pub(super) const fn new() -> Self {
        Self([0; ROWS])
    }

    /// Adds the points of a column, or begins with them. All that a customer can earn is 10 000 points, so
    /// numbers that the schema allows fit; what others come to means nothing.
    #[inline(never)]
    pub(super) fn add(&mut self, lanes: &[u8], points: i16, begun: bool) {
        let rows = self.0.iter_mut().zip(lanes).map(|(sum, x)| (sum, i16::from(*x).wrapping_mul(points)));
        if begun {
            rows.for_each(|(sum, points)| *sum = sum.wrapping_add(points));
        } else {
            rows.for_each(|(sum, points)| *sum = points);
        }
    }
}

/// Adds the points of a column to the sum of its dimension.
pub(super) fn add(sum: &mut Block, lanes: &Lanes<'_>, affine: &Affine, start: Start) {
    match lanes {
        Lanes::Short(lanes) => each(sum, *lanes, affine, start, Lane::lane),
        Lanes::U32(lanes) => each(sum, lanes, affine, start, Lane::lane),
        Lanes::I64(lanes) if all_short(lanes) => each(sum, lanes, affine, start, short),
        Lanes::I64(lanes) => each(sum, lanes, affine, start, Lane::lane),
    }
}

#[inline(never)]
fn each<T: Copy>(sum: &mut Block, lanes: &[T], affine: &Affine, start: Start, lane: impl Fn(T) -> f64) {
    let Affine { from, points, low, high, .. } = *affine;
    match (affine.bare(), affine.capped(), from == 0.0) {
        (true, ..) => rows(sum, lanes, lanes, start, |x, _| lane(x) * points),
        (_, true, _) => rows(sum, lanes, lanes, start, |x, _| cap(lane(x) * points, high)),
        (.., true) => rows(sum, lanes, lanes, start, |x, _| clamp(lane(x) * points, low, high)),
        _ => rows(sum, lanes, lanes, start, |x, _| clamp((lane(x) - from) * points, low, high)),
    }
}

/// Whether all numbers have at most 51 bits and a sign.
#[inline(never)]
fn all_short(lanes: &[i64]) -> bool {
    lanes.iter().fold(0, |all, x| all | x.wrapping_add(1 << 51)) >> 52 == 0
}

/// A number of at most 51 bits and a sign as floating point: where no instruction turns several long numbers
/// into floating point at once, this takes half as long as one after the other.
fn short(number: i64) -> f64 {
    // 1.5 x 2^52, whose unit is 1: whole numbers added to its bits are added to it.
    const ORIGIN: f64 = 6_755_399_441_055_744.0;
    f64::from_bits(ORIGIN.to_bits().wrapping_add_signed(number)) - ORIGIN
}

#[inline(always)]
fn rows<A: Copy, B: Copy>(sum: &mut Block, a: &[A], b: &[B], start: Start, points: impl Fn(A, B) -> f64) {
    match start {
        Start::Begun => strides(sum, a, b, |sum, a, b| sum + points(a, b)),
        Start::At(0.0) => strides(sum, a, b, |_, a, b| points(a, b)),
        Start::At(first) => strides(sum, a, b, |_, a, b| points(a, b) + first),
    }
}

/// Does something to the sum of each row that both have, as many rows at a time as a stride has.
#[inline(always)]
fn strides<A: Copy, B: Copy>(sum: &mut Block, a: &[A], b: &[B], each: impl Fn(f64, A, B) -> f64) {
    let count = a.len().min(b.len());
    let (a, b) = (a.get(..count).unwrap_or_default(), b.get(..count).unwrap_or_default());
    let ((long_a, rest_a), (long_b, rest_b)) = (a.as_chunks::<STRIDE>(), b.as_chunks::<STRIDE>());
    for ((sums, a), b) in sum.0.as_chunks_mut::<STRIDE>().0.iter_mut().zip(long_a).zip(long_b) {
        let mut next = *sums;
        next.iter_mut().zip(*a).zip(*b).for_each(|((sum, a), b)| *sum = each(*sum, a, b));
        *sums = next;
    }
    let last = sum.0.iter_mut().skip(STRIDE * long_a.len());
    last.zip(rest_a).zip(rest_b).for_each(|((sum, a), b)| *sum = each(*sum, *a, *b));
}

/// Adds the points of one column over another, if their numbers have one length.
pub(super) fn add_share(sum: &mut Block, lanes: [&Lanes<'_>; 2], affine: &Affine, start: Start) {
    match lanes {
        [Lanes::Short(part), Lanes::Short(whole)] => quotients(sum, *part, *whole, affine, start),
        [Lanes::U32(part), Lanes::U32(whole)] => quotients(sum, part, whole, affine, start),
        [Lanes::I64(part), Lanes::I64(whole)] => quotients(sum, part, whole, affine, start),
        _ => {}
    }
}

/// 1 over each small number: to multiply takes less time than to divide.
#[allow(clippy::indexing_slicing, reason = "the compiler computes it, or fails")]
static RECIPROCALS: [f64; 256] = {
    let mut all = [f64::INFINITY; 256];
    let (mut at, mut number) = (1, 1.0);
    while at < all.len() {
        all[at] = 1.0 / number;
        (at, number) = (at + 1, number + 1.0);
    }
    all
};

/// Adds the points of one column over another of small numbers.
#[inline(never)]
pub(super) fn add_parts(sum: &mut Block, part: &[i32; ROWS], whole: &[u8], affine: &Affine, start: Start) {
    let Affine { points, low, high, .. } = *affine;
    let quotient = |part: i32, whole: u8| part.lane() * points * reciprocal(whole);
    if affine.capped() {
        rows(sum, part, whole, start, |part, whole| cap(quotient(part, whole), high));
    } else {
        rows(sum, part, whole, start, |part, whole| clamp(quotient(part, whole), low, high));
    }
}

#[inline(always)]
fn reciprocal(whole: u8) -> f64 {
    RECIPROCALS.get(usize::from(whole)).copied().unwrap_or_default()
}

#[inline(never)]
fn quotients<T: Lane>(sum: &mut Block, part: &[T], whole: &[T], affine: &Affine, start: Start) {
    let Affine { points, low, high, .. } = *affine;
    let quotient = |part: T, whole: T| part.lane() * points / whole.lane();
    if affine.capped() {
        rows(sum, part, whole, start, |part, whole| cap(quotient(part, whole), high));
    } else {
        rows(sum, part, whole, start, |part, whole| clamp(quotient(part, whole), low, high));
    }
}

/// Points rounded half-up to whole ones, with what proves or refutes it.
pub(super) struct Rounded {
    /// The points and one half, in units of 2^-16.
    fixed: [u32; ROWS],
    pub(super) scores: [RowScore; ROWS],
}

impl Rounded {
    pub(super) const fn new() -> Self {
        Self { fixed: [0; ROWS], scores: [RowScore::NONE; ROWS] }
    }

    /// Rounds the sums of three numbers a row; true if a row is in doubt.
    #[inline(never)]
    pub(super) fn sum(&mut self, [a, b, c]: [&Block; 3]) -> bool {
        let [a, b, c] = [a, b, c].map(|block| block.0.as_chunks::<STRIDE>().0);
        let strides = self.fixed.as_chunks_mut::<STRIDE>().0.iter_mut().zip(a).zip(b).zip(c);
        for (((fixed, a), b), c) in strides {
            let mut next = *fixed;
            for (((fixed, a), b), c) in next.iter_mut().zip(*a).zip(*b).zip(*c) {
                *fixed = low_bits(a + b + c + POINTS);
            }
            *fixed = next;
        }
        self.settle()
    }

    /// Adds whole points to what is rounded: they change no fraction, and so no doubt.
    #[inline(never)]
    pub(super) fn raise(&mut self, levels: &Levels) {
        for (score, points) in self.scores.iter_mut().zip(&levels.0) {
            *score = RowScore::raw(score.raw_bits().wrapping_add(*points).cast_unsigned());
        }
    }

    /// Rounds a number a row; true if a row is in doubt.
    #[inline(never)]
    pub(super) fn total(&mut self, block: &Block) -> bool {
        for (fixed, number) in self.fixed.iter_mut().zip(&block.0) {
            *fixed = low_bits(number + POINTS);
        }
        self.settle()
    }

    /// Rounds a multiple of a number a row; true if a row is in doubt.
    #[inline(never)]
    pub(super) fn multiple(&mut self, block: &Block, by: f64) -> bool {
        for (fixed, number) in self.fixed.iter_mut().zip(&block.0) {
            *fixed = low_bits(number * by + POINTS);
        }
        self.settle()
    }

    /// In units of 2^-16, the points and one half lie within less than 1 of what they are exactly. Where the low
    /// 16 bits are not all 0, both lie between the same two whole numbers of points, and the rounding is
    /// proven; where they are, the row is in doubt.
    #[inline(always)]
    fn settle(&mut self) -> bool {
        let mut any = 0;
        for (score, fixed) in self.scores.iter_mut().zip(&self.fixed) {
            *score = RowScore::raw(high_half(*fixed));
            any |= -i32::from(fixed & 0xFFFF == 0);
        }
        any != 0
    }

    /// The rows in doubt.
    pub(super) fn doubts(&self) -> Bits {
        bits(self.fixed.iter().map(|fixed| fixed & 0xFFFF == 0))
    }
}

/// One number of points rounded half-up, unless the rounding is in doubt.
pub(super) fn certain(points: f64) -> Option<RowScore> {
    let fixed = low_bits(points + POINTS);
    (fixed & 0xFFFF != 0).then(|| RowScore::raw(high_half(fixed)))
}

#[allow(clippy::cast_possible_truncation, reason = "the low bits are meant")]
const fn low_bits(number: f64) -> u32 {
    number.to_bits() as u32
}

#[allow(clippy::cast_possible_truncation, reason = "the other half is shifted out")]
const fn high_half(number: u32) -> u16 {
    (number >> 16) as u16
}

/// The place of each score's tier: how many of the floors, highest first, lie above it.
#[inline(never)]
pub(super) fn places(scores: &[RowScore; ROWS], floors: &[[i16; 4]], tiers: &mut [RowTier; ROWS]) {
    *tiers = [RowTier::HIGHEST; ROWS];
    for [a, b, c, d] in floors {
        for (tier, score) in tiers.iter_mut().zip(scores) {
            let score = score.raw_bits();
            let above = |floor: &i16| i16::from(score < *floor);
            tier.lower(above(a) + above(b) + above(c) + above(d));
        }
    }
}

/// Bits of so many answers.
pub(super) fn bits(answers: impl Iterator<Item = bool>) -> Bits {
    let mut bytes = [0_u8; ROWS];
    for (byte, answer) in bytes.iter_mut().zip(answers) {
        *byte = u8::from(answer);
    }
    let mut bits = [0; ROWS / 64];
    for (word, bytes) in bits.iter_mut().zip(bytes.as_chunks::<64>().0) {
        for (at, bytes) in (0..64).step_by(8).zip(bytes.as_chunks::<8>().0) {
            // Each byte holds 0 or 1; the product gathers them, lowest first, in the topmost byte.
            *word |= (u64::from_le_bytes(*bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56) << at;
        }
    }
    bits
}

/// Whether every number lies within bounds.
#[inline(never)]
pub(super) fn all_within<T: Lane + Ord>(column: &[T], least: T, most: T) -> bool {
    let bounds = column.iter().fold((most, least), |(low, high), x| (low.min(*x), high.max(*x)));
    bounds.0 >= least && bounds.1 <= most
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "to the bit is what is asked")]
mod tests {
    use super::*;

    /// Every way of being bounded, whatever the schema promises.
    fn affines() -> impl Iterator<Item = Affine> {
        let bounds = [(1.25, 0.0, 5000.0), (-0.75, -900.0, 0.0), (250.0, 0.0, 10_000.0)];
        let promises = [(false, false), (false, true), (true, false), (true, true)];
        let of = move |(points, low, high): (f64, f64, f64)| {
            promises.into_iter().flat_map(move |(inside, unsigned)| {
                [0.0, 17.5].map(|from| Affine { from, points, low, high, inside, unsigned })
            })
        };
        bounds.into_iter().flat_map(of)
    }

    #[test]
    fn what_is_taken_back_is_what_was_added() {
        let longs = [0, 1, -1, 7, 40_000, -40_000, i64::from(i32::MIN), 1 << 50, i64::MIN, i64::MAX];
        let shorts = longs.map(|x| i32::try_from(x).unwrap_or(-3));
        let mut room = [0; ROWS];
        for affine in affines() {
            for (count, lanes) in [
                (10, Lanes::I64(&longs)),
                (8, Lanes::I64(&longs[..8])),
                (10, widen(&shorts, &mut room)),
                (2, Lanes::U32(&[0, u32::MAX])),
            ] {
                let mut sum = Block::new();
                add(&mut sum, &lanes, &affine, Start::At(0.0));
                for (row, sum) in sum.0.iter().take(count).enumerate() {
                    let number = match &lanes {
                        Lanes::Short(lanes) => lanes[row].lane(),
                        Lanes::U32(lanes) => lanes[row].lane(),
                        Lanes::I64(lanes) => lanes[row].lane(),
                    };
                    assert_eq!(*sum, affine.of(number), "{affine:?} of {number}");
                }
            }
        }
    }

    #[test]
    fn shares_that_are_taken_back_are_those_that_were_added() {
        let parts = [0, 1, -1, 250, 7, i32::MAX, i32::MIN, 0];
        let wholes = [0, 0, 0, 255, 9, 1, 3, 5_u8];
        let (mut room, mut more) = ([0; ROWS], [0; ROWS]);
        for affine in affines().filter(|affine| affine.from == 0.0 && !affine.inside) {
            let (mut small, mut plain) = (Block::new(), Block::new());
            let Lanes::Short(part) = widen(&parts, &mut room) else { return };
            add_parts(&mut small, part, &wholes, &affine, Start::At(0.0));
            let lanes = [&Lanes::Short(part), &widen(&wholes, &mut more)];
            add_share(&mut plain, lanes, &affine, Start::At(0.0));
            for (row, (part, whole)) in parts.into_iter().zip(wholes).enumerate() {
                let expected = affine.over(part.lane(), whole.lane());
                assert_eq!(plain.0[row], expected, "{affine:?} of {part} in {whole}");
                // A reciprocal is a rounding more.
                let near = (small.0[row] - expected).abs() <= expected.abs() * 1e-15;
                assert!(near || small.0[row] == expected, "{affine:?} of {part} in {whole}");
            }
        }
    }
}
