//! Which policies segment the customers: `[segments]`.
use guanxi::policy::Node;
use guanxi::segmentation::{abc_preset_ids, rfm_preset_ids, value_preset_ids};

use super::PolicyChoice;
use super::settings::text;

/// The policies of the segments, as far as the folder states them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SegmentChoices {
    /// Classes by contribution.
    pub(crate) abc: Option<PolicyChoice>,
    /// Scores of recency, frequency and monetary value.
    pub(crate) rfm: Option<PolicyChoice>,
    /// Segments by rules.
    pub(crate) value: Option<PolicyChoice>,
}

impl SegmentChoices {
    /// Reads the table; a name that is no document must be a preset of its kind.
    pub(super) fn read(node: &Node<'_>) -> Self {
        let fields = node.fields(&["abc", "rfm", "value"]);
        let choice = |name: &str, presets: &[&str]| {
            let node = fields.optional(name)?;
            let chosen = PolicyChoice::named(text(&node)?);
            match &chosen {
                PolicyChoice::Preset(id) if !presets.contains(&id.as_str()) => {
                    let presets = presets.join(", ");
                    node.refuse(
                        "unknown_name",
                        format!("{presets}, or a document of the folder: \"{name}.toml\""),
                    );
                    None
                }
                _ => Some(chosen),
            }
        };
        Self {
            abc: choice("abc", &abc_preset_ids()),
            rfm: choice("rfm", &rfm_preset_ids()),
            value: choice("value", &value_preset_ids()),
        }
    }

    /// What is stated, each with its key.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, &PolicyChoice)> {
        let stated = [("abc", &self.abc), ("rfm", &self.rfm), ("value", &self.value)];
        stated.into_iter().filter_map(|(key, choice)| Some((key, choice.as_ref()?)))
    }
}
