//! A policy's indicators wired to columns, with their constants in floating point.
#![allow(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "every result is certified, or computed again in integers"
)]
use alloc::vec::Vec;

use guanxi_core::{FactId, FactKind, FactSchema};
use rust_decimal::Decimal;

use super::block::{Affine, alike};
use super::columns::{Column, Columns, ColumnsError, Numbers};
use crate::dimension::Dimension;
use crate::input::Chain;
use crate::plan::Form;
use crate::policy::{MAX_INDICATORS, ScoringPolicy};
use crate::spec::{Direction, MissingRule, Normaliser};

/// The most facts that columns can have for one policy: two for each indicator, and the wholes that bound them.
pub(super) const MAX_FACTS: usize = 48;

/// A fact that the policy reads in order to weigh it.
pub(super) struct Slot {
    pub(super) fact: FactId,
    kind: FactKind,
    /// The bounds of its schema.
    least: Option<Decimal>,
    most: Option<Decimal>,
    /// The slot of the fact that it is a part of, always an earlier one.
    pub(super) part_of: Option<usize>,
}

/// An indicator that weighs something.
pub(super) struct Wire {
    /// Its position in the policy.
    pub(super) position: usize,
    pub(super) dimension: Dimension,
    pub(super) slot: usize,
    /// The second fact of a share.
    pub(super) whole: Option<usize>,
    /// Its part in its dimension.
    pub(super) part: f64,
    pub(super) missing: MissingRule,
    direction: Direction,
    form: Form,
}

/// What a batch needs of a policy and a reference, whatever the columns.
pub(crate) struct Wiring {
    pub(super) slots: Vec<Slot>,
    pub(super) wires: Vec<Wire>, // by dimension
    /// For each dimension, its weight in the composite, the sum of its indicators' parts, and the points
    /// that it is worth in a sum.
    pub(super) dimensions: [Worth; 3],
    /// The sum of the dimensions' weights.
    pub(super) whole: f64,
    /// The floors above 0, highest first, in fours; one of 0 lies above no score.
    pub(super) floors: Vec<[i16; 4]>,
}

/// What a dimension is worth.
#[derive(Clone, Copy, Default)]
pub(super) struct Worth {
    /// Its weight in the composite.
    pub(super) weight: f64,
    /// The sum of the parts of its indicators; 0 if it has none.
    pub(super) parts: f64,
    /// The hundredths of a point that it brings to a sum when every indicator earns 1.
    pub(super) points: f64,
    /// The first of its wires, and the one after the last.
    pub(super) wires: (usize, usize),
}

impl Wiring {
    pub(crate) fn new(policy: &ScoringPolicy, form: impl Fn(usize) -> Form) -> Self {
        let mut slots: Vec<Slot> = Vec::new();
        let mut wires = Vec::new();
        let whole = policy.dimension_part(Dimension::Value).1 as f64;
        let mut dimensions = Dimension::ALL.map(|dimension| {
            let weight = policy.dimension_part(dimension).0 as f64;
            let points = if weight > 0.0 { 10_000.0 * weight / whole } else { 10_000.0 };
            Worth { weight, parts: 0.0, points, wires: (0, 0) }
        });
        for (position, (indicator, part, reads)) in
            policy.reading().enumerate().filter(|(_, read)| read.1 > 0)
        {
            let slot = slot_of(&mut slots, &reads.fact);
            let whole = match indicator.normaliser {
                Normaliser::ShareOf { .. } => reads.whole.as_ref().map(|chain| slot_of(&mut slots, chain)),
                _ => None,
            };
            let part = part as f64;
            for (worth, dimension) in dimensions.iter_mut().zip(Dimension::ALL) {
                worth.parts += if dimension == indicator.dimension { part } else { 0.0 };
            }
            wires.push(Wire {
                position,
                dimension: indicator.dimension,
                slot,
                whole,
                part,
                missing: indicator.missing,
                direction: indicator.direction,
                form: form(position),
            });
        }
        // By dimension, so that each sum is done before the next begins.
        wires.sort_by_key(|wire| wire.dimension);
        for (worth, dimension) in dimensions.iter_mut().zip(Dimension::ALL) {
            let before = |end: Dimension| wires.iter().take_while(|wire| wire.dimension < end).count();
            let own = wires.iter().filter(|wire| wire.dimension == dimension).count();
            worth.wires = (before(dimension), before(dimension) + own);
        }
        let floors: Vec<i16> = policy
            .bands()
            .iter()
            .map(|(_, floor)| floor.hundredths().cast_signed())
            .filter(|floor| *floor > 0)
            .collect();
        let four = |floors: &[i16]| core::array::from_fn(|at| floors.get(at).copied().unwrap_or_default());
        Self { slots, wires, dimensions, whole, floors: floors.chunks(4).map(four).collect() }
    }
}

