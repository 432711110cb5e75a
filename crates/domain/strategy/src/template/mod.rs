//! Strategy templates: what to do for whom, by whom, with what, and what must come of it.
mod id;
mod policy;
mod presets;
mod read;
mod reason;
mod select;
mod selected;
mod spec;
mod target;
mod texts;

pub use id::{LanguageId, MeasureId, MetricId, SelectorCode, TemplateId};
pub use policy::{MAX_TEMPLATES, Measure, StrategiesDocument, StrategyPolicy, Template};
pub use presets::{strategy_preset, strategy_preset_ids};
pub use reason::StrategyReason;
pub use select::select;
pub use selected::{Selected, SelectionCounts};
pub use spec::{MeasureSpec, SelectorsSpec, StrategiesSpec, TemplateKind, TemplateSpec};
pub use target::{Direction, Meant, Target, TargetError, TargetSpec};
pub use texts::{Texts, TextsError};
