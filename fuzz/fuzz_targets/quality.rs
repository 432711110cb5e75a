//! Policies of data quality.
#![no_main]

use guanxi_customer::QualityPolicy;
use serde_json::json;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let sound = [json!({
        "fields": [
            {"field": {"attribute": "industry"}, "required": true, "only": "organisation", "ask": "sales", "greatest_age_days": 365},
            {"field": {"attribute": "employees"}, "schema": {"kind": "int", "min": 1, "supplier": "marketing"}},
            {"field": "phone", "required": true},
            {"field": {"fact": "needs"}, "schema": {"kind": "int", "part_of": "all_needs"}}
        ],
        "ordered": [{"field": {"attribute": "last_order"}, "at_least": {"attribute": "first_order"}, "ask": "finance"}],
        "unique": [{"field": "name"}, {"field": {"attribute": "registration"}}],
        "recording": {"events": ["visit.made"], "within_hours": 24, "ask": "sales"}
    })];
    if let Some(tree) = guanxi_fuzz::tree(bytes, &sound) {
        guanxi_fuzz::body::<QualityPolicy>(&tree);
    }
});
