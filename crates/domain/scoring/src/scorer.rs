//! The decision itself.
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Basis, Decision, FactError, FactId, Facts, Score, TierId};
use num_bigint::BigUint;

use crate::asking::{Asked, Asking, Heard};
use crate::assessment::{Assessment, Explained, Given, Standing, Tiers};
use crate::batch::Wiring;
use crate::contributions::contributions;
use crate::dimension::{ByDimension, Dimension};
use crate::evaluate::{Counts, Evaluation, Note, Part, Scored, blank, evaluate, evaluate_scored};
use crate::input::{Cause, Input, Inputs, Role, unasked};
use crate::number::Nat;
use crate::plan::{Form, Line, Plan};
use crate::policy::{PolicyDocument, ScoringPolicy};
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
    /// What is asked for a decision, and what for an explanation.
    weighing: Asking,
    all: Asking,
    /// 64 bits and 128 bits, where the constants fit; a row that does not fit goes the next way.
    short: Option<Plan<u64>>,
    narrow: Option<Plan<u128>>,
    wide: Plan<BigUint>,
    /// What a batch needs.
    pub(crate) wiring: Wiring,
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
            short: Plan::compile(policy.body(), reference.body()),
            narrow,
            wide: Plan::compile(policy.body(), reference.body()).ok_or(ScorerError::Constants)?,
            shape: Shape::of(policy.body()),
            weighing: Asking::new(policy.body(), Asked::Weighing),
            all: Asking::new(policy.body(), Asked::All),
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
        let asking = &self.weighing;
        let mut heard = asking.silence();
        asking.hear(facts, as_of, &mut heard);
        let evaluation = self.scores(&heard.inputs);
        self.decision(&Told { asking, heard: &heard, given, as_of }, &evaluation)
    }

    /// What each indicator contributes to the composite, or to the rank of a prospect, in the order of
    /// the policy; computed only when asked for.
    #[must_use]
    pub fn explain(&self, facts: &dyn Facts, as_of: DateTime<Utc>) -> Vec<Explained<'_>> {
        let mut heard = self.all.silence();
        self.all.hear(facts, as_of, &mut heard);
        self.explained(&heard.inputs).1
    }

    /// Assesses one customer and explains it, at little more than the cost of the explanation.
    pub fn assess_explained(
        &self,
        facts: &dyn Facts,
        given: &Given,
        as_of: DateTime<Utc>,
    ) -> (Decision<Assessment, Reason>, Vec<Explained<'_>>) {
        let asking = &self.all;
        let mut heard = asking.silence();
        asking.hear(facts, as_of, &mut heard);
        let (evaluation, contributions) = self.explained(&heard.inputs);
        (self.decision(&Told { asking, heard: &heard, given, as_of }, &evaluation), contributions)
    }

    /// The scores of a row of inputs and what each contributes, in the narrowest form that answers.
    fn explained(&self, inputs: &[Input]) -> (Evaluation, Vec<Explained<'_>>) {
        let short = self.explained_by(self.short.as_ref(), inputs);
        let explained = short.or_else(|| self.explained_by(self.narrow.as_ref(), inputs));
        // The wide form always answers; what stands in for it is never reached.
        let explained = explained.or_else(|| self.explained_by(Some(&self.wide), inputs));
        explained.unwrap_or_else(|| (Evaluation::nothing(), Vec::new()))
    }

    /// The same in one width; `None` where it does not suffice.
    fn explained_by<N: Nat>(
        &self,
        plan: Option<&Plan<N>>,
        inputs: &[Input],
    ) -> Option<(Evaluation, Vec<Explained<'_>>)> {
        let mut counts = blank();
        let evaluation = evaluate(&self.shape, plan?, inputs, &mut counts)?;
        let contributions = contributions(self.policy.body(), &self.shape, inputs, &counts, &evaluation)?;
        Some((evaluation, contributions))
    }

    /// The scores that a row of inputs comes to, one for each indicator in the order of the policy, in
    /// the narrowest form that answers. Only the wide one takes memory from the heap.
    pub(crate) fn scores(&self, inputs: &[Input]) -> Evaluation {
        let short = self.short.as_ref().and_then(|plan| evaluate(&self.shape, plan, inputs, &mut blank()));
        let narrow = || evaluate(&self.shape, self.narrow.as_ref()?, inputs, &mut blank());
        short.or_else(narrow).unwrap_or_else(|| self.wide(inputs, &mut blank()))
    }

    /// What is heard of what weighs.
    pub(crate) fn heard<'f>(&self, facts: &'f dyn Facts, as_of: DateTime<Utc>) -> Heard<'f> {
        let mut heard = self.weighing.silence();
        self.weighing.hear(facts, as_of, &mut heard);
        heard
    }

    /// Decides by what was heard of a customer and, where a batch has them, the scores.
    pub(crate) fn decide(
        &self,
        heard: &Heard<'_>,
        scored: Option<Scored>,
        given: &Given,
        as_of: DateTime<Utc>,
    ) -> Decision<Assessment, Reason> {
        let evaluation = scored.and_then(|scored| {
            let short = self.short.as_ref();
            let short = short.and_then(|plan| evaluate_scored(&self.shape, plan, &heard.inputs, scored));
            short.or_else(|| evaluate_scored(&self.shape, self.narrow.as_ref()?, &heard.inputs, scored))
        });
        let evaluation = evaluation.unwrap_or_else(|| self.scores(&heard.inputs));
        self.decision(&Told { asking: &self.weighing, heard, given, as_of }, &evaluation)
    }

    /// What the input of the indicator at a position comes to; `None` where 128 bits do not suffice.
    pub(crate) fn narrow_line(&self, position: usize, input: &Input) -> Option<Line<u128>> {
        self.narrow.as_ref()?.line(position, input)
    }

    /// The inputs that weigh, and the composite that they make.
    pub(crate) fn composite_of(&self, facts: &dyn Facts, as_of: DateTime<Utc>) -> (Inputs, Option<Score>) {
        let inputs = self.heard(facts, as_of).inputs;
        let composite = self.scores(&inputs).composite;
        (inputs, composite)
    }

    /// What the input of the indicator at a position comes to, whatever the width.
    pub(crate) fn wide_line(&self, position: usize, input: &Input) -> Line<BigUint> {
        self.wide.line(position, input).unwrap_or(Line::Missing)
    }

    fn wide(&self, inputs: &[Input], counts: &mut Counts<BigUint>) -> Evaluation {
        // The wide form has an answer for every step; what stands in for it is never reached.
        evaluate(&self.shape, &self.wide, inputs, counts).unwrap_or_else(Evaluation::nothing)
    }

    fn decision(&self, told: &Told<'_>, evaluation: &Evaluation) -> Decision<Assessment, Reason> {
        let Told { heard, given, as_of, .. } = *told;
        let outcome = self.outcome(evaluation, given, as_of);
        // The tier, the next one, and a remark: few decisions say more.
        let mut reasons = Vec::with_capacity(3);
        tier_reasons(self.policy.body(), &outcome, given, as_of, &mut reasons);
        self.standing_reasons(evaluation, &mut reasons);
        input_reasons(self.policy.body(), &heard.inputs, &evaluation.notes, &mut reasons);
        self.remarks(&outcome, as_of, &mut reasons);
        let next_change = self.next_change(told, &outcome);
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
        if let Some(id) = &outcome.tier {
            let mut tiers = self.policy.body().tiers().iter().zip(&self.shape.profiles);
            let profile = tiers.find(|(tier, _)| tier.id == *id).map(|(_, profile)| profile);
            for (dimension, range) in profile.into_iter().flatten() {
                let Some(score) = *outcome.dimensions.get(*dimension) else { continue };
                if !range.contains(score) {
                    let (tier, dimension) = (id.clone(), *dimension);
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
    fn next_change(&self, told: &Told<'_>, outcome: &Assessment) -> Option<DateTime<Utc>> {
        let Told { asking, heard: Heard { answers, .. }, given, as_of } = *told;
        let head = self.policy.head();
        let limits = [head.effective_from, head.effective_to];
        let mut instants = asking.instants(answers);
        instants.extend(given.r#override.as_ref().map(|set| set.until));
        instants.extend(limits.into_iter().flatten());
        if instants.is_empty() {
            return None;
        }
        instants.retain(|instant| *instant > as_of);
        instants.sort_unstable();
        instants.dedup();
        instants.into_iter().find(|instant| {
            limits.contains(&Some(*instant)) || {
                let mut inputs = unasked();
                asking.find(answers, *instant, &mut inputs);
                self.outcome(&self.scores(&inputs), given, *instant) != *outcome
            }
        })
    }
}

/// What a customer was asked, what was heard, and what else a decision is made of.
struct Told<'f> {
    asking: &'f Asking,
    heard: &'f Heard<'f>,
    given: &'f Given,
    as_of: DateTime<Utc>,
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
fn input_reasons(policy: &ScoringPolicy, inputs: &[Input], notes: &[Note], reasons: &mut Vec<Reason>) {
    // Most inputs are in order.
    if notes.iter().all(|note| *note == Note::Nothing) {
        return;
    }
    for ((spec, input), note) in policy.indicators().iter().zip(inputs).zip(notes) {
        if *note == Note::Nothing {
            continue;
        }
        let indicator = spec.id.clone();
        match (input, note) {
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
            (Input::Known { .. }, Note::NoValue | Note::Nothing) => {
                // Of a share it is the whole that there is nothing of.
                reasons.push(Reason::NoDivisor { indicator, fact: Role::Whole.of(spec).clone() });
            }
            (Input::Known { stale, .. }, Note::Counts { bound }) => {
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
            let mut heard = scorer.all.silence();
            scorer.all.hear(facts, as_of, &mut heard);
            let inputs = heard.inputs;
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
