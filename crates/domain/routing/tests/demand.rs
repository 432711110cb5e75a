//! What assignment in other systems has been found to do, and what does not happen here.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_condition::Given;
use guanxi_core::{FactMap, FactValue, SubjectId, fact_id, parse_instant};
use guanxi_routing::{
    By, Claim, Effort, Held, Item, PoolDocument, RecycleStage, RosterDocument, Router, RoutingDocument,
    RoutingReason, RoutingState, may_claim, pool_preset, recycle, routing_preset,
};
use serde_json::{Value, json};

fn at(text: &str) -> DateTime<Utc> {
    parse_instant(text).unwrap()
}

fn policy(body: &Value) -> RoutingDocument {
    RoutingDocument::from_value(
        &json!({"schema": "guanxi.routing/1", "id": "ours", "version": "1", "body": body}),
    )
    .unwrap()
}

/// All items to one queue, `sales`.
fn one_queue() -> RoutingDocument {
    policy(&json!({"zone": "+08:00", "queues": ["sales"], "fallback": ["sales"]}))
}

fn roster(people: &Value) -> RosterDocument {
    let tree = json!({"schema": "guanxi.roster/1", "id": "ours", "version": "1", "body": {"people": people}});
    RosterDocument::from_value(&tree).unwrap()
}

fn lead() -> SubjectId {
    "L-1".parse().unwrap()
}

/// Who gets so many items at an instant, `-` for those that wait.
fn names(router: &Router, state: &mut RoutingState, items: usize, at: DateTime<Utc>) -> Vec<String> {
    let (subject, facts) = (lead(), FactMap::new());
    let mut desk = router.open(core::mem::take(state));
    let item = Item::new(&subject, Given { facts: &facts, events: None });
    let names = (0..items).map(|_| {
        let to = desk.route(&item, at).outcome.to;
        to.map_or("-".to_owned(), |to| to.person.to_string())
    });
    let names = names.collect();
    *state = desk.close();
    names
}

fn counts(names: &[String]) -> BTreeMap<&str, usize> {
    names.iter().fold(BTreeMap::new(), |mut counts, name| {
        *counts.entry(name.as_str()).or_default() += 1;
        counts
    })
}

#[test]
fn an_item_waits_for_what_it_asks_for_to_become_known() {
    let policy = policy(&json!({
        "vocabulary": {"facts": {"region": {"kind": "text"}}}, "queues": ["sales"], "fallback": ["sales"],
        "zone": "+08:00", "match": {"territories": {"fact": "region", "missing": "unlimited"}}
    }));
    let away = json!([{"from": "2026-07-01T00:00:00Z", "to": "2026-07-02T00:00:00Z"}]);
    let roster = roster(&json!([
        {"id": "A", "queues": {"sales": "1"}, "territories": ["East"], "leave": away},
        {"id": "B", "queues": {"sales": "1"}, "territories": ["West"]}
    ]));
    let (router, subject) = (Router::new(&policy, &roster), lead());
    let next = |region: &str, known: &str| {
        let text = FactValue::Text(region.to_owned());
        let facts = FactMap::new().with(fact_id!("region"), text, Some(at(known)));
        let item = Item::new(&subject, Given { facts: &facts, events: None });
        let (decision, _) = router.route(&item, RoutingState::default(), at("2026-06-30"));
        assert_eq!(decision.outcome.to, None);
        decision.next_change
    };
    assert_eq!(next("West", "2026-07-01T12:00:00Z"), Some(at("2026-07-01T12:00:00Z")));
    // Then only A fits, who comes back later; or nobody ever.
    assert_eq!(next("East", "2026-07-01T12:00:00Z"), Some(at("2026-07-02T00:00:00Z")));
    assert_eq!(next("North", "2026-07-01T12:00:00Z"), None);
}

