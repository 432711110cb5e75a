//! A line about one subject: what is known of it, and what a command left in it the last time.
use guanxi::core::{AttributeId, Event, FactId, FactMap, FactSchema, SubjectId, Zone};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Entries, EventReader, FactReader};
use crate::line::{explain, read_json, read_subject};
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(borrow)]
    subject: Option<&'a RawValue>,
    #[serde(borrow)]
    facts: Option<&'a RawValue>,
    #[serde(borrow)]
    events: Option<&'a RawValue>,
    #[serde(borrow)]
    state: Option<&'a RawValue>,
    #[serde(borrow, rename = "override")]
    set: Option<&'a RawValue>,
    #[serde(borrow)]
    owner: Option<&'a RawValue>,
    #[serde(borrow)]
    accounts: Option<&'a RawValue>,
    #[serde(borrow)]
    effort: Option<&'a RawValue>,
    #[serde(borrow)]
    finished_by: Option<&'a RawValue>,
}

impl<'v> LineReader<'v> {
    pub(crate) fn new(
        facts: impl IntoIterator<Item = (&'v FactId, &'v FactSchema)>,
        attributes: impl IntoIterator<Item = (&'v AttributeId, &'v FactSchema)>,
        zone: Zone,
    ) -> Self {
        Self { facts: FactReader::new(facts), events: EventReader::new(attributes, zone), more: &[] }
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
        let more: String = self.more.iter().map(|name| format!(", `{name}`")).collect();
        let fields = format!("`subject`{more}, `facts` and `events`");
        if line.trim_start().starts_with('[') {
            return Err(format!("expected an object with {fields}, got a list"));
        }
        let line: Line<'a> = serde_json::from_str(line).map_err(|error| {
            let text = explain(&error);
            match text.split_once(", expected one of") {
                Some((unknown, _)) if text.starts_with("unknown field") => {
                    format!("{unknown}, expected {fields}")
                }
                _ => text,
            }
        })?;
        let besides = [
            ("state", line.state),
            ("override", line.set),
            ("owner", line.owner),
            ("accounts", line.accounts),
            ("effort", line.effort),
            ("finished_by", line.finished_by),
        ];
        if let Some((name, _)) =
            besides.iter().find(|(name, token)| token.is_some() && !self.more.contains(name))
        {
            return Err(format!("unknown field `{name}`, expected {fields}"));
        }
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
