//! The clocks of a case, watched minute after minute.
//!
//! Slow and plain: it keeps no sums but what it has counted, makes each entry in its minute, and finds
//! what comes by waiting for it.
use std::cell::OnceCell;
use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_calendar::{
    MilestoneOutcome, MilestoneSpec, PriorityId, Reopen, SlaEntry, SlaOpening, SlaSpec, Standing, Term, Warn,
    WorkCalendarSpec, ZoneOf,
};
use guanxi_core::Zone;

use crate::oracle::{No, Oracle, Rules};

/// The calendars by name and zone, counted when they are asked for.
pub(crate) struct Clocks(Vec<(String, Option<Zone>, WorkCalendarSpec, OnceCell<Oracle>)>);

impl Clocks {
    pub(crate) fn new(calendars: &[(&str, WorkCalendarSpec)], zones: &[Zone]) -> Self {
        let every = |(name, spec): &(&str, WorkCalendarSpec)| {
            let own = (name.to_string(), None, spec.clone(), OnceCell::new());
            let other = |zone: &Zone| {
                let spec = WorkCalendarSpec { zone: *zone, ..spec.clone() };
                (name.to_string(), Some(*zone), spec, OnceCell::new())
            };
            [own].into_iter().chain(zones.iter().map(other)).collect::<Vec<_>>()
        };
        Self(calendars.iter().flat_map(every).collect())
    }

    fn get(&self, name: &str, zone: Option<Zone>) -> &Oracle {
        let (_, _, spec, oracle) = self.0.iter().find(|(own, of, ..)| own == name && *of == zone).unwrap();
        oracle.get_or_init(|| Oracle::new(&Rules { calendar: spec, overlay: None }, 60))
    }
}

#[derive(Clone, Debug)]
struct One {
    spec: MilestoneSpec,
    cycle: u32,
    since: Option<DateTime<Utc>>,
    working: i64,
    elapsed: i64,
    late_since: Option<DateTime<Utc>>,
    met: Option<(DateTime<Utc>, bool)>,
    /// What its target comes to, until something happens.
    target: Option<Option<Target>>,
}

#[derive(Clone, Copy, Debug)]
struct Target {
    working: bool,
    allowed: Option<i64>,
    warns: Option<i64>,
}

#[derive(Clone)]
pub(crate) struct Case<'a> {
    policy: &'a SlaSpec,
    clocks: &'a Clocks,
    at: DateTime<Utc>,
    priority: String,
    calendar: String,
    zone: Option<Zone>,
    paused: BTreeSet<String>,
    ones: Vec<One>,
}

/// Whether it is working time, how much is used, and how much is left.
type Seen = (bool, i64, Option<i64>);

impl<'a> Case<'a> {
    pub(crate) fn open(policy: &'a SlaSpec, clocks: &'a Clocks, opening: &SlaOpening) -> Self {
        let own = |spec: &&MilestoneSpec| {
            spec.kinds.is_empty() || spec.kinds.iter().any(|kind| Some(kind) == opening.kind.as_ref())
        };
        let one = |spec: &MilestoneSpec| One {
            spec: spec.clone(),
            cycle: 0,
            since: None,
            working: 0,
            elapsed: 0,
            late_since: None,
            met: None,
            target: None,
        };
        let mut case = Self {
            policy,
            clocks,
            at: opening.at,
            priority: opening.priority.to_string(),
            calendar: opening.calendar.to_string(),
            zone: opening.zone,
            paused: BTreeSet::new(),
            ones: policy.milestones.iter().filter(own).map(one).collect(),
        };
        case.look();
        case
    }

