//! Time walked forward in hops: what calls for which action, and when.
use alloc::sync::Arc;
use alloc::vec::Vec;

use chrono::{DateTime, Days, Utc};
use guanxi_calendar::Calendars;
use guanxi_core::{ActorId, DocumentId, Event, EventId, SubjectId};
use guanxi_policy::Head;

use super::clock::Clocks;
use super::ledger::{Ledger, text};
use super::memory::{Holding, Memory};
use super::reason::NotPlanned;
use super::steps::{Contacts, full};
use super::watch::Watches;
use crate::action::{Action, Actions, Call, Guard, Period, action_kinds};
use crate::run::{ActionKey, CancelCause, Cycle, Progress, Run, Work, WorkEntry, WorkRefusal};

/// A customer between two instants: what is remembered, and the ledger that what comes is made from.
pub(crate) struct Machine<'a> {
    pub(crate) head: &'a Head,
    pub(crate) actions: &'a Actions,
    pub(crate) subject: &'a SubjectId,
    pub(crate) ledger: &'a Ledger,
    pub(crate) watches: Watches<'a>,
    pub(crate) clocks: Clocks<'a>,
    pub(crate) memory: Arc<Memory>,
    pub(crate) notes: Vec<Note>,
}

/// Something that did not happen.
pub(crate) struct Note {
    pub(crate) at: DateTime<Utc>,
    /// The event that it is about, if it is about one.
    pub(crate) event: Option<EventId>,
    pub(crate) what: What,
}

pub(crate) enum What {
    NotPlanned { action: crate::ActionId, cycle: Cycle, why: NotPlanned },
    WorkRefused { key: Option<ActionKey>, entry: WorkEntry, why: WorkRefusal },
}

/// How a work event is read.
fn entry_of(kind: &str) -> Option<WorkEntry> {
    Some(match kind {
        action_kinds::STARTED => WorkEntry::Started,
        action_kinds::PARTLY_DONE => WorkEntry::PartlyDone,
        action_kinds::DONE => WorkEntry::Done,
        action_kinds::CANCELLED => WorkEntry::Cancelled,
        _ => return None,
    })
}

/// Why an action is not called for just now.
struct Blocked {
    why: NotPlanned,
    until: Option<DateTime<Utc>>,
}

impl<'a> Machine<'a> {
    pub(crate) fn new(
        (head, actions): (&'a Head, &'a Actions),
        subject: &'a SubjectId,
        ledger: &'a Ledger,
        calendars: &'a Calendars,
        memory: Arc<Memory>,
    ) -> Self {
        let watches = Watches::new(actions, subject, ledger);
        let clocks = Clocks { zone: actions.zone(), calendars };
        Self { head, actions, subject, ledger, watches, clocks, memory, notes: Vec::new() }
    }

    /// Takes everything after an instant and up to another into account.
    pub(crate) fn run(&mut self, after: DateTime<Utc>, as_of: DateTime<Utc>) {
        let mut now = after;
        while let Some(at) = self.next(now).filter(|at| *at <= as_of) {
            self.settle(at);
            now = at;
        }
    }

    /// Takes one instant into account: its events by id, what begins to hold, what ends, and the steps.
    pub(crate) fn settle(&mut self, at: DateTime<Utc>) {
        let ledger = self.ledger;
        for event in ledger.events().at(at) {
            if let Some(entry) = entry_of(event.kind.as_str()) {
                self.word(event, entry);
            }
            self.stopped_by(event);
            self.called_by(event);
        }
        self.pass(at);
    }

    /// Takes over at an instant from another document: it has let the events up to there call, but word of a step
    /// may have come since.
    pub(crate) fn take_over(&mut self, at: DateTime<Utc>) {
        let ledger = self.ledger;
        for event in ledger.events().as_slice().iter().take_while(|event| event.occurred_at <= at) {
            if let Some(entry) = entry_of(event.kind.as_str()) {
                self.word(event, entry);
            }
        }
        // What the other document knew already is refused.
        self.notes.clear();
        self.pass(at);
    }

    /// What time brings at an instant, after its events.
    fn pass(&mut self, at: DateTime<Utc>) {
        self.called_by_time(at);
        self.ends(at);
        self.steps(at);
        if self.memory.open.iter().any(|run| !run.is_open()) {
            Arc::make_mut(&mut self.memory).tidy();
        }
    }

