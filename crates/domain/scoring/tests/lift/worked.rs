//! Worked lifts, as a reader sees them.
use guanxi_core::{FactMap, FactValue, ReasonCode, Score};
use guanxi_scoring::{
    InputState, LiftOption, LiftVerdict, PolicyDocument, Reference, Scorer, labels, lint, preset,
};
use serde_json::{Value, json};

use crate::as_of;

/// The lift of a customer by a policy, its reference a population of one other.
fn lift(policy: &Value, other: &Value, customer: &Value) -> String {
    let policy = PolicyDocument::from_value(policy).unwrap_or_else(|problems| panic!("{problems}"));
    let facts = |facts: &Value| -> FactMap {
        let known = |(name, value): (&String, &Value)| {
            let entry = if value.is_object() || value == "not_applicable" {
                value.clone()
            } else {
                json!({"known": {"value": value_of(&policy, name, value)}})
            };
            (name.clone(), entry)
        };
        let facts = facts.as_object().expect("facts").iter().map(known).collect::<serde_json::Map<_, _>>();
        serde_json::from_value(facts.into()).expect("facts")
    };
    let mut reference = Reference::new(&policy, as_of());
    reference.observe(&policy, &facts(other));
    let reference = reference.pin("other".parse().expect("an id"), "1".parse().expect("a version"));
    let scorer = Scorer::new(&policy, &reference).expect("a reference of what the policy needs");
    let (lift, labels) = (scorer.lift(&facts(customer), as_of()), labels("en").expect("labels"));
    let mut lines = vec![labels.reason(&lift.verdict)];
    lines.extend(lift.options.iter().map(|option| labels.reason(option)));
    lines.join("\n")
}

fn value_of(policy: &PolicyDocument, name: &str, value: &Value) -> Value {
    let schema = &policy.body().facts()[name];
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let input = match value {
        Value::Bool(value) => guanxi_core::FactInput::Bool(*value),
        _ => guanxi_core::FactInput::Text(text.into()),
    };
    let read: FactValue = schema.read(&input).expect("a value of its kind");
    serde_json::to_value(read).expect("JSON")
}

/// A policy of one dimension: facts, indicators of equal weight, tiers from 70, 40 and 0.
fn policy(facts: Value, indicators: &[(&str, Value, &str)]) -> Value {
    let indicators: Vec<Value> = indicators
        .iter()
        .enumerate()
        .map(|(i, (fact, normaliser, direction))| {
            json!({
                "id": format!("i{i}"), "dimension": "value", "weight": 1, "fact": fact, "normaliser": normaliser,
                "direction": format!("{direction}_is_better"), "influenceable": true,
            })
        })
        .collect();
    json!({
        "schema": "guanxi.scoring/1", "id": "ours", "version": "1",
        "body": {
            "dimensions": {"value": 1}, "facts": facts, "indicators": indicators,
            "tiers": [{"id": "top", "floor": 70}, {"id": "middle", "floor": 40}, {"id": "rest", "floor": 0}],
        }
    })
}

fn fixed(of: &str) -> Value {
    json!({"kind": "relative_to_fixed", "of": of})
}

/// The customer of the method's page, and one who is the greatest in everything.
fn company() -> (Value, Value, Value) {
    let greatest =
        json!({"cumulative_profit": "1000000", "cooperation_days": 5400, "industry_growth": "0.25"});
    let customer = json!({
        "cumulative_profit": "285000.00", "cooperation_days": 2610, "industry_growth": "0.07",
        "undeveloped_needs": 5, "total_needs": 9, "service_sensitivity": 4, "price_sensitivity": 2,
    });
    (preset("standard").expect("a preset").to_value(), greatest, customer)
}

