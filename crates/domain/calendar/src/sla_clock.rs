//! The clocks of a case: entries come in, and the state goes out.
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::ToString;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Basis, Decision, Stamp, Zone};

use crate::calendars::Calendars;
use crate::error::CalendarError;
use crate::schedule::{Schedule, elapsed, whole_second};
use crate::sla_entry::{SlaEntry, SlaOpening};
use crate::sla_error::SlaError;
use crate::sla_id::{MilestoneId, PauseId, PriorityId};
use crate::sla_policy::{SlaDocument, SlaPolicy};
use crate::sla_reason::SlaReason;
use crate::sla_spec::{MilestoneSpec, Reopen, TargetSpec, Warn, ZoneOf};
use crate::sla_standing::{MilestoneOutcome, SlaOutcome, Standing};
use crate::sla_state::{MilestoneState, PastCycle, SlaState};
use crate::term::{CalendarTime, Term, WorkingTime};

/// The clocks of cases: a policy, and the calendars that its hours are of.
///
/// Every milestone has a clock of its own, and nothing that happens to one touches another, save that one
/// may come `after` another. A clock counts two amounts side by side, working time and time; a target is
/// spent in one of them.
///
/// - *Time used stays used.* What is used is measured by the calendar, zone and pauses of its time, and
///   counts against whatever target there is: another priority, calendar or policy changes what is
///   allowed from now on, and never what was used. So no time is lost, and none is counted twice.
/// - *A target in days* allows as much time as the days hold that follow the start of the clock, by the
///   calendar of now, which has to cover that start; see [`Schedule::due`].
/// - *Pauses* hold by reason, several at once, and stop the clocks that name one of them.
/// - *Too late* begins at the instant that is due: what is met then is late. It is too late by the target
///   of now; that it was by a former one stays known.
/// - Instants are taken to the whole second below, and entries come in their order.
///
/// ```
/// use guanxi_calendar::{Calendars, SlaClock, SlaEntry, SlaOpening, Standing, preset, sla_preset};
/// use guanxi_core::parse_instant;
///
/// let (policy, calendar) = (sla_preset("standard").ok_or("no such preset")?, preset("five-day").ok_or("no such preset")?);
/// let calendars = Calendars::new().with(&calendar);
/// let clock = SlaClock::new(&policy, &calendars);
///
/// let opened = SlaOpening {
///     at: parse_instant("2026-06-29T10:00:00Z")?,
///     priority: "normal".parse()?,
///     calendar: "five-day".parse()?,
///     zone: None,
///     kind: None,
/// };
/// let state = clock.open(&opened)?;
/// // Half an hour later it turns out to be a strategic customer, who waits two hours at most.
/// let raised = SlaEntry::Priority { at: parse_instant("2026-06-29T10:30:00Z")?, priority: "strategic".parse()? };
/// let state = clock.enter(&state, &raised)?;
/// let judged = clock.judge(&state, parse_instant("2026-06-29T11:00:00Z")?)?;
/// let first = &judged.outcome.milestones[0];
/// assert_eq!((first.standing, first.due), (Standing::Running, Some(parse_instant("2026-06-29T12:00:00Z")?)));
/// // Half an hour before that it is warned of.
/// assert_eq!(judged.next_change, Some(parse_instant("2026-06-29T11:30:00Z")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SlaClock<'a> {
    policy: &'a SlaDocument,
    calendars: &'a Calendars,
}

/// How much of its time a milestone has used, in the measure of its target.
struct Spent {
    target: TargetSpec,
    used: u64,
    /// How much it may use; more than its calendar can say, if absent.
    allowed: Option<u64>,
}

impl Spent {
    fn is_late(&self) -> bool {
        self.allowed.is_some_and(|allowed| allowed <= self.used)
    }

    fn left(&self) -> Option<u64> {
        Some(self.allowed?.saturating_sub(self.used))
    }

    /// How much is used when it is warned of.
    fn warns_from(&self) -> Option<u64> {
        let allowed = self.allowed?;
        Some(match self.target.warn? {
            Warn::Left(Term::Working(left)) => allowed.saturating_sub(left.seconds()),
            Warn::Left(Term::Elapsed(left)) => allowed.saturating_sub(left.seconds()),
            Warn::Left(_) => return None,
            Warn::Share(share) => {
                // At most 10 digits by 28, which 128 bits hold.
                let share = share.get();
                let whole = 10_i128.checked_pow(share.scale())?;
                let parts = i128::from(allowed).checked_mul(share.mantissa())?;
                u64::try_from(parts.checked_add(whole - 1)? / whole).ok()?
            }
        })
    }

