//! How good is this lead, and what becomes of it?
//!
//! A lead's [`score`] is a fold over what is known of it and what happened: *fit* and *engagement*, each with
//! a ledger of points whose lines add up to its total, to the last digit. Rules, decay, caps, bands and
//! grades are a document. [`plan_conversion`] turns a lead into a customer and contacts as a plan of data
//! that can be undone.
//!
//! Pure: the same facts, events, policy and `as_of` give the same score, in whatever order and however often
//! the events come; time is an argument, and what time alone will change has its instant. Not here: who gets
//! the lead (see `guanxi-routing`), its stages (see `guanxi-lifecycle`), and telling apart names that only
//! resemble each other.
//!
//! ```
//! use guanxi_core::{Event, FactMap, FactValue, fact_id, parse_instant};
//! use guanxi_leads::{LeadGiven, LeadLedger, labels, preset, score};
//!
//! let policy = preset("standard").ok_or("no such preset")?;
//! let yes = |facts: FactMap, id| facts.with(id, FactValue::Bool(true), None);
//! let facts = yes(yes(FactMap::new(), fact_id!("need_identified")), fact_id!("budget_confirmed"));
//! let ledger: LeadLedger = serde_json::from_str(r#"{"events": [
//!     {"id": "E1", "subject": "L1", "kind": "contact.replied", "occurred_at": "2026-06-28T09:00:00Z"},
//!     {"id": "E2", "subject": "L1", "kind": "demo.given", "occurred_at": "2026-06-29T09:00:00Z"}
//! ]}"#)?;
//!
//! let given = LeadGiven { facts: &facts, ledger: &ledger, overridden: None };
//! let decision = score(&policy, &given, parse_instant("2026-06-30")?);
//! // A fit of 55 by 0.6 and an engagement of 20 by 0.4.
//! assert_eq!(decision.outcome.score.to_string(), "41.00");
//! let english = labels("en").ok_or("no such language")?;
//! assert_eq!(decision.reasons[0].text(&english), "Score 41.00: fit 55.00 weighs 60 %, engagement 20.00 weighs 40 %");
//! // Three days after the last interaction the lead is silent.
//! assert_eq!(decision.next_change, Some(parse_instant("2026-07-02T09:00:00Z")?));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "proptest"))]
extern crate std;

mod answers;
#[cfg(feature = "proptest")]
pub mod arbitrary;
mod cap;
mod change;
mod combine;
mod convert;
mod convert_reason;
mod decay;
mod directory;
mod explain;
mod fold;
mod half_life;
mod id;
mod key;
mod lead;
mod ledger;
mod line;
mod lint;
mod matrix;
mod overridden;
mod plan;
mod points;
mod policy;
mod presets;
mod range;
mod read;
mod read_rules;
mod reason;
mod score;
mod spec;

pub use cap::CapSpec;
pub use change::MAX_LOOKS;
pub use convert::{Conversion, ConversionState, Converting, Duplicate, Resolution, plan_conversion};
pub use convert_reason::ConversionReason;
pub use directory::{Applied, ApplyError, Directory};
pub use guanxi_core::Added;
pub use id::{BandId, FlagId, GradeId, GroupId, KeyKind, LevelId, RuleId};
pub use key::{CustomerKind, ExactKey, KeyValue, KeyValueError};
pub use lead::{CHANNELS, Lead, LeadContact};
pub use ledger::LeadLedger;
pub use line::Line;
pub use lint::lint;
pub use matrix::Grades;
pub use overridden::{LeadOverride, LeadOverrideError};
pub use plan::{ConversionPlan, NewParty, Step};
pub use points::{Points, PointsError};
pub use policy::{LeadPolicy, LeadPolicyDocument};
pub use presets::{labels, preset, preset_ids};
pub use read::{MAX_LEVELS, MAX_POINTS, MAX_RULES};
pub use reason::{LeadReason, PartOfScore};
pub use score::{Computed, LeadGiven, LeadScore, Part, score};
pub use spec::{
    BandSpec, CapsSpec, CellSpec, DecaySpec, DisqualifySpec, DuplicatesSpec, EngagementRuleSpec,
    EngagementSpec, FitConditionSpec, FitSpec, FlagSpec, GradesSpec, KeySpec, LeadSpec, LevelSpec,
    PartWeightsSpec, StepSpec, Verdict,
};
