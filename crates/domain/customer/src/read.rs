//! Reading what may be absent: wrong and absent are different answers.
use alloc::vec::Vec;

use guanxi_policy::{Fields, Node};
use serde::de::DeserializeOwned;

/// A field that may be absent: nothing at all if it is there and wrong.
pub(crate) fn optional<T: DeserializeOwned>(fields: &Fields<'_>, name: &str) -> Option<Option<T>> {
    match fields.optional(name) {
        None => Some(None),
        Some(node) => node.get().map(Some),
    }
}

/// A list that may be absent: every item is read, and none is kept if one is wrong.
pub(crate) fn list<'a, T>(
    fields: &Fields<'a>,
    name: &str,
    read: impl FnMut(&Node<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let Some(node) = fields.optional(name) else { return Some(Vec::new()) };
    let items: Vec<Option<T>> = node.items()?.iter().map(read).collect();
    items.into_iter().collect()
}
