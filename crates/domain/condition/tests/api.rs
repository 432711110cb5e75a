//! What every public type can do.
use core::error::Error;
use core::fmt::{Debug, Display};
use core::hash::Hash;

use guanxi_condition as api;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn value<T: Clone + PartialEq + Eq + Debug + Send + Sync + 'static>() {}
fn wire<T: Serialize + DeserializeOwned>() {}
fn small<T: Copy>() {}
fn key<T: Ord + Hash>() {}
fn written<T: Display + Serialize>() {}
fn error<T: Error + Clone + Eq + Serialize + Send + Sync + 'static>() {}
fn lent<T: Send>() {}

#[test]
fn what_is_answered_is_a_value_on_the_wire() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); wire::<$name>(); )*}; }
    all! { api::Explained api::Finding api::LeafAnswer api::Moment api::NearMiss api::Truth }
}

#[test]
fn what_people_write_is_a_value_on_the_wire() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); wire::<$name>(); )*}; }
    all! { api::ConditionSpec api::Span api::VocabularySpec api::WeekStart }
}

#[test]
fn what_is_checked_is_a_value() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); )*}; }
    all! { api::Condition api::Vocabulary api::VocabularyDocument }
    written::<api::Condition>();
}

#[test]
fn words_are_copied_and_ordered() {
    macro_rules! all { ($($name:ty)*) => {$( small::<$name>(); key::<$name>(); )*}; }
    all! { api::Span api::Truth api::WeekStart }
    small::<api::Moment>();
    small::<api::Given<'static>>();
    lent::<api::EventLog<'static>>();
}

#[test]
fn problems_are_plain_values() {
    error::<api::TextProblems>();
    value::<api::TextProblem>();
}
