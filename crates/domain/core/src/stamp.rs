use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::text::Quoted;

crate::define_id! {
    /// The version of a document: `1.0.0`, `2026H1`, `2026-06-30`.
    pub struct Version(text, 32);
}

/// SHA-256 of a document's canonical form, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint([u8; 32]);

/// Why a text is not a fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StampError {
    /// Not 64 lower-case hexadecimal digits.
    #[error("expected a fingerprint of 64 digits 0-9a-f, got {}", Quoted(.given))]
    Malformed {
        /// What was given.
        given: String,
    },
}

impl Fingerprint {
    /// The fingerprint with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = StampError;

    fn try_from(text: String) -> Result<Self, StampError> {
        let malformed = || StampError::Malformed { given: text.chars().take(65).collect() };
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(malformed()),
        };
        let mut bytes = [0; 32];
        if text.len() != 64 {
            return Err(malformed());
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().as_chunks::<2>().0) {
            let [high, low] = *pair;
            *byte = digit(high)? << 4 | digit(low)?;
        }
        Ok(Self(bytes))
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        alloc::format!("{fingerprint}")
    }
}

/// Names one document exactly: its id, its version, and the fingerprint of what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stamp {
    /// The id of the document.
    pub id: crate::DocumentId,
    /// Its version.
    pub version: Version,
    /// What it says.
    pub fingerprint: Fingerprint,
}
