//! Reasons in words: stable codes with typed arguments, and texts by a label pack.
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;

use chrono::{DateTime, Utc};
use guanxi_condition::LeafAnswer;
use guanxi_core::{Arg, ReasonCode};
use guanxi_policy::LabelPack;

use super::outcome::{Change, Suppression};
use super::reason::{NotPlanned, PlanReason};
use crate::run::{ActionKey, CancelCause, Cycle, WorkEntry, WorkRefusal};

type Args = Vec<(&'static str, Arg)>;

fn label(space: &'static str, code: &impl Display) -> Arg {
    Arg::Label(space, code.to_string())
}

/// An instant to the minute, in UTC: what is due within hours is not told by its day.
fn instant(at: DateTime<Utc>) -> Arg {
    Arg::Text(at.format("%Y-%m-%d %H:%M").to_string())
}

fn maybe(at: Option<DateTime<Utc>>) -> Arg {
    at.map_or_else(|| label("plan_word", &"open"), instant)
}

fn joined(texts: impl Iterator<Item = String>) -> Arg {
    Arg::Text(texts.collect::<Vec<_>>().join("; "))
}

/// What decided a condition, where there is anything.
fn told(leaves: &[LeafAnswer], pack: &LabelPack) -> Arg {
    let texts = joined(leaves.iter().map(|leaf| leaf.text(pack)));
    if leaves.is_empty() {
        return Arg::Text(String::new());
    }
    Arg::Text(pack.fill("plan_word", "decided", &[("leaves", texts)]))
}

/// A step by the labels of its action and itself.
fn step(key: &ActionKey, pack: &LabelPack) -> Arg {
    let args = [("action", label("action", &key.action)), ("step", label("step", &key.step))];
    let code = if key.step.as_str() == "main" { "action" } else { "step" };
    Arg::Text(pack.fill("plan_word", code, &args))
}

fn cycle(cycle: &Cycle, pack: &LabelPack) -> Arg {
    match cycle {
        Cycle::At(at) => Arg::Text(pack.fill("plan_word", "at", &[("at", instant(*at))])),
        Cycle::Event(event) => {
            Arg::Text(pack.fill("plan_word", "event", &[("event", Arg::Text(event.to_string()))]))
        }
    }
}

fn option(space: &'static str, code: Option<&impl Display>) -> Arg {
    code.map_or_else(|| label("plan_word", &"nobody"), |code| label(space, code))
}

impl CancelCause {
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::HoldsNoLonger => "holds_no_longer",
            Self::PeriodOver => "period_over",
            Self::ByHand { .. } => "by_hand",
            Self::NotInDocument => "not_in_document",
            Self::NeverCalledFor => "never_called_for",
        }
    }
}

impl WorkEntry {
    const fn code(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::PartlyDone => "partly_done",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::DuePassed => "due_passed",
            Self::DuePutOff => "due_put_off",
        }
    }
}

impl WorkRefusal {
    const fn code(self) -> &'static str {
        match self {
            Self::NoSuchKey => "no_such_key",
            Self::NoSuchStep => "no_such_step",
            Self::NotPlanned => "not_planned",
            Self::HasBegun => "has_begun",
            Self::IsDone => "is_done",
            Self::IsCancelled => "is_cancelled",
        }
    }
}

impl NotPlanned {
    fn text(&self, pack: &LabelPack) -> String {
        let chain_of = |chain: &[crate::ActionId]| {
            let names = chain.iter().rev().map(|own| pack.label("action", own.as_str()).to_string());
            Arg::Text(names.collect::<Vec<_>>().join(" -> "))
        };
        let (code, args): (_, Args) = match self {
            Self::Condition { decided } => ("condition", [("decided", told(decided, pack))].into()),
            Self::CoolDown { last, until } => {
                ("cool_down", [("last", instant(*last)), ("until", maybe(*until))].into())
            }
            Self::MaxRuns { count, until } => {
                ("max_runs", [("count", Arg::Count((*count).into())), ("until", maybe(*until))].into())
            }
            Self::Loop { chain } => ("loop", [("chain", chain_of(chain))].into()),
            Self::TooDeep { allowed, chain } => {
                let allowed = Arg::Count((*allowed).into());
                ("too_deep", [("allowed", allowed), ("chain", chain_of(chain))].into())
            }
        };
        pack.fill("not_planned", code, &args)
    }
}

impl Change {
    /// The change in words.
    #[must_use]
    pub fn text(&self, pack: &LabelPack) -> String {
        let (code, from, to) = match self {
            Self::QuietHours { from, to } => ("quiet_hours", instant(*from), instant(*to)),
            Self::Begin { from, to } => ("begin", instant(*from), instant(*to)),
            Self::Due { from, to } => ("due", instant(*from), instant(*to)),
            Self::Role { from, to } => ("role", label("role", from), label("role", to)),
            Self::Person { from, to } => {
                ("person", option("person", from.as_ref()), option("person", to.as_ref()))
            }
            Self::Queue { from, to } => {
                ("queue", option("queue", from.as_ref()), option("queue", to.as_ref()))
            }
            Self::Channel { from, to } => ("channel", label("channel", from), label("channel", to)),
        };
        pack.fill("plan_change", code, &[("from", from), ("to", to)])
    }
}

impl Suppression {
    /// What holds back, in words.
    #[must_use]
    pub fn text(&self, pack: &LabelPack) -> String {
        let args = [("by", label("suppressor", &self.suppressor)), ("until", maybe(self.until))];
        let code = if self.until.is_some() { "held_until" } else { "held" };
        pack.fill("plan_word", code, &args)
    }
}

