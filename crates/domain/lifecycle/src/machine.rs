//! The one way in which a customer moves.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use chrono::{DateTime, Utc};
use guanxi_condition::{EventLog, LeafAnswer};
use guanxi_core::{ActorId, AttributeId, Event, EventId, EventKind, FactValue, SubjectId};

use crate::bars::Gate;
use crate::definition::{Edge, Flag, Lifecycle};
use crate::id::{EdgeId, FlagId, Remark, StageId};
use crate::ledger::Ledger;
use crate::missing::Missing;
use crate::spec::{Origin, kinds};
use crate::state::{Cause, Highest, Move, State};
use crate::watch::Watches;

/// The most moves that time alone makes between two entries of a ledger.
const MAX_TIMED: usize = 1_000;

/// A customer between two instants: the moves so far, and the ledger that the next ones come from.
#[derive(Clone)]
pub(crate) struct Machine<'a> {
    pub(crate) definition: &'a Lifecycle,
    pub(crate) ledger: &'a Ledger,
    pub(crate) log: EventLog<'a>,
    pub(crate) watches: Watches<'a>,
    /// The event by which guards see when a stay began, at some instant.
    pub(crate) marker: Event,
    pub(crate) moves: Vec<Move>,
    pub(crate) stopped: bool,
}

/// How far time goes.
#[derive(Clone, Copy)]
pub(crate) enum End {
    /// Up to the instant before this one.
    Before(DateTime<Utc>),
    /// Up to this one.
    Until(DateTime<Utc>),
    /// As far as it goes.
    Never,
}

impl End {
    pub(crate) fn admits(self, at: DateTime<Utc>) -> bool {
        match self {
            Self::Before(end) => at < end,
            Self::Until(end) => at <= end,
            Self::Never => true,
        }
    }
}

/// What events did of which somebody wants to know.
#[derive(Default)]
pub(crate) struct Told<'a> {
    /// The events that are asked for.
    pub(crate) asked: BTreeSet<EventId>,
    /// Those of them that moved nothing, in their order.
    pub(crate) effects: Vec<(&'a Event, Effect<'a>)>,
}

/// Why an event moved nothing.
pub(crate) struct Effect<'a> {
    /// The stage at that instant.
    pub(crate) stage: Option<StageId>,
    /// The edges that it takes from there, with all that stands before them; maybe none.
    pub(crate) barred: Vec<(&'a Edge, Vec<Missing>)>,
}

enum Taken<'a> {
    Moved,
    Barred(Vec<&'a Edge>),
}

impl<'a> Machine<'a> {
    pub(crate) fn new(definition: &'a Lifecycle, subject: &'a SubjectId, ledger: &'a Ledger) -> Self {
        let log = EventLog::from(ledger.events());
        // Less than other ids, so that what happens at the same instant lies within the stay.
        let mut id = EventId::checked("!");
        let mut longer = String::from("!");
        while longer.len() < EventId::MAX_CHARS && log.iter().any(|event| event.id == id) {
            longer.push('!');
            id = EventId::new(&longer).unwrap_or(id);
        }
        let marker = Event {
            id,
            subject: subject.clone(),
            kind: EventKind::checked(kinds::STAY),
            occurred_at: DateTime::<Utc>::MIN_UTC,
            recorded_at: None,
            source: None,
            channel: None,
            attributes: BTreeMap::new(),
        };
        let watches = Watches::new(definition, ledger);
        Self { definition, ledger, log, watches, marker, moves: Vec::new(), stopped: false }
    }

    /// With what a state remembers, which must be one of the same definition.
    pub(crate) fn resume(self, state: &State) -> Self {
        Self { moves: state.moves.clone(), stopped: state.stopped, ..self }
    }

    pub(crate) fn stage(&self) -> Option<&StageId> {
        self.moves.last().map(|last| &last.to)
    }

    pub(crate) fn since(&self) -> Option<DateTime<Utc>> {
        self.moves.last().map(|last| last.at)
    }

    pub(crate) fn cycle(&self) -> u32 {
        self.moves.last().map_or(1, |last| last.cycle)
    }

