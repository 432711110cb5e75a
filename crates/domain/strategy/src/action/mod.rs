//! What is to be done, and what calls for it: action templates as data.
mod cases;
mod id;
mod period;
mod policy;
mod presets;
mod read;
mod read_action;
mod spec;
mod trigger;

pub use cases::{Case, CaseSpec, Cases, CasesSpec};
pub use id::{ChannelId, LegalBasisId, QueueId, StepId, SuppressorId};
pub use period::Period;
pub use policy::{Action, Actions, ActionsDocument, Step, Stops, Suppressor};
pub(crate) use policy::{Guard, NO_CONSENT_RULE, NO_LEGAL_BASIS};
pub use presets::{actions_preset, actions_preset_ids};
pub use spec::{
    ActionSpec, ActionsSpec, CapSpec, EscalationSpec, MAX_ACTIONS, MAX_STEPS, MAX_SUPPRESSORS, MaxRunsSpec,
    Purpose, QuietHours, StepSpec, StopOnSpec, SuppressorSpec, TriggerSpec, Unknown, action_kinds,
};
pub(crate) use trigger::Call;
pub use trigger::Trigger;
