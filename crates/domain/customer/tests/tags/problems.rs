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
    insta::assert_snapshot!(problems(body), @r#"
    body.colour: unknown field, given `colour`, allowed: vocabulary, zone, week_start, groups, tags, merges
    body.zone: not allowed here, given "Mars", allowed: expected `UTC`, an offset such as `+08:00`, or a zone of the IANA database such as `Asia/Shanghai`, got `Mars`
    body.week_start: not allowed here, given "noon", allowed: unknown variant `noon`, expected one of `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday`, `sunday`
    body.groups[1].wins: not allowed here, given "last", allowed: first, latest
    body.groups[1]: duplicate, given `g`, allowed: each group once
    body.groups[2].id: missing field, allowed: `id` is required
    body.tags[0].when: syntax, given `>` (column 8), allowed: a value, such as `80`, `"text"`, `true`, `CNY 120.50` or `2026-06-30`
    body.tags[0].expires: not allowed here, given {"days":1}, allowed: nothing: a tag that follows a rule goes with it
    body.tags[0].group: unknown name, given "h", allowed: a group of `groups`
    body.tags[1].expires: not allowed here, given {"days":0}, allowed: 1 to 36525 (a hundred years)
    body.tags[1].unknown: not allowed here, given "keep", allowed: nothing: a tag that is set has no rule whose answer could be unknown
    body.tags[2].expires: not allowed here, given {"decades":1}, allowed: unknown variant `decades`, expected one of `hours`, `days`, `weeks`, `months`, `years`
    body.tags[2].aliases[1]: not allowed here, given 5, allowed: invalid type: integer `5`, expected an id as text
    body.tags[3].id: missing field, allowed: `id` is required
    body.tags[3].when.fact: unknown name, given `skore`, allowed: score (did you mean `score`?)
    body.tags[3].unknown: not allowed here, given "on", allowed: unknown variant `on`, expected `off` or `keep`
    body.tags[4].id: not allowed here, given "free text", allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `free text`
    body.merges[6].from: missing field, allowed: `from` is required
    body.tags[1]: duplicate, given `a`, allowed: each tag once
    body.tags[1].aliases[0]: duplicate, given "b", allowed: a name that is neither a tag's nor another alias
    body.tags[2].aliases[0]: duplicate, given "c", allowed: a name that is neither a tag's nor another alias
    body.merges[0]: not allowed here, given `a`, allowed: a tag that is no more: take it out of `tags`
    body.merges[4]: duplicate, given `z`, allowed: each tag merged once
    body.merges[1]: circle, given `x`, allowed: merges that end in a tag
    body.merges[2]: circle, given `y`, allowed: merges that end in a tag
    body.merges[3]: unknown name, given `nowhere`, allowed: a tag, an alias of one, or a merged tag
    "#);
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
fn nothing_that_was_set_becomes_a_rule() {
    let body = json!({
        "tags": [{"id": "silent", "aliases": ["quiet"], "when": "no @interaction within 90 days"}, {"id": "vip"}],
        "merges": [{"from": "mute", "into": "quiet"}, {"from": "gold", "into": "vip"}]
    });
    insta::assert_snapshot!(problems(body), @"body.merges[0]: not allowed here, given `quiet`, which follows a rule, allowed: a tag that is set; without the merge, what was set no longer counts");
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
            {"id": "d", "when": "always"}
        ]
    }));
    let shown: Vec<String> = lint_tags(&tags)
        .iter()
        .map(|warning| format!("{}: {}: {} [{}]", warning.path, warning.found, warning.advice, warning.code))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @"
    body.vocabulary.facts.region: no rule reads `region`: leave it out, or ask for it in a rule [unused_fact]
    body.groups[0]: no tag belongs to `empty`: leave it out [unused_group]
    body.groups[1]: only one tag belongs to `lonely`: a group excludes nothing below two tags [lonely_group]
    body.tags[1].when: `b` follows the rule of `a`: one of the two says nothing new: make it an alias [same_rule]
    body.tags[2].when: this rule never holds: the tag says nothing; leave it out [never_true]
    body.tags[3].when: this rule always holds: the tag says nothing; leave it out [always_true]
    ");
    for id in tag_preset_ids() {
        assert_eq!(lint_tags(&tag_preset(id).unwrap()), []);
    }
}

#[test]
fn the_first_example_of_the_page_is_sound() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/src/tags.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, rest) = page.split_once("```json\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let tags = TagsDocument::from_json(example).unwrap();
    assert_eq!((lint_tags(&tags), tags.body().tags().count()), (Vec::new(), 5));
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
