//! Columns by name, and texts made of them.
use guanxi::policy::Node;

use super::config::Join;
use super::problem::Fault;
use super::settings::text;
use super::table::Row;

/// A column of the file itself (`net`) or of a file that is looked up (`orders.order_date`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Which of the lookups, if any.
    pub(super) join: Option<usize>,
    /// The name of the column in its file.
    pub(super) name: String,
    /// The name as written.
    pub(super) written: String,
    /// Where `guanxi.toml` names it.
    pub(super) at: String,
    /// Its position in the row, known once the header is read.
    pub(super) index: usize,
}

impl Column {
    /// The column of a name; a name before a point that is a lookup's leads to its file.
    pub(super) fn of(written: &str, at: &str, joins: &[Join]) -> Self {
        let found = joins.iter().enumerate().find_map(|(index, join)| {
            let name = written.strip_prefix(&*join.file)?.strip_prefix('.')?;
            Some((index, name))
        });
        let (join, name) = found.map_or((None, written), |(index, name)| (Some(index), name));
        Self { join, name: name.to_owned(), written: written.to_owned(), at: at.to_owned(), index: 0 }
    }

    /// The column that a value of `guanxi.toml` names.
    pub(super) fn named(node: &Node<'_>, joins: &[Join]) -> Option<Self> {
        Some(Self::of(&text(node)?, node.path(), joins))
    }
}

/// A text with columns in braces: `{order_id}/{line}`; `{{` and `}}` stand for braces.
#[derive(Clone, Debug)]
pub(super) struct Template(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Literal(String),
    Column(Column),
}

impl Template {
    pub(super) fn read(node: &Node<'_>, joins: &[Join]) -> Option<Self> {
        let written = text(node)?;
        let parts = Self::parse(&written, node.path(), joins);
        if parts.is_none() {
            node.refuse("not_allowed", "a text with columns in braces such as \"{order_id}/{line}\"");
        }
        parts.map(Self)
    }

    fn parse(written: &str, at: &str, joins: &[Join]) -> Option<Vec<Part>> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut chars = written.chars();
        while let Some(c) = chars.next() {
            let doubled = chars.as_str().starts_with(c);
            match c {
                '{' | '}' if doubled => {
                    chars.next();
                    literal.push(c);
                }
                '{' => {
                    let (name, rest) = chars.as_str().split_once('}')?;
                    if name.is_empty() || name.contains('{') {
                        return None;
                    }
                    if !literal.is_empty() {
                        parts.push(Part::Literal(std::mem::take(&mut literal)));
                    }
                    parts.push(Part::Column(Column::of(name, at, joins)));
                    chars = rest.chars();
                }
                '}' => return None,
                other => literal.push(other),
            }
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        Some(parts)
    }

    /// The text, if no column is part of it.
    pub(super) fn literal(&self) -> Option<&str> {
        match &*self.0 {
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    pub(super) fn columns_mut(&mut self) -> impl Iterator<Item = &mut Column> {
        self.0.iter_mut().filter_map(|part| match part {
            Part::Literal(_) => None,
            Part::Column(column) => Some(column),
        })
    }

    /// Writes the text of a row, with blanks around the columns' values removed.
    ///
    /// # Errors
    /// [`Fault::Blank`] if a column is blank.
    pub(super) fn write<'a>(&self, row: &Row<'_>, buffer: &'a mut String) -> Result<&'a str, Fault> {
        buffer.clear();
        for part in &self.0 {
            match part {
                Part::Literal(text) => buffer.push_str(text),
                Part::Column(column) => match row.get(column).trim() {
                    "" => return Err(Fault::Blank),
                    text => buffer.push_str(text),
                },
            }
        }
        Ok(buffer)
    }
}

/// What is made of columns, so that a problem can name them.
pub(super) trait Columns {
    /// The names of the columns as written; `None` where there is none.
    fn names(&self) -> Option<String>;
}

impl Columns for Column {
    fn names(&self) -> Option<String> {
        Some(self.written.clone())
    }
}

impl Columns for Template {
    fn names(&self) -> Option<String> {
        let columns = self.0.iter().filter_map(|part| match part {
            Part::Literal(_) => None,
            Part::Column(column) => Some(column.written.as_str()),
        });
        let names: Vec<&str> = columns.collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
}
