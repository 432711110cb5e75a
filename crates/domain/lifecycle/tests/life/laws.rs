//! What holds of every life cycle and every ledger.
use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::Observation;
use guanxi_core::{Event, FactMap, FactValue, SubjectId};
use guanxi_lifecycle::{
    Advanced, Cause, Given, LifecycleDocument, StageKind, State, advance, due, replay, step,
};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::story::{at, bytes, subject};

const ZONES: [&str; 5] = ["UTC", "+08:00", "Europe/Berlin", "America/St_Johns", "Pacific/Apia"];

/// The beginnings: month ends, a leap day, and the days around a change of a clock.
fn begin() -> impl Strategy<Value = DateTime<Utc>> {
    let days = ["2024-01-29", "2024-02-27", "2026-03-20", "2026-10-18", "2011-12-20", "2025-12-30"];
    prop::sample::select(days.map(at).to_vec())
}

#[derive(Clone, Debug)]
struct Case {
    definition: LifecycleDocument,
    events: Vec<Event>,
    observed: Vec<Observation>,
    begin: DateTime<Utc>,
}

fn case() -> impl Strategy<Value = Case> {
    begin().prop_flat_map(|begin| {
        let ledger = (
            guanxi_lifecycle::arbitrary::events(begin, 30),
            guanxi_lifecycle::arbitrary::observations(begin, 30),
        );
        (guanxi_lifecycle::arbitrary::definition(ZONES.to_vec()), ledger)
            .prop_map(move |(definition, (events, observed))| Case { definition, events, observed, begin })
    })
}

/// Some entries of a ledger, and the instant up to which they are then taken into account.
type Part = (Vec<Event>, Vec<Observation>, DateTime<Utc>);

fn fold(definition: &LifecycleDocument, parts: &[Part]) -> Option<State> {
    let subject = subject();
    parts.iter().fold(None, |state, (events, observed, as_of)| {
        let given =
            Given::new(&subject).with_state(state.as_ref()).with_events(events).with_observed(observed);
        // What a host keeps is text.
        let state = bytes(&advance(definition, &given, *as_of).outcome.state);
        Some(serde_json::from_str(&state).unwrap())
    })
}

/// What a change is a change of.
fn shown(advanced: &Advanced) -> (Option<String>, Option<DateTime<Utc>>, u32, Vec<String>) {
    let stage = advanced.stage.as_ref().map(ToString::to_string);
    let flags = advanced.flags.iter().map(ToString::to_string).collect();
    (stage, advanced.state.since(), advanced.state.cycle(), flags)
}

