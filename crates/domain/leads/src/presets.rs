use guanxi_policy::{Embedded, LabelPack};

use crate::policy::LeadPolicyDocument;

const PRESETS: Embedded<2> = Embedded::new([
    ("standard", include_str!("../presets/standard.json")),
    ("software-case", include_str!("../presets/software-case.json")),
]);

const LABELS: Embedded<2> = Embedded::new([
    ("en", include_str!("../labels/en.json")),
    ("zh-CN", include_str!("../labels/zh-CN.json")),
]);

/// The ids of the embedded lead policies.
///
/// Both weigh need match 0.6 and the interactions of the last 7 days 0.4, ten interactions being 100; the
/// conditions, the grades and the keys of duplicates are our choice.
///
/// - `standard`: need, budget, decision maker, time frame and size; from 80 a lead is served first, by a
///   senior.
/// - `software-case`: East China, technology and a need; from 85 a lead is of high value and goes to seniors,
///   the others are potential leads.
#[must_use]
pub fn preset_ids() -> [&'static str; 2] {
    PRESETS.names()
}

/// An embedded lead policy by its id.
#[must_use]
pub fn preset(id: &str) -> Option<LeadPolicyDocument> {
    PRESETS.document(id)
}

/// The labels of rules, groups, flags, bands, levels, grades, channels, keys and reasons: `en` or `zh-CN`.
#[must_use]
pub fn labels(lang: &str) -> Option<LabelPack> {
    LABELS.labels(lang)
}
