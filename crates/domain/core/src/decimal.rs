//! Decimals on the wire: written as strings, read without losing a digit.
use alloc::string::{String, ToString};
use core::fmt::{self, Write};

use rust_decimal::Decimal;
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::text::Quoted;

/// Why a text or number is not taken as a decimal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecimalError {
    /// Not a number in the form `-12.34` or `1.2e3`.
    #[error("expected a decimal such as `-12.34`, got {}", Quoted(.given))]
    Malformed {
        /// What was given.
        given: String,
    },
    /// More digits than a decimal keeps (28, and at most 7.9e28 in all).
    #[error("a decimal keeps 28 digits, got {}", Quoted(.given))]
    TooManyDigits {
        /// What was given.
        given: String,
    },
    /// A binary number whose decimal reading is uncertain.
    #[error("got the number {given}, which binary floating point may have changed: quote it as a string")]
    Binary {
        /// The number, as its shortest text.
        given: String,
    },
}

/// A decimal without trailing zeros and without a negative zero: one number, one text.
#[must_use]
pub fn canonical(value: Decimal) -> Decimal {
    value.normalize()
}

/// Reads a decimal exactly: `-12.34`, or with an exponent `1.5e-3`, as JSON writes numbers.
///
/// # Errors
/// [`DecimalError::Malformed`] for anything else (a sign `+`, separators, blanks, `NaN`), and
/// [`DecimalError::TooManyDigits`] where the exact value does not fit in 28 digits.
///
/// ```
/// use guanxi_core::parse_decimal;
/// assert_eq!(parse_decimal("1.5e3")?, parse_decimal("1500")?);
/// assert!(parse_decimal("1,500").is_err());
/// # Ok::<(), guanxi_core::DecimalError>(())
/// ```
pub fn parse_decimal(text: &str) -> Result<Decimal, DecimalError> {
    parse_short(text).map_or_else(|| parse_any(text), Ok)
}

/// The frequent case: digits with at most one point, 18 characters in all, so that 64 bits suffice.
fn parse_short(text: &str) -> Option<Decimal> {
    let (negative, number) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let number = number.as_bytes();
    if number.len() > 18 || !number.last()?.is_ascii_digit() {
        return None;
    }
    let (mut mantissa, mut scale, mut point) = (0_i64, 0_u32, false);
    for (place, byte) in number.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + i64::from(byte - b'0');
                scale += u32::from(point);
            }
            b'.' if !point && place > 0 => point = true,
            _ => return None,
        }
    }
    while scale > 0 && mantissa % 10 == 0 {
        (mantissa, scale) = (mantissa / 10, scale - 1);
    }
    Some(Decimal::new(if negative { -mantissa } else { mantissa }, scale))
}

fn parse_any(text: &str) -> Result<Decimal, DecimalError> {
    let malformed = || DecimalError::Malformed { given: shorten(text) };
    let too_long = || DecimalError::TooManyDigits { given: shorten(text) };
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (negative, number) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    if [whole, fraction, unsigned].iter().any(|digits| !is_digits(digits)) {
        return Err(malformed());
    }
    // Zeros at either end hold no digit of the value, however many they are.
    let digits = || whole.bytes().chain(fraction.bytes());
    let zeros = digits().rev().take_while(|digit| *digit == b'0').count();
    let kept = whole.len().saturating_add(fraction.len()).saturating_sub(zeros);
    if kept == 0 {
        return Ok(Decimal::ZERO);
    }
    let mut mantissa: i128 = 0;
    for digit in digits().take(kept) {
        mantissa = mantissa
            .checked_mul(10)
            .and_then(|mantissa| mantissa.checked_add(i128::from(digit - b'0')))
            .ok_or_else(too_long)?;
    }
    // The value is `mantissa` times ten to this power.
    let power = |places: usize| i64::try_from(places).ok();
    let power = exponent
        .parse::<i64>()
        .ok()
        .and_then(|exponent| exponent.checked_add(power(zeros)?)?.checked_sub(power(fraction.len())?))
        .ok_or_else(too_long)?;
    let (up, scale) = (power.max(0), power.min(0).unsigned_abs());
    let up = u32::try_from(up).ok().and_then(|up| 10_i128.checked_pow(up)).ok_or_else(too_long)?;
    let mantissa = mantissa.checked_mul(if negative { -up } else { up }).ok_or_else(too_long)?;
    let scale = u32::try_from(scale).map_err(|_| too_long())?;
    Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| too_long())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn shorten(text: &str) -> String {
    text.chars().take(41).collect()
}

