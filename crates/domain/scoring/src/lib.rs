//! Scores a customer's value, potential and need, and says why.
//!
//! Pure: same facts, same policy, same reference and same `as_of` give the same [`Assessment`], on
//! every platform. A score is an exact fraction, rounded half-up once; contributions add up to it.
//! Not here: storage, clocks, currency conversion, review rules over time (see `guanxi-bands`), what
//! to do for a tier.
//!
//! A [`Reference`] is made from a population, pinned, and compiled with a [`ScoringPolicy`] into a
//! [`Scorer`]:
//!
//! ```
//! use guanxi_core::{FactMap, FactValue, Level, parse_decimal, parse_instant};
//! use guanxi_scoring::{Given, Reference, Scorer, preset};
//!
//! let policy = preset("standard").ok_or("no such preset")?;
//! let as_of = parse_instant("2026-06-30")?;
//! let customer = |profit: &str, days: i64| -> Result<FactMap, Box<dyn std::error::Error>> {
//!     Ok(FactMap::new()
//!         .with("cumulative_profit".parse()?, FactValue::Decimal(parse_decimal(profit)?), None)
//!         .with("cooperation_days".parse()?, FactValue::Int(days), None)
//!         .with("industry_growth".parse()?, FactValue::Decimal(parse_decimal("0.07")?), None)
//!         .with("undeveloped_needs".parse()?, FactValue::Int(8), None)
//!         .with("total_needs".parse()?, FactValue::Int(9), None)
//!         .with("service_sensitivity".parse()?, FactValue::Level(Level::new(1, 5)?), None)
//!         .with("price_sensitivity".parse()?, FactValue::Level(Level::new(3, 5)?), None))
//! };
//! let population = [customer("285000", 2610)?, customer("1000000", 5400)?];
//!
//! let mut reference = Reference::new(&policy, as_of);
//! for facts in &population {
//!     reference.observe(&policy, facts);
//! }
//! let scorer = Scorer::new(&policy, &reference.pin("ours".parse()?, "2026H1".parse()?))?;
//!
//! let decision = scorer.assess(&population[0], &Given::default(), as_of);
//! assert_eq!(decision.outcome.composite.map(|composite| composite.to_string()), Some("56.48".to_owned()));
//!
//! let parts = scorer.explain(&population[0], as_of);
//! let largest = parts.iter().max_by_key(|part| part.points).ok_or("no indicator")?;
//! assert_eq!((largest.indicator.as_str(), largest.input.map(|x| x.to_string())), ("undeveloped_needs", Some("8".to_owned())));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

#[cfg(feature = "proptest")]
pub mod arbitrary;
mod asking;
mod assessment;
mod batch;
mod calibrate;
mod contributions;
mod dimension;
mod evaluate;
mod incremental;
mod input;
mod lift;
mod lint;
mod log_table;
mod number;
mod plan;
mod policy;
mod presets;
mod read;
mod reason;
mod reference;
mod scorer;
mod shape;
mod shares;
mod spec;

pub use assessment::{
    Assessment, Contribution, Explained, Given, InputState, Override, Ratio, RatioError, Standing, Tiers,
};
pub use batch::{
    Cell, CellError, Column, Columns, ColumnsError, Layout, Numbers, Results, RowScore, RowTier, ScoredRow,
    ScoredRows,
};
pub use calibrate::{TargetSharesError, WithBandsError, target_shares, with_bands};
pub use dimension::{ByDimension, Dimension};
pub use incremental::{Change, Drift, Incremental, Moved, ReferenceState, Scored, Update};
pub use lift::{Lift, LiftOption, LiftVerdict};
pub use lint::{dominant_shares, lint};
pub use log_table::LOG2;
pub use policy::{MAX_INDICATORS, MAX_TIERS, PolicyDocument, ScoringPolicy};
pub use presets::{labels, preset, preset_ids};
pub use reason::{Bound, Reason};
pub use reference::{MergeError, PinnedReference, Reference, ReferenceSpec, Statistic, StatisticsSpec};
pub use scorer::{Scorer, ScorerError};
pub use shares::{TierShare, Verdict, expected_shares};
pub use spec::{
    Direction, ExpectedShare, GreatestAge, IndicatorId, IndicatorSpec, MissingRule, Normaliser,
    ProspectsSpec, ScoreRange, ScoringSpec, StaleRule, Step, TierSpec,
};
