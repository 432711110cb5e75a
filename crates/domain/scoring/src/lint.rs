//! What is legal in a policy but suspicious.
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use guanxi_core::{FactId, Score, Share, TierId, ratio};
use guanxi_policy::Warning;
use rust_decimal::Decimal;

use crate::dimension::Dimension;
use crate::lift::quantum;
use crate::plan::cap;
use crate::policy::{PolicyDocument, ScoringPolicy};
use crate::reference::{PinnedReference, Statistic, Statistics};
use crate::spec::{Direction, IndicatorSpec, MissingRule, Normaliser};

/// Lists what is legal but suspicious in a policy, and in the reference that it would be used with.
///
/// In the order of the document: weights of 0, dimensions of one indicator, indicators that are
/// influenceable to no end, steps that are not monotone, tiers that no population can reach, tiers that need one dominant customer, expected
/// shares that cannot make a whole, facts that nothing reads; then greatest values near 0.
#[must_use]
pub fn lint(policy: &PolicyDocument, reference: Option<&PinnedReference>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let body = policy.body();
    weights(body, &mut warnings);
    influence(body, &mut warnings);
    steps(body, &mut warnings);
    reach(body, &mut warnings);
    concentration(body, &mut warnings);
    shares(body, &mut warnings);
    unread(body, &mut warnings);
    if let Some(reference) = reference {
        near_zero(body, reference, &mut warnings);
    }
    warnings
}

fn warn(warnings: &mut Vec<Warning>, path: String, code: &'static str, found: String, advice: &str) {
    warnings.push(Warning { path, code, found, advice: advice.to_string() });
}

fn weights(policy: &ScoringPolicy, warnings: &mut Vec<Warning>) {
    for dimension in Dimension::ALL.into_iter().filter(|dimension| policy.states(*dimension)) {
        if policy.dimension_part(dimension).0 == 0 {
            let advice = "the dimension is shown but does not count";
            warn(
                warnings,
                format!("body.dimensions.{dimension}"),
                "weight_of_zero",
                "weight 0".to_string(),
                advice,
            );
            continue;
        }
        let group =
            || policy.weighed().filter(|(indicator, part, _)| indicator.dimension == dimension && *part > 0);
        if group().count() == 1
            && let Some((only, ..)) = group().next()
        {
            let advice = "a single missing fact leaves the dimension unknown, and with it the tier";
            let found = format!("`{}` alone makes up {dimension}", only.id);
            warn(warnings, format!("body.dimensions.{dimension}"), "single_indicator", found, advice);
        }
    }
    for (position, (indicator, part, _)) in policy.weighed().enumerate() {
        if part == 0 {
            let advice = "the indicator is shown but does not count";
            let found = format!("`{}` weighs 0", indicator.id);
            warn(warnings, format!("body.indicators[{position}].weight"), "weight_of_zero", found, advice);
        }
    }
}

fn influence(policy: &ScoringPolicy, warnings: &mut Vec<Warning>) {
    let ours = policy.weighed().enumerate().filter(|(_, (indicator, ..))| indicator.influenceable);
    for (position, (indicator, part, _)) in ours {
        let path = || format!("body.indicators[{position}].influenceable");
        if part == 0 || policy.dimension_part(indicator.dimension).0 == 0 {
            let found = format!("`{}` weighs nothing in the composite", indicator.id);
            let advice = "no work on it lifts anybody: give it a weight, or take the mark away";
            warn(warnings, path(), "influence_without_weight", found, advice);
        }
        let schema = policy.facts().get(&indicator.fact);
        if schema.is_some_and(|schema| quantum(schema).is_none()) {
            let found = format!("`{}` has no step that it can change by", indicator.fact);
            let advice = "a lift counts in steps: give the fact a quantum, whole for a whole number";
            warn(warnings, path(), "influence_without_quantum", found, advice);
        }
    }
}

fn steps(policy: &ScoringPolicy, warnings: &mut Vec<Warning>) {
    for (position, indicator) in policy.indicators().iter().enumerate() {
        if let Normaliser::Steps { steps } = &indicator.normaliser
            && steps.iter().zip(steps.iter().skip(1)).any(|(a, b)| a.value > b.value)
        {
            let path = format!("body.indicators[{position}].normaliser.steps");
            let advice = "a better input can score lower; if less is better, use the direction";
            warn(
                warnings,
                path,
                "steps_not_monotone",
                format!("falling values in `{}`", indicator.id),
                advice,
            );
        }
    }
}

