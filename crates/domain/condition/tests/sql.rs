//! Conditions as the `WHERE` of a query: the texts, and what is refused.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use chrono::SecondsFormat;
use common::parse;
use guanxi_condition::{Column, Columns, Moment, Parameter};
use guanxi_core::parse_instant;
use guanxi_policy::check;
use serde_json::json;

fn columns() -> Columns {
    let column = |name: &str| Column::new(name).unwrap();
    let cny = "CNY".parse().unwrap();
    [
        ("score", column("score").places(2)),
        ("ratio", column("ratio").places(2)),
        ("orders", column("orders")),
        ("vip", column("vip")),
        ("region", column("region")),
        ("industry", column("industry")),
        ("birthday", column("birthday")),
        ("renewal", column("renewal")),
        ("met_at", column("met").places(0)),
        ("seen_at", column("seen").places(3)),
        ("sensitivity", column("sensitivity").in_range()),
        ("tags", column("tags")),
        ("revenue", column("revenue").places(2).currency(cny)),
        ("profit", column("profit").places(2)),
    ]
    .into_iter()
    .fold(Columns::new(), |columns, (fact, column)| columns.with(fact.parse().unwrap(), column))
}

fn shown(parameters: &[Parameter]) -> String {
    let shown = |parameter: &Parameter| match parameter {
        Parameter::Integer(number) => number.to_string(),
        Parameter::Bool(yes) => yes.to_string(),
        Parameter::Text(text) => format!("{text:?}"),
        Parameter::Day(day) => day.to_string(),
        Parameter::Instant(at) => at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
    };
    parameters.iter().map(shown).collect::<Vec<_>>().join(", ")
}

/// The text and its parameters at noon of 30 June 2026, or all that is wrong.
fn sql(condition: &str) -> String {
    match parse(condition).sql(&columns(), &Moment::utc(parse_instant("2026-06-30T12:00:00.5Z").unwrap())) {
        Ok(sql) => format!("{sql} <- {}", shown(sql.parameters())),
        Err(problems) => problems.to_string(),
    }
}

