//! What every public type can do.
#![cfg(test)]
#![allow(missing_docs)]

use core::error::Error;
use core::fmt::{Debug, Display};

use guanxi_calendar as api;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn value<T: Clone + Eq + Debug + Send + Sync + 'static>() {}
fn wire<T: Serialize + DeserializeOwned>() {}
fn small<T: Copy + Ord>() {}
fn error<T: Error + Clone + Eq + Send + Sync + 'static>() {}
fn shown<T: Display>() {}

#[test]
fn what_is_written_is_a_value_on_the_wire() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); wire::<$name>(); )*}; }
    all! { api::CalendarDays api::CalendarTime api::CaseKindId api::DateKind api::DateSpec api::DayLabel api::OverlaySpec
    api::SeasonSpec api::Shift api::Term api::TermSpec api::Weekday api::WorkCalendarSpec api::WorkingDays
    api::WorkingTime
    api::MilestoneId api::MilestoneOutcome api::MilestoneSpec api::MilestoneState api::PastCycle api::PauseId
    api::PriorityId api::Reopen api::SlaEntry api::SlaOpening api::SlaOutcome api::SlaReason api::SlaSpec api::SlaState
    api::Standing api::TargetSpec api::Warn api::ZoneOf }
}

#[test]
fn what_is_checked_is_a_value() {
    macro_rules! all { ($($name:ty)*) => {$( value::<$name>(); )*}; }
    all! { api::CalendarDocument api::DateRule api::Day<'static> api::Overlay api::OverlayDocument api::Schedule
    api::SlaDocument api::SlaPolicy api::WorkCalendar }
}

#[test]
fn amounts_are_copied_and_ordered() {
    macro_rules! all { ($($name:ty)*) => {$( small::<$name>(); )*}; }
    all! { api::CalendarDays api::CalendarTime api::DateKind api::Shift api::Weekday api::WorkingDays api::WorkingTime }
    shown::<api::WorkingTime>();
    shown::<api::CalendarTime>();
    shown::<api::Shift>();
    shown::<api::Term>();
    shown::<api::Weekday>();
}

#[test]
fn errors_are_plain_values() {
    error::<api::CalendarError>();
    error::<api::CsvProblems>();
    error::<api::OverlayError>();
    error::<api::ShiftError>();
    error::<api::SlaError>();
    error::<api::SlaStateError>();
    error::<api::TermError>();
}