#[test]
fn what_reaches_comes_first_and_the_shortest_way_before_all() {
    let (policy, greatest, mut customer) = company();
    insta::assert_snapshot!(lift(&policy, &greatest, &customer), @"
    Normal (from 50.00) is 0.60 points away, and one fact can make up for them
    Raising cumulative profit from 285000 to 309000 reaches Normal with 50.00
    Raising undeveloped needs from 5 to 6 reaches Normal with 51.73
    ");
    customer["cumulative_profit"] = "700000.00".into();
    insta::assert_snapshot!(lift(&policy, &greatest, &customer), @"
    Key (from 70.00) is 10.23 points away, and no single fact that we can influence makes up for them
    Not by cumulative profit alone: at best 999800 (now 700000) with 67.27
    Not by undeveloped needs alone: at best 9 (now 5) with 69.10
    ");
}

#[test]
fn none_can_is_an_answer() {
    let (policy, greatest, mut customer) = company();
    customer["undeveloped_needs"] = 9.into();
    customer["cooperation_days"] = 90.into();
    customer["service_sensitivity"] = 1.into();
    customer["price_sensitivity"] = 5.into();
    customer["cumulative_profit"] = "10.00".into();
    insta::assert_snapshot!(lift(&policy, &greatest, &customer), @"
    Potential (from 30.00) is 2.06 points away, and one fact can make up for them
    Raising cumulative profit from 10 to 82333.34 reaches Potential with 30.00
    Not by undeveloped needs alone: at best 9 (now 9) with 27.94
    ");
}

#[test]
fn less_can_be_more() {
    let facts =
        json!({"complaints": {"kind": "int", "min": 0, "quantum": 1}, "risk": {"kind": "level", "of": 5}});
    let linear = json!({"kind": "linear", "from": 0, "to": 20});
    let policy =
        policy(facts, &[("complaints", linear, "lower"), ("risk", json!({"kind": "level"}), "lower")]);
    insta::assert_snapshot!(lift(&policy, &json!({}), &json!({"complaints": 15, "risk": 3})), @"
    top (from 70.00) is 27.50 points away, and one fact can make up for them
    Lowering complaints from 15 to 4 reaches top with 70.00
    Not by risk alone: at best 1 (now 3) with 62.50
    ");
}

#[test]
fn of_equal_ways_the_earlier_in_the_policy_comes_first() {
    let facts =
        json!({"a": {"kind": "decimal", "quantum": "0.1"}, "b": {"kind": "decimal", "quantum": "0.01"}});
    let policy = policy(facts, &[("b", fixed("10"), "higher"), ("a", fixed("100"), "higher")]);
    insta::assert_snapshot!(lift(&policy, &json!({}), &json!({"a": 30, "b": 3})), @"
    middle (from 40.00) is 10.00 points away, and one fact can make up for them
    Raising b from 3 to 5 reaches middle with 40.00
    Raising a from 30 to 50 reaches middle with 40.00
    ");
}

#[test]
fn what_cannot_be_reckoned_says_why() {
    let facts = json!({
        "a": {"kind": "decimal", "quantum": "1"}, "b": {"kind": "decimal", "quantum": "1"}, "c": {"kind": "decimal"},
        "d": {"kind": "int", "quantum": "0.5"}, "e": {"kind": "decimal", "quantum": "1"}, "f": {"kind": "decimal"},
    });
    let share = json!({"kind": "share_of", "whole": "f"});
    let max = json!({"kind": "relative_to_max"});
    let mut policy = policy(
        facts,
        &[
            ("a", fixed("10"), "higher"),
            ("b", fixed("10"), "higher"),
            ("c", fixed("10"), "higher"),
            ("d", fixed("10"), "higher"),
            ("e", share, "higher"),
            ("e", max, "higher"),
            ("e", fixed("10"), "higher"),
        ],
    );
    policy["body"]["indicators"][6]["greatest_age"] = json!({"days": 30, "then": "missing"});
    let old = json!({"known": {"value": {"decimal": "1"}, "observed_at": "2023-01-01T00:00:00Z"}});
    let customer = json!({"b": "not_applicable", "c": 1, "d": 1, "e": old, "f": 0});
    insta::assert_snapshot!(lift(&policy, &json!({}), &customer), @"
    middle (from 40.00) is 30.00 points away, and of what is known no single fact that we can influence makes up for them
    Cannot be reckoned, missing: a
    Cannot be reckoned, not applicable: b
    Cannot be reckoned, the policy states no step to change by: c
    Cannot be reckoned, the policy states no step to change by: d
    Cannot be reckoned, missing: f
    Cannot be reckoned, missing: e
    Cannot be reckoned, missing: e
    ");
}

#[test]
fn where_there_is_nothing_to_reach_there_are_no_options() {
    let facts = json!({"a": {"kind": "decimal", "quantum": "1"}});
    let mut policy = policy(facts, &[("a", fixed("10"), "higher")]);
    insta::assert_snapshot!(lift(&policy, &json!({}), &json!({"a": 8})), @"top is the highest tier");
    insta::assert_snapshot!(lift(&policy, &json!({}), &json!({})), @"Without a score there is no tier to rise from");
    policy["body"]["indicators"][0]["influenceable"] = false.into();
    insta::assert_snapshot!(lift(&policy, &json!({}), &json!({"a": 1})), @"middle (from 40.00) is 30.00 points away; the policy names nothing that we can influence");
    let assessed = preset("assessed").expect("a preset").to_value();
    let scores = json!({"value_score": 55, "potential_score": 45, "need_score": 70});
    insta::assert_snapshot!(lift(&assessed, &json!({}), &scores), @"Key (from 70.00) is 15.00 points away; the policy names nothing that we can influence");
}

/// A fact that helps here and harms there: every value is tried, and the first that does is found.
#[test]
fn a_fact_that_pulls_both_ways_is_walked() {
    let stairs = json!({"kind": "steps", "steps": [
        {"from": 0, "value": "0.1"}, {"from": 5, "value": "0.8"}, {"from": 8, "value": "0.2"}
    ]});
    let with = |quantum: &str| {
        policy(
            json!({"a": {"kind": "decimal", "quantum": quantum, "max": 1000}}),
            &[("a", stairs.clone(), "higher")],
        )
    };
    insta::assert_snapshot!(lift(&with("1"), &json!({}), &json!({"a": 2})), @"
    middle (from 40.00) is 30.00 points away, and one fact can make up for them
    Raising a from 2 to 5 reaches middle with 80.00
    ");
    insta::assert_snapshot!(lift(&with("1"), &json!({}), &json!({"a": 900})), @"
    middle (from 40.00) is 20.00 points away, and no single fact that we can influence makes up for them
    Not by a alone: at best 900 (now 900) with 20.00
    ");
    insta::assert_snapshot!(lift(&with("0.001"), &json!({}), &json!({"a": 2})), @"
    middle (from 40.00) is 30.00 points away, and of what is known no single fact that we can influence makes up for them
    The first 1000 steps do not reach middle, and the way is not better throughout: a
    ");
    insta::assert_snapshot!(lift(&with("6"), &json!({}), &json!({"a": 2})), @"
    middle (from 40.00) is 30.00 points away, and no single fact that we can influence makes up for them
    Not by a alone: at best 8 (now 2) with 20.00
    ");
    let both = [("a", fixed("10"), "higher"), ("a", fixed("40"), "lower")];
    let policy = policy(json!({"a": {"kind": "int", "quantum": "1"}}), &both);
    insta::assert_snapshot!(lift(&policy, &json!({}), &json!({"a": 1})), @"
    top (from 70.00) is 16.25 points away, and one fact can make up for them
    Raising a from 1 to 6 reaches top with 72.50
    The first 1000 steps do not reach top, and the way is not better throughout: a
    ");
}

#[test]
fn numbers_as_long_as_they_come() {
    let facts = json!({"a": {"kind": "decimal", "quantum": "0.01"}});
    let one = |of: &str| policy(facts.clone(), &[("a", fixed(of), "higher")]);
    // 10^22 quanta, and exact to the last of them.
    insta::assert_snapshot!(lift(&one("300000000000000000000"), &json!({}), &json!({"a": "-1.005"})), @"
    middle (from 40.00) is 40.00 points away, and one fact can make up for them
    Raising a from -1.005 to 119985000000000000000.005 reaches middle with 40.00
    ");
    // The change would be no number of 28 digits.
    let low = json!({"a": "-792281625142643375935439503.35"});
    insta::assert_snapshot!(lift(&one("10"), &json!({}), &low), @"
    middle (from 40.00) is 40.00 points away, and no single fact that we can influence makes up for them
    Not by a alone: at best -792281625142643375935439503.35 (now -792281625142643375935439503.35) with 0.00
    ");
    // Nor would the value, a hundredth further on.
    let long = json!({"a": "7922816251426433759354395033.4"});
    insta::assert_snapshot!(lift(&one("79228162514264337593543950335"), &json!({}), &long), @"
    middle (from 40.00) is 30.00 points away, and no single fact that we can influence makes up for them
    Not by a alone: at best 7922816251426433759354395033.4 (now 7922816251426433759354395033.4) with 10.00
    ");
    let (down, high) = (fixed("1000000000000000000000000000"), json!({"a": "800000000000000000000000000"}));
    let down = policy(facts.clone(), &[("a", down, "lower")]);
    insta::assert_snapshot!(lift(&down, &json!({}), &high), @"
    middle (from 40.00) is 20.00 points away, and no single fact that we can influence makes up for them
    Not by a alone: at best 800000000000000000000000000 (now 800000000000000000000000000) with 20.00
    ");
}

#[test]
fn a_part_stays_within_its_whole_and_a_whole_above_its_parts() {
    let facts = json!({
        "part": {"kind": "int", "part_of": "whole", "quantum": 1}, "whole": {"kind": "int", "part_of": "all", "quantum": 1},
        "all": {"kind": "int"},
    });
    let share = json!({"kind": "share_of", "whole": "whole"});
    let policy = policy(facts, &[("part", share, "higher"), ("whole", fixed("20"), "lower")]);
    let customer = json!({"part": 4, "whole": 9, "all": 30});
    insta::assert_snapshot!(lift(&policy, &json!({}), &customer), @"
    top (from 70.00) is 20.28 points away, and one fact can make up for them
    Lowering whole from 9 to 5 reaches top with 77.50
    Raising part from 4 to 8 reaches top with 71.94
    ");
    let customer = json!({"part": 0, "whole": 19, "all": 30});
    insta::assert_snapshot!(lift(&policy, &json!({}), &customer), @"
    middle (from 40.00) is 37.50 points away, and one fact can make up for them
    Lowering whole from 19 to 4 reaches middle with 40.00
    Raising part from 0 to 15 reaches middle with 41.97
    ");
}

#[test]
fn a_mark_to_no_end_is_linted() {
    let facts = json!({"a": {"kind": "decimal", "quantum": "1"}, "b": {"kind": "decimal"}, "c": {"kind": "int", "quantum": "0.5"}, "d": {"kind": "level", "of": 5}});
    let all = ["a", "b", "c", "d"].map(|fact| (fact, fixed("10"), "higher"));
    let mut policy = policy(facts, &all);
    policy["body"]["indicators"][0]["weight"] = 0.into();
    let policy = PolicyDocument::from_value(&policy).expect("a valid policy");
    let warnings = lint(&policy, None).into_iter().filter(|warning| warning.code.starts_with("influence"));
    let warnings: Vec<String> =
        warnings.map(|w| format!("{}: {}: {} [{}]", w.path, w.found, w.advice, w.code)).collect();
    insta::assert_snapshot!(warnings.join("\n"), @"
    body.indicators[0].influenceable: `i0` weighs nothing in the composite: no work on it lifts anybody: give it a weight, or take the mark away [influence_without_weight]
    body.indicators[1].influenceable: `b` has no step that it can change by: a lift counts in steps: give the fact a quantum, whole for a whole number [influence_without_quantum]
    body.indicators[2].influenceable: `c` has no step that it can change by: a lift counts in steps: give the fact a quantum, whole for a whole number [influence_without_quantum]
    ");
    for id in ["standard", "literal", "assessed"] {
        let warnings = lint(&preset(id).expect("a preset"), None);
        assert!(warnings.iter().all(|warning| !warning.code.starts_with("influence")), "{id}");
    }
}

#[test]
fn a_mark_that_says_no_says_nothing() {
    let mut policy = policy(json!({"a": {"kind": "decimal"}}), &[("a", fixed("10"), "higher")]);
    let stamp = |policy: &Value| PolicyDocument::from_value(policy).expect("a valid policy").stamp();
    let marked = stamp(&policy);
    policy["body"]["indicators"][0]["influenceable"] = false.into();
    let no = stamp(&policy);
    policy["body"]["indicators"][0].as_object_mut().expect("an indicator").remove("influenceable");
    assert_eq!(stamp(&policy), no);
    assert_ne!(marked, no);
    policy["body"]["indicators"][0]["influenceable"] = "yes".into();
    let problems = PolicyDocument::from_value(&policy).map_err(|problems| problems.to_string());
    insta::assert_snapshot!(problems.expect_err("a problem"), @r#"body.indicators[0].influenceable: not allowed here, given "yes", allowed: invalid type: string "yes", expected a boolean"#);
}

/// One of each, as it is written and in both languages.
#[test]
fn every_answer_has_its_code_and_its_words() {
    let (tier, floor, short_by) = (|| "key".parse().expect("a tier"), Score::MAX, Score::MIN);
    let (indicator, fact) =
        (|| "profit".parse().expect("an id"), || "cumulative_profit".parse().expect("an id"));
    let decimal = |n: i64| guanxi_core::DecimalText(n.into());
    let range: guanxi_scoring::Ratio =
        serde_json::from_str(r#"{"fraction": "1/4", "decimal": "0.25"}"#).expect("a ratio");
    let reaches = |of_range, change: i64| LiftOption::Reaches {
        indicator: indicator(),
        fact: fact(),
        tier: tier(),
        from: decimal(5),
        to: decimal(5 + change),
        change: decimal(change),
        of_range,
        composite: floor,
    };
    let verdicts = [
        LiftVerdict::Possible { tier: tier(), floor, short_by },
        LiftVerdict::NoneCan { tier: tier(), floor, short_by },
        LiftVerdict::NoneFound { tier: tier(), floor, short_by },
        LiftVerdict::NothingInfluenceable { tier: tier(), floor, short_by },
        LiftVerdict::HighestTier { tier: tier() },
        LiftVerdict::NoComposite,
    ];
    let options = [
        reaches(range.clone(), 2),
        reaches(range, -3),
        LiftOption::OutOfReach {
            indicator: indicator(),
            fact: fact(),
            tier: tier(),
            from: decimal(5),
            best: decimal(9),
            composite: floor,
        },
        LiftOption::Unknown { indicator: indicator(), fact: fact(), state: InputState::NotApplicable },
        LiftOption::NoQuantum { indicator: indicator(), fact: fact() },
        LiftOption::Unclear { indicator: indicator(), fact: fact(), tier: tier(), tried: 1_000 },
    ];
    let packs = ["en", "zh-CN"].map(|lang| labels(lang).expect("labels"));
    let mut lines = Vec::new();
    let mut line = |written: Value, reason: &dyn ReasonCode| {
        assert_eq!(written["code"], reason.code());
        lines.extend(packs.iter().map(|pack| pack.reason(reason)));
    };
    verdicts.iter().for_each(|verdict| line(serde_json::to_value(verdict).expect("JSON"), verdict));
    options.iter().for_each(|option| line(serde_json::to_value(option).expect("JSON"), option));
    insta::assert_snapshot!(lines.join("\n"), @"
    Key (from 100.00) is 0.00 points away, and one fact can make up for them
    距重点客户（100.00 起）还差 0.00 分，改变一项即可达到
    Key (from 100.00) is 0.00 points away, and no single fact that we can influence makes up for them
    距重点客户（100.00 起）还差 0.00 分，可影响的任何单项都不足以达到
    Key (from 100.00) is 0.00 points away, and of what is known no single fact that we can influence makes up for them
    距重点客户（100.00 起）还差 0.00 分，在已知的可影响项中，没有单项足以达到
    Key (from 100.00) is 0.00 points away; the policy names nothing that we can influence
    距重点客户（100.00 起）还差 0.00 分，评分方案未列出可影响的指标
    Key is the highest tier
    重点客户已是最高层级
    Without a score there is no tier to rise from
    没有综合得分，无从升级
    Raising cumulative profit from 5 to 7 reaches Key with 100.00
    累计利润从 5 提高到 7，可达到重点客户，综合得分 100.00
    Lowering cumulative profit from 5 to 2 reaches Key with 100.00
    累计利润从 5 降低到 2，可达到重点客户，综合得分 100.00
    Not by cumulative profit alone: at best 9 (now 5) with 100.00
    仅靠累计利润不够：最好到 9（现为 5），综合得分 100.00
    Cannot be reckoned, not applicable: cumulative profit
    无法测算（不适用）：累计利润
    Cannot be reckoned, the policy states no step to change by: cumulative profit
    无法测算，评分方案未规定最小变动单位：累计利润
    The first 1000 steps do not reach Key, and the way is not better throughout: cumulative profit
    前 1000 步内达不到重点客户，且变动并非始终有利：累计利润
    ");
    insta::assert_snapshot!(serde_json::to_string(&options[0]).expect("JSON"), @r#"{"code":"lift_reaches","indicator":"profit","fact":"cumulative_profit","tier":"key","from":"5","to":"7","change":"2","of_range":{"fraction":"1/4","decimal":"0.25"},"composite":"100.00"}"#);
}
