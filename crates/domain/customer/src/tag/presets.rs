use guanxi_policy::Embedded;

use super::policy::TagsDocument;

const PRESETS: Embedded<1> = Embedded::new([("standard", include_str!("../../presets/tags-standard.json"))]);

/// The ids of the embedded documents of tags.
///
/// - `standard`: set by hand `budget_ample` (for 12 months, then it wants a new look), `long_decision_cycle`
///   and `industry_leader`; by rules `service_minded` and `price_sensitive` (a level of 4 or 5) and
///   `east_china`. The tags are usual ones; months and levels are our choice.
#[must_use]
pub fn tag_preset_ids() -> [&'static str; 1] {
    PRESETS.names()
}

/// An embedded document of tags by its id.
#[must_use]
pub fn tag_preset(id: &str) -> Option<TagsDocument> {
    PRESETS.document(id)
}
