use guanxi_policy::Embedded;

use super::spec::ScriptsDocument;

const PRESETS: Embedded<1> =
    Embedded::new([("standard", include_str!("../../presets/scripts-standard.json"))]);

/// The ids of the embedded documents of scripts.
///
/// - `standard`, in English and Chinese: the first contact in three steps (need, value, trust), also in short for
///   the efficiency type by message; the complaint in four steps (listen, apologise and name the cause, two or three
///   solutions, verify within 24 hours); an offer that ends on a day for the price-sensitive type; a greeting
///   for the relationship type. The steps are those of the training handbook, the wording is ours.
#[must_use]
pub fn scripts_preset_ids() -> [&'static str; 1] {
    PRESETS.names()
}

/// An embedded document of scripts by its id.
#[must_use]
pub fn scripts_preset(id: &str) -> Option<ScriptsDocument> {
    PRESETS.document(id)
}
