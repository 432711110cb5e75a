//! Asks the routing condition so many times, for a count of instructions: `conditions WHAT TIMES`, see
//! `benches/condition.sh`.
use std::error::Error;
use std::hint::black_box;

use guanxi::condition::{Compiled, Condition, EventLog, Given, Moment};
use guanxi::core::{FactMap, parse_instant};
use guanxi_benches::routed::{Lead, ROUTED, eventful, facts, leads, orders, routed, vocabulary};

type Failed = Box<dyn Error>;

const EXPECTED: &str = "expected one of compiled, true, walked, compile, parse, next_1k and next_10k";

/// Looks for a change that never comes, with so many orders before it.
fn next_change(count: usize, times: usize, at: &Moment) -> Result<(), Failed> {
    let (condition, orders, facts) = (eventful()?, orders(count)?, FactMap::new());
    let log = EventLog::new(&orders);
    let given = Given { facts: &facts, events: Some(&log) };
    for _ in 0..times {
        if let Some(change) = black_box(&condition).next_change(&given, at) {
            return Err(format!("a change at {change}").into());
        }
    }
    Ok(())
}

fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().ok_or(EXPECTED)?;
    let times: usize = arguments.next().ok_or("expected how many times")?.parse()?;
    let at = Moment::utc(parse_instant("2026-06-30")?);
    if let Some(orders) = [("next_1k", 1_000), ("next_10k", 10_000)].iter().find(|(name, _)| *name == what) {
        return next_change(orders.1, times, &at);
    }
    let condition = routed()?;
    let compiled = Compiled::new(&condition);
    let all = match what.as_str() {
        "true" => vec![Lead::ROUTED; 1_000],
        _ => leads(1_000),
    };
    let all = all.iter().map(facts).collect::<Result<Vec<FactMap>, _>>()?;
    let some = all.iter().cycle().take(times).map(|facts| Given { facts, events: None });
    match what.as_str() {
        "compiled" | "true" => some.for_each(|given| {
            let _ = black_box(compiled.holds(black_box(&given), &at));
        }),
        "walked" => some.for_each(|given| {
            let _ = black_box(condition.holds(black_box(&given), &at));
        }),
        "compile" => (0..times).for_each(|_| {
            let _ = black_box(Compiled::new(black_box(&condition)));
        }),
        "parse" => {
            let vocabulary = vocabulary();
            (0..times).for_each(|_| {
                let _ = black_box(Condition::parse(black_box(ROUTED), &vocabulary));
            });
        }
        other => return Err(format!("{EXPECTED}, got `{other}`").into()),
    }
    Ok(())
}
