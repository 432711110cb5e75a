//! What every public type can do.
use core::error::Error;
use core::fmt::{Debug, Display};
use core::hash::Hash;

use guanxi_lifecycle as api;
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
    all! { api::Advanced api::Approval api::Cause api::Conversion api::FunnelCounts api::FunnelGroup api::FunnelGroupRow
    api::FunnelReport api::Highest api::Left api::Missing api::Move api::Reason api::StageRow api::State api::Times }
}

#[test]
fn what_people_write_is_a_value_on_the_wire() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); wire::<$name>(); )*}; }
    all! { api::EdgeId api::EdgeSpec api::FlagId api::FlagSpec api::FunnelSpec api::LifecycleSpec api::Origin api::ReentrySpec
    api::RegressId api::Remark api::RoleId api::StageId api::StageKind api::StageSpec api::Unknown api::View }
    macro_rules! keys { ($($name:ty)*) => {$( key::<$name>(); )*}; }
    keys! { api::EdgeId api::FlagId api::RegressId api::Remark api::RoleId api::StageId }
}

#[test]
fn what_is_checked_or_counted_is_a_value() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); )*}; }
    all! { api::Edge api::Flag api::Funnel api::Lifecycle api::LifecycleDocument }
}

#[test]
fn words_are_copied() {
    macro_rules! all { ($($name:ty)*) => {$( small::<$name>(); )*}; }
    all! { api::Conversion api::Given<'static> api::ReentrySpec api::StageKind api::Unknown api::View }
}

#[test]
fn errors_are_plain_values() {
    macro_rules! all { ($($name:ty)*) => {$( error::<$name>(); )*}; }
    all! { api::FunnelError api::OriginError api::StateError }
}
