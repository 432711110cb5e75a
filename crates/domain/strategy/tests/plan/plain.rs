//! The planner once more, slow and obvious: tick by tick, asking every condition at every tick and counting time.
//! Everything that can happen must lie on a tick.
use std::cell::RefCell;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Timelike, Utc};
use guanxi_calendar::{Calendars, Schedule, Shift, Term};
use guanxi_condition::{Condition, EventLog, Given, Moment, Truth};
use guanxi_core::{DocumentId, Event, Fact, FactId, FactMap, FactValue, Facts, Observation, SubjectId};
use guanxi_strategy::{
    Action, ActionKey, Actions, ActionsDocument, ActionsSpec, CancelCause, Cases, Cycle, Period, Progress,
    QuietHours, Step, Stops, Trigger, Unknown, WorkEntry, action_kinds,
};

use self::seen::Seen;

#[path = "seen.rs"]
mod seen;

type Instant = DateTime<Utc>;

/// What became of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub key: String,
    pub called_at: Instant,
    pub begins_at: Option<Instant>,
    pub progress: Progress,
    pub rung: u8,
    pub ended_at: Option<Instant>,
    pub why: Option<CancelCause>,
}

/// All that is known in the end, and how it is looked at.
pub struct Plain<'a> {
    pub actions: &'a ActionsDocument,
    pub spec: &'a ActionsSpec,
    pub subject: &'a SubjectId,
    pub events: &'a [Event],
    pub observed: &'a [Observation],
    pub undated: &'a FactMap,
    pub calendars: &'a Calendars,
    pub tick: TimeDelta,
    /// The events that each action sees, after all of them; made when they are asked for.
    pub logs: RefCell<Vec<Seen<'a>>>,
}

struct Job<'a> {
    action: &'a Action,
    cycle: Cycle,
    called: Instant,
    cause: Option<ActionKey>,
    tasks: Vec<Task>,
}

#[derive(Clone)]
struct Task {
    step: String,
    progress: Progress,
    begun: Progress,
    freed: bool,
    from: Option<Instant>,
    first: Option<Instant>,
    working: i64,
    elapsed: i64,
    held: bool,
    rung: usize,
    ended: Option<Instant>,
    why: Option<CancelCause>,
}

struct Known<'p, 'a>(&'p Plain<'a>, Instant);

impl Facts for Known<'_, '_> {
    fn fact(&self, id: &FactId) -> Fact<'_> {
        let own = self.0.observed.iter().filter(|own| own.fact == *id && own.observed_at <= self.1);
        match own.max_by_key(|own| own.observed_at) {
            Some(own) => Fact::Known { value: &own.value, observed_at: Some(own.observed_at) },
            None => self.0.undated.fact(id),
        }
    }
}

