//! The names that the recipes, the rules of quality and the columns of tables take from the mappings.
//!
//! A name that no mapping declares would be a fact without any value, and a board without any
//! customer: a slip of the pen that looks like a finding.
use std::collections::BTreeSet;

use serde_json::Value;

use super::config::Config;
use super::problem::{Fault, nearest};

/// Something that is named, and where `guanxi.toml` names it.
struct Name<'a> {
    at: String,
    name: &'a str,
}

/// Where a name is looked for.
struct Declared<'a> {
    what: &'static str,
    names: BTreeSet<&'a str>,
}

impl<'a> Declared<'a> {
    fn new(what: &'static str, names: impl IntoIterator<Item = &'a str>) -> Self {
        Self { what, names: names.into_iter().collect() }
    }

    fn missing(&self, names: Vec<Name<'_>>, faults: &mut Vec<(String, Fault)>) {
        for Name { at, name } in names.into_iter().filter(|name| !self.names.contains(name.name)) {
            let fault = Fault::Undeclared {
                what: self.what,
                given: name.to_owned(),
                nearest: nearest(name, self.names.iter().copied()),
                allowed: self.names.iter().map(|name| (*name).to_owned()).collect(),
            };
            faults.push((at, fault));
        }
    }
}

/// Every name that nothing declares, with its place.
pub(super) fn undeclared(config: &Config) -> Vec<(String, Fault)> {
    let mut faults = Vec::new();
    let attributes = config.parties.iter().flat_map(|party| &party.attributes);
    let of_parties = Declared::new("no party has the attribute", attributes.map(|(name, _)| name.as_str()));
    let columns = config.columns.iter().enumerate();
    let columns = columns.map(|(index, name)| Name { at: format!("columns[{index}]"), name: name.as_str() });
    of_parties.missing(columns.collect(), &mut faults);

    let kinds: Option<Vec<&str>> = config.events.iter().map(|event| event.kind.literal()).collect();
    let kinds = kinds.map(|kinds| Declared::new("no event is of the kind", kinds));
    let recipes = items(&config.recipes, "recipes");
    for (index, recipe) in recipes.iter().enumerate() {
        let at = format!("recipes[{index}]");
        let events = texts(recipe.get("events"), &format!("{at}.events"));
        let measured: Vec<&str> = events.iter().map(|name| name.name).collect();
        let of_events = config.events.iter().filter(|event| {
            // A kind made of columns may be any.
            event.kind.literal().is_none_or(|kind| measured.contains(&kind))
        });
        let of_events = of_events.flat_map(|event| event.attributes.iter().map(|(name, _)| name.as_str()));
        let of_events = Declared::new("no event of these kinds has the attribute", of_events);
        let known = measured.iter().all(|kind| kinds.as_ref().is_none_or(|kinds| kinds.names.contains(kind)));
        if let Some(kinds) = &kinds {
            kinds.missing(events, &mut faults);
        }
        let measure = recipe.get("measure").unwrap_or(&Value::Null);
        let own = [("peers", recipe.get("peers")), ("measure.attribute", measure.get("attribute"))];
        let own = own
            .into_iter()
            .filter_map(|(key, value)| Some(Name { at: format!("{at}.{key}"), name: value?.as_str()? }));
        of_parties.missing(own.collect(), &mut faults);
        let mut named = Vec::new();
        if measure.get("attribute").is_none() {
            attributes_in(measure, &format!("{at}.measure"), &mut named);
        }
        attributes_in(recipe.get("where").unwrap_or(&Value::Null), &format!("{at}.where"), &mut named);
        // Of a kind that is not known nothing else is.
        if known {
            of_events.missing(named, &mut faults);
        }
    }

    let facts = recipes.iter().filter_map(|recipe| recipe.get("fact")?.as_str());
    let facts = Declared::new("no recipe makes the fact", facts);
    for (list, keys) in
        [("fields", &["field"][..]), ("ordered", &["field", "at_least"]), ("unique", &["field"])]
    {
        for (index, rule) in items(&config.quality, list).iter().enumerate() {
            for key in keys {
                let named = |kind: &str| -> Vec<Name<'_>> {
                    let name = rule.get(key).and_then(|field| field.get(kind)?.as_str());
                    let at = format!("quality.{list}[{index}].{key}.{kind}");
                    name.into_iter().map(|name| Name { at: at.clone(), name }).collect()
                };
                of_parties.missing(named("attribute"), &mut faults);
                facts.missing(named("fact"), &mut faults);
            }
        }
    }
    let recorded = config.quality.get("recording").and_then(|recording| recording.get("events"));
    if let Some(kinds) = &kinds {
        kinds.missing(texts(recorded, "quality.recording.events"), &mut faults);
    }
    faults
}

fn items<'a>(tree: &'a Value, key: &str) -> &'a [Value] {
    tree.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn texts<'a>(list: Option<&'a Value>, at: &str) -> Vec<Name<'a>> {
    let items = list.and_then(Value::as_array).map_or(&[][..], Vec::as_slice).iter().enumerate();
    let name =
        |(index, item): (usize, &'a Value)| Some(Name { at: format!("{at}[{index}]"), name: item.as_str()? });
    items.filter_map(name).collect()
}

/// The attributes of events that a measure or a list of filters names.
fn attributes_in<'a>(value: &'a Value, at: &str, names: &mut Vec<Name<'a>>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let at = format!("{at}.{key}");
                match (key.as_str(), value) {
                    ("constant" | "is", _) => {}
                    ("add" | "subtract", _) => names.extend(texts(Some(value), &at)),
                    (
                        "attribute"
                        | "first"
                        | "last"
                        | "distinct"
                        | "distinct_not_yet"
                        | "distinct_in_population",
                        Value::String(name),
                    ) => names.push(Name { at, name }),
                    _ => attributes_in(value, &at, names),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                attributes_in(item, &format!("{at}[{index}]"), names);
            }
        }
        _ => {}
    }
}
