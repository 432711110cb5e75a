//! One door: from a state and what is new to the plan of now.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_calendar::Calendars;
use guanxi_core::{Added, Basis, Decision, Event, EventId, Fact};

use super::given::PlanGiven;
use super::ledger::Ledger;
use super::machine::{Machine, What};
use super::outcome::{Cancelled, Change, Finished, Moved, Open, Plan};
use super::reason::PlanReason;
use super::state::PlanState;
use crate::action::ActionsDocument;
use crate::run::{CancelCause, Progress, Run};

/// How far ahead an instant is looked for at which something changes, in hops; then somebody has to look again.
const MAX_HOPS: usize = 32;

/// Plans what is to be done for a customer at an instant.
///
/// The state returned is what the document makes of the *set* of all entries ever given, from the instant on from which
/// it is followed, up to `as_of`. In which order they came, how often, and in how many calls, makes no difference to a
/// single byte of it: planning twice, late, or from an older state creates nothing twice and forgets nothing.
///
/// - Time is walked forward in hops, so an action has been called for at the exact instant of its event, of the begin
///   of what holds, of a period or of a day, whenever the host wakes up. That is its *cycle*.
/// - At one instant come, in this order: its events by id (word of steps, then what they call for, in the order of the
///   document); what time calls for; what ends; the steps, the greater priority first.
/// - *Late* entries plan all anew. What they call for is planned by their own instant; what was never called for then
///   is cancelled ([`CancelCause::NeverCalledFor`]); what was done stays done.
/// - Word of a step comes as an event ([`crate::action_kinds`]) with the attribute `key`. An event that a step brought
///   about names it in the attribute `cause`; then the step's own action is not called for by it, and its trigger does not
///   see it, nor what comes of it in turn. What an automatic action brought about no trigger sees.
/// - When tier, stage, owner or calendar changes, what is open goes on: by the case that holds now and the calendar of
///   now, and time used counts. Steps that are done stay done.
/// - What is suppressed waits, its clock stopped, and goes on when nothing holds it back any more.
///
/// `next_change` is when to plan again: nothing is other before it, unless something happens.
///
/// ```
/// use guanxi_calendar::{Calendars, preset};
/// use guanxi_core::{Event, FactMap, FactValue, fact_id, parse_instant};
/// use guanxi_strategy::{PlanGiven, actions_preset, plan};
///
/// let standard = actions_preset("standard").ok_or("no such preset")?;
/// let calendars = Calendars::new().with(&preset("five-day").ok_or("no such preset")?);
/// let subject = "C1".parse()?;
/// let facts = FactMap::new().with(fact_id!("open_opportunities"), FactValue::Int(1), None);
/// let visit: Event = serde_json::from_str(
///     r#"{"id": "1", "subject": "C1", "kind": "visit.made", "occurred_at": "2026-01-05T10:00:00Z"}"#,
/// )?;
/// let events = [visit];
/// let given = PlanGiven::new(&subject).with_facts(&facts).with_events(&events).with_calendars(&calendars);
/// let first = plan(&standard, &given, parse_instant("2026-01-06T09:00:00Z")?);
/// assert!(first.outcome.due.is_empty());
/// assert_eq!(first.next_change, Some(parse_instant("2026-01-08T10:00:00Z")?)); // three days of silence
///
/// // The host sleeps a day too long, and misses nothing.
/// let given = PlanGiven::new(&subject).with_state(Some(&first.outcome.state)).with_calendars(&calendars);
/// let late = plan(&standard, &given, parse_instant("2026-01-09T12:00:00Z")?);
/// let call = &late.outcome.due[0];
/// assert_eq!(call.key.to_string(), "standard/silence/main/@2026-01-08T10:00:00Z/C1");
/// assert_eq!(call.due_at, Some(parse_instant("2026-01-10T10:00:00Z")?));
/// // Nobody knows whether they may write.
/// assert_eq!(late.outcome.suppressed[0].by[0].suppressor.as_str(), "no_consent");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn plan(
    actions: &ActionsDocument,
    given: &PlanGiven<'_>,
    as_of: DateTime<Utc>,
) -> Decision<Plan, PlanReason> {
    let mut call = Call { actions, as_of, reasons: Vec::new(), from: None };
    let head = actions.head();
    if !head.in_force(as_of) {
        call.say(PlanReason::ActionsNotInForce { from: head.effective_from, to: head.effective_to });
    }
    let before = call.state(given);
    let mut state = call.begin(given, before);
    let old_ledger = before.map(|before| Arc::clone(&before.ledger));
    call.facts(&mut state.ledger, given);
    call.events(&mut state.ledger, given, before);

    let calendar = call.calendar(&state.ledger, given.calendars);
    let stands = before.is_some_and(|before| {
        before.actions == state.actions
            && before.planned_until >= state.since
            && before.planned_until <= as_of
            && call.from.is_none_or(|from| from > before.planned_until)
    });
    let ledger = Arc::clone(&state.ledger);
    let machine =
        |ledger, memory| Machine::new((head, actions.body()), given.subject, ledger, given.calendars, memory);
    let still = stands
        && call.from.is_none()
        && calendar == state.calendar
        && state.hop.is_none_or(|hop| as_of < hop);
    let base = if stands { Some(&state.memory) } else { state.base.as_ref() };
    let mut now = machine(&ledger, base.map(Arc::clone).unwrap_or_default());
    if !still {
        if stands {
            if calendar != state.calendar {
                now.measure_anew(state.planned_until);
            }
            now.run(state.planned_until, as_of);
        } else if state.since <= as_of {
            match state.base {
                Some(_) => now.take_over(state.since),
                None => now.settle(state.since),
            }
            now.run(state.since, as_of);
        }
        state.hop = if as_of < state.since { Some(state.since) } else { now.next(as_of) };
        state.calendar = calendar;
        state.memory = Arc::clone(&now.memory);
    }
    let news = News::of(&now, before.zip(old_ledger.as_deref()), given, as_of);
    call.tell(&now, &news, before, given.events, still);
    state.planned_until = as_of;
    let open = now.open(as_of);
    for held in &open.suppressed {
        call.say(PlanReason::Suppressed { key: held.item.key.clone(), by: held.by.clone() });
    }
    for item in open.due.iter().chain(&open.upcoming) {
        if item.begins_at.is_some() && item.due_at.is_none() {
            let calendar = now.calendar(as_of);
            call.say(PlanReason::DueUnknown { key: item.key.clone(), calendar });
        }
    }
    let News { moved, cancelled, done, .. } = news;
    if !still {
        state.next = state.hop.and_then(|hop| wake(now, &open, hop, state.since, as_of));
    }
    let bounds = [head.effective_from, head.effective_to].into_iter().flatten();
    let next_change = bounds.filter(|at| *at > as_of).chain(state.next).min();
    let outcome = Plan {
        due: open.due,
        upcoming: open.upcoming,
        suppressed: open.suppressed,
        moved,
        cancelled,
        done,
        state,
    };
    let basis = Basis { policy: actions.stamp(), reference: outcome.state.calendar.clone() };
    Decision { outcome, reasons: call.reasons, basis, as_of, next_change }
}

