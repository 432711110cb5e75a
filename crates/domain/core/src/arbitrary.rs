//! Generators for property tests: ordinary values, ties and bounds in the same stream.
use std::string::String;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::{FactId, Score, Share, SubjectId, TierId};

/// Any decimal: small round ones (many ties), ones with odd scales, and ones near the limits.
pub fn decimal() -> impl Strategy<Value = Decimal> {
    let limit = 79_228_162_514_264_337_593_543_950_335_i128;
    prop_oneof![
        4 => (-20_i64..=20).prop_map(Decimal::from),
        4 => (-2_000_i64..=2_000, 0_u32..=4).prop_map(|(n, scale)| Decimal::new(n, scale)),
        2 => (any::<i64>(), 0_u32..=28).prop_map(|(n, scale)| Decimal::new(n, scale)),
        1 => (-limit..=limit, 0_u32..=28).prop_map(|(n, scale)| Decimal::from_i128_with_scale(n, scale)),
        1 => prop::sample::select(std::vec![Decimal::ZERO, Decimal::ONE, Decimal::MAX, Decimal::MIN, Decimal::new(1, 28)]),
    ]
}

/// Any score.
pub fn score() -> impl Strategy<Value = Score> {
    prop_oneof![
        prop::sample::select(std::vec![0_u16, 1, 2_999, 3_000, 5_000, 8_999, 9_000, 9_999, 10_000]),
        0_u16..=10_000
    ]
    .prop_filter_map("in range", |hundredths| Score::from_hundredths(hundredths).ok())
}

/// Any share with at most four places.
pub fn share() -> impl Strategy<Value = Share> {
    (0_i64..=10_000).prop_filter_map("in range", |n| Share::try_from(Decimal::new(n, 4)).ok())
}

/// Any instant between 1970 and 2100, with leap days, month ends and the last second of a year among them.
pub fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    let edges = [951_782_400_i64, 1_709_164_800, 1_388_534_399, 1_388_534_400, 1_375_228_800, 0];
    prop_oneof![prop::sample::select(edges.to_vec()), 0_i64..4_102_444_800]
        .prop_filter_map("in range", |seconds| DateTime::from_timestamp(seconds, 0))
}

/// Any subject id, Chinese and long ones included.
pub fn subject_id() -> impl Strategy<Value = SubjectId> {
    prop_oneof!["C[0-9]{1,6}", "[客户甲乙丙]{1,12}", "[!-~]{1,128}"]
        .prop_filter_map("valid", |text: String| SubjectId::new(&text).ok())
}

/// One of a few fact names, so that facts meet the policies that name them.
pub fn fact_id() -> impl Strategy<Value = FactId> {
    "[a-e]|利润".prop_filter_map("valid", |text: String| FactId::new(&text).ok())
}

/// One of a few tier codes.
pub fn tier_id() -> impl Strategy<Value = TierId> {
    "[a-h]|战略".prop_filter_map("valid", |text: String| TierId::new(&text).ok())
}
