//! The whole customer base at once: who is in which tier, who is in danger, who could be won.
//!
//! Pure: a population of assessed customers in, tables, lists and proposals out, in the same order whatever the
//! order of the input. Rules are plain and said as such: nothing here is a prediction.
//! Not here: assessing single customers (see `guanxi-scoring`), reviews over time, goals.
//!
//! ```
//! use guanxi_core::{FactMap, FactValue, Score, parse_instant};
//! use guanxi_portfolio::{Member, Population, Questions};
//! use guanxi_scoring::{Given, Reference, Scorer, preset};
//!
//! let policy = preset("assessed").ok_or("no such preset")?;
//! let as_of = parse_instant("2026-06-30")?;
//! let reference = Reference::new(&policy, as_of).pin("none".parse()?, "1".parse()?);
//! let scorer = Scorer::new(&policy, &reference)?;
//! let score = |points: i64| FactValue::Decimal(points.into());
//! let facts = FactMap::new()
//!     .with("value_score".parse()?, score(92), None)
//!     .with("potential_score".parse()?, score(88), None)
//!     .with("need_score".parse()?, score(85), None)
//!     .with("revenue".parse()?, score(1_000), None);
//! let decision = scorer.assess(&facts, &Given::default(), as_of);
//! let population = Population::new(&policy, vec![Member { subject: "C1".parse()?, decision, facts }])?;
//!
//! let board = population.board(&Questions::standard());
//! let key = board.tiers.iter().find(|row| row.tier.as_str() == "key").ok_or("no such tier")?;
//! assert_eq!((key.share.count, key.group.composite.map(Score::hundredths)), (1, Some(8940)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

#[cfg(feature = "proptest")]
pub mod arbitrary;
mod board;
mod calibrate;
mod labels;
mod list;
mod note;
mod population;

pub use board::{Board, Group, TierRow};
pub use calibrate::{TierCalibration, TierCalibrationError, TierChange};
pub use labels::labels;
pub use list::{CleanUp, Endangered, Prospect};
pub use note::{MissingInput, Note};
pub use population::{Member, Population, PopulationError, Questions};
