//! `guanxi segment`.
use serde_json::Value;

use crate::input::{DAY, Dir};
use crate::run::{Ran, fed, guanxi};

/// Segments lines as of the day of all tests.
fn segment(kind: &str, args: &[&str], input: impl AsRef<[u8]>) -> Ran {
    fed(&[&["segment", kind, "--as-of", DAY, "--quiet"], args].concat(), input)
}

/// A line for each amount of revenue, as it is written.
fn revenues(amounts: &[&str]) -> String {
    let line = |(i, amount): (usize, &&str)| {
        format!("{{\"subject\": \"C{i}\", \"facts\": {{\"revenue\": {amount}}}}}\n")
    };
    amounts.iter().enumerate().map(line).collect()
}

/// What was decided of each customer: one field of the outcome.
fn outcomes(ran: &Ran, field: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    ran.lines()
        .iter()
        .map(|line| format!("{} {}", text(&line["subject"]), text(&line["outcome"][field])))
        .collect()
}

const ORDERS: &str = r#"{"subject": "C1", "orders": [{"at": "2026-06-29", "amount": "120.00"}, {"at": "2026-06-29", "amount": 30}, {"at": "2026-05-01T10:00:00+08:00", "amount": "-20"}]}
{"subject": "C2", "facts": {"days_since_order": 60, "orders": 7, "revenue": "840"}}
{"subject": "C3", "orders": []}
"#;

const FACTS: &str = r#"{"subject": "C1", "facts": {"revenue": "120.50", "revenue_growth": "-0.1", "days_since_order": 90, "median_gap_days": "30", "region": "East", "size": 7}}
{"subject": "C2", "facts": {"revenue": 5000, "revenue_recent": 5000, "region": "East", "size": {"not_applicable": true}}}
{"subject": "C3", "facts": {"region": "West"}}
"#;

