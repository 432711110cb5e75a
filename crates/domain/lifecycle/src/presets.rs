use guanxi_policy::{Embedded, LabelPack};

use crate::definition::LifecycleDocument;

const PRESETS: Embedded<2> = Embedded::new([
    ("five-stage", include_str!("../presets/five-stage.json")),
    ("relationship-phases", include_str!("../presets/relationship-phases.json")),
]);

const LABELS: Embedded<2> = Embedded::new([
    ("en", include_str!("../labels/en.json")),
    ("zh-CN", include_str!("../labels/zh-CN.json")),
]);

/// The ids of the embedded definitions.
///
/// - `five-stage`: prospect, awareness, purchase, loyalty and, beside them, churn, with the flag
///   `at_risk`.
/// - `relationship-phases`: initial, development, mature.
///
/// Both end in `ended` or `transformed` (turned into a partner or supplier).
#[must_use]
pub fn preset_ids() -> [&'static str; 2] {
    PRESETS.names()
}

/// An embedded definition by its id.
#[must_use]
pub fn preset(id: &str) -> Option<LifecycleDocument> {
    PRESETS.document(id)
}

/// The labels of stages (`stage.ID`), of what to care for in them (`focus.ID`), of flags, edges, kinds of
/// events and reasons, with those of `guanxi_condition` for the answers that decide: `en` or `zh-CN`.
#[must_use]
pub fn labels(lang: &str) -> Option<LabelPack> {
    guanxi_condition::labels(lang)?.with(LABELS.labels(lang)?).into()
}
