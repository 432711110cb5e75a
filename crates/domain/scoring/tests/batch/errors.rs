//! What does not fit together is refused, and then nothing is written.
use guanxi_core::{FactId, fact_id};
use guanxi_scoring::{Column, Columns, ColumnsError, RowScore, RowTier};
use serde_json::{Value, json};

use crate::scored::{Room, as_of, scorer};

const FACT: FactId = fact_id!("cumulative_profit");

fn refused(columns: Result<Columns<'_>, ColumnsError>) -> String {
    columns.expect_err("columns that do not fit together").to_string()
}

#[test]
fn columns_of_another_length_are_refused() {
    let short = refused(Columns::new(65).with(FACT, Column::of(&[0_i64; 64][..])));
    insta::assert_snapshot!(short, @"the column of fact `cumulative_profit` has 64 rows, the others have 65");
    let long = refused(Columns::new(0).with(FACT, Column::of(&[0_u8; 1][..])));
    insta::assert_snapshot!(long, @"the column of fact `cumulative_profit` has 1 rows, the others have 0");
}

#[test]
fn too_few_bits_are_refused() {
    let numbers = [0_u16; 129];
    let column = Column::of(&numbers[..]);
    let known = refused(Columns::new(129).with(FACT, column.with_known(&[0; 2])));
    insta::assert_snapshot!(known, @"the bits of fact `cumulative_profit` have 2 words of 64 rows, 3 are needed");
    let applicable = refused(Columns::new(129).with(FACT, column.with_known(&[0; 3]).with_applicable(&[])));
    insta::assert_snapshot!(applicable, @"the bits of fact `cumulative_profit` have 0 words of 64 rows, 3 are needed");
    // More than enough is enough.
    assert!(Columns::new(129).with(FACT, column.with_known(&[0; 4]).with_applicable(&[0; 3])).is_ok());
    assert!(Columns::new(0).with(FACT, Column::of(&[0_u8; 0][..]).with_known(&[])).is_ok());
}

#[test]
fn a_second_column_of_a_fact_is_refused() {
    let column = Column::of(&[1_u32, 2][..]);
    let columns = Columns::new(2).with(FACT, column).expect("a column");
    insta::assert_snapshot!(refused(columns.with(FACT, column)), @"fact `cumulative_profit` has two columns");
}

#[test]
fn more_places_than_a_decimal_has_are_refused() {
    let column = Column::of(&[1_i64][..]);
    assert!(Columns::new(1).with(FACT, column.with_places(28)).is_ok());
    insta::assert_snapshot!(refused(Columns::new(1).with(FACT, column.with_places(29))), @"the column of fact `cumulative_profit`, a decimal, has 29 decimal places, at most 28 are allowed");
}

/// A policy with one indicator of one fact.
pub(crate) fn policy(schema: &Value, normaliser: &Value) -> Value {
    json!({"schema": "guanxi.scoring/1", "id": "one", "version": "1", "body": {
        "dimensions": {"value": "1"},
        "facts": {"f": schema},
        "indicators": [{"id": "i", "dimension": "value", "weight": "1", "fact": "f", "normaliser": normaliser}],
        "tiers": [{"id": "t", "floor": "0"}],
    }})
}

pub(crate) fn reference() -> Value {
    json!({"schema": "guanxi.reference/1", "id": "r", "version": "1", "body": {
        "as_of": as_of(), "population": 0, "facts": {},
    }})
}

/// The error of scoring columns, after which everything is as before.
fn unscored(policy: &Value, columns: &Columns<'_>, room: &mut Room) -> String {
    let before = room.clone();
    let error = scorer(policy, &reference()).score_into(columns, &mut room.all()).expect_err("an error");
    assert_eq!(*room, before, "nothing is written");
    error.to_string()
}

#[test]
fn places_of_a_fact_without_places_are_refused() {
    let fixed = json!({"kind": "relative_to_fixed", "of": "2"});
    let numbers = [1_u8, 2];
    let refused = |schema: Value, normaliser: &Value| {
        let column = Column::of(&numbers[..]).with_places(1);
        let columns = Columns::new(2).with(fact_id!("f"), column).expect("a column");
        unscored(
            &policy(&schema, normaliser),
            &columns,
            &mut Room::filled(2, RowScore::NONE, RowTier::PROSPECT),
        )
    };
    insta::assert_snapshot!(refused(json!({"kind": "int"}), &fixed), @"the column of fact `f`, a whole number, has 1 decimal places, at most 0 are allowed");
    insta::assert_snapshot!(refused(json!({"kind": "bool"}), &fixed), @"the column of fact `f`, true or false, has 1 decimal places, at most 0 are allowed");
    insta::assert_snapshot!(refused(json!({"kind": "level", "of": 5}), &json!({"kind": "level"})), @"the column of fact `f`, a level from 1 to 5, has 1 decimal places, at most 0 are allowed");
}

#[test]
fn room_for_other_rows_is_refused() {
    let policy = policy(&json!({"kind": "int"}), &json!({"kind": "relative_to_fixed", "of": "2"}));
    let columns = Columns::new(3);
    let change: [fn(&mut Room); 6] = [
        |room| room.composite.truncate(2),
        |room| room.tier.push(RowTier::PROSPECT),
        |room| room.dimensions[0].clear(),
        |room| room.dimensions[1].truncate(1),
        |room| room.dimensions[2].push(RowScore::NONE),
        |room| room.rank.truncate(1),
    ];
    let texts = change.map(|change| {
        let mut room = Room::filled(3, RowScore::NONE, RowTier::PROSPECT);
        change(&mut room);
        unscored(&policy, &columns, &mut room)
    });
    insta::assert_snapshot!(texts.join("\n"), @"
    there are 3 rows, but room for 2 results
    there are 3 rows, but room for 4 results
    there are 3 rows, but room for 0 results
    there are 3 rows, but room for 1 results
    there are 3 rows, but room for 4 results
    there are 3 rows, but room for 1 results
    ");
}

/// A chain of so many facts, each a part of the next.
fn chained(facts: usize) -> Value {
    let mut policy = policy(&json!({"kind": "int"}), &json!({"kind": "relative_to_fixed", "of": "2"}));
    let listed = &mut policy["body"]["facts"];
    for place in 1..facts {
        let part = if place == 1 { "f".to_owned() } else { format!("w{}", place - 1) };
        listed[part]["part_of"] = format!("w{place}").into();
        listed[format!("w{place}")] = json!({"kind": "int"});
    }
    policy
}

#[test]
fn more_facts_than_rows_of_columns_can_have_are_refused() {
    let mut room = Room::filled(0, RowScore::NONE, RowTier::PROSPECT);
    insta::assert_snapshot!(unscored(&chained(49), &Columns::new(0), &mut room), @"the policy reads 49 facts, columns can have 48");
    let most = scorer(&chained(48), &reference());
    let numbers = [1_u8];
    let columns = Columns::new(1).with(fact_id!("f"), Column::of(&numbers[..])).expect("a column");
    let mut room = Room::new(1);
    most.score_into(&columns, &mut room.all()).expect("room that fits");
    assert_eq!(room.seen(&most, 0).composite, Some(5_000));
}
