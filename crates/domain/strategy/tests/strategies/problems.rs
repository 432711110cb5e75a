//! What is wrong with a document, all of it at once.
use guanxi_strategy::{StrategiesDocument, StrategiesSpec, StrategyPolicy, Texts};
use serde_json::{Value, json};

use crate::template;

fn refused(body: Value) -> String {
    let tree = json!({"schema": "guanxi.strategies/1", "id": "ours", "version": "1", "body": body});
    StrategiesDocument::from_value(&tree).unwrap_err().to_string()
}

fn one(more: Value) -> String {
    refused(json!({"templates": [template("t", "strategy", more)]}))
}

#[test]
fn presets_are_sound() {
    let text = include_str!("../../presets/strategies-standard.json");
    StrategiesDocument::from_json(text).unwrap_or_else(|problems| panic!("{problems}"));
}