    fn amount(&self, seconds: u64) -> Term {
        if self.target.due.is_working() {
            Term::Working(WorkingTime::from_seconds(seconds))
        } else {
            Term::Elapsed(CalendarTime::from_seconds(seconds))
        }
    }

    /// The first instant by which so much more is used, if the clock runs from an instant on.
    fn after(
        &self,
        schedule: &Schedule,
        at: DateTime<Utc>,
        seconds: u64,
    ) -> Result<Option<DateTime<Utc>>, SlaError> {
        if !self.target.due.is_working() {
            return Ok(elapsed(at, CalendarTime::from_seconds(seconds)));
        }
        if seconds == 0 {
            return Ok(Some(at));
        }
        known(schedule.after(at, WorkingTime::from_seconds(seconds)))
    }
}

/// An answer of a calendar, with nothing where it lies past the horizon.
fn known<T>(answer: Result<T, CalendarError>) -> Result<Option<T>, SlaError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(CalendarError::PastHorizon { .. } | CalendarError::TooFar { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl<'a> SlaClock<'a> {
    /// The clocks of a policy by some calendars.
    #[must_use]
    pub const fn new(policy: &'a SlaDocument, calendars: &'a Calendars) -> Self {
        Self { policy, calendars }
    }

    /// Starts the clocks of a case.
    ///
    /// # Errors
    /// [`SlaError`]: a priority without any target, a calendar that is not there, an instant that it does
    /// not cover.
    pub fn open(&self, opening: &SlaOpening) -> Result<SlaState, SlaError> {
        let at = whole_second(opening.at);
        self.check_priority(&opening.priority)?;
        let kind = opening.kind.as_ref();
        let own = self.policy().milestones().iter().filter(|milestone| milestone.is_for(kind));
        let mut state = SlaState {
            policy: self.policy.stamp(),
            opened_at: at,
            at,
            priority: opening.priority.clone(),
            calendar: opening.calendar.clone(),
            zone: opening.zone,
            kind: opening.kind.clone(),
            paused_by: BTreeSet::new(),
            milestones: own.map(|milestone| MilestoneState::new(milestone.id.clone(), None)).collect(),
        };
        self.schedule(&state)?.is_open(at)?;
        self.settle(&mut state)?;
        Ok(state)
    }

    /// Runs the clocks up to an entry, and makes it.
    ///
    /// # Errors
    /// [`SlaError`]; the state stays as it was.
    pub fn enter(&self, state: &SlaState, entry: &SlaEntry) -> Result<SlaState, SlaError> {
        let mut next = self.run(state, entry.at())?;
        let at = next.at;
        match entry {
            SlaEntry::Paused { reason, .. } => {
                next.paused_by.insert(reason.clone());
            }
            SlaEntry::Resumed { reason: Some(reason), .. } => {
                next.paused_by.remove(reason);
            }
            SlaEntry::Resumed { reason: None, .. } => next.paused_by.clear(),
            SlaEntry::Met { milestone, .. } => {
                let found = next.milestones.iter_mut().find(|one| one.milestone == *milestone);
                let one = found.ok_or_else(|| SlaError::UnknownMilestone { milestone: milestone.clone() })?;
                if one.met_at.is_none() {
                    one.met_at = Some(at);
                    one.met_late = one.late_since.is_some();
                }
            }
            SlaEntry::Reopened { .. } => self.reopen(&mut next),
            SlaEntry::Priority { priority, .. } => {
                self.check_priority(priority)?;
                next.priority = priority.clone();
            }
            SlaEntry::Calendar { calendar, .. } => next.calendar = calendar.clone(),
            SlaEntry::Zone { zone, .. } => next.zone = Some(*zone),
        }
        // The calendar of now has to cover the entry, too.
        self.schedule(&next)?.is_open(at)?;
        self.settle(&mut next)?;
        Ok(next)
    }

    /// Makes a whole ledger.
    ///
    /// # Errors
    /// [`SlaError`] of the first entry that cannot be made.
    pub fn replay(&self, opening: &SlaOpening, entries: &[SlaEntry]) -> Result<SlaState, SlaError> {
        entries.iter().try_fold(self.open(opening)?, |state, entry| self.enter(&state, entry))
    }

    /// Takes over a case at an instant from the clocks of another policy.
    ///
    /// The other policy counts up to the instant, this one from then on: a milestone of both keeps what
    /// it has used; one that is new starts now, since nobody could keep it before; one that is gone is
    /// forgotten.
    ///
    /// # Errors
    /// [`SlaError`]; the state stays as it was.
    pub fn take_over(
        &self,
        other: &SlaClock<'_>,
        state: &SlaState,
        at: DateTime<Utc>,
    ) -> Result<SlaState, SlaError> {
        let mut next = other.run(state, at)?;
        self.check_priority(&next.priority)?;
        next.policy = self.policy.stamp();
        let mut before = core::mem::take(&mut next.milestones);
        for milestone in self.policy().milestones().iter().filter(|one| one.is_for(next.kind.as_ref())) {
            let place = before.iter().position(|one| one.milestone == milestone.id);
            let fresh = || MilestoneState::new(milestone.id.clone(), None);
            next.milestones.push(place.map_or_else(fresh, |place| before.swap_remove(place)));
        }
        self.schedule(&next)?.is_open(next.at)?;
        self.settle(&mut next)?;
        Ok(next)
    }

    /// Says where the clocks stand at an instant, and why.
    ///
    /// `next_change` is the first instant at which time alone changes how a milestone stands, or at which
    /// the policy begins or ends; what is used and left changes all the while. The basis names the policy
    /// and, as its reference, the calendar.
    ///
    /// # Errors
    /// [`SlaError`]: an instant before the last entry, one that the calendar does not cover, a state of
    /// another policy. A due time that lies past the horizon is no error: the reason says so.
    pub fn judge(
        &self,
        state: &SlaState,
        as_of: DateTime<Utc>,
    ) -> Result<Decision<SlaOutcome, SlaReason>, SlaError> {
        let now = self.run(state, as_of)?;
        let (calendar, schedule) = self.calendar(&now)?;
        let head = self.policy.head();
        let mut reasons = Vec::new();
        if !head.in_force(as_of) {
            reasons.push(SlaReason::PolicyNotInForce { from: head.effective_from, to: head.effective_to });
        }
        let mut milestones = Vec::with_capacity(now.milestones.len());
        for (spec, one) in self.pairs(&now) {
            milestones.push(stand(&now, spec, one, schedule, &mut reasons)?);
        }
        let running =
            milestones.iter().filter(|one| matches!(one.standing, Standing::Running | Standing::Warned));
        let changes = running.flat_map(|one| [one.warn_at, one.due]);
        let next_change =
            changes.chain([head.effective_from, head.effective_to]).flatten().filter(|at| *at > as_of).min();
        let basis = Basis { policy: self.policy.stamp(), reference: Some(calendar.clone()) };
        Ok(Decision { outcome: SlaOutcome { milestones }, reasons, basis, as_of, next_change })
    }

    const fn policy(&self) -> &'a SlaPolicy {
        self.policy.body()
    }

    fn check_priority(&self, priority: &PriorityId) -> Result<(), SlaError> {
        let unknown = || SlaError::UnknownPriority { priority: priority.clone() };
        self.policy().knows(priority).then_some(()).ok_or_else(unknown)
    }

    /// The calendar that a case runs by.
    fn schedule(&self, state: &SlaState) -> Result<&'a Schedule, SlaError> {
        self.calendar(state).map(|(_, schedule)| schedule)
    }

    fn calendar(&self, state: &SlaState) -> Result<(&'a Stamp, &'a Schedule), SlaError> {
        let zone = match self.policy().zone() {
            ZoneOf::Calendar => None,
            ZoneOf::Customer => Some(state.zone.ok_or(SlaError::NoZone)?),
        };
        let shown =
            |zone: Option<Zone>| zone.map_or_else(|| "its own zone".to_string(), |zone| zone.to_string());
        self.calendars
            .entry(&state.calendar, zone)
            .ok_or_else(|| SlaError::UnknownCalendar { calendar: state.calendar.clone(), zone: shown(zone) })
    }

    /// The milestones of a case with what the policy says of them.
    fn pairs<'s>(
        &self,
        state: &'s SlaState,
    ) -> impl Iterator<Item = (&'a MilestoneSpec, &'s MilestoneState)> {
        let policy = self.policy();
        state.milestones.iter().filter_map(|one| Some((policy.milestone(&one.milestone)?, one)))
    }

    /// The state at a later instant if nothing happens before.
    fn run(&self, state: &SlaState, to: DateTime<Utc>) -> Result<SlaState, SlaError> {
        if state.policy != self.policy.stamp() {
            let (ran, given) = (Box::new(state.policy.clone()), Box::new(self.policy.stamp()));
            return Err(SlaError::OtherPolicy { ran, given });
        }
        let to = whole_second(to);
        if to < state.at {
            return Err(SlaError::OutOfOrder { at: to, last: state.at });
        }
        let schedule = self.schedule(state)?;
        let working = schedule.between(state.at, to)?;
        let passed = to.timestamp().saturating_sub(state.at.timestamp());
        let passed = CalendarTime::from_seconds(u64::try_from(passed).unwrap_or_default());
        let mut next = state.clone();
        next.at = to;
        for one in &mut next.milestones {
            let Some(spec) = self.policy().milestone(&one.milestone) else { continue };
            if !runs(state, spec, one) {
                continue;
            }
            if one.late_since.is_none()
                && let Some(spent) = spent(state, spec, one, schedule)?
                && let Some(left) = spent.left()
            {
                one.late_since = spent.after(schedule, state.at, left)?.filter(|due| *due <= to);
            }
            one.working = one.working.saturating_add(working);
            one.elapsed = one.elapsed.saturating_add(passed);
        }
        Ok(next)
    }

    /// After an entry: starts the clocks that no longer wait, and says which are late by the targets of
    /// now.
    fn settle(&self, state: &mut SlaState) -> Result<(), SlaError> {
        let schedule = self.schedule(state)?;
        let mut settled = Vec::with_capacity(state.milestones.len());
        for one in &state.milestones {
            let mut one = one.clone();
            if let Some(spec) = self.policy().milestone(&one.milestone).filter(|_| one.met_at.is_none()) {
                if one.since.is_none() && awaited(state, spec).is_none() {
                    one.since = Some(state.at);
                }
                let late = spent(state, spec, &one, schedule)?.is_some_and(|spent| spent.is_late());
                match one.late_since {
                    Some(since) if !late => {
                        one.late_before = Some(one.late_before.map_or(since, |before| before.min(since)));
                        one.late_since = None;
                    }
                    None if late => one.late_since = Some(state.at),
                    _ => {}
                }
            }
            settled.push(one);
        }
        state.milestones = settled;
        Ok(())
    }

    fn reopen(&self, state: &mut SlaState) {
        let at = state.at;
        // Those before the one at hand that are not met, and those that were until now.
        let (mut unmet, mut reopened): (Vec<MilestoneId>, Vec<MilestoneId>) = (Vec::new(), Vec::new());
        for one in &mut state.milestones {
            let Some(spec) = self.policy().milestone(&one.milestone) else { continue };
            let after = |list: &[MilestoneId]| spec.after.as_ref().is_some_and(|after| list.contains(after));
            let was_met = one.met_at;
            if spec.reopen != Reopen::Keep && (was_met.is_some() || after(&reopened)) {
                match (spec.reopen, was_met) {
                    (Reopen::New, Some(met_at)) => {
                        one.past.push(PastCycle { met_at, late: one.met_late });
                        one.cycle = one.cycle.saturating_add(1);
                        one.restart(None);
                    }
                    (Reopen::Restart | Reopen::New, _) => one.restart(None),
                    (Reopen::Resume | Reopen::Keep, _) => (one.met_at, one.met_late) = (None, false),
                }
                one.since = one.since.or((!after(&unmet)).then_some(at));
                reopened.push(one.milestone.clone());
            }
            if one.met_at.is_none() {
                unmet.push(one.milestone.clone());
            }
        }
    }
}

