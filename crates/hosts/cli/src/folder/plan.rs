//! What is to be done for customers, and by which working time: `[plan]`.
use chrono::{DateTime, FixedOffset, Utc};
use guanxi::policy::Node;
use guanxi::strategy::actions_preset_ids;

use super::PolicyChoice;
use super::settings::{instant, text};

/// What the folder says of the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PlanChoice {
    /// The actions; the preset `standard`, if left out.
    pub(crate) actions: Option<PolicyChoice>,
    /// The calendars that working time is of; the preset `five-day`, if left out.
    pub(crate) calendars: Vec<PolicyChoice>,
    /// From when on what happened calls for actions; the instant of the review, if left out.
    pub(crate) since: Option<DateTime<Utc>>,
}

impl PlanChoice {
    /// Reads the table; a name that is no document must be a preset.
    pub(super) fn read(node: &Node<'_>, offset: FixedOffset) -> Self {
        let fields = node.fields(&["actions", "calendars", "since"]);
        let actions = fields.optional("actions").and_then(|node| choice(&node, &actions_preset_ids()));
        let calendars = fields.optional("calendars").and_then(|node| node.items()).unwrap_or_default();
        let presets = guanxi::calendar::preset_ids();
        let calendars = calendars.iter().filter_map(|node| choice(node, &presets)).collect();
        let since = fields.optional("since").and_then(|node| instant(&node, offset));
        Self { actions, calendars, since }
    }

    /// All documents that the folder names, with where it does.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, &PolicyChoice)> {
        let calendars = self.calendars.iter().map(|choice| ("plan.calendars", choice));
        self.actions.iter().map(|choice| ("plan.actions", choice)).chain(calendars)
    }
}

fn choice(node: &Node<'_>, presets: &[&str]) -> Option<PolicyChoice> {
    let chosen = PolicyChoice::named(text(node)?);
    match &chosen {
        PolicyChoice::Preset(id) if !presets.contains(&id.as_str()) => {
            let presets = presets.join(", ");
            node.refuse("unknown_name", format!("{presets}, or a document of the folder: \"ours.toml\""));
            None
        }
        _ => Some(chosen),
    }
}
