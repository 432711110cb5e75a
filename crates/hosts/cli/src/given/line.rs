//! A line about one subject: what is known of it, and what a command left in it the last time.
use guanxi::core::{AttributeId, Event, FactId, FactMap, FactSchema, SubjectId, Zone};
use serde_json::value::RawValue;

use super::{Entries, EventReader, FactReader};
use crate::line::{Text, explain, read_json, read_subject};
use crate::output::tell;

/// Reads lines by the schemas of their facts and of the attributes of their events.
pub(crate) struct LineReader<'v> {
    facts: FactReader<'v>,
    events: EventReader<'v>,
    /// Whether a line may hold a state.
    keeps_state: bool,
}

/// A subject and what is known of it.
pub(crate) struct Known<'a> {
    pub(crate) subject: SubjectId,
    pub(crate) facts: FactMap,
    /// What happened; `None` if nobody said.
    pub(crate) events: Option<Vec<Event>>,
    /// The state as it was written.
    pub(crate) state: Option<&'a RawValue>,
}

/// The fields of a line as they were written.
#[derive(Default)]
struct Line<'a> {
    subject: Option<&'a RawValue>,
    facts: Option<&'a RawValue>,
    events: Option<&'a RawValue>,
    state: Option<&'a RawValue>,
}

impl<'v> LineReader<'v> {
    pub(crate) fn new(
        facts: impl IntoIterator<Item = (&'v FactId, &'v FactSchema)>,
        attributes: impl IntoIterator<Item = (&'v AttributeId, &'v FactSchema)>,
        zone: Zone,
    ) -> Self {
        Self { facts: FactReader::new(facts), events: EventReader::new(attributes, zone), keeps_state: false }
    }

    /// Lets lines hold a state.
    pub(crate) fn with_state(self) -> Self {
        Self { keeps_state: true, ..self }
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
        Ok(Known { subject, facts, events, state: line.state.filter(given) })
    }

    /// The fields of a line, each once and none that is not known.
    fn fields<'a>(&self, line: &'a str) -> Result<Line<'a>, String> {
        let allowed = if self.keeps_state {
            "`subject`, `facts`, `events`, `state`"
        } else {
            "`subject`, `facts`, `events`"
        };
        if line.trim_start().starts_with('[') {
            return Err(format!("expected an object with {allowed}, got a list"));
        }
        let Entries(entries) = serde_json::from_str(line).map_err(|error| explain(&error))?;
        let mut fields = Line::default();
        for (Text(name), token) in entries {
            let field = match name.as_ref() {
                "subject" => &mut fields.subject,
                "facts" => &mut fields.facts,
                "events" => &mut fields.events,
                "state" if self.keeps_state => &mut fields.state,
                _ => return Err(format!("unknown field `{name}`, expected one of {allowed}")),
            };
            if field.replace(token).is_some() {
                return Err(format!("duplicate field `{name}`"));
            }
        }
        Ok(fields)
    }

    /// Tells which names of the lines nobody reads.
    pub(crate) fn tell_unread(&self, quiet: bool) {
        let unread = [("facts", self.facts.unread.names()), ("attributes", self.events.unread.names())];
        for (what, names) in unread {
            if let Some(names) = names.filter(|_| !quiet) {
                tell(&format!("note: {what} that the vocabulary does not declare: {names}"));
            }
        }
    }
}
