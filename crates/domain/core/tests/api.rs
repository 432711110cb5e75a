//! What every public type can do.
use core::error::Error;
use core::fmt::{Debug, Display};
use core::hash::Hash;
use core::str::FromStr;

use guanxi_core as api;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn value<T: Clone + PartialEq + Debug + Send + Sync + 'static>() {}
fn key<T: Clone + Ord + Hash + Debug + Send + Sync + 'static>() {}
fn small<T: Copy>() {}
fn wire<T: Serialize + DeserializeOwned>() {}
fn shown<T: Display>() {}
fn read<T: FromStr>() {}
fn error<T: Error + Clone + Eq + Send + Sync + 'static>() {}

#[test]
fn values_are_ordered_written_and_read() {
    macro_rules! all { ($($name:ident)*) => {$(
        key::<api::$name>();
        wire::<api::$name>();
        shown::<api::$name>();
    )*}; }
    all! { ActorId AttributeId Currency DecimalText DocumentId Email EventId EventKind FactId Fingerprint Level
    PersonName Phone QueueId Score Share SubjectId TierId UtcOffset Version }

    macro_rules! copied { ($($name:ident)*) => {$( small::<api::$name>(); )*}; }
    copied! { Added Category Conversion Currency DecimalText ExactSum FactKind Fingerprint Level Money PersonalError Rate
    Score Share UtcOffset Zone }
    small::<api::Fact<'_>>();

    macro_rules! texts { ($($name:ident)*) => {$( read::<api::$name>(); )*}; }
    texts! { ActorId AttributeId Currency DocumentId EventId EventKind EventPattern FactId QueueId Score SubjectId TierId Version Zone }
}

#[test]
fn records_are_values_on_the_wire() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); wire::<$name>(); )*}; }
    all! { api::Basis api::Category api::Decision<api::Score, api::TierId> api::Erasable<api::Email> api::Event api::EventEntry api::EventPattern
    api::FactMap api::FactValue api::Money api::Observation api::Rate api::Stamp api::Undated api::Zone }
    shown::<api::Zone>();
    value::<api::Added>();
    value::<api::Arg>();
    value::<api::Conversion>();
    value::<api::EventSet>();
    value::<api::ExactSum>();
    value::<api::FactIds>();
    value::<api::FactKind>();
    value::<api::FactInput<'static>>();
    value::<api::FactSchema>();
    value::<api::Observations>();
    value::<api::Rates>();
    value::<api::Weights<api::TierId>>();
    value::<api::Fact<'static>>();
    shown::<api::FactInput<'_>>();
    shown::<api::FactKind>();
    shown::<api::FactValue>();
    shown::<api::Inert<'_>>();
    shown::<api::Money>();
    shown::<api::Quoted<'_>>();
}

#[test]
fn errors_are_plain_values() {
    macro_rules! all { ($($name:ident)*) => {$( error::<api::$name>(); )*}; }
    all! { ApportionError ConvertError CurrencyError DecimalError EventPatternError FactError FactProblem IdError LevelError MoneyError
    PersonalError ScoreError ShareError StampError TimeError UtcOffsetError WeightsError ZoneError }
}

#[test]
fn facts_and_reasons_can_be_asked_through_a_reference() {
    fn dynamic(_: Option<&dyn api::Facts>, _: Option<&dyn api::ReasonCode>) {}
    dynamic(Some(&api::FactMap::new()), None);
}
