//! Generators of strategies, plans, budgets and scripts for property tests.
pub mod budget;
pub mod plan;
pub mod scripts;
pub mod strategies;
