//! What holds for all policies, rosters, states and items.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_condition::{EventLog, Given};
use guanxi_core::{ActorId, Decision, Event, FactMap, FactValue, Facts, SubjectId, fact_id};
use guanxi_policy::Body;
use guanxi_routing::arbitrary::{AnyItem, about_noon, facts, item, pool, roster, routing};
use guanxi_routing::{
    By, Claim, Held, Item, RecycleStage, RosterDocument, Routed, Router, RoutingDocument, RoutingReason,
    RoutingState, Unknown, may_claim, recycle,
};
use proptest::prelude::*;
use serde_json::Value;

type Routing = Decision<Routed, RoutingReason>;

fn lead() -> SubjectId {
    "L-1".parse().unwrap()
}

/// An item as a router takes it.
fn given<'a>((facts, owner, accounts, effort): &'a AnyItem, subject: &'a SubjectId) -> Item<'a> {
    let given = Given { facts, events: None };
    Item { owner: owner.as_ref(), accounts, effort: *effort, ..Item::new(subject, given) }
}

fn run(
    router: &Router,
    items: &[(AnyItem, DateTime<Utc>)],
    state: RoutingState,
) -> (Vec<Routing>, RoutingState) {
    let (subject, mut desk) = (lead(), router.open(state));
    let decisions = items.iter().map(|(item, at)| desk.route(&given(item, &subject), *at)).collect();
    (decisions, desk.close())
}

fn written<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

/// Items in the order of their instants, some of them too early.
fn items() -> impl Strategy<Value = Vec<(AnyItem, DateTime<Utc>)>> {
    (prop::collection::vec((item(), 0_i64..40_000, prop::bool::weighted(0.05)), 1..40), about_noon())
        .prop_map(|(items, at)| {
            let mut at = at;
            items
                .into_iter()
                .map(|(item, seconds, early)| {
                    at += TimeDelta::seconds(seconds);
                    (item, if early { at - TimeDelta::days(2) } else { at })
                })
                .collect()
        })
}