#[test]
fn people_who_are_absent_or_inactive_get_no_work() {
    let roster = roster(&json!([
        {"id": "A", "active": false, "queues": {"sales": "9"}},
        {"id": "B", "queues": {"sales": "9"}, "leave": [{"from": "2026-06-30", "to": "2026-06-30"}]},
        {"id": "C", "queues": {"sales": "1"}}
    ]));
    let (policy, mut state) = (one_queue(), RoutingState::default());
    let router = Router::new(&policy, &roster);
    assert_eq!(counts(&names(&router, &mut state, 20, at("2026-06-30"))), [("C", 20)].into());
    // Not even what was theirs.
    let (subject, facts, owner) = (lead(), FactMap::new(), "A".parse().unwrap());
    let item = Item::new(&subject, Given { facts: &facts, events: None }).with_owner(&owner);
    let (decision, _) = router.route(&item, RoutingState::default(), at("2026-06-30"));
    assert_eq!(decision.outcome.to.unwrap().person.as_str(), "C");
    // From the first instant of being back, and to the last before leaving.
    assert_eq!(names(&router, &mut state, 1, at("2026-07-01")), ["B"]);
}

#[test]
fn open_items_are_capped() {
    let roster = roster(&json!([
        {"id": "A", "queues": {"sales": "1"}, "capacity": {"open": "2"}},
        {"id": "B", "queues": {"sales": "1"}, "capacity": {"open": "3"}}
    ]));
    let (policy, mut state) = (one_queue(), RoutingState::default());
    let router = Router::new(&policy, &roster);
    let now = at("2026-06-30");
    assert_eq!(counts(&names(&router, &mut state, 9, now)), [("A", 2), ("B", 3), ("-", 4)].into());
    state.close(&"B".parse().unwrap(), Effort::ONE);
    assert_eq!(names(&router, &mut state, 2, now), ["B", "-"]);
}

