//! The tags of many subjects, kept up to date.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_condition::Given;
use guanxi_core::SubjectId;
use guanxi_policy::Head;

use super::assignment::Assignments;
use super::decide::{Asked, Standing, TagInput};
use super::diff::{TagDiff, compare};
use super::policy::TagsDocument;
use super::set::TagSet;
use super::tally::TagCounts;
use super::touched::Touched;

/// The tags of every subject that it was told of, of which only what can have changed is decided again.
///
/// A host tells it of a subject when something of it changed, and of those that are [`TagBook::due`]
/// because time passed. Each answer is that of [`tags`](crate::tags) with the set of before as the previous
/// one; a rule is asked again only if it reads a fact or an event that was touched, or if its own time
/// has come.
///
/// ```
/// use guanxi_condition::Given;
/// use guanxi_core::{FactMap, FactValue, fact_id, parse_instant};
/// use guanxi_customer::{Assignments, TagBook, Touched, tag_preset};
///
/// let document = tag_preset("standard").ok_or("no such preset")?;
/// let mut book = TagBook::new(&document);
/// let (subject, set) = ("C1".parse()?, Assignments::new());
/// let east = FactMap::new().with(fact_id!("region"), FactValue::Text("East China".into()), None);
/// let at = parse_instant("2026-06-30")?;
/// let given = Given { facts: &east, events: None };
/// let diff = book.update(&subject, &set, given, &Touched::everything(), at);
/// assert_eq!(diff.entered.first().map(|moved| moved.tag.as_str()), Some("east_china"));
///
/// // Of the three rules of the document one reads the region; the other two are not asked again.
/// let asked = book.rules_asked();
/// let west = FactMap::new().with(fact_id!("region"), FactValue::Text("West China".into()), None);
/// let touched = Touched::nothing().with_facts_between(&east, &west);
/// let diff = book.update(&subject, &set, Given { facts: &west, events: None }, &touched, at);
/// assert_eq!((diff.left.len(), book.rules_asked() - asked), (1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TagBook<'a> {
    document: &'a TagsDocument,
    subjects: BTreeMap<SubjectId, Kept>,
    /// When the tags of a subject change by time alone.
    due: BTreeSet<(DateTime<Utc>, SubjectId)>,
    counts: TagCounts,
    rules_asked: u64,
}

/// What is kept of one subject.
#[derive(Clone, Debug)]
struct Kept {
    as_of: DateTime<Utc>,
    set: TagSet,
    /// One for each rule, in their order.
    standings: Vec<Standing>,
    next_change: Option<DateTime<Utc>>,
}

impl<'a> TagBook<'a> {
    /// A book of nobody.
    #[must_use]
    pub fn new(document: &'a TagsDocument) -> Self {
        let (subjects, due, counts) = (BTreeMap::new(), BTreeSet::new(), TagCounts::default());
        Self { document, subjects, due, counts, rules_asked: 0 }
    }

    /// Decides the tags of a subject again, and says what changed and why.
    ///
    /// `touched` is what may differ of its facts and events since it was last told of; everything is
    /// decided anew the first time, and whenever `as_of` lies before the instant of the last time.
    pub fn update(
        &mut self,
        subject: &SubjectId,
        assignments: &Assignments,
        given: Given<'_>,
        touched: &Touched,
        as_of: DateTime<Utc>,
    ) -> TagDiff {
        let policy = self.document.body();
        let kept = self.forget(subject);
        let nothing = TagSet::default();
        let previous = kept.as_ref().map_or(&nothing, |kept| &kept.set);
        let input = TagInput { subject, assignments, given, previous: Some(previous) };
        let asked = Asked::new(policy, &input, as_of);
        let known = kept.as_ref().filter(|kept| kept.as_of <= as_of && !touched.is_everything());
        let again = policy.touched_rules(touched);
        let stands = |number: usize| {
            let standing = known?.standings.get(number)?;
            let passed = standing.turns_at.is_some_and(|at| at <= as_of);
            (!passed && !again.contains(&number)).then_some(*standing)
        };
        let mut count = 0;
        let decide = |(number, rule)| {
            stands(number).unwrap_or_else(|| {
                count += 1;
                asked.standing(&rule)
            })
        };
        let standings: Vec<Standing> = policy.rules().enumerate().map(decide).collect();
        let settled = asked.settle(&standings);
        let diff = compare(policy, previous, &settled.set, |tag| asked.why_name(tag, &settled.set));
        self.rules_asked = self.rules_asked.saturating_add(count);
        let Head { effective_from: from, effective_to: to, .. } = *self.document.head();
        let next_change =
            [from, to, settled.next_change].into_iter().flatten().filter(|at| *at > as_of).min();
        self.counts.add(&settled.set);
        self.due.extend(next_change.map(|at| (at, subject.clone())));
        let kept = Kept { as_of, set: settled.set, standings, next_change };
        self.subjects.insert(subject.clone(), kept);
        diff
    }

    /// Takes a subject out.
    pub fn remove(&mut self, subject: &SubjectId) -> Option<TagSet> {
        self.forget(subject).map(|kept| kept.set)
    }

    fn forget(&mut self, subject: &SubjectId) -> Option<Kept> {
        let kept = self.subjects.remove(subject)?;
        self.counts.take(&kept.set);
        if let Some(at) = kept.next_change {
            self.due.remove(&(at, subject.clone()));
        }
        Some(kept)
    }

    /// The tags of a subject as they were last decided.
    #[must_use]
    pub fn get(&self, subject: &SubjectId) -> Option<&TagSet> {
        self.subjects.get(subject).map(|kept| &kept.set)
    }

    /// The first instant at which time alone changes the tags of a subject.
    #[must_use]
    pub fn next_change(&self, subject: &SubjectId) -> Option<DateTime<Utc>> {
        self.subjects.get(subject)?.next_change
    }

    /// The subjects whose tags an instant may have changed, by that change, then by id: those to be told of
    /// again. The tags of all others are at that instant what they were.
    pub fn due(&self, as_of: DateTime<Utc>) -> impl Iterator<Item = &SubjectId> {
        self.due.iter().take_while(move |(at, _)| *at <= as_of).map(|(_, subject)| subject)
    }

    /// The first instant at which anybody is due.
    #[must_use]
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.due.first().map(|(at, _)| *at)
    }

    /// How many subjects have which tag.
    #[must_use]
    pub const fn counts(&self) -> &TagCounts {
        &self.counts
    }

    /// How many rules were asked so far, over all subjects and all times.
    #[must_use]
    pub const fn rules_asked(&self) -> u64 {
        self.rules_asked
    }
}
