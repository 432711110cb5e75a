//! `guanxi.toml` as data: which files there are, and what their rows and columns mean.
use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Offset, Utc};
use encoding_rs::Encoding;
use guanxi::core::{AttributeId, Currency, DecimalText, Rate, Rates, Share};
use guanxi::policy::{Fields, Node};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::budget::BudgetChoice;
use super::cell::{Cell, Format};
use super::plan::PlanChoice;
use super::segments::SegmentChoices;
use super::settings::{CellReader, FORMAT_KEYS, day, instant, text, texts};
use super::stages::StageChoices;
use super::tags::TagSettings;
use super::template::{Column, Template};

/// What `guanxi.toml` says.
pub(super) struct Config {
    pub(super) as_of: Option<DateTime<Utc>>,
    pub(super) title: Option<String>,
    pub(super) language: Option<String>,
    pub(super) policy: Option<String>,
    pub(super) segments: SegmentChoices,
    pub(super) stages: StageChoices,
    pub(super) plan: Option<PlanChoice>,
    pub(super) budget: Option<BudgetChoice>,
    pub(super) tags: Option<TagSettings>,
    pub(super) currency: Option<Currency>,
    /// Of days and of clock times that name none, where a file declares no other.
    pub(super) utc_offset: FixedOffset,
    pub(super) rates: Rates,
    pub(super) columns: Vec<AttributeId>,
    pub(super) files: BTreeMap<String, FileSpec>,
    pub(super) parties: Vec<PartySpec>,
    pub(super) events: Vec<EventSpec>,
    pub(super) recipes: Value,
    pub(super) quality: Value,
}

/// One file.
pub(super) struct FileSpec {
    /// Its path inside the folder.
    pub(super) path: String,
    /// Where `guanxi.toml` names it.
    pub(super) at: String,
    /// The column that other files look its rows up by.
    pub(super) key: Option<Column>,
    pub(super) encoding: Option<&'static Encoding>,
    pub(super) delimiter: Option<u8>,
    format: Format,
}

/// The rows of a file, and what is looked up for each.
pub(super) struct Rows {
    /// Where `guanxi.toml` names it.
    pub(super) at: String,
    /// The file, by its name under `[files]`.
    pub(super) file: String,
    /// In an order in which every lookup needs only earlier ones.
    pub(super) joins: Vec<Join>,
    /// Only rows in which each of these columns has one of these texts.
    pub(super) only: Vec<(Column, Vec<String>)>,
}

/// A lookup: the file, and the column whose value is the key.
pub(super) struct Join {
    pub(super) file: String,
    pub(super) column: Column,
}

/// How rows become parties.
pub(super) struct PartySpec {
    pub(super) rows: Rows,
    pub(super) id: Template,
    pub(super) name: Template,
    pub(super) person: bool,
    pub(super) email: Option<Template>,
    pub(super) phone: Option<Template>,
    pub(super) source: Option<AttributeId>,
    pub(super) observed_at: Option<Cell>,
    pub(super) confidence: Option<Share>,
    pub(super) attributes: Vec<(AttributeId, Cell)>,
}

/// How rows become events.
pub(super) struct EventSpec {
    pub(super) rows: Rows,
    pub(super) id: Template,
    pub(super) subject: Template,
    pub(super) kind: Template,
    pub(super) occurred_at: Cell,
    pub(super) recorded_at: Option<Cell>,
    pub(super) source: Option<Template>,
    pub(super) channel: Option<Template>,
    pub(super) attributes: Vec<(AttributeId, Cell)>,
}

