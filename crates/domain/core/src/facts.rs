//! What is known of a customer, fact by fact: the three answers known, missing, not applicable.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::cmp::Ordering;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::fact::FactValue;
use crate::id::FactId;

/// The answer to a question for a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact<'a> {
    /// The value is known.
    Known {
        /// The value.
        value: &'a FactValue,
        /// When it was observed, if that is known.
        observed_at: Option<DateTime<Utc>>,
    },
    /// The fact has a value, but nobody said which.
    Missing,
    /// The question does not arise: a firm that never bought has no profit.
    NotApplicable,
}

/// Whatever can be asked for a customer's facts.
pub trait Facts {
    /// The answer for one fact.
    fn fact(&self, id: &FactId) -> Fact<'_>;

    /// The answers for several facts, each what [`Facts::fact`] says, one place for each name. To be
    /// written where asking for all of them at once is cheaper.
    fn each<'f>(&'f self, ids: &FactIds, answers: &mut [Fact<'f>]) {
        for (answer, id) in answers.iter_mut().zip(ids.iter()) {
            *answer = self.fact(id);
        }
    }

    /// The answer for the fact at a place of several names, what [`Facts::fact`] says of it; missing where
    /// there is no such place. To be written where a name that is prepared is found sooner.
    fn nth(&self, ids: &FactIds, place: usize) -> Fact<'_> {
        ids.0.get(place).map_or(Fact::Missing, |named| self.fact(&named.id))
    }

    /// The value of the fact at a place of several names, if it is known at an instant: one that was observed
    /// later is not.
    fn value(&self, ids: &FactIds, place: usize, as_of: DateTime<Utc>) -> Option<&FactValue> {
        match self.nth(ids, place) {
            Fact::Known { value, observed_at } => observed_at.is_none_or(|at| at <= as_of).then_some(value),
            Fact::Missing | Fact::NotApplicable => None,
        }
    }
}

/// Facts to ask for together: their names in ascending order, each once.
///
/// ```
/// use guanxi_core::{Fact, FactIds, FactMap, FactValue, Facts, fact_id};
/// let ids: FactIds = [fact_id!("revenue"), fact_id!("orders")].into_iter().collect();
/// let facts = FactMap::new().with(fact_id!("orders"), FactValue::Int(7), None);
/// let mut answers = [Fact::Missing; 2];
/// facts.each(&ids, &mut answers);
/// assert_eq!(answers, [facts.fact(&fact_id!("orders")), Fact::Missing]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactIds(Vec<Named>); // INVARIANT: ascending by name, no name twice

impl FactIds {
    /// The names, ascending.
    pub fn iter(&self) -> impl Iterator<Item = &FactId> {
        self.0.iter().map(|named| &named.id)
    }

    /// How many they are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<FactId> for FactIds {
    fn from_iter<I: IntoIterator<Item = FactId>>(ids: I) -> Self {
        let ids: BTreeSet<FactId> = ids.into_iter().collect();
        Self(ids.into_iter().map(Named::new).collect())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Entry {
    Known {
        value: FactValue,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        observed_at: Option<DateTime<Utc>>,
    },
    NotApplicable,
}

/// Facts by name, in the order of their names. What is not listed is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(from = "BTreeMap<FactId, Entry>", into = "BTreeMap<FactId, Entry>")]
pub struct FactMap(Vec<Listed>); // INVARIANT: ascending by name, no name twice

/// A fact of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Listed {
    name: Named,
    entry: Entry,
}

impl Listed {
    fn new(id: FactId, entry: Entry) -> Self {
        Self { name: Named::new(id), entry }
    }
}

/// A name that is quickly told from others.
#[derive(Clone, Debug, Eq)]
struct Named {
    start: Start,
    id: FactId,
}

/// The first bytes of a name, filled up with zeros, in the order of the names. No name holds a zero, so
/// that is all of a short one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Start([u64; 3]);

impl Start {
    fn of(id: &FactId) -> Self {
        let mut start = [[0; 8]; 3];
        let places = start.as_flattened_mut().iter_mut();
        places.zip(id.as_str().bytes()).for_each(|(place, byte)| *place = byte);
        Self(start.map(u64::from_be_bytes))
    }

    /// Whether a name with this start may go on.
    const fn is_cut(self) -> bool {
        let Self([.., last]) = self;
        last & 0xff > 0
    }
}

impl Named {
    fn new(id: FactId) -> Self {
        Self { start: Start::of(&id), id }
    }

    /// Whether this is the name with a start.
    #[inline]
    fn is(&self, start: &Start, id: &FactId) -> bool {
        // Mostly the first bytes tell.
        let (Start([first, second, third]), Start([a, b, c])) = (self.start, *start);
        first == a && second == b && third == c && (!start.is_cut() || self.whole(id).is_eq())
    }

    /// The order of the whole names; by itself, so that the short way stays short.
    #[inline(never)]
    fn whole(&self, id: &FactId) -> Ordering {
        self.id.cmp(id)
    }
}

impl PartialEq for Named {
    fn eq(&self, other: &Self) -> bool {
        self.is(&other.start, &other.id)
    }
}

impl PartialOrd for Named {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The order of the names.
impl Ord for Named {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        match self.start.cmp(&other.start) {
            Ordering::Equal if self.start.is_cut() => self.whole(&other.id),
            order => order,
        }
    }
}

impl FactMap {
    /// Up to so many facts, looking at each in turn is quicker than halving.
    const FEW: usize = 32;

