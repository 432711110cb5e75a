//! Why a condition answers as it does.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{events, facts, moment, parse};
use guanxi_condition::{EventLog, Explained, Given, labels};
use guanxi_core::Event;
use serde_json::{Value, json};

fn explain(text: &str, known: Value, log: Option<&[Event]>) -> Explained {
    let (facts, log) = (facts(known), log.map(EventLog::new));
    parse(text)
        .explain(&Given { facts: &facts, events: log.as_ref() }, &moment("2026-06-30T12:00:00Z", "UTC"))
}

/// The answer, the deciding leaves, the near misses and the findings, in words.
fn shown(explained: &Explained, lang: &str) -> String {
    let pack = labels(lang).unwrap();
    let mut lines = vec![format!("{:?}", explained.truth)];
    lines.extend(explained.deciding.iter().map(|leaf| format!("{} {}", leaf.leaf, leaf.text(&pack))));
    lines.extend(explained.near_misses.iter().map(|near| {
        let distance = near.distance.map_or(String::new(), |distance| format!(", {distance} away"));
        format!("near: {} {:?} gives {:?}{distance}", near.leaf.leaf, near.needed, near.gives)
    }));
    lines.extend(explained.findings.iter().map(|finding| format!("! {}", finding.text(&pack))));
    lines.join("\n")
}

#[test]
fn the_deciding_leaves_are_those_that_force_the_answer() {
    let known = json!({
        "region": {"known": {"value": {"text": "East China"}}},
        "industry": {"known": {"value": {"text": "retail"}}},
        "score": {"known": {"value": {"decimal": "79.4"}}}
    });
    let routing = "region = \"east china\" and industry = \"technology\" and score >= 80";
    insta::assert_snapshot!(shown(&explain(routing, known.clone(), None), "en"), @r#"
    False
    1 industry = "technology": no, found retail
    2 score >= 80: no, found 79.4
    "#);
    let routing = "region = \"east china\" and (industry = \"technology\" or score >= 79) and not vip = true";
    insta::assert_snapshot!(shown(&explain(routing, known.clone(), None), "zh-CN"), @"
    Unknown
    3 vip = true：无法判断
    near: 3 False gives True
    ! 缺少 vip
    ");
    let routing = "not (region = \"west\" or industry = \"technology\") and score < 80";
    insta::assert_snapshot!(shown(&explain(routing, known, None), "en"), @r#"
    True
    0 region = "west": no, found East China
    1 industry = "technology": no, found retail
    2 score < 80: yes, found 79.4
    near: 0 True gives False
    near: 1 True gives False
    near: 2 False gives False, 0.6 away
    "#);
}

#[test]
fn what_was_missing_unfit_or_to_come_is_told() {
    let story = events(&[
        ("e1", "order.placed", "2026-06-01", json!({"net": {"text": "many"}})),
        ("e2", "survey.answered", "2026-06-02", json!({})),
        ("e3", "order.placed", "2026-07-01", json!({})),
        ("e4", "meeting.held", "2026-07-01", json!({})),
    ]);
    let known = json!({
        "score": {"known": {"value": {"decimal": "101"}}},
        "ratio": {"known": {"value": {"decimal": "1"}, "observed_at": "2026-07-01T00:00:00Z"}},
        "orders": "not_applicable",
        "revenue": {"known": {"value": {"money": {"amount": "5", "currency": "USD"}}}}
    });
    let text = "score > 1 and ratio > score and orders > 1 and revenue > CNY 1 and vip = true and last(order.placed).net > 1 \
        and last(survey.answered).satisfaction > 3 and gap(order.placed) > 3 and last(visit.made) is past and pending(ticket.opened until ticket.closed)";
    insta::assert_snapshot!(shown(&explain(text, known.clone(), Some(&story)), "en"), @"
    False
    9 pending(ticket.opened until ticket.closed): no
    ! score breaks its schema and is ignored
    ! ratio was observed on 2026-07-01, later than the question
    ! orders does not apply
    ! revenue is an amount in USD, which is not compared with other currencies
    ! vip is missing
    ! net of the latest of these events breaks its schema and is ignored: order.placed
    ! The latest of these events has no satisfaction: survey.answered
    ! There are fewer than two days with such events: order.placed
    ! There is no such event: visit.made
    ! Events after the question are ignored: 1, the first on 2026-07-01
    ");
    insta::assert_snapshot!(shown(&explain("no order.placed and always", known, None), "zh-CN"), @"
    Unknown
    0 no order.placed：无法判断
    near: 0 True gives True
    ! 没有事件记录可供判断
    ");
}

#[test]
fn values_are_shown_as_what_they_are() {
    let story = events(&[
        ("e1", "ticket.opened", "2026-06-01", json!({})),
        ("e2", "ticket.opened", "2026-06-03", json!({})),
        ("e3", "ticket.opened", "2026-06-10", json!({})),
    ]);
    let known = json!({
        "sensitivity": {"known": {"value": {"level": {"level": 4, "of": 5}}}},
        "tags": {"known": {"value": {"set": ["a", "b"]}}},
        "orders": {"known": {"value": {"int": 3}}}
    });
    let text = "sensitivity >= 4 and tags contains \"a\" and orders < count(@all) or count(@all) > 5 or gap(@all) > 5 \
        or pending(ticket.opened until ticket.closed for 20 days) or last(@all) in this month";
    let explained = explain(text, known, Some(&story));
    let shown: Vec<Value> = explained
        .near_misses
        .iter()
        .map(|near| json!([near.leaf.text, near.leaf.found, near.leaf.other]))
        .collect();
    assert_eq!(shown, [] as [Value; 0], "several parts are true, so none alone would turn the whole");
    insta::assert_json_snapshot!(explained.deciding.iter().map(|leaf| (&leaf.text, &leaf.found, &leaf.other)).collect::<Vec<_>>(), @r#"
    [
      [
        "pending(ticket.opened until ticket.closed for 20 days)",
        {
          "instant": "2026-06-01T00:00:00Z"
        },
        null
      ],
      [
        "last(@all) in this month",
        {
          "instant": "2026-06-10T00:00:00Z"
        },
        null
      ]
    ]
    "#);
}

#[test]
fn an_explanation_comes_back_from_the_wire() {
    let explained =
        explain("score > 1 or orders = 2", json!({"score": {"known": {"value": {"decimal": "0.5"}}}}), None);
    let text = serde_json::to_string(&explained).unwrap();
    assert_eq!(serde_json::from_str::<Explained>(&text).unwrap(), explained);
    insta::assert_snapshot!(text, @r#"{"truth":"unknown","deciding":[{"leaf":1,"text":"orders = 2","found":null,"other":null,"truth":"unknown"}],"near_misses":[{"leaf":{"leaf":0,"text":"score > 1","found":{"decimal":"0.5"},"other":null,"truth":"false"},"needed":"true","gives":"true","distance":"0.5"},{"leaf":{"leaf":1,"text":"orders = 2","found":null,"other":null,"truth":"unknown"},"needed":"true","gives":"true","distance":null}],"findings":[{"code":"fact_missing","fact":"orders"}]}"#);
}
