//! A batch takes nothing from the heap.
use guanxi_scoring::{Results, Scorer, preset};
use serde_json::{Value, json};

use crate::random::Random;
use crate::ratio::Ratio;
use crate::scored::{Room, Seen, as_of, scorer};
use crate::table::{Owned, Store, Table};

const ROWS: usize = 1_500;

/// Round numbers, of which many rows lie exactly between two hundredths.
pub(crate) fn columns(random: &mut Random, missing: bool) -> Table {
    let mut column = |store: fn(Vec<i64>) -> Store, low: i64, high: i64, step: i64, places: u8| {
        let numbers = (0..ROWS).map(|_| random.between(low, high) * step).collect();
        let mut word = || (0..64).fold(0, |word, bit| word | u64::from(!random.percent(5)) << bit);
        let known = missing.then(|| (0..ROWS.div_ceil(64)).map(|_| word()).collect());
        Owned { store: store(numbers), places, known, applicable: None }
    };
    fn bytes(numbers: Vec<i64>) -> Store {
        Store::U8(numbers.into_iter().map(|number| u8::try_from(number).expect("a byte")).collect())
    }
    fn short(numbers: Vec<i64>) -> Store {
        Store::U16(numbers.into_iter().map(|number| u16::try_from(number).expect("16 bits")).collect())
    }
    let columns = [
        ("cumulative_profit", column(Store::I64, 0, 16, 100_000, 2)),
        ("cooperation_days", column(short, 0, 16, 30, 0)),
        ("industry_growth", column(short, 0, 9, 100, 4)),
        ("undeveloped_needs", column(bytes, 0, 4, 1, 0)),
        ("total_needs", column(bytes, 4, 20, 1, 0)),
        ("service_sensitivity", column(bytes, 1, 5, 1, 0)),
        ("price_sensitivity", column(bytes, 1, 5, 1, 0)),
    ];
    Table { rows: ROWS, columns: columns.map(|(fact, column)| (fact.to_owned(), column)).into() }
}

pub(crate) fn standard() -> (Value, Value, Scorer) {
    let policy = preset("standard").expect("a preset").to_value();
    let greatest = |max: &str| json!({"count": 1, "max": max});
    let reference = json!({"schema": "guanxi.reference/1", "id": "r", "version": "1", "body": {
        "as_of": as_of(), "population": 1, "facts": {
            "cumulative_profit": greatest("16000"), "cooperation_days": greatest("480"), "industry_growth": greatest("0.09"),
        },
    }});
    let scorer = scorer(&policy, &reference);
    (policy, reference, scorer)
}

#[test]
fn a_batch_takes_nothing_from_the_heap() {
    let (policy, reference, scorer) = standard();
    let mut random = Random(11);
    for missing in [false, true] {
        let table = columns(&mut random, missing);
        let columns = table.columns();
        let (mut least, mut all) = (Room::new(ROWS), Room::new(ROWS));
        let count = |room: &mut Results<'_>| {
            let measured =
                allocation_counter::measure(|| scorer.score_into(&columns, room).expect("room that fits"));
            measured.count_total
        };
        assert_eq!((count(&mut least.least()), count(&mut all.all())), (0, 0), "missing: {missing}");
        assert_eq!(least.composite, all.composite);
        let ties = (0..300).filter(|row| {
            let (_, expected) = Seen::foreseen(&policy, &reference, &table.customer(&policy, *row));
            expected.exact.is_some_and(|exact| &exact - &Ratio::whole(exact.floor()) == Ratio::half())
        });
        assert!(ties.count() > 3, "rows that only integers decide");
    }
}
