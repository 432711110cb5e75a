//! Rows to parties and events.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use csv::StringRecord;
use guanxi::core::{Email, Event, EventId, EventKind, PersonName, Phone, SubjectId};
use guanxi::customer::{Assignment, Attribute, OrganisationName, Party};

use super::Mapping;
use super::config::{Config, EventSpec, FileSpec, PartySpec, Rows};
use super::problem::{Effect, Fault, Place, Problem};
use super::table::{Header, Lookup, Row, load};
use super::template::{Columns, Template};

/// Reads the rows of all mappings.
pub(super) struct Reader<'a> {
    config: &'a Config,
    dir: &'a Path,
    headers: &'a BTreeMap<String, Header>,
    lookups: &'a BTreeMap<String, Lookup>,
    events: Vec<Event>,
    pub(super) assignments: Vec<Assignment>,
    mappings: Vec<Mapping>,
    /// The rows of each party that a `where` lets through.
    parties: BTreeMap<SubjectId, Vec<PartyRow<'a>>>,
    /// The parties of which a `where` excludes a row.
    excluded: BTreeSet<SubjectId>,
}

/// A row of a party: what it says, and where.
struct PartyRow<'a> {
    /// Nothing if the row could not be read.
    party: Option<Party>,
    file: &'a str,
    line: u64,
    spec: &'a PartySpec,
    mapping: usize,
}

/// What the rows of all mappings gave.
pub(super) struct Kept {
    pub(super) parties: Vec<Party>,
    pub(super) events: Vec<Event>,
    pub(super) assignments: Vec<Assignment>,
    pub(super) mappings: Vec<Mapping>,
}

/// What came of a row.
pub(super) enum Outcome {
    Kept,
    LeftOut,
    Excluded,
}

impl Rows {
    /// Whether a row has the texts wanted in its own columns, or in those looked up.
    fn wants(&self, row: &Row<'_>, looked_up: bool) -> bool {
        let mut filters = self.only.iter().filter(|(column, _)| column.join.is_some() == looked_up);
        filters.all(|(column, texts)| {
            let text = row.get(column).trim();
            texts.iter().any(|wanted| wanted == text)
        })
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        config: &'a Config,
        dir: &'a Path,
        headers: &'a BTreeMap<String, Header>,
        lookups: &'a BTreeMap<String, Lookup>,
    ) -> Self {
        Self {
            config,
            dir,
            headers,
            lookups,
            events: Vec::new(),
            assignments: Vec::new(),
            mappings: Vec::new(),
            parties: BTreeMap::new(),
            excluded: BTreeSet::new(),
        }
    }

    pub(super) fn finish(self) -> Kept {
        let rows = self.parties.into_values();
        let parties = rows.filter_map(|rows| rows.into_iter().next()?.party).collect();
        let (events, assignments, mappings) = (self.events, self.assignments, self.mappings);
        Kept { parties, events, assignments, mappings }
    }

    /// Reads the parties and then events and assignments of tags, which must name one of them.
    pub(super) fn read(&mut self, report: &mut dyn FnMut(Problem)) {
        let config = self.config;
        for spec in &config.parties {
            self.each_row(&spec.rows, Effect::Value, report, |reader, wanted, row, sink| {
                if wanted { reader.party(spec, row, sink) } else { reader.excluded_party(spec, row) }
            });
        }
        self.settle(report);
        for spec in &config.events {
            self.each_row(&spec.rows, Effect::Row, report, |reader, wanted, row, sink| {
                if wanted { reader.event(spec, row, sink) } else { Outcome::Excluded }
            });
        }
        for spec in config.tags.iter().flat_map(|tags| &tags.assignments) {
            self.each_row(&spec.rows, Effect::Row, report, |reader, wanted, row, sink| {
                if wanted { reader.assign(spec, row, sink) } else { Outcome::Excluded }
            });
        }
    }

