//! Strategies: the document, the selection, what came of it, and what is suspicious.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod api;
mod cases;
mod compat;
mod laws;
mod lint;
mod outcome;
mod problems;

use chrono::{DateTime, Utc};
use guanxi_core::parse_instant;
use guanxi_strategy::{StrategiesDocument, StrategyReason, labels, strategy_preset};
use serde_json::{Value, json};

fn at(text: &str) -> DateTime<Utc> {
    parse_instant(text).unwrap()
}

/// A document of one body.
fn document(body: Value) -> StrategiesDocument {
    let tree = json!({"schema": "guanxi.strategies/1", "id": "ours", "version": "1", "body": body});
    StrategiesDocument::from_value(&tree).unwrap_or_else(|problems| panic!("{problems}"))
}

fn standard() -> StrategiesDocument {
    strategy_preset("standard").unwrap()
}

/// A template that says as little as it may.
fn template(id: &str, kind: &str, more: Value) -> Value {
    let mut template = json!({
        "id": id, "kind": kind, "core": {"en": id}, "measures": [{"id": format!("act_{id}"), "text": {"en": format!("act for {id}")}}]
    });
    template.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    template
}

fn texts(document: &StrategiesDocument, reasons: &[StrategyReason], lang: &str) -> Vec<String> {
    let pack = labels(lang).unwrap().with(document.body().label_pack(lang));
    reasons.iter().map(|reason| reason.text(&pack)).collect()
}
