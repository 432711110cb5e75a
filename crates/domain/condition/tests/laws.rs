//! What holds of every condition, whatever it is asked of.
#![allow(clippy::unwrap_used, missing_docs)]

use guanxi_condition::arbitrary::case;
use guanxi_condition::{Condition, EventLog, Given, Moment, Truth, Vocabulary};
use guanxi_core::arbitrary::decimal;
use guanxi_core::{Event, FactKind, FactMap, FactSchema, FactValue, fact_id};
use guanxi_policy::check;
use num_bigint::BigInt;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

/// The whole from the answers of its leaves, in the order of writing: slow, obvious, and of the tree form.
fn whole(tree: &Value, answers: &mut impl Iterator<Item = Truth>) -> Truth {
    if let Some(parts) = tree.get("all").and_then(Value::as_array) {
        let parts: Vec<Truth> = parts.iter().map(|part| whole(part, answers)).collect();
        return match () {
            () if parts.contains(&Truth::False) => Truth::False,
            () if parts.contains(&Truth::Unknown) => Truth::Unknown,
            () => Truth::True,
        };
    }
    if let Some(parts) = tree.get("any").and_then(Value::as_array) {
        let parts: Vec<Truth> = parts.iter().map(|part| whole(part, answers)).collect();
        return match () {
            () if parts.contains(&Truth::True) => Truth::True,
            () if parts.contains(&Truth::Unknown) => Truth::Unknown,
            () => Truth::False,
        };
    }
    match tree.get("not") {
        Some(part) => match whole(part, answers) {
            Truth::True => Truth::False,
            Truth::Unknown => Truth::Unknown,
            Truth::False => Truth::True,
        },
        None => answers.next().unwrap(),
    }
}

/// The leaves that force the answer, as the page of the language tells them; with the answer of the whole.
fn deciding(tree: &Value, answers: &mut impl Iterator<Item = (usize, Truth)>) -> (Truth, Vec<usize>) {
    let joined = |parts: &Vec<Value>, answers: &mut _, every: Truth, single: Truth| {
        let parts: Vec<(Truth, Vec<usize>)> = parts.iter().map(|part| deciding(part, answers)).collect();
        let has = |truth: Truth| parts.iter().any(|(part, _)| *part == truth);
        let truth = if has(single) {
            single
        } else if has(Truth::Unknown) {
            Truth::Unknown
        } else {
            every
        };
        let forces = parts.iter().filter(|(part, _)| *part == truth);
        (truth, forces.flat_map(|(_, leaves)| leaves.clone()).collect())
    };
    if let Some(parts) = tree.get("all").and_then(Value::as_array) {
        return joined(parts, answers, Truth::True, Truth::False);
    }
    if let Some(parts) = tree.get("any").and_then(Value::as_array) {
        return joined(parts, answers, Truth::False, Truth::True);
    }
    match tree.get("not") {
        Some(part) => {
            let (truth, leaves) = deciding(part, answers);
            (truth.not(), leaves)
        }
        None => {
            let (leaf, truth) = answers.next().unwrap();
            (truth, vec![leaf])
        }
    }
}

