use guanxi_policy::Document;

use super::policy::ActionsDocument;

const PRESETS: [(&str, &str); 1] = [("standard", include_str!("../../presets/actions-standard.json"))];

/// The ids of the embedded documents of actions.
///
/// - `standard`: a quarterly visit to strategic customers, follow-up of trials and of closed tickets, the ladder of
///   silence, renewal, falling use, birthdays and holidays, with what holds them back.
#[must_use]
pub fn actions_preset_ids() -> [&'static str; 1] {
    PRESETS.map(|(id, _)| id)
}

/// An embedded document of actions by its id.
#[must_use]
pub fn actions_preset(id: &str) -> Option<ActionsDocument> {
    let (_, json) = PRESETS.iter().find(|(preset, _)| *preset == id)?;
    Document::from_json(json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_sound() {
        for (id, json) in PRESETS {
            let document = ActionsDocument::from_json(json).unwrap_or_else(|error| panic!("{id}: {error}"));
            assert_eq!(document.head().id.as_str(), id);
        }
    }
}
