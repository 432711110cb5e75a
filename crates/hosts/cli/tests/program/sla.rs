//! `guanxi sla`.
use std::path::Path;

use serde_json::{Value, json};

use crate::input::Dir;
use crate::run::{Ran, fed, guanxi};

fn cases() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/leads/cases.jsonl")).unwrap()
}

fn timed(as_of: &str, input: &str) -> Ran {
    fed(&["sla", "--calendar", "five-day", "--as-of", as_of, "--lang", "en"], input)
}

fn texts(ran: &Ran) -> String {
    let told = |line: &Value| {
        let texts = line["texts"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned());
        let next = &line["next_change"];
        format!(
            "{}: {}; next {next}",
            line["subject"].as_str().unwrap(),
            texts.collect::<Vec<_>>().join("; ")
        )
    };
    ran.lines().iter().map(told).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_line_says_how_each_milestone_stands() {
    let ran = timed("2026-06-29T13:00:00Z", &cases());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!(texts(&ran), @r#"
    T-1: First response: met at 2026-06-29 11:00:00 UTC; Resolution: 1 h 30 min of 8 h used, working time; Resolution: stands, waiting for the customer; next null
    T-2: First response: 69 h of 24 h used, calendar time; First response: too late since 2026-06-27 16:00:00 UTC; Resolution: 5 h of 24 h used, working time; Verification: starts after Resolution; next "2026-07-01T10:00:00Z"
    "#);
    insta::assert_snapshot!(ran.lines()[0]["outcome"]["milestones"][1], @r#"{"due":null,"left":{"working_minutes":390},"met_at":null,"milestone":"resolution","standing":"paused","target":{"working_days":1},"used":{"working_minutes":90},"warn_at":null}"#);
    let chinese = fed(
        &["sla", "--calendar", "five-day", "--as-of", "2026-06-29T13:00:00Z", "--lang", "zh-CN"],
        cases(),
    );
    assert!(chinese.lines()[0]["texts"][0].as_str().unwrap().contains("首次响应"), "{}", chinese.out);
}

/// Fed in pieces, a case stands where it stands when fed at once.
#[test]
fn states_go_in_and_come_out() {
    let first = timed("2026-06-29T13:00:00Z", &cases());
    let news = json!({"entry": "resumed", "at": "2026-06-29T14:00:00Z"});
    let again = json!({"subject": "T-1", "state": first.lines()[0]["state"], "entries": [news]}).to_string();
    let second = timed("2026-06-30T10:00:00Z", &again);
    let mut whole: Value = serde_json::from_str(cases().lines().next().unwrap()).unwrap();
    whole["entries"].as_array_mut().unwrap().push(news);
    assert_eq!(second.out, timed("2026-06-30T10:00:00Z", &whole.to_string()).out);
    assert_eq!(second.code, 0);
}

/// Two policies, one case: what was used by the first counts for the second.
#[test]
fn another_policy_takes_cases_over() {
    let policy = |version: &str, minutes: u32| {
        json!({"schema": "guanxi.sla/1", "id": "ours", "version": version, "body": {"zone": "calendar", "milestones": [
            {"id": "first_response", "reopen": "keep", "targets": {"normal": {"due": {"working_minutes": minutes}}}}
        ]}})
    };
    let dir = Dir::new()
        .with("old.json", policy("1", 240).to_string())
        .with("new.json", policy("2", 90).to_string());
    let case = json!({"subject": "T-1", "opening": {"at": "2026-06-29T09:00:00Z", "priority": "normal"}})
        .to_string();
    let run = |args: &[&str], as_of: &str, input: &str| {
        fed(&[&["sla", "--calendar", "five-day", "--lang", "en", "--as-of", as_of], args].concat(), input)
    };
    let (old, new) = (dir.at("old.json"), dir.at("new.json"));
    let first = run(&["--policy", &old], "2026-06-29T10:00:00Z", &case);
    let state = first.lines()[0]["state"].clone();
    let line = json!({"subject": "T-1", "state": state}).to_string();
    let refused = run(&["--policy", &new], "2026-06-29T10:00:00Z", &line);
    insta::assert_snapshot!(refused.err, @"
    line 1: the clocks ran by `ours` 1, and this is `ours` 2, which must take them over first: give the other one by `--before`
    1 bad line was left out
    ");
    let taken = run(&["--policy", &new, "--before", &old], "2026-06-29T10:00:00Z", &line);
    insta::assert_snapshot!(texts(&taken), @r#"T-1: First response: 1 h of 1 h 30 min used, working time; next "2026-06-29T10:30:00Z""#);
    // From then on it is a case of the new policy.
    let line = json!({"subject": "T-1", "state": taken.lines()[0]["state"]}).to_string();
    insta::assert_snapshot!(texts(&run(&["--policy", &new, "--before", &old], "2026-06-29T11:00:00Z", &line)), @"T-1: First response: 2 h of 1 h 30 min used, working time; First response: too late since 2026-06-29 10:30:00 UTC; next null");
}

#[test]
fn an_instant_that_is_none_is_told_with_an_example() {
    let line = json!({
        "subject": "T-1", "opening": {"at": "2026-06-29T09:00:00Z", "priority": "normal"},
        "entries": [{"entry": "resumed", "at": "2026-06-29T14"}]
    });
    insta::assert_snapshot!(timed("2026-06-30", &line.to_string()).err, @"
    line 1: `entries[0]`: `at`: expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `2026-06-29T14`
    1 bad line was left out
    ");
}

#[test]
fn what_no_milestone_knows_is_told() {
    let told = |policy: &str, entry: Value| {
        let opening = json!({"at": "2026-06-29T09:00:00Z", "priority": "normal"});
        let line = json!({"subject": "T-1", "opening": opening, "entries": [entry]}).to_string();
        let args = ["sla", "--policy", policy, "--calendar", "five-day", "--as-of", "2026-06-30"];
        fed(&args, line).err
    };
    let pause = |entry, reason| json!({"entry": entry, "at": "2026-06-29T10:00:00Z", "reason": reason});
    insta::assert_snapshot!(told("office-hours", pause("paused", "waiting_for_custmer")), @"
    line 1: `entries[0]`: `reason`: no milestone of the policy is paused by `waiting_for_custmer`, allowed: waiting_for_customer, waiting_for_supplier
    1 bad line was left out
    ");
    insta::assert_snapshot!(told("office-hours", pause("resumed", "waiting")), @"
    line 1: `entries[0]`: `reason`: no milestone of the policy is paused by `waiting`, allowed: waiting_for_customer, waiting_for_supplier
    1 bad line was left out
    ");
    assert_eq!(told("office-hours", pause("paused", "waiting_for_customer")), "");
    let met = json!({"entry": "met", "at": "2026-06-29T10:00:00Z", "milestone": "solved"});
    insta::assert_snapshot!(told("office-hours", met), @"
    line 1: `entries[0]`: the case has no milestone `solved`, it has first_response, resolution
    1 bad line was left out
    ");
    // Where nothing stops a clock, a pause is told to nobody.
    let dir = Dir::new().with("ours.json", json!({
        "schema": "guanxi.sla/1", "id": "ours", "version": "1", "body": {"zone": "calendar", "milestones": [
            {"id": "first_response", "reopen": "keep", "targets": {"normal": {"due": {"working_minutes": 90}}}}
        ]}
    }).to_string());
    assert_eq!(told(&dir.at("ours.json"), pause("paused", "waiting")), "");
}

#[test]
fn the_hours_may_be_those_of_the_customer() {
    let preset = guanxi(&["policy", "show", "sla/office-hours"]).well();
    let mut policy: Value = serde_json::from_str(&preset).unwrap();
    policy["id"] = "ours".into();
    policy["body"]["zone"] = "customer".into();
    let dir = Dir::new().with("ours.json", policy.to_string());
    let line = |zone| {
        let opening = json!({"at": "2026-06-29T00:00:00Z", "priority": "strategic", "zone": zone});
        json!({"subject": "T", "opening": opening}).to_string()
    };
    let policy = dir.at("ours.json");
    let args = ["sla", "--policy", &policy, "--calendar", "five-day", "--as-of", "2026-06-29T00:00:00Z"];
    let ran = fed(&args, [line("+08:00"), line("UTC"), line("Asia/Shanghai")].join("\n"));
    let due: Vec<_> =
        ran.lines().iter().map(|line| line["outcome"]["milestones"][0]["due"].clone()).collect();
    assert_eq!(due, ["2026-06-29T03:00:00Z", "2026-06-29T11:00:00Z", "2026-06-29T03:00:00Z"], "{}", ran.err);
}

#[test]
fn bad_lines_are_told_and_left_out() {
    let ran = timed(
        "2026-06-29T13:00:00Z",
        r#"{"subject": "T-1"}
[]
{"opening": {}}
{"subject": "T-2", "opening": {"at": "2026-06-29T10:00:00Z", "priority": "normal", "calendar": "night"}}
{"subject": "T-3", "opening": {"at": "2026-06-29T10:00:00Z", "priority": "normal"}, "entries": [{"entry": "met", "at": "2026-06-29T09:00:00Z", "milestone": "first_response"}]}
{"subject": "T-4", "opening": {"at": "2026-06-29T10:00:00Z", "priority": "normal"}, "entries": [{"entry": "lost", "at": "2026-06-29T11:00:00Z"}]}
{"subject": "T-5", "opening": {"at": "2026-06-30T10:00:00Z", "priority": "normal"}}
{"subject": "T-6", "opening": {"at": "yesterday", "priority": "normal"}}
{"subject": "T-7", "opening": {"at": "2026-06-29T10:00:00Z", "priority": "normal"}, "state": {}}
{"subject": "T-8", "opening": {"at": "2026-06-29T10:00:00Z", "priority": "normal"}, "owner": "A"}
{"subject": "T-9", "opening": {"at": "2026-06-29T10:00:00Z", "priority": "normal"}}
"#,
    );
    assert_eq!((ran.code, ran.lines().len()), (1, 1));
    insta::assert_snapshot!(ran.err, @"
    line 1: missing field `opening`, or `state` of the last run
    line 2: expected an object with `subject`, `opening` or `state`, and `entries`, got a list
    line 3: missing field `subject`
    line 4: `opening`: there is no calendar `night` in its own zone
    line 5: `entries[0]`: the last entry was at 2026-06-29 10:00:00 UTC, got 2026-06-29 09:00:00 UTC
    line 6: `entries[0]`: unknown variant `lost`, expected one of `paused`, `resumed`, `met`, `reopened`, `priority`, `calendar`, `zone`
    line 7: the last entry was at 2026-06-30 10:00:00 UTC, got 2026-06-29 13:00:00 UTC
    line 8: `opening`: expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `yesterday`
    line 9: `opening` and `state`: a case is opened once; give one of them
    line 10: unknown field `owner`, expected one of `subject`, `opening`, `state`, `entries`
    10 bad lines were left out
    ");
    let none = fed(&["sla", "--calendar", "five-day", "--policy", "gold"], "");
    insta::assert_snapshot!(none.seen(None), @"
    -- stderr
    no policy `gold`: give a file (JSON or TOML) or one of standard, office-hours
    -- exit code 2
    ");
}
