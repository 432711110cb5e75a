//! The kinds of documents that the program knows: all that it says of one stands here, in one place.
use guanxi::bands::{self, SettleRule};
use guanxi::calendar::{self, Overlay, SlaPolicy, WorkCalendar};
use guanxi::condition::Vocabulary;
use guanxi::core::Stamp;
use guanxi::customer::{self, TagPolicy};
use guanxi::leads::{self, LeadPolicy};
use guanxi::lifecycle::{self, Lifecycle};
use guanxi::policy::{Body, Document, DocumentSpec, Problem, Warning, nearest};
use guanxi::routing::{self, PoolPolicy, Roster, RoutingPolicy};
use guanxi::scoring::{self, PinnedReference, Reference, ScoringPolicy};
use guanxi::segmentation::{self, AbcPolicy, RfmPolicy, ValuePolicy};
use guanxi::strategy::{self, Actions, BudgetPolicy, LintContext, Scripts, StrategyPolicy};
use schemars::{JsonSchema, Schema, schema_for};
use serde_json::Value;

use crate::document::Tree;

/// What the body of a document that the program knows can do besides being read.
pub(crate) trait Known: Body<Spec: JsonSchema> {
    /// What users call the kind: `policy schema NAME`, and `NAME/ID` for a preset.
    const NAME: &'static str;

    /// The embedded documents.
    fn presets() -> Vec<&'static str> {
        Vec::new()
    }

    /// An embedded document by its id.
    fn preset(_id: &str) -> Option<Document<Self>> {
        None
    }

    /// What is legal but suspicious, looked at together with what lies beside the document.
    fn lint(_document: &Document<Self>, _beside: &Beside<'_>) -> Vec<Warning> {
        Vec::new()
    }
}

/// What a document is looked at together with; all of it may be missing.
#[derive(Clone, Copy, Default)]
pub(crate) struct Beside<'a> {
    /// The reference that a scoring policy would be used with.
    pub(crate) reference: Option<&'a PinnedReference>,
    /// The strategies, actions, calendars and customers that belong together.
    pub(crate) lint: LintContext<'a>,
}

macro_rules! known {
    ($($body:ty: $name:literal $(, $presets:path, $preset:path $(, $lint:expr)?)?;)*) => {$(
        impl Known for $body {
            const NAME: &'static str = $name;
            $(
                fn presets() -> Vec<&'static str> {
                    $presets().into()
                }
                fn preset(id: &str) -> Option<Document<Self>> {
                    $preset(id)
                }
                $(
                    fn lint(document: &Document<Self>, beside: &Beside<'_>) -> Vec<Warning> {
                        let lint: fn(&Document<Self>, &Beside<'_>) -> Vec<Warning> = $lint;
                        lint(document, beside)
                    }
                )?
            )?
        }
    )*};
}

known! {
    ScoringPolicy: "scoring", scoring::preset_ids, scoring::preset, |policy, beside| scoring::lint(policy, beside.reference);
    Reference: "reference";
    SettleRule: "settle", bands::preset_ids, bands::preset, |rule, _| bands::lint(rule);
    AbcPolicy: "abc", segmentation::abc_preset_ids, segmentation::abc_preset;
    RfmPolicy: "rfm", segmentation::rfm_preset_ids, segmentation::rfm_preset;
    ValuePolicy: "value", segmentation::value_preset_ids, segmentation::value_preset;
    TagPolicy: "tags", customer::tag_preset_ids, customer::tag_preset, |tags, _| customer::lint_tags(tags);
    Vocabulary: "vocabulary";
    Lifecycle: "lifecycle", lifecycle::preset_ids, lifecycle::preset, |stages, _| lifecycle::lint(stages);
    WorkCalendar: "calendar", calendar::preset_ids, calendar::preset, |days, _| calendar::lint_calendar(days);
    Overlay: "overlay";
    SlaPolicy: "sla", calendar::sla_preset_ids, calendar::sla_preset, |sla, _| calendar::lint_sla(sla);
    LeadPolicy: "leads", leads::preset_ids, leads::preset, |leads, _| leads::lint(leads);
    RoutingPolicy: "routing", routing::routing_preset_ids, routing::routing_preset, |ways, _| routing::lint_routing(ways);
    PoolPolicy: "pool", routing::pool_preset_ids, routing::pool_preset, |pool, _| routing::lint_pool(pool);
    Roster: "roster";
    StrategyPolicy: "strategies", strategy::strategy_preset_ids, strategy::strategy_preset, |own, beside| strategy::lint_strategies(own, &beside.lint);
    Actions: "actions", strategy::actions_preset_ids, strategy::actions_preset, |own, beside| strategy::lint_actions(own, &beside.lint);
    BudgetPolicy: "budget", strategy::budget_preset_ids, strategy::budget_preset, |budget, _| strategy::lint_budget(budget);
    Scripts: "scripts", strategy::scripts_preset_ids, strategy::scripts_preset, |scripts, _| strategy::lint_scripts(scripts);
}

