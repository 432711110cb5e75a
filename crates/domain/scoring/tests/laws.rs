//! What holds for every policy, reference and customer.
#![cfg(test)]

#[path = "oracle/log2.rs"]
mod log2;
#[allow(dead_code, reason = "the comparison with the crate reads the rest")]
#[path = "oracle/method.rs"]
mod method;
#[allow(dead_code, reason = "the comparison with the crate reads the rest")]
#[path = "oracle/population.rs"]
mod population;
#[path = "oracle/random.rs"]
mod random;
#[allow(dead_code, reason = "the comparison with the crate reads the rest")]
#[path = "oracle/ratio.rs"]
mod ratio;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::{Decision, FactMap};
use guanxi_scoring::{
    Assessment, Given, InputState, Override, PinnedReference, PolicyDocument, Reason, Reference, Scorer,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

use crate::method::{Answer, answer};
use crate::random::{Random, Shape};

fn as_of() -> DateTime<Utc> {
    "2024-02-29T12:00:00Z".parse().expect("an instant")
}

/// A random policy with a pinned reference and a customer, as documents and as the crate reads them.
struct Case {
    random: Random,
    policy: Value,
    reference: Value,
    customer: Value,
    document: PolicyDocument,
    pinned: PinnedReference,
    scorer: Scorer,
}

impl Case {
    fn new(seed: u64, shape: Shape) -> Self {
        let mut random = Random(seed);
        let policy = random::policy(&mut random, shape);
        let reference = random::reference(&mut random, &policy, as_of());
        let customer = another(&mut random, &policy, &reference);
        let document = PolicyDocument::from_value(&policy).expect("a valid policy");
        let pinned = PinnedReference::from_value(&reference).expect("a valid reference");
        let scorer = Scorer::new(&document, &pinned).expect("a reference of what the policy needs");
        Self { random, policy, reference, customer, document, pinned, scorer }
    }

    fn assess(&self, customer: &Value, given: &Given, at: DateTime<Utc>) -> Decision<Assessment, Reason> {
        self.scorer.assess(&facts(customer), given, at)
    }

    fn shown(&self) -> String {
        json!({"policy": self.policy, "reference": self.reference, "customer": self.customer}).to_string()
    }
}

fn another(random: &mut Random, policy: &Value, reference: &Value) -> Value {
    random::customer(random, policy, &|fact| random::ties(reference, policy, fact), as_of())
}

fn facts(customer: &Value) -> FactMap {
    serde_json::from_value(customer.clone()).expect("facts")
}

/// Nothing, or tiers that a review and an assessor have set, the override in force or not.
fn given(random: &mut Random, policy: &Value) -> Given {
    let tiers = policy["body"]["tiers"].as_array().expect("tiers");
    let tier = |random: &mut Random| {
        let tier = random.pick(tiers)["id"].as_str().expect("an id").parse();
        tier.expect("a tier")
    };
    let settled = random.percent(30).then(|| tier(random));
    let r#override = random.percent(50).then(|| Override {
        tier: tier(random),
        by: "assessor-7".parse().expect("an id"),
        why: "leader of the industry".into(),
        until: as_of() + TimeDelta::days(random.between(-1, 1) * random.between(0, 400)),
    });
    Given { settled, r#override }
}

