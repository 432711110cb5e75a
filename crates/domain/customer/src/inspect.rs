//! How good the data is.
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use chrono::{DateTime, Days, Utc};
use guanxi_core::{Category, Event, Fact, FactMap, FactValue, Facts, Share, SubjectId};
use serde::Serialize;

use crate::defect::{Defect, Flaw};
use crate::ledger::Ledger;
use crate::party::{Party, PartyKind, PartyName, known};
use crate::quality::{Field, FieldRule, OrderSpec, QualityPolicy, RecordingSpec};
use crate::relation::Parties;

/// One side of data quality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QualityDimension {
    /// Known values fit their schema.
    Validity,
    /// Required fields are known.
    Completeness,
    /// Values are fresh, and events were written down in time.
    Timeliness,
    /// Fields agree with each other, and events were not written down before they occurred.
    Consistency,
    /// No two parties are the same one.
    Uniqueness,
}

/// How many things were checked, and how many of them were sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(into = "ScoredTally")]
pub struct Tally {
    /// How many could be checked.
    pub checked: u64,
    /// How many of those were sound.
    pub sound: u64,
    /// How many could not be checked: values without a date of observation, events without a date of
    /// record or with one before they occurred.
    pub unknown: u64,
}

#[derive(Serialize)]
struct ScoredTally {
    checked: u64,
    sound: u64,
    unknown: u64,
    score: Option<Share>,
}

impl From<Tally> for ScoredTally {
    fn from(tally: Tally) -> Self {
        Self { checked: tally.checked, sound: tally.sound, unknown: tally.unknown, score: tally.score() }
    }
}

impl Tally {
    /// The sound part of what could be checked; nothing if nothing could.
    #[must_use]
    pub fn score(self) -> Option<Share> {
        Share::of(self.sound, self.checked)
    }

    fn count(&mut self, sound: bool) {
        self.checked += 1;
        self.sound += u64::from(sound);
    }

    fn plus(self, other: Self) -> Self {
        Self {
            checked: self.checked + other.checked,
            sound: self.sound + other.sound,
            unknown: self.unknown + other.unknown,
        }
    }
}

/// How good one field is over all parties that its rule is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldQuality {
    /// The field.
    pub field: Field,
    /// Of parties of this kind only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only: Option<PartyKind>,
    /// Whether its known values fit the schema.
    pub validity: Tally,
    /// Whether it is known where required.
    pub completeness: Tally,
    /// Whether its known values are fresh.
    pub timeliness: Tally,
}

/// How good the data is, with every defect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quality {
    /// The five dimensions, all of them always.
    pub dimensions: BTreeMap<QualityDimension, Tally>,
    /// One entry a rule of a field, in the order of the policy.
    pub fields: Vec<FieldQuality>,
    /// Events that were written down in time; a part of timeliness.
    pub recording: Tally,
    /// Every defect, by subject, then in the order of the policy, then by occurrence.
    pub defects: Vec<Defect>,
}

/// Inspects the data of all parties at an instant.
///
/// A customer who never bought or has long been silent has no defect for that: such facts do not
/// apply, or are true. Facts come from a [`FactBook`](crate::FactBook) or anywhere else; a party
/// that is not among them has none.
#[must_use]
pub fn inspect(
    policy: &QualityPolicy,
    parties: &Parties,
    facts: &BTreeMap<SubjectId, FactMap>,
    ledger: &Ledger,
    as_of: DateTime<Utc>,
) -> Quality {
    let nothing = FactMap::new();
    let mut inspection = Inspection::new(policy, as_of);
    for party in parties.iter() {
        let facts = facts.get(&party.id).unwrap_or(&nothing);
        for (index, rule) in policy.fields.iter().enumerate() {
            inspection.field(index, rule, party, facts);
        }
        for rule in &policy.ordered {
            inspection.order(rule, party, facts);
        }
    }
    inspection.unique(parties);
    if let Some(rule) = &policy.recording {
        ledger.iter().for_each(|event| inspection.recording(rule, event));
    }
    inspection.finish()
}

/// What is known of a field.
enum Known<'a> {
    Value(&'a FactValue, Option<DateTime<Utc>>),
    /// Known, but personal: nobody looks at it here.
    Personal,
    Missing,
    /// Nobody expects a value.
    NotExpected,
}

struct Inspection<'a> {
    policy: &'a QualityPolicy,
    as_of: DateTime<Utc>,
    fields: Vec<FieldQuality>,
    consistency: Tally,
    uniqueness: Tally,
    recording: Tally,
    defects: Vec<Defect>,
}

