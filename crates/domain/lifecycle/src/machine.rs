//! The one way in which a customer moves.
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::cmp::Ordering;

use chrono::{DateTime, Utc};
use guanxi_condition::{EventLog, Given, LeafAnswer, Moment};
use guanxi_core::{ActorId, AttributeId, Event, EventId, EventKind, FactValue, SubjectId};

use crate::definition::{Edge, Flag, Guard, Lifecycle};
use crate::id::{EdgeId, FlagId, Remark, StageId};
use crate::ledger::Ledger;
use crate::missing::Missing;
use crate::spec::{Origin, kinds};
use crate::state::{Approval, Cause, Highest, Move, State};

/// The most moves that time alone makes between two entries of a ledger.
const MAX_TIMED: usize = 1_000;

/// The most changes of one condition that are looked at without an end in sight.
const MAX_LOOKS: u32 = 4_096;

/// A customer between two instants: the moves so far, and the ledger that the next ones come from.
#[derive(Clone)]
pub(crate) struct Machine<'a> {
    definition: &'a Lifecycle,
    subject: &'a SubjectId,
    ledger: &'a Ledger,
    log: EventLog<'a>,
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

/// A guard with the stages in which it is asked.
#[derive(Clone, Copy)]
struct Asked<'a> {
    guard: &'a Guard,
    stages: &'a [StageId],
}

impl<'a> Machine<'a> {
    pub(crate) fn new(definition: &'a Lifecycle, subject: &'a SubjectId, ledger: &'a Ledger) -> Self {
        let log = EventLog::new(ledger.events());
        Self { definition, subject, ledger, log, moves: Vec::new(), stopped: false }
    }

    /// With what a state remembers, which must be one of the same definition.
    pub(crate) fn resume(self, state: &State) -> Self {
        Self { moves: state.moves.clone(), stopped: state.stopped, ..self }
    }

    pub(crate) fn stage(&self) -> Option<&StageId> {
        self.moves.last().map(|last| &last.to)
    }

    fn since(&self) -> Option<DateTime<Utc>> {
        self.moves.last().map(|last| last.at)
    }

