//! What every public type can do.
#![allow(missing_docs)]

use core::error::Error;
use core::fmt::{Debug, Display};
use core::hash::Hash;

use guanxi_routing as api;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn value<T: Clone + PartialEq + Debug + Send + Sync + 'static>() {}
fn wire<T: Serialize + DeserializeOwned>() {}
fn small<T: Copy>() {}
fn key<T: Clone + Ord + Hash + Debug + Display + Send + Sync + 'static>() {}
fn error<T: Error + Clone + Eq + Send + Sync + 'static>() {}
fn shared<T: Clone + Debug + Send + Sync>() {}

#[test]
fn what_is_decided_and_kept_is_a_value_on_the_wire() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); wire::<$name>(); )*}; }
    all! { api::Assignment api::By api::Claiming api::Fairness api::Load api::PersonFairness api::PoolReason
    api::QueueFairness api::RecycleStage api::Recycling api::Respond api::Routed api::RoutingReason
    api::RoutingState api::RotationFairness api::ShareFairness }
}

#[test]
fn what_people_write_is_a_value_on_the_wire() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); wire::<$name>(); )*}; }
    all! { api::Allowance api::Capacity api::ClaimRules api::Effort api::LeaveSpec api::MatchSpec api::Missing
    api::NeedSpec api::OwnerRule api::PersonSpec api::PoolSpec api::ProtectSpec api::QueueId api::RecycleSpec
    api::ResponseSpec api::ResponseTerm api::RosterSpec api::RoutingSpec api::RuleId api::RuleSpec api::Since
    api::Target api::Unknown api::Weight api::Window api::Word }
    key::<api::QueueId>();
    key::<api::RuleId>();
    key::<api::Word>();
    key::<api::Weight>();
}

#[test]
fn what_is_checked_is_a_value() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); )*}; }
    all! { api::Leave api::Person api::PoolDocument api::PoolPolicy api::Protection api::RecycleRule api::Response
    api::Roster api::RosterDocument api::RoutingDocument api::RoutingPolicy api::Rule }
    shared::<api::Router>();
    shared::<api::Desk<'static>>();
}

#[test]
fn words_are_copied() {
    macro_rules! all { ($($name:ty)*) => {$( small::<$name>(); )*}; }
    all! { api::Allowance api::By api::Capacity api::Claim<'static> api::ClaimRules api::Claiming api::Effort
    api::Held<'static> api::Item<'static> api::Leave api::Missing api::OwnerRule api::RecycleStage
    api::ResponseTerm api::Unknown api::Weight api::Window }
}

#[test]
fn errors_are_plain_values() {
    error::<api::AllowanceError>();
    error::<api::EffortError>();
    error::<api::LoadError>();
    error::<api::RoutingStateError>();
    error::<api::WeightError>();
}

/// What other questions send to a queue names it by the same type.
#[test]
fn a_queue_is_that_of_the_core() {
    let queue: fn(api::Assignment) -> Option<guanxi_core::QueueId> = |to| to.queue;
    let to = serde_json::from_value(serde_json::json!({"person": "U1", "by": "turn", "queue": "seniors"}));
    assert_eq!(queue(to.unwrap()).unwrap().as_str(), "seniors");
}
