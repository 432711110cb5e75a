//! Customers who come, change and leave one at a time.
mod change;
mod counts;
mod live;
mod row;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{DocumentId, Facts, SubjectId, TierId, Version};

pub use change::{Change, Drift, Moved, ReferenceState, Scored, Update};

use crate::assessment::Standing;
use crate::policy::PolicyDocument;
use crate::reference::{PinnedReference, Reference};
use crate::scorer::{Scorer, ScorerError};
use change::Scores;
use counts::Counts;
use live::Live;
use row::{Reading, Row};

/// The scores of a population that changes customer by customer.
///
/// Everybody is scored against the *pinned* reference, so one customer's news moves nobody else.
/// The *live* reference of those who are present is kept beside it: [`Incremental::reference`] is at any
/// time what [`Reference::new`] and [`Reference::observe`] make of them, byte for byte, whatever came before.
/// Each call says where the two stand. As long as they agree in all that a score depends on
/// ([`ReferenceState::Current`]), the scores are those of a fresh review. Once they do not
/// ([`ReferenceState::Drifted`]), [`Incremental::drift`] says in what, and [`Incremental::rescore`]
/// pins the live reference and scores everybody anew: only when asked, never inside of another call.
///
/// Scores and computed tiers equal those of [`Scorer::assess`] for the same facts, to the bit; a value that breaks
/// the policy's schema counts as missing, as it does there. Settled tiers and overrides are not looked at.
///
/// With n customers, [`upsert`](Self::upsert) and [`remove`](Self::remove) take O(log n) steps and score
/// one customer at most. Kept are the subjects and, of their facts, the values that the policy's indicators
/// read: of a value that the schema does not allow, only that there is one.
///
/// ```
/// use guanxi_core::{FactMap, FactValue, fact_id, parse_instant};
/// use guanxi_scoring::{Drift, Incremental, PolicyDocument, Reference, ReferenceState};
///
/// // The only indicator: profit, compared with the greatest.
/// let policy = PolicyDocument::from_json(r#"{"schema": "guanxi.scoring/1", "id": "profit", "version": "1", "body": {
///     "dimensions": {"value": 1},
///     "facts": {"profit": {"kind": "decimal"}},
///     "indicators": [{"id": "profit", "dimension": "value", "weight": 1, "fact": "profit", "normaliser": {"kind": "relative_to_max"}}],
///     "tiers": [{"id": "high", "floor": "50"}, {"id": "low", "floor": "0"}]
/// }}"#)?;
/// let as_of = parse_instant("2026-06-30")?;
/// let profit = |amount: i64| FactMap::new().with(fact_id!("profit"), FactValue::Decimal(amount.into()), None);
///
/// // Nobody has been reviewed yet: against the reference of nobody, nobody has a tier.
/// let nobody = Reference::new(&policy, as_of).pin("ours".parse()?, "0".parse()?);
/// let mut customers = Incremental::new(&policy, nobody, as_of)?;
/// for (subject, amount) in [("C1", 100), ("C2", 60), ("C3", 20)] {
///     let _ = customers.upsert(subject.parse()?, &profit(amount));
/// }
/// let changes = customers.rescore("ours".parse()?, "2026H1".parse()?)?;
/// let tiers = changes.iter().filter_map(|change| Some(change.after.as_ref()?.tier.as_ref()?.to_string()));
/// assert_eq!(tiers.collect::<Vec<_>>(), ["high", "high", "low"]);
///
/// // C3 rises, and nobody else is looked at.
/// let update = customers.upsert("C3".parse()?, &profit(55));
/// assert!(update.change.changes_tier());
/// assert_eq!(update.reference, ReferenceState::Current);
///
/// // C4 is greater than the greatest. The scores stay comparable until somebody asks for new ones.
/// let update = customers.upsert("C4".parse()?, &profit(150));
/// assert_eq!(update.reference, ReferenceState::Drifted);
/// assert!(matches!(&customers.drift()[..], [Drift::Max { live: Some(live), .. }] if live.0 == 150.into()));
/// let changes = customers.rescore("ours".parse()?, "2026H2".parse()?)?;
/// let fell: Vec<&str> = changes.iter().map(|change| change.subject.as_str()).collect();
/// assert_eq!(fell, ["C2", "C3"]);
///
/// // They leave, and the greatest value is what it was.
/// let left = customers.remove(&"C4".parse()?).ok_or("not present")?;
/// assert_eq!((left.reference, customers.len()), (ReferenceState::Drifted, 3));
/// assert_eq!(customers.reference().max(&fact_id!("profit")), Some(100.into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Incremental {
    scorer: Scorer,
    pinned: PinnedReference,
    as_of: DateTime<Utc>,
    reading: Reading,
    live: Live,
    customers: BTreeMap<SubjectId, Customer>,
    /// When time alone can make a difference to whom next. INVARIANT: after `as_of`, each subject once at most.
    due: BTreeSet<(DateTime<Utc>, SubjectId)>,
    counts: Counts,
}

