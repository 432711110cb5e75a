//! The steps of what was called for: when they begin, what holds them back, and when they are due.
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::OnceCell;
use core::cmp::Reverse;

use chrono::{DateTime, Utc};
use guanxi_core::DocumentId;

use super::machine::Machine;
use crate::action::{Action, CapSpec, ChannelId, Purpose, Step, Stops, Suppressor, SuppressorId};
use crate::action::{NO_CONSENT_RULE, NO_LEGAL_BASIS};
use crate::run::{CancelCause, Progress, Run, Work, WorkEntry};

/// An instant at which steps are looked at: the calendar then, and the contacts that have begun by then.
struct Now {
    at: DateTime<Utc>,
    calendar: Option<DocumentId>,
    contacts: Vec<Contact>,
}

/// A contact that has begun.
type Contact = (DateTime<Utc>, Purpose);

/// The contacts of an instant, found when they are asked for.
pub(crate) type Contacts = OnceCell<Vec<Contact>>;

/// If so many of these have not ended by an instant that no more may come: when one more may, if ever.
pub(crate) fn full(
    ends: impl Iterator<Item = Option<DateTime<Utc>>>,
    count: u16,
    at: DateTime<Utc>,
) -> Option<Option<DateTime<Utc>>> {
    let mut ends: Vec<Option<DateTime<Utc>>> = ends.filter(|end| end.is_none_or(|end| end > at)).collect();
    let over = ends.len().checked_sub(usize::from(count))?;
    // Those that never end come last.
    ends.sort_by_key(|end| (end.is_none(), *end));
    Some(ends.get(over).copied().flatten())
}

impl<'a> Machine<'a> {
    /// Brings every open step to an instant: the greater priority first, then what was called for first.
    pub(crate) fn steps(&mut self, at: DateTime<Utc>) {
        let actions = self.actions;
        if self.memory.open.is_empty() {
            return;
        }
        let mut open = core::mem::take(&mut Arc::make_mut(&mut self.memory).open);
        let mut now = Now { at, calendar: self.calendar(at), contacts: self.contacts(&open, at) };
        let mut order: Vec<(Reverse<u8>, DateTime<Utc>, usize, usize)> = Vec::with_capacity(open.len());
        for (place, run) in open.iter().enumerate() {
            if let Some(action) = actions.action(&run.action) {
                order.push((Reverse(action.priority()), run.called_at, action.place, place));
            }
        }
        order.sort_unstable();
        for (.., action, place) in order {
            if let (Some(action), Some(run)) = (actions.actions().get(action), open.get_mut(place)) {
                self.run_steps(action, run, &mut now);
            }
        }
        Arc::make_mut(&mut self.memory).open = open;
    }

    fn run_steps(&self, action: &'a Action, run: &mut Run, now: &mut Now) {
        for step in action.steps() {
            let before = || run.steps.iter().filter(|work| step.after().contains(&work.step));
            let gone =
                before().find(|work| work.progress == Progress::Cancelled).and_then(|work| work.why.clone());
            let done = before().all(|work| work.progress == Progress::Done);
            let last = before().filter_map(|work| work.ended_at).max();
            let free = done.then(|| last.map_or(run.called_at, |last| last.max(run.called_at)));
            let Some(work) = run.steps.iter_mut().find(|work| work.step == *step.id()) else { continue };
            if let Some(why) = gone {
                work.cancel(now.at, why);
            }
            if !work.progress.is_ended() {
                self.step(action, step, work, free, now);
            }
        }
    }

    fn step(
        &self,
        action: &'a Action,
        step: &'a Step,
        work: &mut Work,
        free: Option<DateTime<Utc>>,
        now: &mut Now,
    ) {
        let at = now.at;
        if work.free_at.is_none() {
            let Some(free) = free else { return };
            work.free_at = Some(free);
            let wait = step.wait().and_then(|wait| self.clocks.after(now.calendar.as_ref(), free, wait));
            self.begin(action, work, wait.unwrap_or(free));
        }
        let from = work.runs_from;
        if work.is_held() || from.is_some_and(|from| from <= at) {
            match self.open_channel(action, step, work, at, &now.contacts) {
                Err(by) => {
                    if !work.is_held() {
                        self.stop_clock(work, at);
                        work.runs_from = None;
                    }
                    work.held_by = by;
                    work.channel = None;
                }
                Ok(channel) => {
                    if work.is_held() {
                        work.held_by.clear();
                        self.begin(action, work, at);
                    }
                    work.channel = channel;
                }
            }
            if work.first_at.is_none() && work.runs_from.is_some_and(|from| from <= at) {
                work.first_at = work.runs_from;
                if step.is_contact() {
                    now.contacts.push((work.runs_from.unwrap_or(at), action.purpose()));
                }
            }
        }
        let term = step.due().pick(|guard| self.watches.holds(guard, at)).copied();
        let moved = work.term != term || work.calendar != now.calendar;
        if moved {
            // What is used stays used, measured by the calendar of its time.
            if work.first_at.is_some() && work.runs_from.is_some_and(|from| from < at) {
                self.stop_clock(work, at);
                (work.runs_from, work.moved_from) = (Some(at), None);
            }
            (work.term, work.calendar) = (term, now.calendar.clone());
        }
        let comes = |instant: Option<DateTime<Utc>>| instant.is_some_and(|instant| instant <= at);
        let late = comes(work.due_at) && work.progress != Progress::Overdue;
        if moved || work.runs_from != from || late || comes(work.climbs_at) {
            self.dues(action, work, at);
        }
    }

