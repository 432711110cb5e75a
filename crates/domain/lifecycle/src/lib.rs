//! Which stage is this customer in, may it move, and what moved it?
//!
//! Pure: a state is what a definition makes of a ledger, in whatever order its events come; time is an
//! argument. Not here: what to do in a stage.
#![no_std]