    fn cycle(&self) -> u32 {
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

    /// The first instant after now at which an edge may be taken that may not be taken now.
    fn opens(&self, edge: &'a Edge, now: DateTime<Utc>, end: End) -> Option<DateTime<Utc>> {
        // Between two entries these stay as they are.
        if self.used_up(edge) || edge.known.iter().any(|(_, known)| !self.is_known(known, now)) {
            return None;
        }
        if edge.spec.approval.is_some() && self.approval(edge, now).is_none() {
            return None;
        }
        let (stayed, cooled) = (self.stayed(edge)?, self.cooled(edge)?);
        let begin = stayed.max(cooled).filter(|begin| *begin > now);
        let Some(guard) = &edge.guard else { return begin.filter(|at| end.admits(*at)) };
        let asked = Asked { guard, stages: &edge.stages };
        match begin {
            Some(begin) if !end.admits(begin) => None,
            Some(begin) if self.answers(asked, begin) => Some(begin),
            begin => self.turns(asked, begin.unwrap_or(now), end),
        }
    }

    /// The first instant after now at which a guard answers otherwise, by what an unknown answer counts as.
    fn turns(&self, asked: Asked<'_>, now: DateTime<Utc>, end: End) -> Option<DateTime<Utc>> {
        self.with_log(asked, |log| {
            let ask = |at| {
                let facts = self.ledger.at(at);
                let (given, moment) = (Given { facts: &facts, events: Some(log) }, self.moment(at));
                let accepted = asked.guard.accepts(asked.guard.when.holds(&given, &moment));
                (accepted, asked.guard.when.next_change(&given, &moment))
            };
            let (before, mut next) = ask(now);
            let mut looks = 0_u32;
            while let Some(at) = next.filter(|at| end.admits(*at)) {
                let (accepted, then) = ask(at);
                looks = looks.saturating_add(1);
                if accepted != before || (matches!(end, End::Never) && looks > MAX_LOOKS) {
                    return Some(at);
                }
                next = then.filter(|then| *then > at);
            }
            None
        })
    }

    /// Whether nothing stands before an edge.
    fn may_pass(&self, edge: &Edge, at: DateTime<Utc>) -> bool {
        let over = |until: Option<Option<DateTime<Utc>>>| {
            until.is_some_and(|until| until.is_none_or(|until| until <= at))
        };
        over(self.stayed(edge))
            && over(self.cooled(edge))
            && !self.used_up(edge)
            && edge.known.iter().all(|(_, known)| self.is_known(known, at))
            && (edge.spec.approval.is_none() || self.approval(edge, at).is_some())
            && (edge.guard.as_ref())
                .is_none_or(|guard| self.answers(Asked { guard, stages: &edge.stages }, at))
    }

    /// All that stands before an edge.
    pub(crate) fn missing(&self, edge: &Edge, at: DateTime<Utc>) -> Vec<Missing> {
        let mut missing: Vec<Missing> = edge
            .known
            .iter()
            .filter(|(_, known)| !self.is_known(known, at))
            .map(|(fact, _)| Missing::Fact { fact: fact.clone() })
            .collect();
        if let Some(role) = edge.spec.approval.as_ref().filter(|_| self.approval(edge, at).is_none()) {
            missing.push(Missing::Approval { role: role.clone() });
        }
        let waits = |until: Option<Option<DateTime<Utc>>>| match until {
            None => Some(None),
            Some(until) => until.filter(|until| *until > at).map(Some),
        };
        if let (Some(until), Some(span)) = (waits(self.stayed(edge)), edge.spec.after) {
            missing.push(Missing::Stay { span, until });
        }
        let reentry = edge.spec.reentry;
        if let (Some(until), Some(span)) = (waits(self.cooled(edge)), reentry.and_then(|own| own.cool_down)) {
            missing.push(Missing::CoolDown { span, until });
        }
        if let Some(at_most) = reentry.and_then(|own| own.at_most).filter(|_| self.used_up(edge)) {
            missing.push(Missing::Times { at_most });
        }
        if let Some(guard) = &edge.guard {
            let asked = Asked { guard, stages: &edge.stages };
            if !self.answers(asked, at) {
                missing.push(Missing::Condition { leaves: self.deciding(asked, at) });
            }
        }
        missing
    }

    /// Timed edges of the stage that are held back by something else than time and their condition.
    pub(crate) fn held_back(&self, at: DateTime<Utc>) -> Vec<(&'a Edge, Vec<Missing>)> {
        let barred = |missing: &Missing| !matches!(missing, Missing::Condition { .. } | Missing::Stay { .. });
        let held = self.timed().map(|edge| (edge, self.missing(edge, at)));
        held.filter(|(_, missing)| !missing.is_empty() && missing.iter().all(barred)).collect()
    }

    fn fire(&mut self, edge: &'a Edge, at: DateTime<Utc>, event: Option<&Event>) {
        let decided =
            edge.guard.as_ref().map(|guard| self.deciding(Asked { guard, stages: &edge.stages }, at));
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

    fn timed(&self) -> impl Iterator<Item = &'a Edge> {
        self.edges().filter(|edge| edge.is_timed())
    }

    const fn moment(&self, as_of: DateTime<Utc>) -> Moment {
        Moment { as_of, zone: self.definition.zone(), week_start: self.definition.week_start() }
    }

    fn is_known(&self, known: &guanxi_condition::Condition, at: DateTime<Utc>) -> bool {
        let facts = self.ledger.at(at);
        known.holds(&Given { facts: &facts, events: Some(&self.log) }, &self.moment(at)).is_true()
    }

    fn answers(&self, asked: Asked<'_>, at: DateTime<Utc>) -> bool {
        self.with_log(asked, |log| {
            let facts = self.ledger.at(at);
            let given = Given { facts: &facts, events: Some(log) };
            asked.guard.accepts(asked.guard.when.holds(&given, &self.moment(at)))
        })
    }

    /// The answers that force that of a guard; of one that is accepted, those of each of its parts.
    fn deciding(&self, asked: Asked<'_>, at: DateTime<Utc>) -> Vec<LeafAnswer> {
        self.with_log(asked, |log| {
            let facts = self.ledger.at(at);
            let (given, moment) = (Given { facts: &facts, events: Some(log) }, self.moment(at));
            let whole = asked.guard.when.explain(&given, &moment);
            if !asked.guard.accepts(whole.truth) {
                return whole.deciding;
            }
            let parts = asked.guard.parts.iter().map(|part| part.explain(&given, &moment).deciding);
            parts.flatten().collect()
        })
    }

    /// Lends the events that a guard looks at: those of the ledger and, where it asks for it, the one
    /// at which the stay in its stages began.
    fn with_log<R>(&self, asked: Asked<'_>, look: impl FnOnce(&EventLog<'_>) -> R) -> R {
        let began = if asked.guard.marked { self.stay(asked.stages) } else { None };
        let Some(occurred_at) = began else { return look(&self.log) };
        // Less than other ids, so that what happens at the same instant lies within the stay.
        let mut id = alloc::string::String::from("!");
        while self.log.iter().any(|event| event.id.as_str() == id) && id.len() < EventId::MAX_CHARS {
            id.push('!');
        }
        let Ok(id) = EventId::new(&id) else { return look(&self.log) };
        let marker = Event {
            id,
            subject: self.subject.clone(),
            kind: EventKind::checked(kinds::STAY),
            occurred_at,
            recorded_at: None,
            source: None,
            channel: None,
            attributes: Default::default(),
        };
        look(&EventLog::new(self.log.iter().chain([&marker])))
    }

