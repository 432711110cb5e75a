//! Laws of boards and lists, beside a plain count of the same population.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use guanxi_core::{FactMap, FactValue, ReasonCode, Score};
use guanxi_portfolio::arbitrary::population;
use guanxi_portfolio::{Member, Population, Questions, labels};
use guanxi_scoring::{Given, Reference, Scorer};
use proptest::prelude::*;
use rust_decimal::Decimal;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn everybody_is_in_one_row_and_revenue_adds_up((policy, members) in population()) {
        let population = Population::new(&policy, members.clone()).unwrap();
        let board = population.board(&Questions::standard());
        let rows = || board.tiers.iter().map(|row| &row.group);
        let tiered: u64 = rows().map(|group| group.count).sum();
        prop_assert_eq!(tiered, board.tiered.count);
        prop_assert_eq!(tiered + board.prospects.count + board.incomplete.count, members.len() as u64);
        let revenue: Decimal = rows().chain([&board.prospects, &board.incomplete]).map(|g| g.revenue.map_or(Decimal::ZERO, |r| r.0)).sum();
        prop_assert_eq!(revenue, board.all.revenue.map_or(Decimal::ZERO, |r| r.0));
        prop_assert_eq!(board.all.revenue.is_some(), board.all.revenue_known > 0);
        for row in &board.tiers {
            let own: Vec<&Member> = members.iter().filter(|m| m.decision.outcome.tier.as_ref() == Some(&row.tier)).collect();
            prop_assert_eq!(row.group.count, own.len() as u64);
            prop_assert_eq!(row.share.count, row.group.count);
            prop_assert_eq!(row.computed, row.group.count);
            // The mean of the shown composites, by plain decimals.
            let scores: Vec<Decimal> = own.iter().filter_map(|m| m.decision.outcome.composite).map(Score::to_decimal).collect();
            let mean = (!scores.is_empty()).then(|| {
                (scores.iter().sum::<Decimal>() / Decimal::from(scores.len())).round_dp(20).round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
            });
            prop_assert_eq!(row.group.composite.map(Score::to_decimal), mean);
        }
    }

    #[test]
    fn the_order_of_the_customers_does_not_matter(((policy, members), shuffled) in population().prop_flat_map(|(policy, members)| {
        let shuffled = Just(members.clone()).prop_shuffle();
        (Just((policy, members)), shuffled)
    })) {
        let questions = Questions::standard();
        let (a, b) = (Population::new(&policy, members).unwrap(), Population::new(&policy, shuffled).unwrap());
        let board = a.board(&questions);
        prop_assert_eq!(&board, &b.board(&questions));
        prop_assert_eq!(a.notes(&board), b.notes(&board));
        prop_assert_eq!(a.top(5), b.top(5));
        prop_assert_eq!(a.endangered(&questions), b.endangered(&questions));
        prop_assert_eq!(a.prospects(), b.prospects());
        prop_assert_eq!(a.clean_up(&questions), b.clean_up(&questions));
        prop_assert_eq!(a.missing_inputs(), b.missing_inputs());
    }

    #[test]
    fn lists_hold_exactly_those_who_meet_their_rule((policy, members) in population()) {
        let questions = Questions::standard();
        let population = Population::new(&policy, members).unwrap();
        let number = |member: &Member, fact| member.number(fact);
        let mut endangered: Vec<_> = population.endangered(&questions).into_iter().map(|e| e.subject).collect();
        let mut records: Vec<_> = population.clean_up(&questions).into_iter().map(|c| c.subject).collect();
        let mut prospects: Vec<_> = population.prospects().into_iter().map(|p| p.subject).collect();
        for member in population.members() {
            let (silent, gap) = (number(member, &questions.silence), number(member, &questions.rhythm));
            let falling = number(member, &questions.trend).is_some_and(|growth| growth < Decimal::ZERO);
            let silent_long = matches!((silent, gap), (Some(s), Some(g)) if g > Decimal::ZERO && s > g * Decimal::TWO);
            prop_assert_eq!(take(&mut endangered, &member.subject), silent_long && falling);
            let once = number(member, &questions.orders) == Some(Decimal::ONE);
            prop_assert_eq!(take(&mut records, &member.subject), once && silent.is_some_and(|s| s >= Decimal::from(365)));
            prop_assert_eq!(take(&mut prospects, &member.subject), member.is_prospect());
        }
        prop_assert!(endangered.is_empty() && records.is_empty() && prospects.is_empty());
    }
}

