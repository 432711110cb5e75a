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
    all! { api::Allocation api::BandBudget api::BandSpend api::Budget api::BudgetReason api::BudgetVerdict
    api::CustomerBudget api::CustomerSpend api::ExactShare api::ShareRule api::SpendReport api::TierBudget
    api::TierSpend api::Undivided api::WithoutAmount }
}

#[test]
fn what_people_write_is_a_value_on_the_wire() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); wire::<$name>(); )*}; }
    all! { api::BudgetBandId api::BudgetBandSpec api::BudgetSpec api::DivideBy api::SpentOn api::WhenEmpty }
    key::<api::BudgetBandId>();
}

#[test]
fn what_is_checked_or_counted_is_a_value() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); )*}; }
    all! { api::BudgetDocument api::BudgetPolicy api::Spending }
}

#[test]
fn words_are_copied() {
    macro_rules! all { ($($name:ty)*) => {$( small::<$name>(); )*}; }
    all! { api::BudgetVerdict api::DivideBy api::ExactShare api::ShareRule api::Undivided api::WhenEmpty api::WithoutAmount }
}

#[test]
fn errors_are_plain_values() {
    error::<api::BudgetError>();
    error::<api::ExactShareError>();
    error::<api::SpendError>();
}
