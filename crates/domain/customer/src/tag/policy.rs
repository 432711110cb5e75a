//! A document of tags that was checked as a whole.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::{Condition, Moment, Span, Vocabulary, WeekStart};
use guanxi_core::Zone;
use guanxi_policy::{Body, Document, Node, Problems, check};

use super::id::{TagGroupId, TagId};
use super::read::read_policy;
use super::spec::{MergeSpec, TagGroupSpec, TagSpec, TagsSpec, WhenUnknown, Wins};
use super::touched::{Index, Touched};

/// A document of tags with its id, version, validity and fingerprint.
///
/// ```
/// use guanxi_customer::TagsDocument;
/// let tags = TagsDocument::from_json(r#"{
///   "schema": "guanxi.tags/1", "id": "ours", "version": "1",
///   "body": {
///     "vocabulary": {"facts": {"price_sensitivity": {"kind": "level", "of": 5}}},
///     "tags": [
///       {"id": "budget_ample", "expires": {"months": 12}},
///       {"id": "price_sensitive", "when": "price_sensitivity >= 4", "unknown": "keep"}
///     ]
///   }
/// }"#)?;
/// let names: Vec<String> = tags.body().tags().map(|tag| tag.id().to_string()).collect();
/// assert_eq!(names, ["budget_ample", "price_sensitive"]);
/// # Ok::<(), guanxi_policy::Problems>(())
/// ```
pub type TagsDocument = Document<TagPolicy>;

/// The most tags of a document, and the most merges.
pub const MAX_TAGS: usize = 1_000;
/// The most exclusive groups of a document, and the most aliases of a tag.
pub const MAX_GROUPS: usize = 100;

/// What a document of tags says, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagPolicy {
    pub(super) vocabulary: Vocabulary,
    pub(super) zone: Zone,
    pub(super) week_start: WeekStart,
    pub(super) groups: Vec<TagGroupSpec>,
    pub(super) tags: Vec<Tag>,
    pub(super) merges: Vec<MergeSpec>,
    /// The place of a tag by every name that counts as its own.
    pub(super) names: BTreeMap<TagId, Named>,
    pub(super) index: Index,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The place of the tag in the document.
    pub(super) place: usize,
    /// Whether the name is that of a tag that was merged into this one.
    pub(super) merged: bool,
}

/// A tag that follows a rule, with it.
#[derive(Clone, Copy)]
pub(super) struct Rule<'a> {
    pub(super) tag: &'a TagId,
    pub(super) when: &'a Condition,
    pub(super) unknown: WhenUnknown,
}

/// A tag of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    pub(super) id: TagId,
    pub(super) kind: TagKind,
    pub(super) group: Option<TagGroupId>,
    pub(super) aliases: Vec<TagId>,
}

/// How subjects come by a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagKind {
    /// It is set, by a person or by an import.
    Set {
        /// How long it counts then; `None` for good.
        expires: Option<Span>,
    },
    /// It follows a rule.
    Rule {
        /// The condition.
        when: Condition,
        /// What becomes of it while the answer is unknown.
        unknown: WhenUnknown,
    },
}

impl Tag {
    /// Its name.
    #[must_use]
    pub const fn id(&self) -> &TagId {
        &self.id
    }

    /// How subjects come by it.
    #[must_use]
    pub const fn kind(&self) -> &TagKind {
        &self.kind
    }

    /// The exclusive group that it belongs to.
    #[must_use]
    pub const fn group(&self) -> Option<&TagGroupId> {
        self.group.as_ref()
    }

    pub(super) const fn rule(&self) -> Option<Rule<'_>> {
        match &self.kind {
            TagKind::Rule { when, unknown } => Some(Rule { tag: &self.id, when, unknown: *unknown }),
            TagKind::Set { .. } => None,
        }
    }
}

impl TagPolicy {
    /// The tags, in the order of the document.
    #[must_use]
    pub fn tags(&self) -> impl ExactSizeIterator<Item = &Tag> {
        self.tags.iter()
    }

    /// The exclusive groups, in the order of the document.
    #[must_use]
    pub fn groups(&self) -> impl ExactSizeIterator<Item = &TagGroupSpec> {
        self.groups.iter()
    }

    /// What rules may name.
    #[must_use]
    pub const fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The zone in which days, weeks and months are counted.
    #[must_use]
    pub const fn zone(&self) -> Zone {
        self.zone
    }

    /// The tag that a name stands for: its own, an alias of it, or that of a tag merged into it.
    #[must_use]
    pub fn find(&self, name: &TagId) -> Option<&Tag> {
        self.names.get(name).and_then(|named| self.tags.get(named.place))
    }

    /// Whether a name is that of a tag that was merged into another one.
    #[must_use]
    pub fn is_merged(&self, name: &TagId) -> bool {
        self.names.get(name).is_some_and(|named| named.merged)
    }

    /// The tags that must be decided again after a change of facts or events: those whose rule reads one of
    /// them, in the order of the document.
    pub fn touched(&self, touched: &Touched) -> impl Iterator<Item = &Tag> {
        let again = self.touched_rules(touched);
        let followed = self.tags.iter().filter(|tag| tag.rule().is_some()).enumerate();
        followed.filter(move |(number, _)| again.contains(number)).map(|(_, tag)| tag)
    }

    /// The tags that follow a rule, in the order of the document.
    pub(super) fn rules(&self) -> impl Iterator<Item = Rule<'_>> {
        self.tags.iter().filter_map(Tag::rule)
    }

    /// The instant as rules ask for it.
    pub(super) const fn moment(&self, as_of: DateTime<Utc>) -> Moment {
        Moment { as_of, zone: self.zone, week_start: self.week_start }
    }

    pub(super) fn wins(&self, group: &TagGroupId) -> Wins {
        self.groups.iter().find(|known| known.id == *group).map_or(Wins::First, |known| known.wins)
    }
}

impl TryFrom<&TagsSpec> for TagPolicy {
    type Error = Problems;

    fn try_from(spec: &TagsSpec) -> Result<Self, Problems> {
        check(&serde_json::to_value(spec).unwrap_or_default(), Self::read)
    }
}

impl Body for TagPolicy {
    type Spec = TagsSpec;
    const SCHEMA: &'static str = "guanxi.tags/1";

    fn spec(&self) -> TagsSpec {
        let tag = |tag: &Tag| {
            let (when, unknown, expires) = match &tag.kind {
                TagKind::Set { expires } => (None, None, *expires),
                // What is left out is left out again, so that both ways of writing are one.
                TagKind::Rule { when, unknown } => {
                    (Some(when.into()), Some(*unknown).filter(|it| *it != WhenUnknown::Off), None)
                }
            };
            let (id, group, aliases) = (tag.id.clone(), tag.group.clone(), tag.aliases.clone());
            TagSpec { id, when, unknown, expires, group, aliases }
        };
        TagsSpec {
            vocabulary: self.vocabulary.spec(),
            zone: self.zone,
            week_start: self.week_start,
            groups: self.groups.clone(),
            tags: self.tags.iter().map(tag).collect(),
            merges: self.merges.clone(),
        }
    }

    fn read(node: &Node<'_>) -> Option<Self> {
        read_policy(node)
    }
}
