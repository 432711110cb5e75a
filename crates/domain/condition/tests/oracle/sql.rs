//! A query of SQLite selects the rows for which the condition holds.
use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound, Utc};
use guanxi_condition::{Column, Columns, Condition, Given, Parameter, Truth, Vocabulary, normalise};
use guanxi_core::{FactId, FactKind, FactMap, FactValue, Level, Money};
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params_from_iter};
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use crate::compare::{moment, read, vocabulary};
use crate::generate::{self, TEXTS, When};
use crate::random::Random;
use crate::vocabulary::FACTS;

/// The scale of every column of decimals and amounts: less than literals have.
const PLACES: u32 = 1;
/// Milliseconds.
const PLACES_OF_SECONDS: u16 = 3;

/// A name that must be quoted.
fn column_name(fact: &str) -> String {
    format!("a \"{fact}\"; --")
}

/// `orders` holds no value outside its range; all other columns may.
fn is_in_range(fact: &str) -> bool {
    fact == "orders"
}

fn columns() -> Columns {
    FACTS.iter().fold(Columns::new(), |columns, (name, kind, ..)| {
        let column = Column::new(&column_name(name)).unwrap().of_table("customers").unwrap();
        let column = match kind {
            FactKind::Decimal => column.places(PLACES),
            FactKind::Money => column.places(PLACES).currency("CNY".parse().unwrap()),
            FactKind::Instant => column.places(PLACES_OF_SECONDS.into()),
            _ => column,
        };
        columns.with(name.parse().unwrap(), if is_in_range(name) { column.in_range() } else { column })
    })
}

/// A value that a column can hold.
fn value(random: &mut Random, when: &When, name: &str, kind: FactKind) -> FactValue {
    let tenths = [0, 1, 3, 10, 25, 800, 799, 1_000, 1_001, -10];
    let mut tenth = || Decimal::new(random.pick(&tenths), PLACES);
    match kind {
        FactKind::Decimal => FactValue::Decimal(tenth()),
        FactKind::Money => FactValue::Money(Money::new(tenth(), "CNY".parse().unwrap())),
        FactKind::Int => {
            FactValue::Int(random.pick(if is_in_range(name) { &[0, 1, 2, 3] } else { &[0, 2, 5, 6] }))
        }
        FactKind::Bool => FactValue::Bool(random.percent(50)),
        FactKind::Text => FactValue::Text(random.pick(TEXTS).to_owned()),
        FactKind::Date => FactValue::Date(generate::day(random, when)),
        FactKind::Instant => {
            FactValue::Instant(generate::instant(random, when).trunc_subsecs(PLACES_OF_SECONDS))
        }
        // Of a longer scale, where a rank of this one would be mistaken for one that fits.
        FactKind::Level { of } if random.percent(10) => {
            FactValue::Level(Level::new(i64::from(of) + 1, 9).unwrap())
        }
        FactKind::Level { of } => FactValue::Level(Level::new(random.pick(&[1, i64::from(of)]), of).unwrap()),
        FactKind::Set => FactValue::Set([random.pick(TEXTS).to_owned()].into()),
    }
}

fn milliseconds(at: DateTime<Utc>) -> Cell {
    assert_eq!(at, at.trunc_subsecs(PLACES_OF_SECONDS), "no more places than the column has");
    Cell::Integer(at.timestamp_millis())
}

fn cell(value: &FactValue) -> Cell {
    let tenths =
        |number: Decimal| Cell::Integer(i64::try_from((number * Decimal::TEN).trunc().mantissa()).unwrap());
    match value {
        FactValue::Decimal(number) => tenths(*number),
        FactValue::Money(money) => tenths(money.amount()),
        FactValue::Int(number) => Cell::Integer(*number),
        FactValue::Bool(yes) => Cell::Integer((*yes).into()),
        FactValue::Text(text) => Cell::Text(normalise(text)),
        FactValue::Date(day) => Cell::Text(day.to_string()),
        FactValue::Instant(at) => milliseconds(*at),
        FactValue::Level(level) => Cell::Integer(level.value().into()),
        FactValue::Set(_) => Cell::Null,
    }
}

fn bound(parameter: &Parameter) -> Cell {
    match parameter {
        Parameter::Integer(number) => Cell::Integer(*number),
        Parameter::Bool(yes) => Cell::Integer((*yes).into()),
        Parameter::Text(text) => Cell::Text(text.clone()),
        Parameter::Day(day) => Cell::Text(day.to_string()),
        Parameter::Instant(at) => milliseconds(*at),
    }
}

