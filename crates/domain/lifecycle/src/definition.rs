//! A definition of a life cycle, checked.
use alloc::string::ToString;
use alloc::vec::Vec;

use guanxi_condition::{Condition, Truth, Vocabulary, WeekStart};
use guanxi_core::{AttributeId, EventKind, EventPattern, FactId, FactIds, Zone};
use guanxi_policy::{Body, Document, Node, Problems, check};
use serde_json::Value;

use crate::id::{EdgeId, FlagId, StageId};
use crate::read;
use crate::spec::{EdgeSpec, FlagSpec, LifecycleSpec, Origin, StageKind, StageSpec, Unknown, kinds};

/// A definition with its id, version, validity and fingerprint.
///
/// ```
/// use guanxi_lifecycle::preset;
/// let five = preset("five-stage").ok_or("no such preset")?;
/// let stages: Vec<&str> = five.body().stages().iter().map(|stage| stage.id.as_str()).collect();
/// assert_eq!(stages, ["prospect", "awareness", "purchase", "loyalty", "churn", "ended", "transformed"]);
/// # Ok::<(), &str>(())
/// ```
pub type LifecycleDocument = Document<Lifecycle>;

/// What a definition says, checked: stages, edges and flags that fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    pub(crate) spec: LifecycleSpec,    // in its normal form
    pub(crate) vocabulary: Vocabulary, // with the kinds that every definition knows
    pub(crate) edges: Vec<Edge>,       // INVARIANT: one for each of the spec
    pub(crate) flags: Vec<Flag>,       // INVARIANT: one for each of the spec
    pub(crate) facts: FactIds,         // all that guards, flags and edges read
}

/// One edge, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    pub(crate) place: usize, // among all conditions
    pub(crate) spec: EdgeSpec,
    pub(crate) stages: Vec<StageId>, // those it leaves from, whatever the spec calls them
    pub(crate) guard: Option<Guard>,
    pub(crate) known: Vec<(FactId, Condition)>, // the facts required, each with the condition that it is known
}

/// One flag, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    pub(crate) place: usize, // among all conditions, after the edges
    pub(crate) spec: FlagSpec,
    pub(crate) stages: Vec<StageId>,
    pub(crate) guard: Guard,
}

/// A condition, and what an unknown answer counts as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Guard {
    pub(crate) when: Condition,
    /// What must hold together, each by itself: then an unknown part does not hide what the others rest on.
    pub(crate) parts: Vec<Condition>,
    pub(crate) unknown: Unknown,
    /// Whether it reads when the stay began.
    pub(crate) marked: bool,
}

impl Guard {
    pub(crate) fn new(when: Condition, unknown: Unknown, vocabulary: &Vocabulary) -> Self {
        let marked = when.to_string().contains(kinds::STAY);
        let read = |tree: &Value| check(tree, |node| Condition::read(node, vocabulary)).ok();
        let parts = match when.tree().get("all").and_then(Value::as_array) {
            Some(parts) => parts.iter().filter_map(read).collect(),
            None => [when.clone()].into(),
        };
        Self { when, parts, unknown, marked }
    }

    pub(crate) fn accepts(&self, truth: Truth) -> bool {
        match truth {
            Truth::True => true,
            Truth::False => false,
            Truth::Unknown => self.unknown == Unknown::Holds,
        }
    }
}

/// What becomes of the events of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Each may matter.
    All,
    /// Only the first one may: it takes an edge into the life cycle that nothing stands before.
    First,
    /// None does.
    No,
}

impl Edge {
    /// What it says, its condition as text.
    #[must_use]
    pub const fn spec(&self) -> &EdgeSpec {
        &self.spec
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> &EdgeId {
        &self.spec.id
    }

    /// Where it leads to.
    #[must_use]
    pub const fn to(&self) -> &StageId {
        &self.spec.to
    }

    /// The stages that it leaves from; none for an edge into the life cycle.
    #[must_use]
    pub fn stages(&self) -> &[StageId] {
        &self.stages
    }

    /// What must hold.
    #[must_use]
    pub fn when(&self) -> Option<&Condition> {
        self.guard.as_ref().map(|guard| &guard.when)
    }

    /// Whether it is taken by itself, and not by an event.
    #[must_use]
    pub fn is_timed(&self) -> bool {
        self.spec.on.is_empty()
    }

    /// Whether it leaves from a stage; from none at all, if `None`.
    #[must_use]
    pub fn leaves(&self, stage: Option<&StageId>) -> bool {
        match stage {
            None => self.spec.from == Origin::Nowhere,
            Some(stage) => self.stages.contains(stage),
        }
    }

    /// Whether events of a kind take it, if nothing stands before it.
    #[must_use]
    pub fn is_taken_by(&self, kind: &EventKind) -> bool {
        self.spec.on.iter().any(|trigger| trigger.matches(kind))
    }

    /// Whether every event takes it.
    pub(crate) fn takes_all(&self) -> bool {
        self.spec.on.contains(&EventPattern::All)
    }

    /// Whether nothing but its event stands before it.
    pub(crate) fn is_open(&self) -> bool {
        let EdgeSpec { when, requires, approval, after, reentry, .. } = &self.spec;
        when.is_none() && requires.is_empty() && approval.is_none() && after.is_none() && reentry.is_none()
    }
}

impl Flag {
    /// What it says, its condition as text.
    #[must_use]
    pub const fn spec(&self) -> &FlagSpec {
        &self.spec
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> &FlagId {
        &self.spec.id
    }

    /// The stages beside which it may stand.
    #[must_use]
    pub fn stages(&self) -> &[StageId] {
        &self.stages
    }

    /// What it says.
    #[must_use]
    pub const fn when(&self) -> &Condition {
        &self.guard.when
    }
}

impl Lifecycle {
    /// The stages, in their order.
    #[must_use]
    pub fn stages(&self) -> &[StageSpec] {
        &self.spec.stages
    }

