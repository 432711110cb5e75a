//! Value segments as ordered rules over facts.
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

use guanxi_core::{DecimalText, FactId, Share};
use guanxi_policy::{Body, Document, Node, Problems, check};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::id::SegmentId;

/// A policy of value segments with its id, version, validity and fingerprint.
///
/// ```
/// use guanxi_segmentation::{ValueDocument, value_preset};
/// let standard: ValueDocument = value_preset("standard").ok_or("no such preset")?;
/// let segments: Vec<String> = standard.body().segments().iter().map(ToString::to_string).collect();
/// assert_eq!(segments, ["at_risk", "high_value", "potential", "general"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type ValueDocument = Document<ValuePolicy>;

/// The most rules that a policy may have.
pub const MAX_RULES: usize = 64;

/// What a policy of value segments says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ValueSpec {
    /// 1 to 64 rules, in the order in which they are tried: the first one that holds decides.
    pub rules: Vec<RuleSpec>,
    /// The segment of those for whom no rule holds.
    pub default: SegmentId,
    /// Facts that only group the report: industry, region, size; at most 12.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_by: Vec<FactId>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// The segment that it leads to; several rules may lead to one.
    pub segment: SegmentId,
    /// 1 to 12 conditions; the rule holds if all of them do.
    pub all: Vec<ConditionSpec>,
}

/// A fact against exactly one bound. It does not hold if the fact or what it is compared with is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConditionSpec {
    /// The fact.
    pub fact: FactId,
    /// It is this or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Bound>,
    /// It is more than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<Bound>,
    /// It is this or less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Bound>,
    /// It is less than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<Bound>,
}

/// What a fact is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// A number.
    Number(DecimalText),
    /// A quantile of the fact in the population, above 0: `0.8` is the least value that 80 % do not exceed
    /// (nearest rank: the value at place `ceil(q * n)` of the `n` known ones in ascending order).
    Quantile(Share),
    /// A multiple of another fact of the same customer.
    Times {
        /// The other fact.
        fact: FactId,
        /// The factor.
        by: DecimalText,
    },
}

/// How a fact is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// This or more.
    AtLeast,
    /// More.
    Above,
    /// This or less.
    AtMost,
    /// Less.
    Below,
}

impl Comparison {
    const ALL: [(Self, &'static str); 4] = [
        (Self::AtLeast, "at_least"),
        (Self::Above, "above"),
        (Self::AtMost, "at_most"),
        (Self::Below, "below"),
    ];

    /// The code, as it is written.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AtLeast => "at_least",
            Self::Above => "above",
            Self::AtMost => "at_most",
            Self::Below => "below",
        }
    }

    pub(crate) fn holds<T: Ord>(self, value: &T, bound: &T) -> bool {
        match self {
            Self::AtLeast => value >= bound,
            Self::Above => value > bound,
            Self::AtMost => value <= bound,
            Self::Below => value < bound,
        }
    }
}

/// What a policy of value segments says, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValuePolicy {
    spec: ValueSpec,
    rules: Vec<Rule>, // INVARIANT: one for each rule of the spec
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) segment: SegmentId,
    pub(crate) all: Vec<Condition>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) fact: FactId,
    pub(crate) comparison: Comparison,
    pub(crate) bound: Bound,
}

impl ValuePolicy {
    pub(crate) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The segment of those for whom no rule holds.
    #[must_use]
    pub const fn default_segment(&self) -> &SegmentId {
        &self.spec.default
    }

    /// The facts that group the report.
    #[must_use]
    pub fn group_by(&self) -> &[FactId] {
        &self.spec.group_by
    }

    /// All segments, in the order of the rules that lead to them.
    #[must_use]
    pub fn segments(&self) -> Vec<&SegmentId> {
        let mut segments = Vec::new();
        for segment in self.rules.iter().map(|rule| &rule.segment).chain([&self.spec.default]) {
            if !segments.contains(&segment) {
                segments.push(segment);
            }
        }
        segments
    }

    /// The facts that the rules read.
    #[must_use]
    pub fn facts(&self) -> BTreeSet<&FactId> {
        let conditions = self.rules.iter().flat_map(|rule| &rule.all);
        conditions
            .flat_map(|condition| {
                let other = if let Bound::Times { fact, .. } = &condition.bound { Some(fact) } else { None };
                core::iter::once(&condition.fact).chain(other)
            })
            .collect()
    }
}

impl TryFrom<&ValueSpec> for ValuePolicy {
    type Error = Problems;

    fn try_from(spec: &ValueSpec) -> Result<Self, Problems> {
        check(&serde_json::to_value(spec).unwrap_or_default(), Self::read)
    }
}

