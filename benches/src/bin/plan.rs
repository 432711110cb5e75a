//! Plans for fictitious customers: `plan worlds COUNT [DAYS] [SEED]` lets each live with a host that sleeps, forgets and
//! hears things late, and holds what it is told against a planner that counts ticks; ends with 1 if anything differs.
//! `plan idle CUSTOMERS`, `plan customers CUSTOMERS [EVENTS]` only plan, for a count of instructions. See
//! `benches/plan.sh`.
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a program that measures"
)]
use std::error::Error;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_calendar::{Calendars, preset};
use guanxi_core::{Event, FactMap, FactValue, SubjectId, fact_id, parse_decimal, parse_instant};
use guanxi_strategy::{ActionsDocument, PlanGiven, PlanState, actions_preset, plan};
use serde_json::json;

use crate::random::Random;
use crate::world::{Scale, calendars, live};

#[allow(dead_code, missing_docs, unreachable_pub, reason = "tests use the rest")]
#[path = "../../../crates/domain/strategy/tests/plan/plain.rs"]
mod plain;
#[path = "../../../crates/domain/condition/tests/oracle/random.rs"]
mod random;
#[allow(dead_code, missing_docs, unreachable_pub, reason = "tests use the rest")]
#[path = "../../../crates/domain/strategy/tests/plan/world.rs"]
mod world;

