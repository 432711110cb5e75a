use alloc::string::{String, ToString};
use alloc::vec::Vec;

use guanxi_core::Fingerprint;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The canonical JSON of a value: keys sorted, nulls dropped, no blanks.
///
/// Decimals and instants are texts by then (see `guanxi_core::DecimalText`), so `0.50` and `"0.5"`
/// read into the same document have the same canonical form.
#[must_use]
pub fn canonical_json(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(map) => {
            // Sorted here, since a host may have told serde_json to keep the order of insertion.
            let mut entries: Vec<_> = map.iter().filter(|(_, value)| !value.is_null()).collect();
            entries.sort_by_key(|(name, _)| *name);
            text.push('{');
            for (i, (name, value)) in entries.into_iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

/// SHA-256 over the canonical JSON of what a document says.
#[must_use]
pub fn fingerprint(body: &impl Serialize) -> Fingerprint {
    // A body is made of maps with text keys, so serialising it cannot fail.
    let tree = serde_json::to_value(body).unwrap_or_default();
    Fingerprint::from_bytes(Sha256::digest(canonical_json(&tree)).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn canonical_form_ignores_order_and_nulls() {
        let a = json!({"b": [1, {"y": null, "x": "甲"}], "a": null, "c": {}});
        assert_eq!(canonical_json(&a), r#"{"b":[1,{"x":"甲"}],"c":{}}"#);
        // printf '%s' '{"a":"0.5"}' | sha256sum
        assert_eq!(
            fingerprint(&json!({"a": "0.5"})).to_string(),
            "ec3788f130578bb3ed4248ee09ee151a39ec43e2d5971158423533904776935a"
        );
    }
}
