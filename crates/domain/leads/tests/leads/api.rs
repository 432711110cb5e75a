//! What every public type can do.
use core::error::Error;
use core::fmt::{Debug, Display};
use core::hash::Hash;

use guanxi_leads as api;
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
    all! { api::Computed api::Conversion api::ConversionPlan api::ConversionReason api::ConversionState api::Duplicate
    api::LeadReason api::LeadScore api::Line api::NewParty api::Part api::PartOfScore api::Points api::Step api::Verdict }
}

#[test]
fn what_is_given_is_a_value_on_the_wire() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); wire::<$name>(); )*}; }
    all! { api::Added api::CustomerKind api::ExactKey api::KeyValue api::Lead api::LeadContact api::LeadLedger
    api::LeadOverride api::Resolution }
}

#[test]
fn what_people_write_is_a_value_on_the_wire() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); wire::<$name>(); )*}; }
    all! { api::BandSpec api::CapSpec api::CapsSpec api::CellSpec api::DecaySpec api::DisqualifySpec api::DuplicatesSpec
    api::EngagementRuleSpec api::EngagementSpec api::FitConditionSpec api::FitSpec api::FlagSpec api::GradesSpec
    api::KeySpec api::LeadSpec api::LevelSpec api::PartWeightsSpec api::StepSpec }
}

#[test]
fn names_are_keys() {
    macro_rules! all { ($($name:ty)*) => {$( key::<$name>(); wire::<$name>(); )*}; }
    all! { api::BandId api::FlagId api::GradeId api::GroupId api::KeyKind api::LevelId api::RuleId }
}

#[test]
fn what_is_checked_is_a_value() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); )*}; }
    all! { api::Applied api::Directory api::Grades api::LeadPolicy api::LeadPolicyDocument }
}

#[test]
fn words_are_copied() {
    macro_rules! all { ($($name:ty)*) => {$( small::<$name>(); )*}; }
    all! { api::Added api::Applied api::CapSpec api::ConversionState api::Converting<'static> api::CustomerKind
    api::LeadGiven<'static> api::PartOfScore api::PartWeightsSpec api::Points api::StepSpec api::Verdict }
}

#[test]
fn errors_are_plain_values() {
    error::<api::ApplyError>();
    error::<api::KeyValueError>();
    error::<api::LeadOverrideError>();
    error::<api::PointsError>();
}