    /// Leaves out every party whose rows differ: which of them is right, no order of rows can say.
    fn settle(&mut self, report: &mut dyn FnMut(Problem)) {
        for (id, rows) in &mut self.parties {
            let [first, second, ..] = &**rows else { continue };
            if rows.iter().all(|row| row.party == first.party) {
                continue;
            }
            let (first, second) = ((first.file, first.line), (second.file, second.line));
            for row in rows {
                // A row that could not be read was reported and counted as it was read.
                if row.party.take().is_none() {
                    continue;
                }
                let (file, line) = if (row.file, row.line) == first { second } else { first };
                let place = Place {
                    file: row.file.into(),
                    line: Some(row.line),
                    column: None,
                    field: row.spec.id.names(),
                };
                let fault = Fault::DuplicateParty { given: id.to_string(), file: file.into(), line };
                report(Problem { place, fault, effect: Effect::Row });
                if let Some(mapping) = self.mappings.get_mut(row.mapping) {
                    mapping.kept -= 1;
                    mapping.left_out += 1;
                }
            }
        }
    }

    /// Calls back for every row, and says whether it is wanted; a lookup that finds nothing leaves
    /// out the row, or only the values that it was to give.
    fn each_row(
        &mut self,
        rows: &'a Rows,
        unmatched: Effect,
        report: &mut dyn FnMut(Problem),
        mut read: impl FnMut(&mut Self, bool, &Row<'_>, &mut Sink<'a, '_>) -> Outcome,
    ) {
        let (Some(spec), Some(header)) = (self.config.files.get(&rows.file), self.headers.get(&rows.file))
        else {
            return;
        };
        let text = match load(self.dir, spec) {
            Ok(text) => text.text,
            Err(problem) => return report(*problem),
        };
        let mut mapping = Mapping { path: rows.at.clone(), file: spec.path.clone(), ..Mapping::default() };
        header.each_row(&text, |line, record| {
            mapping.rows += 1;
            let Some(record) = record else {
                mapping.left_out += 1;
                return;
            };
            let own = rows.wants(&Row { own: record, joined: Vec::new() }, false);
            let mut unheard = |_| {};
            let report: &mut dyn FnMut(Problem) = if own { &mut *report } else { &mut unheard };
            let mut sink = Sink { spec, line, report, faults: 0 };
            let row = Row { own: record, joined: self.join(rows, record, unmatched, &mut sink) };
            let outcome = if own && sink.faults > 0 && unmatched == Effect::Row {
                Outcome::LeftOut
            } else {
                read(self, own && rows.wants(&row, true), &row, &mut sink)
            };
            match outcome {
                Outcome::Kept => mapping.kept += 1,
                Outcome::LeftOut => mapping.left_out += 1,
                Outcome::Excluded => mapping.excluded += 1,
            }
        });
        self.mappings.push(mapping);
    }

    /// Looks up what belongs to a row, one lookup after the other.
    fn join<'r>(
        &self,
        rows: &Rows,
        record: &'r StringRecord,
        unmatched: Effect,
        sink: &mut Sink<'_, '_>,
    ) -> Vec<Option<&'r [Box<str>]>>
    where
        'a: 'r,
    {
        let mut joined = Vec::with_capacity(rows.joins.len());
        for join in &rows.joins {
            let row = Row { own: record, joined };
            let key = row.get(&join.column).trim();
            joined = row.joined;
            let lookup = self.lookups.get(&join.file);
            let found = lookup.and_then(|lookup| lookup.get(key));
            if found.is_none() && !key.is_empty() {
                let file = self.config.files.get(&join.file).map_or(&join.file, |spec| &spec.path);
                let (given, file) = (key.to_owned(), file.clone());
                let fault = match lookup.and_then(|lookup| lookup.line(key)) {
                    Some(line) => Fault::LookupLeftOut { given, file, line },
                    None => Fault::NoMatch { given, file },
                };
                sink.fault(&join.column, fault, unmatched);
            }
            joined.push(found);
        }
        joined
    }

