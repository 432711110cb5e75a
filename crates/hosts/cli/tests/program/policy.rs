//! `guanxi policy`.
use serde_json::Value;

use crate::input::{COMPANY, DAY, Dir, WORKED};
use crate::run::{fed, guanxi};

const PRESETS: [&str; 3] = ["standard", "literal", "assessed"];

/// What `policy check` says of a file of this name and text.
fn checked(name: &str, text: impl AsRef<[u8]>) -> String {
    let dir = Dir::new().with(name, text);
    guanxi(&["policy", "check", &dir.at(name)]).seen(Some(&dir))
}

#[test]
fn presets_are_listed() {
    let others = [
        "settle/standard",
        "settle/steady",
        "abc/standard",
        "abc/rank",
        "abc/blend",
        "rfm/standard",
        "value/standard",
        "tags/standard",
        "lifecycle/five-stage",
        "lifecycle/relationship-phases",
        "calendar/five-day",
        "sla/standard",
        "sla/office-hours",
        "leads/standard",
        "leads/software-case",
        "routing/standard",
        "routing/software-case",
        "pool/standard",
        "strategies/standard",
        "actions/standard",
        "budget/standard",
        "scripts/standard",
    ];
    assert_eq!(
        guanxi(&["policy", "show"]).well().lines().collect::<Vec<_>>(),
        [&PRESETS[..], &others].concat()
    );
}

#[test]
fn what_is_shown_is_the_same_policy_in_every_form() {
    for preset in PRESETS {
        let stamp = |name: &str, text: &str| {
            let dir = Dir::new().with(name, text);
            let ran = guanxi(&["policy", "check", &dir.at(name)]);
            assert_eq!(ran.code, 0, "{}", ran.err);
            ran.out.replace(&dir.at(name), "")
        };
        let show = |name: &str, format: &str| guanxi(&["policy", "show", name, "--format", format]).well();
        let (json, toml) = (show(preset, "json"), show(preset, "toml"));
        assert_eq!(guanxi(&["policy", "show", preset]).well(), json);
        let fingerprint = stamp("policy.json", &json);
        let version = if preset == "assessed" { "1.0.0" } else { "1.1.0" };
        assert!(fingerprint.starts_with(&format!(": sound: {preset} {version} ")), "{fingerprint}");
        assert_eq!(stamp("policy.toml", &toml), fingerprint);
        assert_eq!(stamp("policy.json", &format!("\u{feff}{}", json.replace('\n', "\r\n"))), fingerprint);
        assert_eq!(stamp("policy.toml", &format!("\u{feff}# ours\n{toml}")), fingerprint);
        // A file is shown as the preset is, and decides as the preset does.
        let dir = Dir::new().with("policy.toml", &toml);
        assert_eq!(show(&dir.at("policy.toml"), "json"), json);
        let assess =
            |policy: &str| fed(&["assess", "--policy", policy, "--as-of", DAY, "--quiet"], WORKED).well();
        assert_eq!(assess(&dir.at("policy.toml")), assess(preset));
    }
}

pub(crate) const FAULTS: &str = r#"{
  "schema": "guanxi.scoring/1", "id": "ours", "version": "1",
  "body": {
    "dimensions": {"value": "0.5", "potential": "0.5", "need": "0.2"},
    "facts": {"profit": {"kind": "decimal"}, "growth": {"kind": "decimal"}},
    "indicators": [
      {"id": "profit", "dimension": "value", "fact": "profit", "normaliser": {"kind": "relative_to_max"}, "weight": "1",
       "colour": "red"},
      {"id": "growth", "dimension": "potential", "fact": "grwoth", "normaliser": {"kind": "relative_to_max"}, "weight": "1"},
      {"id": "need", "dimension": "need", "fact": "profit", "normaliser": {"kind": "relative_to_max"}, "weight": "-1"}
    ],
    "tiers": [
      {"id": "key", "floor": "70"},
      {"id": "normal", "floor": "70.0"},
      {"id": "rest", "floor": "0"}
    ]
  }
}
"#;

