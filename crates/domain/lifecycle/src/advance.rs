//! One door: from a state and what is new to the state of now.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Added, Basis, Decision, Event, EventId, Fact, FactMap, Facts, Observation, SubjectId};
use serde::{Deserialize, Serialize};

use crate::definition::{Edge, Lifecycle, LifecycleDocument};
use crate::id::{FlagId, StageId};
use crate::ledger::Ledger;
use crate::machine::{Change, Effect, Machine, Told, What, text};
use crate::reason::Reason;
use crate::spec::kinds;
use crate::state::{Move, State};

static NO_FACTS: FactMap = FactMap::new();

/// What is known when a customer is advanced: its state, and what is new since.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// Whose it is.
    pub subject: &'a SubjectId,
    /// What the last call left; `None` the first time.
    pub state: Option<&'a State>,
    /// Events that are new, in any order; ones that are known already do no harm.
    pub events: &'a [Event],
    /// Facts as they are known now. One that was observed at an instant counts from then on, beside
    /// what was observed before; one without an instant counts at all instants before its first
    /// observation, the one given last.
    pub facts: &'a dyn Facts,
    /// Further observations of facts, such as those of the past.
    pub observed: &'a [Observation],
}

impl<'a> Given<'a> {
    /// Nothing but the subject.
    #[must_use]
    pub fn new(subject: &'a SubjectId) -> Self {
        Self { subject, state: None, events: &[], facts: &NO_FACTS, observed: &[] }
    }

    /// With a state.
    #[must_use]
    pub const fn with_state(self, state: Option<&'a State>) -> Self {
        Self { state, ..self }
    }

    /// With events.
    #[must_use]
    pub const fn with_events(self, events: &'a [Event]) -> Self {
        Self { events, ..self }
    }

    /// With facts.
    #[must_use]
    pub const fn with_facts(self, facts: &'a dyn Facts) -> Self {
        Self { facts, ..self }
    }

    /// With observations.
    #[must_use]
    pub const fn with_observed(self, observed: &'a [Observation]) -> Self {
        Self { observed, ..self }
    }
}

/// Where a customer stands after a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advanced {
    /// The stage; `None` before the first move.
    pub stage: Option<StageId>,
    /// The flags beside it, in the order of the definition.
    pub flags: Vec<FlagId>,
    /// The moves that the state given did not have.
    pub moves: Vec<Move>,
    /// What to give to the next call.
    pub state: State,
}

