//! A document of strategies that was checked as a whole.
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_calendar::Term;
use guanxi_condition::{Condition, Moment, Vocabulary, WeekStart};
use guanxi_core::Zone;
use guanxi_policy::{Body, Document, LabelPack, Node, Problems, check};

use super::id::{MeasureId, MetricId, TemplateId};
use super::read::read_policy;
use super::spec::{MeasureSpec, SelectorsSpec, StrategiesSpec, TemplateKind, TemplateSpec};
use super::target::Target;
use super::texts::Texts;
use crate::id::{ActionId, RoleId};

/// A document of strategies with its id, version, validity and fingerprint.
///
/// ```
/// use guanxi_strategy::StrategiesDocument;
/// let ours = StrategiesDocument::from_json(r#"{
///   "schema": "guanxi.strategies/1", "id": "ours", "version": "1",
///   "body": {
///     "templates": [{
///       "id": "deep_bond", "kind": "strategy", "for": {"tier": ["strategic"]},
///       "core": {"en": "Bind deeply"},
///       "measures": [{"id": "visits", "text": {"en": "Visit every quarter"}, "serves": ["volume"]}],
///       "response": {"hours": 2},
///       "targets": [{"metric": "volume", "direction": "up", "amount": "0.2", "meant": "relative"}]
///     }]
///   }
/// }"#)?;
/// let names: Vec<String> = ours.body().templates().map(|template| template.id().to_string()).collect();
/// assert_eq!(names, ["deep_bond"]);
/// # Ok::<(), guanxi_policy::Problems>(())
/// ```
pub type StrategiesDocument = Document<StrategyPolicy>;

/// The most templates of a document.
pub const MAX_TEMPLATES: usize = 500;

/// What a document of strategies says, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrategyPolicy {
    pub(super) vocabulary: Vocabulary,
    pub(super) zone: Zone,
    pub(super) week_start: WeekStart,
    pub(super) codes: SelectorsSpec,
    pub(super) labels: BTreeMap<String, Texts>,
    pub(super) templates: Vec<Template>,
    /// The places of all templates in the order of being selected: by kind, those that ask for more first, then in
    /// the order of the document.
    pub(super) ranking: Vec<usize>,
}

/// A template of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pub(super) id: TemplateId,
    pub(super) kind: TemplateKind,
    pub(super) whom: SelectorsSpec,
    pub(super) when: Option<Condition>,
    /// All that it asks, as one condition.
    pub(super) whole: Condition,
    pub(super) core: Texts,
    pub(super) measures: Vec<Measure>,
    pub(super) responsible: Vec<RoleId>,
    pub(super) resources: Vec<Texts>,
    pub(super) response: Option<Term>,
    pub(super) targets: Vec<Target>,
}

/// Something that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure(pub(super) MeasureSpec);

impl Measure {
    /// Its name.
    #[must_use]
    pub const fn id(&self) -> &MeasureId {
        &self.0.id
    }

    /// What it is.
    #[must_use]
    pub const fn text(&self) -> &Texts {
        &self.0.text
    }

    /// The roles that do it; empty if those responsible for the template do.
    #[must_use]
    pub fn roles(&self) -> &[RoleId] {
        &self.0.roles
    }

    /// The metrics of the template's targets that it serves.
    #[must_use]
    pub fn serves(&self) -> &[MetricId] {
        &self.0.serves
    }

    /// The action templates that carry it out.
    #[must_use]
    pub fn actions(&self) -> &[ActionId] {
        &self.0.actions
    }
}

impl Template {
    /// Its name.
    #[must_use]
    pub const fn id(&self) -> &TemplateId {
        &self.id
    }

    /// What it is for.
    #[must_use]
    pub const fn kind(&self) -> TemplateKind {
        self.kind
    }

    /// For whom, fact by fact.
    #[must_use]
    pub const fn whom(&self) -> &SelectorsSpec {
        &self.whom
    }

    /// The condition that must hold besides.
    #[must_use]
    pub const fn when(&self) -> Option<&Condition> {
        self.when.as_ref()
    }

    /// All that it asks, as one condition.
    #[must_use]
    pub const fn whole(&self) -> &Condition {
        &self.whole
    }

    /// How many things it asks for: facts that must have one of some codes, and the condition. Of two templates of
    /// a kind, the one that asks for more is selected.
    #[must_use]
    pub fn asks(&self) -> usize {
        self.whom.iter().count() + usize::from(self.when.is_some())
    }

