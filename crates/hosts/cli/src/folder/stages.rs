//! Along which life cycle customers move, and what makes a party a lead: `[stages]`.
use guanxi::core::AttributeId;
use guanxi::lifecycle::preset_ids;
use guanxi::policy::Node;

use super::PolicyChoice;
use super::settings::text;

/// What the folder says of stages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StageChoices {
    /// The definition; the preset of five stages, if left out.
    pub(crate) definition: Option<PolicyChoice>,
    /// Attributes of parties that only leads have, such as their source and owner: the funnel is counted
    /// by each.
    pub(crate) leads: Vec<AttributeId>,
}

impl StageChoices {
    /// Reads the table; a name that is no document must be a preset.
    pub(super) fn read(node: &Node<'_>) -> Self {
        let fields = node.fields(&["definition", "leads"]);
        let definition = fields.optional("definition").and_then(|node| {
            let chosen = PolicyChoice::named(text(&node)?);
            match &chosen {
                PolicyChoice::Preset(id) if !preset_ids().contains(&id.as_str()) => {
                    let presets = preset_ids().join(", ");
                    node.refuse(
                        "unknown_name",
                        format!("{presets}, or a document of the folder: \"stages.toml\""),
                    );
                    None
                }
                _ => Some(chosen),
            }
        });
        let leads = fields.optional("leads").and_then(|node| node.items()).unwrap_or_default();
        Self { definition, leads: leads.iter().filter_map(Node::get).collect() }
    }
}
