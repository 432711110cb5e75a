use guanxi_policy::{Embedded, LabelPack};

const LABELS: Embedded<2> = Embedded::new([
    ("en", include_str!("../labels/en.json")),
    ("zh-CN", include_str!("../labels/zh-CN.json")),
]);

/// The labels of notes and lists: `en` or `zh-CN`.
#[must_use]
pub fn labels(lang: &str) -> Option<LabelPack> {
    LABELS.labels(lang)
}
