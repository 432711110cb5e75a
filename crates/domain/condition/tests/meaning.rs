//! What conditions mean, row by row of the language's page.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use chrono::NaiveDate;
use common::{ask, ask_events, events, facts, moment, parse};
use guanxi_condition::Truth::{False, True, Unknown};
use guanxi_condition::{EventLog, Given, Moment, Truth, WeekStart};
use guanxi_core::{Event, Zone};
use serde_json::{Value, json};

fn known(id: &str, value: Value) -> Value {
    json!({id: {"known": {"value": value}}})
}

fn decimal(id: &str, value: &str) -> Value {
    known(id, json!({"decimal": value}))
}

#[test]
fn numbers_are_exact() {
    assert_eq!(ask("ratio = 0.3", decimal("ratio", "0.30")), True);
    assert_eq!(ask("ratio = 1", decimal("ratio", "1.0000000000000000000000000000")), True);
    // The least step apart at the greatest size, and at the greatest scale.
    for (value, other) in [
        ("79228162514264337593543950335", "79228162514264337593543950334"),
        ("0.0000000000000000000000000002", "0.0000000000000000000000000001"),
        ("7.9228162514264337593543950335", "7.9228162514264337593543950334"),
        ("79228162514264337593543950335", "0.0000000000000000000000000001"),
        ("7922816251426433759354395033.5", "7922816251426433759354395033"),
        ("79228162514264337593543950335", "7.9228162514264337593543950335"),
    ] {
        assert_eq!(ask(&format!("ratio > {other}"), decimal("ratio", value)), True, "{value} {other}");
        assert_eq!(ask(&format!("ratio <= {other}"), decimal("ratio", value)), False, "{value} {other}");
        assert_eq!(
            ask(&format!("ratio < -{other}"), decimal("ratio", &format!("-{value}"))),
            True,
            "{value} {other}"
        );
    }
    assert_eq!(
        ask("sensitivity between 3 and 4.5", known("sensitivity", json!({"level": {"level": 4, "of": 5}}))),
        True
    );
    assert_eq!(ask("orders in [1, 2.0]", known("orders", json!({"int": 2}))), True);
}

#[test]
fn texts_are_compared_by_what_they_say() {
    let region = |text: &str| known("region", json!({"text": text}));
    assert_eq!(ask("region = \"east china\"", region("ＥＡＳＴ  China")), True);
    assert_eq!(ask("region != \"East China\"", region(" east\tchina ")), False);
    assert_eq!(ask("region contains \"ST CH\"", region("East  China")), True);
    assert_eq!(ask("region starts with \"华\"", region("\u{3000}华东")), True);
    assert_eq!(ask("region ends with \" \"", region("East")), True);
    let tags = known("tags", json!({"set": ["Budget", "ＶＩＰ"]}));
    assert_eq!(ask("tags contains \"vip\"", tags.clone()), True);
    assert_eq!(ask("tags contains any [\"x\", \"budget\"]", tags.clone()), True);
    assert_eq!(ask("tags contains all [\"vip\", \"budget\"]", tags.clone()), True);
    assert_eq!(ask("tags contains all [\"vip\", \"x\"]", tags), False);
}

#[test]
fn currencies_do_not_compare() {
    let revenue = known("revenue", json!({"money": {"amount": "5", "currency": "CNY"}}));
    for (text, expected) in [
        ("revenue = CNY 5.0", True),
        ("revenue = USD 5", Unknown),
        ("revenue != USD 5", Unknown),
        ("revenue in [USD 5, CNY 5]", True),
        ("revenue in [USD 5, CNY 6]", Unknown),
        ("revenue in [CNY 6]", False),
        ("revenue between CNY 5 and CNY 6", True),
        ("revenue between USD 5 and USD 6", Unknown),
        ("revenue > profit", Unknown),
    ] {
        assert_eq!(ask(text, revenue.clone()), expected, "{text}");
    }
}

#[test]
fn what_has_no_value_is_unknown() {
    let later = json!({"score": {"known": {"value": {"decimal": "5"}, "observed_at": "2026-06-30T12:00:00.000000001Z"}}});
    let now = json!({"score": {"known": {"value": {"decimal": "5"}, "observed_at": "2026-06-30T12:00:00Z"}}});
    let unfit = decimal("score", "101");
    let kind = known("score", json!({"int": 5}));
    let none = json!({"score": "not_applicable"});
    for (facts, truth, state) in [
        (later, Unknown, "missing"),
        (now, True, "known"),
        (unfit, Unknown, "missing"),
        (kind, Unknown, "missing"),
        (none, Unknown, "not applicable"),
        (json!({}), Unknown, "missing"),
    ] {
        assert_eq!(ask("score = 5", facts.clone()), truth, "{facts}");
        assert_eq!(ask("not score != 5", facts.clone()), truth, "{facts}");
        for word in ["known", "missing", "not applicable"] {
            assert_eq!(
                ask(&format!("score is {word}"), facts.clone()),
                Truth::from(word == state),
                "{facts}"
            );
        }
    }
    assert_eq!(ask("count(@all) = 0", json!({})), Unknown);
    assert_eq!(ask("count(@all) is missing", json!({})), True);
    assert_eq!(ask("pending(ticket.opened until ticket.closed)", json!({})), Unknown);
    assert_eq!(ask("always or score = 1", json!({})), True);
    assert_eq!(ask("never or score = 1", json!({})), Unknown);
    assert_eq!(ask("never and score = 1", json!({})), False);
}

