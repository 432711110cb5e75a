//! From a score to a class: exhaustive, ordered bands by their lower bounds.
//!
//! One component for tiers, grades, risk levels and membership levels. A band is inclusive at its
//! floor and ends below the next one's, so every score falls in exactly one band: 89.60 belongs to
//! the band from 70 if the next begins at 90. Pure: no state, no clock.
//! [`calibrate`] proposes the floors at which each class holds a given share of a population, from
//! the [`Histogram`] of its scores alone; [`by_rank`] assigns those shares outright.
//! Not here: what a class means or what to do for it.
//!
//! ```
//! use guanxi_bands::Bands;
//! let bands = Bands::new(vec![("low", "0".parse()?), ("high", "70".parse()?), ("top", "90".parse()?)])?;
//! assert_eq!(*bands.of("89.60".parse()?), "high");
//! let (next, floor) = bands.above("89.60".parse()?).ok_or("no band above")?;
//! assert_eq!((*next, floor.to_string()), ("top", "90.00".to_owned()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

#[cfg(feature = "proptest")]
pub mod arbitrary;
mod bands;
mod calibrate;
mod histogram;
mod quotient;
mod rank;
mod targets;

pub use bands::{Bands, BandsError};
pub use calibrate::{CalibrateError, CalibratedClass, Calibration, Finding, Flow, Held, Tie, calibrate};
pub use histogram::{Histogram, HistogramError};
pub use quotient::Quotient;
pub use rank::{Ranked, RankedClass, RankedTie, TieRule, by_rank};
pub use targets::{Targets, TargetsError};
