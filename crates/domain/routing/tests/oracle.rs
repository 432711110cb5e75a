//! The router beside an office as plain as can be: who could take each item, and whether everybody's count is
//! ever a whole item from the share.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use chrono::DateTime;
use guanxi_condition::Given;
use guanxi_core::{FactMap, FactValue, SubjectId, fact_id};
use guanxi_routing::{Effort, Item, RosterDocument, Router, RoutingDocument, RoutingReason, RoutingState};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::plain::{Ledger, MILLION, Worker};

mod plain;

/// Midnight in the zone, of the day before a leap day, in seconds since 1970.
const BEGIN: i64 = 1_709_049_600;
const OFFSET: i64 = 8 * 3_600;

fn worker() -> impl Strategy<Value = Worker> {
    let weight = prop_oneof![1 => Just(0_i128), 5 => prop::sample::select(vec![5_000_i128, 10_000, 20_000]), 2 => 1_i128..100_000, 1 => Just(100_000_000)];
    let leave = prop::collection::vec((0_i64..900_000, 1_i64..200_000), 0..4);
    let languages = prop::option::weighted(0.4, prop::sample::subsequence(vec!["zh", "en", "ja"], 0..3));
    let allowance = || {
        prop::sample::select(vec![0_i128, MILLION / 4, MILLION / 2, MILLION, 5 * MILLION / 2, 7 * MILLION])
    };
    let window = prop::option::weighted(0.3, (allowance(), 1_i64..50));
    (
        prop::bool::weighted(0.9),
        weight,
        leave,
        languages,
        (prop::option::weighted(0.2, allowance()), prop::option::weighted(0.3, allowance()), window),
    )
        .prop_map(|(active, weight, leave, languages, (open, per_day, window))| Worker {
            active,
            weight,
            leave: leave.into_iter().map(|(from, seconds)| (BEGIN + from, BEGIN + from + seconds)).collect(),
            languages: languages.map(|languages| languages.into_iter().map(str::to_owned).collect()),
            open,
            per_day,
            window,
            ..Worker::default()
        })
}

fn office() -> impl Strategy<Value = Vec<Worker>> {
    prop::collection::vec(worker(), 1..9).prop_map(|workers| {
        let named = workers.into_iter().enumerate();
        named.map(|(place, worker)| Worker { id: format!("P{place}"), ..worker }).collect()
    })
}

/// What happens: seconds that pass, a language, an effort, and whether somebody finishes something first.
type Step = (i64, Option<&'static str>, i128, Option<usize>);

fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let seconds = prop_oneof![4 => Just(0_i64), 4 => 0_i64..4_000, 1 => 0_i64..90_000];
    let language = prop::option::weighted(0.4, prop::sample::select(vec!["zh", "en", "ja"]));
    let effort = prop_oneof![8 => Just(MILLION), 1 => Just(MILLION / 2), 1 => Just(3 * MILLION)];
    prop::collection::vec((seconds, language, effort, prop::option::of(0_usize..9)), 1..most)
}

fn decimal(number: i128, places: u32) -> String {
    let one = 10_i128.pow(places);
    format!("{}.{:0width$}", number / one, number % one, width = places as usize)
}

fn instant(second: i64) -> String {
    DateTime::from_timestamp(second, 0).unwrap().to_rfc3339()
}

fn roster(workers: &[Worker]) -> RosterDocument {
    let effort = |effort: i128| decimal(effort, 6);
    let person = |worker: &Worker| {
        let leave = worker.leave.iter().map(|(from, to)| json!({"from": instant(*from), "to": instant(*to)}));
        json!({
            "id": worker.id, "active": worker.active, "queues": {"sales": decimal(worker.weight, 4)},
            "leave": leave.collect::<Vec<Value>>(), "languages": worker.languages,
            "capacity": {
                "open": worker.open.map(effort), "per_day": worker.per_day.map(effort),
                "window": worker.window.map(|(most, hours)| json!({"effort": effort(most), "hours": hours}))
            }
        })
    };
    let people: Vec<Value> = workers.iter().map(person).collect();
    let tree =
        json!({"schema": "guanxi.roster/1", "id": "office", "version": "1", "body": {"people": people}});
    RosterDocument::from_value(&tree).unwrap()
}

fn policy() -> RoutingDocument {
    let tree = json!({"schema": "guanxi.routing/1", "id": "office", "version": "1", "body": {
        "vocabulary": {"facts": {"language": {"kind": "text"}}}, "zone": "+08:00",
        "match": {"languages": {"fact": "language"}}, "queues": ["sales"], "fallback": ["sales"]
    }});
    RoutingDocument::from_value(&tree).unwrap()
}

