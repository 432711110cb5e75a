use guanxi_policy::{Embedded, LabelPack};

use crate::rule::SettleDocument;

const PRESETS: Embedded<2> = Embedded::new([
    ("standard", include_str!("../presets/standard.json")),
    ("steady", include_str!("../presets/steady.json")),
]);

const LABELS: Embedded<2> = Embedded::new([
    ("en", include_str!("../labels/en.json")),
    ("zh-CN", include_str!("../labels/zh-CN.json")),
]);

/// The ids of the embedded settling rules.
///
/// - `standard`: up any number of classes at any time, down one class and only at a review, on
///   1 January and 1 July in UTC; no margin, no dwell, no grace.
/// - `steady`: the same, with a margin of 2 points either way, a class held for 30 days before it
///   rises further, and a score too low for 90 days before it falls.
#[must_use]
pub fn preset_ids() -> [&'static str; 2] {
    PRESETS.names()
}

/// An embedded settling rule by its id.
#[must_use]
pub fn preset(id: &str) -> Option<SettleDocument> {
    PRESETS.document(id)
}

/// The texts of [`SettleReason`](crate::SettleReason): `en` or `zh-CN`. Names of classes are the host's
/// own (those of tiers are in `guanxi-scoring`); add its pack with [`LabelPack::with`].
#[must_use]
pub fn labels(lang: &str) -> Option<LabelPack> {
    LABELS.labels(lang)
}
