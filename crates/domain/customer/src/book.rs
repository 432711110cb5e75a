//! From events to the facts of every customer, recomputing only what an event can have changed.
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::mem;

use chrono::{DateTime, FixedOffset, Offset, Utc};
use guanxi_core::{AttributeId, Event, FactMap, FactValue, Rates, SubjectId};
use serde::Serialize;

use crate::finding::FactFinding;
use crate::ledger::{Added, Ledger};
use crate::measure::{Measured, Measuring, Reading, Values};
use crate::party::{Party, known};
use crate::recipe::{Measure, RecipeSpec, WhenEmpty};
use crate::recipes::Recipes;
use crate::relation::Parties;

/// The facts of one subject, and what was noticed while they were made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SubjectFacts {
    /// The facts; what is not in here is missing.
    pub facts: FactMap,
    /// What was ignored or refused.
    pub findings: Vec<FactFinding>,
}

/// A ledger seen through recipes at one instant.
///
/// The same events, parties, recipes, rates, `as_of` and offset give the same facts, in whatever order,
/// portions and repetition the events came. Events at `as_of` count, in every recipe; events after
/// it are kept, ignored and reported.
/// After a new event only its subject, that subject's peers and the population are read again.
///
/// A known fact is observed at the latest event that fed it: the latest of the events that were
/// chosen for its measure.
#[derive(Clone, Debug)]
pub struct FactBook<'a> {
    recipes: &'a Recipes,
    parties: &'a Parties,
    rates: &'a Rates,
    as_of: DateTime<Utc>,
    offset: FixedOffset,
    ledger: Ledger,
    own: BTreeMap<SubjectId, Vec<Own>>,
    groups: BTreeMap<Peers<'a>, Group<'a>>,
    censuses: Vec<Census>,
    stale: BTreeSet<SubjectId>,
}

/// An attribute and the value of it that parties share.
type Peers<'a> = (&'a AttributeId, &'a FactValue);

/// What one recipe read in one subject's own events.
#[derive(Clone, Debug)]
enum Own {
    /// The recipe reads the subject alone.
    Reading(Measured),
    /// The recipe compares with everyone: the subject's values, and its latest event that has one.
    Values(Measured<Values>),
    /// The recipe reads the subject's group of peers.
    OfPeers,
}

/// Parties that share a value, and what each recipe over them read; stale if that is not known.
#[derive(Clone, Debug, Default)]
struct Group<'a> {
    members: Vec<&'a SubjectId>,
    readings: Option<BTreeMap<usize, Measured>>,
}

/// The values that one recipe saw anywhere, by the number of subjects that have them.
#[derive(Clone, Debug, Default)]
struct Census {
    seen: BTreeMap<FactValue, u64>,
    observed_at: Option<DateTime<Utc>>,
    /// The first subject whose values are refused, and with them those of everyone.
    refused: Option<SubjectId>,
}

impl<'a> FactBook<'a> {
    /// A book without events, with the calendar of UTC.
    #[must_use]
    pub fn new(recipes: &'a Recipes, parties: &'a Parties, rates: &'a Rates, as_of: DateTime<Utc>) -> Self {
        let attributes: BTreeSet<&AttributeId> = recipes.iter().filter_map(|r| r.peers.as_ref()).collect();
        let mut groups = BTreeMap::<Peers<'a>, Group<'a>>::new();
        for party in parties.iter() {
            for attribute in &attributes {
                if let Some(known) = known(party, attribute, as_of) {
                    groups.entry((attribute, &known.value)).or_default().members.push(&party.id);
                }
            }
        }
        Self {
            recipes,
            parties,
            rates,
            as_of,
            offset: Utc.fix(),
            ledger: Ledger::new(),
            own: BTreeMap::new(),
            groups,
            censuses: recipes.iter().map(|_| Census::default()).collect(),
            stale: parties.iter().map(|party| party.id.clone()).collect(),
        }
    }

