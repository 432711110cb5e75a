//! A condition as the `WHERE` of a query, for a database that keeps facts in columns.
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::{FactId, FactKind};

use crate::condition::Condition;
use crate::given::Moment;
use crate::tree::{Comparison, Leaf, Node, Operand, Presence, Term, Test};
use crate::value::Fit;

mod column;
mod question;
mod time;

pub use column::{Column, ColumnError, Columns};
use question::{Question, Range};

/// The text of a condition in SQL, and its parameters.
///
/// The text holds names of columns and places for parameters, and never a value.
///
/// ```
/// use guanxi_condition::{Column, Columns, Condition, Moment, Parameter, Vocabulary};
/// use guanxi_core::{FactKind, FactSchema, fact_id, parse_instant};
///
/// let vocabulary = Vocabulary::new()
///     .with_fact(fact_id!("region"), FactSchema::of(FactKind::Text))
///     .with_fact(fact_id!("score"), FactSchema::of(FactKind::Decimal));
/// let condition = Condition::parse(r#"region = "East China" and score >= 80.5"#, &vocabulary)?;
/// let columns = Columns::new()
///     .with(fact_id!("region"), Column::new("region")?)
///     .with(fact_id!("score"), Column::new("score")?.places(2));
///
/// let sql = condition.sql(&columns, &Moment::utc(parse_instant("2026-06-30")?))?;
/// assert_eq!(sql.to_string(), r#""region" = ?1 AND "score" >= ?2"#);
/// assert_eq!(sql.parameters(), [Parameter::Text("east china".into()), Parameter::Integer(8_050)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Where {
    /// What stands before each parameter, and what stands after the last one.
    pieces: Vec<String>, // INVARIANT: one more than parameters
    parameters: Vec<Parameter>,
}

/// A value that a text in SQL asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// A whole number: a level's rank, or a number or amount times ten to the column's places.
    Integer(i64),
    /// True or false.
    Bool(bool),
    /// A normalised text, or a pattern of such.
    Text(String),
    /// A day.
    Day(NaiveDate),
    /// An instant with no more places of a second than the column has.
    Instant(DateTime<Utc>),
}

/// With places for parameters as SQLite numbers them: `?1`, `?2`.
impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(|number| format!("?{number}")))
    }
}

impl Where {
    /// The text, with places for parameters as a database wants them, given their numbers from 1.
    pub fn text(&self, place: impl Fn(usize) -> String) -> String {
        let mut text = String::new();
        for (number, piece) in self.pieces.iter().enumerate() {
            if number > 0 {
                text.push_str(&place(number));
            }
            text.push_str(piece);
        }
        text
    }

    /// The parameters in the order of their places.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }
}

/// The leaves of a condition that SQL cannot ask, in the order of writing; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct SqlProblems(Vec<SqlProblem>);

/// A leaf that SQL cannot ask.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{leaf}`: {why}")]
pub struct SqlProblem {
    /// The leaf, as text.
    pub leaf: String,
    /// What stands in the way.
    pub why: NotInSql,
}

/// Why SQL cannot ask a leaf.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotInSql {
    /// No column holds the fact.
    #[error("no column holds the fact `{fact}`")]
    NoColumn {
        /// The fact.
        fact: FactId,
    },
    /// A column does not say in which currency its amounts are.
    #[error("the column of `{fact}` must say its currency")]
    NoCurrency {
        /// The fact.
        fact: FactId,
    },
    /// Events are in no column.
    #[error("columns hold facts, not events")]
    Events,
    /// Sets are in no column.
    #[error("a column holds no set")]
    Set,
    /// A column without a value does not say why.
    #[error("a column without a value does not say that the fact does not apply")]
    NotApplicable,
    /// Anniversaries are no bounds.
    #[error("an anniversary is no bound for a column")]
    Anniversary,
    /// Two columns with different units.
    #[error("the columns of `{one}` and `{other}` must hold values of the same unit")]
    Units {
        /// The fact on the left.
        one: FactId,
        /// The fact on the right.
        other: FactId,
    },
}

impl fmt::Display for SqlProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .enumerate()
            .try_for_each(|(i, problem)| write!(f, "{}{problem}", if i > 0 { "\n" } else { "" }))
    }
}

