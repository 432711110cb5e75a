//! What `guanxi.toml` says of single values and of how they are written.
use chrono::{DateTime, FixedOffset, NaiveDate, Offset, Utc};
use guanxi::core::{AttributeId, Currency, TimeError, parse_instant};
use guanxi::policy::{Fields, Node};
use serde_json::Value;

use super::cell::{Cell, CellKind, Format, Source};
use super::config::Join;
use super::date::{DateForm, Pattern, first_instant};
use super::number::{NumberForm, Unit};
use super::template::Column;

/// The keys that say how values are written: for all files, for one, or for one column.
pub(super) const FORMAT_KEYS: &[&str] =
    &["decimal", "thousands", "parentheses", "dates", "utc_offset", "not_given", "yes", "no"];

/// Reads what is said of single values.
pub(super) struct CellReader<'a> {
    /// The lookups of the mapping.
    pub(super) joins: &'a [Join],
    /// How values of its file are written.
    pub(super) format: Format,
    /// The currency of amounts that name none.
    pub(super) currency: Option<Currency>,
}

impl CellReader<'_> {
    pub(super) fn attributes(&self, fields: &Fields<'_>) -> Vec<(AttributeId, Cell)> {
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

    pub(super) fn instant(&self, node: &Node<'_>) -> Option<Cell> {
        self.cell(node, None, Some(CellKind::Instant))
    }

    /// A text is the name of a column; a table says more. A column not named has the attribute's name.
    fn cell(&self, node: &Node<'_>, name: Option<&str>, fixed: Option<CellKind>) -> Option<Cell> {
        let (joins, plain) = (self.joins, &self.format);
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
                format: plain.clone(),
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
        let currency = own.or(self.currency.filter(|_| currency_column.is_none()));
        if kind == Some(CellKind::Money) && currency.is_none() && currency_column.is_none() {
            node.report(
                "missing_field",
                "",
                "`currency` or `currency_column`, here or `currency` at the top",
            );
        }
        let format = Format::of(&fields, plain);
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
    pub(super) fn of(fields: &Fields<'_>, around: &Self) -> Self {
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
        if numbers.thousands == Some(numbers.decimal)
            && let Some(node) = fields.optional("thousands").or_else(|| fields.optional("decimal"))
        {
            node.refuse("not_allowed", "`decimal` and `thousands` that differ; declare both");
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
pub(super) fn texts(node: &Node<'_>) -> Option<Vec<String>> {
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

/// Reads an instant with its offset, or a day, which is its first instant at the offset given.
///
/// # Errors
/// Those of [`parse_instant`].
pub(crate) fn instant_at(text: &str, offset: FixedOffset) -> Result<DateTime<Utc>, TimeError> {
    first_instant(text, offset).map_or_else(|| parse_instant(text), Ok)
}

/// A day, as a text.
pub(super) fn day(node: &Node<'_>) -> Option<NaiveDate> {
    let day = first_instant(&text(node)?, Utc.fix()).map(|instant| instant.date_naive());
    if day.is_none() {
        node.refuse("not_allowed", "a day such as `2023-10-20`");
    }
    day
}

/// An instant or a day, as a text; a day is its first instant at the offset.
pub(super) fn instant(node: &Node<'_>, offset: FixedOffset) -> Option<DateTime<Utc>> {
    let instant = instant_at(&text(node)?, offset);
    if let Err(error) = &instant {
        node.refuse("not_allowed", error.to_string());
    }
    instant.ok()
}
