//! What the classes A, B, C are, as data.
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use guanxi_core::{DecimalText, FactId, Share, Weights, WeightsError};
use guanxi_policy::{Body, Document, Node, Problems, check};
use serde::{Deserialize, Serialize};

use crate::expected::{Expected, read_expected};
use crate::id::ClassId;

/// An ABC policy with its id, version, validity and fingerprint.
///
/// ```
/// use guanxi_segmentation::{AbcDocument, abc_preset};
/// let standard: AbcDocument = abc_preset("standard").ok_or("no such preset")?;
/// assert_eq!(AbcDocument::from_value(&standard.to_value())?.stamp(), standard.stamp());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type AbcDocument = Document<AbcPolicy>;

/// The most classes that a policy may have.
pub const MAX_CLASSES: usize = 26;

/// The most facts that may be blended.
pub const MAX_BLENDED: usize = 12;

/// What an ABC policy says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AbcSpec {
    /// The fact that is the amount: what is classed by if nothing is blended, and what the report counts.
    pub amount: FactId,
    /// Facts to class by in place of the amount: contribution, frequency, potential; at most 12.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blend: Vec<BlendSpec>,
    /// What the limits of the classes are shares of.
    #[serde(default)]
    pub by: By,
    /// 2 to 26 classes, the best first; the last one has no limit.
    pub classes: Vec<ClassSpec>,
}

/// One fact of a blend: its value relative to the greatest of the population.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BlendSpec {
    /// The fact; a value below 0 counts as 0.
    pub fact: FactId,
    /// Its weight: shares that sum to 1, or integer parts; above 0.
    pub weight: DecimalText,
}

/// What the limits of the classes are shares of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Of the total: what those with more have together.
    #[default]
    Cumulative,
    /// Of the customers: how many have more.
    Rank,
}

/// One class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClassSpec {
    /// Its name.
    pub id: ClassId,
    /// A customer is in the class while the share of those before it is below this: above 0, below 1,
    /// ascending. The last class has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Share>,
    /// The share of the customers that it should have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_customers: Option<Expected>,
    /// The share of the amount that it should have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_amount: Option<Expected>,
}

/// What an ABC policy says, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbcPolicy {
    spec: AbcSpec,
    weights: Option<Weights<FactId>>, // INVARIANT: some where facts are blended, every part above 0
}

impl AbcPolicy {
    /// The fact that is the amount.
    #[must_use]
    pub const fn amount(&self) -> &FactId {
        &self.spec.amount
    }

    /// The facts that are blended with their weights; `None` if the amount alone decides.
    #[must_use]
    pub const fn blend(&self) -> Option<&Weights<FactId>> {
        self.weights.as_ref()
    }

    /// The classes, the best first.
    #[must_use]
    pub fn classes(&self) -> &[ClassSpec] {
        &self.spec.classes
    }

    /// What the limits are shares of.
    #[must_use]
    pub const fn by(&self) -> By {
        self.spec.by
    }

    /// The facts that decide, in the order of the policy.
    #[must_use]
    pub fn decisive(&self) -> Vec<&FactId> {
        match &self.weights {
            None => [&self.spec.amount].into(),
            Some(weights) => weights.parts().map(|(fact, _)| fact).collect(),
        }
    }

    /// All facts that the policy reads.
    #[must_use]
    pub fn facts(&self) -> BTreeSet<&FactId> {
        self.decisive().into_iter().chain([&self.spec.amount]).collect()
    }
}

impl TryFrom<&AbcSpec> for AbcPolicy {
    type Error = Problems;

    fn try_from(spec: &AbcSpec) -> Result<Self, Problems> {
        check(&serde_json::to_value(spec).unwrap_or_default(), Self::read)
    }
}

impl Body for AbcPolicy {
    type Spec = AbcSpec;
    const SCHEMA: &'static str = "guanxi.abc/1";

    fn spec(&self) -> AbcSpec {
        self.spec.clone()
    }

    fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&["amount", "blend", "by", "classes"]);
        let amount = fields.required("amount").and_then(|node| node.get());
        let blend = fields.optional("blend").map(|node| read_blend(&node));
        let by = fields
            .optional("by")
            .map(|node| node.choice(&[("cumulative", By::Cumulative), ("rank", By::Rank)]));
        let classes = fields.required("classes").and_then(|node| read_classes(&node));
        let (blend, weights) = blend.unwrap_or_else(|| Some((Vec::new(), None)))?;
        let by = by.unwrap_or(Some(By::Cumulative))?;
        Some(Self { spec: AbcSpec { amount: amount?, blend, by, classes: classes? }, weights })
    }
}

type Blend = (Vec<BlendSpec>, Option<Weights<FactId>>);

fn read_blend(node: &Node<'_>) -> Option<Blend> {
    let items = node.items()?;
    if items.len() > MAX_BLENDED {
        node.report("not_allowed", format!("{} facts", items.len()), "at most 12 facts");
        return None;
    }
    let (mut blend, mut complete): (Vec<BlendSpec>, bool) = (Vec::new(), true);
    for item in items {
        let fields = item.fields(&["fact", "weight"]);
        let fact: Option<FactId> = fields.required("fact").and_then(|node| node.get());
        let weight: Option<DecimalText> = fields.required("weight").and_then(|node| node.get());
        let (Some(fact), Some(weight)) = (fact, weight) else {
            complete = false;
            continue;
        };
        if blend.iter().any(|part| part.fact == fact) {
            item.report("duplicate", format!("fact `{fact}`"), "each fact once");
            complete = false;
        }
        if weight.0.is_zero() {
            item.report("not_allowed", "weight 0", "a weight above 0; leave out what does not count");
            complete = false;
        }
        blend.push(BlendSpec { fact, weight });
    }
    if !complete {
        return None;
    }
    if blend.is_empty() {
        return Some((blend, None));
    }
    match Weights::new(blend.iter().map(|part| (part.fact.clone(), part.weight.0)).collect()) {
        Ok(weights) => Some((blend, Some(weights))),
        Err(error) => {
            let code = if matches!(error, WeightsError::Sum { .. }) { "weights_sum" } else { "not_allowed" };
            node.report(code, "the weights of the blend", error.to_string());
            None
        }
    }
}

fn read_classes(node: &Node<'_>) -> Option<Vec<ClassSpec>> {
    let items = node.items()?;
    let count = items.len();
    if !(2..=MAX_CLASSES).contains(&count) {
        node.report("not_allowed", format!("{count} classes"), "2 to 26 classes");
        return None;
    }
    let (mut classes, mut complete): (Vec<ClassSpec>, bool) = (Vec::new(), true);
    let (mut last, mut ids) = (Share::NONE, BTreeSet::new());
    for (position, item) in items.into_iter().enumerate() {
        let fields = item.fields(&["id", "limit", "expected_customers", "expected_amount"]);
        let id: Option<ClassId> = fields.required("id").and_then(|node| node.get());
        if let Some(id) = &id
            && !ids.insert(id.clone())
        {
            item.report("duplicate", format!("id `{id}`"), "each class has an id of its own");
        }
        let is_last = position + 1 == count;
        let limit: Option<Option<Share>> = match (is_last, fields.optional("limit")) {
            (true, None) => Some(None),
            (true, Some(node)) => {
                node.refuse("not_allowed", "nothing: the last class takes all that is left");
                None
            }
            (false, _) => fields.required("limit").and_then(|node| {
                let limit: Share = node.get()?;
                if limit <= last || limit == Share::WHOLE {
                    node.refuse("not_allowed", format!("a share above {last} and below 1"));
                    return None;
                }
                last = limit;
                Some(Some(limit))
            }),
        };
        let expected = |name| fields.optional(name).map(|node| read_expected(&node));
        let expected = (expected("expected_customers"), expected("expected_amount"));
        match (id, limit, expected) {
            (Some(id), Some(limit), (customers, amount))
                if customers != Some(None) && amount != Some(None) =>
            {
                let (expected_customers, expected_amount) = (customers.flatten(), amount.flatten());
                classes.push(ClassSpec { id, limit, expected_customers, expected_amount });
            }
            _ => complete = false,
        }
    }
    complete.then_some(classes)
}
