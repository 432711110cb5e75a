//! What to say: one wording for the whole company, with typed slots.
mod choose;
mod error;
mod id;
mod lint;
mod pattern;
mod presets;
mod read;
mod reason;
mod render;
mod slot;
mod spec;
mod words;

pub use choose::{Situation, choose_script};
pub use error::{ScriptError, SlotFault, SlotProblem};
pub use id::{ScriptId, SlotId};
pub use lint::lint_scripts;
pub use presets::{scripts_preset, scripts_preset_ids};
pub use reason::{ScriptReason, Side};
pub use render::{RenderedScript, RenderedStep, render_script};
pub use slot::{SlotKind, SlotValue, SlotValues};
pub use spec::{
    MAX_SCRIPTS, MAX_SLOTS, MAX_TALK_STEPS, Script, ScriptSpec, Scripts, ScriptsDocument, ScriptsSpec,
    SituationsSpec, TalkStepSpec,
};
