//! `guanxi.toml` as data: which files there are, and what their rows and columns mean.
use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Utc};
use encoding_rs::Encoding;
use guanxi::core::{AttributeId, Currency, Share, parse_instant};
use guanxi::policy::{Fields, Node};
use serde_json::{Value, json};

use super::cell::{Cell, CellKind, Format, Source};
use super::date::{DateForm, Pattern};
use super::number::{NumberForm, Unit};
use super::template::{Column, Template};

/// What `guanxi.toml` says.
pub(super) struct Config {
    pub(super) as_of: Option<DateTime<Utc>>,
    pub(super) title: Option<String>,
    pub(super) language: Option<String>,
    pub(super) policy: Option<String>,
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
    pub(super) at: String,
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

const FORMAT_KEYS: &[&str] =
    &["decimal", "thousands", "parentheses", "dates", "utc_offset", "not_given", "yes", "no"];

impl Config {
    /// Reads the tree of `guanxi.toml`; what is wrong is reported through the node.
    pub(super) fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&[
            "as_of", "title", "language", "policy", "currency", "format", "files", "parties", "events",
            "recipes", "quality",
        ]);
        let as_of = fields.optional("as_of").and_then(|node| instant(&node));
        let title = fields.optional("title").and_then(|node| text(&node));
        let language =
            fields.optional("language").and_then(|node| node.choice(&[("en", "en"), ("zh-CN", "zh-CN")]));
        let policy = fields.optional("policy").and_then(|node| text(&node));
        let currency = fields.optional("currency").and_then(|node| node.get::<Currency>());
        let format =
            fields.optional("format").map(|node| Format::of(&node.fields(FORMAT_KEYS), &Format::PLAIN));
        let format = format.unwrap_or(Format::PLAIN);
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
        let handed_on = |name: &str| fields.optional(name).map(|node| node.value().clone());
        let recipes = json!({ "recipes": handed_on("recipes").unwrap_or_else(|| json!([])) });
        let quality = handed_on("quality").unwrap_or(Value::Null);
        let language = language.map(str::to_owned);
        Some(Self { as_of, title, language, policy, files, parties, events, recipes, quality })
    }
}

/// What every mapping needs to know of the rest.
struct Context<'a> {
    files: &'a BTreeMap<String, FileSpec>,
    currency: Option<Currency>,
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
    fn read(fields: &Fields<'_>, context: &Context<'_>) -> Option<Self> {
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
                joins.push(Join { file: name.to_owned(), at: node.path().to_owned(), column });
            }
        }
        for (_, node) in open {
            node.refuse("not_allowed", "a column of the file, or of a file that is looked up before");
        }
        let mut only = Vec::new();
        for (name, node) in fields.optional("where").and_then(|node| node.entries()).unwrap_or_default() {
            let texts = texts(&node);
            only.extend(texts.map(|texts| (Column::of(name, node.path(), &joins), texts)));
        }
        Some(Self { at, file: file?, joins, only })
    }

    /// How values of the file are written.
    fn format(&self, context: &Context<'_>) -> Format {
        context.files.get(&self.file).map_or(Format::PLAIN, |file| file.format.clone())
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
        let reader = CellReader { rows: rows.as_ref(), context };
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
        let reader = CellReader { rows: rows.as_ref(), context };
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
    fn columns_mut(&mut self) -> impl Iterator<Item = &mut Column> {
        let joins = self.joins.iter_mut().map(|join| &mut join.column);
        joins.chain(self.only.iter_mut().map(|(column, _)| column))
    }
}

/// Reads what is said of single values.
struct CellReader<'a> {
    rows: Option<&'a Rows>,
    context: &'a Context<'a>,
}