    /// What kind of stage one is; `None` if the definition does not have it.
    #[must_use]
    pub fn kind(&self, stage: &StageId) -> Option<StageKind> {
        self.spec.stages.iter().find(|own| own.id == *stage).map(|own| own.kind)
    }

    /// The place of an open stage on the ladder, from 0; `None` for every other one.
    #[must_use]
    pub fn rank(&self, stage: &StageId) -> Option<usize> {
        self.ladder().position(|own| own == stage)
    }

    /// The open stages, in the order in which a customer rises.
    pub fn ladder(&self) -> impl Iterator<Item = &StageId> {
        let open = self.spec.stages.iter().filter(|stage| stage.kind == StageKind::Open);
        open.map(|stage| &stage.id)
    }

    /// The edges, in the order in which they are tried.
    #[must_use]
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// An edge by its name.
    #[must_use]
    pub fn edge(&self, id: &EdgeId) -> Option<&Edge> {
        self.edges.iter().find(|edge| edge.id() == id)
    }

    /// The flags, in their order.
    #[must_use]
    pub fn flags(&self) -> &[Flag] {
        &self.flags
    }

    /// What guards may name, the kinds of [`kinds`] among it.
    #[must_use]
    pub const fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The facts that it reads.
    #[must_use]
    pub const fn facts(&self) -> &FactIds {
        &self.facts
    }

    /// The zone in which days begin and spans are counted.
    #[must_use]
    pub const fn zone(&self) -> Zone {
        self.spec.zone
    }

    /// The day on which weeks begin.
    #[must_use]
    pub const fn week_start(&self) -> WeekStart {
        self.spec.week_start
    }

    /// Whether an event of a kind can make a difference: a state keeps it then.
    #[must_use]
    pub fn reads(&self, kind: &EventKind) -> bool {
        self.keep(kind) != Keep::No
    }

    pub(crate) fn guards(&self) -> impl Iterator<Item = &Guard> {
        self.edges
            .iter()
            .filter_map(|edge| edge.guard.as_ref())
            .chain(self.flags.iter().map(|flag| &flag.guard))
    }

    /// Whether a guard, an approval or a flag may look at events of a kind.
    pub(crate) fn is_looked_at(&self, kind: &EventKind) -> bool {
        let approves =
            kind.as_str() == kinds::APPROVED && self.edges.iter().any(|edge| edge.spec.approval.is_some());
        approves || self.guards().any(|guard| guard.when.reads(kind))
    }

    pub(crate) fn keep(&self, kind: &EventKind) -> Keep {
        let mut taken = self.edges.iter().filter(|edge| edge.is_taken_by(kind));
        if self.is_looked_at(kind) || taken.clone().any(|edge| edge.spec.from != Origin::Nowhere) {
            return Keep::All;
        }
        // Whatever guards stand before others, an open edge takes the first event for certain.
        let certain = |edge: &Edge| edge.is_open() && (kind.as_str() != kinds::MOVED || edge.takes_all());
        match taken.next() {
            None => Keep::No,
            Some(edge) if certain(edge) || taken.any(certain) => Keep::First,
            Some(_) => Keep::All,
        }
    }

    /// Whether a state keeps an attribute of events.
    pub(crate) fn keeps_attribute(&self, kind: &EventKind, id: &AttributeId) -> bool {
        let own = match kind.as_str() {
            kinds::MOVED => matches!(id.as_str(), "to"),
            kinds::APPROVED => matches!(id.as_str(), "edge" | "role"),
            _ => false,
        };
        own || matches!(id.as_str(), "by" | "why") || self.vocabulary.attribute(id.as_str()).is_some()
    }
}

impl TryFrom<&LifecycleSpec> for Lifecycle {
    type Error = Problems;

    fn try_from(spec: &LifecycleSpec) -> Result<Self, Problems> {
        check(&serde_json::to_value(spec).unwrap_or_default(), Self::read)
    }
}

impl Body for Lifecycle {
    type Spec = LifecycleSpec;
    const SCHEMA: &'static str = "guanxi.lifecycle/1";

    fn read(node: &Node<'_>) -> Option<Self> {
        read::definition(node)
    }

    fn spec(&self) -> LifecycleSpec {
        self.spec.clone()
    }
}
