use crate::policy::PolicyDocument;
use guanxi_policy::{Embedded, LabelPack};

const PRESETS: Embedded<3> = Embedded::new([
    ("standard", include_str!("../presets/standard.json")),
    ("literal", include_str!("../presets/literal.json")),
    ("assessed", include_str!("../presets/assessed.json")),
]);

const LABELS: Embedded<2> = Embedded::new([
    ("en", include_str!("../labels/en.json")),
    ("zh-CN", include_str!("../labels/zh-CN.json")),
]);

/// The ids of the embedded policies.
///
/// - `standard`: profit relative to the greatest profit, like every other indicator.
/// - `literal`: profit relative to the total profit of all customers, as the source is worded. A
///   composite of 90 then needs one customer with 60 % of all profit, so in an ordinary company the
///   top tier stays empty.
/// - `assessed`: the three dimension scores come from assessors, as facts from 0 to 100.
#[must_use]
pub fn preset_ids() -> [&'static str; 3] {
    PRESETS.names()
}

/// An embedded policy by its id.
#[must_use]
pub fn preset(id: &str) -> Option<PolicyDocument> {
    PRESETS.document(id)
}

/// The labels of tiers, dimensions, indicators, facts and reasons: `en` or `zh-CN`.
#[must_use]
pub fn labels(lang: &str) -> Option<LabelPack> {
    LABELS.labels(lang)
}