impl SqlProblems {
    /// The problems in the order of writing.
    pub fn iter(&self) -> impl Iterator<Item = &SqlProblem> {
        self.0.iter()
    }
}

impl Condition {
    /// The condition as the `WHERE` of a query at an instant.
    ///
    /// A query selects the rows for which the condition is true, and leaves out both those for which it is
    /// false and those for which it is unknown. See [`Columns`] for what the columns hold.
    ///
    /// # Errors
    /// [`SqlProblems`], every leaf outside of the part of the language that SQL can ask.
    pub fn sql(&self, columns: &Columns, at: &Moment) -> Result<Where, SqlProblems> {
        let mut writer = Writer {
            columns,
            at,
            pieces: [String::new()].into(),
            parameters: Vec::new(),
            problems: Vec::new(),
        };
        writer.node(self.node());
        let Writer { pieces, parameters, problems, .. } = writer;
        if problems.is_empty() { Ok(Where { pieces, parameters }) } else { Err(SqlProblems(problems)) }
    }
}

struct Writer<'a> {
    columns: &'a Columns,
    at: &'a Moment,
    pieces: Vec<String>,
    parameters: Vec<Parameter>,
    problems: Vec<SqlProblem>,
}

impl Writer<'_> {
    fn write(&mut self, text: &str) {
        if let Some(piece) = self.pieces.last_mut() {
            piece.push_str(text);
        }
    }

    fn parameter(&mut self, parameter: Parameter) {
        self.parameters.push(parameter);
        self.pieces.push(String::new());
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::All(parts) if parts.is_empty() => self.write("1 = 1"),
            Node::Any(parts) if parts.is_empty() => self.write("1 = 0"),
            Node::All(parts) => self.joined(" AND ", parts),
            Node::Any(parts) => self.joined(" OR ", parts),
            Node::Not(part) => {
                self.write("NOT (");
                self.node(part);
                self.write(")");
            }
            Node::Leaf(leaf) => {
                if let Err(why) = self.leaf(leaf) {
                    self.problems.push(SqlProblem { leaf: leaf.to_string(), why });
                }
            }
        }
    }

    fn joined(&mut self, word: &str, parts: &[Node]) {
        for (place, part) in parts.iter().enumerate() {
            self.write(if place > 0 { word } else { "" });
            self.part(part);
        }
    }

    /// A part of something greater: in brackets, unless it is one comparison.
    fn part(&mut self, node: &Node) {
        if matches!(node, Node::Leaf(_)) {
            return self.node(node);
        }
        self.write("(");
        self.node(node);
        self.write(")");
    }
}

/// A column and the fact that it holds.
#[derive(Clone, Copy)]
struct Held<'a> {
    fact: &'a FactId,
    fit: &'a Fit,
    column: &'a Column,
}

impl Held<'_> {
    /// Whether a value of one can stand in the other.
    fn has_units_of(&self, other: &Self) -> bool {
        self.column.scale() == other.column.scale() && self.column.in_currency() == other.column.in_currency()
    }
}

impl<'a> Writer<'a> {
    fn leaf(&mut self, leaf: &Leaf) -> Result<(), NotInSql> {
        let Leaf::Test(term, test) = leaf else { return Err(NotInSql::Events) };
        let held = column_of(self.columns, term)?;
        match test {
            Test::Is(presence) => self.presence(&held, *presence),
            Test::Compare(comparison, Operand::Term(other)) => {
                let other = column_of(self.columns, other)?;
                if !held.has_units_of(&other) {
                    return Err(NotInSql::Units { one: held.fact.clone(), other: other.fact.clone() });
                }
                self.in_range(&[held, other], |writer| {
                    writer.write(held.column.name());
                    writer.write(comparison.sql());
                    writer.write(other.column.name());
                });
                Ok(())
            }
            _ => {
                let question = Question::of(test, held.fit.kind, held.column, self.at)?;
                self.in_range(&[held], |writer| writer.question(held.column, &question));
                Ok(())
            }
        }
    }

    fn presence(&mut self, held: &Held<'_>, presence: Presence) -> Result<(), NotInSql> {
        let (sign, word, fits) = match presence {
            Presence::NotApplicable => return Err(NotInSql::NotApplicable),
            Presence::Known => (" IS NOT NULL", " AND ", ""),
            Presence::Missing => (" IS NULL", " OR ", "NOT "),
        };
        let range = Question::range(held.fit, held.column);
        self.write(if range.is_some() { "(" } else { "" });
        self.write(held.column.name());
        self.write(sign);
        if let Some(range) = range {
            // What does not fit is as good as missing.
            self.write(word);
            self.write(fits);
            self.question(held.column, &range);
            self.write(")");
        }
        Ok(())
    }