    /// Lets the clock of a step run from an instant on, or from the end of quiet hours.
    fn begin(&self, action: &Action, work: &mut Work, at: DateTime<Utc>) {
        let from = self.clocks.awake(action.quiet, at);
        work.runs_from = Some(from);
        work.moved_from = (from != at).then_some(at);
    }

    /// Counts what the clock has run.
    fn stop_clock(&self, work: &mut Work, at: DateTime<Utc>) {
        let Some(from) = work.runs_from.filter(|from| *from < at && work.first_at.is_some()) else { return };
        let used = self.clocks.used(work.calendar.as_ref(), from, at);
        work.used.working = work.used.working.saturating_add(used.working);
        work.used.elapsed = work.used.elapsed.saturating_add(used.elapsed);
    }

    /// Finds when a step is due, and climbs the ladder.
    pub(crate) fn dues(&self, action: &Action, work: &mut Work, at: DateTime<Utc>) {
        let over = |work: &Work, term| self.clocks.over(work.calendar.as_ref(), work, term);
        work.due_at = work.term.and_then(|term| over(work, term));
        loop {
            let rung = action.escalation().get(usize::from(work.rung));
            let climbs_at = rung.and_then(|rung| over(work, rung.after));
            work.climbs_at = climbs_at.map(|climbs_at| self.clocks.awake(action.quiet, climbs_at));
            if work.climbs_at.is_none_or(|climbs_at| climbs_at > at) {
                break;
            }
            work.rung += 1;
        }
        let late = work.due_at.is_some_and(|due| due <= at);
        let entry = if late { WorkEntry::DuePassed } else { WorkEntry::DuePutOff };
        work.progress = work.progress.after(entry, work.begun).unwrap_or(work.progress);
    }

    /// The channel by which a step may be done, if it needs one; or what holds it back.
    fn open_channel(
        &self,
        action: &'a Action,
        step: &'a Step,
        work: &Work,
        at: DateTime<Utc>,
        contacts: &[Contact],
    ) -> Result<Option<ChannelId>, Vec<SuppressorId>> {
        let mut by = self.undeclared(action, step);
        let mut closing: Vec<&Suppressor> = Vec::new();
        for own in self.actions.suppressors().iter().filter(|own| own.concerns(action.purpose(), step)) {
            let holds_back = match (&own.guard, own.at_most()) {
                (Some(guard), _) => self.watches.holds(guard, at),
                (None, Some(cap)) => work.first_at.is_none() && self.capped(own, cap, contacts, at).is_some(),
                (None, None) => false,
            };
            if holds_back && own.spec().channels.is_empty() {
                by.push(own.id().clone());
            } else if holds_back {
                closing.push(own);
            }
        }
        let is_open = |channel: &&ChannelId| !closing.iter().any(|own| own.spec().channels.contains(channel));
        let mut open = step.channels().iter().filter(is_open);
        let first = open.next();
        if step.is_contact() && first.is_none() {
            by.extend(closing.iter().map(|own| own.id().clone()));
        }
        if !by.is_empty() {
            return Err(by);
        }
        let facts = self.ledger.at(at);
        let liked = self.actions.spec.channel_fact.as_ref().and_then(|fact| facts.text(fact));
        let liked = first
            .filter(|first| Some(first.as_str()) == liked)
            .or_else(|| open.find(|channel| Some(channel.as_str()) == liked));
        Ok(liked.or(first).cloned())
    }

    /// What a contact lacks that the document itself must say.
    fn undeclared(&self, action: &Action, step: &Step) -> Vec<SuppressorId> {
        let names_it = |own: &Suppressor| {
            own.guard.is_some()
                && own.spec().purposes.contains(&action.purpose())
                && own.stops(action.purpose()) == Stops::Contact
        };
        let lacking = match action.purpose() {
            _ if !step.is_contact() => None,
            Purpose::Service | Purpose::Contract if action.legal_basis().is_none() => Some(NO_LEGAL_BASIS),
            Purpose::Marketing if !self.actions.suppressors().iter().any(names_it) => Some(NO_CONSENT_RULE),
            _ => None,
        };
        lacking.map(SuppressorId::checked).into_iter().collect()
    }

