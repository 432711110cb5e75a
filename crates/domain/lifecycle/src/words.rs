//! Reasons in words: stable codes with typed arguments, and texts by a label pack.
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;

use guanxi_condition::{LeafAnswer, Span};
use guanxi_core::{Arg, EventId, EventKind, ReasonCode};
use guanxi_policy::LabelPack;

use crate::id::StageId;
use crate::missing::Missing;
use crate::reason::Reason;
use crate::state::Cause;

fn label(space: &'static str, code: &impl Display) -> Arg {
    Arg::Label(space, code.to_string())
}

/// A stage, or the place before the first one.
fn of_stage(stage: Option<&StageId>) -> Arg {
    stage.map_or_else(|| label("stage", &"none"), |stage| label("stage", stage))
}

/// Texts with commas between them, each by its label.
fn joined(space: &'static str, codes: impl Iterator<Item = impl Display>, pack: &LabelPack) -> Arg {
    let texts: Vec<String> = codes.map(|code| pack.label(space, &code.to_string()).into()).collect();
    Arg::Text(if texts.is_empty() { pack.label("list", "empty").into() } else { texts.join(", ") })
}

/// What decided a condition, in brackets where there is anything.
fn told(leaves: &[LeafAnswer], pack: &LabelPack) -> Arg {
    let texts: Vec<String> = leaves.iter().map(|leaf| leaf.text(pack)).collect();
    Arg::Text(if texts.is_empty() {
        String::new()
    } else {
        pack.fill("list", "decided", &[("leaves", Arg::Text(texts.join("; ")))])
    })
}

fn all(missing: &[Missing], pack: &LabelPack) -> Arg {
    let texts: Vec<String> = missing.iter().map(|missing| missing.text(pack)).collect();
    Arg::Text(texts.join("; "))
}