    /// Takes everything after one instant and up to another into account: at each instant first its
    /// events by id, then timed edges.
    pub(crate) fn run(&mut self, after: Option<DateTime<Utc>>, as_of: DateTime<Utc>, told: &mut Told<'a>) {
        let mut now = after;
        for at in self.ledger.instants(after, as_of) {
            if let Some(now) = now {
                self.pass(now, End::Before(at));
            }
            self.arrive(at, told);
            now = Some(at);
        }
        if let Some(now) = now {
            self.pass(now, End::Until(as_of));
        }
    }

    /// Takes the entries of one instant.
    fn arrive(&mut self, at: DateTime<Utc>, told: &mut Told<'a>) {
        self.stopped = false;
        for event in self.ledger.events_at(at) {
            let effect = self.take(event);
            if told.asked.contains(&event.id) {
                let effect = match effect {
                    Taken::Moved => continue,
                    Taken::Barred(barred) => {
                        let barred = barred.into_iter().map(|edge| (edge, self.missing(edge, at)));
                        Effect { stage: self.stage().cloned(), barred: barred.collect() }
                    }
                };
                told.effects.push((event, effect));
            }
        }
        self.settle(at);
    }

    /// Lets an event take the first edge that may be taken.
    fn take(&mut self, event: &Event) -> Taken<'a> {
        let mut barred = Vec::new();
        for edge in self.definition.edges() {
            if !edge.leaves(self.stage()) || !edge.is_taken_by(&event.kind) || !leads_to(edge, event) {
                continue;
            }
            if self.may_pass(edge, event.occurred_at) {
                self.fire(edge, event.occurred_at, Some(event));
                return Taken::Moved;
            }
            barred.push(edge);
        }
        Taken::Barred(barred)
    }

    /// Takes timed edges at one instant for as long as any may be taken, but not round and round.
    fn settle(&mut self, at: DateTime<Utc>) {
        while !self.stopped {
            let Some(edge) = self.timed().find(|edge| self.may_pass(edge, at)) else { return };
            let last = self.ledger.last_instant(at);
            let timed = || self.moves.iter().rev().take_while(|own| own.cause == Cause::Time);
            let at_once = timed().take_while(|own| own.at == at).count();
            let in_all = timed().take_while(|own| last.is_none_or(|last| own.at > last)).count();
            if at_once >= self.definition.stages().len() || in_all >= MAX_TIMED {
                self.stopped = true;
                return;
            }
            self.fire(edge, at, None);
        }
    }

    /// Lets time pass in which no entry lies.
    fn pass(&mut self, now: DateTime<Utc>, end: End) {
        let mut now = now;
        while let Some((at, _)) = self.next_firing(now, end) {
            self.settle(at);
            now = at;
        }
    }

    /// The first instant after now at which a timed edge is taken, if no entry of the ledger lies before.
    pub(crate) fn next_firing(&self, now: DateTime<Utc>, end: End) -> Option<(DateTime<Utc>, &'a Edge)> {
        let mut first: Option<(DateTime<Utc>, &Edge)> = None;
        for edge in self.timed().filter(|_| !self.stopped) {
            let end = first.map_or(end, |(at, _)| End::Before(at));
            if let Some(at) = self.opens(edge, now, end) {
                first = Some((at, edge));
            }
        }
        first
    }

    fn fire(&mut self, edge: &'a Edge, at: DateTime<Utc>, event: Option<&Event>) {
        let decided = Gate::of_edge(edge).map(|gate| self.deciding(gate, at));
        let next = Move {
            at,
            from: self.stage().cloned(),
            to: edge.to().clone(),
            edge: edge.id().clone(),
            cause: event
                .map_or(Cause::Time, |event| Cause::Event { id: event.id.clone(), kind: event.kind.clone() }),
            regress: edge.spec.regress.clone(),
            cycle: self.cycle().saturating_add(u32::from(edge.spec.new_cycle)),
            by: event.and_then(actor),
            why: event.and_then(|event| Remark::new(text(event, "why")?).ok()),
            approval: self.approval(edge, at),
            decided: decided.unwrap_or_default(),
        };
        self.moves.push(next);
    }

    fn edges(&self) -> impl Iterator<Item = &'a Edge> {
        let stage = self.stage();
        self.definition.edges().iter().filter(move |edge| edge.leaves(stage))
    }

    pub(crate) fn timed(&self) -> impl Iterator<Item = &'a Edge> {
        self.edges().filter(|edge| edge.is_timed())
    }

    /// The highest stage of the ladder that was entered, when it was entered first.
    pub(crate) fn highest(&self) -> Option<Highest> {
        let mut highest: Option<(usize, &Move)> = None;
        for own in &self.moves {
            let Some(rank) = self.definition.rank(&own.to) else { continue };
            if highest.is_none_or(|(least, _)| least.cmp(&rank) == Ordering::Less) {
                highest = Some((rank, own));
            }
        }
        highest.map(|(_, own)| Highest { stage: own.to.clone(), at: own.at, cycle: own.cycle })
    }

    fn flags_here(&self) -> impl Iterator<Item = &'a Flag> {
        let stage = self.stage();
        self.definition
            .flags()
            .iter()
            .filter(move |flag| stage.is_some_and(|stage| flag.stages.contains(stage)))
    }

    /// The flags that stand at an instant.
    pub(crate) fn flags(&self, at: DateTime<Utc>) -> Vec<FlagId> {
        let stand = self.flags_here().filter(|flag| self.answers(Gate::of_flag(flag), at));
        stand.map(|flag| flag.id().clone()).collect()
    }

    /// What decided a flag.
    pub(crate) fn flag_leaves(&self, flag: &FlagId, at: DateTime<Utc>) -> Vec<LeafAnswer> {
        let own = self.flags_here().find(|own| own.id() == flag);
        own.map(|flag| self.deciding(Gate::of_flag(flag), at)).unwrap_or_default()
    }

    /// The first instant after now at which a flag begins or ceases to stand, if nothing else happens.
    fn next_flag(&self, now: DateTime<Utc>, end: End) -> Option<DateTime<Utc>> {
        let mut first = None;
        for flag in self.flags_here() {
            let end = first.map_or(end, End::Before);
            first = self.turns(Gate::of_flag(flag), now, end).or(first);
        }
        first
    }

    /// The first instant after now at which stage, cycle or flags are others. What the ledger knows of the
    /// future already happens.
    pub(crate) fn next_change(&self, now: DateTime<Utc>) -> Option<Change> {
        let flags = self.flags(now);
        let mut ahead = self.clone();
        let mut now = now;
        loop {
            let entry = self.ledger.next_instant(now);
            let end = entry.map_or(End::Never, End::Before);
            let firing = ahead.next_firing(now, end);
            let end = firing.map_or(end, |(at, _)| End::Before(at));
            if let Some(at) = ahead.next_flag(now, end) {
                return Some(Change { at, what: What::Flags(ahead.flags(at)) });
            }
            if let Some((at, edge)) = firing {
                return Some(Change { at, what: What::Move(edge.id().clone(), edge.to().clone()) });
            }
            let at = entry?;
            ahead.arrive(at, &mut Told::default());
            if let Some(own) = ahead.moves.get(self.moves.len()) {
                return Some(Change { at, what: What::Move(own.edge.clone(), own.to.clone()) });
            }
            let then = ahead.flags(at);
            if then != flags {
                return Some(Change { at, what: What::Flags(then) });
            }
            now = at;
        }
    }
}

/// What time alone brings next.
pub(crate) struct Change {
    pub(crate) at: DateTime<Utc>,
    pub(crate) what: What,
}

pub(crate) enum What {
    /// An edge is taken.
    Move(EdgeId, StageId),
    /// These flags stand.
    Flags(Vec<FlagId>),
}

/// The text of an attribute.
pub(crate) fn text<'a>(event: &'a Event, name: &'static str) -> Option<&'a str> {
    match event.attributes.get(&AttributeId::checked(name))? {
        FactValue::Text(text) => Some(text),
        _ => None,
    }
}

pub(crate) fn actor(event: &Event) -> Option<ActorId> {
    ActorId::new(text(event, "by")?).ok()
}

/// Whether an event may take an edge to where it leads: somebody who moves a customer says where to. Where
/// any first event leads into the life cycle, so does that one.
fn leads_to(edge: &Edge, event: &Event) -> bool {
    let entered = edge.spec.from == Origin::Nowhere && edge.takes_all();
    event.kind.as_str() != kinds::MOVED || entered || text(event, "to") == Some(edge.to().as_str())
}
