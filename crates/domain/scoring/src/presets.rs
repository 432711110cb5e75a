use crate::policy::PolicyDocument;
use guanxi_policy::LabelPack;

const PRESETS: [(&str, &str); 3] = [
    ("standard", include_str!("../presets/standard.json")),
    ("literal", include_str!("../presets/literal.json")),
    ("assessed", include_str!("../presets/assessed.json")),
];

/// The ids of the embedded policies.
///
/// - `standard`: profit relative to the greatest profit, like every other indicator.
/// - `literal`: profit relative to the total profit of all customers, as the source is worded. A
///   composite of 90 then needs one customer with 60 % of all profit, so in an ordinary company the
///   top tier stays empty.
/// - `assessed`: the three dimension scores come from assessors, as facts from 0 to 100.
#[must_use]
pub fn preset_ids() -> [&'static str; 3] {
    PRESETS.map(|(id, _)| id)
}

/// An embedded policy by its id.
#[must_use]
pub fn preset(id: &str) -> Option<PolicyDocument> {
    let (_, json) = PRESETS.iter().find(|(preset, _)| *preset == id)?;
    PolicyDocument::from_json(json).ok()
}

/// The labels of tiers, dimensions, indicators, facts and reasons: `en` or `zh-CN`.
#[must_use]
pub fn labels(lang: &str) -> Option<LabelPack> {
    let json = match lang {
        "en" => include_str!("../labels/en.json"),
        "zh-CN" => include_str!("../labels/zh-CN.json"),
        _ => return None,
    };
    LabelPack::parse(json).ok()
}