/// The leaves of a tree in the order of writing.
fn leaves(tree: &Value) -> Vec<&Value> {
    let parts = tree.get("all").or_else(|| tree.get("any")).and_then(Value::as_array);
    match (parts, tree.get("not")) {
        (Some(parts), _) => parts.iter().flat_map(leaves).collect(),
        (None, Some(part)) => leaves(part),
        (None, None) => vec![tree],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, max_shrink_iters: 500, ..ProptestConfig::default() })]

    #[test]
    fn both_forms_come_back(case in case()) {
        let (text, tree) = (case.condition.to_string(), case.condition.tree());
        let parsed = Condition::parse(&text, &case.vocabulary);
        prop_assert_eq!(parsed.as_ref(), Ok(&case.condition), "{}", text);
        prop_assert!(!text.contains('\n'));
        let read = check(&tree, |node| Condition::read(node, &case.vocabulary));
        prop_assert_eq!(read.as_ref(), Ok(&case.condition), "{}", tree);
    }

    #[test]
    fn an_explanation_names_what_forces_and_what_would_turn(case in case(), flips in prop::collection::vec(0_usize..3, 24)) {
        let log = case.events.as_deref().map(EventLog::new);
        let given = Given { facts: &case.facts, events: log.as_ref() };
        let explained = case.condition.explain(&given, &case.at);
        prop_assert_eq!(explained.truth, case.condition.holds(&given, &case.at));

        let tree = case.condition.tree();
        let answers: Vec<Truth> = leaves(&tree).into_iter().map(|leaf| {
            let leaf = check(leaf, |node| Condition::read(node, &case.vocabulary)).unwrap();
            leaf.holds(&given, &case.at)
        }).collect();
        let all = [Truth::False, Truth::Unknown, Truth::True];
        let forced = |place: usize, truth: Truth| {
            let own = |(leaf, answer): (usize, &Truth)| if leaf == place { truth } else { *answer };
            whole(&tree, &mut answers.iter().enumerate().map(own))
        };
        let turning: Vec<usize> = (0..answers.len())
            .filter(|place| all.iter().any(|truth| forced(*place, *truth).is_true() != explained.truth.is_true()))
            .collect();
        let near: Vec<usize> = explained.near_misses.iter().map(|near| near.leaf.leaf).collect();
        prop_assert_eq!(near, turning, "{}", case.condition);
        for near in &explained.near_misses {
            prop_assert_eq!(forced(near.leaf.leaf, near.needed), near.gives, "{}", case.condition);
            prop_assert_ne!(near.gives.is_true(), explained.truth.is_true());
            prop_assert_eq!(near.leaf.truth, answers[near.leaf.leaf]);
        }
        // Whatever the other leaves answered, the deciding ones force the answer, unless that is unknown: then the
        // others do, where they could.
        let forcing: Vec<usize> = explained.deciding.iter().map(|leaf| leaf.leaf).collect();
        let expected = deciding(&tree, &mut answers.iter().copied().enumerate());
        prop_assert_eq!((explained.truth, &forcing), (expected.0, &expected.1), "{}", case.condition);
        if explained.truth != Truth::Unknown {
            let other = |(leaf, answer): (usize, &Truth)| {
                if forcing.contains(&leaf) { *answer } else { all[flips[leaf % flips.len()]] }
            };
            prop_assert_eq!(whole(&tree, &mut answers.iter().enumerate().map(other)), explained.truth, "{}", case.condition);
        }
        for leaf in &explained.deciding {
            prop_assert_eq!(leaf.truth, answers[leaf.leaf]);
            let alone = Condition::parse(&leaf.text, &case.vocabulary).unwrap();
            prop_assert_eq!(alone.tree(), leaves(&tree)[leaf.leaf].clone());
        }
    }

    #[test]
    fn the_order_of_events_does_not_matter(case in case(), turned in 0_usize..8) {
        let answered = |events: Option<Vec<Event>>| {
            let log = events.as_deref().map(EventLog::new);
            let given = Given { facts: &case.facts, events: log.as_ref() };
            (case.condition.explain(&given, &case.at), case.condition.next_change(&given, &case.at))
        };
        let other = case.events.clone().map(|mut events| {
            let turned = turned.min(events.len());
            events.rotate_left(turned);
            let again: Vec<Event> = events.iter().rev().cloned().collect();
            events.extend(again);
            events
        });
        prop_assert_eq!(answered(other), answered(case.events.clone()));
    }

    #[test]
    fn a_change_before_an_end_is_the_next_if_it_lies_there(case in case(), days in 0_i64..800) {
        let log = case.events.as_deref().map(EventLog::new);
        let given = Given { facts: &case.facts, events: log.as_ref() };
        let now = case.condition.holds(&given, &case.at);
        let next = case.condition.next_change(&given, &case.at);
        let end = case.at.as_of + chrono::TimeDelta::days(days);
        for end in [Some(end), next].into_iter().flatten() {
            let before = case.condition.next_time_before(&given, &case.at, end, |truth| truth != now);
            prop_assert_eq!(before, next.filter(|next| *next < end));
        }
    }

    #[test]
    fn logs_are_cut_and_added_to_in_order(case in case(), other in any::<prop::sample::Index>()) {
        let events = case.events.unwrap_or_default();
        let log = EventLog::new(&events);
        let past = events.iter().filter(|event| event.occurred_at <= case.at.as_of);
        // An event that is already known has other versions.
        if log.iter().count() == events.len() {
            prop_assert_eq!(log.until(case.at.as_of), EventLog::new(past));
        }
        if !events.is_empty() {
            let more = other.get(&events);
            let rest: Vec<&Event> = events.iter().filter(|event| event.id != more.id).collect();
            let whole = EventLog::new(rest.iter().copied().chain([more]));
            prop_assert_eq!(EventLog::new(rest).with(more), whole);
            prop_assert_eq!(log.with(more), log);
        }
    }

    #[test]
    fn events_and_facts_that_it_does_not_read_do_not_matter(case in case()) {
        let holds = |events: Option<&[Event]>| {
            let log = events.map(EventLog::new);
            case.condition.holds(&Given { facts: &case.facts, events: log.as_ref() }, &case.at)
        };
        let read: Option<Vec<Event>> = case.events.as_ref().map(|events| {
            events.iter().filter(|event| case.condition.reads(&event.kind)).cloned().collect()
        });
        prop_assert_eq!(holds(read.as_deref()), holds(case.events.as_deref()));
        if !case.condition.reads_events() {
            prop_assert_eq!(holds(None), holds(Some(&[])));
        }
    }

    #[test]
    fn numbers_compare_exactly(one in decimal(), other in decimal(), near in -2_i64..=2, close in any::<bool>()) {
        // The same digits but the last, as far as there is room for it.
        let step = Decimal::new(near, one.scale());
        let other = if close { one.checked_add(step).unwrap_or(other) } else { other };
        let whole = |number: Decimal| {
            BigInt::from(number.mantissa()) * BigInt::from(10).pow(28 - number.scale())
        };
        let vocabulary = Vocabulary::new().with_fact(fact_id!("x"), FactSchema::of(FactKind::Decimal));
        let facts = FactMap::new().with(fact_id!("x"), FactValue::Decimal(one), None);
        let given = Given { facts: &facts, events: None };
        let at = Moment::utc(chrono::DateTime::UNIX_EPOCH);
        let order = whole(one).cmp(&whole(other));
        for (sign, expected) in [
            ("=", order.is_eq()), ("!=", order.is_ne()), ("<", order.is_lt()), ("<=", order.is_le()),
            (">", order.is_gt()), (">=", order.is_ge()),
        ] {
            let condition = Condition::parse(&format!("x {sign} {other}"), &vocabulary).unwrap();
            prop_assert_eq!(condition.holds(&given, &at), Truth::from(expected), "{} {} {}", one, sign, other);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(case in case(), cut in any::<prop::sample::Index>(), other in ".{0,3}", words in prop::collection::vec(word(), 0..12)) {
        // A text with something in it that is not of the language, one cut short, and one of its words.
        let text = case.condition.to_string();
        let at = text.char_indices().map(|(place, _)| place).nth(cut.index(text.chars().count())).unwrap();
        let (start, end) = text.split_at(at);
        for text in [format!("{start}{other}{end}"), start.to_owned(), words.join(" ")] {
            match Condition::parse(&text, &case.vocabulary) {
                Ok(condition) => {
                    prop_assert_eq!(&Condition::parse(&condition.to_string(), &case.vocabulary), &Ok(condition));
                }
                Err(problems) => {
                    prop_assert!(problems.iter().count() > 0);
                    prop_assert!(problems.iter().all(|problem| problem.line > 0 && problem.column > 0));
                    prop_assert!(!problems.to_string().is_empty());
                }
            }
        }
    }
}

/// A word of the language, or something that looks like one.
fn word() -> impl Strategy<Value = String> {
    let words = "and or not ( ) [ ] , . * = != < >= == ， \" ` @all @ always never no any count( last( gap( pending( until by for \
        where within last next this week 3 -1 2.5 days 2026-06-30 2026-06-30T00:00:00Z CNY true is known missing past between in \
        contains starts with all score day at tags \"x\" order.placed anniversary of else";
    prop::sample::select(words.split(' ').map(str::to_owned).collect::<Vec<_>>())
}
