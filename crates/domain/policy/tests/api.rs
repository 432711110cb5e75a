//! What every public type can do.
use core::error::Error;
use core::fmt::{Debug, Display};

use guanxi_core::DecimalText;
use guanxi_policy as api;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn value<T: Clone + PartialEq + Debug + Send + Sync + 'static>() {}
fn written<T: Serialize>() {}
fn read<T: DeserializeOwned>() {}
fn error<T: Error + Display + Clone + Eq + Send + Sync + 'static>() {}

#[test]
fn documents_are_plain_values() {
    value::<api::Change>();
    value::<api::DocumentSpec<DecimalText>>();
    value::<api::Document<DecimalText>>();
    value::<api::FactSchemaSpec>();
    value::<api::Head>();
    value::<api::History<DecimalText>>();
    value::<api::LabelPack>();
    value::<api::Problem>();
    value::<api::Warning>();
}

#[test]
fn what_is_written_and_read() {
    written::<api::Change>();
    written::<api::Problem>();
    written::<api::Problems>();
    written::<api::Warning>();
    written::<api::DocumentSpec<DecimalText>>();
    written::<api::FactSchemaSpec>();
    read::<api::DocumentSpec<DecimalText>>();
    read::<api::FactSchemaSpec>();
}

#[test]
fn errors_are_plain_values() {
    error::<api::HistoryError>();
    error::<api::LabelError>();
    error::<api::Problems>();
}
