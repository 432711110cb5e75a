//! What should we do for this customer, who does it, by when, at what budget, and did it work?
//!
//! Pure: the same templates, facts, history, calendar and instant give the same plan; planning twice,
//! late or after a crash creates nothing twice and forgets nothing. Not here: sending anything, and
//! who in a team gets it (see `guanxi-routing`).
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

#[cfg(feature = "proptest")]
pub mod arbitrary;
mod labels;

pub use labels::labels;