/// What is kept of a customer.
struct Customer {
    row: Row,
    scores: Scores,
    due: Option<DateTime<Utc>>,
}

impl Incremental {
    /// Of nobody yet, to be scored by a policy against a pinned reference, with facts as of an instant.
    ///
    /// # Errors
    /// As [`Scorer::new`].
    pub fn new(
        policy: &PolicyDocument,
        reference: PinnedReference,
        as_of: DateTime<Utc>,
    ) -> Result<Self, ScorerError> {
        Ok(Self {
            scorer: Scorer::new(policy, &reference)?,
            as_of,
            reading: Reading::of(policy.body()),
            live: Live::new(policy, reference.body(), as_of),
            pinned: reference,
            customers: BTreeMap::new(),
            due: BTreeSet::new(),
            counts: Counts::new(policy.body().bands().iter().count()),
        })
    }

    /// Lets a customer come, or replaces all that was known of one.
    ///
    /// Asks for each fact once. The same facts again change nothing, and cost no scoring.
    pub fn upsert(&mut self, subject: SubjectId, facts: &dyn Facts) -> Update {
        let row = self.reading.row(facts);
        if let Some(customer) = self.customers.get(&subject).filter(|customer| customer.row == row) {
            let scored = Some(customer.scores.shown(&self.scorer));
            return self.update(Change { subject, before: scored.clone(), after: scored });
        }
        let old = self.customers.remove(&subject).map(|old| (old, self.as_of));
        let change = self.replace(subject, old, Some(row));
        self.update(change)
    }

    /// Lets a customer leave; `None` if it was not present.
    pub fn remove(&mut self, subject: &SubjectId) -> Option<Update> {
        let (subject, old) = self.customers.remove_entry(subject)?;
        let change = self.replace(subject, Some((old, self.as_of)), None);
        Some(self.update(change))
    }

    /// Scores everybody anew against the live reference, pinned under an id and a version, and says who
    /// changed tier or standing, by subject. Afterwards the scores are those of a fresh review.
    ///
    /// # Errors
    /// As [`Scorer::new`]; then nothing has changed.
    pub fn rescore(&mut self, id: DocumentId, version: Version) -> Result<Vec<Change>, ScorerError> {
        self.rescore_against(self.live.reference().clone().pin(id, version))
    }

    /// Scores everybody anew against another pinned reference, and says who changed tier or standing, by subject.
    ///
    /// So the parts of a population that is too large for one place are scored alike: against the reference merged
    /// from [`Incremental::reference`] of each. A part by itself then has drifted from it; whether the whole has is
    /// seen by merging again.
    ///
    /// # Errors
    /// As [`Scorer::new`]; then nothing has changed.
    pub fn rescore_against(&mut self, reference: PinnedReference) -> Result<Vec<Change>, ScorerError> {
        let scorer = Scorer::new(self.scorer.policy(), &reference)?;
        self.live.compare(reference.body());
        self.pinned = reference;
        let before = core::mem::replace(&mut self.scorer, scorer);
        let mut changes = Vec::new();
        for (subject, customer) in &mut self.customers {
            let facts = self.reading.facts(&customer.row);
            let scores = Scores::of(&self.scorer, &facts, self.as_of);
            let old = core::mem::replace(&mut customer.scores, scores);
            if old.tier != scores.tier {
                self.counts.replace(Some(old.tier), Some(scores.tier));
                let (before, after) = (Some(old.shown(&before)), Some(scores.shown(&self.scorer)));
                changes.push(Change { subject: subject.clone(), before, after });
            }
        }
        Ok(changes)
    }

