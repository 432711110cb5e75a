//! Slow and obvious: the method written again in plain fractions, compared with the crate on random
//! populations and policies.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use chrono::{DateTime, Duration, FixedOffset, Utc};
use guanxi_core::{Fact, FactId, FactMap, Facts, ReasonCode, SubjectId, parse_instant};
use guanxi_policy::Body;
use guanxi_segmentation::{
    AbcDocument, AbcPopulation, AbcSpec, Amounts, Axis, Bound, By, ConditionSpec, Order, Reason, RfmDocument,
    RfmPopulation, Ties, ValuePopulation, arbitrary,
};
use num_bigint::BigInt;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn as_of() -> DateTime<Utc> {
    parse_instant("2026-06-30T13:20:00Z").unwrap()
}

/// A plain fraction, never reduced.
#[derive(Clone, Debug)]
struct Q(BigInt, BigInt);

impl Q {
    fn of(value: Decimal) -> Self {
        Self(value.mantissa().into(), BigInt::from(10).pow(value.scale()))
    }
    fn whole(n: usize) -> Self {
        Self(n.into(), 1.into())
    }
    fn plus(&self, other: &Self) -> Self {
        Self(&self.0 * &other.1 + &other.0 * &self.1, &self.1 * &other.1)
    }
    fn times(&self, other: &Self) -> Self {
        Self(&self.0 * &other.0, &self.1 * &other.1)
    }
    fn over(&self, other: &Self) -> Self {
        let sign = if other.0 < BigInt::ZERO { -1 } else { 1 };
        Self(&self.0 * &other.1 * sign, &self.1 * &other.0 * sign)
    }
    fn minus(&self, other: &Self) -> Self {
        self.plus(&Self(-other.0.clone(), other.1.clone()))
    }
}
impl PartialEq for Q {
    fn eq(&self, other: &Self) -> bool {
        &self.0 * &other.1 == &other.0 * &self.1
    }
}
impl Eq for Q {}
impl PartialOrd for Q {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Q {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (&self.0 * &other.1).cmp(&(&other.0 * &self.1))
    }
}
fn sum<'q>(all: impl Iterator<Item = &'q Q>) -> Q {
    all.fold(Q::whole(0), |sum, next| sum.plus(next))
}

fn known(facts: &FactMap, id: &FactId) -> Option<Q> {
    match facts.fact(id) {
        Fact::Known { value, observed_at } if observed_at.is_none_or(|at| at <= as_of()) => {
            value.number().map(Q::of)
        }
        _ => None,
    }
}

/// The number that a customer is sorted by.
fn weight_of(spec: &AbcSpec, everybody: &[FactMap], facts: &FactMap) -> Option<Q> {
    let zero = Q::whole(0);
    if spec.blend.is_empty() {
        return known(facts, &spec.amount);
    }
    let complete = |facts: &&FactMap| spec.blend.iter().all(|part| known(facts, &part.fact).is_some());
    let weights: Vec<Q> = spec.blend.iter().map(|part| Q::of(part.weight.0)).collect();
    let mut blend = zero.clone();
    for (part, weight) in spec.blend.iter().zip(&weights) {
        let own = known(facts, &part.fact)?.max(zero.clone());
        let greatest =
            everybody.iter().filter(complete).filter_map(|facts| known(facts, &part.fact)).max()?;
        if greatest > zero {
            blend = blend.plus(&own.over(&greatest).times(weight).over(&sum(weights.iter())));
        }
    }
    Some(blend)
}

/// The place of a customer's class.
fn class(spec: &AbcSpec, everybody: &[Option<Q>], own: &Q) -> usize {
    let zero = Q::whole(0);
    let last = spec.classes.len() - 1;
    if *own <= zero {
        return last;
    }
    let known: Vec<&Q> = everybody.iter().flatten().collect();
    let more: Vec<&Q> = known.iter().filter(|other| **other > own).copied().collect();
    let before = match spec.by {
        By::Rank => Q::whole(more.len()).over(&Q::whole(known.len())),
        By::Cumulative => {
            let total = sum(known.iter().filter(|other| ***other > zero).copied());
            sum(more.into_iter()).over(&total)
        }
    };
    let within = |limit: Decimal| before < Q::of(limit);
    spec.classes.iter().position(|class| class.limit.is_none_or(|limit| within(limit.get()))).unwrap()
}

