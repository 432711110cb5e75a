//! What holds for every policy, reference and columns.
use guanxi_core::FactMap;
use guanxi_scoring::{RowScore, RowTier, Scorer, Standing};
use serde_json::{Value, json};

use crate::policies::{self, FLAVOURS, Flavour};
use crate::random::Random;
use crate::ratio::Ratio;
use crate::scored::{Room, Seen, as_of, scored, scorer};
use crate::table::{QUALITIES, Quality, Table};

const ROWS: [usize; 14] = [0, 1, 2, 63, 64, 65, 200, 511, 512, 513, 575, 1_024, 1_025, 1_100];

/// A policy, a reference and columns, from a seed.
struct Case {
    seed: u64,
    flavour: Flavour,
    quality: Quality,
    policy: Value,
    reference: Value,
    scorer: Scorer,
    table: Table,
}

impl Case {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let (flavour, quality) = (*random.pick(&FLAVOURS), *random.pick(&QUALITIES));
        let policy = policies::policy(&mut random, flavour);
        let reference = policies::reference(&mut random, &policy, flavour, as_of());
        let rows = *random.pick(&ROWS);
        let table = Table::new(&mut random, &policy, &reference, rows, quality);
        let scorer = scorer(&policy, &reference);
        Self { seed, flavour, quality, policy, reference, scorer, table }
    }

    fn shown(&self, row: usize) -> String {
        let types = self.table.columns.iter().map(|(fact, column)| {
            let (kind, _) = format!("{:?}", column.store)
                .split_once('(')
                .map(|(a, b)| (a.to_owned(), b.len()))
                .expect("a type");
            (fact.clone(), json!([kind, column.places, column.known.is_some(), column.applicable.is_some()]))
        });
        let types: serde_json::Map<String, Value> = types.collect();
        let case = json!({
            "policy": self.policy, "reference": self.reference, "customer": self.table.customer(&self.policy, row),
            "columns": types,
        });
        let (seed, rows) = (self.seed, self.table.rows);
        format!("seed {seed}, {:?}, {:?}, row {row} of {rows}: {case}", self.flavour, self.quality)
    }
}

/// What was seen in the cases, so that none of it goes untested by chance.
#[derive(Debug, Default)]
struct Found {
    rows: usize,
    ties: usize,
    tiered: usize,
    prospects: usize,
    ranks: usize,
    incomplete: usize,
}

impl Found {
    fn add(&mut self, seen: &Seen) {
        self.rows += 1;
        match seen.standing {
            Standing::Tiered => self.tiered += 1,
            Standing::Prospect => self.prospects += 1,
            Standing::Incomplete => self.incomplete += 1,
        }
        self.ranks += usize::from(seen.rank.is_some());
    }
}

/// Compares every row of a case with the decision, and some with the method's page.
fn check(case: &Case, found: &mut Found) {
    let (policy, table) = (&case.policy, &case.table);
    let columns = table.columns();
    let room = scored(&case.scorer, &columns);
    let body = case.scorer.policy().body();
    for row in 0..table.rows {
        let seen = room.seen(&case.scorer, row);
        let customer = table.customer(policy, row);
        let facts: FactMap = serde_json::from_value(customer.clone()).expect("facts");
        assert_eq!(columns.facts(body, row), facts, "the facts of {}", case.shown(row));
        let decided = Seen::decided(&case.scorer, &facts);
        assert_eq!(seen, decided, "{}", case.shown(row));
        found.add(&seen);
        // The page takes its time.
        if row % 97 == 0 {
            let (foreseen, expected) = Seen::foreseen(policy, &case.reference, &customer);
            assert_eq!(seen, foreseen, "{}", case.shown(row));
            let rest = expected.exact.map(|exact| &exact - &Ratio::whole(exact.floor()));
            found.ties += usize::from(rest.is_some_and(|rest| rest == Ratio::half()));
        }
    }
}

#[test]
fn every_row_is_scored_as_the_decision_and_the_page_score_it() {
    let mut found = Found::default();
    for seed in 0..400 {
        check(&Case::new(seed), &mut found);
    }
    assert!(found.rows > 100_000, "{found:?}");
}

/// Two calls for the rows before and after a multiple of 64 say what one call says.
#[test]
fn rows_split_at_a_multiple_of_64_are_the_same_rows() {
    for seed in 1_000..1_100 {
        let case = Case::new(seed);
        let rows = case.table.rows;
        let whole = scored(&case.scorer, &case.table.columns());
        for at in (0..=rows).step_by(64).filter(|at| at % 192 == 64 || *at == 512) {
            let mut before = scored(&case.scorer, &case.table.part(0, at));
            let after = scored(&case.scorer, &case.table.part(at, rows));
            before.composite.extend(after.composite);
            before.tier.extend(after.tier);
            before.rank.extend(after.rank);
            for (before, after) in before.dimensions.iter_mut().zip(after.dimensions) {
                before.extend(after);
            }
            assert_eq!(before, whole, "seed {seed}, at {at} of {rows}");
        }
    }
}

/// Whatever the room held before, and whatever there is no room for.
#[test]
fn results_depend_on_the_columns_alone() {
    for seed in 2_000..2_100 {
        let case = Case::new(seed);
        let columns = case.table.columns();
        let mut room = scored(&case.scorer, &columns);
        let expected = room.clone();
        let rows = case.table.rows;
        // Once more into what is written.
        case.scorer.score_into(&columns, &mut room.all()).expect("room that fits");
        assert_eq!(room, expected, "seed {seed}");
        let score = RowScore::default();
        let mut other = Room::filled(rows, score, RowTier::PROSPECT);
        other.composite.fill(expected.composite.first().copied().unwrap_or_default());
        case.scorer.score_into(&columns, &mut other.all()).expect("room that fits");
        assert_eq!(other, expected, "seed {seed}");
        // Of less room, less is written, and the same.
        let mut less = Room::filled(rows, score, RowTier::PROSPECT);
        case.scorer.score_into(&columns, &mut less.least()).expect("room that fits");
        assert_eq!((&less.composite, &less.tier), (&expected.composite, &expected.tier), "seed {seed}");
        assert!(
            less.rank.iter().chain(less.dimensions.iter().flatten()).all(|score| *score == RowScore::NONE)
        );
    }
}
