//! The decision itself.
use alloc::vec::Vec;
use core::cell::Cell;
use core::cmp::Ordering;

use chrono::{DateTime, Utc};
use guanxi_core::{
    Basis, DecimalText, Decision, Fact, FactError, FactId, Facts, Score, Share, TierId, largest_remainder,
};
use num_bigint::BigUint;
use rust_decimal::Decimal;

use crate::assessment::{Assessment, Contribution, Given, InputState, Ratio, Standing, Tiers};
use crate::dimension::{ByDimension, Dimension};
use crate::evaluate::{Evaluation, Part, counted, evaluate};
use crate::input::{Cause, Input, ask, stale_from};
use crate::number::{Fraction, Nat};
use crate::plan::{Line, Plan, Worth};
use crate::policy::{PolicyDocument, ScoringPolicy};
use crate::reason::Reason;
use crate::reference::{PinnedReference, Statistic};
use crate::spec::Normaliser;

/// A policy and a reference, compiled: assesses any number of customers.
///
/// ```
/// use guanxi_core::{FactMap, FactValue, parse_instant};
/// use guanxi_scoring::{Given, PinnedReference, Reference, Scorer, preset};
///
/// let policy = preset("assessed").ok_or("no such preset")?;
/// let as_of = parse_instant("2026-06-30")?;
/// let reference = Reference::new(&policy, as_of).pin("none".parse()?, "1".parse()?);
/// let scorer = Scorer::new(&policy, &reference)?;
///
/// let score = |points: i64| FactValue::Decimal(points.into());
/// let facts = FactMap::new()
///     .with("value_score".parse()?, score(92), None)
///     .with("potential_score".parse()?, score(88), None)
///     .with("need_score".parse()?, score(85), None);
/// let decision = scorer.assess(&facts, &Given::default(), as_of);
/// assert_eq!(decision.outcome.composite.map(|c| c.to_string()), Some("89.40".to_owned()));
/// assert_eq!(decision.outcome.tier.map(|t| t.to_string()), Some("key".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Scorer {
    policy: PolicyDocument,
    basis: Basis,
    /// 128 bits, where the constants fit; every row that does not fit goes the wide way.
    narrow: Option<Plan<u128>>,
    wide: Plan<BigUint>,
}

/// For which indicators the facts are asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Those that weigh: all that a decision needs.
    Weighing,
    /// Those that are only shown, too.
    All,
}

/// Why a policy cannot be used with a reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScorerError {
    /// The reference does not keep what a normaliser compares with.
    #[error("the reference does not keep the {} of fact `{fact}`, which the policy needs", .statistic.name())]
    NotKept {
        /// The fact.
        fact: FactId,
        /// What is needed of it.
        statistic: Statistic,
    },
    /// A constant of the policy cannot be computed at all.
    #[error("the constants of the policy cannot be computed")]
    Constants,
}

impl Statistic {
    /// The name in an error.
    const fn name(self) -> &'static str {
        match self {
            Self::Max => "greatest value",
            Self::Total => "total",
            Self::Values => "values",
        }
    }
}