    /// Lets time go on: facts become stale, and those that were of the future become known. Says who changed
    /// tier or standing by it.
    ///
    /// Only those are scored to whom something happens between the two instants. An instant that lies before
    /// the present one is allowed; then everybody is scored.
    pub fn move_to(&mut self, as_of: DateTime<Utc>) -> Moved {
        let was = core::mem::replace(&mut self.as_of, as_of);
        let mut subjects: Vec<SubjectId> = if as_of < was {
            self.customers.keys().cloned().collect()
        } else {
            self.due.iter().take_while(|(at, _)| *at <= as_of).map(|(_, subject)| subject.clone()).collect()
        };
        subjects.sort_unstable();
        self.live.present(as_of, self.customers.len());
        let mut changes = Vec::new();
        for subject in subjects {
            if let Some(old) = self.customers.remove(&subject) {
                let row = old.row.clone();
                let change = self.replace(subject, Some((old, was)), Some(row));
                changes.extend(Some(change).filter(Change::changes_tier));
            }
        }
        Moved { changes, reference: self.reference_state() }
    }

    /// Replaces what was known of a customer at an instant, if anything, by what is known now, if anything.
    fn replace(
        &mut self,
        subject: SubjectId,
        old: Option<(Customer, DateTime<Utc>)>,
        new: Option<Row>,
    ) -> Change {
        let new = new.map(|row| {
            let facts = self.reading.facts(&row);
            let scores = Scores::of(&self.scorer, &facts, self.as_of);
            let due = facts.due(self.scorer.policy().body(), self.as_of);
            Customer { row, scores, due }
        });
        let was = old.as_ref().map(|(customer, at)| (self.reading.facts(&customer.row), *at));
        let is = new.as_ref().map(|customer| (self.reading.facts(&customer.row), self.as_of));
        self.live.replace(self.pinned.body(), was, is);

        let old = old.map(|(customer, _)| customer);
        if let Some(due) = old.as_ref().and_then(|old| old.due) {
            let _ = self.due.remove(&(due, subject.clone()));
        }
        if let Some(due) = new.as_ref().and_then(|new| new.due) {
            let _ = self.due.insert((due, subject.clone()));
        }
        let tier = |customer: &Option<Customer>| customer.as_ref().map(|customer| customer.scores.tier);
        self.counts.replace(tier(&old), tier(&new));
        let shown = |customer: &Option<Customer>| Some(customer.as_ref()?.scores.shown(&self.scorer));
        let change = Change { subject: subject.clone(), before: shown(&old), after: shown(&new) };
        if let Some(new) = new {
            let _ = self.customers.insert(subject, new);
        }
        self.live.present(self.as_of, self.customers.len());
        change
    }

    fn update(&self, change: Change) -> Update {
        Update { change, reference: self.reference_state() }
    }

    /// Whether all that scores depend on is still what was pinned.
    #[must_use]
    pub fn reference_state(&self) -> ReferenceState {
        if self.live.drifted(self.pinned.body()) { ReferenceState::Drifted } else { ReferenceState::Current }
    }

    /// In what the live reference differs from the pinned one, as far as scores depend on it: by fact, and for each
    /// the greatest value, the total, the values. Empty if and only if the state is [`ReferenceState::Current`].
    #[must_use]
    pub fn drift(&self) -> Vec<Drift> {
        self.live.drift(self.pinned.body())
    }

    /// The live reference: of the customers who are present.
    #[must_use]
    pub const fn reference(&self) -> &Reference {
        self.live.reference()
    }