#[test]
fn a_quota_below_one_a_day_does_not_strand_leads() {
    let roster = roster(&json!([{"id": "A", "queues": {"sales": "1"}, "capacity": {"per_day": "0.5"}}]));
    let (policy, mut state) = (one_queue(), RoutingState::default());
    let router = Router::new(&policy, &roster);
    let day = |day: i64| at("2026-06-30T01:00:00Z") + TimeDelta::days(day);
    let taken: Vec<usize> = (0..14)
        .map(|number| counts(&names(&router, &mut state, 5, day(number))).get("A").copied().unwrap_or(0))
        .collect();
    assert_eq!(taken, [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
    // What cannot be taken says until when it waits: the start of the day after the next, in the zone.
    let (subject, facts) = (lead(), FactMap::new());
    let item = Item::new(&subject, Given { facts: &facts, events: None });
    let (decision, _) = router.route(&item, state, day(12));
    assert_eq!(decision.next_change, Some(at("2026-07-13T16:00:00Z")));
}

#[test]
fn weights_that_are_all_zero_are_decided_and_explained() {
    let roster =
        roster(&json!([{"id": "A", "queues": {"sales": "0"}}, {"id": "B", "queues": {"sales": "0"}}]));
    let policy = one_queue();
    let (subject, facts) = (lead(), FactMap::new());
    let item = Item::new(&subject, Given { facts: &facts, events: None });
    let (decision, state) =
        Router::new(&policy, &roster).route(&item, RoutingState::default(), at("2026-06-30"));
    assert_eq!((decision.outcome.to, decision.next_change), (None, None));
    let zero = decision.reasons.iter().filter(|reason| matches!(reason, RoutingReason::WeightZero { .. }));
    assert_eq!(zero.count(), 2);
    assert!(matches!(decision.reasons.last(), Some(RoutingReason::Waits)));
    assert!(state.fairness().queues.is_empty());
}

#[test]
fn no_lead_is_skipped_in_silence_however_old_it_is() {
    // A lead whose facts are years old, and one of which nothing at all is known.
    let policy = routing_preset("standard").unwrap();
    let roster = roster(&json!([{"id": "A", "queues": {"everyone": "1"}}]));
    let router = Router::new(&policy, &roster);
    let old = FactMap::new().with(fact_id!("score"), FactValue::Decimal(85.into()), Some(at("2001-01-01")));
    let subject = lead();
    for facts in [old, FactMap::new()] {
        let item = Item::new(&subject, Given { facts: &facts, events: None });
        let (decisions, _) = router.route_all(&[item], RoutingState::default(), at("2026-06-30"));
        assert_eq!(decisions.len(), 1);
        assert_eq!(decisions[0].outcome.to.as_ref().unwrap().person.as_str(), "A");
        assert!(!decisions[0].reasons.is_empty());
    }
}

#[test]
fn the_turns_of_people_who_are_away_are_spread_over_all_others() {
    let away = json!([{"from": "2026-06-01", "to": "2026-07-31"}]);
    let roster = roster(&json!([
        {"id": "A", "queues": {"sales": "1"}, "leave": away},
        {"id": "B", "queues": {"sales": "1"}, "leave": away},
        {"id": "C", "active": false, "queues": {"sales": "1"}},
        {"id": "D", "queues": {"sales": "1"}},
        {"id": "E", "queues": {"sales": "1"}},
        {"id": "F", "queues": {"sales": "1"}}
    ]));
    let (policy, mut state) = (one_queue(), RoutingState::default());
    let router = Router::new(&policy, &roster);
    // Nobody stands in for three of them at once.
    let names = names(&router, &mut state, 30, at("2026-06-30"));
    assert_eq!(counts(&names), [("D", 10), ("E", 10), ("F", 10)].into());
}

#[test]
fn a_fallback_takes_turns_of_its_own() {
    let policy = policy(&json!({
        "queues": ["north", "south", "backup"],
        "vocabulary": {"facts": {"region": {"kind": "text"}}},
        "rules": [
            {"id": "north", "when": "region = \"north\"", "to": [{"queue": "north"}]},
            {"id": "south", "when": "region = \"south\"", "to": [{"queue": "south"}]}
        ],
        "fallback": ["backup"]
    }));
    // One who stands in for both teams, among others who do so as well.
    let roster = roster(&json!([
        {"id": "A", "queues": {"north": "1"}, "active": false},
        {"id": "B", "queues": {"south": "1"}, "active": false},
        {"id": "C", "queues": {"backup": "1"}},
        {"id": "D", "queues": {"backup": "1"}}
    ]));
    let router = Router::new(&policy, &roster);
    let (subject, mut desk) = (lead(), router.open(RoutingState::default()));
    let regions = ["north", "north", "south", "north", "south", "south"];
    let names = regions.map(|region| {
        let facts = FactMap::new().with(fact_id!("region"), FactValue::Text(region.into()), None);
        let item = Item::new(&subject, Given { facts: &facts, events: None });
        desk.route(&item, at("2026-06-30")).outcome.to.unwrap().person.to_string()
    });
    assert_eq!(counts(&names), [("C", 3), ("D", 3)].into());
}

#[test]
fn the_present_owner_comes_first_and_it_costs_no_turn() {
    let roster =
        roster(&json!([{"id": "A", "queues": {"sales": "1"}}, {"id": "B", "queues": {"sales": "1"}}]));
    let (policy, owner) = (one_queue(), "A".parse().unwrap());
    let router = Router::new(&policy, &roster);
    let (subject, facts) = (lead(), FactMap::new());
    let item = Item::new(&subject, Given { facts: &facts, events: None });
    let mut state = RoutingState::default();
    for _ in 0..5 {
        let decision;
        (decision, state) = router.route(&item.with_owner(&owner), state, at("2026-06-30"));
        let to = decision.outcome.to.unwrap();
        assert_eq!((to.person.as_str(), to.by), ("A", By::Owner));
    }
    assert_eq!(counts(&names(&router, &mut state, 4, at("2026-06-30"))), [("A", 2), ("B", 2)].into());
}

#[test]
fn whoever_comes_back_is_not_flooded() {
    let roster = roster(&json!([
        {"id": "A", "queues": {"sales": "1"}},
        {"id": "B", "queues": {"sales": "1"}, "leave": [{"from": "2026-07-01", "to": "2026-07-31"}]},
        {"id": "C", "queues": {"sales": "1"}}
    ]));
    let (policy, mut state) = (one_queue(), RoutingState::default());
    let router = Router::new(&policy, &roster);
    names(&router, &mut state, 30, at("2026-06-30"));
    let meanwhile = names(&router, &mut state, 300, at("2026-07-15"));
    assert_eq!(counts(&meanwhile), [("A", 150), ("C", 150)].into());
    // What was missed is not owed: a third of the first nine, at no time more than one beyond it.
    let after = names(&router, &mut state, 9, at("2026-08-01"));
    assert_eq!(counts(&after), [("A", 3), ("B", 3), ("C", 3)].into());
    let mut own = 0;
    for (place, name) in (1..).zip(&after) {
        own += usize::from(name == "B");
        assert!(3 * own < place + 3 && place < 3 * own + 3, "{after:?}");
    }
}

#[test]
fn a_newcomer_starts_level_with_the_others() {
    let before = json!([{"id": "A", "queues": {"sales": "1"}}, {"id": "B", "queues": {"sales": "1"}}]);
    let (policy, mut state) = (one_queue(), RoutingState::default());
    names(&Router::new(&policy, &roster(&before)), &mut state, 1_000, at("2026-06-30"));
    let mut people = before.as_array().unwrap().clone();
    people.push(json!({"id": "C", "queues": {"sales": "1"}}));
    let router_roster = roster(&people.into());
    let router = Router::new(&policy, &router_roster);
    assert_eq!(
        counts(&names(&router, &mut state, 6, at("2026-07-01"))),
        [("A", 2), ("B", 2), ("C", 2)].into()
    );
}

#[test]
fn half_an_item_each_is_a_turn_each_in_turn() {
    // Two rules that alternate between two circles of people leave everybody at the share.
    let policy = policy(&json!({
        "queues": ["sales"], "fallback": ["sales"],
        "vocabulary": {"facts": {"language": {"kind": "text"}}}, "match": {"languages": {"fact": "language"}}
    }));
    let roster = roster(&json!([
        {"id": "A", "queues": {"sales": "1"}, "languages": ["zh", "en"]},
        {"id": "B", "queues": {"sales": "1"}, "languages": ["zh", "en"]},
        {"id": "C", "queues": {"sales": "1"}, "languages": ["zh"]},
        {"id": "D", "queues": {"sales": "1"}, "languages": ["zh"]}
    ]));
    let router = Router::new(&policy, &roster);
    let (subject, mut desk) = (lead(), router.open(RoutingState::default()));
    let mut names = BTreeMap::<(usize, String), usize>::new();
    for place in 0..80 {
        let language = ["en", "zh"][place % 2];
        let facts = FactMap::new().with(fact_id!("language"), FactValue::Text(language.into()), None);
        let item = Item::new(&subject, Given { facts: &facts, events: None });
        let to = desk.route(&item, at("2026-06-30")).outcome.to.unwrap();
        *names.entry((place % 2, to.person.to_string())).or_default() += 1;
    }
    let got = |kind: usize| -> Vec<usize> {
        names.iter().filter(|((of, _), _)| *of == kind).map(|(_, count)| *count).collect()
    };
    assert_eq!((got(0), got(1)), (vec![20, 20], vec![10, 10, 10, 10]));
}

fn held(facts: &FactMap) -> Held<'_> {
    let given = Given { facts, events: None };
    Held { given, assigned_at: at("2026-06-30T02:00:00Z"), followed_up_at: None }
}

#[test]
fn a_record_that_was_never_followed_up_is_not_recycled_at_once() {
    let (pool, facts) = (pool_preset("standard").unwrap(), FactMap::new());
    let stage = |at: &str| recycle(&pool, &held(&facts), parse_instant(at).unwrap()).outcome.stage;
    assert_eq!(stage("2026-06-30T02:00:00Z"), RecycleStage::Keep);
    assert_eq!(stage("2026-07-05T01:59:59Z"), RecycleStage::Keep);
    assert_eq!(stage("2026-07-05T02:00:00Z"), RecycleStage::Warn);
    assert_eq!(stage("2026-07-07T02:00:00Z"), RecycleStage::Recycle);
    // A follow-up of the owner of before is not one of this owner.
    let before = Held { followed_up_at: Some(at("2026-06-01")), ..held(&facts) };
    assert_eq!(recycle(&pool, &before, at("2026-07-01")).outcome.stage, RecycleStage::Keep);
    let after = Held { followed_up_at: Some(at("2026-07-04")), ..held(&facts) };
    assert_eq!(recycle(&pool, &after, at("2026-07-07T02:00:00Z")).outcome.recycle_at, Some(at("2026-07-11")));
}

#[test]
fn each_tier_contract_and_line_has_its_own_recycling() {
    let body = json!({
        "vocabulary": {"facts": {"tier": {"kind": "text"}, "line": {"kind": "text"}, "contract_ends": {"kind": "date"}}},
        "zone": "+08:00",
        "recycle": [
            {"id": "contract", "when": "contract_ends is known", "since": {"fact": "contract_ends"}, "after": {"months": 1}, "warn": {"weeks": 1}},
            {"id": "line", "when": "line = \"software\"", "after": {"days": 30}},
            {"id": "strategic", "when": "tier = \"strategic\"", "after": {"days": 90}}
        ]
    });
    let pool = PoolDocument::from_value(
        &json!({"schema": "guanxi.pool/1", "id": "ours", "version": "1", "body": body}),
    );
    let pool = pool.unwrap();
    let text = |name, value: &str| FactMap::new().with(name, FactValue::Text(value.into()), None);
    let day = FactValue::Date("2026-01-31".parse().unwrap());
    let outcome = |facts: &FactMap| {
        let outcome = recycle(&pool, &held(facts), at("2026-07-01")).outcome;
        (outcome.rule.map(|rule| rule.to_string()), outcome.recycle_at)
    };
    let contract = text(fact_id!("tier"), "strategic").with(fact_id!("contract_ends"), day, None);
    // A month after 31 January, in the zone.
    assert_eq!(outcome(&contract), (Some("contract".into()), Some(at("2026-02-27T16:00:00Z"))));
    assert_eq!(
        outcome(&text(fact_id!("line"), "Software")),
        (Some("line".into()), Some(at("2026-07-30T02:00:00Z")))
    );
    assert_eq!(
        outcome(&text(fact_id!("tier"), "strategic")),
        (Some("strategic".into()), Some(at("2026-09-28T02:00:00Z")))
    );
    assert_eq!(outcome(&text(fact_id!("tier"), "normal")), (None, None));
}

#[test]
fn claims_of_a_day_are_those_of_the_zone() {
    let pool = pool_preset("standard").unwrap();
    let person = "P1".parse().unwrap();
    let claimed: Vec<DateTime<Utc>> =
        (0..10).map(|minute| at("2026-06-30T15:40:00Z") + TimeDelta::minutes(minute)).collect();
    let claim = Claim {
        person: &person,
        holding: 3,
        claimed: &claimed,
        entered_at: at("2026-06-01"),
        previous: None,
    };
    let before_midnight = may_claim(&pool, &claim, at("2026-06-30T15:59:59Z"));
    assert!(!before_midnight.outcome.allowed);
    assert_eq!(before_midnight.next_change, Some(at("2026-06-30T16:00:00Z")));
    assert!(may_claim(&pool, &claim, at("2026-06-30T16:00:00Z")).outcome.allowed);
}