impl CellReader<'_> {
    fn attributes(&self, fields: &Fields<'_>) -> Vec<(AttributeId, Cell)> {
        let mut attributes = Vec::new();
        for (name, node) in fields.optional("attributes").and_then(|node| node.entries()).unwrap_or_default()
        {
            let id = AttributeId::new(name)
                .map_err(|error| node.report("not_allowed", format!("`{name}`"), error.to_string()));
            let cell = self.cell(&node, Some(name), None);
            attributes.extend(id.ok().zip(cell));
        }
        attributes
    }

    fn instant(&self, node: &Node<'_>) -> Option<Cell> {
        self.cell(node, None, Some(CellKind::Instant))
    }

    /// A text is the name of a column; a table says more. A column not named has the attribute's name.
    fn cell(&self, node: &Node<'_>, name: Option<&str>, fixed: Option<CellKind>) -> Option<Cell> {
        let joins = self.rows.map_or(&[][..], |rows| &rows.joins);
        let plain = self.rows.map_or(Format::PLAIN, |rows| rows.format(self.context));
        if let Value::String(column) = node.value() {
            let source = Source::Column(Column::of(column, node.path(), joins));
            let kind = fixed.unwrap_or(CellKind::Text);
            return Some(Cell {
                source,
                times: Vec::new(),
                kind,
                unit: Unit::ONE,
                currency: None,
                currency_column: None,
                format: plain,
            });
        }
        let keys =
            &["column", "value", "type", "of", "separator", "unit", "times", "currency", "currency_column"];
        let fields = node.fields(&[&keys[..], FORMAT_KEYS].concat());
        let kind = match &fixed {
            Some(kind) => Some(kind.clone()),
            None => kind(&fields),
        };
        let column = fields.optional("column").and_then(|node| Column::named(&node, joins));
        let constant = fields.optional("value").and_then(|node| constant(&node));
        let source = match (column, constant) {
            (Some(_), Some(_)) => {
                node.report("not_allowed", "`column` and `value`", "one of the two");
                None
            }
            (Some(column), None) => Some(Source::Column(column)),
            (None, Some(constant)) => Some(Source::Constant(constant)),
            (None, None) => match name.filter(|_| fields.optional("column").is_none()) {
                Some(name) => Some(Source::Column(Column::of(name, node.path(), joins))),
                None => fields.required("column").and(None),
            },
        };
        let numeric = matches!(kind, Some(CellKind::Decimal | CellKind::Int | CellKind::Money));
        let unit = fields.optional("unit").map_or(Some(Unit::ONE), |node| {
            let unit = Unit::named(&text(&node)?);
            if unit.is_none() {
                node.refuse("not_allowed", Unit::names().join(", "));
            }
            unit
        });
        let times = fields.optional("times").and_then(|node| {
            let names = texts(&node)?;
            Some(names.iter().map(|name| Column::of(name, node.path(), joins)).collect())
        });
        for (key, goes) in [("unit", numeric), ("times", numeric)] {
            if let Some(node) = fields.optional(key).filter(|_| !goes && kind.is_some()) {
                node.refuse("not_allowed", format!("`{key}` with the types decimal, int and money only"));
            }
        }
        let own = fields.optional("currency").and_then(|node| node.get::<Currency>());
        let currency_column = fields.optional("currency_column").and_then(|node| Column::named(&node, joins));
        let currency = own.or(self.context.currency.filter(|_| currency_column.is_none()));
        if kind == Some(CellKind::Money) && currency.is_none() && currency_column.is_none() {
            node.report(
                "missing_field",
                "",
                "`currency` or `currency_column`, here or `currency` at the top",
            );
        }
        let format = Format::of(&fields, &plain);
        let clock = format.dates.patterns.iter().any(Pattern::has_clock);
        if kind == Some(CellKind::Instant) && clock && format.dates.offset.is_none() {
            node.report("missing_field", "", "`utc_offset`, such as \"+08:00\", for clock times");
        }
        let (kind, source, unit) = (kind?, source?, unit?);
        Some(Cell { source, times: times.unwrap_or_default(), kind, unit, currency, currency_column, format })
    }
}