/// Plans ahead to an instant up to which nothing happens: what time alone will have made due by then.
pub fn plan_ahead(
    actions: &ActionsDocument,
    state: &PlanState,
    calendars: &Calendars,
    until: DateTime<Utc>,
) -> Decision<Plan, PlanReason> {
    let subject = state.subject();
    plan(actions, &PlanGiven::new(subject).with_state(Some(state)).with_calendars(calendars), until)
}

/// The first instant at which time alone changes anything, or at which somebody has to look again.
fn wake(
    mut ahead: Machine<'_>,
    open: &Open,
    hop: DateTime<Utc>,
    since: DateTime<Utc>,
    as_of: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    if as_of < since {
        return Some(hop);
    }
    let (mut now, ended) = (hop, ahead.memory.ended());
    for _ in 0..MAX_HOPS {
        ahead.settle(now);
        if ahead.memory.ended() != ended || ahead.open(now) != *open {
            break;
        }
        now = ahead.next(now)?;
    }
    Some(now)
}

/// One call: what it has found so far.
struct Call<'a> {
    actions: &'a ActionsDocument,
    as_of: DateTime<Utc>,
    reasons: Vec<PlanReason>,
    /// From which instant on anything may be other than in the state given.
    from: Option<DateTime<Utc>>,
}

