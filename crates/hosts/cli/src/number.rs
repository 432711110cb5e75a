//! Decimal texts as they are shown and drawn.
use guanxi::core::Currency;
use rust_decimal::{Decimal, RoundingStrategy};

fn decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).ok()
}

fn rounded(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

/// A number with its thousands set apart and at most so many places: `80450596.98` at none is
/// `80,450,597`. A text that is no number stays as it is.
pub(crate) fn grouped(text: &str, places: u32) -> String {
    decimal(text)
        .map_or_else(|| text.to_owned(), |value| group(&rounded(value, places).normalize().to_string()))
}

/// An amount with its thousands set apart and all places of its currency, or two where that says nothing:
/// `12.5` CNY is `12.50`, 12.5 KWD is `12.500`.
pub(crate) fn amount(text: &str, currency: Option<Currency>) -> String {
    let places = currency.and_then(Currency::minor_digits).unwrap_or(2);
    let width = usize::try_from(places).unwrap_or_default();
    decimal(text)
        .map_or_else(|| text.to_owned(), |value| group(&format!("{:.width$}", rounded(value, places))))
}

fn group(plain: &str) -> String {
    let (whole, fraction) = plain.split_once('.').map_or((plain, None), |(w, f)| (w, Some(f)));
    let digits = whole.trim_start_matches('-');
    let mut shown = String::from(if whole.starts_with('-') { "-" } else { "" });
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    if let Some(fraction) = fraction {
        shown.push('.');
        shown.push_str(fraction);
    }
    shown
}

/// A share in percent with at most one place: `0.1235` is `12.4 %`.
pub(crate) fn percent(share: &str) -> String {
    match decimal(share).and_then(|share| share.checked_mul(Decimal::ONE_HUNDRED)) {
        Some(percent) => format!("{}\u{a0}%", grouped(&percent.to_string(), 1)),
        None => share.to_owned(),
    }
}

/// A range of shares in percent: `10–15 %`.
pub(crate) fn range(low: &str, high: &str) -> String {
    let (low, high) = (percent(low), percent(high));
    format!("{}–{high}", low.trim_end_matches('%').trim_end())
}

/// How many of `steps` a number from 0 to `full` covers; nothing for what is no number, the ends
/// for what lies outside.
pub(crate) fn steps(text: &str, full: u32, steps: u32) -> Option<u32> {
    let value = decimal(text)?.checked_mul(steps.into())?.checked_div(full.into())?;
    rounded(value, 0).clamp(Decimal::ZERO, steps.into()).try_into().ok()
}

/// How many of `steps` each amount covers when the greatest covers them all; below zero is none.
pub(crate) fn relative<'a>(amounts: impl Iterator<Item = &'a str>, steps: u32) -> Vec<u32> {
    let amounts: Vec<Decimal> =
        amounts.map(|text| decimal(text).unwrap_or_default().max(Decimal::ZERO)).collect();
    let greatest = amounts.iter().copied().max().unwrap_or_default();
    let cover = |amount: Decimal| {
        let covered = amount.checked_div(greatest)?.checked_mul(steps.into())?;
        rounded(covered, 0).try_into().ok()
    };
    amounts.into_iter().map(|amount| cover(amount).unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_rounded_once() {
        assert_eq!(grouped("80450596.9823", 0), "80,450,597");
        assert_eq!(grouped("-1234.505", 2), "-1,234.51");
        assert_eq!(grouped("999.5", 0), "1,000");
        assert_eq!(grouped("-0.2", 0), "0");
        assert_eq!(grouped("123456", 2), "123,456");
        assert_eq!(grouped("n/a", 2), "n/a");
    }

    #[test]
    fn amounts_have_the_places_of_their_currency() {
        let shown = |text: &str, currency: &str| amount(text, currency.parse().ok());
        assert_eq!(shown("-1234567.5", "CNY"), "-1,234,567.50");
        assert_eq!((shown("0", "CNY"), shown("0.005", "CNY")), ("0.00".into(), "0.01".into()));
        assert_eq!((shown("100.001", "KWD"), shown("5", "KWD")), ("100.001".into(), "5.000".into()));
        assert_eq!((shown("1000.5", "JPY"), shown("2.5", "XAU")), ("1,001".into(), "2.50".into()));
        assert_eq!((shown("0", "points"), shown("?", "CNY")), ("0.00".into(), "?".into()));
    }

    #[test]
    fn shares_are_shown_in_percent() {
        assert_eq!(percent("0.12345"), "12.3\u{a0}%");
        assert_eq!(percent("0.1235"), "12.4\u{a0}%");
        assert_eq!(percent("1"), "100\u{a0}%");
        assert_eq!(percent("5/14"), "5/14");
        assert_eq!(range("0.1", "0.15"), "10–15\u{a0}%");
    }

    #[test]
    fn bars_stay_inside_their_charts() {
        assert_eq!(steps("89.40", 100, 1000), Some(894));
        assert_eq!(
            (steps("-3", 100, 10), steps("300", 100, 10), steps("x", 100, 10)),
            (Some(0), Some(10), None)
        );
        assert_eq!(relative(["10", "5", "-5", "x"].into_iter(), 100), [100, 50, 0, 0]);
        assert_eq!(relative(["0", "-1"].into_iter(), 100), [0, 0]);
    }
}
