//! What a line says of a subject by the schemas of a vocabulary: facts, and what happened.
mod entries;
mod events;
mod facts;

pub(crate) use entries::{Entries, Unread};
pub(crate) use events::{EventReader, instant_in};
pub(crate) use facts::FactReader;