/// Routes every step, and counts beside it.
fn check(mut workers: Vec<Worker>, steps: &[Step]) -> Ledger {
    let (policy, roster) = (policy(), roster(&workers));
    let router = Router::new(&policy, &roster);
    let subject: SubjectId = "L-1".parse().unwrap();
    let weights: Vec<i128> = workers.iter().map(|worker| worker.weight).collect();
    let (mut ledger, mut state, mut at) = (Ledger::default(), RoutingState::default(), BEGIN);
    for (seconds, language, effort, finished) in steps {
        at += seconds;
        if let Some(worker) = finished.and_then(|place| workers.get_mut(place)) {
            state.close(&worker.id.parse().unwrap(), Effort::ONE);
            worker.has_open = (worker.has_open - MILLION).max(0);
        }
        let text = |text: &&str| FactValue::Text((*text).to_owned());
        let facts = language
            .iter()
            .fold(FactMap::new(), |facts, word| facts.with(fact_id!("language"), text(word), None));
        let could = |place: &usize| workers[*place].can(*language, *effort, at, OFFSET);
        let who: Vec<usize> = (0..workers.len()).filter(could).collect();
        let cost: rust_decimal::Decimal = decimal(*effort, 6).parse().unwrap();
        let item = Item::new(&subject, Given { facts: &facts, events: None })
            .with_effort(Effort::try_from(cost).unwrap());
        let decision;
        (decision, state) = router.route(&item, state, DateTime::from_timestamp(at, 0).unwrap());
        match decision.outcome.to {
            None => assert!(who.is_empty(), "{who:?} could take it: {:?}", decision.reasons),
            Some(to) => {
                let of = decision.reasons.iter().find_map(|reason| match reason {
                    RoutingReason::Turn { of, .. } => Some(*of),
                    _ => None,
                });
                assert_eq!(of, u64::try_from(who.len()).ok());
                let place = workers.iter().position(|worker| worker.id == to.person.as_str()).unwrap();
                let able: String =
                    workers.iter().map(|worker| if worker.speaks(*language) { '1' } else { '0' }).collect();
                ledger.write(&able, &who, &weights, place);
                workers[place].take(*effort, at, OFFSET);
            }
        }
    }
    // The state counts as the ledger does.
    for queue in state.fairness().queues {
        for person in queue.people {
            let place = workers.iter().position(|worker| worker.id == person.person.as_str()).unwrap();
            assert_eq!(i128::from(person.actual), ledger.actual[place]);
        }
    }
    ledger
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn it_goes_to_somebody_who_could_take_it_and_never_a_whole_item_from_the_share(workers in office(), steps in steps(150)) {
        let ledger = check(workers, &steps);
        prop_assert!(ledger.furthest.0 < ledger.furthest.1.max(1), "{:?}", ledger.furthest);
    }

    #[test]
    fn without_changes_nobody_is_ever_a_whole_item_from_the_share(
        weights in prop::collection::vec(prop_oneof![Just(10_000_i128), 1_i128..40_000, Just(100_000_000)], 1..9), items in 1_usize..300,
    ) {
        let workers = weights.iter().enumerate().map(|(place, weight)| Worker { id: format!("P{place}"), active: true, weight: *weight, ..Worker::default() });
        let steps: Vec<Step> = (0..items).map(|_| (1, None, MILLION, None)).collect();
        let ledger = check(workers.collect(), &steps);
        prop_assert_eq!(ledger.segments, 1);
        prop_assert!(ledger.furthest.0 < ledger.furthest.1.max(1));
        // And so over all: it is the same count.
        prop_assert!(ledger.behind < plain::PART && ledger.ahead < plain::PART);
    }
}

/// Somebody comes and goes with every item: what each is behind in all stays within a few items.
#[test]
fn changes_without_end_leave_nobody_behind() {
    let weights = [10_000, 20_000, 5_000, 10_000, 30_000, 10_000, 10_000, 40_000];
    let mut workers: Vec<Worker> = weights
        .iter()
        .enumerate()
        .map(|(place, weight)| Worker {
            id: format!("P{place}"),
            active: true,
            weight: *weight,
            ..Worker::default()
        })
        .collect();
    // Each is away for every third to tenth minute.
    for (place, worker) in workers.iter_mut().enumerate() {
        let cycle = i64::try_from(place).unwrap() + 3;
        worker.leave = (0..600 / cycle)
            .map(|round| (BEGIN + round * cycle * 60, BEGIN + (round * cycle + 1) * 60))
            .collect();
    }
    let steps: Vec<Step> = (0..600).map(|_| (60, None, MILLION, None)).collect();
    let ledger = check(workers, &steps);
    assert!(ledger.segments > 400, "{}", ledger.segments);
    assert!(ledger.furthest.0 < ledger.furthest.1);
    assert!(
        ledger.behind < 2 * plain::PART && ledger.ahead < 2 * plain::PART,
        "{} {}",
        ledger.behind,
        ledger.ahead
    );
}
