//! Stages of fictitious customers, for a count of instructions: `stages CUSTOMERS [EVENTS]` lets each live for two years of so
//! many events, in eight calls. See `benches/stages.sh`.
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a program that measures"
)]
use std::error::Error;

use chrono::TimeDelta;
use guanxi_core::{Event, EventId, FactMap, FactValue, SubjectId, fact_id, parse_instant};
use guanxi_lifecycle::{Given, LifecycleDocument, advance, preset};

use crate::random::Random;

#[allow(dead_code, missing_docs, unreachable_pub, reason = "tests use the rest")]
#[path = "../../../crates/domain/condition/tests/oracle/random.rs"]
mod random;

const DAYS: usize = 2 * 365;

fn events(random: &mut Random, subject: &SubjectId, count: usize) -> Vec<Event> {
    const KINDS: [&str; 8] = [
        "contact.made",
        "contact.replied",
        "demo.given",
        "quote.sent",
        "order.placed",
        "usage.reported",
        "complaint.opened",
        "complaint.closed",
    ];
    let begin = parse_instant("2026-01-01").expect("an instant");
    let mut days: Vec<usize> = (0..count).map(|_| random.below(DAYS)).collect();
    days.sort_unstable();
    let event = |(number, day): (usize, usize)| Event {
        id: EventId::new(&format!("{number}")).expect("an id"),
        subject: subject.clone(),
        kind: random.pick(&KINDS).parse().expect("a kind"),
        occurred_at: begin + TimeDelta::days(i64::try_from(day).expect("a few days")) + TimeDelta::hours(9),
        recorded_at: None,
        source: None,
        channel: None,
        attributes: Default::default(),
    };
    days.into_iter().enumerate().map(event).collect()
}

/// How often anybody moved.
fn live(count: usize, each: usize, definition: &LifecycleDocument) -> usize {
    const CALLS: usize = 8;
    let random = &mut Random::new(1);
    let begin = parse_instant("2026-01-01").expect("an instant");
    let mut moved = 0;
    for number in 0..count {
        let subject: SubjectId = format!("C{number}").parse().expect("an id");
        let facts = FactMap::new().with(fact_id!("tier"), FactValue::Text("key".into()), Some(begin));
        let events = events(random, &subject, each);
        let mut state = None;
        let mut before = begin;
        for call in 1..=CALLS {
            let now = begin + TimeDelta::days(i64::try_from(call * 91).expect("two years"));
            let of = |at| events.partition_point(|event| event.occurred_at <= at);
            let given = Given::new(&subject)
                .with_facts(&facts)
                .with_events(&events[of(before)..of(now)])
                .with_state(state.as_ref());
            let advanced = advance(definition, &given, now);
            moved += advanced.outcome.moves.len();
            (state, before) = (Some(advanced.outcome.state), now);
        }
    }
    moved
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, otherwise: usize| args.get(place).map_or(Ok(otherwise), |text| text.parse());
    let (count, each) = (number(0, 100)?, number(1, 40)?);
    let definition = preset("five-stage").ok_or("no such preset")?;
    println!("{count} customers with {each} events: {} moves", live(count, each, &definition));
    Ok(())
}
