//! Reading the parts of a scoring policy; what is wrong is reported where it stands.
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use guanxi_bands::Bands;
use guanxi_core::{DecimalText, FactId, FactKind, FactSchema, Score, Share, TierId, Weights, WeightsError};
use guanxi_policy::{Fields, Node, read_fact_schema};
use rust_decimal::Decimal;

use crate::dimension::Dimension;
use crate::policy::{MAX_INDICATORS, MAX_TIERS};
use crate::spec::{
    Direction, ExpectedShare, GreatestAge, IndicatorId, IndicatorSpec, MissingRule, Normaliser, ScoreRange,
    StaleRule, Step, TierSpec,
};

const DIMENSIONS: [(&str, Dimension); 3] =
    [("value", Dimension::Value), ("potential", Dimension::Potential), ("need", Dimension::Need)];

pub(crate) fn dimensions(node: &Node<'_>) -> Option<(BTreeMap<Dimension, DecimalText>, Weights<Dimension>)> {
    let fields = node.fields(&["value", "potential", "need"]);
    let mut given = BTreeMap::new();
    let mut complete = true;
    for (name, dimension) in DIMENSIONS {
        let Some(field) = fields.optional(name) else { continue };
        match read_weight(&field) {
            Some(weight) => {
                given.insert(dimension, weight);
            }
            None => complete = false,
        }
    }
    let weights = given.iter().map(|(dimension, weight)| (*dimension, weight.0)).collect();
    let weights = sum_up(node, "the dimensions", weights, complete)?;
    Some((given, weights))
}

/// Reads one weight and reports it if it is negative or too fine.
fn read_weight(node: &Node<'_>) -> Option<DecimalText> {
    let weight: DecimalText = node.get()?;
    let finest = weight.0.normalize().scale() <= 9 && weight.0.abs() <= Decimal::new(1_000_000_000, 0);
    if weight.0 < Decimal::ZERO || !finest {
        node.refuse("not_allowed", "a weight from 0 to 1000000000 with at most 9 decimal places");
    }
    Some(weight)
}

/// Makes weights of a group, and reports at the group what only shows when they are added up.
fn sum_up<K>(node: &Node<'_>, group: &str, weights: Vec<(K, Decimal)>, complete: bool) -> Option<Weights<K>> {
    let sum = weights.iter().try_fold(Decimal::ZERO, |sum, (_, weight)| sum.checked_add(*weight));
    let refused = weights.iter().any(|(_, weight)| *weight < Decimal::ZERO);
    match Weights::new(weights) {
        Ok(weights) => Some(weights),
        Err(WeightsError::AllZero) if complete => {
            node.report(
                "weights_sum",
                format!("no weight above 0 for {group}"),
                "at least one weight above 0",
            );
            None
        }
        Err(_) => {
            let sum = sum?.normalize();
            let whole = refused && sum.is_integer() && sum != Decimal::ONE && sum > Decimal::ZERO;
            if complete && sum != Decimal::ONE && !whole {
                let given = format!("weights of {group} that sum to {sum}");
                node.report("weights_sum", given, "weights that sum to 1, or integers of any sum");
            }
            None
        }
    }
}

/// The declared facts; one without a readable schema is declared all the same, so that naming it is no
/// second problem.
pub(crate) type Declared = BTreeMap<FactId, Option<FactSchema>>;

pub(crate) fn facts(node: &Node<'_>) -> Option<Declared> {
    let mut facts = BTreeMap::new();
    let mut parts = Vec::new();
    for (name, node) in node.entries()? {
        let id = FactId::new(name)
            .map_err(|error| node.report("not_allowed", format!("`{name}`"), error.to_string()));
        let schema = read_fact_schema(&node);
        if let Some(whole) = schema.as_ref().and_then(|schema| schema.part_of.clone()) {
            parts.push((node, whole));
        }
        if let Ok(id) = id {
            facts.insert(id, schema);
        }
    }
    for (node, whole) in parts {
        let next = |id: &FactId| facts.get(id)?.as_ref()?.part_of.clone();
        // A chain without a circle ends within as many steps as there are facts.
        let circle = core::iter::successors(Some(whole.clone()), next).nth(facts.len()).is_some();
        if !is_number(facts.get(&whole)) {
            node.report("unknown_name", format!("part_of `{whole}`"), "a declared fact that is a number");
        } else if circle {
            node.report(
                "not_allowed",
                format!("part_of `{whole}`"),
                "a fact that is not a part of this one in turn",
            );
        }
    }
    Some(facts)
}

