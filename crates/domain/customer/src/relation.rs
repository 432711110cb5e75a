//! Who belongs to whom, from when to when.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::SubjectId;
use serde::{Deserialize, Serialize};

use crate::party::Party;

guanxi_core::define_id! {
    /// A kind of relationship, such as `subsidiary_of`; hosts declare their own.
    pub struct RelationKind(code, 64);
}

/// That one party stands in a relationship to another for some time.
///
/// Read as a sentence: `from` *kind* `to`, so a subsidiary is `subsidiary_of` its parent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relationship {
    /// The party that the sentence is about.
    pub from: SubjectId,
    /// What it is to the other.
    pub kind: RelationKind,
    /// The other party.
    pub to: SubjectId,
    /// The first instant at which it holds; always before, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// The first instant at which it no longer holds; for ever, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

impl Relationship {
    /// A relationship without known start or end.
    #[must_use]
    pub const fn of(from: SubjectId, kind: RelationKind, to: SubjectId) -> Self {
        Self { from, kind, to, since: None, until: None }
    }

    /// Whether it holds at an instant.
    #[must_use]
    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        self.since.is_none_or(|since| since <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// Why a party or a relationship is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RelationError {
    /// A party with this id is there already.
    #[error("party `{id}` is there already")]
    PartyTwice {
        /// The id.
        id: SubjectId,
    },
    /// A relationship names a party of whom there is no record.
    #[error("there is no party `{id}`")]
    UnknownParty {
        /// The id.
        id: SubjectId,
    },
    /// A kind that nobody declared.
    #[error("relationship `{kind}` is not declared")]
    UnknownKind {
        /// The kind.
        kind: RelationKind,
    },
    /// A party in relationship to itself.
    #[error("party `{id}` cannot be `{kind}` itself")]
    ToItself {
        /// The party.
        id: SubjectId,
        /// The kind.
        kind: RelationKind,
    },
    /// An end that is not after the start.
    #[error("a relationship ends after it starts: starts {since}, ends {until}")]
    EndsBeforeStart {
        /// Its start.
        since: DateTime<Utc>,
        /// Its end.
        until: DateTime<Utc>,
    },
    /// A hierarchy in which a party would be above itself at some instant.
    #[error("`{from}` is above `{to}` already: `{kind}` would close a circle at {at}")]
    Circle {
        /// The party below.
        from: SubjectId,
        /// The kind.
        kind: RelationKind,
        /// The party above.
        to: SubjectId,
        /// The first instant at which the circle would be closed.
        at: DateTime<Utc>,
    },
}

/// The parties and their relationships, each checked as it is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parties {
    parties: BTreeMap<SubjectId, Party>,
    // INVARIANT: holds at least the standard kinds; the value says whether the kind is hierarchical.
    kinds: BTreeMap<RelationKind, bool>,
    // INVARIANT: both ends are parties, the kind is declared, no hierarchical kind has a circle at
    // any instant.
    relations: BTreeSet<Relationship>,
    above: BTreeMap<(RelationKind, SubjectId), BTreeSet<Relationship>>,
    below: BTreeMap<(RelationKind, SubjectId), BTreeSet<Relationship>>,
}

/// The kinds that are always declared, and whether they are hierarchical.
const STANDARD: [(&str, bool); 3] = [("contact_of", false), ("subsidiary_of", true), ("refers", false)];

impl Default for Parties {
    fn default() -> Self {
        let kinds = STANDARD.iter().filter_map(|(kind, hierarchical)| {
            RelationKind::new(kind).ok().map(|kind| (kind, *hierarchical))
        });
        Self {
            parties: BTreeMap::new(),
            kinds: kinds.collect(),
            relations: BTreeSet::new(),
            above: BTreeMap::new(),
            below: BTreeMap::new(),
        }
    }
}

impl Parties {
    /// No parties; the kinds `contact_of`, `refers` and `subsidiary_of` (hierarchical) are declared.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a further kind of relationship. In a hierarchical kind nobody can be above themselves.
    ///
    /// Declaring a kind again changes nothing.
    #[must_use]
    pub fn with_kind(mut self, kind: RelationKind, hierarchical: bool) -> Self {
        self.kinds.entry(kind).or_insert(hierarchical);
        self
    }

    /// Adds a party.
    ///
    /// # Errors
    /// [`RelationError::PartyTwice`].
    pub fn insert(&mut self, party: Party) -> Result<(), RelationError> {
        if self.parties.contains_key(&party.id) {
            return Err(RelationError::PartyTwice { id: party.id });
        }
        self.parties.insert(party.id.clone(), party);
        Ok(())
    }

    /// The party with an id.
    #[must_use]
    pub fn get(&self, id: &SubjectId) -> Option<&Party> {
        self.parties.get(id)
    }

