//! Classes that do not flap: laws, a slow oracle, worked cases.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod api;
mod cases;
mod laws;
mod oracle;
mod problems;
