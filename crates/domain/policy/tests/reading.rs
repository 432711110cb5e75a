//! Trees of any shape, differences, fact schemas and labels.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{Prices, tree};
use guanxi_core::{Arg, FactKind, ReasonCode, Share, parse_decimal, parse_instant};
use guanxi_policy::arbitrary;
use guanxi_policy::{
    Body, Change, Document, FactSchemaSpec, LabelPack, canonical_json, check, diff, read_fact_schema,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn schema(tree: &Value) -> Result<guanxi_core::FactSchema, String> {
    check(tree, read_fact_schema).map_err(|problems| problems.to_string())
}

#[test]
fn every_problem_of_a_fact_schema_is_reported() {
    let faults = |tree: Value| schema(&tree).unwrap_err();
    insta::assert_snapshot!(faults(json!({"knid": "int", "min": "x", "max": true, "part_of": "a b", "unit": 1, "quantum": 0, "supplier": []})), @r#"
    knid: unknown field, given `knid`, allowed: kind, of, min, max, part_of, unit, quantum, supplier, personal (did you mean `kind`?)
    kind: missing field, allowed: `kind` is required
    min: not allowed here, given "x", allowed: expected a decimal such as `-12.34`, got `x`
    max: not allowed here, given true, allowed: invalid type: boolean `true`, expected a decimal such as "12.34"
    part_of: not allowed here, given "a b", allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `a b`
    unit: not allowed here, given 1, allowed: invalid type: integer `1`, expected a string
    supplier: not allowed here, given [], allowed: invalid type: sequence, expected a string
    quantum: not allowed here, given 0, allowed: a step above 0
    "#);
    insta::assert_snapshot!(faults(json!({"kind": "integer"})), @r#"kind: not allowed here, given "integer", allowed: decimal, int, bool, text, date, instant, level, set, money"#);
    insta::assert_snapshot!(faults(json!({"kind": "int", "min": "5", "max": "4.5", "quantum": "-1"})), @r#"
    document: not allowed here, given min 5 above max 4.5, allowed: min at most max
    quantum: not allowed here, given "-1", allowed: a step above 0
    "#);
    insta::assert_snapshot!(faults(json!({"kind": "level"})), @"document: missing field, allowed: `of`, the greatest level, is required for the kind level");
    insta::assert_snapshot!(faults(json!({"kind": "level", "of": 0})), @"of: not allowed here, given 0, allowed: 1 to 255");
    insta::assert_snapshot!(faults(json!({"kind": "level", "of": 256})), @"of: not allowed here, given 256, allowed: invalid value: integer `256`, expected u8");
    insta::assert_snapshot!(faults(json!({"kind": "int", "of": 5})), @"of: not allowed here, given 5, allowed: nothing: only levels have `of`, this is a whole number");
    insta::assert_snapshot!(faults(json!({"kind": "text", "min": 1})), @"document: not allowed here, given a text, allowed: min, max, part_of and quantum are for numbers only");
    insta::assert_snapshot!(faults(json!({"kind": "money", "part_of": "total"})), @"document: not allowed here, given an amount with its currency, allowed: min, max, part_of and quantum are for numbers only");
    insta::assert_snapshot!(faults(json!([])), @"document: wrong type, given [], allowed: a table with kind, of, min, max, part_of, unit, quantum, supplier, personal");
}

#[test]
fn every_fact_schema_survives_its_spec() {
    let sound = [
        json!({"kind": "level", "of": 255, "min": "2", "max": "2", "quantum": "1", "unit": "points"}),
        json!({"kind": "int", "min": 0, "max": 10, "part_of": "whole", "supplier": "sales"}),
        json!({"kind": "bool", "of": null}),
    ];
    let kinds = ["decimal", "int", "bool", "text", "date", "instant", "set", "money"]
        .map(|kind| json!({"kind": kind}));
    for tree in sound.iter().chain(&kinds) {
        let read = schema(tree).unwrap();
        let spec = serde_json::to_value(FactSchemaSpec::from(&read)).unwrap();
        assert_eq!(schema(&spec), Ok(read));
    }
    assert_eq!(schema(&kinds[3]).unwrap().kind, FactKind::Text);
}

#[test]
fn changes_have_a_place_and_both_values() {
    let show = |from: Value, to: Value| {
        let text = |value: Option<Value>| value.map_or("-".to_owned(), |value| value.to_string());
        let line = |c: Change| format!("{}: {} -> {}", c.path, text(c.from), text(c.to));
        diff(&from, &to).into_iter().map(line).collect::<Vec<_>>().join("\n")
    };
    let tiers = |tiers: Value| json!({"tiers": tiers});
    // Added, removed, moved, changed.
    insta::assert_snapshot!(show(
        tiers(json!([{"id": "a", "floor": "9"}, {"id": "b"}, {"id": "c", "floor": "1"}])),
        tiers(json!([{"id": "c", "floor": "2"}, {"id": "d"}, {"id": "a", "floor": "9"}]))
    ), @r#"
    tiers[]: ["a","c"] -> ["c","a"]
    tiers[b]: {"id":"b"} -> -
    tiers[c].floor: "1" -> "2"
    tiers[d]: - -> {"id":"d"}
    "#);
    // Where ids do not tell items apart, places do.
    insta::assert_snapshot!(show(tiers(json!([{"id": "a"}, {"id": "a", "x": 1}])), tiers(json!([{"id": "a"}, {"id": "a", "x": 2}, null]))), @"
    tiers[1].x: 1 -> 2
    tiers[2]: - -> null
    ");
    insta::assert_snapshot!(show(json!([{"id": "1"}, "x"]), json!([{"id": "1"}, "y"])), @r#"[1]: "x" -> "y""#);
    insta::assert_snapshot!(show(json!({"a": null, "b": {"c": 1}}), json!({"b": {"c": null}, "d": []})), @"
    b.c: 1 -> -
    d: - -> []
    ");
    insta::assert_snapshot!(show(json!(1), json!("1")), @r#": 1 -> "1""#);
}

/// A tree in which nulls that mean nothing are gone.
fn plain(tree: &Value) -> Value {
    match tree {
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, v)| !v.is_null())
            .map(|(name, value)| (name.clone(), plain(value)))
            .collect(),
        Value::Array(items) => {
            let items: Vec<Value> = items.iter().map(plain).collect();
            items.into()
        }
        // One zero.
        Value::Number(number) if number.as_f64() == Some(0.0) => json!(0),
        scalar => scalar.clone(),
    }
}

/// Trees that differ from each other here and there, with lists of items that have ids.
fn pair() -> impl Strategy<Value = (Value, Value)> {
    let item = || {
        prop_oneof![
            4 => ("[a-c1]", 0_u8..3).prop_map(|(id, x)| json!({"id": id, "x": x})),
            1 => arbitrary::tree(),
        ]
    };
    let list = || prop::collection::vec(item(), 0..4).prop_map(Value::from);
    prop_oneof![
        (list(), list()),
        (arbitrary::tree(), arbitrary::tree()),
        (list(), arbitrary::tree()).prop_map(|(a, b)| (json!({"l": a, "t": b}), json!({"l": a, "t": null}))),
        list().prop_flat_map(|list| {
            let items = list.as_array().cloned().unwrap_or_default();
            (Just(list), Just(items).prop_shuffle().prop_map(Value::from))
        }),
    ]
}

fn one_zero(tree: &mut Value) {
    match tree {
        Value::Number(number) if number.as_f64() == Some(0.0) => *tree = json!(0),
        Value::Array(items) => items.iter_mut().for_each(one_zero),
        Value::Object(fields) => fields.values_mut().for_each(one_zero),
        _ => {}
    }
}

proptest! {
    #[test]
    fn a_difference_is_empty_exactly_where_nothing_differs((mut a, mut b) in pair()) {
        one_zero(&mut a);
        one_zero(&mut b);
        prop_assert_eq!(diff(&a, &a), []);
        let there = diff(&a, &b);
        prop_assert_eq!(there.is_empty(), canonical_json(&plain(&a)) == canonical_json(&plain(&b)), "{:?}", there);
        let back: Vec<Change> =
            diff(&b, &a).into_iter().map(|c| Change { path: c.path, from: c.to, to: c.from }).collect();
        prop_assert_eq!(&there, &back);
        prop_assert!(there.iter().all(|change| change.from != change.to));
    }

    #[test]
    fn any_tree_is_read_or_refused_with_reasons(any in arbitrary::tree(), place in any::<prop::sample::Index>()) {
        let mut document = tree();
        let place = ["/schema", "/id", "/version", "/body", "/body/unit", "/body/note", "/body/tiers", "/body/tiers/0", "/body/tiers/1/floor"]
            .get(place.index(9)).copied().unwrap();
        if let Some(value) = document.pointer_mut(place) {
            *value = any.clone();
        }
        for tree in [&any, &document] {
            match Document::<Prices>::from_value(tree) {
                Ok(read) => {
                    let again = Document::from_value(&read.to_value());
                    prop_assert_eq!(again, Ok(read));
                }
                Err(problems) => {
                    prop_assert!(problems.iter().count() > 0);
                    prop_assert!(problems.to_string().lines().all(guanxi_core::is_inert));
                }
            }
            if let Ok(schema) = check(tree, read_fact_schema) {
                let spec = serde_json::to_value(FactSchemaSpec::from(&schema)).unwrap();
                prop_assert_eq!(check(&spec, read_fact_schema), Ok(schema));
            }
            let _ = check(tree, Prices::read);
            let _ = canonical_json(tree);
        }
    }

    #[test]
    fn any_label_pack_is_read_or_refused(texts in prop::collection::btree_map("[a.]{1,3}", "[{}a-c ]{0,8}", 0..4)) {
        let Ok(pack) = LabelPack::parse(&serde_json::to_string(&texts).unwrap()) else {
            let open = texts.values().any(|text| text.contains('{'));
            prop_assert!(open);
            return Ok(());
        };
        prop_assert!(pack.gaps(&pack).is_empty());
        for (code, text) in pack.iter() {
            prop_assert_eq!(pack.get(code), Some(text));
            if let Some((space, name)) = code.split_once('.') {
                // Without arguments every slot stands for itself.
                prop_assert_eq!(pack.fill(space, name, &[]), text);
            }
        }
    }
}

#[test]
fn near_names_are_suggested_and_far_ones_not() {
    let faults = |field: &str| {
        let tree = json!({"unit": "1", "tiers": [], field: 1});
        check(&tree, Prices::read).unwrap_err().to_string()
    };
    insta::assert_snapshot!(faults("tier"), @"tier: unknown field, given `tier`, allowed: unit, note, tiers (did you mean `tiers`?)");
    insta::assert_snapshot!(faults("Unit"), @"Unit: unknown field, given `Unit`, allowed: unit, note, tiers (did you mean `unit`?)");
    insta::assert_snapshot!(faults("notes"), @"notes: unknown field, given `notes`, allowed: unit, note, tiers (did you mean `note`?)");
    insta::assert_snapshot!(faults("colour"), @"colour: unknown field, given `colour`, allowed: unit, note, tiers");
    insta::assert_snapshot!(faults("层级"), @"层级: unknown field, given `层级`, allowed: unit, note, tiers");
}

#[test]
fn wrong_types_are_reported_with_their_paths_and_together() {
    let faults = |tree: Value| check(&tree, Prices::read).unwrap_err().to_string();
    insta::assert_snapshot!(faults(json!({"unit": [], "tiers": {}, "extra": {}})), @r#"
    extra: unknown field, given `extra`, allowed: unit, note, tiers
    unit: not allowed here, given [], allowed: invalid type: sequence, expected a decimal such as "12.34"
    tiers: wrong type, given {}, allowed: a list
    "#);
    insta::assert_snapshot!(faults(json!({"tiers": [7, {"id": "a", "floor": {}}, {"flor": 1}]})), @r#"
    unit: missing field, allowed: `unit` is required
    tiers[0]: wrong type, given 7, allowed: a table with id, floor
    tiers[1].floor: not allowed here, given {}, allowed: invalid type: map, expected a decimal such as "12.34"
    tiers[2].flor: unknown field, given `flor`, allowed: id, floor (did you mean `floor`?)
    tiers[2].id: missing field, allowed: `id` is required
    tiers[2].floor: missing field, allowed: `floor` is required
    "#);
    let entries = |tree: Value| {
        let read = |node: &guanxi_policy::Node<'_>| {
            let words = [("red", 1), ("blue", 2)];
            node.entries()?.iter().map(|(_, node)| node.choice(&words)).collect::<Option<Vec<i32>>>()
        };
        check(&tree, read).map_err(|problems| problems.to_string())
    };
    assert_eq!(entries(json!({"a": "red", "b": "blue"})), Ok(vec![1, 2]));
    insta::assert_snapshot!(entries(json!({"a.b": "green", "c": 1})).unwrap_err(), @r#"a.b: not allowed here, given "green", allowed: red, blue"#);
    insta::assert_snapshot!(entries(json!(["red"])).unwrap_err(), @r#"document: wrong type, given ["red"], allowed: a table"#);
    // Who returns nothing and reports nothing is still refused.
    insta::assert_snapshot!(check(&json!(1), |_| None::<()>).unwrap_err().to_string(), @"document: not allowed here, given 1, allowed: a complete document");
}

struct Near;

impl ReasonCode for Near {
    fn code(&self) -> &'static str {
        "near"
    }
    fn args(&self) -> Vec<(&'static str, Arg)> {
        vec![("by", Arg::Score("0.6".parse().unwrap())), ("tier", Arg::Label("tier", "key".into()))]
    }
}

#[test]
fn labels_fill_their_slots() {
    let pack = |json: Value| LabelPack::parse(&json.to_string()).unwrap();
    let en = pack(json!({"tier.key": "Key", "reason.near": "{by} below {tier}, {unknown}"}));
    assert_eq!(en.reason(&Near), "0.60 below Key, {unknown}");
    // Without a label the code and its arguments stand for themselves.
    assert_eq!(LabelPack::default().reason(&Near), "near by=0.60 tier=key");
    // What is added later counts, and an argument is never read as a template.
    let mut more = en.clone().with(pack(json!({"tier.key": "{by}", "a.b": ""})));
    assert_eq!((more.reason(&Near).as_str(), more.label("a", "b")), ("0.60 below {by}, {unknown}", ""));
    more.extend([("tier.key".to_owned(), "王".to_owned())]);
    assert_eq!(more.label("tier", "key"), "王");

    let zh = pack(json!({"tier.key": "重点", "reason.near": "距{tier}差{bye}", "tier.old": "旧"}));
    assert_eq!(en.gaps(&zh), ["reason.near", "tier.old"]);
    assert_eq!(zh.gaps(&en), ["reason.near"]);
    // Slots may stand in another order.
    assert!(pack(json!({"x": "{a} {b}"})).gaps(&pack(json!({"x": "{b}{a}"}))).is_empty());
}

#[test]
fn every_argument_has_a_text() {
    let pack = LabelPack::parse(r#"{"tier.key": "Key"}"#).unwrap();
    let share = |text: &str| Arg::Share(Share::try_from(parse_decimal(text).unwrap()).unwrap());
    let args = [
        Arg::Label("tier", "key".into()),
        Arg::Label("tier", "gold".into()),
        Arg::Decimal(parse_decimal("-1.500").unwrap()),
        Arg::Score("7".parse().unwrap()),
        share("0.066"),
        share("1"),
        Arg::Count(u64::MAX),
        Arg::Instant(parse_instant("2024-02-29T23:59:59-01:00").unwrap()),
        Arg::Text("{by}".into()),
    ];
    let texts: Vec<String> = args.iter().map(|arg| pack.arg(arg)).collect();
    insta::assert_snapshot!(texts.join("\n"), @"
    Key
    gold
    -1.5
    7.00
    6.6 %
    100 %
    18446744073709551615
    2024-03-01
    {by}
    ");
}

#[test]
fn what_is_no_label_pack_says_why() {
    let error = |json: &str| LabelPack::parse(json).unwrap_err().to_string();
    insta::assert_snapshot!(error("[]"), @"expected a table of texts: invalid type: sequence, expected a map at line 1 column 0");
    insta::assert_snapshot!(error(r#"{"a": 1}"#), @"expected a table of texts: invalid type: integer `1`, expected a string at line 1 column 7");
    insta::assert_snapshot!(error(r#"{"a": "{x} and {y"}"#), @"label `a` has a `{` without its `}`");
}