fn kind(fields: &Fields<'_>) -> Option<CellKind> {
    let (level, set) = (CellKind::Level { of: 1 }, CellKind::Set { separator: String::new() });
    let kinds = [
        ("text", &CellKind::Text),
        ("decimal", &CellKind::Decimal),
        ("int", &CellKind::Int),
        ("bool", &CellKind::Bool),
        ("date", &CellKind::Date),
        ("instant", &CellKind::Instant),
        ("level", &level),
        ("set", &set),
        ("money", &CellKind::Money),
    ];
    let kind = fields.optional("type").map_or(Some(&CellKind::Text), |node| node.choice(&kinds))?;
    for (key, goes) in [("of", *kind == level), ("separator", *kind == set)] {
        if let Some(node) = fields.optional(key).filter(|_| !goes) {
            node.refuse(
                "not_allowed",
                format!("`{key}` with the type {} only", if key == "of" { "level" } else { "set" }),
            );
        }
    }
    match kind {
        CellKind::Level { .. } => {
            Some(CellKind::Level { of: fields.required("of").and_then(|node| node.get())? })
        }
        CellKind::Set { .. } => {
            Some(CellKind::Set { separator: fields.required("separator").and_then(|node| text(&node))? })
        }
        other => Some(other.clone()),
    }
}

impl Format {
    /// The form declared here, and for what is not declared here the one around it.
    fn of(fields: &Fields<'_>, around: &Self) -> Self {
        let one = |node: &Node<'_>, allowed: &[(&str, char)]| node.choice(allowed);
        let decimal = fields.optional("decimal").and_then(|node| one(&node, &[(".", '.'), (",", ',')]));
        let thousands = fields.optional("thousands").map(|node| {
            node.choice(&[
                ("", None),
                (",", Some(',')),
                (".", Some('.')),
                (" ", Some(' ')),
                ("'", Some('\'')),
            ])
            .flatten()
        });
        let parentheses = fields.optional("parentheses").and_then(|node| node.get());
        let numbers = NumberForm {
            decimal: decimal.unwrap_or(around.numbers.decimal),
            thousands: thousands.unwrap_or(around.numbers.thousands),
            parentheses: parentheses.unwrap_or(around.numbers.parentheses),
        };
        if numbers.thousands == Some(numbers.decimal) {
            if let Some(node) = fields.optional("thousands").or_else(|| fields.optional("decimal")) {
                node.refuse("not_allowed", "`decimal` and `thousands` that differ; declare both");
            }
        }
        let patterns = fields.optional("dates").map(|node| {
            let written = texts(&node).unwrap_or_default();
            let patterns: Vec<_> = written.iter().filter_map(|text| Pattern::new(text)).collect();
            if patterns.len() != written.len() {
                node.refuse("not_allowed", "forms made of YYYY, MM, DD, and perhaps hh, mm, ss");
            }
            patterns
        });
        let offset = fields.optional("utc_offset").and_then(|node| {
            let offset = text(&node)?.parse::<FixedOffset>();
            if offset.is_err() {
                node.refuse("not_allowed", "an offset such as \"+08:00\"");
            }
            offset.ok()
        });
        let words = |name: &str, around: &Vec<String>| {
            fields.optional(name).and_then(|node| texts(&node)).unwrap_or_else(|| around.clone())
        };
        Self {
            numbers,
            dates: DateForm {
                patterns: patterns.unwrap_or_else(|| around.dates.patterns.clone()),
                offset: offset.or(around.dates.offset),
            },
            not_given: words("not_given", &around.not_given),
            yes: words("yes", &around.yes),
            no: words("no", &around.no),
        }
    }
}

/// A text; anything else is reported.
pub(super) fn text(node: &Node<'_>) -> Option<String> {
    let text = node.value().as_str();
    if text.is_none() {
        node.refuse("wrong_type", "a text in quotes");
    }
    text.map(str::to_owned)
}

/// A text or a list of texts.
fn texts(node: &Node<'_>) -> Option<Vec<String>> {
    match node.value() {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(_) => node.items()?.iter().map(text).collect(),
        _ => {
            node.refuse("wrong_type", "a text or a list of texts");
            None
        }
    }
}

/// A constant, as the text that a cell would hold.
fn constant(node: &Node<'_>) -> Option<String> {
    match node.value() {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => {
            node.refuse("wrong_type", "a text, a number, true or false");
            None
        }
    }
}

fn instant(node: &Node<'_>) -> Option<DateTime<Utc>> {
    let instant = parse_instant(&text(node)?);
    if let Err(error) = &instant {
        node.refuse("not_allowed", error.to_string());
    }
    instant.ok()
}
