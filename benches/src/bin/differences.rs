//! Looks for a row that is not scored alike in every way there is: `differences [ROWS]`.
//!
//! Each row is scored in a batch, by the decision alone and among many, incrementally, and by an oracle of big integers: `oracle` for the
//! policy `standard`, the one of the scoring crate's tests for policies that are made up. Rows, policies
//! and references are such that many rows lie exactly between two hundredths of a point, and that
//! 128 bits do not hold others. The same number of rows gives the same rows. Ends with 1 if one differs.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what is made up is sound, or the run ends"
)]
use std::error::Error;
use std::io::Write;
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use guanxi::core::{FactMap, Score, SubjectId};
use guanxi::scoring::{ByDimension, Given, Incremental, PinnedReference, PolicyDocument};
use guanxi_benches::columns::{Columns, Kind, SETS, Scores};
use guanxi_benches::oracle;
use guanxi_benches::product::Product;
use guanxi_benches::row::Plan;
use serde_json::Value;

use crate::policies::Flavour;
use crate::random::Random;
use crate::ratio::Ratio;
use crate::scored::{Seen, as_of, scored, scorer};
use crate::table::{QUALITIES, Table};

#[path = "../../../crates/domain/scoring/tests/oracle/log2.rs"]
mod log2;
#[allow(dead_code, reason = "a test reads the rest")]
#[path = "../../../crates/domain/scoring/tests/oracle/method.rs"]
mod method;
#[allow(dead_code, reason = "a test reads the rest")]
#[path = "../../../crates/domain/scoring/tests/batch/policies.rs"]
mod policies;
#[allow(dead_code, reason = "a test reads the rest")]
#[path = "../../../crates/domain/scoring/tests/oracle/population.rs"]
mod population;
#[allow(dead_code, reason = "a test reads the rest")]
#[path = "../../../crates/domain/scoring/tests/oracle/random.rs"]
mod random;
#[allow(dead_code, reason = "a test reads the rest")]
#[path = "../../../crates/domain/scoring/tests/oracle/ratio.rs"]
mod ratio;
#[allow(dead_code, reason = "a test reads the rest")]
#[path = "../../../crates/domain/scoring/tests/batch/scored.rs"]
mod scored;
#[allow(dead_code, reason = "a test reads the rest")]
#[path = "../../../crates/domain/scoring/tests/batch/table.rs"]
mod table;

/// The rows that are made for one policy.
const AT_ONCE: u64 = 2_000;

/// What is made up, of ten policies.
const FLAVOURS: [Flavour; 10] = [
    Flavour::Ties,
    Flavour::Ties,
    Flavour::Ties,
    Flavour::Ties,
    Flavour::Ties,
    Flavour::Shares,
    Flavour::Shares,
    Flavour::Limits,
    Flavour::Wild,
    Flavour::Far,
];

/// What was found.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    policies: u64,
    rows: u64,
    /// Rows of which the composite or the rank lies exactly between two hundredths.
    ties: u64,
    batch: u64,
    decision: u64,
    /// Of rows that are made up.
    many: u64,
    /// Of rows that are made up.
    incremental: u64,
}

impl Found {
    fn plus(self, other: Self) -> Self {
        Self {
            policies: self.policies + other.policies,
            rows: self.rows + other.rows,
            ties: self.ties + other.ties,
            batch: self.batch + other.batch,
            decision: self.decision + other.decision,
            many: self.many + other.many,
            incremental: self.incremental + other.incremental,
        }
    }

    /// Counts a row in which the batch and the decision differ from the oracle, or not.
    fn row(&mut self, tie: bool, batch: bool, decision: bool) {
        self.rows += 1;
        self.ties += u64::from(tie);
        self.batch += u64::from(batch);
        self.decision += u64::from(decision);
    }
}

/// Rows of round numbers by the policy `standard`.
fn standard(kind: Kind, rows: usize) -> Result<Found, Box<dyn Error>> {
    let columns = Columns::new(kind, rows);
    let maxima = columns.maxima();
    let (plan, product) = (Plan::new(maxima), Product::new(maxima)?);
    let mut scores = Scores::new(rows);
    product.batch(&columns)?(&mut scores);
    scores.settle();
    let mut found = Found { policies: 1, ..Found::default() };
    let batch = scores.composite.iter().copied().zip(scores.tier.iter().copied());
    for ((row, present), batch) in columns.rows().zip(columns.presence()).zip(batch) {
        let exact = oracle::score(row, present, maxima);
        let tie = columns.present.is_none() && plan.ties(row);
        found.row(tie, batch != exact, product.assess(row, present)? != exact);
    }
    Ok(found)
}