fn hours(count: i64) -> TimeDelta {
    TimeDelta::try_hours(count).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// The state is what the definition makes of a set: order, repetition, and splits into calls, each settled
    /// at whatever instant, leave no trace in it.
    #[test]
    fn whatever_way_a_ledger_comes_the_state_is_the_same(
        case in case(), order in any::<u64>(), again in prop::collection::vec(any::<Index>(), 0..4),
        cuts in prop::collection::vec((any::<Index>(), 0_i64..1_000), 0..5), live in any::<bool>(),
    ) {
        let Case { definition, events, observed, begin } = case;
        let end = begin + hours(24 * 50);
        let whole = fold(&definition, &[(events.clone(), observed.clone(), end)]).unwrap();

        let mut entries: Vec<Result<Event, Observation>> =
            events.iter().cloned().map(Ok).chain(observed.iter().cloned().map(Err)).collect();
        if live {
            entries.sort_by_key(|entry| entry.as_ref().map_or_else(|own| own.observed_at, |own| own.occurred_at));
        } else {
            // Any order: sorted by a number that has nothing to do with them.
            let mut seed = order;
            entries.sort_by_cached_key(|_| { seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1); seed >> 20 });
        }
        if !entries.is_empty() {
            let more: Vec<_> = again.iter().map(|place| place.get(&entries).clone()).collect();
            entries.extend(more);
        }
        let mut places: Vec<(usize, i64)> = cuts.iter().map(|(place, hour)| (place.index(entries.len() + 1), *hour)).collect();
        places.push((entries.len(), 0));
        places.sort_unstable();
        let mut parts: Vec<Part> = Vec::new();
        let mut from = 0;
        for (place, hour) in places {
            let part = &entries[from..place];
            let latest = part.iter().map(|entry| entry.as_ref().map_or_else(|own| own.observed_at, |own| own.occurred_at)).max();
            // Live, each call settles the instant of its latest entry; else any, before or after.
            let as_of = if live { latest.unwrap_or(begin) } else { begin + hours(hour) };
            let events = part.iter().filter_map(|entry| entry.clone().ok()).collect();
            let observed = part.iter().filter_map(|entry| entry.clone().err()).collect();
            parts.push((events, observed, as_of));
            from = place;
        }
        parts.push((Vec::new(), Vec::new(), end));
        let split = fold(&definition, &parts).unwrap();
        // Two observations of one instant: the greater counts, whichever came first.
        prop_assert_eq!(bytes(&split), bytes(&whole));
    }

    /// Where two versions of one event exist, the same one counts in whatever order they come.
    #[test]
    fn corrected_events_leave_one_state_too(case in case(), other in case(), parts in any::<u64>()) {
        let Case { definition, events, observed, begin } = case;
        let end = begin + hours(24 * 60);
        // The ids of both are the same few, at other instants and with other contents.
        let mut all: Vec<Event> = events.iter().chain(&other.events).cloned().collect();
        let together = fold(&definition, &[(all.clone(), observed.clone(), end)]).unwrap();
        all.reverse();
        let (early, late): (Vec<_>, Vec<_>) = all.into_iter().enumerate().partition(|(place, _)| parts >> (place % 64) & 1 == 0);
        let of = |part: Vec<(usize, Event)>| part.into_iter().map(|(_, event)| event).collect::<Vec<_>>();
        let split = fold(&definition, &[(of(late), Vec::new(), begin), (of(early), observed, end)]).unwrap();
        prop_assert_eq!(bytes(&split), bytes(&together));
    }

    /// Just before `next_change` everything is as it was, and at it something is not; and nothing is if there
    /// is none.
    #[test]
    fn the_next_change_is_the_first_instant_at_which_something_differs(case in case(), hour in 0_i64..1_000) {
        let Case { definition, events, observed, begin } = case;
        let as_of = begin + hours(hour);
        let now = replay(&definition, &subject(), &events, &observed, as_of);
        let then = |instant| due(&definition, &now.outcome.state, instant).outcome;
        match now.next_change {
            Some(change) => {
                prop_assert!(change > as_of);
                let before = then(change - TimeDelta::nanoseconds(1));
                prop_assert_eq!(shown(&before), shown(&now.outcome));
                prop_assert_ne!(shown(&then(change)), shown(&now.outcome));
            }
            None => {
                for days in [1, 10, 40, 400, 4_000] {
                    prop_assert_eq!(shown(&then(as_of + hours(24 * days))), shown(&now.outcome));
                }
            }
        }
    }

    /// Moves follow from each other, and state and decision survive their text.
    #[test]
    fn states_and_decisions_are_sound_and_survive_their_text(case in case(), hour in 0_i64..1_000) {
        let Case { definition, events, observed, begin } = case;
        let body = definition.body();
        let decision = replay(&definition, &subject(), &events, &observed, begin + hours(hour));
        let read: guanxi_core::Decision<Advanced, guanxi_lifecycle::Reason> = serde_json::from_str(&bytes(&decision)).unwrap();
        prop_assert_eq!(&read, &decision);
        let state = &decision.outcome.state;
        prop_assert_eq!(state.moves(), decision.outcome.moves.as_slice());
        let mut ranks = Vec::new();
        for own in state.moves() {
            let edge = body.edge(&own.edge).unwrap();
            prop_assert!(edge.leaves(own.from.as_ref()) && *edge.to() == own.to);
            prop_assert_eq!(edge.is_timed(), own.cause == Cause::Time);
            let from = own.from.as_ref().and_then(|from| body.kind(from));
            prop_assert_ne!(from, Some(StageKind::Terminal));
            ranks.extend(body.rank(&own.to));
        }
        prop_assert_eq!(state.highest().and_then(|highest| body.rank(&highest.stage)), ranks.into_iter().max());
    }

    /// A step is an advance by one event; and what nobody reads makes no difference.
    #[test]
    fn steps_and_unread_events_change_nothing_else(case in case()) {
        let Case { definition, mut events, begin, .. } = case;
        events.sort_by_key(|event| (event.occurred_at, event.id.clone()));
        let facts = FactMap::new().with("level".parse().unwrap(), FactValue::Int(2), None);
        let mut state: Option<State> = None;
        for event in &events {
            state = Some(step(&definition, state.as_ref(), event, &facts).outcome.state);
        }
        let end = events.last().map_or(begin, |event| event.occurred_at);
        let subject: SubjectId = subject();
        let whole = |events: &[Event]| {
            advance(&definition, &Given::new(&subject).with_events(events).with_facts(&facts), end).outcome.state
        };
        if let Some(state) = state {
            prop_assert_eq!(bytes(&state), bytes(&whole(&events)));
        }
        // The first event may be read for being the first.
        let read: Vec<Event> = (events.iter().enumerate())
            .filter(|(place, event)| *place == 0 || definition.body().reads(&event.kind))
            .map(|(_, event)| event.clone())
            .collect();
        prop_assert_eq!(bytes(&whole(&read)), bytes(&whole(&events)));
    }
}
