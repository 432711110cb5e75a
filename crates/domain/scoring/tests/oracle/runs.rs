//! The runs: ordinary customers under the shipped policies, and random policies.
use chrono::{DateTime, Utc};
use guanxi_scoring::preset;
use serde_json::Value;

use crate::compare::{Pair, observe};
use crate::method::{Answer, answer};
use crate::ordinary::{Style, balance, customer, halves, holder, pinned};
use crate::random::{self, Random, Shape};
use crate::ratio::Ratio;
use crate::{population, worked};

fn as_of() -> DateTime<Utc> {
    "2026-06-30T00:00:00Z".parse().expect("an instant")
}

fn shipped(id: &str) -> Value {
    preset(id).expect("a preset").to_value()
}

/// A company of customers with its own reference: some of it planned, so that ties stay ties.
fn company(random: &mut Random, policy: &Value, style: Style, size: usize) -> Vec<Value> {
    let planned = pinned(policy, as_of());
    let mut customers = vec![holder(policy)];
    customers.extend((0..size).map(|_| customer(random, policy, &planned, style, false, as_of())));
    for (fact, needs) in population::needs(policy) {
        if needs.contains("total") {
            let known =
                customers.iter().filter_map(|customer| match answer(policy, customer, &fact, as_of()) {
                    Answer::Known { x, .. } => Some(x),
                    Answer::Missing | Answer::NotApplicable => None,
                });
            let sum = known.fold(Ratio::whole(0), |sum, x| (&sum + &x).reduced());
            customers.push(balance(&fact, &sum));
        }
    }
    random.shuffle(&mut customers);
    customers
}

/// Compares customers of one style under one shipped policy, under pinned and observed references.
fn ordinary(id: &str, style: Style, seed: u64) -> Vec<Ratio> {
    const COMPANIES: usize = 6;
    const CUSTOMERS: usize = 300;
    let mut random = Random(seed);
    let policy = shipped(id);
    let reference = pinned(&policy, as_of());
    let pair = Pair::new(&policy, &reference, as_of());
    let mut exact = Vec::new();
    for _ in 0..COMPANIES * CUSTOMERS {
        let customer = customer(&mut random, &policy, &reference, style, true, as_of());
        exact.extend(pair.check(&customer).exact);
    }
    for _ in 0..COMPANIES {
        let customers = company(&mut random, &policy, style, CUSTOMERS);
        let reference = observe(&mut random, &policy, &customers, as_of());
        let pair = Pair::new(&policy, &reference, as_of());
        exact.extend(customers.iter().filter_map(|customer| pair.check(customer).exact));
    }
    exact
}

#[test]
fn ordinary_customers_agree() {
    for (seed, id) in ["standard", "literal", "assessed"].iter().enumerate() {
        let exact = ordinary(id, Style::Spread, u64::try_from(seed).expect("small"));
        assert!(exact.len() > 2_000, "{id}: {}", exact.len());
    }
}

#[test]
fn tie_rich_customers_agree() {
    for (seed, id) in ["standard", "literal", "assessed"].iter().enumerate() {
        let exact = ordinary(id, Style::TieRich, 100 + u64::try_from(seed).expect("small"));
        assert!(halves(&exact) * 5 > exact.len(), "{id}: {} of {}", halves(&exact), exact.len());
    }
}

#[test]
fn random_policies_agree() {
    for seed in 0..1_000 {
        let mut random = Random(seed);
        let policy = random::policy(&mut random, Shape::Any);
        let planned = random::reference(&mut random, &policy, as_of());
        let ties = |fact: &str| random::ties(&planned, &policy, fact);
        let customers: Vec<Value> =
            (0..20).map(|_| random::customer(&mut random, &policy, &ties, as_of())).collect();
        let reference = if random.percent(30) {
            observe(&mut random, &policy, &customers, as_of())
        } else {
            planned.clone()
        };
        let pair = Pair::new(&policy, &reference, as_of());
        for customer in &customers {
            pair.check(customer);
        }
    }
}

/// The shipped policies weigh what the domain says, whatever else they keep ready at weight 0.
#[test]
fn the_shipped_policies_weigh_what_the_domain_says() {
    let weighing = |policy: &Value| -> Vec<(String, String, Ratio, Value, bool)> {
        let indicators = policy["body"]["indicators"].as_array().expect("indicators").iter();
        let weighing = indicators.filter(|indicator| !Ratio::read(&indicator["weight"]).is_zero());
        let mut said: Vec<_> = weighing
            .map(|indicator| {
                (
                    indicator["dimension"].as_str().expect("a dimension").to_owned(),
                    indicator["fact"].as_str().expect("a fact").to_owned(),
                    Ratio::read(&indicator["weight"]),
                    indicator["normaliser"].clone(),
                    indicator["direction"] == "lower_is_better",
                )
            })
            .collect();
        said.sort_by_key(|(dimension, fact, ..)| (dimension.clone(), fact.clone()));
        said
    };
    let domain = [
        ("standard", worked::standard("relative_to_max")),
        ("literal", worked::standard("relative_to_total")),
        ("assessed", worked::assessed()),
    ];
    for (id, domain) in domain {
        let shipped = shipped(id);
        assert_eq!(weighing(&shipped), weighing(&domain), "{id}");
        let tiers = |policy: &Value| -> Vec<(Value, Ratio)> {
            let tiers = policy["body"]["tiers"].as_array().expect("tiers").iter();
            tiers.map(|tier| (tier["id"].clone(), Ratio::read(&tier["floor"]))).collect()
        };
        assert_eq!(tiers(&shipped), tiers(&domain), "{id}");
        for dimension in ["value", "potential", "need"] {
            let weight = |policy: &Value| Ratio::read(&policy["body"]["dimensions"][dimension]);
            assert_eq!(weight(&shipped), weight(&domain), "{id}");
        }
        assert_eq!(shipped["body"]["prospects"], domain["body"]["prospects"], "{id}");
    }
}

/// The worked figures through the crate, with the shipped policies.
#[test]
fn the_crate_gives_the_worked_figures() {
    let check = |id: &str, reference: &Value, customer: &Value| {
        let policy = shipped(id);
        Pair::new(&policy, reference, as_of()).check(customer).standing
    };
    let none = worked::empty_reference();
    let standing = check("assessed", &none, &worked::scores(92, 88, 85));
    assert_eq!(standing, worked::tiered(8_940, "key"));
    let standing = check("assessed", &none, &worked::scores(55, 45, 70));
    assert_eq!(standing, worked::tiered(5_500, "normal"));
    let row = worked::row("285000", 2_610, "0.07", [8, 9], 1, 3);
    let reference = pinned(&shipped("standard"), as_of());
    assert_eq!(check("standard", &reference, &row), worked::tiered(5_000, "normal"));
}