/// Whether a fact is declared and, as far as can be told, a number.
fn is_number(declared: Option<&Option<FactSchema>>) -> bool {
    declared.is_some_and(|schema| schema.as_ref().is_none_or(|schema| schema.kind.is_number()))
}

/// An indicator as far as it could be read.
pub(crate) struct Draft {
    id: Option<IndicatorId>,
    dimension: Option<Dimension>,
    weight: Option<DecimalText>,
    fact: Option<FactId>,
    normaliser: Option<Normaliser>,
    direction: Direction,
    missing: MissingRule,
    greatest_age: Option<GreatestAge>,
    influenceable: bool,
}

impl Draft {
    pub(crate) fn finish(self) -> Option<IndicatorSpec> {
        Some(IndicatorSpec {
            id: self.id?,
            dimension: self.dimension?,
            weight: self.weight?,
            fact: self.fact?,
            normaliser: self.normaliser?,
            direction: self.direction,
            missing: self.missing,
            greatest_age: self.greatest_age,
            influenceable: self.influenceable,
        })
    }
}

pub(crate) fn indicators(node: &Node<'_>, facts: Option<&Declared>) -> Vec<Draft> {
    let items = node.items().unwrap_or_default();
    if items.is_empty() || items.len() > MAX_INDICATORS {
        node.report("not_allowed", format!("{} indicators", items.len()), "1 to 12 indicators");
    }
    let mut drafts: Vec<Draft> = Vec::new();
    for item in items.into_iter().take(MAX_INDICATORS) {
        let draft = read_indicator(&item, facts);
        if let Some(id) = &draft.id
            && drafts.iter().any(|other| other.id.as_ref() == Some(id))
        {
            item.report("duplicate", format!("id `{id}`"), "each indicator has an id of its own");
        }
        drafts.push(draft);
    }
    drafts
}

fn read_indicator(node: &Node<'_>, facts: Option<&Declared>) -> Draft {
    let fields = node.fields(&[
        "id",
        "dimension",
        "weight",
        "fact",
        "normaliser",
        "direction",
        "missing",
        "greatest_age",
        "influenceable",
    ]);
    let fact = fields.required("fact").and_then(|node| read_fact_name(&node, facts));
    let kind = fact.as_ref().and_then(|id| facts?.get(id)?.as_ref()).map(|schema| schema.kind);
    let direction =
        [("higher_is_better", Direction::HigherIsBetter), ("lower_is_better", Direction::LowerIsBetter)];
    let missing = [
        ("renormalise", MissingRule::Renormalise),
        ("lowest", MissingRule::Lowest),
        ("neutral", MissingRule::Neutral),
        ("refuse", MissingRule::Refuse),
    ];
    Draft {
        id: fields.required("id").and_then(|node| node.get()),
        dimension: fields.required("dimension").and_then(|node| node.choice(&DIMENSIONS)),
        weight: fields.required("weight").and_then(|node| read_weight(&node)),
        normaliser: fields.required("normaliser").and_then(|node| read_normaliser(&node, kind, facts)),
        direction: fields.optional("direction").and_then(|node| node.choice(&direction)).unwrap_or_default(),
        missing: fields.optional("missing").and_then(|node| node.choice(&missing)).unwrap_or_default(),
        greatest_age: fields.optional("greatest_age").and_then(|node| read_greatest_age(&node)),
        influenceable: fields.optional("influenceable").and_then(|node| node.get()).unwrap_or_default(),
        fact,
    }
}

