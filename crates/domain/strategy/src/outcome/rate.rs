use guanxi_core::Share;
use serde::{Deserialize, Serialize};

/// A rate with the counts that it is made of: a rate of 3 out of 4 says less than one of 300 out of 400.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountedRate {
    /// How many it is true of.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// The first by the second, rounded once to four places; `None` if there is none.
    pub share: Option<Share>,
}

impl CountedRate {
    /// The rate of two counts.
    #[must_use]
    pub fn new(count: u64, of: u64) -> Self {
        Self { count, of, share: Share::of(count, of) }
    }
}
