//! Generators of strategies, plans, budgets and scripts for property tests.

mod budget;

pub use budget::{budget_customers, budget_policy, total, wanted};
