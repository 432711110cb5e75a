use guanxi_policy::Embedded;

use super::policy::StrategiesDocument;

const PRESETS: Embedded<1> =
    Embedded::new([("standard", include_str!("../../presets/strategies-standard.json"))]);

/// The ids of the embedded documents of strategies.
///
/// - `standard`: a strategy for each of the five tiers, how to look after the classes A, B and C, three
///   communication personas, four scenarios, and the standard of service for everybody; in English and Chinese.
///   The strategies with their roles, resources and targets are those of the method. Our choice are the targets of
///   the base standard, of a class A customer at risk (every renewal) and of the scenarios (a share of high-value
///   customers of 40 %, churn of 10 % at most), and that large potential begins at 70 points.
#[must_use]
pub fn strategy_preset_ids() -> [&'static str; 1] {
    PRESETS.names()
}

/// An embedded document of strategies by its id.
#[must_use]
pub fn strategy_preset(id: &str) -> Option<StrategiesDocument> {
    PRESETS.document(id)
}