fn text(event: &Event, name: &str) -> Option<String> {
    match event.attributes.get(name)? {
        FactValue::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn key_of(event: &Event, name: &str) -> Option<ActionKey> {
    text(event, name)?.parse().ok()
}

impl Task {
    fn cancel(&mut self, at: Instant, why: &CancelCause) {
        if !self.progress.is_ended() {
            (self.progress, self.ended, self.why) = (Progress::Cancelled, Some(at), Some(why.clone()));
            self.held = false;
        }
    }
}

fn untouched(job: &Job<'_>) -> bool {
    job.tasks.iter().all(|task| task.begun == Progress::Planned && task.progress != Progress::Done)
}

impl<'a> Plain<'a> {
    fn body(&self) -> &'a Actions {
        self.actions.body()
    }

    fn place(&self, action: &Action) -> usize {
        self.body().actions().iter().position(|own| own.id() == action.id()).unwrap()
    }

    fn moment(&self, at: Instant) -> Moment {
        Moment { as_of: at, zone: self.body().zone(), week_start: self.body().week_start() }
    }

    fn case<'c, T>(&self, cases: &'c Cases<T>, at: Instant) -> &'c T {
        let fits =
            |when: Option<&Condition>| when.is_none_or(|when| self.holds(when, Unknown::Fails, None, at));
        cases.cases().iter().find(|case| fits(case.when())).unwrap().then()
    }

    fn schedule(&self, at: Instant) -> Option<&'a Schedule> {
        let spec = self.spec;
        let own = spec.calendar_fact.as_ref().and_then(|fact| match Known(self, at).fact(fact) {
            Fact::Known { value: FactValue::Text(text), .. } => DocumentId::new(text).ok(),
            _ => None,
        });
        self.calendars.get(&own.or_else(|| spec.calendar.clone())?, None)
    }

    fn quiet(&self, action: &Action) -> Option<Shift> {
        match action.spec().quiet_hours {
            Some(QuietHours::Never) => None,
            Some(QuietHours::Hours(hours)) => Some(hours),
            None => self.spec.quiet_hours,
        }
    }

    fn is_quiet(&self, action: &Action, at: Instant) -> bool {
        let Some(quiet) = self.quiet(action) else { return false };
        let local = self.body().zone().local(at);
        let minute = local.hour() * 60 + local.minute();
        let within = |minute: u32| (u32::from(quiet.start())..u32::from(quiet.end())).contains(&minute);
        within(minute) || within(minute + 24 * 60)
    }

    fn awake(&self, action: &Action, at: Instant) -> Instant {
        let mut at = at;
        while self.is_quiet(action, at) {
            at += self.tick;
        }
        at
    }

    /// How much a term allows, and how much of it is used.
    fn spent(&self, task: &Task, term: Term, at: Instant) -> Option<(i64, i64)> {
        let first = task.first.or(task.from)?;
        let seconds = |from: Instant, to: Instant| (to - from).num_seconds();
        Some(match term {
            Term::Working(time) => {
                self.schedule(at)?;
                (i64::try_from(time.seconds()).unwrap(), task.working)
            }
            Term::Elapsed(time) => (i64::try_from(time.seconds()).unwrap(), task.elapsed),
            Term::Days(days) => (seconds(first, self.body().zone().add_days(first, days.0)?), task.elapsed),
            Term::WorkingDays(_) | Term::EndOfWorkingDay(_) => {
                let schedule = self.schedule(at)?;
                let worked = schedule.between(first, schedule.due(first, term).ok()?).ok()?;
                (i64::try_from(worked.seconds()).unwrap(), task.working)
            }
        })
    }

    fn is_over(&self, task: &Task, term: Term, at: Instant) -> bool {
        let runs = !task.held && task.from.is_some_and(|from| from <= at);
        runs && self.spent(task, term, at).is_some_and(|(allowed, used)| used >= allowed)
    }

    /// What becomes of every step from one instant to another.
    pub fn tell(&self, since: Instant, until: Instant) -> Vec<Told> {
        let mut world = World { plain: self, jobs: Vec::new(), holding: Vec::new() };
        let mut at = since;
        while at <= until {
            if at > since {
                world.count(at - self.tick, at);
            }
            world.tick(at);
            at += self.tick;
        }
        let mut told: Vec<(Instant, ActionKey, Told)> = Vec::new();
        for job in &world.jobs {
            for task in &job.tasks {
                let key = self.key(job, &task.step);
                told.push((
                    job.called,
                    key.clone(),
                    Told {
                        key: key.to_string(),
                        called_at: job.called,
                        begins_at: task.first,
                        progress: task.progress,
                        rung: u8::try_from(task.rung).unwrap(),
                        ended_at: task.ended,
                        why: task.why.clone(),
                    },
                ));
            }
        }
        told.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        told.into_iter().map(|(.., told)| told).collect()
    }

    fn key(&self, job: &Job<'_>, step: &str) -> ActionKey {
        ActionKey {
            policy: self.actions.head().id.clone(),
            subject: self.subject.clone(),
            action: job.action.id().clone(),
            cycle: job.cycle.clone(),
            step: step.parse().unwrap(),
        }
    }
}

struct World<'p, 'a> {
    plain: &'p Plain<'a>,
    jobs: Vec<Job<'a>>,
    /// The actions whose condition holds, since when, and the last cycle that was answered.
    holding: Vec<(&'a Action, Instant, Option<Instant>)>,
}

impl<'a> World<'_, 'a> {
    /// Counts the time of a tick that has passed.
    fn count(&mut self, from: Instant, to: Instant) {
        let schedule = self.plain.schedule(from);
        let worked = schedule.and_then(|schedule| schedule.between(from, to).ok());
        let worked = worked.map_or(0, |worked| i64::try_from(worked.seconds()).unwrap());
        for task in self.jobs.iter_mut().flat_map(|job| &mut job.tasks) {
            if !task.progress.is_ended() && !task.held && task.from.is_some_and(|begun| begun <= from) {
                task.elapsed += (to - from).num_seconds();
                task.working += worked;
            }
        }
    }

