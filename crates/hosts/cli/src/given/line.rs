//! A line about one subject: what is known of it, and what a command left in it the last time.
use guanxi::condition::Vocabulary;
use guanxi::core::{Event, FactId, FactMap, FactSchema, SubjectId, Zone};
use serde_json::value::RawValue;

use super::{Entries, EventReader, FactReader, OwnText};
use crate::line::{Text, explain, read_json, read_subject};
use crate::output::tell;

/// Reads lines by the schemas of their facts and of the attributes of their events.
pub(crate) struct LineReader<'v> {
    facts: FactReader<'v>,
    events: EventReader<'v>,
    /// The fields that a line may have besides.
    more: &'static [&'static str],
}

/// A subject and what is known of it.
pub(crate) struct Known<'a> {
    pub(crate) subject: SubjectId,
    pub(crate) facts: FactMap,
    /// What happened; `None` if nobody said.
    pub(crate) events: Option<Vec<Event>>,
    /// The state as it was written.
    pub(crate) state: Option<&'a RawValue>,
    /// What somebody has set by hand, as it was written.
    pub(crate) set: Option<&'a RawValue>,
    /// Whose the subject is, as it was written.
    pub(crate) owner: Option<&'a RawValue>,
    /// To which accounts the subject belongs, as it was written.
    pub(crate) accounts: Option<&'a RawValue>,
    /// What the subject costs of a capacity, as it was written.
    pub(crate) effort: Option<&'a RawValue>,
    /// Who has finished the subject, as it was written.
    pub(crate) finished_by: Option<&'a RawValue>,
}

/// The fields of a line as they were written.
#[derive(Default)]
struct Line<'a> {
    subject: Option<&'a RawValue>,
    facts: Option<&'a RawValue>,
    events: Option<&'a RawValue>,
    state: Option<&'a RawValue>,
    set: Option<&'a RawValue>,
    owner: Option<&'a RawValue>,
    accounts: Option<&'a RawValue>,
    effort: Option<&'a RawValue>,
    finished_by: Option<&'a RawValue>,
}

impl<'v> LineReader<'v> {
    pub(crate) fn new(vocabulary: &'v Vocabulary, zone: Zone) -> Self {
        Self::with_facts(vocabulary.facts(), vocabulary, zone)
    }

    /// Reads other facts than those of the vocabulary.
    pub(crate) fn with_facts(
        facts: impl IntoIterator<Item = (&'v FactId, &'v FactSchema)>,
        vocabulary: &'v Vocabulary,
        zone: Zone,
    ) -> Self {
        Self { facts: FactReader::new(facts), events: EventReader::new(vocabulary, zone), more: &[] }
    }

    /// Reads some attributes as texts where the vocabulary does not declare them.
    pub(crate) fn with_own(self, own: &'static [OwnText]) -> Self {
        Self { events: self.events.with_own(own), ..self }
    }

    /// Lets lines hold a state.
    pub(crate) fn with_state(self) -> Self {
        self.with(&["state"])
    }

    /// Lets lines have further fields.
    pub(crate) fn with(self, more: &'static [&'static str]) -> Self {
        Self { more, ..self }
    }

    pub(crate) fn read<'a>(&mut self, line: &'a str) -> Result<Known<'a>, String> {
        let line = self.fields(line)?;
        let given = |token: &&RawValue| token.get() != "null";
        let subject = line.subject.ok_or("missing field `subject`")?;
        let subject = read_subject(subject.get()).map_err(|error| format!("`subject`: {error}"))?;
        let subject = SubjectId::new(&subject).map_err(|error| format!("`subject`: {error}"))?;
        let facts = match line.facts {
            Some(token) => read_json(token.get()).map_err(|error| format!("`facts`: {error}"))?,
            None => Entries::default(),
        };
        let facts = self.facts.read(facts)?;
        let events = line.events.filter(given);
        let events = events.map(|token| self.events.read(token.get(), &subject)).transpose()?;
        Ok(Known {
            subject,
            facts,
            events,
            state: line.state.filter(given),
            set: line.set.filter(given),
            owner: line.owner.filter(given),
            accounts: line.accounts.filter(given),
            effort: line.effort.filter(given),
            finished_by: line.finished_by.filter(given),
        })
    }

    /// The fields of a line, each once and none that is not known.
    fn fields<'a>(&self, line: &'a str) -> Result<Line<'a>, String> {
        let allowed = || {
            let more: String = self.more.iter().map(|name| format!(", `{name}`")).collect();
            format!("`subject`, `facts`, `events`{more}")
        };
        if line.trim_start().starts_with('[') {
            return Err(format!("expected an object with {}, got a list", allowed()));
        }
        let Entries(entries) = serde_json::from_str(line).map_err(|error| explain(&error))?;
        let mut fields = Line::default();
        for (Text(name), token) in entries {
            let name = name.as_ref();
            let more = |own: &'static str| name == own && self.more.contains(&own);
            let field = match name {
                "subject" => &mut fields.subject,
                "facts" => &mut fields.facts,
                "events" => &mut fields.events,
                _ if more("state") => &mut fields.state,
                _ if more("override") => &mut fields.set,
                _ if more("owner") => &mut fields.owner,
                _ if more("accounts") => &mut fields.accounts,
                _ if more("effort") => &mut fields.effort,
                _ if more("finished_by") => &mut fields.finished_by,
                _ => return Err(format!("unknown field `{name}`, expected one of {}", allowed())),
            };
            if field.replace(token).is_some() {
                return Err(format!("duplicate field `{name}`"));
            }
        }
        Ok(fields)
    }

    /// Tells which names of the lines nobody reads.
    pub(crate) fn tell_unread(&self, quiet: bool) {
        self.tell_unread_facts(quiet);
        undeclared("attributes that", self.events.unread.names(), quiet);
        undeclared("kinds of events that are not standard and that", self.events.unknown_kinds(), quiet);
    }

    /// Tells which facts of the lines nobody reads, where nobody reads events at all.
    pub(crate) fn tell_unread_facts(&self, quiet: bool) {
        undeclared("facts that", self.facts.unread.names(), quiet);
    }
}

fn undeclared(what: &str, names: Option<String>, quiet: bool) {
    if let Some(names) = names.filter(|_| !quiet) {
        tell(&format!("note: {what} the vocabulary does not declare: {names}"));
    }
}
