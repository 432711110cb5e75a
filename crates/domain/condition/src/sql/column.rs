//! Which columns hold which facts.
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use guanxi_core::{Currency, FactId, Quoted, is_inert};
use guanxi_policy::Node;

/// Which columns hold which facts of a row's customer.
///
/// Each column holds what is known by the instant of the question, or `NULL`:
///
/// | fact | column |
/// |---|---|
/// | decimal, amount of money | a whole number: the value times ten to the column's places |
/// | whole number, level | the number, the rank |
/// | true or false | true or false; in SQLite 1 or 0 |
/// | text | the text as [`normalise`](crate::normalise) gives it, compared byte by byte |
/// | day | the day, in a form whose order is that of the days, such as `2026-06-30` |
/// | instant | the instant, with the column's places of a second, in a form whose order is that of time |
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns(BTreeMap<FactId, Column>);

impl Columns {
    /// No columns.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// With the column of a fact.
    #[must_use]
    pub fn with(mut self, fact: FactId, column: Column) -> Self {
        self.0.insert(fact, column);
        self
    }

    /// Reads the columns of a document, by the names of their facts, and reports every problem to the node:
    /// `{"score": {"column": "score", "table": "customers", "places": 2, "in_range": true}}`. Only `column`
    /// must be there; `currency` is that of amounts.
    #[must_use]
    pub fn read(node: &Node<'_>) -> Option<Self> {
        let read = |(name, node): (&str, Node<'_>)| {
            let fact: Result<FactId, ()> = FactId::new(name).map_err(|error| {
                node.report("not_allowed", Quoted(name).to_string(), error.to_string());
            });
            let column = Column::read(&node);
            Some((fact.ok()?, column?))
        };
        let columns: Vec<Option<(FactId, Column)>> = node.entries()?.into_iter().map(read).collect();
        columns.into_iter().collect::<Option<_>>().map(Self)
    }

    pub(super) fn get(&self, fact: &FactId) -> Option<&Column> {
        self.0.get(fact)
    }
}

/// A column that holds a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// As SQL writes it, in quotation marks.
    name: String,
    places: u32, // INVARIANT: at most MAX_PLACES
    currency: Option<Currency>,
    in_range: bool,
}

/// Why a text is not the name of a column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a name of 1 to {} visible characters, got {}", Column::MAX_CHARS, Quoted(.given))]
pub struct ColumnError {
    /// What was given.
    pub given: String,
}

impl Column {
    /// The greatest length of a name in characters.
    pub const MAX_CHARS: usize = 128;
    /// The most places that a whole number of 64 bits leaves room for.
    pub const MAX_PLACES: u32 = 18;

    /// A column of whole numbers, texts or times, by its name. Whatever the name holds is quoted.
    ///
    /// # Errors
    /// [`ColumnError`] where the name is empty, longer than [`Column::MAX_CHARS`] or holds a character that
    /// cannot be seen.
    pub fn new(name: &str) -> Result<Self, ColumnError> {
        Ok(Self { name: quoted(name)?, places: 0, currency: None, in_range: false })
    }

    /// The same column of a table, where a query reads more than one. SQLite takes a name without its table
    /// for a text where there is no such column, and says nothing.
    ///
    /// # Errors
    /// [`ColumnError`] as for the column.
    pub fn of_table(mut self, table: &str) -> Result<Self, ColumnError> {
        self.name = alloc::format!("{}.{}", quoted(table)?, self.name);
        Ok(self)
    }

    /// With places after the point: of a decimal, of an amount, or of the seconds of an instant (9 at most
    /// count). More than [`Column::MAX_PLACES`] are that many.
    #[must_use]
    pub fn places(mut self, places: u32) -> Self {
        self.places = places.min(Self::MAX_PLACES);
        self
    }

    /// With the currency of its amounts.
    #[must_use]
    pub fn currency(mut self, currency: Currency) -> Self {
        self.currency = Some(currency);
        self
    }

    fn read(node: &Node<'_>) -> Option<Self> {
        let fields = node.fields(&["column", "table", "places", "currency", "in_range"]);
        let name = |node: Node<'_>| {
            let name: String = node.get()?;
            quoted(&name).map_err(|error| node.refuse("not_allowed", error.to_string())).ok()
        };
        let places = |node: Node<'_>| {
            let places = node.get().filter(|places| *places <= Self::MAX_PLACES);
            if places.is_none() && node.value().is_u64() {
                node.refuse("not_allowed", alloc::format!("0 to {}", Self::MAX_PLACES));
            }
            places
        };
        let column = fields.required("column").and_then(name);
        let table = fields.optional("table").map(name);
        let places = fields.optional("places").map_or(Some(0), places);
        let currency = fields.optional("currency").map(|node| node.get());
        let in_range = fields.optional("in_range").map_or(Some(false), |node| node.get());
        let column = column?;
        let name = match table {
            Some(table) => alloc::format!("{}.{column}", table?),
            None => column,
        };
        let currency = match currency {
            Some(currency) => Some(currency?),
            None => None,
        };
        Some(Self { name, places: places?, currency, in_range: in_range? })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) const fn scale(&self) -> u32 {
        self.places
    }

    pub(super) const fn in_currency(&self) -> Option<Currency> {
        self.currency
    }

    pub(super) const fn is_in_range(&self) -> bool {
        self.in_range
    }

    /// Promises that every value fits the fact's range, so that the query need not ask and can use an index.
    #[must_use]
    pub fn in_range(mut self) -> Self {
        self.in_range = true;
        self
    }
}

fn quoted(name: &str) -> Result<String, ColumnError> {
    let length = name.chars().take(Column::MAX_CHARS + 1).count();
    if (1..=Column::MAX_CHARS).contains(&length) && is_inert(name) {
        Ok(alloc::format!("\"{}\"", name.replace('"', "\"\"")))
    } else {
        Err(ColumnError { given: name.chars().take(41).collect() })
    }
}
