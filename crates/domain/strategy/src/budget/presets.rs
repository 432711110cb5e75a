use guanxi_policy::Embedded;

use super::spec::BudgetDocument;

const PRESETS: Embedded<1> =
    Embedded::new([("standard", include_str!("../../presets/budget-standard.json"))]);

/// The ids of the embedded budget policies.
///
/// - `standard`: strategic 30 to 40 %, key 25 to 30 %, potential 15 to 20 %, normal and to-optimise together
///   10 to 15 %, as the customer-strategy framework states them. To divide the amounts among customers by
///   their composite score, and the joint band by the sums of these, is our choice.
#[must_use]
pub fn budget_preset_ids() -> [&'static str; 1] {
    PRESETS.names()
}

/// An embedded budget policy by its id.
#[must_use]
pub fn budget_preset(id: &str) -> Option<BudgetDocument> {
    PRESETS.document(id)
}
