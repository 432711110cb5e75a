//! Generators for property tests.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use guanxi_core::arbitrary::{decimal, subject_id};
use guanxi_core::{FactId, FactMap, FactValue};
use guanxi_scoring::{Given, PolicyDocument, Reference, Scorer};
use proptest::prelude::*;

use crate::population::{Member, Questions};

/// Facts that boards and lists ask for: any numbers, any of them missing.
fn answers() -> impl Strategy<Value = Vec<(FactId, FactValue)>> {
    let questions = Questions::standard();
    let days = || (0_i64..2_000).prop_map(FactValue::Int);
    let amount = || {
        decimal().prop_filter("sums stay readable", |d| d.scale() <= 4 && d.abs() < 1_000_000_000_i64.into())
    };
    let answer = |id: FactId, value: BoxedStrategy<FactValue>| {
        prop::option::weighted(0.8, value).prop_map(move |value| value.map(|value| (id.clone(), value)))
    };
    (
        answer(questions.revenue, amount().prop_map(FactValue::Decimal).boxed()),
        answer(questions.orders, (0_i64..4).prop_map(FactValue::Int).boxed()),
        answer(questions.silence, days().boxed()),
        answer(questions.rhythm, (0_i64..400).prop_map(FactValue::Int).boxed()),
        answer(
            questions.trend,
            (-100_i64..100).prop_map(|n| FactValue::Decimal(rust_decimal::Decimal::new(n, 2))).boxed(),
        ),
    )
        .prop_map(|(a, b, c, d, e)| [a, b, c, d, e].into_iter().flatten().collect())
}

/// A policy with some of the customers that it has assessed.
pub fn population() -> impl Strategy<Value = (PolicyDocument, Vec<Member>)> {
    let customers =
        prop::collection::btree_map(subject_id(), (guanxi_scoring::arbitrary::facts(), answers()), 0..20);
    (guanxi_scoring::arbitrary::policy(), customers).prop_filter_map("valid", |(policy, customers)| {
        let as_of = guanxi_core::parse_instant("2026-06-30").ok()?;
        let customers: BTreeMap<_, FactMap> = customers
            .into_iter()
            .map(|(id, (facts, answers))| {
                (id, answers.into_iter().fold(facts, |facts, (fact, value)| facts.with(fact, value, None)))
            })
            .collect();
        let mut reference = Reference::new(&policy, as_of);
        customers.values().for_each(|facts| reference.observe(&policy, facts));
        let scorer = Scorer::new(&policy, &reference.pin("any".parse().ok()?, "1".parse().ok()?)).ok()?;
        let member = |(subject, facts): (_, FactMap)| {
            let decision = scorer.assess(&facts, &Given::default(), as_of);
            Member { subject, decision, facts }
        };
        let members = customers.into_iter().map(member).collect();
        Some((policy, members))
    })
}
