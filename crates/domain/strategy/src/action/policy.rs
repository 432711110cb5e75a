//! Action templates, checked.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use guanxi_calendar::{Shift, Term};
use guanxi_condition::{Condition, Truth, Vocabulary, WeekStart};
use guanxi_core::{AttributeId, DocumentId, EventKind, FactId, FactIds, Zone};
use guanxi_policy::{Body, Document, Node, Problems, check};

use super::cases::Cases;
use super::id::{ChannelId, LegalBasisId, StepId, SuppressorId};
use super::period::Period;
use super::read;
use super::spec::{
    ActionSpec, ActionsSpec, CapSpec, EscalationSpec, MaxRunsSpec, Purpose, StopOnSpec, SuppressorSpec,
    Unknown, action_kinds,
};
use super::trigger::{Call, Trigger};
use crate::id::{ActionId, RoleId};

/// A document of actions with its id, version, validity and fingerprint.
///
/// ```
/// use guanxi_strategy::{Purpose, actions_preset};
/// let standard = actions_preset("standard").ok_or("no such preset")?;
/// let visit = standard.body().action(&"quarterly_visit".parse()?).ok_or("no such action")?;
/// assert_eq!(visit.purpose(), Purpose::Sales);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type ActionsDocument = Document<Actions>;

/// What a document of actions says, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actions {
    pub(crate) spec: ActionsSpec,                 // in its normal form
    pub(crate) vocabulary: Vocabulary,            // with the kinds and attributes that every document knows
    pub(crate) suppressors: Vec<Suppressor>,      // INVARIANT: one for each of the spec
    pub(crate) actions: Vec<Action>,              // INVARIANT: one for each of the spec
    pub(crate) places: BTreeMap<ActionId, usize>, // where each action is
    pub(crate) facts: FactIds,                    // all that it reads
    pub(crate) guards: usize,                     // how many conditions are watched
}

/// One action, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    pub(crate) place: usize, // among the actions
    pub(crate) spec: ActionSpec,
    pub(crate) call: Call,
    pub(crate) stop: Option<Guard>,
    pub(crate) steps: Vec<Step>, // INVARIANT: not empty
    pub(crate) quiet: Option<Shift>,
}

/// One step, checked: with whatever it takes over from its action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub(crate) id: StepId,
    pub(crate) after: Vec<StepId>,
    pub(crate) wait: Option<Term>,
    pub(crate) due: Cases<Term>,
    pub(crate) owner: Cases<RoleId>,
    pub(crate) channels: Vec<ChannelId>,
}

/// One suppressor, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressor {
    pub(crate) spec: SuppressorSpec,
    pub(crate) guard: Option<Guard>,
}

/// Which purposes a suppressor stops, and whether contact alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stops {
    /// Nothing of this purpose.
    Nothing,
    /// Contact alone.
    Contact,
    /// Everything.
    All,
}

/// A condition, what an unknown answer counts as, and its place among all that are watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Guard {
    pub(crate) place: usize,
    pub(crate) when: Condition,
    pub(crate) unknown: Unknown,
    /// The action whose own events it does not see.
    pub(crate) blind_to: Option<usize>,
}

impl Guard {
    pub(crate) fn accepts(&self, truth: Truth) -> bool {
        match truth {
            Truth::True => true,
            Truth::False => false,
            Truth::Unknown => self.unknown == Unknown::Holds,
        }
    }
}

impl Step {
    /// Its name.
    #[must_use]
    pub const fn id(&self) -> &StepId {
        &self.id
    }

    /// The steps that must be done before.
    #[must_use]
    pub fn after(&self) -> &[StepId] {
        &self.after
    }

    /// How long after that it begins.
    #[must_use]
    pub const fn wait(&self) -> Option<Term> {
        self.wait
    }

    /// How long it may take from its begin.
    #[must_use]
    pub const fn due(&self) -> &Cases<Term> {
        &self.due
    }

    /// Who does it.
    #[must_use]
    pub const fn owner(&self) -> &Cases<RoleId> {
        &self.owner
    }

    /// The channels that it may use; without any it is no contact.
    #[must_use]
    pub fn channels(&self) -> &[ChannelId] {
        &self.channels
    }

    /// Whether it reaches the customer.
    #[must_use]
    pub fn is_contact(&self) -> bool {
        !self.channels.is_empty()
    }
}

impl Action {
    /// What it says, its conditions as text.
    #[must_use]
    pub const fn spec(&self) -> &ActionSpec {
        &self.spec
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> &ActionId {
        &self.spec.id
    }

    /// What it is for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.spec.purpose
    }

    /// What calls for it.
    #[must_use]
    pub fn trigger(&self) -> Trigger {
        self.call.shown()
    }

    /// Its steps, in their order; at least one.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// When whatever is not done of it is cancelled.
    #[must_use]
    pub fn stop(&self) -> Option<&Condition> {
        self.stop.as_ref().map(|guard| &guard.when)
    }

    /// The events that cancel whatever is not done of it.
    #[must_use]
    pub const fn stop_on(&self) -> Option<&StopOnSpec> {
        self.spec.stop_on.as_ref()
    }

    /// Whether a system does it, so that no trigger sees what it brought about.
    #[must_use]
    pub const fn is_automatic(&self) -> bool {
        self.spec.automatic
    }

    /// Whether an event of a kind may stop it.
    pub(crate) fn is_stopped_by(&self, kind: &EventKind) -> bool {
        self.stop_on().is_some_and(|stop| stop.on.iter().any(|own| own.matches(kind)))
    }

    /// Who is called when it is not done, and when.
    #[must_use]
    pub fn escalation(&self) -> &[EscalationSpec] {
        &self.spec.escalation
    }

