//! A small document to test with: a list of prices and a note.
#![allow(clippy::indexing_slicing)]

use guanxi_core::{DecimalText, TierId};
use guanxi_policy::{Body, Document, Node};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prices {
    pub(crate) unit: DecimalText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    pub(crate) tiers: Vec<Tier>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tier {
    pub(crate) id: TierId,
    pub(crate) floor: DecimalText,
}

impl Body for Prices {
    type Spec = Self;
    const SCHEMA: &'static str = "test.prices/1";

    fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&["unit", "note", "tiers"]);
        let unit = fields.required("unit").and_then(|node| node.get());
        let note = fields.optional("note").and_then(|node| node.get());
        let tiers = fields.required("tiers").and_then(|node| {
            let tiers: Vec<Option<Tier>> = node
                .items()?
                .iter()
                .map(|node| {
                    let fields = node.fields(&["id", "floor"]);
                    let id = fields.required("id").and_then(|node| node.get());
                    let floor = fields.required("floor").and_then(|node| node.get());
                    Some(Tier { id: id?, floor: floor? })
                })
                .collect();
            tiers.into_iter().collect()
        });
        Some(Self { unit: unit?, note, tiers: tiers? })
    }

    fn spec(&self) -> Self {
        self.clone()
    }
}

pub(crate) fn tree() -> Value {
    json!({
        "schema": "test.prices/1", "id": "prices", "version": "1",
        "body": {"unit": "0.5", "tiers": [{"id": "a", "floor": "90"}, {"id": "b", "floor": "0"}]}
    })
}

/// The document in force from one day to another.
#[allow(dead_code, reason = "not every test asks for dates")]
pub(crate) fn dated(version: &str, from: Option<&str>, to: Option<&str>) -> Document<Prices> {
    let mut tree = tree();
    tree["version"] = json!(version);
    tree["effective_from"] = json!(from);
    tree["effective_to"] = json!(to);
    Document::from_value(&tree).unwrap()
}