#[test]
fn classes_come_in_the_order_of_the_lines() {
    let amounts = ["50", "\"600.00\"", "null", "100", "{\"not_applicable\": true}", "250", "-20"];
    let ran = segment("abc", &[], revenues(&amounts));
    assert_eq!(outcomes(&ran, "class"), ["C0 c", "C1 a", "C2 null", "C3 b", "C4 null", "C5 a", "C6 c"]);
    let lines: Vec<&str> = ran.out.lines().collect();
    insta::assert_snapshot!(lines[3], @r#"{"subject":"C3","outcome":{"class":"b","rank":3,"before":"0.85","after":"0.95"},"reasons":[{"code":"class_by_share","class":"b","amount":"100","rank":3,"before":"0.85","after":"0.95","from":"0.7","to":"0.95"},{"code":"below_class","class":"a","least":"250","short_by":"150"}],"basis":{"policy":{"id":"standard","version":"1.0.0","fingerprint":"1b32554be433fc9b4ba604d149ae1b96ea066ed4bf740588e2f5266abbb727a0"},"reference":null},"as_of":"2026-06-30T00:00:00Z","next_change":null}"#);
    // The order of the lines decides nothing.
    let reversed: String = revenues(&amounts).lines().rev().map(|line| format!("{line}\n")).collect();
    let again = segment("abc", &[], reversed).well();
    let mut again: Vec<&str> = again.lines().collect();
    again.reverse();
    assert_eq!(again, lines);
}

#[test]
fn explained_in_english_or_chinese() {
    let texts = |args: &[&str]| {
        let ran = segment("abc", args, revenues(&["50", "600", "350"]));
        ran.lines()[2]["texts"].as_array().map(|texts| {
            texts.iter().map(|text| text.as_str().unwrap().to_owned()).collect::<Vec<_>>().join("\n")
        })
    };
    assert_eq!(texts(&[]), None);
    insta::assert_snapshot!(texts(&["--explain"]).unwrap(), @"Class A: 350 is rank 2; 60 % of the total lies before it, 95 % with it; the class runs from 0 % to below 70 %");
    insta::assert_snapshot!(texts(&["--lang", "zh-CN"]).unwrap(), @"A 类：数值 350，第 2 名；排在其前的占总额 60 %，连同其自身 95 %；该类从 0 % 起，至 70 % 以下");
    assert_eq!(texts(&["--explain", "--lang", "zh"]), texts(&["--lang", "zh-CN"]));
}

#[test]
fn a_summary_stands_in_place_of_the_decisions() {
    let ran = segment("abc", &["--summary"], revenues(&["50", "600", "350", "null", "-1"]));
    insta::assert_snapshot!(ran.well(), @r#"{"report":{"customers":4,"classes":[{"class":"a","count":2,"customers":{"share":"0.5","expected":{"from":"0.1","to":"0.15"},"verdict":"above"},"amount":"950","amount_share":{"share":"0.95","expected":{"from":"0.6","to":"0.8"},"verdict":"above"}},{"class":"b","count":0,"customers":{"share":"0","expected":{"from":"0.3","to":"0.4"},"verdict":"below"},"amount":"0","amount_share":{"share":"0","expected":null,"verdict":"open"}},{"class":"c","count":2,"customers":{"share":"0.5","expected":{"from":"0.5","to":"0.6"},"verdict":"within"},"amount":"50","amount_share":{"share":"0.05","expected":null,"verdict":"open"}}],"not_positive":1,"unclassified":{"missing":1,"not_applicable":0,"unusable":0},"concentration":{"customers":4,"negative":1,"total":"1000","gini":"0.525","hhi":"0.485","top":[{"customers":1,"share":"0.6"}],"none":null}},"policy":{"id":"standard","version":"1.0.0","fingerprint":"1b32554be433fc9b4ba604d149ae1b96ea066ed4bf740588e2f5266abbb727a0"},"as_of":"2026-06-30T00:00:00Z"}"#);
    insta::assert_snapshot!(segment("value", &["--summary", "--policy", "standard"], FACTS).lines()[0]["report"]["groups"][1], @r#"{"fact":"region","rows":[{"segments":[{"count":1,"customers":"0.5","segment":"at_risk"},{"count":1,"customers":"0.5","segment":"high_value"},{"count":0,"customers":"0","segment":"potential"},{"count":0,"customers":"0","segment":"general"}],"unknown":0,"value":"East"},{"segments":[{"count":0,"customers":null,"segment":"at_risk"},{"count":0,"customers":null,"segment":"high_value"},{"count":0,"customers":null,"segment":"potential"},{"count":0,"customers":null,"segment":"general"}],"unknown":1,"value":"West"}]}"#);
    let report = &segment("rfm", &["--summary"], ORDERS).lines()[0]["report"];
    assert_eq!((&report["customers"], &report["without"]), (&2.into(), &1.into()));
}

#[test]
fn orders_and_facts_of_them_are_scored_together() {
    let ran = segment("rfm", &["--explain"], ORDERS);
    assert_eq!(outcomes(&ran, "segment"), ["C1 potential_loyalist", "C2 at_risk", "C3 null"]);
    insta::assert_snapshot!(ran.lines()[0]["texts"], @r#"["Segment Potentially loyal: recency 4, frequency 2, monetary value 2","Days since the last order: 1, score 4 of 5 (of 2 customers 1 are worse, 0 others are equal)","Days with an order: 1, score 2 of 5 (of 2 customers 0 are worse, 0 others are equal)","Sum of the amounts: 130, score 2 of 5 (of 2 customers 0 are worse, 0 others are equal)","Orders: 2, on so many days: 1; those of one day count as one","Refunds, which lower the sum and are no orders: 1"]"#);
}

/// A day without a time begins where the policy says: at midnight of UTC+8, which is 16:00 UTC of the day before.
#[test]
fn a_day_is_one_of_the_offset_of_the_policy() {
    let policy = r#"{"schema": "guanxi.rfm/1", "id": "ours", "version": "1", "body": {
        "utc_offset_minutes": 480,
        "recency": {"fact": "r", "scores": 2, "cuts": [30]}, "frequency": {"fact": "f", "scores": 2, "cuts": [2]},
        "monetary": {"fact": "m", "scores": 2, "cuts": [100]}, "segments": [{"id": "all", "cells": [{}]}]}}"#;
    let dir = Dir::new().with("ours.json", policy);
    let at = |day: &str, as_of: &str| {
        let line = format!("{{\"subject\": \"C1\", \"orders\": [{{\"at\": \"{day}\", \"amount\": 1}}]}}");
        let ran =
            fed(&["segment", "rfm", "--policy", &dir.at("ours.json"), "--as-of", as_of, "--quiet"], line);
        (ran.lines()[0]["outcome"]["recency"].clone(), ran.lines()[0]["next_change"].clone())
    };
    assert_eq!(at("2026-06-30", "2026-06-29T15:59:59Z"), (Value::Null, "2026-06-29T16:00:00Z".into()));
    assert_eq!(at("2026-06-30", "2026-06-29T16:00:00Z"), (2.into(), "2026-07-30T16:00:00Z".into()));
    assert_eq!(at("2026-06-30", "2026-07-30T16:00:00Z"), (1.into(), Value::Null));
}

#[test]
fn values_by_rules() {
    let ran = segment("value", &["--explain"], FACTS);
    assert_eq!(outcomes(&ran, "segment"), ["C1 at_risk", "C2 high_value", "C3 null"]);
    insta::assert_snapshot!(ran.lines()[1]["texts"], @r#"["Segment High value: rule 3 is the first that holds","recent revenue is 5000: at least 5000 (quantile of all customers)","recent revenue is 5000: above 0 (stated)","Not At risk by rule 1: days since the last order is not known","Not At risk by rule 2: recent revenue is 5000, not at most 0 (stated)"]"#);
}

#[test]
fn bad_lines_are_told_with_number_and_field() {
    let told = |kind: &str, lines: &[&str]| segment(kind, &[], lines.join("\n")).err;
    insta::assert_snapshot!(told("abc", &[
        r#"{"subject": "C1", "facts": {"revenue": "1,5"}}"#,
        r#"{"subject": "C1", "facts": {"revenue": true}}"#,
        r#"{"subject": "C1", "facts": {"revenue": 1, "revenue": 2}}"#,
        r#"{"subject": "C1", "facts": {"revenue": {"amount": 1, "currency": "CNY"}}}"#,
        r#"{"subject": "C1", "facts": {"revenue": 1}}"#,
        r#"{"subject": "C1", "facts": {"revenue": 1}}"#,
        r#"{"subject": "", "facts": {}}"#,
        r#"{"facts": {}}"#,
        r#"{"subject": "C2"}"#,
        r#"{"subject": "C2", "orders": []}"#,
        r#"{"subject": "C2", "facts": {}, "tier": "a"}"#,
        r#"{"subject": "C2", "facts": []}"#,
        r#"{"subject": "C2", "facts": {"revenue": NaN}}"#,
    ]), @"
    line 1: fact `revenue`: expected a decimal such as `-12.34`, got `1,5`
    line 2: fact `revenue`: expected a decimal, got `true`
    line 3: fact `revenue` is given twice
    line 4: fact `revenue`: expected a decimal, got `1 CNY`
    line 6: `subject`: the customer is there already, on line 5
    line 7: `subject`: an id must not be empty
    line 8: missing field `subject`
    line 9: missing field `facts`
    line 10: unknown field `orders`, expected `subject` or `facts`
    line 11: unknown field `tier`, expected one of `subject`, `facts`, `orders`
    line 12: invalid type: sequence, expected an object of names and values
    line 13: not JSON at column 40: expected value (NaN and Infinity are not JSON: leave the fact out or write null)
    12 bad lines were left out
    ");
    insta::assert_snapshot!(told("rfm", &[
        r#"{"subject": "C1", "orders": [{"at": "2026-06-31", "amount": 1}]}"#,
        r#"{"subject": "C1", "orders": [{"at": "2026-06-30", "amount": 1}, {"at": "2026-06-30", "amount": null}]}"#,
        r#"{"subject": "C1", "orders": [{"at": "2026-06-30"}]}"#,
        r#"{"subject": "C1", "orders": [{"at": 5, "amount": 1}]}"#,
        r#"{"subject": "C1", "orders": {"at": "2026-06-30"}}"#,
        r#"{"subject": "C1", "orders": [], "facts": {}}"#,
        r#"{"subject": "C1"}"#,
    ]), @"
    line 1: `orders[0].at`: expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `2026-06-31`
    line 2: missing field `orders[1].amount`
    line 3: missing field `orders[0].amount`
    line 4: `orders[0].at`: invalid type: integer `5`, expected a string
    line 5: `orders`: invalid type: map, expected a sequence
    line 6: either `orders` or `facts`, not both
    line 7: missing field `orders` or `facts`
    7 bad lines were left out
    ");
    insta::assert_snapshot!(told("value", &[r#"{"subject": "C1", "facts": {"region": ["East"], "revenue": "x"}}"#]), @"
    line 1: fact `region`: expected a text, got a list
    1 bad line was left out
    ");
}

#[test]
fn the_end_says_how_it_went() {
    let code = |args: &[&str], input: &str| segment("abc", args, input).code;
    let good = revenues(&["1"]);
    assert_eq!((code(&[], &good), code(&[], "")), (0, 0));
    assert_eq!(code(&[], &format!("{good}x\n")), 1);
    assert_eq!(code(&["--skip-bad"], &format!("{good}x\n")), 0);
    assert_eq!(code(&["--policy", "none"], &good), 2);
    insta::assert_snapshot!(segment("rfm", &["--policy", "none"], "").err, @"no policy `none`: give a file (JSON or TOML) or one of standard");
    insta::assert_snapshot!(fed(&["segment", "value", "--as-of", "yesterday"], "").err, @"--as-of: expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `yesterday`");
    let ran = fed(
        &["segment", "abc", "--as-of", DAY],
        r#"{"subject": "C1", "facts": {"revenue": 1, "colour": "red"}}"#,
    );
    insta::assert_snapshot!(ran.err, @"note: facts that the policy does not read: colour");
}

#[test]
fn a_policy_of_ones_own_is_read_checked_and_compared() {
    let toml = guanxi(&["policy", "show", "abc/standard", "--format", "toml"]).well();
    let dir = Dir::new()
        .with("ours.toml", toml.replace("id = \"standard\"", "id = \"ours\"").replace("0.95", "0.9"))
        .with("bad.toml", toml.replace("0.95", "0.6"));
    insta::assert_snapshot!(guanxi(&["policy", "diff", "abc/standard", &dir.at("ours.toml")]).well(), @r#"
    body.classes[b].limit: "0.95" -> "0.9"
    id: "standard" -> "ours"
    "#);
    insta::assert_snapshot!(guanxi(&["policy", "check", &dir.at("bad.toml")]).seen(Some(&dir)), @r#"
    -- stderr
    bad.toml:23:1: body.classes[1].limit: not allowed here, given "0.6", allowed: a share above 0.7 and below 1
    1 problem
    -- exit code 1
    "#);
    assert!(guanxi(&["policy", "check", &dir.at("ours.toml")]).well().contains(": sound: ours 1.0.0 "));
    let ran = segment("abc", &["--policy", &dir.at("ours.toml")], revenues(&["50", "930", "20"]));
    assert_eq!(outcomes(&ran, "class"), ["C0 c", "C1 a", "C2 c"]);
    // What is a preset by its name says so if it is another.
    let changed = Dir::new().with("p.toml", toml.replace("0.95", "0.9"));
    assert!(guanxi(&["policy", "check", &changed.at("p.toml")]).err.contains("[preset_changed]"));
    // A policy of another kind is refused for what it is.
    let rfm = Dir::new().with("p.json", guanxi(&["policy", "show", "rfm/standard"]).well());
    let ran = segment("abc", &["--policy", &rfm.at("p.json")], "");
    insta::assert_snapshot!(ran.seen(Some(&rfm)), @r#"
    -- stderr
    p.json:198:3: schema: not allowed here, given "guanxi.rfm/1", allowed: guanxi.abc/1
    -- exit code 2
    "#);
}

#[test]
fn presets_fit_their_schemas() {
    for (kind, preset) in
        [("abc", "abc/standard"), ("abc", "abc/blend"), ("rfm", "rfm/standard"), ("value", "value/standard")]
    {
        let read = |args: &[&str]| -> Value { serde_json::from_str(&guanxi(args).well()).unwrap() };
        let schema = jsonschema::validator_for(&read(&["policy", "schema", kind])).unwrap();
        let mut policy = read(&["policy", "show", preset]);
        assert!(schema.is_valid(&policy), "{preset}");
        policy["body"]["colour"] = "red".into();
        assert!(!schema.is_valid(&policy), "{preset}");
    }
}

#[test]
fn deep_and_broken_lines_end_well() {
    let deep = |open: &str| open.repeat(100_000);
    for inside in [deep("["), deep("{\"a\":"), "\u{1b}[31m".into(), "\"\\ud800\"".into()] {
        for kind in ["abc", "rfm", "value"] {
            let bad = format!("{{\"subject\": \"C1\", \"facts\": {{\"revenue\": {inside}\n");
            let bad_orders = format!("{{\"subject\": \"C1\", \"orders\": [{{\"at\": {inside}}}]}}\n");
            let ran = segment(kind, &[], bad + &bad_orders + &revenues(&["1"]));
            assert_eq!((ran.code, ran.out.lines().count()), (1, 1), "{}", ran.err);
            assert!(
                !ran.err.contains(|c: char| c.is_control() && c != '\n') && !ran.err.contains("panicked")
            );
        }
    }
}