    fn tick(&mut self, at: Instant) {
        let mut events: Vec<&Event> =
            self.plain.events.iter().filter(|event| event.occurred_at == at).collect();
        events.sort_by(|a, b| a.id.cmp(&b.id));
        for event in events {
            self.word(event);
            self.stop_on(event);
            for action in self.plain.body().actions() {
                if let Trigger::Event { on, about, when } = action.trigger()
                    && on.iter().any(|on| on.matches(&event.kind))
                    && about.is_none_or(|about| self.is_about(action, &about, event))
                {
                    self.attempt(action, Cycle::Event(event.id.clone()), at, Some(event), when.as_ref());
                }
            }
        }
        for action in self.plain.body().actions() {
            self.time(action, at);
        }
        self.ends(at);
        self.steps(at);
    }

    fn unknown(action: &Action) -> Unknown {
        action.spec().trigger.unknown.unwrap_or(Unknown::Fails)
    }

    fn is_about(&self, action: &Action, about: &Condition, event: &Event) -> bool {
        let log = EventLog::new([event]);
        let given = Given { facts: &Known(self.plain, event.occurred_at), events: Some(&log) };
        match about.holds(&given, &self.plain.moment(event.occurred_at)) {
            Truth::True => true,
            Truth::False => false,
            Truth::Unknown => Self::unknown(action) == Unknown::Holds,
        }
    }

    fn stop_on(&mut self, event: &Event) {
        let events = self.plain.events;
        for job in &mut self.jobs {
            let Some(stop) = job.action.stop_on() else { continue };
            let caller = match &job.cycle {
                Cycle::Event(id) => events.iter().find(|own| own.id == *id),
                Cycle::At(_) => None,
            };
            let fits = stop.same.as_ref().is_none_or(|same| {
                caller.is_some_and(|caller| caller.attributes.get(same) == event.attributes.get(same))
            });
            if fits && stop.on.iter().any(|on| on.matches(&event.kind)) {
                job.tasks.iter_mut().for_each(|task| task.cancel(event.occurred_at, &CancelCause::Stopped));
            }
        }
    }

    fn word(&mut self, event: &Event) {
        let entry = match event.kind.as_str() {
            action_kinds::STARTED => WorkEntry::Started,
            action_kinds::PARTLY_DONE => WorkEntry::PartlyDone,
            action_kinds::DONE => WorkEntry::Done,
            action_kinds::CANCELLED => WorkEntry::Cancelled,
            _ => return,
        };
        let own = |key: &ActionKey| {
            key.policy == self.plain.actions.head().id && key.subject == *self.plain.subject
        };
        let Some(key) = key_of(event, "key").filter(own) else { return };
        let at = event.occurred_at;
        let Some(action) = self.plain.body().action(&key.action) else { return };
        if !action.steps().iter().any(|step| *step.id() == key.step) {
            return;
        }
        let place = self.jobs.iter().position(|job| job.action.id() == action.id() && job.cycle == key.cycle);
        let task = place
            .and_then(|place| self.jobs[place].tasks.iter_mut().find(|task| task.step == key.step.as_str()));
        let Some(task) = task else {
            if entry == WorkEntry::Done {
                let called = match key.cycle {
                    Cycle::At(called) => called.min(at),
                    Cycle::Event(_) => at,
                };
                let mut task = Self::task(key.step.as_str());
                (task.progress, task.ended) = (Progress::Done, Some(at));
                match place {
                    Some(place) => self.jobs[place].tasks.push(task),
                    None => {
                        let (cycle, tasks) = (key.cycle, vec![task]);
                        self.jobs.push(Job { action, cycle, called, cause: None, tasks });
                    }
                }
            }
            return;
        };
        let Ok(progress) = task.progress.after(entry, task.begun) else { return };
        task.progress = progress;
        match entry {
            WorkEntry::Started if task.begun == Progress::Planned => task.begun = Progress::InProgress,
            WorkEntry::PartlyDone => task.begun = Progress::PartlyDone,
            WorkEntry::Done => (task.ended, task.why, task.held) = (Some(at), None, false),
            WorkEntry::Cancelled => {
                task.ended = Some(at);
                task.why = Some(CancelCause::ByHand { event: event.id.clone() });
                task.held = false;
            }
            _ => {}
        }
    }

