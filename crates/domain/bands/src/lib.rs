//! From a score to a class: exhaustive, ordered bands by their lower bounds, and classes that do not
//! flap.
//!
//! One component for tiers, grades, risk levels and membership levels. A band is inclusive at its
//! floor and ends below the next one's, so every score falls in exactly one band: 89.60 belongs to
//! the band from 70 if the next begins at 90. [`settle`] lets a class follow its score only as far and
//! as soon as a rule allows: with margins, dwell, grace, limits of steps and days of review.
//! [`calibrate`] proposes the floors at which each class holds a given share of a population, from
//! the [`Histogram`] of its scores alone; [`by_rank`] assigns those shares outright.
//! Pure: time is an argument, and state goes in and comes out.
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
mod presets;
mod quotient;
mod rank;
mod reason;
mod review;
mod rule;
mod settle;
mod spec;
mod state;
mod targets;

pub use bands::{Bands, BandsError};
pub use calibrate::{CalibrateError, CalibratedClass, Calibration, Finding, Flow, Held, Tie, calibrate};
pub use histogram::{Histogram, HistogramError};
pub use presets::{labels, preset, preset_ids};
pub use quotient::Quotient;
pub use rank::{Ranked, RankedClass, RankedTie, TieRule, by_rank};
pub use reason::{Labelled, SettleReason};
pub use review::{Review, ReviewDay, ReviewDayError};
pub use rule::{MAX_DAYS, SettleDocument, SettleRule, lint};
pub use settle::{Settled, Settling, settle};
pub use spec::{DownSpec, ReviewsSpec, SettleSpec, UpSpec, When};
pub use state::{Pin, SettleState, SettleStateError};
pub use targets::{Targets, TargetsError};
