//! What a calendar says, read off a clock: minute after minute, by the rules as they are written.
//!
//! Slow and plain: it knows nothing of spans, sums or instants of hours. A clock hangs in the zone; a
//! hand that is set back stays where it is until the clock has caught up. Each minute is open or not
//! by the rules of its day, and everything else is counting.
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};
use guanxi_calendar::{DateKind, DateSpec, OverlaySpec, Shift, Term, WeekSpec, WorkCalendarSpec};
use guanxi_core::Zone;

/// What the oracle says in place of an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum No {
    WorkingTime,
    Covered,
    Further,
}

/// One step of the clock, a minute or a second.
#[derive(Clone, Copy, Debug)]
struct Step {
    at: DateTime<Utc>,
    /// Where the hand is.
    hand: NaiveDateTime,
    /// The day to which the time belongs, where it is open.
    owner: Option<NaiveDate>,
}

pub(crate) struct Oracle {
    zone: Zone,
    step: TimeDelta,
    steps: Vec<Step>,
    end: DateTime<Utc>,
}

fn before(day: NaiveDate) -> NaiveDate {
    day.pred_opt().unwrap()
}

fn week_of<'a>(week: &'a WeekSpec, code: &str) -> &'a [Shift] {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let place = |name: &str| DAYS.iter().position(|day| *day == name).unwrap();
    let named = |key: &str| {
        let (first, last) = key.split_once('-').unwrap_or((key, key));
        (place(first)..=place(last)).contains(&place(code))
    };
    week.iter().find(|(key, _)| named(key)).map_or(&[], |(_, shifts)| shifts)
}

fn code(day: NaiveDate) -> String {
    day.format("%a").to_string().to_lowercase()
}

/// The rules as written: a calendar and, over it, at most one overlay.
pub(crate) struct Rules<'a> {
    pub(crate) calendar: &'a WorkCalendarSpec,
    pub(crate) overlay: Option<&'a OverlaySpec>,
}

impl Rules<'_> {
    fn entries(dates: &[DateSpec], day: NaiveDate) -> Vec<&DateSpec> {
        dates.iter().filter(|entry| entry.date <= day && day <= entry.to.unwrap_or(entry.date)).collect()
    }

    fn whole(entry: &DateSpec) -> bool {
        match entry.kind {
            DateKind::Opening => false,
            DateKind::Closure => entry.hours.is_empty(),
            _ => true,
        }
    }

    fn over(&self, day: NaiveDate) -> Vec<&DateSpec> {
        self.overlay.map_or(Vec::new(), |overlay| Self::entries(&overlay.dates, day))
    }

    /// The calendar's own entries of a day, as far as the overlay leaves them.
    fn base(&self, day: NaiveDate) -> Vec<&DateSpec> {
        if self.over(day).iter().any(|entry| Self::whole(entry)) {
            return Vec::new();
        }
        Self::entries(&self.calendar.dates, day)
    }

    fn covered(&self, day: NaiveDate) -> bool {
        self.calendar.from <= day && day <= self.calendar.to
    }

    fn week(&self, day: NaiveDate) -> &WeekSpec {
        if let Some(overlay) = self.overlay {
            if let Some(season) = overlay.seasons.iter().find(|season| season.from <= day && day <= season.to)
            {
                return &season.week;
            }
            if let Some(week) = &overlay.week {
                return week;
            }
        }
        let season = self.calendar.seasons.iter().find(|season| season.from <= day && day <= season.to);
        season.map_or(&self.calendar.week, |season| &season.week)
    }

    /// The shifts that begin on a day.
    fn shifts(&self, day: NaiveDate) -> &[Shift] {
        if !self.covered(day) {
            return &[];
        }
        let entries = [self.over(day), self.base(day)].concat();
        match entries.iter().find(|entry| Self::whole(entry)) {
            None => week_of(self.week(day), &code(day)),
            Some(entry) => match (entry.kind, entry.works_as) {
                (DateKind::MakeUp, Some(other)) => week_of(self.week(day), other.code()),
                (DateKind::MakeUp | DateKind::HalfDay, _) => {
                    let found =
                        self.overlay.iter().flat_map(|overlay| &overlay.dates).chain(&self.calendar.dates);
                    &found.into_iter().find(|other| *other == *entry).unwrap().hours
                }
                _ => &[],
            },
        }
    }

    /// All that is said of one day.
    fn said(&self, day: NaiveDate) -> Said {
        if !self.covered(day) {
            return Said { day, shifts: Vec::new(), layers: [Vec::new(), Vec::new()] };
        }
        let layer = |entries: Vec<&DateSpec>| entries.into_iter().cloned().collect();
        let layers = [layer(self.base(day)), layer(self.over(day))];
        Said { day, shifts: self.shifts(day).to_vec(), layers }
    }
}

/// What the rules say of one day: its shifts, and the entries of the calendar and of the overlay.
struct Said {
    day: NaiveDate,
    shifts: Vec<Shift>,
    layers: [Vec<DateSpec>; 2],
}

fn holds(hours: &[Shift], minute: u32) -> bool {
    hours.iter().any(|shift| u32::from(shift.start()) <= minute && minute < u32::from(shift.end()))
}

/// The day to which a minute of today belongs if it is open, the earlier of two.
fn owner(yesterday: &Said, today: &Said, minute: u32) -> Option<NaiveDate> {
    let both = [(yesterday, minute + 1_440), (today, minute)];
    let mut owner = both.iter().find(|(said, minute)| holds(&said.shifts, *minute)).map(|(said, _)| said.day);
    for entries in &today.layers {
        let now = |entry: &&DateSpec| entry.hours.is_empty() || holds(&entry.hours, minute);
        let mut closed = entries.iter().filter(now);
        if closed.any(|entry| matches!(entry.kind, DateKind::Holiday | DateKind::Closure)) {
            owner = None;
        }
        if entries.iter().filter(now).any(|entry| entry.kind == DateKind::Opening) {
            owner = owner.or(Some(today.day));
        }
    }
    owner
}

