//! How a language writes numbers, amounts and days.
use alloc::format;
use alloc::string::{String, ToString};

use chrono::{Datelike, NaiveDate};
use guanxi_core::{Money, Share};
use rust_decimal::Decimal;

use super::slot::SlotValue;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ways {
    English,
    Chinese,
    /// No language's own ways: plain digits, days as in ISO 8601.
    Plain,
}

impl Ways {
    fn of(language: &str) -> Self {
        match language {
            "en" => Self::English,
            "zh-CN" => Self::Chinese,
            _ => Self::Plain,
        }
    }
}

/// A value as a language writes it.
pub(super) fn said(value: &SlotValue, language: &str) -> String {
    let ways = Ways::of(language);
    match value {
        SlotValue::Text(text) => text.trim().into(),
        SlotValue::Number(number) => digits(&number.normalize().to_string(), ways),
        SlotValue::Integer(number) => digits(&number.to_string(), ways),
        SlotValue::Money(money) => amount(*money, ways),
        SlotValue::Share(share) => percent(*share, ways),
        SlotValue::Date(day) => date(*day, ways),
    }
}

/// Digits in groups of three before the point.
fn digits(plain: &str, ways: Ways) -> String {
    if ways == Ways::Plain {
        return plain.into();
    }
    let (sign, number) = plain.strip_prefix('-').map_or(("", plain), |number| ("-", number));
    let (whole, fraction) =
        number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(fraction) = fraction {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

/// At least the digits of the minor unit, and never fewer than the amount has.
fn amount(money: Money, ways: Ways) -> String {
    let places = money.currency().minor_digits().unwrap_or(0).max(money.amount().scale());
    let mut number = money.amount().to_string();
    let given = number.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let places = usize::try_from(places).unwrap_or(given);
    if given == 0 && places > 0 {
        number.push('.');
    }
    number.extend(core::iter::repeat_n('0', places.saturating_sub(given)));
    let (number, code) = (digits(&number, ways), money.currency().code());
    match (ways, code) {
        (Ways::Chinese, "CNY") => format!("{number} 元"),
        _ => format!("{number} {code}"),
    }
}

fn percent(share: Share, ways: Ways) -> String {
    let hundredfold = share.get().checked_mul(Decimal::ONE_HUNDRED).unwrap_or_default().normalize();
    let space = if ways == Ways::Chinese { "" } else { " " };
    format!("{hundredfold}{space}%")
}

fn date(day: NaiveDate, ways: Ways) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    match ways {
        Ways::English => {
            let month = usize::try_from(day.month0()).ok().and_then(|month| MONTHS.get(month)).copied();
            format!("{} {} {}", day.day(), month.unwrap_or_default(), day.year())
        }
        Ways::Chinese => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        Ways::Plain => day.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::parse_decimal;

    #[test]
    fn values_are_written_as_a_language_does() {
        let all = |value: SlotValue| ["en", "zh-CN", "fr"].map(|language| said(&value, language));
        let money = |amount: &str, currency: &str| {
            SlotValue::Money(Money::new(parse_decimal(amount).unwrap(), currency.parse().unwrap()))
        };
        assert_eq!(all(money("12000.5", "CNY")), ["12,000.50 CNY", "12,000.50 元", "12000.50 CNY"]);
        assert_eq!(all(money("-1234567", "JPY")), ["-1,234,567 JPY", "-1,234,567 JPY", "-1234567 JPY"]);
        assert_eq!(all(money("0.1234", "USD")), ["0.1234 USD", "0.1234 USD", "0.1234 USD"]);
        assert_eq!(all(money("100", "CNY")), ["100.00 CNY", "100.00 元", "100.00 CNY"]);
        let number = SlotValue::Number(parse_decimal("1234.50").unwrap());
        assert_eq!(all(number), ["1,234.5", "1,234.5", "1234.5"]);
        assert_eq!(all(SlotValue::Integer(-123_456)), ["-123,456", "-123,456", "-123456"]);
        let share = SlotValue::Share(Share::try_from(parse_decimal("0.825").unwrap()).unwrap());
        assert_eq!(all(share), ["82.5 %", "82.5%", "82.5 %"]);
        let day = SlotValue::Date(NaiveDate::from_ymd_opt(2028, 2, 29).unwrap());
        assert_eq!(all(day), ["29 February 2028", "2028年2月29日", "2028-02-29"]);
    }
}