fn worlds(count: u64, days: i64, first: u64) -> Result<(), Box<dyn Error>> {
    const TICK: i64 = 6;
    let calendars = calendars();
    let scale = Scale { tick_hours: TICK, ticks: days * 24 / TICK };
    let next = AtomicU64::new(first);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let lived = thread::scope(|scope| {
        let worker = || {
            let (mut plans, mut tasks, mut restarts) = (0, 0, 0);
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= first + count {
                    return (plans, tasks, restarts);
                }
                let journey = live(seed, scale, &calendars);
                plans += journey.plans;
                tasks += journey.tasks;
                restarts += journey.restarts;
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().map(thread::ScopedJoinHandle::join).collect::<Result<Vec<_>, _>>()
    });
    let lived = lived.map_err(|_| "a world differs")?;
    let sum = |of: fn(&(usize, usize, usize)) -> usize| lived.iter().map(of).sum::<usize>();
    println!(
        "{count} customers over {days} days: {} plans, {} restarts, {} steps, none lost, none twice, none early or late",
        sum(|own| own.0),
        sum(|own| own.2),
        sum(|own| own.1),
    );
    Ok(())
}

fn subject(number: usize) -> SubjectId {
    format!("C{number}").parse().expect("an id")
}

fn facts(number: usize) -> FactMap {
    let text = |text: &str| FactValue::Text(text.into());
    let day = |text: &str| FactValue::Date(text.parse().expect("a day"));
    let at = Some(parse_instant("2026-01-01").expect("an instant"));
    let decimal = |text: &str| FactValue::Decimal(parse_decimal(text).expect("a decimal"));
    let tier = ["strategic", "key", "normal", "potential", "to_optimise"][number % 5];
    FactMap::new()
        .with(fact_id!("tier"), text(tier), at)
        .with(fact_id!("stage"), text(["purchase", "loyalty"][number % 2]), at)
        .with(fact_id!("abc_class"), text(["A", "B", "C"][number % 3]), at)
        .with(fact_id!("open_opportunities"), FactValue::Int(i64::from(number.is_multiple_of(4))), at)
        .with(fact_id!("born"), day("1990-02-28"), at)
        .with(fact_id!("contract_ends"), day("2027-03-31"), at)
        .with(fact_id!("marketing_consent"), FactValue::Bool(number.is_multiple_of(2)), at)
        .with(fact_id!("usage_growth"), decimal("0.05"), at)
        .with(fact_id!("owner"), text("wang"), at)
}

fn events(random: &mut Random, subject: &SubjectId, count: usize) -> Vec<Event> {
    const KINDS: [&str; 6] =
        ["contact.made", "visit.made", "ticket.opened", "ticket.closed", "order.placed", "usage.reported"];
    let begin = parse_instant("2026-01-01").expect("an instant");
    let mut days: Vec<usize> = (0..count).map(|_| random.below(2 * 365)).collect();
    days.sort_unstable();
    let event = |(number, day): (usize, usize)| {
        let at = begin + TimeDelta::days(i64::try_from(day).expect("a few days")) + TimeDelta::hours(9);
        let id = format!("{number}");
        let event =
            json!({"id": id, "subject": subject.as_str(), "kind": random.pick(&KINDS), "occurred_at": at});
        serde_json::from_value(event).expect("an event")
    };
    days.into_iter().enumerate().map(event).collect()
}

/// Plans again for customers for whom nothing is due and nothing is new.
fn idle(count: usize, document: &ActionsDocument, calendars: &Calendars) {
    let facts = facts(2);
    let given =
        |state| PlanGiven::new(&SUBJECT).with_facts(&facts).with_calendars(calendars).with_state(state);
    let begun: DateTime<Utc> = parse_instant("2026-01-02T08:00:00Z").expect("an instant");
    let state: PlanState = plan(document, &given(None), begun).outcome.state;
    let later = begun + TimeDelta::hours(1);
    for _ in 0..count {
        let planned = plan(document, &given(Some(&state)), later);
        assert!(planned.outcome.due.is_empty(), "something is due");
        black_box(&planned);
    }
}

/// Plans two years of customers in eight calls each, as a host does that wakes up once a quarter and then does what is
/// due.
fn customers(count: usize, each: usize, document: &ActionsDocument, calendars: &Calendars) {
    const CALLS: usize = 8;
    let random = &mut Random::new(1);
    let begin = parse_instant("2026-01-01").expect("an instant");
    let mut open = 0;
    for number in 0..count {
        let (subject, facts) = (subject(number), facts(number));
        let events = events(random, &subject, each);
        let mut state: Option<PlanState> = None;
        let mut work: Vec<Event> = Vec::new();
        for call in 1..=CALLS {
            let now = begin + TimeDelta::days(i64::try_from(call * 91).expect("two years"));
            let before = now - TimeDelta::days(91);
            let new = events.partition_point(|event| event.occurred_at <= before)
                ..events.partition_point(|event| event.occurred_at <= now);
            let news: Vec<Event> = events[new].iter().cloned().chain(work.drain(..)).collect();
            let given = PlanGiven::new(&subject)
                .with_facts(&facts)
                .with_events(&news)
                .with_calendars(calendars)
                .with_since(begin)
                .with_state(state.as_ref());
            let planned = plan(document, &given, now);
            open += planned.outcome.due.len();
            // Whatever is due is done a day later.
            work.extend(planned.outcome.due.iter().enumerate().map(|(place, item)| {
                let at = now + TimeDelta::days(1);
                let id = format!("w{call}-{place}");
                let key = json!({"text": item.key.to_string()});
                let event = json!({"id": id, "subject": subject.as_str(), "kind": "action.done", "occurred_at": at, "attributes": {"key": key}});
                serde_json::from_value(event).expect("an event")
            }));
            state = Some(planned.outcome.state);
        }
    }
    println!("{count} customers with {each} events: {open} times something was due");
}

static SUBJECT: std::sync::LazyLock<SubjectId> = std::sync::LazyLock::new(|| subject(0));

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, otherwise: u64| args.get(place).map_or(Ok(otherwise), |text| text.parse());
    let document = actions_preset("standard").ok_or("no such preset")?;
    let calendars = Calendars::new().with(&preset("five-day").ok_or("no such preset")?);
    let count = usize::try_from(number(1, 1_000)?)?;
    match args.first().map(String::as_str) {
        Some("worlds") => worlds(number(1, 100)?, i64::try_from(number(2, 730)?)?, number(3, 0)?)?,
        Some("idle") => idle(count, &document, &calendars),
        Some("customers") => customers(count, usize::try_from(number(2, 40)?)?, &document, &calendars),
        _ => {
            return Err(
                "plan worlds COUNT [DAYS] [SEED] | plan idle COUNT | plan customers COUNT [EVENTS]".into()
            );
        }
    }
    Ok(())
}