/// The slot of the first fact of a chain, with those of its wholes before it.
fn slot_of(slots: &mut Vec<Slot>, chain: &Chain) -> usize {
    let mut whole = None;
    for (fact, schema) in chain.iter().rev() {
        let found = slots.iter().position(|slot| slot.fact == *fact);
        whole = found.or_else(|| {
            let FactSchema { kind, min, max, .. } = *schema;
            let (least, most) = match kind {
                FactKind::Level { of } => (Some(Decimal::ONE), Some(Decimal::from(of))),
                FactKind::Bool => (Some(Decimal::ZERO), Some(Decimal::ONE)),
                _ => (None, None),
            };
            let (least, most) =
                (least.max(min), most.map_or(max, |most| Some(max.map_or(most, |max| max.min(most)))));
            slots.push(Slot { fact: fact.clone(), kind, least, most, part_of: whole });
            slots.len().checked_sub(1)
        });
    }
    whole.unwrap_or_default()
}

/// A slot with its column.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) column: Column<'a>,
    /// The bounds of the schema in the column's units; those of the type, where there are none.
    pub(super) least: i64,
    pub(super) most: i64,
    /// Whether these say more than the type.
    pub(super) bounded: bool,
    /// Whether another fact is divided by it.
    pub(super) divides: bool,
    pub(super) part_of: Option<usize>,
}

/// An indicator with the constants for its column.
#[derive(Clone, Copy)]
pub(super) struct Term<'k, 'a> {
    pub(super) wire: &'k Wire,
    pub(super) shape: Shape<'a>,
    /// What it earns at most, in hundredths of a point.
    pub(super) most: f64,
    /// What it earns besides the points of its shape: its most, where less is better.
    pub(super) offset: f64,
}

/// How an indicator's input becomes points.
#[derive(Clone, Copy)]
pub(super) enum Shape<'a> {
    /// No input is worth anything: there is nothing to divide by, or no column.
    Never,
    Affine(Numbers<'a>, Affine),
    /// One column over another.
    Share(Numbers<'a>, Numbers<'a>, Affine),
    /// Computed exactly, row by row.
    Computed(Column<'a>),
}

impl Shape<'_> {
    /// Whether a plain loop sums its points.
    pub(super) const fn plain(&self) -> bool {
        match self {
            Self::Affine(..) => true,
            Self::Share(part, whole, _) => alike(part, whole),
            Self::Never | Self::Computed(_) => false,
        }
    }

    /// Whether all that it is worth stands in a sum of plain loops.
    pub(super) const fn summed(&self) -> bool {
        self.plain() || matches!(self, Self::Never)
    }
}

/// A batch's wiring, bound to columns.
pub(super) struct Bound<'k, 'a> {
    pub(super) wiring: &'k Wiring,
    pub(super) sources: [Option<Source<'a>>; MAX_FACTS],
    terms: [Option<Term<'k, 'a>>; MAX_INDICATORS], // INVARIANT: one for each wire, in order
    /// Whether floating point can prove anything at all.
    pub(super) certain: bool,
    /// Whether everything is known of rows whose numbers fit their schemas, and plain loops do for all of it.
    pub(super) plain: bool,
}

impl<'k, 'a> Bound<'k, 'a> {
    pub(super) fn source(&self, slot: usize) -> Option<&Source<'a>> {
        self.sources.get(slot)?.as_ref()
    }

    /// All terms with their places, by dimension.
    pub(super) fn terms(&self) -> impl Iterator<Item = (usize, &Term<'k, 'a>)> {
        self.terms.iter().map_while(Option::as_ref).enumerate()
    }

    /// The terms of a dimension with their places.
    pub(super) fn of(&self, worth: &Worth) -> impl Iterator<Item = (usize, &Term<'k, 'a>)> + Clone {
        let (first, end) = worth.wires;
        (first..end).zip(self.terms.get(first..end).unwrap_or_default().iter().flatten())
    }
}

impl Wiring {
    /// Looks up the columns; nothing here depends on the number of rows.
    pub(super) fn bind<'k, 'a>(&'k self, columns: &Columns<'a>) -> Result<Bound<'k, 'a>, ColumnsError> {
        if self.slots.len() > MAX_FACTS {
            return Err(ColumnsError::TooManyFacts { given: self.slots.len(), allowed: MAX_FACTS });
        }
        let mut bound = Bound {
            wiring: self,
            sources: [None; MAX_FACTS],
            terms: [None; MAX_INDICATORS],
            certain: true,
            plain: true,
        };
        for (source, slot) in bound.sources.iter_mut().zip(&self.slots) {
            *source = columns.get(&slot.fact).map(|column| slot.source(*column)).transpose()?;
        }
        let slots = bound.sources.iter().take(self.slots.len());
        let bare = |column: &Column<'_>| column.known.is_none() && column.applicable.is_none();
        bound.plain = slots.flatten().filter(|source| bare(&source.column)).count() == self.slots.len()
            && self.dimensions.iter().all(|worth| worth.parts > 0.0);
        for (at, wire) in self.wires.iter().enumerate() {
            let worth = self.dimensions.get(wire.dimension as usize).copied().unwrap_or_default();
            let most = worth.points * wire.part / worth.parts;
            let shape = bound.shape(wire, most);
            bound.certain &= shape.is_some();
            bound.plain &= shape.as_ref().is_some_and(|(shape, _)| shape.plain());
            let (shape, offset) = shape.unwrap_or_else(|| (bound.computed(wire), 0.0));
            if let Some(term) = bound.terms.get_mut(at) {
                *term = Some(Term { wire, shape, most, offset });
            }
        }
        for whole in self.wires.iter().filter_map(|wire| wire.whole) {
            if let Some(Some(source)) = bound.sources.get_mut(whole) {
                source.divides = true;
            }
        }
        Ok(bound)
    }
}

