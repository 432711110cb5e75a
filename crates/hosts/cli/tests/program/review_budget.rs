//! What `guanxi review` says of the budget.
use crate::input::{Dir, adventure_works};
use crate::run::{Ran, guanxi};

const CONFIG: &str = r#"as_of = 2026-06-30
currency = "CNY"
[files]
firms = "firms.csv"

[[parties]]
from = "firms"
id   = "{id}"
name = "{name}"
[parties.attributes]
"#;

fn review(budget: &str, args: &[&str]) -> (Ran, Dir) {
    let policy = r#"{"schema": "guanxi.budget/1", "id": "ours", "version": "1", "body": {"tier": "tier",
        "bands": [{"id": "all", "tiers": ["key"], "from": "0.5", "to": "0.9"}]}}"#;
    let dir = Dir::new()
        .with("guanxi.toml", format!("{CONFIG}{budget}"))
        .with("firms.csv", "id,name\n1,One\n2,Two\n")
        .with("ours.json", policy);
    let (folder, out) = (dir.at(""), dir.at("out"));
    let ran = guanxi(&[&["review", &folder, "--out", &out, "--quiet"], args].concat());
    (ran, dir)
}

fn section(board: &str) -> &str {
    let (_, rest) = board.split_once("\nBudget\n").unwrap_or_else(|| panic!("{board}"));
    rest.split_once("\n\n").unwrap_or_else(|| panic!("{board}")).0
}

#[test]
fn the_budget_of_the_example_is_divided_to_the_last_cent() {
    let dir = Dir::new();
    let out = dir.at("out");
    let board = guanxi(&["review", adventure_works().to_str().unwrap(), "--out", &out, "--quiet"]).well();
    insta::assert_snapshot!(section(&board), @"
    Budget of 360,000.00 USD by standard 1.0.0
    ┌───────────────────────────────────────────────────────────────────┐
    │ Band                      Bounds   Share       Amount   Customers │
    ╞═══════════════════════════════════════════════════════════════════╡
    │ Strategic                30–40 %    38 %   136,800.00           0 │
    │ Key                      25–30 %    29 %   104,400.00          64 │
    │ Potential                15–20 %    19 %    68,400.00         212 │
    │ Normal and to optimise   10–15 %    14 %    50,400.00         359 │
    │   Normal                                    49,172.81         341 │
    │   To optimise                                1,227.19          18 │
    └───────────────────────────────────────────────────────────────────┘
    Strategic: 136,800.00 is not divided, since there is no customer
    Customers without an amount, since their tier is not known: 66
    ");
    let decision: serde_json::Value = serde_json::from_str(&dir.read("out/segments.json")).unwrap();
    let outcome = &decision["budget"]["outcome"];
    assert_eq!(outcome["customers"].as_array().unwrap().len(), 701);
    // What the sheet has adds up to what is divided: all but the band without a customer.
    let cents = |text: &str| {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        format!("{whole}{part:0<2}").parse::<u64>().unwrap()
    };
    let mut sheet = csv_rows(&dir.read("out/customers.csv"));
    let place = sheet.remove(0).iter().position(|name| name == "budget").unwrap();
    let given: u64 = sheet.iter().filter(|row| !row[place].is_empty()).map(|row| cents(&row[place])).sum();
    let bands = outcome["bands"].as_array().unwrap();
    let all: u64 = bands.iter().map(|band| cents(band["amount"].as_str().unwrap())).sum();
    assert_eq!((all, given), (36_000_000, all - cents(bands[0]["amount"].as_str().unwrap())));
    assert!(dir.read("out/report.html").contains("<section id=\"budget\""));
}

/// The fields of a sheet whose last columns hold no quotes.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    text.lines()
        .map(|line| {
            let (mut fields, mut quoted) = (vec![String::new()], false);
            for c in line.chars() {
                match c {
                    '"' => quoted = !quoted,
                    ',' if !quoted => fields.push(String::new()),
                    c => fields.last_mut().unwrap().push(c),
                }
            }
            fields
        })
        .collect()
}

#[test]
fn a_budget_that_cannot_be_met_is_explained() {
    let (ran, dir) = review("[budget]\ntotal = 1000.5\npolicy = \"ours.json\"\n", &[]);
    insta::assert_snapshot!(section(&ran.well()), @"
    1,000.50 CNY cannot be divided:
    all: the greatest shares make 90 %, 10 percentage points too little
    Customers without an amount, since their tier is not known: 2
    ");
    assert!(dir.read("out/report.html").contains("10 percentage points too little"));
    let (ran, _) = review("[budget]\ntotal = 1000.5\npolicy = \"ours.json\"\n", &["--lang", "zh-CN"]);
    assert!(ran.well().contains("缺少 10 个百分点"));
    // Without the section there is none.
    let (ran, dir) = review("", &[]);
    assert!(!ran.well().contains("Budget"));
    assert!(!dir.read("out/report.html").contains("id=\"budget\""));
}

#[test]
fn what_is_wrong_with_a_budget_is_told() {
    let told = |budget: &str| {
        let (ran, dir) = review(budget, &[]);
        ran.seen(Some(&dir))
    };
    insta::assert_snapshot!(told("[budget]\ntotal = \"much\"\ncurency = \"CNY\"\npolicy = \"standrad\"\nshares = { \"a b\" = 0.1, key = 3 }\n"), @r#"
    -- stderr
    guanxi.toml:12:1: budget.total: not allowed here, given "much", allowed: expected a decimal such as `-12.34`, got `much`
        correct the value
    guanxi.toml:13:1: budget.curency: unknown field, given `curency`, allowed: total, currency, policy, shares (did you mean `currency`?)
        correct the name of the key, or remove it
    guanxi.toml:14:1: budget.policy: unknown name, given "standrad", allowed: standard, or a document of the folder: "budget.toml"
        correct the value
    guanxi.toml:15:12: budget.shares.a b: not allowed here, given `a b`, allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `a b`
        correct the value
    guanxi.toml:15:25: budget.shares.key: not allowed here, given 3, allowed: a share is from 0 to 1 (0.25 is 25 %), got `3`
        correct the value
    5 problems: nothing was reviewed
    -- exit code 2
    "#);
    insta::assert_snapshot!(told("[budget]\npolicy = \"../ours.json\"\n"), @"
    -- stderr
    guanxi.toml:11:2: budget.total: missing field, allowed: `total` is required
        add the key
    1 problem: nothing was reviewed
    -- exit code 2
    ");
    insta::assert_snapshot!(told("[budget]\ntotal = 0.005\n"), @"
    -- stderr
    guanxi.toml: budget: a total in CNY has at most 2 decimal places, got `0.005`
    -- exit code 2
    ");
    insta::assert_snapshot!(told("[budget]\ntotal = 5\nshares = { keys = 0.3 }\n"), @"
    -- stderr
    guanxi.toml: budget: the policy has no band `keys`, it has strategic, key, potential, ordinary
    -- exit code 2
    ");
}