#[test]
fn numbers_are_whole_and_bounds_exact() {
    insta::assert_snapshot!(sql("ratio >= 0.125"), @r#""ratio" >= ?1 <- 13"#);
    insta::assert_snapshot!(sql("ratio < 0.125"), @r#""ratio" <= ?1 <- 12"#);
    insta::assert_snapshot!(sql("ratio < 0.12"), @r#""ratio" < ?1 <- 12"#);
    insta::assert_snapshot!(sql("ratio = 0.125"), @r#""ratio" <> "ratio" <-"#);
    insta::assert_snapshot!(sql("ratio != 0.125"), @r#""ratio" = "ratio" <-"#);
    insta::assert_snapshot!(sql("ratio between 0.125 and 0.5"), @r#""ratio" BETWEEN ?1 AND ?2 <- 13, 50"#);
    insta::assert_snapshot!(sql("ratio in [0.125, 0.5, 1]"), @r#""ratio" IN (?1, ?2) <- 50, 100"#);
    insta::assert_snapshot!(sql("ratio in [0.125]"), @r#""ratio" <> "ratio" <-"#);
    insta::assert_snapshot!(sql("ratio < 79228162514264337593543950335"), @r#""ratio" <= ?1 <- 9223372036854775807"#);
    insta::assert_snapshot!(sql("ratio > 79228162514264337593543950335"), @r#""ratio" <> "ratio" <-"#);
    insta::assert_snapshot!(sql("orders < -9223372036854775809"), @r#""orders" <> "orders" <-"#);
    insta::assert_snapshot!(sql("orders >= -9223372036854775809.5"), @r#""orders" >= ?1 <- -9223372036854775808"#);
    insta::assert_snapshot!(sql("sensitivity >= 4 and orders = 2"), @r#""sensitivity" >= ?1 AND "orders" = ?2 <- 4, 2"#);
    insta::assert_snapshot!(sql("ratio = score"), @r#"CASE WHEN "score" BETWEEN ?1 AND ?2 THEN "ratio" = "score" END <- 0, 10000"#);
    insta::assert_snapshot!(sql("revenue > CNY 10.005"), @r#""revenue" >= ?1 <- 1001"#);
    insta::assert_snapshot!(sql("revenue > USD 10"), @"NULL <-");
    insta::assert_snapshot!(sql("revenue in [CNY 10, USD 10]"), @r#"("revenue" IN (?1) OR NULL) <- 1000"#);
    insta::assert_snapshot!(sql("revenue in [USD 10]"), @r#"("revenue" <> "revenue" OR NULL) <-"#);
}

#[test]
fn what_is_out_of_range_is_unknown() {
    insta::assert_snapshot!(sql("score >= 80"), @r#"CASE WHEN "score" BETWEEN ?1 AND ?2 THEN "score" >= ?3 END <- 0, 10000, 8000"#);
    insta::assert_snapshot!(sql("not score is known or score is missing"), @r#"(NOT (("score" IS NOT NULL AND "score" BETWEEN ?1 AND ?2))) OR ("score" IS NULL OR NOT "score" BETWEEN ?3 AND ?4) <- 0, 10000, 0, 10000"#);
    insta::assert_snapshot!(sql("region is known and not region is missing"), @r#""region" IS NOT NULL AND (NOT ("region" IS NULL)) <-"#);
}

#[test]
fn texts_are_normal_and_patterns_mean_themselves() {
    insta::assert_snapshot!(sql(r#"region = " ＥＡＳＴ  China""#), @r#""region" = ?1 <- "east china""#);
    insta::assert_snapshot!(sql(r#"region in ["a", "B"] or region != industry"#), @r#""region" IN (?1, ?2) OR "region" <> "industry" <- "a", "b""#);
    insta::assert_snapshot!(sql(r#"region contains "100%_!" and region starts with "A" and region ends with "B""#), @r#""region" LIKE ?1 ESCAPE '!' AND "region" LIKE ?2 ESCAPE '!' AND "region" LIKE ?3 ESCAPE '!' <- "%100!%!_!!%", "a%", "%b""#);
    insta::assert_snapshot!(sql("not (vip = true or never) and always"), @r#"(NOT ("vip" = ?1 OR (1 = 0))) AND (1 = 1) <- true"#);
}

#[test]
fn time_is_turned_into_bounds() {
    insta::assert_snapshot!(sql("birthday within last 1 month"), @r#""birthday" BETWEEN ?1 AND ?2 <- 2026-06-01, 2026-06-30"#);
    insta::assert_snapshot!(sql("birthday within next 7 days"), @r#""birthday" BETWEEN ?1 AND ?2 <- 2026-06-30, 2026-07-07"#);
    insta::assert_snapshot!(sql("birthday within last 0 days"), @r#""birthday" <> "birthday" <-"#);
    insta::assert_snapshot!(sql("birthday is past or renewal is future"), @r#""birthday" <= ?1 OR "renewal" >= ?2 <- 2026-06-29, 2026-07-01"#);
    insta::assert_snapshot!(sql("birthday in last quarter"), @r#""birthday" BETWEEN ?1 AND ?2 <- 2026-01-01, 2026-03-31"#);
    insta::assert_snapshot!(sql("seen_at within last 24 hours"), @r#""seen" BETWEEN ?1 AND ?2 <- 2026-06-29T12:00:00.501Z, 2026-06-30T12:00:00.500Z"#);
    insta::assert_snapshot!(sql("met_at within last 24 hours"), @r#""met" BETWEEN ?1 AND ?2 <- 2026-06-29T12:00:01Z, 2026-06-30T12:00:00Z"#);
    insta::assert_snapshot!(sql("met_at within next 2 days"), @r#""met" BETWEEN ?1 AND ?2 <- 2026-06-30T12:00:01Z, 2026-07-02T12:00:00Z"#);
    insta::assert_snapshot!(sql("met_at in this month"), @r#""met" BETWEEN ?1 AND ?2 <- 2026-06-01T00:00:00Z, 2026-06-30T23:59:59Z"#);
    insta::assert_snapshot!(sql("met_at is past and seen_at is future"), @r#""met" <= ?1 AND "seen" >= ?2 <- 2026-06-30T12:00:00Z, 2026-06-30T12:00:00.501Z"#);
    insta::assert_snapshot!(sql("met_at = 2026-06-30T12:00:00.5Z"), @r#""met" <> "met" <-"#);
    insta::assert_snapshot!(sql("met_at < 2026-06-30T12:00:00.5Z"), @r#""met" <= ?1 <- 2026-06-30T12:00:00Z"#);
}

#[test]
fn several_days_may_be_a_month_before_one() {
    let at = Moment::utc(parse_instant("2026-02-28T12:00:00Z").unwrap());
    let sql = parse("seen_at within last 1 month").sql(&columns(), &at).unwrap();
    insta::assert_snapshot!(sql, @r#"("seen" BETWEEN ?1 AND ?2 OR "seen" BETWEEN ?3 AND ?4 OR "seen" BETWEEN ?5 AND ?6 OR "seen" BETWEEN ?7 AND ?8)"#);
    insta::assert_snapshot!(sql.text(|number| format!("${number}")), @r#"("seen" BETWEEN $1 AND $2 OR "seen" BETWEEN $3 AND $4 OR "seen" BETWEEN $5 AND $6 OR "seen" BETWEEN $7 AND $8)"#);
    insta::assert_snapshot!(shown(sql.parameters()), @"2026-01-28T12:00:00.001Z, 2026-01-28T23:59:59.999Z, 2026-01-29T12:00:00.001Z, 2026-01-29T23:59:59.999Z, 2026-01-30T12:00:00.001Z, 2026-01-30T23:59:59.999Z, 2026-01-31T12:00:00.001Z, 2026-02-28T12:00:00Z");
}

#[test]
fn all_that_sql_cannot_ask_is_named_at_once() {
    let condition = "ratio = 1 and (no order.placed or pending(complaint.opened until complaint.resolved)) \
                     and tags contains \"x\" and region is not applicable and anniversary of birthday within 7 days \
                     and profit > CNY 1 and 区域 = \"x\" and ratio > orders and orders > count(order.placed)";
    insta::assert_snapshot!(sql(condition), @r#"
`no order.placed`: columns hold facts, not events
`pending(complaint.opened until complaint.resolved)`: columns hold facts, not events
`tags contains "x"`: a column holds no set
`region is not applicable`: a column without a value does not say that the fact does not apply
`anniversary of birthday within 7 days`: an anniversary is no bound for a column
`profit > CNY 1`: the column of `profit` must say its currency
`区域 = "x"`: no column holds the fact `区域`
`ratio > orders`: the columns of `ratio` and `orders` must hold values of the same unit
`orders > count(order.placed)`: columns hold facts, not events
"#);
}

#[test]
fn names_of_columns_are_checked_and_quoted() {
    let name = |text: &str| Column::new(text).map(|_| ()).map_err(|error| error.to_string());
    insta::assert_snapshot!(name("").unwrap_err(), @"expected a name of 1 to 128 visible characters, got ``");
    insta::assert_snapshot!(name("a\u{0}b").unwrap_err(), @r"expected a name of 1 to 128 visible characters, got `a\u{0}b`");
    assert!(name(&"客".repeat(128)).is_ok() && name(&"客".repeat(129)).is_err());
    assert!(Column::new("a").unwrap().of_table("b\n").is_err());
    let columns = Columns::new().with(
        "orders".parse().unwrap(),
        Column::new("a\"; DROP TABLE customers; --").unwrap().of_table("x\"y").unwrap(),
    );
    let at = Moment::utc(parse_instant("2026-06-30").unwrap());
    insta::assert_snapshot!(parse("orders = 1").sql(&columns, &at).unwrap(), @r#""x""y"."a""; DROP TABLE customers; --" = ?1"#);
}

#[test]
fn columns_are_read_from_a_document() {
    let tree = json!({
        "orders": {"column": "n", "table": "t", "places": 1, "in_range": true},
        "revenue": {"column": "cny", "places": 2, "currency": "CNY"},
    });
    let columns = check(&tree, Columns::read).unwrap();
    let column = |name: &str| Column::new(name).unwrap();
    let expected = Columns::new()
        .with("orders".parse().unwrap(), column("n").of_table("t").unwrap().places(1).in_range())
        .with("revenue".parse().unwrap(), column("cny").places(2).currency("CNY".parse().unwrap()));
    assert_eq!(columns, expected);
    let wrong = json!({
        "a b": {"column": "n"},
        "b": {"table": "", "places": 19, "currency": "cny", "in_range": 1, "scale": 2},
        "c": {"column": "", "places": -1},
    });
    insta::assert_snapshot!(check(&wrong, Columns::read).unwrap_err(), @r#"
a b: not allowed here, given `a b`, allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `a b`
b.scale: unknown field, given `scale`, allowed: column, table, places, currency, in_range
b.column: missing field, allowed: `column` is required
b.table: not allowed here, given "", allowed: expected a name of 1 to 128 visible characters, got ``
b.places: not allowed here, given 19, allowed: 0 to 18
b.currency: not allowed here, given "cny", allowed: expected an ISO 4217 currency code such as `CNY`, got `cny`
b.in_range: not allowed here, given 1, allowed: invalid type: integer `1`, expected a boolean
c.column: not allowed here, given "", allowed: expected a name of 1 to 128 visible characters, got ``
c.places: not allowed here, given -1, allowed: invalid value: integer `-1`, expected u32
"#);
}
