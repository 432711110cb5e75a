//! Benches, instruction counts and comparisons; see `docs/src/performance.md` for how to run them.
