//! A scoring policy, checked.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_bands::Bands;
use guanxi_core::{Fact, FactError, FactId, FactProblem, FactSchema, Facts, Share, TierId, Weights};
use guanxi_policy::{Body, Document, Node};

use crate::dimension::Dimension;
use crate::input::{Chain, Reads, known_number};
use crate::read::{self, Draft, part_of};
use crate::spec::{IndicatorSpec, Normaliser, ProspectsSpec, ScoringSpec, TierSpec};

/// The most indicators that a policy may have.
pub const MAX_INDICATORS: usize = 12;

/// The most tiers that a policy may have.
pub const MAX_TIERS: usize = 64;

/// A scoring policy with its id, version, validity and fingerprint.
///
/// ```
/// use guanxi_scoring::{PolicyDocument, preset};
/// let standard: PolicyDocument = preset("standard").ok_or("no such preset")?;
/// let again = PolicyDocument::from_value(&standard.to_value())?;
/// assert_eq!(standard.stamp(), again.stamp());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type PolicyDocument = Document<ScoringPolicy>;

/// What a scoring policy says, checked: weights, facts, indicators and tiers fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoringPolicy {
    spec: ScoringSpec,
    facts: BTreeMap<FactId, FactSchema>,
    dimensions: Weights<Dimension>,
    parts: Vec<Part>, // INVARIANT: one for each indicator
    tiers: Bands<TierId>,
}

/// What an indicator needs at hand for every customer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    /// Its part in its dimension, and the whole of that dimension.
    weight: (u64, u64),
    /// The facts that it reads.
    reads: Reads,
}

impl ScoringPolicy {
    /// The facts that the policy reads, with the values they may have.
    #[must_use]
    pub const fn facts(&self) -> &BTreeMap<FactId, FactSchema> {
        &self.facts
    }

    /// The indicators, in the order of the policy.
    #[must_use]
    pub fn indicators(&self) -> &[IndicatorSpec] {
        &self.spec.indicators
    }

    /// Every fact that breaks the policy's schema at an instant: an input error, for the host to report.
    ///
    /// The whole of a part bounds it only if it is itself a known number at that instant.
    pub fn check(&self, facts: &dyn Facts, as_of: DateTime<Utc>) -> Vec<FactError> {
        let check = |(id, schema): (&FactId, &FactSchema)| {
            let Fact::Known { value, .. } = facts.fact(id) else { return None };
            let problem = schema.check(value).err().or_else(|| {
                let of = schema.part_of.as_ref()?;
                let (given, whole) =
                    (value.number()?, known_number(&chain(&self.facts, of), facts, as_of).value()?);
                let exceeds = || FactProblem::ExceedsWhole { given, whole: of.clone(), of: whole };
                (given > whole).then(exceeds)
            })?;
            Some(FactError { fact: id.clone(), problem })
        };
        self.facts.iter().filter_map(check).collect()
    }

    /// The tiers, in the order of the policy.
    #[must_use]
    pub fn tiers(&self) -> &[TierSpec] {
        &self.spec.tiers
    }

    /// The tiers as bands of the composite.
    #[must_use]
    pub const fn bands(&self) -> &Bands<TierId> {
        &self.tiers
    }

    /// One tier.
    #[must_use]
    pub fn tier(&self, id: &TierId) -> Option<&TierSpec> {
        self.spec.tiers.iter().find(|tier| tier.id == *id)
    }

    /// The tier that prospects are candidates for.
    #[must_use]
    pub fn prospect_tier(&self) -> Option<&TierId> {
        self.spec.prospects.as_ref().map(|prospects| &prospects.candidate_for)
    }

    /// The weight of a dimension, and of all dimensions together.
    #[must_use]
    pub fn dimension_part(&self, dimension: Dimension) -> (u64, u64) {
        (self.dimensions.part(&dimension), self.dimensions.whole())
    }

    /// Whether the policy states a weight for a dimension, be it 0.
    pub(crate) fn states(&self, dimension: Dimension) -> bool {
        self.spec.dimensions.contains_key(&dimension)
    }

    /// The indicators with their part in their dimension and the whole of that dimension.
    pub fn weighed(&self) -> impl Iterator<Item = (&IndicatorSpec, u64, u64)> {
        let part = |(indicator, part): (_, &Part)| (indicator, part.weight.0, part.weight.1);
        self.spec.indicators.iter().zip(&self.parts).map(part)
    }

