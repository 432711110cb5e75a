//! Documents that are refused, and those that are only suspicious.
use guanxi_bands::{SettleDocument, lint};
use serde_json::{Value, json};

fn document(body: Value) -> Value {
    json!({"schema": "guanxi.settle/1", "id": "ours", "version": "1", "body": body})
}

fn problems(body: Value) -> String {
    SettleDocument::from_value(&document(body)).unwrap_err().to_string()
}

#[test]
fn all_problems_come_at_once() {
    let body = json!({
        "up": {"when": "sometimes", "steps": 0, "margin": "-1", "dwell_days": 40_000, "grace_days": 3},
        "down": {"when": "now", "steps": 1, "margin": "1.234", "grace_days": 0},
        "reviews": {"days": ["01-01", "02-29", "01-01", 7, "13-01"], "offset": "Asia/Shanghai"},
        "review": {}
    });
    insta::assert_snapshot!(problems(body), @r##"
    body.review: unknown field, given `review`, allowed: up, down, reviews (did you mean `reviews`?)
    body.up.grace_days: unknown field, given `grace_days`, allowed: when, steps, margin, dwell_days
    body.up.steps: not allowed here, given 0, allowed: 1 to 255 steps; nothing for any number, `when = "never"` for none
    body.up.when: not allowed here, given "sometimes", allowed: now, at_review, never
    body.up.margin: not allowed here, given "-1", allowed: a score is from 0 to 100, got `-1`
    body.up.dwell_days: not allowed here, given 40000, allowed: 0 to 36500 days
    body.down.margin: not allowed here, given "1.234", allowed: a score has at most two decimal places, got `1.234`
    body.down.steps: not allowed here, given 1, allowed: no limit without a wait: `at_review`, or at least one day of dwell
    body.reviews.days[1]: not allowed here, given "02-29", allowed: expected a day that every year has: `02-28` or `03-01` in place of 29 February
    body.reviews.days[2]: duplicate, given "01-01", allowed: each day once
    body.reviews.days[3]: not allowed here, given 7, allowed: invalid type: integer `7`, expected a string
    body.reviews.days[4]: not allowed here, given "13-01", allowed: expected a day of the year such as `07-01`, got `13-01`
    body.reviews.offset: not allowed here, given "Asia/Shanghai", allowed: expected an offset from `-18:00` to `+18:00`, such as `+08:00`, got `Asia/Shanghai`
    "##);
}

#[test]
fn what_contradicts_itself_is_refused() {
    insta::assert_snapshot!(problems(json!({"up": {"when": "at_review"}, "down": {"when": "at_review"}})), @"
    body: missing field, given `up` that happens at a review, allowed: `reviews` with at least one day
    body: missing field, given `down` that happens at a review, allowed: `reviews` with at least one day
    ");
    insta::assert_snapshot!(problems(json!({"up": {"when": "now", "steps": 2}, "down": {"when": "now", "steps": 1}})), @"
    body.up.steps: not allowed here, given 2, allowed: no limit without a wait: `at_review`, or at least one day of dwell
    body.down.steps: not allowed here, given 1, allowed: no limit without a wait: `at_review`, or at least one day of dwell
    ");
    insta::assert_snapshot!(problems(json!({"up": {"when": "now"}, "down": {"when": "now"}, "reviews": {"days": []}})), @"body.reviews.days: not allowed here, given [], allowed: at least one day");
    insta::assert_snapshot!(problems(json!({"up": {"when": "now", "steps": 256, "dwell_days": -1}})), @r##"
    body.up.steps: not allowed here, given 256, allowed: 1 to 255 steps; nothing for any number, `when = "never"` for none
    body.up.dwell_days: not allowed here, given -1, allowed: 0 to 36500 days
    body.down: missing field, allowed: `down` is required
    "##);
    // A wait of any kind makes a limit sound.
    for side in [
        json!({"when": "now", "steps": 1, "dwell_days": 1}),
        json!({"when": "now", "steps": 1, "grace_days": 1}),
    ] {
        SettleDocument::from_value(&document(json!({"up": {"when": "now"}, "down": side}))).unwrap();
    }
}

#[test]
fn what_has_no_effect_is_linted() {
    let warnings = |body: Value| {
        let rule = SettleDocument::from_value(&document(body)).unwrap();
        let shown = |warning: &guanxi_policy::Warning| {
            format!("{}: {}: {} [{}]", warning.path, warning.found, warning.advice, warning.code)
        };
        lint(&rule).iter().map(shown).collect::<Vec<_>>().join("\n")
    };
    let idle = json!({"when": "never", "dwell_days": 3});
    insta::assert_snapshot!(warnings(json!({"up": idle, "down": idle, "reviews": {"days": ["01-01"]}})), @"
    body.up: no class ever rises: this has no effect; leave it out [never_happens]
    body.down: no class ever falls: this has no effect; leave it out [never_happens]
    body.reviews: nothing happens at a review: this has no effect; leave it out [unused_reviews]
    ");
    let plain = json!({"when": "never"});
    assert_eq!(warnings(json!({"up": plain, "down": plain})), "");
}
