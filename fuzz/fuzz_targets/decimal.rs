//! Decimals, beside a slow reading by big integers: accepted exactly where the exact value fits.
#![no_main]

#[path = "../../crates/domain/core/tests/laws/slow.rs"]
mod slow;

use guanxi_core::{DecimalError, canonical, parse_decimal};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(text) = guanxi_fuzz::text(bytes) else { return };
    match (slow::read(text), parse_decimal(text)) {
        (slow::Reading::Malformed, Err(DecimalError::Malformed { .. }))
        | (slow::Reading::TooManyDigits, Err(DecimalError::TooManyDigits { .. })) => {}
        (slow::Reading::Exact(exact), Ok(read)) => assert_eq!(canonical(read).unpack(), exact.unpack()),
        (slow, fast) => panic!("{text:?}: {slow:?} but {fast:?}"),
    }
});
