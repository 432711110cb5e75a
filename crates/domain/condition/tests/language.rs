//! Both forms of the language: what is written comes back, and what is wrong is told whole.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{parse, read, vocabulary};
use guanxi_condition::{Condition, Vocabulary};
use guanxi_policy::check;
use serde_json::json;

/// Texts in their one normal form, one for each row of the language.
const WRITTEN: [&str; 48] = [
    "always",
    "never",
    "region = \"East China\" and industry = \"technology\" and score >= 80",
    "not (vip = true or score < 50)",
    "(score > 1 and orders > 2) and ratio != 0.3",
    "(score > 1 or orders > 2) or not not ratio <= -5.25",
    "score > 1 and orders > 2 or vip = false and always",
    "(score = 1 or orders = 2) and (vip = true or never)",
    "not (not (score = 1 and orders = 2) or vip = true)",
    "`count` = 3",
    "区域 = \"华东\"",
    "score between 1 and 2 and orders between -1 and 10",
    "orders in [1, 2, 3]",
    "region in [\"a\", \"b\\\"c\\\\d\\ne\\tf\\u{202e}\"]",
    "revenue >= CNY 120.5",
    "revenue between CNY -1 and CNY 2",
    "revenue in [CNY 1, USD 2]",
    "revenue > profit",
    "score = sensitivity",
    "orders < count(@all)",
    "birthday = 2026-06-30",
    "met_at >= 2026-06-30T00:00:00.000000001Z",
    "met_at < last(order.placed)",
    "region contains \"x\"",
    "region starts with \"x\"",
    "region ends with \"x\"",
    "tags contains \"x\"",
    "tags contains any [\"x\", \"y\"]",
    "tags contains all [\"x\", \"y\"]",
    "score is known",
    "score is missing",
    "score is not applicable",
    "birthday is past",
    "met_at is future",
    "birthday within last 1 day",
    "met_at within next 36525 days",
    "last(order.placed) within last 12 months",
    "birthday in this week or met_at in last quarter or renewal in next half or met_at in this year",
    "anniversary of birthday within 7 days",
    "anniversary of last(order.placed) within 1 day",
    "no order.placed within 3 * gap(order.placed, @base) at least 180 days else 365 days",
    "any `month`, @transaction",
    "count(order.placed, contract.signed where net >= 100 and state = \"paid\" within 12 months) >= 3",
    "count(order.placed where `last` = true) = 0 and score > 1",
    "last(survey.answered).satisfaction >= 4.5",
    "last(survey.answered within 1 year).`last` = true",
    "gap(order.placed) > 30",
    "pending(complaint.opened until complaint.resolved, complaint.verified by case for 2.5 * gap(order.placed) else 30 days)",
];

#[test]
fn what_is_written_comes_back_in_both_forms() {
    for text in WRITTEN {
        let condition = parse(text);
        assert_eq!(condition.to_string(), text);
        let tree = condition.tree();
        assert_eq!(read(&tree), Ok(condition.clone()), "{tree}");
        assert_eq!(read(&text.into()), Ok(condition));
    }
}

#[test]
fn there_are_several_ways_to_write_the_same() {
    for (given, written) in [
        ("score>=80 and orders<3", "score >= 80 and orders < 3"),
        ("((score = 1.50))", "score = 1.5"),
        ("score = 1 and (orders = 2 and vip = true)", "score = 1 and (orders = 2 and vip = true)"),
        ("count(order.placed) = 0", "no order.placed"),
        ("count(order.placed) >= 1.0", "any order.placed"),
        (
            "no order.placed where net > 1 and state = \"x\" within 3 days and score = 1",
            "no order.placed where net > 1 and state = \"x\" within 3 days and score = 1",
        ),
        (
            "no order.placed where net > 1 and state = \"x\"",
            "count(order.placed where net > 1 and state = \"x\") = 0",
        ),
        ("met_at = 2026-06-30T08:00:00+08:00", "met_at = 2026-06-30T00:00:00Z"),
        ("region = \"\\u{4e1c}\"", "region = \"东\""),
        ("birthday within last 1 days", "birthday within last 1 day"),
        ("anniversary of birthday\n within 1 days", "anniversary of birthday within 1 day"),
        ("last ( order.placed ) . due is past", "last(order.placed).due is past"),
        ("`score` = 1e2", "score = 100"),
        ("orders > -0", "orders > 0"),
    ] {
        assert_eq!(parse(given).to_string(), written, "{given}");
    }
}

