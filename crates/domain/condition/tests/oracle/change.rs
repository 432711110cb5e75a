//! When the answer changes, found by asking again and again.
use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use guanxi_condition::{EventLog, Given};
use guanxi_core::{Fact, FactValue};
use serde_json::Value as Json;

use crate::clock::Span;
use crate::compare::{Case, moment, read, vocabulary};
use crate::condition::span;
use crate::generate;
use crate::random::Random;
use crate::vocabulary;

/// Every span that a tree names, and whole days where it measures rhythms.
fn spans(tree: &Json, found: &mut Vec<Span>) {
    match tree {
        Json::Array(items) => items.iter().for_each(|item| spans(item, found)),
        Json::Object(fields) => {
            if fields.contains_key("gaps") {
                found.extend((1..=40).map(Span::Days));
            }
            let units = ["hours", "days", "weeks", "months", "years"];
            if fields.len() == 1 && units.iter().any(|unit| fields.contains_key(*unit)) {
                found.push(span(tree));
            }
            fields.values().for_each(|field| spans(field, found));
        }
        _ => {}
    }
}

/// Instants after now at which an answer can be another one: those of the customer, spans before and after
/// them, and the beginnings of days near them and of the next two months.
fn candidates(case: &Case, tree: &Json) -> BTreeSet<DateTime<Utc>> {
    let (as_of, clock) = (case.when.as_of, case.when.clock);
    let mut found = Vec::new();
    spans(tree, &mut found);
    let (mut instants, mut days) = (BTreeSet::from([as_of]), BTreeSet::new());
    let mut value = |value: &FactValue, instants: &mut BTreeSet<DateTime<Utc>>| match value {
        FactValue::Instant(at) => drop(instants.insert(*at)),
        FactValue::Date(day) => drop(days.insert(*day)),
        _ => {}
    };
    for (_, fact) in case.customer.facts.iter() {
        if let Fact::Known { value: known, observed_at } = fact {
            value(known, &mut instants);
            instants.extend(observed_at);
        }
    }
    for event in case.customer.events.iter().flatten() {
        instants.insert(event.occurred_at);
        event.attributes.values().for_each(|known| value(known, &mut instants));
    }
    // The ends of time are no use as a start.
    let near = |day: &NaiveDate| {
        (NaiveDate::from_ymd_opt(1900, 1, 1)..NaiveDate::from_ymd_opt(2200, 1, 1)).contains(&Some(*day))
    };
    instants.retain(|at| near(&at.date_naive()));
    days.retain(near);
    let moved: Vec<DateTime<Utc>> = instants
        .iter()
        .flat_map(|at| found.iter().flat_map(|span| [clock.after(*at, *span), clock.before(*at, *span)]))
        .collect();
    let whole: Vec<Span> = found.into_iter().filter(|span| !matches!(span, Span::Hours(_))).collect();
    let moved_days: Vec<NaiveDate> = days
        .iter()
        .flat_map(|day| whole.iter().flat_map(|span| [span.after(*day), span.before(*day)]))
        .collect();
    days.extend(moved_days);
    instants.extend(moved);
    days.extend((0..62).map(|later| clock.day(as_of) + Days::new(later)));
    let starts = days.iter().flat_map(|day| [*day, *day + Days::new(1)]).map(|day| clock.day_start(day));
    instants.extend(starts);
    instants.retain(|at| *at > as_of);
    instants
}

#[test]
fn the_answer_changes_when_the_crate_says() {
    let (names, vocabulary) = (vocabulary::names(), vocabulary());
    let (mut some, mut none) = (0, 0);
    for seed in 0..800 {
        let mut random = Random::new(seed);
        let case = Case::new(&mut random);
        let log = case.customer.events.as_deref().map(EventLog::new);
        let given = Given { facts: &case.customer.facts, events: log.as_ref() };
        // Most answers never change: every other case is one that does.
        let (tree, read, next) = loop {
            let tree = generate::condition(&mut random, &case.when, 1);
            let read = read(&tree, &vocabulary);
            let next = read.next_change(&given, &moment(&case.when));
            // Near the end of time this evaluator does not count.
            if next.map_or(seed % 2 == 0, |next| next.year() < 9_000) {
                break (tree, read, next);
            }
        };
        let condition = names.condition(&tree);

        let ask =
            |as_of: DateTime<Utc>| crate::evaluate::World { as_of, ..case.world(&names) }.answer(&condition);
        let now = ask(case.when.as_of);
        let shown = || {
            format!(
                "seed {seed}: {read}\n{:?}\n{:#?}\n{:#?}",
                case.when, case.customer.facts, case.customer.events
            )
        };
        match next {
            Some(next) => {
                some += 1;
                assert!(next > case.when.as_of);
                assert_ne!(ask(next), now, "at {next}\n{}", shown());
                assert_eq!(ask(next - TimeDelta::nanoseconds(1)), now, "just before {next}\n{}", shown());
            }
            None => none += 1,
        }
        for at in candidates(&case, &tree).into_iter().filter(|at| next.is_none_or(|next| *at < next)) {
            assert_eq!(ask(at), now, "at {at}, but next is {next:?}\n{}", shown());
        }
    }
    assert!(some > 300 && none > 200, "{some} {none}");
}
