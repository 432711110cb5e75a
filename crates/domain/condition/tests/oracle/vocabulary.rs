//! A rich vocabulary: every kind of fact and attribute, twice where two terms may meet.
use std::collections::BTreeMap;

use guanxi_core::{FactKind, FactSchema};
use rust_decimal::Decimal;

use crate::condition::Names;

const DECIMAL: FactKind = FactKind::Decimal;

/// Name, kind, least and greatest.
type Named = (&'static str, FactKind, Option<i64>, Option<i64>);

pub(crate) const FACTS: &[Named] = &[
    ("score", DECIMAL, Some(0), Some(100)),
    ("price", DECIMAL, None, None),
    ("orders", FactKind::Int, Some(0), None),
    ("count", FactKind::Int, None, Some(5)),
    ("vip", FactKind::Bool, None, None),
    ("not", FactKind::Bool, None, None),
    ("region", FactKind::Text, None, None),
    ("行业", FactKind::Text, None, None),
    ("signed", FactKind::Date, None, None),
    ("birth-day", FactKind::Date, None, None),
    ("seen", FactKind::Instant, None, None),
    ("trial.end", FactKind::Instant, None, None),
    ("sensitivity", FactKind::Level { of: 5 }, None, None),
    ("rank", FactKind::Level { of: 3 }, None, None),
    ("tags", FactKind::Set, None, None),
    ("in", FactKind::Set, None, None),
    ("limit", FactKind::Money, None, None),
    ("spent", FactKind::Money, None, None),
];

pub(crate) const ATTRIBUTES: &[Named] = &[
    ("net", DECIMAL, Some(0), None),
    ("satisfaction", DECIMAL, Some(0), Some(100)),
    ("items", FactKind::Int, None, None),
    ("paid", FactKind::Money, None, None),
    ("state", FactKind::Text, None, None),
    ("case", FactKind::Text, None, None),
    ("ok", FactKind::Bool, None, None),
    ("grade", FactKind::Level { of: 5 }, None, None),
    ("on", FactKind::Date, None, None),
    ("at", FactKind::Instant, None, None),
    ("labels", FactKind::Set, None, None),
];

/// The host's own kinds of events.
pub(crate) const OWN_KINDS: &[&str] = &["webinar.joined", "拜访.完成"];

pub(crate) fn schemas(named: &[Named]) -> BTreeMap<String, FactSchema> {
    let bound = |bound: Option<i64>| bound.map(Decimal::from);
    let schema = |(name, kind, min, max): &Named| {
        ((*name).to_owned(), FactSchema { min: bound(*min), max: bound(*max), ..FactSchema::of(*kind) })
    };
    named.iter().map(schema).collect()
}

pub(crate) fn names() -> Names {
    Names { facts: schemas(FACTS), attributes: schemas(ATTRIBUTES) }
}
