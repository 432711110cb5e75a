//! `guanxi stage` and `guanxi funnel`.
use serde_json::{Value, json};

use crate::input::Dir;
use crate::run::{Ran, fed, guanxi};

const LINES: &str = r#"{"subject": "C1", "state": null, "events": [{"id": "2", "kind": "meeting.held", "occurred_at": "2026-02-01"}, {"id": "1", "kind": "contact.made", "occurred_at": "2026-01-10"}], "facts": {"source": "web", "owner": "U1"}}
{"subject": "C2", "events": [{"id": "3", "kind": "order.placed", "occurred_at": "2025-11-01"}, {"id": "4", "kind": "order.placed", "occurred_at": "2026-03-01"}, {"id": "5", "kind": "order.placed", "occurred_at": "2026-04-01"}], "facts": {"source": "fair"}}
"#;

fn moved(as_of: &str, input: &str) -> Ran {
    fed(&["stage", "--as-of", as_of, "--lang", "en", "--quiet"], input)
}

fn texts(ran: &Ran) -> String {
    let told = |line: &Value| {
        let texts = line["texts"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned());
        format!("{}: {}", line["subject"].as_str().unwrap(), texts.collect::<Vec<_>>().join("; "))
    };
    ran.lines().iter().map(told).collect::<Vec<_>>().join("\n")
}

