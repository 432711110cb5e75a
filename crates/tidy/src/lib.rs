//! The repository's own rules, each a plain test whose message says what to do.
//!
//! `crates` keeps dependencies pointing down and the domain pure, `docs` keeps the pages complete and
//! their links alive, `files` keeps every file fit to be read. Not here: what a compiler or a linter
//! can say (see `[workspace.lints]`), and what needs a second build (see `.ci/run`).
#[cfg(test)]
mod crates;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod files;
#[cfg(test)]
mod tree;
