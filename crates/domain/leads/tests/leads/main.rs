//! Scores of leads and their conversion: laws, slow oracles, worked cases.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod api;
mod cases;
mod change;
mod convert;
mod demand;
mod laws;
mod oracle;
mod problems;
