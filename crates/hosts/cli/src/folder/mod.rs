//! Reads a folder of CSV files as `guanxi.toml` says: into parties, events and the documents that
//! turn them into facts.
//!
//! Only mapping happens here: files and columns become typed values with their origin. What the
//! values mean is the business of `guanxi-customer`, which takes the recipes unread. A row that cannot
//! be read is left out, counted and listed; a fault of the folder as a whole stops the run, and
//! all such faults are told at once.
mod budget;
mod cell;
mod config;
mod date;
mod names;
mod number;
mod plan;
mod problem;
mod rows;
mod segments;
mod settings;
mod stages;
mod table;
mod tags;
mod template;
mod text;

#[cfg(test)]
mod example;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, Utc};
use guanxi::core::{AttributeId, Currency, Event, Rates};
use guanxi::customer::{Assignment, Party};
use serde_json::Value;

use crate::tree::{Places, toml};
pub(crate) use budget::BudgetChoice;
use config::Config;
pub(crate) use plan::PlanChoice;
pub(crate) use problem::{Effect, Fault, Place, Problem, Problems};
pub(crate) use segments::SegmentChoices;
pub(crate) use settings::instant_at;
pub(crate) use stages::StageChoices;
use table::{Header, Lookup};
pub(crate) use tags::TagsChoice;

/// The file that says what the others mean.
pub(crate) const CONFIG: &str = "guanxi.toml";

/// What a folder holds.
#[derive(Debug)]
pub(crate) struct Folder {
    /// The instant of the review, if the folder states it.
    pub(crate) as_of: Option<DateTime<Utc>>,
    /// What the review is called.
    pub(crate) title: Option<String>,
    /// The language of the review: `en` or `zh-CN`.
    pub(crate) language: Option<String>,
    /// The scoring policy, if the folder states it.
    pub(crate) policy: Option<PolicyChoice>,
    /// The policies of the segments.
    pub(crate) segments: SegmentChoices,
    /// Along which life cycle customers move, and what makes a party a lead.
    pub(crate) stages: StageChoices,
    /// By which actions customers are planned, if the folder says so.
    pub(crate) plan: Option<PlanChoice>,
    /// What may be spent on the customers, if the folder says so.
    pub(crate) budget: Option<BudgetChoice>,
    /// The tags, if the folder says which there are.
    pub(crate) tags: Option<TagsChoice>,
    /// The currency of amounts that name none.
    pub(crate) currency: Option<Currency>,
    /// The offset of days, and of clock times that name none; UTC if none is declared.
    pub(crate) utc_offset: FixedOffset,
    /// The exchange rates.
    pub(crate) rates: Rates,
    /// The attributes that tables of customers show.
    pub(crate) columns: Vec<AttributeId>,
    /// The parties, by their ids.
    pub(crate) parties: Vec<Party>,
    /// The events, in the order of their rows; every one of a party above; an id that was read twice is there
    /// twice, since what counts then is a rule of the ledger.
    pub(crate) events: Vec<Event>,
    /// The tags that were set, each for a party above.
    pub(crate) assignments: Vec<Assignment>,
    /// `{"recipes": [...]}`, unread.
    pub(crate) recipes: Value,
    /// The data-quality policy, unread; null if there is none.
    pub(crate) quality: Value,
    /// What was made of the rows of each mapping, in the order of `guanxi.toml`.
    pub(crate) mappings: Vec<Mapping>,
    /// The encoding of each file, by path.
    pub(crate) encodings: BTreeMap<String, &'static str>,
    /// What is wrong with single rows.
    pub(crate) problems: Problems,
    /// Where `guanxi.toml` says what: for problems of the documents that are handed on.
    pub(crate) places: Places,
}

/// A policy of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PolicyChoice {
    /// An embedded one, by its id.
    Preset(String),
    /// A document inside the folder.
    File(PathBuf),
}

impl PolicyChoice {
    /// A name with the ending of a document is a file; any other is a preset.
    fn named(name: String) -> Self {
        let document = [".json", ".jsonc", ".toml"].iter().any(|ending| name.ends_with(ending));
        if document { Self::File(name.into()) } else { Self::Preset(name) }
    }

    /// The file, if it is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Preset(_) => None,
        }
    }
}

/// What was made of the rows of one mapping; `rows` is the sum of the other three.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mapping {
    /// The mapping, by its path in `guanxi.toml`: `events[0]`.
    pub(crate) path: String,
    /// The file.
    pub(crate) file: String,
    /// The rows of the file.
    pub(crate) rows: u64,
    /// Rows that became a party or an event.
    pub(crate) kept: u64,
    /// Rows that a `where` excludes, and events of the parties that it excludes.
    pub(crate) excluded: u64,
    /// Rows with a problem.
    pub(crate) left_out: u64,
}

