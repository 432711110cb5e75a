//! Who gets it: leads, customers, tickets, escalations?
//!
//! Pure: rotation and capacity are a state that goes in and comes out; the order of arrival is the
//! input, and time is an argument. Not here: how good a lead is (see `guanxi-leads`).
#![no_std]