/// An event of contact, for conditions that ask for one.
fn contact(at: DateTime<Utc>) -> Event {
    Event {
        id: "E-1".parse().unwrap(),
        subject: lead(),
        kind: "contact.made".parse().unwrap(),
        occurred_at: at,
        recorded_at: None,
        source: None,
        channel: None,
        attributes: [].into(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn documents_have_one_normal_form(policy in routing(), roster in roster(), pool in pool()) {
        prop_assert_eq!(RoutingDocument::from_value(&policy.to_value()).unwrap(), policy);
        prop_assert_eq!(guanxi_routing::PoolDocument::from_value(&pool.to_value()).unwrap(), pool);
        let mut value = roster.to_value();
        prop_assert_eq!(RosterDocument::from_value(&value).unwrap(), roster.clone());
        // The order of the people means nothing.
        value["body"]["people"].as_array_mut().unwrap().reverse();
        prop_assert_eq!(RosterDocument::from_value(&value).unwrap(), roster);
    }

    #[test]
    fn a_state_that_is_kept_in_between_changes_nothing(
        policy in routing(), roster in roster(), items in items(),
    ) {
        let router = Router::new(&policy, &roster);
        let (at_once, end) = run(&router, &items, RoutingState::default());
        let (subject, mut state) = (lead(), RoutingState::default());
        for ((item, at), expected) in items.iter().zip(&at_once) {
            let decision;
            (decision, state) = router.route(&given(item, &subject), written(&state), *at);
            prop_assert_eq!(&decision, expected);
            prop_assert_eq!(&written(&decision), expected);
        }
        prop_assert_eq!(&state, &end);
        prop_assert_eq!(written(&state), end);
        prop_assert_eq!(run(&router, &items, RoutingState::default()).0, at_once);
    }

    #[test]
    fn a_batch_is_one_after_the_other(policy in routing(), roster in roster(), items in items(), at in about_noon()) {
        let (router, subject) = (Router::new(&policy, &roster), lead());
        let score = |item: &AnyItem| match item.0.fact(&fact_id!("score")) {
            guanxi_core::Fact::Known { value: FactValue::Int(score), observed_at } if observed_at.is_none_or(|seen| seen <= at) => *score,
            _ => -1,
        };
        let mut order: Vec<usize> = (0..items.len()).collect();
        if policy.body().priority().is_some() {
            order.sort_by_key(|place| -score(&items[*place].0));
        }
        let in_order: Vec<_> = order.iter().map(|place| (items[*place].0.clone(), at)).collect();
        let (decisions, end) = run(&router, &in_order, RoutingState::default());
        let all: Vec<Item<'_>> = items.iter().map(|(item, _)| given(item, &subject)).collect();
        let (batch, state) = router.route_all(&all, RoutingState::default(), at);
        prop_assert_eq!(state, end);
        for (place, decision) in order.into_iter().zip(decisions) {
            prop_assert_eq!(&batch[place], &decision);
        }
    }

    #[test]
    fn nobody_gets_what_they_must_not_get(policy in routing(), roster in roster(), items in items()) {
        let router = Router::new(&policy, &roster);
        let (decisions, state) = run(&router, &items, RoutingState::default());
        for ((item, at), decision) in items.iter().zip(&decisions) {
            let Some(to) = &decision.outcome.to else {
                prop_assert!(matches!(decision.reasons.last(), Some(RoutingReason::Waits)));
                continue;
            };
            prop_assert_eq!(decision.next_change, None);
            let person = roster.body().person(&to.person).unwrap();
            prop_assert!(person.active && person.leave.iter().all(|leave| !leave.covers(*at)));
            let own = lead();
            prop_assert!(item.2.iter().chain([&own]).all(|subject| !person.conflicts.contains(subject)));
            match (&to.by, &to.queue) {
                (By::Turn, Some(queue)) => prop_assert!(person.queues.get(queue).is_some_and(|weight| weight.get() > 0.into())),
                (By::Owner, None) => prop_assert_eq!(Some(&to.person), item.1.as_ref()),
                (By::Name, None) => prop_assert!(decision.outcome.rule.is_some()),
                other => prop_assert!(false, "{:?}", other),
            }
        }
        // Everybody's count is within one of the share in every rotation, whatever has happened.
        for rotation in state.fairness().queues.iter().flat_map(|queue| &queue.rotations) {
            prop_assert!(rotation.furthest.0 < 1.into(), "{:?}", rotation);
        }
    }

    #[test]
    fn everybody_who_is_asked_gets_it_or_a_reason(policy in routing(), roster in roster(), items in items()) {
        let router = Router::new(&policy, &roster);
        for decision in run(&router, &items, RoutingState::default()).0 {
            let mut reasons = decision.reasons.iter();
            while let Some(reason) = reasons.next() {
                let (RoutingReason::QueueAsked { queue } | RoutingReason::FallbackAsked { queue }) = reason else { continue };
                let members = roster.body().people().filter(|person| person.queues.contains_key(queue));
                let mut members: Vec<&ActorId> = members.map(|person| &person.id).collect();
                let free = loop {
                    match reasons.next().unwrap() {
                        RoutingReason::Turn { of, .. } => break usize::try_from(*of).unwrap(),
                        RoutingReason::NobodyFree { .. } | RoutingReason::QueueEmpty { .. } => break 0,
                        RoutingReason::Inactive { person } | RoutingReason::Away { person, .. } | RoutingReason::LacksSkill { person, .. }
                        | RoutingReason::OutsideTerritory { person, .. } | RoutingReason::LacksLanguage { person, .. }
                        | RoutingReason::InConflict { person, .. } | RoutingReason::WeightZero { person } | RoutingReason::OpenFull { person, .. }
                        | RoutingReason::DayFull { person, .. } | RoutingReason::WindowFull { person, .. } => {
                            // Once, and by id.
                            let place = members.iter().position(|member| *member == person).unwrap();
                            members.remove(place);
                        }
                        other => prop_assert!(false, "{:?}", other),
                    }
                };
                prop_assert_eq!(members.len(), free);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn an_item_waits_until_its_next_change(
        policy in routing(), roster in roster(), before in items(), item in item(), happened in prop::option::of(about_noon()),
    ) {
        let router = Router::new(&policy, &roster);
        let (_, mut state) = run(&router, &before, RoutingState::default());
        let as_of = state.as_of().unwrap();
        let subject = lead();
        let event = happened.map(contact);
        let log = event.as_ref().map(|event| EventLog::new([event]));
        let mut item = given(&item, &subject);
        item.given.events = log.as_ref();
        // Until nobody is left who can take it: one that waits.
        let mut decision;
        let mut tries = 0;
        loop {
            (decision, state) = router.route(&item, state, as_of);
            tries += 1;
            if decision.outcome.to.is_none() || tries > 40 {
                break;
            }
        }
        prop_assume!(decision.outcome.to.is_none());
        let at = |at| router.route(&item, state.clone(), at).0.outcome;
        let end = decision.next_change.unwrap_or(as_of + TimeDelta::days(60));
        let mut then = as_of;
        while then < end {
            prop_assert_eq!(&at(then), &decision.outcome, "at {} before {:?}", then, decision.next_change);
            then += TimeDelta::minutes(173);
        }
        if let Some(change) = decision.next_change {
            prop_assert!(change > as_of);
            prop_assert_eq!(&at(change - TimeDelta::nanoseconds(1)), &decision.outcome);
            prop_assert_ne!(&at(change), &decision.outcome);
        }
    }

    #[test]
    fn a_claim_stands_until_its_next_change(
        pool in pool(), holding in 0_u64..3, claimed in prop::collection::vec(about_noon(), 0..6), entered_at in about_noon(),
        previous in prop::option::of((any::<bool>(), about_noon())), as_of in about_noon(),
    ) {
        let (own, other): (ActorId, ActorId) = ("P1".parse().unwrap(), "P2".parse().unwrap());
        let previous = previous.map(|(mine, at)| (if mine { &own } else { &other }, at));
        let claim = Claim { person: &own, holding, claimed: &claimed, entered_at, previous };
        let decision = may_claim(&pool, &claim, as_of);
        prop_assert_eq!(&written(&decision), &decision);
        let at = |at| may_claim(&pool, &claim, at).outcome;
        let mut then = as_of;
        while then < decision.next_change.unwrap_or(as_of + TimeDelta::days(60)) {
            prop_assert_eq!(at(then), decision.outcome);
            then += TimeDelta::minutes(61);
        }
        if let Some(change) = decision.next_change {
            prop_assert_eq!(at(change - TimeDelta::nanoseconds(1)), decision.outcome);
            prop_assert_ne!(at(change), decision.outcome);
        }
    }

    #[test]
    fn a_record_stays_until_its_next_change(
        pool in pool(), facts in facts(), assigned_at in about_noon(), followed_up_at in prop::option::of(about_noon()),
        happened in prop::option::of(about_noon()), as_of in about_noon(),
    ) {
        let event = happened.map(contact);
        let log = event.as_ref().map(|event| EventLog::new([event]));
        let held = Held { given: Given { facts: &facts, events: log.as_ref() }, assigned_at, followed_up_at };
        let decision = recycle(&pool, &held, as_of);
        prop_assert_eq!(&written(&decision), &decision);
        let at = |at| recycle(&pool, &held, at).outcome;
        let mut then = as_of;
        while then < decision.next_change.unwrap_or(as_of + TimeDelta::days(90)) {
            prop_assert_eq!(&at(then), &decision.outcome, "at {}", then);
            then += TimeDelta::minutes(61);
        }
        if let Some(change) = decision.next_change {
            prop_assert_eq!(&at(change - TimeDelta::nanoseconds(1)), &decision.outcome);
            prop_assert_ne!(&at(change), &decision.outcome);
        }
    }

    #[test]
    fn a_record_is_never_recycled_before_a_rule_says_so(
        pool in pool(), facts in facts(), assigned_at in about_noon(), days in 0_i64..30,
    ) {
        // Never followed up: as old as the assignment, not older than everything.
        let held = Held { given: Given { facts: &facts, events: None }, assigned_at, followed_up_at: None };
        let as_of = assigned_at + TimeDelta::days(days);
        let outcome = recycle(&pool, &held, as_of).outcome;
        if outcome.stage == RecycleStage::Recycle {
            let rule = pool.body().recycle().iter().find(|rule| Some(&rule.id) == outcome.rule.as_ref()).unwrap();
            let counted = matches!(rule.since, guanxi_routing::Since::FollowUp | guanxi_routing::Since::Assignment);
            let due = rule.after.after(assigned_at, pool.body().zone()).unwrap();
            prop_assert!(!counted || due <= as_of);
        }
    }
}

/// A spec that is given as a tree and one that is written in Rust are the same.
#[test]
fn a_policy_is_its_spec() {
    for id in guanxi_routing::routing_preset_ids() {
        let preset = guanxi_routing::routing_preset(id).unwrap();
        let tree: Value = preset.to_value();
        let spec: guanxi_policy::DocumentSpec<<guanxi_routing::RoutingPolicy as Body>::Spec> =
            serde_json::from_value(tree).unwrap();
        assert_eq!(RoutingDocument::from_spec(&spec).unwrap(), preset);
    }
    assert_eq!(Unknown::default(), Unknown::Fails);
    let _: &dyn Facts = &FactMap::new();
}