impl PlanReason {
    /// The reason in words; its templates are `plan.CODE`.
    ///
    /// ```
    /// use guanxi_strategy::{PlanReason, labels};
    /// let english = labels("en").unwrap_or_default();
    /// assert_eq!(PlanReason::StateOfAnother.text(&english), "The state given is that of another customer, and is not used");
    /// ```
    #[must_use]
    pub fn text(&self, pack: &LabelPack) -> String {
        pack.fill("plan", self.code(), &self.args_in(pack))
    }

    /// The arguments; lists as one text each, by the labels of a pack.
    fn args_in(&self, pack: &LabelPack) -> Args {
        match self {
            Self::StateOfAnother => Vec::new(),
            Self::ActionsNotInForce { from, to } => [("from", maybe(*from)), ("to", maybe(*to))].into(),
            Self::ActionsChanged { was } => {
                [("was", Arg::Text(was.id.to_string())), ("version", Arg::Text(was.version.to_string()))]
                    .into()
            }
            Self::StateFromFuture { planned_until } => [("planned_until", instant(*planned_until))].into(),
            Self::CalendarMissing { calendar } => [("calendar", Arg::Text(calendar.to_string()))].into(),
            Self::FactInFuture { fact, at }
            | Self::FactDiffers { fact, at }
            | Self::LateFact { fact, at } => [("fact", label("fact", fact)), ("at", instant(*at))].into(),
            Self::FactUndated { fact, since } => {
                [("fact", label("fact", fact)), ("since", instant(*since))].into()
            }
            Self::OtherSubject { event } => [("event", Arg::Text(event.to_string()))].into(),
            Self::EventKnown { event, kind } => {
                [("event", Arg::Text(event.to_string())), ("kind", label("event", kind))].into()
            }
            Self::EventDiffers { event, kind, counts } => [
                ("event", Arg::Text(event.to_string())),
                ("kind", label("event", kind)),
                ("counts", label("plan_word", &if *counts { "given" } else { "known" })),
            ]
            .into(),
            Self::EventInFuture { event, kind, at } => [
                ("event", Arg::Text(event.to_string())),
                ("kind", label("event", kind)),
                ("at", instant(*at)),
            ]
            .into(),
            Self::LateEvent { event, kind, at, planned_until } => [
                ("event", Arg::Text(event.to_string())),
                ("kind", label("event", kind)),
                ("at", instant(*at)),
                ("planned_until", instant(*planned_until)),
            ]
            .into(),
            Self::WorkRefused { event, key, entry, why } => [
                ("event", Arg::Text(event.to_string())),
                ("step", key.as_ref().map_or_else(|| label("plan_word", &"no_step"), |key| step(key, pack))),
                ("entry", label("work_entry", &entry.code())),
                ("why", label("work_refusal", &why.code())),
            ]
            .into(),
            Self::NotPlanned { action, cycle: own, at, why } => [
                ("action", label("action", action)),
                ("cycle", cycle(own, pack)),
                ("at", instant(*at)),
                ("why", Arg::Text(why.text(pack))),
            ]
            .into(),
            Self::Planned { action, cycle: own, at, cause, decided } => [
                ("action", label("action", action)),
                ("cycle", cycle(own, pack)),
                ("at", instant(*at)),
                ("cause", cause.as_ref().map_or(Arg::Text(String::new()), |cause| step(cause, pack))),
                ("decided", told(decided, pack)),
            ]
            .into(),
            Self::Moved { key, changes } => {
                let changes = joined(changes.iter().map(|change| change.text(pack)));
                [("step", step(key, pack)), ("changes", changes)].into()
            }
            Self::Cancelled { key, at, why } => {
                [("step", step(key, pack)), ("at", instant(*at)), ("why", label("cancel_cause", &why.code()))]
                    .into()
            }
            Self::Done { key, at, due_at } => {
                [("step", step(key, pack)), ("at", instant(*at)), ("due_at", maybe(*due_at))].into()
            }
            Self::Suppressed { key, by } => {
                let by = joined(by.iter().map(|by| by.text(pack)));
                [("step", step(key, pack)), ("by", by)].into()
            }
            Self::DueUnknown { key, calendar } => {
                let calendar = calendar.as_ref().map_or_else(
                    || label("plan_word", &"no_calendar"),
                    |calendar| Arg::Text(calendar.to_string()),
                );
                [("step", step(key, pack)), ("calendar", calendar)].into()
            }
        }
    }
}

impl ReasonCode for PlanReason {
    fn code(&self) -> &'static str {
        match self {
            Self::ActionsNotInForce { .. } => "actions_not_in_force",
            Self::StateOfAnother => "state_of_another",
            Self::ActionsChanged { .. } => "actions_changed",
            Self::StateFromFuture { .. } => "state_from_future",
            Self::CalendarMissing { .. } => "calendar_missing",
            Self::FactInFuture { .. } => "fact_in_future",
            Self::FactDiffers { .. } => "fact_differs",
            Self::FactUndated { .. } => "fact_undated",
            Self::LateFact { .. } => "late_fact",
            Self::OtherSubject { .. } => "other_subject",
            Self::EventKnown { .. } => "event_known",
            Self::EventDiffers { .. } => "event_differs",
            Self::EventInFuture { .. } => "event_in_future",
            Self::LateEvent { .. } => "late_event",
            Self::WorkRefused { .. } => "work_refused",
            Self::NotPlanned { .. } => "not_planned",
            Self::Planned { .. } => "planned",
            Self::Moved { .. } => "moved",
            Self::Cancelled { .. } => "cancelled",
            Self::Done { .. } => "done",
            Self::Suppressed { .. } => "suppressed",
            Self::DueUnknown { .. } => "due_unknown",
        }
    }

    fn args(&self) -> Args {
        self.args_in(&LabelPack::default())
    }
}
