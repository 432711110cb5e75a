//! Tags and their moves, counted over many subjects.
use alloc::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::diff::TagDiff;
use super::id::TagId;
use super::set::TagSet;

/// How many subjects have which tag; counts of parts of a population merge into those of the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagCounts {
    /// How many subjects were counted.
    pub subjects: u64,
    /// How many of them have no tag at all.
    pub untagged: u64,
    /// For each tag that anybody has, by name.
    pub tags: BTreeMap<TagId, TagCount>,
}

/// How many subjects have one tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagCount {
    /// Those who have it.
    pub count: u64,
    /// Those who would have it, had no other tag of its group won.
    pub outranked: u64,
}

impl TagCounts {
    /// Counts the tags of one more subject.
    pub fn add(&mut self, set: &TagSet) {
        self.subjects = self.subjects.saturating_add(1);
        self.untagged = self.untagged.saturating_add(set.tags.is_empty().into());
        self.each(set, |number| *number = number.saturating_add(1));
    }

    /// Takes the tags of a subject that was counted out again.
    pub fn take(&mut self, set: &TagSet) {
        self.subjects = self.subjects.saturating_sub(1);
        self.untagged = self.untagged.saturating_sub(set.tags.is_empty().into());
        self.each(set, |number| *number = number.saturating_sub(1));
        self.tags.retain(|_, count| *count != TagCount::default());
    }

    /// Adds the counts of other subjects.
    pub fn merge(&mut self, other: &Self) {
        self.subjects = self.subjects.saturating_add(other.subjects);
        self.untagged = self.untagged.saturating_add(other.untagged);
        for (tag, more) in &other.tags {
            let count = self.tags.entry(tag.clone()).or_default();
            count.count = count.count.saturating_add(more.count);
            count.outranked = count.outranked.saturating_add(more.outranked);
        }
    }

    fn each(&mut self, set: &TagSet, change: impl Fn(&mut u64)) {
        for tagged in &set.tags {
            change(&mut self.tags.entry(tagged.tag.clone()).or_default().count);
        }
        for tagged in &set.outranked {
            change(&mut self.tags.entry(tagged.tag.clone()).or_default().outranked);
        }
    }
}

/// How many subjects a tag came to, left and stayed with; counts of parts of a population merge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagMoves {
    /// How many subjects were compared.
    pub subjects: u64,
    /// How many of them have other tags than before.
    pub changed: u64,
    /// For each tag that anybody had or has, by name.
    pub tags: BTreeMap<TagId, MoveCount>,
}

/// How many subjects one tag came to, left and stayed with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveCount {
    /// Those who have it and had it not.
    pub entered: u64,
    /// Those who had it and have it not.
    pub left: u64,
    /// Those who have it as before.
    pub unchanged: u64,
}

impl TagMoves {
    /// Counts what changed for one more subject.
    pub fn add(&mut self, diff: &TagDiff) {
        self.subjects = self.subjects.saturating_add(1);
        self.changed = self.changed.saturating_add((!diff.is_empty()).into());
        let moves = [
            (&diff.entered, MoveCount { entered: 1, ..MoveCount::default() }),
            (&diff.left, MoveCount { left: 1, ..MoveCount::default() }),
        ];
        for (tags, one) in moves {
            tags.iter().for_each(|moved| self.count(&moved.tag, one));
        }
        let one = MoveCount { unchanged: 1, ..MoveCount::default() };
        diff.unchanged.iter().for_each(|tag| self.count(tag, one));
    }

    /// Adds the counts of other subjects.
    pub fn merge(&mut self, other: &Self) {
        self.subjects = self.subjects.saturating_add(other.subjects);
        self.changed = self.changed.saturating_add(other.changed);
        other.tags.iter().for_each(|(tag, more)| self.count(tag, *more));
    }

    fn count(&mut self, tag: &TagId, more: MoveCount) {
        let count = self.tags.entry(tag.clone()).or_default();
        count.entered = count.entered.saturating_add(more.entered);
        count.left = count.left.saturating_add(more.left);
        count.unchanged = count.unchanged.saturating_add(more.unchanged);
    }
}
