//! References, and scorers made of whatever policy and reference there are.
#![no_main]

use std::sync::LazyLock;

use guanxi_core::{FactMap, FactValue, parse_instant};
use guanxi_scoring::{Given, PolicyDocument, Reference, Scorer, preset, preset_ids};
use serde_json::json;

static POLICIES: LazyLock<[PolicyDocument; 3]> =
    LazyLock::new(|| preset_ids().map(|id| preset(id).expect("a preset")));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let sound = [json!({
        "schema": "guanxi.reference/1", "id": "company", "version": "1",
        "body": {"as_of": "2026-06-30", "population": 3, "facts": {
            "cumulative_profit": {"count": 3, "max": "1000000", "total": "2500000", "values": [["750000", 2], ["1000000", 1]]},
            "cooperation_days": {"count": 3, "max": "5400"},
            "industry_growth": {"count": 0}
        }}
    })];
    let Some(tree) = guanxi_fuzz::tree(bytes, &sound) else { return };
    let Some(reference) = guanxi_fuzz::document::<Reference>(&tree) else { return };
    let as_of = parse_instant("2026-06-30").expect("an instant");
    let facts = FactMap::new()
        .with(guanxi_core::fact_id!("cumulative_profit"), FactValue::Decimal(285_000.into()), None)
        .with(guanxi_core::fact_id!("cooperation_days"), FactValue::Int(2610), None);
    for policy in &*POLICIES {
        if let Ok(scorer) = Scorer::new(policy, &reference) {
            let _ = scorer.assess(&facts, &Given::default(), as_of);
            let _ = scorer.explain(&facts, as_of);
        }
    }
});
