//! The crate against an oracle that was written from the method's page alone: plain fractions of big
//! integers over JSON, one line of the page after the other.
#![cfg(test)]

mod compare;
mod log2;
mod method;
mod ordinary;
mod population;
mod random;
mod ratio;
mod runs;
mod worked;
