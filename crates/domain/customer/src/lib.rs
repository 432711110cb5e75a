//! Under way.
#![no_std]