pub(crate) const FAULTS_IN_TOML: &str = r#"schema  = "guanxi.scoring/1"
id      = "ours"
version = "1"

[body]
dimensions = { value = 0.5, potential = 0.5, need = 0.2 }
facts      = { profit = { kind = "decimal" }, growth = { kind = "decimal" } }
tiers      = [{ id = "key", floor = 70 }, { id = "normal", floor = 70.0 }, { id = "rest", floor = 0 }]

[[body.indicators]]
id         = "profit"
dimension  = "value"
fact       = "profit"
normaliser = { kind = "relative_to_max" }
weight     = 1
colour     = "red"

[[body.indicators]]
id         = "growth"
dimension  = "potential"
fact       = "grwoth"
normaliser = { kind = "relative_to_max" }
weight     = 1

[[body.indicators]]
id         = "need"
dimension  = "need"
fact       = "profit"
normaliser = { kind = "relative_to_max" }
weight     = -1
"#;

#[test]
fn every_fault_is_reported_with_line_and_column() {
    insta::assert_snapshot!(checked("ours.json", FAULTS), @r#"
    -- stderr
    ours.json:4:5: body.dimensions: weights sum, given weights of the dimensions that sum to 1.2, allowed: weights that sum to 1, or integers of any sum
    ours.json:6:5: body.indicators: weights sum, given weights of the indicators of need that sum to -1, allowed: weights that sum to 1, or integers of any sum
    ours.json:8:8: body.indicators[0].colour: unknown field, given `colour`, allowed: id, dimension, weight, fact, normaliser, direction, missing, greatest_age, influenceable
    ours.json:9:50: body.indicators[1].fact: unknown name, given "grwoth", allowed: a fact declared under `facts`
    ours.json:10:104: body.indicators[2].weight: not allowed here, given "-1", allowed: a weight from 0 to 1000000000 with at most 9 decimal places
    ours.json:14:24: body.tiers[1].floor: duplicate, given "70.0", allowed: a floor of its own; `key` has 70.00 already
    6 problems
    -- exit code 1
    "#);
    insta::assert_snapshot!(checked("ours.toml", FAULTS_IN_TOML), @r#"
    -- stderr
    ours.toml:6:1: body.dimensions: weights sum, given weights of the dimensions that sum to 1.2, allowed: weights that sum to 1, or integers of any sum
    ours.toml:8:60: body.tiers[1].floor: duplicate, given 70.0, allowed: a floor of its own; `key` has 70.00 already
    ours.toml:10:8: body.indicators: weights sum, given weights of the indicators of need that sum to -1, allowed: weights that sum to 1, or integers of any sum
    ours.toml:16:1: body.indicators[0].colour: unknown field, given `colour`, allowed: id, dimension, weight, fact, normaliser, direction, missing, greatest_age, influenceable
    ours.toml:21:1: body.indicators[1].fact: unknown name, given "grwoth", allowed: a fact declared under `facts`
    ours.toml:30:1: body.indicators[2].weight: not allowed here, given -1, allowed: a weight from 0 to 1000000000 with at most 9 decimal places
    6 problems
    -- exit code 1
    "#);
}

#[test]
fn faults_stop_an_assessment_too() {
    let dir = Dir::new().with("ours.json", FAULTS);
    let checked = guanxi(&["policy", "check", &dir.at("ours.json")]);
    let ran = fed(&["assess", "--policy", &dir.at("ours.json")], WORKED);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert_eq!(checked.err, format!("{}6 problems\n", ran.err));
}

#[test]
fn a_file_that_is_no_document_says_where() {
    insta::assert_snapshot!(checked("a.json", r#"{"schema": "guanxi.scoring/1" "id": "x"}"#), @r"
    -- stderr
    a.json:1:30: not JSON: Expected comma
    1 problem
    -- exit code 1
    ");
    insta::assert_snapshot!(checked("a.json", "{\"schema\": 1,\n \"é\": 2,}"), @r"
    -- stderr
    a.json:2:8: not JSON: Trailing commas are not allowed
    1 problem
    -- exit code 1
    ");
    insta::assert_snapshot!(checked("a.json", "[{}, {}"), @r"
    -- stderr
    a.json:1:1: not JSON: Unterminated array
    1 problem
    -- exit code 1
    ");
    insta::assert_snapshot!(checked("a.json", "[]"), @r"
    -- stderr
    a.json:1:1: document: wrong type, given [], allowed: a table with schema, id, version, effective_from, effective_to, body
    1 problem
    -- exit code 1
    ");
    insta::assert_snapshot!(checked("a.json", r#"{"schema": "guanxi.bands/1", "id": 1}"#), @r#"
    -- stderr
    a.json:1:2: schema: not allowed here, given "guanxi.bands/1", allowed: guanxi.scoring/1, guanxi.reference/1, guanxi.settle/1, guanxi.abc/1, guanxi.rfm/1, guanxi.value/1, guanxi.tags/1, guanxi.vocabulary/1, guanxi.lifecycle/1, guanxi.calendar/1, guanxi.overlay/1, guanxi.sla/1, guanxi.leads/1, guanxi.routing/1, guanxi.pool/1, guanxi.roster/1, guanxi.strategies/1, guanxi.actions/1, guanxi.budget/1, guanxi.scripts/1
    1 problem
    -- exit code 1
    "#);
    insta::assert_snapshot!(checked("a.toml", "id = 'x'\nid = 'y'\n"), @r"
    -- stderr
    a.toml:2:1: not TOML: duplicate key
    1 problem
    -- exit code 1
    ");
    insta::assert_snapshot!(checked("a.toml", "id = 'x'\nversion = \n"), @r"
    -- stderr
    a.toml:2:11: not TOML: string values must be quoted, expected literal string
    1 problem
    -- exit code 1
    ");
    insta::assert_snapshot!(checked("a.txt", "Dear all,\nplease find attached our policy."), @r"
    -- stderr
    a.txt:1:6: not TOML: key with no value, expected `=`
    1 problem
    -- exit code 1
    ");
    insta::assert_snapshot!(checked("a.json", ""), @r"
    -- stderr
    a.json:1:1: schema: missing field, allowed: `schema` is required
    a.json:1:1: id: missing field, allowed: `id` is required
    a.json:1:1: version: missing field, allowed: `version` is required
    a.json:1:1: body: missing field, allowed: `body` is required
    4 problems
    -- exit code 1
    ");
    insta::assert_snapshot!(checked("a.json", b"{\"id\": \"\xE5\xAE\"}"), @r"
    -- stderr
    a.json: not UTF-8 at byte 8: save the file as UTF-8
    -- exit code 2
    ");
    insta::assert_snapshot!(checked("a.json", r#"{"\u001b[31mred": 1, "schema": "guanxi.scoring/1"}"#), @r"
    -- stderr
    a.json:1:1: id: missing field, allowed: `id` is required
    a.json:1:1: version: missing field, allowed: `version` is required
    a.json:1:1: body: missing field, allowed: `body` is required
    a.json:1:2: \u{1b}[31mred: unknown field, given `\u{1b}[31mred`, allowed: schema, id, version, effective_from, effective_to, body
    4 problems
    -- exit code 1
    ");
}

#[test]
fn only_json_is_json() {
    let extras = [
        "{'a': 1}",
        "{a: 1}",
        "{\"a\": 0x1F}",
        "{\"a\": +1}",
        "{\"a\": .5}",
        "{\"a\": 5.}",
        "{\"a\": NaN}",
        "{\"a\": -Infinity}",
        "{\"a\": 1,}",
        "{\"a\": [1 2]}",
        "{\"a\": 1 \"b\": 2}",
        "{\"a\": \"\\x41\"}",
        "{\"a\": 1 /* one */}",
        "{\"a\": 01}",
    ];
    for text in extras {
        assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
        let said = checked("a.json", text);
        assert!(said.contains("not JSON") && said.ends_with("exit code 1"), "{text}\n{said}");
    }
}

#[test]
fn keys_given_twice_are_found() {
    let twice = COMPANY.replace(r#""population": 3,"#, r#""population": 3, "population": 4,"#);
    insta::assert_snapshot!(checked("company.json", twice), @r"
    -- stderr
    company.json:3:52: body.population: duplicate, given twice, allowed: each field once
    1 problem
    -- exit code 1
    ");
}

#[test]
fn numbers_are_not_changed_on_the_way() {
    let max = |json: &str| checked("company.json", COMPANY.replace(r#""1000000""#, json));
    let fingerprint = max(r#""1000000""#);
    assert!(fingerprint.contains("sound"), "{fingerprint}");
    assert_eq!(max("1000000"), fingerprint);
    assert_eq!(max("1e6"), fingerprint);
    let precise = max(r#""0.3000000000000000000001""#);
    assert_ne!(max(r#""0.3""#), precise);
    assert_eq!(max("0.3000000000000000000001"), precise);
    insta::assert_snapshot!(max("1e400"), @r#"
    -- stderr
    company.json:4:39: body.facts.cumulative_profit.max: not allowed here, given "1e400", allowed: a decimal keeps 28 digits, got `1e400`
    1 problem
    -- exit code 1
    "#);
    insta::assert_snapshot!(max("\"ten\""), @r#"
    -- stderr
    company.json:4:39: body.facts.cumulative_profit.max: not allowed here, given "ten", allowed: expected a decimal such as `-12.34`, got `ten`
    1 problem
    -- exit code 1
    "#);
    let floor =
        |toml: &str| checked("ours.toml", FAULTS_IN_TOML.replace("floor = 70.0", &format!("floor = {toml}")));
    assert!(floor("nan").contains("body.tiers[1].floor: "), "{}", floor("nan"));
    assert_eq!(floor("7_0.0"), floor("70.0"));
    assert_eq!(floor("+70.0"), floor("70.0"));
}

#[test]
fn what_is_suspicious_is_said_of_a_sound_policy() {
    let dir = Dir::new()
        .with("literal.json", guanxi(&["policy", "show", "literal"]).out)
        .with("company.json", COMPANY);
    let (policy, reference) = (dir.at("literal.json"), dir.at("company.json"));
    insta::assert_snapshot!(guanxi(&["policy", "check", &policy]).seen(Some(&dir)), @r"
    -- stdout
    literal.json: sound: literal 1.1.0 1000eeb17a208c5cbf749ed75e9f9ef3621c3dcf4ca396cd151ad4fbeb3cfc8a
    -- stderr
    literal.json:103:9: warning: body.indicators[2].weight: `order_growth` weighs 0: the indicator is shown but does not count [weight_of_zero]
    literal.json:139:9: warning: body.indicators[5].weight: `expansion_plan` weighs 0: the indicator is shown but does not count [weight_of_zero]
    literal.json:172:9: warning: body.indicators[8].weight: `decision_chain` weighs 0: the indicator is shown but does not count [weight_of_zero]
    literal.json:184:9: warning: body.tiers[0].floor: `strategic` needs 60 % of the total of `cumulative_profit` in one customer: in an ordinary company the tier stays empty: relative_to_max compares with the greatest [needs_dominant_customer]
    -- exit code 0
    ");
    insta::assert_snapshot!(guanxi(&["policy", "check", &policy, "--reference", &reference]).seen(Some(&dir)), @r"
    -- stdout
    literal.json: sound: literal 1.1.0 1000eeb17a208c5cbf749ed75e9f9ef3621c3dcf4ca396cd151ad4fbeb3cfc8a
    -- stderr
    literal.json:103:9: warning: body.indicators[2].weight: `order_growth` weighs 0: the indicator is shown but does not count [weight_of_zero]
    literal.json:139:9: warning: body.indicators[5].weight: `expansion_plan` weighs 0: the indicator is shown but does not count [weight_of_zero]
    literal.json:172:9: warning: body.indicators[8].weight: `decision_chain` weighs 0: the indicator is shown but does not count [weight_of_zero]
    literal.json:184:9: warning: body.tiers[0].floor: `strategic` needs 60 % of the total of `cumulative_profit` in one customer: in an ordinary company the tier stays empty: relative_to_max compares with the greatest [needs_dominant_customer]
    -- exit code 0
    ");
}

#[test]
fn the_schema_describes_every_preset_and_reference() {
    let validator = |kind: &str| {
        let schema: Value = serde_json::from_str(&guanxi(&["policy", "schema", kind]).well()).unwrap();
        jsonschema::draft202012::meta::validate(&schema).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    };
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(guanxi(&["policy", "schema"]).well(), guanxi(&["policy", "schema", "scoring"]).well());
    let (scoring, reference) = (validator("scoring"), validator("reference"));
    for preset in PRESETS {
        let policy = json(&guanxi(&["policy", "show", preset]).well());
        assert_eq!(scoring.iter_errors(&policy).map(|error| error.to_string()).collect::<Vec<_>>(), [""; 0]);
        assert!(!reference.is_valid(&policy));
    }
    let dir = Dir::new();
    let made = dir.at("made.json");
    fed(&["assess", "--as-of", DAY, "--reference-out", &made], WORKED).well();
    for text in [COMPANY, &dir.read("made.json")] {
        assert_eq!(
            reference.iter_errors(&json(text)).map(|error| error.to_string()).collect::<Vec<_>>(),
            [""; 0]
        );
        assert!(!scoring.is_valid(&json(text)));
    }
    // Of the five faults a schema sees the first; the others lie between fields, or in a value's range.
    assert!(!scoring.is_valid(&json(FAULTS)));
    assert!(!reference.is_valid(&json(&COMPANY.replace("population\"", "popularity\""))));
}

#[test]
fn a_preset_that_was_changed_needs_a_name_of_its_own() {
    let warned = |edit: fn(String) -> String| {
        let text = edit(guanxi(&["policy", "show", "assessed"]).well());
        checked("ours.json", text).contains("[preset_changed]")
    };
    assert!(!warned(|text| text));
    assert!(warned(|text| text.replace("\"floor\": \"90.00\"", "\"floor\": \"91.00\"")));
    assert!(!warned(|text| text
        .replace("91.00", "")
        .replace("\"id\": \"assessed\"", "\"id\": \"ours\"")
        .replace("90.00", "91.00")));
}

#[test]
fn a_kind_that_nobody_knows_is_told_with_all_that_are_known() {
    let dir =
        Dir::new().with("ours.json", r#"{"schema": "guanxi.lifecycles/1", "id": "ours", "version": "1"}"#);
    for command in [&["check"][..], &["show"], &["lint"]] {
        let ran = guanxi(&[&["policy"], command, &[&dir.at("ours.json")]].concat());
        assert_ne!(ran.code, 0);
        let told = ran.err.replace(&dir.at(""), "");
        insta::allow_duplicates! {
            insta::assert_snapshot!(told.lines().next().unwrap(), @r#"ours.json:1:2: schema: not allowed here, given "guanxi.lifecycles/1", allowed: guanxi.scoring/1, guanxi.reference/1, guanxi.settle/1, guanxi.abc/1, guanxi.rfm/1, guanxi.value/1, guanxi.tags/1, guanxi.vocabulary/1, guanxi.lifecycle/1, guanxi.calendar/1, guanxi.overlay/1, guanxi.sla/1, guanxi.leads/1, guanxi.routing/1, guanxi.pool/1, guanxi.roster/1, guanxi.strategies/1, guanxi.actions/1, guanxi.budget/1, guanxi.scripts/1 (did you mean `guanxi.lifecycle/1`?)"#);
        }
    }
    for preset in ["actions/standard", "standard"] {
        assert_eq!(guanxi(&["policy", "check", preset]).code, 2);
    }
    insta::assert_snapshot!(guanxi(&["policy", "check", "actions/standard"]).err, @"actions/standard is a preset, which is sound: give a file; `show`, `diff` and `lint` take presets");
}
