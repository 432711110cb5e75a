//! Decimals read the slow and obvious way: grammar first, then the exact value as a big integer.
use num_bigint::BigInt;
use rust_decimal::Decimal;

/// What a text says.
#[derive(Debug)]
pub(crate) enum Reading {
    Malformed,
    TooManyDigits,
    Exact(Decimal),
}

pub(crate) fn read(text: &str) -> Reading {
    try_read(text).unwrap_or(Reading::Malformed)
}

fn try_read(text: &str) -> Option<Reading> {
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let lower = text.to_ascii_lowercase();
    let (number, exponent) = lower.split_once('e').unwrap_or((&lower, "0"));
    let (power, down) = match exponent.strip_prefix('-') {
        Some(power) => (power, true),
        None => (exponent.strip_prefix('+').unwrap_or(exponent), false),
    };
    let (sign, number) = number.strip_prefix('-').map_or((1, number), |number| (-1, number));
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) if digits(fraction) => (whole, fraction),
        Some(_) => return None,
        None => (number, ""),
    };
    if !digits(whole) || !digits(power) {
        return None;
    }
    // The value is `mantissa` times ten to the `power`.
    let mut mantissa: BigInt = format!("{whole}{fraction}").parse().ok()?;
    let mut power: BigInt = power.parse().ok()?;
    if down {
        power = -power;
    }
    power -= fraction.len();
    let (zero, ten) = (BigInt::ZERO, BigInt::from(10));
    if mantissa == zero {
        return Some(Reading::Exact(Decimal::ZERO));
    }
    while &mantissa % &ten == zero {
        mantissa /= &ten;
        power += 1;
    }
    let Ok(power) = i32::try_from(power) else { return Some(Reading::TooManyDigits) };
    if !(-28..=28).contains(&power) {
        return Some(Reading::TooManyDigits);
    }
    let scale = u32::try_from(-power).unwrap_or(0);
    mantissa *= ten.pow(u32::try_from(power).unwrap_or(0)) * sign;
    let exact = i128::try_from(mantissa).ok().and_then(|m| Decimal::try_from_i128_with_scale(m, scale).ok());
    Some(exact.map_or(Reading::TooManyDigits, Reading::Exact))
}