    /// The first instant after another at which anything may happen.
    pub(crate) fn next(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut first = self.ledger.next_instant(now);
        let mut see = |at: Option<DateTime<Utc>>| {
            if let Some(at) = at.filter(|at| *at > now) {
                first = Some(first.map_or(at, |first| first.min(at)));
            }
        };
        let (zone, week_start) = (self.actions.zone(), self.actions.week_start());
        for action in self.actions.actions() {
            match &action.call {
                Call::Event { .. } => {}
                Call::Dates { dates, before, .. } => {
                    let days = dates.iter().filter_map(|day| self.day(*day, *before));
                    see(days.into_iter().find(|at| *at > now));
                }
                Call::After { held } => see(self.watches.ask(held, now).1),
                Call::While { holds, every, .. } => {
                    let (holding, until) = self.watches.ask(holds, now);
                    see(until);
                    if holding {
                        see(every.and_then(|every| every.next(now, zone, week_start)));
                        if self.unanswered(action, *every, now).is_some() {
                            see(self.blocked(action, now).and_then(|blocked| blocked.until));
                        }
                    }
                }
            }
        }
        let contacts = Contacts::default();
        for run in &self.memory.open {
            let Some(action) = self.actions.action(&run.action) else { continue };
            if let Some(stop) = &action.stop {
                see(self.watches.ask(stop, now).1);
            }
            if let Some(every) = action.every()
                && run.is_untouched()
            {
                see(every.next(run.called_at, zone, week_start));
            }
            for work in run.steps.iter().filter(|work| !work.progress.is_ended()) {
                self.step_instants(action, work, now, &contacts, &mut see);
            }
        }
        first
    }

    fn day(&self, day: chrono::NaiveDate, before: u32) -> Option<DateTime<Utc>> {
        self.actions.zone().day_start(day.checked_sub_days(Days::new(before.into()))?)
    }

    /// Takes word of a step.
    fn word(&mut self, event: &Event, entry: WorkEntry) {
        let key = text(event, "key").and_then(|key| key.parse::<ActionKey>().ok());
        let own = key.as_ref().filter(|key| key.policy == self.head.id && key.subject == *self.subject);
        let done = own.map_or(Err(WorkRefusal::NoSuchKey), |key| self.work(key, entry, event));
        if let Err(why) = done {
            let what = What::WorkRefused { key, entry, why };
            self.notes.push(Note { at: event.occurred_at, event: Some(event.id.clone()), what });
        }
    }

    fn work(&mut self, key: &ActionKey, entry: WorkEntry, event: &Event) -> Result<(), WorkRefusal> {
        let at = event.occurred_at;
        let (action, cycle, step) = (&key.action, &key.cycle, &key.step);
        let Some(work) = Arc::make_mut(&mut self.memory).work_mut(action, cycle, step) else {
            let known = self.actions.action(action).is_some_and(|action| action.step(step).is_some());
            return match entry {
                _ if !known => Err(WorkRefusal::NoSuchStep),
                // Whatever was done has been done, even if it never was to be.
                WorkEntry::Done => {
                    self.done_unasked(key, at);
                    Ok(())
                }
                _ => Err(WorkRefusal::NotPlanned),
            };
        };
        work.progress = work.progress.after(entry, work.begun)?;
        match entry {
            WorkEntry::Started if work.begun == Progress::Planned => work.begun = Progress::InProgress,
            WorkEntry::PartlyDone => work.begun = Progress::PartlyDone,
            WorkEntry::Done => {
                work.ended_at = Some(at);
                work.why = None;
                work.held_by.clear();
            }
            WorkEntry::Cancelled => {
                work.cancel_by_hand(at, event.id.clone());
            }
            _ => {}
        }
        Ok(())
    }

    fn done_unasked(&mut self, key: &ActionKey, at: DateTime<Utc>) {
        let called_at = match &key.cycle {
            Cycle::At(called) => (*called).min(at),
            Cycle::Event(_) => at,
        };
        let mut work = Work::new(key.step.clone());
        (work.progress, work.ended_at) = (Progress::Done, Some(at));
        let memory = Arc::make_mut(&mut self.memory);
        let same = |run: &&mut Run| run.action == key.action && run.cycle == key.cycle;
        if memory.closed.get(&key.action, &key.cycle).is_some() {
            return memory.closed.push_step(&key.action, &key.cycle, work);
        }
        if let Some(run) = memory.open.iter_mut().find(same) {
            run.steps.push(work);
            return;
        }
        memory.closed.push(Run {
            action: key.action.clone(),
            cycle: key.cycle.clone(),
            called_at,
            cause: None,
            depth: 0,
            decided: Vec::new(),
            steps: [work].into(),
        });
    }

