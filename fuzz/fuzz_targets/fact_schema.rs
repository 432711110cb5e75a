//! Fact schemas: what is read survives its own spec, and reads any input without a fault.
#![no_main]

use guanxi_core::FactInput;
use guanxi_policy::{FactSchemaSpec, check, read_fact_schema};
use serde_json::json;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let sound = [
        json!({"kind": "level", "of": 5, "min": "2", "max": "4", "quantum": "1", "unit": "points"}),
        json!({"kind": "int", "min": 0, "max": 10, "part_of": "whole", "supplier": "sales"}),
        json!({"kind": "instant"}),
        json!({"kind": "money"}),
    ];
    let Some(tree) = guanxi_fuzz::tree(bytes, &sound) else { return };
    match check(&tree, read_fact_schema) {
        Ok(schema) => {
            let spec = serde_json::to_value(FactSchemaSpec::from(&schema)).expect("a spec is a tree");
            assert_eq!(check(&spec, read_fact_schema).as_ref(), Ok(&schema));
            for input in
                ["3", "\"3\"", "\"9999-12-31\"", "[]", "true", r#"{"amount": "1", "currency": "CNY"}"#]
            {
                let input: FactInput<'_> = serde_json::from_str(input).expect("an input");
                let _ = schema.read(&input).map(|value| assert_eq!(schema.check(&value), Ok(())));
            }
        }
        Err(problems) => guanxi_fuzz::refused(&problems),
    }
});
