//! `guanxi plan` and `guanxi due`.
use serde_json::{Value, json};

use crate::run::{Ran, fed};

const LINES: &str = r#"{"subject": "C1", "state": null, "facts": {"open_opportunities": {"value": 1, "observed_at": "2026-01-01T00:00:00Z"}, "owner": {"value": "wang", "observed_at": "2026-01-01T00:00:00Z"}}, "events": [{"id": "1", "kind": "visit.made", "occurred_at": "2026-01-05T10:00:00Z"}]}
{"subject": "C2", "facts": {"contract_ends": {"value": "2026-03-01", "observed_at": "2026-01-01T00:00:00Z"}}}
"#;

fn planned(as_of: &str, input: &str) -> Ran {
    fed(&["plan", "--since", "2026-01-04", "--as-of", as_of, "--lang", "en", "--quiet"], input)
}

fn texts(ran: &Ran) -> String {
    let told = |line: &Value| {
        let texts = line["texts"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned());
        let next = line["next_change"].as_str().unwrap_or("never");
        format!(
            "{} (next {next}): {}",
            line["subject"].as_str().unwrap(),
            texts.collect::<Vec<_>>().join("; ")
        )
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
fn a_line_plans_a_customer_and_says_why() {
    insta::assert_snapshot!(texts(&planned("2026-01-05T12:00:00Z", LINES)));
}

/// Fed in pieces, a customer is planned as when fed at once, and nothing twice.
#[test]
fn states_go_in_and_come_out() {
    let first = planned("2026-01-05T12:00:00Z", LINES);
    let done = json!({"id": "2", "kind": "action.done", "occurred_at": "2026-01-08T12:00:00Z",
        "attributes": {"key": "standard/silence/main/@2026-01-08T10:00:00Z/C1"}});
    let second = planned("2026-01-09", &again(&first, &[("C1", done.clone())]));
    insta::assert_snapshot!(texts(&second));
    let whole = LINES.replacen("\"events\": [", &format!("\"events\": [{done}, "), 1);
    let states =
        |ran: &Ran| ran.lines().iter().map(|line| line["outcome"]["state"].clone()).collect::<Vec<_>>();
    assert_eq!(states(&planned("2026-01-09", &whole)), states(&second));
    let third = planned("2026-01-09", &again(&second, &[("C1", done)]));
    assert_eq!(states(&third), states(&second));
}

#[test]
fn what_is_due_is_listed_for_all_together() {
    let plans = planned("2026-01-05T12:00:00Z", LINES).out;
    let due = |more: &[&str]| {
        let ran = fed(&[&["due", "--until", "2026-01-12", "--quiet"], more].concat(), &plans);
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out
    };
    insta::assert_snapshot!(due(&["--table"]));
    insta::assert_snapshot!(due(&["--table", "--view", "workload", "--lang", "zh-CN"]));
    let lines = due(&["--role", "account_manager"]);
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(first["key"], "standard/renewal/main/@2026-01-04T00:00:00Z/C2");
    assert!(due(&["--role", "nobody"]).is_empty());
}

/// A host that appends plans day by day counts no step twice.
#[test]
fn of_two_plans_of_a_customer_the_later_line_counts() {
    let (early, late) = (planned("2026-01-05T12:00:00Z", LINES), planned("2026-01-05T12:00:00Z", LINES));
    let done = json!({"id": "2", "kind": "action.done", "occurred_at": "2026-01-08T12:00:00Z",
        "attributes": {"key": "standard/silence/main/@2026-01-08T10:00:00Z/C1"}});
    let later = planned("2026-01-09", &again(&late, &[("C1", done)]));
    let due = |args: &[&str], plans: &[&str]| {
        fed(&[&["due", "--until", "2026-01-12"], args].concat(), plans.concat())
    };
    for args in [["--view", "steps"], ["--view", "workload"]] {
        let once = due(&args, &[&later.out]);
        assert_eq!((once.code, once.err.as_str()), (0, ""));
        let both = due(&args, &[&early.out, &later.out]);
        assert_eq!((both.code, both.out), (0, once.out));
        insta::allow_duplicates! {
            insta::assert_snapshot!(both.err, @"note: 2 plans were superseded by a later line of the same subject");
        }
    }
    let line = later.out.lines().next().unwrap();
    insta::assert_snapshot!(due(&[], &[line, "\n", line]).err, @"note: 1 plan was superseded by a later line of the same subject");
}

#[test]
fn what_was_asked_for_in_vain_is_told() {
    let plans = planned("2026-01-05T12:00:00Z", LINES).out;
    let told = |args: &[&str], input: &str| fed(&[&["due"], args].concat(), input).seen(None);
    insta::assert_snapshot!(told(&["--until", "2026-01-12", "--role", "nope"], &plans), @"
    -- stderr
    note: no step is of the role `nope`; roles that have steps: account_manager, sales_manager
    -- exit code 0
    ");
    insta::assert_snapshot!(told(&["--until", "2026-01-12", "--role", "nope", "--view", "workload"], &plans), @"
    -- stderr
    note: no step is of the role `nope`; roles that have steps: account_manager, marketing, sales_manager
    -- exit code 0
    ");
    insta::assert_snapshot!(told(&["--until", "2026-01-12", "--role", "nope"], ""), @"
    -- stderr
    note: no step is of the role `nope`; roles that have steps: none
    -- exit code 0
    ");
    insta::assert_snapshot!(told(&["--until", "soon"], ""), @"
    -- stderr
    --until: expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `soon`
    -- exit code 2
    ");
}

#[test]
fn bad_lines_are_told_and_left_out() {
    let ran = fed(
        &["plan", "--as-of", "2026-03-15"],
        r#"{"subject": "C1", "events": [{"id": "1", "kind": "order placed", "occurred_at": "2026-01-01"}]}
[]
{"subject": "C2", "state": {"since": "yesterday"}}
{"subject": "C3", "facts": {"colour": "red"}, "plan": 1}
{"subject": "C4", "facts": {"colour": "red"}}
"#,
    );
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.err);
    assert_eq!(ran.lines().len(), 1);
    let ran = fed(&["due", "--until", "2026-01-12"], "{}\n[]\n");
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.err);
}
