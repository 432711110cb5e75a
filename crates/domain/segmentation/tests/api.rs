//! What every public type can do.
use core::error::Error;
use core::fmt::{Debug, Display};
use core::hash::Hash;

use guanxi_segmentation as api;
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
    all! { api::AbcOutcome api::AbcReport api::Against api::Axis api::ClassRow api::Compared api::Comparison
    api::Concentration api::Expected api::Group api::GroupRow api::NoConcentration api::Reason api::RfmOutcome
    api::RfmReport api::Segmented<api::AbcOutcome, api::AbcReport> api::SegmentRow api::TopShare api::Unclassified
    api::ValueOutcome api::ValueReport api::ValueRow api::Verdict }
}

#[test]
fn what_people_write_is_a_value_on_the_wire() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); wire::<$name>(); )*}; }
    all! { api::AbcSpec api::AxisSpec api::BlendSpec api::Bound api::By api::CellsSpec api::ClassId api::ClassSpec
    api::ConditionSpec api::RfmSpec api::RuleSpec api::SegmentId api::SegmentSpec api::Ties api::ValueSpec }
    key::<api::ClassId>();
    key::<api::SegmentId>();
}

#[test]
fn what_is_checked_or_observed_is_a_value() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); )*}; }
    all! { api::Abc api::AbcDocument api::AbcPolicy api::AbcPopulation api::Amounts api::Fraction api::Order api::Rfm
    api::RfmDocument api::RfmPolicy api::RfmPopulation api::ValueDocument api::ValuePolicy api::ValuePopulation
    api::ValueSegments api::ValueTally }
}

#[test]
fn words_are_copied() {
    macro_rules! all { ($($name:ty)*) => {$( small::<$name>(); )*}; }
    all! { api::Against api::Axis api::By api::CellsSpec api::Compared api::Comparison api::Expected
    api::NoConcentration api::Order api::Ties api::TopShare api::Unclassified api::Verdict }
}

#[test]
fn errors_are_plain_values() {
    error::<api::MergeError>();
    error::<api::NoConcentration>();
}
