//! What holds of every allocation.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use guanxi_core::{
    DecimalText, Decision, FactMap, FactValue, Facts, Money, Share, SubjectId, fact_id, parse_decimal,
    parse_instant,
};
use guanxi_strategy::arbitrary::budget::{budget_customers, budget_policy, total, wanted};
use guanxi_strategy::{
    Allocation, Budget, BudgetBandId, BudgetDocument, BudgetReason, ShareRule, allocate, budget_preset,
};
use num_bigint::BigInt;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::oracle::{Amount, Expected, Q, expect, sum};

type Decided = Decision<Budget, BudgetReason>;

pub(crate) fn as_of() -> DateTime<Utc> {
    parse_instant("2026-06-30T08:00:00Z").unwrap()
}

pub(crate) fn decide(
    policy: &BudgetDocument,
    total: Money,
    wanted: &BTreeMap<BudgetBandId, Share>,
    customers: &[(SubjectId, FactMap)],
) -> Decided {
    let given: Vec<(&SubjectId, &dyn Facts)> =
        customers.iter().map(|(subject, facts)| (subject, facts as &dyn Facts)).collect();
    allocate(policy, total, wanted, &given, as_of()).unwrap()
}

/// Wanted shares of bands that the policy has.
fn known(policy: &BudgetDocument, wanted: BTreeMap<BudgetBandId, Share>) -> BTreeMap<BudgetBandId, Share> {
    let has = |band: &BudgetBandId| policy.body().bands().iter().any(|known| known.id == *band);
    wanted.into_iter().filter(|(band, _)| has(band)).collect()
}

fn units(total: Money, amount: DecimalText) -> BigInt {
    let scaled = Q::decimal(amount.0)
        .times(&Q(BigInt::from(10).pow(total.currency().minor_digits().unwrap()), 1.into()));
    assert_eq!(&scaled.0 % &scaled.1, BigInt::ZERO, "whole minor units");
    scaled.0 / scaled.1
}

/// The exact amount lies less than one unit away.
fn near(units: &BigInt, exact: &Q) -> bool {
    let off = Q(units.clone(), 1.into()).minus(exact);
    off.compare(&Q::int(1)).is_lt() && off.compare(&Q((-1).into(), 1.into())).is_gt()
}

