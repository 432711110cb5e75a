//! Documents that are refused, and those that are only suspicious.
use guanxi_leads::{KeyValue, LeadOverride, LeadPolicyDocument, lint, preset};
use serde_json::{Value, json};

fn document(body: &Value) -> Value {
    json!({"schema": "guanxi.leads/1", "id": "ours", "version": "1", "body": body})
}

/// The least that a policy has to say.
pub(crate) fn body() -> Value {
    json!({
        "vocabulary": {
            "facts": {"region": {"kind": "text"}},
            "attributes": {"message": {"kind": "text"}, "net": {"kind": "decimal"}},
            "events": ["mail.opened"],
        },
        "weights": {"fit": "0.6", "engagement": "0.4"},
        "fit": {"conditions": [{"id": "region", "when": "region = \"East China\"", "points": 10}]},
        "engagement": {"rules": []},
        "bands": [{"id": "all", "from": 0}],
    })
}

/// The body with a field set, by its path.
fn with(path: &str, value: Value) -> Value {
    let mut body = body();
    *body.pointer_mut(path).unwrap_or_else(|| panic!("no {path}")) = value;
    body
}

fn problems(body: &Value) -> String {
    LeadPolicyDocument::from_value(&document(body)).unwrap_err().to_string()
}

fn rule(fields: Value) -> Value {
    let mut rule = json!({"id": "opened", "events": ["mail.opened"], "points": 5});
    rule.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    with("/engagement/rules", json!([rule]))
}

