//! What working time costs and whether it is right, see `benches/calendar.sh`:
//! `calendar count WHAT TIMES`, `calendar peer`, `calendar differences QUESTIONS`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::float_arithmetic,
    reason = "what is made up is sound, or the run ends"
)]
use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use guanxi_benches::clock::{median, worked};
use guanxi_calendar::{
    CalendarDocument, Calendars, Schedule, SlaClock, SlaEntry, SlaOpening, Term, WorkCalendar, WorkingDays,
    WorkingTime, sla_preset,
};
use guanxi_core::parse_instant;
use guanxi_policy::{Body, Document};
use jiff::{SignedDuration, Timestamp, civil};

#[path = "../../../crates/domain/calendar/tests/oracle/cases.rs"]
mod cases;
#[path = "../../../crates/domain/calendar/tests/oracle/ledgers.rs"]
mod ledgers;
#[allow(dead_code, reason = "a test reads the rest")]
#[path = "../../../crates/domain/calendar/tests/oracle/mod.rs"]
mod oracle;
#[path = "../../../crates/domain/calendar/tests/oracle/sla.rs"]
mod sla;

type Failed = Box<dyn Error>;

const EXPECTED: &str = "expected `count WHAT TIMES`, `peer` or `differences QUESTIONS`";
/// Days that are off in the calendars that are compared, two of them in a row.
const OFF: [(i16, i8, i8); 6] =
    [(2026, 1, 1), (2026, 4, 3), (2026, 4, 6), (2026, 5, 1), (2026, 12, 24), (2026, 12, 25)];

/// Five years of an office in Berlin.
fn office() -> Result<CalendarDocument, Failed> {
    let dates = OFF.map(|(year, month, day)| {
        serde_json::json!({"date": format!("{year}-{month:02}-{day:02}"), "kind": "holiday"})
    });
    let tree = serde_json::json!({"schema": "guanxi.calendar/1", "id": "office", "version": "1", "body": {
        "zone": "Europe/Berlin", "from": "2026-01-01", "to": "2030-12-31",
        "week": {"mon-fri": ["09:00-17:00"]}, "dates": dates,
    }});
    Ok(Document::from_value(&tree)?)
}

/// Starts all over a year, by day and by night.
fn starts() -> Result<impl Iterator<Item = DateTime<Utc>>, Failed> {
    let first = parse_instant("2026-01-02")?;
    Ok((0_i64..).map(move |step| first + TimeDelta::seconds((step * 7_919_777) % (340 * 86_400))))
}

fn count(what: &str, times: usize) -> Result<(), Failed> {
    let document = office()?;
    let schedule = document.body().compile();
    let starts: Vec<_> = starts()?.take(1_000).collect();
    let some = starts.iter().copied().cycle().take(times);
    let ask = |term: Term| {
        for start in some.clone() {
            let _ = black_box(black_box(&schedule).due(black_box(start), term));
        }
    };
    match what {
        "working_days" => ask(Term::WorkingDays(WorkingDays(30))),
        "working_hours" => ask(Term::Working(WorkingTime::from_hours(240))),
        "end_of_day" => ask(Term::EndOfWorkingDay(WorkingDays(30))),
        "between" => some.for_each(|start| {
            let _ = black_box(schedule.between(black_box(start), start + TimeDelta::days(42)));
        }),
        "next_open" => some.for_each(|start| {
            let _ = black_box(schedule.next_open(black_box(start)));
        }),
        "judge" => {
            let policy = sla_preset("standard").ok_or("no such preset")?;
            let calendars = Calendars::new().with(&document);
            let clock = SlaClock::new(&policy, &calendars);
            let opening = SlaOpening {
                at: starts[0],
                priority: "key".parse()?,
                calendar: "office".parse()?,
                zone: None,
                kind: Some("complaint".parse()?),
            };
            let met =
                SlaEntry::Met { at: starts[0] + TimeDelta::hours(1), milestone: "first_response".parse()? };
            let state = clock.replay(&opening, &[met])?;
            for minute in 0..times as i64 {
                let _ = black_box(clock.judge(&state, state.at() + TimeDelta::minutes(minute)));
            }
        }
        // A calendar of a hundred days, so that the figure is that of a hundredth of it.
        "compile_day" => {
            let mut spec = document.body().spec();
            spec.to = NaiveDate::from_ymd_opt(2026, 4, 10).ok_or("a day")?;
            spec.dates.truncate(2);
            let calendar = WorkCalendar::try_from(&spec)?;
            (0..times / 100).for_each(|_| drop(black_box(black_box(&calendar).compile())));
        }
        other => return Err(format!("no such thing to count: {other}").into()),
    }
    Ok(())
}

