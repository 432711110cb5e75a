use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;
use serde_json::Value;

/// One difference between two documents in their normal form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Where.
    pub path: String,
    /// The value before; `None` if it was added.
    pub from: Option<Value>,
    /// The value after; `None` if it was removed.
    pub to: Option<Value>,
}

/// The differences between two documents, in the order of their paths' steps.
///
/// Give it normal forms ([`Document::to_value`](crate::Document::to_value)), then only differences of
/// meaning remain. Items of a list that carry an `id` are matched by it, others by their position.
#[must_use]
pub fn diff(from: &Value, to: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    compare("", Some(from), Some(to), &mut changes);
    changes
}

fn compare(path: &str, from: Option<&Value>, to: Option<&Value>, changes: &mut Vec<Change>) {
    let absent = |value: Option<&Value>| value.is_none_or(Value::is_null);
    match (from, to) {
        (a, b) if a == b || (absent(a) && absent(b)) => {}
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for name in names {
                let dot = if path.is_empty() { "" } else { "." };
                compare(&format!("{path}{dot}{name}"), a.get(name), b.get(name), changes);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            let keys: BTreeSet<String> =
                [a, b].into_iter().flat_map(|list| list.iter().enumerate().map(key)).collect();
            for name in keys {
                let find = |list: &'_ Vec<Value>| list.iter().enumerate().position(|item| key(item) == name);
                let (x, y) = (find(a).and_then(|i| a.get(i)), find(b).and_then(|i| b.get(i)));
                compare(&format!("{path}[{name}]"), x, y, changes);
            }
        }
        (from, to) => {
            changes.push(Change { path: path.into(), from: from.cloned(), to: to.cloned() });
        }
    }
}

fn key((position, item): (usize, &Value)) -> String {
    match item.get("id").and_then(Value::as_str) {
        Some(id) => id.into(),
        None => format!("{position:04}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::string::ToString;

    #[test]
    fn items_are_matched_by_id() {
        let from = json!({"tiers": [{"id": "a", "floor": "90"}, {"id": "b", "floor": "0"}], "x": null});
        let to = json!({"tiers": [{"id": "b", "floor": "10"}, {"id": "a", "floor": "90"}], "y": 1});
        let shown: Vec<_> = diff(&from, &to)
            .into_iter()
            .map(|c| format!("{}: {} -> {}", c.path, c.from.unwrap_or_default(), c.to.unwrap_or_default()))
            .collect();
        assert_eq!(shown, [r#"tiers[b].floor: "0" -> "10""#, "y: null -> 1"]);
    }
}