fn take<T: PartialEq>(list: &mut Vec<T>, item: &T) -> bool {
    let found = list.iter().position(|other| other == item);
    found.map(|position| list.remove(position)).is_some()
}

#[test]
fn labels_are_complete_in_both_languages() {
    let (en, zh) = (labels("en").unwrap(), labels("zh-CN").unwrap());
    assert_eq!((en.gaps(&zh), zh.gaps(&en)), (vec![], vec![]));
    assert!(labels("de").is_none());
}

#[test]
fn nobody_is_no_problem() {
    let policy = guanxi_scoring::preset("standard").unwrap();
    let population = Population::new(&policy, vec![]).unwrap();
    let board = population.board(&Questions::standard());
    assert_eq!((board.all.count, board.all.composite, population.notes(&board)), (0, None, vec![]));
}

/// One customer by the policy `assessed`, with a tier set by hand or not.
fn member(id: &str, scores: [i64; 3], tier: Option<&str>) -> Member {
    let policy = guanxi_scoring::preset("assessed").unwrap();
    let as_of = guanxi_core::parse_instant("2026-06-30").unwrap();
    let reference = Reference::new(&policy, as_of).pin("none".parse().unwrap(), "1".parse().unwrap());
    let scorer = Scorer::new(&policy, &reference).unwrap();
    let names = ["value_score", "potential_score", "need_score"];
    let facts = names.into_iter().zip(scores).fold(FactMap::new(), |facts, (name, score)| {
        facts.with(name.parse().unwrap(), FactValue::Decimal(score.into()), None)
    });
    let settled = tier.map(|tier| tier.parse().unwrap());
    let decision = scorer.assess(&facts, &Given { settled, r#override: None }, as_of);
    Member { subject: id.parse().unwrap(), decision, facts }
}

#[test]
fn who_does_not_belong_is_refused() {
    let assessed = guanxi_scoring::preset("assessed").unwrap();
    let error = |policy, members| Population::new(policy, members).unwrap_err().to_string();
    let one = || member("C1", [92, 88, 85], None);
    insta::assert_snapshot!(error(&assessed, vec![one(), one()]), @"customer `C1` is there twice");
    let standard = guanxi_scoring::preset("standard").unwrap();
    insta::assert_snapshot!(error(&standard, vec![one()]), @"customer `C1` was assessed by policy `assessed`, not `standard`");
    let mut later = member("C2", [1, 1, 1], None);
    later.decision.as_of += chrono::TimeDelta::days(1);
    insta::assert_snapshot!(error(&assessed, vec![one(), later]), @"customer `C2` was assessed at another instant or against another reference than the others");
}

#[test]
fn an_empty_tier_is_explained_by_what_emptied_it() {
    let policy = guanxi_scoring::preset("assessed").unwrap();
    let shown = |members| {
        let population = Population::new(&policy, members).unwrap();
        let notes = population.notes(&population.board(&Questions::standard()));
        let words = labels("en").unwrap();
        let text = |note: &guanxi_portfolio::Note| words.fill("note", note.code(), &note.args());
        notes
            .iter()
            .map(text)
            .filter(|text| text.starts_with("strategic") || text.starts_with("C"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    insta::assert_snapshot!(shown(vec![member("C1", [95, 95, 95], Some("key")), member("C2", [55, 55, 55], None)]), @"strategic is empty: 1 reach it by their composite, and review rules or assessors have put them elsewhere");
    insta::assert_snapshot!(shown(vec![member("C1", [92, 88, 85], None), member("C2", [92, 88, 85], None)]), @"
    strategic is empty: C1 comes nearest with 89.40, 0.60 points below its floor of 90.00
    C1 loses most in value: 92.00 of 100 costs 4 points; the highest of anybody is 92.00
    ");
}
