//! The language evaluated a second time, from its page alone: slow and obvious, and compared with the
//! crate on random conditions and customers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod change;
mod clock;
mod compare;
mod condition;
mod course;
mod evaluate;
mod explain;
mod generate;
mod number;
mod page;
mod random;
mod sql;
mod text;
mod vocabulary;