impl Slot {
    fn source<'a>(&self, column: Column<'a>) -> Result<Source<'a>, ColumnsError> {
        if column.places > 0 && self.kind != FactKind::Decimal {
            let (fact, kind, given) = (self.fact.clone(), self.kind, column.places);
            return Err(ColumnsError::Places { fact, kind, given, allowed: 0 });
        }
        let range = column.numbers.range();
        // Rounded inwards: a number of whole units lies within the bounds if it lies within these.
        let least = self.least.map_or(i128::MIN, |bound| units(-bound, column.places).saturating_neg());
        let most = self.most.map_or(i128::MAX, |bound| units(bound, column.places));
        let (least, most) = (least.max(range.0.into()), most.min(range.1.into()));
        // No number lies between 1 and 0, if none of the column's type is allowed.
        let (least, most) = match (i64::try_from(least), i64::try_from(most)) {
            (Ok(least), Ok(most)) if least <= most => (least, most),
            _ => (1, 0),
        };
        Ok(Source {
            column,
            least,
            most,
            bounded: (least, most) != range,
            divides: false,
            part_of: self.part_of,
        })
    }
}

/// A bound in units of 10^-places, rounded down; the nearest 128-bit number, where it has more bits.
fn units(bound: Decimal, places: u8) -> i128 {
    let (mantissa, scale) = (bound.mantissa(), bound.scale());
    let power = |exponent: u32| 10_i128.checked_pow(exponent).unwrap_or(i128::MAX);
    match u32::from(places).checked_sub(scale) {
        Some(more) => mantissa.saturating_mul(power(more)),
        None => mantissa.div_euclid(power(scale.saturating_sub(places.into()))),
    }
}

impl<'a> Bound<'_, 'a> {
    /// An indicator of which floating point proves nothing.
    fn computed(&self, wire: &Wire) -> Shape<'a> {
        self.source(wire.slot).map_or(Shape::Never, |source| Shape::Computed(source.column))
    }

    /// The points of an indicator, and what is added to them; `None` where floating point cannot vouch for
    /// them.
    fn shape(&self, wire: &Wire, most: f64) -> Option<(Shape<'a>, f64)> {
        let Some(number) = self.source(wire.slot) else { return Some((Shape::Never, 0.0)) };
        let numbers = number.column.numbers;
        let places = i32::from(number.column.places);
        let reversed = wire.direction == Direction::LowerIsBetter;
        let (sign, offset, low, high) =
            if reversed { (-1.0, most, -most, 0.0) } else { (1.0, 0.0, 0.0, most) };
        let over = |from: f64, span: f64| {
            let inside = number.least as f64 >= from && number.most as f64 <= from + span;
            Affine { from, points: sign * most / span, low, high, inside, unsigned: number.least >= 0 }
        };
        Some(match &wire.form {
            Form::Wide => return None,
            Form::Never => (Shape::Never, 0.0),
            Form::Computed => (Shape::Computed(number.column), 0.0),
            Form::Total { steps } => {
                (Shape::Affine(numbers, over(0.0, times_ten_to(*steps as f64, places - 28))), offset)
            }
            Form::Linear { from, span } => {
                let (from, span) = (float(*from, places), float(*span, places));
                // So far from its origin, a short span would drown in the rounding of the difference.
                if from.abs() > span * 131_072.0 {
                    return None;
                }
                (Shape::Affine(numbers, over(from, span)), offset)
            }
            Form::Level { of } => {
                let of = f64::from(*of);
                let affine = Affine { inside: true, ..over(0.0, of) };
                (Shape::Affine(numbers, affine), if reversed { most * (of + 1.0) / of } else { 0.0 })
            }
            Form::Share => match wire.whole.and_then(|whole| self.source(whole)) {
                None => (Shape::Never, 0.0),
                Some(whole) => {
                    let points = times_ten_to(sign * most, i32::from(whole.column.places) - places);
                    let affine = Affine { points, inside: false, ..over(0.0, 1.0) };
                    (Shape::Share(numbers, whole.column.numbers, affine), offset)
                }
            },
        })
    }
}

/// A decimal in units of 10^-places.
fn float(value: Decimal, places: i32) -> f64 {
    times_ten_to(value.mantissa() as f64, places - i32::try_from(value.scale()).unwrap_or_default())
}

/// A number times a power of ten.
fn times_ten_to(number: f64, exponent: i32) -> f64 {
    let power = POWERS.get(usize::try_from(exponent.unsigned_abs()).unwrap_or_default()).copied();
    // No exponent is beyond the table.
    let power = power.unwrap_or(f64::NAN);
    if exponent < 0 { number / power } else { number * power }
}

/// 10^0 to 10^28.
const POWERS: [f64; 29] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28,
];
