//! What holds of every comparison with what was spent.
use std::collections::BTreeMap;

use guanxi_core::arbitrary::subject_id;
use guanxi_core::{Money, TierId};
use guanxi_strategy::arbitrary::budget::{budget_customers, budget_policy};
use guanxi_strategy::{BudgetVerdict, Spending, SpentOn, compare_spend};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::laws::{as_of, decide};

fn spent() -> impl Strategy<Value = Vec<(u8, usize, Decimal)>> {
    prop::collection::vec(
        (0_u8..4, 0_usize..30, (-100_000_i64..=100_000).prop_map(|n| Decimal::new(n, 3))),
        0..40,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn everything_spent_is_somewhere_in_any_order_and_in_any_parts(
        policy in budget_policy(), customers in budget_customers(as_of()), stranger in subject_id(),
        spent in spent(), cut in 0_usize..40,
    ) {
        let yuan = "CNY".parse().unwrap();
        let total = Money::new(Decimal::new(123_456, 2), yuan);
        let decision = decide(&policy, total, &BTreeMap::new(), &customers);
        let Some(allocation) = decision.outcome.allocation() else { return Ok(()) };
        let on = |kind: u8, n: usize| match kind {
            0 => SpentOn::Tier(format!("t{}", n % 8).parse::<TierId>().unwrap()),
            1 => SpentOn::Customer(stranger.clone()),
            _ => SpentOn::Customer(customers.get(n).map_or(&stranger, |(subject, _)| subject).clone()),
        };
        let add = |part: &[(u8, usize, Decimal)]| {
            let mut spending = Spending::new(yuan);
            part.iter().for_each(|(kind, n, amount)| spending.spend(on(*kind, *n), Money::new(*amount, yuan)).unwrap());
            spending
        };
        let (first, second) = spent.split_at(cut.min(spent.len()));
        let (mut one, mut other) = (add(first), add(second));
        let whole = add(&spent);
        other.merge(&one).unwrap();
        one.merge(&add(second)).unwrap();
        prop_assert_eq!(&one, &whole);
        prop_assert_eq!(&other, &whole);

        let report = compare_spend(allocation, &whole).unwrap();
        let sum: Decimal = spent.iter().map(|(_, _, amount)| *amount).sum();
        prop_assert_eq!(report.spent.0, sum);
        prop_assert_eq!(report.left.0, total.amount() - sum);
        let bands: Decimal = report.bands.iter().map(|band| band.spent.0).sum();
        prop_assert_eq!(bands + report.outside.0, sum);
        for (band, budget) in report.bands.iter().zip(&allocation.bands) {
            prop_assert_eq!(band.planned, budget.amount);
            prop_assert_eq!(band.left.0, band.planned.0 - band.spent.0);
            prop_assert_eq!(band.tiers.iter().map(|tier| tier.spent.0).sum::<Decimal>(), band.spent.0);
            let expected = if sum <= Decimal::ZERO {
                BudgetVerdict::Open
            } else if band.spent.0 < budget.from.get() * sum {
                BudgetVerdict::Below
            } else if band.spent.0 > budget.to.get() * sum {
                BudgetVerdict::Above
            } else {
                BudgetVerdict::Within
            };
            prop_assert_eq!(band.in_bounds, expected);
        }
        for row in &report.customers {
            let own: Decimal = spent
                .iter()
                .filter(|(kind, n, _)| on(*kind, *n) == SpentOn::Customer(row.subject.clone()))
                .map(|(_, _, amount)| *amount)
                .sum();
            prop_assert_eq!(row.spent.0, own);
        }
    }
}