    /// The indicators with their part in their dimension and the schemas of the facts that they read.
    pub(crate) fn reading(&self) -> impl Iterator<Item = (&IndicatorSpec, u64, &Reads)> {
        self.spec
            .indicators
            .iter()
            .zip(&self.parts)
            .map(|(indicator, part)| (indicator, part.weight.0, &part.reads))
    }

    /// The declared weight of an indicator in the composite, rounded half-up to four places.
    #[must_use]
    pub fn composite_share(&self, indicator: &IndicatorSpec) -> Share {
        let found = self.weighed().find(|(listed, ..)| listed.id == indicator.id);
        let (part, whole) = found.map_or((0, 1), |(_, part, whole)| (part, whole));
        let (outer, all) = self.dimension_part(indicator.dimension);
        let (num, den) = (u128::from(part) * u128::from(outer), u128::from(whole) * u128::from(all));
        // A group of 12 weights below 10^9 + 1 each sums to less than 2^34, so this fits with ease.
        let steps = num.saturating_mul(20_000).saturating_add(den) / den.saturating_mul(2).max(1);
        Share::of(u64::try_from(steps).unwrap_or_default(), 10_000).unwrap_or(Share::NONE)
    }
}

impl Body for ScoringPolicy {
    type Spec = ScoringSpec;
    const SCHEMA: &'static str = "guanxi.scoring/1";

    fn spec(&self) -> ScoringSpec {
        self.spec.clone()
    }

    fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&["dimensions", "facts", "indicators", "tiers", "prospects"]);
        let dimensions = fields.required("dimensions").and_then(|node| read::dimensions(&node));
        let facts = fields.required("facts").and_then(|node| read::facts(&node));
        let read = fields.required("indicators").and_then(|node| {
            let indicators = read::indicators(&node, facts.as_ref());
            let weights = read::weights(&node, &indicators, dimensions.as_ref().map(|(_, weights)| weights));
            let indicators: Option<Vec<IndicatorSpec>> = indicators.into_iter().map(Draft::finish).collect();
            let (indicators, weights) = (indicators?, weights?);
            Some((indicators, weights))
        });
        let tiers = fields.required("tiers").and_then(|node| read::tiers(&node));
        let prospects = fields.optional("prospects").map(|node| {
            let candidate = node.fields(&["candidate_for"]).required("candidate_for")?;
            let candidate_for: TierId = candidate.get()?;
            let known = |(specs, _): &(Vec<TierSpec>, _)| specs.iter().any(|tier| tier.id == candidate_for);
            if tiers.as_ref().is_some_and(|read| !known(read)) {
                candidate.refuse("unknown_name", "the id of one of the tiers");
            }
            Some(ProspectsSpec { candidate_for })
        });
        let ((given, dimensions), facts) = (dimensions?, facts?);
        let (indicators, weights) = read?;
        let (specs, tiers) = tiers?;
        let (facts, tiers) =
            (facts.into_iter().map(|(id, schema)| Some((id, schema?))).collect::<Option<_>>()?, tiers?);
        let facts: BTreeMap<FactId, FactSchema> = facts;
        let part = |indicator: &IndicatorSpec| {
            let whole = match &indicator.normaliser {
                Normaliser::ShareOf { whole } => Some(chain(&facts, whole)),
                _ => None,
            };
            let reads = Reads { fact: chain(&facts, &indicator.fact), whole };
            Some(Part { weight: part_of(&weights, indicator), reads })
        };
        let parts = indicators.iter().map(part).collect::<Option<_>>()?;
        let spec = ScoringSpec {
            dimensions: given,
            facts: facts.iter().map(|(id, schema)| (id.clone(), schema.into())).collect(),
            indicators,
            tiers: specs,
            prospects: prospects.flatten(),
        };
        Some(Self { spec, facts, dimensions, parts, tiers })
    }
}

/// A fact with its schema and those that it is a part of. Circles are refused when a policy is read, and cut here.
pub(crate) fn chain(facts: &BTreeMap<FactId, FactSchema>, id: &FactId) -> Chain {
    let entry = |id: &FactId| facts.get_key_value(id).map(|(id, schema)| (id.clone(), schema.clone()));
    core::iter::successors(entry(id), |(_, schema)| entry(schema.part_of.as_ref()?))
        .take(facts.len())
        .collect()
}