    /// Adds an event.
    pub fn add(&mut self, event: Event) -> Added {
        let subject = event.subject.clone();
        let added = self.ledger.add(event);
        match &added {
            Added::New => {
                self.stale.insert(subject);
            }
            Added::Replaced { subject: other } => {
                self.stale.insert(other.clone());
                self.stale.insert(subject);
            }
            Added::Known | Added::Outranked => {}
        }
        added
    }

    /// Adds everything that a ledger knows.
    pub fn merge(&mut self, ledger: Ledger) {
        self.stale.extend(ledger.subjects().cloned());
        // An event may move to another subject, whose facts then change as well.
        let moved =
            ledger.iter().filter_map(|event| self.ledger.get(&event.id)).map(|kept| kept.subject.clone());
        self.stale.extend(moved.collect::<Vec<_>>());
        self.ledger.merge(ledger);
    }

    /// The events.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The events alone, for those who go on with them.
    #[must_use]
    pub fn into_ledger(self) -> Ledger {
        self.ledger
    }

    /// The instant that the facts are of.
    #[must_use]
    pub const fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    /// The same events at another instant.
    #[must_use]
    pub fn at(self, as_of: DateTime<Utc>) -> Self {
        let offset = self.offset;
        self.again(as_of, offset)
    }

    /// The same events in the calendar of an offset, such as +08:00: to it belong the days that are
    /// counted, the months and days of windows, and the day of a rate of exchange.
    #[must_use]
    pub fn in_offset(self, offset: FixedOffset) -> Self {
        let as_of = self.as_of;
        self.again(as_of, offset)
    }

    fn again(self, as_of: DateTime<Utc>, offset: FixedOffset) -> Self {
        let mut book = Self { offset, ..Self::new(self.recipes, self.parties, self.rates, as_of) };
        book.merge(self.ledger);
        book
    }

    /// The facts of one subject; of an unknown one those of a party without record and events.
    pub fn facts(&mut self, subject: &SubjectId) -> SubjectFacts {
        self.refresh();
        self.assemble(subject)
    }

    /// The facts of every party and of every other subject of the ledger, by id.
    pub fn all(&mut self) -> impl Iterator<Item = (&SubjectId, SubjectFacts)> {
        self.refresh();
        self.own.keys().map(|subject| (subject, self.assemble(subject)))
    }

    /// Reads again what events added since the last time can have changed.
    fn refresh(&mut self) {
        let stale = mem::take(&mut self.stale);
        if stale.is_empty() {
            return;
        }
        for subject in stale {
            self.count_values(&subject, false);
            let party = self.parties.get(&subject);
            let known = party.is_some() || self.ledger.of(&subject).next().is_some();
            if known {
                self.own.insert(subject.clone(), self.read_own(&subject));
                self.count_values(&subject, true);
            } else {
                self.own.remove(&subject);
            }
            for attribute in party.into_iter().flat_map(|party| &party.attributes) {
                if let Some(group) = self.groups.get_mut(&(attribute.0, &attribute.1.value)) {
                    group.readings = None;
                }
            }
        }
        self.read_groups();
        self.close_censuses();
    }

    fn measurings(&self) -> impl Iterator<Item = Measuring<'a>> + use<'a> {
        let (rates, as_of, offset) = (self.rates, self.as_of, self.offset);
        self.recipes.iter().map(move |recipe| Measuring { recipe, rates, as_of, offset })
    }

    /// A subject's events up to `as_of`, in order.
    fn events(&self, subject: &SubjectId) -> impl Iterator<Item = &Event> {
        let as_of = self.as_of;
        self.ledger.of(subject).take_while(move |event| event.occurred_at <= as_of)
    }

