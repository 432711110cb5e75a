//! What holds for every policy, reference and columns.
use guanxi_core::{FactMap, fact_id};
use guanxi_scoring::{Column, Columns, RowTier, Scorer, Standing};
use serde_json::{Value, json};

use crate::errors;
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

/// Bounds of which a column's units are beyond what it can hold, and just within.
#[test]
fn numbers_at_the_limits_of_64_bits_are_known_where_the_schema_allows_them() {
    let bounds = [
        (json!({"kind": "int", "min": "9223372036854775808"}), [false, false, false]),
        (json!({"kind": "int", "min": "9223372036854775807"}), [false, false, true]),
        (json!({"kind": "int", "max": "-9223372036854775809"}), [false, false, false]),
        (json!({"kind": "int", "max": "-9223372036854775808"}), [true, false, false]),
        (json!({"kind": "int", "min": "-9223372036854775808"}), [true, true, true]),
        (json!({"kind": "int", "min": "-9223372036854775807"}), [false, true, true]),
        (json!({"kind": "int", "min": "-99999999999999999999"}), [true, true, true]),
        (json!({"kind": "int", "max": "99999999999999999999"}), [true, true, true]),
    ];
    for (schema, expected) in bounds {
        let policy = errors::policy(&schema, &json!({"kind": "relative_to_fixed", "of": "2"}));
        let scorer = scorer(&policy, &errors::reference());
        let columns = Columns::new(3);
        let numbers = [i64::MIN, 0, i64::MAX];
        let columns = columns.with(fact_id!("f"), Column::of(&numbers[..])).expect("a column");
        let room = scored(&scorer, &columns);
        let found = [0, 1, 2].map(|row| {
            let facts = columns.facts(scorer.policy().body(), row);
            let seen = room.seen(&scorer, row);
            assert_eq!(seen, Seen::decided(&scorer, &facts), "{schema}, row {row}");
            seen.composite.is_some()
        });
        assert_eq!(found, expected, "{schema}");
    }
}

/// Floating point cannot tell these from a half; the composite, the dimension and the rank are 0 all the same.
#[test]
fn a_hair_below_a_half_is_rounded_down() {
    let indicator = |dimension: &str, fact: &str, of: &str| json!({"id": fact, "dimension": dimension, "weight": "1", "fact": fact, "normaliser": {"kind": "relative_to_fixed", "of": of}});
    for (of, expected) in [("20000.0000000000000001", 0), ("20000", 1), ("19999.9999999999999999", 1)] {
        let indicators = [indicator("value", "v", of), indicator("need", "n", of)];
        let policy = json!({"schema": "guanxi.scoring/1", "id": "halves", "version": "1", "body": {
            "dimensions": {"value": "1", "need": "1"},
            "facts": {"v": {"kind": "int"}, "n": {"kind": "int"}},
            "indicators": indicators,
            "tiers": [{"id": "some", "floor": "0.01"}, {"id": "none", "floor": "0"}],
        }});
        let scorer = scorer(&policy, &errors::reference());
        let ones = [1_u8; 2];
        let columns = Columns::new(2)
            .with(fact_id!("v"), Column::of(&ones[..]).with_applicable(&[1]))
            .and_then(|columns| columns.with(fact_id!("n"), Column::of(&ones[..])))
            .expect("columns");
        let room = scored(&scorer, &columns);
        // Ranks alone, too: what is in doubt of a dimension must not settle them.
        let mut ranks = Room::new(2);
        scorer.score_into(&columns, &mut ranks.ranks()).expect("room that fits");
        assert_eq!((&ranks.rank, &ranks.composite), (&room.rank, &room.composite), "{of}");
        let (customer, prospect) = (room.seen(&scorer, 0), room.seen(&scorer, 1));
        assert_eq!(
            (customer.composite, customer.dimensions),
            (Some(expected), [Some(expected), None, Some(expected)]),
            "{of}"
        );
        assert_eq!(customer.tier.as_deref(), Some(if expected == 0 { "none" } else { "some" }), "{of}");
        assert_eq!(
            (prospect.rank, prospect.dimensions),
            (Some(expected), [None, None, Some(expected)]),
            "{of}"
        );
    }
}

#[test]
fn every_row_is_scored_as_the_decision_and_the_page_score_it() {
    let mut found = Found::default();
    for seed in 0..160 {
        check(&Case::new(seed), &mut found);
    }
    assert!(found.rows > 40_000, "{found:?}");
}

/// Two calls for the rows before and after a multiple of 64 say what one call says.
#[test]
fn rows_split_at_a_multiple_of_64_are_the_same_rows() {
    for seed in 1_000..1_040 {
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
    for seed in 2_000..2_040 {
        let case = Case::new(seed);
        let columns = case.table.columns();
        let mut room = scored(&case.scorer, &columns);
        let expected = room.clone();
        let rows = case.table.rows;
        // Once more into what is written.
        case.scorer.score_into(&columns, &mut room.all()).expect("room that fits");
        assert_eq!(room, expected, "seed {seed}");
        // Into scores where there are none, and into another tier.
        let scores = expected.composite.iter().chain(expected.dimensions.iter().flatten());
        let score = scores.copied().find(|score| score.get().is_some()).unwrap_or_default();
        let mut other = Room::filled(rows, score, RowTier::PROSPECT);
        case.scorer.score_into(&columns, &mut other.all()).expect("room that fits");
        assert_eq!(other, expected, "seed {seed}");
        // Of less room, less is written, and the same.
        let mut less = Room::filled(rows, score, RowTier::PROSPECT);
        let before = less.clone();
        case.scorer.score_into(&columns, &mut less.least()).expect("room that fits");
        assert_eq!((&less.composite, &less.tier), (&expected.composite, &expected.tier), "seed {seed}");
        assert_eq!((&less.rank, &less.dimensions), (&before.rank, &before.dimensions), "seed {seed}");
    }
}

/// Every core gets other rows, and all get what one core gets.
#[cfg(feature = "parallel")]
#[test]
fn rows_scored_on_every_core_are_the_same_rows() {
    for (seed, flavour) in [(1, Flavour::Ties), (2, Flavour::Shares)] {
        let mut random = Random(seed);
        let policy = policies::policy(&mut random, flavour);
        let reference = policies::reference(&mut random, &policy, flavour, as_of());
        let table = Table::new(&mut random, &policy, &reference, 140_000, Quality::Wild);
        let scorer = scorer(&policy, &reference);
        let expected = scored(&scorer, &table.columns());
        let mut room = Room::new(table.rows);
        scorer.score_into_parallel(&table.columns(), &mut room.all()).expect("room that fits");
        assert!(room == expected, "{flavour:?}");
    }
}
