//! A batch gives every row what the decision gives it, and what the method's page says.
#![cfg(test)]

mod cells;
mod errors;
mod heap;
mod laws;
#[path = "../oracle/log2.rs"]
mod log2;
#[allow(dead_code, reason = "the comparison with the crate reads the rest")]
#[path = "../oracle/method.rs"]
mod method;
mod policies;
#[allow(dead_code, reason = "the comparison with the crate reads the rest")]
#[path = "../oracle/population.rs"]
mod population;
#[allow(dead_code, reason = "the comparison with the crate reads the rest")]
#[path = "../oracle/random.rs"]
mod random;
#[allow(dead_code, reason = "the comparison with the crate reads the rest")]
#[path = "../oracle/ratio.rs"]
mod ratio;
mod scored;
mod table;
