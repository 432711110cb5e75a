//! The tags of one subject.
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::FactValue;
use serde::{Deserialize, Serialize};

use super::assignment::SetBy;
use super::id::TagId;

/// What gave a subject its tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagOrigin {
    /// It was set: the assignment that began to count last.
    Set {
        /// By whom or what.
        by: SetBy,
        /// When.
        at: DateTime<Utc>,
    },
    /// The rule of the tag holds, or held when its answer was last known.
    Rule,
}

/// A tag of a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tagged {
    /// The tag, by its present name.
    pub tag: TagId,
    /// Since when without a break. Of a tag that was set, from when it is true of the subject; of one that
    /// follows a rule, the first instant at which it was known to.
    pub since: DateTime<Utc>,
    /// The first instant at which time alone takes the tag away; none if it never does.
    pub until: Option<DateTime<Utc>>,
    /// What gave it.
    pub origin: TagOrigin,
}

/// The tags of a subject at an instant.
///
/// It is also the state of the next question: give it back as the previous set, and a tag that follows a
/// rule keeps its `since`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagSet {
    /// The tags, in the order of the document.
    pub tags: Vec<Tagged>,
    /// Tags that would be among them, had no other one of their exclusive group won.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outranked: Vec<Tagged>,
}

impl TagSet {
    /// The tag with a name.
    #[must_use]
    pub fn get(&self, tag: &TagId) -> Option<&Tagged> {
        self.tags.iter().find(|tagged| tagged.tag == *tag)
    }

    /// The names of the tags, in the order of the document.
    pub fn ids(&self) -> impl Iterator<Item = &TagId> {
        self.tags.iter().map(|tagged| &tagged.tag)
    }

    /// The names of the tags as a fact, so that other decisions can read them:
    /// `tags contains "price_sensitive"`.
    #[must_use]
    pub fn fact(&self) -> FactValue {
        FactValue::Set(self.ids().map(|id| id.as_str().into()).collect::<BTreeSet<_>>())
    }

    /// The tag with a name, outranked or not.
    pub(super) fn held(&self, tag: &TagId) -> Option<&Tagged> {
        self.get(tag).or_else(|| self.outranked.iter().find(|tagged| tagged.tag == *tag))
    }
}
