//! What a lift promises: enough, no more than needed, and nothing overlooked.
#![cfg(test)]

#[path = "../oracle/log2.rs"]
mod log2;
#[allow(dead_code, reason = "the comparison with the crate reads the rest")]
#[path = "../oracle/method.rs"]
mod method;
#[allow(dead_code, reason = "the comparison with the crate reads the rest")]
#[path = "../oracle/population.rs"]
mod population;
#[allow(dead_code, reason = "the comparison with the crate reads the rest")]
#[path = "../oracle/random.rs"]
mod random;
#[allow(dead_code, reason = "the comparison with the crate reads the rest")]
#[path = "../oracle/ratio.rs"]
mod ratio;
mod worked;

use chrono::{DateTime, Utc};
use guanxi_core::{Fact, FactId, FactKind, FactMap, FactValue, Facts, Level, Score};
use guanxi_scoring::{
    Direction, Given, IndicatorSpec, InputState, Lift, LiftOption, LiftVerdict, PinnedReference,
    PolicyDocument, Reference, Scorer,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};

use crate::random::{GREATEST, LEAST, Random, Shape};

fn as_of() -> DateTime<Utc> {
    "2024-02-29T12:00:00Z".parse().expect("an instant")
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// A policy, compiled, with a customer and what lifts it.
struct Case {
    policy: PolicyDocument,
    scorer: Scorer,
    customer: FactMap,
    lift: Lift,
}

impl Case {
    fn new(policy: PolicyDocument, reference: &PinnedReference, customer: FactMap) -> Self {
        let scorer = Scorer::new(&policy, reference).expect("a reference of what the policy needs");
        let lift = scorer.lift(&customer, as_of());
        Self { policy, scorer, customer, lift }
    }

    fn shown(&self) -> String {
        let customer = serde_json::to_value(&self.customer).expect("JSON");
        let lift = serde_json::to_value(&self.lift).expect("JSON");
        json!({"policy": self.policy.to_value(), "customer": customer, "lift": lift}).to_string()
    }

    fn composite(&self, customer: &FactMap) -> Option<Score> {
        self.scorer.assess(customer, &Given::default(), as_of()).outcome.composite
    }

    fn indicator(&self, option: &LiftOption) -> &IndicatorSpec {
        let mut indicators = self.policy.body().indicators().iter();
        indicators.find(|indicator| indicator.id == *option.indicator()).expect("an indicator")
    }

    /// The customer with a fact changed; `None` if the fact's kind has no such value.
    fn with(&self, fact: &FactId, value: Decimal) -> Option<FactMap> {
        let kind = self.policy.body().facts()[fact].kind;
        let value = match kind {
            FactKind::Int => FactValue::Int(value.to_i64().filter(|_| value.is_integer())?),
            FactKind::Bool if value.is_zero() || value == Decimal::ONE => FactValue::Bool(!value.is_zero()),
            FactKind::Bool => return None,
            FactKind::Level { of } => FactValue::Level(Level::new(value.to_i64()?, of).ok()?),
            _ => FactValue::Decimal(value),
        };
        let Fact::Known { observed_at, .. } = self.customer.fact(fact) else { panic!("a known fact") };
        Some(self.customer.clone().with(fact.clone(), value, observed_at))
    }

    /// Which facts break the schema, and how the inputs that weigh are found.
    fn standing(&self, customer: &FactMap) -> (Vec<FactId>, Vec<InputState>) {
        let errors = self.scorer.check(customer, as_of()).into_iter().map(|error| error.fact).collect();
        let parts = self.scorer.explain(customer, as_of());
        (errors, parts.iter().filter(|part| !part.shown_only).map(|part| part.state).collect())
    }

    /// What a fact changes by, in the direction that is better for an indicator.
    fn step(&self, indicator: &IndicatorSpec) -> Option<Decimal> {
        let schema = &self.policy.body().facts()[&indicator.fact];
        let quantum = match schema.kind {
            FactKind::Level { .. } | FactKind::Bool => schema.quantum.or(Some(Decimal::ONE)),
            _ => schema.quantum,
        };
        let lower = indicator.direction == Direction::LowerIsBetter;
        quantum.map(|quantum| if lower { -quantum } else { quantum })
    }

    /// What holds of every lift, however it was found.
    fn check(&self) -> Result<(), TestCaseError> {
        let outcome = self.scorer.assess(&self.customer, &Given::default(), as_of()).outcome;
        prop_assert_eq!(self.lift.composite, outcome.composite);
        prop_assert_eq!(&self.lift.from, &outcome.tiers.computed);
        let tiers = self.policy.body().tiers();
        let above = outcome.composite.and_then(|composite| {
            tiers.iter().filter(|tier| tier.floor > composite).min_by_key(|tier| tier.floor)
        });
        prop_assert_eq!(self.lift.target(), above.map(|tier| (&tier.id, tier.floor)), "{}", self.shown());
        let kinds = |kind: fn(&LiftOption) -> bool| self.lift.options.iter().filter(|o| kind(o)).count();
        let (reach, out) = (
            kinds(|option| matches!(option, LiftOption::Reaches { .. })),
            kinds(|option| matches!(option, LiftOption::OutOfReach { .. })),
        );
        let expected = match (&self.lift.verdict, outcome.composite) {
            (LiftVerdict::NoComposite, composite) => composite.is_none(),
            (LiftVerdict::HighestTier { tier }, _) => {
                above.is_none() && Some(tier) == self.lift.from.as_ref()
            }
            (LiftVerdict::NothingInfluenceable { .. }, _) => self.lift.options.is_empty(),
            (LiftVerdict::Possible { .. }, _) => reach > 0,
            (LiftVerdict::NoneCan { .. }, _) => out > 0 && out == self.lift.options.len(),
            (LiftVerdict::NoneFound { .. }, _) => reach == 0 && out < self.lift.options.len(),
            _ => false,
        };
        prop_assert!(expected, "{}", self.shown());
        prop_assert_eq!(self.lift.best().is_some(), reach > 0);

        // One option for each indicator that is ours and weighs; the cheapest first, then by the policy.
        let mut places = Vec::new();
        for (place, (indicator, part, _)) in self.policy.body().weighed().enumerate() {
            let weighs = part > 0 && self.policy.body().dimension_part(indicator.dimension).0 > 0;
            if indicator.influenceable && weighs && above.is_some() {
                places.push((place, indicator.id.clone()));
            }
        }
        let order = |option: &LiftOption| {
            let place = places.iter().find(|(_, id)| id == option.indicator()).expect("one that is ours").0;
            match option {
                LiftOption::Reaches { of_range, .. } => (false, of_range.decimal(), place),
                _ => (true, Decimal::ZERO, place),
            }
        };
        prop_assert_eq!(places.len(), self.lift.options.len(), "{}", self.shown());
        let orders: Vec<_> = self.lift.options.iter().map(order).collect();
        prop_assert!(orders.is_sorted_by_key(|(last, range, _)| (*last, *range)), "{}", self.shown());
        prop_assert!(orders.iter().filter(|order| order.0).is_sorted(), "{}", self.shown());

        for option in &self.lift.options {
            self.check_option(option, outcome.composite.expect("a composite"))?;
        }
        let text = serde_json::to_string(&self.lift).expect("JSON");
        prop_assert_eq!(&serde_json::from_str::<Lift>(&text).expect("its own text"), &self.lift);
        Ok(())
    }

    fn check_option(&self, option: &LiftOption, start: Score) -> Result<(), TestCaseError> {
        let indicator = self.indicator(option);
        let (_, floor) = self.lift.target().expect("a target");
        match option {
            LiftOption::Reaches { fact, from, to, change, composite, .. } => {
                let step = self.step(indicator).expect("a quantum");
                prop_assert_eq!(from.0 + change.0, to.0, "{}", self.shown());
                prop_assert_eq!((change.0 / step).normalize().scale(), 0, "{}", self.shown());
                prop_assert!((change.0 / step) >= Decimal::ONE, "{}", self.shown());
                let enough = self.with(fact, to.0).expect("a value of its kind");
                prop_assert_eq!(self.composite(&enough), Some(*composite), "{}", self.shown());
                prop_assert!(*composite >= floor, "{}", self.shown());
                prop_assert_eq!(self.standing(&enough), self.standing(&self.customer), "{}", self.shown());
                let less = self.with(fact, to.0 - step).expect("a value of its kind");
                prop_assert!(self.composite(&less) < Some(floor), "{}", self.shown());
            }
            LiftOption::OutOfReach { fact, from, best, composite, .. } => {
                prop_assert!(*composite < floor && *composite >= start, "{}", self.shown());
                let there = self.with(fact, best.0).expect("a value of its kind");
                prop_assert_eq!(self.composite(&there), Some(*composite), "{}", self.shown());
                prop_assert_eq!(self.standing(&there), self.standing(&self.customer), "{}", self.shown());
                prop_assert_eq!(best == from, *composite == start, "{}", self.shown());
            }
            LiftOption::Unknown { state, .. } => {
                let parts = self.scorer.explain(&self.customer, as_of());
                let found = parts.iter().find(|part| *part.indicator == indicator.id).expect("a part").state;
                prop_assert_eq!(*state, found, "{}", self.shown());
            }
            LiftOption::NoQuantum { .. } => prop_assert_eq!(self.step(indicator), None),
            LiftOption::Unclear { tried, .. } => prop_assert_eq!(*tried, 1_000),
            _ => prop_assert!(false, "{}", self.shown()),
        }
        Ok(())
    }

    /// The first value that reaches the floor, of those within some steps that break nothing.
    fn walked(&self, indicator: &IndicatorSpec, from: Decimal, steps: u32) -> Option<Decimal> {
        let (step, (_, floor)) = (self.step(indicator)?, self.lift.target()?);
        let now = self.standing(&self.customer);
        (1..=steps).map(|n| from + step * Decimal::from(n)).find(|value| {
            self.with(&indicator.fact, *value).is_some_and(|changed| {
                self.composite(&changed) >= Some(floor) && self.standing(&changed) == now
            })
        })
    }
}

/// Any policy, its indicators marked and its facts with quanta of every size.
fn any_case(seed: u64) -> Case {
    let mut random = Random(seed);
    let mut policy = random::policy(&mut random, Shape::Any);
    let reference = random::reference(&mut random, &policy, as_of());
    let ties = |fact: &str| random::ties(&reference, &policy, fact);
    let customer = random::customer(&mut random, &policy, &ties, as_of());
    for indicator in policy["body"]["indicators"].as_array_mut().expect("indicators") {
        indicator["influenceable"] = random.percent(80).into();
    }
    for schema in policy["body"]["facts"].as_object_mut().expect("facts").values_mut() {
        let whole = schema["kind"] != "decimal";
        let quanta: &[&str] =
            if whole { &["1", "2", "7"] } else { &["0.01", "1", "3", "0.5", LEAST, GREATEST] };
        if random.percent(90) {
            schema["quantum"] = (*random.pick(quanta)).into();
        }
    }
    let policy = PolicyDocument::from_value(&policy).expect("a valid policy");
    let reference = PinnedReference::from_value(&reference).expect("a valid reference");
    Case::new(policy, &reference, serde_json::from_value(customer).expect("facts"))
}

/// A policy over small numbers that are read again and again: up and down, as parts and as wholes.
fn small_case(seed: u64) -> Case {
    let mut random = Random(seed);
    let mut facts = json!({
        "a": {"kind": "decimal", "quantum": *random.pick(&["0.5", "1", "0.3"])},
        "b": {"kind": "int", "quantum": *random.pick(&["1", "2"])},
        "c": {"kind": "int", "part_of": "b", "quantum": "1"},
        "d": {"kind": "level", "of": 5}, "e": {"kind": "bool"}, "f": {"kind": "decimal"},
    });
    for (fact, least) in [("a", -9), ("b", 0), ("c", -1)] {
        if random.percent(50) {
            facts[fact]["min"] = least.into();
        }
        if random.percent(50) {
            facts[fact]["max"] = random.between(10, 25).into();
        }
    }
    let names = ["a", "b", "c", "c", "d", "e", "f"];
    let mut indicators = Vec::new();
    for i in 0..=random.below(6) {
        let mut fact = *random.pick(&names);
        let normaliser = match random.below(11) {
            0 => json!({"kind": "relative_to_max"}),
            1 => json!({"kind": "relative_to_total"}),
            2 => json!({"kind": "relative_to_fixed", "of": random.between(1, 20)}),
            3 => json!({"kind": "linear", "from": random.between(-5, 3), "to": random.between(4, 20)}),
            4 => {
                fact = "d";
                json!({"kind": "level"})
            }
            5 | 6 => json!({"kind": "share_of", "whole": *random.pick(&["a", "b", "c"])}),
            7 => {
                let mut value = || format!("0.{:02}", random.below(100));
                json!({"kind": "steps", "steps": [{"from": 0, "value": value()}, {"from": 2, "value": value()}, {"from": "4.5", "value": value()}]})
            }
            8 => json!({"kind": "percentile"}),
            9 => json!({"kind": "capped", "quantile": "0.7"}),
            _ => json!({"kind": "logarithmic", "unit": random.between(1, 5), "full": random.between(2, 20)}),
        };
        indicators.push(json!({
            "id": format!("i{i}"), "dimension": if i == 0 || random.percent(60) { "value" } else { "need" },
            "weight": if i == 0 { 2 } else { random.below(4) }, "fact": fact, "normaliser": normaliser,
            "direction": *random.pick(&["higher_is_better", "higher_is_better", "lower_is_better"]),
            "missing": *random.pick(&["renormalise", "lowest", "neutral"]),
            "influenceable": random.percent(80),
        }));
    }
    let need =
        indicators.iter().any(|indicator| indicator["dimension"] == "need" && indicator["weight"] != 0);
    let mut floors: Vec<u64> = (0..12).map(|_| random.below(99) + 1).collect();
    floors.push(0);
    floors.sort_unstable();
    floors.dedup();
    let tiers: Vec<Value> =
        floors.iter().map(|floor| json!({"id": format!("t{floor}"), "floor": floor})).collect();
    let dimensions = if need { json!({"value": 3, "need": 2}) } else { json!({"value": 1, "need": 0}) };
    let body = json!({"dimensions": dimensions, "facts": facts, "indicators": indicators, "tiers": tiers});
    let policy = json!({"schema": "guanxi.scoring/1", "id": "small", "version": "1", "body": body});
    let policy = PolicyDocument::from_value(&policy).unwrap_or_else(|problems| panic!("{problems}"));
    let mut customer = || {
        let mut customer = json!({});
        for fact in ["a", "b", "c", "d", "e", "f"] {
            let n = random.between(-2, 12);
            let value = match fact {
                "a" | "f" => json!({"decimal": n}),
                "d" => json!({"level": {"level": n.clamp(1, 5), "of": 5}}),
                "e" => json!({"bool": n > 6}),
                _ => json!({"int": n}),
            };
            match random.below(20) {
                0 => {}
                1 => customer[fact] = "not_applicable".into(),
                _ => customer[fact] = json!({"known": {"value": value}}),
            }
        }
        serde_json::from_value::<FactMap>(customer).expect("facts")
    };
    let mut reference = Reference::new(&policy, as_of());
    for _ in 0..6 {
        reference.observe(&policy, &customer());
    }
    let customer = customer();
    let reference = reference.pin("others".parse().expect("an id"), "1".parse().expect("a version"));
    Case::new(policy, &reference, customer)
}

proptest! {
    #![proptest_config(config(1_500))]

    /// What is promised is reached, and with one quantum less it is not: any policy, any numbers.
    #[test]
    fn a_lift_suffices_and_is_the_least(seed in any::<u64>()) {
        any_case(seed).check()?;
    }

    /// Nothing is overlooked: walking the values one by one finds the same.
    #[test]
    fn a_lift_is_what_a_walk_finds(seed in any::<u64>()) {
        const STEPS: u32 = 40;
        let case = small_case(seed);
        case.check()?;
        for option in &case.lift.options {
            let indicator = case.indicator(option);
            match option {
                LiftOption::Reaches { from, to, change, .. } => {
                    let step = case.step(indicator).expect("a quantum");
                    let walked = case.walked(indicator, from.0, STEPS);
                    let near = change.0 / step <= Decimal::from(STEPS);
                    prop_assert_eq!(walked, near.then_some(to.0), "{}", case.shown());
                }
                LiftOption::OutOfReach { from, .. } => {
                    prop_assert_eq!(case.walked(indicator, from.0, STEPS), None, "{}", case.shown());
                }
                LiftOption::Unclear { fact, .. } => {
                    let Fact::Known { value, .. } = case.customer.fact(fact) else { panic!("a known fact") };
                    let from = value.number().expect("a number");
                    prop_assert_eq!(case.walked(indicator, from, STEPS), None, "{}", case.shown());
                }
                _ => {}
            }
        }
    }
}

/// The random cases are not all of one kind.
#[test]
fn every_outcome_occurs_among_the_random_cases() {
    let mut random = Random(11);
    let mut seen = std::collections::BTreeMap::<String, u32>::new();
    for _ in 0..1_500 {
        let seed = random.next();
        for lift in [any_case(seed).lift, small_case(seed).lift] {
            let lift = serde_json::to_value(&lift).expect("JSON");
            let options = lift["options"].as_array().expect("options").iter();
            for one in options.chain([&lift["verdict"]]) {
                *seen.entry(one["code"].as_str().expect("a code").to_owned()).or_default() += 1;
            }
        }
    }
    for (code, count) in &seen {
        assert!(*count >= 10, "{code} {count}");
    }
    assert_eq!(seen.len(), 11, "{seen:?}");
}