/// Reads a folder.
///
/// # Errors
/// All faults of the folder as a whole: a file that is missing or cannot be decoded, a key of
/// `guanxi.toml` that is not known, a mapping to a column that does not exist, and their like.
pub(crate) fn read(dir: &Path) -> Result<Folder, Problems> {
    let mut reading = Reading { problems: Problems::default(), places: Places::default(), stopped: false };
    match reading.folder(dir) {
        Some(folder) if !reading.stopped => {
            Ok(Folder { problems: reading.problems.in_order(CONFIG), places: reading.places, ..folder })
        }
        _ => Err(reading.problems.in_order(CONFIG)),
    }
}

/// One run: what is wrong so far.
struct Reading {
    problems: Problems,
    places: Places,
    stopped: bool,
}

impl Reading {
    fn push(&mut self, problem: Problem) {
        self.stopped |= problem.effect == Effect::Stop;
        self.problems.push(problem);
    }

    /// A fault of `guanxi.toml`, at a path of it.
    fn config_fault(&mut self, path: &str, fault: Fault) {
        let position = self.places.find(path);
        let (line, column) = position.map(|at| (at.line, at.column)).unzip();
        let place = Place { file: CONFIG.to_owned(), line, column, field: None };
        self.push(Problem { place, fault, effect: Effect::Stop });
    }

    fn folder(&mut self, dir: &Path) -> Option<Folder> {
        let mut config = self.config(dir)?;
        if !self.stopped {
            for (at, fault) in names::undeclared(&config) {
                self.config_fault(&at, fault);
            }
        }
        let policy = config.policy.take().map(PolicyChoice::named);
        if let Some(choice) = &policy {
            self.stays_inside(dir, "policy", choice);
        }
        for (key, choice) in config.segments.all() {
            self.stays_inside(dir, &format!("segments.{key}"), choice);
        }
        let tags = config.tags.as_mut().and_then(|tags| tags.choice.take());
        if let Some(TagsChoice::Document(choice)) = &tags {
            self.stays_inside(dir, "tags.document", choice);
        }
        if let Some(choice) = &config.stages.definition {
            self.stays_inside(dir, "stages.definition", choice);
        }
        for (key, choice) in config.plan.iter().flat_map(PlanChoice::all) {
            self.stays_inside(dir, key, choice);
        }
        if let Some(choice) = config.budget.as_ref().and_then(|budget| budget.policy.as_ref()) {
            self.stays_inside(dir, "budget.policy", choice);
        }
        let headers = self.headers(dir, &config);
        let mut lookups = self.bind(&mut config, &headers);
        if self.stopped {
            return None;
        }
        self.fill(dir, &config, &headers, &mut lookups);
        let mut rows = rows::Reader::new(&config, dir, &headers, &lookups);
        rows.read(&mut |problem| self.push(problem));
        let rows::Kept { parties, events, assignments, mappings } = rows.finish();
        let encodings = config
            .files
            .iter()
            .filter_map(|(name, file)| Some((file.path.clone(), headers.get(name)?.encoding)))
            .collect();
        Some(Folder {
            as_of: config.as_of,
            title: config.title,
            language: config.language,
            policy,
            segments: config.segments,
            stages: config.stages,
            plan: config.plan,
            budget: config.budget,
            tags,
            currency: config.currency,
            utc_offset: config.utc_offset,
            rates: config.rates,
            columns: config.columns,
            parties,
            events,
            assignments,
            recipes: config.recipes,
            quality: config.quality,
            mappings,
            encodings,
            problems: Problems::default(),
            places: Places::default(),
        })
    }