#[test]
fn all_problems_come_at_once() {
    let body = json!({
        "vocabulary": {"facts": {"region": {"kind": "place"}}},
        "zone": "CST?",
        "week_start": "Mon",
        "weights": {"fit": "0.6", "engagement": "0.5"},
        "fit": {"conditions": [], "ful": 3},
        "engagement": {"full": 0, "rule": []},
        "bands": [{"id": "a", "from": 10}, {"id": "a", "from": 101}],
        "grades": {"fit": [], "engagement": [{"id": "x", "from": 1}]},
        "duplicates": {"person": [{"key": "email", "verdict": "maybe"}, {"key": "email", "verdict": "same"}]},
        "grade": {},
    });
    insta::assert_snapshot!(problems(&body), @r#"
    body.grade: unknown field, given `grade`, allowed: vocabulary, zone, week_start, weights, fit, engagement, disqualify, flags, bands, grades, duplicates (did you mean `grades`?)
    body.vocabulary.facts.region.kind: not allowed here, given "place", allowed: decimal, int, bool, text, date, instant, level, set, money
    body.zone: not allowed here, given "CST?", allowed: expected `UTC`, an offset such as `+08:00`, or a zone of the IANA database such as `Asia/Shanghai`, got `CST?`
    body.week_start: not allowed here, given "Mon", allowed: unknown variant `Mon`, expected one of `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday`, `sunday`
    body.weights: not allowed here, given {"engagement":"0.5","fit":"0.6"}, allowed: weights must sum to 1, or all be integers, got a sum of `1.1`
    body.bands[1].id: duplicate, given "a", allowed: each name once
    body.bands[1].from: not allowed here, given 101, allowed: a score is from 0 to 100, got `101`
    body.grades.fit: not allowed here, given 0 levels, allowed: 1 to 16 levels
    body.grades.engagement: not allowed here, given a lowest floor of 1.00, allowed: the lowest floor must be 0.00, got `1.00`
    body.grades.cells: missing field, allowed: `cells` is required
    body.duplicates.person[0].verdict: not allowed here, given "maybe", allowed: same, review
    body.duplicates.person[1].key: duplicate, given "email", allowed: each kind of key once
    "#);
}

#[test]
fn rules_say_what_is_allowed() {
    insta::assert_snapshot!(problems(&rule(json!({
        "events": ["mail.opend", "@interactions"],
        "where": [{"attribute": "nett", "at_least": 1}, {"attribute": "net", "at_least": "much"}],
        "when": "region >= 3",
        "points": 0,
        "group": "a b",
        "once_by": 7,
        "cap": -5,
        "decay": {
            "window": {"days": 0},
            "steps": [{"after": {"days": 3}, "share": "0.5"}, {"after": {"hours": 12}, "share": "0.25"}, {"after": {"days": 9}, "share": 1}],
            "linear": {"years": 101},
            "half_life": {"months": 1},
            "exponential": true,
        },
        "decays": {},
    }))), @r#"
    body.engagement.rules[0].decays: unknown field, given `decays`, allowed: id, events, where, when, points, group, once_by, cap, decay (did you mean `decay`?)
    body.engagement.rules[0].events[0]: unknown name, given `mail.opend`, allowed: mail.opened, profile.changed, owner.changed, consent.given, consent.withdrawn, note.added, order.placed, order.returned, payment.received, payment.overdue, quote.sent, contract.signed and 18 more (did you mean `mail.opened`?)
    body.engagement.rules[0].events[1]: unknown name, given `@interactions`, allowed: @all, @base, @transaction, @behaviour, @interaction, @feedback (did you mean `@interaction`?)
    body.engagement.rules[0].where[0]: unknown name, given `nett`, allowed: message, net (did you mean `net`?)
    body.engagement.rules[0].where[1]: not allowed here, given "much", allowed: expected a decimal such as `-12.34`, got `much`
    body.engagement.rules[0].when: wrong type, given `>= 3` (column 8), allowed: for a text: =, !=, in, contains, starts with, ends with, is known, is missing, is not applicable
    body.engagement.rules[0].points: not allowed here, given 0, allowed: points from -100000 to 100000, but not 0, with at most four decimal places
    body.engagement.rules[0].group: not allowed here, given "a b", allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `a b`
    body.engagement.rules[0].once_by: not allowed here, given 7, allowed: invalid type: integer `7`, expected an id as text
    body.engagement.rules[0].cap: not allowed here, given -5, allowed: points above 0 and up to 100000, with at most four decimal places
    body.engagement.rules[0].decay.exponential: unknown field, given `exponential`, allowed: window, steps, linear, half_life
    body.engagement.rules[0].decay.window: not allowed here, given {"days":0}, allowed: a span of 1 to 36525 of its unit, which is at most 100 years
    body.engagement.rules[0].decay.linear: not allowed here, given {"years":101}, allowed: a span of 1 to 100 of its unit, which is at most 100 years
    body.engagement.rules[0].decay.steps[1]: not allowed here, given {"after":{"hours":12},"share":"0.25"}, allowed: a later age and a smaller share than the step before
    body.engagement.rules[0].decay.steps[2].share: not allowed here, given 1, allowed: a share below 1 with at most four decimal places
    body.engagement.rules[0].decay.half_life: not allowed here, given {"months":1}, allowed: hours, days or weeks: a half-life is exact time
    "#);
    insta::assert_snapshot!(problems(&rule(json!({"points": "100000.00001", "cap": "100000.5", "decay": {"half_life": 3}}))), @r#"
    body.engagement.rules[0].points: not allowed here, given "100000.00001", allowed: points from -100000 to 100000, but not 0, with at most four decimal places
    body.engagement.rules[0].cap: not allowed here, given "100000.5", allowed: points above 0 and up to 100000, with at most four decimal places
    body.engagement.rules[0].decay.half_life: not allowed here, given 3, allowed: invalid type: integer `3`, expected string or map
    "#);
    insta::assert_snapshot!(problems(&rule(json!({"points": "1.00001", "where": {}, "once_by": "mesage"}))), @r#"
    body.engagement.rules[0].where: wrong type, given {}, allowed: a list
    body.engagement.rules[0].points: not allowed here, given "1.00001", allowed: points from -100000 to 100000, but not 0, with at most four decimal places
    body.engagement.rules[0].once_by: unknown name, given "mesage", allowed: an attribute of the vocabulary: message, net
    "#);
    let two = json!([{"id": "a", "events": ["@all"], "points": 1}, {"id": "a", "events": [], "points": 1}]);
    insta::assert_snapshot!(problems(&with("/engagement/rules", two)), @r#"
    body.engagement.rules[1].id: duplicate, given "a", allowed: each name once
    body.engagement.rules[1].events: limit, given 0 entries, allowed: 1 to 1000 entries
    "#);
    let mut caps = body();
    caps["engagement"]["caps"] =
        json!({"groups": {"a b": {"max": 1}, "mail": {"max": -1, "min": 1}}, "day": {}, "source": 5});
    insta::assert_snapshot!(problems(&caps), @"
    body.engagement.caps.groups.a b: not allowed here, given a b, allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `a b`
    body.engagement.caps.groups.mail.max: not allowed here, given -1, allowed: points from 0 to 100000, with at most four decimal places
    body.engagement.caps.groups.mail.min: not allowed here, given 1, allowed: points from -100000 to 0, with at most four decimal places
    body.engagement.caps.day: not allowed here, given {}, allowed: `max`, `min` or both
    body.engagement.caps.source: wrong type, given 5, allowed: a table with max, min
    ");
    let many: Vec<Value> =
        (0..65).map(|i| json!({"id": format!("r{i}"), "events": ["@all"], "points": 1})).collect();
    insta::assert_snapshot!(problems(&with("/engagement/rules", json!(many))), @"body.engagement.rules: not allowed here, given 65 rules, allowed: 0 to 64 rules");
}

#[test]
fn fit_needs_something_to_reach() {
    insta::assert_snapshot!(problems(&with("/fit/conditions/0/points", json!(-10))), @"body.fit: not allowed here, given no points above 0, allowed: at least one condition with points above 0, or `full`");
    let mut full = with("/fit/conditions/0/points", json!(-10));
    full["fit"]["full"] = json!(50);
    LeadPolicyDocument::from_value(&document(&full)).unwrap();
    insta::assert_snapshot!(problems(&with("/weights", json!({"fit": 0, "engagement": 0}))), @r#"body.weights: not allowed here, given {"engagement":0,"fit":0}, allowed: at least one weight must be above 0"#);
}

fn grades(cells: Value) -> Value {
    let mut body = body();
    let levels = json!([{"id": "low", "from": 0}, {"id": "high", "from": 50}]);
    body["grades"] = json!({"fit": levels, "engagement": levels, "cells": cells});
    body
}

#[test]
fn cells_cover_every_pair_of_levels_exactly_once() {
    let all = json!([{"grade": "a", "fit": ["high"]}, {"grade": "b", "fit": ["low"]}]);
    LeadPolicyDocument::from_value(&document(&grades(all))).unwrap();
    insta::assert_snapshot!(problems(&grades(json!([{"grade": "a", "fit": ["high"]}, {"grade": "b", "engagement": ["low"]}]))), @"body.grades.cells[1]: duplicate, given the cell fit high, engagement low, allowed: each cell once: it is a already");
    insta::assert_snapshot!(problems(&grades(json!([{"grade": "a", "fit": ["high"], "engagement": ["high"]}]))), @"
    body.grades.cells: missing field, given no grade for the cell fit low, engagement low, allowed: every cell once
    body.grades.cells: missing field, given no grade for the cell fit low, engagement high, allowed: every cell once
    body.grades.cells: missing field, given no grade for the cell fit high, engagement low, allowed: every cell once
    ");
    insta::assert_snapshot!(problems(&grades(json!([{"grade": "a", "fit": ["hot", "low", "low"]}, {"fit": []}]))), @r#"
    body.grades.cells[0].fit[0]: unknown name, given "hot", allowed: low, high
    body.grades.cells[0].fit[2]: duplicate, given "low", allowed: each level once
    body.grades.cells[1].grade: missing field, allowed: `grade` is required
    body.grades.cells[1].fit: not allowed here, given 0 levels, allowed: 1 to 16 levels
    "#);
    insta::assert_snapshot!(problems(&grades(json!([]))), @"
    body.grades.cells: missing field, given no grade for the cell fit low, engagement low, allowed: every cell once
    body.grades.cells: missing field, given no grade for the cell fit low, engagement high, allowed: every cell once
    body.grades.cells: missing field, given no grade for the cell fit high, engagement low, allowed: every cell once
    body.grades.cells: missing field, given no grade for the cell fit high, engagement high, allowed: every cell once
    ");
}

#[test]
fn bands_begin_at_nothing() {
    insta::assert_snapshot!(problems(&with("/bands", json!([{"id": "a", "from": 80}, {"id": "b", "from": 80}]))), @"body.bands: not allowed here, given 80.00 twice, allowed: two bands share the floor `80.00`");
    insta::assert_snapshot!(problems(&with("/bands", json!([{"id": "a", "from": 80}]))), @"body.bands: not allowed here, given a lowest floor of 80.00, allowed: the lowest floor must be 0.00, got `80.00`");
    insta::assert_snapshot!(problems(&with("/bands", json!([]))), @"body.bands: not allowed here, given 0 bands, allowed: 1 to 16 bands");
}

#[test]
fn what_is_suspicious_is_told() {
    let warnings = |body: &Value| {
        let policy = LeadPolicyDocument::from_value(&document(body)).unwrap();
        let shown = |warning: &guanxi_policy::Warning| {
            format!("{}: {}: {} [{}]", warning.path, warning.found, warning.advice, warning.code)
        };
        lint(&policy).iter().map(shown).collect::<Vec<_>>().join("\n")
    };
    let mut body = rule(json!({"cap": 3}));
    body["weights"] = json!({"fit": 1, "engagement": 0});
    body["fit"]["full"] = json!(20);
    body["engagement"]["caps"] = json!({"groups": {"mail": {"max": 1}}});
    insta::assert_snapshot!(warnings(&body), @"
    body.weights.engagement: engagement weighs nothing: it moves the grade alone; leave it so only on purpose [part_without_weight]
    body.fit.full: all conditions together bring less: no lead ever fits with 100.00 [never_full]
    body.engagement.rules[0].decay: the events of opened count for ever: give it a window or a decay, or a lead stays as good as it ever was [never_ages]
    body.engagement.rules[0].cap: one event of opened brings more: give each event fewer points instead [cap_below_points]
    body.engagement.caps.groups.mail: no rule belongs to the group mail: this has no effect; leave it out [cap_without_rules]
    body.duplicates.organisation: no key tells that an organisation is known already: conversion creates everybody anew; name the keys that tell [nobody_known]
    body.duplicates.person: no key tells that a person is known already: conversion creates everybody anew; name the keys that tell [nobody_known]
    ");
    body["fit"]["full"] = json!(5);
    insta::assert_snapshot!(warnings(&body).lines().nth(1).unwrap(), @"body.fit.full: all conditions together bring more: what is above is cut off [above_full]");
    let mut body =
        rule(json!({"when": "not not (region = \"East China\")", "decay": {"window": {"days": 7}}}));
    body["duplicates"] = json!({"organisation": [{"key": "name", "verdict": "same"}], "person": [{"key": "email", "verdict": "same"}]});
    insta::assert_snapshot!(warnings(&body), @r#"body.engagement.rules[0].when: not not region = "East China": leave both out [double_negation]"#);
    for id in guanxi_leads::preset_ids() {
        assert_eq!(lint(&preset(id).unwrap()), []);
    }
}

#[test]
fn keys_and_overrides_say_what_is_allowed() {
    for text in ["", " a", "a\u{202e}", &"x".repeat(257)] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(KeyValue::new(text).unwrap_err(), @"expected a key of 1 to 256 characters without control characters and blanks at either end");
        }
    }
    let key = KeyValue::new("913100001322").unwrap();
    assert!(!format!("{key:?}").contains("9131"));
    assert_eq!(key.reveal(), "913100001322");
    let read = |json: Value| serde_json::from_value::<LeadOverride>(json).unwrap_err();
    let until = "2026-06-30T00:00:00Z";
    insta::assert_snapshot!(read(json!({"by": "A1", "why": "known", "until": until})), @"an override sets a score, a grade or both, got neither");
    insta::assert_snapshot!(read(json!({"score": 90, "by": "A1", "why": " ", "until": until})), @"an override needs a reason, got none");
    insta::assert_snapshot!(read(json!({"score": 900, "by": "A1", "why": "known", "until": until})), @"a score is from 0 to 100, got `900`");
}
