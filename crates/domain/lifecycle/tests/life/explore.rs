//! Every situation that events and waiting can bring about, as far as they can be told apart.
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::Event;
use guanxi_lifecycle::{Given, LifecycleDocument, StageKind, State, advance};

use crate::story::{at, event, five, phases, subject};

/// What can happen next: an event at the same instant, or so many days without one.
#[derive(Clone, Copy)]
enum Next {
    Event(&'static str),
    Days(i64),
}

struct Seen {
    state: State,
    events: Vec<Event>,
    depth: usize,
    leads: Vec<usize>,
}

/// A situation: the stage, the flags, when time changes it, and of each kind how many there were and how
/// long ago.
fn key(state: &State, events: &[Event], next: Option<DateTime<Utc>>) -> String {
    let now = state.settled_at();
    let bucket = |days: i64| match days {
        0 => 0,
        1..180 => 1,
        180..365 => 2,
        _ => 3,
    };
    let mut kinds: BTreeMap<&str, (usize, i32)> = BTreeMap::new();
    for event in events {
        let own = kinds.entry(event.kind.as_str()).or_default();
        let most = if event.kind.as_str() == "order.placed" { 3 } else { 1 };
        *own = ((own.0 + 1).min(most), bucket((now - event.occurred_at).num_days()));
    }
    let stage = state.stage().map(ToString::to_string);
    let days = |at: DateTime<Utc>| bucket((now - at).num_days().abs());
    format!("{stage:?} {:?} {:?} {:?} {kinds:?}", state.flags(), state.since().map(days), next.map(days))
}

fn explore(definition: &LifecycleDocument, next: &[Next], depth: usize) -> Vec<Seen> {
    let subject = subject();
    let settle = |state: Option<&State>, events: &[Event], as_of| {
        let given = Given::new(&subject).with_state(state).with_events(events);
        advance(definition, &given, as_of)
    };
    let first = settle(None, &[], at("2024-01-31"));
    let mut seen = vec![Seen { state: first.outcome.state, events: Vec::new(), depth: 0, leads: Vec::new() }];
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut open: VecDeque<usize> = [0].into();
    while let Some(place) = open.pop_front() {
        if seen[place].depth == depth {
            continue;
        }
        for next in next {
            let (before, mut events) = (&seen[place], seen[place].events.clone());
            let now = before.state.settled_at();
            let decision = match next {
                Next::Event(line) => {
                    let mut own = event(events.len() + 1, &format!("2024-01-31 {line}"));
                    own.occurred_at = now;
                    events.push(own.clone());
                    settle(Some(&before.state), &[own], now)
                }
                Next::Days(days) => {
                    settle(Some(&before.state), &[], now + TimeDelta::try_days(*days).unwrap())
                }
            };
            let key = key(&decision.outcome.state, &events, decision.next_change);
            let depth = before.depth + 1;
            let to = *places.entry(key).or_insert_with(|| {
                seen.push(Seen { state: decision.outcome.state, events, depth, leads: Vec::new() });
                open.push_back(seen.len() - 1);
                seen.len() - 1
            });
            seen[place].leads.push(to);
        }
    }
    seen
}

fn stage(seen: &Seen) -> String {
    seen.state.stage().map_or("none".to_owned(), ToString::to_string)
}

fn check(definition: &LifecycleDocument, next: &[Next], depth: usize) -> String {
    let seen = explore(definition, next, depth);
    let body = definition.body();
    // Every stage is reached.
    let reached: BTreeSet<String> = seen.iter().map(stage).collect();
    let all: BTreeSet<String> =
        body.stages().iter().map(|stage| stage.id.to_string()).chain(["none".to_owned()]).collect();
    assert_eq!(reached, all);
    // What moves by itself comes to rest.
    assert!(seen.iter().all(|own| !own.state.stopped()));
    // From every situation that was followed further, and in which the life has not ended, ways lead to
    // another stage.
    let mut out: BTreeMap<&str, usize> = BTreeMap::new();
    let mut leaving: Vec<bool> =
        (seen.iter()).map(|own| own.leads.iter().any(|to| stage(&seen[*to]) != stage(own))).collect();
    loop {
        let more: Vec<usize> = (0..seen.len())
            .filter(|place| !leaving[*place] && seen[*place].leads.iter().any(|to| leaving[*to]))
            .collect();
        if more.is_empty() {
            break;
        }
        more.into_iter().for_each(|place| leaving[place] = true);
    }
    for (own, leaves) in seen.iter().zip(&leaving) {
        let terminal = own.state.stage().is_some_and(|stage| body.kind(stage) == Some(StageKind::Terminal));
        if terminal {
            assert!(!leaves, "{} is left", stage(own));
        } else if own.depth < depth - 1 {
            assert!(leaves, "{} is a trap after {:?}", stage(own), own.events);
        }
    }
    // Which edges were taken at all.
    for own in &seen {
        for own in own.state.moves() {
            let edge = body.edge(&own.edge).unwrap();
            *out.entry(edge.id().as_str()).or_default() += 1;
        }
    }
    let unused: Vec<&str> =
        body.edges().iter().map(|edge| edge.id().as_str()).filter(|edge| !out.contains_key(edge)).collect();
    assert!(unused.is_empty(), "never taken: {unused:?}");
    format!(
        "{} situations, {} steps between them",
        seen.len(),
        seen.iter().map(|own| own.leads.len()).sum::<usize>()
    )
}

#[test]
fn the_five_stages_have_no_trap() {
    use Next::{Days, Event};
    let next = [
        Event("meeting.held"),
        Event("order.placed"),
        Event("contract.renewed"),
        Event("contract.ended"),
        Event("customer.lost"),
        Event("survey.answered satisfaction=50"),
        Event("relationship.ended"),
        Event("relationship.transformed"),
        Days(90),
        Days(184),
        Days(366),
    ];
    insta::assert_snapshot!(check(&five(), &next, 5), @"12936 situations, 32010 steps between them");
}

#[test]
fn the_phases_of_a_relationship_have_no_trap() {
    use Next::{Days, Event};
    let next = [
        Event("ticket.closed"),
        Event("order.placed"),
        Event("contract.renewed"),
        Event("complaint.opened"),
        Event("complaint.resolved"),
        Event("relationship.ended"),
        Event("relationship.transformed"),
        Days(31),
        Days(731),
    ];
    insta::assert_snapshot!(check(&phases(), &next, 5), @"4243 situations, 11106 steps between them");
}
