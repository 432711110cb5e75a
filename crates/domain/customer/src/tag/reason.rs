//! Why a subject has a tag, or has it no longer.
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::LeafAnswer;
use guanxi_core::{Arg, ReasonCode};
use guanxi_policy::LabelPack;
use serde::{Deserialize, Serialize};

use super::assignment::SetBy;
use super::id::{TagGroupId, TagId};

/// One reason of the tags of a subject.
///
/// They come by tag, in the order of the document: what was ignored, what decides, what became of a tag of
/// before, what outranks it. Then come names that are no tag's, and the document's validity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum TagReason {
    /// The tag was set, though it follows a rule; that is ignored.
    FollowsRule {
        /// The tag.
        tag: TagId,
    },
    /// The previous set is of a later instant: its `since` is not taken over.
    PreviousFromFuture {
        /// The tag.
        tag: TagId,
        /// Since when it is there in the previous set.
        since: DateTime<Utc>,
    },
    /// The tag was set.
    Set {
        /// The tag.
        tag: TagId,
        /// By whom or what.
        by: SetBy,
        /// When.
        at: DateTime<Utc>,
    },
    /// It was set under the name of a tag that is merged into this one.
    Merged {
        /// The tag.
        tag: TagId,
        /// The name under which it was set.
        from: TagId,
    },
    /// What was set ended: by its own end, or by the span that the tag states.
    Expired {
        /// The tag.
        tag: TagId,
        /// The first instant at which it no longer counted.
        at: DateTime<Utc>,
    },
    /// What was set was taken away.
    Removed {
        /// The tag.
        tag: TagId,
        /// When.
        at: DateTime<Utc>,
    },
    /// What was set begins to count later.
    NotYet {
        /// The tag.
        tag: TagId,
        /// The first instant at which it counts.
        from: DateTime<Utc>,
    },
    /// A leaf that decides that the rule of the tag holds.
    Holds {
        /// The tag.
        tag: TagId,
        /// The leaf with what it found.
        leaf: LeafAnswer,
    },
    /// The rule's answer is unknown, and the tag stays as it was.
    Kept {
        /// The tag.
        tag: TagId,
        /// Since when it is there.
        since: DateTime<Utc>,
    },
    /// A leaf that leaves the answer of the tag's rule unknown.
    Unclear {
        /// The tag.
        tag: TagId,
        /// The leaf.
        leaf: LeafAnswer,
    },
    /// A leaf that decides that the rule does not hold; only of a tag that was there before.
    Fails {
        /// The tag.
        tag: TagId,
        /// The leaf with what it found.
        leaf: LeafAnswer,
    },
    /// Another tag of an exclusive group won.
    Outranked {
        /// The tag.
        tag: TagId,
        /// The tag that won.
        by: TagId,
        /// The group.
        group: TagGroupId,
    },
    /// A name was set, or was there before, and the document has no such tag.
    UnknownTag {
        /// The name.
        tag: TagId,
    },
    /// The document is not in force.
    PolicyNotInForce {
        /// From when it is.
        from: Option<DateTime<Utc>>,
        /// Until when it was.
        to: Option<DateTime<Utc>>,
    },
}

impl TagReason {
    /// The tag that it is about; `None` if it is about the document.
    #[must_use]
    pub const fn tag(&self) -> Option<&TagId> {
        match self {
            Self::FollowsRule { tag }
            | Self::PreviousFromFuture { tag, .. }
            | Self::Set { tag, .. }
            | Self::Merged { tag, .. }
            | Self::Expired { tag, .. }
            | Self::Removed { tag, .. }
            | Self::NotYet { tag, .. }
            | Self::Holds { tag, .. }
            | Self::Kept { tag, .. }
            | Self::Unclear { tag, .. }
            | Self::Fails { tag, .. }
            | Self::Outranked { tag, .. }
            | Self::UnknownTag { tag } => Some(tag),
            Self::PolicyNotInForce { .. } => None,
        }
    }

    /// The leaf of the rule that it names.
    #[must_use]
    pub const fn leaf(&self) -> Option<&LeafAnswer> {
        match self {
            Self::Holds { leaf, .. } | Self::Unclear { leaf, .. } | Self::Fails { leaf, .. } => Some(leaf),
            _ => None,
        }
    }

    /// The reason in words, with those of [`labels`](crate::labels): its template is `tagging.CODE`, and a
    /// leaf says what it found.
    ///
    /// ```
    /// use guanxi_customer::{TagReason, labels};
    /// let outranked: TagReason = serde_json::from_str(
    ///     r#"{"code": "outranked", "tag": "slow", "by": "fast", "group": "cycle"}"#,
    /// )?;
    /// let english = labels("en").unwrap_or_default();
    /// assert_eq!(outranked.text(&english), "slow: fast counts instead, of the group cycle");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn text(&self, pack: &LabelPack) -> String {
        let mut args = self.args();
        if let Some(leaf) = self.leaf() {
            args.retain(|(name, _)| *name != "leaf");
            args.push(("leaf", Arg::Text(leaf.text(pack))));
        }
        pack.fill("tagging", self.code(), &args)
    }
}

impl ReasonCode for TagReason {
    fn code(&self) -> &'static str {
        match self {
            Self::FollowsRule { .. } => "follows_rule",
            Self::PreviousFromFuture { .. } => "previous_from_future",
            Self::Set { .. } => "set",
            Self::Merged { .. } => "merged",
            Self::Expired { .. } => "expired",
            Self::Removed { .. } => "removed",
            Self::NotYet { .. } => "not_yet",
            Self::Holds { .. } => "holds",
            Self::Kept { .. } => "kept",
            Self::Unclear { .. } => "unclear",
            Self::Fails { .. } => "fails",
            Self::Outranked { .. } => "outranked",
            Self::UnknownTag { .. } => "unknown_tag",
            Self::PolicyNotInForce { .. } => "policy_not_in_force",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let name = |tag: &TagId| Arg::Label("tag", tag.to_string());
        // A limit that is not there is shown as a mark, in any language.
        let limit = |at: &Option<DateTime<Utc>>| at.map_or_else(|| Arg::Text("–".into()), Arg::Instant);
        let tag = self.tag().map(|tag| ("tag", name(tag)));
        let more: Vec<(&'static str, Arg)> = match self {
            Self::FollowsRule { .. } | Self::UnknownTag { .. } => Vec::new(),
            Self::PreviousFromFuture { since, .. } | Self::Kept { since, .. } => {
                [("since", Arg::Instant(*since))].into()
            }
            Self::Set { by, at, .. } => {
                let by = match by {
                    SetBy::Actor(actor) => Arg::Text(actor.to_string()),
                    SetBy::Source(source) => Arg::Label("source", source.to_string()),
                };
                [("by", by), ("at", Arg::Instant(*at))].into()
            }
            Self::Merged { from, .. } => [("from", name(from))].into(),
            Self::Expired { at, .. } | Self::Removed { at, .. } => [("at", Arg::Instant(*at))].into(),
            Self::NotYet { from, .. } => [("from", Arg::Instant(*from))].into(),
            Self::Holds { leaf, .. } | Self::Unclear { leaf, .. } | Self::Fails { leaf, .. } => {
                [("leaf", Arg::Text(leaf.text.clone()))].into()
            }
            Self::Outranked { by, group, .. } => {
                [("by", name(by)), ("group", Arg::Label("tag_group", group.to_string()))].into()
            }
            Self::PolicyNotInForce { from, to } => [("from", limit(from)), ("to", limit(to))].into(),
        };
        tag.into_iter().chain(more).collect()
    }
}
