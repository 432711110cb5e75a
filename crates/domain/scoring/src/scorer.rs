//! The decision itself.
use alloc::vec::Vec;
use core::cell::Cell;

use chrono::{DateTime, Utc};
use guanxi_core::{Basis, Decision, Fact, FactError, FactId, Facts, Score, TierId};
use num_bigint::BigUint;

use crate::assessment::{Assessment, Contribution, Given, Standing, Tiers};
use crate::batch::Wiring;
use crate::contributions::contributions;
use crate::dimension::{ByDimension, Dimension};
use crate::evaluate::{Evaluation, Lines, Part, Scored, blank, evaluate, evaluate_scored};
use crate::input::{Cause, Input, Inputs, Role, ask, stale_from};
use crate::number::Nat;
use crate::plan::{Form, Line, Plan};
use crate::policy::{MAX_INDICATORS, PolicyDocument, ScoringPolicy};
use crate::reason::Reason;
use crate::reference::{PinnedReference, Statistic};
use crate::shape::Shape;

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
    shape: Shape,
    /// 128 bits, where the constants fit; every row that does not fit goes the wide way.
    narrow: Option<Plan<u128>>,
    wide: Plan<BigUint>,
    /// What a batch needs.
    pub(crate) wiring: Wiring,
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
        let narrow: Option<Plan<u128>> = Plan::compile(policy.body(), reference.body());
        let form = |position| narrow.as_ref().map_or(Form::Wide, |plan| plan.form(position));
        Ok(Self {
            basis: Basis { policy: policy.stamp(), reference: used.then(|| reference.stamp()) },
            wiring: Wiring::new(policy.body(), form),
            narrow,
            wide: Plan::compile(policy.body(), reference.body()).ok_or(ScorerError::Constants)?,
            shape: Shape::of(policy.body()),
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
        let mut lines = blank();
        if let Some(evaluation) = self.narrow(&inputs, &mut lines) {
            return self.decision(&facts, &inputs, &lines, &evaluation, given, as_of);
        }
        let mut lines = blank();
        let evaluation = self.wide(&inputs, &mut lines);
        self.decision(&facts, &inputs, &lines, &evaluation, given, as_of)
    }

    /// What each indicator contributes to the composite, or to the rank of a prospect, in the order of
    /// the policy; computed only when asked for.
    #[must_use]
    pub fn explain(&self, facts: &dyn Facts, as_of: DateTime<Utc>) -> Vec<Contribution> {
        let inputs = self.inputs(&Watched::new(facts), as_of, Asked::All);
        let mut lines = blank();
        let narrow = self.narrow(&inputs, &mut lines);
        if let Some(contributions) = narrow.and_then(|found| self.contributions(&inputs, &lines, &found)) {
            return contributions;
        }
        let mut lines = blank();
        let evaluation = self.wide(&inputs, &mut lines);
        // The wide form always answers.
        self.contributions(&inputs, &lines, &evaluation).unwrap_or_default()
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
        let mut lines = blank();
        if let Some(evaluation) = self.narrow(&inputs, &mut lines)
            && let Some(contributions) = self.contributions(&inputs, &lines, &evaluation)
        {
            return (self.decision(&facts, &inputs, &lines, &evaluation, given, as_of), contributions);
        }
        let mut lines = blank();
        let evaluation = self.wide(&inputs, &mut lines);
        let contributions = self.contributions(&inputs, &lines, &evaluation).unwrap_or_default();
        (self.decision(&facts, &inputs, &lines, &evaluation, given, as_of), contributions)
    }

    fn inputs(&self, facts: &Watched<'_>, as_of: DateTime<Utc>, asked: Asked) -> Inputs {
        let mut inputs = [Input::Unasked; MAX_INDICATORS];
        for (input, (indicator, part, reads)) in inputs.iter_mut().zip(self.policy.body().reading()) {
            if part > 0 || asked == Asked::All {
                *input = ask(indicator, reads, facts, as_of);
            }
        }
        inputs
    }

    /// The scores that a row of inputs comes to, one for each indicator in the order of the policy, in
    /// the narrow form where it answers, else in the wide one. The narrow one takes no memory from the heap.
    pub(crate) fn scores(&self, inputs: &[Input]) -> Evaluation {
        self.narrow(inputs, &mut blank()).unwrap_or_else(|| self.wide(inputs, &mut blank()))
    }

    /// Facts, watched, and the inputs that weigh.
    pub(crate) fn inputs_of<'f>(&self, facts: &'f dyn Facts, as_of: DateTime<Utc>) -> (Watched<'f>, Inputs) {
        let facts = Watched::new(facts);
        let inputs = self.inputs(&facts, as_of, Asked::Weighing);
        (facts, inputs)
    }

    /// Decides by the inputs that weigh and, where a batch has them, the scores.
    pub(crate) fn decide(
        &self,
        facts: &Watched<'_>,
        inputs: &Inputs,
        scored: Option<Scored>,
        given: &Given,
        as_of: DateTime<Utc>,
    ) -> Decision<Assessment, Reason> {
        let mut lines = blank();
        let narrow = match scored {
            Some(scored) => self
                .narrow
                .as_ref()
                .and_then(|plan| evaluate_scored(&self.shape, plan, inputs, &mut lines, scored)),
            None => self.narrow(inputs, &mut lines),
        };
        if let Some(evaluation) = narrow {
            return self.decision(facts, inputs, &lines, &evaluation, given, as_of);
        }
        let mut lines = blank();
        let evaluation = self.wide(inputs, &mut lines);
        self.decision(facts, inputs, &lines, &evaluation, given, as_of)
    }

    /// What the input of the indicator at a position comes to; `None` where 128 bits do not suffice.
    pub(crate) fn narrow_line(&self, position: usize, input: &Input) -> Option<Line<u128>> {
        self.narrow.as_ref()?.line(position, input)
    }

    /// The inputs that weigh, and the composite that they make.
    pub(crate) fn composite_of(&self, facts: &dyn Facts, as_of: DateTime<Utc>) -> (Inputs, Option<Score>) {
        let inputs = self.inputs(&Watched::new(facts), as_of, Asked::Weighing);
        let composite = self.scores(&inputs).composite;
        (inputs, composite)
    }

    /// What the input of the indicator at a position comes to, whatever the width.
    pub(crate) fn wide_line(&self, position: usize, input: &Input) -> Line<BigUint> {
        self.wide.line(position, input).unwrap_or(Line::Missing)
    }

    fn narrow(&self, inputs: &[Input], lines: &mut Lines<u128>) -> Option<Evaluation> {
        evaluate(&self.shape, self.narrow.as_ref()?, inputs, lines)
    }

    fn wide(&self, inputs: &[Input], lines: &mut Lines<BigUint>) -> Evaluation {
        // The wide form has an answer for every step; what stands in for it is never reached.
        evaluate(&self.shape, &self.wide, inputs, lines).unwrap_or_else(Evaluation::nothing)
    }

    fn contributions<N: Nat>(
        &self,
        inputs: &[Input],
        lines: &[Line<N>],
        evaluation: &Evaluation,
    ) -> Option<Vec<Contribution>> {
        contributions(self.policy.body(), &self.shape, inputs, lines, evaluation)
    }

    fn decision<N>(
        &self,
        facts: &Watched<'_>,
        inputs: &[Input],
        lines: &[Line<N>],
        evaluation: &Evaluation,
        given: &Given,
        as_of: DateTime<Utc>,
    ) -> Decision<Assessment, Reason> {
        let outcome = self.outcome(evaluation, given, as_of);
        // The tier, the next one, and a remark: few decisions say more.
        let mut reasons = Vec::with_capacity(3);
        tier_reasons(self.policy.body(), &outcome, given, as_of, &mut reasons);
        self.standing_reasons(evaluation, &mut reasons);
        input_reasons(self.policy.body(), inputs, lines, &mut reasons);
        self.remarks(&outcome, as_of, &mut reasons);
        let next_change = self.next_change(facts, given, as_of, &outcome);
        Decision { outcome, reasons, basis: self.basis.clone(), as_of, next_change }
    }

    fn outcome(&self, evaluation: &Evaluation, given: &Given, as_of: DateTime<Utc>) -> Assessment {
        let policy = self.policy.body();
        let Evaluation { composite, rank, completeness, standing, .. } = *evaluation;
        let known = |tier: &TierId| policy.tier(tier).is_some();
        let computed = composite.map(|composite| policy.bands().of(composite).clone());
        let settled = given.settled.clone().filter(known);
        let set = given.r#override.as_ref().filter(|set| set.until > as_of && known(&set.tier)).cloned();
        let effective = set.as_ref().map(|set| &set.tier).or(settled.as_ref()).or(computed.as_ref()).cloned();
        Assessment {
            tier: effective.clone(),
            composite,
            dimensions: ByDimension::from_fn(|dimension| evaluation.score(dimension)),
            completeness,
            standing,
            rank,
            tiers: Tiers { computed, settled, r#override: set, effective },
        }
    }

    fn standing_reasons(&self, evaluation: &Evaluation, reasons: &mut Vec<Reason>) {
        if evaluation.standing == Standing::Prospect {
            let candidate_for = self.policy.body().prospect_tier().cloned();
            reasons.push(Reason::Prospect { candidate_for, rank: evaluation.rank });
        }
        for dimension in Dimension::ALL {
            if self.shape.dimensions.get(dimension).weight == 0 {
                continue;
            }
            match evaluation.parts.get(dimension) {
                Part::NotApplicable => reasons.push(Reason::DimensionNotApplicable { dimension }),
                Part::Unknown => reasons.push(Reason::DimensionUnknown { dimension }),
                Part::Refused => reasons.push(Reason::DimensionRefused { dimension }),
                Part::Scored { .. } | Part::Absent => {}
            }
        }
    }

    /// What is remarkable of an outcome.
    fn remarks(&self, outcome: &Assessment, as_of: DateTime<Utc>, reasons: &mut Vec<Reason>) {
        if let Some(tier) = outcome.tier.as_ref().and_then(|id| self.policy.body().tier(id)) {
            for (dimension, range) in &tier.profile {
                let Some(score) = *outcome.dimensions.get(*dimension) else { continue };
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
        let head = self.policy.head();
        let limits = [head.effective_from, head.effective_to];
        if !facts.dated.get() && given.r#override.is_none() && limits == [None, None] {
            return None;
        }
        let mut instants = Vec::new();
        // Facts without dates never age.
        let aging = facts.dated.get().then(|| self.policy.body().reading()).into_iter().flatten();
        for (indicator, _, reads) in aging.filter(|(_, part, _)| *part > 0) {
            for (fact, _) in reads.fact.iter().chain(reads.whole.iter().flatten()) {
                if let Fact::Known { observed_at: Some(observed_at), .. } = facts.fact(fact) {
                    instants.push(observed_at);
                    instants.extend(stale_from(indicator, Some(observed_at)));
                }
            }
        }
        instants.extend(given.r#override.as_ref().map(|set| set.until));
        instants.extend(limits.into_iter().flatten());
        instants.retain(|instant| *instant > as_of);
        instants.sort_unstable();
        instants.dedup();
        instants.into_iter().find(|instant| {
            limits.contains(&Some(*instant)) || {
                let inputs = self.inputs(facts, *instant, Asked::Weighing);
                self.outcome(&self.scores(&inputs), given, *instant) != *outcome
            }
        })
    }
}

/// Facts, and whether one that was asked for has a date.
pub(crate) struct Watched<'f> {
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

/// The reasons that lie in the tiers.
fn tier_reasons(
    policy: &ScoringPolicy,
    outcome: &Assessment,
    given: &Given,
    as_of: DateTime<Utc>,
    reasons: &mut Vec<Reason>,
) {
    if let (Some(composite), Some(tier)) = (outcome.composite, &outcome.tiers.computed) {
        let bands = policy.bands();
        let floor = bands.floor_at(composite);
        reasons.push(Reason::ReachesTier { tier: tier.clone(), composite, floor });
        if let Some((next, floor)) = bands.above(composite) {
            let short_by = composite.short_of(floor);
            reasons.push(Reason::BelowTier { tier: next.clone(), floor, short_by });
        }
    }
    let settled = outcome.tiers.settled.as_ref();
    if let Some(tier) = settled.filter(|tier| Some(*tier) != outcome.tiers.computed.as_ref()) {
        reasons.push(Reason::SettledTier { tier: tier.clone() });
    }
    let known = |tier: &TierId| policy.tier(tier).is_some();
    if let Some(set) = given.r#override.as_ref().filter(|set| known(&set.tier)) {
        let (tier, until) = (set.tier.clone(), set.until);
        reasons.push(if until > as_of {
            Reason::OverrideInForce { tier, until }
        } else {
            Reason::OverrideExpired { tier, until }
        });
    }
    let named = given.settled.iter().chain(given.r#override.iter().map(|set| &set.tier));
    reasons.extend(named.filter(|tier| !known(tier)).map(|tier| Reason::UnknownTier { tier: tier.clone() }));
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
                reasons.push(Reason::FactNotApplicable { indicator, fact: fact.of(spec).clone() });
            }
            (Input::Missing { fact, cause }, _) => {
                let fact = fact.of(spec).clone();
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
                reasons.push(Reason::NoDivisor { indicator, fact: Role::Whole.of(spec).clone() });
            }
            (Input::Known { stale, .. }, Line::Value { bound, .. }) => {
                if let Some((fact, since)) = *stale {
                    let fact = fact.of(spec).clone();
                    reasons.push(Reason::FactStale { indicator: indicator.clone(), fact, since, used: true });
                }
                if let Some(bound) = *bound {
                    reasons.push(Reason::OutOfRange { indicator, fact: spec.fact.clone(), bound });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Reference, preset};
    use guanxi_core::{FactMap, FactValue, Level, Score, parse_decimal, parse_instant};
    use std::hint::black_box;

    fn customer(profit: &str, growth: &str) -> FactMap {
        let decimal = |text: &str| FactValue::Decimal(parse_decimal(text).unwrap());
        let level = |value| FactValue::Level(Level::new(value, 5).unwrap());
        FactMap::new()
            .with("cumulative_profit".parse().unwrap(), decimal(profit), None)
            .with("cooperation_days".parse().unwrap(), FactValue::Int(2610), None)
            .with("industry_growth".parse().unwrap(), decimal(growth), None)
            .with("undeveloped_needs".parse().unwrap(), FactValue::Int(8), None)
            .with("total_needs".parse().unwrap(), FactValue::Int(9), None)
            .with("service_sensitivity".parse().unwrap(), level(1), None)
            .with("price_sensitivity".parse().unwrap(), level(3), None)
    }

    #[test]
    fn the_narrow_form_takes_nothing_from_the_heap() {
        let policy = preset("standard").unwrap();
        let as_of = parse_instant("2026-06-30").unwrap();
        let mut reference = Reference::new(&policy, as_of);
        reference.observe(&policy, &customer("98765432.10", "0.2499"));
        let reference = reference.pin("ours".parse().unwrap(), "1".parse().unwrap());
        let scorer = Scorer::new(&policy, &reference).unwrap();
        let count = |facts: &FactMap| {
            let inputs = scorer.inputs(&Watched::new(facts), as_of, Asked::All);
            let mut scores = None;
            let measured = allocation_counter::measure(|| scores = Some(black_box(scorer.scores(&inputs))));
            assert_eq!(scores, Some(scorer.wide(&inputs, &mut blank())));
            (measured.count_total, scores.and_then(|scores| scores.composite))
        };
        let never_bought = customer("1", "0.07").not_applicable("cumulative_profit".parse().unwrap());
        let found = [
            customer("285000.37", "0.07"),
            customer("-1", "7"),
            never_bought.clone().not_applicable("cooperation_days".parse().unwrap()),
            FactMap::new(),
        ];
        assert_eq!(count(&found[0]), (0, Some(Score::from_hundredths(5586).unwrap())));
        for facts in &found {
            assert_eq!(count(facts).0, 0);
        }
        // Too long for it: the wide form answers, from the heap.
        let long = "0.1234567890123456789012345679";
        let (allocations, composite) = count(&customer(long, long));
        assert!(allocations > 0 && composite.is_some());
    }
}