    fn task(step: &str) -> Task {
        Task {
            step: step.to_owned(),
            progress: Progress::Planned,
            begun: Progress::Planned,
            freed: false,
            from: None,
            first: None,
            working: 0,
            elapsed: 0,
            held: false,
            rung: 0,
            ended: None,
            why: None,
        }
    }

    fn time(&mut self, action: &'a Action, at: Instant) {
        let zone = self.plain.body().zone();
        match action.trigger() {
            Trigger::Event { .. } => {}
            Trigger::Dates { dates, before, when } => {
                let days = dates.iter().filter_map(|day| day.checked_sub_days(Days::new(before.into())));
                if days.filter_map(|day| zone.day_start(day)).any(|day| day == at) {
                    self.attempt(action, Cycle::At(at), at, None, when.as_ref());
                }
            }
            Trigger::After { held } => {
                let place = self.holding.iter().position(|own| own.0.id() == action.id());
                match (self.plain.holds(&held, Self::unknown(action), Some(action), at), place) {
                    (true, None) => self.holding.push((action, at, None)),
                    (false, Some(place)) => {
                        self.holding.remove(place);
                        let called =
                            |job: &Job<'_>| job.action.id() == action.id() && job.cycle == Cycle::At(at);
                        if !self.jobs.iter().any(called) && !self.is_blocked(action, at) {
                            self.call(action, Cycle::At(at), at, None);
                        }
                    }
                    _ => {}
                }
            }
            Trigger::While { holds, every, keep } => {
                let place = self.holding.iter().position(|own| own.0.id() == action.id());
                if !self.plain.holds(&holds, Self::unknown(action), Some(action), at) {
                    if let Some(place) = place {
                        self.holding.remove(place);
                        let own = |job: &&mut Job<'_>| job.action.id() == action.id() && untouched(job);
                        for job in self.jobs.iter_mut().filter(own).filter(|_| !keep) {
                            job.tasks
                                .iter_mut()
                                .for_each(|task| task.cancel(at, &CancelCause::HoldsNoLonger));
                        }
                    }
                    return;
                }
                let place = place.unwrap_or_else(|| {
                    self.holding.push((action, at, None));
                    self.holding.len() - 1
                });
                let (_, since, answered) = self.holding[place];
                let start = |at: Instant| every.map(|every| self.period_start(every, at));
                let cycle = start(at).map_or(since, |start| start.max(since));
                if answered == Some(cycle) {
                    return;
                }
                let done = self.jobs.iter().filter(|job| job.action.id() == action.id()).any(|job| {
                    let gone = job.tasks.iter().all(|task| task.progress == Progress::Cancelled);
                    job.cycle == Cycle::At(cycle)
                        || (every.is_some() && start(job.called) == start(at) && !gone)
                });
                if !done {
                    if self.is_blocked(action, at) {
                        return;
                    }
                    self.call(action, Cycle::At(cycle), at, None);
                }
                self.holding[place].2 = Some(cycle);
            }
        }
    }

    fn period_start(&self, every: Period, at: Instant) -> Instant {
        let zone = self.plain.body().zone();
        let day = every.first_day(zone.local(at).date(), self.plain.body().week_start());
        zone.instant(day.and_time(NaiveTime::MIN)).unwrap()
    }