    fn party(&mut self, spec: &'a PartySpec, row: &Row<'_>, sink: &mut Sink<'a, '_>) -> Outcome {
        let mut buffer = String::new();
        let id = sink.take(&spec.id, Effect::Row, spec.id.write(row, &mut buffer).and_then(id));
        let Some(id) = id else { return Outcome::LeftOut };
        let party = whole_party(spec, id.clone(), row, sink);
        let outcome = if party.is_some() { Outcome::Kept } else { Outcome::LeftOut };
        let (file, line, mapping) = (&*sink.spec.path, sink.line, self.mappings.len());
        self.parties.entry(id).or_default().push(PartyRow { party, file, line, spec, mapping });
        outcome
    }

    fn excluded_party(&mut self, spec: &PartySpec, row: &Row<'_>) -> Outcome {
        let mut buffer = String::new();
        self.excluded.extend(spec.id.write(row, &mut buffer).and_then(id).ok());
        Outcome::Excluded
    }

    fn event(&mut self, spec: &EventSpec, row: &Row<'_>, sink: &mut Sink<'_, '_>) -> Outcome {
        let mut buffer = String::new();
        let subject = spec.subject.write(row, &mut buffer);
        if subject.is_ok_and(|id| self.is_excluded(id)) {
            return Outcome::Excluded;
        }
        match self.whole_event(spec, row, sink) {
            Some(event) if sink.faults == 0 => {
                self.events.push(event);
                Outcome::Kept
            }
            _ => Outcome::LeftOut,
        }
    }

    /// The event of a row; every fault of the row is reported, and one is enough to leave it out.
    fn whole_event(&self, spec: &EventSpec, row: &Row<'_>, sink: &mut Sink<'_, '_>) -> Option<Event> {
        let mut buffer = String::new();
        let id = spec
            .id
            .write(row, &mut buffer)
            .and_then(|text| EventId::new(text).map_err(|error| Fault::of_id(text, error)));
        let id = sink.take(&spec.id, Effect::Row, id);
        let subject = spec.subject.write(row, &mut buffer).and_then(|text| self.known(text));
        let subject = sink.take(&spec.subject, Effect::Row, subject);
        let kind = spec
            .kind
            .write(row, &mut buffer)
            .and_then(|text| EventKind::new(text).map_err(|error| Fault::of_id(text, error)));
        let kind = sink.take(&spec.kind, Effect::Row, kind);
        let occurred_at = spec.occurred_at.instant(row).and_then(|instant| instant.ok_or(Fault::Blank));
        let occurred_at = sink.take(&spec.occurred_at, Effect::Row, occurred_at);
        let recorded_at = spec.recorded_at.as_ref();
        let recorded_at =
            recorded_at.and_then(|cell| sink.take(cell, Effect::Row, cell.instant(row)).flatten());
        let source = sink.code(spec.source.as_ref(), row);
        let channel = sink.code(spec.channel.as_ref(), row);
        let mut attributes = BTreeMap::new();
        for (name, cell) in &spec.attributes {
            if let Some(value) = sink.take(cell, Effect::Row, cell.read(row)).flatten() {
                attributes.insert(name.clone(), value);
            }
        }
        Some(Event {
            id: id?,
            subject: subject?,
            kind: kind?,
            occurred_at: occurred_at?,
            recorded_at,
            source,
            channel,
            attributes,
        })
    }

    /// Whether a `where` excludes the party of an id.
    pub(super) fn is_excluded(&self, id: &str) -> bool {
        self.excluded.contains(id) && !self.parties.contains_key(id)
    }

    /// The id of a party that is kept.
    pub(super) fn known(&self, text: &str) -> Result<SubjectId, Fault> {
        let Some((id, rows)) = self.parties.get_key_value(text) else {
            return Err(Fault::UnknownParty { given: id(text)?.to_string() });
        };
        match rows.first() {
            Some(PartyRow { party: None, file, line, .. }) => {
                Err(Fault::PartyLeftOut { given: id.to_string(), file: (*file).into(), line: *line })
            }
            _ => Ok(id.clone()),
        }
    }
}

