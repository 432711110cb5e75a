//! Asks the routing condition so many times, for a count of instructions: `conditions WHAT TIMES`, see
//! `benches/condition.sh`.
use std::error::Error;
use std::hint::black_box;

use guanxi::condition::{Compiled, Condition, Given, Moment};
use guanxi::core::{FactMap, parse_instant};
use guanxi_benches::routed::{Lead, ROUTED, facts, leads, routed, vocabulary};

type Failed = Box<dyn Error>;

const EXPECTED: &str = "expected one of compiled, true, walked, compile and parse";

fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().ok_or(EXPECTED)?;
    let times: usize = arguments.next().ok_or("expected how many times")?.parse()?;
    let at = Moment::utc(parse_instant("2026-06-30")?);
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
