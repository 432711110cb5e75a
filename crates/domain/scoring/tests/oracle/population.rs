//! The reference of a population, counted one customer after the other.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::method::{Answer, answer};
use crate::ratio::Ratio;

/// What the values of one fact come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Known {
    pub(crate) count: u64,
    pub(crate) max: Option<Ratio>,
    pub(crate) total: Option<Ratio>,
    pub(crate) values: Option<Vec<(Ratio, u64)>>,
}

/// What a policy's normalisers compare a fact with: `max`, `total`, `values`.
pub(crate) fn needs(policy: &Value) -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut needs: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    for indicator in policy["body"]["indicators"].as_array().expect("indicators") {
        let normaliser = &indicator["normaliser"];
        let need = match normaliser["kind"].as_str().expect("a kind") {
            "relative_to_max" => "max",
            "logarithmic" if normaliser["full"].is_null() => "max",
            "relative_to_total" => "total",
            "percentile" | "capped" => "values",
            _ => continue,
        };
        needs.entry(indicator["fact"].as_str().expect("a fact").into()).or_default().insert(need);
    }
    needs
}

/// The reference of a population: known values, valid, not observed after `as_of`, stale or not.
pub(crate) fn observe(policy: &Value, customers: &[Value], as_of: DateTime<Utc>) -> BTreeMap<String, Known> {
    let count = |(fact, needs): (String, BTreeSet<&'static str>)| {
        let known: Vec<Ratio> = customers
            .iter()
            .filter_map(|customer| match answer(policy, customer, &fact, as_of) {
                Answer::Known { x, .. } => Some(x),
                _ => None,
            })
            .collect();
        let values = || {
            let mut counts: BTreeMap<&Ratio, u64> = BTreeMap::new();
            for x in &known {
                *counts.entry(x).or_default() += 1;
            }
            counts.into_iter().map(|(x, n)| (x.clone(), n)).collect()
        };
        let total = || known.iter().fold(Ratio::whole(0), |sum, x| (&sum + x).reduced());
        let counted = Known {
            count: u64::try_from(known.len()).expect("a count"),
            max: known.iter().max().cloned(),
            total: needs.contains("total").then(total),
            values: needs.contains("values").then(values),
        };
        (fact, counted)
    };
    needs(policy).into_iter().map(count).collect()
}

/// The same, read from a reference document. A greatest value that no normaliser needs may be kept.
pub(crate) fn read(reference: &Value) -> BTreeMap<String, Known> {
    let read = |(fact, known): (&String, &Value)| {
        let number = |name: &str| known.get(name).filter(|value| !value.is_null()).map(Ratio::read);
        let values = known.get("values").and_then(Value::as_array).map(|pairs| {
            pairs.iter().map(|pair| (Ratio::read(&pair[0]), pair[1].as_u64().expect("a count"))).collect()
        });
        let count = known["count"].as_u64().expect("a count");
        (fact.clone(), Known { count, max: number("max"), total: number("total"), values })
    };
    reference["body"]["facts"].as_object().expect("facts").iter().map(read).collect()
}
