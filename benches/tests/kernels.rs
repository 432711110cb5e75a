//! The kernels of the comparison do the same job, and the exact one does it exactly.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]
use guanxi_benches::columns::{ALL, Columns, Maxima, NO_COMPOSITE, NO_TIER, Row, SETS, Scores, tier_of};
use guanxi_benches::product::Product;
use guanxi_benches::row::Plan;
use guanxi_benches::{naive, oracle, textbook};

const COUNT: usize = 2_000;

/// A customer of exactly 49.995 points, beside the greatest values of the method's page.
fn worked() -> (Columns, Maxima) {
    let columns = Columns {
        profit: vec![34_500_000],
        days: vec![5_310],
        growth: vec![700],
        undeveloped: vec![2],
        total: vec![9],
        service: vec![1],
        price: vec![3],
        present: None,
    };
    (columns, Maxima { profit: 100_000_000, days: 5_400, growth: 2_500 })
}

fn scored(score: impl FnOnce(&mut Scores), count: usize) -> Scores {
    let mut scores = Scores::new(count);
    score(&mut scores);
    scores
}

#[test]
fn the_exact_kernel_is_the_oracle_and_the_product() {
    for (name, kind) in SETS {
        let columns = Columns::new(kind, COUNT);
        let maxima = columns.maxima();
        let plan = Plan::new(maxima);
        let product = Product::new(maxima).unwrap();
        let exact = scored(|scores| plan.score_all(&columns, scores), COUNT);
        for kernel in [product.batch(&columns).unwrap(), product.dimensions(&columns).unwrap()] {
            let mut batch = Scores::new(COUNT);
            kernel(&mut batch);
            batch.settle();
            assert_eq!(batch.differences(&exact), (0, 0), "{name}");
        }
        let rows = columns.rows().zip(columns.presence());
        for (i, (row, present)) in rows.enumerate() {
            let score = (exact.composite[i], exact.tier[i]);
            assert_eq!(score, oracle::score(row, present, maxima), "{name}, {row:?} {present:?}");
            assert_eq!(score, product.assess(row, present).unwrap(), "{name}, {row:?} {present:?}");
            let general = plan.score_known(row, present);
            assert_eq!(score, general, "{name}, {row:?} {present:?}: not by the kernel for missing inputs");
        }
    }
}

#[test]
fn the_inexact_kernels_are_off_by_no_more_than_a_hundredth() {
    for (name, kind) in SETS {
        let columns = Columns::new(kind, COUNT);
        if columns.present.is_some() {
            continue;
        }
        let maxima = columns.maxima();
        let plan = Plan::new(maxima);
        let exact = scored(|scores| plan.score_all(&columns, scores), COUNT);
        let textbook = scored(|scores| textbook::score(&columns, maxima, scores), COUNT);
        let naive = scored(|scores| naive::score_all(&columns, maxima, scores), COUNT);
        for other in [textbook, naive] {
            for i in 0..COUNT {
                let (expected, given) = (exact.composite[i], other.composite[i]);
                assert!(expected.abs_diff(given) <= 1, "{name}, row {i}: {given} for {expected}");
                assert_eq!(other.tier[i], tier_of(given), "{name}, row {i}");
            }
        }
    }
}

#[test]
fn twenty_eight_digits_can_cost_a_tier() {
    let (columns, maxima) = worked();
    let plan = Plan::new(maxima);
    let exact = scored(|scores| plan.score_all(&columns, scores), 1);
    let naive = scored(|scores| naive::score_all(&columns, maxima, scores), 1);
    assert_eq!((exact.composite[0], exact.tier[0]), (5_000, 2));
    assert_eq!((naive.composite[0], naive.tier[0]), (4_999, 3));
    assert!(columns.rows().all(|row| plan.ties(row)));
}

#[test]
fn the_sets_are_what_they_say() {
    for (name, kind) in SETS {
        let columns = Columns::new(kind, COUNT);
        assert_eq!(columns.rows().count(), COUNT);
        for row in columns.rows() {
            let Row { profit, undeveloped, total, service, price, .. } = row;
            assert!(profit >= 0 && (1..=20).contains(&total) && undeveloped <= total, "{name}: {row:?}");
            assert!((1..=5).contains(&service) && (1..=5).contains(&price), "{name}: {row:?}");
        }
        let absent: usize = columns.presence().flatten().filter(|there| !there).count();
        let ties = Plan::new(columns.maxima());
        let ties = columns.rows().filter(|row| ties.ties(*row)).count();
        match name {
            "realistic" => assert_eq!((absent, ties), (0, 0)),
            "5 % missing" => assert!((600..800).contains(&absent), "{absent} of 14 000"),
            _ => assert!(absent == 0 && ties >= 5, "{name}: {ties} ties"),
        }
    }
}

#[test]
fn a_dimension_without_inputs_leaves_no_composite() {
    let (columns, maxima) = worked();
    let row = columns.rows().next().unwrap();
    let plan = Plan::new(maxima);
    for gone in [[0, 1], [2, 3], [2, 4], [5, 6]] {
        let present = std::array::from_fn(|place| !gone.contains(&place));
        assert_eq!(plan.score_known(row, present), (NO_COMPOSITE, NO_TIER), "without {gone:?}");
    }
    assert_eq!(plan.score_known(row, ALL), (5_000, 2));
}

#[test]
fn the_greatest_of_greatest_values_fit() {
    let maxima = Maxima { profit: i64::MAX, days: 65_521, growth: 65_519 };
    let row = Row {
        profit: i64::MAX - 1,
        days: 65_520,
        growth: 65_518,
        undeveloped: 254,
        total: 255,
        service: 5,
        price: 1,
    };
    assert_eq!(Plan::new(maxima).score(row), oracle::score(row, ALL, maxima));
}
