//! `guanxi budget`.
use crate::input::{DAY, Dir};
use crate::run::{Ran, fed, guanxi};

pub(crate) const CUSTOMERS: &str = r#"{"subject": "S1", "facts": {"tier": "strategic", "composite": "95.5"}}
{"subject": "K2", "facts": {"tier": "key", "composite": 71}}
{"subject": "K1", "facts": {"tier": "key", "composite": "88"}}
{"subject": "N1", "facts": {"tier": "normal", "composite": "60"}}
{"subject": "O1", "facts": {"tier": "to_optimise", "composite": "20"}}
{"subject": "X1", "facts": {"composite": "20"}}
"#;

fn budget(args: &[&str], input: &str) -> Ran {
    fed(&[&["budget", "--total", "1000000 CNY", "--as-of", DAY, "--quiet"], args].concat(), input)
}

#[test]
fn a_total_is_divided_to_the_last_cent() {
    let ran = budget(&["--lang", "en"], CUSTOMERS);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let decision = &ran.lines()[0];
    let rows = decision["outcome"]["customers"].as_array().unwrap();
    let told: Vec<String> =
        rows.iter().map(|row| format!("{} {} {}", row["subject"], row["amount"], row["without"])).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    "K1" "160503.14" null
    "K2" "129496.86" null
    "N1" "105000" null
    "O1" "35000" null
    "S1" "380000" null
    "X1" null "tier_unknown"
    "#);
    let cents = |amount: &serde_json::Value| {
        let text = amount.as_str().unwrap_or("0");
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        format!("{whole}{part:0<2}").parse::<u64>().unwrap()
    };
    let kept = &decision["outcome"]["bands"][2]["amount"];
    assert_eq!(rows.iter().map(|row| cents(&row["amount"])).sum::<u64>() + cents(kept), 100_000_000);
    let texts: Vec<&str> =
        decision["texts"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    insta::assert_snapshot!(texts.join("\n"), @"
    Strategic: 38 % is 380000 (30 % to 40 %; 35 % raised)
    Key: 29 % is 290000 (25 % to 30 %; 27.5 % raised)
    Potential: 19 % is 190000 (15 % to 20 %; 17.5 % raised)
    Potential: 190000 is not divided, since there is no customer
    Normal and to optimise: 14 % is 140000 (10 % to 15 %; 12.5 % raised)
    Normal: 75 % of Normal and to optimise by weight is 105000
    To optimise: 25 % of Normal and to optimise by weight is 35000
    Customers without an amount, since their tier is not known: 1
    ");
    // The order of the lines decides nothing.
    let backwards: String = CUSTOMERS.lines().rev().map(|line| format!("{line}\n")).collect();
    assert_eq!(budget(&["--lang", "en"], &backwards).out, ran.out);
}

#[test]
fn a_table_compares_it_with_what_was_spent() {
    let dir = Dir::new().with(
        "spent.jsonl",
        r#"{"customer": "S1", "amount": "200000"}

{"tier": "normal", "amount": "1500.5", "currency": "CNY"}
{"customer": "Z9", "amount": "-5"}
"#,
    );
    let spent = dir.at("spent.jsonl");
    insta::assert_snapshot!(budget(&["--table", "--spent", &spent], CUSTOMERS).well(), @"
    Budget of 1,000,000.00 CNY by standard 1.0.0
    ┌────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Band                      Bounds   Share       Amount   Customers        Spent         Left     Used           Of all spending │
    ╞════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Strategic                30–40 %    38 %   380,000.00           1   200,000.00   180,000.00   52.6 %   99.3 % above the bounds │
    │ Key                      25–30 %    29 %   290,000.00           2         0.00   290,000.00      0 %      0 % below the bounds │
    │ Potential                15–20 %    19 %   190,000.00           0         0.00   190,000.00      0 %      0 % below the bounds │
    │ Normal and to optimise   10–15 %    14 %   140,000.00           2     1,500.50   138,499.50    1.1 %    0.7 % below the bounds │
    │   Normal                                   105,000.00           1     1,500.50   103,499.50                                    │
    │   To optimise                               35,000.00           1         0.00    35,000.00                                    │
    └────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    Spent 201,495.50, of it -5.00 outside of all bands; left 798,504.50
    Potential: 190,000.00 is not divided, since there is no customer
    Customers without an amount, since their tier is not known: 1
    ");
    insta::assert_snapshot!(budget(&["--table", "--lang", "zh-CN"], CUSTOMERS).well(), @"
    预算 1,000,000.00 CNY，依据 standard 1.0.0
    ┌──────────────────────────────────────────────────────────┐
    │ 区间               比例范围   比例         金额   客户数 │
    ╞══════════════════════════════════════════════════════════╡
    │ 战略客户            30–40 %   38 %   380,000.00        1 │
    │ 重点客户            25–30 %   29 %   290,000.00        2 │
    │ 潜力客户            15–20 %   19 %   190,000.00        0 │
    │ 普通与待优化客户    10–15 %   14 %   140,000.00        2 │
    │   普通客户                           105,000.00        1 │
    │   待优化客户                          35,000.00        1 │
    └──────────────────────────────────────────────────────────┘
    潜力客户：190,000.00 未分配到客户，因为没有客户
    1 个客户未分配金额：客户层级未知
    ");
    let report = budget(&["--spent", &spent], CUSTOMERS).lines();
    insta::assert_snapshot!(report[0]["spent"]["bands"][3], @r#"{"band":"ordinary","in_bounds":"below","left":"138499.5","planned":"140000","share":"0.0074","spent":"1500.5","tiers":[{"left":"103499.5","planned":"105000","spent":"1500.5","tier":"normal"},{"left":"35000","planned":"35000","spent":"0","tier":"to_optimise"}],"used":"0.0107"}"#);
}

#[test]
fn amounts_are_shown_in_the_minor_units_of_their_currency() {
    let table = |total: &str| {
        fed(&["budget", "--total", total, "--as-of", DAY, "--quiet", "--table"], CUSTOMERS).well()
    };
    insta::assert_snapshot!(table("100.001 KWD"), @"
    Budget of 100.001 KWD by standard 1.0.0
    ┌───────────────────────────────────────────────────────────────┐
    │ Band                      Bounds   Share   Amount   Customers │
    ╞═══════════════════════════════════════════════════════════════╡
    │ Strategic                30–40 %    38 %   38.001           1 │
    │ Key                      25–30 %    29 %   29.000           2 │
    │ Potential                15–20 %    19 %   19.000           0 │
    │ Normal and to optimise   10–15 %    14 %   14.000           2 │
    │   Normal                                   10.500           1 │
    │   To optimise                               3.500           1 │
    └───────────────────────────────────────────────────────────────┘
    Potential: 19.000 is not divided, since there is no customer
    Customers without an amount, since their tier is not known: 1
    ");
    insta::assert_snapshot!(table("1000 JPY"), @"
    Budget of 1,000 JPY by standard 1.0.0
    ┌───────────────────────────────────────────────────────────────┐
    │ Band                      Bounds   Share   Amount   Customers │
    ╞═══════════════════════════════════════════════════════════════╡
    │ Strategic                30–40 %    38 %      380           1 │
    │ Key                      25–30 %    29 %      290           2 │
    │ Potential                15–20 %    19 %      190           0 │
    │ Normal and to optimise   10–15 %    14 %      140           2 │
    │   Normal                                      105           1 │
    │   To optimise                                  35           1 │
    └───────────────────────────────────────────────────────────────┘
    Potential: 190 is not divided, since there is no customer
    Customers without an amount, since their tier is not known: 1
    ");
}

#[test]
fn what_cannot_be_met_is_explained() {
    let ran = budget(
        &["--share", "strategic=0.45", "--share", "key=0.3", "--share", "potential=0.2", "--table"],
        "",
    );
    insta::assert_snapshot!(ran.seen(None), @"
    -- stdout
    1,000,000.00 CNY cannot be divided:
    Strategic: 45 % is wanted, 5 percentage points outside of 30 % to 40 %
    Strategic + Key + Potential + Normal and to optimise: the least shares make 105 %, 5 percentage points too much
    -- exit code 1
    ");
    let json = budget(&["--share", "strategic=0.45"], "");
    assert_eq!((json.code, &json.lines()[0]["outcome"]["outcome"]), (1, &"infeasible".into()));
}

#[test]
fn what_is_wrong_is_told() {
    let dir = Dir::new()
        .with("both.jsonl", r#"{"customer": "S1", "tier": "key", "amount": "1"}"#)
        .with("dollars.jsonl", r#"{"customer": "S1", "amount": "1", "currency": "USD"}"#)
        .with("more.jsonl", r#"{"customer": "S1", "amount": 1, "when": "today"}"#);
    let told = |args: &[&str], input: &str| budget(args, input).seen(Some(&dir));
    insta::assert_snapshot!(told(&["--spent", &dir.at("both.jsonl")], ""), @"
    -- stderr
    both.jsonl:1: give `customer` or `tier`, one of the two
    -- exit code 2
    ");
    insta::assert_snapshot!(told(&["--spent", &dir.at("dollars.jsonl")], ""), @"
    -- stderr
    dollars.jsonl:1: spending is in CNY, got an amount in USD: convert it first
    -- exit code 2
    ");
    insta::assert_snapshot!(told(&["--spent", &dir.at("more.jsonl")], ""), @"
    -- stderr
    more.jsonl:1: unknown field `when`, expected one of `customer`, `tier`, `amount`, `currency`
    -- exit code 2
    ");
    let all = dir.read("both.jsonl") + "\n\n" + &dir.read("dollars.jsonl") + "\n";
    let all = Dir::new().with("all.jsonl", format!("\u{feff}{}\n{all}", r#"{"tier": "key", "amount": "1"}"#));
    insta::assert_snapshot!(budget(&["--spent", &all.at("all.jsonl")], "").seen(Some(&all)), @"
    -- stderr
    all.jsonl:2: give `customer` or `tier`, one of the two
    all.jsonl:4: spending is in CNY, got an amount in USD: convert it first
    -- exit code 2
    ");
    insta::assert_snapshot!(guanxi(&["budget", "--total", "-5 CNY"]).seen(None), @"
    -- stderr
    a total is above 0, got `-5`
    -- exit code 2
    ");
    insta::assert_snapshot!(told(&["--share", "keys=0.3"], ""), @"
    -- stderr
    the policy has no band `keys`, it has strategic, key, potential, ordinary
    -- exit code 2
    ");
    insta::assert_snapshot!(told(&["--share", "key=0.3", "--share", "key=0.3"], ""), @"
    -- stderr
    --share: key is given twice
    -- exit code 2
    ");
    let twice = budget(&["--table"], &format!("{CUSTOMERS}{CUSTOMERS}"));
    assert_eq!(twice.code, 1);
    insta::assert_snapshot!(twice.err.lines().next().unwrap(), @"line 7: customer `S1` is there already");
    for (total, share) in [
        ("1000000", "key=0.3"),
        ("1 CNY x", "key=0.3"),
        ("x CNY", "key=0.3"),
        ("1 CNY", "key"),
        ("1 CNY", "key=3"),
    ] {
        assert_eq!(guanxi(&["budget", "--total", total, "--share", share]).code, 2, "{total} {share}");
    }
    insta::assert_snapshot!(guanxi(&["budget", "--total", "0.001 CNY"]).seen(None), @"
    -- stderr
    a total in CNY has at most 2 decimal places, got `0.001`
    -- exit code 2
    ");
}
