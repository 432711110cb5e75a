//! Does this hold for this customer now? Typed predicates as data, and why they hold or do not.
//!
//! Pure: the same condition, facts, events and instant give the same answer; time, zone and the first
//! day of the week are arguments. Not here: what follows from an answer (see `guanxi-lifecycle`,
//! `guanxi-leads` and `guanxi-routing`).
#![no_std]