    fn attempt(
        &mut self,
        action: &'a Action,
        cycle: Cycle,
        at: Instant,
        event: Option<&Event>,
        when: Option<&Condition>,
    ) {
        if self.jobs.iter().any(|job| job.action.id() == action.id() && job.cycle == cycle) {
            return;
        }
        let cause = event.and_then(|event| {
            let named = text(event, "cause").or_else(|| text(event, "key"))?;
            let key: ActionKey = named.parse().ok()?;
            (key.policy == self.plain.actions.head().id && key.subject == *self.plain.subject).then_some(key)
        });
        // The actions that led here.
        let (mut chain, mut next) = (Vec::new(), cause.clone());
        while let Some(key) = next {
            chain.push(key.action.clone());
            if chain.len() > 100 {
                break;
            }
            let job = self.jobs.iter().find(|job| *job.action.id() == key.action && job.cycle == key.cycle);
            next = job.and_then(|job| job.cause.clone());
        }
        if chain.contains(action.id()) || chain.len() > usize::from(self.plain.body().max_depth()) {
            return;
        }
        if when.is_some_and(|when| !self.plain.holds(when, Self::unknown(action), Some(action), at)) {
            return;
        }
        if !self.is_blocked(action, at) {
            self.call(action, cycle, at, cause);
        }
    }

    fn call(&mut self, action: &'a Action, cycle: Cycle, at: Instant, cause: Option<ActionKey>) {
        let tasks = action.steps().iter().map(|step| Self::task(step.id().as_str())).collect();
        self.jobs.push(Job { action, cycle, called: at, cause, tasks });
    }