/// A table of customers, whose row is the place in the list.
fn stored(random: &mut Random, when: &When, count: usize) -> (Connection, Vec<FactMap>) {
    let connection = Connection::open_in_memory().unwrap();
    let names: Vec<String> =
        FACTS.iter().map(|(name, ..)| format!("\"{}\"", column_name(name).replace('"', "\"\""))).collect();
    connection.execute(&format!("CREATE TABLE customers ({})", names.join(", ")), []).unwrap();
    let places = vec!["?"; names.len()].join(", ");
    let mut insert = connection.prepare(&format!("INSERT INTO customers VALUES ({places})")).unwrap();
    let customers = (0..count)
        .map(|_| {
            let known: BTreeMap<FactId, FactValue> = FACTS
                .iter()
                .filter(|_| random.percent(80))
                .map(|(name, ..)| name)
                .collect::<Vec<_>>()
                .into_iter()
                .map(|name| {
                    let kind = FACTS.iter().find(|(other, ..)| other == name).unwrap().1;
                    (name.parse().unwrap(), value(random, when, name, kind))
                })
                .collect();
            let row = FACTS.iter().map(|(name, ..)| known.get(*name).map_or(Cell::Null, cell));
            insert.execute(params_from_iter(row)).unwrap();
            known.into_iter().fold(FactMap::new(), |facts, (id, value)| facts.with(id, value, None))
        })
        .collect();
    drop(insert);
    (connection, customers)
}

fn selected(connection: &Connection, text: &str, parameters: &[Parameter]) -> Vec<usize> {
    let query = format!("SELECT rowid FROM customers WHERE {text} ORDER BY rowid");
    let mut query = connection.prepare(&query).unwrap_or_else(|error| panic!("{text}\n{error}"));
    let rows =
        query.query_map(params_from_iter(parameters.iter().map(bound)), |row| row.get::<_, i64>(0)).unwrap();
    rows.map(|row| usize::try_from(row.unwrap()).unwrap() - 1).collect()
}

/// A condition of leaves that SQL can ask, and how many others were tried.
fn condition(
    random: &mut Random,
    when: &When,
    depth: usize,
    vocabulary: &Vocabulary,
    refused: &mut usize,
) -> Json {
    if depth > 0 && random.percent(60) {
        let mut part = |random: &mut Random| condition(random, when, depth - 1, vocabulary, refused);
        return match random.below(5) {
            0 | 1 => json!({"all": random.times(2, 3, part)}),
            2 | 3 => json!({"any": random.times(2, 3, part)}),
            _ => json!({"not": part(random)}),
        };
    }
    loop {
        let leaf = generate::leaf(random, when);
        match read(&leaf, vocabulary).sql(&columns(), &moment(when)) {
            Ok(_) => return leaf,
            Err(_) => *refused += 1,
        }
    }
}

#[test]
fn sqlite_selects_the_rows_for_which_the_condition_holds() {
    const MOMENTS: u64 = 60;
    const CUSTOMERS: usize = 40;
    const CONDITIONS: usize = 50;

    let (vocabulary, columns) = (vocabulary(), columns());
    let (mut counts, mut refused) = ([0; 3], 0);
    for seed in 0..MOMENTS {
        let mut random = Random::new(seed);
        let when = generate::when(&mut random);
        let at = moment(&when);
        let (connection, customers) = stored(&mut random, &when, CUSTOMERS);
        for _ in 0..CONDITIONS {
            let tree = condition(&mut random, &when, 2, &vocabulary, &mut refused);
            let condition: Condition = read(&tree, &vocabulary);
            let sql = condition.sql(&columns, &at).unwrap();
            let answers: Vec<Truth> =
                customers.iter().map(|facts| condition.holds(&Given { facts, events: None }, &at)).collect();
            let holding: Vec<usize> = (0..CUSTOMERS).filter(|place| answers[*place] == Truth::True).collect();
            let rows = selected(&connection, &sql.to_string(), sql.parameters());
            let wrong = rows.iter().chain(&holding).find(|row| rows.contains(row) != holding.contains(row));
            assert_eq!(
                rows,
                holding,
                "seed {seed}: {condition}\n{sql}\n{:?}\n{when:?}\n{:#?}",
                sql.parameters(),
                wrong.map(|row| &customers[*row]),
            );
            answers.iter().for_each(|answer| counts[*answer as usize] += 1);
        }
    }
    assert!(counts.iter().all(|count| *count > 10_000), "false, unknown, true: {counts:?}");
    assert!(refused > 1_000, "{refused}");
}