#[test]
fn the_tree_is_the_documented_one() {
    let tree = json!({"all": [
        {"fact": "region", "equals": "East China"},
        {"fact": "industry", "equals": "technology"},
        {"fact": "score", "at_least": "80"}
    ]});
    let condition = read(&tree).unwrap();
    assert_eq!(
        condition.to_string(),
        "region = \"East China\" and industry = \"technology\" and score >= 80"
    );
    assert_eq!(condition.tree(), tree);
    for (text, tree) in [
        ("always", json!({"all": []})),
        ("never", json!({"any": []})),
        ("not score = 1", json!({"not": {"fact": "score", "equals": "1"}})),
        ("revenue = profit", json!({"fact": "revenue", "equals": {"fact": "profit"}})),
        ("revenue = CNY 120.5", json!({"fact": "revenue", "equals": {"amount": "120.5", "currency": "CNY"}})),
        ("score between 1 and 2", json!({"fact": "score", "between": ["1", "2"]})),
        ("score in [1, 2]", json!({"fact": "score", "in": ["1", "2"]})),
        ("vip = true", json!({"fact": "vip", "equals": true})),
        ("score is not applicable", json!({"fact": "score", "is": "not_applicable"})),
        ("birthday within last 3 days", json!({"fact": "birthday", "within_last": {"days": 3}})),
        ("birthday in last quarter", json!({"fact": "birthday", "during": "last_quarter"})),
        ("anniversary of birthday within 7 days", json!({"fact": "birthday", "anniversary_within_days": 7})),
        (
            "count(order.placed where net >= 100 within 12 months) >= 3",
            json!({"count": {"events": ["order.placed"], "where": [{"attribute": "net", "at_least": "100"}],
                "within": {"months": 12}}, "at_least": "3"}),
        ),
        (
            "last(order.placed).net > 1",
            json!({"last": {"events": ["order.placed"], "attribute": "net"}, "above": "1"}),
        ),
        (
            "pending(complaint.opened until complaint.resolved by case for 30 days)",
            json!({"pending": {"opened": ["complaint.opened"], "closed": ["complaint.resolved"], "by": "case",
                "for": {"days": 30}}}),
        ),
        (
            "no order.placed within 3 * gap(order.placed) at least 180 days else 365 days",
            json!({"count": {"events": ["order.placed"], "within":
                {"gaps": "3", "of": ["order.placed"], "at_least_days": 180, "else_days": 365}}, "equals": "0"}),
        ),
    ] {
        assert_eq!(parse(text).tree(), tree, "{text}");
        assert_eq!(read(&tree).unwrap().to_string(), text);
    }
    // Numbers may be written as such.
    assert_eq!(read(&json!({"fact": "score", "at_least": 80})), Ok(parse("score >= 80")));
}

#[test]
fn a_vocabulary_comes_back() {
    let spec = serde_json::to_value(vocabulary().spec()).unwrap();
    assert_eq!(check(&spec, Vocabulary::read), Ok(vocabulary()));
}

#[test]
fn what_a_condition_reads_is_known() {
    let condition =
        parse("score > 1 and no @interaction within 2 * gap(order.placed) else 9 days and score < ratio");
    let ids: Vec<&str> = condition.fact_ids().iter().map(guanxi_core::FactId::as_str).collect();
    assert_eq!(ids, ["ratio", "score"]);
    for (kind, reads) in
        [("meeting.held", true), ("order.placed", true), ("order.returned", false), ("webinar.joined", false)]
    {
        assert_eq!(condition.reads(&kind.parse().unwrap()), reads, "{kind}");
    }
    assert!(condition.reads_events() && !parse("score > 1").reads_events());
    assert!(parse("any @all").reads(&"unheard.of".parse().unwrap()));
    assert!(parse("pending(ticket.opened until ticket.closed)").reads(&"ticket.closed".parse().unwrap()));
    assert!(!Condition::always().reads_events());
}