fn of_event<const N: usize>(
    event: &EventId,
    kind: &EventKind,
    more: [(&'static str, Arg); N],
) -> Vec<(&'static str, Arg)> {
    let own = [("event", Arg::Text(event.to_string())), ("kind", label("event", kind))];
    own.into_iter().chain(more).collect()
}

/// A span in words.
fn span(span: Span, pack: &LabelPack) -> Arg {
    let (count, unit) = match span {
        Span::Hours(count) => (count, "hours"),
        Span::Days(count) => (count, "days"),
        Span::Weeks(count) => (count, "weeks"),
        Span::Months(count) => (count, "months"),
        Span::Years(count) => (count, "years"),
    };
    Arg::Text(pack.fill("span", unit, &[("count", Arg::Count(count.into()))]))
}

impl Missing {
    const fn code(&self) -> &'static str {
        match self {
            Self::Fact { .. } => "fact",
            Self::Approval { .. } => "approval",
            Self::Stay { .. } => "stay",
            Self::CoolDown { .. } => "cool_down",
            Self::Times { .. } => "times",
            Self::Condition { .. } => "condition",
        }
    }

    /// What stands before the edge, in words.
    #[must_use]
    pub fn text(&self, pack: &LabelPack) -> String {
        let args: Vec<(&'static str, Arg)> = match self {
            Self::Fact { fact } => [("fact", label("fact", fact))].into(),
            Self::Approval { role } => [("role", label("role", role))].into(),
            Self::Stay { span: own, until } | Self::CoolDown { span: own, until } => {
                let until = until.map_or_else(|| label("list", &"never"), Arg::Instant);
                [("span", span(*own, pack)), ("until", until)].into()
            }
            Self::Times { at_most } => [("at_most", Arg::Count((*at_most).into()))].into(),
            Self::Condition { leaves } => {
                let texts: Vec<String> = leaves.iter().map(|leaf| leaf.text(pack)).collect();
                [("leaves", Arg::Text(texts.join("; ")))].into()
            }
        };
        pack.fill("missing", self.code(), &args)
    }
}

impl Reason {
    /// The reason in words; its templates are `lifecycle.CODE`, so that the pack can be put together with
    /// those of other crates.
    ///
    /// ```
    /// use guanxi_lifecycle::{Reason, labels};
    /// let english = labels("en").unwrap_or_default();
    /// assert_eq!(Reason::NotBegun.text(&english), "Nothing has happened yet");
    /// ```
    #[must_use]
    pub fn text(&self, pack: &LabelPack) -> String {
        let template = match self {
            Self::NoEdge { to: Some(_), .. } => "no_edge_to",
            Self::NoEdge { from, read, .. } if from.is_empty() => {
                if *read {
                    "no_edge_read"
                } else {
                    "no_edge_unread"
                }
            }
            other => other.code(),
        };
        pack.fill("lifecycle", template, &self.args_in(pack))
    }

    /// The arguments; lists as one text each, by the labels of a pack.
    fn args_in(&self, pack: &LabelPack) -> Vec<(&'static str, Arg)> {
        match self {
            Self::StateOfAnother | Self::NotBegun => Vec::new(),
            Self::DefinitionNotInForce { from, to } => [("from", from), ("to", to)]
                .into_iter()
                .map(|(name, at)| (name, at.map_or_else(|| Arg::Text("…".into()), Arg::Instant)))
                .collect(),
            Self::DefinitionChanged { was } => {
                [("was", Arg::Text(was.id.to_string())), ("version", Arg::Text(was.version.to_string()))]
                    .into()
            }
            Self::StateFromFuture { settled_at } => [("settled_at", Arg::Instant(*settled_at))].into(),
            Self::FactInFuture { fact, at }
            | Self::FactDiffers { fact, at }
            | Self::LateFact { fact, at } => {
                [("fact", label("fact", fact)), ("at", Arg::Instant(*at))].into()
            }
            Self::FactUndated { fact, since } => {
                [("fact", label("fact", fact)), ("since", Arg::Instant(*since))].into()
            }
            Self::OtherSubject { event } => [("event", Arg::Text(event.to_string()))].into(),
            Self::ReservedKind { event, kind } | Self::EventKnown { event, kind } => {
                of_event(event, kind, [])
            }
            Self::EventDiffers { event, kind, counts } => {
                let counts = if *counts { "given" } else { "known" };
                of_event(event, kind, [("counts", label("version", &counts))])
            }
            Self::EventInFuture { event, kind, at } => of_event(event, kind, [("at", Arg::Instant(*at))]),
            Self::LateEvent { event, kind, at, last_move } => {
                of_event(event, kind, [("at", Arg::Instant(*at)), ("last_move", Arg::Instant(*last_move))])
            }
            Self::Refused { event, kind, stage, edge, to, missing } => of_event(
                event,
                kind,
                [
                    ("stage", of_stage(stage.as_ref())),
                    ("edge", label("edge", edge)),
                    ("to", label("stage", to)),
                    ("missing", all(missing, pack)),
                ],
            ),
            Self::NoEdge { event, kind, stage, to, ways, from, read: _ } => of_event(
                event,
                kind,
                [
                    ("stage", of_stage(stage.as_ref())),
                    ("to", of_stage(to.as_ref())),
                    ("ways", joined("edge", ways.iter(), pack)),
                    ("from", joined("stage", from.iter(), pack)),
                ],
            ),
            Self::HistoryRewritten { undone } => {
                let count = u64::try_from(undone.len()).unwrap_or(u64::MAX);
                let edges = joined("edge", undone.iter().map(|own| &own.edge), pack);
                [("count", Arg::Count(count)), ("edges", edges)].into()
            }
            Self::Moved { edge, from, to, at, cause, decided } => {
                let cause = match cause {
                    Cause::Event { kind, .. } => label("event", kind),
                    Cause::Time => label("cause", &"time"),
                };
                [
                    ("from", of_stage(from.as_ref())),
                    ("to", label("stage", to)),
                    ("at", Arg::Instant(*at)),
                    ("edge", label("edge", edge)),
                    ("cause", cause),
                    ("decided", told(decided, pack)),
                ]
                .into()
            }
            Self::Stopped { stage, at } => {
                [("stage", label("stage", stage)), ("at", Arg::Instant(*at))].into()
            }
            Self::InStage { stage, since, cycle, edge } => [
                ("stage", label("stage", stage)),
                ("since", Arg::Instant(*since)),
                ("cycle", Arg::Count((*cycle).into())),
                ("edge", label("edge", edge)),
            ]
            .into(),
            Self::HeldBack { edge, to, missing } => {
                [("edge", label("edge", edge)), ("to", label("stage", to)), ("missing", all(missing, pack))]
                    .into()
            }
            Self::Flagged { flag, decided } => {
                [("flag", label("flag", flag)), ("decided", told(decided, pack))].into()
            }
            Self::MoveDue { edge, to, at } => {
                [("edge", label("edge", edge)), ("to", label("stage", to)), ("at", Arg::Instant(*at))].into()
            }
            Self::FlagsDue { at, flags } => {
                [("at", Arg::Instant(*at)), ("flags", joined("flag", flags.iter(), pack))].into()
            }
        }
    }
}

impl ReasonCode for Reason {
    fn code(&self) -> &'static str {
        match self {
            Self::DefinitionNotInForce { .. } => "definition_not_in_force",
            Self::StateOfAnother => "state_of_another",
            Self::DefinitionChanged { .. } => "definition_changed",
            Self::StateFromFuture { .. } => "state_from_future",
            Self::FactInFuture { .. } => "fact_in_future",
            Self::FactDiffers { .. } => "fact_differs",
            Self::FactUndated { .. } => "fact_undated",
            Self::LateFact { .. } => "late_fact",
            Self::OtherSubject { .. } => "other_subject",
            Self::ReservedKind { .. } => "reserved_kind",
            Self::EventKnown { .. } => "event_known",
            Self::EventDiffers { .. } => "event_differs",
            Self::EventInFuture { .. } => "event_in_future",
            Self::LateEvent { .. } => "late_event",
            Self::Refused { .. } => "refused",
            Self::NoEdge { .. } => "no_edge",
            Self::HistoryRewritten { .. } => "history_rewritten",
            Self::Moved { .. } => "moved",
            Self::Stopped { .. } => "stopped",
            Self::NotBegun => "not_begun",
            Self::InStage { .. } => "in_stage",
            Self::HeldBack { .. } => "held_back",
            Self::Flagged { .. } => "flagged",
            Self::MoveDue { .. } => "move_due",
            Self::FlagsDue { .. } => "flags_due",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        self.args_in(&LabelPack::default())
    }
}
