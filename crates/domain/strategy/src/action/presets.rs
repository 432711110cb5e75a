use guanxi_policy::Embedded;

use super::policy::ActionsDocument;

const PRESETS: Embedded<1> =
    Embedded::new([("standard", include_str!("../../presets/actions-standard.json"))]);

/// The ids of the embedded documents of actions.
///
/// - `standard`: a quarterly visit to strategic customers, follow-up of trials and of closed tickets, the ladder of
///   silence, renewal, falling use, birthdays and holidays, with what holds them back.
#[must_use]
pub fn actions_preset_ids() -> [&'static str; 1] {
    PRESETS.names()
}

/// An embedded document of actions by its id.
#[must_use]
pub fn actions_preset(id: &str) -> Option<ActionsDocument> {
    PRESETS.document(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_sound() {
        for id in actions_preset_ids() {
            assert_eq!(actions_preset(id).unwrap().head().id.as_str(), id);
        }
    }
}