/// The milestone that another one waits for.
fn awaited<'s>(state: &SlaState, spec: &'s MilestoneSpec) -> Option<&'s MilestoneId> {
    let after = spec.after.as_ref()?;
    state.milestone(after).is_some_and(|one| one.met_at.is_none()).then_some(after)
}

/// The reasons that hold and stop the clock of a milestone.
fn pauses<'s>(state: &'s SlaState, spec: &'s MilestoneSpec) -> impl Iterator<Item = &'s PauseId> {
    spec.paused_by.iter().filter(|reason| state.paused_by.contains(*reason))
}

fn runs(state: &SlaState, spec: &MilestoneSpec, one: &MilestoneState) -> bool {
    one.met_at.is_none()
        && one.since.is_some()
        && awaited(state, spec).is_none()
        && pauses(state, spec).next().is_none()
}

/// How much of its time a milestone has used; nothing if it has no target or has not started.
fn spent(
    state: &SlaState,
    spec: &MilestoneSpec,
    one: &MilestoneState,
    schedule: &Schedule,
) -> Result<Option<Spent>, SlaError> {
    let (Some(target), Some(since)) = (spec.target(&state.priority), one.since) else { return Ok(None) };
    let allowed = match target.due {
        Term::Working(time) => Some(time.seconds()),
        Term::Elapsed(time) => Some(time.seconds()),
        Term::Days(_) => known(schedule.due(since, target.due))?
            .map(|due| u64::try_from(due.timestamp().saturating_sub(since.timestamp())).unwrap_or_default()),
        Term::WorkingDays(_) | Term::EndOfWorkingDay(_) => match known(schedule.due(since, target.due))? {
            None => None,
            Some(due) => Some(schedule.between(since, due)?.seconds()),
        },
    };
    let used = if target.due.is_working() { one.working.seconds() } else { one.elapsed.seconds() };
    Ok(Some(Spent { target: *target, used, allowed }))
}