impl Oracle {
    /// Walks through the whole horizon in steps of so many seconds.
    pub(crate) fn new(rules: &Rules<'_>, seconds: i64) -> Self {
        let calendar = rules.calendar;
        let (zone, step) = (calendar.zone, TimeDelta::seconds(seconds));
        let start = zone.day_start(calendar.from).unwrap();
        let end = zone.day_start(calendar.to.succ_opt().unwrap()).unwrap();
        let mut steps = Vec::new();
        let (mut at, mut hand) = (start, calendar.from.and_hms_opt(0, 0, 0).unwrap());
        let mut said = (rules.said(before(calendar.from)), rules.said(calendar.from));
        while at < end {
            hand = hand.max(zone.local(at));
            if said.1.day != hand.date() {
                said = (rules.said(before(hand.date())), rules.said(hand.date()));
            }
            let owner = owner(&said.0, &said.1, hand.hour() * 60 + hand.minute());
            steps.push(Step { at, hand, owner });
            at += step;
        }
        Self { zone, step, steps, end }
    }

    fn from(&self, at: DateTime<Utc>) -> Result<&[Step], No> {
        let place = self.steps.iter().position(|step| step.at == at).ok_or(No::Covered)?;
        Ok(&self.steps[place..])
    }

    /// Whether the step that begins at an instant is one of work.
    pub(crate) fn is_open(&self, at: DateTime<Utc>) -> Option<bool> {
        let steps = (at - self.steps.first()?.at).num_seconds() / self.step.num_seconds();
        let step = self.steps.get(usize::try_from(steps).ok()?)?;
        assert_eq!(step.at, at);
        Some(step.owner.is_some())
    }

    pub(crate) fn opens(&self) -> impl Iterator<Item = (DateTime<Utc>, bool)> + '_ {
        self.steps.iter().map(|step| (step.at, step.owner.is_some()))
    }

    fn none(&self) -> No {
        if self.steps.iter().all(|step| step.owner.is_none()) { No::WorkingTime } else { No::Further }
    }

    pub(crate) fn next_open(&self, at: DateTime<Utc>) -> Result<DateTime<Utc>, No> {
        let step = self.from(at)?.iter().find(|step| step.owner.is_some());
        step.map(|step| step.at).ok_or(self.none())
    }

    pub(crate) fn next_close(&self, at: DateTime<Utc>) -> Result<DateTime<Utc>, No> {
        let step = self.from(at)?.iter().find(|step| step.owner.is_none());
        step.map(|step| step.at).ok_or(No::Further)
    }

    /// The seconds of work from one instant to another.
    pub(crate) fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<i64, No> {
        if to > self.end {
            return Err(No::Covered);
        }
        let steps = self.from(from)?.iter().take_while(|step| step.at < to);
        Ok(steps.filter(|step| step.owner.is_some()).count() as i64 * self.step.num_seconds())
    }

    fn after(&self, at: DateTime<Utc>, seconds: i64) -> Result<DateTime<Utc>, No> {
        let (steps, mut left) = (self.from(at)?, seconds);
        if self.none() == No::WorkingTime {
            return Err(No::WorkingTime);
        }
        if left == 0 {
            return Ok(at);
        }
        for step in steps {
            left -= if step.owner.is_some() { self.step.num_seconds() } else { 0 };
            if left == 0 {
                return Ok(step.at + self.step);
            }
        }
        Err(No::Further)
    }

    /// Working days from the one of an instant on: the first step of work, and the days.
    fn days(&self, at: DateTime<Utc>) -> Result<(Step, Vec<NaiveDate>), No> {
        let first = *self.from(at)?.iter().find(|step| step.owner.is_some()).ok_or(self.none())?;
        let mut days: Vec<NaiveDate> =
            self.steps.iter().filter_map(|step| step.owner).filter(|day| Some(*day) >= first.owner).collect();
        days.sort();
        days.dedup();
        Ok((first, days))
    }

    fn last_close(&self, day: NaiveDate) -> DateTime<Utc> {
        self.steps.iter().rfind(|step| step.owner == Some(day)).unwrap().at + self.step
    }

    pub(crate) fn due(&self, at: DateTime<Utc>, term: Term) -> Result<DateTime<Utc>, No> {
        match term {
            Term::Working(time) => self.after(at, time.seconds() as i64),
            Term::Elapsed(time) => Ok(at + TimeDelta::seconds(time.seconds() as i64)),
            Term::Days(days) => Ok(self.zone.add_days(at, days.0).unwrap()),
            Term::EndOfWorkingDay(n) => {
                let (_, days) = self.days(at)?;
                days.get(n.0 as usize).map(|day| self.last_close(*day)).ok_or(No::Further)
            }
            Term::WorkingDays(n) => {
                let (first, days) = self.days(at)?;
                let day = *days.get(n.0 as usize).ok_or(No::Further)?;
                if n.0 == 0 {
                    return Ok(at);
                }
                let clock = self.zone.local(first.at) - days[0].and_hms_opt(0, 0, 0).unwrap();
                let same = day.and_hms_opt(0, 0, 0).unwrap() + clock;
                let shown = self.steps.iter().find(|step| step.hand >= same).map_or(self.end, |step| step.at);
                let open = self.steps.iter().find(|step| step.owner == Some(day)).unwrap().at;
                let until = shown.clamp(open, self.last_close(day));
                // Up to the last work before then.
                let worked = self.between(at, until)?;
                self.after(at, worked)
            }
        }
    }
}
