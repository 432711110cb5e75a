//! `guanxi assess`.
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

use guanxi::core::parse_decimal;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::input::{COMPANY, DAY, Dir, WORKED, line};
use crate::run::{Ran, fed, guanxi};

/// Assesses lines by the company's reference.
fn assess(args: &[&str], input: impl AsRef<[u8]>) -> Ran {
    let dir = Dir::new().with("company.json", COMPANY);
    fed(&[&["assess", "--reference", &dir.at("company.json"), "--as-of", DAY], args].concat(), input)
}

/// What the program says of lines that may be bad, and how it ends.
fn said(input: impl AsRef<[u8]>) -> String {
    let ran = assess(&[], input);
    format!("{}exit code {}", ran.err, ran.code)
}

/// What the program says of these facts.
fn said_of(facts: &str) -> String {
    said(line("C1", facts))
}

/// Where each customer of a run stands: subject, tier, composite.
fn tiers(ran: &Ran) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let one = |line: Value| {
        let outcome = &line["outcome"];
        format!("{} {} {}", text(&line["subject"]), text(&outcome["tier"]), text(&outcome["composite"]))
    };
    ran.lines().into_iter().map(one).collect::<Vec<_>>().join("\n")
}

fn decimal(value: &Value) -> Decimal {
    parse_decimal(value.as_str().unwrap()).unwrap()
}

