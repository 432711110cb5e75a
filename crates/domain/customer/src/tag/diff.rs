//! What changed between two sets of tags.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use guanxi_core::Decision;
use serde::{Deserialize, Serialize};

use super::id::TagId;
use super::policy::{TagPolicy, TagsDocument};
use super::reason::TagReason;
use super::set::TagSet;

/// The tags that came, went and stayed between two sets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagDiff {
    /// The tags that are there now and were not, in the order of the document.
    pub entered: Vec<TagMove>,
    /// The tags that were there and are not now, in the order of the set of before.
    pub left: Vec<TagMove>,
    /// The tags that are there as before, in the order of the document.
    pub unchanged: Vec<TagId>,
}

/// A tag that came or went, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagMove {
    /// The tag, by its present name.
    pub tag: TagId,
    /// Why: of a rule the leaves that decide, of a tag that was set who set it or how it ended, and what
    /// outranks it.
    pub why: Vec<TagReason>,
}

impl TagDiff {
    /// Whether nothing came and nothing went.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entered.is_empty() && self.left.is_empty()
    }
}

/// Compares the tags of before with those decided now.
///
/// Every tag that left has the leaf that decides, if the decision had the set of before as its previous
/// one. A tag that was renamed in between has not moved.
///
/// ```
/// use guanxi_condition::Given;
/// use guanxi_core::{FactMap, FactValue, Level, fact_id, parse_instant};
/// use guanxi_customer::{Assignments, TagInput, diff_tags, tag_preset, tags};
///
/// let document = tag_preset("standard").ok_or("no such preset")?;
/// let (subject, assignments) = ("C1".parse()?, Assignments::new());
/// let of = |level| -> Result<FactMap, guanxi_core::LevelError> {
///     Ok(FactMap::new().with(fact_id!("price_sensitivity"), FactValue::Level(Level::new(level, 5)?), None))
/// };
/// let (calm, sensitive) = (of(2)?, of(4)?);
/// let given = Given { facts: &calm, events: None };
/// let input = TagInput { subject: &subject, assignments: &assignments, given, previous: None };
/// let before = tags(&document, &input, parse_instant("2026-06-01")?).outcome;
///
/// let given = Given { facts: &sensitive, events: None };
/// let input = TagInput { given, previous: Some(&before), ..input };
/// let now = tags(&document, &input, parse_instant("2026-06-30")?);
/// let diff = diff_tags(&document, &before, &now);
/// assert_eq!(diff.entered.iter().map(|moved| moved.tag.as_str()).collect::<Vec<_>>(), ["price_sensitive"]);
/// assert!(diff.left.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn diff_tags(document: &TagsDocument, before: &TagSet, now: &Decision<TagSet, TagReason>) -> TagDiff {
    let mut reasons: BTreeMap<&TagId, Vec<TagReason>> = BTreeMap::new();
    for reason in &now.reasons {
        if let Some(tag) = reason.tag() {
            reasons.entry(tag).or_default().push(reason.clone());
        }
    }
    compare(document.body(), before, &now.outcome, |tag| reasons.get(tag).cloned().unwrap_or_default())
}

/// Compares two sets, asking why for what moved only.
pub(super) fn compare(
    policy: &TagPolicy,
    before: &TagSet,
    now: &TagSet,
    mut why: impl FnMut(&TagId) -> Vec<TagReason>,
) -> TagDiff {
    let present = |name: &TagId| policy.find(name).map_or_else(|| name.clone(), |tag| tag.id().clone());
    let old: Vec<TagId> = before.ids().map(present).collect();
    let known: BTreeSet<&TagId> = old.iter().collect();
    let held: BTreeSet<&TagId> = now.ids().collect();
    let mut moved = |tag: &TagId| TagMove { tag: tag.clone(), why: why(tag) };
    TagDiff {
        entered: now.ids().filter(|tag| !known.contains(tag)).map(&mut moved).collect(),
        left: old.iter().filter(|tag| !held.contains(tag)).map(&mut moved).collect(),
        unchanged: now.ids().filter(|tag| known.contains(tag)).cloned().collect(),
    }
}
