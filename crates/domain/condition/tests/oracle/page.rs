//! What the page of the language says in so many words, asked of this evaluator.
use chrono::{DateTime, Utc, Weekday};
use guanxi_core::{Event, FactMap, FactValue};
use serde_json::{Value as Json, json};

use crate::clock::Clock;
use crate::evaluate::World;
use crate::vocabulary;

fn ask(facts: &FactMap, events: &[(&str, &str)], as_of: &str, zone: &str, tree: &Json) -> Option<bool> {
    let names = vocabulary::names();
    let event = |(place, (kind, at)): (usize, &(&str, &str))| Event {
        id: format!("e{place}").parse().unwrap(),
        subject: "C1".parse().unwrap(),
        kind: kind.parse().unwrap(),
        occurred_at: instant(at),
        recorded_at: None,
        source: None,
        channel: None,
        attributes: [("net".parse().unwrap(), FactValue::Decimal(100.into()))].into(),
    };
    let events: Vec<Event> = events.iter().enumerate().map(event).collect();
    let world = World {
        names: &names,
        facts,
        events: Some(&events),
        as_of: instant(as_of),
        clock: Clock::named(zone),
        week_start: Weekday::Mon,
    };
    world.answer(&names.condition(tree))
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn fact(name: &str, value: FactValue) -> FactMap {
    FactMap::new().with(name.parse().unwrap(), value, None)
}

#[test]
fn a_day_seven_days_ago_is_within_the_last_eight() {
    let facts = fact("signed", FactValue::Date("2026-06-23".parse().unwrap()));
    let ask = |tree| ask(&facts, &[], "2026-06-30T12:00:00Z", "UTC", &tree);
    assert_eq!(ask(json!({"fact": "signed", "within_last": {"days": 7}})), Some(false));
    assert_eq!(ask(json!({"fact": "signed", "within_last": {"days": 8}})), Some(true));
    let facts = fact("signed", FactValue::Date("2026-07-07".parse().unwrap()));
    let next = json!({"fact": "signed", "within_next": {"days": 7}});
    assert_eq!(self::ask(&facts, &[], "2026-06-30T12:00:00Z", "UTC", &next), Some(true));
}

#[test]
fn an_event_of_31_january_is_a_month_old_on_28_february_and_stays_so() {
    let tree = json!({"count": {"events": ["order.placed"], "within": {"months": 1}}, "equals": 1});
    let events = [("order.placed", "2026-01-31T12:00:00Z")];
    let ask = |as_of| ask(&FactMap::new(), &events, as_of, "UTC", &tree);
    let answers = ["2026-02-28T11:59:59Z", "2026-02-28T12:00:00Z", "2026-03-01T00:00:00Z"].map(ask);
    assert_eq!(answers, [Some(true), Some(false), Some(false)]);
}

#[test]
fn texts_and_missing_values() {
    let facts = fact("region", FactValue::Text("ＥＡＳＴ  China".into()));
    let ask = |tree| ask(&facts, &[], "2026-06-30T12:00:00Z", "UTC", &tree);
    assert_eq!(ask(json!({"fact": "region", "equals": "east china"})), Some(true));
    assert_eq!(ask(json!({"fact": "行业", "differs": "x"})), None);
    assert_eq!(ask(json!({"fact": "行业", "is": "missing"})), Some(true));
    let both = json!([{"fact": "行业", "equals": "x"}, {"fact": "region", "starts_with": "East"}]);
    assert_eq!([ask(json!({"all": both})), ask(json!({"any": both}))], [None, Some(true)]);
    assert_eq!([ask(json!({"all": []})), ask(json!({"any": []}))], [Some(true), Some(false)]);
}

#[test]
fn silence_is_measured_by_the_own_rhythm() {
    // Gaps of 10, 20 and 30 days: the median is 20, three of it 60.
    let events = [
        ("order.placed", "2026-01-01T08:00:00Z"),
        ("order.placed", "2026-01-11T08:00:00Z"),
        ("order.placed", "2026-01-31T08:00:00Z"),
        ("order.placed", "2026-03-02T08:00:00Z"),
    ];
    let window = json!({"gaps": "3", "of": ["order.placed"], "else_days": 365});
    let tree = json!({"count": {"events": ["order.placed"], "within": window}, "equals": 0});
    let ask = |as_of| ask(&FactMap::new(), &events, as_of, "UTC", &tree);
    assert_eq!([ask("2026-05-01T07:59:59Z"), ask("2026-05-01T08:00:00Z")], [Some(false), Some(true)]);
}

#[test]
fn what_was_opened_and_not_closed_is_pending() {
    let tree = json!({"pending": {"opened": ["complaint.opened"], "closed": ["complaint.resolved"], "for": {"days": 30}}});
    let opened = ("complaint.opened", "2026-05-01T08:00:00Z");
    let closed = ("complaint.resolved", "2026-05-02T08:00:00Z");
    let ask = |events: &[_], as_of| ask(&FactMap::new(), events, as_of, "UTC", &tree);
    assert_eq!(ask(&[opened], "2026-05-31T07:59:59Z"), Some(false));
    assert_eq!(ask(&[opened], "2026-05-31T08:00:00Z"), Some(true));
    assert_eq!(ask(&[opened, closed], "2026-05-31T08:00:00Z"), Some(false));
}
