//! What a document of scripts says.
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use guanxi_policy::{Document, Problems, check};
use serde::{Deserialize, Serialize};

use super::id::{ScriptId, SlotId};
use super::pattern::Pattern;
use super::slot::SlotKind;
use crate::action::{ChannelId, StepId};
use crate::template::{LanguageId, SelectorCode, Texts};

/// A document of scripts with its id, version, validity and fingerprint.
pub type ScriptsDocument = Document<Scripts>;

/// The most scripts of a document.
pub const MAX_SCRIPTS: usize = 500;
/// The most steps of a script.
pub const MAX_TALK_STEPS: usize = 20;
/// The most slots of a script.
pub const MAX_SLOTS: usize = 50;

/// What a document of scripts says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScriptsSpec {
    /// The languages that every text is written in, at least one, each once.
    pub languages: Vec<LanguageId>,
    /// 1 to 500 scripts. Of those that fit a situation equally well, the first is chosen.
    pub scripts: Vec<ScriptSpec>,
}

/// One script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScriptSpec {
    /// Its name.
    pub id: ScriptId,
    /// What it is called.
    pub title: Texts,
    /// The situations that it is for; any, if left out.
    #[serde(default, rename = "for", skip_serializing_if = "SituationsSpec::is_any")]
    pub situations: SituationsSpec,
    /// Its slots by name, with the kind of value that each takes; at most 50.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub slots: BTreeMap<SlotId, SlotKind>,
    /// 1 to 20 steps, in the order in which they are said.
    pub steps: Vec<TalkStepSpec>,
}

/// The situations that a script is for: of each side any, if it is left out, else one of 1 to 50 codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SituationsSpec {
    /// Communication personas, such as `efficiency`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persona: Vec<SelectorCode>,
    /// Stages of the life cycle, such as `awareness`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stage: Vec<SelectorCode>,
    /// Channels, such as `email`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channel: Vec<ChannelId>,
    /// Scenarios, such as `complaint`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scenario: Vec<SelectorCode>,
}

impl SituationsSpec {
    /// Whether every situation fits.
    #[must_use]
    pub const fn is_any(&self) -> bool {
        self.persona.is_empty()
            && self.stage.is_empty()
            && self.channel.is_empty()
            && self.scenario.is_empty()
    }
}

/// One step of a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TalkStepSpec {
    /// Its name.
    pub id: StepId,
    /// What it is for; said to nobody.
    pub aim: Texts,
    /// What is said: `{slot}` is a slot, `{{` and `}}` are braces.
    pub text: Texts,
}

/// What a document of scripts says, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scripts {
    pub(super) spec: ScriptsSpec,
    pub(super) scripts: Vec<Script>, // INVARIANT: those of `spec`, in their order
}

/// A checked script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    pub(super) spec: ScriptSpec,
    /// The patterns of the steps, by language; every slot that they name is declared.
    pub(super) patterns: Vec<BTreeMap<LanguageId, Pattern>>,
}

impl Scripts {
    /// The languages that every text is written in.
    #[must_use]
    pub fn languages(&self) -> &[LanguageId] {
        &self.spec.languages
    }

    /// The scripts, in the order of the document.
    #[must_use]
    pub fn scripts(&self) -> &[Script] {
        &self.scripts
    }

    /// A script by its name.
    #[must_use]
    pub fn script(&self, id: &ScriptId) -> Option<&Script> {
        self.scripts.iter().find(|script| script.spec.id == *id)
    }
}

impl Script {
    /// What the script says.
    #[must_use]
    pub const fn spec(&self) -> &ScriptSpec {
        &self.spec
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> &ScriptId {
        &self.spec.id
    }

    /// Its slots, with the kind of value that each takes.
    #[must_use]
    pub const fn slots(&self) -> &BTreeMap<SlotId, SlotKind> {
        &self.spec.slots
    }
}

impl TryFrom<&ScriptsSpec> for Scripts {
    type Error = Problems;

    fn try_from(spec: &ScriptsSpec) -> Result<Self, Problems> {
        check(&serde_json::to_value(spec).unwrap_or_default(), guanxi_policy::Body::read)
    }
}