impl<'a> Inspection<'a> {
    fn new(policy: &'a QualityPolicy, as_of: DateTime<Utc>) -> Self {
        let none = Tally::default();
        let fields = policy.fields.iter().map(|rule| FieldQuality {
            field: rule.field.clone(),
            only: rule.only,
            validity: none,
            completeness: none,
            timeliness: none,
        });
        Self {
            policy,
            as_of,
            fields: fields.collect(),
            consistency: none,
            uniqueness: none,
            recording: none,
            defects: Vec::new(),
        }
    }

    fn report(&mut self, subject: &SubjectId, field: Option<&Field>, ask: Option<&String>, flaw: Flaw) {
        self.defects.push(Defect {
            subject: subject.clone(),
            field: field.cloned(),
            flaw,
            ask: ask.cloned(),
        });
    }

    fn find<'p>(&self, field: &Field, party: &'p Party, facts: &'p FactMap) -> Known<'p> {
        let personal = |mut given: Vec<bool>| {
            given.sort_unstable();
            match given.last() {
                Some(true) => Known::Personal,
                Some(false) => Known::NotExpected,
                None => Known::Missing,
            }
        };
        match field {
            Field::Name => match &party.name {
                PartyName::Organisation(_) => Known::Personal,
                PartyName::Person(name) => personal([name.given().is_some()].into()),
            },
            Field::Email => personal(party.emails.iter().map(|email| email.given().is_some()).collect()),
            Field::Phone => personal(party.phones.iter().map(|phone| phone.given().is_some()).collect()),
            Field::Attribute(id) => known(party, id, self.as_of)
                .map_or(Known::Missing, |known| Known::Value(&known.value, known.observed_at)),
            Field::Fact(id) => match facts.fact(id) {
                Fact::Known { value, observed_at } => Known::Value(value, observed_at),
                Fact::Missing => Known::Missing,
                Fact::NotApplicable => Known::NotExpected,
            },
        }
    }

    fn field(&mut self, index: usize, rule: &FieldRule, party: &Party, facts: &FactMap) {
        if rule.only.is_some_and(|only| only != party.kind()) {
            return;
        }
        let found = self.find(&rule.field, party, facts);
        let Some(tallies) = self.fields.get_mut(index) else { return };
        let mut flaws = Vec::new();
        if rule.required && !matches!(found, Known::NotExpected) {
            let missing = matches!(found, Known::Missing);
            tallies.completeness.count(!missing);
            flaws.extend(missing.then_some(Flaw::Missing));
        }
        if let Known::Value(value, observed_at) = found {
            if let Some(schema) = &rule.schema {
                let part = || value.number().map_or(Ok(()), |number| schema.check_part(number, facts));
                let problem = schema.check(value).and_then(|()| part()).err();
                tallies.validity.count(problem.is_none());
                flaws.extend(problem.map(|problem| Flaw::of(problem, value, schema)));
            }
            if let Some(greatest_age_days) = rule.greatest_age_days {
                match observed_at {
                    None => tallies.timeliness.unknown += 1,
                    Some(observed_at) => {
                        let limit = observed_at.checked_add_days(Days::new(greatest_age_days.into()));
                        let stale = limit.is_some_and(|limit| limit < self.as_of);
                        tallies.timeliness.count(!stale);
                        flaws.extend(stale.then_some(Flaw::Stale { observed_at, greatest_age_days }));
                    }
                }
            }
        }
        for flaw in flaws {
            self.report(&party.id, Some(&rule.field), rule.role(), flaw);
        }
    }

    fn order(&mut self, rule: &OrderSpec, party: &Party, facts: &FactMap) {
        let (left, right) = (self.find(&rule.field, party, facts), self.find(&rule.at_least, party, facts));
        let (Known::Value(left, _), Known::Value(right, _)) = (left, right) else { return };
        let flaw = match compare(left, right) {
            Some(order) if order.is_ge() => None,
            Some(_) => Some(Flaw::Smaller { than: rule.at_least.clone() }),
            None => Some(Flaw::Incomparable { with: rule.at_least.clone() }),
        };
        self.consistency.count(flaw.is_none());
        if let Some(flaw) = flaw {
            self.report(&party.id, Some(&rule.field), rule.ask.as_ref(), flaw);
        }
    }

    fn unique(&mut self, parties: &Parties) {
        for rule in &self.policy.unique {
            let mut first = BTreeMap::<(PartyKind, String), &SubjectId>::new();
            for party in parties.iter() {
                let mut keys = keys(&rule.field, party, self.as_of);
                keys.sort_unstable();
                keys.dedup();
                if keys.is_empty() {
                    continue;
                }
                let mut others: Vec<&SubjectId> = Vec::new();
                for key in keys {
                    let other = *first.entry((party.kind(), key)).or_insert(&party.id);
                    if *other != party.id && !others.contains(&other) {
                        others.push(other);
                    }
                }
                others.sort_unstable();
                self.uniqueness.count(others.is_empty());
                for other in others {
                    let flaw = Flaw::Duplicate { of: other.clone() };
                    self.report(&party.id, Some(&rule.field), rule.ask.as_ref(), flaw);
                }
            }
        }
    }

