//! What may have changed since tags were last decided, and which rules that concerns.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use guanxi_core::{Event, EventKind, Fact, FactId, FactMap};

use super::policy::{Rule, TagPolicy};

/// What may have changed of a subject besides the time. Assignments need no mention: they are always read.
///
/// ```
/// use guanxi_core::fact_id;
/// use guanxi_customer::{Touched, tag_preset};
/// let document = tag_preset("standard").ok_or("no such preset")?;
/// let touched = Touched::nothing().with_fact(fact_id!("region"));
/// let again: Vec<&str> = document.body().touched(&touched).map(|tag| tag.id().as_str()).collect();
/// assert_eq!(again, ["east_china"]);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    facts: BTreeSet<FactId>,
    kinds: BTreeSet<EventKind>,
    everything: bool,
}

impl Touched {
    /// Nothing but the time.
    #[must_use]
    pub const fn nothing() -> Self {
        Self { facts: BTreeSet::new(), kinds: BTreeSet::new(), everything: false }
    }

    /// Whatever there is: for a subject of whom nobody knows what changed.
    #[must_use]
    pub const fn everything() -> Self {
        Self { facts: BTreeSet::new(), kinds: BTreeSet::new(), everything: true }
    }

    /// With a fact that may have changed.
    #[must_use]
    pub fn with_fact(mut self, fact: FactId) -> Self {
        self.facts.insert(fact);
        self
    }

    /// With an event that came or went, or of which another version counts now: then each of the two.
    #[must_use]
    pub fn with_event(mut self, event: &Event) -> Self {
        self.kinds.insert(event.kind.clone());
        self
    }

    /// With all facts in which two maps differ: value, date of observation, or whether they apply.
    #[must_use]
    pub fn with_facts_between(mut self, before: &FactMap, now: &FactMap) -> Self {
        let old: BTreeMap<&FactId, Fact<'_>> = before.iter().collect();
        let new: BTreeMap<&FactId, Fact<'_>> = now.iter().collect();
        let names = old.keys().chain(new.keys());
        let other = names.filter(|name| old.get(*name) != new.get(*name));
        self.facts.extend(other.map(|name| (*name).clone()));
        self
    }

    pub(super) const fn is_everything(&self) -> bool {
        self.everything
    }
}

/// Which rules read which fact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Index(BTreeMap<FactId, Vec<usize>>);

impl Index {
    pub(super) fn of<'a>(rules: impl Iterator<Item = Rule<'a>>) -> Self {
        let mut index: BTreeMap<FactId, Vec<usize>> = BTreeMap::new();
        for (number, rule) in rules.enumerate() {
            for fact in rule.when.fact_ids().iter() {
                index.entry(fact.clone()).or_default().push(number);
            }
        }
        Self(index)
    }
}

impl TagPolicy {
    /// The numbers of the rules, in their order, that a change other than of the time can concern.
    pub(super) fn touched_rules(&self, touched: &Touched) -> BTreeSet<usize> {
        if touched.everything {
            return (0..self.rules().count()).collect();
        }
        let by_fact = touched.facts.iter().filter_map(|fact| self.index.0.get(fact)).flatten().copied();
        let reads = |rule: &Rule<'_>| touched.kinds.iter().any(|kind| rule.when.reads(kind));
        let by_event = self.rules().enumerate().filter(|(_, rule)| reads(rule)).map(|(number, _)| number);
        by_fact.chain(by_event).collect()
    }
}