#[test]
fn the_worked_customer_is_just_normal() {
    insta::assert_snapshot!(assess(&[], WORKED).well(), @r#"{"subject":"C001","outcome":{"tier":"normal","composite":"50.00","dimensions":{"value":"38.42","potential":"70.62","need":"48.00"},"completeness":"1","standing":"tiered","tiers":{"computed":"normal","effective":"normal"}},"reasons":[{"code":"reaches_tier","tier":"normal","composite":"50.00","floor":"50.00"},{"code":"below_tier","tier":"key","floor":"70.00","short_by":"20.00"}],"basis":{"policy":{"id":"standard","version":"1.1.0","fingerprint":"4a40fcf72a6fac35d18a3f4b25a9c059679714b1fc522cdce5e0f67703782409"},"reference":{"id":"company","version":"2026H1","fingerprint":"80a10a84843d36eeb3ddd76b16ffdc9592f75c2debe30cf3509ffb409665a1a2"}},"as_of":"2026-06-30T00:00:00Z","next_change":null}"#);
}

#[test]
fn assessed_scores_are_weighted_exactly() {
    let scored = |subject: &str, value: u8, potential: u8, need: u8| {
        line(
            subject,
            &format!(
                "\"value_score\": {value}, \"potential_score\": {potential}, \"need_score\": \"{need}\""
            ),
        )
    };
    let input = scored("A", 92, 88, 85) + &scored("B", 55, 45, 70);
    let ran = fed(&["assess", "--policy", "assessed", "--as-of", DAY], input);
    insta::assert_snapshot!(tiers(&ran), @r"
    A key 89.40
    B normal 55.00
    ");
    assert_eq!((ran.code, ran.err), (0, String::new()));
}

#[test]
fn contributions_add_up() {
    let input = format!("{WORKED}\n")
        + &line(
            "LOSS",
            r#""cumulative_profit": -5, "cooperation_days": 5400, "industry_growth": "0.25", "undeveloped_needs": 0, "total_needs": 0, "price_sensitivity": 5"#,
        )
        + &line("PART", r#""cumulative_profit": 333333, "industry_growth": "0.1", "price_sensitivity": 2"#);
    let ran = assess(&["--explain"], input);
    for line in ran.lines() {
        let parts = line["contributions"].as_array().unwrap();
        let points: Decimal =
            parts.iter().filter(|part| part["points"].is_string()).map(|part| decimal(&part["points"])).sum();
        assert_eq!(points, decimal(&line["outcome"]["composite"]), "{line}");
    }
    insta::assert_snapshot!(tiers(&ran), @r"
    C001 normal 50.00
    LOSS normal 59.00
    PART potential 44.67
    ");
    insta::assert_snapshot!(ran.lines()[0]["contributions"][0], @r#"{"dimension":"value","fact":"cumulative_profit","indicator":"profit","input":"285000","normalised":{"decimal":"0.285","fraction":"57/200"},"points":"7.13","state":"known","weight":{"decimal":"0.25","fraction":"1/4"}}"#);
}

#[test]
fn a_decision_is_the_same_with_its_explanation() {
    let mut explained = assess(&["--explain"], WORKED).lines();
    assert!(explained[0].as_object_mut().unwrap().remove("contributions").is_some());
    assert_eq!(explained, assess(&[], WORKED).lines());
}

#[test]
fn numbers_that_are_none_or_do_not_fit_are_refused() {
    insta::assert_snapshot!(said_of(r#""cumulative_profit": NaN"#), @r"
    line 1: not JSON at column 50: expected value (NaN and Infinity are not JSON: leave the fact out or write null)
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said_of(r#""cumulative_profit": -Infinity"#), @r"
    line 1: not JSON at column 51: invalid number
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said_of(r#""cumulative_profit": 1e400"#), @r"
    line 1: fact `cumulative_profit`: a decimal keeps 28 digits, got `1e400`
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said_of(r#""cumulative_profit": 1234567890123456789012345678901234567890"#), @r"
    line 1: fact `cumulative_profit`: a decimal keeps 28 digits, got `1234567890123456789012345678901234567890`
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said_of(r#""cumulative_profit": "1234567890123456789012345678901234567890""#), @r"
    line 1: fact `cumulative_profit`: a decimal keeps 28 digits, got `1234567890123456789012345678901234567890`
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said_of(r#""cumulative_profit": "1,000""#), @r"
    line 1: fact `cumulative_profit`: expected a decimal such as `-12.34`, got `1,000`
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said_of(r#""cumulative_profit": true"#), @r"
    line 1: fact `cumulative_profit`: expected a decimal, got `true`
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said_of(r#""cumulative_profit": {"amount": "5", "currency": "USD"}"#), @r"
    line 1: fact `cumulative_profit`: expected a decimal, got `5 USD`
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said_of(r#""cooperation_days": 1.5"#), @r"
    line 1: fact `cooperation_days`: expected a whole number, got `1.5`
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said_of(r#""price_sensitivity": 7"#), @r"
    line 1: fact `price_sensitivity`: a level is from 1 to 5, got `7`
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said_of(r#""undeveloped_needs": 10, "total_needs": 9"#), @r"
    line 1: fact `undeveloped_needs`: must be at most `total_needs` (9), got `10`
    1 bad line was left out
    exit code 1
    ");
}

#[test]
fn numbers_are_read_as_they_are_written() {
    let profit = |text: &str| {
        let ran = assess(&["--explain"], line("C1", &format!("\"cumulative_profit\": {text}")));
        assert_eq!(ran.err, "");
        ran.lines()[0]["contributions"][0]["input"].as_str().unwrap().to_owned()
    };
    for text in ["0.1000000000000000055511151231", "12345678901234567.89", "79228162514264337593543950335"] {
        assert_eq!((profit(text), profit(&format!("\"{text}\""))), (text.to_owned(), text.to_owned()));
    }
    assert_eq!((profit("1.50"), profit("15e-1"), profit("-0")), ("1.5".into(), "1.5".into(), "0".into()));
}

#[test]
fn facts_that_contradict_themselves_are_refused() {
    insta::assert_snapshot!(said_of(r#""cooperation_days": 1, "cooperation_days": 2"#), @r"
    line 1: fact `cooperation_days` is given twice
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said_of(r#""cooperation_days": {"value": 1, "not_applicable": true}"#), @r"
    line 1: fact `cooperation_days`: either `value` or `not_applicable`, not both
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said_of(r#""cooperation_days": {"value": 1, "observed": "2026-01-01"}"#), @r"
    line 1: fact `cooperation_days`: unknown field `observed`, expected one of `value`, `observed_at`, `not_applicable`, `amount`, `currency`
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said_of(r#""cooperation_days": {"value": 1, "observed_at": "2023-02-29"}"#), @r"
    line 1: fact `cooperation_days`: `observed_at`: expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `2023-02-29`
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said_of(r#""cooperation_days": {"value": 1, "observed_at": "29.02.2024"}"#), @r"
    line 1: fact `cooperation_days`: `observed_at`: expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `29.02.2024`
    1 bad line was left out
    exit code 1
    ");
}

#[test]
fn lines_that_are_no_customer_are_refused() {
    insta::assert_snapshot!(said(b"{\"subject\": \"C\xFF\xFE\", \"facts\": {}}\n"), @r"
    line 1: not UTF-8 at byte 15: write the line in UTF-8
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said(r#"{"subject": "C1", "facts": {}, "colour": 1}"#), @r"
    line 1: unknown field `colour`, expected one of `subject`, `facts`, `settled`, `override`
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said(r#"{"facts": {}}"#), @r"
    line 1: missing field `subject`
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said(r#"{"subject": "C1"}"#), @r"
    line 1: missing field `facts`
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said(r#"{"subject": "", "facts": {}}"#), @r"
    line 1: `subject`: an id must not be empty
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said("{\"subject\": \"C\u{202e}1\", \"facts\": {}}"), @r"
    line 1: `subject`: an id must hold no control or invisible characters and no blank at either end, got `C\u{202e}1`
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said(r#"{"subject": "C1", "subject": "C2", "facts": {}}"#), @r"
    line 1: `subject` is given twice
    1 bad line was left out
    exit code 1
    ");
    for twice in [r#""subject": "C1""#, r#""facts": {}"#, r#""settled": null"#, r#""override": null"#] {
        let said = said(format!(r#"{{"subject": "C1", "facts": {{}}, {twice}, {twice}}}"#));
        assert!(said.contains("` is given twice") && said.ends_with("exit code 1"), "{said}");
    }
    insta::assert_snapshot!(said(r#"{"subject": "C1", "facts": {}} {}"#), @r"
    line 1: not JSON at column 32: trailing characters
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said(r#"["C1"]"#), @r"
    line 1: invalid type: sequence, expected an object with `subject` and `facts`
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said(r#"{"subject": "C1", "facts": {"#), @r"
    line 1: not JSON at column 28: EOF while parsing an object
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(said(r#"{"subject": "C1", "facts": {}, "settled": "gold"}"#), @r"
    line 1: `settled`: the policy has no tier `gold`, allowed: strategic, key, normal, potential, to_optimise
    1 bad line was left out
    exit code 1
    ");
    let set = |inside: &str| said(format!(r#"{{"subject": "C1", "facts": {{}}, "override": {{{inside}}}}}"#));
    insta::assert_snapshot!(set(r#""tier": "gold", "by": "U7", "why": "won a tender", "until": "2026-12-31""#), @r"
    line 1: `override.tier`: the policy has no tier `gold`, allowed: strategic, key, normal, potential, to_optimise
    1 bad line was left out
    exit code 1
    ");
    insta::assert_snapshot!(set(r#""tier": "key", "by": "U7", "why": "won a tender", "until": "2026-02-30""#), @r"
    line 1: `override.until`: expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `2026-02-30`
    1 bad line was left out
    exit code 1
    ");
    for (field, given) in [
        ("subject", r#""subject": [1], "facts": {}"#),
        ("subject", r#""subject": 1.5, "facts": {}"#),
        ("settled", r#""subject": 1, "facts": {}, "settled": 7"#),
        ("override", r#""subject": 1, "facts": {}, "override": 7"#),
        ("override.by", r#""subject": 1, "facts": {}, "override": {"tier": "key", "by": 7}"#),
        (
            "override.until",
            r#""subject": 1, "facts": {}, "override": {"tier": "key", "by": "U7", "why": "", "until": 7}"#,
        ),
    ] {
        let said = said(format!("{{{given}}}"));
        assert!(said.starts_with(&format!("line 1: `{field}`: invalid type: ")), "{said}");
    }
    insta::assert_snapshot!(set(r#""tier": "key", "by": "U7", "why": "won a tender""#), @r"
    line 1: missing field `override.until`
    1 bad line was left out
    exit code 1
    ");
}

#[test]
fn good_lines_are_written_and_bad_ones_named_by_their_numbers() {
    let input = [
        "\n",
        &line("A", r#""price_sensitivity": 6"#),
        "  \r\n",
        &format!("{WORKED}\r\n"),
        &line("B", r#""price_sensitivity": 0"#),
        // The last line needs no end.
        WORKED,
    ];
    let ran = assess(&[], input.concat());
    insta::assert_snapshot!(ran.err, @r"
    line 2: fact `price_sensitivity`: a level is from 1 to 5, got `6`
    line 5: fact `price_sensitivity`: a level is from 1 to 5, got `0`
    2 bad lines were left out
    ");
    insta::assert_snapshot!(tiers(&ran), @r"
    C001 normal 50.00
    C001 normal 50.00
    ");
    assert_eq!(ran.code, 1);
    let skipping = assess(&["--skip-bad"], input.concat());
    assert_eq!((skipping.code, &skipping.err, &skipping.out), (0, &ran.err, &ran.out));
    // Without a reference the whole input is read twice; bad lines are still named once.
    let alone = fed(&["assess", "--as-of", DAY], input.concat());
    assert_eq!((alone.code, &alone.err, alone.out.lines().count()), (1, &ran.err, 2));
}

#[test]
fn nobody_is_nobody() {
    for args in [&["assess"][..], &["assess", "--explain", "--policy", "literal"]] {
        assert_eq!(fed(args, "").well(), "");
        assert_eq!(fed(args, "\n \r\n\n").well(), "");
    }
    assert_eq!(assess(&[], "").well(), "");
}

#[test]
fn every_form_of_a_fact_is_read() {
    let of = |fact: &str| {
        let ran = assess(&["--explain"], line("C1", &format!("\"cumulative_profit\": {fact}")));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        let part = ran.lines()[0]["contributions"][0].clone();
        format!("{} {}", part["state"].as_str().unwrap(), part["input"].as_str().unwrap_or("-"))
    };
    assert_eq!(of("285000"), "known 285000");
    assert_eq!(of(r#""285000.00""#), "known 285000");
    assert_eq!(of(r#"{"value": 285000}"#), "known 285000");
    assert_eq!(of(r#"{"value": "285000", "observed_at": "2026-06-30"}"#), "known 285000");
    assert_eq!(of(r#"{"value": "285000", "observed_at": "2026-06-29T23:59:59+08:00"}"#), "known 285000");
    assert_eq!(of(r#"{"value": "285000", "observed_at": "2026-07-01"}"#), "missing -");
    assert_eq!(of(r#"{"value": null}"#), "missing -");
    assert_eq!(of("{}"), "missing -");
    assert_eq!(of("null"), "missing -");
    assert_eq!(of(r#"{"not_applicable": true}"#), "not_applicable -");
}

/// The preset `standard` in which profit is forgotten after 100 days.
fn forgetful() -> String {
    let mut policy: Value = serde_json::from_str(&guanxi(&["policy", "show", "standard"]).well()).unwrap();
    let profit = policy["body"]["indicators"].as_array_mut().unwrap();
    profit
        .iter_mut()
        .filter(|it| it["id"] == "profit")
        .for_each(|it| it["greatest_age"] = json!({"days": 100, "then": "missing"}));
    policy["id"] = json!("forgetful");
    policy.to_string()
}

#[test]
fn a_stale_fact_counts_as_missing_and_says_when() {
    let dir = Dir::new().with("company.json", COMPANY).with("forgetful.json", forgetful());
    let observed = |day: &str| {
        let facts = format!(
            r#""cumulative_profit": {{"value": 285000, "observed_at": "{day}"}}, "cooperation_days": 5400"#
        );
        let (policy, reference) = (dir.at("forgetful.json"), dir.at("company.json"));
        let args = ["assess", "--policy", &policy, "--reference", &reference, "--as-of", DAY];
        let ran = fed(&args, line("C1", &facts));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        let line = ran.lines().remove(0);
        format!("{} {}\n{}", line["outcome"]["dimensions"]["value"], line["next_change"], line["reasons"])
    };
    insta::assert_snapshot!(observed("2026-06-01"), @r#"
    "64.25" "2026-09-09T00:00:00Z"
    [{"code":"dimension_unknown","dimension":"potential"},{"code":"dimension_unknown","dimension":"need"},{"code":"fact_missing","fact":"industry_growth","indicator":"industry_growth","rule":"renormalise","weight":"0.09"},{"code":"fact_missing","fact":"undeveloped_needs","indicator":"undeveloped_needs","rule":"renormalise","weight":"0.21"},{"code":"fact_missing","fact":"service_sensitivity","indicator":"service_sensitivity","rule":"renormalise","weight":"0.06"},{"code":"fact_missing","fact":"price_sensitivity","indicator":"price_sensitivity","rule":"renormalise","weight":"0.14"}]
    "#);
    insta::assert_snapshot!(observed("2026-01-01"), @r#"
    "100.00" null
    [{"code":"dimension_unknown","dimension":"potential"},{"code":"dimension_unknown","dimension":"need"},{"code":"fact_stale","fact":"cumulative_profit","indicator":"profit","since":"2026-04-11T00:00:00Z","used":false},{"code":"fact_missing","fact":"industry_growth","indicator":"industry_growth","rule":"renormalise","weight":"0.09"},{"code":"fact_missing","fact":"undeveloped_needs","indicator":"undeveloped_needs","rule":"renormalise","weight":"0.21"},{"code":"fact_missing","fact":"service_sensitivity","indicator":"service_sensitivity","rule":"renormalise","weight":"0.06"},{"code":"fact_missing","fact":"price_sensitivity","indicator":"price_sensitivity","rule":"renormalise","weight":"0.14"}]
    "#);
    insta::assert_snapshot!(observed("2026-07-02"), @r#"
    "100.00" "2026-07-02T00:00:00Z"
    [{"code":"dimension_unknown","dimension":"potential"},{"code":"dimension_unknown","dimension":"need"},{"code":"fact_from_future","fact":"cumulative_profit","indicator":"profit","observed_at":"2026-07-02T00:00:00Z"},{"code":"fact_missing","fact":"industry_growth","indicator":"industry_growth","rule":"renormalise","weight":"0.09"},{"code":"fact_missing","fact":"undeveloped_needs","indicator":"undeveloped_needs","rule":"renormalise","weight":"0.21"},{"code":"fact_missing","fact":"service_sensitivity","indicator":"service_sensitivity","rule":"renormalise","weight":"0.06"},{"code":"fact_missing","fact":"price_sensitivity","indicator":"price_sensitivity","rule":"renormalise","weight":"0.14"}]
    "#);
}

#[test]
fn settled_and_overridden_tiers_are_the_effective_ones() {
    let with = |more: &str| format!("{}, {more}}}", WORKED.strip_suffix('}').unwrap());
    let decided = |more: &str| {
        let ran = assess(&[], with(more));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        let line = ran.lines().remove(0);
        format!("{}\n{}\n{}", line["outcome"]["tiers"], line["reasons"][0], line["next_change"])
    };
    let overridden = |until: &str| {
        format!(
            r#""override": {{"tier": "strategic", "by": "U7", "why": "won a tender", "until": "{until}"}}"#
        )
    };
    insta::assert_snapshot!(decided(r#""settled": "key""#), @r#"
    {"computed":"normal","effective":"key","settled":"key"}
    {"code":"reaches_tier","composite":"50.00","floor":"50.00","tier":"normal"}
    null
    "#);
    insta::assert_snapshot!(decided(&overridden("2026-12-31")), @r#"
    {"computed":"normal","effective":"strategic","override":{"by":"U7","tier":"strategic","until":"2027-01-01T00:00:00Z","why":"won a tender"}}
    {"code":"reaches_tier","composite":"50.00","floor":"50.00","tier":"normal"}
    "2027-01-01T00:00:00Z"
    "#);
    insta::assert_snapshot!(decided(&format!(r#""settled": "key", {}"#, overridden("2026-06-30"))), @r#"
    {"computed":"normal","effective":"strategic","override":{"by":"U7","tier":"strategic","until":"2026-07-01T00:00:00Z","why":"won a tender"},"settled":"key"}
    {"code":"reaches_tier","composite":"50.00","floor":"50.00","tier":"normal"}
    "2026-07-01T00:00:00Z"
    "#);
    insta::assert_snapshot!(decided(&overridden("2026-06-29")), @r#"
    {"computed":"normal","effective":"normal"}
    {"code":"reaches_tier","composite":"50.00","floor":"50.00","tier":"normal"}
    null
    "#);
    insta::assert_snapshot!(decided(&overridden("2026-06-30T00:00:00Z")), @r#"
    {"computed":"normal","effective":"normal"}
    {"code":"reaches_tier","composite":"50.00","floor":"50.00","tier":"normal"}
    null
    "#);
    insta::assert_snapshot!(decided(r#""settled": null, "override": null"#), @r#"
    {"computed":"normal","effective":"normal"}
    {"code":"reaches_tier","composite":"50.00","floor":"50.00","tier":"normal"}
    null
    "#);
}

#[test]
fn reasons_are_said_in_words_when_a_language_is_asked_for() {
    let facts = r#""cumulative_profit": {"value": 1, "observed_at": "2027-01-01"}, "cooperation_days": 5401, "industry_growth": {"not_applicable": true}, "price_sensitivity": 2"#;
    let expired = r#""override": {"tier": "key", "by": "U7", "why": "won a tender", "until": "2020-01-01"}"#;
    let input = format!(
        "{WORKED}\n{{\"subject\": \"C2\", \"facts\": {{{facts}}}, \"settled\": \"key\", {expired}}}\n"
    );
    let said = |language: &str| {
        let ran = assess(&["--lang", language], &input);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        let (mut lines, mut said) = (ran.lines(), Vec::new());
        for line in &mut lines {
            let texts = line.as_object_mut().unwrap().remove("texts").unwrap();
            let texts = texts.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned());
            said.extend(texts);
        }
        // One text a reason; the rest of the line is as without a language.
        let reasons: usize = lines.iter().map(|line| line["reasons"].as_array().unwrap().len()).sum();
        assert_eq!((said.len(), &lines), (reasons, &assess(&[], &input).lines()));
        said.join("\n")
    };
    insta::assert_snapshot!(said("en"), @r"
    50.00 points reach Normal (from 50.00)
    20.00 points below Key (from 70.00)
    Review rules hold the tier Key
    An assessor's setting of Key ended on 2020-01-02
    Nothing is known for Potential
    Observed only on 2027-01-01, ignored: cumulative profit
    Out of range, counts as the highest: days of cooperation
    Does not apply: growth of the industry
    Unknown: undeveloped needs (21 % of the score; left out, the rest of its dimension weighs more)
    Unknown: service sensitivity (6 % of the score; left out, the rest of its dimension weighs more)
    ");
    insta::assert_snapshot!(said("zh-CN"), @r"
    综合得分 50.00，达到普通客户（50.00 起）
    距重点客户（70.00 起）还差 20.00 分
    按复评规则保持重点客户
    评估人对重点客户的指定已于 2020-01-02 失效
    潜力维度没有任何已知信息
    2027-01-01 才观察到，已忽略：累计利润
    超出范围，按最高值计：合作天数
    不适用：行业增长率
    缺失：未开发需求数（占总分 21 %；不计入，同维度其余指标权重相应提高）
    缺失：服务敏感度（占总分 6 %；不计入，同维度其余指标权重相应提高）
    ");
}

/// Customers that differ in everything, one without an industry.
fn population() -> Vec<String> {
    let one = |n: u64| {
        let growth =
            if n.is_multiple_of(7) { "null".to_owned() } else { format!("\"0.{:03}\"", n * 37 % 211) };
        let facts = format!(
            r#""cumulative_profit": "{}.{:02}", "cooperation_days": {}, "industry_growth": {growth}, "undeveloped_needs": {}, "total_needs": 9, "price_sensitivity": {}"#,
            n * 7919 % 1000,
            n % 100,
            n * 31 % 900,
            n % 10,
            n % 5 + 1
        );
        line(&format!("C{n:03}"), &facts)
    };
    (1..=60).map(one).collect()
}

#[test]
fn a_reference_kept_gives_the_same_decisions() {
    let dir = Dir::new();
    let input = population().concat();
    let (first, second) = (dir.at("first.json"), dir.at("second.json"));
    let measured = fed(&["assess", "--as-of", DAY, "--explain", "--reference-out", &first], &input).well();
    let args = ["assess", "--as-of", DAY, "--explain", "--reference", &first, "--reference-out", &second];
    assert_eq!(fed(&args, &input).well(), measured);
    assert_eq!(dir.read("first.json"), dir.read("second.json"));
    let checked = guanxi(&["policy", "check", &first]).well();
    assert!(checked.starts_with(&format!("{first}: sound: population 2026-06-30T00:00:00Z ")), "{checked}");
}

#[test]
fn the_order_of_customers_is_of_no_account() {
    let by_subject = |lines: &[String]| -> BTreeMap<String, Value> {
        let ran = fed(&["assess", "--as-of", DAY, "--explain"], lines.concat());
        ran.lines().into_iter().map(|line| (line["subject"].to_string(), line)).collect()
    };
    let mut lines = population();
    let straight = by_subject(&lines);
    assert_eq!(straight.len(), lines.len());
    lines.reverse();
    lines.rotate_left(17);
    assert_eq!(by_subject(&lines), straight);
}

#[test]
fn what_is_not_read_is_noted_unless_quiet() {
    let input = line("C1", r#""shoe_size": 43, "shoe_size": [], "\u001b[31mred": {"deep": [1]}"#);
    insta::assert_snapshot!(assess(&[], &input).err, @r"note: facts that the policy does not read: shoe_size, \u{1b}[31mred");
    assert_eq!(assess(&["--quiet"], &input).err, "");
    let bad = line("C1", r#""price_sensitivity": 6"#);
    assert_eq!(assess(&["--quiet"], &bad).err, assess(&[], &bad).err);
}

#[test]
fn the_instant_is_echoed() {
    let at = |as_of: &str| {
        let ran = fed(&["assess", "--as-of", as_of], WORKED);
        if ran.code == 0 { ran.lines()[0]["as_of"].to_string() } else { ran.seen(None) }
    };
    assert_eq!(at("2026-06-30"), "\"2026-06-30T00:00:00Z\"");
    assert_eq!(at("2026-06-30T08:00:00.5+08:00"), "\"2026-06-30T00:00:00.500Z\"");
    insta::assert_snapshot!(at("2026-02-29"), @r"
    -- stderr
    --as-of: expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `2026-02-29`
    -- exit code 2
    ");
    let now = fed(&["assess"], WORKED).lines()[0]["as_of"].as_str().unwrap().to_owned();
    assert!(now.ends_with('Z') && *now > *"2026-01-01", "{now}");
}

#[test]
fn nothing_is_done_with_the_wrong_documents() {
    let dir = Dir::new()
        .with("company.json", COMPANY)
        .with("policy.json", guanxi(&["policy", "show", "standard"]).out)
        .with("bytes.json", b"{\"id\": \"\xFF\"}")
        .with("broken.json", "{\"id\": }");
    let assess = |args: &[&str]| {
        let ran = fed(&[&["assess"], args].concat(), WORKED);
        assert_eq!(ran.out, "");
        ran.seen(Some(&dir))
    };
    insta::assert_snapshot!(assess(&["--policy", "standrad"]), @r"
    -- stderr
    no policy `standrad`: give a file (JSON or TOML) or one of standard, literal, assessed
    -- exit code 2
    ");
    insta::assert_snapshot!(assess(&["--policy", &dir.at("none.toml")]), @r"
    -- stderr
    none.toml: cannot read: No such file or directory (os error 2)
    -- exit code 2
    ");
    insta::assert_snapshot!(assess(&["--policy", &dir.at("bytes.json")]), @r"
    -- stderr
    bytes.json: not UTF-8 at byte 8: save the file as UTF-8
    -- exit code 2
    ");
    insta::assert_snapshot!(assess(&["--policy", &dir.at("broken.json")]), @r"
    -- stderr
    broken.json:1:8: not JSON: Unexpected close brace
    -- exit code 2
    ");
    insta::assert_snapshot!(assess(&["--reference", &dir.at("none.json")]), @r"
    -- stderr
    none.json: cannot read: No such file or directory (os error 2)
    -- exit code 2
    ");
    insta::assert_snapshot!(assess(&["--reference", &dir.at("policy.json")]), @r#"
    -- stderr
    policy.json:262:3: schema: not allowed here, given "guanxi.scoring/1", allowed: guanxi.reference/1
    -- exit code 2
    "#);
    insta::assert_snapshot!(assess(&["--policy", &dir.at("company.json")]), @r#"
    -- stderr
    company.json:2:3: schema: not allowed here, given "guanxi.reference/1", allowed: guanxi.scoring/1
    -- exit code 2
    "#);
    insta::assert_snapshot!(assess(&["--explian"]), @r"
    -- stderr
    error: unexpected argument '--explian' found

      tip: a similar argument exists: '--explain'

    Usage: guanxi assess --explain

    For more information, try '--help'.
    -- exit code 2
    ");
}

#[test]
fn a_reference_that_cannot_be_kept_is_a_failure() {
    let dir = Dir::new();
    let ran = fed(&["assess", "--as-of", DAY, "--reference-out", &dir.at("none/kept.json")], WORKED);
    assert_eq!((ran.code, ran.out.lines().count()), (2, 1));
    assert_eq!(
        ran.err.replace(&dir.at(""), ""),
        "none/kept.json: cannot write: No such file or directory (os error 2)\n"
    );
}

#[test]
fn a_reader_that_has_enough_is_no_failure() {
    let dir = Dir::new().with("company.json", COMPANY);
    let reference = dir.at("company.json");
    let args = ["assess", "--reference", &reference, "--as-of", DAY, "--explain"];
    let pipes = (Stdio::piped(), Stdio::piped(), Stdio::piped());
    let program = env!("CARGO_BIN_EXE_guanxi");
    let mut child =
        Command::new(program).args(args).stdin(pipes.0).stdout(pipes.1).stderr(pipes.2).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let feeding = std::thread::spawn(move || {
        let _ = stdin.write_all(format!("{WORKED}\n").repeat(2_000).as_bytes());
    });
    let mut first = [0; 21];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    feeding.join().unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(&first[..], b"{\"subject\":\"C001\",\"ou");
    assert_eq!((ended.status.code(), String::from_utf8(ended.stderr).unwrap()), (Some(0), String::new()));
}
