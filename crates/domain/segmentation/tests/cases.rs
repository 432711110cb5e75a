//! Worked cases, with their reasons in words.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use chrono::{DateTime, Utc};
use guanxi_core::{Decision, FactMap, FactValue, Facts, SubjectId, parse_decimal, parse_instant};
use guanxi_policy::{Body, Document};
use guanxi_segmentation::{
    AbcDocument, AbcPopulation, AbcReport, Amounts, MergeError, Order, Reason, RfmDocument, RfmPopulation,
    ValueDocument, abc_preset, labels, rfm_preset, segment_abc, segment_rfm, segment_value, value_preset,
};
use serde_json::{Value, json};

fn at(text: &str) -> DateTime<Utc> {
    parse_instant(text).unwrap()
}

fn as_of() -> DateTime<Utc> {
    at("2026-06-30T13:20:00Z")
}

fn id(text: &str) -> SubjectId {
    text.parse().unwrap()
}

/// Facts from `revenue=120.50 orders=7`; `revenue=-` does not apply, `region=East` is a text.
fn facts(text: &str) -> FactMap {
    text.split_whitespace().fold(FactMap::new(), |map, part| {
        let (name, value) = part.split_once('=').unwrap();
        let name = name.parse().unwrap();
        match (value, parse_decimal(value)) {
            ("-", _) => map.not_applicable(name),
            (_, Ok(number)) => map.with(name, FactValue::Decimal(number), None),
            (text, Err(_)) => map.with(name, FactValue::Text(text.into()), None),
        }
    })
}

/// Each customer with what is decided and why: `facts -> outcome: reasons`.
fn told<T: serde::Serialize>(given: &[&str], decisions: &[Decision<T, Reason>]) -> String {
    let english = labels("en").unwrap();
    let one = |(given, decision): (&&str, &Decision<T, Reason>)| {
        let outcome = serde_json::to_string(&decision.outcome).unwrap();
        let texts: Vec<String> =
            decision.reasons.iter().map(|reason| format!("\n    {}", reason.text(&english))).collect();
        let change = decision.next_change.map(|at| format!(" until {at}")).unwrap_or_default();
        format!("{given} -> {outcome}{change}{}", texts.concat())
    };
    given.iter().zip(decisions).map(one).collect::<Vec<_>>().join("\n")
}

fn population<'f>(ids: &'f [SubjectId], facts: &'f [FactMap]) -> Vec<(&'f SubjectId, &'f dyn Facts)> {
    ids.iter().zip(facts.iter().map(|facts| facts as &dyn Facts)).collect()
}

fn ids(count: usize) -> Vec<SubjectId> {
    (1..=count).map(|i| id(&format!("C{i:02}"))).collect()
}

fn abc(policy: &AbcDocument, given: &[&str]) -> (String, AbcReport) {
    let (ids, facts): (Vec<_>, Vec<_>) = (ids(given.len()), given.iter().map(|text| facts(text)).collect());
    let result = segment_abc(policy, &population(&ids, &facts), as_of());
    (told(given, &result.decisions), result.report)
}

