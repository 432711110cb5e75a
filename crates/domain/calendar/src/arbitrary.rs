//! Generators for property tests.
use alloc::vec::Vec;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use guanxi_core::{DocumentId, Share, Zone};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::{
    CalendarDays, CalendarTime, CaseKindId, DateKind, DateSpec, MilestoneId, MilestoneSpec, Overlay,
    OverlaySpec, PauseId, PriorityId, Reopen, SeasonSpec, Shift, SlaEntry, SlaSpec, TargetSpec, Term, Warn,
    WeekSpec, Weekday, WorkCalendar, WorkCalendarSpec, WorkingDays, WorkingTime, ZoneOf,
};

/// Any zone, named ones with leaps and hours shown twice among them where names are built in.
pub fn zone() -> impl Strategy<Value = Zone> {
    let fixed = ["UTC", "+08:00", "-03:30", "+05:45", "-18:00"];
    let named = [
        "Europe/Berlin",
        "America/New_York",
        "America/Sao_Paulo",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Asia/Shanghai",
    ];
    let known: Vec<Zone> = fixed.iter().chain(&named).filter_map(|name| name.parse().ok()).collect();
    prop::sample::select(known)
}

/// Any first day: near the leaps of clocks, the ends of years, or anywhere.
pub fn first_day() -> impl Strategy<Value = NaiveDate> {
    let edges = [
        (2026, 3, 29),
        (2026, 10, 25),
        (2026, 3, 8),
        (2026, 11, 1),
        (2018, 11, 4),
        (2018, 2, 18),
        (2006, 10, 29),
        (2026, 4, 5),
        (2026, 10, 4),
        (2011, 12, 30),
        (2024, 2, 29),
        (2025, 12, 31),
    ];
    let edges: Vec<NaiveDate> = edges
        .into_iter()
        .filter_map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day))
        .collect();
    let near = (prop::sample::select(edges), 0_u64..12)
        .prop_filter_map("a day", |(edge, before)| edge.checked_sub_days(Days::new(before)));
    let any = (1990_i32..2060, 1_u32..=366)
        .prop_filter_map("a day", |(year, day)| NaiveDate::from_yo_opt(year, day));
    prop_oneof![3 => near, 1 => any]
}

/// Any hours, over midnight or all day too.
pub fn shift() -> impl Strategy<Value = Shift> {
    let minute = || prop_oneof![4 => (0_u16..=96).prop_map(|quarter| quarter * 15), 1 => 0_u16..=1_440];
    let hours = (minute(), minute()).prop_filter_map("hours", |(start, end)| {
        Shift::from_minutes(start, if end < start { end.saturating_add(1_440) } else { end })
    });
    let usual =
        [(540, 1_020), (540, 720), (780, 1_080), (1_320, 1_800), (0, 1_440), (120, 180), (1_020, 1_440)];
    let usual: Vec<Shift> =
        usual.into_iter().filter_map(|(start, end)| Shift::from_minutes(start, end)).collect();
    prop_oneof![2 => hours, 3 => prop::sample::select(usual)]
}

/// Up to three shifts of a day, none overlapping another.
fn hours() -> impl Strategy<Value = Vec<Shift>> {
    prop::collection::vec(shift(), 0..=3).prop_map(|mut given| {
        given.sort_unstable();
        given.into_iter().fold(Vec::new(), |mut hours: Vec<Shift>, shift| {
            if hours.iter().all(|other| other.end() <= shift.start() || shift.end() <= other.start()) {
                hours.push(shift);
            }
            hours
        })
    })
}

fn week() -> impl Strategy<Value = WeekSpec> {
    let days = prop::collection::vec(hours(), 7).prop_map(|days| {
        Weekday::ALL.iter().zip(days).map(|(day, hours)| (day.code().into(), hours)).collect()
    });
    let plain = hours().prop_map(|hours| [("mon-fri".into(), hours)].into());
    prop_oneof![1 => Just(WeekSpec::new()), 5 => plain, 4 => days]
}

/// Any entry of some days, by their distance from the first.
fn date(first: NaiveDate, days: u64) -> impl Strategy<Value = DateSpec> {
    let kind = prop::sample::select(DateKind::WORDS.to_vec()).prop_map(|(_, kind)| kind);
    let weekday = prop::sample::select(Weekday::ALL.to_vec());
    let length = prop_oneof![3 => Just(0_u64), 1 => 0_u64..4];
    (0..days, length, kind, hours(), weekday, any::<bool>()).prop_filter_map(
        "an entry",
        move |(day, length, kind, hours, weekday, either)| {
            let date = first.checked_add_days(Days::new(day))?;
            let to =
                date.checked_add_days(Days::new(length.min(days.saturating_sub(day).saturating_sub(1))))?;
            let by_weekday = kind == DateKind::MakeUp && (either || hours.is_empty());
            let hours = match kind {
                DateKind::Holiday => Vec::new(),
                DateKind::Closure if either => Vec::new(),
                DateKind::MakeUp if by_weekday => Vec::new(),
                DateKind::HalfDay | DateKind::MakeUp => hours,
                DateKind::Closure | DateKind::Opening => {
                    hours.into_iter().filter(|shift| !shift.is_overnight()).collect()
                }
            };
            if hours.is_empty() && matches!(kind, DateKind::HalfDay | DateKind::Opening) {
                return None;
            }
            let works_as = by_weekday.then_some(weekday);
            Some(DateSpec { date, to: (to > date).then_some(to), kind, hours, works_as, label: None })
        },
    )
}

