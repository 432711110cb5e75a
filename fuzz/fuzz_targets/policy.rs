//! Scoring policies.
#![no_main]

use guanxi_scoring::{ScoringPolicy, lint, preset, preset_ids};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let sound = preset_ids().map(|id| preset(id).expect("a preset").to_value());
    let Some(tree) = guanxi_fuzz::tree(bytes, &sound) else { return };
    if let Some(policy) = guanxi_fuzz::document::<ScoringPolicy>(&tree) {
        let _ = lint(&policy, None);
    }
});