fn document<B: Body>(body: &Value) -> Document<B> {
    let tree = json!({"schema": B::SCHEMA, "id": "ours", "version": "1", "body": body});
    Document::from_value(&tree).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Amounts of 70, 25 and 5 of 100: B begins at exactly 70 %, so it is not in A; C at exactly 95 %.
#[test]
fn a_share_at_the_limit_is_in_the_next_class() {
    let given = [
        "revenue=70",
        "revenue=25",
        "revenue=5",
        "revenue=0",
        "revenue=-3.5",
        "revenue=-",
        "orders=1",
        "revenue=East",
    ];
    let (told, report) = abc(&abc_preset("standard").unwrap(), &given);
    insta::assert_snapshot!(told, @r#"
    revenue=70 -> {"class":"a","rank":1,"before":"0","after":"0.7"}
        Class A: 70 is rank 1; 0 % of the total lies before it, 70 % with it; the class runs from 0 % to below 70 %
    revenue=25 -> {"class":"b","rank":2,"before":"0.7","after":"0.95"}
        Class B: 25 is rank 2; 70 % of the total lies before it, 95 % with it; the class runs from 70 % to below 95 %
        45 less than the least of class A (70)
    revenue=5 -> {"class":"c","rank":3,"before":"0.95","after":"1"}
        Class C: 5 is rank 3; 95 % of the total lies before it, 100 % with it; the class runs from 95 % to below 100 %
        20 less than the least of class B (25)
    revenue=0 -> {"class":"c","rank":4,"before":"1","after":"1"}
        Class C: 0 is not above 0
        25 less than the least of class B (25)
    revenue=-3.5 -> {"class":"c","rank":5,"before":"1","after":"1"}
        Class C: -3.5 is not above 0
        28.5 less than the least of class B (25)
    revenue=- -> {"class":null,"rank":null,"before":null,"after":null}
        revenue does not apply
    orders=1 -> {"class":null,"rank":null,"before":null,"after":null}
        revenue is missing
    revenue=East -> {"class":null,"rank":null,"before":null,"after":null}
        revenue is not a number and is ignored
    "#);
    insta::assert_snapshot!(serde_json::to_string_pretty(&report).unwrap(), @r#"
    {
      "customers": 5,
      "classes": [
        {
          "class": "a",
          "count": 1,
          "customers": {
            "share": "0.2",
            "expected": {
              "from": "0.1",
              "to": "0.15"
            },
            "verdict": "above"
          },
          "amount": "70",
          "amount_share": {
            "share": "0.7",
            "expected": {
              "from": "0.6",
              "to": "0.8"
            },
            "verdict": "within"
          }
        },
        {
          "class": "b",
          "count": 1,
          "customers": {
            "share": "0.2",
            "expected": {
              "from": "0.3",
              "to": "0.4"
            },
            "verdict": "below"
          },
          "amount": "25",
          "amount_share": {
            "share": "0.25",
            "expected": null,
            "verdict": "open"
          }
        },
        {
          "class": "c",
          "count": 3,
          "customers": {
            "share": "0.6",
            "expected": {
              "from": "0.5",
              "to": "0.6"
            },
            "verdict": "within"
          },
          "amount": "5",
          "amount_share": {
            "share": "0.05",
            "expected": null,
            "verdict": "open"
          }
        }
      ],
      "not_positive": 2,
      "unclassified": {
        "missing": 1,
        "not_applicable": 1,
        "unusable": 1
      },
      "concentration": {
        "customers": 5,
        "negative": 1,
        "total": "100",
        "gini": "0.66",
        "hhi": "0.555",
        "top": [
          {
            "customers": 1,
            "share": "0.7"
          }
        ],
        "none": null
      }
    }
    "#);
}

#[test]
fn ties_stay_whole_in_the_class_of_the_first() {
    let standard = abc_preset("standard").unwrap();
    // The second and third 40 both begin below 70 % only because they begin where the first does.
    let (told, _) = abc(&standard, &["revenue=40", "revenue=40.0", "revenue=40", "revenue=1"]);
    insta::assert_snapshot!(told, @r#"
    revenue=40 -> {"class":"a","rank":1,"before":"0","after":"0.9917"}
        Class A: 40 is rank 1; 0 % of the total lies before it, 99.17 % with it; the class runs from 0 % to below 70 %
        Others with as much, in the same class: 2
    revenue=40.0 -> {"class":"a","rank":1,"before":"0","after":"0.9917"}
        Class A: 40 is rank 1; 0 % of the total lies before it, 99.17 % with it; the class runs from 0 % to below 70 %
        Others with as much, in the same class: 2
    revenue=40 -> {"class":"a","rank":1,"before":"0","after":"0.9917"}
        Class A: 40 is rank 1; 0 % of the total lies before it, 99.17 % with it; the class runs from 0 % to below 70 %
        Others with as much, in the same class: 2
    revenue=1 -> {"class":"c","rank":4,"before":"0.9917","after":"1"}
        Class C: 1 is rank 4; 99.17 % of the total lies before it, 100 % with it; the class runs from 95 % to below 100 %
        39 less than the least of class A (40)
    "#);
}

#[test]
fn by_rank_counts_customers_and_a_blend_weighs_facts() {
    let given = [
        "revenue=100 orders=1 potential_score=10",
        "revenue=50 orders=8 potential_score=100",
        "revenue=-5 orders=0 potential_score=50",
        "revenue=1 orders=2",
    ];
    insta::assert_snapshot!(abc(&abc_preset("rank").unwrap(), &given).0, @r#"
    revenue=100 orders=1 potential_score=10 -> {"class":"a","rank":1,"before":"0","after":"0.6623"}
        Class A: 100 is rank 1 of 4; 0 % of the customers have more; the class runs from 0 % to below 12.5 %
    revenue=50 orders=8 potential_score=100 -> {"class":"b","rank":2,"before":"0.6623","after":"0.9934"}
        Class B: 50 is rank 2 of 4; 25 % of the customers have more; the class runs from 12.5 % to below 47.5 %
        50 less than the least of class A (100)
    revenue=-5 orders=0 potential_score=50 -> {"class":"c","rank":4,"before":"1","after":"1"}
        Class C: -5 is not above 0
        55 less than the least of class B (50)
    revenue=1 orders=2 -> {"class":"c","rank":3,"before":"0.9934","after":"1"}
        Class C: 1 is rank 3 of 4; 50 % of the customers have more; the class runs from 47.5 % to below 100 %
        49 less than the least of class B (50)
    "#);
    let (told, report) = abc(&abc_preset("blend").unwrap(), &given);
    insta::assert_snapshot!(told, @r#"
    revenue=100 orders=1 potential_score=10 -> {"class":"b","rank":2,"before":"0.5329","after":"0.929"}
        Class B: 55.75 is rank 2 of 3; 33.33 % of the customers have more; the class runs from 12.5 % to below 47.5 %
        19.25 less than the least of class A (75)
        revenue: 100 of at most 100, weight 50 %, brings 50.00 points
        number of orders: 1 of at most 8, weight 30 %, brings 3.75 points
        potential score: 10 of at most 100, weight 20 %, brings 2.00 points
    revenue=50 orders=8 potential_score=100 -> {"class":"a","rank":1,"before":"0","after":"0.5329"}
        Class A: 75 is rank 1 of 3; 0 % of the customers have more; the class runs from 0 % to below 12.5 %
        revenue: 50 of at most 100, weight 50 %, brings 25.00 points
        number of orders: 8 of at most 8, weight 30 %, brings 30.00 points
        potential score: 100 of at most 100, weight 20 %, brings 20.00 points
    revenue=-5 orders=0 potential_score=50 -> {"class":"c","rank":3,"before":"0.929","after":"1"}
        Class C: 10 is rank 3 of 3; 66.67 % of the customers have more; the class runs from 47.5 % to below 100 %
        45.75 less than the least of class B (55.75)
        revenue: -5 of at most 100, weight 50 %, brings 0.00 points
        number of orders: 0 of at most 8, weight 30 %, brings 0.00 points
        potential score: 50 of at most 100, weight 20 %, brings 10.00 points
    revenue=1 orders=2 -> {"class":null,"rank":null,"before":null,"after":null}
        potential score is missing
    "#);
    assert_eq!(report.concentration.customers, 3);
}

#[test]
fn nobody_nothing_and_one() {
    let standard = abc_preset("standard").unwrap();
    let (told, report) = abc(&standard, &["revenue=0", "revenue=-1"]);
    insta::assert_snapshot!(told, @r#"
    revenue=0 -> {"class":"c","rank":1,"before":null,"after":null}
        Class C: 0 is not above 0
    revenue=-1 -> {"class":"c","rank":2,"before":null,"after":null}
        Class C: -1 is not above 0
    "#);
    insta::assert_snapshot!(serde_json::to_string(&report.concentration).unwrap(), @r#"{"customers":2,"negative":1,"total":"0","gini":null,"hhi":null,"top":[],"none":"nothing_to_share"}"#);
    let (told, report) = abc(&standard, &["revenue=0.01"]);
    insta::assert_snapshot!(told, @r#"
    revenue=0.01 -> {"class":"a","rank":1,"before":"0","after":"1"}
        Class A: 0.01 is rank 1; 0 % of the total lies before it, 100 % with it; the class runs from 0 % to below 70 %
    "#);
    assert_eq!(report.concentration.gini.map(|gini| gini.to_string()), Some("0".into()));
    insta::assert_snapshot!(serde_json::to_string(&abc(&standard, &[]).1).unwrap(), @r#"{"customers":0,"classes":[{"class":"a","count":0,"customers":{"share":null,"expected":{"from":"0.1","to":"0.15"},"verdict":"open"},"amount":"0","amount_share":{"share":null,"expected":{"from":"0.6","to":"0.8"},"verdict":"open"}},{"class":"b","count":0,"customers":{"share":null,"expected":{"from":"0.3","to":"0.4"},"verdict":"open"},"amount":"0","amount_share":{"share":null,"expected":null,"verdict":"open"}},{"class":"c","count":0,"customers":{"share":null,"expected":{"from":"0.5","to":"0.6"},"verdict":"open"},"amount":"0","amount_share":{"share":null,"expected":null,"verdict":"open"}}],"not_positive":0,"unclassified":{"missing":0,"not_applicable":0,"unusable":0},"concentration":{"customers":0,"negative":0,"total":"0","gini":null,"hhi":null,"top":[],"none":"nobody"}}"#);
}

#[test]
fn hostile_numbers_are_exact_or_say_so() {
    let standard = abc_preset("standard").unwrap();
    let max = "revenue=79228162514264337593543950335";
    let (told, report) = abc(
        &standard,
        &[max, "revenue=79228162514264337593543950334", max, "revenue=0.0000000000000000000000000001"],
    );
    insta::assert_snapshot!(told, @r#"
    revenue=79228162514264337593543950335 -> {"class":"a","rank":1,"before":"0","after":"0.6667"}
        Class A: 79228162514264337593543950335 is rank 1; 0 % of the total lies before it, 66.67 % with it; the class runs from 0 % to below 70 %
        Others with as much, in the same class: 1
    revenue=79228162514264337593543950334 -> {"class":"a","rank":3,"before":"0.6667","after":"1"}
        Class A: 79228162514264337593543950334 is rank 3; 66.67 % of the total lies before it, 100 % with it; the class runs from 0 % to below 70 %
    revenue=79228162514264337593543950335 -> {"class":"a","rank":1,"before":"0","after":"0.6667"}
        Class A: 79228162514264337593543950335 is rank 1; 0 % of the total lies before it, 66.67 % with it; the class runs from 0 % to below 70 %
        Others with as much, in the same class: 1
    revenue=0.0000000000000000000000000001 -> {"class":"c","rank":4,"before":"1","after":"1"}
        Class C: 0.0000000000000000000000000001 is rank 4; 100 % of the total lies before it, 100 % with it; the class runs from 95 % to below 100 %
        – less than the least of class A (79228162514264337593543950334)
    "#);
    assert_eq!((report.classes.first().unwrap().amount, report.concentration.total), (None, None));
}

#[test]
fn concentration_has_its_reasons() {
    let counted = |amounts: &[i64]| {
        let mut counted = Amounts::default();
        amounts.iter().for_each(|amount| counted.observe((*amount).into()));
        counted
    };
    insta::assert_snapshot!(counted(&[]).gini().unwrap_err(), @"there is nobody");
    insta::assert_snapshot!(counted(&[0, -5]).hhi().unwrap_err(), @"no amount is above 0");
    assert_eq!(counted(&[7]).gini().unwrap().to_string(), "0/1");
    // One has everything of n: (n - 1) / n. A debt counts as nothing.
    assert_eq!(counted(&[0, -8, 0, 5]).gini().unwrap().to_string(), "3/4");
    assert_eq!(counted(&[3, 3, 3]).gini().unwrap().to_string(), "0/1");
    let tops: Vec<String> = [0, 1, 2, 9].map(|k| counted(&[1, 2, 1]).top(k).unwrap().to_string()).into();
    assert_eq!(tops, ["0/1", "1/2", "3/4", "1/1"]);
}

#[test]
fn parts_of_different_populations_do_not_merge() {
    let (standard, rank) = (abc_preset("standard").unwrap(), abc_preset("rank").unwrap());
    let mut population = AbcPopulation::new(&standard, as_of());
    let error = population.merge(AbcPopulation::new(&rank, as_of())).unwrap_err();
    insta::assert_snapshot!(error, @"both parts must be observed for one policy");
    let error = population.merge(AbcPopulation::new(&standard, at("2026-07-01"))).unwrap_err();
    insta::assert_snapshot!(error, @"both parts must be observed for one instant, got 2026-07-01 00:00:00 UTC for 2026-06-30 13:20:00 UTC");

    let policy = rfm_preset("standard").unwrap();
    let observed = || {
        let mut population = RfmPopulation::new(&policy, as_of());
        population.observe(&id("C1"), &facts("orders=1")).unwrap();
        population
    };
    let mut twice = observed();
    insta::assert_snapshot!(twice.merge(observed()).unwrap_err(), @"customer `C1` is there already: orders add up, facts do not");
    assert_eq!(twice, observed());
    let error = twice.observe_orders(&id("C1"), []).unwrap_err();
    assert_eq!(error, MergeError::Twice { subject: id("C1") });
}

/// Cut points at 30 and 90 days, 2 and 5 orders, 100 and 1 000; days of UTC+8.
fn own_cuts() -> RfmDocument {
    document(&json!({
        "utc_offset_minutes": 480,
        "recency": {"fact": "days_since_order", "scores": 3, "cuts": [30, 90]},
        "frequency": {"fact": "orders", "scores": 3, "cuts": [2, 5]},
        "monetary": {"fact": "revenue", "scores": 3, "cuts": [100, 1000]},
        "segments": [{"id": "recent", "cells": [{"r": [3, 3]}]}, {"id": "others", "cells": [{"r": [1, 2]}]}]
    }))
}

/// 22:00 UTC on 29 June is 30 June in UTC+8: today. Thirty days ago is still the better score, and ends with the day.
#[test]
fn days_are_those_of_the_offset() {
    let orders = |list: &[(&str, i64)]| -> Vec<Order> {
        list.iter().map(|(day, amount)| Order { at: at(day), amount: (*amount).into() }).collect()
    };
    let given = [
        ("today", orders(&[("2026-06-29T22:00:00Z", 100)])),
        ("30 days ago, twice", orders(&[("2026-05-30T16:00:00Z", 60), ("2026-05-31T15:59:59Z", 39)])),
        ("31 days ago", orders(&[("2026-05-30T15:59:59Z", 1000), ("2026-05-01", -1), ("2026-04-01", 1)])),
        ("only refunds", orders(&[("2026-06-01", -50)])),
        ("never", orders(&[])),
        ("at the instant and after", orders(&[("2026-06-30T13:20:00Z", 0), ("2026-06-30T13:20:01Z", 9)])),
    ];
    let mut population = RfmPopulation::new(&own_cuts(), as_of());
    for (name, orders) in &given {
        population.observe_orders(&id(name), orders.iter().copied()).unwrap();
    }
    let rfm = population.finish();
    let names: Vec<&str> = given.iter().map(|(name, _)| *name).collect();
    let decisions: Vec<_> = names.iter().map(|name| rfm.decide(&id(name)).unwrap()).collect();
    insta::assert_snapshot!(told(&names, &decisions), @r#"
    today -> {"segment":"recent","recency":3,"frequency":1,"monetary":2} until 2026-07-30 16:00:00 UTC
        Segment recent: recency 3, frequency 1, monetary value 2
        Days since the last order: 0, score 3 of 3 (cut points around it: – and 30)
        Days with an order: 1, score 1 of 3 (cut points around it: – and 2)
        Sum of the amounts: 100, score 2 of 3 (cut points around it: 100 and 1000)
    30 days ago, twice -> {"segment":"recent","recency":3,"frequency":1,"monetary":1} until 2026-06-30 16:00:00 UTC
        Segment recent: recency 3, frequency 1, monetary value 1
        Days since the last order: 30, score 3 of 3 (cut points around it: – and 30)
        Days with an order: 1, score 1 of 3 (cut points around it: – and 2)
        Sum of the amounts: 99, score 1 of 3 (cut points around it: – and 100)
        Orders: 2, on so many days: 1; those of one day count as one
    31 days ago -> {"segment":"others","recency":2,"frequency":2,"monetary":3} until 2026-08-28 16:00:00 UTC
        Segment others: recency 2, frequency 2, monetary value 3
        Days since the last order: 31, score 2 of 3 (cut points around it: 30 and 90)
        Days with an order: 2, score 2 of 3 (cut points around it: 2 and 5)
        Sum of the amounts: 1000, score 3 of 3 (cut points around it: 1000 and –)
        Refunds, which lower the sum and are no orders: 1
    only refunds -> {"segment":null,"recency":null,"frequency":null,"monetary":null}
        There is no order
        Refunds, which lower the sum and are no orders: 1
    never -> {"segment":null,"recency":null,"frequency":null,"monetary":null}
        There is no order
    at the instant and after -> {"segment":"recent","recency":3,"frequency":1,"monetary":1} until 2026-06-30 13:20:01 UTC
        Segment recent: recency 3, frequency 1, monetary value 1
        Days since the last order: 0, score 3 of 3 (cut points around it: – and 30)
        Days with an order: 1, score 1 of 3 (cut points around it: – and 2)
        Sum of the amounts: 0, score 1 of 3 (cut points around it: – and 100)
        Orders after the day of the decision, ignored: 1, the first on 2026-06-30
    "#);
    assert_eq!(rfm.decide(&id("somebody else")), None);
}

#[test]
fn quantiles_keep_equal_values_together_or_rank_them() {
    let given = [
        "days_since_order=5 orders=1 revenue=10",
        "days_since_order=5 orders=1 revenue=20",
        "days_since_order=5 orders=1 revenue=30",
        "days_since_order=5 orders=9 revenue=40",
        "days_since_order=400 orders=1 revenue=50",
        "days_since_order=1 orders=0 revenue=0",
        "days_since_order=-1 orders=2",
        "days_since_order=- orders=- revenue=-",
    ];
    let (ids, facts): (Vec<_>, Vec<_>) = (ids(given.len()), given.iter().map(|text| facts(text)).collect());
    let policy = rfm_preset("standard").unwrap();
    let result = segment_rfm(&policy, &population(&ids, &facts), as_of()).unwrap();
    insta::assert_snapshot!(told(&given, &result.decisions), @r#"
    days_since_order=5 orders=1 revenue=10 -> {"segment":"potential_loyalist","recency":4,"frequency":3,"monetary":1}
        Segment Potentially loyal: recency 4, frequency 3, monetary value 1
        Days since the last order: 5, score 4 of 5 (of 5 customers 1 are worse, 3 others are equal)
        Days with an order: 1, score 3 of 5 (of 5 customers 0 are worse, 3 others are equal)
        Sum of the amounts: 10, score 1 of 5 (of 5 customers 0 are worse, 0 others are equal)
    days_since_order=5 orders=1 revenue=20 -> {"segment":"potential_loyalist","recency":4,"frequency":3,"monetary":2}
        Segment Potentially loyal: recency 4, frequency 3, monetary value 2
        Days since the last order: 5, score 4 of 5 (of 5 customers 1 are worse, 3 others are equal)
        Days with an order: 1, score 3 of 5 (of 5 customers 0 are worse, 3 others are equal)
        Sum of the amounts: 20, score 2 of 5 (of 5 customers 1 are worse, 0 others are equal)
    days_since_order=5 orders=1 revenue=30 -> {"segment":"potential_loyalist","recency":4,"frequency":3,"monetary":3}
        Segment Potentially loyal: recency 4, frequency 3, monetary value 3
        Days since the last order: 5, score 4 of 5 (of 5 customers 1 are worse, 3 others are equal)
        Days with an order: 1, score 3 of 5 (of 5 customers 0 are worse, 3 others are equal)
        Sum of the amounts: 30, score 3 of 5 (of 5 customers 2 are worse, 0 others are equal)
    days_since_order=5 orders=9 revenue=40 -> {"segment":"loyal","recency":4,"frequency":5,"monetary":4}
        Segment Loyal: recency 4, frequency 5, monetary value 4
        Days since the last order: 5, score 4 of 5 (of 5 customers 1 are worse, 3 others are equal)
        Days with an order: 9, score 5 of 5 (of 5 customers 4 are worse, 0 others are equal)
        Sum of the amounts: 40, score 4 of 5 (of 5 customers 3 are worse, 0 others are equal)
    days_since_order=400 orders=1 revenue=50 -> {"segment":"at_risk","recency":1,"frequency":3,"monetary":5}
        Segment At risk: recency 1, frequency 3, monetary value 5
        Days since the last order: 400, score 1 of 5 (of 5 customers 0 are worse, 0 others are equal)
        Days with an order: 1, score 3 of 5 (of 5 customers 0 are worse, 3 others are equal)
        Sum of the amounts: 50, score 5 of 5 (of 5 customers 4 are worse, 0 others are equal)
    days_since_order=1 orders=0 revenue=0 -> {"segment":null,"recency":null,"frequency":null,"monetary":null}
        There is no order
    days_since_order=-1 orders=2 -> {"segment":null,"recency":null,"frequency":null,"monetary":null}
        days since the last order is -1, below 0, and is ignored
        revenue is missing
    days_since_order=- orders=- revenue=- -> {"segment":null,"recency":null,"frequency":null,"monetary":null}
        days since the last order does not apply
        number of orders does not apply
        revenue does not apply
    "#);

    let mut body = serde_json::to_value(policy.body().spec()).unwrap();
    for axis in ["recency", "frequency", "monetary"] {
        *body.pointer_mut(&format!("/{axis}/ties")).unwrap() = json!("rank");
    }
    let ranked = segment_rfm(&document(&body), &population(&ids, &facts), as_of()).unwrap();
    let scores: Vec<String> = ranked
        .decisions
        .iter()
        .filter_map(|decision| {
            Some(format!(
                "{}{}{}",
                decision.outcome.recency?, decision.outcome.frequency?, decision.outcome.monetary?
            ))
        })
        .collect();
    // Of equal ones the smaller id is the better: each score once on every axis.
    assert_eq!(scores, ["541", "432", "323", "254", "115"]);
}

#[test]
fn value_segments_by_the_first_rule() {
    let given = [
        "revenue=120 revenue_growth=-0.1 days_since_order=61 median_gap_days=30 region=East",
        "revenue=9000 revenue_growth=-0.1 days_since_order=60 median_gap_days=30 revenue_recent=0 region=East",
        "revenue=800 revenue_recent=700 region=West",
        "revenue=10 potential_score=70",
        "revenue=10 revenue_growth=0.2 revenue_recent=1",
        "revenue=10 region=West",
        "region=West",
    ];
    let (ids, facts): (Vec<_>, Vec<_>) = (ids(given.len()), given.iter().map(|text| facts(text)).collect());
    let result = segment_value(&value_preset("standard").unwrap(), &population(&ids, &facts), as_of());
    insta::assert_snapshot!(told(&given, &result.decisions), @r#"
    revenue=120 revenue_growth=-0.1 days_since_order=61 median_gap_days=30 region=East -> {"segment":"at_risk","rule":1}
        Segment At risk: rule 1 is the first that holds
        days since the last order is 61: above 60 (multiple of another fact)
        growth of revenue is -0.1: below 0 (stated)
    revenue=9000 revenue_growth=-0.1 days_since_order=60 median_gap_days=30 revenue_recent=0 region=East -> {"segment":"at_risk","rule":2}
        Segment At risk: rule 2 is the first that holds
        revenue is 9000: at least 800 (quantile of all customers)
        recent revenue is 0: at most 0 (stated)
        Not At risk by rule 1: days since the last order is 60, not above 60 (multiple of another fact)
    revenue=800 revenue_recent=700 region=West -> {"segment":"high_value","rule":3}
        Segment High value: rule 3 is the first that holds
        recent revenue is 700: at least 700 (quantile of all customers)
        recent revenue is 700: above 0 (stated)
        Not At risk by rule 1: days since the last order is not known
        Not At risk by rule 2: recent revenue is 700, not at most 0 (stated)
    revenue=10 potential_score=70 -> {"segment":"potential","rule":4}
        Segment Potential: rule 4 is the first that holds
        potential score is 70: at least 70 (stated)
        Not At risk by rule 1: days since the last order is not known
        Not At risk by rule 2: revenue is 10, not at least 800 (quantile of all customers)
        Not High value by rule 3: recent revenue is not known
    revenue=10 revenue_growth=0.2 revenue_recent=1 -> {"segment":"potential","rule":5}
        Segment Potential: rule 5 is the first that holds
        growth of revenue is 0.2: at least 0.2 (stated)
        Not At risk by rule 1: days since the last order is not known
        Not At risk by rule 2: revenue is 10, not at least 800 (quantile of all customers)
        Not High value by rule 3: recent revenue is 1, not at least 700 (quantile of all customers)
        Not Potential by rule 4: potential score is not known
    revenue=10 region=West -> {"segment":"general","rule":null}
        Segment General: no rule holds
        Not At risk by rule 1: days since the last order is not known
        Not At risk by rule 2: revenue is 10, not at least 800 (quantile of all customers)
        Not High value by rule 3: recent revenue is not known
        Not Potential by rule 4: potential score is not known
        Not Potential by rule 5: growth of revenue is not known
    region=West -> {"segment":null,"rule":null}
        No fact is known that a rule reads
    "#);
    let regions = result.report.groups.iter().find(|group| group.fact.as_str() == "region").unwrap();
    let rows: Vec<String> = regions
        .rows
        .iter()
        .map(|row| {
            let counts: Vec<String> =
                row.segments.iter().map(|one| format!("{} {}", one.segment, one.count)).collect();
            format!(
                "{:?}: {}, unknown {}",
                row.value.as_deref().unwrap_or("-"),
                counts.join(", "),
                row.unknown
            )
        })
        .collect();
    insta::assert_snapshot!(rows.join("\n"), @r#"
    "East": at_risk 2, high_value 0, potential 0, general 0, unknown 0
    "West": at_risk 0, high_value 1, potential 0, general 1, unknown 1
    "-": at_risk 0, high_value 0, potential 2, general 0, unknown 0
    "#);
}

/// Half of four values is two of them: the quantile is the second.
#[test]
fn a_quantile_at_a_whole_place_is_the_value_there() {
    let policy: ValueDocument = document(&json!({
        "rules": [{"segment": "upper", "all": [{"fact": "revenue", "at_least": {"quantile": "0.5"}}]}], "default": "lower"
    }));
    let given = ["revenue=1", "revenue=2", "revenue=3", "revenue=4"];
    let (ids, facts): (Vec<_>, Vec<_>) = (ids(given.len()), given.iter().map(|text| facts(text)).collect());
    let result = segment_value(&policy, &population(&ids, &facts), as_of());
    let segments: Vec<String> = result
        .decisions
        .iter()
        .filter_map(|decision| Some(decision.outcome.segment.as_ref()?.to_string()))
        .collect();
    assert_eq!(segments, ["lower", "upper", "upper", "upper"]);
}

/// What if a customer had another amount: it is placed among the others, and changes no total.
#[test]
fn one_who_was_not_observed_is_placed_among_those_who_were() {
    let mut population = AbcPopulation::new(&abc_preset("standard").unwrap(), as_of());
    ["revenue=600", "revenue=250", "revenue=100", "revenue=50"]
        .iter()
        .for_each(|text| population.observe(&facts(text)));
    let abc = population.finish();
    let placed = |text: &str| {
        let outcome = abc.classify(&facts(text)).outcome;
        format!("{} {} {}", outcome.class.unwrap(), outcome.rank.unwrap(), outcome.before.unwrap())
    };
    let amounts = ["revenue=700", "revenue=300", "revenue=200", "revenue=75", "revenue=1", "revenue=-1"];
    assert_eq!(amounts.map(placed), ["a 1 0", "a 2 0.6", "b 3 0.85", "c 4 0.95", "c 5 1", "c 5 1"]);
}

#[test]
fn facts_of_the_future_change_the_decision_when_they_come() {
    let policy = abc_preset("standard").unwrap();
    let later = at("2026-07-03T08:00:00Z");
    let future = FactMap::new().with("revenue".parse().unwrap(), FactValue::Int(5), Some(later));
    let mut population = AbcPopulation::new(&policy, as_of());
    population.observe(&future);
    population.observe(&facts("revenue=5"));
    let abc = population.finish();
    // For everybody: the total changes then.
    for facts in [&future, &facts("revenue=5")] {
        assert_eq!(abc.classify(facts).next_change, Some(later));
    }
    assert_eq!(
        abc.classify(&future).reasons,
        [Reason::FactFromFuture { fact: "revenue".parse().unwrap(), observed_at: later }]
    );
    assert_eq!(abc.report().unclassified.unusable, 1);
}

#[test]
fn a_policy_out_of_force_says_so() {
    let mut tree = abc_preset("standard").unwrap().to_value();
    tree.as_object_mut().unwrap().insert("effective_from".into(), json!("2026-07-01"));
    let policy = AbcDocument::from_value(&tree).unwrap();
    let decision = AbcPopulation::new(&policy, as_of()).finish().classify(&facts("revenue=1"));
    assert_eq!(decision.next_change, Some(at("2026-07-01")));
    assert_eq!(
        decision.reasons.last(),
        Some(&Reason::PolicyNotInForce { from: Some(at("2026-07-01")), to: None })
    );
}
