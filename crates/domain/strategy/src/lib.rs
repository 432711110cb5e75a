//! What should we do for this customer, who does it, by when, at what budget, and did it work?
//!
//! Pure: the same templates, facts, history, calendar and instant give the same plan; planning twice,
//! late or after a crash creates nothing twice and forgets nothing. Not here: sending anything, and
//! who in a team gets it (see `guanxi-routing`).
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod action;
#[cfg(feature = "proptest")]
pub mod arbitrary;
mod budget;
mod id;
mod labels;
mod lint;
mod outcome;
mod plan;
mod run;
mod script;
mod template;

pub use action::{
    Action, ActionSpec, Actions, ActionsDocument, ActionsSpec, CapSpec, Case, CaseSpec, Cases, CasesSpec,
    ChannelId, EscalationSpec, LegalBasisId, MAX_ACTIONS, MAX_STEPS, MAX_SUPPRESSORS, MaxRunsSpec, Period,
    Purpose, QueueId, QuietHours, Step, StepId, StepSpec, StopOnSpec, Stops, Suppressor, SuppressorId,
    SuppressorSpec, Trigger, TriggerSpec, Unknown, action_kinds, actions_preset, actions_preset_ids,
};
pub use budget::{
    Allocation, BandBudget, BandSpend, Budget, BudgetBandId, BudgetBandSpec, BudgetDocument, BudgetError,
    BudgetPolicy, BudgetReason, BudgetSpec, BudgetVerdict, CustomerBudget, CustomerSpend, DivideBy,
    ExactShare, ExactShareError, MAX_BUDGET_BANDS, ShareRule, SpendError, SpendReport, Spending, SpentOn,
    TierBudget, TierSpend, Undivided, WhenEmpty, WithoutAmount, allocate, budget_preset, budget_preset_ids,
    compare_spend, lint_budget,
};
pub use id::{ActionId, RoleId};
pub use labels::labels;
pub use lint::{LintContext, lint_actions, lint_strategies};
pub use outcome::{
    Breakdown, CountedRate, Effect, Execution, ExecutionRecord, ExecutionRecordSpec, ExecutionRecords,
    Executions, Figure, FigureError, MetricEffects, RecordError, RecordId, Remark, RemarkError,
};
pub use plan::{
    ActionRecord, Cancelled, Change, Finished, Moved, NotPlanned, Plan, PlanGiven, PlanItem, PlanReason,
    PlanState, PlanStateError, Suppressed, Suppression, Workload, WorkloadRow, plan, plan_ahead,
};
pub use run::{ActionKey, ActionKeyError, CancelCause, Cycle, Progress, WorkEntry, WorkRefusal};
pub use script::{
    MAX_SCRIPTS, MAX_SLOTS, MAX_TALK_STEPS, RenderedScript, RenderedStep, Script, ScriptError, ScriptId,
    ScriptReason, ScriptSpec, Scripts, ScriptsDocument, ScriptsSpec, Side, Situation, SituationsSpec,
    SlotFault, SlotId, SlotKind, SlotProblem, SlotValue, SlotValues, TalkStepSpec, choose_script,
    lint_scripts, render_script, scripts_preset, scripts_preset_ids,
};
pub use template::{
    Direction, LanguageId, MAX_TEMPLATES, Meant, Measure, MeasureId, MeasureSpec, MetricId, Selected,
    SelectionCounts, SelectorCode, SelectorsSpec, StrategiesDocument, StrategiesSpec, StrategyPolicy,
    StrategyReason, Target, TargetError, TargetSpec, Template, TemplateId, TemplateKind, TemplateSpec, Texts,
    TextsError, select, strategy_preset, strategy_preset_ids,
};