/// Any entries that do not contradict each other.
fn dates(first: NaiveDate, days: u64) -> impl Strategy<Value = Vec<DateSpec>> {
    prop::collection::vec(date(first, days), 0..=8).prop_map(|given| {
        given.into_iter().fold(Vec::new(), |mut dates: Vec<DateSpec>, next| {
            let whole = |spec: &DateSpec| {
                spec.kind != DateKind::Opening && (spec.kind != DateKind::Closure || spec.hours.is_empty())
            };
            let clashes = |other: &DateSpec| {
                let meet =
                    next.date <= other.to.unwrap_or(other.date) && other.date <= next.to.unwrap_or(next.date);
                let same = next.kind == other.kind && next.hours == other.hours;
                meet && ((whole(&next) && whole(other)) || same)
            };
            if !dates.iter().any(clashes) {
                dates.push(next);
            }
            dates
        })
    })
}

/// Up to two seasons within some days.
fn seasons(first: NaiveDate, days: u64) -> impl Strategy<Value = Vec<SeasonSpec>> {
    prop::collection::vec((0..days, 0..days, week()), 0..=2).prop_map(move |given| {
        let mut taken = Vec::new();
        let season = |(from, length, week): (u64, u64, WeekSpec)| {
            let to = from.saturating_add(length).min(days.saturating_sub(1));
            if taken.iter().any(|(start, end)| from <= *end && *start <= to) {
                return None;
            }
            taken.push((from, to));
            let day = |days| first.checked_add_days(Days::new(days));
            Some(SeasonSpec { from: day(from)?, to: day(to)?, week, label: None })
        };
        given.into_iter().filter_map(season).collect()
    })
}

/// What any calendar of at most so many days says.
pub fn calendar_spec(most_days: u64) -> impl Strategy<Value = WorkCalendarSpec> {
    (zone(), first_day(), 1..=most_days)
        .prop_flat_map(|(zone, from, days)| calendar_spec_of(zone, from, days))
}

/// What any calendar of a zone and of so many days from one on says.
pub fn calendar_spec_of(zone: Zone, from: NaiveDate, days: u64) -> impl Strategy<Value = WorkCalendarSpec> {
    (week(), seasons(from, days), dates(from, days)).prop_filter_map(
        "a last day",
        move |(week, seasons, dates)| {
            let to = from.checked_add_days(Days::new(days.saturating_sub(1)))?;
            Some(WorkCalendarSpec { zone, from, to, week, seasons, dates })
        },
    )
}

/// Any calendar of at most so many days.
pub fn calendar(most_days: u64) -> impl Strategy<Value = WorkCalendar> {
    calendar_spec(most_days).prop_filter_map("sound", |spec| WorkCalendar::try_from(&spec).ok())
}

/// Any overlay of a calendar.
pub fn overlay(calendar: &WorkCalendar) -> impl Strategy<Value = Overlay> + use<> {
    let (from, to) = calendar.horizon();
    let days = u64::try_from(to.signed_duration_since(from).num_days()).unwrap_or_default().saturating_add(1);
    let own = (prop::option::of(week()), seasons(from, days), dates(from, days));
    own.prop_filter_map("sound", |(week, seasons, dates)| {
        let spec = OverlaySpec { from: None, to: None, week, seasons, dates };
        Overlay::try_from(&spec).ok()
    })
}

/// Any instant of the horizon of a calendar, to the minute; seldom one just outside.
pub fn instant_near(calendar: &WorkCalendar) -> impl Strategy<Value = DateTime<Utc>> + use<> {
    let (from, to) = calendar.horizon();
    let start = calendar.zone().day_start(from).unwrap_or_default();
    let end = to.succ_opt().and_then(|day| calendar.zone().day_start(day)).unwrap_or_default();
    let minutes = end.signed_duration_since(start).num_minutes();
    let minute = prop_oneof![20 => 0..minutes.max(1), 1 => -5..minutes.saturating_add(5)];
    minute
        .prop_filter_map("in range", move |minute| start.checked_add_signed(TimeDelta::try_minutes(minute)?))
}