/// Advances a customer to an instant: the one way in which anybody moves.
///
/// The state returned is what the definition makes of the *set* of all entries ever given, up to `as_of`. In
/// which order they came, how often, and in how many calls, makes no difference to a single byte of it.
///
/// - At each instant of an entry its events are taken by id, each by the first edge of the stage that it
///   takes and that nothing stands before; one event makes at most one move. Then timed edges are taken, for
///   as long as any may be. Guards see everything up to and including that instant.
/// - Between two entries, timed edges are taken at the first instant at which nothing stands before them; of
///   several at one instant the first of the definition. At one instant there are at most as many timed moves
///   as stages, and at most 1 000 between two entries; then they stop until the next entry
///   ([`Reason::Stopped`]).
/// - What occurred before the last move, or corrects what did, replays the ledger. The decision says so
///   ([`Reason::LateEvent`], [`Reason::LateFact`]), and which moves are no more
///   ([`Reason::HistoryRewritten`]).
/// - What lies after `as_of` is kept and does not count yet.
/// - An event that moves nothing is answered with what is missing ([`Reason::Refused`], [`Reason::NoEdge`]).
///
/// `next_change` is the first instant at which the same call without anything new gives another stage, cycle
/// or flag, or at which the definition comes into force or ends.
///
/// ```
/// use guanxi_core::{Event, parse_instant};
/// use guanxi_lifecycle::{Given, advance, labels, preset};
///
/// let five = preset("five-stage").ok_or("no such preset")?;
/// let subject = "C1".parse()?;
/// let event = |id: &str, kind: &str, day: &str| -> Result<Event, Box<dyn std::error::Error>> {
///     Ok(serde_json::from_value(serde_json::json!(
///         {"id": id, "subject": "C1", "kind": kind, "occurred_at": parse_instant(day)?}))?)
/// };
/// let events = [event("1", "contact.made", "2026-01-10")?, event("2", "meeting.held", "2026-02-01")?];
/// let met = advance(&five, &Given::new(&subject).with_events(&events), parse_instant("2026-02-01")?);
/// assert_eq!(met.outcome.stage, Some("awareness".parse()?));
/// assert_eq!(met.next_change, Some(parse_instant("2026-05-02")?)); // 90 days without interaction
///
/// let order = [event("3", "order.placed", "2026-03-01")?];
/// let given = Given::new(&subject).with_state(Some(&met.outcome.state)).with_events(&order);
/// let bought = advance(&five, &given, parse_instant("2026-03-01")?);
/// let english = labels("en").ok_or("no such language")?;
/// assert_eq!(bought.reasons[0].text(&english), "Awareness -> Purchase on 2026-03-01: bought (order placed)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn advance(
    definition: &LifecycleDocument,
    given: &Given<'_>,
    as_of: DateTime<Utc>,
) -> Decision<Advanced, Reason> {
    let mut call = Call { definition, body: definition.body(), as_of, reasons: Vec::new(), from: None };
    let head = definition.head();
    if !head.in_force(as_of) {
        call.say(Reason::DefinitionNotInForce { from: head.effective_from, to: head.effective_to });
    }
    let state = call.state(given);
    let mut ledger = state.map(|state| state.ledger.clone()).unwrap_or_default();
    if let Some(state) = state.filter(|state| state.definition != definition.stamp()) {
        ledger = ledger.reread(call.body);
        call.say(Reason::DefinitionChanged { was: state.definition.clone() });
        call.touch(DateTime::<Utc>::MIN_UTC);
    }
    call.facts(&mut ledger, given, state);
    let news = call.events(&mut ledger, given, state);

    let asked = news.iter().filter(|own| own.new).map(|own| own.id.clone()).collect();
    let mut told = Told { asked, effects: Vec::new() };
    let mut machine = Machine::new(call.body, given.subject, &ledger);
    let settled = state.map(|state| state.settled_at);
    let stands =
        settled.is_some_and(|settled| settled <= as_of && call.from.is_none_or(|from| from > settled));
    let after = settled.filter(|_| stands);
    if let Some(state) = state.filter(|_| stands) {
        machine = machine.resume(state);
    }
    machine.run(after, as_of, &mut told);
    call.told(news, &machine.moves, told.effects);

    let before = state.map_or(&[][..], State::moves);
    let kept = before.iter().zip(&machine.moves).take_while(|(a, b)| a.is_same(b)).count();
    let undone: Vec<Move> = before.iter().skip(kept).filter(|own| own.at <= as_of).cloned().collect();
    if !undone.is_empty() {
        call.say(Reason::HistoryRewritten { undone });
    }
    let moves: Vec<Move> = machine.moves.iter().skip(kept).cloned().collect();
    let flags = machine.flags(as_of);
    let change = call.stands(&machine, &moves, &flags);
    let next_change = [change, call.next_bound()].into_iter().flatten().min();
    let outcome = Advanced {
        stage: machine.stage().cloned(),
        flags: flags.clone(),
        moves,
        state: State {
            subject: given.subject.clone(),
            definition: definition.stamp(),
            settled_at: as_of,
            highest: machine.highest(),
            stopped: machine.stopped,
            moves: machine.moves,
            flags,
            ledger,
        },
    };
    let basis = Basis { policy: definition.stamp(), reference: None };
    Decision { outcome, reasons: call.reasons, basis, as_of, next_change }
}

/// Advances a customer from the beginning: the state of a whole ledger.
pub fn replay(
    definition: &LifecycleDocument,
    subject: &SubjectId,
    events: &[Event],
    observed: &[Observation],
    as_of: DateTime<Utc>,
) -> Decision<Advanced, Reason> {
    advance(definition, &Given::new(subject).with_events(events).with_observed(observed), as_of)
}

/// Advances a customer by one event, to the instant at which it occurred.
///
/// If the state has been settled later, it stays settled there, and the event is a late one.
pub fn step(
    definition: &LifecycleDocument,
    state: Option<&State>,
    event: &Event,
    facts: &dyn Facts,
) -> Decision<Advanced, Reason> {
    let as_of = state.map_or(event.occurred_at, |state| state.settled_at.max(event.occurred_at));
    let events = core::slice::from_ref(event);
    let given = Given::new(&event.subject).with_state(state).with_events(events).with_facts(facts);
    advance(definition, &given, as_of)
}

/// Advances a customer to an instant up to which nothing has happened: what time alone has moved.
pub fn due(
    definition: &LifecycleDocument,
    state: &State,
    as_of: DateTime<Utc>,
) -> Decision<Advanced, Reason> {
    advance(definition, &Given::new(&state.subject).with_state(Some(state)), as_of)
}

