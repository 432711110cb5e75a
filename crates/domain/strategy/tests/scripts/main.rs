//! What to say, with every slot filled.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice, missing_docs)]

mod api;
mod cases;
mod compat;
mod laws;
mod personal;
mod problems;
