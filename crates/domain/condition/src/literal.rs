//! Values as they are written.
use alloc::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::{FactInput, FactKind, FactSchema, FactValue, parse_instant};

/// Reads a day, written `YYYY-MM-DD`.
pub(crate) fn read_day(text: &str) -> Option<NaiveDate> {
    match FactSchema::of(FactKind::Date).read(&FactInput::Text(Cow::Borrowed(text))) {
        Ok(FactValue::Date(day)) => Some(day),
        _ => None,
    }
}

/// Reads an instant with its offset. A day is none, and neither is one with more digits than can be kept.
pub(crate) fn read_instant(text: &str) -> Option<DateTime<Utc>> {
    const NANOSECOND_DIGITS: usize = 9;
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    if digits > NANOSECOND_DIGITS || read_day(text).is_some() {
        return None;
    }
    parse_instant(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_not_an_instant() {
        assert!(read_day("2026-06-30").is_some());
        assert!(read_instant("2026-06-30").is_none());
        assert!(read_instant("2026-06-30T08:00:00.123456789+08:00").is_some());
        assert!(read_instant("2026-06-30T08:00:00.1234567890+08:00").is_none());
        assert!(read_instant("2026-06-30T08:00:00").is_none());
        assert!(read_day("2026-6-30").is_none());
    }
}
