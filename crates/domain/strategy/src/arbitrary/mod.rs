//! Generators of strategies, plans, budgets and scripts for property tests.