#[test]
fn days_are_counted_from_the_day() {
    // Today is 30 June 2026.
    let day = |day: &str| known("birthday", json!({"date": day}));
    for (text, date, expected) in [
        ("birthday within last 7 days", "2026-06-23", False),
        ("birthday within last 8 days", "2026-06-23", True),
        ("birthday within next 7 days", "2026-07-07", True),
        ("birthday within next 6 days", "2026-07-07", False),
        ("birthday within next 0 days", "2026-06-30", True),
        ("birthday within last 0 days", "2026-06-30", False),
        ("birthday within last 1 day", "2026-06-30", True),
        ("birthday within last 1 month", "2026-05-31", False),
        ("birthday within last 1 month", "2026-07-01", False),
        ("birthday within next 1 month", "2026-07-31", True),
        ("birthday within next 1 month", "2026-08-01", False),
        ("birthday is past", "2026-06-30", False),
        ("birthday is past", "2026-06-29", True),
        ("birthday is future", "2026-06-30", False),
        ("birthday is future", "2026-07-01", True),
        ("birthday in this week", "2026-06-29", True),
        ("birthday in this week", "2026-06-28", False),
        ("birthday in last week", "2026-06-28", True),
        ("birthday in next month", "2026-07-31", True),
        ("birthday in this quarter", "2026-04-01", True),
        ("birthday in last half", "2025-07-01", True),
        ("birthday in next year", "2027-12-31", True),
        ("birthday in next year", "2028-01-01", False),
        ("anniversary of birthday within 0 days", "2000-06-30", True),
        ("anniversary of birthday within 30 days", "2000-07-31", False),
        ("anniversary of birthday within 31 days", "2000-07-31", True),
    ] {
        assert_eq!(ask(text, day(date)), expected, "{text} {date}");
    }
}

/// Users of other systems report relative dates that are a day off, in the wrong zone, or only in some years.
#[test]
fn relative_dates_are_not_off_by_one_in_any_zone_over_years() {
    let day: NaiveDate = "2024-02-29".parse().unwrap();
    let facts = facts(known("birthday", json!({"date": day})));
    let given = Given { facts: &facts, events: None };
    let (last, next) = (parse("birthday within last 7 days"), parse("birthday within next 7 days"));
    for zone in ["UTC", "+08:00", "-11:00", "Europe/Berlin", "America/Sao_Paulo"] {
        let zone: Zone = zone.parse().unwrap();
        for away in -1_500_i64..1_500 {
            let today = day + chrono::TimeDelta::days(away);
            let begin = zone.day_start(today).unwrap();
            let end = zone.day_start(today.succ_opt().unwrap()).unwrap() - chrono::TimeDelta::nanoseconds(1);
            for as_of in [begin, end] {
                let at = Moment { zone, ..Moment::utc(as_of) };
                assert_eq!(last.holds(&given, &at), Truth::from((0..7).contains(&away)), "{zone} {as_of}");
                assert_eq!(next.holds(&given, &at), Truth::from((-7..=0).contains(&away)), "{zone} {as_of}");
            }
        }
    }
}

/// Users of other systems report relative dates that stay those of the day on which the filter was saved.
#[test]
fn relative_dates_are_not_frozen_when_a_condition_is_saved() {
    let story = events(&[("e1", "order.placed", "2026-06-30T12:00:00Z", json!({}))]);
    let text = "any order.placed within 1 hour";
    let saved = parse(text).to_string();
    assert_eq!(saved, text, "nothing of the instant is in it");
    for (at, expected) in
        [("2026-06-30T12:59:59Z", True), ("2026-06-30T13:00:00Z", False), ("2027-06-30T12:30:00Z", False)]
    {
        assert_eq!(ask_events(&saved, &story, at), expected, "{at}");
    }
}

