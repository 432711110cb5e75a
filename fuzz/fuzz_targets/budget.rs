//! Budget policies, and totals divided by them.
#![no_main]

use guanxi_core::{FactMap, FactValue, Facts, Money, SubjectId, fact_id, parse_instant};
use guanxi_strategy::{BudgetPolicy, allocate, budget_preset, lint_budget};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Two sound documents, made once.
static SOUND: LazyLock<[Value; 2]> = LazyLock::new(|| {
    let own = json!({
        "schema": "guanxi.budget/1", "id": "ours", "version": "1",
        "body": {"tier": "tier", "weight": "composite", "when_empty": "release", "bands": [
            {"id": "a", "tiers": ["strategic", "key"], "from": "0.2", "to": "0.9", "aim": "0.3", "divide_by": "customers"},
            {"id": "b", "tiers": ["normal"], "from": "0", "to": "1"}
        ]}
    });
    [own, budget_preset("standard").expect("a preset").to_value()]
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(tree) = guanxi_fuzz::tree(bytes, &*SOUND) else { return };
    let Some(document) = guanxi_fuzz::document::<BudgetPolicy>(&tree) else { return };
    let _ = lint_budget(&document);
    let customer = |n: u32, tier: &str| -> (SubjectId, FactMap) {
        let facts = FactMap::new()
            .with(fact_id!("tier"), FactValue::Text(tier.into()), None)
            .with(fact_id!("composite"), FactValue::Decimal(Decimal::new(i64::from(n * 7), n % 5)), None);
        (format!("C{n}").parse().expect("an id"), facts)
    };
    let tiers = ["strategic", "key", "normal", "normal", "to_optimise", "other"];
    let customers: Vec<_> = (0..).zip(tiers).map(|(n, tier)| customer(n, tier)).collect();
    let given: Vec<(&SubjectId, &dyn Facts)> =
        customers.iter().map(|(subject, facts)| (subject, facts as &dyn Facts)).collect();
    let seed = i64::from(bytes.last().copied().unwrap_or(1)) + 1;
    let total = Money::new(Decimal::new(seed * 9_999_991, 2), "CNY".parse().expect("a currency"));
    let as_of = parse_instant("2026-06-30").expect("a day");
    let decision = allocate(&document, total, &BTreeMap::new(), &given, as_of).expect("a total that can be divided");
    if let Some(allocation) = decision.outcome.allocation() {
        let sum: Decimal = allocation.bands.iter().map(|band| band.amount.0).sum();
        assert_eq!(sum, total.amount(), "the bands add up");
    }
});
