//! Tiers calibrated to the shares that a policy expects.
#![cfg(test)]

use guanxi_bands::{Bands, Finding, Histogram, calibrate};
use guanxi_core::{FactMap, FactValue, Score, TierId, parse_instant};
use guanxi_policy::diff;
use guanxi_scoring::arbitrary::policy;
use guanxi_scoring::{Given, PolicyDocument, Reference, Scorer, preset, target_shares, with_bands};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The standard policy with other expected shares, tier by tier from the highest.
fn expecting(shares: [Value; 5]) -> Result<guanxi_bands::Targets<TierId>, String> {
    let mut value = preset("standard").unwrap().to_value();
    for (tier, share) in value["body"]["tiers"].as_array_mut().unwrap().iter_mut().zip(shares) {
        tier["expected_share"] = share;
    }
    let document = PolicyDocument::from_value(&value).unwrap();
    target_shares(document.body()).map_err(|error| error.to_string())
}

fn range(from: &str, to: &str) -> Value {
    json!({"from": from, "to": to})
}

#[test]
fn targets_are_refused_where_the_policy_does_not_give_them() {
    let some = || range("0.2", "0.2");
    assert_eq!(expecting([some(), some(), some(), some(), some()]).unwrap().whole(), 5);
    insta::assert_snapshot!(expecting([Value::Null, some(), some(), Value::Null, some()]).unwrap_err(), @"every tier must have an `expected_share`, missing for: strategic, potential");
    insta::assert_snapshot!(expecting([range("0.2", "0.3"), some(), some(), some(), some()]).unwrap_err(), @"the midpoints of the expected shares: target shares must sum to 1, got a sum of `1.05`");
    insta::assert_snapshot!(expecting([range("0", "0.0000000003"), some(), some(), some(), some()]).unwrap_err(), @"the midpoint of the expected share of `strategic` must have at most 9 decimal places, got `0` to `0.0000000003`");
    insta::assert_snapshot!(expecting([range("0.2", "0.2000000001"), some(), some(), some(), some()]).unwrap_err(), @"the midpoint of the expected share of `strategic` must have at most 9 decimal places, got `0.2` to `0.2000000001`");
    let (low, high) = ("0.1000000000000000000000000001", "0.2999999999999999999999999999");
    assert_eq!(expecting([range(low, high), some(), some(), some(), some()]).unwrap().whole(), 5);
}

#[test]
fn floors_are_refused_that_are_not_of_the_policy() {
    let ours = preset("standard").unwrap();
    let bands = |floors: &[(&str, &str)]| {
        let floors = floors.iter().map(|(tier, floor)| (tier.parse().unwrap(), floor.parse().unwrap()));
        Bands::<TierId>::new(floors.collect()).unwrap()
    };
    let error = |bands: &Bands<TierId>, version: &str| {
        with_bands(&ours, bands, version.parse().unwrap()).unwrap_err().to_string()
    };
    insta::assert_snapshot!(error(ours.body().bands(), "1.1.0"), @"a policy with other floors needs a version of its own, got `1.1.0`, which the present one has");
    insta::assert_snapshot!(error(&bands(&[("key", "50"), ("normal", "0")]), "2"), @"the bands must be of the policy's tiers: strategic, key, normal, potential, to_optimise");
    let other = [("strategic", "90"), ("key", "70"), ("normal", "50"), ("potential", "30"), ("other", "0")];
    insta::assert_snapshot!(error(&bands(&other), "2"), @"the bands must be of the policy's tiers: strategic, key, normal, potential, to_optimise");
}

proptest! {
    #[test]
    fn a_policy_with_other_floors_differs_in_nothing_else(policy in policy(), picked in prop::collection::btree_set(1_u16..=10_000, 8)) {
        let tiers: Vec<TierId> = policy.body().bands().iter().map(|(tier, _)| tier.clone()).collect();
        let floors = picked.into_iter().rev().map(|floor| Score::from_hundredths(floor).unwrap()).take(tiers.len() - 1);
        let bands = Bands::new(tiers.into_iter().zip(floors.chain([Score::MIN])).collect()).unwrap();
        let (before, version) = (policy.clone(), "next".parse().unwrap());
        let proposed = with_bands(&policy, &bands, version).unwrap();
        prop_assert_eq!(&policy, &before);
        prop_assert_eq!(proposed.body().bands(), &bands);
        prop_assert_eq!(with_bands(&proposed, policy.body().bands(), policy.head().version.clone()).unwrap(), before);
        for change in diff(&policy.to_value(), &proposed.to_value()) {
            prop_assert!(change.path == "version" || change.path.starts_with("body.tiers[") && change.path.ends_with("].floor"), "{}", change.path);
        }
    }
}

/// 40 customers by the policy `assessed`, all of whom score between 20 and 60.
fn assessed(document: &PolicyDocument) -> Vec<(Score, TierId)> {
    let as_of = parse_instant("2026-06-30").unwrap();
    let reference = Reference::new(document, as_of).pin("none".parse().unwrap(), "1".parse().unwrap());
    let scorer = Scorer::new(document, &reference).unwrap();
    let customer = |number: i64| {
        let facts = ["value_score", "potential_score", "need_score"];
        let facts = facts.into_iter().zip([1, 3, 7]).fold(FactMap::new(), |facts, (name, step)| {
            facts.with(name.parse().unwrap(), FactValue::Decimal((20 + number * step % 41).into()), None)
        });
        let outcome = scorer.assess(&facts, &Given::default(), as_of).outcome;
        (outcome.composite.unwrap(), outcome.tier.unwrap())
    };
    (0..40).map(customer).collect()
}

#[test]
fn calibrated_tiers_hold_their_shares_when_customers_are_assessed_again() {
    let ours = preset("assessed").unwrap();
    let counts = |document: &PolicyDocument| {
        let tiers = assessed(document);
        let count = |tier: &TierId| tiers.iter().filter(|(_, other)| other == tier).count() as u64;
        document.body().tiers().iter().map(|tier| count(&tier.id)).collect::<Vec<u64>>()
    };
    assert_eq!(counts(&ours), [0, 0, 4, 31, 5]);
    let scores: Histogram = assessed(&ours).into_iter().map(|(composite, _)| composite).collect();
    let targets = target_shares(ours.body()).unwrap();
    let proposal = calibrate(&scores, ours.body().bands(), &targets).unwrap();
    assert_eq!(proposal.finding, Finding::Changed);
    let proposed = with_bands(&ours, &proposal.bands().unwrap(), "2026H1".parse().unwrap()).unwrap();
    let reported: Vec<u64> = proposal.classes.iter().map(|class| class.proposed.count).collect();
    assert_eq!(counts(&proposed), reported);
    assert_eq!(reported, [5, 9, 22, 3, 1]);
    let key = serde_json::to_string(&proposal.classes[1]).unwrap();
    insta::assert_snapshot!(key, @r#"{"class":"key","target_share":{"fraction":"9/40","decimal":"0.225"},"target":{"fraction":"9/1","decimal":"9"},"current":{"floor":"70.00","count":0,"share":"0","deviation":{"fraction":"-9/1","decimal":"-9"}},"proposed":{"floor":"43.80","count":9,"share":"0.225","deviation":{"fraction":"0/1","decimal":"0"}},"tie":null}"#);
}
