//! ABC policies.
#![no_main]

use std::sync::LazyLock;

use guanxi_core::{FactMap, FactValue, Facts, SubjectId, fact_id, parse_instant};
use guanxi_segmentation::{AbcPolicy, abc_preset, abc_preset_ids, segment_abc};
use serde_json::Value;

static SOUND: LazyLock<Vec<Value>> = LazyLock::new(|| {
    abc_preset_ids().iter().map(|id| abc_preset(id).expect("a preset").to_value()).collect()
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(tree) = guanxi_fuzz::tree(bytes, &SOUND) else { return };
    let Some(policy) = guanxi_fuzz::document::<AbcPolicy>(&tree) else { return };
    let customer = |revenue: i64| {
        let facts = FactMap::new().with(fact_id!("revenue"), FactValue::Int(revenue), None);
        let facts = facts.with(fact_id!("orders"), FactValue::Int(revenue / 2), None);
        facts.with(fact_id!("days_since_order"), FactValue::Int(90 - revenue), None)
    };
    let facts = [1, 5, 5, 0, -3, 80].map(customer);
    let ids = ["C1", "C2", "C3", "C4", "C5", "C6"].map(|id| id.parse::<SubjectId>().expect("an id"));
    let population: Vec<(&SubjectId, &dyn Facts)> =
        ids.iter().zip(facts.iter().map(|facts| facts as &dyn Facts)).collect();
    let as_of = parse_instant("2026-06-30").expect("a day");
    let segmented = segment_abc(&policy, &population, as_of);
    assert_eq!(segmented.decisions.len(), population.len());
});