    fn read_own(&self, subject: &SubjectId) -> Vec<Own> {
        let events: Vec<&Event> = self.events(subject).collect();
        let party = self.parties.get(subject);
        let read = |measuring: Measuring<'_>| match &measuring.recipe.measure {
            Measure::DistinctNotYet(attribute) | Measure::DistinctInPopulation(attribute) => {
                Own::Values(measuring.values(attribute, &events))
            }
            Measure::Attribute(attribute) => Own::Reading(of_party(party, &measuring, attribute)),
            Measure::Constant(value) => {
                Own::Reading(Ok(Reading { value: Some(value.clone()), observed_at: None }))
            }
            _ if measuring.recipe.peers.is_some() => Own::OfPeers,
            _ => Own::Reading(measuring.read(&events)),
        };
        self.measurings().map(read).collect()
    }

    /// Counts a subject's values in, or out before they are read again.
    fn count_values(&mut self, subject: &SubjectId, present: bool) {
        let Some(own) = self.own.get(subject) else { return };
        for (own, census) in own.iter().zip(&mut self.censuses) {
            let Own::Values(Ok((values, _))) = own else { continue };
            for value in values {
                if present {
                    match census.seen.get_mut(value) {
                        Some(subjects) => *subjects += 1,
                        None => {
                            census.seen.insert(value.clone(), 1);
                        }
                    }
                } else if let Some(subjects) = census.seen.get_mut(value) {
                    *subjects -= 1;
                    if *subjects == 0 {
                        census.seen.remove(value);
                    }
                }
            }
        }
    }

    fn close_censuses(&mut self) {
        for (index, census) in self.censuses.iter_mut().enumerate() {
            (census.observed_at, census.refused) = (None, None);
            for (subject, own) in &self.own {
                match own.get(index) {
                    Some(Own::Values(Ok((_, observed_at)))) => {
                        census.observed_at = census.observed_at.max(*observed_at);
                    }
                    Some(Own::Values(Err(_))) if census.refused.is_none() => {
                        census.refused = Some(subject.clone());
                    }
                    _ => {}
                }
            }
        }
    }

    fn read_groups(&mut self) {
        let mut groups = mem::take(&mut self.groups);
        for (peers, group) in groups.iter_mut().filter(|(_, group)| group.readings.is_none()) {
            let mut events: Vec<&Event> =
                group.members.iter().flat_map(|member| self.events(member)).collect();
            events.sort_unstable_by_key(|event| (event.occurred_at, &event.id));
            let recipes = self.measurings().enumerate();
            let over = recipes.filter(|(_, measuring)| measuring.recipe.peers.as_ref() == Some(peers.0));
            let readings = over.map(|(index, measuring)| (index, measuring.read(&events))).collect();
            group.readings = Some(readings);
        }
        self.groups = groups;
    }

    fn assemble(&self, subject: &SubjectId) -> SubjectFacts {
        let party = self.parties.get(subject);
        let mut result =
            SubjectFacts { facts: FactMap::new(), findings: self.event_findings(subject, party.is_some()) };
        let unknown;
        let own = match self.own.get(subject) {
            Some(own) => own,
            None => {
                unknown = self.read_own(subject);
                &unknown
            }
        };
        for (index, (measuring, own)) in self.measurings().zip(own).enumerate() {
            let recipe = measuring.recipe;
            let reading = match own {
                Own::Reading(reading) => reading.clone(),
                Own::Values(values) => self.compare(index, recipe, values),
                Own::OfPeers => self.of_peers(index, recipe, party),
            };
            match reading.and_then(|reading| level(recipe, reading)) {
                Ok(reading) => result.facts = answer(recipe, reading, result.facts),
                Err(finding) => result.findings.push(finding),
            }
        }
        result
    }

    fn event_findings(&self, subject: &SubjectId, known: bool) -> Vec<FactFinding> {
        let mut findings = Vec::new();
        let events = self.ledger.of(subject).count();
        if !known && events > 0 {
            findings.push(FactFinding::UnknownParty { events: u64::try_from(events).unwrap_or(u64::MAX) });
        }
        let future = self.ledger.of(subject).rev().take_while(|event| event.occurred_at > self.as_of);
        let mut future: Vec<(&_, FactFinding)> = future
            .map(|event| {
                let (id, occurred_at) = (event.id.clone(), event.occurred_at);
                (&event.id, FactFinding::FutureEvent { event: id, occurred_at })
            })
            .collect();
        if !self.ledger.conflicts().is_empty() {
            let conflicts =
                self.ledger.of(subject).filter(|event| self.ledger.conflicts().contains(&event.id));
            future.extend(
                conflicts.map(|event| (&event.id, FactFinding::EventConflict { event: event.id.clone() })),
            );
        }
        // Stable: of one event's findings that of the future comes first.
        future.sort_by_key(|(id, _)| *id);
        findings.extend(future.into_iter().map(|(_, finding)| finding));
        findings
    }

    fn compare(&self, index: usize, recipe: &RecipeSpec, own: &Measured<Values>) -> Measured {
        let (own, _) = own.as_ref().map_err(Clone::clone)?;
        let Some(census) = self.censuses.get(index) else { return Ok(Reading::default()) };
        if let Some(party) = census.refused.clone() {
            return Err(FactFinding::PartyRefused { fact: recipe.fact.clone(), party });
        }
        if census.seen.is_empty() {
            return Ok(Reading::default());
        }
        let has = if matches!(recipe.measure, Measure::DistinctNotYet(_)) { own.len() } else { 0 };
        // Everyone's values include the subject's own.
        let number = census.seen.len().saturating_sub(has).into();
        Ok(Reading { value: Some(recipe.measure.value(number)), observed_at: census.observed_at })
    }

    fn of_peers(&self, index: usize, recipe: &RecipeSpec, party: Option<&Party>) -> Measured {
        let reading = || {
            let attribute = recipe.peers.as_ref()?;
            let known = known(party?, attribute, self.as_of)?;
            self.groups.get(&(attribute, &known.value))?.readings.as_ref()?.get(&index).cloned()
        };
        reading().unwrap_or_else(|| Ok(Reading::default()))
    }
}