    /// Lets an event stop what was called for before it.
    fn stopped_by(&mut self, event: &Event) {
        let (actions, ledger) = (self.actions.actions(), self.ledger);
        let stopped: Vec<&Action> = actions.iter().filter(|own| own.is_stopped_by(&event.kind)).collect();
        let is_stopped = |run: &Run| {
            let stop = stopped.iter().find(|own| *own.id() == run.action);
            let Some(stop) = stop.and_then(|own| own.stop_on()) else { return false };
            stop.same.as_ref().is_none_or(|same| {
                let caller = match &run.cycle {
                    Cycle::Event(id) => ledger.events().at(run.called_at).find(|own| own.id == *id),
                    Cycle::At(_) => None,
                };
                caller.is_some_and(|caller| caller.attributes.get(same) == event.attributes.get(same))
            })
        };
        if self.memory.open.iter().any(is_stopped) {
            for run in Arc::make_mut(&mut self.memory).open.iter_mut().filter(|run| is_stopped(run)) {
                run.steps.iter_mut().for_each(|work| work.cancel(event.occurred_at, CancelCause::Stopped));
            }
        }
    }

    /// Lets an event call for actions.
    fn called_by(&mut self, event: &Event) {
        let actions = self.actions;
        for action in actions.actions() {
            let Call::Event { about, when, .. } = &action.call else { continue };
            if !action.call.is_called_by(&event.kind) {
                continue;
            }
            if about.as_ref().is_some_and(|about| !self.watches.is_about(about, event)) {
                continue;
            }
            let cycle = Cycle::Event(event.id.clone());
            self.attempt(action, cycle, event.occurred_at, Some(event), when.as_ref());
        }
    }

    fn called_by_time(&mut self, at: DateTime<Utc>) {
        let actions = self.actions;
        for action in actions.actions() {
            match &action.call {
                Call::Event { .. } => {}
                Call::Dates { dates, before, when } => {
                    if dates.iter().any(|day| self.day(*day, *before) == Some(at)) {
                        self.attempt(action, Cycle::At(at), at, None, when.as_ref());
                    }
                }
                Call::After { held } => {
                    if self.watches.holds(held, at) {
                        self.hold(action, at);
                    } else if self.release(action) {
                        self.call_after(action, at, held);
                    }
                }
                Call::While { holds, every, keep } => {
                    if self.watches.holds(holds, at) {
                        self.hold(action, at);
                        self.answer(action, *every, at, holds);
                    } else if self.release(action) && !keep {
                        self.cancel(action, at, CancelCause::HoldsNoLonger, Run::is_untouched);
                    }
                }
            }
        }
    }

    /// Remembers that the condition of an action holds.
    fn hold(&mut self, action: &Action, at: DateTime<Utc>) {
        if !self.memory.holding.contains_key(action.id()) {
            let fresh = Holding { since: at, answered: None };
            Arc::make_mut(&mut self.memory).holding.insert(action.id().clone(), fresh);
        }
    }

    /// Forgets that the condition of an action holds; whether it did.
    fn release(&mut self, action: &Action) -> bool {
        self.memory.holding.contains_key(action.id())
            && Arc::make_mut(&mut self.memory).holding.remove(action.id()).is_some()
    }

    /// Calls for an action whose condition has ceased to hold.
    fn call_after(&mut self, action: &Action, at: DateTime<Utc>, held: &'a Guard) {
        let cycle = Cycle::At(at);
        if self.memory.run(action.id(), &cycle).is_some() || !self.head.in_force(at) {
            return;
        }
        match self.blocked(action, at) {
            Some(blocked) => self.not_planned(action, cycle, at, None, blocked.why),
            None => {
                let decided = self.watches.deciding(held, at);
                self.call(action, cycle, at, (None, 0), decided);
            }
        }
    }

