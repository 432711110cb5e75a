//! What every public type can do.
use core::error::Error;
use core::fmt::{Debug, Display};
use core::hash::Hash;

use guanxi_scoring as api;
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
    all! { api::Assessment api::Bound api::ByDimension<u8> api::Change api::Contribution api::Dimension api::Drift api::Given
    api::InputState api::Lift api::LiftOption api::LiftVerdict api::Moved api::Override api::Ratio api::Reason api::ReferenceState
    api::Scored api::Standing api::TierShare api::Tiers api::Update api::Verdict }
}

#[test]
fn what_people_write_is_a_value_on_the_wire() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); wire::<$name>(); )*}; }
    all! { api::Direction api::ExpectedShare api::GreatestAge api::IndicatorId api::IndicatorSpec api::MissingRule
    api::Normaliser api::ProspectsSpec api::ReferenceSpec api::ScoreRange api::ScoringSpec api::StaleRule
    api::StatisticsSpec api::Step api::TierSpec }
    key::<api::IndicatorId>();
}

#[test]
fn what_is_checked_is_a_value() {
    value::<api::Statistic>();
    value::<api::PinnedReference>();
    value::<api::PolicyDocument>();
    value::<api::Reference>();
    value::<api::ScoringPolicy>();
}

#[test]
fn one_scorer_serves_all_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<api::Scorer>();
    shared::<api::Incremental>();
}

#[test]
fn words_are_copied() {
    macro_rules! all { ($($name:ty)*) => {$( small::<$name>(); )*}; }
    all! { api::Bound api::ByDimension<u8> api::Dimension api::Direction api::ExpectedShare api::GreatestAge
    api::InputState api::MissingRule api::ReferenceState api::Statistic api::ScoreRange api::StaleRule api::Standing api::Verdict }
}

#[test]
fn errors_are_plain_values() {
    error::<api::MergeError>();
    error::<api::RatioError>();
    error::<api::ScorerError>();
    error::<api::TargetSharesError>();
    error::<api::WithBandsError>();
}
