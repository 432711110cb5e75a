use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;
use serde_json::{Map, Value};

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
/// meaning remain. A field that is null is absent. Lists in which every item has an `id` of its own
/// are compared by it, and another order of the same items is one difference at `path[]`; other lists
/// are compared by position.
#[must_use]
pub fn diff(from: &Value, to: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    compare("", Some(from), Some(to), &mut changes);
    changes
}

fn compare(path: &str, from: Option<&Value>, to: Option<&Value>, changes: &mut Vec<Change>) {
    match (from, to) {
        (a, b) if a == b => {}
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for name in names {
                let dot = if path.is_empty() { "" } else { "." };
                compare(&format!("{path}{dot}{name}"), present(a, name), present(b, name), changes);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => match (by_id(old), by_id(new)) {
            (Some(a), Some(b)) => {
                let order = |items: &[Value], others: &BTreeMap<&str, &Value>| -> Vec<Value> {
                    let ids = items.iter().filter_map(|item| item.get("id"));
                    ids.filter(|id| id.as_str().is_some_and(|id| others.contains_key(id))).cloned().collect()
                };
                // The order of what both have can matter, too: of indicators it breaks ties.
                let (before, after) = (order(old, &b), order(new, &a));
                if before != after {
                    let (from, to) = (Some(Value::Array(before)), Some(Value::Array(after)));
                    changes.push(Change { path: format!("{path}[]"), from, to });
                }
                let ids: BTreeSet<&str> = a.keys().chain(b.keys()).copied().collect();
                for id in ids {
                    compare(&format!("{path}[{id}]"), a.get(id).copied(), b.get(id).copied(), changes);
                }
            }
            _ => {
                for i in 0..old.len().max(new.len()) {
                    compare(&format!("{path}[{i}]"), old.get(i), new.get(i), changes);
                }
            }
        },
        (from, to) => {
            changes.push(Change { path: path.into(), from: from.cloned(), to: to.cloned() });
        }
    }
}

fn present<'a>(table: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    table.get(name).filter(|value| !value.is_null())
}

/// The items by their ids, if every one has an id of its own.
fn by_id(items: &[Value]) -> Option<BTreeMap<&str, &Value>> {
    let ids: Option<BTreeMap<&str, &Value>> =
        items.iter().map(|item| Some((item.get("id")?.as_str()?, item))).collect();
    ids.filter(|ids| ids.len() == items.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn items_are_matched_by_id() {
        let from = json!({"tiers": [{"id": "a", "floor": "90"}, {"id": "b", "floor": "0"}], "x": null});
        let to = json!({"tiers": [{"id": "b", "floor": "10"}, {"id": "a", "floor": "90"}], "y": 1});
        let shown: Vec<_> = diff(&from, &to)
            .into_iter()
            .map(|c| format!("{}: {} -> {}", c.path, c.from.unwrap_or_default(), c.to.unwrap_or_default()))
            .collect();
        assert_eq!(
            shown,
            [r#"tiers[]: ["a","b"] -> ["b","a"]"#, r#"tiers[b].floor: "0" -> "10""#, "y: null -> 1"]
        );
    }
}