/// A kind of document, whatever its body.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// What a document of the kind says in its field `schema`.
    pub(crate) schema: &'static str,
    pub(crate) presets: fn() -> Vec<&'static str>,
    /// The normal form of a preset.
    pub(crate) preset: fn(&str) -> Option<Value>,
    /// The normal form of a tree, or its problems.
    pub(crate) normal: fn(&Tree, &str) -> Result<Value, String>,
    /// What is to be said of a sound tree, or its problems.
    pub(crate) check: fn(&Tree, &str, &Beside<'_>) -> Result<Sound, String>,
    pub(crate) json_schema: fn() -> Schema,
}

/// A document that is sound.
pub(crate) struct Sound {
    pub(crate) stamp: Stamp,
    /// The preset of its name, if there is one.
    pub(crate) preset: Option<Stamp>,
    pub(crate) warnings: Vec<Warning>,
}

const fn kind<B: Known>() -> Kind {
    Kind {
        name: B::NAME,
        schema: B::SCHEMA,
        presets: B::presets,
        preset: |id| B::preset(id).map(|document| document.to_value()),
        normal: |tree, name| tree.document::<B>(name).map(|document| document.to_value()),
        check: |tree, name, beside| {
            let document = tree.document::<B>(name)?;
            let preset = B::preset(document.head().id.as_str()).map(|preset| preset.stamp());
            Ok(Sound { stamp: document.stamp(), preset, warnings: B::lint(&document, beside) })
        },
        json_schema: || schema_for!(DocumentSpec<B::Spec>),
    }
}

/// Every kind. The first is meant where nothing says which.
pub(crate) const KINDS: [Kind; 20] = [
    kind::<ScoringPolicy>(),
    kind::<Reference>(),
    kind::<SettleRule>(),
    kind::<AbcPolicy>(),
    kind::<RfmPolicy>(),
    kind::<ValuePolicy>(),
    kind::<TagPolicy>(),
    kind::<Vocabulary>(),
    kind::<Lifecycle>(),
    kind::<WorkCalendar>(),
    kind::<Overlay>(),
    kind::<SlaPolicy>(),
    kind::<LeadPolicy>(),
    kind::<RoutingPolicy>(),
    kind::<PoolPolicy>(),
    kind::<Roster>(),
    kind::<StrategyPolicy>(),
    kind::<Actions>(),
    kind::<BudgetPolicy>(),
    kind::<Scripts>(),
];

/// The kind of a name.
pub(crate) fn named(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// The kind that a tree says it is of; a scoring policy, if it says nothing. A kind that nobody knows is a
/// problem of the file.
pub(crate) fn of(tree: &Tree, name: &str) -> Result<&'static Kind, String> {
    let [first, ..] = &KINDS;
    let Some(given) = tree.kind() else { return Ok(first) };
    KINDS.iter().find(|kind| kind.schema == given).ok_or_else(|| {
        let schemas = KINDS.map(|kind| kind.schema);
        // What all have in common says nothing of which is meant.
        let word = given.strip_prefix("guanxi.").unwrap_or(given).split('/').next().unwrap_or(given);
        let words = KINDS.iter().filter_map(|kind| kind.schema.strip_prefix("guanxi.")?.split('/').next());
        let meant = nearest(word, words).map(|meant| format!(" (did you mean `guanxi.{meant}/1`?)"));
        let allowed = schemas.join(", ") + &meant.unwrap_or_default();
        let given = Value::from(given.chars().take(64).collect::<String>()).to_string();
        let problem = Problem { path: "schema".into(), code: "not_allowed", given, allowed };
        format!("{name}:{}: {problem}", tree.place("schema"))
    })
}