    fn is_blocked(&self, action: &Action, at: Instant) -> bool {
        let zone = self.plain.body().zone();
        let void = |job: &Job<'_>| {
            job.tasks.iter().all(|task| task.progress == Progress::Cancelled)
                && job.tasks.iter().any(|task| task.why == Some(CancelCause::HoldsNoLonger))
        };
        let called = || {
            let counts = |job: &&Job<'_>| job.action.id() == action.id() && !void(job);
            self.jobs.iter().filter(counts).map(|job| job.called)
        };
        let cooling = |span: guanxi_condition::Span| {
            called().max().is_some_and(|last| span.after(last, zone) > Some(at))
        };
        if action.spec().cool_down.is_some_and(cooling) {
            return true;
        }
        action.max_runs().is_some_and(|most| {
            let counts =
                |called: &Instant| most.within.is_none_or(|span| span.after(*called, zone) > Some(at));
            called().filter(counts).count() >= usize::from(most.count)
        })
    }

    fn ends(&mut self, at: Instant) {
        for place in 0..self.jobs.len() {
            let action = self.jobs[place].action;
            if let Some(stop) = action.stop()
                && self.plain.holds(stop, Unknown::Fails, None, at)
            {
                self.jobs[place].tasks.iter_mut().for_each(|task| task.cancel(at, &CancelCause::Stopped));
            }
            if let Trigger::While { every: Some(every), .. } = action.trigger()
                && self.period_start(every, self.jobs[place].called) != self.period_start(every, at)
                && untouched(&self.jobs[place])
            {
                self.jobs[place].tasks.iter_mut().for_each(|task| task.cancel(at, &CancelCause::PeriodOver));
            }
        }
    }

    fn steps(&mut self, at: Instant) {
        let mut contacts: Vec<(Instant, guanxi_strategy::Purpose)> = Vec::new();
        for job in &self.jobs {
            for (step, task) in job.action.steps().iter().flat_map(|step| {
                job.tasks.iter().filter(|task| task.step == step.id().as_str()).map(move |task| (step, task))
            }) {
                let made = task.progress != Progress::Cancelled || task.begun != Progress::Planned;
                if let Some(first) = task.first.filter(|_| step.is_contact() && made) {
                    contacts.push((first, job.action.purpose()));
                }
            }
        }
        let mut order: Vec<usize> = (0..self.jobs.len()).collect();
        order.sort_by_key(|job| {
            let job = &self.jobs[*job];
            (100 - job.action.priority(), job.called, self.plain.place(job.action))
        });
        for job in order {
            for step in self.jobs[job].action.steps() {
                self.step(job, step, at, &mut contacts);
            }
        }
    }

    fn step(
        &mut self,
        job: usize,
        step: &Step,
        at: Instant,
        contacts: &mut Vec<(Instant, guanxi_strategy::Purpose)>,
    ) {
        let (plain, action, called) = (self.plain, self.jobs[job].action, self.jobs[job].called);
        let tasks = &mut self.jobs[job].tasks;
        let before: Vec<Task> = tasks
            .iter()
            .filter(|task| step.after().iter().any(|after| after.as_str() == task.step))
            .cloned()
            .collect();
        let Some(task) = tasks.iter_mut().find(|task| task.step == step.id().as_str()) else { return };
        if let Some(gone) = before.iter().find(|task| task.progress == Progress::Cancelled) {
            task.cancel(at, &gone.why.clone().unwrap());
        }
        if task.progress.is_ended() {
            return;
        }
        if !task.freed {
            if before.iter().any(|task| task.progress != Progress::Done) {
                return;
            }
            let free =
                before.iter().filter_map(|task| task.ended).max().map_or(called, |last| last.max(called));
            let wait = step.wait().and_then(|wait| match (plain.schedule(at), wait) {
                (Some(schedule), wait) => schedule.due(free, wait).ok(),
                (None, Term::Elapsed(time)) => {
                    Some(free + TimeDelta::try_seconds(i64::try_from(time.seconds()).unwrap()).unwrap())
                }
                (None, Term::Days(days)) => plain.body().zone().add_days(free, days.0),
                (None, _) => None,
            });
            task.freed = true;
            task.from = Some(plain.awake(action, wait.unwrap_or(free)));
        }
        if task.held || task.from.is_some_and(|from| from <= at) {
            if self.is_suppressed(job, step, at, contacts) {
                let task =
                    self.jobs[job].tasks.iter_mut().find(|task| task.step == step.id().as_str()).unwrap();
                (task.held, task.from) = (true, None);
            } else {
                let task =
                    self.jobs[job].tasks.iter_mut().find(|task| task.step == step.id().as_str()).unwrap();
                if task.held {
                    (task.held, task.from) = (false, Some(plain.awake(action, at)));
                }
                if task.first.is_none() && task.from.is_some_and(|from| from <= at) {
                    task.first = task.from;
                    if step.is_contact() {
                        contacts.push((task.first.unwrap(), action.purpose()));
                    }
                }
            }
        }
        let task = self.jobs[job].tasks.iter_mut().find(|task| task.step == step.id().as_str()).unwrap();
        while let Some(rung) = action.escalation().get(task.rung) {
            if !plain.is_over(task, rung.after, at) || plain.is_quiet(action, at) {
                break;
            }
            task.rung += 1;
        }
        let late = plain.is_over(task, *plain.case(step.due(), at), at);
        task.progress = if late { Progress::Overdue } else { task.begun };
    }

    fn is_suppressed(
        &self,
        job: usize,
        step: &Step,
        at: Instant,
        contacts: &[(Instant, guanxi_strategy::Purpose)],
    ) -> bool {
        use guanxi_strategy::Purpose::{Contract, Marketing, Service};
        let (action, body) = (self.jobs[job].action, self.plain.body());
        let task = self.jobs[job].tasks.iter().find(|task| task.step == step.id().as_str()).unwrap();
        let purpose = action.purpose();
        let suppressors = body.suppressors();
        if step.is_contact() && matches!(purpose, Service | Contract) && action.legal_basis().is_none() {
            return true;
        }
        let consent = suppressors.iter().any(|own| {
            own.when().is_some()
                && own.spec().purposes.contains(&purpose)
                && own.stops(purpose) == Stops::Contact
        });
        if step.is_contact() && purpose == Marketing && !consent {
            return true;
        }
        let mut open: Vec<_> = step.channels().to_vec();
        for own in suppressors {
            let concerned = match own.stops(purpose) {
                Stops::Nothing => false,
                Stops::Contact => step.is_contact(),
                Stops::All => true,
            };
            let holds_back = match (own.when(), own.at_most()) {
                (Some(when), _) => self.plain.holds(when, Unknown::Holds, None, at),
                (None, Some(cap)) => {
                    let counts = |(begun, purpose): &&(Instant, guanxi_strategy::Purpose)| {
                        own.stops(*purpose) != Stops::Nothing
                            && cap.within.after(*begun, body.zone()) > Some(at)
                    };
                    task.first.is_none() && contacts.iter().filter(counts).count() >= usize::from(cap.count)
                }
                (None, None) => false,
            };
            if !concerned || !holds_back {
                continue;
            }
            if own.spec().channels.is_empty() {
                return true;
            }
            open.retain(|channel| !own.spec().channels.contains(channel));
        }
        step.is_contact() && open.is_empty()
    }
}
