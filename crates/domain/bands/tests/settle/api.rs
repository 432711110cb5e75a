//! What every public type can do.
use core::error::Error;
use core::fmt::Debug;

use guanxi_bands as api;
use guanxi_core::TierId;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn value<T: Clone + Eq + Debug + Send + Sync + 'static>() {}
fn wire<T: Serialize + DeserializeOwned>() {}
fn small<T: Copy>() {}
fn error<T: Error + Clone + Eq + Send + Sync + 'static>() {}

#[test]
fn what_is_kept_and_what_is_written_are_values_on_the_wire() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); wire::<$name>(); )*}; }
    all! { api::DownSpec api::Pin<TierId> api::ReviewDay api::ReviewsSpec api::Settled<TierId> api::SettleReason<TierId>
    api::SettleSpec api::SettleState<TierId> api::UpSpec api::When }
}

#[test]
fn what_is_checked_is_a_value() {
    value::<api::SettleRule>();
    value::<api::SettleDocument>();
}

#[test]
fn words_are_copied() {
    macro_rules! all { ($($name:ty)*) => {$( small::<$name>(); )*}; }
    all! { api::DownSpec api::Review api::ReviewDay api::Settling<'static, TierId> api::UpSpec api::When }
}

#[test]
fn errors_are_plain_values() {
    error::<api::ReviewDayError>();
    error::<api::SettleStateError>();
}
