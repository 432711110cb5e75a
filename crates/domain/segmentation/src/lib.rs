//! Which class of customers does this one belong to, by contribution and behaviour?
//!
//! Four answers, each over a whole population: [`Abc`] classes by contribution, [`Rfm`] scores of recency,
//! frequency and monetary value with their segments, [`ValueSegments`] by ordered rules over facts, and
//! [`Concentration`] (Gini, Herfindahl-Hirschman, top shares). Rules are documents; populations are observed
//! in parts that merge in any order, and sorted once.
//!
//! Pure: the same facts, policy and `as_of` give the same decisions, in whatever order the customers come. Sums,
//! shares and comparisons are exact; what is shown is rounded once. Missing is never zero: who lacks a fact has a row of
//! its own. Not here: how facts are made of events (see `guanxi-customer`), scores and tiers (see
//! `guanxi-scoring`), and what to do for a class.
//!
//! ```
//! use guanxi_core::{FactMap, FactValue, Facts, SubjectId, fact_id, parse_instant};
//! use guanxi_segmentation::{abc_preset, labels, segment_abc};
//!
//! let policy = abc_preset("standard").ok_or("no such preset")?;
//! let customer = |revenue: i64| FactMap::new().with(fact_id!("revenue"), FactValue::Int(revenue), None);
//! let facts = [customer(600), customer(250), customer(100), customer(50), FactMap::new()];
//! let ids: Vec<SubjectId> = ["C1", "C2", "C3", "C4", "C5"].iter().map(|id| id.parse()).collect::<Result<_, _>>()?;
//! let population: Vec<(&SubjectId, &dyn Facts)> = ids.iter().zip(facts.iter().map(|facts| facts as &dyn Facts)).collect();
//!
//! let segmented = segment_abc(&policy, &population, parse_instant("2026-06-30")?);
//! let classes: Vec<Option<&str>> =
//!     segmented.decisions.iter().map(|decision| decision.outcome.class.as_ref().map(|class| class.as_str())).collect();
//! assert_eq!(classes, [Some("a"), Some("a"), Some("b"), Some("c"), None]);
//!
//! let english = labels("en").ok_or("no such language")?;
//! let why: Vec<String> = segmented.decisions[2].reasons.iter().map(|reason| reason.text(&english)).collect();
//! assert_eq!(why, [
//!     "Class B: 100 is rank 3; 85 % of the total lies before it, 95 % with it; the class runs from 70 % to below 95 %",
//!     "150 less than the least of class A (250)",
//! ]);
//! assert_eq!(segmented.report.concentration.gini.map(|gini| gini.to_string()), Some("0.45".into()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "proptest"))]
extern crate std;

mod abc;
mod abc_report;
mod abc_spec;
#[cfg(feature = "proptest")]
pub mod arbitrary;
mod concentration;
mod expected;
mod id;
mod input;
mod merge;
mod number;
mod presets;
mod purchases;
mod reason;
mod rfm;
mod rfm_map;
mod rfm_score;
mod rfm_spec;
mod value;
mod value_spec;
mod whole;

pub use abc::{Abc, AbcOutcome, AbcPopulation, Unclassified};
pub use abc_report::{AbcReport, ClassRow};
pub use abc_spec::{AbcDocument, AbcPolicy, AbcSpec, BlendSpec, By, ClassSpec, MAX_BLENDED, MAX_CLASSES};
pub use concentration::{Amounts, Concentration, NoConcentration, TopShare};
pub use expected::{Compared, Expected, Verdict};
pub use id::{ClassId, SegmentId};
pub use merge::MergeError;
pub use number::Fraction;
pub use presets::{
    abc_preset, abc_preset_ids, labels, rfm_preset, rfm_preset_ids, value_preset, value_preset_ids,
};
pub use purchases::Order;
pub use reason::{Against, Reason};
pub use rfm::{Rfm, RfmOutcome, RfmPopulation, RfmReport, SegmentRow};
pub use rfm_spec::{Axis, AxisSpec, CellsSpec, RfmDocument, RfmPolicy, RfmSpec, SegmentSpec, Ties};
pub use value::{
    Group, GroupRow, ValueOutcome, ValuePopulation, ValueReport, ValueRow, ValueSegments, ValueTally,
};
pub use value_spec::{
    Bound, Comparison, ConditionSpec, MAX_RULES, RuleSpec, ValueDocument, ValuePolicy, ValueSpec,
};
pub use whole::{Segmented, segment_abc, segment_rfm, segment_value};
