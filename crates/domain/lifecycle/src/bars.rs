//! What stands before an edge, and when it no longer does.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::{Condition, Given, LeafAnswer, Moment};
use guanxi_core::Event;

use crate::definition::{Edge, Flag, Guard};
use crate::id::StageId;
use crate::machine::{End, Machine, actor, text};
use crate::missing::Missing;
use crate::spec::kinds;
use crate::state::Approval;
use crate::watch::Asked;

/// When something that takes time is over: at once, or at an instant; `None` if never.
type Over = Option<Option<DateTime<Utc>>>;

/// A condition, its place among all, and the stages that its stay is counted in.
#[derive(Clone, Copy)]
pub(crate) struct Gate<'a> {
    place: usize,
    guard: &'a Guard,
    stages: &'a [StageId],
}

impl<'a> Gate<'a> {
    pub(crate) fn of_edge(edge: &'a Edge) -> Option<Self> {
        let guard = edge.guard.as_ref()?;
        Some(Self { place: edge.place, guard, stages: &edge.stages })
    }

    pub(crate) const fn of_flag(flag: &'a Flag) -> Self {
        Self { place: flag.place, guard: &flag.guard, stages: flag.stages.as_slice() }
    }
}

impl<'a> Machine<'a> {
    /// The first instant after now at which an edge may be taken that may not be taken now.
    pub(crate) fn opens(&self, edge: &'a Edge, now: DateTime<Utc>, end: End) -> Option<DateTime<Utc>> {
        // Between two entries these stay as they are.
        if !self.is_ready(edge, now) {
            return None;
        }
        let (stayed, cooled) = (self.stayed(edge)?, self.cooled(edge)?);
        let begin = stayed.max(cooled).filter(|begin| *begin > now);
        let Some(gate) = Gate::of_edge(edge) else { return begin.filter(|at| end.admits(*at)) };
        match begin {
            Some(begin) if !end.admits(begin) => None,
            Some(begin) if self.answers(gate, begin) => Some(begin),
            begin => self.turns(gate, begin.unwrap_or(now), end),
        }
    }

    /// The first instant after now at which a condition answers otherwise, by what an unknown answer counts
    /// as.
    pub(crate) fn turns(&self, gate: Gate<'_>, now: DateTime<Utc>, end: End) -> Option<DateTime<Utc>> {
        let (before, mut next) = self.ask(gate, now);
        while let Some(at) = next.filter(|at| end.admits(*at)) {
            let (accepted, then) = self.ask(gate, at);
            if accepted != before {
                return Some(at);
            }
            next = then;
        }
        None
    }

    /// Whether nothing stands before an edge that does not come with time.
    fn is_ready(&self, edge: &Edge, at: DateTime<Utc>) -> bool {
        !self.used_up(edge)
            && edge.known.iter().all(|(_, known)| self.is_known(known, at))
            && (edge.spec.approval.is_none() || self.approval(edge, at).is_some())
    }

    /// Whether nothing stands before an edge.
    pub(crate) fn may_pass(&self, edge: &Edge, at: DateTime<Utc>) -> bool {
        let over = |over: Over| over.is_some_and(|until| until.is_none_or(|until| until <= at));
        over(self.stayed(edge))
            && over(self.cooled(edge))
            && self.is_ready(edge, at)
            && Gate::of_edge(edge).is_none_or(|gate| self.answers(gate, at))
    }

