//! Does this hold for this customer now? Typed predicates as data, and why they hold or do not.
//!
//! Pure: the same condition, facts, events and instant give the same answer; time, zone and the first
//! day of the week are arguments. Not here: what follows from an answer (see `guanxi-lifecycle`,
//! `guanxi-leads` and `guanxi-routing`).
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "proptest"))]
extern crate std;

#[cfg(feature = "proptest")]
pub mod arbitrary;
mod calendar;
mod change;
mod check;
mod compiled;
mod condition;
mod eval;
mod explain;
mod finding;
mod given;
mod labels;
mod lexer;
mod limits;
mod lint;
mod literal;
mod normal;
mod parser;
mod pattern;
mod print;
mod problem;
mod read;
mod span;
mod spec;
mod sql;
mod tree;
mod truth;
mod value;
mod vocabulary;
mod write;

pub use compiled::Compiled;
pub use condition::{Condition, ConditionSpec};
pub use explain::{Explained, LeafAnswer, NearMiss};
pub use finding::Finding;
pub use given::{EventLog, Given, Moment, WeekStart};
pub use labels::labels;
pub use normal::normalised as normalise;
pub use problem::{TextProblem, TextProblems};
pub use span::Span;
pub use sql::{Column, ColumnError, Columns, NotInSql, Parameter, SqlProblem, SqlProblems, Where};
pub use truth::Truth;
pub use vocabulary::{Vocabulary, VocabularySpec};
