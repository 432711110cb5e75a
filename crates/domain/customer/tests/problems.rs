//! Every fault of a document is reported at once, with its path, what was given and what is allowed.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use guanxi_customer::{QualityPolicy, Recipes};
use guanxi_policy::{Body, check};
use serde_json::{Value, json};

fn recipes(tree: &Value) -> String {
    check(tree, Recipes::read).unwrap_err().to_string()
}

fn quality(tree: &Value) -> String {
    check(tree, QualityPolicy::read).unwrap_err().to_string()
}

#[test]
fn all_problems_of_recipes_are_reported_at_once() {
    let tree = json!({"recipes": [
        {"fact": "a", "measure": "count", "events": ["order.placed"], "windw": {"days": 1}},
        {"fact": "a", "measure": "count"},
        {"fact": "b", "measure": "counts", "events": ["x"], "where": [{"attribute": "net", "is": {"over": 1}}]},
        {"fact": "c", "measure": {"sum": {"add": ["net", "cost"], "subtract": ["net"]}}, "events": ["x", "x"], "window": {"days": 0}},
        {"fact": "d", "measure": {"sum": {}}, "events": ["x"], "levels": {"cuts": [], "at_cut": "lower"}},
        {"fact": "e", "measure": {"growth": {"of": "count", "over": {"months": 1201}, "places": 13}}, "events": ["x"], "window": {"days": 1}},
        {"fact": "f", "measure": {"distinct_not_yet": "need"}, "events": ["x"], "peers": "industry", "convert": "CNY"},
        {"fact": "g", "measure": {"attribute": "industry"}, "events": ["x"], "where": [{"attribute": "net", "is": "present"}]},
        {"fact": "h", "measure": "count", "events": ["x"], "levels": {"cuts": [1, 3, 2], "at_cut": "higher"}, "when_empty": {"value": "0.5"}}
    ]});
    insta::assert_snapshot!(recipes(&tree), @r#"
    recipes[0].windw: unknown field, given `windw`, allowed: fact, measure, events, where, window, peers, convert, levels, when_empty (did you mean `window`?)
    recipes[1]: missing field, allowed: `events` with at least one kind
    recipes[1]: duplicate, given `a`, allowed: one recipe a fact
    recipes[2].measure: not allowed here, given "counts", allowed: unknown variant `counts`, expected one of `sum`, `count`, `first`, `last`, `mean`, `growth`, `share`, `distinct`, `distinct_not_yet`, `distinct_in_population`, `median_gap`, `days_since`, `attribute`, `constant`
    recipes[2].where[0]: not allowed here, given {"attribute":"net","is":{"over":1}}, allowed: unknown variant `over`, expected one of `present`, `equals`, `above`, `at_least`, `below`, `at_most`
    recipes[3].measure: duplicate, given `net`, allowed: each attribute once in an amount
    recipes[3].window: not allowed here, given `0`, allowed: 1 to 36525 (a hundred years)
    recipes[3].events: not allowed here, given ["x","x"], allowed: each kind once
    recipes[4].measure: not allowed here, given {"sum":{}}, allowed: an amount with at least one attribute in `add` or `subtract`
    recipes[4].levels: not allowed here, given {"at_cut":"lower","cuts":[]}, allowed: 1 to 254 cut points
    recipes[5].measure: not allowed here, given `1201`, allowed: 1 to 1200 (a hundred years)
    recipes[5].measure: not allowed here, given `places = 13`, allowed: 0 to 12 places
    recipes[5].window: not allowed here, given {"days":1}, allowed: no window: growth has its own lengths of time
    recipes[6].peers: not allowed here, given "industry", allowed: no peers: this measure compares with everyone
    recipes[6].convert: not allowed here, given "CNY", allowed: no conversion: this measure adds up no amount
    recipes[7].events: not allowed here, given ["x"], allowed: nothing: this measure reads no events
    recipes[7].where: not allowed here, given [{"attribute":"net","is":"present"}], allowed: nothing: this measure reads no events
    recipes[8].levels: not allowed here, given {"at_cut":"higher","cuts":[1,3,2]}, allowed: cut points that ascend
    recipes[8].when_empty: not allowed here, given {"value":"0.5"}, allowed: a whole number, as the measure gives
    "#);
    insta::assert_snapshot!(recipes(&json!({"recipe": []})), @"
    recipe: unknown field, given `recipe`, allowed: recipes (did you mean `recipes`?)
    recipes: missing field, allowed: `recipes` is required
    ");
    insta::assert_snapshot!(recipes(&json!({"recipes": {}})), @"recipes: wrong type, given {}, allowed: a list");
    insta::assert_snapshot!(recipes(&json!([])), @"document: wrong type, given [], allowed: a table with recipes");
}

#[test]
fn all_problems_of_quality_rules_are_reported_at_once() {
    let tree = json!({
        "fields": [
            {"field": "fax", "required": true},
            {"field": "email"},
            {"field": "email", "schema": {"kind": "level"}, "greatest_age_days": 0, "ask": " "},
            {"field": {"attribute": "industry"}, "required": true},
            {"field": {"attribute": "industry"}, "required": true}
        ],
        "ordered": [{"field": "phone", "at_least": {"fact": "a"}}, {"field": {"fact": "a"}, "at_least": {"fact": "a"}}],
        "unique": [{"field": {"fact": "a"}}, {"field": "phone"}, {"field": "phone"}],
        "recording": {"within_hours": 9000, "event": []}
    });
    insta::assert_snapshot!(quality(&tree), @r#"
    fields[0].field: not allowed here, given "fax", allowed: unknown variant `fax`, expected one of `name`, `email`, `phone`, `attribute`, `fact`
    fields[1]: missing field, allowed: at least one of `required`, `schema`, `greatest_age_days`
    fields[2].schema: missing field, allowed: `of`, the greatest level, is required for the kind level
    fields[2].greatest_age_days: not allowed here, given 0, allowed: 1 to 36525
    fields[2].ask: not allowed here, given " ", allowed: the name of a role, without control characters
    fields[2].schema: not allowed here, given {"kind":"level"}, allowed: nothing: only attributes and facts have a schema and an age
    fields[2].greatest_age_days: not allowed here, given 0, allowed: nothing: only attributes and facts have a schema and an age
    fields[2]: duplicate, given {"ask":" ","field":"email","greatest_age_days":0,"schema":{"…, allowed: one rule a field
    fields[4]: duplicate, given {"field":{"attribute":"industry"},"required":true}, allowed: one rule a field
    ordered[0].field: not allowed here, given "phone", allowed: an attribute or a fact
    ordered[1]: not allowed here, given {"at_least":{"fact":"a"},"field":{"fact":"a"}}, allowed: two different fields
    unique[0].field: not allowed here, given {"fact":"a"}, allowed: name, email, phone or an attribute
    unique[2]: duplicate, given {"field":"phone"}, allowed: one rule a field
    recording.event: unknown field, given `event`, allowed: events, within_hours, ask (did you mean `events`?)
    recording.within_hours: not allowed here, given 9000, allowed: 1 to 8760
    "#);
}
