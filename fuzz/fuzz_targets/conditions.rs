//! Conditions as text.
#![no_main]

use guanxi_condition::{Condition, Vocabulary};
use serde_json::json;
use std::sync::LazyLock;

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let tree = json!({
        "facts": {
            "score": {"kind": "decimal", "min": "0", "max": "100"}, "orders": {"kind": "int"}, "vip": {"kind": "bool"},
            "region": {"kind": "text"}, "birthday": {"kind": "date"}, "met_at": {"kind": "instant"},
            "sensitivity": {"kind": "level", "of": 5}, "tags": {"kind": "set"}, "revenue": {"kind": "money"}
        },
        "attributes": {"net": {"kind": "decimal"}, "state": {"kind": "text"}},
        "events": ["month"]
    });
    guanxi_policy::check(&tree, Vocabulary::read).expect("a vocabulary")
});

libfuzzer_sys::fuzz_target!(|text: &str| {
    match Condition::parse(text, &VOCABULARY) {
        Ok(condition) => {
            let again = Condition::parse(&condition.to_string(), &VOCABULARY);
            assert_eq!(again.as_ref(), Ok(&condition), "{condition}");
        }
        Err(problems) => assert!(!problems.to_string().is_empty()),
    }
});