    fn oracle(&self) -> &'a Oracle {
        let zone = self.zone.filter(|_| self.policy.zone == ZoneOf::Customer);
        self.clocks.get(&self.calendar, zone)
    }

    fn waits(&self, one: &One) -> bool {
        self.ones.iter().any(|other| Some(&other.spec.id) == one.spec.after.as_ref() && other.met.is_none())
    }

    fn paused(&self, one: &One) -> bool {
        one.spec.paused_by.iter().any(|reason| self.paused.contains(reason.as_str()))
    }

    /// What the target of a milestone comes to, and when it warns.
    fn target(&self, one: &One) -> Option<Target> {
        let priority: PriorityId = self.priority.parse().unwrap();
        let target = *one.spec.targets.get(&priority).or(one.spec.otherwise.as_ref())?;
        let since = one.since?;
        let count = || {
            let end = match self.oracle().due(since, target.due) {
                Ok(end) => end,
                Err(No::Further) => return None,
                Err(no) => panic!("{no:?}"),
            };
            match target.due {
                Term::Days(_) => Some((end - since).num_seconds()),
                _ => Some(self.oracle().between(since, end).unwrap()),
            }
        };
        let allowed = match target.due {
            Term::Working(time) => Some(time.seconds() as i64),
            Term::Elapsed(time) => Some(time.seconds() as i64),
            _ => count(),
        };
        let warns = allowed.zip(target.warn).map(|(allowed, warn)| match warn {
            Warn::Left(Term::Working(left)) => allowed - left.seconds() as i64,
            Warn::Left(Term::Elapsed(left)) => allowed - left.seconds() as i64,
            Warn::Left(_) => panic!(),
            // Shares are thousandths here.
            Warn::Share(share) => {
                let thousandths: i64 = (share.get() * rust_decimal::Decimal::from(1_000)).try_into().unwrap();
                (allowed * thousandths + 999) / 1_000
            }
        });
        Some(Target { working: !matches!(target.due, Term::Elapsed(_) | Term::Days(_)), allowed, warns })
    }

    /// The seconds that a milestone has used, with its target.
    fn spent(&mut self, place: usize) -> Option<(i64, Target)> {
        if self.ones[place].target.is_none() {
            self.ones[place].target = Some(self.target(&self.ones[place]));
        }
        let one = &self.ones[place];
        let target = one.target.unwrap()?;
        Some((if target.working { one.working } else { one.elapsed }, target))
    }

    /// Looks at the clocks: which start, which are late, which no longer are.
    fn look(&mut self) {
        for place in 0..self.ones.len() {
            if self.ones[place].met.is_some() {
                continue;
            }
            if self.ones[place].since.is_none() && !self.waits(&self.ones[place]) {
                self.ones[place].since = Some(self.at);
                self.ones[place].target = None;
            }
            let late = self
                .spent(place)
                .is_some_and(|(used, target)| target.allowed.is_some_and(|allowed| used >= allowed));
            let one = &mut self.ones[place];
            one.late_since = if late { one.late_since.or(Some(self.at)) } else { None };
        }
    }

    /// Waits for a minute; `false` where the calendar ends.
    fn minute(&mut self) -> bool {
        let Some(open) = self.oracle().is_open(self.at) else { return false };
        for place in 0..self.ones.len() {
            let one = &self.ones[place];
            if one.met.is_none() && one.since.is_some() && !self.waits(one) && !self.paused(one) {
                self.ones[place].elapsed += 60;
                self.ones[place].working += if open { 60 } else { 0 };
            }
        }
        self.at += TimeDelta::minutes(1);
        self.look();
        true
    }

    pub(crate) fn wait_until(&mut self, at: DateTime<Utc>) {
        while self.at < at {
            assert!(self.minute());
        }
    }

    pub(crate) fn enter(&mut self, entry: &SlaEntry) {
        self.wait_until(entry.at());
        match entry {
            SlaEntry::Paused { reason, .. } => drop(self.paused.insert(reason.to_string())),
            SlaEntry::Resumed { reason: Some(reason), .. } => drop(self.paused.remove(reason.as_str())),
            SlaEntry::Resumed { reason: None, .. } => self.paused.clear(),
            SlaEntry::Met { milestone, .. } => {
                if let Some(one) = self.ones.iter_mut().find(|one| one.spec.id == *milestone) {
                    one.met = one.met.or(Some((self.at, one.late_since.is_some())));
                }
            }
            SlaEntry::Reopened { .. } => self.reopen(),
            SlaEntry::Priority { priority, .. } => self.priority = priority.to_string(),
            SlaEntry::Calendar { calendar, .. } => self.calendar = calendar.to_string(),
            SlaEntry::Zone { zone, .. } => self.zone = Some(*zone),
            other => panic!("{other:?}"),
        }
        self.ones.iter_mut().for_each(|one| one.target = None);
        self.look();
    }

    fn reopen(&mut self) {
        let met: Vec<bool> = self.ones.iter().map(|one| one.met.is_some()).collect();
        for place in 0..self.ones.len() {
            let after = self.ones[place].spec.after.clone();
            let first = after.and_then(|after| self.ones.iter().position(|one| one.spec.id == after));
            // The one before it was met or had to wait, and no longer is met.
            let (waits, at) = (first.is_some_and(|first| self.ones[first].met.is_none()), self.at);
            let stops = first.is_some_and(|first| {
                self.ones[first].met.is_none() && (met[first] || self.ones[first].since.is_none())
            });
            let one = &mut self.ones[place];
            if one.spec.reopen == Reopen::Keep || !(met[place] || stops) {
                continue;
            }
            if one.spec.reopen != Reopen::Resume {
                (one.working, one.elapsed, one.since, one.late_since) = (0, 0, None, None);
                one.cycle += u32::from(one.spec.reopen == Reopen::New && met[place]);
            }
            one.met = None;
            if one.since.is_none() && !waits {
                one.since = Some(at);
            }
        }
    }

    /// How each milestone stands now, save when it will be late and warned of.
    fn standings(&mut self) -> Vec<(Standing, Option<Seen>)> {
        let standing = |place: usize, case: &mut Self| {
            let one = &case.ones[place];
            if let Some((_, late)) = one.met {
                return (if late { Standing::MetLate } else { Standing::Met }, None);
            }
            if case.waits(one) {
                return (Standing::Waiting, None);
            }
            let Some((used, target)) = case.spent(place) else { return (Standing::Untimed, None) };
            let one = &case.ones[place];
            let standing = if one.late_since.is_some() {
                Standing::Breached
            } else if case.paused(one) {
                Standing::Paused
            } else if target.warns.is_some_and(|warns| used >= warns) {
                Standing::Warned
            } else {
                Standing::Running
            };
            (standing, Some((target.working, used, target.allowed.map(|allowed| (allowed - used).max(0)))))
        };
        (0..self.ones.len()).map(|place| standing(place, self)).collect()
    }

    /// How each milestone stands, and when the first of them stands otherwise if nothing happens.
    pub(crate) fn judge(&mut self) -> (Vec<MilestoneOutcome>, Option<DateTime<Utc>>) {
        let now = self.standings();
        let mut later = self.clone();
        let (mut change, mut due, mut warn) = (None, vec![None; now.len()], vec![None; now.len()]);
        while later.minute() {
            let then = later.standings();
            for place in 0..now.len() {
                let clear = |standing| standing == Standing::Running || standing == Standing::Warned;
                if !clear(now[place].0) {
                    continue;
                }
                if then[place].0 == Standing::Breached {
                    due[place] = due[place].or(Some(later.at));
                }
                let (used, target) = later.spent(place).unwrap();
                if now[place].0 == Standing::Running && target.warns.is_some_and(|warns| used >= warns) {
                    warn[place] = warn[place].or(Some(later.at));
                }
                if then[place].0 != now[place].0 {
                    change = change.or(Some(later.at));
                }
            }
        }
        let amount = |(working, seconds): (bool, i64)| {
            let seconds = seconds as u64;
            if working {
                Term::Working(guanxi_calendar::WorkingTime::from_seconds(seconds))
            } else {
                Term::Elapsed(guanxi_calendar::CalendarTime::from_seconds(seconds))
            }
        };
        let priority: PriorityId = self.priority.parse().unwrap();
        let outcomes = self.ones.iter().enumerate().map(|(place, one)| MilestoneOutcome {
            milestone: one.spec.id.clone(),
            cycle: one.cycle,
            standing: now[place].0,
            target: one.spec.targets.get(&priority).or(one.spec.otherwise.as_ref()).map(|target| target.due),
            used: now[place].1.map(|(working, used, _)| amount((working, used))),
            left: now[place].1.and_then(|(working, _, left)| Some(amount((working, left?)))),
            warn_at: warn[place],
            due: if now[place].0 == Standing::Breached { one.late_since } else { due[place] },
            met_at: one.met.map(|(at, _)| at),
        });
        (outcomes.collect(), change)
    }
}
