//! What a line says of a subject by the schemas of a vocabulary: facts, and what happened.
mod entries;
mod events;
mod facts;
mod line;

use chrono::{DateTime, Utc};
use guanxi::core::Zone;

use crate::output::{Failure, now};
pub(crate) use entries::{Entries, Unread};
pub(crate) use events::{EventReader, OwnText, instant_in};
pub(crate) use facts::FactReader;
pub(crate) use line::{Known, LineReader};

/// The instant of a decision: as given, a day beginning in the zone, or now.
pub(crate) fn as_of(given: Option<&str>, zone: Zone) -> Result<DateTime<Utc>, Failure> {
    instant_of("--as-of", given, zone)
}

/// The instant of an option: as given, a day beginning in the zone, or now.
pub(crate) fn instant_of(option: &str, given: Option<&str>, zone: Zone) -> Result<DateTime<Utc>, Failure> {
    match given {
        Some(text) => instant_in(text, zone).map_err(|error| Failure::told(format!("{option}: {error}"))),
        None => Ok(now()),
    }
}
