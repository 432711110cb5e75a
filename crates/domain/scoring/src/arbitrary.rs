//! Generators for property tests: policies of every shape, and facts that suit them.
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;

use guanxi_core::arbitrary::{decimal, instant};
use guanxi_core::{FactId, FactMap, FactValue, Level};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::policy::{MAX_INDICATORS, PolicyDocument};

/// The facts that generated policies read: `a` to `d` are decimals, `e` and `f` levels of 5, `g` is a bool.
const FACTS: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

fn normaliser() -> impl Strategy<Value = (Value, &'static str)> {
    let number = || prop::sample::select(FACTS.to_vec());
    let positive = || (1_i64..1_000, 0_u32..4).prop_map(|(n, scale)| rust_decimal::Decimal::new(n, scale));
    prop_oneof![
        number().prop_map(|fact| (json!({"kind": "relative_to_max"}), fact)),
        number().prop_map(|fact| (json!({"kind": "relative_to_total"}), fact)),
        number().prop_map(|fact| (json!({"kind": "percentile"}), fact)),
        (number(), positive()).prop_map(|(fact, of)| (json!({"kind": "relative_to_fixed", "of": format!("{of}")}), fact)),
        (number(), -50_i64..50, positive()).prop_map(|(fact, from, span)| {
            let to = span.checked_add(from.into()).unwrap_or(rust_decimal::Decimal::MAX);
            (json!({"kind": "linear", "from": from, "to": format!("{to}")}), fact)
        }),
        prop::sample::select([("e"), ("f")].to_vec()).prop_map(|fact| (json!({"kind": "level"}), fact)),
        number().prop_map(|fact| (json!({"kind": "share_of", "whole": "d"}), fact)),
        (number(), prop::collection::btree_map(-20_i64..20, 0_u32..=100, 1..5)).prop_map(|(fact, steps)| {
            let step = |(from, percent): (i64, u32)| json!({"from": from, "value": format!("0.{percent:02}").replace("0.100", "1")});
            (json!({"kind": "steps", "steps": steps.into_iter().map(step).collect::<Vec<_>>()}), fact)
        }),
        (number(), 1_u32..=99).prop_map(|(fact, q)| (json!({"kind": "capped", "quantile": format!("0.{q:02}")}), fact)),
        (number(), positive(), prop::option::of(positive())).prop_map(|(fact, unit, full)| {
            let full = full.map(|full| format!("{full}"));
            (json!({"kind": "logarithmic", "unit": format!("{unit}"), "full": full}), fact)
        }),
    ]
}

/// Any valid policy over the facts `a` to `g`, with 1 to 12 indicators.
pub fn policy() -> impl Strategy<Value = PolicyDocument> {
    let indicator = (
        prop::sample::select(["value", "potential", "need"].to_vec()),
        0_u32..5,
        normaliser(),
        any::<bool>(),
        prop::sample::select(["renormalise", "lowest", "neutral", "refuse"].to_vec()),
        prop::option::of((1_u16..1_000, any::<bool>())),
        any::<bool>(),
    );
    let floors = prop::collection::btree_set(1_u16..10_000, 0..5);
    (prop::collection::vec(indicator, 1..=MAX_INDICATORS), prop::array::uniform3(0_u32..6), floors).prop_filter_map(
        "valid",
        |(indicators, weights, floors)| {
            let weighs = |name: &str| indicators.iter().any(|(dimension, weight, ..)| *dimension == name && *weight > 0);
            let names = ["value", "potential", "need"];
            let dimensions: BTreeMap<_, _> =
                names.iter().zip(weights).map(|(name, weight)| (*name, if weighs(name) { weight } else { 0 })).collect();
            let indicators: Vec<Value> = indicators
                .iter()
                .enumerate()
                .map(|(i, (dimension, weight, (normaliser, fact), up, missing, age, ours))| {
                    json!({
                        "id": format!("i{i}"), "dimension": dimension, "weight": weight, "fact": fact, "normaliser": normaliser,
                        "direction": if *up { "higher_is_better" } else { "lower_is_better" }, "missing": missing,
                        "greatest_age": age.map(|(days, used)| json!({"days": days, "then": if used { "use" } else { "missing" }})),
                        "influenceable": ours,
                    })
                })
                .collect();
            let tiers: Vec<Value> = floors
                .iter()
                .rev()
                .chain([&0])
                .enumerate()
                .map(|(i, floor)| json!({"id": format!("t{i}"), "floor": format!("{}.{:02}", floor / 100, floor % 100)}))
                .collect();
            let facts = json!({
                "a": {"kind": "decimal", "quantum": "0.01"}, "b": {"kind": "decimal", "quantum": "1"}, "c": {"kind": "decimal"}, "d": {"kind": "decimal"},
                "e": {"kind": "level", "of": 5}, "f": {"kind": "level", "of": 5}, "g": {"kind": "bool"},
            });
            let body = json!({"dimensions": dimensions, "facts": facts, "indicators": indicators, "tiers": tiers});
            PolicyDocument::from_value(&json!({"schema": "guanxi.scoring/1", "id": "any", "version": "1", "body": body})).ok()
        },
    )
}

/// Any facts for a generated policy: known, missing, not applicable, with and without a date.
pub fn facts() -> impl Strategy<Value = FactMap> {
    let value = |name: &'static str| {
        let level =
            (1_i64..=5).prop_filter_map("valid", |n| Level::new(n, 5).ok()).prop_map(FactValue::Level);
        let known = match name {
            "e" | "f" => level.boxed(),
            "g" => any::<bool>().prop_map(FactValue::Bool).boxed(),
            _ => decimal().prop_map(FactValue::Decimal).boxed(),
        };
        let known = (known, prop::option::of(instant())).prop_map(Some);
        prop_oneof![6 => known.prop_map(Some), 1 => Just(Some(None)), 1 => Just(None)]
            .prop_map(move |fact| (name, fact))
    };
    FACTS.map(value).prop_map(|facts| {
        facts.into_iter().fold(FactMap::new(), |map, (name, fact)| match (FactId::new(name), fact) {
            (Ok(id), Some(Some((value, observed_at)))) => map.with(id, value, observed_at),
            (Ok(id), Some(None)) => map.not_applicable(id),
            _ => map,
        })
    })
}