fn check_abc(policy: &AbcDocument, everybody: &[FactMap]) {
    let spec = policy.body().spec();
    let mut population = AbcPopulation::new(policy, as_of());
    everybody.iter().for_each(|facts| population.observe(facts));
    let abc = population.finish();
    let weights: Vec<Option<Q>> = everybody.iter().map(|facts| weight_of(&spec, everybody, facts)).collect();
    for (facts, own) in everybody.iter().zip(&weights) {
        let decision = abc.classify(facts);
        let expected = own.as_ref().map(|own| spec.classes[class(&spec, &weights, own)].id.clone());
        assert_eq!(decision.outcome.class, expected);
        if !spec.blend.is_empty() && own.is_some() {
            let points: u64 = decision.reasons.iter().map(points).sum();
            let exact = own.as_ref().unwrap().times(&Q::whole(10_000));
            let off = exact.minus(&Q::whole(usize::try_from(points).unwrap()));
            assert!(off >= Q((-1).into(), 2.into()) && off < Q(1.into(), 2.into()), "{points} {exact:?}");
        }
    }
    let report = abc.report();
    for (place, row) in report.classes.iter().enumerate() {
        let members = weights.iter().flatten().filter(|own| class(&spec, &weights, own) == place).count();
        assert_eq!(row.count, u64::try_from(members).unwrap());
    }
}

fn points(reason: &Reason) -> u64 {
    if let Reason::Blended { points, .. } = reason { points.hundredths().into() } else { 0 }
}

/// Half the mean absolute difference of all pairs, relative to the mean.
fn gini(amounts: &[Decimal]) -> Option<Q> {
    let amounts: Vec<Q> = amounts.iter().map(|amount| Q::of((*amount).max(Decimal::ZERO))).collect();
    let (n, total) = (Q::whole(amounts.len()), sum(amounts.iter()));
    if total == Q::whole(0) {
        return None;
    }
    let mut differences = Q::whole(0);
    for a in &amounts {
        for b in &amounts {
            differences = differences.plus(&if a > b { a.minus(b) } else { b.minus(a) });
        }
    }
    Some(differences.over(&Q::whole(2)).over(&n).over(&total))
}

/// Recency, frequency, monetary value of orders.
fn rfm_values(policy: &RfmDocument, orders: &[Order]) -> Option<[Q; 3]> {
    let offset = FixedOffset::east_opt(policy.body().spec().utc_offset_minutes * 60).unwrap();
    let day = |at: DateTime<Utc>| at.with_timezone(&offset).date_naive();
    let past: Vec<&Order> = orders.iter().filter(|order| order.at <= as_of()).collect();
    let mut days: Vec<_> = past.iter().filter(|o| o.amount >= Decimal::ZERO).map(|o| day(o.at)).collect();
    days.sort();
    days.dedup();
    let last = *days.last()?;
    let net: Vec<Q> = past.iter().map(|order| Q::of(order.amount)).collect();
    let recency = usize::try_from((day(as_of()) - last).num_days()).unwrap();
    Some([Q::whole(recency), Q::whole(days.len()), sum(net.iter())])
}

fn score(policy: &RfmDocument, axis: Axis, all: &[(SubjectId, Q)], id: &SubjectId, own: &Q) -> u8 {
    let spec = policy.body().axis(axis);
    let n = usize::from(spec.scores);
    let better = |a: &Q, b: &Q| if axis == Axis::Recency { a < b } else { a > b };
    let score = match (&spec.cuts, spec.ties) {
        (Some(cuts), _) => {
            // A value is at least as good as a cut point unless the cut point is better.
            1 + cuts.iter().filter(|cut| !better(&Q::of(cut.0), own)).count()
        }
        (None, Some(Ties::Rank)) => {
            let worse = all
                .iter()
                .filter(|(other, value)| better(own, value) || (value == own && other > id))
                .count();
            1 + n * (2 * worse + 1) / (2 * all.len())
        }
        (None, _) => {
            let worse = all.iter().filter(|(_, value)| better(own, value)).count();
            let equal = all.iter().filter(|(_, value)| value == own).count();
            (1 + n * (2 * worse + equal) / (2 * all.len())).min(n)
        }
    };
    u8::try_from(score).unwrap()
}

fn holds(spec: &ConditionSpec, everybody: &[FactMap], facts: &FactMap) -> bool {
    let words = [
        (&spec.at_least, [true, true, false]),
        (&spec.above, [true, false, false]),
        (&spec.at_most, [false, true, true]),
        (&spec.below, [false, false, true]),
    ];
    let (bound, [above, equal, below]) = words.iter().find_map(|(b, w)| b.as_ref().map(|b| (b, *w))).unwrap();
    let bound = match bound {
        Bound::Number(number) => Some(Q::of(number.0)),
        Bound::Times { fact, by } => known(facts, fact).map(|value| value.times(&Q::of(by.0))),
        Bound::Quantile(quantile) => {
            let mut values: Vec<Q> = everybody.iter().filter_map(|facts| known(facts, &spec.fact)).collect();
            values.sort();
            let n = values.len();
            // The first place that is at least q * n.
            (1..=n)
                .find(|place| Q::whole(*place) >= Q::of(quantile.get()).times(&Q::whole(n)))
                .map(|place| values[place - 1].clone())
        }
    };
    let (Some(value), Some(bound)) = (known(facts, &spec.fact), bound) else { return false };
    (value > bound && above) || (value == bound && equal) || (value < bound && below)
}

