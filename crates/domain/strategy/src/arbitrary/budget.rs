//! Budgets: policies that can and cannot be met, totals of every size, customers with and without weights.
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::arbitrary::{decimal, subject_id};
use guanxi_core::{Currency, FactMap, FactValue, Money, Share, SubjectId, fact_id};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::{BudgetBandId, BudgetDocument};

fn hundredths(n: u32) -> Value {
    json!(format!("{}.{:02}", n / 100, n % 100))
}

/// Any policy over the tiers `t0` to `t5` with the facts `tier` and `weight`; most have an allocation.
pub fn budget_policy() -> impl Strategy<Value = BudgetDocument> {
    let bounds = || {
        prop_oneof![
            4 => (0_u32..=40, 0_u32..=60).prop_map(|(from, room)| (from, (from + room).min(100))),
            1 => (0_u32..=100).prop_map(|at| (at, at)),
            1 => Just((0, 100)),
        ]
    };
    let band = (bounds(), prop::option::of(0_u32..=100), any::<bool>());
    let bands = prop::collection::vec(band, 1..=5);
    (bands, any::<bool>(), any::<bool>(), any::<bool>()).prop_filter_map(
        "valid",
        |(bands, weighs, releases, joint)| {
            let bands: Vec<Value> = bands
                .iter()
                .enumerate()
                .map(|(place, ((from, to), aim, by_count))| {
                    let mut tiers = Vec::from([format!("t{place}")]);
                    if joint && place == 0 {
                        tiers.push("t5".into());
                    }
                    json!({
                        "id": format!("b{place}"), "tiers": tiers, "from": hundredths(*from), "to": hundredths(*to),
                        "aim": aim.map(|aim| hundredths(aim.clamp(*from, *to))),
                        "divide_by": if *by_count { "customers" } else { "weight" },
                    })
                })
                .collect();
            let tree = json!({"schema": "guanxi.budget/1", "id": "any", "version": "1", "body": {
                "tier": "tier", "weight": weighs.then_some("weight"),
                "when_empty": if releases { "release" } else { "keep" }, "bands": bands,
            }});
            BudgetDocument::from_value(&tree).ok()
        },
    )
}

/// Any total that can be allocated: from one minor unit to ten to the fifteenth, in currencies of none to four
/// decimal places.
pub fn total() -> impl Strategy<Value = Money> {
    let currency = prop::sample::select(Vec::from(["CNY", "JPY", "KWD", "CLF"]));
    let units = prop_oneof![
        2 => 1_i64..=10,
        2 => 1_i64..=10_000_000,
        1 => 1_i64..=i64::MAX,
        1 => Just(i64::MAX),
    ];
    (currency, units).prop_filter_map("a currency", |(currency, units)| {
        let currency: Currency = currency.parse().ok()?;
        Some(Money::new(Decimal::new(units, currency.minor_digits()?), currency))
    })
}

/// Shares wanted for some of the bands `b0` to `b4`.
pub fn wanted() -> impl Strategy<Value = BTreeMap<BudgetBandId, Share>> {
    let some = prop::collection::btree_map(0_u32..=4, 0_i64..=60, 1..=4).prop_map(|some| {
        let read = |(band, share): (u32, i64)| {
            let share = Share::try_from(Decimal::new(share, 2)).ok()?;
            Some((format!("b{band}").parse().ok()?, share))
        };
        some.into_iter().filter_map(read).collect()
    });
    prop_oneof![3 => Just(BTreeMap::new()), 1 => some]
}

/// Customers of the tiers `t0` to `t6`, and of none, with facts seen before and after an instant.
pub fn budget_customers(as_of: DateTime<Utc>) -> impl Strategy<Value = Vec<(SubjectId, FactMap)>> {
    let tier = prop_oneof![8 => (0_u32..=5).prop_map(Some), 1 => Just(Some(6)), 1 => Just(None)];
    let weight = prop_oneof![
        6 => (1_i64..=5).prop_map(|n| Some(Decimal::from(n))),
        3 => decimal().prop_map(Some),
        1 => Just(Some(Decimal::ZERO)),
        1 => Just(None),
    ];
    let seen = || prop_oneof![6 => Just(None), 1 => Just(Some(-1_i64)), 1 => Just(Some(1))];
    let customer = (tier, weight, seen(), seen());
    prop::collection::btree_map(subject_id(), customer, 0..24).prop_map(move |customers| {
        let at = |days: Option<i64>| days.and_then(|days| as_of.checked_add_signed(TimeDelta::days(days)));
        let facts = |(tier, weight, tier_seen, weight_seen): (Option<u32>, Option<Decimal>, _, _)| {
            let facts = tier.map_or_else(FactMap::new, |tier| {
                FactMap::new().with(fact_id!("tier"), FactValue::Text(format!("t{tier}")), at(tier_seen))
            });
            match weight {
                Some(weight) => facts.with(fact_id!("weight"), FactValue::Decimal(weight), at(weight_seen)),
                None => facts,
            }
        };
        customers.into_iter().map(|(subject, given)| (subject, facts(given))).collect()
    })
}