/// The least and the greatest value of an indicator, in ten-thousandths, rounded outwards; what a missing
/// input counts as is among them.
fn range(policy: &ScoringPolicy, indicator: &IndicatorSpec) -> (u64, u64) {
    const ALL: u64 = 10_000;
    let schema = policy.facts().get(&indicator.fact);
    // Where the schema bounds the fact, it bounds the value: in ten-thousandths of what earns 1.
    let bound = |limit: Option<Decimal>, outward: fn(&Decimal) -> Decimal, from: Decimal, span: Decimal| {
        let steps = limit?.checked_sub(from)?.checked_div(span)?.checked_mul(Decimal::from(ALL))?;
        u64::try_from(outward(&steps).clamp(Decimal::ZERO, Decimal::from(ALL))).ok()
    };
    let bounded = |from: Decimal, span: Decimal| {
        let (min, max) = (schema.and_then(|schema| schema.min), schema.and_then(|schema| schema.max));
        (
            bound(min, Decimal::floor, from, span).unwrap_or(0),
            bound(max, Decimal::ceil, from, span).unwrap_or(ALL),
        )
    };
    let (low, high) = match &indicator.normaliser {
        Normaliser::Level => match schema.map(|schema| schema.kind) {
            Some(guanxi_core::FactKind::Level { of }) => (ALL / u64::from(of.max(1)), ALL),
            _ => (0, ALL),
        },
        Normaliser::Steps { steps } => {
            let scaled = |share: Share| share.get().checked_mul(Decimal::from(ALL)).unwrap_or_default();
            let values = || steps.iter().map(|step| scaled(step.value));
            let (low, high) = (values().min().unwrap_or_default(), values().max().unwrap_or_default());
            (u64::try_from(low.floor()).unwrap_or_default(), u64::try_from(high.ceil()).unwrap_or(ALL))
        }
        Normaliser::RelativeToFixed { of } => bounded(Decimal::ZERO, of.0),
        Normaliser::Linear { from, to } => bounded(from.0, to.0.checked_sub(from.0).unwrap_or(Decimal::ONE)),
        _ => (0, ALL),
    };
    let reversed =
        indicator.direction == Direction::LowerIsBetter && indicator.normaliser != Normaliser::Level;
    let (low, high) = if reversed { (ALL - high.min(ALL), ALL - low.min(ALL)) } else { (low, high) };
    match indicator.missing {
        MissingRule::Lowest => (0, high),
        MissingRule::Neutral => (low.min(ALL / 2), high.max(ALL / 2)),
        MissingRule::Renormalise | MissingRule::Refuse => (low, high),
    }
}

/// The least and the greatest composite that any population can have, rounded outwards to hundredths.
fn composites(policy: &ScoringPolicy) -> (Score, Score) {
    let (mut low, mut high) = (0_u128, 0_u128);
    // Weights are below 2^34 and there are three dimensions: all products fit.
    let mut whole = 1_u128;
    for dimension in Dimension::ALL {
        let (outer, all) = policy.dimension_part(dimension);
        let group: Vec<_> =
            policy.weighed().filter(|(i, part, _)| i.dimension == dimension && *part > 0).collect();
        // With inputs missing, the rest weighs more: the extremes are those of the single indicators.
        let ranges = || group.iter().map(|(indicator, ..)| range(policy, indicator));
        let (least, most) =
            (ranges().map(|(l, _)| l).min().unwrap_or(0), ranges().map(|(_, h)| h).max().unwrap_or(0));
        low = low.saturating_add(u128::from(least) * u128::from(outer));
        high = high.saturating_add(u128::from(most) * u128::from(outer));
        whole = u128::from(all.max(1));
    }
    let score = |points: u128| {
        Score::from_hundredths(u16::try_from(points).unwrap_or(u16::MAX)).unwrap_or(Score::MAX)
    };
    (score(low / whole), score(high.div_ceil(whole)))
}

fn reach(policy: &ScoringPolicy, warnings: &mut Vec<Warning>) {
    let (low, high) = composites(policy);
    let advice = "no population can reach the tier: mend its floor or the normalisers";
    for (position, tier) in policy.tiers().iter().enumerate() {
        let next = policy.bands().iter().map(|(_, floor)| floor).filter(|floor| *floor > tier.floor).min();
        if tier.floor > high || next.is_some_and(|next| next <= low) {
            let found = format!("`{}` while composites lie between {low} and {high}", tier.id);
            warn(warnings, format!("body.tiers[{position}].floor"), "tier_unreachable", found, advice);
        }
    }
}

/// The tiers that only a customer with a large part of a total can reach, with that fact and that part.
///
/// An indicator relative to the total of all customers is small for everybody but a dominant one. With
/// the weight w in the composite, a tier from f needs a part s with 100 (1 - w) + 100 w s >= f: for the
/// policy `literal`, 90 points need 60 % of all profit. Rounded to four places.
#[must_use]
pub fn dominant_shares(policy: &ScoringPolicy) -> Vec<(TierId, FactId, Share)> {
    let mut found = Vec::new();
    let relative = |indicator: &&IndicatorSpec| {
        indicator.normaliser == Normaliser::RelativeToTotal
            && indicator.direction == Direction::HigherIsBetter
    };
    for indicator in policy.indicators().iter().filter(relative) {
        let weight = policy.composite_share(indicator).get();
        for tier in policy.tiers() {
            let wanted = ratio(tier.floor.to_decimal(), Decimal::ONE_HUNDRED, 4).unwrap_or_default();
            let short =
                wanted.checked_add(weight).unwrap_or_default().checked_sub(Decimal::ONE).unwrap_or_default();
            let share = ratio(short, weight, 4).and_then(|share| Share::try_from(share).ok());
            if let Some(share) = share.filter(|share| *share > Share::NONE) {
                found.push((tier.id.clone(), indicator.fact.clone(), share));
            }
        }
    }
    found
}

