//! Many customers at once get the decisions that each would get alone.
#![cfg(test)]

use guanxi_core::{FactMap, FactValue, fact_id, parse_decimal, parse_instant};
use guanxi_scoring::arbitrary::{facts, policy};
use guanxi_scoring::{Cell, Given, Layout, Reference, Scorer, preset};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn together_and_alone_are_one(policy in policy(), some in prop::collection::vec(facts(), 1..40), times in 1_usize..30) {
        let as_of = parse_instant("2026-06-30").unwrap();
        let mut reference = Reference::new(&policy, as_of);
        some.iter().for_each(|facts| reference.observe(&policy, facts));
        let scorer = Scorer::new(&policy, &reference.pin("r".parse().unwrap(), "1".parse().unwrap())).unwrap();
        let given = Given::default();
        let many: Vec<&FactMap> = some.iter().cycle().take(some.len() * times).collect();
        let together = scorer.assess_many(many.iter().map(|facts| (*facts, &given)), as_of);
        prop_assert_eq!(together.len(), many.len());
        for (decision, facts) in together.into_iter().zip(&many).take(600) {
            prop_assert_eq!(decision, scorer.assess(*facts, &given, as_of));
        }
    }
}

#[test]
fn rows_score_as_their_facts_do_across_blocks() {
    let policy = preset("assessed").unwrap();
    let as_of = parse_instant("2026-06-30").unwrap();
    let reference = Reference::new(&policy, as_of).pin("r".parse().unwrap(), "1".parse().unwrap());
    let scorer = Scorer::new(&policy, &reference).unwrap();
    let ids = [fact_id!("value_score"), fact_id!("potential_score"), fact_id!("need_score")];
    // Tenths of a point; some unknown, some not applicable, some above 100.
    let cell = |i: i64| match i % 11 {
        3 => Cell::Missing,
        7 => Cell::NotApplicable,
        _ => Cell::Known(i * 37 % 1_050),
    };
    let rows: Vec<[Cell; 3]> = (0..1_300).map(|i| [cell(i), cell(i / 3), cell(i / 7 + 1)]).collect();
    let layout = Layout(ids.clone().map(|id| (id, 1)));
    let scored: Vec<_> = scorer.score_rows(&layout, rows.iter().copied()).unwrap().collect();
    assert_eq!(scored.len(), rows.len());
    for (scored, row) in scored.iter().zip(&rows) {
        let facts = ids.iter().zip(row).fold(FactMap::new(), |facts, (id, cell)| match cell {
            Cell::Known(n) => {
                facts.with(id.clone(), FactValue::Decimal(rust_decimal::Decimal::new(*n, 1)), None)
            }
            Cell::Missing => facts,
            Cell::NotApplicable => facts.not_applicable(id.clone()),
        });
        let outcome = scorer.assess(&facts, &Given::default(), as_of).outcome;
        assert_eq!(
            (scored.composite, &scored.tier, scored.standing, scored.dimensions, scored.rank),
            (outcome.composite, &outcome.tier, outcome.standing, outcome.dimensions, outcome.rank),
            "{row:?}"
        );
    }
}

#[test]
fn a_cell_is_exact_or_refused() {
    let cell = |text: &str, places| Cell::decimal(parse_decimal(text).unwrap(), places);
    assert_eq!(cell("-12.50", 2), Ok(Cell::Known(-1_250)));
    assert_eq!(cell("12.500", 1), Ok(Cell::Known(125)));
    let error = |text, places| cell(text, places).unwrap_err().to_string();
    insta::assert_snapshot!(error("1.234", 2), @"a number of at most 2 decimal places is needed, got `1.234`");
    insta::assert_snapshot!(error("92233720368547758.08", 2), @"`92233720368547758.08` with 2 decimal places has more than 64 bits");
}
