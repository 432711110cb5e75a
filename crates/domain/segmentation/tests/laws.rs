//! What holds for every policy and every population.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use chrono::{DateTime, Utc};
use guanxi_core::{Decision, FactMap, Facts, SubjectId, parse_instant};
use guanxi_policy::{Body, Document};
use guanxi_segmentation::{
    AbcDocument, AbcPolicy, AbcPopulation, AbcSpec, Amounts, Axis, Order, Reason, RfmDocument, RfmPolicy,
    RfmPopulation, Ties, ValuePopulation, ValueTally, arbitrary, segment_abc, segment_rfm, segment_value,
};
use proptest::prelude::*;

fn as_of() -> DateTime<Utc> {
    parse_instant("2026-06-30T13:20:00Z").unwrap()
}

fn id(i: usize) -> SubjectId {
    SubjectId::new(&format!("C{i}")).unwrap()
}

type Customers<T> = Vec<(SubjectId, T)>;

/// Customers, and the same ones in another order.
fn shuffled<T: Clone + core::fmt::Debug + 'static>(
    customer: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = (Customers<T>, Customers<T>)> {
    prop::collection::vec(customer, 0..10)
        .prop_map(|all| all.into_iter().enumerate().map(|(i, one)| (id(i), one)).collect::<Vec<_>>())
        .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
}

/// An ABC policy in which the amount alone decides.
fn amount_policy() -> impl Strategy<Value = AbcDocument> {
    arbitrary::abc_policy().prop_map(|policy| {
        let spec = AbcSpec { blend: Vec::new(), ..policy.body().spec() };
        Document::seal(policy.head().clone(), AbcPolicy::try_from(&spec).unwrap())
    })
}

/// An RFM policy that gives everybody a rank of its own by monetary value.
fn ranked_policy() -> impl Strategy<Value = RfmDocument> {
    arbitrary::rfm_policy().prop_map(|policy| {
        let mut spec = policy.body().spec();
        (spec.monetary.cuts, spec.monetary.ties) = (None, Some(Ties::Rank));
        Document::seal(policy.head().clone(), RfmPolicy::try_from(&spec).unwrap())
    })
}

fn everybody(facts: &[(SubjectId, FactMap)]) -> Vec<(&SubjectId, &dyn Facts)> {
    facts.iter().map(|(id, facts)| (id, facts as &dyn Facts)).collect()
}

