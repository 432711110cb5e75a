//! Columns of arbitrary numbers and bits, scored at once and one by one.
#![no_main]

use std::sync::LazyLock;

use guanxi_core::{FactId, parse_instant};
use guanxi_scoring::{
    ByDimension, Column, Columns, Given, Numbers, PinnedReference, Results, RowScore, RowTier, Scorer, preset, preset_ids,
};
use serde_json::json;

/// Every preset, with greatest values of few digits, of many, and with none.
static SCORERS: LazyLock<Vec<Scorer>> = LazyLock::new(|| {
    let greatest = [Some("96"), Some("1000000"), Some("0.25"), Some("92233720368547758.07"), Some("9999999999999999999999999961"), None];
    let pairs = preset_ids().into_iter().flat_map(|id| greatest.map(|greatest| (id, greatest)));
    let scorers = pairs.filter_map(|(id, greatest)| {
        let policy = preset(id).expect("a preset");
        let facts = policy.body().facts().keys().map(|fact| {
            let known = greatest.map_or(json!({"count": 0, "total": "0"}), |max| json!({"count": 1, "max": max, "total": max, "values": [[max, 1]]}));
            (fact.to_string(), known)
        });
        let facts: serde_json::Map<_, _> = facts.collect();
        let reference = PinnedReference::from_value(&json!({
            "schema": "guanxi.reference/1", "id": "r", "version": "1",
            "body": {"as_of": "2026-06-30", "population": 1, "facts": facts},
        }));
        Scorer::new(&policy, &reference.expect("a reference")).ok()
    });
    let scorers: Vec<_> = scorers.collect();
    assert!(!scorers.is_empty());
    scorers
});

/// So many numbers, from as many bytes as there are, over and over.
fn numbers<T>(bytes: &[u8], rows: usize, of: impl Fn([u8; 8]) -> T) -> Vec<T> {
    let byte = |place: usize| bytes.get(place % bytes.len().max(1)).copied().unwrap_or_default();
    (0..rows).map(|row| of(core::array::from_fn(|place| byte(row * 8 + place)))).collect()
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(([which, rows, sample, rest @ ..], bytes)) = bytes.split_first_chunk::<8>() else { return };
    let scorer = &SCORERS[usize::from(*which) % SCORERS.len()];
    let rows = usize::from(u16::from_le_bytes([*rows, rest[0] & 7]));
    let facts: Vec<FactId> = scorer.policy().body().facts().keys().cloned().collect();
    // Each column has a byte for its type and places and one for its bits; all share what is left.
    let (heads, bytes) = bytes.split_at((2 * facts.len()).min(bytes.len()));
    let (i64s, u8s, u16s, u32s, i16s, i32s) = (
        numbers(bytes, rows, i64::from_le_bytes),
        numbers(bytes, rows, |[a, ..]| a),
        numbers(bytes, rows, |[a, b, ..]| u16::from_le_bytes([a, b])),
        numbers(bytes, rows, |[a, b, c, d, ..]| u32::from_le_bytes([a, b, c, d])),
        numbers(bytes, rows, |[a, b, ..]| i16::from_le_bytes([a, b])),
        numbers(bytes, rows, |[a, b, c, d, ..]| i32::from_le_bytes([a, b, c, d])),
    );
    let levels = numbers(bytes, rows, |[a, b, ..]| (a ^ b) % 6);
    let bits = numbers(bytes, rows.div_ceil(64), u64::from_be_bytes);
    let mut columns = Columns::new(rows);
    for (fact, head) in facts.iter().zip(heads.chunks(2)) {
        let [kind, of] = [head[0], head.get(1).copied().unwrap_or_default()];
        let given: Numbers<'_> = match kind % 8 {
            0 => i64s.as_slice().into(),
            1 => u8s.as_slice().into(),
            2 => u16s.as_slice().into(),
            3 => u32s.as_slice().into(),
            4 => i16s.as_slice().into(),
            5 => i32s.as_slice().into(),
            6 => levels.as_slice().into(),
            _ => continue,
        };
        let mut column = Column::of(given).with_places(kind / 8);
        if of & 1 == 1 {
            column = column.with_known(&bits);
        }
        if of & 2 == 2 {
            column = column.with_applicable(&bits);
        }
        let Ok(with) = columns.clone().with(fact.clone(), column) else { return };
        columns = with;
    }
    let (mut composite, mut tier) = (vec![RowScore::NONE; rows], vec![RowTier::INCOMPLETE; rows]);
    let [mut value, mut potential, mut need, mut rank] = [(); 4].map(|()| composite.clone());
    let mut results = Results {
        composite: &mut composite,
        tier: &mut tier,
        dimensions: Some(ByDimension { value: &mut value, potential: &mut potential, need: &mut need }),
        rank: Some(&mut rank),
    };
    if scorer.score_into(&columns, &mut results).is_err() {
        return;
    }
    let as_of = parse_instant("2026-06-30").expect("an instant");
    for row in [0, usize::from(*sample), rows.saturating_sub(1)] {
        let Some(tier) = tier.get(row) else { continue };
        let facts = columns.facts(scorer.policy().body(), row);
        let outcome = scorer.assess(&facts, &Given::default(), as_of).outcome;
        assert_eq!(composite[row].get(), outcome.composite);
        assert_eq!(scorer.tier(*tier), outcome.tiers.computed.as_ref());
        assert_eq!(tier.standing(), outcome.standing);
        assert_eq!(rank[row].get(), outcome.rank);
        let scores = ByDimension { value: value[row].get(), potential: potential[row].get(), need: need[row].get() };
        assert_eq!(scores, outcome.dimensions);
    }
});
