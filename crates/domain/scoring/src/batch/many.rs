//! Decisions for many customers, with scores from a batch.
use alloc::vec;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Decision, Facts};
use rust_decimal::Decimal;

use super::block::{Bits, ROWS};
use super::columns::{Column, Columns};
use super::masks::{NO_ROW, bit, mark};
use super::results::Room;
use super::term::Wire;
use crate::assessment::{Assessment, Given};
use crate::evaluate::Scored;
use crate::input::{Input, Inputs, Role};
use crate::reason::Reason;
use crate::scorer::Scorer;

/// The customers that are decided together: what was heard of them stays in a near cache.
const AT_ONCE: usize = 128;

const _: () = assert!(AT_ONCE <= ROWS, "those decided together are scored together");

impl Scorer {
    /// Assesses customers, in their order: the decisions of [`Scorer::assess`], with the scores of
    /// some hundred customers at a time from one batch.
    pub fn assess_many<'f, F: Facts + 'f>(
        &self,
        customers: impl IntoIterator<Item = (&'f F, &'f Given)>,
        as_of: DateTime<Utc>,
    ) -> Vec<Decision<Assessment, Reason>> {
        let mut customers = customers.into_iter();
        let mut decisions = Vec::with_capacity(customers.size_hint().0);
        let mut gathered = Gathered::new(self);
        let mut block = Vec::with_capacity(AT_ONCE);
        loop {
            block.clear();
            for (facts, given) in customers.by_ref().take(AT_ONCE) {
                block.push((self.heard(facts, as_of), given));
            }
            if block.is_empty() {
                return decisions;
            }
            let scored = gathered.score(self, block.iter().map(|(heard, _)| &heard.inputs));
            for (row, (heard, given)) in block.iter().enumerate() {
                let scored = scored.and_then(|()| gathered.get(row));
                decisions.push(self.decide(heard, scored, given, as_of));
            }
        }
    }
}

/// The facts of a block of customers, turned to columns, and their scores.
struct Gathered {
    /// For each fact that weighs.
    facts: Vec<Gathering>,
    /// The rows that no column holds.
    lost: Bits,
    room: Room,
}

/// One fact of a block of customers.
struct Gathering {
    decimals: Vec<Decimal>,
    units: Vec<i64>,
    places: u32,
    /// The rows of which something was said.
    told: Bits,
    known: Bits,
    applicable: Bits,
}

/// What an input says of a fact.
#[derive(Clone, Copy)]
enum Told {
    Known(Decimal),
    Missing,
    NotApplicable,
}

impl Gathered {
    fn new(scorer: &Scorer) -> Self {
        let gathering = || Gathering {
            decimals: vec![Decimal::ZERO; ROWS],
            units: vec![0; ROWS],
            places: 0,
            told: NO_ROW,
            known: NO_ROW,
            applicable: NO_ROW,
        };
        Self {
            facts: scorer.wiring.slots.iter().map(|_| gathering()).collect(),
            lost: NO_ROW,
            room: Room::new(),
        }
    }

    /// Scores a block; `None` if the policy has no columns.
    fn score<'i>(
        &mut self,
        scorer: &Scorer,
        inputs: impl ExactSizeIterator<Item = &'i Inputs>,
    ) -> Option<()> {
        let count = inputs.len();
        self.lost = NO_ROW;
        for fact in &mut self.facts {
            (fact.told, fact.known, fact.applicable) = (NO_ROW, NO_ROW, NO_ROW);
            fact.places = 0;
        }
        for (row, inputs) in inputs.enumerate() {
            for wire in &scorer.wiring.wires {
                let (own, whole) = told(inputs.get(wire.position)?);
                self.note(wire, own, whole, row);
            }
        }
        for fact in &mut self.facts {
            fact.unify(count, &mut self.lost);
        }
        let rows = ..count;
        let mut columns = Columns::new(count);
        for (slot, fact) in scorer.wiring.slots.iter().zip(&self.facts) {
            let column = Column::of(fact.units.get(rows)?)
                .with_places(u8::try_from(fact.places).ok()?)
                .with_known(&fact.known)
                .with_applicable(&fact.applicable);
            columns = columns.with(slot.fact.clone(), column).ok()?;
        }
        scorer.score_into(&columns, &mut self.room.results(count)).ok()
    }

    fn note(&mut self, wire: &Wire, own: Option<Told>, whole: Option<Told>, row: usize) {
        let of_whole = wire.whole.zip(whole);
        for (slot, told) in own.map(|own| (wire.slot, own)).into_iter().chain(of_whole) {
            let Some(fact) = self.facts.get_mut(slot) else { continue };
            // Two indicators can see one fact differently: to one of them it may be too old.
            if !fact.note(told, row) {
                mark(&mut self.lost, row);
            }
        }
    }

    /// The scores of a row, unless no column held it.
    fn get(&self, row: usize) -> Option<Scored> {
        if bit(&self.lost, row) { None } else { self.room.get(row).map(|(_, scored)| scored) }
    }
}

impl Gathering {
    /// Notes what an input says; false if another one said something else.
    fn note(&mut self, told: Told, row: usize) -> bool {
        let before = bit(&self.told, row).then(|| (bit(&self.known, row), bit(&self.applicable, row)));
        let Some(place) = self.decimals.get_mut(row) else { return false };
        let states = (matches!(told, Told::Known(_)), !matches!(told, Told::NotApplicable));
        if let Some(before) = before {
            return before == states && !matches!(told, Told::Known(number) if number != *place);
        }
        mark(&mut self.told, row);
        if states.1 {
            mark(&mut self.applicable, row);
        }
        if let Told::Known(number) = told {
            mark(&mut self.known, row);
            self.places = self.places.max(number.scale());
            *place = number;
        }
        true
    }

    /// Turns the decimals to whole numbers of one unit; rows that do not fit are lost.
    fn unify(&mut self, rows: usize, lost: &mut Bits) {
        for (row, (units, decimal)) in self.units.iter_mut().zip(&self.decimals).take(rows).enumerate() {
            if !bit(&self.told, row) {
                // Nobody asked: it applies, and is not known.
                mark(&mut self.applicable, row);
            }
            if bit(&self.known, row) {
                let power = 10_i128.checked_pow(self.places.saturating_sub(decimal.scale()));
                let exact = power.and_then(|power| decimal.mantissa().checked_mul(power));
                match exact.and_then(|exact| i64::try_from(exact).ok()) {
                    Some(exact) => *units = exact,
                    None => mark(lost, row),
                }
            }
        }
    }
}

/// What an input says of its own fact, and of the fact that it is a share of.
const fn told(input: &Input) -> (Option<Told>, Option<Told>) {
    match input {
        Input::Known { x, whole, .. } => {
            let whole = match whole {
                Some(whole) => Some(Told::Known(*whole)),
                None => None,
            };
            (Some(Told::Known(*x)), whole)
        }
        Input::Missing { fact: Role::Own, .. } | Input::Unasked => (Some(Told::Missing), None),
        Input::Missing { fact: Role::Whole, .. } => (None, Some(Told::Missing)),
        Input::NotApplicable { fact: Role::Own } => (Some(Told::NotApplicable), None),
        Input::NotApplicable { fact: Role::Whole } => (None, Some(Told::NotApplicable)),
    }
}
