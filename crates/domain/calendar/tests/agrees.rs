//! The index against the clock: every answer of a schedule is what counting minutes gives.
#![cfg(test)]
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    missing_docs
)]

#[path = "oracle/cases.rs"]
mod cases;
mod oracle;

use cases::{case, check};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 650, ..ProptestConfig::default() })]

    /// 650 calendars with 8 questions each.
    #[test]
    fn minute_by_minute(case in case(10, 8)) {
        check(case, 60);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn second_by_second(case in case(3, 4)) {
        check(case, 1);
    }
}
