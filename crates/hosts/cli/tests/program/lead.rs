//! `guanxi lead`.
use std::path::Path;

use serde_json::{Value, json};

use crate::input::Dir;
use crate::run::{Ran, fed, guanxi};

const DAY: &str = "2026-06-25";

pub(crate) fn leads() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/leads/leads.jsonl")).unwrap()
}

fn scored(args: &[&str], input: &str) -> Ran {
    fed(&[&["lead", "--policy", "software-case", "--as-of", DAY], args].concat(), input)
}

fn brief(ran: &Ran) -> String {
    let told = |line: &Value| {
        let outcome = &line["outcome"];
        let (score, band, grade) = (&outcome["score"], &outcome["band"], &outcome["grade"]);
        let (flags, next) = (&outcome["flags"], &line["next_change"]);
        format!("{}: {score} {band} {grade}, flags {flags}, next {next}", line["subject"].as_str().unwrap())
    };
    ran.lines().iter().map(told).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_line_scores_a_lead_and_says_why() {
    let ran = scored(&["--lang", "en"], &leads());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!(brief(&ran), @r#"
    L-1: "80.00" "potential" "a", flags null, next "2026-06-27T01:00:00Z"
    L-2: "54.00" "potential" "b", flags ["silent"], next null
    L-3: "36.00" "potential" "d", flags ["silent"], next null
    L-4: "42.00" "potential" "b", flags null, next "2026-06-27T00:00:00Z"
    L-5: "100.00" "high_value" "a", flags null, next "2026-06-27T01:00:00Z"
    "#);
    let first = &ran.lines()[0];
    let texts: Vec<&str> =
        first["texts"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    insta::assert_snapshot!(texts.join("\n"), @"
    Score 80.00: fit 100.00 weighs 60 %, engagement 50.00 weighs 40 %
    Band potential lead, from 0.00
    5.00 below high-value lead, which begins at 85.00
    Grade A: fit high, engagement hot
    in the region: 30 points
    in the industry: 40 points
    need identified: 30 points
    interaction of the last 7 days, 5 times: 50 points
    ");
    assert!(first["outcome"]["fit"].get("lines").is_none());
    assert!(scored(&["--lang", "zh-CN"], &leads()).lines()[0]["texts"].is_array());
}

/// The lines of a ledger add up to its total, whatever order the events come in and however often.
#[test]
fn a_ledger_adds_up() {
    let ran = scored(&["--explain"], &leads());
    let millionths = |amount: &Value| {
        let text = amount.as_str().unwrap();
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        format!("{whole}{part:0<6}").parse::<i64>().unwrap()
    };
    for line in ran.lines() {
        for part in ["fit", "engagement"] {
            let part = &line["outcome"][part];
            let sum: i64 =
                part["lines"].as_array().unwrap().iter().map(|line| millionths(&line["amount"])).sum();
            assert_eq!(sum, millionths(&part["total"]), "{line}");
        }
    }
    let mut first: Value = serde_json::from_str(leads().lines().next().unwrap()).unwrap();
    let events = first["events"].as_array_mut().unwrap();
    events.reverse();
    events.extend_from_within(..2);
    assert_eq!(scored(&["--explain"], &first.to_string()).lines()[0], ran.lines()[0]);
}

#[test]
fn what_is_set_by_hand_counts_beside_what_was_computed() {
    let mut first: Value = serde_json::from_str(leads().lines().next().unwrap()).unwrap();
    first["override"] =
        json!({"score": "90", "by": "U7", "why": "seen at the fair", "until": "2026-07-01T00:00:00Z"});
    let ran = scored(&[], &first.to_string());
    let outcome = &ran.lines()[0]["outcome"];
    assert_eq!((&outcome["score"], &outcome["computed"]["score"]), (&json!("90.00"), &json!("80.00")));
}

/// What goes on to the next command is the line as it came, numbers as they were written.
#[test]
fn facts_are_passed_on_with_what_was_found() {
    let line = r#"{"subject": "L9", "owner": "A", "effort": "0.5", "facts": {"region": "East China", "score": "1", "budget": 0.10, "industry": null}, "events": []}"#;
    let ran = scored(&["--facts"], line);
    insta::assert_snapshot!(ran.seen(None), @r#"
    -- stdout
    {"subject":"L9","facts":{"region":"East China","budget":0.10,"industry":null,"score":"18.00","band":"potential","grade":"d"},"events":[],"owner":"A","effort":"0.5"}
    -- exit code 0
    "#);
}

#[test]
fn bad_lines_are_told_and_left_out() {
    let ran = scored(
        &[],
        r#"{"subject": "L1", "events": [{"id": "1", "kind": "contact.replied", "occurred_at": "soon"}]}
[]
{"facts": {}}
{"subject": "L2", "facts": {"need_identified": "perhaps"}}
{"subject": "L3", "override": {"by": "U7", "why": "", "until": "2026-07-01T00:00:00Z"}}
{"subject": "L4", "state": {}}
{"subject": "L5", "colour": "red"}
{"subject": "L6", "facts": {"colour": "red"}}
"#,
    );
    assert_eq!((ran.code, ran.lines().len()), (1, 1));
    insta::assert_snapshot!(ran.err, @"
    line 1: `events[0].occurred_at`: expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `soon`
    line 2: expected an object with `subject`, `facts`, `events`, `override`, `owner`, `accounts`, `effort`, got a list
    line 3: missing field `subject`
    line 4: fact `need_identified`: expected true or false, got `perhaps`
    line 5: `override`: an override sets a score, a grade or both, got neither
    line 6: unknown field `state`, expected one of `subject`, `facts`, `events`, `override`, `owner`, `accounts`, `effort`
    line 7: unknown field `colour`, expected one of `subject`, `facts`, `events`, `override`, `owner`, `accounts`, `effort`
    7 bad lines were left out
    note: facts that the vocabulary does not declare: colour
    ");
    let slip =
        r#"{"subject": "L1", "events": [{"id": "1", "kind": "visit.mad", "occurred_at": "2026-06-01"}]}"#;
    let told = scored(&[], slip);
    assert_eq!(told.code, 0);
    insta::assert_snapshot!(told.err, @"note: kinds of events that are not standard and that the vocabulary does not declare: visit.mad (did you mean `visit.made`?)");
    let skipped = scored(&["--skip-bad"], "{}\n");
    assert_eq!(skipped.code, 0);
    let none = fed(&["lead", "--policy", "hardware-case"], "");
    insta::assert_snapshot!(none.seen(None), @"
    -- stderr
    no policy `hardware-case`: give a file (JSON or TOML) or one of standard, software-case
    -- exit code 2
    ");
}

#[test]
fn a_policy_of_ones_own_is_checked_and_used() {
    let preset = guanxi(&["policy", "show", "leads/software-case"]).well();
    let dir = Dir::new().with("ours.json", preset.replace("\"software-case\"", "\"ours\""));
    let dir = dir.with("bad.json", preset.replace("\"points\": \"40\"", "\"points\": \"many\""));
    assert!(guanxi(&["policy", "check", &dir.at("ours.json")]).well().contains("sound: ours"));
    let ran = fed(&["lead", "--policy", &dir.at("ours.json"), "--as-of", DAY], leads());
    assert_eq!(ran.lines()[0]["basis"]["policy"]["id"], "ours");
    let bad = fed(&["lead", "--policy", &dir.at("bad.json")], leads());
    assert_eq!((bad.code, bad.out.as_str()), (2, ""));
    assert!(bad.err.contains("\"many\""), "{}", bad.err);
    assert!(guanxi(&["policy", "schema", "leads"]).well().contains("engagement"));
}