fn whole_party(spec: &PartySpec, id: SubjectId, row: &Row<'_>, sink: &mut Sink<'_, '_>) -> Option<Party> {
    let mut buffer = String::new();
    let name = spec.name.write(row, &mut buffer);
    let mut party = if spec.person {
        let person = |text: &str| PersonName::new(text).map_err(Fault::Personal);
        let given = sink.take(&spec.name, Effect::NamedById, name.and_then(person));
        let stand_in = || sink.take(&spec.id, Effect::Row, person(id.as_str()));
        Party::person(id.clone(), given.or_else(stand_in)?)
    } else {
        let organisation =
            |text: &str| OrganisationName::new(text).map_err(|error| Fault::of_id(text, error));
        let given = sink.take(&spec.name, Effect::NamedById, name.and_then(organisation));
        let stand_in = || sink.take(&spec.id, Effect::Row, organisation(id.as_str()));
        Party::organisation(id.clone(), given.or_else(stand_in)?)
    };
    if let Some(email) = sink.personal(spec.email.as_ref(), row, Email::new) {
        party = party.with_email(email);
    }
    if let Some(phone) = sink.personal(spec.phone.as_ref(), row, Phone::new) {
        party = party.with_phone(phone);
    }
    let observed_at = spec.observed_at.as_ref();
    let observed_at =
        observed_at.and_then(|cell| sink.take(cell, Effect::Value, cell.instant(row)).flatten());
    for (name, cell) in &spec.attributes {
        if let Some(value) = sink.take(cell, Effect::Value, cell.read(row)).flatten() {
            let (source, confidence) = (spec.source.clone(), spec.confidence);
            party.attributes.insert(name.clone(), Attribute { value, source, observed_at, confidence });
        }
    }
    Some(party)
}

fn id(text: &str) -> Result<SubjectId, Fault> {
    SubjectId::new(text).map_err(|error| Fault::of_id(text, error))
}

/// Takes the problems of one row.
pub(super) struct Sink<'a, 'r> {
    spec: &'a FileSpec,
    line: u64,
    report: &'r mut dyn FnMut(Problem),
    pub(super) faults: u32,
}

impl Sink<'_, '_> {
    fn fault(&mut self, from: &dyn Columns, fault: Fault, effect: Effect) {
        let field = from.names();
        let place = Place { file: self.spec.path.clone(), line: Some(self.line), column: None, field };
        self.faults += 1;
        (self.report)(Problem { place, fault, effect });
    }

    /// The value, or its fault reported.
    pub(super) fn take<T>(
        &mut self,
        from: &dyn Columns,
        effect: Effect,
        read: Result<T, Fault>,
    ) -> Option<T> {
        read.map_err(|fault| self.fault(from, fault, effect)).ok()
    }

    /// A code that may be blank.
    fn code(&mut self, template: Option<&Template>, row: &Row<'_>) -> Option<guanxi::core::AttributeId> {
        let (template, mut buffer) = (template?, String::new());
        let text = template.write(row, &mut buffer).ok()?;
        self.take(
            template,
            Effect::Row,
            guanxi::core::AttributeId::new(text).map_err(|error| Fault::of_id(text, error)),
        )
    }

    /// Personal data that may be blank; it never enters a problem.
    fn personal<T>(
        &mut self,
        template: Option<&Template>,
        row: &Row<'_>,
        read: impl Fn(&str) -> Result<T, guanxi::core::PersonalError>,
    ) -> Option<T> {
        let (template, mut buffer) = (template?, String::new());
        let text = template.write(row, &mut buffer).ok()?;
        self.take(template, Effect::Value, read(text).map_err(Fault::Personal))
    }
}