impl Call<'_> {
    fn say(&mut self, reason: PlanReason) {
        self.reasons.push(reason);
    }

    fn touch(&mut self, at: DateTime<Utc>) {
        self.from = Some(self.from.map_or(at, |from| from.min(at)));
    }

    /// The state, if it is one of this subject.
    fn state<'s>(&mut self, given: &PlanGiven<'s>) -> Option<&'s PlanState> {
        let state = given.state?;
        if state.subject != *given.subject {
            self.say(PlanReason::StateOfAnother);
            return None;
        }
        if state.planned_until > self.as_of {
            self.say(PlanReason::StateFromFuture { planned_until: state.planned_until });
        }
        Some(state)
    }

    /// The state to go on from: that of before, a new one, or one that another document left.
    fn begin(&mut self, given: &PlanGiven<'_>, before: Option<&PlanState>) -> PlanState {
        let stamp = self.actions.stamp();
        let Some(before) = before else {
            return PlanState {
                subject: given.subject.clone(),
                actions: stamp,
                since: given.since.or(self.actions.head().effective_from).unwrap_or(self.as_of),
                planned_until: self.as_of,
                next: None,
                hop: None,
                calendar: None,
                ledger: Arc::default(),
                memory: Arc::default(),
                base: None,
            };
        };
        if before.actions == stamp {
            return before.clone();
        }
        self.say(PlanReason::ActionsChanged { was: before.actions.clone() });
        PlanState {
            actions: stamp,
            since: before.planned_until.max(before.since),
            ledger: Arc::new(before.ledger.reread(self.actions.body())),
            base: Some(Arc::clone(&before.memory)),
            ..before.clone()
        }
    }

    /// Takes the facts that the document reads.
    fn facts(&mut self, ledger: &mut Arc<Ledger>, given: &PlanGiven<'_>) {
        let ids = self.actions.body().facts();
        let mut answers = alloc::vec![Fact::Missing; ids.len()];
        given.facts.each(ids, &mut answers);
        for (fact, answer) in ids.iter().zip(answers) {
            let observed = given.observed.iter().filter(|own| own.fact == *fact);
            let observed = observed.map(|own| (own.observed_at, &own.value));
            let dated = match answer {
                Fact::Known { value, observed_at: Some(at) } => Some((at, value)),
                _ => None,
            };
            for (at, value) in observed.chain(dated) {
                if at > self.as_of {
                    self.say(PlanReason::FactInFuture { fact: fact.clone(), at });
                }
                if ledger.facts().has(fact, at, value) {
                    continue;
                }
                let added = Arc::make_mut(ledger).facts_mut().observe(fact, at, value);
                if matches!(added, Added::Replaced | Added::Outranked) {
                    self.say(PlanReason::FactDiffers { fact: fact.clone(), at });
                }
                if matches!(added, Added::New | Added::Replaced) {
                    self.touch(at);
                    if given.state.is_some_and(|state| at <= state.planned_until) {
                        self.say(PlanReason::LateFact { fact: fact.clone(), at });
                    }
                }
            }
            if matches!(answer, Fact::Known { observed_at: None, .. } | Fact::NotApplicable) {
                if let Some(since) = ledger.facts().instants_of(fact).next() {
                    self.say(PlanReason::FactUndated { fact: fact.clone(), since });
                }
                if !ledger.facts().has_undated(fact, answer) {
                    Arc::make_mut(ledger).facts_mut().take_undated(fact, answer);
                    self.touch(DateTime::<Utc>::MIN_UTC);
                }
            }
        }
    }

    /// Takes the events, and tells what became of each, by occurrence and id.
    fn events(&mut self, ledger: &mut Arc<Ledger>, given: &PlanGiven<'_>, before: Option<&PlanState>) {
        let mut events: Vec<&Event> = given.events.iter().collect();
        events.sort_by(|a, b| (a.occurred_at, &a.id).cmp(&(b.occurred_at, &b.id)));
        let own: Vec<&Event> =
            events.iter().copied().filter(|event| event.subject == *given.subject).collect();
        let (added, from) = match own.as_slice() {
            [] => (Vec::new(), None),
            own => Arc::make_mut(ledger).add(own, self.actions.body()),
        };
        if let Some(from) = from {
            self.touch(from);
        }
        let mut added = added.into_iter();
        for event in events {
            let (id, kind, at) = (event.id.clone(), event.kind.clone(), event.occurred_at);
            if event.subject != *given.subject {
                self.say(PlanReason::OtherSubject { event: id });
                continue;
            }
            let added = added.next().flatten();
            let new = matches!(added, Some(Added::New | Added::Replaced));
            match added {
                Some(Added::Known) => {
                    self.say(PlanReason::EventKnown { event: id.clone(), kind: kind.clone() });
                }
                Some(Added::Outranked | Added::Replaced) => {
                    self.say(PlanReason::EventDiffers { event: id.clone(), kind: kind.clone(), counts: new });
                }
                Some(Added::New) | None => {}
            }
            if at > self.as_of {
                self.say(PlanReason::EventInFuture { event: id, kind, at });
            } else if new && let Some(before) = before.filter(|before| at <= before.planned_until) {
                let planned_until = before.planned_until;
                self.say(PlanReason::LateEvent { event: id, kind, at, planned_until });
            }
        }
    }

    /// Which calendar counts now; that it is missing is told.
    fn calendar(&mut self, ledger: &Ledger, calendars: &Calendars) -> Option<guanxi_core::Stamp> {
        let spec = &self.actions.body().spec;
        let facts = ledger.at(self.as_of);
        let own = spec.calendar_fact.as_ref().and_then(|fact| facts.text(fact));
        let own = own.and_then(|own| guanxi_core::DocumentId::new(own).ok());
        let id = own.or_else(|| spec.calendar.clone())?;
        let stamp = calendars.stamp(&id, None).cloned();
        if stamp.is_none() {
            self.say(PlanReason::CalendarMissing { calendar: id });
        }
        stamp
    }

    /// Tells what is other than it was.
    fn tell(
        &mut self,
        machine: &Machine<'_>,
        news: &News<'_>,
        before: Option<&PlanState>,
        given: &[Event],
        still: bool,
    ) {
        if !still {
            let given: BTreeSet<&EventId> = given.iter().map(|event| &event.id).collect();
            let is_new = |note: &&super::machine::Note| {
                before.is_none_or(|before| note.at > before.planned_until)
                    || note.event.as_ref().is_some_and(|id| given.contains(id))
            };
            for note in machine.notes.iter().filter(is_new) {
                let at = note.at;
                match (&note.what, &note.event) {
                    (What::NotPlanned { action, cycle, why }, _) => {
                        let (action, cycle, why) = (action.clone(), cycle.clone(), why.clone());
                        self.say(PlanReason::NotPlanned { action, cycle, at, why });
                    }
                    (What::WorkRefused { key, entry, why }, Some(event)) => {
                        let (event, key) = (event.clone(), key.clone());
                        self.say(PlanReason::WorkRefused { event, key, entry: *entry, why: *why });
                    }
                    (What::WorkRefused { .. }, None) => {}
                }
            }
        }
        for run in &news.planned {
            let Run { action, cycle, called_at, cause, decided, .. } = (*run).clone();
            self.say(PlanReason::Planned { action, cycle, at: called_at, cause, decided });
        }
        for Moved { key, changes } in news.moved.iter().cloned() {
            self.say(PlanReason::Moved { key, changes });
        }
        for Cancelled { key, at, why } in news.cancelled.iter().cloned() {
            self.say(PlanReason::Cancelled { key, at, why });
        }
        for Finished { key, at, due_at } in news.done.iter().cloned() {
            self.say(PlanReason::Done { key, at, due_at });
        }
    }
}

