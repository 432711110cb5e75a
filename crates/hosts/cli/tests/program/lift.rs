//! `guanxi assess --lift`.
use serde_json::Value;

use crate::input::{COMPANY, DAY, Dir, WORKED, line};
use crate::run::{Ran, fed};

/// The customer of the page on lifts: two ways are open.
const LIFTED: &str = r#""cumulative_profit": "700000.00", "cooperation_days": 3000, "industry_growth": "0.07", "undeveloped_needs": 6, "total_needs": 9, "service_sensitivity": 4, "price_sensitivity": 2"#;

fn assess(args: &[&str], input: impl AsRef<[u8]>) -> Ran {
    let dir = Dir::new().with("company.json", COMPANY);
    fed(&[&["assess", "--reference", &dir.at("company.json"), "--as-of", DAY], args].concat(), input)
}

/// The lifts of a run, in words.
fn texts(ran: &Ran) -> String {
    let text = |text: &Value| text.as_str().unwrap().to_owned();
    let lines = ran.lines();
    let lift = lines.iter().map(|line| line["lift"]["texts"].as_array().unwrap().iter().map(text));
    lift.map(|texts| texts.collect::<Vec<_>>().join("\n")).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn a_lift_is_written_last() {
    let input = line("C002", LIFTED);
    let (plain, lifted) = (assess(&[], &input).well(), assess(&["--lift"], &input).well());
    let (before, lift) = lifted.split_once(r#","lift":"#).unwrap();
    assert_eq!(format!("{before}}}\n"), plain);
    insta::assert_snapshot!(lift.trim_end().strip_suffix('}').unwrap(), @r#"
    {"from":"normal","composite":"63.91","verdict":{"code":"lift_possible","tier":"key","floor":"70.00","short_by":"6.09"},"options":[{"code":"lift_reaches","indicator":"profit","fact":"cumulative_profit","tier":"key","from":"700000","to":"943444.45","change":"243444.45","of_range":{"fraction":"4868889/20000000","decimal":"0.243444"},"composite":"70.00"},{"code":"lift_reaches","indicator":"undeveloped_needs","fact":"undeveloped_needs","tier":"key","from":"6","to":"9","change":"3","of_range":{"fraction":"1/3","decimal":"0.333333"},"composite":"70.91"}]}
    "#);
}

#[test]
fn a_lift_is_put_in_words_in_both_languages() {
    let input = format!("{WORKED}\n")
        + &line("C002", LIFTED)
        + &line("NONE", r#""cumulative_profit": 1"#)
        + &line(
            "PART",
            r#""cooperation_days": 5000, "undeveloped_needs": 1, "total_needs": 4, "price_sensitivity": 1"#,
        );
    insta::assert_snapshot!(texts(&assess(&["--lift", "--lang", "en"], &input)), @"
    Key (from 70.00) is 20.00 points away, and no single fact that we can influence makes up for them
    Not by cumulative profit alone: at best 999800 (now 285000) with 67.87
    Not by undeveloped needs alone: at best 9 (now 8) with 52.33

    Key (from 70.00) is 6.09 points away, and one fact can make up for them
    Raising cumulative profit from 700000 to 943444.45 reaches Key with 70.00
    Raising undeveloped needs from 6 to 9 reaches Key with 70.91

    Without a score there is no tier to rise from

    Strategic (from 90.00) is 16.20 points away, and one fact can make up for them
    Raising undeveloped needs from 1 to 4 reaches Strategic with 96.30
    Cannot be reckoned, missing: cumulative profit
    ");
    insta::assert_snapshot!(texts(&assess(&["--lift", "--lang", "zh-CN"], &input)), @"
    距重点客户（70.00 起）还差 20.00 分，可影响的任何单项都不足以达到
    仅靠累计利润不够：最好到 999800（现为 285000），综合得分 67.87
    仅靠未开发需求数不够：最好到 9（现为 8），综合得分 52.33

    距重点客户（70.00 起）还差 6.09 分，改变一项即可达到
    累计利润从 700000 提高到 943444.45，可达到重点客户，综合得分 70.00
    未开发需求数从 6 提高到 9，可达到重点客户，综合得分 70.91

    没有综合得分，无从升级

    距战略客户（90.00 起）还差 16.20 分，改变一项即可达到
    未开发需求数从 1 提高到 4，可达到战略客户，综合得分 96.30
    无法测算（缺失）：累计利润
    ");
}

#[test]
fn a_lift_goes_with_an_explanation_and_with_a_population() {
    let input = line("A", LIFTED) + WORKED;
    let ran = fed(&["assess", "--lift", "--explain", "--as-of", DAY], input);
    for line in ran.lines() {
        assert!(line["contributions"].is_array() && line["lift"]["options"].is_array(), "{line}");
        assert_eq!(line["lift"]["composite"], line["outcome"]["composite"]);
    }
    assert_eq!((ran.lines().len(), ran.code), (2, 0));
}

/// What the lift promises is what the changed customer gets.
#[test]
fn the_customer_that_the_lift_describes_is_assessed_so() {
    let lift = assess(&["--lift"], line("C002", LIFTED)).lines()[0]["lift"].clone();
    let best = &lift["options"][0];
    assert_eq!((&best["fact"], &best["from"]), (&"cumulative_profit".into(), &"700000".into()));
    let to = best["to"].as_str().unwrap();
    let changed = assess(&[], line("C002", &LIFTED.replace("700000.00", to))).lines()[0].clone();
    assert_eq!(changed["outcome"]["composite"], best["composite"]);
    assert_eq!(changed["outcome"]["tier"], best["tier"]);
}
