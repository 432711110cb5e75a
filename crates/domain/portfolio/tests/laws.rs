//! Laws of boards and lists, beside a plain count of the same population.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use guanxi_core::Score;
use guanxi_portfolio::arbitrary::population;
use guanxi_portfolio::{Member, Population, Questions, labels};
use guanxi_scoring::Standing;
use proptest::prelude::*;
use rust_decimal::Decimal;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn everybody_is_in_one_row_and_revenue_adds_up((policy, members) in population()) {
        let population = Population::new(&policy, members.clone());
        let board = population.board(&Questions::standard());
        let rows = || board.tiers.iter().map(|row| &row.group);
        let tiered: u64 = rows().map(|group| group.count).sum();
        prop_assert_eq!(tiered, board.tiered.count);
        prop_assert_eq!(tiered + board.prospects.count + board.incomplete.count, members.len() as u64);
        let revenue: Decimal = rows().chain([&board.prospects, &board.incomplete]).map(|g| g.revenue.unwrap().0).sum();
        prop_assert_eq!(revenue, board.all.revenue.unwrap().0);
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
        let (a, b) = (Population::new(&policy, members), Population::new(&policy, shuffled));
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
        let population = Population::new(&policy, members);
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
            prop_assert_eq!(take(&mut prospects, &member.subject), member.decision.outcome.standing == Standing::Prospect);
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
    let population = Population::new(&policy, vec![]);
    let board = population.board(&Questions::standard());
    assert_eq!((board.all.count, board.all.composite, population.notes(&board)), (0, None, vec![]));
}
