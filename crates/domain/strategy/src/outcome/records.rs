//! Many records, each in the version that was tracked last.
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::record::{ExecutionRecord, RecordId};

/// Execution records by id, with every version of each.
///
/// At an instant the version counts that was tracked last up to it; of two tracked at once, the greater one by all
/// its fields. So neither order nor repetition matters, and the past can be asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<ExecutionRecord>", into = "Vec<ExecutionRecord>")]
pub struct ExecutionRecords(BTreeMap<RecordId, BTreeMap<DateTime<Utc>, ExecutionRecord>>);

impl ExecutionRecords {
    /// No records.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Keeps a version of a record.
    pub fn add(&mut self, record: ExecutionRecord) {
        let versions = self.0.entry(record.spec().id.clone()).or_default();
        match versions.entry(record.spec().tracked_at) {
            Entry::Vacant(place) => {
                place.insert(record);
            }
            Entry::Occupied(mut known) => {
                if record > *known.get() {
                    known.insert(record);
                }
            }
        }
    }

    /// Keeps the records of another part as well.
    pub fn merge(&mut self, other: Self) {
        other.into_versions().for_each(|record| self.add(record));
    }

    /// The records as they stood at an instant, by id.
    pub fn at(&self, as_of: DateTime<Utc>) -> impl Iterator<Item = &ExecutionRecord> {
        self.0
            .values()
            .filter_map(move |versions| versions.range(..=as_of).next_back().map(|(_, record)| record))
    }

    fn into_versions(self) -> impl Iterator<Item = ExecutionRecord> {
        self.0.into_values().flat_map(BTreeMap::into_values)
    }
}

impl FromIterator<ExecutionRecord> for ExecutionRecords {
    fn from_iter<I: IntoIterator<Item = ExecutionRecord>>(records: I) -> Self {
        let mut all = Self::new();
        all.extend(records);
        all
    }
}

impl Extend<ExecutionRecord> for ExecutionRecords {
    fn extend<I: IntoIterator<Item = ExecutionRecord>>(&mut self, records: I) {
        records.into_iter().for_each(|record| self.add(record));
    }
}

impl From<Vec<ExecutionRecord>> for ExecutionRecords {
    fn from(records: Vec<ExecutionRecord>) -> Self {
        records.into_iter().collect()
    }
}

impl From<ExecutionRecords> for Vec<ExecutionRecord> {
    fn from(records: ExecutionRecords) -> Self {
        records.into_versions().collect()
    }
}
