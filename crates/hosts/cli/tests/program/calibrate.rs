//! `guanxi calibrate`.
use std::collections::BTreeMap;
use std::fs::File;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::input::{COMPANY, DAY, Dir, WORKED, adventure_works, line};
use crate::run::{Ran, fed, guanxi};

/// A customer whom assessors gave these points in all three dimensions.
fn scored(subject: &str, points: &str) -> String {
    let facts = ["value", "potential", "need"].map(|name| format!("\"{name}_score\": \"{points}\""));
    line(subject, &facts.join(", "))
}

/// Eight customers who score from 40 to 72, two of them alike, one who never bought, one unknown.
fn some() -> String {
    let points = ["72", "72", "66.5", "58.25", "51", "48", "44.4", "40"];
    let scored: String =
        (1..).zip(points).map(|(number, points)| scored(&format!("C{number}"), points)).collect();
    let prospect = r#""value_score": {"not_applicable": true}, "potential_score": 90, "need_score": 50"#;
    scored + &line("P1", prospect) + &line("U1", "\"value_score\": 12")
}

fn calibrate(args: &[&str], input: impl AsRef<[u8]>) -> Ran {
    fed(&[&["calibrate", "--policy", "assessed", "--as-of", DAY], args].concat(), input)
}

/// How many customers are in each tier when these lines are assessed by a policy file.
fn tiers(policy: &str, input: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for line in fed(&["assess", "--policy", policy, "--as-of", DAY], input).lines() {
        if line["outcome"]["standing"] == "tiered" {
            *counts.entry(line["outcome"]["tier"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    counts
}

/// How many customers each tier would hold, those without left out.
fn proposed(ran: &Ran) -> BTreeMap<String, u64> {
    let classes = ran.lines()[0]["proposal"]["classes"].as_array().unwrap().clone();
    let count = |class: Value| {
        let count = class["proposed"]["count"].as_u64().unwrap();
        (class["class"].as_str().unwrap().to_owned(), count)
    };
    classes.into_iter().map(count).filter(|(_, count)| *count > 0).collect()
}

#[test]
fn a_proposal_says_floors_counts_deviations_ties_and_flows() {
    insta::assert_snapshot!(calibrate(&[], some()).well(), @r#"{"basis":{"policy":{"id":"assessed","version":"1.0.0","fingerprint":"2625734d62c38fca0e55443a70d892eed28710c049a331d89cb9d5b5ed2c401c"},"reference":null},"as_of":"2026-06-30T00:00:00Z","prospects":1,"incomplete":1,"up":3,"down":0,"proposal":{"finding":"changed","count":8,"classes":[{"class":"strategic","target_share":{"fraction":"1/8","decimal":"0.125"},"target":{"fraction":"1/1","decimal":"1"},"current":{"floor":"90.00","count":0,"share":"0","deviation":{"fraction":"-1/1","decimal":"-1"}},"proposed":{"floor":"90.00","count":0,"share":"0","deviation":{"fraction":"-1/1","decimal":"-1"}},"tie":{"score":"72.00","count":2}},{"class":"key","target_share":{"fraction":"9/40","decimal":"0.225"},"target":{"fraction":"9/5","decimal":"1.8"},"current":{"floor":"70.00","count":2,"share":"0.25","deviation":{"fraction":"1/5","decimal":"0.2"}},"proposed":{"floor":"66.50","count":3,"share":"0.375","deviation":{"fraction":"6/5","decimal":"1.2"}},"tie":null},{"class":"normal","target_share":{"fraction":"11/20","decimal":"0.55"},"target":{"fraction":"22/5","decimal":"4.4"},"current":{"floor":"50.00","count":3,"share":"0.375","deviation":{"fraction":"-7/5","decimal":"-1.4"}},"proposed":{"floor":"44.40","count":4,"share":"0.5","deviation":{"fraction":"-2/5","decimal":"-0.4"}},"tie":null},{"class":"potential","target_share":{"fraction":"3/40","decimal":"0.075"},"target":{"fraction":"3/5","decimal":"0.6"},"current":{"floor":"30.00","count":3,"share":"0.375","deviation":{"fraction":"12/5","decimal":"2.4"}},"proposed":{"floor":"30.00","count":1,"share":"0.125","deviation":{"fraction":"2/5","decimal":"0.4"}},"tie":null},{"class":"to_optimise","target_share":{"fraction":"1/40","decimal":"0.025"},"target":{"fraction":"1/5","decimal":"0.2"},"current":{"floor":"0.00","count":0,"share":"0","deviation":{"fraction":"-1/5","decimal":"-0.2"}},"proposed":{"floor":"0.00","count":0,"share":"0","deviation":{"fraction":"-1/5","decimal":"-0.2"}},"tie":null}],"flows":[{"from":"key","to":"key","count":2},{"from":"normal","to":"key","count":1},{"from":"normal","to":"normal","count":2},{"from":"potential","to":"normal","count":2},{"from":"potential","to":"potential","count":1}]}}"#);
}

#[test]
fn a_table_says_the_same_to_people() {
    insta::assert_snapshot!(calibrate(&["--table"], some()).well(), @r"
    policy assessed 1.0.0, measured by –
    Calibration of the tier floors
    ┌─────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Tier          Target   Floor   Customers    Share   Proposed floor   Customers    Share   Off target by │
    ╞═════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Strategic     12.5 %   90.00           0      0 %            90.00           0      0 %              -1 │
    │ Key           22.5 %   70.00           2     25 %            66.50           3   37.5 %            +1.2 │
    │ Normal          55 %   50.00           3   37.5 %            44.40           4     50 %            -0.4 │
    │ Potential      7.5 %   30.00           3   37.5 %            30.00           1   12.5 %            +0.4 │
    │ To optimise    2.5 %    0.00           0      0 %             0.00           0      0 %            -0.2 │
    └─────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    Strategic: 2 with 72.00 stay together, so its floor cannot come nearer to the target
    With the floors proposed 3 would rise and 0 would fall. Nothing is applied.
    Without a composite, and so not counted: prospects 1, not assessable 1
    From tier (row) to proposed tier (column)
    ┌──────────────────────────────────────────────────────────────────┐
    │ From / to     Strategic   Key   Normal   Potential   To optimise │
    ╞══════════════════════════════════════════════════════════════════╡
    │ Strategic             –     –        –           –             – │
    │ Key                   –     2        –           –             – │
    │ Normal                –     1        2           –             – │
    │ Potential             –     –        2           1             – │
    │ To optimise           –     –        –           –             – │
    └──────────────────────────────────────────────────────────────────┘
    ");
    insta::assert_snapshot!(calibrate(&["--table", "--lang", "zh-CN"], some()).well(), @r"
    评分方案 assessed 1.0.0，参照 –
    层级下限校准
    ┌────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ 层级         目标占比   现行下限   客户数     占比   建议下限   客户数     占比   与目标相差（户） │
    ╞════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ 战略客户       12.5 %      90.00        0      0 %      90.00        0      0 %                 -1 │
    │ 重点客户       22.5 %      70.00        2     25 %      66.50        3   37.5 %               +1.2 │
    │ 普通客户         55 %      50.00        3   37.5 %      44.40        4     50 %               -0.4 │
    │ 潜力客户        7.5 %      30.00        3   37.5 %      30.00        1   12.5 %               +0.4 │
    │ 待优化客户      2.5 %       0.00        0      0 %       0.00        0      0 %               -0.2 │
    └────────────────────────────────────────────────────────────────────────────────────────────────────┘
    战略客户：2 户同为 72.00 分，不可拆分，下限无法更接近目标
    按建议下限，3 户将升级，0 户将降级。建议不会自动生效。
    因无综合得分未计入：潜在客户 1 户，无法评估 1 户
    由现层级（行）至建议层级（列）
    ┌─────────────────────────────────────────────────────────────────────┐
    │ 由／至       战略客户   重点客户   普通客户   潜力客户   待优化客户 │
    ╞═════════════════════════════════════════════════════════════════════╡
    │ 战略客户            –          –          –          –            – │
    │ 重点客户            –          2          –          –            – │
    │ 普通客户            –          1          2          –            – │
    │ 潜力客户            –          –          2          1            – │
    │ 待优化客户          –          –          –          –            – │
    └─────────────────────────────────────────────────────────────────────┘
    ");
    insta::assert_snapshot!(calibrate(&["--table"], "").well(), @r"
    policy assessed 1.0.0, measured by –
    Calibration of the tier floors
    ┌───────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Tier          Target   Floor   Customers   Share   Proposed floor   Customers   Share   Off target by │
    ╞═══════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Strategic     12.5 %   90.00           0       –            90.00           0       –               0 │
    │ Key           22.5 %   70.00           0       –            70.00           0       –               0 │
    │ Normal          55 %   50.00           0       –            50.00           0       –               0 │
    │ Potential      7.5 %   30.00           0       –            30.00           0       –               0 │
    │ To optimise    2.5 %    0.00           0       –             0.00           0       –               0 │
    └───────────────────────────────────────────────────────────────────────────────────────────────────────┘
    Nothing to calibrate by: nobody has a composite. Every floor stays.
    ");
    let held = scored("C1", "95") + &scored("C2", "12");
    insta::assert_snapshot!(calibrate(&["--table"], held).well(), @r"
    policy assessed 1.0.0, measured by –
    Calibration of the tier floors
    ┌───────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Tier          Target   Floor   Customers   Share   Proposed floor   Customers   Share   Off target by │
    ╞═══════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Strategic     12.5 %   90.00           1    50 %           100.00           0     0 %           -0.25 │
    │ Key           22.5 %   70.00           0     0 %            70.00           1    50 %           +0.55 │
    │ Normal          55 %   50.00           0     0 %            12.00           1    50 %            -0.1 │
    │ Potential      7.5 %   30.00           0     0 %            11.99           0     0 %           -0.15 │
    │ To optimise    2.5 %    0.00           1    50 %             0.00           0     0 %           -0.05 │
    └───────────────────────────────────────────────────────────────────────────────────────────────────────┘
    With the floors proposed 1 would rise and 1 would fall. Nothing is applied.
    From tier (row) to proposed tier (column)
    ┌──────────────────────────────────────────────────────────────────┐
    │ From / to     Strategic   Key   Normal   Potential   To optimise │
    ╞══════════════════════════════════════════════════════════════════╡
    │ Strategic             –     1        –           –             – │
    │ Key                   –     –        –           –             – │
    │ Normal                –     –        –           –             – │
    │ Potential             –     –        –           –             – │
    │ To optimise           –     –        1           –             – │
    └──────────────────────────────────────────────────────────────────┘
    ");
}

#[test]
fn the_order_of_the_lines_means_nothing() {
    let reversed: String = some().lines().rev().map(|line| format!("{line}\n")).collect();
    assert_eq!(calibrate(&[], reversed).well(), calibrate(&[], some()).well());
}

#[test]
fn the_policy_written_gives_the_shares_proposed_and_differs_in_nothing_else() {
    for name in ["ours.json", "ours.toml"] {
        let dir = Dir::new();
        let ran = calibrate(&["--new-version", "2026H2", "--policy-out", &dir.at(name)], some());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        assert_eq!(tiers(&dir.at(name), &some()), proposed(&ran));
        let again = fed(&["calibrate", "--policy", &dir.at(name), "--as-of", DAY], some());
        assert_eq!(again.lines()[0]["proposal"]["finding"], "unchanged");
        insta::allow_duplicates! {
            insta::assert_snapshot!(guanxi(&["policy", "diff", "assessed", &dir.at(name)]).well(), @r#"
            body.tiers[key].floor: "70.00" -> "66.50"
            body.tiers[normal].floor: "50.00" -> "44.40"
            version: "1.0.0" -> "2026H2"
            "#);
        }
    }
}

#[test]
fn the_sample_company_gets_floors_that_hold_its_shares() {
    let dir = Dir::new();
    let example = adventure_works();
    let example = example.to_str().unwrap();
    assert_eq!(guanxi(&["review", example, "--out", &dir.at("out"), "--skip-bad", "--quiet"]).code, 0);
    let one = |decision: &str| {
        let decision: Value = serde_json::from_str(decision).unwrap();
        let outcome = &decision["outcome"];
        let dimensions = outcome["dimensions"].as_object().unwrap().iter();
        let mut facts: BTreeMap<String, Value> =
            dimensions.map(|(name, score)| (format!("{name}_score"), score.clone())).collect();
        if outcome["standing"] == "prospect" {
            facts.insert("value_score".to_owned(), json!({"not_applicable": true}));
        }
        format!("{}\n", json!({"subject": decision["subject"], "facts": facts}))
    };
    let lines: String = dir.read("out/assessments.jsonl").lines().map(one).collect();
    let ran = calibrate(&["--new-version", "2", "--policy-out", &dir.at("ours.json")], &lines);
    assert_eq!(tiers(&dir.at("ours.json"), &lines), proposed(&ran));
    let counts: Vec<u64> =
        ["strategic", "key", "normal", "potential", "to_optimise"].map(|tier| proposed(&ran)[tier]).into();
    // 12.5, 22.5, 55, 7.5 and 2.5 % of 635.
    assert_eq!(counts, [79, 143, 349, 48, 16]);
}

#[test]
fn a_pinned_reference_serves_as_the_input_itself_does() {
    let dir = Dir::new();
    let lines = format!("{WORKED}\n{}", WORKED.replace("C001", "C002").replace("285000.00", "1000000"));
    let with = |command: &str, args: &[&str]| fed(&[&[command, "--as-of", DAY], args].concat(), &lines);
    with("assess", &["--reference-out", &dir.at("pinned.json")]);
    let streamed = with("calibrate", &["--reference", &dir.at("pinned.json")]).well();
    assert_eq!(streamed, with("calibrate", &[]).well());
    assert!(streamed.contains(r#""id":"population""#), "{streamed}");
    let other = dir.with("company.json", COMPANY);
    let company = with("calibrate", &["--reference", &other.at("company.json")]).well();
    assert!(company.contains(r#""id":"company""#), "{company}");
}

#[test]
fn ranks_hold_the_shares_and_ties_stay_or_part() {
    let seen = |ties: &str| {
        let ran = calibrate(&["--by-rank", "--ties", ties], some());
        let line = &ran.lines()[0];
        let customer = |customer: &Value| {
            let text = |field: &str| customer[field].as_str().unwrap().to_owned();
            format!("{} {} {}", text("subject"), text("composite"), text("class"))
        };
        let customers: Vec<String> = line["customers"].as_array().unwrap().iter().map(customer).collect();
        format!("{}\n{}\n{}\n{}", line["tie_rule"], line["classes"], line["ties"], customers.join("\n"))
    };
    insta::assert_snapshot!(seen("whole"), @r#"
    "whole"
    [{"class":"strategic","count":2,"quota":1},{"class":"key","count":1,"quota":2},{"class":"normal","count":4,"quota":4},{"class":"potential","count":1,"quota":1},{"class":"to_optimise","count":0,"quota":0}]
    [{"count":2,"highest":"strategic","lowest":"key","score":"72.00"}]
    C1 72.00 strategic
    C2 72.00 strategic
    C3 66.50 key
    C4 58.25 normal
    C5 51.00 normal
    C6 48.00 normal
    C7 44.40 normal
    C8 40.00 potential
    "#);
    insta::assert_snapshot!(seen("by_id"), @r#"
    "by_id"
    [{"class":"strategic","count":1,"quota":1},{"class":"key","count":2,"quota":2},{"class":"normal","count":4,"quota":4},{"class":"potential","count":1,"quota":1},{"class":"to_optimise","count":0,"quota":0}]
    [{"count":2,"highest":"strategic","lowest":"key","score":"72.00"}]
    C1 72.00 strategic
    C2 72.00 key
    C3 66.50 key
    C4 58.25 normal
    C5 51.00 normal
    C6 48.00 normal
    C7 44.40 normal
    C8 40.00 potential
    "#);
    insta::assert_snapshot!(calibrate(&["--by-rank", "--table"], some()).well(), @r"
    policy assessed 1.0.0, measured by –
    ┌─────────────────────────────────┐
    │ Tier          Quota   Customers │
    ╞═════════════════════════════════╡
    │ Strategic         1           2 │
    │ Key               2           1 │
    │ Normal            4           4 │
    │ Potential         1           1 │
    │ To optimise       0           0 │
    └─────────────────────────────────┘
    2 with 72.00 lie across the end of a tier: Strategic to Key by rank
    Without a composite, and so not counted: prospects 1, not assessable 1
    ");
}

#[test]
fn bad_lines_are_told_and_the_rest_is_counted() {
    let lines = some() + "{\n" + &line("C9", "\"value_score\": 101");
    let ran = calibrate(&[], &lines);
    assert_eq!(ran.lines()[0]["proposal"], calibrate(&[], some()).lines()[0]["proposal"]);
    insta::assert_snapshot!(format!("{}exit code {}", ran.err, ran.code), @r"
    line 11: not JSON at column 0: EOF while parsing an object
    line 12: fact `value_score`: must be at most 100, got `101`
    2 bad lines were left out
    exit code 1
    ");
    assert_eq!(calibrate(&["--skip-bad"], &lines).code, 0);
}

#[test]
fn what_cannot_be_done_is_told_at_once() {
    let mut silent: Value = serde_json::from_str(&guanxi(&["policy", "show", "assessed"]).well()).unwrap();
    silent["body"]["tiers"][1].as_object_mut().unwrap().remove("expected_share");
    let dir = Dir::new().with("silent.json", silent.to_string());
    let said = |args: &[&str], input: &str| {
        fed(&[&["calibrate", "--as-of", DAY], args].concat(), input).seen(Some(&dir))
    };
    let out = dir.at("out.json");
    insta::assert_snapshot!(said(&["--policy", &dir.at("silent.json")], ""), @r"
    -- stderr
    policy `silent.json`: every tier must have an `expected_share`, missing for: key
    -- exit code 2
    ");
    insta::assert_snapshot!(said(&["--new-version", "1.1.0", "--policy-out", &out], ""), @r"
    -- stderr
    --new-version: a policy with other floors needs a version of its own, got `1.1.0`, which the present one has
    -- exit code 2
    ");
    insta::assert_snapshot!(said(&["--new-version", "", "--policy-out", &out], ""), @r"
    -- stderr
    --new-version: an id must not be empty
    -- exit code 2
    ");
    insta::assert_snapshot!(said(&["--new-version", "2", "--policy-out", &out], ""), @r"
    -- stderr
    nothing to calibrate by: nobody has a composite; no policy was written
    -- exit code 2
    ");
    insta::assert_snapshot!(said(&["--policy", &dir.at("silent.json"), "--new-version", "2", "--policy-out", &dir.at("silent.json")], ""), @r"
    -- stderr
    silent.json: is a file that this run reads: choose another place to write to
    -- exit code 2
    ");
    for args in [
        &["--new-version", "2"][..],
        &["--policy-out", &out],
        &["--ties", "whole"],
        &["--lang", "en"],
        &["--by-rank", "--new-version", "2", "--policy-out", &out],
    ] {
        assert_eq!(fed(&[&["calibrate"], args].concat(), "").code, 2, "{args:?}");
    }
    assert!(!dir.path("out.json").exists());
}

/// Only some systems name the file that standard input comes from.
#[cfg(target_os = "linux")]
#[test]
fn the_customers_are_not_written_over() {
    let dir = Dir::new().with("customers.jsonl", some());
    let input = Stdio::from(File::open(dir.path("customers.jsonl")).unwrap());
    let args = ["calibrate", "--policy", "assessed", "--new-version", "2", "--policy-out"];
    let mut program = Command::new(env!("CARGO_BIN_EXE_guanxi"));
    let ran = program.args(args).arg(dir.path("customers.jsonl")).stdin(input).output().unwrap();
    let said = String::from_utf8(ran.stderr).unwrap().replace(&dir.at(""), "");
    insta::assert_snapshot!(said, @"customers.jsonl: is a file that this run reads: choose another place to write to");
    assert_eq!((ran.status.code(), dir.read("customers.jsonl")), (Some(2), some()));
}