#[test]
fn instants_are_counted_on_the_clock_of_the_zone() {
    let at = |text: &str, of: &str, zone: &str, as_of: &str| {
        let facts = facts(known("met_at", json!({"instant": of})));
        parse(text).holds(&Given { facts: &facts, events: None }, &moment(as_of, zone))
    };
    // The day that the clock leaps has 23 hours.
    let (of, zone) = ("2026-03-28T11:00:00Z", "Europe/Berlin");
    assert_eq!(at("met_at within last 1 day", of, zone, "2026-03-29T09:59:59.999999999Z"), True);
    assert_eq!(at("met_at within last 1 day", of, zone, "2026-03-29T10:00:00Z"), False);
    assert_eq!(at("met_at within last 24 hours", of, zone, "2026-03-29T10:00:00Z"), True);
    assert_eq!(at("met_at within last 1 day", of, "UTC", "2026-03-29T10:00:00Z"), True);
    // One month after 31 January is 28 February.
    assert_eq!(at("met_at within last 1 month", "2026-01-31T10:00:00Z", "UTC", "2026-02-28T09:59:59Z"), True);
    assert_eq!(
        at("met_at within last 1 month", "2026-01-31T10:00:00Z", "UTC", "2026-02-28T10:00:00Z"),
        False
    );
    assert_eq!(at("met_at within next 1 month", "2026-03-31T10:00:00Z", "UTC", "2026-02-28T10:00:00Z"), True);
    assert_eq!(at("met_at is past", "2026-03-31T10:00:00Z", "UTC", "2026-03-31T10:00:00Z"), True);
    assert_eq!(at("met_at is future", "2026-03-31T10:00:00Z", "UTC", "2026-03-31T10:00:00Z"), False);
    // The day of an instant is that of the zone.
    assert_eq!(at("met_at in this month", "2026-06-30T17:00:00Z", "+08:00", "2026-07-01T00:00:00Z"), True);
    assert_eq!(at("met_at in this month", "2026-06-30T17:00:00Z", "UTC", "2026-07-01T00:00:00Z"), False);
    assert_eq!(
        at("anniversary of met_at within 0 days", "2025-06-30T17:00:00Z", "+08:00", "2026-07-01T00:00:00Z"),
        True
    );
}

#[test]
fn weeks_begin_where_the_moment_says() {
    let facts = facts(known("birthday", json!({"date": "2026-06-28"})));
    let given = Given { facts: &facts, events: None };
    let at = Moment { week_start: WeekStart::Sunday, ..moment("2026-06-30T12:00:00Z", "UTC") };
    assert_eq!(parse("birthday in this week").holds(&given, &at), True);
}

fn story() -> Vec<Event> {
    events(&[
        (
            "e1",
            "order.placed",
            "2026-01-31T10:00:00Z",
            json!({"net": {"decimal": "100"}, "state": {"text": "Paid"}}),
        ),
        ("e2", "order.placed", "2026-02-10T10:00:00Z", json!({"net": {"decimal": "99.99"}})),
        ("e3", "order.placed", "2026-02-10T22:00:00Z", json!({"net": {"text": "many"}})),
        (
            "e4",
            "order.placed",
            "2026-03-02T10:00:00Z",
            json!({"price": {"money": {"amount": "5", "currency": "USD"}}}),
        ),
        ("e6", "webinar.joined", "2026-03-02T10:00:00Z", json!({})),
        ("e5", "survey.answered", "2026-03-02T10:00:00Z", json!({"satisfaction": {"decimal": "4"}})),
        ("e7", "order.placed", "2026-05-01T10:00:00Z", json!({})),
    ])
}

