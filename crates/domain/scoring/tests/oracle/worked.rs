//! The worked figures, from the domain's own table of indicators.
use serde_json::{Value, json};

use crate::method::{Expected, Input, Standing, State, assess};
use crate::ratio::Ratio;

fn indicator(id: &str, dimension: &str, weight: &str, fact: &str, normaliser: &Value) -> Value {
    json!({"id": id, "dimension": dimension, "weight": weight, "fact": fact, "normaliser": normaliser})
}

fn policy(facts: &Value, indicators: &[Value]) -> Value {
    json!({"schema": "guanxi.scoring/1", "id": "worked", "version": "1", "body": {
        "dimensions": {"value": "0.5", "potential": "0.3", "need": "0.2"},
        "facts": facts,
        "indicators": indicators,
        "tiers": [
            {"id": "strategic", "floor": "90"},
            {"id": "key", "floor": "70"},
            {"id": "normal", "floor": "50"},
            {"id": "potential", "floor": "30"},
            {"id": "to_optimise", "floor": "0"},
        ],
        "prospects": {"candidate_for": "potential"},
    }})
}

/// Value 50 / 50, potential 30 / 70, need 30 / 70; profit against the greatest or the company's sum.
pub(crate) fn standard(profit: &str) -> Value {
    let (max, level) = (json!({"kind": "relative_to_max"}), json!({"kind": "level"}));
    let mut price = indicator("price", "need", "0.7", "price_sensitivity", &level);
    price["direction"] = "lower_is_better".into();
    let share = json!({"kind": "share_of", "whole": "total_needs"});
    policy(
        &json!({
            "cumulative_profit": {"kind": "decimal"},
            "cooperation_days": {"kind": "int", "min": "0"},
            "industry_growth": {"kind": "decimal"},
            "undeveloped_needs": {"kind": "int", "min": "0", "part_of": "total_needs"},
            "total_needs": {"kind": "int", "min": "0"},
            "service_sensitivity": {"kind": "level", "of": 5},
            "price_sensitivity": {"kind": "level", "of": 5},
        }),
        &[
            indicator("profit", "value", "0.5", "cumulative_profit", &json!({"kind": profit})),
            indicator("days", "value", "0.5", "cooperation_days", &max),
            indicator("growth", "potential", "0.3", "industry_growth", &max),
            indicator("needs", "potential", "0.7", "undeveloped_needs", &share),
            indicator("service", "need", "0.3", "service_sensitivity", &level),
            price,
        ],
    )
}

pub(crate) fn assessed() -> Value {
    let of = json!({"kind": "relative_to_fixed", "of": "100"});
    let score = json!({"kind": "decimal", "min": "0", "max": "100"});
    policy(
        &json!({"value_score": score, "potential_score": score, "need_score": score}),
        &[
            indicator("value", "value", "1", "value_score", &of),
            indicator("potential", "potential", "1", "potential_score", &of),
            indicator("need", "need", "1", "need_score", &of),
        ],
    )
}

/// A customer whose facts are all known: decimals as texts, whole numbers as numbers, levels of five.
pub(crate) fn customer(facts: &Value) -> Value {
    let known = |(fact, value): (&String, &Value)| {
        let value = match value {
            Value::String(text) => json!({"decimal": text}),
            level if fact.ends_with("_sensitivity") => json!({"level": {"level": level, "of": 5}}),
            whole => json!({"int": whole}),
        };
        (fact.clone(), json!({"known": {"value": value}}))
    };
    facts.as_object().expect("facts").iter().map(known).collect()
}

pub(crate) fn row(profit: &str, days: u64, growth: &str, needs: [u64; 2], service: u64, price: u64) -> Value {
    customer(&json!({
        "cumulative_profit": profit,
        "cooperation_days": days,
        "industry_growth": growth,
        "undeveloped_needs": needs[0],
        "total_needs": needs[1],
        "service_sensitivity": service,
        "price_sensitivity": price,
    }))
}

