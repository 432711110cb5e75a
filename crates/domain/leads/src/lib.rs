//! How good is this lead, and what becomes of it?
//!
//! Pure: a score is a fold over a ledger, and always equals the sum of its lines; time is an argument.
//! Not here: who gets the lead (see `guanxi-routing`).
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "proptest"))]
extern crate std;

mod half_life;
mod points;

pub use points::{Points, PointsError};
