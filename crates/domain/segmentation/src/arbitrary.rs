//! Generators for property tests: policies of every shape, and facts and orders that suit them.
use alloc::format;
use alloc::vec::Vec;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::arbitrary::decimal;
use guanxi_core::{FactId, FactMap, FactValue};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{AbcDocument, Order, RfmDocument, ValueDocument};

/// The facts that generated policies read.
const FACTS: [&str; 4] = ["a", "b", "c", "d"];

fn document(kind: &str, body: &Value) -> Value {
    json!({"schema": format!("guanxi.{kind}/1"), "id": "any", "version": "1", "body": body})
}

/// Any ABC policy over the facts `a` to `d`.
pub fn abc_policy() -> impl Strategy<Value = AbcDocument> {
    let limits = prop::collection::btree_set(1_u16..10_000, 1..5);
    let blend = prop::collection::btree_map(prop::sample::select(FACTS.to_vec()), 1_u32..5, 0..=4);
    (limits, blend, any::<bool>()).prop_filter_map("valid", |(limits, blend, by_rank)| {
        let blend: Vec<Value> =
            blend.iter().map(|(fact, weight)| json!({"fact": fact, "weight": weight})).collect();
        let limit = |limit: &u16| Some(format!("0.{limit:04}"));
        let limits = limits.iter().map(limit).chain([None]);
        let classes: Vec<Value> =
            limits.enumerate().map(|(i, limit)| json!({"id": format!("k{i}"), "limit": limit})).collect();
        let by = if by_rank { "rank" } else { "cumulative" };
        let body = json!({"amount": "a", "blend": blend, "by": by, "classes": classes});
        AbcDocument::from_value(&document("abc", &body)).ok()
    })
}

/// Any RFM policy over the facts `a`, `b`, `c`, by cut points and by quantiles, with a segment for every
/// row of recency, the first of them in two blocks.
pub fn rfm_policy() -> impl Strategy<Value = RfmDocument> {
    let axis = || {
        (2_u8..=9, prop::collection::btree_set(-3_i64..30, 8), any::<bool>(), any::<bool>()).prop_map(
            |(scores, cuts, own, rank)| {
                let cuts: Vec<i64> = cuts.into_iter().take(usize::from(scores).saturating_sub(1)).collect();
                let ties = if rank { "rank" } else { "equal_values_equal_score" };
                (scores, own.then_some(cuts), (!own).then_some(ties))
            },
        )
    };
    (axis(), axis(), axis(), -840_i32..=840).prop_filter_map("valid", |(r, f, m, offset)| {
        let axis = |fact: &str, (scores, cuts, ties): &(u8, Option<Vec<i64>>, Option<&str>)| {
            json!({"fact": fact, "scores": scores, "cuts": cuts, "ties": ties})
        };
        let row = |score: u8| {
            let cells = if score == 1 {
                json!([{"r": [1, 1], "f": [1, 1]}, {"r": [1, 1], "f": [2, f.0]}])
            } else {
                json!([{"r": [score, score]}])
            };
            json!({"id": format!("s{score}"), "cells": cells})
        };
        let segments: Vec<Value> = (1..=r.0).map(row).collect();
        let body = json!({
            "utc_offset_minutes": offset, "segments": segments,
            "recency": axis("a", &r), "frequency": axis("b", &f), "monetary": axis("c", &m),
        });
        RfmDocument::from_value(&document("rfm", &body)).ok()
    })
}

/// Any policy of value segments over the facts `a` to `d`, grouped by `group`.
pub fn value_policy() -> impl Strategy<Value = ValueDocument> {
    let fact = || prop::sample::select(FACTS.to_vec());
    let bound = prop_oneof![
        (-20_i64..=20).prop_map(|number| json!({"number": number})),
        (1_u16..=100).prop_map(|q| json!({"quantile": format!("{}.{:02}", q / 100, q % 100)})),
        (fact(), 1_u32..=300).prop_map(
            |(fact, by)| json!({"times": {"fact": fact, "by": format!("{}.{:02}", by / 100, by % 100)}})
        ),
    ];
    let word = prop::sample::select(["at_least", "above", "at_most", "below"].to_vec());
    let condition = (fact(), word, bound).prop_map(|(fact, word, bound)| json!({"fact": fact, word: bound}));
    let rule = (0_u8..4, prop::collection::vec(condition, 1..4))
        .prop_map(|(segment, all)| json!({"segment": format!("s{segment}"), "all": all}));
    prop::collection::vec(rule, 1..6).prop_filter_map("valid", |rules| {
        let body = json!({"rules": rules, "default": "rest", "group_by": ["group"]});
        ValueDocument::from_value(&document("value", &body)).ok()
    })
}

/// Any facts for a generated policy: known, missing, not applicable, of another kind, observed later.
pub fn facts(as_of: DateTime<Utc>) -> impl Strategy<Value = FactMap> {
    let later = as_of.checked_add_signed(TimeDelta::days(1));
    let known = prop_oneof![
        8 => decimal().prop_map(|value| (FactValue::Decimal(value), None)),
        4 => (0_i64..30).prop_map(|value| (FactValue::Int(value), None)),
        1 => Just((FactValue::Text("many".into()), None)),
        1 => (0_i64..30).prop_map(move |value| (FactValue::Int(value), later)),
    ];
    let fact =
        prop_oneof![12 => known.prop_map(|known| Some(Some(known))), 1 => Just(Some(None)), 1 => Just(None)];
    let group = prop::option::of("[xyz]");
    (prop::collection::vec(fact, FACTS.len()), group).prop_map(|(facts, group)| {
        let named = FACTS.into_iter().filter_map(|name| FactId::new(name).ok());
        let map = named.zip(facts).fold(FactMap::new(), |map, (id, fact)| match fact {
            Some(Some((value, observed_at))) => map.with(id, value, observed_at),
            Some(None) => map.not_applicable(id),
            None => map,
        });
        match (FactId::new("group"), group) {
            (Ok(id), Some(group)) => map.with(id, FactValue::Text(group), None),
            _ => map,
        }
    })
}

/// Any orders within some 40 days around an instant, refunds and future ones among them.
pub fn orders(as_of: DateTime<Utc>) -> impl Strategy<Value = Vec<Order>> {
    let order =
        (-40 * 24 * 60_i64..=48 * 60, decimal()).prop_filter_map("in range", move |(minutes, amount)| {
            let at = as_of.checked_add_signed(TimeDelta::minutes(minutes))?;
            Some(Order { at, amount })
        });
    prop::collection::vec(order, 0..8)
}
