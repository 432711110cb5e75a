//! The work of an action: what it is known by, and how it stands.
mod key;
mod progress;
mod work;

pub use key::{ActionKey, ActionKeyError, Cycle};
pub use progress::{Progress, WorkEntry, WorkRefusal};
pub use work::CancelCause;
pub(crate) use work::{Run, Used, Work};