    /// All that stands before an edge.
    pub(crate) fn missing(&self, edge: &Edge, at: DateTime<Utc>) -> Vec<Missing> {
        let unknown = edge.known.iter().filter(|(_, known)| !self.is_known(known, at));
        let mut missing: Vec<Missing> =
            unknown.map(|(fact, _)| Missing::Fact { fact: fact.clone() }).collect();
        if let Some(role) = edge.spec.approval.as_ref().filter(|_| self.approval(edge, at).is_none()) {
            missing.push(Missing::Approval { role: role.clone() });
        }
        let waits = |over: Over| match over {
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
        if let Some(gate) = Gate::of_edge(edge).filter(|gate| !self.answers(*gate, at)) {
            missing.push(Missing::Condition { leaves: self.deciding(gate, at) });
        }
        missing
    }

    /// Timed edges of the stage that are held back by something else than time and their condition.
    pub(crate) fn held_back(&self, at: DateTime<Utc>) -> Vec<(&'a Edge, Vec<Missing>)> {
        let passed = |edge: &&Edge| {
            self.stayed(edge).is_some_and(|until| until.is_none_or(|until| until <= at))
                && Gate::of_edge(edge).is_none_or(|gate| self.answers(gate, at))
        };
        let held = self.timed().filter(passed).map(|edge| (edge, self.missing(edge, at)));
        held.filter(|(_, missing)| !missing.is_empty()).collect()
    }

    /// When the customer has been long enough in the stage that an edge leaves.
    fn stayed(&self, edge: &Edge) -> Over {
        let Some((span, since)) = edge.spec.after.zip(self.since()) else { return Some(None) };
        span.after(since, self.definition.zone()).map(Some)
    }

    /// When the stage that an edge leads to has been left for long enough.
    fn cooled(&self, edge: &Edge) -> Over {
        let Some(span) = edge.spec.reentry.and_then(|own| own.cool_down) else { return Some(None) };
        let left = self.moves.iter().rev().find(|own| own.from.as_ref() == Some(edge.to()));
        let Some(left) = left else { return Some(None) };
        span.after(left.at, self.definition.zone()).map(Some)
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
    pub(crate) fn approval(&self, edge: &Edge, at: DateTime<Utc>) -> Option<Approval> {
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

    fn is_known(&self, known: &Condition, at: DateTime<Utc>) -> bool {
        let facts = self.ledger.at(at);
        known.holds(&Given { facts: &facts, events: Some(&self.log) }, &self.moment(at)).is_true()
    }

    const fn moment(&self, as_of: DateTime<Utc>) -> Moment {
        Moment { as_of, zone: self.definition.zone(), week_start: self.definition.week_start() }
    }

    /// Whether a condition is passed, and the first instant at which that may be otherwise.
    fn ask(&self, gate: Gate<'_>, at: DateTime<Utc>) -> (bool, Option<DateTime<Utc>>) {
        let marker = self.marker(gate);
        let asked = Asked { place: gate.place, guard: gate.guard, marker: marker.as_ref() };
        self.watches.ask(asked, at)
    }

    pub(crate) fn answers(&self, gate: Gate<'_>, at: DateTime<Utc>) -> bool {
        self.ask(gate, at).0
    }

    /// The answers that force that of a condition; of one that is passed, those of each of its parts.
    pub(crate) fn deciding(&self, gate: Gate<'_>, at: DateTime<Utc>) -> Vec<LeafAnswer> {
        let marker = self.marker(gate);
        let log = self.log.until(at);
        let log = match &marker {
            Some(marker) => log.with(marker),
            None => log,
        };
        let facts = self.ledger.at(at);
        let (given, moment) = (Given { facts: &facts, events: Some(&log) }, self.moment(at));
        let whole = gate.guard.when.explain(&given, &moment);
        if !gate.guard.accepts(whole.truth) {
            return whole.deciding;
        }
        let parts = gate.guard.parts.iter().map(|part| part.explain(&given, &moment).deciding);
        parts.flatten().collect()
    }

    /// The event that a condition sees where it asks for the beginning of the stay.
    fn marker(&self, gate: Gate<'_>) -> Option<Event> {
        let occurred_at = self.stay(gate.stages).filter(|_| gate.guard.marked)?;
        Some(Event { occurred_at, ..self.marker.clone() })
    }

    /// Since when the customer has been in one of some stages, without a break and in one cycle.
    fn stay(&self, stages: &[StageId]) -> Option<DateTime<Utc>> {
        let cycle = self.cycle();
        let within = self.moves.iter().rev().take_while(|own| stages.contains(&own.to) && own.cycle == cycle);
        within.last().map(|first| first.at)
    }
}