#[test]
fn events_are_counted_from_the_instant_at_which_they_occur() {
    let story = story();
    for (text, at, expected) in [
        ("count(order.placed) = 4", "2026-03-02T10:00:00Z", True),
        ("count(order.placed) = 3", "2026-03-02T09:59:59.999999999Z", True),
        ("count(@transaction) = 5", "2026-06-30", True),
        ("count(@all) = 7", "2026-06-30", True),
        ("count(@interaction) = 0", "2026-06-30", True),
        ("count(order.placed where net >= 99.99) = 2", "2026-06-30", True),
        ("count(order.placed where net >= 99.99 and state = \"PAID\") = 1", "2026-06-30", True),
        ("count(order.placed where price < USD 6) = 1", "2026-06-30", True),
        ("count(order.placed where price != CNY 6) = 0", "2026-06-30", True),
        // e1 counts within a month until 28 February, 10:00.
        ("count(order.placed within 1 month) = 3", "2026-02-28T09:59:59Z", True),
        ("count(order.placed within 1 month) = 2", "2026-02-28T10:00:00Z", True),
        ("no order.placed within 60 days", "2026-06-30T10:00:00Z", True),
        ("no order.placed within 60 days", "2026-06-30T09:59:59Z", False),
        ("last(order.placed) = 2026-02-10T22:00:00Z", "2026-03-01", True),
        // The greater id is the later.
        ("last(@all).satisfaction = 4", "2026-03-02T10:00:00Z", Unknown),
        ("last(survey.answered, order.placed).satisfaction = 4", "2026-03-02T10:00:00Z", True),
        ("last(order.placed).net = 1", "2026-03-01", Unknown),
        ("last(meeting.held) is missing", "2026-03-01", True),
        // Days with orders: 31 January, 10 February, 2 March, 1 May.
        ("gap(order.placed) = 20", "2026-05-01T10:00:00Z", True),
        ("gap(order.placed) = 15", "2026-03-02T10:00:00Z", True),
        ("gap(order.placed) is missing", "2026-01-31T10:00:00Z", True),
        // 1.5 gaps are 30 days from 1 May on, and 22.5, so 23 days, before.
        ("any order.placed within 1.5 * gap(order.placed) else 1 day", "2026-05-31T09:59:59Z", True),
        ("any order.placed within 1.5 * gap(order.placed) else 1 day", "2026-05-31T10:00:00Z", False),
        ("any order.placed within 1.5 * gap(order.placed) else 1 day", "2026-03-25T09:59:59Z", True),
        ("any order.placed within 1.5 * gap(order.placed) else 1 day", "2026-03-25T10:00:00Z", False),
        (
            "any order.placed within 1.5 * gap(order.placed) at least 24 days else 1 day",
            "2026-03-25T10:00:00Z",
            True,
        ),
        ("any order.placed within 1.5 * gap(order.placed) else 1 day", "2026-02-01T09:59:59Z", True),
        ("any order.placed within 1.5 * gap(order.placed) else 1 day", "2026-02-01T10:00:00Z", False),
    ] {
        assert_eq!(ask_events(text, &story, at), expected, "{text} {at}");
    }
}

#[test]
fn what_was_opened_is_pending_until_it_is_closed() {
    let case = |case: &str| json!({"case": {"text": case}});
    let story = events(&[
        ("c1", "complaint.opened", "2026-01-01", case("A")),
        ("c2", "complaint.opened", "2026-01-02", case("B")),
        ("c3", "complaint.resolved", "2026-01-03", case("ａ")),
        ("c4", "complaint.opened", "2026-01-04", json!({})),
        ("c5", "complaint.resolved", "2026-01-05", json!({"case": {"int": 3}})),
        ("c6", "complaint.opened", "2026-01-06", case("C")),
        ("c7", "complaint.resolved", "2026-01-06", case("C")),
    ]);
    for (text, at, expected) in [
        ("pending(complaint.opened until complaint.resolved)", "2025-12-31", False),
        ("pending(complaint.opened until complaint.resolved)", "2026-01-01", True),
        ("pending(complaint.opened until complaint.resolved)", "2026-01-03", False),
        ("pending(complaint.opened until complaint.resolved)", "2026-01-06", False),
        ("pending(complaint.opened until complaint.resolved by case)", "2026-01-03", True),
        ("pending(complaint.opened until complaint.resolved by case for 2 days)", "2026-01-03", False),
        ("pending(complaint.opened until complaint.resolved by case for 2 days)", "2026-01-04", True),
        ("pending(complaint.opened until complaint.verified by case for 6 days)", "2026-01-06", False),
        ("pending(complaint.opened until complaint.verified by case for 6 days)", "2026-01-07", True),
        (
            "pending(complaint.opened until complaint.verified for 2 * gap(complaint.opened) else 9 days)",
            "2026-01-03",
            True,
        ),
    ] {
        assert_eq!(ask_events(text, &story, at), expected, "{text} {at}");
    }
    // Only the one without a case is left, and what has no fitting case closes it.
    let b = events(&[("c8", "complaint.resolved", "2026-01-05T01:00:00Z", case("b"))]);
    let all: Vec<Event> = story.iter().chain(&b).cloned().collect();
    assert_eq!(
        ask_events("pending(complaint.opened until complaint.resolved by case)", &all, "2026-01-10"),
        False
    );
}

#[test]
fn a_log_is_the_same_in_any_order_and_knows_each_id_once() {
    let mut story = story();
    let log = EventLog::new(&story);
    let ids: Vec<&str> = log.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids, ["e1", "e2", "e3", "e4", "e5", "e6", "e7"]);
    let mut later = story[0].clone();
    later.recorded_at = Some(later.occurred_at);
    later.kind = "order.returned".parse().unwrap();
    story.push(later.clone());
    story.push(story[1].clone());
    let there: Vec<Event> = EventLog::new(&story).iter().cloned().collect();
    story.reverse();
    let back: Vec<Event> = EventLog::new(&story).iter().cloned().collect();
    assert_eq!((there.len(), &there[0]), (7, &later));
    assert_eq!(there, back);
}
