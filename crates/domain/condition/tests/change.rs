//! The next change is the first instant at which time alone gives another answer.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};
use common::{events, facts, moment, parse};
use guanxi_condition::arbitrary::{Case, case};
use guanxi_condition::{Condition, EventLog, Given, Moment, Span, Truth};
use guanxi_core::{Event, FactValue};
use guanxi_policy::check;
use proptest::prelude::*;
use serde_json::{Value, json};

/// The next change of a condition over facts, from an instant in a zone.
fn next(text: &str, known: &Value, story: &[Event], as_of: &str, zone: &str) -> String {
    let (facts, log) = (facts(known.clone()), EventLog::new(story));
    let next = parse(text).next_change(&Given { facts: &facts, events: Some(&log) }, &moment(as_of, zone));
    next.map_or("never".into(), |next| next.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
}

fn known(id: &str, value: Value) -> Value {
    json!({id: {"known": {"value": value}}})
}

#[test]
fn month_ends_leap_days_and_changes_of_clocks() {
    let day = |day: &str| known("birthday", json!({"date": day}));
    let at = |at: &str| known("met_at", json!({"instant": at}));
    for (text, facts, as_of, zone, expected) in [
        // An event of 31 January is one month old on 28 February, or 29 in a leap year.
        (
            "met_at within last 1 month",
            at("2026-01-31T10:00:00Z"),
            "2026-02-01",
            "UTC",
            "2026-02-28T10:00:00Z",
        ),
        (
            "met_at within last 1 month",
            at("2024-01-31T10:00:00Z"),
            "2024-02-01",
            "UTC",
            "2024-02-29T10:00:00Z",
        ),
        // A day of 23 hours ends earlier, 24 hours do not.
        (
            "met_at within last 1 day",
            at("2026-03-28T11:00:00Z"),
            "2026-03-28T12:00:00Z",
            "Europe/Berlin",
            "2026-03-29T10:00:00Z",
        ),
        (
            "met_at within last 24 hours",
            at("2026-03-28T11:00:00Z"),
            "2026-03-28T12:00:00Z",
            "Europe/Berlin",
            "2026-03-29T11:00:00Z",
        ),
        // Days begin in the zone: at the leap, where midnight is leapt over.
        ("birthday is past", day("2026-06-30"), "2026-06-30T12:00:00Z", "+08:00", "2026-06-30T16:00:00Z"),
        ("birthday is future", day("2018-11-04"), "2018-11-01", "America/Sao_Paulo", "2018-11-04T03:00:00Z"),
        (
            "birthday in this month",
            day("2026-07-15"),
            "2026-06-30T12:00:00Z",
            "America/New_York",
            "2026-07-01T04:00:00Z",
        ),
        ("birthday in next quarter", day("2026-07-15"), "2026-01-01", "UTC", "2026-04-01T00:00:00Z"),
        ("birthday in last half", day("2026-06-15"), "2026-08-01", "UTC", "2027-01-01T00:00:00Z"),
        ("birthday within next 7 days", day("2026-07-15"), "2026-06-30", "UTC", "2026-07-08T00:00:00Z"),
        ("birthday within next 7 days", day("2026-07-15"), "2026-07-08", "UTC", "2026-07-16T00:00:00Z"),
        ("birthday is past", day("2026-06-30"), "2026-07-01", "UTC", "never"),
        // Samoa had no 30 December 2011: the day before lasted until the 31st.
        (
            "birthday is past",
            day("2011-12-29"),
            "2011-12-29T12:00:00Z",
            "Pacific/Apia",
            "2011-12-30T10:00:00Z",
        ),
        (
            "birthday is past",
            day("2011-12-30"),
            "2011-12-29T12:00:00Z",
            "Pacific/Apia",
            "2011-12-30T10:00:00Z",
        ),
    ] {
        assert_eq!(next(text, &facts, &[], as_of, zone), expected, "{text} {as_of} {zone}");
    }
}

#[test]
fn anniversaries_recur_for_ever() {
    let day = |day: &str| known("birthday", json!({"date": day}));
    for (text, of, as_of, expected) in [
        ("anniversary of birthday within 0 days", "2000-06-30", "2026-06-30", "2026-07-01T00:00:00Z"),
        ("anniversary of birthday within 0 days", "2000-06-30", "2026-07-01", "2027-06-30T00:00:00Z"),
        ("anniversary of birthday within 7 days", "2000-02-29", "2023-01-01", "2023-02-21T00:00:00Z"),
        ("anniversary of birthday within 7 days", "2000-02-29", "2024-01-01", "2024-02-22T00:00:00Z"),
        // The first one is a year after the day.
        ("anniversary of birthday within 0 days", "2030-06-30", "2026-06-30", "2031-06-30T00:00:00Z"),
        ("anniversary of birthday within 0 days", "2060-06-30", "2026-06-30", "2061-06-30T00:00:00Z"),
        // 364 days ahead there is always one, but on the day after one before a leap day.
        ("anniversary of birthday within 364 days", "2000-06-30", "2024-07-01", "2027-07-01T00:00:00Z"),
        // 1900 and 2100 are no leap years: eight years without a leap day.
        ("anniversary of birthday within 364 days", "1800-06-30", "1896-07-01", "1903-07-01T00:00:00Z"),
        ("anniversary of birthday within 364 days", "2000-06-30", "2096-07-01", "2103-07-01T00:00:00Z"),
        ("anniversary of birthday within 365 days", "2000-06-30", "2024-07-01", "never"),
        // Only 29 February itself, and it comes again after eight years.
        (
            "anniversary of birthday within 0 days and not anniversary of renewal within 0 days",
            "2000-02-28",
            "2096-03-01",
            "2104-02-28T00:00:00Z",
        ),
    ] {
        let mut facts = day(of);
        facts["renewal"] = known("renewal", json!({"date": "2000-02-29"}))["renewal"].clone();
        assert_eq!(next(text, &facts, &[], as_of, "UTC"), expected, "{text} {of} {as_of}");
    }
    // What else changes late does not hide them.
    let mut facts = day("2000-06-30");
    facts["met_at"] = known("met_at", json!({"instant": "2500-03-01T00:00:00Z"}))["met_at"].clone();
    let text = "met_at is past and anniversary of birthday within 0 days";
    assert_eq!(next(text, &facts, &[], "2026-01-01", "UTC"), "2500-06-30T00:00:00Z");
}

#[test]
fn events_come_leave_and_change_the_rhythm() {
    let none = json!({});
    let story = events(&[
        ("e1", "order.placed", "2026-01-01T10:00:00Z", json!({})),
        ("e2", "order.placed", "2026-01-11T10:00:00Z", json!({})),
        ("e3", "order.placed", "2026-03-02T10:00:00Z", json!({})),
    ]);
    for (text, as_of, expected) in [
        ("no order.placed within 20 days", "2026-01-20", "2026-01-31T10:00:00Z"),
        ("no order.placed within 20 days", "2026-02-20", "2026-03-02T10:00:00Z"),
        ("count(order.placed) >= 3", "2026-01-20", "2026-03-02T10:00:00Z"),
        ("count(order.placed) >= 3", "2026-03-02T10:00:00Z", "never"),
        // Two gaps of 10 days; from the third order on, two of 30.
        ("any order.placed within 2 * gap(order.placed) else 1 day", "2026-01-20", "2026-01-31T10:00:00Z"),
        ("any order.placed within 2 * gap(order.placed) else 1 day", "2026-03-03", "2026-05-01T10:00:00Z"),
        ("gap(order.placed) > 10", "2026-01-20", "2026-03-02T10:00:00Z"),
        ("last(order.placed) within last 5 days", "2026-01-20", "2026-03-02T10:00:00Z"),
        ("pending(order.placed until order.returned for 1 month)", "2026-01-20", "2026-02-01T10:00:00Z"),
    ] {
        assert_eq!(next(text, &none, &story, as_of, "UTC"), expected, "{text} {as_of}");
    }
    // The later of the two leaves the window first, since both months end on 28 February.
    let story = events(&[
        ("e1", "order.placed", "2026-01-30T23:00:00Z", json!({"net": {"decimal": "1"}})),
        ("e2", "order.placed", "2026-01-31T01:00:00Z", json!({"net": {"decimal": "2"}})),
    ]);
    let text = "last(order.placed within 1 month).net = 1";
    assert_eq!(next(text, &none, &story, "2026-02-01", "UTC"), "2026-02-28T01:00:00Z");
    assert_eq!(next(text, &none, &story, "2026-02-28T01:00:00Z", "UTC"), "2026-02-28T23:00:00Z");
    let text = "last(order.placed within 1 month) within last 692 hours";
    assert_eq!(next(text, &none, &story, "2026-02-28T02:00:00Z", "UTC"), "2026-02-28T19:00:00Z");
    // Another rhythm can bring an event back into the window.
    let story = events(&[
        ("e1", "order.placed", "2026-01-01T10:00:00Z", json!({})),
        ("e2", "order.placed", "2026-01-02T10:00:00Z", json!({})),
        ("e3", "meeting.held", "2026-01-02T10:00:00Z", json!({})),
        ("e4", "order.placed", "2026-02-01T10:00:00Z", json!({})),
    ]);
    let text = "any meeting.held within 3 * gap(order.placed) else 1 day";
    assert_eq!(next(text, &none, &story, "2026-01-03", "UTC"), "2026-01-05T10:00:00Z");
    assert_eq!(next(text, &none, &story, "2026-01-06", "UTC"), "2026-02-01T10:00:00Z");
    assert_eq!(next(text, &none, &story, "2026-02-02", "UTC"), "2026-02-18T10:00:00Z");
}

#[test]
fn facts_become_known() {
    let later =
        json!({"score": {"known": {"value": {"decimal": "5"}, "observed_at": "2026-07-01T00:00:00Z"}}});
    assert_eq!(next("score = 5", &later, &[], "2026-06-30", "UTC"), "2026-07-01T00:00:00Z");
    assert_eq!(next("score is missing", &later, &[], "2026-06-30", "UTC"), "2026-07-01T00:00:00Z");
    assert_eq!(next("score is not applicable", &later, &[], "2026-06-30", "UTC"), "never");
}

/// Every span that a tree names, and for a rhythm every number of days that it may come to.
fn spans(tree: &Value, found: &mut BTreeSet<Span>) {
    match tree {
        Value::Object(table) => {
            found.extend(serde_json::from_value::<Span>(tree.clone()).ok());
            if table.contains_key("gaps") {
                found.extend((0..=75).map(Span::Days));
            }
            table.values().for_each(|value| spans(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| spans(item, found)),
        _ => {}
    }
}

/// Instants at which anything might change, far more than do: every instant that is named, every span before and
/// after it, and the begins of days around them, of the months and of the years that come.
fn instants(case: &Case, tree: &Value) -> BTreeSet<DateTime<Utc>> {
    let Moment { as_of, zone, .. } = case.at;
    let mut named = BTreeSet::from([as_of]);
    let mut days: BTreeSet<NaiveDate> = BTreeSet::from([zone.day(as_of)]);
    let mut value = |value: &FactValue| match value {
        FactValue::Instant(at) => {
            named.insert(*at);
        }
        FactValue::Date(day) => {
            days.insert(*day);
        }
        _ => {}
    };
    for (_, fact) in case.facts.iter() {
        if let guanxi_core::Fact::Known { value: known, .. } = fact {
            value(known);
        }
    }
    case.events.iter().flatten().flat_map(|event| event.attributes.values()).for_each(value);
    for (_, fact) in case.facts.iter() {
        if let guanxi_core::Fact::Known { observed_at, .. } = fact {
            named.extend(observed_at);
        }
    }
    named.extend(case.events.iter().flatten().map(|event| event.occurred_at));
    let mut lengths = BTreeSet::from([Span::Days(0)]);
    spans(tree, &mut lengths);

    days.extend(named.iter().map(|at| zone.day(*at)));
    let mut found = BTreeSet::new();
    for at in &named {
        found.extend(
            lengths.iter().flat_map(|span| [span.after(*at, zone), span.before(*at, zone)]).flatten(),
        );
    }
    // Spans of days, without the crate's own way of counting them.
    let mut begins: BTreeSet<NaiveDate> = BTreeSet::new();
    for day in &days {
        for span in &lengths {
            let months = |months: u32| [*day + Months::new(months), *day - Months::new(months)];
            let of_days = |days: u32| [*day + Days::new(days.into()), *day - Days::new(days.into())];
            begins.extend(match *span {
                Span::Hours(_) => [*day; 2],
                Span::Days(days) => of_days(days),
                Span::Weeks(weeks) => of_days(weeks * 7),
                Span::Months(count) => months(count),
                Span::Years(years) => months(years * 12),
            });
        }
        let today = zone.day(as_of);
        for year in (today.year() - 1)..(today.year() + 12) {
            let same = day.with_year(year).or_else(|| (*day - Days::new(1)).with_year(year)).unwrap();
            begins.extend([same, same - Days::new(365), same - Days::new(364)]);
            begins.extend(anniversary_days(tree).into_iter().map(|days| same - Days::new(days)));
        }
    }
    let first = zone.day(as_of).with_day(1).unwrap();
    begins.extend((0..30).map(|months| first + Months::new(months)));
    begins.extend((0..40).map(|days| zone.day(as_of) + Days::new(days)));
    for begin in begins {
        for day in [begin, begin + Days::new(1)] {
            found.extend(zone.day_start(day));
        }
    }
    found
}

fn anniversary_days(tree: &Value) -> Vec<u64> {
    match tree {
        Value::Object(table) => table
            .iter()
            .flat_map(|(name, value)| match value.as_u64() {
                Some(days) if name == "anniversary_within_days" => vec![days],
                _ => anniversary_days(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(anniversary_days).collect(),
        _ => Vec::new(),
    }
}

/// The parts of a condition, itself and its leaves among them, each as a condition of its own.
fn parts(condition: &Condition, case: &Case) -> Vec<Condition> {
    fn trees(tree: &Value) -> Vec<Value> {
        let mut found = vec![tree.clone()];
        for inner in ["all", "any"].iter().filter_map(|name| tree.get(name)?.as_array()) {
            found.extend(inner.iter().flat_map(trees));
        }
        found.extend(tree.get("not").into_iter().flat_map(trees));
        found
    }
    let part = |tree: &Value| check(tree, |node| Condition::read(node, &case.vocabulary)).unwrap();
    trees(&condition.tree()).iter().map(part).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 100, ..ProptestConfig::default() })]

    #[test]
    fn it_is_the_first(case in case(), seconds in prop::collection::vec(0_i64..300_000_000, 20)) {
        let log = case.events.as_deref().map(EventLog::new);
        let given = Given { facts: &case.facts, events: log.as_ref() };
        let before = |at: DateTime<Utc>| at - TimeDelta::nanoseconds(1);
        for part in parts(&case.condition, &case) {
            let answer = |at: DateTime<Utc>| part.holds(&given, &case.at.at(at));
            let (now, next): (Truth, _) = (part.holds(&given, &case.at), part.next_change(&given, &case.at));
            if let Some(next) = next {
                prop_assert!(next > case.at.as_of);
                prop_assert_ne!(answer(next), now, "{} at {}", part, next);
                prop_assert_eq!(answer(before(next)), now, "{} before {}", part, next);
            }
            let probes = instants(&case, &part.tree()).into_iter().flat_map(|at| [before(at), at]);
            let random = seconds.iter().map(|seconds| case.at.as_of + TimeDelta::seconds(*seconds));
            for probe in probes.chain(random) {
                if probe > case.at.as_of && next.is_none_or(|next| probe < next) {
                    prop_assert_eq!(answer(probe), now, "{} at {}, not only at {:?}", part, probe, next);
                }
            }
        }
    }
}
