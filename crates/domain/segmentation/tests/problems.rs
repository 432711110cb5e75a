//! What is wrong with a document is named whole; the presets are sound and have words for everything.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeSet;

use guanxi_core::{DecimalText, ReasonCode, Score, Share};
use guanxi_policy::{Body, Document};
use guanxi_segmentation::{
    AbcDocument, AbcPolicy, Against, Axis, Comparison, Reason, RfmDocument, RfmPolicy, ValueDocument,
    ValuePolicy, abc_preset, abc_preset_ids, labels, rfm_preset, rfm_preset_ids, value_preset,
    value_preset_ids,
};
use serde_json::{Value, json};

fn refused<B: Body>(body: &Value) -> String {
    let tree = json!({"schema": B::SCHEMA, "id": "ours", "version": "1", "body": body});
    Document::<B>::from_value(&tree).err().unwrap().to_string()
}

#[test]
fn every_problem_of_an_abc_policy_is_named() {
    insta::assert_snapshot!(refused::<AbcPolicy>(&json!({
        "by": "size", "amuont": "revenue",
        "blend": [{"fact": "a", "weight": "0.5"}, {"fact": "a", "weight": "0"}, {"weight": "x"}],
        "classes": [
            {"id": "a", "limit": "0.7", "expected_customers": {"from": "0.2", "to": "0.1"}},
            {"id": "a", "limit": "0.7"},
            {"id": "b"},
            {"id": "c", "limit": "1"}
        ]
    })), @r#"
    body.amuont: unknown field, given `amuont`, allowed: amount, blend, by, classes (did you mean `amount`?)
    body.amount: missing field, allowed: `amount` is required
    body.blend[1]: duplicate, given fact `a`, allowed: each fact once
    body.blend[1]: not allowed here, given weight 0, allowed: a weight above 0; leave out what does not count
    body.blend[2].fact: missing field, allowed: `fact` is required
    body.blend[2].weight: not allowed here, given "x", allowed: expected a decimal such as `-12.34`, got `x`
    body.by: not allowed here, given "size", allowed: cumulative, rank
    body.classes[0].expected_customers: not allowed here, given from 0.2 to 0.1, allowed: from at most to
    body.classes[1]: duplicate, given id `a`, allowed: each class has an id of its own
    body.classes[1].limit: not allowed here, given "0.7", allowed: a share above 0.7 and below 1
    body.classes[2].limit: missing field, allowed: `limit` is required
    body.classes[3].limit: not allowed here, given "1", allowed: nothing: the last class takes all that is left
    "#);
    insta::assert_snapshot!(refused::<AbcPolicy>(&json!({
        "amount": "revenue", "blend": [{"fact": "a", "weight": "0.5"}, {"fact": "b", "weight": "0.6"}], "classes": [{"id": "a"}]
    })), @"
    body.blend: weights sum, given the weights of the blend, allowed: weights must sum to 1, or all be integers, got a sum of `1.1`
    body.classes: not allowed here, given 1 classes, allowed: 2 to 26 classes
    ");
}

#[test]
fn every_problem_of_an_rfm_policy_is_named() {
    insta::assert_snapshot!(refused::<RfmPolicy>(&json!({
        "utc_offset_minutes": 2000,
        "recency": {"fact": "r", "scores": 10},
        "frequency": {"fact": "f", "scores": 3, "cuts": [5, 5], "ties": "rank"},
        "monetary": {"fact": "m", "cuts": ["1"]},
        "segments": [{"id": "a", "cells": []}, {"id": "a", "cells": [{"r": [2, 1], "f": [1, 4]}]}]
    })), @r#"
    body.utc_offset_minutes: not allowed here, given 2000, allowed: -1080 to 1080 minutes
    body.recency.scores: not allowed here, given 10, allowed: 2 to 9 scores
    body.frequency.cuts[1]: not allowed here, given 5, allowed: more than 5, the cut point before it
    body.frequency.ties: not allowed here, given "rank", allowed: nothing: with cut points equal values have equal scores
    body.monetary.cuts: not allowed here, given 1 cut points, allowed: 4 cut points for 5 scores
    body.segments[0].cells: not allowed here, given [], allowed: at least one block of cells; `{}` is all cells
    body.segments[1]: duplicate, given id `a`, allowed: each segment has an id of its own
    body.segments[1].cells[0].r: not allowed here, given [2,1], allowed: [from, to] with 1 <= from <= to
    "#);
}

/// What overlaps and what is left out is told together, with how much there is of it.
#[test]
fn a_segment_map_covers_every_cell_once() {
    let body = |segments: Value| {
        let axis = |fact: &str, scores: u8| json!({"fact": fact, "scores": scores});
        json!({"recency": axis("r", 3), "frequency": axis("f", 3), "monetary": axis("m", 3), "segments": segments})
    };
    insta::assert_snapshot!(refused::<RfmPolicy>(&body(json!([
        {"id": "best", "cells": [{"r": [3, 3]}]},
        {"id": "good", "cells": [{"r": [2, 3], "f": [3, 3], "m": [1, 2]}]},
        {"id": "low", "cells": [{"r": [1, 1], "f": [1, 1], "m": [1, 1]}, {"r": [1, 1], "f": [1, 1], "m": [1, 1]}]}
    ]))), @"
    body.segments: cells uncovered, given 15 cells: r1 f1 m2, r1 f1 m3, r1 f2 m1, r1 f2 m2, r1 f2 m3, r1 f3 m1, r1 f3 m2, r1 f3 m3, r2 f1 m1, r2 f1 m2 and 5 more, allowed: segments that cover every cell exactly once
    body.segments: cells covered twice, given 3 cells: r1 f1 m1 by low and low, r3 f3 m1 by best and good, r3 f3 m2 by best and good, allowed: segments that cover every cell exactly once
    ");
    assert!(
        RfmDocument::from_value(&json!({"schema": "guanxi.rfm/1", "id": "ours", "version": "1",
        "body": body(json!([{"id": "all", "cells": [{}]}]))}))
        .is_ok()
    );
}

#[test]
fn every_problem_of_a_value_policy_is_named() {
    insta::assert_snapshot!(refused::<ValuePolicy>(&json!({
        "rules": [
            {"segment": "x", "all": [{"fact": "a", "at_least": {"number": 1}, "below": {"number": 2}}, {"fact": "a"}]},
            {"segment": "1", "all": []},
            {"segment": "x", "all": [
                {"fact": "a", "above": {"quantile": 0}}, {"fact": "a", "above": {"number": 1, "quantile": "0.5"}},
                {"fact": "a", "above": {"times": {"fact": "b", "by": -1}}}, {"fact": "a", "above": 5}
            ]}
        ],
        "group_by": ["region", "region"]
    })), @r#"
    body.rules[0].all[0]: not allowed here, given 2 comparisons, allowed: exactly one of at_least, above, at_most, below
    body.rules[0].all[1]: not allowed here, given 0 comparisons, allowed: exactly one of at_least, above, at_most, below
    body.rules[1].segment: not allowed here, given "1", allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `1`
    body.rules[1].all: not allowed here, given 0 conditions, allowed: 1 to 12 conditions
    body.rules[2].all[0].above.quantile: not allowed here, given 0, allowed: a quantile above 0
    body.rules[2].all[1].above: not allowed here, given 2 bounds, allowed: exactly one of number, quantile, times
    body.rules[2].all[2].above.times.by: not allowed here, given -1, allowed: a factor above 0
    body.rules[2].all[3].above: wrong type, given 5, allowed: a table with number, quantile, times
    body.default: missing field, allowed: `default` is required
    body.group_by[1]: duplicate, given "region", allowed: each fact once
    "#);
}

#[test]
fn presets_are_sound_and_labelled_in_both_languages() {
    let mut stamps = Vec::new();
    let mut named: BTreeSet<String> = BTreeSet::new();
    for preset in abc_preset_ids() {
        let policy: AbcDocument = abc_preset(preset).unwrap();
        named.extend(policy.body().classes().iter().map(|class| format!("class.{}", class.id)));
        named.extend(policy.body().facts().iter().map(|fact| format!("fact.{fact}")));
        stamps.push(("abc", policy.stamp()));
    }
    for preset in rfm_preset_ids() {
        let policy: RfmDocument = rfm_preset(preset).unwrap();
        named.extend(policy.body().segments().iter().map(|segment| format!("segment.{}", segment.id)));
        stamps.push(("rfm", policy.stamp()));
    }
    for preset in value_preset_ids() {
        let policy: ValueDocument = value_preset(preset).unwrap();
        named.extend(policy.body().segments().iter().map(|segment| format!("segment.{segment}")));
        named.extend(
            policy
                .body()
                .facts()
                .into_iter()
                .chain(policy.body().group_by())
                .map(|fact| format!("fact.{fact}")),
        );
        stamps.push(("value", policy.stamp()));
    }
    for lang in ["en", "zh-CN"] {
        let pack = labels(lang).unwrap();
        let missing: Vec<&String> = named.iter().filter(|code| pack.get(code).is_none()).collect();
        assert!(missing.is_empty(), "{lang}: {missing:?}");
    }
    assert!(abc_preset("none").is_none() && labels("fr").is_none());
    let stamps: Vec<String> = stamps
        .iter()
        .map(|(kind, stamp)| format!("{kind}/{} {} {}", stamp.id, stamp.version, stamp.fingerprint))
        .collect();
    // Another fingerprint is another policy: give it another version.
    insta::assert_snapshot!(stamps.join("\n"), @"
    abc/standard 1.0.0 1b32554be433fc9b4ba604d149ae1b96ea066ed4bf740588e2f5266abbb727a0
    abc/rank 1.0.0 dc29f8b4f67b8c5ce5ba426c90fbb733fa34819274bc9197c4c93e78a1683ec0
    abc/blend 1.0.0 4c47665379295fa58671007f614cd30eac0944817569ce232de325b9435281c8
    rfm/standard 1.0.0 51370672520cd5ff5f11501a08903bce7ca3474fc2872b947425496c385815ff
    value/standard 1.0.0 0668c341f1e9e24654305d74416063e0bd8b16c4c646816efe522121910d687a
    ");
}

/// One of every reason.
fn reasons() -> Vec<Reason> {
    let (class, segment) = (|| "a".parse().unwrap(), || "potential".parse().unwrap());
    let (fact, at) = (|| "revenue".parse().unwrap(), || guanxi_core::parse_instant("2026-06-30").unwrap());
    let number = |n: i64| DecimalText(n.into());
    let part = |n| Share::of(n, 100).unwrap();
    let (value, comparison, against) = (number(2), Comparison::AtLeast, Against::Quantile);
    let (axis, rule, bound) = (Axis::Recency, 1, Some(number(3)));
    [
        Reason::ClassByShare {
            class: class(),
            amount: Some(number(9)),
            rank: 2,
            before: Some(part(40)),
            after: Some(part(55)),
            from: part(0),
            to: part(70),
        },
        Reason::ClassByRank {
            class: class(),
            amount: None,
            rank: 2,
            customers: 10,
            ahead: Some(part(10)),
            from: part(0),
            to: part(15),
        },
        Reason::NotPositive { class: class(), amount: Some(number(-1)) },
        Reason::Tied { others: 3 },
        Reason::BelowClass { class: class(), least: number(10), short_by: Some(number(1)) },
        Reason::Blended {
            fact: fact(),
            value: number(1),
            greatest: number(4),
            weight: part(50),
            points: Score::from_hundredths(1250).unwrap(),
        },
        Reason::InSegment { segment: segment(), r: 5, f: 4, m: 3 },
        Reason::ScoreByCuts {
            axis,
            value: number(31),
            score: 2,
            of: 3,
            below: Some(number(30)),
            above: Some(number(90)),
        },
        Reason::ScoreByRank { axis, value: number(31), score: 2, of: 5, worse: 3, equal: 1, customers: 9 },
        Reason::NoOrder,
        Reason::TooManyDigits { axis: Axis::Monetary },
        Reason::SameDay { orders: 3, days: 2 },
        Reason::Refunds { refunds: 2 },
        Reason::FutureOrders { orders: 2, first: at() },
        Reason::RuleHolds { segment: segment(), rule },
        Reason::NoRuleHolds { segment: segment() },
        Reason::NothingKnown,
        Reason::ConditionHolds { segment: segment(), rule, fact: fact(), value, comparison, bound, against },
        Reason::ConditionFails { segment: segment(), rule, fact: fact(), value, comparison, bound, against },
        Reason::RuleLacksFact { segment: segment(), rule, fact: fact() },
        Reason::FactMissing { fact: fact() },
        Reason::FactNotApplicable { fact: fact() },
        Reason::FactFromFuture { fact: fact(), observed_at: at() },
        Reason::FactNotANumber { fact: fact() },
        Reason::FactBelowZero { fact: fact(), value: number(-1) },
        Reason::PolicyNotInForce { from: Some(at()), to: None },
    ]
    .into()
}

#[test]
fn every_reason_reads_well_in_both_languages() {
    let shown = |lang| {
        let pack = labels(lang).unwrap();
        reasons().iter().map(|reason| reason.text(&pack)).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(shown("en"), @"
    Class A: 9 is rank 2; 40 % of the total lies before it, 55 % with it; the class runs from 0 % to below 70 %
    Class A: – is rank 2 of 10; 10 % of the customers have more; the class runs from 0 % to below 15 %
    Class A: -1 is not above 0
    Others with as much, in the same class: 3
    1 less than the least of class A (10)
    revenue: 1 of at most 4, weight 50 %, brings 12.50 points
    Segment Potential: recency 5, frequency 4, monetary value 3
    Days since the last order: 31, score 2 of 3 (cut points around it: 30 and 90)
    Days since the last order: 31, score 2 of 5 (of 9 customers 3 are worse, 1 others are equal)
    There is no order
    Sum of the amounts: more than 28 digits, not computed
    Orders: 3, on so many days: 2; those of one day count as one
    Refunds, which lower the sum and are no orders: 2
    Orders after the day of the decision, ignored: 2, the first on 2026-06-30
    Segment Potential: rule 1 is the first that holds
    Segment Potential: no rule holds
    No fact is known that a rule reads
    revenue is 2: at least 3 (quantile of all customers)
    Not Potential by rule 1: revenue is 2, not at least 3 (quantile of all customers)
    Not Potential by rule 1: revenue is not known
    revenue is missing
    revenue does not apply
    revenue was observed on 2026-06-30, after the day of the decision, and is ignored
    revenue is not a number and is ignored
    revenue is -1, below 0, and is ignored
    The policy is not in force (from 2026-06-30, to –)
    ");
    insta::assert_snapshot!(shown("zh-CN"), @"
    A 类：数值 9，第 2 名；排在其前的占总额 40 %，连同其自身 55 %；该类从 0 % 起，至 70 % 以下
    A 类：数值 –，10 个客户中第 2 名；10 % 的客户高于它；该类从 0 % 起，至 15 % 以下
    A 类：-1 不大于 0
    数值相同且同属一类的其他客户：3 个
    距 A 类的最低值 10 还差 1
    收入：1（最高 4），权重 50 %，得 12.50 分
    细分：潜力客户，最近消费 5、消费频率 4、消费金额 3
    距最近一次下单的天数：31，得 2 分（满分 3；上下分界点 30 与 90）
    距最近一次下单的天数：31，得 2 分（满分 5；9 个客户中 3 个较差，另有 1 个相同）
    没有订单
    金额合计：超过 28 位数字，未计算
    3 个订单分布在 2 天：同一天的订单计为一次
    退款 2 笔，减少金额合计，不计为订单
    评估时点之后的订单 2 个，未计入，最早为 2026-06-30
    细分：潜力客户，规则 1 是第一条成立的规则
    细分：潜力客户，没有规则成立
    规则所用的事实均未知
    收入为 2，不低于 3（全体客户的分位数）
    规则 1 的潜力客户不成立：收入为 2，不满足“不低于 3”（全体客户的分位数）
    规则 1 的潜力客户不成立：收入未知
    缺少收入
    收入不适用
    收入的观察日期 2026-06-30 在评估时点之后，未计入
    收入不是数字，未计入
    收入为 -1，小于 0，未计入
    方案未生效（自 2026-06-30，至 –）
    ");
    for reason in reasons() {
        let json = serde_json::to_value(&reason).unwrap();
        assert_eq!(json.get("code").and_then(Value::as_str), Some(reason.code()));
        assert_eq!(serde_json::from_value::<Reason>(json).unwrap(), reason);
    }
    let codes: BTreeSet<&str> = reasons().iter().map(ReasonCode::code).collect();
    let labelled = include_str!("../labels/en.json").matches("\"segmentation.").count();
    assert_eq!((codes.len(), reasons().len()), (labelled, labelled));
}

/// The grid of the documentation: frequency from 5 down, recency from 1 to 5.
#[test]
fn the_standard_segments_by_recency_and_frequency() {
    let policy = rfm_preset("standard").unwrap();
    let cell = |r, f| {
        let of: BTreeSet<_> = (1..=5).filter_map(|m| policy.body().segment(r, f, m)).collect();
        assert_eq!(of.len(), 1, "monetary value does not matter");
        of.first().unwrap().to_string()
    };
    let row = |f| (1..=5).map(|r| cell(r, f)).collect::<Vec<_>>().join(" | ");
    insta::assert_snapshot!((1..=5).rev().map(row).collect::<Vec<_>>().join("\n"), @"
    cannot_lose | cannot_lose | loyal | loyal | champions
    at_risk | at_risk | loyal | loyal | champions
    at_risk | at_risk | need_attention | potential_loyalist | potential_loyalist
    hibernating | hibernating | about_to_sleep | potential_loyalist | potential_loyalist
    lost | hibernating | about_to_sleep | promising | new_customer
    ");
}
