//! Every fault of a document at once, and what is legal but suspicious.
use guanxi_customer::{TagsDocument, lint_tags, tag_preset, tag_preset_ids};
use serde_json::{Value, json};

use crate::document;

fn problems(body: Value) -> String {
    let tree = json!({"schema": "guanxi.tags/1", "id": "ours", "version": "1", "body": body});
    TagsDocument::from_value(&tree).unwrap_err().to_string()
}

#[test]
fn all_problems_are_reported_at_once() {
    let body = json!({
        "vocabulary": {"facts": {"score": {"kind": "int"}}},
        "zone": "Mars", "week_start": "noon", "colour": "red",
        "groups": [{"id": "g"}, {"id": "g", "wins": "last"}, {"wins": "first"}],
        "tags": [
            {"id": "a", "when": "score >> 1", "expires": {"days": 1}, "group": "h"},
            {"id": "a", "unknown": "keep", "expires": {"days": 0}, "aliases": ["b", "c"]},
            {"id": "b", "expires": {"decades": 1}, "aliases": ["c", 5]},
            {"when": {"fact": "skore", "at_least": 1}, "unknown": "on"},
            {"id": "free text"}
        ],
        "merges": [
            {"from": "a", "into": "b"}, {"from": "x", "into": "y"}, {"from": "y", "into": "x"},
            {"from": "z", "into": "nowhere"}, {"from": "z", "into": "b"}, {"from": "w", "into": "a"}, {"into": "b"}
        ]
    });
    insta::assert_snapshot!(problems(body), @"");
}

#[test]
fn limits_are_named() {
    let many = |count: usize| -> Vec<Value> { (0..count).map(|n| json!({"id": format!("t{n}")})).collect() };
    let aliases: Vec<String> = (0..101).map(|n| format!("a{n}")).collect();
    insta::assert_snapshot!(problems(json!({"tags": many(1_001)})), @"body.tags: not allowed here, given 1001 tags, allowed: at most 1000 tags");
    insta::assert_snapshot!(problems(json!({"tags": []})), @"body.tags: not allowed here, given [], allowed: at least one tag");
    insta::assert_snapshot!(problems(json!({"tags": [{"id": "t", "aliases": aliases}]})), @"body.tags[0].aliases: not allowed here, given 101 aliases, allowed: at most 100 aliases");
    insta::assert_snapshot!(problems(json!({"tags": many(1), "groups": many(101)})), @"body.groups: not allowed here, given 101 groups, allowed: at most 100 groups");
    insta::assert_snapshot!(problems(json!({})), @"body.tags: missing field, allowed: `tags` is required");
    document(json!({"tags": many(1_000)}));
}

#[test]
fn what_is_suspicious_is_linted() {
    let tags = document(json!({
        "vocabulary": {"facts": {"score": {"kind": "int"}, "region": {"kind": "text"}}},
        "groups": [{"id": "empty"}, {"id": "lonely"}],
        "tags": [
            {"id": "a", "when": "score >= 1", "group": "lonely"},
            {"id": "b", "when": "score >= 1"},
            {"id": "c", "when": "never"},
            {"id": "d", "when": "always"},
            {"id": "e", "when": "score > 5 and score < 3"}
        ]
    }));
    let shown: Vec<String> = lint_tags(&tags)
        .iter()
        .map(|warning| format!("{}: {}: {} [{}]", warning.path, warning.found, warning.advice, warning.code))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @"");
    for id in tag_preset_ids() {
        assert_eq!(lint_tags(&tag_preset(id).unwrap()), []);
    }
}

#[test]
fn a_rule_is_a_text_or_a_tree_and_both_are_one() {
    let of = |when: Value, unknown: Value| {
        document(json!({
            "vocabulary": {"facts": {"score": {"kind": "int"}}},
            "tags": [{"id": "a", "when": when, "unknown": unknown}]
        }))
    };
    let text = of(json!("score>=1"), json!(null));
    let tree = of(json!({"fact": "score", "at_least": 1}), json!("off"));
    assert_eq!((text.stamp().fingerprint, &text), (tree.stamp().fingerprint, &tree));
    assert_eq!(text.to_value()["body"]["tags"], json!([{"id": "a", "when": "score >= 1"}]));
}
