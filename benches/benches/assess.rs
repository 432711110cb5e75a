//! The decision `assess`, with and without its explanation, over 1, 1 000 and 100 000 customers.
use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use guanxi::core::{FactInput, FactMap, parse_instant};
use guanxi::scoring::{Given, PolicyDocument, Reference, Scorer, preset};
use guanxi_benches::customers;

type Failed = Box<dyn Error>;

/// The facts of one fictitious customer, read by the policy's schemas.
fn facts(policy: &PolicyDocument, line: &str) -> Result<FactMap, Failed> {
    let line: serde_json::Value = serde_json::from_str(line)?;
    let given = line.get("facts").and_then(|facts| facts.as_object()).ok_or("no facts")?;
    policy
        .body()
        .facts()
        .iter()
        .filter_map(|(id, schema)| Some((id, schema, given.get(id.as_str())?)))
        .try_fold(FactMap::new(), |facts, (id, schema, value)| {
            let text = value.to_string();
            let input: FactInput<'_> = serde_json::from_str(&text)?;
            Ok(facts.with(id.clone(), schema.read(&input)?, None))
        })
}

fn main() -> Result<(), Failed> {
    let mut criterion = Criterion::default().configure_from_args();
    let policy = preset("standard").ok_or("no such preset")?;
    let as_of = parse_instant("2026-06-30")?;
    let given = Given::default();
    let all = customers(100_000).map(|line| facts(&policy, &line)).collect::<Result<Vec<_>, _>>()?;
    let mut reference = Reference::new(&policy, as_of);
    all.iter().for_each(|facts| reference.observe(&policy, facts));
    let reference = reference.pin("all".parse()?, "1".parse()?);
    let scorer = Scorer::new(&policy, &reference)?;

    let mut group = criterion.benchmark_group("assess");
    group.sample_size(10).warm_up_time(Duration::from_secs(1));
    for count in [1, 1_000, 100_000] {
        let some = all.get(..count).ok_or("too few customers")?;
        group.throughput(Throughput::Elements(u64::try_from(count)?));
        group.bench_with_input(BenchmarkId::new("decision", count), some, |bencher, some| {
            bencher.iter(|| {
                for facts in some {
                    let _ = black_box(scorer.assess(black_box(facts), &given, as_of));
                }
            });
        });
        group.bench_with_input(BenchmarkId::new("explained", count), some, |bencher, some| {
            bencher.iter(|| {
                for facts in some {
                    let _ = black_box(scorer.assess_explained(black_box(facts), &given, as_of));
                }
            });
        });
    }
    group.finish();
    criterion.final_summary();
    Ok(())
}
