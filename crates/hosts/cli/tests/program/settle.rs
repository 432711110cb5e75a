//! `guanxi assess --settle`, and settling rules as documents.
use serde_json::{Value, json};

use crate::input::{DAY, Dir, line};
use crate::run::{Ran, fed, guanxi};

/// A customer with this composite, and what else its line bears.
fn scored(subject: &str, score: &str, more: &str) -> String {
    let facts = format!(r#""value_score": {score}, "potential_score": {score}, "need_score": {score}"#);
    line(subject, &facts).replace("}}\n", &format!("}}{more}}}\n"))
}

fn settle(rule: &str, as_of: &str, more: &[&str], input: &str) -> Ran {
    fed(&[&["assess", "--policy", "assessed", "--settle", rule, "--as-of", as_of], more].concat(), input)
}

fn state(line: &Value) -> String {
    format!(r#", "state": {}"#, line["settle"]["state"])
}

#[test]
fn a_first_line_says_all_there_is_to_say() {
    insta::assert_snapshot!(settle("standard", DAY, &["--lang", "en"], &scored("A", "72", "")).well(), @r##"
    {"subject":"A","outcome":{"tier":"key","composite":"72.00","dimensions":{"value":"72.00","potential":"72.00","need":"72.00"},"completeness":"1","standing":"tiered","tiers":{"computed":"key","settled":"key","effective":"key"}},"reasons":[{"code":"reaches_tier","tier":"key","composite":"72.00","floor":"70.00"},{"code":"below_tier","tier":"strategic","floor":"90.00","short_by":"18.00"}],"texts":["72.00 points reach Key (from 70.00)","18.00 points below Strategic (from 90.00)"],"basis":{"policy":{"id":"assessed","version":"1.0.0","fingerprint":"2625734d62c38fca0e55443a70d892eed28710c049a331d89cb9d5b5ed2c401c"},"reference":null},"as_of":"2026-06-30T00:00:00Z","next_change":null,"settle":{"rule":{"id":"standard","version":"1.0.0","fingerprint":"9d4e210976a3596539a007fa12d039464bf1fd75face3e7c3efb6cf6228aede7"},"state":{"class":"key","since":"2026-06-30T00:00:00Z","below_since":null,"settled_at":"2026-06-30T00:00:00Z"},"reasons":[{"code":"enters","class":"key","score":"72.00","floor":"70.00"}],"texts":["Starts in Key with 72.00 points (from 70.00)"],"next_change":null}}
    "##);
}

#[test]
fn a_tier_falls_one_step_a_review_and_rises_at_once() {
    let mut seen = String::new();
    let mut more = String::new();
    for (as_of, score) in [
        ("2025-11-03", "91"),
        ("2025-12-31", "45"),
        ("2026-01-02", "45"),
        ("2026-01-02", "45"),
        ("2026-06-30", "45"),
        ("2026-07-01", "45"),
        ("2026-08-09", "88"),
    ] {
        let ran = settle("standard", as_of, &["--lang", "en"], &scored("A", score, &more));
        let line = ran.lines().remove(0);
        let (outcome, settled) = (&line["outcome"], &line["settle"]);
        assert_eq!(outcome["tiers"]["settled"], settled["state"]["class"]);
        assert_eq!(outcome["tier"], outcome["tiers"]["effective"]);
        let texts: Vec<&str> =
            settled["texts"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
        let next = line["next_change"].as_str().unwrap_or("-");
        let (tier, computed) =
            (outcome["tier"].as_str().unwrap(), outcome["tiers"]["computed"].as_str().unwrap());
        seen += &format!("{as_of} {tier} ({computed}), next change {next}\n  {}\n", texts.join("\n  "));
        more = state(&line);
    }
    insta::assert_snapshot!(seen, @"
    2025-11-03 strategic (strategic), next change -
      Starts in Strategic with 91.00 points (from 90.00)
    2025-12-31 strategic (potential), next change 2026-01-01T00:00:00Z
      Stays in Strategic with 45.00 points
      Can fall to Key at the review of 2026-01-01
    2026-01-02 key (potential), next change 2026-07-01T00:00:00Z
      Review of 2026-01-01
      Falls from Strategic to Key with 45.00 points (Strategic is kept from 90.00)
      Points of Potential only, but the rule allows no more than 1 down at once
    2026-01-02 key (potential), next change 2026-07-01T00:00:00Z
      Stays in Key with 45.00 points
      Can fall to Normal at the review of 2026-07-01
    2026-06-30 key (potential), next change 2026-07-01T00:00:00Z
      Stays in Key with 45.00 points
      Can fall to Normal at the review of 2026-07-01
    2026-07-01 normal (potential), next change 2027-01-01T00:00:00Z
      Review of 2026-07-01
      Falls from Key to Normal with 45.00 points (Key is kept from 70.00)
      Points of Potential only, but the rule allows no more than 1 down at once
    2026-08-09 key (key), next change -
      Rises from Normal to Key with 88.00 points (from 70.00)
    ");
}

#[test]
fn an_override_counts_above_the_settled_tier() {
    let state = r#"{"class": "key", "since": "2025-01-01", "below_since": null, "settled_at": "2026-01-01"}"#;
    let set = r#"{"tier": "strategic", "by": "U7", "why": "named account", "until": "2026-06-30"}"#;
    let input = scored("A", "55", &format!(r#", "state": {state}, "override": {set}"#));
    let line = settle("standard", "2026-06-29", &[], &input).lines().remove(0);
    assert_eq!(line["outcome"]["tier"], "strategic");
    assert_eq!(
        (&line["outcome"]["tiers"]["settled"], &line["outcome"]["tiers"]["computed"]),
        (&json!("key"), &json!("normal"))
    );
    assert_eq!(line["settle"]["next_change"], "2026-07-01T00:00:00Z");
    assert_eq!(line["next_change"], "2026-07-01T00:00:00Z");
    // The earlier of both changes is the one to wait for.
    let line =
        settle("standard", "2026-06-29", &[], &input.replace("-06-30\"", "-06-29\"")).lines().remove(0);
    assert_eq!(
        (&line["next_change"], &line["settle"]["next_change"]),
        (&json!("2026-06-30T00:00:00Z"), &json!("2026-07-01T00:00:00Z"))
    );
}

#[test]
fn without_a_composite_the_state_is_handed_on() {
    let state = r#"{"class":"key","since":"2025-01-01T00:00:00Z","below_since":null,"settled_at":"2026-01-01T00:00:00Z"}"#;
    let input = line("A", "").replace("}}", &format!("}}, \"state\": {state}}}"));
    let ran = settle("standard", "2026-08-01", &[], &input);
    let line = ran.lines().remove(0);
    assert_eq!((&line["outcome"]["tier"], &line["outcome"]["composite"]), (&json!("key"), &Value::Null));
    assert!(
        ran.out.contains(&format!(r#""state":{state},"reasons":[{{"code":"no_score"}}],"next_change":null"#)),
        "{}",
        ran.out
    );
    let first = settle("standard", DAY, &[], &input.replace(state, "null")).lines().remove(0);
    assert_eq!((&first["outcome"]["tier"], &first["settle"]["state"]), (&Value::Null, &Value::Null));
}

#[test]
fn bad_states_are_bad_lines() {
    let said = |more: &str| {
        let ran = settle("standard", DAY, &[], &scored("A", "72", more));
        assert_eq!((ran.code, ran.out.as_str()), (1, ""));
        ran.err.lines().next().unwrap().to_owned()
    };
    insta::assert_snapshot!(said(r#", "settled": "key""#), @"line 1: `settled`: leave it out, the rule settles the tier from `state`");
    insta::assert_snapshot!(said(r#", "state": "key""#), @r##"
    line 1: `state`: invalid type: string "key", expected a state of class, since, below_since and settled_at
    "##);
    insta::assert_snapshot!(said(r#", "state": {"class": "key", "since": "2026-02-30", "settled_at": "2026-03-01"}"#), @"line 1: `state`: expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `2026-02-30`");
    insta::assert_snapshot!(said(r#", "state": {"class": "key", "since": "2026-03-02", "settled_at": "2026-03-01"}"#), @"line 1: `state`: expected since <= below_since <= settled_at, got `2026-03-02 00:00:00 UTC`, nothing and `2026-03-01 00:00:00 UTC`");
    insta::assert_snapshot!(said(r#", "state": null, "state": null"#), @"line 1: `state` is given twice");
    insta::assert_snapshot!(said(r#", "pin": null"#), @"line 1: unknown field `pin`, expected one of `subject`, `facts`, `state`, `override`");
    // Without the option a line has no state.
    let ran =
        fed(&["assess", "--policy", "assessed", "--as-of", DAY], scored("A", "72", r#", "state": null"#));
    insta::assert_snapshot!(ran.err.lines().next().unwrap(), @"line 1: unknown field `state`, expected one of `subject`, `facts`, `settled`, `override`");
}

#[test]
fn a_state_of_a_tier_that_is_gone_is_no_bad_line() {
    let gone = r#", "state": {"class": "gold", "since": "2025-01-01", "settled_at": "2026-01-01"}"#;
    let line = settle("standard", DAY, &["--lang", "zh-CN"], &scored("A", "72", gone)).lines().remove(0);
    assert_eq!(line["outcome"]["tier"], "key");
    assert_eq!(
        line["settle"]["texts"],
        json!(["gold已不存在", "首次核定为重点客户，得分 72.00（70.00 起）"])
    );
}

const OURS: &str = r#"schema = "guanxi.settle/1"
id = "ours"
version = "1"

[body.up]
when = "now"
margin = "2"

[body.down]
when = "at_review"
steps = 1

[body.reviews]
days = ["10-01", "04-01"]
offset = "+08:00"
"#;

#[test]
fn a_rule_of_ones_own_is_read_from_a_file() {
    let dir = Dir::new()
        .with("ours.toml", OURS)
        .with("scoring.json", guanxi(&["policy", "show", "assessed"]).well());
    let line = settle(&dir.at("ours.toml"), DAY, &[], &scored("A", "72", "")).lines().remove(0);
    assert_eq!(line["settle"]["rule"]["id"], "ours");
    let ran = settle("yearly", DAY, &[], "");
    insta::assert_snapshot!(ran.seen(None), @"
    -- stderr
    no settling rule `yearly`: give a file (JSON or TOML) or one of standard, steady
    -- exit code 2
    ");
    let ran = settle(&dir.at("scoring.json"), DAY, &[], "");
    insta::assert_snapshot!(ran.seen(Some(&dir)), @r##"
    -- stderr
    scoring.json:159:3: schema: not allowed here, given "guanxi.scoring/1", allowed: guanxi.settle/1
    -- exit code 2
    "##);
}

#[test]
fn rules_are_shown_checked_compared_and_described() {
    let listed = guanxi(&["policy", "show"]).well();
    let rules: Vec<&str> = listed.lines().filter_map(|id| id.strip_prefix("settle/")).collect();
    assert_eq!(rules, ["standard", "steady"]);
    for rule in rules {
        let preset = format!("settle/{rule}");
        let show = |name: &str, format: &str| guanxi(&["policy", "show", name, "--format", format]).well();
        let dir =
            Dir::new().with("rule.json", show(&preset, "json")).with("rule.toml", show(&preset, "toml"));
        assert_eq!(show(&dir.at("rule.toml"), "json"), show(&preset, "json"));
        assert_eq!(guanxi(&["policy", "show", &dir.at("rule.json")]).well(), show(&preset, "json"));
        let checked = guanxi(&["policy", "check", &dir.at("rule.toml")]).well();
        assert!(checked.contains(&format!("sound: {rule} 1.0.0 ")), "{checked}");
        let schema: Value = serde_json::from_str(&guanxi(&["policy", "schema", "settle"]).well()).unwrap();
        let document = serde_json::from_str(&dir.read("rule.json")).unwrap();
        assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&document));
    }
    insta::assert_snapshot!(guanxi(&["policy", "diff", "settle/standard", "settle/steady"]).well(), @r##"
    body.down.grace_days: 0 -> 90
    body.down.margin: "0.00" -> "2.00"
    body.up.dwell_days: 0 -> 30
    body.up.margin: "0.00" -> "2.00"
    id: "standard" -> "steady"
    "##);
}

#[test]
fn what_is_wrong_or_odd_in_a_rule_is_told_with_its_place() {
    let check = |text: &str| {
        let dir = Dir::new().with("ours.toml", text);
        guanxi(&["policy", "check", &dir.at("ours.toml")]).seen(Some(&dir))
    };
    insta::assert_snapshot!(check(&OURS.replace("\"2\"", "-2").replace("04-01", "02-29")), @r##"
    -- stderr
    ours.toml:7:1: body.up.margin: not allowed here, given -2, allowed: a score is from 0 to 100, got `-2`
    ours.toml:14:18: body.reviews.days[1]: not allowed here, given "02-29", allowed: expected a day that every year has: `02-28` or `03-01` in place of 29 February
    2 problems
    -- exit code 1
    "##);
    insta::assert_snapshot!(check(&OURS.replace("at_review", "never").replace("\"ours\"", "\"standard\"").replace("\"1\"", "\"1.0.0\"")), @"
    -- stdout
    ours.toml: sound: standard 1.0.0 10319dae7bf72f8832eee8439bac7148e122ee8598399d9d51828ba0533ec48b
    -- stderr
    ours.toml:2:1: warning: id: `standard` is a preset that says something else: decisions would name it as if it were the preset: give it an id or a version of its own [preset_changed]
    ours.toml:9:7: warning: body.down: no class ever falls: this has no effect; leave it out [never_happens]
    ours.toml:13:7: warning: body.reviews: nothing happens at a review: this has no effect; leave it out [unused_reviews]
    -- exit code 0
    ");
}