/// What is other than in the state given.
struct News<'m> {
    planned: Vec<&'m Run>,
    moved: Vec<Moved>,
    cancelled: Vec<Cancelled>,
    done: Vec<Finished>,
}

impl<'m> News<'m> {
    fn of<'a>(
        now: &'m Machine<'a>,
        before: Option<(&PlanState, &'a Ledger)>,
        given: &PlanGiven<'a>,
        as_of: DateTime<Utc>,
    ) -> Self {
        let mut news =
            Self { planned: Vec::new(), moved: Vec::new(), cancelled: Vec::new(), done: Vec::new() };
        let memory = before.map(|(state, _)| &state.memory);
        let was = before.map(|(state, ledger)| {
            let parts = (now.head, now.actions);
            let memory = Arc::clone(&state.memory);
            (Machine::new(parts, given.subject, ledger, given.calendars, memory), state.planned_until)
        });
        if memory.is_some_and(|memory| Arc::ptr_eq(memory, &now.memory)) {
            for run in &now.memory.open {
                news.run(now, run, Some(run), was.as_ref(), as_of);
            }
            news.moved.sort_by(|a, b| a.key.cmp(&b.key));
            return news;
        }
        let mut old: BTreeMap<_, &Run> = BTreeMap::new();
        for run in memory.iter().flat_map(|memory| memory.runs()) {
            old.insert((&run.action, &run.cycle), run);
        }
        for run in now.memory.runs() {
            let known = old.remove(&(&run.action, &run.cycle));
            news.run(now, run, known, was.as_ref(), as_of);
        }
        for run in old.into_values() {
            for work in run.steps.iter().filter(|work| !work.progress.is_ended()) {
                let (key, why) = (now.key(run, work), CancelCause::NeverCalledFor);
                news.cancelled.push(Cancelled { key, at: as_of, why });
            }
        }
        news.planned
            .sort_by(|a, b| (a.called_at, &a.action, &a.cycle).cmp(&(b.called_at, &b.action, &b.cycle)));
        news.moved.sort_by(|a, b| a.key.cmp(&b.key));
        news.cancelled.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
        news.done.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
        news
    }