impl Body for ValuePolicy {
    type Spec = ValueSpec;
    const SCHEMA: &'static str = "guanxi.value/1";

    fn spec(&self) -> ValueSpec {
        self.spec.clone()
    }

    fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&["rules", "default", "group_by"]);
        let rules =
            fields.required("rules").and_then(|node| read_list(&node, "rules", 1..=MAX_RULES, read_rule));
        let default = fields.required("default").and_then(|node| node.get());
        let group_by = match fields.optional("group_by") {
            None => Some(Vec::new()),
            Some(node) => {
                let mut seen = BTreeSet::new();
                read_list(&node, "facts", 0..=12, |node| {
                    let fact: FactId = node.get()?;
                    if !seen.insert(fact.clone()) {
                        node.refuse("duplicate", "each fact once");
                    }
                    Some(fact)
                })
            }
        };
        let (specs, rules) = rules?.into_iter().unzip();
        Some(Self { spec: ValueSpec { rules: specs, default: default?, group_by: group_by? }, rules })
    }
}

/// A list of so many items: every item is read, and none is kept if one is wrong.
fn read_list<'a, T>(
    node: &Node<'a>,
    what: &str,
    allowed: core::ops::RangeInclusive<usize>,
    read: impl FnMut(&Node<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let items = node.items()?;
    if !allowed.contains(&items.len()) {
        let range = format!("{} to {} {what}", allowed.start(), allowed.end());
        node.report("not_allowed", format!("{} {what}", items.len()), range);
        return None;
    }
    let items: Vec<Option<T>> = items.iter().map(read).collect();
    items.into_iter().collect()
}

fn read_rule(node: &Node<'_>) -> Option<(RuleSpec, Rule)> {
    let fields = node.fields(&["segment", "all"]);
    let segment: Option<SegmentId> = fields.required("segment").and_then(|node| node.get());
    let all = fields.required("all").and_then(|node| read_list(&node, "conditions", 1..=12, read_condition));
    let (segment, (specs, all)) = (segment?, all?.into_iter().unzip());
    Some((RuleSpec { segment: segment.clone(), all: specs }, Rule { segment, all }))
}

fn read_condition(node: &Node<'_>) -> Option<(ConditionSpec, Condition)> {
    let fields = node.fields(&["fact", "at_least", "above", "at_most", "below"]);
    let fact: Option<FactId> = fields.required("fact").and_then(|node| node.get());
    let given: Vec<(Comparison, Node<'_>)> =
        Comparison::ALL.into_iter().filter_map(|(word, name)| Some((word, fields.optional(name)?))).collect();
    let bounds: Vec<(Comparison, Option<Bound>)> =
        given.iter().map(|(comparison, node)| (*comparison, read_bound(node))).collect();
    let [(comparison, bound)] = bounds.as_slice() else {
        let given = format!("{} comparisons", bounds.len());
        node.report("not_allowed", given, "exactly one of at_least, above, at_most, below");
        return None;
    };
    let (fact, comparison, bound) = (fact?, *comparison, bound.clone()?);
    let only = |word: Comparison| (word == comparison).then(|| bound.clone());
    let spec = ConditionSpec {
        fact: fact.clone(),
        at_least: only(Comparison::AtLeast),
        above: only(Comparison::Above),
        at_most: only(Comparison::AtMost),
        below: only(Comparison::Below),
    };
    Some((spec, Condition { fact, comparison, bound }))
}

fn read_bound(node: &Node<'_>) -> Option<Bound> {
    let fields = node.fields(&["number", "quantile", "times"]);
    let number = fields.optional("number").map(|node| node.get().map(Bound::Number));
    let quantile = fields.optional("quantile").map(|node| {
        let quantile: Share = node.get()?;
        if quantile == Share::NONE {
            node.refuse("not_allowed", "a quantile above 0");
            return None;
        }
        Some(Bound::Quantile(quantile))
    });
    let times = fields.optional("times").map(|node| {
        let fields = node.fields(&["fact", "by"]);
        let fact = fields.required("fact").and_then(|node| node.get());
        let by = fields.required("by").and_then(|node| {
            let by: DecimalText = node.get()?;
            if by.0 <= Decimal::ZERO {
                node.refuse("not_allowed", "a factor above 0");
                return None;
            }
            Some(by)
        });
        Some(Bound::Times { fact: fact?, by: by? })
    });
    let given: Vec<Option<Bound>> = [number, quantile, times].into_iter().flatten().collect();
    match given.as_slice() {
        [bound] => bound.clone(),
        _ if node.value().is_object() => {
            node.report(
                "not_allowed",
                format!("{} bounds", given.len()),
                "exactly one of number, quantile, times",
            );
            None
        }
        _ => None,
    }
}
