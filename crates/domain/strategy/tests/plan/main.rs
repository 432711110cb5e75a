#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![allow(clippy::cast_possible_truncation, unreachable_pub, clippy::string_slice)]

mod api;
mod cases;
mod common;
mod compat;
mod demand;
mod laws;
mod plain;
mod problems;
#[path = "../../../condition/tests/oracle/random.rs"]
mod random;
mod simulation;
mod world;
