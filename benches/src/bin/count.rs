#![allow(clippy::indexing_slicing)]
//! Does one thing so many times, for an instruction count: `count WHAT TIMES`.
use std::hint::black_box;
use std::error::Error;
use guanxi::core::{FactInput, FactMap, parse_instant};
use guanxi::scoring::{Given, PolicyDocument, Reference, Scorer, preset};

fn facts(policy: &PolicyDocument, line: &str) -> Result<FactMap, Box<dyn Error>> {
    let line: serde_json::Value = serde_json::from_str(line)?;
    let given = line.get("facts").and_then(|facts| facts.as_object()).ok_or("no facts")?;
    policy.body().facts().iter()
        .filter_map(|(id, schema)| Some((id, schema, given.get(id.as_str())?)))
        .try_fold(FactMap::new(), |facts, (id, schema, value)| {
            let text = value.to_string();
            let input: FactInput<'_> = serde_json::from_str(&text)?;
            Ok(facts.with(id.clone(), schema.read(&input)?, None))
        })
}
fn main() -> Result<(), Box<dyn Error>> {
    let what = std::env::args().nth(1).ok_or("what")?;
    let times: usize = std::env::args().nth(2).ok_or("times")?.parse()?;
    let policy = preset("standard").ok_or("no such preset")?;
    let as_of = parse_instant("2026-06-30")?;
    let given = Given::default();
    let all = guanxi_benches::customers(1000).map(|line| facts(&policy, &line)).collect::<Result<Vec<_>, _>>()?;
    let mut reference = Reference::new(&policy, as_of);
    all.iter().for_each(|facts| reference.observe(&policy, facts));
    let reference = reference.pin("all".parse()?, "1".parse()?);
    let scorer = Scorer::new(&policy, &reference)?;
    for i in 0..times {
        let facts = &all[i % 1000];
        match what.as_str() {
            "assess" => { let _ = black_box(scorer.assess(black_box(facts), &given, as_of)); }
            "explained" => { let _ = black_box(scorer.assess_explained(black_box(facts), &given, as_of)); }
            "compile" => { let _ = black_box(Scorer::new(black_box(&policy), &reference)); }
            _ => {}
        }
    }
    Ok(())
}
