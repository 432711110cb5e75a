//! Instants and days: what is read can be written and read again.
#![no_main]

use guanxi_core::{end_of_given_day, parse_instant};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(text) = guanxi_fuzz::text(bytes) else { return };
    if let Ok(instant) = parse_instant(text) {
        assert_eq!(parse_instant(&instant.to_rfc3339()), Ok(instant));
        assert!(end_of_given_day(text).is_ok_and(|end| end >= instant));
    } else {
        assert!(end_of_given_day(text).is_err());
    }
});