impl Config {
    /// Reads the tree of `guanxi.toml`; what is wrong is reported through the node.
    pub(super) fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&[
            "as_of", "title", "language", "policy", "segments", "stages", "plan", "budget", "tags",
            "currency", "columns", "format", "files", "parties", "events", "rates", "recipes", "quality",
        ]);
        let title = fields.optional("title").and_then(|node| text(&node));
        let language =
            fields.optional("language").and_then(|node| node.choice(&[("en", "en"), ("zh-CN", "zh-CN")]));
        let policy = fields.optional("policy").and_then(|node| text(&node));
        let segments = fields.optional("segments").map(|node| SegmentChoices::read(&node));
        let currency = fields.optional("currency").and_then(|node| node.get::<Currency>());
        let columns = fields.optional("columns").and_then(|node| node.items()).unwrap_or_default();
        let columns = columns.iter().filter_map(Node::get).collect();
        let format =
            fields.optional("format").map(|node| Format::of(&node.fields(FORMAT_KEYS), &Format::PLAIN));
        let format = format.unwrap_or(Format::PLAIN);
        let utc_offset = format.dates.offset.unwrap_or_else(|| Utc.fix());
        let as_of = fields.optional("as_of").and_then(|node| instant(&node, utc_offset));
        let rates = fields.optional("rates").map(|node| rates(&node)).unwrap_or_default();
        let mut files = BTreeMap::new();
        for (name, node) in fields.required("files").and_then(|node| node.entries()).unwrap_or_default() {
            if let Some(file) = FileSpec::read(&node, &format) {
                files.insert(name.to_owned(), file);
            }
        }
        let context = Context { files: &files, currency };
        let parties = fields.required("parties").and_then(|node| node.items()).unwrap_or_default();
        let parties = parties.iter().filter_map(|node| PartySpec::read(node, &context)).collect();
        let events = fields.optional("events").and_then(|node| node.items()).unwrap_or_default();
        let events = events.iter().filter_map(|node| EventSpec::read(node, &context)).collect();
        let stages = fields.optional("stages").map(|node| StageChoices::read(&node));
        let plan = fields.optional("plan").map(|node| PlanChoice::read(&node, utc_offset));
        let budget = fields.optional("budget").and_then(|node| BudgetChoice::read(&node, currency));
        let tags = fields.optional("tags").map(|node| TagSettings::read(&node, &context));
        let handed_on = |name: &str| fields.optional(name).map(|node| node.value().clone());
        let recipes = json!({ "recipes": handed_on("recipes").unwrap_or_else(|| json!([])) });
        let quality = handed_on("quality").unwrap_or(Value::Null);
        let language = language.map(str::to_owned);
        Some(Self {
            as_of,
            title,
            language,
            policy,
            segments: segments.unwrap_or_default(),
            stages: stages.unwrap_or_default(),
            plan,
            budget,
            tags,
            currency,
            utc_offset,
            rates,
            columns,
            files,
            parties,
            events,
            recipes,
            quality,
        })
    }
}

/// Exchange rates; each that is wrong is reported where it stands.
fn rates(node: &Node<'_>) -> Rates {
    let mut rates: Vec<Rate> = Vec::new();
    for node in node.items().unwrap_or_default() {
        let fields = node.fields(&["from", "to", "since", "rate"]);
        let from = fields.required("from").and_then(|node| node.get());
        let to = fields.required("to").and_then(|node| node.get());
        let since = fields.required("since").and_then(|node| day(&node));
        let value = fields.required("rate").and_then(|node| node.get::<DecimalText>());
        let (Some(from), Some(to), Some(since), Some(rate)) = (from, to, since, value) else { continue };
        let pair = (from, to, since);
        if rate.0 <= Decimal::ZERO {
            fields.required("rate").iter().for_each(|node| node.refuse("not_allowed", "a rate above 0"));
        } else if rates.iter().any(|other| (other.from, other.to, other.since) == pair) {
            node.report(
                "duplicate",
                format!("`{from}` to `{to}` since {since}"),
                "one rate of a pair for a day",
            );
        } else {
            rates.push(Rate { from, to, since, rate });
        }
    }
    Rates::new(rates).unwrap_or_default()
}

/// What every mapping needs to know of the rest.
pub(super) struct Context<'a> {
    files: &'a BTreeMap<String, FileSpec>,
    currency: Option<Currency>,
}

