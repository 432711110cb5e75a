//! Does this hold for this customer now? Typed predicates as data, and why they hold or do not.
//!
//! A [`Condition`] is data: one line of text or a tree, checked against a [`Vocabulary`] of facts and events when it is
//! loaded, with every problem at once. It answers true, false or unknown; [`Condition::explain`] names the leaves that
//! decide and those that alone would turn the answer, [`Condition::next_change`] the instant at which time alone does.
//!
//! Pure: the same condition, facts, events and instant give the same answer; time, zone and the first
//! day of the week are arguments. Numbers are exact, texts are compared by what they say, and missing is neither zero
//! nor no. Not here: what follows from an answer (see `guanxi-lifecycle`, `guanxi-leads` and `guanxi-routing`), and
//! whatever computes: arithmetic, functions, loops.
//!
//! ```
//! use guanxi_condition::{Condition, EventLog, Given, Moment, Truth, Vocabulary, labels};
//! use guanxi_core::{Event, FactKind, FactMap, FactSchema, FactValue, fact_id, parse_decimal, parse_instant};
//!
//! let vocabulary = Vocabulary::new()
//!     .with_fact(fact_id!("region"), FactSchema::of(FactKind::Text))
//!     .with_fact(fact_id!("score"), FactSchema::of(FactKind::Decimal));
//! let condition = Condition::parse(
//!     r#"region = "East China" and score >= 80 and no @interaction within 90 days"#,
//!     &vocabulary,
//! )?;
//!
//! let facts = FactMap::new()
//!     .with(fact_id!("region"), FactValue::Text("ＥＡＳＴ  China".into()), None)
//!     .with(fact_id!("score"), FactValue::Decimal(parse_decimal("89.40")?), None);
//! let visit: Event = serde_json::from_str(
//!     r#"{"id": "e1", "subject": "C1", "kind": "visit.made", "occurred_at": "2026-05-04T08:00:00Z"}"#,
//! )?;
//! let log = EventLog::new([&visit]);
//! let given = Given { facts: &facts, events: Some(&log) };
//! let at = Moment { zone: "+08:00".parse()?, ..Moment::utc(parse_instant("2026-06-30")?) };
//!
//! let explained = condition.explain(&given, &at);
//! assert_eq!(explained.truth, Truth::False);
//! let english = labels("en").ok_or("no such language")?;
//! assert_eq!(explained.deciding[0].text(&english), "no @interaction within 90 days: no, found 1");
//! // Nothing but time is needed: 90 days after the visit, at the same time on the clock.
//! assert_eq!(explained.near_misses[0].leaf, explained.deciding[0]);
//! assert_eq!(condition.next_change(&given, &at), Some(parse_instant("2026-08-02T08:00:00Z")?));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What is wrong with a condition is told with its place:
//!
//! ```
//! # use guanxi_condition::{Condition, Vocabulary};
//! # use guanxi_core::{FactKind, FactSchema, fact_id};
//! # let vocabulary = Vocabulary::new().with_fact(fact_id!("score"), FactSchema::of(FactKind::Decimal));
//! let problems = Condition::parse("scor >= 80 and score = \"many\"", &vocabulary).unwrap_err();
//! assert_eq!(problems.to_string(), "\
//! line 1, column 1: unknown name, given `scor`, allowed: score (did you mean `score`?)
//!   scor >= 80 and score = \"many\"
//!   ^^^^
//! line 1, column 24: wrong type, given `\"many\"`, allowed: a number
//!   scor >= 80 and score = \"many\"
//!                          ^^^^^^");
//! ```
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
mod course;
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
mod parser_leaf;
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
mod watch;
mod write;

pub use compiled::Compiled;
pub use condition::{Condition, ConditionSpec};
pub use course::Course;
pub use explain::{Explained, LeafAnswer, NearMiss};
pub use finding::Finding;
pub use given::{EventLog, EventsByKind, Given, Moment, WeekStart};
pub use labels::labels;
pub use normal::normalised as normalise;
pub use problem::{TextProblem, TextProblems};
pub use span::Span;
pub use sql::{Column, ColumnError, Columns, NotInSql, Parameter, SqlProblem, SqlProblems, Where};
pub use truth::Truth;
pub use vocabulary::{Vocabulary, VocabularyDocument, VocabularySpec};
