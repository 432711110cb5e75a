//! Some rows at a time: loops so plain that a compiler turns each into vector instructions.
//!
//! Floating point is an instrument here, never a result: see [`crate::Scorer::score_into`].
#![allow(clippy::float_arithmetic, reason = "every result is certified, or computed again in integers")]

use super::columns::Numbers;
use super::results::{RowScore, RowTier};

/// The rows of a block: few enough for the nearest cache, many enough to make loops worth starting.
pub(super) const ROWS: usize = 512;

/// The bits of a block's rows.
pub(super) type Bits = [u64; ROWS / 64];

/// One number a row.
#[repr(align(64))]
pub(super) struct Block(pub(super) [f64; ROWS]);

impl Block {
    pub(super) const fn new() -> Self {
        Self([0.0; ROWS])
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
    // Of a known length, a loop needs no care for its end.
    match numbers.first_chunk::<ROWS>() {
        Some(block) => lanes.iter_mut().zip(block).for_each(|(lane, number)| *lane = (*number).into()),
        None => lanes.iter_mut().zip(numbers).for_each(|(lane, number)| *lane = (*number).into()),
    }
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
    /// The points of a number. Whatever the number, they lie within the bounds.
    pub(super) fn of(&self, number: f64) -> f64 {
        clamp((number - self.from) * self.points, self.low, self.high)
    }

    /// Whether the points are a mere multiple.
    pub(super) fn bare(&self) -> bool {
        self.inside && self.from == 0.0
    }

    /// The points of a number over another.
    pub(super) fn over(&self, part: f64, whole: f64) -> f64 {
        clamp(part * self.points / whole, self.low, self.high)
    }
}

/// Within bounds; what is no number is within them, too.
fn clamp(value: f64, low: f64, high: f64) -> f64 {
    let value = if value > low { value } else { low };
    if value < high { value } else { high }
}

/// What a dimension's sum begins with, if it has not begun.
#[derive(Clone, Copy)]
pub(super) enum Start {
    At(f64),
    Begun,
}

/// Adds the points of a column to the sum of its dimension.
pub(super) fn add(sum: &mut Block, lanes: &Lanes<'_>, affine: &Affine, start: Start) {
    match lanes {
        Lanes::Short(lanes) => each(sum, *lanes, affine, start),
        Lanes::U32(lanes) => each(sum, lanes, affine, start),
        Lanes::I64(lanes) => each(sum, lanes, affine, start),
    }
}

#[inline(never)]
fn each<T: Lane>(sum: &mut Block, lanes: &[T], affine: &Affine, start: Start) {
    let Affine { from, points, low, high, unsigned, .. } = *affine;
    let capped = |x: f64| {
        let value = x * points;
        if value < high { value } else { high }
    };
    match (affine.bare(), unsigned && from == 0.0 && low == 0.0, from == 0.0) {
        (true, ..) => run(sum, lanes, start, |x| x * points),
        (_, true, _) => run(sum, lanes, start, capped),
        (.., true) => run(sum, lanes, start, |x| clamp(x * points, low, high)),
        _ => run(sum, lanes, start, |x| clamp((x - from) * points, low, high)),
    }
}

#[inline(always)]
fn run<T: Lane>(sum: &mut Block, lanes: &[T], start: Start, points: impl Fn(f64) -> f64) {
    match lanes.first_chunk::<ROWS>() {
        Some(block) => rows(sum, block.iter(), start, |x| points(x.lane())),
        None => rows(sum, lanes.iter(), start, |x| points(x.lane())),
    }
}

#[inline(always)]
fn rows<I>(sum: &mut Block, lanes: impl Iterator<Item = I>, start: Start, points: impl Fn(I) -> f64) {
    let rows = sum.0.iter_mut().zip(lanes);
    match start {
        Start::Begun => rows.for_each(|(sum, x)| *sum += points(x)),
        Start::At(0.0) => rows.for_each(|(sum, x)| *sum = points(x)),
        Start::At(first) => rows.for_each(|(sum, x)| *sum = points(x) + first),
    }
}

/// Adds the points of one column over another, if their numbers have one length; whether they have.
pub(super) fn add_share(sum: &mut Block, lanes: [&Lanes<'_>; 2], affine: &Affine, start: Start) -> bool {
    match lanes {
        [Lanes::Short(part), Lanes::Short(whole)] => quotients(sum, *part, *whole, affine, start),
        [Lanes::U32(part), Lanes::U32(whole)] => quotients(sum, part, whole, affine, start),
        [Lanes::I64(part), Lanes::I64(whole)] => quotients(sum, part, whole, affine, start),
        _ => return false,
    }
    true
}

#[inline(never)]
fn quotients<T: Lane>(sum: &mut Block, part: &[T], whole: &[T], affine: &Affine, start: Start) {
    let Affine { points, low, high, unsigned, .. } = *affine;
    let clamped = |(part, whole): (&T, &T)| clamp(part.lane() * points / whole.lane(), low, high);
    let capped = |(part, whole): (&T, &T)| {
        let value = part.lane() * points / whole.lane();
        if value < high { value } else { high }
    };
    match (part.first_chunk::<ROWS>(), whole.first_chunk::<ROWS>()) {
        (Some(part), Some(whole)) if unsigned && low == 0.0 => {
            rows(sum, part.iter().zip(whole), start, capped);
        }
        (Some(part), Some(whole)) => rows(sum, part.iter().zip(whole), start, clamped),
        _ => rows(sum, part.iter().zip(whole), start, clamped),
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
        let rows = a.0.iter().zip(&b.0).zip(&c.0);
        for (fixed, ((a, b), c)) in self.fixed.iter_mut().zip(rows) {
            *fixed = low_bits(a + b + c + POINTS);
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

    /// In units of 2^-16, the points and one half lie within 0.6 of what they are exactly. Where the low
    /// 16 bits are not all 0, both lie between the same two whole numbers of points, and the rounding is
    /// proven; where they are, the row is in doubt.
    #[inline(always)]
    fn settle(&mut self) -> bool {
        for (score, fixed) in self.scores.iter_mut().zip(&self.fixed) {
            *score = RowScore::raw(high_half(*fixed));
        }
        self.fixed.iter().fold(0, |any, fixed| any | u32::from(fixed & 0xFFFF == 0)) != 0
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
