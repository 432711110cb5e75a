//! Recipes of facts.
#![no_main]

use guanxi_customer::Recipes;
use serde_json::json;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let sound = [json!({"recipes": [
        {
            "fact": "profit", "measure": {"sum": {"add": ["net"], "subtract": ["cost"]}},
            "events": ["order.placed"], "window": {"months": 12}, "when_empty": "not_applicable"
        },
        {
            "fact": "growth", "measure": {"growth": {"of": {"sum": {"add": ["net"]}}, "over": {"days": 365}, "places": 4}},
            "events": ["order.placed"], "peers": "industry", "convert": "CNY"
        },
        {
            "fact": "sensitivity", "events": ["order.line"],
            "measure": {"share": {"of": "count", "where": [{"attribute": "discount", "is": {"above": 0}}]}},
            "levels": {"cuts": ["0", "0.01", "0.02"], "at_cut": "lower"}, "when_empty": {"value": 1}
        },
        {"fact": "gap", "measure": "median_gap", "events": ["order.placed"]},
        {"fact": "needs", "measure": {"distinct_not_yet": "category"}, "events": ["order.line"]},
        {"fact": "business", "measure": {"attribute": "business"}},
        {"fact": "markets", "measure": {"constant": {"int": 3}}}
    ]})];
    if let Some(tree) = guanxi_fuzz::tree(bytes, &sound) {
        guanxi_fuzz::body::<Recipes>(&tree);
    }
});
