//! What every public type can do.
use core::error::Error;
use core::fmt::{Debug, Display};
use core::hash::Hash;

use guanxi_strategy as api;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn value<T: Clone + PartialEq + Debug + Send + Sync + 'static>() {}
fn wire<T: Serialize + DeserializeOwned>() {}
fn small<T: Copy>() {}
fn key<T: Clone + Ord + Hash + Debug + Display + Send + Sync + 'static>() {}
fn error<T: Error + Clone + Eq + Send + Sync + 'static>() {}

#[test]
fn what_is_decided_is_a_value_on_the_wire() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); wire::<$name>(); )*}; }
    all! { api::RenderedScript api::RenderedStep api::ScriptReason api::Side api::Situation }
}

#[test]
fn what_people_write_is_a_value_on_the_wire() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); wire::<$name>(); )*}; }
    all! { api::ScriptId api::ScriptSpec api::ScriptsSpec api::SituationsSpec api::SlotId api::SlotKind api::TalkStepSpec }
    key::<api::ScriptId>();
    key::<api::SlotId>();
}

#[test]
fn what_is_checked_or_filled_in_is_a_value() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); )*}; }
    all! { api::Script api::Scripts api::ScriptsDocument api::SlotFault api::SlotValue api::SlotValues }
}

#[test]
fn words_are_copied() {
    macro_rules! all { ($($name:ty)*) => {$( small::<$name>(); )*}; }
    all! { api::Side api::SlotKind api::SlotProblem }
}

#[test]
fn errors_are_plain_values() {
    error::<api::ScriptError>();
}
