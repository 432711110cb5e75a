//! Working time: when is it open, when is something due, and how long did it take?
//!
//! Pure: calendars are documents, time and zone are arguments, and asking past the horizon of a
//! calendar is an error, not a guess. Not here: the holidays of any country, which a host supplies.
#![no_std]