    /// How often it is called for at most.
    #[must_use]
    pub const fn max_runs(&self) -> Option<MaxRunsSpec> {
        self.spec.max_runs
    }

    /// Why the customer may be contacted for service or contract.
    #[must_use]
    pub const fn legal_basis(&self) -> Option<&LegalBasisId> {
        self.spec.legal_basis.as_ref()
    }

    /// From 0 to 100: the greater comes first.
    #[must_use]
    pub const fn priority(&self) -> u8 {
        self.spec.priority
    }

    /// The period in which it is called for once, if there is one.
    pub(crate) const fn every(&self) -> Option<Period> {
        match self.call {
            Call::While { every, .. } => every,
            _ => None,
        }
    }

    pub(crate) fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == *id)
    }

    fn guards(&self) -> impl Iterator<Item = &Guard> {
        let steps = self.steps.iter().flat_map(|step| step.due.guards().chain(step.owner.guards()));
        self.call.guards().chain(&self.stop).chain(steps)
    }
}

impl Suppressor {
    /// What it says, its condition as text.
    #[must_use]
    pub const fn spec(&self) -> &SuppressorSpec {
        &self.spec
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> &SuppressorId {
        &self.spec.id
    }

    /// While this is true, or unknown, it holds back.
    #[must_use]
    pub fn when(&self) -> Option<&Condition> {
        self.guard.as_ref().map(|guard| &guard.when)
    }

    /// How many contacts within what time it lets begin.
    #[must_use]
    pub const fn at_most(&self) -> Option<CapSpec> {
        self.spec.at_most
    }

    /// What it stops of a purpose.
    #[must_use]
    pub fn stops(&self, purpose: Purpose) -> Stops {
        if !self.spec.purposes.is_empty() && !self.spec.purposes.contains(&purpose) {
            return Stops::Nothing;
        }
        let contact = self.spec.contact || !self.spec.channels.is_empty() || self.spec.at_most.is_some();
        if contact { Stops::Contact } else { Stops::All }
    }

    /// Whether it may hold back a step of a purpose at all.
    pub(crate) fn concerns(&self, purpose: Purpose, step: &Step) -> bool {
        match self.stops(purpose) {
            Stops::Nothing => false,
            Stops::All => true,
            Stops::Contact => step.is_contact(),
        }
    }
}

impl Actions {
    /// How many actions may cause each other in a row, where a document does not say.
    pub const DEFAULT_DEPTH: u8 = 3;

    /// The actions, in their order.
    #[must_use]
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// An action by its name.
    #[must_use]
    pub fn action(&self, id: &ActionId) -> Option<&Action> {
        self.actions.get(*self.places.get(id)?)
    }

    /// The suppressors, in their order.
    #[must_use]
    pub fn suppressors(&self) -> &[Suppressor] {
        &self.suppressors
    }

    /// What conditions may name, the kinds of [`action_kinds`] among it.
    #[must_use]
    pub const fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The facts that it reads.
    #[must_use]
    pub const fn facts(&self) -> &FactIds {
        &self.facts
    }

    /// The zone in which days begin, spans are counted and quiet hours lie.
    #[must_use]
    pub const fn zone(&self) -> Zone {
        self.spec.zone
    }

    /// The day on which weeks begin.
    #[must_use]
    pub const fn week_start(&self) -> WeekStart {
        self.spec.week_start
    }

    /// The calendar that working time is of, where a customer has none of its own.
    #[must_use]
    pub const fn calendar(&self) -> Option<&DocumentId> {
        self.spec.calendar.as_ref()
    }

    /// The facts that name who plays a role for a customer.
    #[must_use]
    pub const fn roles(&self) -> &BTreeMap<RoleId, FactId> {
        &self.spec.roles
    }

    /// How many actions may cause each other in a row.
    #[must_use]
    pub fn max_depth(&self) -> u8 {
        self.spec.max_depth.unwrap_or(Self::DEFAULT_DEPTH)
    }

    /// Whether an event of a kind can make a difference: a state keeps it then.
    #[must_use]
    pub fn reads(&self, kind: &EventKind) -> bool {
        action_kinds::all().contains(kind)
            || self.actions.iter().any(|action| action.call.is_called_by(kind) || action.is_stopped_by(kind))
            || self.all_guards().any(|guard| guard.when.reads(kind))
    }

    pub(crate) fn keeps_attribute(&self, id: &AttributeId) -> bool {
        self.vocabulary.attribute(id.as_str()).is_some()
    }

    pub(crate) fn all_guards(&self) -> impl Iterator<Item = &Guard> {
        let own = self.suppressors.iter().filter_map(|suppressor| suppressor.guard.as_ref());
        own.chain(self.actions.iter().flat_map(Action::guards))
    }
}

impl TryFrom<&ActionsSpec> for Actions {
    type Error = Problems;

    fn try_from(spec: &ActionsSpec) -> Result<Self, Problems> {
        check(&serde_json::to_value(spec).unwrap_or_default(), Self::read)
    }
}

impl Body for Actions {
    type Spec = ActionsSpec;
    const SCHEMA: &'static str = "guanxi.actions/1";

    fn read(node: &Node<'_>) -> Option<Self> {
        read::actions(node)
    }

    fn spec(&self) -> ActionsSpec {
        self.spec.clone()
    }
}

/// Names of what the planner itself holds back by.
pub(super) const RESERVED: [&str; 2] = [NO_LEGAL_BASIS, NO_CONSENT_RULE];
/// Contact for service or contract without a declared legal basis.
pub(crate) const NO_LEGAL_BASIS: &str = "no_legal_basis";
/// Contact for marketing where no suppressor of the document says what consent is.
pub(crate) const NO_CONSENT_RULE: &str = "no_consent_rule";
