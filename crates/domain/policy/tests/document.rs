//! Envelopes, fingerprints and histories.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{Prices, dated, tree};
use guanxi_core::parse_instant;
use guanxi_policy::{Document, DocumentSpec, History};
use serde_json::{Value, json};

type Read = Document<Prices>;

fn with(edits: &[(&str, Value)]) -> Value {
    let mut tree = tree();
    for (pointer, value) in edits {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        tree.pointer_mut(parent).unwrap()[name] = value.clone();
    }
    tree
}

fn faults(edits: &[(&str, Value)]) -> String {
    Read::from_value(&with(edits)).unwrap_err().to_string()
}

#[test]
fn every_problem_of_an_envelope_is_reported_with_those_of_its_body() {
    insta::assert_snapshot!(faults(&[
        ("/schema", json!("test.prices/2")),
        ("/id", json!("9 lives")),
        ("/version", json!("")),
        ("/effective_from", json!("2023-02-29")),
        ("/effective_to", json!(20_261_231)),
        ("/effectve_to", json!("2026-12-31")),
        ("/body/unit", json!("0,5")),
        ("/body/note", json!(7)),
        ("/body/tiers/0/flor", json!(1)),
        ("/body/tiers/1/id", Value::Null),
    ]), @r#"
    effectve_to: unknown field, given `effectve_to`, allowed: schema, id, version, effective_from, effective_to, body (did you mean `effective_to`?)
    schema: not allowed here, given "test.prices/2", allowed: test.prices/1
    id: not allowed here, given "9 lives", allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `9 lives`
    version: not allowed here, given "", allowed: an id must not be empty
    effective_from: not allowed here, given "2023-02-29", allowed: expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `2023-02-29`
    effective_to: not allowed here, given 20261231, allowed: invalid type: integer `20261231`, expected a string
    body.unit: not allowed here, given "0,5", allowed: expected a decimal such as `-12.34`, got `0,5`
    body.note: not allowed here, given 7, allowed: invalid type: integer `7`, expected a string
    body.tiers[0].flor: unknown field, given `flor`, allowed: id, floor (did you mean `floor`?)
    body.tiers[1].id: missing field, allowed: `id` is required
    "#);
    insta::assert_snapshot!(faults(&[("/body", Value::Null), ("/schema", Value::Null), ("/id", Value::Null), ("/version", Value::Null)]), @"
    schema: missing field, allowed: `schema` is required
    id: missing field, allowed: `id` is required
    version: missing field, allowed: `version` is required
    body: missing field, allowed: `body` is required
    ");
    insta::assert_snapshot!(faults(&[("/effective_from", json!("2026-07-01")), ("/effective_to", json!("2026-06-30"))]), @r#"effective_to: not allowed here, given "2026-06-30", allowed: an end after effective_from, 2026-07-01 00:00:00 UTC"#);
    insta::assert_snapshot!(faults(&[("/effective_from", json!("2026-07-01")), ("/effective_to", json!("2026-07-01T00:00:00Z"))]), @r#"effective_to: not allowed here, given "2026-07-01T00:00:00Z", allowed: an end after effective_from, 2026-07-01 00:00:00 UTC"#);
    insta::assert_snapshot!(Read::from_value(&json!("x")).unwrap_err().to_string(), @r#"document: wrong type, given "x", allowed: a table with schema, id, version, effective_from, effective_to, body"#);
    insta::assert_snapshot!(Read::from_json("{\"schema\": }").unwrap_err().to_string(), @"document: not json, given expected value at line 1 column 12, allowed: a JSON document");
}

#[test]
fn what_a_document_holds_is_shown_in_inert_characters_and_cut_short() {
    let name = format!("a\u{202e}{}", "b".repeat(60));
    let shown =
        faults(&[("/body/x\ny", json!(1)), (&format!("/body/{name}"), json!(1)), ("/id", json!("\u{202e}"))]);
    assert!(shown.lines().all(guanxi_core::is_inert), "{shown}");
    insta::assert_snapshot!(shown.replace(&"b".repeat(60), "b…"), @r#"
    id: not allowed here, given "\u{202e}", allowed: an id must hold no control or invisible characters and no blank at either end, got `\u{202e}`
    body.a\u{202e}b…: unknown field, given `a\u{202e}bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…`, allowed: unit, note, tiers
    body.x\u{a}y: unknown field, given `x\u{a}y`, allowed: unit, note, tiers
    "#);
}

#[test]
fn a_document_is_in_force_from_its_first_to_its_last_moment() {
    let in_force = |from: Option<&str>, to: Option<&str>, at: &str| {
        dated("1", from, to).head().in_force(parse_instant(at).unwrap())
    };
    // A day begins at its start and ends with its last moment, in UTC.
    assert!(!in_force(Some("2024-02-29"), None, "2024-02-28T23:59:59.999999999Z"));
    assert!(in_force(Some("2024-02-29"), None, "2024-02-29"));
    assert!(in_force(None, Some("2024-02-29"), "2024-02-29T23:59:59.999999999Z"));
    assert!(!in_force(None, Some("2024-02-29"), "2024-03-01"));
    // An instant is the first one in force, or the first one after.
    assert!(in_force(Some("2026-06-30T08:00:00+08:00"), None, "2026-06-30"));
    assert!(!in_force(None, Some("2026-06-30T08:00:00+08:00"), "2026-06-30"));
    assert!(in_force(None, None, "0000-01-01") && in_force(None, Some("9999-12-31"), "9999-12-31T23:59:59Z"));
    // One day is a validity.
    assert!(in_force(Some("2026-06-30"), Some("2026-06-30"), "2026-06-30T12:00:00Z"));
}

#[test]
fn the_normal_form_reads_as_an_equal_document() {
    for (from, to) in [
        (None, None),
        (Some("2024-02-29"), Some("2024-02-29")),
        (Some("0000-01-01"), Some("9999-12-31")),
        (Some("2026-06-30T08:00:00.5+08:00"), Some("9999-12-31T23:59:59Z")),
    ] {
        let document = dated("1", from, to);
        assert_eq!(Read::from_value(&document.to_value()).as_ref(), Ok(&document), "{from:?} {to:?}");
        assert_eq!(Read::from_json(&document.to_value().to_string()).as_ref(), Ok(&document));
    }
    insta::assert_snapshot!(dated("1", Some("2024-02-29"), Some("9999-12-31")).to_value().to_string(), @r#"{"body":{"tiers":[{"floor":"90","id":"a"},{"floor":"0","id":"b"}],"unit":"0.5"},"effective_from":"2024-02-29T00:00:00Z","effective_to":"9999-12-31","id":"prices","schema":"test.prices/1","version":"1"}"#);
    let null = with(&[
        ("/effective_from", Value::Null),
        ("/effective_to", Value::Null),
        ("/body/note", Value::Null),
    ]);
    assert_eq!(Read::from_value(&null), Read::from_value(&tree()));
}

#[test]
fn a_document_written_in_rust_is_checked_as_a_text_is() {
    let spec: DocumentSpec<Prices> =
        serde_json::from_value(with(&[("/effective_from", json!("2026-01-01"))])).unwrap();
    let document = Read::from_spec(&spec).unwrap();
    assert_eq!(Ok(&document), Read::from_value(&serde_json::to_value(&spec).unwrap()).as_ref());
    assert_eq!(
        serde_json::from_value::<DocumentSpec<Prices>>(serde_json::to_value(&spec).unwrap()).unwrap(),
        spec
    );
    let wrong = DocumentSpec { schema: "x".into(), effective_to: Some("2025-12-31".into()), ..spec };
    insta::assert_snapshot!(Read::from_spec(&wrong).unwrap_err().to_string(), @r#"
    schema: not allowed here, given "x", allowed: test.prices/1
    effective_to: not allowed here, given "2025-12-31", allowed: an end after effective_from, 2026-01-01 00:00:00 UTC
    "#);
    let unknown =
        serde_json::from_value::<DocumentSpec<Prices>>(with(&[("/colour", json!("red"))])).unwrap_err();
    insta::assert_snapshot!(unknown.to_string(), @"unknown field `colour`, expected one of `schema`, `id`, `version`, `effective_from`, `effective_to`, `body`");
}

#[test]
fn a_fingerprint_is_of_the_meaning() {
    let print = |text: &str| Read::from_json(text).unwrap().stamp().fingerprint;
    let plain = print(&tree().to_string());
    let same = [
        // Other order of keys, decimals as numbers and with zeros, nulls; another envelope.
        r#"{"version": "2", "id": "other", "schema": "test.prices/1", "effective_to": "2026-12-31",
            "body": {"tiers": [{"floor": 90, "id": "a"}, {"id": "b", "floor": "0.00"}], "note": null, "unit": 0.50}}"#,
        r#"{"version": "1", "id": "prices", "schema": "test.prices/1",
            "body": {"unit": "5e-1", "tiers": [{"id": "a", "floor": "9e1"}, {"id": "b", "floor": -0.0}]}}"#,
    ];
    for text in same {
        assert_eq!(print(text), plain);
    }
    let other = [
        ("/body/unit", json!("0.51")),
        ("/body/note", json!("")),
        ("/body/tiers/0/id", json!("c")),
        ("/body/tiers/0/floor", json!("90.0000000000000000000000001")),
        ("/body/tiers", json!([{"id": "b", "floor": "0"}, {"id": "a", "floor": "90"}])),
        ("/body/tiers", json!([])),
    ];
    let mut prints: Vec<String> =
        other.iter().map(|edit| print(&with(core::slice::from_ref(edit)).to_string()).to_string()).collect();
    prints.push(plain.to_string());
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), other.len() + 1);
}

#[test]
fn a_history_has_at_most_one_version_in_force() {
    let versions = || {
        vec![
            dated("3", Some("2026-07-01"), None),
            dated("1", None, Some("2024-02-28")),
            dated("2", Some("2024-02-29"), Some("2026-05-31")),
        ]
    };
    let history = History::new(versions()).unwrap();
    let mut reversed = versions();
    reversed.reverse();
    assert_eq!(History::new(reversed).as_ref(), Ok(&history));
    let at =
        |text: &str| history.at(parse_instant(text).unwrap()).map(|found| found.head().version.to_string());
    for (instant, version) in [
        ("0000-01-01", Some("1")),
        ("2024-02-28T23:59:59Z", Some("1")),
        ("2024-02-29", Some("2")),
        ("2026-05-31T23:59:59.999Z", Some("2")),
        ("2026-06-01", None),
        ("2026-06-30T23:59:59Z", None),
        ("2026-07-01", Some("3")),
        ("9999-12-31", Some("3")),
    ] {
        assert_eq!(at(instant).as_deref(), version, "{instant}");
    }
    assert_eq!(History::<Prices>::new(vec![]).unwrap().at(parse_instant("2026-01-01").unwrap()), None);
}

#[test]
fn what_is_no_history_says_why() {
    let error = |versions: Vec<Read>| History::new(versions).unwrap_err().to_string();
    let (first, last) = (dated("1", None, Some("2024-12-31")), dated("1", Some("2026-01-01"), None));
    let between = dated("2", Some("2025-01-01"), Some("2025-12-31"));
    insta::assert_snapshot!(error(vec![first.clone(), dated("2", Some("2024-12-31"), None)]), @"versions `1` and `2` are in force at the same time");
    insta::assert_snapshot!(error(vec![dated("2", None, None), dated("1", None, None)]), @"versions `2` and `1` are in force at the same time");
    insta::assert_snapshot!(error(vec![dated("1", Some("2020-01-01"), None), dated("2", Some("2021-01-01"), None)]), @"versions `1` and `2` are in force at the same time");
    insta::assert_snapshot!(error(vec![first.clone(), first.clone()]), @"version `1` is there twice");
    insta::assert_snapshot!(error(vec![first.clone(), between, last]), @"version `1` is there twice");
    let other = Read::from_value(&with(&[("/id", json!("other"))])).unwrap();
    insta::assert_snapshot!(error(vec![first, other]), @"a history holds versions of one document, got `prices` and `other`");
}