fn of_party(party: Option<&Party>, measuring: &Measuring<'_>, attribute: &AttributeId) -> Measured {
    let Some(stated) = party.and_then(|party| party.attributes.get(attribute)) else {
        return Ok(Reading::default());
    };
    match stated.observed_at {
        Some(observed_at) if observed_at > measuring.as_of => Err(FactFinding::FutureAttribute {
            fact: measuring.recipe.fact.clone(),
            attribute: attribute.clone(),
            observed_at,
        }),
        observed_at => Ok(Reading { value: Some(stated.value.clone()), observed_at }),
    }
}

/// Puts in the value declared for nothing, and turns numbers into levels where declared.
fn level(recipe: &RecipeSpec, reading: Reading) -> Measured {
    let reading = match (reading, &recipe.when_empty) {
        (Reading { value: None, .. }, WhenEmpty::Value(number)) => {
            Reading { value: Some(recipe.measure.value(number.0)), observed_at: None }
        }
        (reading, _) => reading,
    };
    let (Some(levels), Some(value)) = (&recipe.levels, &reading.value) else { return Ok(reading) };
    let level = match value {
        // Cut before the quotient was rounded.
        FactValue::Level(level) if recipe.measure.divides() => Some(*level),
        value => value.number().and_then(|number| levels.of(number).ok()),
    };
    let level = level.ok_or_else(|| FactFinding::NoLevel { fact: recipe.fact.clone() })?;
    Ok(Reading { value: Some(FactValue::Level(level)), ..reading })
}

fn answer(recipe: &RecipeSpec, reading: Reading, facts: FactMap) -> FactMap {
    let fact = recipe.fact.clone();
    match (reading.value, &recipe.when_empty) {
        (Some(value), _) => facts.with(fact, value, reading.observed_at),
        (None, WhenEmpty::NotApplicable) => facts.not_applicable(fact),
        (None, _) => facts,
    }
}