    /// The core of it.
    #[must_use]
    pub const fn core(&self) -> &Texts {
        &self.core
    }

    /// What is done, in the order of the document.
    #[must_use]
    pub fn measures(&self) -> &[Measure] {
        &self.measures
    }

    /// The roles that answer for it, the first one in the lead.
    #[must_use]
    pub fn responsible(&self) -> &[RoleId] {
        &self.responsible
    }

    /// What it may draw on.
    #[must_use]
    pub fn resources(&self) -> &[Texts] {
        &self.resources
    }

    /// Within what time a customer is answered.
    #[must_use]
    pub const fn response(&self) -> Option<Term> {
        self.response
    }

    /// What must come of it, in the order of the document.
    #[must_use]
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The target for a metric.
    #[must_use]
    pub fn target(&self, metric: &MetricId) -> Option<&Target> {
        self.targets.iter().find(|target| target.metric() == metric)
    }
}

impl StrategyPolicy {
    /// The templates, in the order of the document.
    #[must_use]
    pub fn templates(&self) -> impl ExactSizeIterator<Item = &Template> {
        self.templates.iter()
    }

    /// A template by its name.
    #[must_use]
    pub fn find(&self, id: &TemplateId) -> Option<&Template> {
        self.templates.iter().find(|template| template.id == *id)
    }

    /// What conditions may name, with the facts by which templates are selected.
    #[must_use]
    pub const fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The zone in which days, weeks and months are counted.
    #[must_use]
    pub const fn zone(&self) -> Zone {
        self.zone
    }

    /// The codes that there are, as far as the document says.
    #[must_use]
    pub const fn codes(&self) -> &SelectorsSpec {
        &self.codes
    }

    /// The labels of codes that are the document's own, by code.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &Texts)> {
        self.labels.iter().map(|(code, texts)| (code.as_str(), texts))
    }

    /// The document's own labels in a language, to be put over those of [`labels`](crate::labels): its `labels`, and
    /// for every template (`template.ID`) its core.
    #[must_use]
    pub fn label_pack(&self, language: &str) -> LabelPack {
        let core = |template: &Template| {
            Some((format!("template.{}", template.id), template.core.get(language)?.into()))
        };
        let own = |(code, texts): (&String, &Texts)| Some((code.clone(), texts.get(language)?.into()));
        let mut pack = LabelPack::default();
        pack.extend(self.templates.iter().filter_map(core));
        pack.extend(self.labels.iter().filter_map(own));
        pack
    }

    /// The templates of a kind in the order of being selected.
    pub(super) fn ranked(&self, kind: TemplateKind) -> impl Iterator<Item = &Template> {
        let templates = self.ranking.iter().filter_map(|place| self.templates.get(*place));
        templates.filter(move |template| template.kind == kind)
    }

    /// The instant as conditions ask for it.
    pub(super) const fn moment(&self, as_of: DateTime<Utc>) -> Moment {
        Moment { as_of, zone: self.zone, week_start: self.week_start }
    }
}

impl TryFrom<&StrategiesSpec> for StrategyPolicy {
    type Error = Problems;

    fn try_from(spec: &StrategiesSpec) -> Result<Self, Problems> {
        check(&serde_json::to_value(spec).unwrap_or_default(), Self::read)
    }
}

impl Body for StrategyPolicy {
    type Spec = StrategiesSpec;
    const SCHEMA: &'static str = "guanxi.strategies/1";

    fn spec(&self) -> StrategiesSpec {
        let template = |template: &Template| TemplateSpec {
            id: template.id.clone(),
            kind: template.kind,
            whom: template.whom.clone(),
            when: template.when.as_ref().map(Into::into),
            core: template.core.clone(),
            measures: template.measures.iter().map(|measure| measure.0.clone()).collect(),
            responsible: template.responsible.clone(),
            resources: template.resources.clone(),
            response: template.response,
            targets: template.targets.iter().cloned().map(Into::into).collect(),
        };
        StrategiesSpec {
            vocabulary: self.vocabulary.spec(),
            zone: self.zone,
            week_start: self.week_start,
            codes: self.codes.clone(),
            labels: self.labels.clone(),
            templates: self.templates.iter().map(template).collect(),
        }
    }

    fn read(node: &Node<'_>) -> Option<Self> {
        read_policy(node)
    }
}