/// Whether a state is what a definition makes of the ledger in it: for a host that does not trust the place
/// where it was kept. (That a state fits together is checked when it is read.)
#[must_use]
pub fn verify(definition: &LifecycleDocument, state: &State) -> bool {
    let fresh = State { moves: Vec::new(), settled_at: DateTime::<Utc>::MIN_UTC, ..state.clone() };
    *state.definition() == definition.stamp()
        && due(definition, &fresh, state.settled_at).outcome.state == *state
}

/// One call: what it has found so far.
struct Call<'a> {
    definition: &'a LifecycleDocument,
    body: &'a Lifecycle,
    as_of: DateTime<Utc>,
    reasons: Vec<Reason>,
    /// From which instant on anything may be other than in the state given.
    from: Option<DateTime<Utc>>,
}

/// An event that was given, with what is told of it.
struct News {
    at: DateTime<Utc>,
    id: EventId,
    reasons: Vec<Reason>,
    /// What it is, if nobody reads it: then it moved nothing.
    unread: Option<Event>,
    /// Whether it is new, so that its effect is told, too.
    new: bool,
}

impl Call<'_> {
    fn say(&mut self, reason: Reason) {
        self.reasons.push(reason);
    }

    fn touch(&mut self, at: DateTime<Utc>) {
        self.from = Some(self.from.map_or(at, |from| from.min(at)));
    }

    /// The state, if it is one of this subject.
    fn state<'s>(&mut self, given: &Given<'s>) -> Option<&'s State> {
        let state = given.state?;
        if state.subject != *given.subject {
            self.say(Reason::StateOfAnother);
            return None;
        }
        if state.settled_at > self.as_of {
            self.say(Reason::StateFromFuture { settled_at: state.settled_at });
        }
        Some(state)
    }

    /// Takes the facts that the definition reads.
    fn facts(&mut self, ledger: &mut Ledger, given: &Given<'_>, state: Option<&State>) {
        let last_move = state.and_then(State::since);
        let body = self.body;
        for fact in body.facts().iter() {
            let observed = given.observed.iter().filter(|own| own.fact == *fact);
            let observed = observed.map(|own| (own.observed_at, &own.value));
            let answer = given.facts.fact(fact);
            let dated = match answer {
                Fact::Known { value, observed_at: Some(at) } => Some((at, value)),
                _ => None,
            };
            for (at, value) in observed.chain(dated) {
                let added = ledger.facts_mut().observe(fact, at, value);
                if at > self.as_of {
                    self.say(Reason::FactInFuture { fact: fact.clone(), at });
                }
                if matches!(added, Added::Replaced | Added::Outranked) {
                    self.say(Reason::FactDiffers { fact: fact.clone(), at });
                }
                if matches!(added, Added::New | Added::Replaced) {
                    self.touch(at);
                    if last_move.is_some_and(|last| at <= last) {
                        self.say(Reason::LateFact { fact: fact.clone(), at });
                    }
                }
            }
            if matches!(answer, Fact::Known { observed_at: None, .. } | Fact::NotApplicable) {
                if let Some(since) = ledger.facts().instants_of(fact).next() {
                    self.say(Reason::FactUndated { fact: fact.clone(), since });
                }
                if ledger.facts_mut().take_undated(fact, answer) {
                    self.touch(DateTime::<Utc>::MIN_UTC);
                }
            }
        }
    }

    /// Takes the events; what is to be told of each, by occurrence and id.
    fn events(&mut self, ledger: &mut Ledger, given: &Given<'_>, state: Option<&State>) -> Vec<News> {
        let last_move = state.and_then(State::since);
        let mut news = Vec::new();
        let mut taken: Vec<&Event> = Vec::new();
        for event in given.events {
            let (at, id) = (event.occurred_at, event.id.clone());
            let refused = if event.subject != *given.subject {
                Reason::OtherSubject { event: id.clone() }
            } else if event.kind.as_str() == kinds::STAY {
                Reason::ReservedKind { event: id.clone(), kind: event.kind.clone() }
            } else {
                taken.push(event);
                continue;
            };
            news.push(News { at, id, reasons: [refused].into(), unread: None, new: false });
        }
        let (added, from) = ledger.add(&taken, self.body);
        if let Some(from) = from {
            self.touch(from);
        }
        for (event, added) in taken.into_iter().zip(added) {
            let (at, id, kind) = (event.occurred_at, event.id.clone(), event.kind.clone());
            let mut reasons = Vec::new();
            let mut new = matches!(added, Some(Added::New | Added::Replaced));
            match added {
                Some(Added::Known) => reasons.push(Reason::EventKnown { event: id.clone(), kind }),
                Some(Added::Outranked | Added::Replaced) => {
                    reasons.push(Reason::EventDiffers { event: id.clone(), kind, counts: new });
                }
                Some(Added::New) | None => {}
            }
            if at > self.as_of {
                let kind = event.kind.clone();
                reasons.push(Reason::EventInFuture { event: id.clone(), kind, at });
                new = false;
            } else if new && let Some(last_move) = last_move.filter(|last| at <= *last) {
                let kind = event.kind.clone();
                reasons.push(Reason::LateEvent { event: id.clone(), kind, at, last_move });
            }
            let unread = (added.is_none() && at <= self.as_of).then(|| event.clone());
            news.push(News { at, id, reasons, unread, new });
        }
        news.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        news
    }

    /// Tells what became of the events.
    fn told(&mut self, news: Vec<News>, moves: &[Move], effects: Vec<(&Event, Effect<'_>)>) {
        let mut effects: BTreeMap<EventId, (&Event, Effect<'_>)> =
            effects.into_iter().map(|(event, effect)| (event.id.clone(), (event, effect))).collect();
        for own in news {
            self.reasons.extend(own.reasons);
            if let Some(event) = &own.unread {
                let stage =
                    moves.iter().rev().find(|before| before.at <= own.at).map(|before| before.to.clone());
                self.say(no_edge(self.body, event, stage));
            }
            let Some((event, effect)) = effects.remove(&own.id).filter(|_| own.new) else { continue };
            if effect.barred.is_empty() {
                self.say(no_edge(self.body, event, effect.stage));
                continue;
            }
            for (edge, missing) in effect.barred {
                self.say(Reason::Refused {
                    event: event.id.clone(),
                    kind: event.kind.clone(),
                    stage: effect.stage.clone(),
                    edge: edge.id().clone(),
                    to: edge.to().clone(),
                    missing,
                });
            }
        }
    }

    /// Tells the moves, where the customer stands, and what is to come; when time alone changes it.
    fn stands(&mut self, machine: &Machine<'_>, moves: &[Move], flags: &[FlagId]) -> Option<DateTime<Utc>> {
        for own in moves.iter().cloned() {
            let Move { edge, from, to, at, cause, decided, .. } = own;
            self.say(Reason::Moved { edge, from, to, at, cause, decided });
        }
        match machine.moves.last() {
            None => self.say(Reason::NotBegun),
            Some(last) => {
                if machine.stopped {
                    self.say(Reason::Stopped { stage: last.to.clone(), at: last.at });
                }
                let (stage, edge) = (last.to.clone(), last.edge.clone());
                self.say(Reason::InStage { stage, since: last.at, cycle: last.cycle, edge });
            }
        }
        for (edge, missing) in machine.held_back(self.as_of) {
            self.say(Reason::HeldBack { edge: edge.id().clone(), to: edge.to().clone(), missing });
        }
        for flag in flags {
            let decided = machine.flag_leaves(flag, self.as_of);
            self.say(Reason::Flagged { flag: flag.clone(), decided });
        }
        let Change { at, what } = machine.next_change(self.as_of)?;
        self.say(match what {
            What::Move(edge, to) => Reason::MoveDue { edge, to, at },
            What::Flags(flags) => Reason::FlagsDue { at, flags },
        });
        Some(at)
    }

    /// When the definition next comes into force or ends.
    fn next_bound(&self) -> Option<DateTime<Utc>> {
        let head = self.definition.head();
        let bounds = [head.effective_from, head.effective_to].into_iter().flatten();
        bounds.filter(|at| *at > self.as_of).min()
    }
}

/// Says that no edge from a stage is taken by an event of its kind, and where it is.
fn no_edge(definition: &Lifecycle, event: &Event, stage: Option<StageId>) -> Reason {
    let wanted = if event.kind.as_str() == kinds::MOVED { text(event, "to") } else { None };
    let to = wanted.and_then(|to| StageId::new(to).ok());
    let taken = |edge: &&Edge| edge.is_taken_by(&event.kind) && to.as_ref().is_none_or(|to| edge.to() == to);
    let edges: Vec<&Edge> = definition.edges().iter().filter(taken).collect();
    let from = definition.stages().iter().map(|own| &own.id);
    let from = from.filter(|own| edges.iter().any(|edge| edge.leaves(Some(own)))).cloned().collect();
    let leads = |edge: &&Edge| to.as_ref() == Some(edge.to()) && edge.leaves(stage.as_ref());
    let ways = definition.edges().iter().filter(leads).map(|edge| edge.id().clone()).collect();
    Reason::NoEdge {
        event: event.id.clone(),
        kind: event.kind.clone(),
        stage,
        to,
        ways,
        from,
        read: definition.is_looked_at(&event.kind),
    }
}