    fn recording(&mut self, rule: &RecordingSpec, event: &Event) {
        let meant = if rule.events.is_empty() {
            event.kind.category() == Some(Category::Interaction)
        } else {
            rule.events.contains(&event.kind)
        };
        if !meant || event.occurred_at > self.as_of {
            return;
        }
        let Some(recorded_at) = event.recorded_at else {
            self.recording.unknown += 1;
            return;
        };
        let before = recorded_at < event.occurred_at;
        self.consistency.count(!before);
        if before {
            self.recording.unknown += 1;
            let flaw = Flaw::RecordedBefore { event: event.id.clone() };
            return self.report(&event.subject, None, rule.ask.as_ref(), flaw);
        }
        let taken = recorded_at - event.occurred_at;
        let late = taken > chrono::TimeDelta::hours(rule.within_hours.into());
        self.recording.count(!late);
        if late {
            let (event_id, within_hours) = (event.id.clone(), rule.within_hours);
            let begun = i64::from(taken > chrono::TimeDelta::hours(taken.num_hours()));
            let hours = u64::try_from(taken.num_hours() + begun).unwrap_or_default();
            let flaw = Flaw::RecordedLate { event: event_id, hours, within_hours };
            self.report(&event.subject, None, rule.ask.as_ref(), flaw);
        }
    }

    fn finish(self) -> Quality {
        let over = |tally: fn(&FieldQuality) -> Tally| {
            self.fields.iter().map(tally).fold(Tally::default(), Tally::plus)
        };
        let dimensions = [
            (QualityDimension::Validity, over(|field| field.validity)),
            (QualityDimension::Completeness, over(|field| field.completeness)),
            (QualityDimension::Timeliness, over(|field| field.timeliness).plus(self.recording)),
            (QualityDimension::Consistency, self.consistency),
            (QualityDimension::Uniqueness, self.uniqueness),
        ];
        let mut defects = self.defects;
        // Stable, so that the order of the policy stays within one subject.
        defects.sort_by(|a, b| a.subject.cmp(&b.subject));
        Quality { dimensions: dimensions.into(), fields: self.fields, recording: self.recording, defects }
    }
}

/// The order of two values that have one.
fn compare(left: &FactValue, right: &FactValue) -> Option<core::cmp::Ordering> {
    match (left, right) {
        (FactValue::Date(left), FactValue::Date(right)) => Some(left.cmp(right)),
        (FactValue::Instant(left), FactValue::Instant(right)) => Some(left.cmp(right)),
        (FactValue::Money(left), FactValue::Money(right)) => {
            (left.currency() == right.currency()).then(|| left.amount().cmp(&right.amount()))
        }
        _ => Some(left.number()?.cmp(&right.number()?)),
    }
}

/// What a party is told apart by; erased data tells nobody apart.
fn keys(field: &Field, party: &Party, as_of: DateTime<Utc>) -> Vec<String> {
    match field {
        Field::Name => match &party.name {
            PartyName::Organisation(name) => [folded(name.as_str())].into(),
            PartyName::Person(name) => name.given().map(|name| folded(name.reveal())).into_iter().collect(),
        },
        Field::Email => party
            .emails
            .iter()
            .filter_map(|email| email.given())
            .map(|email| folded(email.reveal()))
            .collect(),
        Field::Phone => party
            .phones
            .iter()
            .filter_map(|phone| phone.given())
            .map(|phone| dialled(phone.reveal()))
            .collect(),
        Field::Attribute(id) => {
            known(party, id, as_of).map(|known| alloc::format!("{}", known.value)).into_iter().collect()
        }
        Field::Fact(_) => Vec::new(),
    }
}

/// A text without case, blanks and full-width forms.
fn folded(text: &str) -> String {
    // The full-width forms of `!` to `~` stand in the order of ASCII.
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        _ => c,
    };
    text.chars().map(narrow).filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// The digits of a phone number as they are dialled within its country, if that is China.
///
/// Zeros in front lead out of a town or a country. `86` before ten to twelve further digits is the
/// country code: a number without one is shorter.
fn dialled(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let significant = digits.trim_start_matches('0');
    let national = match significant.strip_prefix("86") {
        Some(national) if (10..=12).contains(&national.len()) => national.trim_start_matches('0'),
        _ => significant,
    };
    // Nothing but zeros is kept as it stands.
    if national.is_empty() { digits } else { national.into() }
}