/// Reads the name of a declared fact that is a number.
fn read_fact_name(node: &Node<'_>, facts: Option<&Declared>) -> Option<FactId> {
    let id: FactId = node.get()?;
    match facts?.get(&id) {
        None => node.refuse("unknown_name", "a fact declared under `facts`"),
        Some(Some(schema)) if !schema.kind.is_number() => {
            node.report(
                "not_allowed",
                format!("`{id}`, {}", schema.kind),
                "a fact that is a number, a level or a bool",
            );
        }
        Some(_) => {}
    }
    Some(id)
}

fn read_greatest_age(node: &Node<'_>) -> Option<GreatestAge> {
    let fields = node.fields(&["days", "then"]);
    let days = fields.required("days").and_then(|node| {
        let days: u16 = node.get()?;
        if days == 0 || days > 36_500 {
            node.refuse("not_allowed", "1 to 36500 days");
        }
        Some(days)
    });
    let then = [("use", StaleRule::Use), ("missing", StaleRule::Missing)];
    let then = fields.required("then").and_then(|node| node.choice(&then));
    Some(GreatestAge { days: days?, then: then? })
}

#[derive(Clone, Copy)]
enum Kind {
    RelativeToMax,
    RelativeToTotal,
    RelativeToFixed,
    Linear,
    Level,
    ShareOf,
    Steps,
    Percentile,
    Capped,
    Logarithmic,
}

fn read_normaliser(node: &Node<'_>, kind: Option<FactKind>, facts: Option<&Declared>) -> Option<Normaliser> {
    const ALL: &[&str] = &["kind", "of", "from", "to", "whole", "steps", "quantile", "unit", "full"];
    let kinds: [(&str, Kind, &[&str]); 10] = [
        ("relative_to_max", Kind::RelativeToMax, &["kind"]),
        ("relative_to_total", Kind::RelativeToTotal, &["kind"]),
        ("relative_to_fixed", Kind::RelativeToFixed, &["kind", "of"]),
        ("linear", Kind::Linear, &["kind", "from", "to"]),
        ("level", Kind::Level, &["kind"]),
        ("share_of", Kind::ShareOf, &["kind", "whole"]),
        ("steps", Kind::Steps, &["kind", "steps"]),
        ("percentile", Kind::Percentile, &["kind"]),
        ("capped", Kind::Capped, &["kind", "quantile"]),
        ("logarithmic", Kind::Logarithmic, &["kind", "unit", "full"]),
    ];
    let given = node.value().get("kind").and_then(|kind| kind.as_str());
    let Some((_, chosen, allowed)) = kinds.iter().find(|(name, ..)| Some(*name) == given) else {
        let fields = node.fields(ALL);
        let _ = fields.required("kind")?.choice(&kinds.map(|(name, kind, _)| (name, kind)));
        return None;
    };
    let fields = node.fields(allowed);
    let decimal = |name| fields.required(name).and_then(|node| node.get::<DecimalText>());
    let positive = |fields: &Fields<'_>, name| {
        let node = fields.optional(name)?;
        let value: DecimalText = node.get()?;
        if value.0 <= Decimal::ZERO {
            node.refuse("not_allowed", "a number above 0");
        }
        Some(value)
    };
    Some(match chosen {
        Kind::RelativeToMax => Normaliser::RelativeToMax,
        Kind::RelativeToTotal => Normaliser::RelativeToTotal,
        Kind::Percentile => Normaliser::Percentile,
        Kind::RelativeToFixed => {
            let _ = fields.required("of")?;
            Normaliser::RelativeToFixed { of: positive(&fields, "of")? }
        }
        Kind::Linear => {
            let (from, to) = (decimal("from"), decimal("to"));
            let (from, to) = (from?, to?);
            if from.0 >= to.0 {
                let allowed = "from below to (for the other way, `direction = \"lower_is_better\"`)";
                node.report("not_allowed", format!("from {from} to {to}"), allowed);
            }
            Normaliser::Linear { from, to }
        }
        Kind::Level => {
            if let Some(kind) = kind
                && !matches!(kind, FactKind::Level { .. })
            {
                node.report("not_allowed", format!("level for {kind}"), "a fact of kind level");
            }
            Normaliser::Level
        }
        Kind::ShareOf => Normaliser::ShareOf {
            whole: fields.required("whole").and_then(|node| read_fact_name(&node, facts))?,
        },
        Kind::Steps => {
            Normaliser::Steps { steps: fields.required("steps").and_then(|node| read_steps(&node))? }
        }
        Kind::Capped => {
            let node = fields.required("quantile")?;
            let quantile: Share = node.get()?;
            if quantile == Share::NONE {
                node.refuse("not_allowed", "a quantile above 0");
            }
            Normaliser::Capped { quantile }
        }
        Kind::Logarithmic => {
            let _ = fields.required("unit")?;
            Normaliser::Logarithmic { unit: positive(&fields, "unit")?, full: positive(&fields, "full") }
        }
    })
}

