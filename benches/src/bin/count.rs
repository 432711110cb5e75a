//! Does one thing so many times, for a count of instructions: `count WHAT TIMES`, see
//! `benches/instructions.sh`.
use std::error::Error;
use std::hint::black_box;

use guanxi::core::{FactInput, FactMap, SubjectId, parse_instant};
use guanxi::scoring::{Given, Incremental, PolicyDocument, Reference, Scorer, preset};
use guanxi_benches::columns::{Columns, Kind, Scores};
use guanxi_benches::customers;
use guanxi_benches::product::Product;

type Failed = Box<dyn Error>;

/// The facts of one fictitious customer, read by the policy's schemas.
fn facts(policy: &PolicyDocument, line: &str) -> Result<FactMap, Failed> {
    let line: serde_json::Value = serde_json::from_str(line)?;
    let given = line.get("facts").and_then(|facts| facts.as_object()).ok_or("no facts")?;
    let listed = policy.body().facts().iter();
    listed.filter_map(|(id, schema)| Some((id, schema, given.get(id.as_str())?))).try_fold(
        FactMap::new(),
        |facts, (id, schema, value)| {
            let text = value.to_string();
            let input: FactInput<'_> = serde_json::from_str(&text)?;
            Ok(facts.with(id.clone(), schema.read(&input)?, None))
        },
    )
}

const EXPECTED: &str =
    "expected one of assess, explained, upsert, compile, dense, dimensions, missing, and those of leads";
/// The customers of a batch: full blocks of rows.
const ROWS: usize = 102_400;

/// Scores columns so many times.
fn batch(what: &str, times: usize) -> Result<(), Failed> {
    let kind = if what == "missing" { Kind::Missing } else { Kind::Realistic };
    let columns = Columns::new(kind, ROWS);
    let product = Product::new(columns.maxima())?;
    let kernel =
        if what == "dimensions" { product.dimensions(&columns)? } else { product.batch(&columns)? };
    let mut scores = Scores::new(ROWS);
    (0..times).for_each(|_| kernel(black_box(&mut scores)));
    Ok(())
}

fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().ok_or(EXPECTED)?;
    let times: usize = arguments.next().ok_or("expected how many times")?.parse()?;

    if guanxi_benches::leads::WHAT.contains(&what.as_str()) {
        return guanxi_benches::leads::run(&what, times);
    }
    if ["dense", "dimensions", "missing"].contains(&what.as_str()) {
        return batch(&what, times);
    }
    let policy = preset("standard").ok_or("no such preset")?;
    let as_of = parse_instant("2026-06-30")?;
    let given = Given::default();
    let all = customers(1_000).map(|line| facts(&policy, &line)).collect::<Result<Vec<_>, _>>()?;
    let mut reference = Reference::new(&policy, as_of);
    all.iter().for_each(|facts| reference.observe(&policy, facts));
    let reference = reference.pin("all".parse()?, "1".parse()?);
    let scorer = Scorer::new(&policy, &reference)?;

    let some = all.iter().cycle().take(times);
    match what.as_str() {
        "assess" => some.for_each(|facts| {
            let _ = black_box(scorer.assess(black_box(facts), &given, as_of));
        }),
        "explained" => some.for_each(|facts| {
            let _ = black_box(scorer.assess_explained(black_box(facts), &given, as_of));
        }),
        "upsert" => {
            let mut present = Incremental::new(&policy, reference, as_of)?;
            let subjects =
                (0..all.len()).map(|i| format!("C{i:07}").parse()).collect::<Result<Vec<SubjectId>, _>>()?;
            for (subject, facts) in subjects.iter().zip(&all) {
                let _ = present.upsert(subject.clone(), facts);
            }
            // Each customer in turn gets the facts of another one.
            for (subject, facts) in subjects.iter().cycle().zip(all.iter().skip(7).cycle()).take(times) {
                let _ = black_box(present.upsert(subject.clone(), black_box(facts)));
            }
        }
        "compile" => (0..times).for_each(|_| {
            let _ = black_box(Scorer::new(black_box(&policy), black_box(&reference)));
        }),
        other => return Err(format!("{EXPECTED}, got `{other}`").into()),
    }
    Ok(())
}