    /// The instant that a condition that holds calls by, unless it has been answered.
    fn unanswered(&self, action: &Action, every: Option<Period>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let holding = self.memory.holding.get(action.id())?;
        let (zone, week_start) = (self.actions.zone(), self.actions.week_start());
        let cycle = every.map_or(holding.since, |every| every.start(at, zone, week_start).max(holding.since));
        (holding.answered != Some(cycle)).then_some(cycle)
    }

    /// Whether there is a run of a cycle, or one in the same period that was not cancelled.
    fn is_called_for(
        &self,
        action: &Action,
        every: Option<Period>,
        cycle: DateTime<Utc>,
        at: DateTime<Utc>,
    ) -> bool {
        let (zone, week_start) = (self.actions.zone(), self.actions.week_start());
        let period = |at: DateTime<Utc>| every.map(|every| every.start(at, zone, week_start));
        let same = |run: &&Run| every.is_some() && period(run.called_at) == period(at);
        let (id, memory) = (action.id(), &self.memory);
        // Periods follow each other, so of the closed runs the last ones tell.
        let closed = memory.closed.latest(id).take_while(same);
        memory.run(id, &Cycle::At(cycle)).is_some()
            || memory.open_of(id).filter(same).chain(closed).any(|run| !run.is_cancelled())
    }

    /// Calls for an action whose condition holds, once for each cycle.
    fn answer(&mut self, action: &Action, every: Option<Period>, at: DateTime<Utc>, holds: &'a Guard) {
        let Some(cycle) = self.unanswered(action, every, at) else { return };
        if !self.is_called_for(action, every, cycle, at) {
            if !self.head.in_force(at) {
                return;
            }
            if let Some(blocked) = self.blocked(action, at) {
                if at == cycle {
                    self.not_planned(action, Cycle::At(cycle), at, None, blocked.why);
                }
                return;
            }
            let decided = self.watches.deciding(holds, at);
            self.call(action, Cycle::At(cycle), at, (None, 0), decided);
        }
        if let Some(holding) = Arc::make_mut(&mut self.memory).holding.get_mut(action.id()) {
            holding.answered = Some(cycle);
        }
    }

    /// Calls for an action at one instant, or not at all.
    fn attempt(
        &mut self,
        action: &Action,
        cycle: Cycle,
        at: DateTime<Utc>,
        event: Option<&Event>,
        when: Option<&'a Guard>,
    ) {
        if self.memory.run(action.id(), &cycle).is_some() || !self.head.in_force(at) {
            return;
        }
        let cause = event.and_then(|event| text(event, "cause").or_else(|| text(event, "key")));
        let cause = cause.and_then(|cause| cause.parse::<ActionKey>().ok());
        let cause = cause.filter(|key| key.policy == self.head.id && key.subject == *self.subject);
        let id = event.map(|event| event.id.clone());
        let depth = match cause.as_ref().map_or(Ok(0), |cause| self.depth(action, cause)) {
            Ok(depth) => depth,
            Err(why) => return self.not_planned(action, cycle, at, id, why),
        };
        if let Some(when) = when
            && !self.watches.holds(when, at)
        {
            let decided = self.watches.deciding(when, at);
            return self.not_planned(action, cycle, at, id, NotPlanned::Condition { decided });
        }
        if let Some(blocked) = self.blocked(action, at) {
            return self.not_planned(action, cycle, at, id, blocked.why);
        }
        let decided = when.map(|when| self.watches.deciding(when, at)).unwrap_or_default();
        self.call(action, cycle, at, (cause, depth), decided);
    }

    fn not_planned(
        &mut self,
        action: &Action,
        cycle: Cycle,
        at: DateTime<Utc>,
        event: Option<EventId>,
        why: NotPlanned,
    ) {
        self.notes.push(Note {
            at,
            event,
            what: What::NotPlanned { action: action.id().clone(), cycle, why },
        });
    }

    /// How many actions have caused each other before this one, or why they may not go on.
    fn depth(&self, action: &Action, cause: &ActionKey) -> Result<u8, NotPlanned> {
        let (mut chain, mut next) = (Vec::new(), Some(cause));
        while let Some(key) = next.filter(|_| chain.len() <= usize::from(self.actions.max_depth())) {
            chain.push(key.action.clone());
            next = self.memory.run(&key.action, &key.cycle).and_then(|run| run.cause.as_ref());
        }
        if chain.contains(action.id()) {
            return Err(NotPlanned::Loop { chain });
        }
        let depth = u8::try_from(chain.len()).unwrap_or(u8::MAX);
        if depth > self.actions.max_depth() {
            return Err(NotPlanned::TooDeep { allowed: self.actions.max_depth(), chain });
        }
        Ok(depth)
    }