/// The decimal that a binary number was written as, if its shortest text has at most 15 digits and
/// it is small enough (below 2^53) that a longer text cannot have been cut to it as an integer.
fn from_binary(value: f64) -> Result<Decimal, DecimalError> {
    const SAFE: f64 = 9_007_199_254_740_992.0;
    let mut shortest = String::new();
    // Writing to a `String` cannot fail.
    let _ = write!(shortest, "{value:e}");
    let digits = shortest.split(['e']).next().unwrap_or_default().bytes().filter(u8::is_ascii_digit).count();
    if value.is_finite()
        && value.abs() < SAFE
        && digits <= 15
        && let Ok(decimal) = parse_decimal(&shortest)
    {
        return Ok(decimal);
    }
    Err(DecimalError::Binary { given: value.to_string() })
}

/// The wire form of a decimal.
///
/// Written as a string without trailing zeros (`"0.5"`). Read from a string, an integer, or a
/// number token whose shortest binary form has at most 15 digits (`0.07`); any other number is
/// refused with the advice to quote it. A format that hands over binary numbers hides what it has cut
/// before (`1e-400` arrives as 0): where that matters, read numbers as the text that they are written as.
/// `Decimal` itself is never deserialised: that would drop
/// digits in silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DecimalText(pub Decimal);

impl fmt::Display for DecimalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&canonical(self.0), f)
    }
}

impl From<DecimalText> for Decimal {
    fn from(text: DecimalText) -> Self {
        text.0
    }
}

impl From<Decimal> for DecimalText {
    fn from(value: Decimal) -> Self {
        Self(value)
    }
}

impl Serialize for DecimalText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match u64::try_from(self.0.mantissa().unsigned_abs()) {
            // Zero has no sign.
            Ok(0) => serializer.serialize_str("0"),
            Ok(digits) => {
                let mut text = [0; 32];
                serializer.serialize_str(short_text(self.0, digits, &mut text))
            }
            Err(_) => serializer.collect_str(self),
        }
    }
}

/// The text of a decimal whose digits fit in 64 bits, written into a place of its own: most of what
/// is written is such numbers.
fn short_text(value: Decimal, mut digits: u64, text: &mut [u8; 32]) -> &str {
    let mut scale = value.scale();
    while scale > 0 && digits.is_multiple_of(10) {
        (digits, scale) = (digits / 10, scale - 1);
    }
    // From the right: a sign, 20 digits or `0.` and 28 digits, and so never more than there is room for.
    let mut free = text.iter_mut().rev();
    let mut put = |byte| free.next().map(|place| *place = byte);
    let mut written = 0;
    while digits > 0 || written <= scale {
        put(b'0' + u8::try_from(digits % 10).unwrap_or_default());
        (digits, written) = (digits / 10, written + 1);
        if written == scale {
            put(b'.');
        }
    }
    if value.is_sign_negative() {
        put(b'-');
    }
    let start = free.len();
    text.get(start..).and_then(|text| core::str::from_utf8(text).ok()).unwrap_or_default()
}

impl<'de> Deserialize<'de> for DecimalText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DecimalVisitor).map(Self)
    }
}

pub(crate) struct DecimalVisitor;

