//! Generators for property tests.
use alloc::string::String;

use proptest::prelude::*;
use serde_json::Value;

/// Any small value tree, with hostile texts among its keys and values.
pub fn tree() -> impl Strategy<Value = Value> {
    let text =
        prop_oneof![Just(String::from("</script>")), Just("\u{202e}".into()), "[a-z_]{0,8}", ".{0,12}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(text.clone(), inner, 0..6)
                .prop_map(|map| map.into_iter().collect::<Value>()),
        ]
    })
}