    /// No facts.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// With a fact known, and when it was observed.
    #[must_use]
    pub fn with(self, id: FactId, value: FactValue, observed_at: Option<DateTime<Utc>>) -> Self {
        self.put(id, Entry::Known { value, observed_at })
    }

    /// With a fact that does not apply.
    #[must_use]
    pub fn not_applicable(self, id: FactId) -> Self {
        self.put(id, Entry::NotApplicable)
    }

    /// Looks in a long list; by itself, so that the short way stays short.
    #[inline(never)]
    fn halve(&self, id: &FactId) -> Option<&Listed> {
        self.0.get(self.0.binary_search_by(|listed| listed.name.id.cmp(id)).ok()?)
    }

    /// Looks in a short list.
    #[inline]
    fn look(&self, start: &Start, id: &FactId) -> Option<&Listed> {
        self.0.iter().find(|listed| listed.name.is(start, id))
    }

    fn put(mut self, id: FactId, entry: Entry) -> Self {
        match self.0.binary_search_by(|listed| listed.name.id.cmp(&id)) {
            Ok(found) => {
                if let Some(listed) = self.0.get_mut(found) {
                    listed.entry = entry;
                }
            }
            Err(place) => self.0.insert(place, Listed::new(id, entry)),
        }
        self
    }

    /// The facts that are known or do not apply, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&FactId, Fact<'_>)> {
        self.0.iter().map(|listed| (&listed.name.id, listed.entry.answer()))
    }
}

impl From<BTreeMap<FactId, Entry>> for FactMap {
    fn from(facts: BTreeMap<FactId, Entry>) -> Self {
        Self(facts.into_iter().map(|(id, entry)| Listed::new(id, entry)).collect())
    }
}

impl From<FactMap> for BTreeMap<FactId, Entry> {
    fn from(facts: FactMap) -> Self {
        facts.0.into_iter().map(|listed| (listed.name.id, listed.entry)).collect()
    }
}

impl Entry {
    const fn answer(&self) -> Fact<'_> {
        match self {
            Self::Known { value, observed_at } => Fact::Known { value, observed_at: *observed_at },
            Self::NotApplicable => Fact::NotApplicable,
        }
    }
}

impl Facts for FactMap {
    fn fact(&self, id: &FactId) -> Fact<'_> {
        let listed = if self.0.len() > Self::FEW { self.halve(id) } else { self.look(&Start::of(id), id) };
        listed.map_or(Fact::Missing, |listed| listed.entry.answer())
    }

    fn value(&self, ids: &FactIds, place: usize, as_of: DateTime<Utc>) -> Option<&FactValue> {
        let name = ids.0.get(place)?;
        let listed =
            if self.0.len() > Self::FEW { self.halve(&name.id) } else { self.look(&name.start, &name.id) };
        match &listed?.entry {
            Entry::Known { value, observed_at } => observed_at.is_none_or(|at| at <= as_of).then_some(value),
            Entry::NotApplicable => None,
        }
    }

    fn each<'f>(&'f self, ids: &FactIds, answers: &mut [Fact<'f>]) {
        // Both lists ascend: one way through them finds all.
        let mut rest = self.0.as_slice();
        for (answer, name) in answers.iter_mut().zip(&ids.0) {
            *answer = loop {
                let [listed, after @ ..] = rest else { break Fact::Missing };
                // Mostly the next fact is the next one asked for.
                if listed.name == *name {
                    rest = after;
                    break listed.entry.answer();
                }
                if listed.name > *name {
                    break Fact::Missing;
                }
                rest = after;
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Names that begin alike, some of them beyond what is compared first.
    fn name() -> impl Strategy<Value = FactId> {
        "(a|ab|b|a{22}|a{23}|a{24}|b{30})(a|b|z|客)?".prop_map(|name| FactId::new(&name).unwrap())
    }

    proptest! {
        #[test]
        fn asking_together_is_asking_one_by_one(
            known in prop::collection::vec((name(), any::<bool>()), 0..40), asked in prop::collection::vec(name(), 0..20),
            dated in any::<bool>(),
        ) {
            let observed = dated.then(|| DateTime::from_timestamp(1, 0).unwrap());
            let facts = known.into_iter().fold(FactMap::new(), |facts, (id, known)| {
                if known { facts.with(id, FactValue::Bool(true), observed) } else { facts.not_applicable(id) }
            });
            let ids: FactIds = asked.into_iter().collect();
            let mut answers = std::vec![Fact::NotApplicable; ids.len()];
            facts.each(&ids, &mut answers);
            let one_by_one: Vec<Fact<'_>> = ids.iter().map(|id| facts.fact(id)).collect();
            prop_assert_eq!(&answers, &one_by_one);
            let by_place: Vec<Fact<'_>> = (0..ids.len()).map(|place| facts.nth(&ids, place)).collect();
            prop_assert_eq!(&by_place, &one_by_one);
            let (before, at) = (DateTime::from_timestamp(0, 0).unwrap(), DateTime::from_timestamp(1, 0).unwrap());
            for (place, fact) in one_by_one.iter().enumerate() {
                let value = match fact {
                    Fact::Known { value, .. } => Some(*value),
                    _ => None,
                };
                prop_assert_eq!(facts.value(&ids, place, at), value);
                prop_assert_eq!(facts.value(&ids, place, before), value.filter(|_| !dated));
            }
            prop_assert_eq!(facts.nth(&ids, ids.len()), Fact::Missing);
            for (id, fact) in facts.iter() {
                prop_assert_eq!(facts.fact(id), fact);
            }
        }
    }
}