    /// Reads `guanxi.toml`; where single settings are wrong, the others are still read.
    fn config(&mut self, dir: &Path) -> Option<Config> {
        let bytes = match fs::read(dir.join(CONFIG)) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.config_fault("", table::unreadable(&error));
                return None;
            }
        };
        let text = match text::decode(bytes, Some(encoding_rs::UTF_8)) {
            Ok(text) => text.text,
            Err(error) => {
                let place =
                    Place { file: CONFIG.to_owned(), line: Some(error.line), column: None, field: None };
                self.push(Problem { place, fault: error.fault, effect: Effect::Stop });
                return None;
            }
        };
        let (tree, places) = match toml::parse(&text) {
            Ok(read) => read,
            Err(syntax) => {
                let (line, column) = syntax.position.map(|at| (at.line, at.column)).unzip();
                let place = Place { file: CONFIG.to_owned(), line, column, field: None };
                self.push(Problem {
                    place,
                    fault: Fault::NotToml { message: syntax.message },
                    effect: Effect::Stop,
                });
                return None;
            }
        };
        self.places = places;
        let mut config = None;
        let checked = guanxi::policy::check(&tree, |node| {
            config = Config::read(node);
            Some(())
        });
        for problem in checked.err().iter().flat_map(guanxi::policy::Problems::iter) {
            self.config_fault(&problem.path, Fault::Setting(problem.clone()));
        }
        config
    }

    /// Refuses a policy that is a file elsewhere.
    fn stays_inside(&mut self, dir: &Path, at: &str, choice: &PolicyChoice) {
        let given = choice.file().map(|path| path.display().to_string());
        if let Some(given) = given.filter(|path| !table::stays_inside(dir, path)) {
            self.config_fault(at, Fault::OutsideFolder { given });
        }
    }

    /// Checks every file: its bytes, its header, the length of its rows.
    fn headers(&mut self, dir: &Path, config: &Config) -> BTreeMap<String, Header> {
        let mut headers = BTreeMap::new();
        for (name, spec) in &config.files {
            if !table::stays_inside(dir, &spec.path) {
                self.config_fault(&spec.at, Fault::OutsideFolder { given: spec.path.clone() });
                continue;
            }
            match table::load(dir, spec) {
                Ok(text) => {
                    let header = table::check(spec, &text, &mut |problem| self.push(problem));
                    headers.extend(header.map(|header| (name.clone(), header)));
                }
                Err(problem) => self.push(*problem),
            }
        }
        headers
    }

    /// Finds the position of every column that is named, and what the lookups must hold.
    fn bind(&mut self, config: &mut Config, headers: &BTreeMap<String, Header>) -> BTreeMap<String, Lookup> {
        let mut lookups: BTreeMap<String, Lookup> = BTreeMap::new();
        let mut missing = Vec::new();
        let files = &mut config.files;
        let mut bind = |rows_file: &str, joins: &[String], columns: Vec<&mut template::Column>| {
            for column in columns {
                let join = column.join.and_then(|join| joins.get(join));
                let name = join.map_or(rows_file, String::as_str);
                let (Some(spec), Some(header)) = (files.get(name), headers.get(name)) else { continue };
                match header.find(&column.name, &spec.path) {
                    Ok(index) => {
                        let lookup = join.map(|name| lookups.entry(name.clone()).or_insert_with(Lookup::new));
                        column.index = lookup.map_or(index, |lookup| lookup.ask(&column.name));
                    }
                    Err(fault) => missing.push((column.at.clone(), fault)),
                }
            }
            for name in joins {
                lookups.entry(name.clone()).or_insert_with(Lookup::new);
            }
        };
        let joined =
            |rows: &config::Rows| rows.joins.iter().map(|join| join.file.clone()).collect::<Vec<_>>();
        for party in &mut config.parties {
            let (file, joins) = (party.rows.file.clone(), joined(&party.rows));
            bind(&file, &joins, party.columns_mut());
        }
        for event in &mut config.events {
            let (file, joins) = (event.rows.file.clone(), joined(&event.rows));
            bind(&file, &joins, event.columns_mut());
        }
        for assignment in config.tags.iter_mut().flat_map(|tags| &mut tags.assignments) {
            let (file, joins) = (assignment.rows.file.clone(), joined(&assignment.rows));
            bind(&file, &joins, assignment.columns_mut());
        }
        for (at, fault) in missing {
            self.config_fault(&at, fault);
        }
        for (name, spec) in &mut config.files {
            match (&mut spec.key, headers.get(name)) {
                (Some(key), Some(header)) => match header.find(&key.name, &spec.path) {
                    Ok(index) => key.index = index,
                    Err(fault) => self.config_fault(&key.at, fault),
                },
                (None, _) if lookups.contains_key(name) => {
                    self.config_fault(&spec.at, Fault::NoKey { file: name.clone() });
                }
                _ => {}
            }
        }
        lookups
    }

    /// Reads the rows that others look up.
    fn fill(
        &mut self,
        dir: &Path,
        config: &Config,
        headers: &BTreeMap<String, Header>,
        lookups: &mut BTreeMap<String, Lookup>,
    ) {
        for (name, lookup) in lookups {
            let (Some(spec), Some(header)) = (config.files.get(name), headers.get(name)) else { continue };
            let Some(key) = &spec.key else { continue };
            let text = match table::load(dir, spec) {
                Ok(text) => text.text,
                Err(problem) => {
                    self.push(*problem);
                    continue;
                }
            };
            let columns: Vec<usize> =
                lookup.columns.iter().filter_map(|name| header.find(name, &spec.path).ok()).collect();
            header.each_row(&text, |line, record| {
                let Some(record) = record else { return };
                let mut report = |line, fault| {
                    let field = Some(key.written.clone());
                    let place = Place { file: spec.path.clone(), line: Some(line), column: None, field };
                    self.push(Problem { place, fault, effect: Effect::Row });
                };
                let value = record.get(key.index).unwrap_or_default().trim();
                if value.is_empty() {
                    report(line, Fault::Blank);
                    return;
                }
                let cells =
                    columns.iter().map(|index| record.get(*index).unwrap_or_default().into()).collect();
                if let Err((first, kept)) = lookup.insert(value, line, cells) {
                    report(line, Fault::DuplicateKey { given: value.to_owned(), line: first });
                    if kept {
                        report(first, Fault::DuplicateKey { given: value.to_owned(), line });
                    }
                }
            });
        }
    }
}