    /// What is asked if the values fit their ranges; unknown if one does not.
    fn in_range(&mut self, held: &[Held<'_>], ask: impl FnOnce(&mut Self)) {
        let ranges = held.iter().filter_map(|held| Some((held, Question::range(held.fit, held.column)?)));
        let ranges: Vec<(&Held<'_>, Question)> = ranges.collect();
        for (place, (held, range)) in ranges.iter().enumerate() {
            self.write(if place == 0 { "CASE WHEN " } else { " AND " });
            self.question(held.column, range);
        }
        if ranges.is_empty() {
            return ask(self);
        }
        self.write(" THEN ");
        ask(self);
        self.write(" END");
    }

    fn question(&mut self, column: &Column, question: &Question) {
        let name = column.name();
        match question {
            Question::Unknown => self.write("NULL"),
            Question::Never => self.with_itself(name, " <> "),
            Question::Always => self.with_itself(name, " = "),
            Question::Compare(comparison, parameter) => {
                self.write(name);
                self.write(comparison.sql());
                self.parameter(parameter.clone());
            }
            Question::Ranges(ranges) => match ranges.as_slice() {
                [] => self.with_itself(name, " <> "),
                [range] => self.range(name, range),
                ranges => {
                    for (place, range) in ranges.iter().enumerate() {
                        self.write(if place == 0 { "(" } else { " OR " });
                        self.range(name, range);
                    }
                    self.write(")");
                }
            },
            Question::In { listed, known } => {
                self.write(if *known { "" } else { "(" });
                if listed.is_empty() {
                    self.with_itself(name, " <> ");
                }
                for (place, parameter) in listed.iter().enumerate() {
                    self.write(if place == 0 { name } else { "" });
                    self.write(if place == 0 { " IN (" } else { ", " });
                    self.parameter(parameter.clone());
                }
                self.write(if listed.is_empty() { "" } else { ")" });
                self.write(if *known { "" } else { " OR NULL)" });
            }
            Question::Like(pattern) => {
                self.write(name);
                self.write(" LIKE ");
                self.parameter(Parameter::Text(pattern.clone()));
                self.write(" ESCAPE '!'");
            }
        }
    }

    fn range(&mut self, name: &str, range: &Range<Parameter>) {
        match range {
            (None, None) => self.with_itself(name, " = "),
            (Some(from), Some(to)) => {
                self.write(name);
                self.write(" BETWEEN ");
                self.parameter(from.clone());
                self.write(" AND ");
                self.parameter(to.clone());
            }
            (Some(bound), None) | (None, Some(bound)) => {
                self.write(name);
                self.write(if range.0.is_some() { " >= " } else { " <= " });
                self.parameter(bound.clone());
            }
        }
    }

    /// True or false for all values alike, and unknown without a value.
    fn with_itself(&mut self, name: &str, sign: &str) {
        self.write(name);
        self.write(sign);
        self.write(name);
    }
}

/// The column of a term.
fn column_of<'a>(columns: &'a Columns, term: &'a Term) -> Result<Held<'a>, NotInSql> {
    let Term::Fact(fact, fit) = term else { return Err(NotInSql::Events) };
    let column = columns.get(fact);
    match (fit.kind, column) {
        (FactKind::Set, _) => Err(NotInSql::Set),
        (_, None) => Err(NotInSql::NoColumn { fact: fact.clone() }),
        (FactKind::Money, Some(column)) if column.in_currency().is_none() => {
            Err(NotInSql::NoCurrency { fact: fact.clone() })
        }
        (_, Some(column)) => Ok(Held { fact, fit, column }),
    }
}

impl Comparison {
    /// The sign in SQL, between blanks.
    const fn sql(self) -> &'static str {
        match self {
            Self::Equal => " = ",
            Self::Differs => " <> ",
            Self::Below => " < ",
            Self::AtMost => " <= ",
            Self::Above => " > ",
            Self::AtLeast => " >= ",
        }
    }
}