impl Context<'_> {
    /// What the single values of some rows are read with.
    pub(super) fn cells<'r>(&self, rows: Option<&'r Rows>) -> CellReader<'r> {
        let file = rows.and_then(|rows| self.files.get(&rows.file));
        CellReader {
            joins: rows.map_or(&[], |rows| &rows.joins),
            format: file.map_or(Format::PLAIN, |file| file.format.clone()),
            currency: self.currency,
        }
    }
}

impl FileSpec {
    fn read(node: &Node<'_>, format: &Format) -> Option<Self> {
        let at = node.path().to_owned();
        if let Value::String(path) = node.value() {
            let (path, format) = (path.clone(), format.clone());
            return Some(Self { path, at, key: None, encoding: None, delimiter: None, format });
        }
        let fields = node.fields(&[&["path", "key", "encoding", "delimiter"], FORMAT_KEYS].concat());
        let key = fields.optional("key").and_then(|node| Column::named(&node, &[]));
        let encoding = fields.optional("encoding").and_then(|node| {
            let encoding = Encoding::for_label(text(&node)?.as_bytes());
            if encoding.is_none() {
                node.refuse(
                    "not_allowed",
                    "utf-8, gb18030, utf-16le, windows-1252, or another encoding of the web",
                );
            }
            encoding
        });
        let delimiter = fields.optional("delimiter").and_then(|node| {
            node.choice(&[(",", b','), (";", b';'), ("\t", b'\t'), ("tab", b'\t'), ("|", b'|')])
        });
        let format = Format::of(&fields, format);
        let path = fields.required("path").and_then(|node| text(&node))?;
        Some(Self { path, at, key, encoding, delimiter, format })
    }
}

impl Rows {
    pub(super) fn read(fields: &Fields<'_>, context: &Context<'_>) -> Option<Self> {
        let at = fields.node().path().to_owned();
        let file_name = |node: &Node<'_>, name: &str| {
            let found = context.files.contains_key(name);
            if !found {
                let names: Vec<&str> = context.files.keys().map(String::as_str).collect();
                node.report(
                    "unknown_name",
                    format!("`{name}`"),
                    format!("a name under [files]: {}", names.join(", ")),
                );
            }
            found
        };
        let file = fields.required("from").and_then(|node| {
            let name = text(&node)?;
            file_name(&node, &name).then_some(name)
        });
        let mut open: Vec<(&str, Node<'_>)> = Vec::new();
        for (name, node) in fields.optional("join").and_then(|node| node.entries()).unwrap_or_default() {
            if file_name(&node, name) {
                open.push((name, node));
            }
        }
        // Joins may go through joins: take those whose key is known already, until none is left.
        let mut joins: Vec<Join> = Vec::new();
        loop {
            let later: Vec<&str> = open.iter().map(|(name, _)| *name).collect();
            let ready = open.iter().position(|(_, node)| {
                let column = node.value().as_str().unwrap_or_default();
                !later.iter().any(|name| column.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
            });
            let Some(ready) = ready else { break };
            let (name, node) = open.remove(ready);
            if let Some(column) = Column::named(&node, &joins) {
                joins.push(Join { file: name.to_owned(), column });
            }
        }
        for (_, node) in open {
            node.refuse("not_allowed", "a column of the file, or of a file that is looked up before");
        }
        let mut only = Vec::new();
        for (name, node) in fields.optional("where").and_then(|node| node.entries()).unwrap_or_default() {
            let texts = texts(&node);
            if texts.as_ref().is_some_and(Vec::is_empty) {
                node.refuse("not_allowed", "at least one text: an empty list lets no row through");
            }
            only.extend(texts.map(|texts| (Column::of(name, node.path(), &joins), texts)));
        }
        Some(Self { at, file: file?, joins, only })
    }
}

impl PartySpec {
    fn read(node: &Node<'_>, context: &Context<'_>) -> Option<Self> {
        let fields = node.fields(&[
            "from",
            "join",
            "where",
            "id",
            "name",
            "kind",
            "email",
            "phone",
            "source",
            "observed_at",
            "confidence",
            "attributes",
        ]);
        let rows = Rows::read(&fields, context);
        let joins = rows.as_ref().map_or(&[][..], |rows| &rows.joins);
        let template = |name: &str| fields.optional(name).and_then(|node| Template::read(&node, joins));
        let id = fields.required("id").and_then(|node| Template::read(&node, joins));
        let name = fields.required("name").and_then(|node| Template::read(&node, joins));
        let kind =
            fields.optional("kind").map(|node| node.choice(&[("organisation", false), ("person", true)]));
        let (email, phone) = (template("email"), template("phone"));
        let source = fields.optional("source").and_then(|node| node.get());
        let confidence = fields.optional("confidence").and_then(|node| node.get());
        let reader = context.cells(rows.as_ref());
        let observed_at = fields.optional("observed_at").and_then(|node| reader.instant(&node));
        let attributes = reader.attributes(&fields);
        Some(Self {
            rows: rows?,
            id: id?,
            name: name?,
            person: kind.unwrap_or(Some(false))?,
            email,
            phone,
            source,
            observed_at,
            confidence,
            attributes,
        })
    }

