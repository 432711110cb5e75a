//! What is wrong with a definition is named whole; what is suspicious is named, too.
use std::collections::BTreeSet;

use guanxi_core::EventPattern;
use guanxi_core::{EventKind, ReasonCode};
use guanxi_lifecycle::{Lifecycle, LifecycleDocument, Origin, labels, lint, preset, preset_ids};
use guanxi_policy::Body;
use serde_json::{Value, json};

use crate::story::{bytes, definition, five};

fn refused(body: &Value) -> String {
    let tree = json!({"schema": Lifecycle::SCHEMA, "id": "ours", "version": "1", "body": body});
    LifecycleDocument::from_value(&tree).err().unwrap().to_string()
}

#[test]
fn every_problem_of_a_definition_is_named() {
    insta::assert_snapshot!(refused(&json!({
        "vocabulary": {"facts": {"level": {"kind": "int"}}},
        "zone": "Mars/Olympus",
        "stages": [{"id": "a"}, {"id": "b"}, {"id": "c", "kind": "parked"}, {"id": "z", "kind": "terminal"}],
        "egdes": [],
        "edges": [
            {"id": "one", "from": "none", "to": "a"},
            {"id": "one", "from": "none", "on": ["order.placed", "order.placed", "webinar.joined", "stay.began", "@orders", "7"], "to": "x",
             "after": {"days": 3}, "regress": "r", "new_cycle": true},
            {"id": "two", "from": ["a", "a", "z", "y"], "on": ["@all"], "to": "b"},
            {"id": "three", "from": "everywhere", "to": "b", "when": "level >", "requires": ["size", "level", "level"]},
            {"id": "four", "from": ["b"], "to": "a", "when": "level >= 3 and heigth < 2", "unknown": "maybe"},
            {"id": "five", "from": ["a"], "to": "b", "unknown": "fails", "after": {"days": 0}, "reentry": {}},
            {"id": "six", "from": ["b"], "to": "a", "after": {"years": 101}, "reentry": {"at_most": 1001, "cool_down": {"fortnights": 2}}},
            {"id": "seven", "from": ["a"], "to": "a", "approval": "the boss"},
            {"id": "eight", "from": ["a", "b"], "to": "b", "regress": "back"},
            {"id": "nine", "from": ["b"], "to": "c", "regress": "parked"},
            {"id": "ten", "from": "any", "on": ["note.added"], "to": "a"},
            {"from": ["a"], "to": "c"}
        ],
        "flags": [{"id": "f", "when": "always"}, {"id": "g", "when": {"all": []}, "unknown": "fails", "stages": ["q"]},
                  {"id": "h", "when": "never", "unknown": "holds"}, {"id": "h", "when": "never", "unknown": "holds"}]
    })), @r#"
    body.egdes: unknown field, given `egdes`, allowed: vocabulary, zone, week_start, stages, edges, flags (did you mean `edges`?)
    body.zone: not allowed here, given "Mars/Olympus", allowed: expected `UTC`, an offset such as `+08:00`, or a zone of the IANA database such as `Asia/Shanghai`, got `Mars/Olympus`
    body.edges[0]: missing field, allowed: `on`: an edge from none is taken by an event
    body.edges[1].to: unknown name, given "x", allowed: a, b, c, z
    body.edges[1].on[1]: duplicate, given "order.placed", allowed: each entry once
    body.edges[1].on[2]: unknown name, given "webinar.joined", allowed: a standard kind, or one of the vocabulary: approval.given, stage.moved
    body.edges[1].on[3]: not allowed here, given "stay.began", allowed: a kind of events that are given; this one is made for guards
    body.edges[1].on[4]: not allowed here, given "@orders", allowed: expected `@all`, `@base`, `@transaction`, `@behaviour`, `@interaction` or `@feedback`
    body.edges[1].on[5]: not allowed here, given "7", allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `7`
    body.edges[2].from[1]: duplicate, given "a", allowed: each stage once
    body.edges[2].from[2]: not allowed here, given "z", allowed: a stage that is not terminal: no edge leads out of one that is
    body.edges[2].from[3]: unknown name, given "y", allowed: a, b, c, z
    body.edges[3].from: not allowed here, given "everywhere", allowed: expected `none`, `any` or a list of stages
    body.edges[3].unknown: missing field, allowed: `unknown` is required
    body.edges[3].when: syntax, given the end (column 8), allowed: a value, such as `80`, `"text"`, `true`, `CNY 120.50` or `2026-06-30`
    body.edges[3].requires[0]: unknown name, given "size", allowed: a fact of the vocabulary: level
    body.edges[3].requires[2]: duplicate, given "level", allowed: each entry once
    body.edges[4].unknown: not allowed here, given "maybe", allowed: fails, holds
    body.edges[4].when: unknown name, given `heigth` (column 16), allowed: level
    body.edges[4]: missing field, allowed: `regress` with a reason, since it leads back from `b` to `a`
    body.edges[5].unknown: not allowed here, given "fails", allowed: nothing: there is no `when` to be unknown
    body.edges[5].after: not allowed here, given {"days":0}, allowed: a span above 0, of at most 100 years
    body.edges[5].reentry: not allowed here, given {}, allowed: cool_down, at_most, or both
    body.edges[6].after: not allowed here, given {"years":101}, allowed: a span above 0, of at most 100 years
    body.edges[6].reentry.cool_down: not allowed here, given {"fortnights":2}, allowed: unknown variant `fortnights`, expected one of `hours`, `days`, `weeks`, `months`, `years`
    body.edges[6].reentry.at_most: not allowed here, given 1001, allowed: 1 to 1000 times
    body.edges[6]: missing field, allowed: `regress` with a reason, since it leads back from `b` to `a`
    body.edges[7].approval: not allowed here, given "the boss", allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `the boss`
    body.edges[7]: not allowed here, given from `a` to itself, allowed: other stages: only an edge that begins a new cycle leads to where it comes from
    body.edges[8]: not allowed here, given from `b` to itself, allowed: other stages: only an edge that begins a new cycle leads to where it comes from
    body.edges[8].regress: not allowed here, given "back", allowed: an edge of its own from `a`, from where `b` is no way back
    body.edges[9].regress: not allowed here, given "parked", allowed: nothing: `c` is not open, so nothing leads back to it
    body.edges[10]: missing field, allowed: `regress` with a reason, since it leads back from `b` to `a`
    body.edges[11].id: missing field, allowed: `id` is required
    body.flags[0].unknown: missing field, allowed: `unknown` is required
    body.flags[1].stages[0]: unknown name, given "q", allowed: a, b, c, z
    body.flags[3]: duplicate, given id `h`, allowed: each flag has an id of its own
    "#);
    insta::assert_snapshot!(refused(&json!({"stages": [{"id": "any"}, {"id": "b", "kind": "closed"}, {"id": "c"}, {"id": "c"}], "edges": []})), @r#"
    body.stages[0].id: not allowed here, given "any", allowed: another name: `none` and `any` are words of `from`
    body.stages[1].kind: not allowed here, given "closed", allowed: open, parked, terminal
    body.stages[3].id: duplicate, given "c", allowed: each stage has an id of its own
    "#);
    insta::assert_snapshot!(refused(&json!({"stages": [{"id": "a"}], "edges": [{"id": "e", "from": "none", "on": [], "to": "a"}]})), @"body.edges[0]: missing field, allowed: `on`: an edge from none is taken by an event");
    insta::assert_snapshot!(refused(&json!({"stages": [{"id": "a"}], "edges": []})), @"body.edges: not allowed here, given 0 edges, allowed: 1 to 256 edges");
    insta::assert_snapshot!(refused(&json!({"vocabulary": {"facts": {"x": {"kind": "word"}}}, "stages": [{"id": "a"}],
        "edges": [{"id": "e", "from": "none", "on": ["my.kind"], "to": "a", "when": "x = 1", "unknown": "fails"}]})), @r#"body.vocabulary.facts.x.kind: not allowed here, given "word", allowed: decimal, int, bool, text, date, instant, level, set, money"#);
}

#[test]
fn words_say_what_is_allowed() {
    let trigger = |text: &str| EventPattern::try_from(text.to_owned()).unwrap_err().to_string();
    insta::assert_snapshot!(trigger("@sales"), @"expected `@all`, `@base`, `@transaction`, `@behaviour`, `@interaction` or `@feedback`");
    insta::assert_snapshot!(trigger("a b"), @"expected letters, digits, `_`, `-` and `.`, the first a letter, got `a b`");
    insta::assert_snapshot!(Origin::try_from(json!(3)).unwrap_err().to_string(), @"expected `none`, `any` or a list of stages");
    for text in [
        "@all",
        "@base",
        "@transaction",
        "@behaviour",
        "@interaction",
        "@feedback",
        "order.placed",
        "线上.下单",
    ] {
        assert_eq!(EventPattern::try_from(text.to_owned()).unwrap().to_string(), text);
    }
}

/// A document in its normal form reads as itself, whatever form it was written in.
#[test]
fn definitions_have_one_normal_form() {
    let written = definition(&json!({
        "stages": [{"id": "a", "kind": "open"}, {"id": "b"}],
        "edges": [
            {"id": "in", "from": "none", "on": ["@all"], "to": "a", "new_cycle": false, "requires": [], "when": null},
            {"id": "up", "from": ["a"], "to": "b",
             "when": {"all": [{"count": {"events": ["order.placed"]}, "at_least": 3}, {"count": {"events": ["order.returned"]}, "equals": 0}]}, "unknown": "fails"},
        ]
    }));
    insta::assert_snapshot!(serde_json::to_string_pretty(&written.to_value()["body"]).unwrap(), @r#"
    {
      "edges": [
        {
          "from": "none",
          "id": "in",
          "on": [
            "@all"
          ],
          "to": "a"
        },
        {
          "from": [
            "a"
          ],
          "id": "up",
          "to": "b",
          "unknown": "fails",
          "when": "count(order.placed) >= 3 and no order.returned"
        }
      ],
      "stages": [
        {
          "id": "a",
          "kind": "open"
        },
        {
          "id": "b",
          "kind": "open"
        }
      ],
      "vocabulary": {},
      "week_start": "monday",
      "zone": "UTC"
    }
    "#);
    let read = LifecycleDocument::from_value(&written.to_value()).unwrap();
    assert_eq!((read.stamp(), &read), (written.stamp(), &written));
    assert_eq!(Lifecycle::try_from(&written.body().spec()).unwrap(), *written.body());
    for id in preset_ids() {
        let preset = preset(id).unwrap();
        assert_eq!(preset.head().id.as_str(), id);
        assert_eq!(LifecycleDocument::from_value(&preset.to_value()).unwrap(), preset);
        assert_eq!(lint(&preset), []);
    }
    assert_eq!(preset("six-stage"), None);
}

#[test]
fn what_is_suspicious_is_named() {
    let odd = definition(&json!({
        "vocabulary": {"facts": {"level": {"kind": "int"}}, "events": ["webinar.joined"]},
        "stages": [{"id": "a"}, {"id": "b"}, {"id": "c"}, {"id": "d"}, {"id": "p", "kind": "parked"}, {"id": "z", "kind": "terminal"}],
        "edges": [
            {"id": "enter", "from": "none", "on": ["@all"], "to": "a"},
            {"id": "too_late", "from": "none", "on": ["order.placed"], "to": "b"},
            {"id": "ordered", "from": ["a", "b"], "on": ["order.placed"], "to": "b", "new_cycle": true},
            {"id": "ordered_or_signed", "from": ["a"], "on": ["order.placed", "contract.signed"], "to": "c"},
            {"id": "by_hand_b", "from": ["a"], "on": ["stage.moved"], "to": "b"},
            {"id": "by_hand_c", "from": ["a"], "on": ["stage.moved"], "to": "c"},
            {"id": "round", "from": ["b"], "after": {"days": 30}, "to": "c"},
            {"id": "and_back", "from": ["c"], "after": {"days": 30}, "to": "b", "regress": "again"},
            {"id": "hidden", "from": ["c"], "when": "never", "unknown": "fails", "to": "p"},
            {"id": "away", "from": ["c"], "on": ["relationship.over"], "to": "z", "reentry": {"at_most": 2}},
            {"id": "left", "from": ["d"], "on": ["note.added"], "to": "z"}
        ],
        "flags": [{"id": "off", "when": "never", "unknown": "fails"}, {"id": "nowhere", "stages": ["d"], "when": "any order.placed", "unknown": "fails"}]
    }).as_object().map(|body| {
        let mut body = body.clone();
        body["vocabulary"]["events"] = json!(["webinar.joined", "relationship.over"]);
        Value::Object(body)
    }).unwrap());
    let told: Vec<String> = lint(&odd)
        .iter()
        .map(|warning| format!("{} {}: {}", warning.path, warning.code, warning.found))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @"
    body.vocabulary.facts.level unread: no condition and no edge reads `level`
    body.vocabulary.events unread: no condition and no edge names `webinar.joined`
    body.stages[3] unreachable: no way leads to `d`
    body.stages[4] dead_end: no edge leads out of `p`
    body.edges[1] never_taken: `enter` is always taken before `too_late` from none on all its events
    body.edges[3] shadowed: `ordered` is always taken before `ordered_or_signed` from a on order.placed
    body.edges[8] never_taken: the condition of `hidden` never holds
    body.edges[9].reentry no_way_back: `away` can be taken once at most
    body.edges[6] endless: time alone leads round by `round`
    body.edges[7] endless: time alone leads round by `and_back`
    body.flags[0] never_stands: `off` never stands
    body.flags[1] never_stands: `nowhere` never stands
    ");
    let no_way_in = definition(
        &json!({"stages": [{"id": "a"}], "edges": [{"id": "again", "from": ["a"], "on": ["order.placed"], "to": "a", "new_cycle": true}]}),
    );
    let told: Vec<String> = lint(&no_way_in)
        .iter()
        .map(|warning| format!("{} {}: {}", warning.path, warning.code, warning.found))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @"body.edges no_entry: no edge is from none");
}

/// Both languages have a text for all that the presets name, and the same slots.
#[test]
fn everything_has_words() {
    let (english, chinese) = (labels("en").unwrap(), labels("zh-CN").unwrap());
    assert_eq!((english.gaps(&chinese), chinese.gaps(&english)), (Vec::new(), Vec::new()));
    assert_eq!(labels("fr"), None);
    let mut needed: BTreeSet<String> =
        EventKind::standard().map(|(_, kind)| format!("event.{kind}")).collect();
    for preset in preset_ids().map(|id| preset(id).unwrap()) {
        let body = preset.body();
        needed.extend(
            body.stages()
                .iter()
                .flat_map(|stage| [format!("stage.{}", stage.id), format!("focus.{}", stage.id)]),
        );
        needed.extend(body.edges().iter().map(|edge| format!("edge.{}", edge.id())));
        needed.extend(
            body.edges().iter().filter_map(|edge| Some(format!("regress.{}", edge.spec().regress.as_ref()?))),
        );
        needed.extend(body.flags().iter().map(|flag| format!("flag.{}", flag.id())));
        needed.extend(body.vocabulary().kinds().map(|kind| format!("event.{kind}")));
        needed.extend(body.facts().iter().map(|fact| format!("fact.{fact}")));
    }
    let without: Vec<&String> = needed.iter().filter(|code| english.get(code).is_none()).collect();
    assert_eq!(without, [] as [&String; 0]);
    let focus =
        ["prospect", "awareness", "purchase", "loyalty", "churn"].map(|stage| english.label("focus", stage));
    insta::assert_snapshot!(focus.join("\n"), @"
    Get known: useful content and events
    Find out what is needed and show what it is worth, best by a demonstration
    Make deciding and closing easy
    Sell across and up, and deepen the bond
    Warn early, step in, and win back with an offer of their own and better service
    ");
}

#[test]
fn definitions_are_drawn() {
    insta::assert_snapshot!(five().body().mermaid(&labels("en").unwrap()));
    insta::assert_snapshot!(preset("relationship-phases").unwrap().body().dot(&labels("zh-CN").unwrap()));
    // Labels are the host's own, and whatever they hold stays a label.
    let odd =
        guanxi_policy::LabelPack::parse(r#"{"stage.prospect": "a\"];\nend: }%%", "edge.bought": "\\\"<b>"}"#)
            .unwrap();
    let (plain, drawn) = (five().body().mermaid(&odd), five().body().mermaid(&labels("en").unwrap()));
    assert_eq!(plain.lines().count(), drawn.lines().count());
    assert_eq!(
        five().body().dot(&odd).lines().count(),
        five().body().dot(&labels("en").unwrap()).lines().count()
    );
    assert!(five().body().dot(&odd).contains(r#"label="a\"]; end: }%%""#), "{}", five().body().dot(&odd));
}

/// Every reason that a decision can give is told in both languages, without a slot left open.
#[test]
fn every_reason_has_words() {
    let reasons = crate::cases::all_reasons();
    let codes: BTreeSet<&str> = reasons.iter().map(ReasonCode::code).collect();
    for reason in &reasons {
        let tree: Value = serde_json::from_str(&bytes(reason)).unwrap();
        assert_eq!(tree["code"], reason.code());
        for pack in [labels("en").unwrap(), labels("zh-CN").unwrap()] {
            let text = reason.text(&pack);
            assert!(
                !text.contains('{') && !text.contains("=") || text.contains(">=") || text.contains("else"),
                "{text}"
            );
            assert!(pack.get(&format!("lifecycle.{}", reason.code())).is_some());
        }
    }
    let english = labels("en").unwrap();
    let told = english.iter().filter_map(|(code, _)| code.strip_prefix("lifecycle."));
    let told: BTreeSet<&str> = told.filter(|code| !code.starts_with("no_edge_")).collect();
    assert_eq!(codes, told);
}

/// The definition that the book shows loads, and nothing is suspicious in it.
#[test]
fn the_book_shows_a_sound_definition() {
    let page = include_str!("../../../../../docs/src/lifecycle.md");
    let shown = page.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let document = LifecycleDocument::from_json(shown).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(lint(&document), []);
}