proptest! {
    #[test]
    fn classes_are_those_of_the_plain_method(
        policy in arbitrary::abc_policy(), everybody in prop::collection::vec(arbitrary::facts(as_of()), 0..12),
    ) {
        check_abc(&policy, &everybody);
    }

    #[test]
    fn gini_is_half_the_relative_mean_difference(amounts in prop::collection::vec(guanxi_core::arbitrary::decimal(), 0..12)) {
        let mut counted = Amounts::default();
        amounts.iter().for_each(|amount| counted.observe(*amount));
        let expected = gini(&amounts);
        let fraction = counted.gini().ok().map(|gini| {
            let text = gini.to_string();
            let (a, b) = text.split_once('/').unwrap();
            Q(a.parse().unwrap(), b.parse().unwrap())
        });
        prop_assert_eq!(fraction, expected);
        let shares: Vec<Q> = amounts.iter().map(|amount| Q::of((*amount).max(Decimal::ZERO))).collect();
        let total = sum(shares.iter());
        if total > Q::whole(0) {
            let squares: Vec<Q> = shares.iter().map(|x| x.over(&total).times(&x.over(&total))).collect();
            let text = counted.hhi().unwrap().to_string();
            let (a, b) = text.split_once('/').unwrap();
            prop_assert_eq!(Q(a.parse().unwrap(), b.parse().unwrap()), sum(squares.iter()));
        }
    }

    #[test]
    fn scores_are_those_of_the_plain_method(
        policy in arbitrary::rfm_policy(), everybody in prop::collection::vec(arbitrary::orders(as_of()), 1..10),
    ) {
        let id = |i: usize| SubjectId::new(&format!("C{i}")).unwrap();
        let mut population = RfmPopulation::new(&policy, as_of());
        for (i, orders) in everybody.iter().enumerate() {
            population.observe_orders(&id(i), orders.iter().copied()).unwrap();
        }
        let rfm = population.finish();
        // What no decimal can hold is refused; who is refused is in no rank.
        let fits = |i: usize| !rfm.decide(&id(i)).unwrap().reasons.iter().any(|reason| reason.code() == "too_many_digits");
        let values: Vec<Option<[Q; 3]>> = everybody.iter().enumerate()
            .map(|(i, orders)| rfm_values(&policy, orders).filter(|_| fits(i))).collect();
        for (i, own) in values.iter().enumerate() {
            let outcome = rfm.decide(&id(i)).unwrap().outcome;
            let scores = [outcome.recency, outcome.frequency, outcome.monetary];
            for (place, axis) in Axis::ALL.into_iter().enumerate() {
                let all: Vec<(SubjectId, Q)> = values.iter().enumerate()
                    .filter_map(|(i, values)| Some((id(i), values.as_ref()?[place].clone()))).collect();
                let expected = own.as_ref().map(|own| score(&policy, axis, &all, &id(i), &own[place]));
                prop_assert_eq!(scores[place], expected);
            }
            let segment = own.as_ref().map(|_| format!("s{}", outcome.recency.unwrap()));
            prop_assert_eq!(outcome.segment.map(|id| id.to_string()), segment);
        }
    }

    /// One second before `next_change` the scores are as they are; at that instant they are not, unless a
    /// future order is what changes.
    #[test]
    fn recency_drops_exactly_at_next_change(policy in arbitrary::rfm_policy(), orders in arbitrary::orders(as_of())) {
        let subject = SubjectId::new("C1").unwrap();
        prop_assume!(policy.body().axis(Axis::Recency).cuts.is_some());
        let at = |instant: DateTime<Utc>| {
            let mut population = RfmPopulation::new(&policy, instant);
            let past = orders.iter().copied().filter(|order| order.at <= as_of());
            population.observe_orders(&subject, past).unwrap();
            population.finish().decide(&subject).unwrap()
        };
        let now = at(as_of());
        match now.next_change {
            Some(change) => {
                prop_assert_eq!(&at(change - Duration::seconds(1)).outcome, &now.outcome);
                prop_assert_ne!(&at(change).outcome, &now.outcome);
            }
            None => prop_assert_eq!(&at(as_of() + Duration::days(1_000)).outcome, &now.outcome),
        }
    }

    #[test]
    fn the_first_rule_that_holds_decides(
        policy in arbitrary::value_policy(), everybody in prop::collection::vec(arbitrary::facts(as_of()), 1..10),
    ) {
        let spec = policy.body().spec();
        let mut population = ValuePopulation::new(&policy, as_of());
        everybody.iter().for_each(|facts| population.observe(facts));
        let segments = population.finish();
        for facts in &everybody {
            let rule = spec.rules.iter().find(|rule| rule.all.iter().all(|one| holds(one, &everybody, facts)));
            let nothing = policy.body().facts().into_iter().all(|fact| known(facts, fact).is_none());
            let expected = rule.map_or(&spec.default, |rule| &rule.segment);
            let expected = (!nothing).then(|| expected.clone());
            prop_assert_eq!(segments.classify(facts).outcome.segment, expected);
        }
    }
}
