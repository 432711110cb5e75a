use guanxi_policy::LabelPack;

use crate::rule::SettleDocument;

const PRESETS: [(&str, &str); 2] = [
    ("standard", include_str!("../presets/standard.json")),
    ("steady", include_str!("../presets/steady.json")),
];

/// The ids of the embedded settling rules.
///
/// - `standard`: up any number of classes at any time, down one class and only at a review, on
///   1 January and 1 July in UTC; no margin, no dwell, no grace.
/// - `steady`: the same, with a margin of 2 points either way, a class held for 30 days before it
///   rises further, and a score too low for 90 days before it falls.
#[must_use]
pub fn preset_ids() -> [&'static str; 2] {
    PRESETS.map(|(id, _)| id)
}

/// An embedded settling rule by its id.
#[must_use]
pub fn preset(id: &str) -> Option<SettleDocument> {
    let (_, json) = PRESETS.iter().find(|(preset, _)| *preset == id)?;
    SettleDocument::from_json(json).ok()
}

/// The texts of [`SettleReason`](crate::SettleReason): `en` or `zh-CN`. Names of classes are the host's
/// own (those of tiers are in `guanxi-scoring`); add its pack with [`LabelPack::with`].
#[must_use]
pub fn labels(lang: &str) -> Option<LabelPack> {
    let json = match lang {
        "en" => include_str!("../labels/en.json"),
        "zh-CN" => include_str!("../labels/zh-CN.json"),
        _ => return None,
    };
    LabelPack::parse(json).ok()
}
