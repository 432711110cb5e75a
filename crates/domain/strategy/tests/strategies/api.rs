//! What every public type of strategies can do.
use core::fmt::{Debug, Display};
use core::hash::Hash;

use guanxi_strategy as strategy;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn value<T: Clone + PartialEq + Debug + Send + Sync + 'static>() {}
fn wire<T: Serialize + DeserializeOwned>() {}
fn key<T: Clone + Ord + Hash + Debug + Display + Send + Sync + 'static>() {}
fn error<T: std::error::Error + Clone + PartialEq + Send + Sync + 'static>() {}

#[test]
fn what_is_said_is_a_value_on_the_wire() {
    macro_rules! all { ($($name:ident)*) => {$( value::<strategy::$name>(); wire::<strategy::$name>(); )*}; }
    all! { CountedRate Direction Effect Execution ExecutionRecord ExecutionRecordSpec ExecutionRecords Executions Figure
    LanguageId Meant MeasureId MeasureSpec MetricEffects MetricId RecordId Remark Selected SelectionCounts SelectorCode
    SelectorsSpec StrategiesSpec StrategyReason Target TargetSpec TemplateId TemplateKind TemplateSpec Texts }
    value::<strategy::Breakdown<strategy::MetricId>>();
    wire::<strategy::Breakdown<strategy::MetricId>>();
}

#[test]
fn what_is_checked_is_a_value() {
    macro_rules! all { ($($name:ident)*) => {$( value::<strategy::$name>(); )*}; }
    all! { Measure StrategiesDocument StrategyPolicy Template }
}

#[test]
fn names_are_keys_and_errors_are_errors() {
    macro_rules! keys { ($($name:ident)*) => {$( key::<strategy::$name>(); )*}; }
    keys! { LanguageId MeasureId MetricId RecordId SelectorCode TemplateId }
    macro_rules! errors { ($($name:ident)*) => {$( error::<strategy::$name>(); )*}; }
    errors! { FigureError RecordError RemarkError TargetError TextsError }
}

/// Where an escalation sends work is what the router knows: both take the queue of the core.
#[test]
fn the_queue_of_an_escalation_is_that_of_the_core() {
    let queue: fn(strategy::EscalationSpec) -> Option<guanxi_core::QueueId> = |escalation| escalation.queue;
    let spec =
        serde_json::from_value(serde_json::json!({"after": {"hours": 1}, "to": "lead", "queue": "seniors"}));
    assert_eq!(queue(spec.unwrap()).unwrap().as_str(), "seniors");
}