    /// Since when the customer has been in one of some stages, without a break and in one cycle.
    fn stay(&self, stages: &[StageId]) -> Option<DateTime<Utc>> {
        let mut began = None;
        let mut cycle = self.cycle();
        for own in self.moves.iter().rev().take_while(|own| stages.contains(&own.to)) {
            if own.cycle != cycle {
                break;
            }
            began = Some(own.at);
            let entered = own.from.as_ref().is_none_or(|from| !stages.contains(from));
            cycle = own.cycle;
            if entered {
                break;
            }
        }
        began
    }

    /// When the customer has been long enough in the stage that an edge leaves: `Some(None)` if no time
    /// is asked for, `None` if that is beyond all time.
    fn stayed(&self, edge: &Edge) -> Option<Option<DateTime<Utc>>> {
        let Some((span, since)) = edge.spec.after.zip(self.since()) else { return Some(None) };
        span.after(since, self.definition.zone()).map(Some)
    }

    /// When the stage that an edge leads to has been left for long enough, likewise.
    fn cooled(&self, edge: &Edge) -> Option<Option<DateTime<Utc>>> {
        let left = self.moves.iter().rev().find(|own| own.from.as_ref() == Some(edge.to())).map(|own| own.at);
        let span = edge.spec.reentry.and_then(|own| own.cool_down);
        let Some((span, left)) = span.zip(left) else { return Some(None) };
        span.after(left, self.definition.zone()).map(Some)
    }

    /// Whether an edge has been taken as often as it may be.
    fn used_up(&self, edge: &Edge) -> bool {
        let at_most = edge.spec.reentry.and_then(|own| own.at_most);
        at_most.is_some_and(|at_most| {
            let taken = self.moves.iter().filter(|own| own.edge == *edge.id()).count();
            taken >= usize::from(at_most)
        })
    }

    /// The first approval of an edge since the stage was entered that no move rests on.
    fn approval(&self, edge: &Edge, at: DateTime<Utc>) -> Option<Approval> {
        let role = edge.spec.approval.as_ref()?;
        let since = self.since();
        let given = self.log.iter().find(|event| {
            event.kind.as_str() == kinds::APPROVED
                && event.occurred_at <= at
                && since.is_none_or(|since| since <= event.occurred_at)
                && text(event, "edge") == Some(edge.id().as_str())
                && text(event, "role") == Some(role.as_str())
                && !self
                    .moves
                    .iter()
                    .any(|own| own.approval.as_ref().is_some_and(|own| own.event == event.id))
        })?;
        Some(Approval { event: given.id.clone(), role: role.clone(), by: actor(given) })
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
        let stand = self
            .flags_here()
            .filter(|flag| self.answers(Asked { guard: &flag.guard, stages: &flag.stages }, at));
        stand.map(|flag| flag.id().clone()).collect()
    }

    /// What decided a flag.
    pub(crate) fn flag_leaves(&self, flag: &FlagId, at: DateTime<Utc>) -> Vec<LeafAnswer> {
        let own = self.flags_here().find(|own| own.id() == flag);
        own.map(|flag| self.deciding(Asked { guard: &flag.guard, stages: &flag.stages }, at))
            .unwrap_or_default()
    }

    /// The first instant after now at which a flag begins or ceases to stand, if nothing else happens.
    fn next_flag(&self, now: DateTime<Utc>, end: End) -> Option<DateTime<Utc>> {
        let mut first = None;
        for flag in self.flags_here() {
            let end = first.map_or(end, End::Before);
            let asked = Asked { guard: &flag.guard, stages: &flag.stages };
            first = self.turns(asked, now, end).or(first);
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

fn actor(event: &Event) -> Option<ActorId> {
    ActorId::new(text(event, "by")?).ok()
}

/// Whether an event may take an edge to where it leads: somebody who moves a customer says where to. Where
/// any first event leads into the life cycle, so does that one.
fn leads_to(edge: &Edge, event: &Event) -> bool {
    let entered = edge.spec.from == Origin::Nowhere && edge.takes_all();
    event.kind.as_str() != kinds::MOVED || entered || text(event, "to") == Some(edge.to().as_str())
}
