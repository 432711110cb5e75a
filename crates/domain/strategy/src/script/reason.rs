//! Why this script, and what it was filled with; never with which values.
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use chrono::{DateTime, Utc};
use guanxi_core::{Arg, ReasonCode};
use guanxi_policy::LabelPack;
use serde::{Deserialize, Serialize};

use super::id::{ScriptId, SlotId};
use super::slot::SlotKind;

/// A side of a situation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The communication persona.
    Persona,
    /// The stage of the life cycle.
    Stage,
    /// The channel.
    Channel,
    /// The scenario.
    Scenario,
}

impl Side {
    /// All sides, in the order of a document.
    pub const ALL: [Self; 4] = [Self::Persona, Self::Stage, Self::Channel, Self::Scenario];

    /// The code, as it is written.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Persona => "persona",
            Self::Stage => "stage",
            Self::Channel => "channel",
            Self::Scenario => "scenario",
        }
    }
}

/// One reason of a choice or a rendering. They come in the order of the variants, scripts in the order of the
/// document, slots by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScriptReason {
    /// The document is not in force at the instant; it answers all the same.
    ScriptsNotInForce {
        /// From when it is.
        from: Option<DateTime<Utc>>,
        /// The first instant at which it no longer is.
        to: Option<DateTime<Utc>>,
    },
    /// The script that asks for most of what the situation is.
    Chosen {
        /// The script.
        script: ScriptId,
        /// The sides that it asks for.
        asks: Vec<Side>,
    },
    /// No script fits.
    NoneFits,
    /// Another script fits as well and asks for as much, but stands later in the document.
    AsGood {
        /// The script.
        script: ScriptId,
    },
    /// Another script fits as well, but asks for less.
    LessSpecific {
        /// The script.
        script: ScriptId,
    },
    /// A script that would fit but for one side.
    Near {
        /// The script.
        script: ScriptId,
        /// The side.
        side: Side,
        /// Whether the situation says nothing of this side; else it says something else.
        unknown: bool,
    },
    /// A slot was filled.
    Filled {
        /// The slot.
        slot: SlotId,
        /// With a value of which kind.
        kind: SlotKind,
    },
}

impl ScriptReason {
    /// The reason in words; its templates are `script.CODE`.
    #[must_use]
    pub fn text(&self, pack: &LabelPack) -> String {
        let mut args = self.args();
        if let Self::Chosen { asks, .. } = self {
            let sides: Vec<&str> = asks.iter().map(|side| pack.label("script_side", side.code())).collect();
            let joined = if sides.is_empty() {
                pack.label("script_word", "nothing").into()
            } else {
                sides.join(pack.label("script_word", "and"))
            };
            args.push(("asks", Arg::Text(joined)));
        }
        pack.fill("script", self.code(), &args)
    }
}

impl ReasonCode for ScriptReason {
    fn code(&self) -> &'static str {
        match self {
            Self::ScriptsNotInForce { .. } => "scripts_not_in_force",
            Self::Chosen { .. } => "chosen",
            Self::NoneFits => "none_fits",
            Self::AsGood { .. } => "as_good",
            Self::LessSpecific { .. } => "less_specific",
            Self::Near { .. } => "near",
            Self::Filled { .. } => "filled",
        }
    }

    fn args(&self) -> Vec<(&'static str, Arg)> {
        let script = |id: &ScriptId| ("script", Arg::Label("script_id", id.to_string()));
        let instant =
            |at: &Option<DateTime<Utc>>| at.map_or_else(|| Arg::Text("–".to_string()), Arg::Instant);
        match self {
            Self::ScriptsNotInForce { from, to } => [("from", instant(from)), ("to", instant(to))].into(),
            Self::Chosen { script: id, .. }
            | Self::AsGood { script: id }
            | Self::LessSpecific { script: id } => [script(id)].into(),
            Self::NoneFits => Vec::new(),
            Self::Near { script: id, side, unknown } => [
                script(id),
                ("side", Arg::Label("script_side", side.code().to_string())),
                ("why", Arg::Label("script_near", if *unknown { "unknown" } else { "other" }.to_string())),
            ]
            .into(),
            Self::Filled { slot, kind } => [
                ("slot", Arg::Text(slot.to_string())),
                ("kind", Arg::Label("script_slot", kind.code().to_string())),
            ]
            .into(),
        }
    }
}
