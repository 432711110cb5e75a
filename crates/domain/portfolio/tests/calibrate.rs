//! Proposals of tier floors for whole populations.
#![cfg(test)]

use std::collections::BTreeMap;

use guanxi_bands::{Finding, Targets};
use guanxi_core::{FactMap, FactValue, TierId, Weights};
use guanxi_portfolio::arbitrary::population;
use guanxi_portfolio::{Member, Population, TierCalibration, TierChange};
use guanxi_scoring::{Given, PolicyDocument, Reference, Scorer, Standing, preset, with_bands};
use proptest::prelude::*;

/// Targets for the tiers of a policy, in these parts.
fn targets(policy: &PolicyDocument, parts: &[u32]) -> Targets<TierId> {
    let tiers = policy.body().bands().iter().map(|(tier, _)| tier.clone());
    // The lowest class always weighs something.
    let parts = parts.iter().map(|part| part + 1);
    Targets::from_weights(Weights::new(tiers.zip(parts.map(Into::into)).collect()).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn who_is_listed_is_who_changes_tier_when_assessed_by_the_policy_proposed(
        ((policy, members), shuffled) in population().prop_flat_map(|(policy, members)| {
            let shuffled = Just(members.clone()).prop_shuffle();
            (Just((policy, members)), shuffled)
        }),
        parts in prop::collection::vec(0_u32..6, 8),
    ) {
        let population = Population::new(&policy, members.clone()).unwrap();
        let targets = targets(&policy, &parts);
        let calibration = population.calibrate_to(&targets).unwrap();
        prop_assert_eq!(&Population::new(&policy, shuffled).unwrap().calibrate_to(&targets).unwrap(), &calibration);

        let proposed = with_bands(&policy, &calibration.proposal.bands().unwrap(), "proposed".parse().unwrap()).unwrap();
        let as_of = guanxi_core::parse_instant("2026-06-30").unwrap();
        let mut reference = Reference::new(&proposed, as_of);
        members.iter().for_each(|member| reference.observe(&proposed, &member.facts));
        let scorer = Scorer::new(&proposed, &reference.pin("any".parse().unwrap(), "1".parse().unwrap())).unwrap();
        let mut counts: BTreeMap<TierId, u64> = BTreeMap::new();
        let mut changes = Vec::new();
        for member in &members {
            let (before, after) = (&member.decision.outcome, scorer.assess(&member.facts, &Given::default(), as_of).outcome);
            prop_assert_eq!(before.composite, after.composite);
            let (Some(from), Some(to)) = (&before.tier, after.tier) else { continue };
            *counts.entry(to.clone()).or_default() += 1;
            let composite = before.composite.unwrap();
            changes.extend((*from != to).then(|| TierChange { subject: member.subject.clone(), composite, from: from.clone(), to, set: None }));
        }
        for class in &calibration.proposal.classes {
            prop_assert_eq!(counts.get(&class.class).copied().unwrap_or_default(), class.proposed.count);
        }
        let floor = |tier: &TierId| policy.body().bands().floor(tier);
        changes.sort_by(|a, b| b.composite.cmp(&a.composite).then_with(|| a.subject.cmp(&b.subject)));
        let (up, down): (Vec<_>, Vec<_>) = changes.into_iter().partition(|change| floor(&change.to) > floor(&change.from));
        prop_assert_eq!((up.len() as u64, down.len() as u64), (calibration.proposal.up(), calibration.proposal.down()));
        prop_assert_eq!((&up, &down), (&calibration.up, &calibration.down));

        let standing = |standing| members.iter().filter(|member| member.decision.outcome.standing == standing).count() as u64;
        prop_assert_eq!((calibration.prospects, calibration.incomplete), (standing(Standing::Prospect), standing(Standing::Incomplete)));
        prop_assert_eq!(calibration.proposal.count + calibration.prospects + calibration.incomplete, members.len() as u64);
    }
}

/// A customer by the policy `assessed`, all three dimensions with one score or none.
fn member(id: &str, score: Option<i64>, settled: Option<&str>) -> Member {
    let policy = preset("assessed").unwrap();
    let as_of = guanxi_core::parse_instant("2026-06-30").unwrap();
    let reference = Reference::new(&policy, as_of).pin("none".parse().unwrap(), "1".parse().unwrap());
    let scorer = Scorer::new(&policy, &reference).unwrap();
    let facts =
        ["value_score", "potential_score", "need_score"].into_iter().fold(FactMap::new(), |facts, name| {
            match score {
                Some(score) => facts.with(name.parse().unwrap(), FactValue::Decimal(score.into()), None),
                None if name == "value_score" => facts.not_applicable(name.parse().unwrap()),
                None => facts,
            }
        });
    let settled = settled.map(|tier| tier.parse().unwrap());
    let decision = scorer.assess(&facts, &Given { settled, r#override: None }, as_of);
    Member { subject: id.parse().unwrap(), decision, facts }
}

fn calibrated(members: Vec<Member>) -> TierCalibration {
    let policy = preset("assessed").unwrap();
    Population::new(&policy, members).unwrap().calibrate().unwrap()
}

#[test]
fn a_tier_that_was_set_is_named_beside_the_change() {
    let scores = [95, 91, 91, 56, 52, 48, 47, 45];
    let mut members: Vec<Member> =
        (1..).zip(scores).map(|(i, score)| member(&format!("C{i}"), Some(score), None)).collect();
    members[2] = member("C3", Some(91), Some("strategic"));
    members.push(member("P1", None, None));
    let calibration = calibrated(members);
    assert_eq!((calibration.proposal.finding, calibration.proposal.count), (Finding::Changed, 8));
    assert_eq!((calibration.prospects, calibration.incomplete), (1, 0));
    let change = |change: &TierChange| {
        let TierChange { subject, composite, from, to, set } = change;
        let set = set.as_ref().map_or(String::new(), |tier| format!(", set to {tier}"));
        format!("{subject} {composite} {from} -> {to}{set}")
    };
    let shown = |changes: &[TierChange]| changes.iter().map(change).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(shown(&calibration.up), @r"
    C6 48.00 potential -> normal
    C7 47.00 potential -> normal
    ");
    insta::assert_snapshot!(shown(&calibration.down), @r"
    C2 91.00 strategic -> key
    C3 91.00 strategic -> key, set to strategic
    ");
}

#[test]
fn nobody_is_calibrated_to_nothing() {
    for members in [vec![], vec![member("P1", None, None)]] {
        let prospects = members.len() as u64;
        let calibration = calibrated(members);
        assert_eq!((calibration.proposal.finding, calibration.prospects), (Finding::Nobody, prospects));
        assert_eq!((calibration.up, calibration.down), (vec![], vec![]));
        assert!(
            calibration
                .proposal
                .classes
                .iter()
                .all(|class| class.current == class.proposed && class.current.share.is_none())
        );
    }
}

#[test]
fn targets_must_be_of_the_policy() {
    let standard = preset("standard").unwrap();
    let population = Population::new(&standard, vec![]).unwrap();
    let one = Weights::new(vec![("strategic".parse().unwrap(), 1.into())]).unwrap();
    let error = population.calibrate_to(&Targets::from_weights(one).unwrap()).unwrap_err();
    insta::assert_snapshot!(error, @"targets must name the classes of the bands from the highest down; they differ at place 2");
    let mut value = standard.to_value();
    value["body"]["tiers"][1].as_object_mut().unwrap().remove("expected_share");
    let silent = PolicyDocument::from_value(&value).unwrap();
    let error = Population::new(&silent, vec![]).unwrap().calibrate().unwrap_err();
    insta::assert_snapshot!(error, @"every tier must have an `expected_share`, missing for: key");
}
