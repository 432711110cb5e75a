use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{DocumentId, Stamp, Version};

use crate::document::{Body, Document};

/// The versions of one document, at most one in force at any instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History<B>(Vec<Document<B>>); // INVARIANT: ascending by effective_from, no two in force at once

/// Why documents are not the history of one document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// Two documents with different ids.
    #[error("a history holds versions of one document, got `{first}` and `{other}`")]
    TwoDocuments {
        /// The id of one.
        first: DocumentId,
        /// The id of the other.
        other: DocumentId,
    },
    /// Two versions in force at the same time.
    #[error("versions `{earlier}` and `{later}` are in force at the same time")]
    Overlap {
        /// The version that starts first.
        earlier: Version,
        /// The version that starts before the other ends.
        later: Version,
    },
    /// The same version twice.
    #[error("version `{version}` is there twice")]
    Twice {
        /// That version.
        version: Version,
    },
}

impl<B: Body> History<B> {
    /// Orders versions by their start and checks them.
    ///
    /// # Errors
    /// [`HistoryError`], the first that applies in the order of the versions' start.
    pub fn new(mut versions: Vec<Document<B>>) -> Result<Self, HistoryError> {
        versions.sort_by_key(|version| version.head().effective_from);
        for (earlier, later) in versions.iter().zip(versions.iter().skip(1)) {
            let (a, b) = (earlier.head(), later.head());
            if a.id != b.id {
                return Err(HistoryError::TwoDocuments { first: a.id.clone(), other: b.id.clone() });
            }
            // Versions of one name may lie apart, with others between them.
            let twice = |version: &&Document<B>| version.head().version == b.version;
            if versions.iter().filter(twice).count() > 1 {
                return Err(HistoryError::Twice { version: b.version.clone() });
            }
            let apart =
                matches!((a.effective_to, b.effective_from), (Some(end), Some(start)) if end <= start);
            if !apart {
                return Err(HistoryError::Overlap { earlier: a.version.clone(), later: b.version.clone() });
            }
        }
        Ok(Self(versions))
    }

    /// The version that a decision names, so that it can be made again.
    #[must_use]
    pub fn find(&self, stamp: &Stamp) -> Option<&Document<B>> {
        self.0.iter().find(|version| version.stamp() == *stamp)
    }

    /// All versions, in the order of their start.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Document<B>> {
        self.0.iter()
    }

    /// The version in force at an instant.
    #[must_use]
    pub fn at(&self, as_of: DateTime<Utc>) -> Option<&Document<B>> {
        self.0.iter().find(|version| version.head().in_force(as_of))
    }
}