    /// The reference that everybody is scored against.
    #[must_use]
    pub const fn pinned(&self) -> &PinnedReference {
        &self.pinned
    }

    /// The scorer, for all that an assessment says besides, such as reasons.
    #[must_use]
    pub const fn scorer(&self) -> &Scorer {
        &self.scorer
    }

    /// The instant of all facts.
    #[must_use]
    pub const fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    /// The number of customers who are present.
    #[must_use]
    pub fn len(&self) -> usize {
        self.customers.len()
    }

    /// Whether nobody is present.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.customers.is_empty()
    }

    /// The scores of a customer.
    #[must_use]
    pub fn get(&self, subject: &SubjectId) -> Option<Scored> {
        self.customers.get(subject).map(|customer| customer.scores.shown(&self.scorer))
    }

    /// The facts of a customer as they are kept, to assess or to explain with [`Incremental::scorer`]: all
    /// that the policy's indicators read.
    #[must_use]
    pub fn facts<'a>(&'a self, subject: &SubjectId) -> Option<impl Facts + use<'a>> {
        self.customers.get(subject).map(|customer| self.reading.facts(&customer.row))
    }

    /// Everybody with their scores, by subject.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&SubjectId, Scored)> {
        self.customers.iter().map(|(subject, customer)| (subject, customer.scores.shown(&self.scorer)))
    }

    /// The tiers, highest first, with the number of customers that each holds; counted as they come and go.
    pub fn tiers(&self) -> impl Iterator<Item = (&TierId, u64)> {
        self.scorer.policy().body().bands().iter().map(|(tier, _)| tier).zip(self.counts.tiers())
    }

    /// The number of customers of a standing; counted as they come and go.
    #[must_use]
    pub fn count(&self, standing: Standing) -> u64 {
        self.counts.standing(standing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Normaliser, preset};
    use chrono::TimeDelta;
    use guanxi_core::{FactMap, FactValue};

    /// Without it, who has left or is long done would be looked at again.
    #[test]
    fn everybody_is_due_once_at_most() {
        let mut policy = preset("standard").unwrap().to_value();
        policy["body"]["indicators"][0]["greatest_age"] = serde_json::json!({"days": 10, "then": "missing"});
        let policy = PolicyDocument::from_value(&policy).unwrap();
        assert_eq!(policy.body().indicators()[0].normaliser, Normaliser::RelativeToMax);
        let start: DateTime<Utc> = "2026-06-30T00:00:00Z".parse().unwrap();
        let nobody = Reference::new(&policy, start).pin("ours".parse().unwrap(), "1".parse().unwrap());
        let mut present = Incremental::new(&policy, nobody, start).unwrap();
        let check = |present: &Incremental, days: &[i64]| {
            let due: Vec<_> = present.due.iter().map(|(at, _)| (*at - start).num_days()).collect();
            assert_eq!(due, days);
            let kept = present.customers.iter().filter_map(|(subject, of)| Some((of.due?, subject.clone())));
            assert_eq!(kept.collect::<BTreeSet<_>>(), present.due);
        };
        let profit = |days: i64| {
            let fact = policy.body().indicators()[0].fact.clone();
            FactMap::new().with(fact, FactValue::Decimal(5.into()), Some(start + TimeDelta::days(days)))
        };
        for (subject, days) in [("C1", -4), ("C2", -3), ("C3", -30), ("C4", 2)] {
            let _ = present.upsert(subject.parse().unwrap(), &profit(days));
        }
        check(&present, &[2, 6, 7]);
        let _ = present.upsert("C1".parse().unwrap(), &profit(-1));
        check(&present, &[2, 7, 9]);
        let _ = present.remove(&"C2".parse().unwrap());
        check(&present, &[2, 9]);
        let _ = present.move_to(start + TimeDelta::days(9));
        check(&present, &[12]);
        let _ = present.move_to(start + TimeDelta::days(12));
        check(&present, &[]);
        let _ = present.move_to(start);
        check(&present, &[2, 9]);
    }
}
