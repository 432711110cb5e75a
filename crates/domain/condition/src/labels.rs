use guanxi_policy::{Embedded, LabelPack};

const LABELS: Embedded<2> = Embedded::new([
    ("en", include_str!("../labels/en.json")),
    ("zh-CN", include_str!("../labels/zh-CN.json")),
]);

/// The texts of findings and of the answers of leaves (`condition.CODE`): `en` or `zh-CN`. Names of facts
/// (`fact.ID`) and attributes (`attribute.ID`) are the host's own, and stand for themselves without a label.
#[must_use]
pub fn labels(lang: &str) -> Option<LabelPack> {
    LABELS.labels(lang)
}