impl Visitor<'_> for DecimalVisitor {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal such as \"12.34\"")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
        parse_decimal(text).map_err(E::custom)
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Decimal, E> {
        Ok(Decimal::from(value))
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Decimal, E> {
        Ok(Decimal::from(value))
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Decimal, E> {
        from_binary(value).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_short_way_reads_what_the_general_one_reads(text in "-?[0-9]{0,20}[.]?[0-9]{0,3}0{0,3}", other in "[-+.0-9eE ]{0,6}") {
            for text in [text, other] {
                if let Some(short) = parse_short(&text) {
                    // The same digits and the same scale, not only the same number.
                    prop_assert_eq!(parse_any(&text).map(|d| d.unpack()), Ok(short.unpack()), "{}", text);
                }
            }
        }

        #[test]
        fn the_text_of_few_digits_is_that_of_all(mantissa in any::<i64>(), few in any::<bool>(), scale in 0_u32..=28) {
            let value = Decimal::new(if few { mantissa % 2_000 } else { mantissa }, scale);
            let written = serde_json::to_value(DecimalText(value)).unwrap();
            prop_assert_eq!(written, DecimalText(value).to_string());
        }
    }

    #[test]
    fn the_short_way_is_taken_by_what_is_frequent() {
        for text in ["0", "-0.00", "285000.00", "-0.0488", "2610", "123456789012345678"] {
            assert!(parse_short(text).is_some(), "{text}");
        }
    }

    #[test]
    fn reads_what_json_writes() {
        for (text, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.00", "0"),
            ("285000.00", "285000"),
            ("007", "7"),
            ("1E2", "100"),
            ("1.5e-3", "0.0015"),
            ("0e999999999", "0"),
            ("0.0000000000000000000000000001", "0.0000000000000000000000000001"),
            ("1.50000000000000000000000000000000000000000", "1.5"),
            ("10e-29", "0.0000000000000000000000000001"),
            ("1.50000000000000000000000000000000000000000e1", "15"),
            ("10000000000000000000000000000000000000000e-40", "1"),
            ("0e99999999999999999999", "0"),
            ("79228162514264337593543950335", "79228162514264337593543950335"),
        ] {
            assert_eq!(parse_decimal(text).map(|d| canonical(d).to_string()), Ok(expected.into()), "{text}");
        }
    }

    #[test]
    fn refuses_what_would_lose_digits() {
        for text in [
            "79228162514264337593543950336",
            "0.00000000000000000000000000001",
            "1e400",
            "1e99999999999",
            "1234567890123456789012345678901234567890",
        ] {
            assert!(matches!(parse_decimal(text), Err(DecimalError::TooManyDigits { .. })), "{text}");
        }
        for text in [
            "", "-", "+1", "1.", ".5", "1_000", "1,000", " 1", "NaN", "inf", "1e", "1e+", "1.2.3", "１",
            "--1",
        ] {
            assert!(matches!(parse_decimal(text), Err(DecimalError::Malformed { .. })), "{text}");
        }
    }

    #[test]
    fn binary_numbers_are_read_only_when_they_are_certain() {
        let read = |json: &str| {
            serde_json::from_str::<DecimalText>(json).map(|d| d.to_string()).map_err(|e| e.to_string())
        };
        assert_eq!(read("0.07"), Ok("0.07".into()));
        assert_eq!(read("-3"), Ok("-3".into()));
        assert_eq!(read("18446744073709551615"), Ok("18446744073709551615".into()));
        assert_eq!(read("1e5"), Ok("100000".into()));
        insta::assert_snapshot!(read("12345678901234567.89").unwrap_err(), @"got the number 12345678901234568, which binary floating point may have changed: quote it as a string at line 1 column 20");
        insta::assert_snapshot!(read("9999999999999999999999999").unwrap_err(), @"got the number 10000000000000000000000000, which binary floating point may have changed: quote it as a string at line 1 column 25");
        insta::assert_snapshot!(read("true").unwrap_err(), @r#"invalid type: boolean `true`, expected a decimal such as "12.34" at line 1 column 4"#);
        insta::assert_snapshot!(read("\"12,5\"").unwrap_err(), @"expected a decimal such as `-12.34`, got `12,5` at line 1 column 6");
    }
}