/// Where a milestone stands at the instant of the state, and why.
fn stand(
    now: &SlaState,
    spec: &MilestoneSpec,
    one: &MilestoneState,
    schedule: &Schedule,
    reasons: &mut Vec<SlaReason>,
) -> Result<MilestoneOutcome, SlaError> {
    let milestone = &one.milestone;
    let mut outcome = MilestoneOutcome {
        milestone: milestone.clone(),
        cycle: one.cycle,
        standing: Standing::Running,
        target: spec.target(&now.priority).map(|target| target.due),
        used: None,
        left: None,
        warn_at: None,
        due: None,
        met_at: one.met_at,
    };
    let before =
        one.late_before.map(|since| SlaReason::BreachedBefore { milestone: milestone.clone(), since });
    if let Some(at) = one.met_at {
        outcome.standing = if one.met_late { Standing::MetLate } else { Standing::Met };
        let milestone = milestone.clone();
        reasons.push(match one.late_since.filter(|_| one.met_late) {
            Some(late_since) => SlaReason::MetLate { milestone, at, late_since },
            None => SlaReason::Met { milestone, at },
        });
        reasons.extend(before);
        return Ok(outcome);
    }
    if let Some(after) = awaited(now, spec) {
        outcome.standing = Standing::Waiting;
        reasons.push(SlaReason::Waits { milestone: milestone.clone(), after: after.clone() });
        reasons.extend(before);
        return Ok(outcome);
    }
    let Some(spent) = spent(now, spec, one, schedule)? else {
        outcome.standing = Standing::Untimed;
        reasons.push(SlaReason::Untimed { milestone: milestone.clone(), priority: now.priority.clone() });
        reasons.extend(before);
        return Ok(outcome);
    };
    let used = spent.amount(spent.used);
    outcome.used = Some(used);
    if let Some(allowed) = spent.allowed {
        let of = spent.amount(allowed);
        reasons.push(SlaReason::Used { milestone: milestone.clone(), used, of });
    }
    outcome.left = spent.left().map(|left| spent.amount(left));
    let paused: Vec<_> = pauses(now, spec).collect();
    reasons.extend(
        paused.iter().map(|by| SlaReason::Paused { milestone: milestone.clone(), by: (*by).clone() }),
    );
    if let Some(since) = one.late_since {
        (outcome.standing, outcome.due) = (Standing::Breached, Some(since));
        reasons.push(SlaReason::Breached { milestone: milestone.clone(), since });
        reasons.extend(before);
        return Ok(outcome);
    }
    let warns_from = spent.warns_from();
    let warned = warns_from.is_some_and(|from| from <= spent.used);
    if let Some(left) = outcome.left.filter(|_| warned) {
        outcome.standing = Standing::Warned;
        reasons.push(SlaReason::Warned { milestone: milestone.clone(), left });
    }
    reasons.extend(before);
    if !paused.is_empty() {
        outcome.standing = Standing::Paused;
        return Ok(outcome);
    }
    if let Some(from) = warns_from.filter(|_| !warned) {
        outcome.warn_at = spent.after(schedule, now.at, from.saturating_sub(spent.used))?;
    }
    if let Some(left) = spent.left() {
        outcome.due = spent.after(schedule, now.at, left)?;
    }
    if outcome.due.is_none() {
        let (_, to) = schedule.horizon();
        reasons.push(SlaReason::BeyondCalendar { milestone: milestone.clone(), to });
    }
    Ok(outcome)
}