/// Rows of a policy that is made up from a seed.
fn made_up(seed: u64, rows: u64) -> Found {
    let mut random = Random(seed);
    let (flavour, quality) = (*random.pick(&FLAVOURS), *random.pick(&QUALITIES));
    let policy = policies::policy(&mut random, flavour);
    let reference = policies::reference(&mut random, &policy, flavour, as_of());
    let rows = usize::try_from(rows).expect("a few rows");
    let table = Table::new(&mut random, &policy, &reference, rows, quality);
    let scorer = scorer(&policy, &reference);
    let columns = table.columns();
    let room = scored(&scorer, &columns);
    let mut found = Found { policies: 1, ..Found::default() };
    let customers: Vec<Value> = (0..rows).map(|row| table.customer(&policy, row)).collect();
    let facts = customers.iter().map(|customer| serde_json::from_value(customer.clone()).expect("facts"));
    let facts: Vec<FactMap> = facts.collect();
    let given = Given::default();
    let many = scorer.assess_many(facts.iter().map(|facts| (facts, &given)), as_of());
    let one_by_one = incremental(&policy, &reference, &facts);
    for (row, customer) in customers.iter().enumerate() {
        let (exact, of) = Seen::foreseen(&policy, &reference, customer);
        let rest = of.exact.map(|exact| &exact - &Ratio::whole(exact.floor()));
        let tie = rest.is_some_and(|rest| rest == Ratio::half());
        let decided = Seen::decided(&scorer, &facts[row]);
        found.row(tie, room.seen(&scorer, row) != exact, decided != exact);
        found.many += u64::from(Seen::of(&many[row].outcome) != exact);
        found.incremental += u64::from(one_by_one[row] != exact);
    }
    found
}

/// Scores customers as their news comes in, one by one, against the reference that is pinned.
fn incremental(policy: &Value, reference: &Value, customers: &[FactMap]) -> Vec<Seen> {
    let policy = PolicyDocument::from_value(policy).expect("a policy");
    let reference = PinnedReference::from_value(reference).expect("a reference");
    let mut scores = Incremental::new(&policy, reference, as_of()).expect("a reference for the policy");
    let subjects = ["C1", "C2", "C3"].map(|subject| subject.parse::<SubjectId>().expect("a subject"));
    let scored = customers.iter().zip(subjects.iter().cycle()).map(|(facts, subject)| {
        let scored = scores.upsert(subject.clone(), facts).change.after.expect("who is present is scored");
        let points = |score: Option<Score>| score.map(|score| score.hundredths().into());
        let ByDimension { value, potential, need } = scored.dimensions;
        Seen {
            composite: points(scored.composite),
            tier: scored.tier.map(|tier| tier.to_string()),
            standing: scored.standing,
            dimensions: [value, potential, need].map(points),
            rank: points(scored.rank),
        }
    });
    scored.collect()
}

fn report(out: &mut impl Write, what: &str, found: Found) -> std::io::Result<()> {
    let Found { policies, rows, ties, batch, decision, many, incremental } = found;
    writeln!(
        out,
        "{what:<18}{policies:>9}{rows:>9}{ties:>11}{batch:>8}{decision:>9}{many:>6}{incremental:>12}"
    )
}

fn main() -> Result<(), Box<dyn Error>> {
    let rows = std::env::args().nth(1).map_or(Ok(5_000_000), |given| given.parse::<u64>())?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "rows of which a way to score differs from an oracle of big integers: in a batch, by the decision and,"
    )?;
    writeln!(out, "where they are made up, by decisions of many and incrementally; every row in each way")?;
    let head = format!(
        "{:<18}{:>9}{:>9}{:>11}{:>8}{:>9}",
        "", "policies", "rows", "exact ties", "batch", "decision"
    );
    writeln!(out, "{head}{:>6}{:>12}", "many", "incremental")?;

    // A fifth by the policy that all begin with, in every set of the comparison but the one without ties.
    let mut all = Found::default();
    for (name, kind) in &SETS[1..] {
        let found = standard(*kind, usize::try_from(rows.div_ceil(25))?)?;
        report(&mut out, name, found)?;
        all = all.plus(found);
    }
    let (next, rest) = (AtomicU64::new(0), rows.saturating_sub(all.rows).div_ceil(AT_ONCE));
    let work = || {
        let mut found = Found::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= rest {
                return found;
            }
            found = found.plus(made_up(seed, AT_ONCE));
        }
    };
    let found = thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let found = threads.into_iter().map(|thread| thread.join().expect("sound documents"));
        found.fold(Found::default(), Found::plus)
    });
    report(&mut out, "made up", found)?;
    let all = all.plus(found);
    report(&mut out, "all", all)?;
    let differences = all.batch + all.decision + all.many + all.incremental;
    writeln!(
        out,
        "{}  differences: {differences} (bound: 0)",
        if differences == 0 { "PASS" } else { "FAIL" }
    )?;
    if differences > 0 {
        return Err("not every way to score a row comes to the same".into());
    }
    Ok(())
}
