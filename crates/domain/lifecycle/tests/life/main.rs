//! What moves a customer, and what does not.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod api;
mod cases;
mod doors;
mod explore;
mod funnels;
mod laws;
mod oracle;
mod pairs;
mod problems;
mod story;
