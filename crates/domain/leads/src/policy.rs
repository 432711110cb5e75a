//! A checked lead policy.
use alloc::vec::Vec;

use guanxi_bands::Bands;
use guanxi_condition::{Condition, Moment, Vocabulary, WeekStart};
use guanxi_core::{AttributeId, Event, Zone};
use guanxi_policy::{Body, Document, Node, Problems, check};
use serde_json::Value;

use crate::cap::Limits;
use crate::decay::Decay;
use crate::id::{BandId, FlagId, GroupId, KeyKind, RuleId};
use crate::matrix::Grades;
use crate::read::read_policy;
use crate::spec::{LeadSpec, Verdict};

/// A lead policy with its id, version, validity and fingerprint.
///
/// ```
/// use guanxi_leads::{LeadPolicyDocument, preset};
/// let standard: LeadPolicyDocument = preset("standard").ok_or("no such preset")?;
/// assert_eq!(standard.body().bands().of("80".parse()?).as_str(), "priority");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type LeadPolicyDocument = Document<LeadPolicy>;

/// What a lead policy says, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadPolicy {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) zone: Zone,
    pub(crate) week_start: WeekStart,
    pub(crate) weights: PartWeights,
    pub(crate) fit: Vec<FitCondition>,
    /// The points of a fit of 100.00, in millionths.
    pub(crate) fit_full: i128, // INVARIANT: above 0
    pub(crate) rules: Vec<EngagementRule>,
    /// The points of an engagement of 100.00, in millionths.
    pub(crate) engagement_full: i128, // INVARIANT: above 0
    /// The groups that have a cap.
    pub(crate) groups: Vec<(GroupId, Limits)>,
    pub(crate) day: Option<Limits>,
    pub(crate) source: Option<Limits>,
    pub(crate) disqualify: Vec<(RuleId, Condition)>,
    pub(crate) flags: Vec<(FlagId, Condition)>,
    pub(crate) bands: Bands<BandId>,
    pub(crate) grades: Option<Grades>,
    pub(crate) organisation_keys: Vec<(KeyKind, Verdict)>,
    pub(crate) person_keys: Vec<(KeyKind, Verdict)>,
    pub(crate) spec: LeadSpec,
}

/// What fit and engagement weigh, as whole parts of a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartWeights {
    pub(crate) fit: u64,
    pub(crate) engagement: u64,
}

/// Points for a condition that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FitCondition {
    pub(crate) id: RuleId,
    pub(crate) when: Condition,
    /// In millionths.
    pub(crate) points: i128,
}

/// Points for each of some events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EngagementRule {
    pub(crate) id: RuleId,
    pub(crate) events: Events,
    pub(crate) when: Option<Condition>,
    /// In millionths.
    pub(crate) points: i128,
    /// The place of its group among those that have a cap.
    pub(crate) group: Option<usize>,
    pub(crate) once_by: Option<AttributeId>,
    /// In millionths.
    pub(crate) cap: Option<u128>,
    pub(crate) decay: Decay,
}

/// Which events a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Events {
    /// That there is at least one of them.
    pub(crate) any: Condition,
    /// Whether their attributes are tested.
    pub(crate) tested: bool,
}

impl Events {
    /// Whether an event is one of them.
    pub(crate) fn has(&self, event: &Event) -> bool {
        use guanxi_condition::{EventLog, Given};
        use guanxi_core::FactMap;

        if !self.any.reads(&event.kind) {
            return false;
        }
        if !self.tested {
            return true;
        }
        let (log, facts) = (EventLog::new([event]), FactMap::new());
        let given = Given { facts: &facts, events: Some(&log) };
        self.any.holds(&given, &Moment::utc(event.occurred_at)).is_true()
    }
}

impl LeadPolicy {
    /// What conditions may name.
    #[must_use]
    pub const fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Where days begin.
    #[must_use]
    pub const fn zone(&self) -> Zone {
        self.zone
    }

    /// The bands of the score, for example to settle them (see `guanxi-bands`).
    #[must_use]
    pub const fn bands(&self) -> &Bands<BandId> {
        &self.bands
    }

    /// The matrix of fit and engagement, if there is one.
    #[must_use]
    pub const fn grades(&self) -> Option<&Grades> {
        self.grades.as_ref()
    }
}

impl TryFrom<&LeadSpec> for LeadPolicy {
    type Error = Problems;

    fn try_from(spec: &LeadSpec) -> Result<Self, Problems> {
        check(&serde_json::to_value(spec).unwrap_or(Value::Null), Self::read)
    }
}

impl Body for LeadPolicy {
    type Spec = LeadSpec;
    const SCHEMA: &'static str = "guanxi.leads/1";

    fn spec(&self) -> LeadSpec {
        self.spec.clone()
    }

    fn read(node: &Node<'_>) -> Option<Self> {
        read_policy(node)
    }
}
