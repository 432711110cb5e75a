//! Events on a line, their attributes each by its schema.
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use chrono::{DateTime, Utc};
use guanxi::condition::Vocabulary;
use guanxi::core::{
    AttributeId, Event, EventKind, FactKind, FactSchema, FactValue, SubjectId, Zone, parse_instant,
};
use guanxi::lifecycle::kinds as stage_kinds;
use guanxi::strategy::action_kinds;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::entries::{Entries, Unread};
use crate::line::{Answer, Text, read_fact, read_json, read_subject};

/// Reads events as `guanxi_core::Event` is written, with three liberties: attributes are plain values,
/// the subject is that of the line unless the event names it, and a day stands for its first instant in a
/// zone.
pub(crate) struct EventReader<'v> {
    schemas: BTreeMap<&'v str, (&'v AttributeId, &'v FactSchema)>,
    /// Texts that a command reads beside those of the vocabulary.
    own: &'static [OwnText],
    zone: Zone,
    /// The standard kinds, those of the program's own parts, and those of the vocabulary.
    kinds: BTreeSet<&'v str>,
    /// Names of attributes without a schema.
    pub(crate) unread: Unread,
    /// Kinds that are none of those.
    unknown: Unread,
}

/// An attribute that a command reads as a text: of events of one kind, or of all.
pub(crate) struct OwnText {
    pub(crate) name: &'static str,
    pub(crate) kind: Option<&'static str>,
}

/// Kinds that a part of the program gives a meaning: in a ledger that all commands read, none is a slip.
const OURS: [&str; 6] = [
    action_kinds::STARTED,
    action_kinds::PARTLY_DONE,
    action_kinds::DONE,
    action_kinds::CANCELLED,
    stage_kinds::MOVED,
    stage_kinds::APPROVED,
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventLine<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    subject: Option<&'a RawValue>,
    #[serde(borrow)]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    occurred_at: Option<&'a RawValue>,
    #[serde(borrow)]
    recorded_at: Option<&'a RawValue>,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
    #[serde(borrow)]
    channel: Option<&'a RawValue>,
    #[serde(borrow)]
    attributes: Option<&'a RawValue>,
}

impl<'v> EventReader<'v> {
    pub(crate) fn new(vocabulary: &'v Vocabulary, zone: Zone) -> Self {
        let schemas = vocabulary.attributes().map(|(id, schema)| (id.as_str(), (id, schema)));
        let kinds = EventKind::standard().map(|(_, kind)| kind).chain(OURS);
        Self {
            schemas: schemas.collect(),
            own: &[],
            zone,
            kinds: kinds.chain(vocabulary.kinds().map(EventKind::as_str)).collect(),
            unread: Unread::default(),
            unknown: Unread::default(),
        }
    }

    /// Reads some attributes as texts where the vocabulary does not declare them.
    pub(crate) fn with_own(self, own: &'static [OwnText]) -> Self {
        Self { own, ..self }
    }

    /// The kinds that nobody has declared, each with the one that was probably meant.
    pub(crate) fn unknown_kinds(&self) -> Option<String> {
        self.unknown.names_near(self.kinds.iter().copied())
    }

    /// The events of a list; what is wrong with one is said with its place.
    pub(crate) fn read(&mut self, token: &str, subject: &SubjectId) -> Result<Vec<Event>, String> {
        let items: Vec<&RawValue> = read_json(token).map_err(|error| format!("`events`: {error}"))?;
        items
            .into_iter()
            .enumerate()
            .map(|(place, token)| self.event(&format!("events[{place}]"), token.get(), subject))
            .collect()
    }

