//! Tags that were set: by a person or by an import.
use alloc::collections::BTreeMap;

use chrono::{DateTime, Utc};
use guanxi_core::{ActorId, AttributeId, SubjectId};
use serde::{Deserialize, Serialize};

use super::id::TagId;

/// Who or what set a tag.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetBy {
    /// Somebody, by the host's own key; never a person's name.
    Actor(ActorId),
    /// The system that it was imported from.
    Source(AttributeId),
}

/// A tag that was set for a subject, with its origin and its validity.
///
/// It counts from the instant at which it was set, or from `from` if that is later: before it was set
/// nobody knew of it. It counts until the first of `until`, `removed_at` and the end of the span that
/// the tag's definition states; at that instant it no longer does.
///
/// ```
/// use guanxi_customer::Assignment;
/// let set: Assignment = serde_json::from_str(r#"{
///     "tag": "budget_ample", "subject": "C1", "set_by": {"actor": "U7"}, "set_at": "2026-06-30T08:00:00Z"
/// }"#)?;
/// assert_eq!((set.until, set.removed_at), (None, None));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The tag, by the name that it had when it was set.
    pub tag: TagId,
    /// For whom.
    pub subject: SubjectId,
    /// By whom or what.
    pub set_by: SetBy,
    /// When it was set.
    pub set_at: DateTime<Utc>,
    /// From when it is true of the subject; from when it was set, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// The first instant at which it no longer is; for good, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// When it was taken away, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_at: Option<DateTime<Utc>>,
}

/// What makes an assignment the same one: the tag, who set it, and when.
type Key = (TagId, SetBy, DateTime<Utc>);

/// A set of assignments: adding the same ones in any order, any number of times, gives an equal set.
///
/// The same subject, tag, `set_by` and `set_at` are the same assignment. Where two versions of it
/// differ, the more limited one counts, so that a removal is never undone by an older copy: the one
/// removed earlier, then the one that ends earlier, then the one that begins later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignments(BTreeMap<SubjectId, BTreeMap<Key, Assignment>>);

impl Assignments {
    /// No assignments.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds an assignment.
    pub fn add(&mut self, assignment: Assignment) {
        let key = (assignment.tag.clone(), assignment.set_by.clone(), assignment.set_at);
        let of = self.0.entry(assignment.subject.clone()).or_default();
        match of.get_mut(&key) {
            Some(kept) if limits(kept) <= limits(&assignment) => {}
            Some(kept) => *kept = assignment,
            None => {
                of.insert(key, assignment);
            }
        }
    }

    /// Adds everything that another set holds.
    pub fn merge(&mut self, other: Self) {
        self.extend(other.0.into_values().flat_map(BTreeMap::into_values));
    }

    /// The assignments of one subject, by tag, then by who set them, then by when.
    pub fn of<'a>(&'a self, subject: &SubjectId) -> impl Iterator<Item = &'a Assignment> + use<'a> {
        self.0.get(subject).into_iter().flat_map(BTreeMap::values)
    }

    /// All assignments, by subject, then as [`Assignments::of`].
    pub fn iter(&self) -> impl Iterator<Item = &Assignment> {
        self.0.values().flat_map(BTreeMap::values)
    }

    /// Those for whom a tag was ever set.
    pub fn subjects(&self) -> impl Iterator<Item = &SubjectId> {
        self.0.keys()
    }

    /// The number of assignments.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Extend<Assignment> for Assignments {
    fn extend<I: IntoIterator<Item = Assignment>>(&mut self, assignments: I) {
        assignments.into_iter().for_each(|assignment| self.add(assignment));
    }
}

impl FromIterator<Assignment> for Assignments {
    fn from_iter<I: IntoIterator<Item = Assignment>>(assignments: I) -> Self {
        let mut set = Self::new();
        set.extend(assignments);
        set
    }
}

/// What decides between two versions of an assignment: the lesser one counts.
fn limits(assignment: &Assignment) -> impl Ord {
    let latest = |at: Option<DateTime<Utc>>| at.unwrap_or(DateTime::<Utc>::MAX_UTC);
    let Assignment { from, until, removed_at, .. } = assignment;
    // Absent and the end of time are two versions as well.
    let absent = (removed_at.is_none(), until.is_none(), from.is_none());
    (latest(*removed_at), latest(*until), core::cmp::Reverse(*from), absent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::parse_instant;

    fn set(removed: Option<&str>, until: Option<&str>) -> Assignment {
        let at = |text: &str| parse_instant(text).unwrap();
        Assignment {
            tag: "vip".parse().unwrap(),
            subject: "C1".parse().unwrap(),
            set_by: SetBy::Actor("U7".parse().unwrap()),
            set_at: at("2026-01-01"),
            from: None,
            until: until.map(at),
            removed_at: removed.map(at),
        }
    }

    #[test]
    fn a_removal_is_never_undone_by_an_older_copy() {
        let versions = [
            set(None, None),
            set(Some("2026-03-01"), None),
            set(Some("2026-02-01"), None),
            set(None, Some("2026-01-15")),
        ];
        for turn in 0..versions.len() {
            let turned = versions.iter().cycle().skip(turn).take(versions.len()).cloned();
            let kept: Assignments = turned.collect();
            assert_eq!(kept.iter().cloned().collect::<std::vec::Vec<_>>(), [set(Some("2026-02-01"), None)]);
        }
        let mut both: Assignments = [set(None, None)].into_iter().collect();
        both.merge([set(None, Some("2026-01-15"))].into_iter().collect());
        assert_eq!((both.len(), both.is_empty(), both.subjects().count()), (1, false, 1));
        assert_eq!(both.of(&"C1".parse().unwrap()).next(), Some(&set(None, Some("2026-01-15"))));
        assert_eq!(both.of(&"C2".parse().unwrap()).count(), 0);
    }
}