/// Any term of at most a few days, to the minute.
pub fn term() -> impl Strategy<Value = Term> {
    let minutes = || prop_oneof![1 => Just(0_u32), 4 => (1_u32..200).prop_map(|n| n * 30), 2 => 0_u32..2_000];
    prop_oneof![
        5 => minutes().prop_map(|minutes| Term::Working(WorkingTime::from_minutes(minutes))),
        1 => minutes().prop_map(|minutes| Term::Elapsed(CalendarTime::from_minutes(minutes))),
        3 => (0_u32..8).prop_map(|days| Term::WorkingDays(WorkingDays(days))),
        1 => (0_u32..8).prop_map(|days| Term::EndOfWorkingDay(WorkingDays(days))),
        1 => (0_u32..8).prop_map(|days| Term::Days(CalendarDays(days))),
    ]
}

fn code<T>(words: &[&str]) -> impl Strategy<Value = T> + use<T>
where
    T: core::str::FromStr + Clone + core::fmt::Debug + 'static,
{
    let known: Vec<T> = words.iter().filter_map(|word| word.parse().ok()).collect();
    prop::sample::select(known)
}

fn target() -> impl Strategy<Value = TargetSpec> {
    let share = (1_i64..1_000).prop_filter_map("a share", |n| Share::try_from(Decimal::new(n, 3)).ok());
    let left = (0_u32..600).prop_map(CalendarTime::from_minutes);
    let warn = prop_oneof![2 => share.prop_map(Warn::Share), 1 => left.prop_map(|time| Warn::Left(Term::Elapsed(time)))];
    (term(), prop::option::weighted(0.8, warn)).prop_map(|(due, warn)| {
        let in_measure = |warn| match warn {
            Warn::Left(Term::Elapsed(time)) if due.is_working() => {
                Warn::Left(Term::Working(WorkingTime::from_seconds(time.seconds())))
            }
            warn => warn,
        };
        TargetSpec { due, warn: warn.map(in_measure) }
    })
}

/// What any SLA policy says, of up to three milestones `a`, `b` and `c`, priorities `p`, `q` and `r`, and
/// pauses `x` and `y`.
pub fn sla_spec() -> impl Strategy<Value = SlaSpec> {
    let milestone = || {
        (
            prop::collection::btree_map(code::<PriorityId>(&["p", "q", "r"]), target(), 0..=3),
            prop::option::weighted(0.7, target()),
            prop::collection::btree_set(code::<PauseId>(&["x", "y"]), 0..=2),
            prop::sample::select(alloc::vec![Reopen::Keep, Reopen::Resume, Reopen::Restart, Reopen::New]),
            prop::option::weighted(0.6, 0_usize..3),
            prop::bool::weighted(0.1),
        )
    };
    let zone = prop_oneof![3 => Just(ZoneOf::Calendar), 1 => Just(ZoneOf::Customer)];
    (zone, prop::collection::vec(milestone(), 1..=3)).prop_filter_map("milestones", |(zone, given)| {
        let mut milestones: Vec<MilestoneSpec> = Vec::new();
        for (name, (targets, otherwise, paused_by, reopen, after, complaints)) in
            ["a", "b", "c"].iter().zip(given)
        {
            if targets.is_empty() && otherwise.is_none() {
                continue;
            }
            let after =
                after.and_then(|place| milestones.get(place)).map(|one: &MilestoneSpec| one.id.clone());
            let kinds = if complaints { Vec::from([CaseKindId::new("complaint").ok()?]) } else { Vec::new() };
            let (id, paused_by) = (MilestoneId::new(name).ok()?, paused_by.into_iter().collect());
            milestones.push(MilestoneSpec { id, kinds, after, targets, otherwise, paused_by, reopen });
        }
        (!milestones.is_empty()).then_some(SlaSpec { zone, milestones })
    })
}

/// Any entry at an instant, of the codes of [`sla_spec`], the calendars `one` and `two` and some zones.
pub fn sla_entry(at: DateTime<Utc>, zones: Vec<Zone>) -> impl Strategy<Value = SlaEntry> {
    let pause = || code::<PauseId>(&["x", "y"]);
    prop_oneof![
        2 => pause().prop_map(move |reason| SlaEntry::Paused { at, reason }),
        2 => prop::option::weighted(0.7, pause()).prop_map(move |reason| SlaEntry::Resumed { at, reason }),
        5 => code::<MilestoneId>(&["a", "b", "c"]).prop_map(move |milestone| SlaEntry::Met { at, milestone }),
        3 => Just(SlaEntry::Reopened { at }),
        3 => code::<PriorityId>(&["p", "q", "r"]).prop_map(move |priority| SlaEntry::Priority { at, priority }),
        2 => code::<DocumentId>(&["one", "two"]).prop_map(move |calendar| SlaEntry::Calendar { at, calendar }),
        1 => prop::sample::select(zones).prop_map(move |zone| SlaEntry::Zone { at, zone }),
    ]
}