/// The lines of a run as the next run takes them, with new events by subject.
fn again(ran: &Ran, news: &[(&str, Value)]) -> String {
    let line = |line: &Value| {
        let subject = line["subject"].as_str().unwrap();
        let events: Vec<&Value> =
            news.iter().filter(|(own, _)| *own == subject).map(|(_, event)| event).collect();
        json!({"subject": subject, "state": line["outcome"]["state"], "events": events}).to_string()
    };
    ran.lines().iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_line_moves_a_customer_and_says_why() {
    insta::assert_snapshot!(texts(&moved("2026-03-15", LINES)), @"
    C1: Not begun -> Prospect on 2026-01-10: first event (contact made); Prospect -> Awareness on 2026-02-01: showed interest (meeting held); Awareness since 2026-02-01, cycle 1: showed interest; If nothing happens, Prospect on 2026-05-02: no interaction for 90 days
    C2: Event 4 (order placed) does not lead from Purchase to Loyalty (third order within 12 months): count(order.placed within 12 months) >= 3: no, found 2; Event 5 (order placed) lies ahead, on 2026-04-01; until then it does not count; Not begun -> Purchase on 2025-11-01: first event is an order (order placed); Purchase since 2025-11-01, cycle 1: first event is an order; If nothing happens, Loyalty on 2026-04-01: third order within 12 months
    ");
}

/// Fed in pieces, with what is known repeated, a customer stands where it stands when fed at once.
#[test]
fn states_go_in_and_come_out() {
    let first = moved("2026-03-15", LINES);
    let late = json!({"id": "6", "kind": "order.placed", "occurred_at": "2026-02-15"});
    let known = json!({"id": "2", "kind": "meeting.held", "occurred_at": "2026-02-01"});
    let second = moved("2026-07-15", &again(&first, &[("C1", late.clone()), ("C1", known)]));
    insta::assert_snapshot!(texts(&second), @"
    C1: Event 2 (meeting held) was known already; Awareness -> Purchase on 2026-02-15: bought (order placed); Purchase since 2026-02-15, cycle 1: bought; At risk: no order.placed, stay.began within 2 * gap(order.placed) at least 60 days else 60 days: yes, found 0; If nothing happens, Churn on 2027-02-15: no order for too long
    C2: Purchase -> Loyalty on 2026-04-01: third order within 12 months (order placed): count(order.placed within 12 months) >= 3: yes, found 3; last(survey.answered where satisfaction >= 0).satisfaction >= 60: not known; Loyalty since 2026-04-01, cycle 1: third order within 12 months; If nothing happens, flags on 2026-08-30: At risk
    ");
    let whole = LINES.replacen("\"events\": [", &format!("\"events\": [{late}, "), 1);
    let states =
        |ran: &Ran| ran.lines().iter().map(|line| line["outcome"]["state"].clone()).collect::<Vec<_>>();
    let at_once = moved("2026-07-15", &whole);
    assert_eq!(states(&at_once), states(&second));
    // Asked again at once, nothing moves.
    let third = moved("2026-07-15", &again(&second, &[]));
    assert!(third.lines().iter().all(|line| line["outcome"]["moves"] == json!([])));
    assert_eq!(states(&third), states(&second));
}

#[test]
fn bad_lines_are_told_and_left_out() {
    let ran = fed(
        &["stage", "--as-of", "2026-03-15"],
        r#"{"subject": "C1", "events": [{"id": "1", "kind": "order placed", "occurred_at": "2026-01-01"}]}
[]
{"events": []}
{"subject": "C2", "state": {"stage": "loyalty"}}
{"subject": "C3", "facts": {"usage_growth": "much", "colour": "red"}}
{"subject": "C4", "facts": {"colour": "red"}, "stage": "loyalty"}
{"subject": "C5", "facts": {"colour": "red"}}
"#,
    );
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.err, @"
    line 1: `events[0].kind`: expected letters, digits, `_`, `-` and `.`, the first a letter, got `order placed`
    line 2: expected an object with `subject`, `facts`, `events`, `state`, got a list
    line 3: missing field `subject`
    line 4: `state`: missing field `subject`
    line 5: fact `usage_growth`: expected a decimal such as `-12.34`, got `much`
    line 6: unknown field `stage`, expected one of `subject`, `facts`, `events`, `state`
    6 bad lines were left out
    note: facts that the vocabulary does not declare: colour
    ");
    assert_eq!(ran.lines().len(), 1);
    let none = fed(&["stage", "--definition", "six-stage"], "");
    insta::assert_snapshot!(none.err, @"no definition `six-stage`: give a file (JSON or TOML) or one of five-stage, relationship-phases");
    assert_eq!(none.code, 2);
}

/// What every definition reads needs no vocabulary.
#[test]
fn a_wish_of_a_person_is_read_and_a_slip_of_a_kind_is_told() {
    let line = r#"{"subject": "C1", "events": [
        {"id": "1", "kind": "contact.made", "occurred_at": "2026-01-10", "attributes": {"by": "U1", "to": 5, "colour": "red"}},
        {"id": "2", "kind": "stage.moved", "occurred_at": "2026-01-11", "attributes": {"to": "transformed", "by": "U7", "why": "now a partner"}},
        {"id": "3", "kind": "approval.given", "occurred_at": "2026-01-11", "attributes": {"edge": "x", "role": "sales_manager", "by": "U7"}},
        {"id": "4", "kind": "order.placd", "occurred_at": "2026-01-12"},
        {"id": "5", "kind": "order.placd", "occurred_at": "2026-01-13"},
        {"id": "6", "kind": "webinar.joined", "occurred_at": "2026-01-12"},
        {"id": "7", "kind": "customer.lst", "occurred_at": "2026-01-12"},
        {"id": "8", "kind": "action.done", "occurred_at": "2026-01-12"}]}"#;
    let ran = fed(&["stage", "--as-of", "2026-03-15"], line.replace('\n', ""));
    assert_eq!(ran.code, 0);
    insta::assert_snapshot!(ran.err, @"
    note: attributes that the vocabulary does not declare: to, colour
    note: kinds of events that are not standard and that the vocabulary does not declare: order.placd (did you mean `order.placed`?), webinar.joined, customer.lst (did you mean `customer.lost`?)
    ");
    // Along an edge that lists it, the wish is followed.
    let preset = guanxi(&["policy", "show", "lifecycle/five-stage"]).well();
    let mut ours: Value = serde_json::from_str(&preset).unwrap();
    ours["id"] = "ours".into();
    for edge in ours["body"]["edges"].as_array_mut().unwrap() {
        if edge["id"] == "transformed" {
            edge["on"].as_array_mut().unwrap().push("stage.moved".into());
        }
    }
    let dir = Dir::new().with("ours.json", ours.to_string());
    let args = ["stage", "--definition", &dir.at("ours.json"), "--as-of", "2026-03-15", "--quiet"];
    let wished = fed(&args, line.replace('\n', ""));
    insta::assert_snapshot!(wished.lines()[0]["outcome"]["moves"][1], @r#"{"at":"2026-01-11T00:00:00Z","by":"U7","cause":{"event":{"id":"2","kind":"stage.moved"}},"cycle":1,"edge":"transformed","from":"prospect","to":"transformed","why":"now a partner"}"#);
    let bad = fed(&["stage"], line.replace('\n', "").replace("\"transformed\"", "5"));
    insta::assert_snapshot!(bad.err.lines().next().unwrap(), @"line 1: `events[1].attributes.to`: expected a text, got `5`");
}

#[test]
fn a_state_written_by_hand_is_no_door() {
    let ran = moved("2026-03-15", LINES);
    let mut state = ran.lines()[0]["outcome"]["state"].clone();
    state["stage"] = "loyalty".into();
    let forged = fed(&["stage"], json!({"subject": "C1", "state": state, "events": []}).to_string());
    assert_eq!((forged.code, forged.out.as_str()), (1, ""));
    insta::assert_snapshot!(forged.err, @"
    line 1: `state`: the stage must be that of the last move, `awareness`, got `loyalty`
    1 bad line was left out
    ");
}

#[test]
fn a_definition_is_drawn_in_both_languages() {
    let drawn =
        |args: &[&str]| guanxi(&[&["stage", "--definition", "relationship-phases"], args].concat()).well();
    insta::assert_snapshot!(drawn(&["--diagram", "mermaid"]), @r#"
    stateDiagram-v2
        state "Initial" as s1
        state "Development" as s2
        state "Mature" as s3
        state "Ended" as s4
        state "Transformed" as s5
        state "Any stage" as any
        [*] --> s1: first event (any event)
        s1 --> s2: first problem solved together, or third order (by itself)
        s2 --> s3: 24 months of development, and satisfied or renewed (by itself)
        s3 --> s2: complaint unresolved for 30 days (by itself)
        any --> s4: relationship ended (relationship ended)
        any --> s5: became a partner or supplier (relationship transformed)
        s4 --> [*]
        s5 --> [*]
    "#);
    assert!(drawn(&["--diagram", "mermaid", "--lang", "zh-CN"]).contains("成熟期"));
    assert!(drawn(&["--diagram", "dot"]).starts_with("digraph"));
}

#[test]
fn a_definition_of_ones_own_is_checked_and_used() {
    let preset = guanxi(&["policy", "show", "lifecycle/relationship-phases"]).well();
    let dir = Dir::new().with("ours.json", preset.replace("relationship-phases", "ours"));
    let dir = dir.with("bad.json", preset.replace("\"to\": \"mature\"", "\"to\": \"ripe\""));
    assert!(guanxi(&["policy", "check", &dir.at("ours.json")]).well().contains("sound: ours 1.0.0"));
    let ran = fed(&["stage", "--definition", &dir.at("ours.json"), "--as-of", "2026-03-15"], LINES);
    assert_eq!(ran.lines()[0]["outcome"]["stage"], "initial");
    let bad = fed(&["stage", "--definition", &dir.at("bad.json")], LINES);
    assert_eq!((bad.code, bad.out.as_str()), (2, ""));
    assert!(bad.err.contains("given \"ripe\""), "{}", bad.err);
}

#[test]
fn the_funnel_counts_stays_and_says_which_view_it_is() {
    let counted = |args: &[&str]| {
        let all = [&["funnel", "--from", "2026-01-01", "--to", "2026-07-01", "--quiet"], args].concat();
        fed(&all, LINES).well()
    };
    insta::assert_snapshot!(counted(&["--table", "--by", "source,owner", "--calendar", "five-day"]), @"
    Period: stays of five-stage 1.0.0 from 2026-01-01T00:00:00Z to before 2026-07-01T00:00:00Z
    All customers: 2
    ┌───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Stage         At start   Came   Left   At end   Reached   Went on   Conversion   Median days   Mean days   Median working hours   Beyond calendar │
    ╞═══════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Prospect             0      2      1        1         2         1         50 %            22          22                    120                 0 │
    │ Awareness            0      1      1        0         1         0          0 %            90          90                    520                 0 │
    │ Purchase             1      0      1        0         1         1        100 %           151         151                      –                 1 │
    │ Loyalty              0      1      0        1         1         –            –             –           –                      –                 0 │
    │ Churn                0      0      0        0         –         –            –             –           –                      –                 0 │
    │ Ended                0      0      0        0         –         –            –             –           –                      –                 0 │
    │ Transformed          0      0      0        0         –         –            –             –           –                      –                 0 │
    └───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘

    source: fair: 1
    ┌───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Stage         At start   Came   Left   At end   Reached   Went on   Conversion   Median days   Mean days   Median working hours   Beyond calendar │
    ╞═══════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Prospect             0      0      0        0         0         0            –             –           –                      –                 0 │
    │ Awareness            0      0      0        0         0         0            –             –           –                      –                 0 │
    │ Purchase             1      0      1        0         1         1        100 %           151         151                      –                 1 │
    │ Loyalty              0      1      0        1         1         –            –             –           –                      –                 0 │
    │ Churn                0      0      0        0         –         –            –             –           –                      –                 0 │
    │ Ended                0      0      0        0         –         –            –             –           –                      –                 0 │
    │ Transformed          0      0      0        0         –         –            –             –           –                      –                 0 │
    └───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘

    source: web: 1
    ┌───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Stage         At start   Came   Left   At end   Reached   Went on   Conversion   Median days   Mean days   Median working hours   Beyond calendar │
    ╞═══════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Prospect             0      2      1        1         2         1         50 %            22          22                    120                 0 │
    │ Awareness            0      1      1        0         1         0          0 %            90          90                    520                 0 │
    │ Purchase             0      0      0        0         0         0            –             –           –                      –                 0 │
    │ Loyalty              0      0      0        0         0         –            –             –           –                      –                 0 │
    │ Churn                0      0      0        0         –         –            –             –           –                      –                 0 │
    │ Ended                0      0      0        0         –         –            –             –           –                      –                 0 │
    │ Transformed          0      0      0        0         –         –            –             –           –                      –                 0 │
    └───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘

    owner: U1: 1
    ┌───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Stage         At start   Came   Left   At end   Reached   Went on   Conversion   Median days   Mean days   Median working hours   Beyond calendar │
    ╞═══════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Prospect             0      2      1        1         2         1         50 %            22          22                    120                 0 │
    │ Awareness            0      1      1        0         1         0          0 %            90          90                    520                 0 │
    │ Purchase             0      0      0        0         0         0            –             –           –                      –                 0 │
    │ Loyalty              0      0      0        0         0         –            –             –           –                      –                 0 │
    │ Churn                0      0      0        0         –         –            –             –           –                      –                 0 │
    │ Ended                0      0      0        0         –         –            –             –           –                      –                 0 │
    │ Transformed          0      0      0        0         –         –            –             –           –                      –                 0 │
    └───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘

    owner: not known: 1
    ┌───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ Stage         At start   Came   Left   At end   Reached   Went on   Conversion   Median days   Mean days   Median working hours   Beyond calendar │
    ╞═══════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ Prospect             0      0      0        0         0         0            –             –           –                      –                 0 │
    │ Awareness            0      0      0        0         0         0            –             –           –                      –                 0 │
    │ Purchase             1      0      1        0         1         1        100 %           151         151                      –                 1 │
    │ Loyalty              0      1      0        1         1         –            –             –           –                      –                 0 │
    │ Churn                0      0      0        0         –         –            –             –           –                      –                 0 │
    │ Ended                0      0      0        0         –         –            –             –           –                      –                 0 │
    │ Transformed          0      0      0        0         –         –            –             –           –                      –                 0 │
    └───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    ");
    let report: Value = serde_json::from_str(&counted(&["--cohort", "--by", "source"])).unwrap();
    assert_eq!(report["spec"]["view"]["cohort"]["until"], "2026-07-01T00:00:00Z");
    // Who began before is in no cohort that begins later.
    assert_eq!(report["counts"]["customers"], 1);
    assert!(counted(&["--table", "--lang", "zh-CN"]).contains("潜在期"));
}

#[test]
fn a_funnel_that_cannot_be_counted_says_why() {
    let told = |args: &[&str]| {
        let ran = fed(&[&["funnel"], args].concat(), LINES);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        ran.err
    };
    insta::assert_snapshot!(told(&["--from", "2026-07-01", "--to", "2026-01-01"]), @"expected from < to, and to at most until");
    insta::assert_snapshot!(told(&["--from", "2026-01-01", "--to", "2026-07-01", "--path", "prospect,purchse"]), @"the path must lead along stages of the definition, got `purchse`");
    insta::assert_snapshot!(told(&["--from", "last week"]), @"--from: expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `last week`");
}
