//! The work of an action: what it is known by, and how it stands.
mod key;
mod progress;

pub use key::{ActionKey, ActionKeyError, Cycle};
pub use progress::{Progress, WorkEntry, WorkRefusal};