fn read_steps(node: &Node<'_>) -> Option<Vec<Step>> {
    let items = node.items()?;
    if items.is_empty() {
        node.refuse("not_allowed", "at least one step");
    }
    let mut steps: Vec<Step> = Vec::new();
    let mut complete = true;
    for item in items {
        let fields = item.fields(&["from", "value"]);
        let from = fields.required("from").and_then(|node| node.get::<DecimalText>());
        let value = fields.required("value").and_then(|node| node.get());
        let (Some(from), Some(value)) = (from, value) else {
            complete = false;
            continue;
        };
        if steps.last().is_some_and(|last| last.from.0 >= from.0) {
            item.report(
                "not_allowed",
                format!("from {from}"),
                "steps in ascending order, each from a bound of its own",
            );
        }
        steps.push(Step { from, value });
    }
    complete.then_some(steps)
}

/// The weights of the indicators of each dimension that has any.
pub(crate) fn weights(
    node: &Node<'_>,
    drafts: &[Draft],
    dimensions: Option<&Weights<Dimension>>,
) -> Option<Vec<(Dimension, Weights<IndicatorId>)>> {
    let mut all = Vec::new();
    let mut complete = true;
    for dimension in Dimension::ALL {
        let group: Vec<&Draft> = drafts.iter().filter(|draft| draft.dimension == Some(dimension)).collect();
        let weighed = dimensions.is_some_and(|weights| weights.part(&dimension) > 0);
        let readable = drafts.iter().all(|draft| draft.dimension.is_some());
        if group.is_empty() {
            if weighed && readable {
                let given = format!("no indicator for {dimension}, which weighs more than 0");
                node.report("weights_sum", given, "an indicator for every dimension that weighs more than 0");
            }
            continue;
        }
        let known = group.iter().all(|draft| draft.weight.is_some());
        let listed: Option<Vec<(IndicatorId, Decimal)>> =
            group.iter().map(|draft| Some((draft.id.clone()?, draft.weight?.0))).collect();
        let listed = listed.unwrap_or_default();
        if listed.is_empty() {
            complete = false;
            continue;
        }
        // Indicators that only show something may stand alone in a dimension that weighs nothing.
        let shown_only =
            !weighed && dimensions.is_some() && listed.iter().all(|(_, weight)| weight.is_zero());
        if shown_only {
            continue;
        }
        match sum_up(node, &format!("the indicators of {dimension}"), listed, known) {
            Some(weights) => all.push((dimension, weights)),
            None => complete = false,
        }
    }
    complete.then_some(all)
}