    /// What is new of one run.
    fn run<'a>(
        &mut self,
        now: &'m Machine<'a>,
        run: &'m Run,
        known: Option<&Run>,
        was: Option<&(Machine<'a>, DateTime<Utc>)>,
        as_of: DateTime<Utc>,
    ) {
        if known == Some(run) && !run.is_open() {
            return;
        }
        if known.is_none() {
            self.planned.push(run);
        }
        let gone = known.iter().flat_map(|known| &known.steps);
        for work in gone.filter(|work| run.work(&work.step).is_none() && !work.progress.is_ended()) {
            let (key, why) = (now.key(run, work), CancelCause::NeverCalledFor);
            self.cancelled.push(Cancelled { key, at: as_of, why });
        }
        let action = now.actions.action(&run.action);
        for work in &run.steps {
            let old = known.and_then(|known| known.work(&work.step));
            let key = || now.key(run, work);
            match (work.progress, work.ended_at) {
                (progress, _) if old.is_some_and(|old| old.progress == progress && progress.is_ended()) => {}
                (Progress::Done, Some(at)) => {
                    self.done.push(Finished { key: key(), at, due_at: work.due_at });
                }
                (Progress::Cancelled, Some(at)) => {
                    let why = work.why.clone().unwrap_or(CancelCause::Stopped);
                    self.cancelled.push(Cancelled { key: key(), at, why });
                }
                _ => {
                    let mut changes = Vec::new();
                    let quiet = |work: &crate::run::Work| work.moved_from.zip(work.runs_from);
                    if let Some((from, to)) = quiet(work)
                        && old.and_then(quiet) != Some((from, to))
                    {
                        changes.push(Change::QuietHours { from, to });
                    }
                    let items =
                        action.zip(known.zip(old)).zip(was).and_then(|((action, (known, old)), was)| {
                            let (machine, at) = was;
                            let now = now.item(action, run, work, as_of)?;
                            (!old.progress.is_ended())
                                .then_some((machine.item(action, known, old, *at)?, now))
                        });
                    if let Some((was, now)) = items {
                        changes.extend(now.changes(&was));
                    }
                    if !changes.is_empty() {
                        self.moved.push(Moved { key: key(), changes });
                    }
                }
            }
        }
    }
}
