//! What every public type of the planner can do.
use guanxi_strategy::{
    Action, ActionKey, ActionRecord, ActionSpec, Actions, ActionsDocument, ActionsSpec, CancelCause,
    Cancelled, CapSpec, Change, ChannelId, Cycle, EscalationSpec, Finished, LegalBasisId, MaxRunsSpec, Moved,
    NotPlanned, Period, Plan, PlanItem, PlanReason, PlanState, Progress, Purpose, QueueId, QuietHours, Step,
    StepId, StepSpec, Stops, Suppressed, Suppression, Suppressor, SuppressorId, SuppressorSpec, Trigger,
    TriggerSpec, Unknown, WorkEntry, WorkRefusal, Workload, WorkloadRow, action_kinds, actions_preset,
    actions_preset_ids, labels,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

fn data<T: Clone + std::fmt::Debug + PartialEq + Send + Sync + 'static>() {}
fn wire<T: Clone + std::fmt::Debug + PartialEq + Send + Sync + Serialize + DeserializeOwned>() {}

macro_rules! all {
    ($check:ident: $($name:ty)*) => {$($check::<$name>();)*};
}

#[test]
fn every_type_is_plain_data() {
    all!(data: Action Actions ActionsDocument Step Stops Suppressor Trigger Workload);
    all!(wire: ActionKey ActionRecord ActionSpec ActionsSpec CancelCause Cancelled CapSpec Change ChannelId Cycle
        EscalationSpec Finished LegalBasisId MaxRunsSpec Moved NotPlanned Period Plan PlanItem
        PlanReason PlanState Progress Purpose QueueId QuietHours StepId StepSpec Suppressed Suppression SuppressorId
        SuppressorSpec TriggerSpec Unknown WorkEntry WorkRefusal WorkloadRow);
}

#[test]
fn presets_have_all_their_labels() {
    for lang in ["en", "zh-CN"] {
        let pack = labels(lang).unwrap();
        for document in actions_preset_ids().map(|id| actions_preset(id).unwrap()) {
            for action in document.body().actions() {
                let steps = action.steps().iter().filter(|step| step.id().as_str() != "main");
                let names = steps.map(|step| format!("step.{}", step.id()));
                for name in names.chain([
                    format!("action.{}", action.id()),
                    format!("purpose.{}", action.purpose().code()),
                ]) {
                    assert!(pack.get(&name).is_some(), "{lang}: {name}");
                }
                let rungs = action.escalation().iter().map(|rung| rung.to.clone());
                let owners = action
                    .steps()
                    .iter()
                    .flat_map(|step| step.owner().cases().iter().map(|case| case.then().clone()));
                for role in rungs.chain(owners) {
                    assert!(pack.get(&format!("role.{role}")).is_some(), "{lang}: role.{role}");
                }
            }
            for own in document.body().suppressors() {
                assert!(pack.get(&format!("suppressor.{}", own.id())).is_some(), "{lang}: {}", own.id());
            }
        }
    }
}

#[test]
fn the_table_of_work_is_whole() {
    use WorkEntry::{Cancelled, Done, DuePassed, DuePutOff, PartlyDone, Started};
    let mut told = String::new();
    for from in Progress::ALL {
        for entry in [Started, PartlyDone, Done, Cancelled, DuePassed, DuePutOff] {
            let to = from.after(entry, Progress::InProgress);
            told += &format!("{} {entry:?}: {to:?}\n", from.code());
        }
    }
    insta::assert_snapshot!(told);
    assert_eq!(action_kinds::all().len(), 4);
}
