//! A line of `guanxi route`: an item that somebody shall get, or one that somebody has finished.
use guanxi::condition::{EventLog, Given};
use guanxi::core::{ActorId, Event, FactMap, SubjectId};
use guanxi::routing::{Effort, Item, RoutingPolicy};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::given::{Known, LineReader};
use crate::line::read_json;

pub(crate) enum Line {
    Finished { person: ActorId, effort: Effort },
    Asked(Asked),
}

/// An item and what is known of it.
pub(crate) struct Asked {
    pub(crate) subject: SubjectId,
    facts: FactMap,
    events: Option<Vec<Event>>,
    owner: Option<ActorId>,
    accounts: Vec<SubjectId>,
    effort: Effort,
}

impl Asked {
    pub(crate) fn log(&self) -> Option<EventLog<'_>> {
        self.events.as_ref().map(EventLog::new)
    }

    pub(crate) fn item<'a>(&'a self, log: Option<&'a EventLog<'a>>) -> Item<'a> {
        let given = Given { facts: &self.facts, events: log };
        let (owner, accounts) = (self.owner.as_ref(), self.accounts.as_slice());
        Item { owner, accounts, effort: self.effort, ..Item::new(&self.subject, given) }
    }
}

/// Reads lines by the facts and events that a policy knows.
pub(crate) struct Lines<'p> {
    pub(crate) reader: LineReader<'p>,
}

impl<'p> Lines<'p> {
    pub(crate) fn new(policy: &'p RoutingPolicy) -> Self {
        let vocabulary = policy.vocabulary();
        let reader = LineReader::new(vocabulary, policy.zone());
        Self { reader: reader.with(&["owner", "accounts", "effort", "finished_by"]) }
    }

    pub(crate) fn read(&mut self, line: &str) -> Result<Line, String> {
        let known = self.reader.read(line)?;
        let effort = read("effort", known.effort)?.unwrap_or(Effort::ONE);
        if let Some(person) = read("finished_by", known.finished_by)? {
            return Ok(Line::Finished { person, effort });
        }
        let owner = read("owner", known.owner)?;
        let accounts = read("accounts", known.accounts)?.unwrap_or_default();
        let Known { subject, facts, events, .. } = known;
        Ok(Line::Asked(Asked { subject, facts, events, owner, accounts, effort }))
    }
}

/// A field of a line, if it is there.
fn read<'a, T: Deserialize<'a>>(name: &str, token: Option<&'a RawValue>) -> Result<Option<T>, String> {
    token.map(|token| read_json(token.get()).map_err(|error| format!("`{name}`: {error}"))).transpose()
}