    /// All parties, by id.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Party> {
        self.parties.values()
    }

    /// All relationships, by party, kind, other party and time.
    pub fn relationships(&self) -> impl Iterator<Item = &Relationship> {
        self.relations.iter()
    }

    /// Erases the personal data of a party (see [`Party::erase`]); its relationships stay.
    ///
    /// # Errors
    /// [`RelationError::UnknownParty`].
    pub fn erase(&mut self, id: &SubjectId, at: DateTime<Utc>) -> Result<(), RelationError> {
        let party = self.parties.remove(id).ok_or_else(|| RelationError::UnknownParty { id: id.clone() })?;
        self.parties.insert(id.clone(), party.erase(at));
        Ok(())
    }

    /// Adds a relationship; adding the same one again changes nothing.
    ///
    /// # Errors
    /// Every [`RelationError`] but `PartyTwice`.
    pub fn relate(&mut self, relation: Relationship) -> Result<(), RelationError> {
        for id in [&relation.from, &relation.to] {
            if !self.parties.contains_key(id) {
                return Err(RelationError::UnknownParty { id: id.clone() });
            }
        }
        let Some(hierarchical) = self.kinds.get(&relation.kind).copied() else {
            return Err(RelationError::UnknownKind { kind: relation.kind });
        };
        if relation.from == relation.to {
            return Err(RelationError::ToItself { id: relation.from, kind: relation.kind });
        }
        if let (Some(since), Some(until)) = (relation.since, relation.until)
            && until <= since
        {
            return Err(RelationError::EndsBeforeStart { since, until });
        }
        if hierarchical && let Some(at) = self.circle(&relation) {
            let Relationship { from, kind, to, .. } = relation;
            return Err(RelationError::Circle { from, kind, to, at });
        }
        let key = |id: &SubjectId| (relation.kind.clone(), id.clone());
        self.above.entry(key(&relation.from)).or_default().insert(relation.clone());
        self.below.entry(key(&relation.to)).or_default().insert(relation.clone());
        self.relations.insert(relation);
        Ok(())
    }

    /// Everyone below a party in a kind of relationship at an instant, itself included, each once.
    ///
    /// For `subsidiary_of` it is the group of a parent company.
    #[must_use]
    pub fn group(&self, top: &SubjectId, kind: &RelationKind, as_of: DateTime<Utc>) -> BTreeSet<SubjectId> {
        let mut members = BTreeSet::from([top.clone()]);
        let mut waiting = Vec::from([top.clone()]);
        while let Some(id) = waiting.pop() {
            for relation in self.below.get(&(kind.clone(), id)).into_iter().flatten() {
                if relation.holds(as_of) && members.insert(relation.from.clone()) {
                    waiting.push(relation.from.clone());
                }
            }
        }
        members
    }

    /// The first instant at which a relationship would close a circle.
    ///
    /// A circle through the new relationship exists at an instant at which `to` is already at or below
    /// `from`. Who is above whom changes only where a relationship starts, so it is enough to look at
    /// the starts within the new one's time. `None` as a start is the beginning of time.
    fn circle(&self, new: &Relationship) -> Option<DateTime<Utc>> {
        let first = new.since.unwrap_or(DateTime::<Utc>::MIN_UTC);
        if !self.reaches(new, None) {
            return None;
        }
        let starts = self.relations.iter().filter(|relation| relation.kind == new.kind);
        let starts =
            starts.filter_map(|relation| relation.since).filter(|since| first < *since && new.holds(*since));
        let instants: BTreeSet<_> = starts.chain([first]).collect();
        instants.into_iter().find(|at| self.reaches(new, Some(*at)))
    }

    /// Whether going up from `new.to` leads to `new.from`, at an instant or, with none, at any times.
    fn reaches(&self, new: &Relationship, at: Option<DateTime<Utc>>) -> bool {
        let mut seen = BTreeSet::from([&new.to]);
        let mut waiting = Vec::from([&new.to]);
        while let Some(id) = waiting.pop() {
            if *id == new.from {
                return true;
            }
            for relation in self.above.get(&(new.kind.clone(), id.clone())).into_iter().flatten() {
                if at.is_none_or(|at| relation.holds(at)) && seen.insert(&relation.to) {
                    waiting.push(&relation.to);
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::party::OrganisationName;
    use guanxi_core::parse_instant;
    use proptest::prelude::*;
    use std::string::ToString;

    fn id(text: &str) -> SubjectId {
        text.parse().unwrap()
    }

    fn firms() -> Parties {
        let mut parties = Parties::new().with_kind("supplier_of".parse().unwrap(), false);
        for key in ["A", "B", "C", "D"] {
            parties.insert(Party::organisation(id(key), OrganisationName::new(key).unwrap())).unwrap();
        }
        parties
    }

    /// `A subsidiary_of B 2024-01-01 2025-01-01`, with `-` for an open end.
    fn relation(line: &str) -> Relationship {
        let words: Vec<&str> = line.split(' ').collect();
        let at = |text: &str| if text == "-" { None } else { Some(parse_instant(text).unwrap()) };
        Relationship {
            since: at(words[3]),
            until: at(words[4]),
            ..Relationship::of(id(words[0]), words[1].parse().unwrap(), id(words[2]))
        }
    }

    #[test]
    fn relationships_are_checked_as_they_are_added() {
        let mut parties = firms();
        let mut relate = |line: &str| parties.relate(relation(line)).map_err(|error| error.to_string());
        assert_eq!(relate("A subsidiary_of B 2024-01-01 2025-01-01"), Ok(()));
        assert_eq!(relate("A subsidiary_of B 2024-01-01 2025-01-01"), Ok(()));
        assert_eq!(relate("B subsidiary_of C 2024-06-01 -"), Ok(()));
        // Above and below may swap places, at another time.
        assert_eq!(relate("B subsidiary_of A 2025-01-01 -"), Ok(()));
        assert_eq!(relate("A supplier_of B - -"), Ok(()));
        assert_eq!(relate("B supplier_of A - -"), Ok(()));
        insta::assert_snapshot!(relate("C subsidiary_of A - 2024-12-31").unwrap_err(), @"`C` is above `A` already: `subsidiary_of` would close a circle at 2024-06-01 00:00:00 UTC");
        assert_eq!(relate("C subsidiary_of A - 2024-06-01"), Ok(()));
        assert_eq!(relate("C subsidiary_of A 2025-01-01 -"), Ok(()));
        insta::assert_snapshot!(relate("E refers A - -").unwrap_err(), @"there is no party `E`");
        insta::assert_snapshot!(relate("A refers A - -").unwrap_err(), @"party `A` cannot be `refers` itself");
        insta::assert_snapshot!(relate("A owns B - -").unwrap_err(), @"relationship `owns` is not declared");
        insta::assert_snapshot!(relate("A refers B 2025-01-01 2025-01-01").unwrap_err(), @"a relationship ends after it starts: starts 2025-01-01 00:00:00 UTC, ends 2025-01-01 00:00:00 UTC");
        let twice = Party::organisation(id("A"), OrganisationName::new("A").unwrap());
        insta::assert_snapshot!(parties.insert(twice).unwrap_err().to_string(), @"party `A` is there already");
        assert_eq!(parties.relationships().count(), 7);
    }

    #[test]
    fn a_group_is_everyone_below_at_an_instant_once() {
        let mut parties = firms();
        for line in [
            "B subsidiary_of A 2024-01-01 2025-01-01",
            "C subsidiary_of A - -",
            "D subsidiary_of B - -",
            "D subsidiary_of C - -",
            "A refers B - -",
        ] {
            parties.relate(relation(line)).unwrap();
        }
        let group = |top, day| {
            let group =
                parties.group(&id(top), &"subsidiary_of".parse().unwrap(), parse_instant(day).unwrap());
            group.iter().map(ToString::to_string).collect::<Vec<_>>().concat()
        };
        assert_eq!(group("A", "2024-12-31"), "ABCD");
        assert_eq!(group("A", "2025-01-01"), "ACD");
        assert_eq!(group("D", "2025-01-01"), "D");
        let until = Some(parse_instant("2025-01-01").unwrap());
        assert!(parties.relationships().any(|relation| relation.until == until));
    }

    proptest! {
        /// The oracle looks at every day: a relationship is refused exactly where some day has a circle.
        #[test]
        fn a_hierarchy_never_has_a_circle(
            given in prop::collection::vec((0_usize..4, 0_usize..4, prop::option::of(0_i64..6), prop::option::of(1_i64..8)), 0..14)
        ) {
            let day = |day: i64| DateTime::from_timestamp(day * 86_400, 0).unwrap();
            let keys = ["A", "B", "C", "D"];
            let mut parties = firms();
            let mut kept: Vec<(usize, usize, i64, i64)> = Vec::new();
            for (from, to, since, until) in given {
                let (first, last) = (since.unwrap_or(-9), until.unwrap_or(9));
                if from == to || last <= first {
                    continue;
                }
                let below = |day: i64, edges: &[(usize, usize, i64, i64)]| {
                    let mut reach = [[false; 4]; 4];
                    for (from, to, ..) in edges.iter().filter(|(_, _, since, until)| *since <= day && day < *until) {
                        reach[*from][*to] = true;
                    }
                    for middle in 0..4 {
                        for a in 0..4 {
                            for b in 0..4 {
                                reach[a][b] |= reach[a][middle] && reach[middle][b];
                            }
                        }
                    }
                    (0..4).any(|party| reach[party][party])
                };
                let mut edges = kept.clone();
                edges.push((from, to, first, last));
                let circle = (-9..9).any(|day| below(day, &edges));
                let relation = Relationship {
                    since: since.map(day),
                    until: until.map(day),
                    ..Relationship::of(id(keys[from]), "subsidiary_of".parse().unwrap(), id(keys[to]))
                };
                prop_assert_eq!(parties.relate(relation).is_err(), circle);
                if !circle {
                    kept = edges;
                }
            }
        }
    }
}
