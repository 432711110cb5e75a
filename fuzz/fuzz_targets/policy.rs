//! Scoring policies.
#![no_main]

use std::sync::LazyLock;

use guanxi_scoring::{ScoringPolicy, lint, preset, preset_ids};
use serde_json::Value;

static SOUND: LazyLock<[Value; 3]> =
    LazyLock::new(|| preset_ids().map(|id| preset(id).expect("a preset").to_value()));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(tree) = guanxi_fuzz::tree(bytes, &*SOUND) else { return };
    if let Some(policy) = guanxi_fuzz::document::<ScoringPolicy>(&tree) {
        let _ = lint(&policy, None);
    }
});