/// Decisions by customer, whatever their order was.
fn by_id<T: Clone>(
    facts: &[(SubjectId, FactMap)],
    decisions: &[Decision<T, Reason>],
) -> Vec<(SubjectId, Decision<T, Reason>)> {
    let mut all: Vec<_> = facts.iter().map(|(id, _)| id.clone()).zip(decisions.iter().cloned()).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// Every decision survives its JSON.
fn survives<T>(decisions: &[Decision<T, Reason>])
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + core::fmt::Debug,
{
    for decision in decisions {
        let json = serde_json::to_string(decision).unwrap();
        assert_eq!(&serde_json::from_str::<Decision<T, Reason>>(&json).unwrap(), decision);
    }
}

fn document_survives<B: Body + PartialEq + core::fmt::Debug>(document: &Document<B>) {
    assert_eq!(Document::from_value(&document.to_value()).as_ref(), Ok(document));
    let spec = serde_json::to_value(document.body().spec()).unwrap();
    assert_eq!(guanxi_policy::check(&spec, B::read).as_ref(), Ok(document.body()));
}

proptest! {
    #[test]
    fn abc_knows_no_order_and_no_shards(
        policy in arbitrary::abc_policy(), (all, other) in shuffled(arbitrary::facts(as_of())), cut in 0_usize..10,
    ) {
        document_survives(&policy);
        let whole = segment_abc(&policy, &everybody(&all), as_of());
        let again = segment_abc(&policy, &everybody(&other), as_of());
        prop_assert_eq!(by_id(&all, &whole.decisions), by_id(&other, &again.decisions));
        prop_assert_eq!(&whole.report, &again.report);
        survives(&whole.decisions);

        let observe = |part: &[(SubjectId, FactMap)]| {
            let mut population = AbcPopulation::new(&policy, as_of());
            part.iter().for_each(|(_, facts)| population.observe(facts));
            population
        };
        let (a, rest) = all.split_at(cut.min(all.len()));
        let (b, c) = rest.split_at(cut.min(rest.len()));
        let (mut ab_c, mut a_bc, mut c_ab) = (observe(a), observe(a), observe(c));
        ab_c.merge(observe(b)).unwrap();
        c_ab.merge(ab_c.clone()).unwrap();
        ab_c.merge(observe(c)).unwrap();
        let mut bc = observe(b);
        bc.merge(observe(c)).unwrap();
        a_bc.merge(bc).unwrap();
        prop_assert_eq!(&ab_c, &a_bc);
        prop_assert_eq!(&ab_c, &c_ab);
        prop_assert_eq!(&ab_c, &observe(&all));
    }

    /// More is never in a worse class, and as much is in the same one.
    #[test]
    fn abc_is_monotone_and_keeps_ties_whole(policy in amount_policy(), (all, _) in shuffled(arbitrary::facts(as_of()))) {
        let whole = segment_abc(&policy, &everybody(&all), as_of());
        let place = |class| policy.body().classes().iter().position(|one| Some(&one.id) == class).unwrap();
        let amount = |facts: &FactMap| match facts.fact(policy.body().amount()) {
            guanxi_core::Fact::Known { value, .. } => value.number().unwrap(),
            _ => panic!("who has a class has an amount"),
        };
        let classed = all.iter().zip(&whole.decisions).filter_map(|((_, facts), decision)| {
            let class = decision.outcome.class.as_ref()?;
            Some((amount(facts), place(Some(class)), decision.outcome.clone()))
        });
        let classed: Vec<_> = classed.collect();
        for (a, a_class, a_outcome) in &classed {
            for (b, b_class, b_outcome) in &classed {
                if a > b {
                    prop_assert!(a_class <= b_class);
                }
                if a == b {
                    prop_assert_eq!(a_outcome, b_outcome);
                }
            }
        }
        let report = &whole.report;
        prop_assert_eq!(report.classes.iter().map(|row| row.count).sum::<u64>(), report.customers);
        let without = report.unclassified.missing + report.unclassified.not_applicable + report.unclassified.unusable;
        prop_assert_eq!(usize::try_from(report.customers + without).unwrap(), all.len());
    }

    /// Who has what is missing is in that class, or in a better one.
    #[test]
    fn what_is_missing_to_a_class_is_enough(policy in amount_policy(), (all, _) in shuffled(arbitrary::facts(as_of()))) {
        let whole = segment_abc(&policy, &everybody(&all), as_of());
        for (i, decision) in whole.decisions.iter().enumerate() {
            let Some((class, least)) = decision.reasons.iter().find_map(|reason| match reason {
                Reason::BelowClass { class, least, .. } => Some((class, least.0)),
                _ => None,
            }) else { continue };
            let mut raised = all.clone();
            let facts = &mut raised.get_mut(i).unwrap().1;
            *facts = facts.clone().with(policy.body().amount().clone(), guanxi_core::FactValue::Decimal(least), None);
            let after = segment_abc(&policy, &everybody(&raised), as_of());
            let place = |class| policy.body().classes().iter().position(|one| one.id == class).unwrap();
            let reached = after.decisions.into_iter().nth(i).unwrap().outcome.class.unwrap();
            prop_assert!(place(reached) <= place(class.clone()));
        }
    }

    #[test]
    fn amounts_know_no_order_and_no_shards(amounts in prop::collection::vec(guanxi_core::arbitrary::decimal(), 0..20), cut in 0_usize..20) {
        let count = |part: &[rust_decimal::Decimal]| {
            let mut counted = Amounts::default();
            part.iter().for_each(|amount| counted.observe(*amount));
            counted
        };
        let (a, b) = amounts.split_at(cut.min(amounts.len()));
        let (mut ab, mut ba) = (count(a), count(b));
        ab.merge(&count(b));
        ba.merge(&count(a));
        prop_assert_eq!(&ab, &ba);
        prop_assert_eq!(&ab, &count(&amounts));
        let shown = ab.concentration();
        prop_assert_eq!(shown.none.is_none(), shown.gini.is_some() && shown.hhi.is_some());
        // Each top holds more than the one before, and everybody holds everything.
        prop_assert!(shown.top.windows(2).all(|pair| pair[0].share <= pair[1].share));
        if shown.none.is_none() {
            prop_assert_eq!(ab.top(u64::MAX).unwrap().to_string(), "1/1");
        }
    }

    #[test]
    fn rfm_knows_no_order_and_no_shards(
        policy in arbitrary::rfm_policy(), (all, other) in shuffled(arbitrary::orders(as_of())), cut in 0_usize..10,
    ) {
        document_survives(&policy);
        let observe = |part: &[(SubjectId, Vec<Order>)], keep: &dyn Fn(usize) -> bool| {
            let mut population = RfmPopulation::new(&policy, as_of());
            for (id, orders) in part {
                let kept = orders.iter().enumerate().filter(|(i, _)| keep(*i)).map(|(_, order)| *order);
                population.observe_orders(id, kept).unwrap();
            }
            population
        };
        let whole = observe(&all, &|_| true);
        prop_assert_eq!(&whole, &observe(&other, &|_| true));
        // Shards by customer, and within the orders of each customer.
        let (a, b) = all.split_at(cut.min(all.len()));
        for (a, b) in [
            (observe(a, &|_| true), observe(b, &|_| true)),
            (observe(&all, &|i| i % 2 == 0), observe(&other, &|i| i % 2 == 1)),
        ] {
            let (mut ab, mut ba) = (a.clone(), b.clone());
            ab.merge(b).unwrap();
            ba.merge(a).unwrap();
            prop_assert_eq!(&ab, &whole);
            prop_assert_eq!(&ba, &whole);
        }
        let rfm = whole.finish();
        let decisions: Vec<_> = rfm.decisions().map(|(_, decision)| decision).collect();
        survives(&decisions);
        let report = rfm.report();
        prop_assert_eq!(report.segments.iter().map(|row| row.count).sum::<u64>(), report.customers);
        prop_assert_eq!(usize::try_from(report.customers + report.without).unwrap(), all.len());
    }

    #[test]
    fn every_cell_has_one_segment(policy in arbitrary::rfm_policy()) {
        let of = |axis| policy.body().axis(axis).scores;
        for r in 0..=of(Axis::Recency) + 1 {
            for f in 0..=of(Axis::Frequency) + 1 {
                for m in 0..=of(Axis::Monetary) + 1 {
                    let inside = (1..=of(Axis::Recency)).contains(&r)
                        && (1..=of(Axis::Frequency)).contains(&f) && (1..=of(Axis::Monetary)).contains(&m);
                    prop_assert_eq!(policy.body().segment(r, f, m).is_some(), inside);
                }
            }
        }
    }

    /// Ranks of their own make scores equally frequent, to one customer.
    #[test]
    fn ranks_fill_every_score_alike(policy in ranked_policy(), (all, _) in shuffled(arbitrary::facts(as_of()))) {
        let result = segment_rfm(&policy, &everybody(&all), as_of()).unwrap();
        let again: Vec<_> = all.iter().rev().cloned().collect();
        let reversed = segment_rfm(&policy, &everybody(&again), as_of()).unwrap();
        prop_assert_eq!(by_id(&all, &result.decisions), by_id(&again, &reversed.decisions));
        let spec = policy.body().axis(Axis::Monetary);
        let scores: Vec<u8> = result.decisions.iter().filter_map(|decision| decision.outcome.monetary).collect();
        let counts: Vec<usize> = (1..=spec.scores).map(|score| scores.iter().filter(|own| **own == score).count()).collect();
        prop_assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1, "{:?}", counts);
    }

    #[test]
    fn value_knows_no_order_and_no_shards(
        policy in arbitrary::value_policy(), (all, other) in shuffled(arbitrary::facts(as_of())), cut in 0_usize..10,
    ) {
        document_survives(&policy);
        let whole = segment_value(&policy, &everybody(&all), as_of());
        let again = segment_value(&policy, &everybody(&other), as_of());
        prop_assert_eq!(by_id(&all, &whole.decisions), by_id(&other, &again.decisions));
        prop_assert_eq!(&whole.report, &again.report);
        survives(&whole.decisions);

        let (a, b) = all.split_at(cut.min(all.len()));
        let observe = |part: &[(SubjectId, FactMap)]| {
            let (mut population, mut tally) = (ValuePopulation::new(&policy, as_of()), ValueTally::new(&policy));
            for ((_, facts), decision) in part.iter().zip(&segment_value(&policy, &everybody(part), as_of()).decisions) {
                population.observe(facts);
                tally.count(&decision.outcome, facts);
            }
            (population, tally)
        };
        let ((mut ab, mut tally_ab), (b_only, tally_b)) = (observe(a), observe(b));
        let (mut ba, mut tally_ba) = (b_only.clone(), tally_b.clone());
        ba.merge(observe(a).0).unwrap();
        tally_ba.merge(observe(a).1);
        ab.merge(b_only).unwrap();
        tally_ab.merge(tally_b);
        prop_assert_eq!(&ab, &ba);
        prop_assert_eq!(ab, observe(&all).0);
        prop_assert_eq!(tally_ab.report(), tally_ba.report());
        for group in &whole.report.groups {
            for (place, row) in whole.report.segments.iter().enumerate() {
                let parts: u64 = group.rows.iter().map(|group| group.segments.get(place).unwrap().count).sum();
                prop_assert_eq!(parts, row.count);
            }
        }
    }
}