    /// Whether an action was called for too lately or too often.
    fn blocked(&self, action: &Action, at: DateTime<Utc>) -> Option<Blocked> {
        let (zone, id) = (self.actions.zone(), action.id());
        if let Some(cool_down) = action.spec.cool_down
            && let Some(last) = self.memory.last_call(id)
        {
            let until = cool_down.after(last, zone);
            if until.is_none_or(|until| until > at) {
                return Some(Blocked { why: NotPlanned::CoolDown { last, until }, until });
            }
        }
        let most = action.spec.max_runs?;
        let counts =
            |run: &&Run| most.within.is_none_or(|within| !within.has_long_passed(run.called_at, at, zone));
        let runs = self.memory.open_of(id).chain(self.memory.closed.latest(id).take_while(counts));
        let runs = runs.filter(|run| !run.is_void());
        let ends = runs.map(|run| most.within.and_then(|within| within.after(run.called_at, zone)));
        let until = full(ends, most.count, at)?;
        Some(Blocked { why: NotPlanned::MaxRuns { count: most.count, until }, until })
    }

    fn call(
        &mut self,
        action: &Action,
        cycle: Cycle,
        at: DateTime<Utc>,
        (cause, depth): (Option<ActionKey>, u8),
        decided: Vec<guanxi_condition::LeafAnswer>,
    ) {
        let steps = action.steps().iter().map(|step| Work::new(step.id().clone())).collect();
        let action = action.id().clone();
        Arc::make_mut(&mut self.memory).open.push(Run {
            action,
            cycle,
            called_at: at,
            cause,
            depth,
            decided,
            steps,
        });
    }

    /// Cancels what is not ended of the runs of an action.
    fn cancel(&mut self, action: &Action, at: DateTime<Utc>, why: CancelCause, which: impl Fn(&Run) -> bool) {
        if self.memory.open_of(action.id()).next().is_none() {
            return;
        }
        let memory = Arc::make_mut(&mut self.memory);
        for run in memory.open.iter_mut().filter(|run| run.action == *action.id()) {
            if which(run) {
                run.steps.iter_mut().for_each(|work| work.cancel(at, why.clone()));
            }
        }
    }

    /// Ends what its action, its period or the document ends.
    fn ends(&mut self, at: DateTime<Utc>) {
        let actions = self.actions;
        if self.memory.open.is_empty() {
            return;
        }
        for run in &mut Arc::make_mut(&mut self.memory).open {
            let Some(action) = actions.action(&run.action) else {
                run.steps.iter_mut().for_each(|work| work.cancel(at, CancelCause::NotInDocument));
                continue;
            };
            for work in run.steps.iter_mut().filter(|work| action.step(&work.step).is_none()) {
                work.cancel(at, CancelCause::NotInDocument);
            }
            let (zone, week_start) = (actions.zone(), actions.week_start());
            if let Some(stop) = &action.stop
                && self.watches.holds(stop, at)
            {
                run.steps.iter_mut().for_each(|work| work.cancel(at, CancelCause::Stopped));
            }
            let over = action.every().and_then(|every| every.next(run.called_at, zone, week_start));
            if over.is_some_and(|over| over <= at) && run.is_untouched() {
                run.steps.iter_mut().for_each(|work| work.cancel(at, CancelCause::PeriodOver));
            }
        }
    }

    /// The calendar of the customer at an instant.
    pub(crate) fn calendar(&self, at: DateTime<Utc>) -> Option<DocumentId> {
        let spec = &self.actions.spec;
        let facts = self.ledger.at(at);
        let own = spec.calendar_fact.as_ref().and_then(|fact| facts.text(fact));
        own.and_then(|own| DocumentId::new(own).ok()).or_else(|| spec.calendar.clone())
    }
}

/// The name of whom a fact names.
pub(crate) fn person(ledger: &Ledger, at: DateTime<Utc>, fact: &guanxi_core::FactId) -> Option<ActorId> {
    ActorId::new(ledger.at(at).text(fact)?).ok()
}
