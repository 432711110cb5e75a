//! What a condition may not exceed.

/// Levels of nesting.
pub(crate) const LEVELS: usize = 32;
/// Leaves, `and`, `or`, `not`, `always` and `never`.
pub(crate) const NODES: usize = 512;
/// Entries of a list.
pub(crate) const ENTRIES: usize = 1_000;
/// Characters of a text.
pub(crate) const CHARS: usize = 1_000;
/// Bytes of a condition as text.
pub(crate) const BYTES: usize = 65_536;
/// Gaps of a rhythm.
pub(crate) const GAPS: u32 = 100;
/// Days ahead for an anniversary.
pub(crate) const ANNIVERSARY_DAYS: u32 = 365;