impl Scorer {
    /// Compiles a policy with the population that customers are compared with.
    ///
    /// # Errors
    /// [`ScorerError::NotKept`] for the first indicator whose normaliser the reference cannot serve.
    pub fn new(policy: &PolicyDocument, reference: &PinnedReference) -> Result<Self, ScorerError> {
        let mut used = false;
        for (indicator, part, _) in policy.body().weighed() {
            // What an indicator that is only shown cannot be compared with, it does without.
            let Some(statistic) = indicator.normaliser.statistic().filter(|_| part > 0) else { continue };
            used = true;
            if !reference
                .body()
                .statistics(&indicator.fact)
                .is_some_and(|statistics| statistics.keeps(statistic))
            {
                return Err(ScorerError::NotKept { fact: indicator.fact.clone(), statistic });
            }
        }
        Ok(Self {
            basis: Basis { policy: policy.stamp(), reference: used.then(|| reference.stamp()) },
            narrow: Plan::compile(policy.body(), reference.body()),
            wide: Plan::compile(policy.body(), reference.body()).ok_or(ScorerError::Constants)?,
            policy: policy.clone(),
        })
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &PolicyDocument {
        &self.policy
    }

    /// The documents behind every decision of this scorer.
    #[must_use]
    pub const fn basis(&self) -> &Basis {
        &self.basis
    }

    /// Every fact that breaks the policy's schema at an instant: see [`ScoringPolicy::check`].
    #[must_use]
    pub fn check(&self, facts: &dyn Facts, as_of: DateTime<Utc>) -> Vec<FactError> {
        self.policy.body().check(facts, as_of)
    }

    /// Assesses one customer at an instant.
    pub fn assess(
        &self,
        facts: &dyn Facts,
        given: &Given,
        as_of: DateTime<Utc>,
    ) -> Decision<Assessment, Reason> {
        let facts = Watched::new(facts);
        let inputs = self.inputs(&facts, as_of, Asked::Weighing);
        let (outcome, reasons) = self.decide(&inputs, given, as_of);
        let next_change = self.next_change(&facts, given, as_of, &outcome);
        Decision { outcome, reasons, basis: self.basis.clone(), as_of, next_change }
    }

    /// What each indicator contributes to the composite, or to the rank of a prospect, in the order of
    /// the policy; computed only when asked for.
    #[must_use]
    pub fn explain(&self, facts: &dyn Facts, as_of: DateTime<Utc>) -> Vec<Contribution> {
        let inputs = self.inputs(facts, as_of, Asked::All);
        let narrow = self.narrow(&inputs).and_then(|evaluation| self.contributions(&inputs, &evaluation));
        // The wide form always answers.
        narrow.or_else(|| self.contributions(&inputs, &self.wide(&inputs))).unwrap_or_default()
    }

    /// Assesses one customer and explains it, at little more than the cost of the explanation.
    pub fn assess_explained(
        &self,
        facts: &dyn Facts,
        given: &Given,
        as_of: DateTime<Utc>,
    ) -> (Decision<Assessment, Reason>, Vec<Contribution>) {
        let facts = Watched::new(facts);
        let inputs = self.inputs(&facts, as_of, Asked::All);
        let narrow = self.narrow(&inputs).and_then(|evaluation| {
            let contributions = self.contributions(&inputs, &evaluation)?;
            Some((self.conclude(&inputs, &evaluation, given, as_of), contributions))
        });
        let ((outcome, reasons), contributions) = narrow.unwrap_or_else(|| {
            let evaluation = self.wide(&inputs);
            let contributions = self.contributions(&inputs, &evaluation).unwrap_or_default();
            (self.conclude(&inputs, &evaluation, given, as_of), contributions)
        });
        let next_change = self.next_change(&facts, given, as_of, &outcome);
        (Decision { outcome, reasons, basis: self.basis.clone(), as_of, next_change }, contributions)
    }

    fn inputs(&self, facts: &dyn Facts, as_of: DateTime<Utc>, asked: Asked) -> Vec<Input> {
        let input = |(indicator, part, reads)| {
            if part > 0 || asked == Asked::All { ask(indicator, reads, facts, as_of) } else { Input::Unasked }
        };
        self.policy.body().reading().map(input).collect()
    }

    /// The inputs that weigh, and the composite that they make.
    pub(crate) fn composite_of(
        &self,
        facts: &dyn Facts,
        as_of: DateTime<Utc>,
    ) -> (Vec<Input>, Option<Score>) {
        let inputs = self.inputs(facts, as_of, Asked::Weighing);
        let composite = match self.narrow(&inputs) {
            Some(evaluation) => evaluation.composite.as_ref().and_then(score),
            None => self.wide(&inputs).composite.as_ref().and_then(score),
        };
        (inputs, composite)
    }

    /// The exact value of the indicator at a position for a known input.
    pub(crate) fn worth(&self, position: usize, x: Decimal, whole: Option<Decimal>) -> Worth<BigUint> {
        self.wide.worth(position, x, whole).unwrap_or(Worth::NoDivisor)
    }

    fn narrow(&self, inputs: &[Input]) -> Option<Evaluation<u128>> {
        evaluate(self.policy.body(), self.narrow.as_ref()?, inputs)
    }

    fn wide(&self, inputs: &[Input]) -> Evaluation<BigUint> {
        // The wide form has an answer for every step; what stands in for it is never reached.
        evaluate(self.policy.body(), &self.wide, inputs).unwrap_or_else(Evaluation::nothing)
    }

    /// Decides in the narrow form where it answers, else in the wide one.
    fn decide(&self, inputs: &[Input], given: &Given, as_of: DateTime<Utc>) -> (Assessment, Vec<Reason>) {
        match self.narrow(inputs) {
            Some(evaluation) => self.conclude(inputs, &evaluation, given, as_of),
            None => self.conclude(inputs, &self.wide(inputs), given, as_of),
        }
    }

    fn conclude<N: Nat>(
        &self,
        inputs: &[Input],
        evaluation: &Evaluation<N>,
        given: &Given,
        as_of: DateTime<Utc>,
    ) -> (Assessment, Vec<Reason>) {
        let policy = self.policy.body();
        let mut reasons = Vec::new();
        let composite = evaluation.composite.as_ref().and_then(score);
        let computed = composite.map(|composite| {
            let bands = policy.bands();
            let tier = bands.of(composite);
            let floor = bands.floor(tier).unwrap_or(Score::MIN);
            reasons.push(Reason::ReachesTier { tier: tier.clone(), composite, floor });
            if let Some((next, floor)) = bands.above(composite) {
                reasons.push(Reason::BelowTier {
                    tier: next.clone(),
                    floor,
                    short_by: composite.short_of(floor),
                });
            }
            tier.clone()
        });
        let tiers = tiers(policy, computed, given, as_of, &mut reasons);

        let rank = evaluation.rank.as_ref().and_then(score);
        let standing = match (&evaluation.composite, evaluation.prospect) {
            (Some(_), _) => Standing::Tiered,
            (None, true) => Standing::Prospect,
            (None, false) => Standing::Incomplete,
        };
        if standing == Standing::Prospect {
            reasons.push(Reason::Prospect { candidate_for: policy.prospect_tier().cloned(), rank });
        }
        for dimension in
            Dimension::ALL.into_iter().filter(|dimension| policy.dimension_part(*dimension).0 > 0)
        {
            match evaluation.parts.get(dimension) {
                Part::NotApplicable => reasons.push(Reason::DimensionNotApplicable { dimension }),
                Part::Unknown => reasons.push(Reason::DimensionUnknown { dimension }),
                Part::Refused => reasons.push(Reason::DimensionRefused { dimension }),
                Part::Scored { .. } | Part::Absent => {}
            }
        }
        input_reasons(policy, inputs, &evaluation.lines, &mut reasons);

        let dimensions = ByDimension::from_fn(|dimension| match evaluation.parts.get(dimension) {
            Part::Scored { score: exact, .. } => score(exact),
            _ => None,
        });
        if let Some(tier) = tiers.effective.as_ref().and_then(|id| policy.tier(id)) {
            for (dimension, range) in &tier.profile {
                let Some(score) = *dimensions.get(*dimension) else { continue };
                if !range.contains(score) {
                    let (tier, dimension) = (tier.id.clone(), *dimension);
                    let (at_least, below) = (range.at_least, range.below);
                    reasons.push(Reason::ProfileMismatch { tier, dimension, score, at_least, below });
                }
            }
        }
        let head = self.policy.head();
        if !head.in_force(as_of) {
            reasons.push(Reason::PolicyNotInForce { from: head.effective_from, to: head.effective_to });
        }
        let completeness = share(&evaluation.completeness);
        let tier = tiers.effective.clone();
        (Assessment { tier, composite, dimensions, completeness, standing, rank, tiers }, reasons)
    }

    /// The first instant at which time alone gives another outcome: every instant at which anything
    /// could is tried in turn.
    fn next_change(
        &self,
        facts: &Watched<'_>,
        given: &Given,
        as_of: DateTime<Utc>,
        outcome: &Assessment,
    ) -> Option<DateTime<Utc>> {
        let mut instants = Vec::new();
        // Facts without dates never age.
        let aging = self.policy.body().reading().filter(|_| facts.dated.get());
        for (indicator, part, reads) in aging {
            for (fact, _) in reads.fact.iter().chain(reads.whole.iter().flatten()).filter(|_| part > 0) {
                if let Fact::Known { observed_at: Some(observed_at), .. } = facts.fact(fact) {
                    instants.push(observed_at);
                    instants.extend(stale_from(indicator, Some(observed_at)));
                }
            }
        }
        instants.extend(given.r#override.as_ref().map(|set| set.until));
        let head = self.policy.head();
        let limits = [head.effective_from, head.effective_to];
        instants.extend(limits.into_iter().flatten());
        instants.retain(|instant| *instant > as_of);
        instants.sort_unstable();
        instants.dedup();
        instants.into_iter().find(|instant| {
            limits.contains(&Some(*instant)) || {
                let inputs = self.inputs(facts, *instant, Asked::Weighing);
                self.decide(&inputs, given, *instant).0 != *outcome
            }
        })
    }

    fn contributions<N: Nat>(
        &self,
        inputs: &[Input],
        evaluation: &Evaluation<N>,
    ) -> Option<Vec<Contribution>> {
        let policy = self.policy.body();
        let (half, zero) = (Fraction::of(1, 2), Fraction::zero());
        // The composite, or for a prospect the rank, and the dimensions that it is made of.
        let (whole, prospect) = match (&evaluation.composite, &evaluation.rank) {
            (Some(composite), _) => (Some(composite), false),
            (None, rank) => (rank.as_ref(), true),
        };
        let takes_part = |dimension: Dimension| !(prospect && dimension == Dimension::Value);
        let all: u64 =
            Dimension::ALL.into_iter().filter(|d| takes_part(*d)).map(|d| policy.dimension_part(d).0).sum();

        let mut parts = Vec::with_capacity(inputs.len());
        let mut contributions = Vec::with_capacity(inputs.len());
        for (((indicator, part, _), input), line) in policy.weighed().zip(inputs).zip(&evaluation.lines) {
            let worth = counted(line, indicator.missing, &half, &zero);
            let weight = match (whole, evaluation.parts.get(indicator.dimension), worth) {
                (Some(_), Part::Scored { counted, .. }, Some(_)) if takes_part(indicator.dimension) => {
                    let outer = policy.dimension_part(indicator.dimension).0;
                    let (num, den) =
                        (u128::from(outer) * u128::from(part), u128::from(all) * u128::from(*counted));
                    Fraction::of(num, den)
                }
                _ => Fraction::zero(),
            };
            // Exact hundredths of a point.
            let exact = match worth {
                Some(value) => {
                    value.scaled(&weight.num, &weight.den)?.scaled(&N::from_u128(10_000), &N::from_u128(1))?
                }
                None => Fraction::zero(),
            };
            let (floor, rest) = exact.num.div_rem(&exact.den);
            parts.push((
                u64::try_from(floor.to_u128()?).ok()?,
                Remainder(Fraction { num: rest, den: exact.den }),
            ));
            let (state, known) = match (input, line) {
                (Input::NotApplicable { .. }, _) => (InputState::NotApplicable, None),
                (Input::Known { x, .. }, Line::Value { stale: true, .. }) => (InputState::Stale, Some(*x)),
                (Input::Known { x, .. }, Line::Value { .. }) => (InputState::Known, Some(*x)),
                (Input::Known { x, .. }, _) => (InputState::Missing, Some(*x)),
                (Input::Missing { .. } | Input::Unasked, _) => (InputState::Missing, None),
            };
            contributions.push(Contribution {
                indicator: indicator.id.clone(),
                dimension: indicator.dimension,
                fact: indicator.fact.clone(),
                state,
                input: known.map(|x: Decimal| DecimalText(x.normalize())),
                normalised: worth.map(Ratio::new),
                weight: whole.map(|_| Ratio::new(&weight)),
                points: None,
                shown_only: part == 0,
            });
        }
        if let Some(shown) = whole.and_then(score) {
            let points = largest_remainder(shown.hundredths().into(), parts);
            for (contribution, points) in contributions.iter_mut().zip(points) {
                contribution.points =
                    u16::try_from(points).ok().and_then(|points| Score::from_hundredths(points).ok());
            }
        }
        Some(contributions)
    }
}

/// Facts, and whether one that was asked for has a date.
struct Watched<'f> {
    facts: &'f dyn Facts,
    dated: Cell<bool>,
}

impl<'f> Watched<'f> {
    const fn new(facts: &'f dyn Facts) -> Self {
        Self { facts, dated: Cell::new(false) }
    }
}

impl Facts for Watched<'_> {
    fn fact(&self, id: &FactId) -> Fact<'_> {
        let fact = self.facts.fact(id);
        if let Fact::Known { observed_at: Some(_), .. } = fact {
            self.dated.set(true);
        }
        fact
    }
}