    pub(super) fn columns_mut(&mut self) -> Vec<&mut Column> {
        let texts = [Some(&mut self.id), Some(&mut self.name), self.email.as_mut(), self.phone.as_mut()];
        let cells = self.observed_at.iter_mut().chain(self.attributes.iter_mut().map(|(_, cell)| cell));
        let texts = texts.into_iter().flatten().flat_map(Template::columns_mut);
        self.rows.columns_mut().chain(texts).chain(cells.flat_map(Cell::columns_mut)).collect()
    }
}

impl EventSpec {
    fn read(node: &Node<'_>, context: &Context<'_>) -> Option<Self> {
        let fields = node.fields(&[
            "from",
            "join",
            "where",
            "id",
            "subject",
            "kind",
            "occurred_at",
            "recorded_at",
            "source",
            "channel",
            "attributes",
        ]);
        let rows = Rows::read(&fields, context);
        let joins = rows.as_ref().map_or(&[][..], |rows| &rows.joins);
        let optional = |name: &str| fields.optional(name).and_then(|node| Template::read(&node, joins));
        let required = |name: &str| fields.required(name).and_then(|node| Template::read(&node, joins));
        let (id, subject, kind) = (required("id"), required("subject"), required("kind"));
        let (source, channel) = (optional("source"), optional("channel"));
        let reader = context.cells(rows.as_ref());
        let occurred_at = fields.required("occurred_at").and_then(|node| reader.instant(&node));
        let recorded_at = fields.optional("recorded_at").and_then(|node| reader.instant(&node));
        let attributes = reader.attributes(&fields);
        Some(Self {
            rows: rows?,
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

    pub(super) fn columns_mut(&mut self) -> Vec<&mut Column> {
        let texts = [
            Some(&mut self.id),
            Some(&mut self.subject),
            Some(&mut self.kind),
            self.source.as_mut(),
            self.channel.as_mut(),
        ];
        let cells = std::iter::once(&mut self.occurred_at).chain(self.recorded_at.iter_mut());
        let cells = cells.chain(self.attributes.iter_mut().map(|(_, cell)| cell));
        let texts = texts.into_iter().flatten().flat_map(Template::columns_mut);
        self.rows.columns_mut().chain(texts).chain(cells.flat_map(Cell::columns_mut)).collect()
    }
}

impl Rows {
    pub(super) fn columns_mut(&mut self) -> impl Iterator<Item = &mut Column> {
        let joins = self.joins.iter_mut().map(|join| &mut join.column);
        joins.chain(self.only.iter_mut().map(|(column, _)| column))
    }
}
