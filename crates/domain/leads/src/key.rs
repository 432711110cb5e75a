//! Exact keys: what tells one party from another, as the host has normalised it.
use alloc::string::String;
use core::fmt;

use guanxi_core::is_inert;
use serde::{Deserialize, Serialize};

use crate::id::KeyKind;

/// An organisation or a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerKind {
    /// A firm, an authority, a club.
    Organisation,
    /// A natural person.
    Person,
}

impl CustomerKind {
    /// The code, as it is written.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Person => "person",
        }
    }
}

/// A key of a party: a registration number, an e-mail address, a phone number, or a digest of one.
///
/// The host normalises it, so that equal keys are equal texts; it is compared and otherwise never looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExactKey {
    /// The kind of key.
    pub kind: KeyKind,
    /// The key.
    pub value: KeyValue,
}

/// The text of a key: 1 to 256 characters of inert text. It may be personal data, so it prints masked
/// (`Debug`); serialising reveals it, since a record must be kept.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct KeyValue(String);

/// Why a text is not a [`KeyValue`]; the text itself is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a key of 1 to 256 characters without control characters and blanks at either end")]
pub struct KeyValueError;

impl KeyValue {
    const MAX_CHARS: usize = 256;

    /// Checks and keeps the text.
    ///
    /// # Errors
    /// [`KeyValueError`] unless it has 1 to 256 inert characters and no blank at either end.
    pub fn new(text: &str) -> Result<Self, KeyValueError> {
        let fits = !text.is_empty() && text.chars().nth(Self::MAX_CHARS).is_none();
        if fits && is_inert(text) && text.trim().len() == text.len() {
            Ok(Self(text.into()))
        } else {
            Err(KeyValueError)
        }
    }

    /// The text itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for KeyValue {
    type Error = KeyValueError;

    fn try_from(text: String) -> Result<Self, KeyValueError> {
        Self::new(&text)
    }
}

impl fmt::Debug for KeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyValue(***)")
    }
}
