//! One value of a row, from its text to its type.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use guanxi::core::{Currency, FactValue, Level, Money};
use rust_decimal::Decimal;

use super::date::DateForm;
use super::number::{NumberForm, Unit, product};
use super::problem::Fault;
use super::table::Row;
use super::template::{Column, Columns};
use super::text::folded;

/// How values are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) numbers: NumberForm,
    pub(super) dates: DateForm,
    /// Texts that mean "not given", as a blank does.
    pub(super) not_given: Vec<String>,
    /// Words for yes; without any, the usual ones.
    pub(super) yes: Vec<String>,
    /// Words for no; without any, the usual ones.
    pub(super) no: Vec<String>,
}

impl Format {
    /// What is taken where nothing is declared.
    pub(super) const PLAIN: Self = Self {
        numbers: NumberForm::PLAIN,
        dates: DateForm { patterns: Vec::new(), offset: None },
        not_given: Vec::new(),
        yes: Vec::new(),
        no: Vec::new(),
    };

    /// The text, unless it is blank or a mark for "not given".
    fn given<'a>(&self, text: &'a str) -> Option<&'a str> {
        let trimmed = text.trim();
        (!trimmed.is_empty() && !self.not_given.iter().any(|mark| mark == trimmed)).then_some(text)
    }

    fn bool(&self, text: &str) -> Result<bool, Fault> {
        const YES: &[&str] = &["true", "yes", "y", "1", "是"];
        const NO: &[&str] = &["false", "no", "n", "0", "否"];
        let text = &*folded(text);
        let is = |declared: &[String], usual: &[&str]| {
            if declared.is_empty() {
                usual.iter().any(|word| word.eq_ignore_ascii_case(text))
            } else {
                declared.iter().any(|word| word == text)
            }
        };
        if is(&self.yes, YES) {
            return Ok(true);
        }
        if is(&self.no, NO) {
            return Ok(false);
        }
        let words = |declared: &[String], usual: &[&str]| {
            if declared.is_empty() { usual.join(", ") } else { declared.join(", ") }
        };
        let allowed = format!("yes ({}) or no ({})", words(&self.yes, YES), words(&self.no, NO));
        Err(Fault::Bool { given: text.chars().take(41).collect(), allowed })
    }
}

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CellKind {
    Text,
    Decimal,
    Int,
    Bool,
    Date,
    Instant,
    Level { of: u8 },
    Set { separator: String },
    Money,
}

/// Where the text of a value comes from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Column(Column),
    Constant(String),
}

/// One value of every row: where its text is, what it means and how it is written.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) source: Source,
    /// Columns by which a number is multiplied.
    pub(super) times: Vec<Column>,
    pub(super) kind: CellKind,
    pub(super) unit: Unit,
    pub(super) currency: Option<Currency>,
    pub(super) currency_column: Option<Column>,
    pub(super) format: Format,
}

impl Cell {
    pub(super) fn columns_mut(&mut self) -> Vec<&mut Column> {
        let own = match &mut self.source {
            Source::Column(column) => Some(column),
            Source::Constant(_) => None,
        };
        own.into_iter().chain(&mut self.times).chain(&mut self.currency_column).collect()
    }

    fn text<'r>(&'r self, row: &Row<'r>) -> &'r str {
        match &self.source {
            Source::Column(column) => row.get(column),
            Source::Constant(text) => text,
        }
    }

    /// Reads the value of a row; `None` where it is not given.
    pub(super) fn read(&self, row: &Row<'_>) -> Result<Option<FactValue>, Fault> {
        let Some(text) = self.format.given(self.text(row)) else { return Ok(None) };
        Ok(Some(match &self.kind {
            CellKind::Text => FactValue::Text(text.to_owned()),
            CellKind::Decimal => match self.number(text, row)? {
                Some(number) => FactValue::Decimal(number),
                None => return Ok(None),
            },
            CellKind::Int => match self.number(text, row)? {
                Some(number) => FactValue::Int(whole(number, text)?),
                None => return Ok(None),
            },
            CellKind::Money => match self.number(text, row)? {
                Some(number) => FactValue::Money(Money::new(number, self.currency(row)?)),
                None => return Ok(None),
            },
            CellKind::Bool => FactValue::Bool(self.format.bool(text)?),
            CellKind::Date => FactValue::Date(self.format.dates.day(text)?),
            CellKind::Instant => FactValue::Instant(self.format.dates.instant(text)?),
            CellKind::Level { of } => {
                let rank = whole(self.format.numbers.read(text, Unit::ONE)?, text)?;
                FactValue::Level(Level::new(rank, *of).map_err(Fault::Level)?)
            }
            CellKind::Set { separator } => FactValue::Set(items(text, separator)),
        }))
    }

    /// Reads the instant of a row; `None` where it is not given.
    pub(super) fn instant(&self, row: &Row<'_>) -> Result<Option<DateTime<Utc>>, Fault> {
        self.format.given(self.text(row)).map(|text| self.format.dates.instant(text)).transpose()
    }

    /// The number times its factors; `None` where a factor is not given.
    fn number(&self, text: &str, row: &Row<'_>) -> Result<Option<Decimal>, Fault> {
        let mut number = self.format.numbers.read(text, self.unit)?;
        for column in &self.times {
            let Some(factor) = self.format.given(row.get(column)) else { return Ok(None) };
            let factor = self.format.numbers.read(factor, Unit::ONE)?;
            number = product(number, factor)
                .ok_or_else(|| Fault::Product { given: format!("{number} and {factor}") })?;
        }
        Ok(Some(number))
    }

    fn currency(&self, row: &Row<'_>) -> Result<Currency, Fault> {
        match &self.currency_column {
            Some(column) => match row.get(column).trim() {
                "" => self.currency.ok_or(Fault::NoCurrency),
                code => code.parse().map_err(Fault::Currency),
            },
            None => self.currency.ok_or(Fault::NoCurrency),
        }
    }
}

impl Columns for Cell {
    fn names(&self) -> Option<String> {
        match &self.source {
            Source::Column(column) => column.names(),
            Source::Constant(_) => None,
        }
    }
}

fn whole(number: Decimal, text: &str) -> Result<i64, Fault> {
    let refused = || Fault::NotWhole { given: text.trim().chars().take(41).collect() };
    if number.is_integer() { i64::try_from(number).map_err(|_| refused()) } else { Err(refused()) }
}

fn items(text: &str, separator: &str) -> BTreeSet<String> {
    let items: Vec<&str> = if separator.is_empty() { vec![text] } else { text.split(separator).collect() };
    items.into_iter().map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}