fn concentration(policy: &ScoringPolicy, warnings: &mut Vec<Warning>) {
    for (tier, fact, share) in dominant_shares(policy) {
        let position = policy.tiers().iter().position(|listed| listed.id == tier).unwrap_or_default();
        let percent = share.get().checked_mul(Decimal::ONE_HUNDRED).unwrap_or_default().normalize();
        let found = format!("`{tier}` needs {percent} % of the total of `{fact}` in one customer");
        let advice =
            "in an ordinary company the tier stays empty: relative_to_max compares with the greatest";
        warn(warnings, format!("body.tiers[{position}].floor"), "needs_dominant_customer", found, advice);
    }
}

fn shares(policy: &ScoringPolicy, warnings: &mut Vec<Warning>) {
    let expected: Vec<_> = policy.tiers().iter().filter_map(|tier| tier.expected_share).collect();
    if expected.is_empty() {
        return;
    }
    let sum = |bounds: &mut dyn Iterator<Item = Share>| {
        bounds.fold(Decimal::ZERO, |sum, share| sum.checked_add(share.get()).unwrap_or(sum))
    };
    let least = sum(&mut expected.iter().map(|share| share.from));
    let most = sum(&mut expected.iter().map(|share| share.to));
    let all = expected.len() == policy.tiers().len();
    if least > Decimal::ONE || (all && most < Decimal::ONE) {
        let found = format!("expected shares from {least} to {most} in all");
        warn(
            warnings,
            "body.tiers".to_string(),
            "shares_not_whole",
            found,
            "no population can have such shares",
        );
    }
}

fn unread(policy: &ScoringPolicy, warnings: &mut Vec<Warning>) {
    for id in policy.facts().keys() {
        let reads = |indicator: &IndicatorSpec| {
            indicator.fact == *id
                || matches!(&indicator.normaliser, Normaliser::ShareOf { whole } if whole == id)
        };
        let part = policy.facts().values().any(|schema| schema.part_of.as_ref() == Some(id));
        if !part && !policy.indicators().iter().any(reads) {
            warn(
                warnings,
                format!("body.facts.{id}"),
                "fact_unread",
                format!("`{id}`"),
                "no indicator reads the fact",
            );
        }
    }
}

fn near_zero(policy: &ScoringPolicy, reference: &PinnedReference, warnings: &mut Vec<Warning>) {
    for (position, (indicator, part, _)) in policy.weighed().enumerate() {
        let Some(statistic) = indicator.normaliser.statistic().filter(|_| part > 0) else { continue };
        let path = format!("body.indicators[{position}].normaliser");
        let kept = reference.body().statistics(&indicator.fact);
        if kept.is_none_or(|kept| kept.count() == 0) {
            let found = format!("nobody in the reference has `{}`", indicator.fact);
            warn(warnings, path, "reference_empty", found, "the indicator is missing for everybody");
            continue;
        }
        let schema = policy.facts().get(&indicator.fact);
        // A hundred steps are the least at which one step moves the value by no more than a point.
        let least = schema.and_then(|schema| schema.quantum?.checked_mul(Decimal::ONE_HUNDRED));
        let is_level =
            schema.is_some_and(|schema| matches!(schema.kind, guanxi_core::FactKind::Level { .. }));
        let (what, divisor) = match (statistic, &indicator.normaliser) {
            (Statistic::Total, _) => (
                "total",
                kept.and_then(|kept| kept.total()?.positive_steps()).is_some().then_some(Decimal::MAX),
            ),
            (Statistic::Values, Normaliser::Capped { quantile }) => {
                ("cap", kept.and_then(|kept| cap(kept.values()?, *quantile)))
            }
            // A percentile divides by nothing but the count.
            (Statistic::Values, _) => continue,
            (Statistic::Max, _) => ("greatest value", kept.and_then(Statistics::max)),
        };
        let near = |divisor: Decimal| !is_level && least.is_some_and(|least| divisor < least);
        if divisor.is_none_or(|divisor| divisor <= Decimal::ZERO) {
            let found = format!("the {what} of `{}` in the reference is not above 0", indicator.fact);
            warn(warnings, path, "reference_near_zero", found, "the indicator is missing for everybody");
        } else if let Some(divisor) = divisor.filter(|divisor| near(*divisor)) {
            let found = format!("the {what} of `{}` in the reference is {divisor}", indicator.fact);
            let advice = "values relative to a number near 0 jump from one customer to the next";
            warn(warnings, path, "reference_near_zero", found, advice);
        }
    }
}