/// The same office as `workclock` has it.
fn peer() -> Result<workclock::Schedule, Failed> {
    let off = OFF.map(|(year, month, day)| civil::date(year, month, day));
    let day = workclock::WorkDay::new(
        civil::time(9, 0, 0, 0),
        civil::time(17, 0, 0, 0),
        workclock::Weekdays::MON_TO_FRI,
    );
    Ok(workclock::Schedule::builder()
        .time_zone("Europe/Berlin")
        .rule(day)
        .rule(workclock::Holidays::new(off))
        .build()?)
}

/// Both asked the same in turn: whether they agree, and the processor time of each.
fn compare() -> Result<bool, Failed> {
    const STARTS: u16 = 2_000;
    let (ours, theirs) = (office()?.body().compile(), peer()?);
    let starts: Vec<_> = starts()?.take(STARTS.into()).collect();
    let stamps =
        starts.iter().map(|at| Timestamp::from_second(at.timestamp())).collect::<Result<Vec<_>, _>>()?;
    let mut agree = true;
    for hours in [1, 8, 240] {
        let term = Term::Working(WorkingTime::from_hours(hours));
        let span = SignedDuration::from_hours(hours.into());
        let due = |schedule: &Schedule| {
            starts.iter().map(|at| schedule.due(*at, term).map(|at| at.timestamp())).collect::<Vec<_>>()
        };
        let add = |schedule: &workclock::Schedule| {
            stamps.iter().map(|at| schedule.add(*at, span).map(Timestamp::as_second)).collect::<Vec<_>>()
        };
        let differ = due(&ours)
            .iter()
            .zip(add(&theirs))
            .filter(|(ours, theirs)| ours.as_ref().ok() != theirs.as_ref().ok())
            .count();
        agree &= differ == 0;
        let (mut times, mut peers) = (Vec::new(), Vec::new());
        for _ in 0..7 {
            let begin = worked();
            black_box(due(black_box(&ours)));
            let middle = worked();
            black_box(add(black_box(&theirs)));
            times.push(middle.saturating_sub(begin));
            peers.push(worked().saturating_sub(middle));
        }
        let each = |times: Vec<Duration>| median(times).as_secs_f64() * 1e9 / f64::from(STARTS);
        let (own, peer) = (each(times), each(peers));
        println!(
            "due in {hours:>3} h of work: {own:>7.0} ns here, {peer:>8.0} ns by workclock, {:>5.1} times; {differ} of {STARTS} answers differ",
            peer / own
        );
    }
    Ok(agree)
}

fn main() -> Result<(), Failed> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["count", what, times] => count(what, times.parse()?),
        ["peer"] => compare()?.then_some(()).ok_or_else(|| "they differ".into()),
        ["differences", questions] => differences(questions.parse()?),
        _ => Err(EXPECTED.into()),
    }
}

/// Questions about random calendars, and ledgers of random cases, the same for the same number.
fn differences(questions: u32) -> Result<(), Failed> {
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
    const EACH: u32 = 8;
    let runner = |cases: u32| {
        let config = Config {
            cases,
            failure_persistence: None,
            max_global_rejects: 1 << 30,
            max_local_rejects: 1 << 30,
            ..Config::default()
        };
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
    };
    let begin = worked();
    let calendars = questions.div_ceil(EACH);
    runner(calendars).run(&cases::case(10, EACH as usize), |case| {
        cases::check(case, 60);
        Ok(())
    })?;
    println!("{} questions about {calendars} calendars, each minute of them: 0 differ", calendars * EACH);
    let seconds = calendars.div_ceil(100);
    runner(seconds).run(&cases::case(3, EACH as usize), |case| {
        cases::check(case, 1);
        Ok(())
    })?;
    println!("{} questions about {seconds} calendars, each second of them: 0 differ", seconds * EACH);
    let ledgers = questions / 10;
    runner(ledgers).run(&ledgers::ledger(), ledgers::agrees)?;
    println!(
        "{ledgers} ledgers of cases, each minute of them: 0 differ ({:.0} s in all)",
        worked().saturating_sub(begin).as_secs_f64()
    );
    Ok(())
}
