//! A total divided inside bands, to the last minor unit.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod api;
mod cases;
mod compat;
mod laws;
mod oracle;
mod problems;
mod spending;