pub(crate) fn scores(value: u64, potential: u64, need: u64) -> Value {
    customer(&json!({
        "value_score": value.to_string(),
        "potential_score": potential.to_string(),
        "need_score": need.to_string(),
    }))
}

pub(crate) fn reference() -> Value {
    json!({"schema": "guanxi.reference/1", "id": "worked", "version": "1", "body": {
        "as_of": "2026-01-01T00:00:00Z", "population": 635, "facts": {
            "cumulative_profit": {"count": 635, "max": "1000000"},
            "cooperation_days": {"count": 635, "max": "5400"},
            "industry_growth": {"count": 635, "max": "0.25"},
        },
    }})
}

pub(crate) fn empty_reference() -> Value {
    json!({"schema": "guanxi.reference/1", "id": "none", "version": "1", "body": {
        "as_of": "2026-01-01T00:00:00Z", "population": 0, "facts": {},
    }})
}

fn check(policy: &Value, reference: &Value, customer: &Value) -> Expected {
    assess(policy, reference, customer, "2026-01-01T00:00:00Z".parse().expect("an instant"))
}

pub(crate) fn tiered(composite: u64, tier: &str) -> Standing {
    Standing::Tiered { composite, tier: tier.into() }
}

#[test]
fn the_sources_rows_are_89_40_and_55_00() {
    let standing = |scores: &Value| check(&assessed(), &empty_reference(), scores).standing;
    assert_eq!(standing(&scores(92, 88, 85)), tiered(8_940, "key"));
    assert_eq!(standing(&scores(55, 45, 70)), tiered(5_500, "normal"));
}

#[test]
fn a_half_hundredth_reaches_the_floor() {
    let expected =
        check(&standard("relative_to_max"), &reference(), &row("285000", 2_610, "0.07", [8, 9], 1, 3));
    assert_eq!(expected.exact, Some(Ratio::parse("4999.5")));
    assert_eq!(expected.standing, tiered(5_000, "normal"));
    assert_eq!(expected.completeness, 10_000);
    // 712.5, 1208.333…, 252, 1866.666…, 120 and 840 hundredths: two units are left for five remainders.
    let points: Vec<u64> = expected.parts.iter().map(|part| part.points).collect();
    assert_eq!(points, [713, 1_208, 252, 1_867, 120, 840]);
}

#[test]
fn a_firm_that_never_bought_is_ranked_by_the_rest() {
    let mut prospect = row("0", 0, "0.10", [4, 8], 5, 1);
    prospect["cumulative_profit"] = "not_applicable".into();
    prospect["cooperation_days"] = "not_applicable".into();
    let expected = check(&standard("relative_to_max"), &reference(), &prospect);
    // (0.3 · (0.3 · 0.4 + 0.7 · 0.5) + 0.2 · 1) / 0.5 = 0.682
    assert_eq!(
        expected.standing,
        Standing::Prospect { rank: Some(6_820), candidate_for: Some("potential".into()) }
    );
    assert_eq!(expected.dimensions["value"], State::NotApplicable);
    assert_eq!(expected.completeness, 5_000);
    let points: Vec<u64> = expected.parts.iter().map(|part| part.points).collect();
    assert_eq!(points, [0, 0, 720, 2_100, 1_200, 2_800]);
}

#[test]
fn what_is_missing_is_left_out_of_its_dimension_alone() {
    let mut customer = row("500000", 2_700, "0.10", [4, 8], 5, 1);
    customer.as_object_mut().expect("facts").remove("cooperation_days");
    let expected = check(&standard("relative_to_max"), &reference(), &customer);
    assert_eq!(expected.dimensions["value"], State::Scored(Ratio::half()));
    assert_eq!(expected.completeness, 7_500);
    assert_eq!(expected.parts[1].input, Input::Missing);
    assert_eq!(expected.parts[0].effective_weight, Ratio::half());

    customer.as_object_mut().expect("facts").remove("cumulative_profit");
    let expected = check(&standard("relative_to_max"), &reference(), &customer);
    assert_eq!(expected.dimensions["value"], State::Unknown);
    assert_eq!(expected.standing, Standing::Incomplete);
}
