//! Rules as documents: checked once with every problem named, versioned, fingerprinted, compared; and
//! the label packs that turn codes into text.
//!
//! Pure: a document is a value tree that a host has read from JSON or TOML. Checking walks the tree
//! and reports *all* that is wrong with it, each problem with its path, what was given and what is
//! allowed; a host adds line and column. Not here: what any policy means (see `guanxi-scoring` and
//! its siblings), files, and text formats other than the tree.
//!
//! ```
//! use guanxi_policy::{Node, check};
//! use guanxi_core::DecimalText;
//!
//! let tree = serde_json::json!({"floor": "ninety", "flor": 1});
//! let read = |node: &Node<'_>| node.fields(&["floor"]).required("floor")?.get::<DecimalText>();
//! let problems = check(&tree, read).unwrap_err();
//! assert_eq!(problems.to_string(), "\
//! flor: unknown field, given `flor`, allowed: floor (did you mean `floor`?)
//! floor: not allowed here, given \"ninety\", allowed: expected a decimal such as `-12.34`, got `ninety`");
//! ```
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

#[cfg(feature = "proptest")]
pub mod arbitrary;
mod diff;
mod document;
mod embedded;
mod facts;
mod fingerprint;
mod history;
mod label;
mod problem;
mod tree;

pub use diff::{Change, diff};
pub use document::{Body, Document, DocumentSpec, Head, Warning};
pub use embedded::Embedded;
pub use facts::{FactSchemaSpec, read_fact_schema};
pub use fingerprint::{canonical_json, fingerprint};
pub use history::{History, HistoryError};
pub use label::{LabelError, LabelPack};
pub use problem::{Problem, Problems};
pub use tree::{Fields, Node, check, nearest};