/// Every instant after `as_of` at which time alone can make a difference, in order.
fn turning_points(policy: &Value, customer: &Value, given: &Given) -> BTreeSet<DateTime<Utc>> {
    let observed = customer.as_object().expect("facts").values();
    let observed: Vec<DateTime<Utc>> =
        observed.filter_map(|entry| method::instant(entry.get("known")?.get("observed_at")?)).collect();
    let ages = policy["body"]["indicators"].as_array().expect("indicators").iter();
    let ages: Vec<i64> = ages.filter_map(|indicator| indicator["greatest_age"]["days"].as_i64()).collect();
    let aged = observed.iter().flat_map(|at| ages.iter().map(|days| *at + TimeDelta::days(*days)));
    let until = given.r#override.iter().map(|set| set.until);
    observed.iter().copied().chain(aged).chain(until).filter(|at| *at > as_of()).collect()
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(512))]

    /// A value that is better in the declared direction, under a pinned reference, never lowers anything.
    #[test]
    fn improving_a_known_indicator_never_lowers_the_tier(seed in any::<u64>()) {
        let mut case = Case::new(seed, Shape::Monotone);
        let indicators = case.policy["body"]["indicators"].as_array().expect("indicators").clone();
        for indicator in &indicators {
            let fact = indicator["fact"].as_str().expect("a fact");
            let lower = |other: &Value| other["direction"] == "lower_is_better";
            if indicators.iter().any(|other| other["fact"] == fact && lower(other) != lower(indicator)) {
                continue;
            }
            // Two known values of the fact, all else being equal.
            let (mut one, mut two) = (case.customer.clone(), case.customer.clone());
            let others = another(&mut case.random, &case.policy, &case.reference);
            let Some(value) = others.get(fact).and_then(|entry| entry.get("known")?.get("value")) else { continue };
            let Some(known) = two.get_mut(fact).and_then(|entry| entry.get_mut("known")) else { continue };
            known["value"] = value.clone();
            let known = |customer: &Value| match answer(&case.policy, customer, fact, as_of()) {
                Answer::Known { x, .. } => Some(x),
                Answer::Missing | Answer::NotApplicable => None,
            };
            let (Some(x), Some(y)) = (known(&one), known(&two)) else { continue };
            if (x > y) != lower(indicator) {
                (one, two) = (two, one);
            }
            let worse = case.assess(&one, &Given::default(), as_of()).outcome;
            let better = case.assess(&two, &Given::default(), as_of()).outcome;
            prop_assert_eq!(worse.standing, better.standing, "{} {}", fact, case.shown());
            prop_assert!(worse.composite <= better.composite, "{} {}", fact, case.shown());
            prop_assert!(worse.rank <= better.rank, "{} {}", fact, case.shown());
            let scores = |outcome: &Assessment| {
                let dimensions = &outcome.dimensions;
                [dimensions.value, dimensions.potential, dimensions.need]
            };
            for (worse, better) in scores(&worse).into_iter().zip(scores(&better)) {
                prop_assert!(worse <= better, "{} {}", fact, case.shown());
            }
            let floor = |outcome: &Assessment| {
                let tier = outcome.tier.as_ref()?;
                case.document.body().tier(tier).map(|tier| tier.floor)
            };
            prop_assert!(floor(&worse) <= floor(&better), "{} {}", fact, case.shown());
        }
    }

    /// Time alone changes the outcome at `next_change` and not before, and never if there is none.
    #[test]
    fn next_change_is_the_first_instant_with_another_outcome(seed in any::<u64>()) {
        let mut case = Case::new(seed, Shape::Any);
        let given = given(&mut case.random, &case.policy);
        let now = case.assess(&case.customer, &given, as_of());
        let outcome = |at| case.assess(&case.customer, &given, at).outcome;
        let points = turning_points(&case.policy, &case.customer, &given);
        let first = points.iter().copied().find(|at| outcome(*at) != now.outcome);
        prop_assert_eq!(now.next_change, first, "{}", case.shown());
        if let Some(first) = first {
            prop_assert_eq!(&outcome(first - TimeDelta::nanoseconds(1)), &now.outcome, "{}", case.shown());
        } else {
            prop_assert_eq!(&outcome(as_of() + TimeDelta::days(200_000)), &now.outcome, "{}", case.shown());
        }
    }

    /// What was stale is never fresh again at a later instant.
    #[test]
    fn a_later_instant_never_makes_a_fact_younger(seed in any::<u64>(), days in 0_i64..800) {
        let case = Case::new(seed, Shape::Any);
        let facts = facts(&case.customer);
        let later = as_of() + TimeDelta::days(days);
        let (now, then) = (
            case.scorer.assess(&facts, &Given::default(), as_of()),
            case.scorer.explain(&facts, later),
        );
        for reason in &now.reasons {
            if let Reason::FactStale { indicator, .. } = reason {
                let state = then.iter().find(|part| part.indicator == indicator).map(|part| part.state);
                prop_assert!(state.is_some_and(|state| state != InputState::Known), "{} {}", indicator, case.shown());
            }
        }
    }

    /// The order of the population is of no consequence.
    #[test]
    fn a_permuted_population_gives_the_same_decisions(seed in any::<u64>()) {
        let mut case = Case::new(seed, Shape::Any);
        let mut customers: Vec<Value> =
            (0..8).map(|_| another(&mut case.random, &case.policy, &case.reference)).collect();
        let observe = |customers: &[Value]| {
            let mut reference = Reference::new(&case.document, as_of());
            for customer in customers {
                reference.observe(&case.document, &facts(customer));
            }
            reference.pin("population".parse().expect("an id"), "1".parse().expect("a version"))
        };
        let one = observe(&customers);
        case.random.shuffle(&mut customers);
        let two = observe(&customers);
        prop_assert_eq!(one.stamp(), two.stamp());
        prop_assert_eq!(one.to_value(), two.to_value());
        let decide = |reference: &PinnedReference| -> Vec<String> {
            let scorer = Scorer::new(&case.document, reference).expect("a scorer");
            let decide = |customer: &Value| scorer.assess(&facts(customer), &Given::default(), as_of());
            customers.iter().map(|customer| serde_json::to_string(&decide(customer)).expect("JSON")).collect()
        };
        prop_assert_eq!(decide(&one), decide(&two));
    }

    /// What is written reads back as the same thing, and is written the same way again.
    #[test]
    fn documents_and_decisions_survive_their_text(seed in any::<u64>()) {
        let mut case = Case::new(seed, Shape::Any);
        let policy = PolicyDocument::from_value(&case.document.to_value()).expect("its own normal form");
        prop_assert_eq!(&policy, &case.document);
        prop_assert_eq!(policy.stamp(), case.document.stamp());
        let pinned = PinnedReference::from_value(&case.pinned.to_value()).expect("its own normal form");
        prop_assert_eq!(&pinned, &case.pinned);
        prop_assert_eq!(pinned.stamp(), case.pinned.stamp());

        let given = given(&mut case.random, &case.policy);
        let decision = case.assess(&case.customer, &given, as_of());
        let text = serde_json::to_string(&decision).expect("JSON");
        let read: Decision<Assessment, Reason> = serde_json::from_str(&text).expect("its own text");
        prop_assert_eq!(&read, &decision);
        prop_assert_eq!(serde_json::to_string(&read).expect("JSON"), text);
        let given_text = serde_json::to_string(&given).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Given>(&given_text).expect("its own text"), given);
    }

    /// The effective tier is the override in force, else the settled one, else the computed one.
    #[test]
    fn the_effective_tier_is_the_strongest(seed in any::<u64>()) {
        let mut case = Case::new(seed, Shape::Any);
        let given = given(&mut case.random, &case.policy);
        let plain = case.assess(&case.customer, &Given::default(), as_of()).outcome;
        let outcome = case.assess(&case.customer, &given, as_of()).outcome;
        let in_force = given.r#override.filter(|set| as_of() < set.until);
        prop_assert_eq!(&outcome.tiers.computed, &plain.tiers.computed);
        prop_assert_eq!(&outcome.tiers.settled, &given.settled);
        prop_assert_eq!(&outcome.tiers.r#override, &in_force);
        let effective = in_force.map(|set| set.tier).or(given.settled).or(plain.tiers.computed);
        prop_assert_eq!(&outcome.tiers.effective, &effective);
        prop_assert_eq!(&outcome.tier, &effective);
        prop_assert_eq!(outcome.composite, plain.composite);
    }
}
