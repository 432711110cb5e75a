//! One customer's news, and everybody scored anew on request, among 1, 1 000 and 100 000 customers.
use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use guanxi::core::{DocumentId, FactInput, FactMap, SubjectId, Version, parse_instant};
use guanxi::scoring::{Incremental, PolicyDocument, Reference, preset};
use guanxi_benches::customers;

type Failed = Box<dyn Error>;

/// One fictitious customer: the subject, and the facts, read by the policy's schemas.
fn customer(policy: &PolicyDocument, line: &str) -> Result<(SubjectId, FactMap), Failed> {
    let line: serde_json::Value = serde_json::from_str(line)?;
    let subject = line.get("subject").and_then(|subject| subject.as_str()).ok_or("no subject")?;
    let given = line.get("facts").and_then(|facts| facts.as_object()).ok_or("no facts")?;
    let listed = policy.body().facts().iter();
    let facts = listed.filter_map(|(id, schema)| Some((id, schema, given.get(id.as_str())?))).try_fold(
        FactMap::new(),
        |facts, (id, schema, value)| {
            let text = value.to_string();
            let input: FactInput<'_> = serde_json::from_str(&text)?;
            Ok::<_, Failed>(facts.with(id.clone(), schema.read(&input)?, None))
        },
    )?;
    Ok((subject.parse()?, facts))
}

/// All of some customers, scored against themselves.
fn reviewed(policy: &PolicyDocument, some: &[(SubjectId, FactMap)]) -> Result<Incremental, Failed> {
    let as_of = parse_instant("2026-06-30")?;
    let nobody = Reference::new(policy, as_of).pin("all".parse()?, "0".parse()?);
    let mut present = Incremental::new(policy, nobody, as_of)?;
    for (subject, facts) in some {
        let _ = present.upsert(subject.clone(), facts);
    }
    let _ = present.rescore("all".parse()?, "1".parse()?)?;
    Ok(present)
}

fn main() -> Result<(), Failed> {
    let mut criterion = Criterion::default().configure_from_args();
    let policy = preset("standard").ok_or("no such preset")?;
    let all = customers(100_000).map(|line| customer(&policy, &line)).collect::<Result<Vec<_>, _>>()?;
    let mut group = criterion.benchmark_group("incremental");
    group.sample_size(10).warm_up_time(Duration::from_secs(1));
    for count in [1, 1_000, 100_000] {
        let some = all.get(..count).ok_or("too few customers")?;
        let mut present = reviewed(&policy, some)?;
        // Each customer in turn gets the facts of another one: always news, also where there is one customer.
        let mut news = some.iter().cycle().zip(all.iter().skip(7).cycle());
        group.throughput(Throughput::Elements(1));
        group.bench_function(BenchmarkId::new("upsert", count), |bencher| {
            bencher.iter(|| {
                if let Some(((subject, _), (_, facts))) = news.next() {
                    let _ = black_box(present.upsert(subject.clone(), black_box(facts)));
                }
            });
        });
        let (id, version): (DocumentId, Version) = ("all".parse()?, "2".parse()?);
        group.throughput(Throughput::Elements(u64::try_from(count)?));
        group.bench_function(BenchmarkId::new("rescore", count), |bencher| {
            bencher.iter(|| black_box(present.rescore(id.clone(), version.clone())));
        });
    }
    group.finish();
    criterion.final_summary();
    Ok(())
}