    /// If so many contacts have begun that no more may: when one more may.
    fn capped(
        &self,
        own: &Suppressor,
        cap: CapSpec,
        contacts: &[Contact],
        at: DateTime<Utc>,
    ) -> Option<Option<DateTime<Utc>>> {
        let counted = contacts.iter().filter(|(_, purpose)| own.stops(*purpose) != Stops::Nothing);
        let ends = counted.map(|(begun, _)| cap.within.after(*begun, self.actions.zone()));
        full(ends, cap.count, at)
    }

    /// The contacts that have begun and may still count for a cap, but for those that were cancelled before anybody did
    /// anything.
    fn contacts(&self, open: &[Run], at: DateTime<Utc>) -> Vec<Contact> {
        let zone = self.actions.zone();
        let caps: Vec<CapSpec> = self.actions.suppressors().iter().filter_map(Suppressor::at_most).collect();
        if caps.is_empty() {
            return Vec::new();
        }
        let counts = |(_, work): &(&Run, &Work)| {
            let first = work.first_at.unwrap_or(at);
            caps.iter().any(|cap| !cap.within.has_long_passed(first, at, zone))
        };
        let closed = self.memory.closed.begun().take_while(counts);
        let open = open.iter().flat_map(|run| run.steps.iter().map(move |work| (run, work)));
        let contact = |(run, work): (&Run, &Work)| {
            let action = self.actions.action(&run.action)?;
            let made = work.progress != Progress::Cancelled || work.begun != Progress::Planned;
            let is_contact = made && action.step(&work.step).is_some_and(Step::is_contact);
            work.first_at.filter(|_| is_contact).map(|first| (first, action.purpose()))
        };
        closed.chain(open).filter_map(contact).collect()
    }

    fn known<'c>(&self, contacts: &'c Contacts, at: DateTime<Utc>) -> &'c [Contact] {
        contacts.get_or_init(|| self.contacts(&self.memory.open, at))
    }

    /// When a suppressor that holds a step back ends, if that is known.
    pub(crate) fn held_until(
        &self,
        by: &SuppressorId,
        at: DateTime<Utc>,
        contacts: &Contacts,
    ) -> Option<DateTime<Utc>> {
        let own = self.actions.suppressors().iter().find(|own| own.id() == by)?;
        match (&own.guard, own.at_most()) {
            (Some(guard), _) => self.watches.ends(guard, at),
            (None, Some(cap)) => self.capped(own, cap, self.known(contacts, at), at)?,
            (None, None) => None,
        }
    }

    /// The instants at which something may happen to a step.
    pub(crate) fn step_instants(
        &self,
        action: &'a Action,
        work: &Work,
        now: DateTime<Utc>,
        contacts: &Contacts,
        see: &mut impl FnMut(Option<DateTime<Utc>>),
    ) {
        see(work.runs_from);
        see(work.due_at);
        see(work.climbs_at);
        let Some(step) = action.step(&work.step) else { return };
        for guard in step.due().guards().chain(step.owner().guards()) {
            see(self.watches.ask(guard, now).1);
        }
        if !work.is_held() && work.runs_from.is_none_or(|from| from > now) {
            return;
        }
        for own in self.actions.suppressors().iter().filter(|own| own.concerns(action.purpose(), step)) {
            match (&own.guard, own.at_most()) {
                (Some(guard), _) => see(self.watches.ask(guard, now).1),
                (None, Some(cap)) if work.held_by.contains(own.id()) => {
                    see(self.capped(own, cap, self.known(contacts, now), now).flatten());
                }
                _ => {}
            }
        }
    }
}

impl Work {
    pub(crate) fn cancel_by_hand(&mut self, at: DateTime<Utc>, event: guanxi_core::EventId) {
        self.ended_at = Some(at);
        self.why = Some(CancelCause::ByHand { event });
        self.held_by.clear();
    }
}

impl Machine<'_> {
    /// Finds anew when open steps are due, by calendars that are others than before.
    pub(crate) fn measure_anew(&mut self, at: DateTime<Utc>) {
        let actions = self.actions;
        let mut open = core::mem::take(&mut Arc::make_mut(&mut self.memory).open);
        for run in &mut open {
            let Some(action) = actions.action(&run.action) else { continue };
            for work in
                run.steps.iter_mut().filter(|work| !work.progress.is_ended() && work.free_at.is_some())
            {
                self.dues(action, work, at);
            }
        }
        Arc::make_mut(&mut self.memory).open = open;
    }
}
