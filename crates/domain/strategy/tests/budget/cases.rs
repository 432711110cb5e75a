//! Worked cases: a total, who there is, what each gets and why; and what was spent of it.
use std::collections::BTreeMap;
use std::fmt::Write as _;

use guanxi_core::{DecimalText, FactMap, FactValue, Facts, Money, Share, SubjectId, fact_id, parse_instant};
use guanxi_policy::LabelPack;
use guanxi_strategy::{
    Allocation, Budget, BudgetBandId, BudgetDocument, SpendReport, Spending, SpentOn, allocate,
    budget_preset, compare_spend, labels,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Id, tier, weight, and since when the facts are known.
type Customer = (SubjectId, Option<String>, Option<DecimalText>, Option<String>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// A preset's id, or the body of a policy.
    policy: Value,
    total: Money,
    #[serde(default)]
    wanted: BTreeMap<BudgetBandId, Share>,
    customers: Vec<Customer>,
    #[serde(default)]
    spent: Vec<(SpentOn, DecimalText)>,
}

pub(crate) fn policy(given: &Value) -> BudgetDocument {
    if let Some(id) = given.as_str() {
        return budget_preset(id).unwrap();
    }
    let tree = json!({"schema": "guanxi.budget/1", "id": "ours", "version": "1", "body": given});
    BudgetDocument::from_value(&tree).unwrap_or_else(|problems| panic!("{problems}"))
}

fn shown(allocation: &Allocation, text: &mut String) {
    for band in &allocation.bands {
        writeln!(text, "{}: {} = {}", band.band, band.share, band.amount.0).unwrap();
        for tier in &band.tiers {
            let undivided = tier.undivided.map_or(String::new(), |why| format!(", {why:?}"));
            writeln!(text, "  {}: {} for {}{undivided}", tier.tier, tier.amount.0, tier.customers).unwrap();
            for row in allocation.customers.iter().filter(|row| row.tier.as_ref() == Some(&tier.tier)) {
                let amount =
                    row.amount.map_or_else(|| format!("{:?}", row.without), |amount| amount.0.to_string());
                writeln!(text, "    {}: {amount}", row.subject).unwrap();
            }
        }
    }
}

fn compared(report: &SpendReport, text: &mut String) {
    writeln!(
        text,
        "spent {} of {}, left {}, outside {}",
        report.spent.0, report.planned.0, report.left.0, report.outside.0
    )
    .unwrap();
    for band in &report.bands {
        writeln!(
            text,
            "  {}: {} of {}, left {}, used {:?}, share {:?} {:?}",
            band.band,
            band.spent.0,
            band.planned.0,
            band.left.0,
            band.used.map(|used| used.0.to_string()),
            band.share.map(|share| share.to_string()),
            band.in_bounds
        )
        .unwrap();
    }
    for row in &report.customers {
        let planned = row.planned.map_or_else(|| "nothing".to_owned(), |planned| planned.0.to_string());
        writeln!(text, "  {}: {} of {planned}, {:?}", row.subject, row.spent.0, row.verdict).unwrap();
    }
}

fn check(case: &str) -> String {
    let case: Case = serde_json::from_str(case).unwrap();
    let policy = policy(&case.policy);
    let body = policy.body();
    let customers: Vec<(SubjectId, FactMap)> = case
        .customers
        .into_iter()
        .map(|(subject, tier, weight, since)| {
            let since = since.map(|at| parse_instant(&at).unwrap());
            let mut facts = FactMap::new();
            if let Some(tier) = tier {
                facts = facts.with(body.tier().clone(), FactValue::Text(tier), since);
            }
            if let Some(weight) = weight {
                let id = body.weight().cloned().unwrap_or(fact_id!("unused"));
                facts = facts.with(id, FactValue::Decimal(weight.0), since);
            }
            (subject, facts)
        })
        .collect();
    let given: Vec<(&SubjectId, &dyn Facts)> =
        customers.iter().map(|(subject, facts)| (subject, facts as &dyn Facts)).collect();
    let as_of = parse_instant("2026-06-30").unwrap();
    let decision = allocate(&policy, case.total, &case.wanted, &given, as_of).unwrap();
    let mut text = String::new();
    match &decision.outcome {
        Budget::Infeasible { total } => writeln!(text, "no allocation of {total}").unwrap(),
        Budget::Allocated(allocation) => {
            shown(allocation, &mut text);
            if !case.spent.is_empty() {
                let mut spending = Spending::new(case.total.currency());
                for (on, amount) in case.spent {
                    spending.spend(on, Money::new(amount.0, case.total.currency())).unwrap();
                }
                compared(&compare_spend(allocation, &spending).unwrap(), &mut text);
            }
        }
    }
    let chinese = labels("zh-CN").unwrap();
    for pack in [tiers(labels("en").unwrap()), chinese] {
        decision.reasons.iter().for_each(|reason| writeln!(text, "- {}", reason.text(&pack)).unwrap());
    }
    if let Some(next) = decision.next_change {
        writeln!(text, "until {next}").unwrap();
    }
    text
}

/// Tiers have their labels from the crate that knows them.
fn tiers(pack: LabelPack) -> LabelPack {
    pack.with(LabelPack::parse(r#"{"tier.normal": "Normal", "tier.to_optimise": "To optimise"}"#).unwrap())
}

macro_rules! cases {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), check(include_str!(concat!("cases/", stringify!($name), ".json"))));
        }
    )*};
}

cases! {
    a_year_of_every_tier
    one_cent
    somebody_wants_more
    too_much_is_wanted
    tiers_without_customers
    what_empty_bands_release
    nobody_to_release_to
    weights_that_are_missing
}