fn agrees(allocation: &Allocation, expected: &Expected) {
    let total = allocation.total;
    let of = |amount: DecimalText| units(total, amount);
    let same = |given: &BigInt, expected: &Amount| {
        assert_eq!(*given, expected.units);
        assert!(near(given, &expected.exact));
    };
    assert_eq!(
        allocation.bands.iter().map(|band| of(band.amount)).sum::<BigInt>(),
        of(DecimalText(total.amount()))
    );
    assert!(sum(&expected.shares).compare(&Q::int(1)).is_eq());
    for (place, band) in allocation.bands.iter().enumerate() {
        let share = Q(band.share.numerator().into(), band.share.denominator().into());
        assert!(share.compare(&expected.shares[place]).is_eq());
        same(&of(band.amount), &expected.bands[place]);
        match &expected.tiers[place] {
            None => assert!(band.tiers.iter().all(|tier| tier.amount.0.is_zero())),
            Some(tiers) => {
                assert!(band.undivided.is_none());
                assert_eq!(band.tiers.iter().map(|tier| of(tier.amount)).sum::<BigInt>(), of(band.amount));
                band.tiers.iter().zip(tiers).for_each(|(tier, expected)| same(&of(tier.amount), expected));
            }
        }
        for tier in &band.tiers {
            let members = allocation.customers.iter().filter(|row| row.tier.as_ref() == Some(&tier.tier));
            let given: BigInt = members.filter_map(|row| row.amount).map(of).sum();
            assert_eq!(given, if tier.undivided.is_some() { BigInt::ZERO } else { of(tier.amount) });
        }
    }
    let with: BTreeMap<&SubjectId, BigInt> =
        allocation.customers.iter().filter_map(|row| Some((&row.subject, of(row.amount?)))).collect();
    assert_eq!(with.keys().copied().collect::<Vec<_>>(), expected.customers.keys().collect::<Vec<_>>());
    with.iter().for_each(|(subject, amount)| same(amount, &expected.customers[*subject]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn an_allocation_is_that_of_the_method(
        policy in budget_policy(), total in total(), wanted in wanted(), customers in budget_customers(as_of()),
    ) {
        let wanted = known(&policy, wanted);
        let decision = decide(&policy, total, &wanted, &customers);
        match (&decision.outcome, expect(&policy, total, &wanted, &customers, as_of())) {
            (Budget::Allocated(allocation), Some(expected)) => agrees(allocation, &expected),
            (Budget::Infeasible { .. }, None) => {}
            (outcome, expected) => panic!("{outcome:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn shares_lie_in_their_bands_or_the_conflict_is_real(
        policy in budget_policy(), wanted in wanted(), customers in budget_customers(as_of()),
    ) {
        let wanted = known(&policy, wanted);
        let total = Money::new(Decimal::ONE, "CNY".parse().unwrap());
        let decision = decide(&policy, total, &wanted, &customers);
        for reason in &decision.reasons {
            match reason {
                BudgetReason::BandShare { rule, share, start, from, to, .. } => {
                    let share = Q(share.numerator().into(), share.denominator().into());
                    let start = Q(start.numerator().into(), start.denominator().into());
                    let inside = share.compare(&Q::decimal(from.get())).is_ge() && share.compare(&Q::decimal(to.get())).is_le();
                    prop_assert!(inside || *rule == ShareRule::Released);
                    match rule {
                        ShareRule::Raised => prop_assert!(share.compare(&start).is_gt()),
                        ShareRule::Lowered => prop_assert!(share.compare(&start).is_lt()),
                        ShareRule::Wanted | ShareRule::Aimed => prop_assert!(share.compare(&start).is_eq()),
                        ShareRule::Released => prop_assert!(share.is_zero()),
                    }
                }
                // What is said to be too much or too little is so by exactly as much.
                BudgetReason::TooMuch { sum, by, .. } => {
                    prop_assert!(by.0 > Decimal::ZERO);
                    prop_assert_eq!(sum.0 - by.0, Decimal::ONE);
                }
                BudgetReason::TooLittle { sum, by, .. } => {
                    prop_assert!(by.0 > Decimal::ZERO);
                    prop_assert_eq!(sum.0 + by.0, Decimal::ONE);
                }
                BudgetReason::WantedOutside { wanted, from, to, by, .. } => {
                    let by = by.0;
                    prop_assert!(by > Decimal::ZERO && (wanted.get() + by == from.get() || wanted.get() - by == to.get()));
                }
                _ => {}
            }
        }
    }

    #[test]
    fn the_order_of_the_customers_does_not_matter(
        policy in budget_policy(), total in total(),
        (customers, shuffled) in budget_customers(as_of()).prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        let none = BTreeMap::new();
        prop_assert_eq!(decide(&policy, total, &none, &customers), decide(&policy, total, &none, &shuffled));
    }

    #[test]
    fn who_weighs_more_gets_no_less(
        policy in budget_policy(), total in total(), customers in budget_customers(as_of()),
    ) {
        let decision = decide(&policy, total, &BTreeMap::new(), &customers);
        let Some(allocation) = decision.outcome.allocation() else { return Ok(()) };
        let facts: BTreeMap<&SubjectId, &FactMap> = customers.iter().map(|(subject, facts)| (subject, facts)).collect();
        let weight = |subject: &SubjectId| match facts[subject].fact(&fact_id!("weight")) {
            guanxi_core::Fact::Known { value, .. } if policy.body().weight().is_some() => value.number().unwrap(),
            _ => Decimal::ONE,
        };
        for a in &allocation.customers {
            for b in allocation.customers.iter().filter(|b| a.tier == b.tier) {
                if let (Some(x), Some(y)) = (a.amount, b.amount)
                    && weight(&a.subject) > weight(&b.subject)
                {
                    prop_assert!(x.0 >= y.0);
                }
            }
        }
    }

    #[test]
    fn decisions_and_policies_survive_their_wire(
        policy in budget_policy(), total in total(), customers in budget_customers(as_of()),
    ) {
        prop_assert_eq!(&BudgetDocument::from_value(&policy.to_value()).unwrap(), &policy);
        let decision = decide(&policy, total, &BTreeMap::new(), &customers);
        let text = serde_json::to_string(&decision).unwrap();
        prop_assert_eq!(serde_json::from_str::<Decided>(&text).unwrap(), decision);
    }

    #[test]
    fn nothing_changes_before_the_next_change(policy in budget_policy(), customers in budget_customers(as_of())) {
        let total = Money::new(Decimal::ONE_HUNDRED, "CNY".parse().unwrap());
        let decision = decide(&policy, total, &BTreeMap::new(), &customers);
        let given: Vec<(&SubjectId, &dyn Facts)> = customers.iter().map(|(subject, facts)| (subject, facts as &dyn Facts)).collect();
        let later = decision.next_change.unwrap_or(as_of() + chrono::TimeDelta::days(400)) - chrono::TimeDelta::nanoseconds(1);
        let again = allocate(&policy, total, &BTreeMap::new(), &given, later).unwrap();
        prop_assert_eq!(again.outcome, decision.outcome);
    }
}

/// The extremes of the issue: 0.01 and 10^15, with nobody, one, and very many customers.
#[test]
fn totals_of_every_size_add_up_for_any_number_of_customers() {
    let policy = budget_preset("standard").unwrap();
    let tiers = ["strategic", "key", "potential", "normal", "to_optimise"];
    for count in [0_u32, 1, 7, 4_000] {
        let customers: Vec<(SubjectId, FactMap)> = (0..count)
            .map(|n| {
                let facts = FactMap::new()
                    .with(fact_id!("tier"), FactValue::Text(tiers[n as usize % 5].into()), None)
                    .with(
                        fact_id!("composite"),
                        FactValue::Decimal(Decimal::new(i64::from(n * 37 % 10_001), 2)),
                        None,
                    );
                (format!("C{n}").parse().unwrap(), facts)
            })
            .collect();
        for amount in ["0.01", "0.02", "1", "999999.99", "1000000000000000", "184467440737095516.15"] {
            let total = Money::new(parse_decimal(amount).unwrap(), "CNY".parse().unwrap());
            let decision = decide(&policy, total, &BTreeMap::new(), &customers);
            let allocation = decision.outcome.allocation().unwrap();
            let bands: Decimal = allocation.bands.iter().map(|band| band.amount.0).sum();
            assert_eq!(bands, total.amount());
            let divided: Decimal = allocation.customers.iter().filter_map(|row| Some(row.amount?.0)).sum();
            let kept: Decimal = allocation
                .bands
                .iter()
                .map(|band| {
                    let tiers = band.tiers.iter().filter(|tier| tier.undivided.is_some());
                    let tiers: Decimal = tiers.map(|tier| tier.amount.0).sum();
                    if band.undivided.is_some() { band.amount.0 } else { tiers }
                })
                .sum();
            assert_eq!(divided + kept, total.amount(), "{count} customers, {amount}");
            assert!(kept.is_zero() || count < 7);
        }
    }
}