/// A remainder below 1 with the order of its value.
struct Remainder<N>(Fraction<N>);

impl<N: Nat> Ord for Remainder<N> {
    fn cmp(&self, other: &Self) -> Ordering {
        let wide = || self.0.to_big().compare(&other.0.to_big());
        self.0.compare(&other.0).or_else(wide).unwrap_or(Ordering::Equal)
    }
}

impl<N: Nat> PartialOrd for Remainder<N> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<N: Nat> PartialEq for Remainder<N> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<N: Nat> Eq for Remainder<N> {}

/// An exact share of 1 as a score, rounded half-up once.
fn score<N: Nat>(exact: &Fraction<N>) -> Option<Score> {
    let hundredths = match exact.rounded(10_000) {
        Some(hundredths) => hundredths.to_u128(),
        None => exact.to_big().rounded(10_000)?.to_u128(),
    };
    Score::from_hundredths(u16::try_from(hundredths?).ok()?).ok()
}

fn share<N: Nat>(exact: &Fraction<N>) -> Share {
    score(exact).and_then(|steps| Share::of(steps.hundredths().into(), 10_000)).unwrap_or(Share::NONE)
}

fn tiers(
    policy: &ScoringPolicy,
    computed: Option<TierId>,
    given: &Given,
    as_of: DateTime<Utc>,
    reasons: &mut Vec<Reason>,
) -> Tiers {
    let known = |tier: &TierId| policy.tier(tier).is_some();
    let settled = given.settled.clone().filter(&known);
    if let Some(tier) = settled.as_ref().filter(|tier| Some(*tier) != computed.as_ref()) {
        reasons.push(Reason::SettledTier { tier: tier.clone() });
    }
    let in_force = given.r#override.clone().filter(|set| known(&set.tier)).filter(|set| {
        let (tier, until) = (set.tier.clone(), set.until);
        let holds = until > as_of;
        reasons.push(if holds {
            Reason::OverrideInForce { tier, until }
        } else {
            Reason::OverrideExpired { tier, until }
        });
        holds
    });
    let named = given.settled.iter().chain(given.r#override.iter().map(|set| &set.tier));
    reasons.extend(named.filter(|tier| !known(tier)).map(|tier| Reason::UnknownTier { tier: tier.clone() }));
    let effective = in_force
        .as_ref()
        .map(|set| set.tier.clone())
        .or_else(|| settled.clone())
        .or_else(|| computed.clone());
    Tiers { computed, settled, r#override: in_force, effective }
}

/// The reasons that lie in the inputs, in the order of the policy; indicators that are only shown have none.
fn input_reasons<N>(policy: &ScoringPolicy, inputs: &[Input], lines: &[Line<N>], reasons: &mut Vec<Reason>) {
    let weighed = policy.weighed().zip(inputs).zip(lines).filter(|(((_, part, _), _), _)| *part > 0);
    for (((spec, ..), input), line) in weighed {
        // Most inputs are in order, and need no name.
        if let Line::Value { bound: None, stale: false, .. } = line {
            continue;
        }
        let indicator = spec.id.clone();
        match (input, line) {
            (Input::Unasked, _) => {}
            (Input::NotApplicable { fact }, _) => {
                reasons.push(Reason::FactNotApplicable { indicator, fact: fact.clone() });
            }
            (Input::Missing { fact, cause }, _) => {
                let fact = fact.clone();
                reasons.push(match *cause {
                    Cause::Absent => {
                        let weight = policy.composite_share(spec);
                        Reason::FactMissing { indicator, fact, rule: spec.missing, weight }
                    }
                    Cause::Future { observed_at } => Reason::FactFromFuture { indicator, fact, observed_at },
                    Cause::Invalid => Reason::FactInvalid { indicator, fact },
                    Cause::Stale { since } => Reason::FactStale { indicator, fact, since, used: false },
                });
            }
            (Input::Known { .. }, Line::Missing | Line::NotApplicable) => {
                // Of a share it is the whole that there is nothing of.
                let fact =
                    if let Normaliser::ShareOf { whole } = &spec.normaliser { whole } else { &spec.fact };
                reasons.push(Reason::NoDivisor { indicator, fact: fact.clone() });
            }
            (Input::Known { stale, .. }, Line::Value { bound, .. }) => {
                if let Some((fact, since)) = stale.clone() {
                    reasons.push(Reason::FactStale { indicator: indicator.clone(), fact, since, used: true });
                }
                if let Some(bound) = *bound {
                    reasons.push(Reason::OutOfRange { indicator, fact: spec.fact.clone(), bound });
                }
            }
        }
    }
}