    fn event(&mut self, path: &str, token: &str, subject: &SubjectId) -> Result<Event, String> {
        if !token.starts_with('{') {
            return Err(format!("`{path}`: expected an object with `id`, `kind` and `occurred_at`"));
        }
        let line: EventLine<'_> = read_json(token).map_err(|error| format!("`{path}`: {error}"))?;
        let at = |name: &str, error: &str| format!("`{path}.{name}`: {error}");
        if let Some(token) = line.subject {
            let named = read_subject(token.get()).map_err(|error| at("subject", &error))?;
            if named != subject.as_str() {
                return Err(at("subject", &format!("the line is about `{subject}`; leave it out")));
            }
        }
        let zone = self.zone;
        let instant =
            |name: &str, token: &RawValue| read_instant(token.get(), zone).map_err(|error| at(name, &error));
        let (id, kind) = (required(path, "id", line.id)?, required::<EventKind>(path, "kind", line.kind)?);
        if !self.kinds.contains(kind.as_str()) {
            self.unknown.note(kind.as_str());
        }
        let attributes = match line.attributes {
            None => BTreeMap::new(),
            Some(token) => self.attributes(path, &kind, token.get())?,
        };
        Ok(Event {
            id,
            subject: subject.clone(),
            kind,
            occurred_at: instant("occurred_at", there(path, "occurred_at", line.occurred_at)?)?,
            recorded_at: line.recorded_at.map(|token| instant("recorded_at", token)).transpose()?,
            source: line.source.map(|token| code(path, "source", token)).transpose()?,
            channel: line.channel.map(|token| code(path, "channel", token)).transpose()?,
            attributes,
        })
    }

    fn attributes(
        &mut self,
        path: &str,
        kind: &EventKind,
        token: &str,
    ) -> Result<BTreeMap<AttributeId, FactValue>, String> {
        let path = format!("{path}.attributes");
        let Entries(entries) = read_json(token).map_err(|error| format!("`{path}`: {error}"))?;
        let (mut attributes, text) = (BTreeMap::new(), FactSchema::of(FactKind::Text));
        for (Text(name), token) in entries {
            let declared = self.schemas.get(name.as_ref()).copied();
            let known = match declared {
                Some((id, schema)) => Some((id.clone(), schema)),
                None if self.is_own(kind, &name) => AttributeId::new(&name).ok().map(|id| (id, &text)),
                None => None,
            };
            let Some((id, schema)) = known else {
                self.unread.note(&name);
                continue;
            };
            let answer = read_fact(schema, token.get());
            match answer.map_err(|error| format!("`{path}.{name}`: {error}"))? {
                Answer::Known { value, .. } => {
                    if attributes.insert(id, value).is_some() {
                        return Err(format!("`{path}.{name}` is given twice"));
                    }
                }
                // An event bears an attribute or lacks it; there is no third way.
                Answer::Missing | Answer::NotApplicable => {}
            }
        }
        Ok(attributes)
    }

    fn is_own(&self, kind: &EventKind, name: &str) -> bool {
        let of = |own: &OwnText| own.kind.is_none_or(|own| own == kind.as_str());
        self.own.iter().any(|own| own.name == name && of(own))
    }
}

fn there<'a>(path: &str, name: &str, token: Option<&'a RawValue>) -> Result<&'a RawValue, String> {
    token.ok_or_else(|| format!("missing field `{path}.{name}`"))
}

fn required<T: FromStr<Err: ToString>>(
    path: &str,
    name: &str,
    token: Option<&RawValue>,
) -> Result<T, String> {
    code(path, name, there(path, name, token)?)
}

/// An id, a kind, the name of a source.
fn code<T: FromStr<Err: ToString>>(path: &str, name: &str, token: &RawValue) -> Result<T, String> {
    let at = |error: String| format!("`{path}.{name}`: {error}");
    let Text(text) = read_json(token.get()).map_err(at)?;
    text.parse().map_err(|error: T::Err| at(error.to_string()))
}

/// An instant, or a day, which begins where the zone says.
pub(crate) fn read_instant(token: &str, zone: Zone) -> Result<DateTime<Utc>, String> {
    let Text(text) = read_json(token)?;
    instant_in(&text, zone)
}

/// An instant, or a day, which begins where the zone says.
pub(crate) fn instant_in(text: &str, zone: Zone) -> Result<DateTime<Utc>, String> {
    let instant = parse_instant(text).map_err(|error| error.to_string())?;
    if text.contains(['T', 't', ' ']) {
        return Ok(instant);
    }
    zone.day_start(instant.date_naive()).ok_or_else(|| "a day that no instant can say".into())
}
