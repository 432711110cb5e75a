use guanxi_core::ReasonCode;
use guanxi_policy::{Embedded, LabelPack};

use crate::abc_spec::AbcDocument;
use crate::reason::Reason;
use crate::rfm_spec::RfmDocument;
use crate::value_spec::ValueDocument;

const ABC: Embedded<3> = Embedded::new([
    ("standard", include_str!("../presets/abc-standard.json")),
    ("rank", include_str!("../presets/abc-rank.json")),
    ("blend", include_str!("../presets/abc-blend.json")),
]);
const RFM: Embedded<1> = Embedded::new([("standard", include_str!("../presets/rfm-standard.json"))]);
const VALUE: Embedded<1> = Embedded::new([("standard", include_str!("../presets/value-standard.json"))]);

const LABELS: Embedded<2> = Embedded::new([
    ("en", include_str!("../labels/en.json")),
    ("zh-CN", include_str!("../labels/zh-CN.json")),
]);

/// The ids of the embedded ABC policies.
///
/// - `standard`: by cumulative share of `revenue`; A up to 70 %, B up to 95 %.
/// - `rank`: by the share of customers with more `revenue`; A the first 12.5 %, B the next 35 %.
/// - `blend`: contribution, frequency and potential (`revenue`, `orders`, `potential_score`), 50 / 30 / 20, by rank.
#[must_use]
pub fn abc_preset_ids() -> [&'static str; 3] {
    ABC.names()
}

/// An embedded ABC policy by its id.
#[must_use]
pub fn abc_preset(id: &str) -> Option<AbcDocument> {
    ABC.document(id)
}

/// The ids of the embedded RFM policies: `standard`, quintiles and eleven segments over recency and frequency.
#[must_use]
pub fn rfm_preset_ids() -> [&'static str; 1] {
    RFM.names()
}

/// An embedded RFM policy by its id.
#[must_use]
pub fn rfm_preset(id: &str) -> Option<RfmDocument> {
    RFM.document(id)
}

/// The ids of the embedded policies of value segments: `standard`, with the segments at risk, high value,
/// potential and general.
#[must_use]
pub fn value_preset_ids() -> [&'static str; 1] {
    VALUE.names()
}

/// An embedded policy of value segments by its id.
#[must_use]
pub fn value_preset(id: &str) -> Option<ValueDocument> {
    VALUE.document(id)
}

/// The labels of classes (`class.ID`), segments (`segment.ID`), facts and reasons: `en` or `zh-CN`.
#[must_use]
pub fn labels(lang: &str) -> Option<LabelPack> {
    LABELS.labels(lang)
}

impl Reason {
    /// The reason in words; its templates are `segmentation.CODE`, so that the pack can be put together
    /// with those of other crates.
    ///
    /// ```
    /// use guanxi_segmentation::{Reason, labels};
    /// let english = labels("en").unwrap_or_default();
    /// assert_eq!(Reason::NoOrder.text(&english), "There is no order");
    /// ```
    #[must_use]
    pub fn text(&self, pack: &LabelPack) -> alloc::string::String {
        pack.fill("segmentation", self.code(), &self.args())
    }
}