/// The part of an indicator in its dimension and the whole; a dimension that weighs nothing has no parts.
pub(crate) fn part_of(
    weights: &[(Dimension, Weights<IndicatorId>)],
    indicator: &IndicatorSpec,
) -> (u64, u64) {
    let weights = weights.iter().find(|(dimension, _)| *dimension == indicator.dimension);
    weights.map_or((0, 1), |(_, weights)| (weights.part(&indicator.id), weights.whole()))
}

pub(crate) fn tiers(node: &Node<'_>) -> Option<(Vec<TierSpec>, Option<Bands<TierId>>)> {
    let mut tiers: Vec<TierSpec> = Vec::new();
    let mut complete = true;
    let items = node.items()?;
    if items.len() > MAX_TIERS {
        node.report("not_allowed", format!("{} tiers", items.len()), "at most 64 tiers");
    }
    for item in items.into_iter().take(MAX_TIERS) {
        let fields = item.fields(&["id", "floor", "expected_share", "profile"]);
        let id: Option<TierId> = fields.required("id").and_then(|node| node.get());
        let floor = fields.required("floor").and_then(|node| Some((node.get::<Score>()?, node)));
        let expected_share = fields.optional("expected_share").map(|node| read_expected_share(&node));
        let profile = fields.optional("profile").map(|node| read_profile(&node));
        if let Some((floor, node)) = &floor
            && let Some(other) = tiers.iter().find(|tier| tier.floor == *floor)
        {
            node.refuse("duplicate", format!("a floor of its own; `{}` has {floor} already", other.id));
        }
        if let Some(id) = &id
            && tiers.iter().any(|tier| tier.id == *id)
        {
            item.report("duplicate", format!("id `{id}`"), "each tier has an id of its own");
        }
        complete &= expected_share != Some(None) && profile != Some(None);
        match (id, floor) {
            (Some(id), Some((floor, _))) => {
                let (expected_share, profile) =
                    (expected_share.flatten(), profile.flatten().unwrap_or_default());
                tiers.push(TierSpec { id, floor, expected_share, profile });
            }
            _ => complete = false,
        }
    }
    if complete && !tiers.iter().any(|tier| tier.floor == Score::MIN) {
        let lowest = tiers.iter().map(|tier| tier.floor).min();
        let given =
            lowest.map_or_else(|| "no tier".to_string(), |floor| format!("a lowest floor of {floor}"));
        node.report("not_allowed", given, "tiers of which the lowest has the floor 0");
    }
    let bands = Bands::new(tiers.iter().map(|tier| (tier.id.clone(), tier.floor)).collect()).ok();
    Some((tiers, bands.filter(|_| complete)))
}

fn read_expected_share(node: &Node<'_>) -> Option<ExpectedShare> {
    let fields = node.fields(&["from", "to"]);
    let from = fields.required("from").and_then(|node| node.get::<Share>());
    let to = fields.required("to").and_then(|node| node.get::<Share>());
    let (from, to) = (from?, to?);
    if from > to {
        node.report("not_allowed", format!("from {from} to {to}"), "from at most to");
    }
    Some(ExpectedShare { from, to })
}

fn read_profile(node: &Node<'_>) -> Option<BTreeMap<Dimension, ScoreRange>> {
    let fields = node.fields(&["value", "potential", "need"]);
    let mut profile = BTreeMap::new();
    let mut complete = true;
    for (name, dimension) in DIMENSIONS {
        let Some(node) = fields.optional(name) else { continue };
        let range = node.fields(&["at_least", "below"]);
        let bound = |name| range.optional(name).map(|node| node.get::<Score>());
        match (bound("at_least"), bound("below")) {
            (Some(None), _) | (_, Some(None)) => complete = false,
            (at_least, below) => {
                let range = ScoreRange { at_least: at_least.flatten(), below: below.flatten() };
                if let (Some(least), Some(end)) = (range.at_least, range.below)
                    && least >= end
                {
                    node.report(
                        "not_allowed",
                        format!("at least {least}, below {end}"),
                        "at_least less than below",
                    );
                }
                profile.insert(dimension, range);
            }
        }
    }
    complete.then_some(profile)
}
