//! What is wrong is said whole; the presets are sound and have words for everything.
use std::collections::BTreeMap;

use guanxi_core::{FactMap, Facts, Money, SubjectId, parse_decimal, parse_instant};
use guanxi_strategy::{
    BudgetDocument, ShareRule, Spending, SpentOn, Undivided, WithoutAmount, allocate, budget_preset,
    budget_preset_ids, compare_spend, labels, lint_budget,
};
use serde_json::{Value, json};

use crate::cases::policy;

fn refused(body: &Value) -> String {
    let tree = json!({"schema": "guanxi.budget/1", "id": "ours", "version": "1", "body": body});
    BudgetDocument::from_value(&tree).err().unwrap().to_string()
}

fn money(amount: &str, currency: &str) -> Money {
    Money::new(parse_decimal(amount).unwrap(), currency.parse().unwrap())
}

#[test]
fn every_problem_of_a_policy_is_named() {
    insta::assert_snapshot!(refused(&json!({
        "teir": "tier", "weight": "the weight", "when_empty": "drop",
        "bands": [
            {"id": "a", "tiers": ["x", "x"], "from": "0.3", "to": "0.2"},
            {"id": "a", "tiers": [], "from": "0.1", "to": "1.2"},
            {"id": "b", "tiers": ["x", 5], "from": "0.1", "to": "0.2", "aim": "0.3", "divide_by": "luck"},
            {"tiers": ["y"], "from": "0.0000000001", "to": "0.2"}
        ]
    })), @r#"
    body.teir: unknown field, given `teir`, allowed: tier, weight, when_empty, bands (did you mean `tier`?)
    body.tier: missing field, allowed: `tier` is required
    body.weight: not allowed here, given "the weight", allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `the weight`
    body.when_empty: not allowed here, given "drop", allowed: keep, release
    body.bands[0].tiers[1]: duplicate, given "x", allowed: each tier in one band
    body.bands[0]: not allowed here, given from 0.3 to 0.2, allowed: from at most to
    body.bands[1]: duplicate, given id `a`, allowed: each band has an id of its own
    body.bands[1].tiers: not allowed here, given [], allowed: at least one tier
    body.bands[1].to: not allowed here, given "1.2", allowed: a share is from 0 to 1 (0.25 is 25 %), got `1.2`
    body.bands[2].tiers[0]: duplicate, given "x", allowed: each tier in one band
    body.bands[2].tiers[1]: not allowed here, given 5, allowed: invalid type: integer `5`, expected an id as text
    body.bands[2].divide_by: not allowed here, given "luck", allowed: weight, customers
    body.bands[2]: not allowed here, given aim 0.3, allowed: an aim from 0.1 to 0.2
    body.bands[3].id: missing field, allowed: `id` is required
    body.bands[3].from: not allowed here, given "0.0000000001", allowed: a share of at most nine decimal places
    "#);
    insta::assert_snapshot!(refused(&json!({"tier": "tier", "bands": []})), @"body.bands: not allowed here, given 0 bands, allowed: 1 to 64 bands");
}

#[test]
fn what_cannot_be_allocated_is_refused() {
    let standard = budget_preset("standard").unwrap();
    let as_of = parse_instant("2026-06-30").unwrap();
    let (id, facts): (SubjectId, FactMap) = ("C1".parse().unwrap(), FactMap::new());
    let refused = |total: Money, wanted: &[(&str, &str)], customers: usize| {
        let wanted: BTreeMap<_, _> = wanted
            .iter()
            .map(|(band, share)| (band.parse().unwrap(), serde_json::from_value(json!(share)).unwrap()))
            .collect();
        let given = vec![(&id, &facts as &dyn Facts); customers];
        allocate(&standard, total, &wanted, &given, as_of).unwrap_err().to_string()
    };
    insta::assert_snapshot!(refused(money("0", "CNY"), &[], 0), @"a total is above 0, got `0`");
    insta::assert_snapshot!(refused(money("-1", "CNY"), &[], 0), @"a total is above 0, got `-1`");
    insta::assert_snapshot!(refused(money("1", "XAU"), &[], 0), @"XAU has no minor unit to divide an amount into");
    insta::assert_snapshot!(refused(money("0.005", "CNY"), &[], 0), @"a total in CNY has at most 2 decimal places, got `0.005`");
    insta::assert_snapshot!(refused(money("184467440737095516.16", "CNY"), &[], 0), @"a total has at most 18446744073709551615 minor units, got `184467440737095516.16` CNY");
    insta::assert_snapshot!(refused(money("1", "CNY"), &[("stratgic", "0.4")], 0), @"the policy has no band `stratgic`");
    insta::assert_snapshot!(refused(money("1", "CNY"), &[("key", "0.2500000001")], 0), @"a wanted share has at most nine decimal places, got `0.2500000001` for `key`");
    insta::assert_snapshot!(refused(money("1", "CNY"), &[], 2), @"customer `C1` is given twice");
}

#[test]
fn spending_is_in_one_currency_and_of_28_digits() {
    let mut spending = Spending::new("CNY".parse().unwrap());
    let on = SpentOn::Tier("key".parse().unwrap());
    insta::assert_snapshot!(spending.spend(on.clone(), money("1", "USD")).unwrap_err().to_string(), @"spending is in CNY, got an amount in USD: convert it first");
    insta::assert_snapshot!(spending.merge(&Spending::new("USD".parse().unwrap())).unwrap_err().to_string(), @"spending is in CNY, got an amount in USD: convert it first");
    spending.spend(on.clone(), money("79228162514264337593543950335", "CNY")).unwrap();
    spending.spend(on, money("0.01", "CNY")).unwrap();
    let standard = budget_preset("standard").unwrap();
    let decision =
        allocate(&standard, money("1", "CNY"), &BTreeMap::new(), &[], parse_instant("2026-06-30").unwrap());
    let decision = decision.unwrap();
    let allocation = decision.outcome.allocation().unwrap();
    insta::assert_snapshot!(compare_spend(allocation, &spending).unwrap_err().to_string(), @"a sum of spending in CNY has more than 28 digits");
    let dollars = Spending::new("USD".parse().unwrap());
    insta::assert_snapshot!(compare_spend(allocation, &dollars).unwrap_err().to_string(), @"spending is in CNY, got an amount in USD: convert it first");
}

#[test]
fn what_is_suspicious_is_told() {
    let told = |body: &Value| {
        let warnings = lint_budget(&policy(body));
        let lines: Vec<String> =
            warnings.iter().map(|w| format!("{} {}: {}; {}", w.path, w.code, w.found, w.advice)).collect();
        lines.join("\n")
    };
    let band = |id: &str, from: &str, to: &str| json!({"id": id, "tiers": [id], "from": from, "to": to});
    let bands = |bands: &[Value]| json!({"tier": "tier", "when_empty": "release", "bands": bands});
    insta::assert_snapshot!(told(&bands(&[band("a", "0.5", "0.6"), band("b", "0.6", "0.7")])), @"body.bands no_allocation: the least shares make 1.1; no total can be allocated; lower the least shares or raise the greatest ones");
    insta::assert_snapshot!(told(&bands(&[band("a", "0.1", "0.4"), band("b", "0.1", "0.5")])), @"body.bands no_allocation: the greatest shares make 0.9; no total can be allocated; lower the least shares or raise the greatest ones");
    insta::assert_snapshot!(told(&bands(&[band("a", "0.1", "1"), band("b", "0.1", "0.5")])), @"body.bands[0] needs_customers: without a customer of a: the greatest shares make 0.5; keep the shares of empty bands, or raise the greatest shares of the others");
    insta::assert_snapshot!(told(&bands(&[band("a", "0.5", "1"), band("b", "0.5", "1")])), @"body.bands no_room: the least shares make exactly the whole; the other bounds have no effect");
    insta::assert_snapshot!(told(&bands(&[band("a", "0.25", "0.5"), band("b", "0", "0.5")])), @"
    body.bands[0] needs_customers: without a customer of a: the greatest shares make 0.5; keep the shares of empty bands, or raise the greatest shares of the others
    body.bands[1] needs_customers: without a customer of b: the greatest shares make 0.5; keep the shares of empty bands, or raise the greatest shares of the others
    body.bands no_room: the greatest shares make exactly the whole; the other bounds have no effect
    ");
    for id in budget_preset_ids() {
        assert_eq!(lint_budget(&budget_preset(id).unwrap()), []);
    }
    assert_eq!(budget_preset("other"), None);
}

#[test]
fn every_code_has_its_words() {
    let words = |pack: &guanxi_policy::LabelPack| {
        let has = |space: &str, code: &str| {
            assert!(pack.get(&format!("{space}.{code}")).is_some(), "{space}.{code}");
        };
        use ShareRule::{Aimed, Lowered, Raised, Released, Wanted};
        [Wanted, Aimed, Raised, Lowered, Released].iter().for_each(|rule| has("budget_rule", rule.code()));
        [Undivided::NoCustomer, Undivided::NoWeight]
            .iter()
            .for_each(|why| has("budget_undivided", why.code()));
        use WithoutAmount::{TierInNoBand, TierUnknown, WeightUnknown};
        [TierUnknown, TierInNoBand, WeightUnknown].iter().for_each(|why| has("budget_without", why.code()));
        for id in budget_preset_ids() {
            budget_preset(id)
                .unwrap()
                .body()
                .bands()
                .iter()
                .for_each(|band| has("budget_band", band.id.as_str()));
        }
        for code in [
            "policy_not_in_force",
            "wanted_outside",
            "too_much",
            "too_little",
            "band_share",
            "tier_part",
            "not_divided",
            "without",
            "weight_not_positive",
            "fact_from_future",
        ] {
            has("budget", code);
        }
    };
    let (english, chinese) = (labels("en").unwrap(), labels("zh-CN").unwrap());
    words(&english);
    words(&chinese);
    assert_eq!((english.gaps(&chinese), chinese.gaps(&english)), (vec![], vec![]));
    assert_eq!(labels("fr"), None);
}
