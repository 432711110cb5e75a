//! Numbers as people write them, read exactly.
use guanxi::core::{DecimalError, parse_decimal};
use rust_decimal::Decimal;

use super::problem::Fault;
use super::text::folded;

/// How numbers are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NumberForm {
    /// Before the fraction: `.` or `,`.
    pub(super) decimal: char,
    /// Between groups of three digits, if groups are written.
    pub(super) thousands: Option<char>,
    /// Whether `(5)` is -5.
    pub(super) parentheses: bool,
}

impl NumberForm {
    pub(super) const PLAIN: Self = Self { decimal: '.', thousands: None, parentheses: false };

    /// A number in this form, as an example.
    fn example(&self) -> String {
        let group = self.thousands.map_or(String::new(), String::from);
        format!("`-1{group}234{}56`", self.decimal)
    }

    /// Reads a number and scales it by its unit.
    pub(super) fn read(&self, text: &str, unit: Unit) -> Result<Decimal, Fault> {
        let text = &*folded(text);
        let malformed = || Fault::Number {
            error: DecimalError::Malformed { given: shorten(text) },
            allowed: format!("a number such as {}", self.example()),
        };
        let (in_parentheses, number) =
            match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).filter(|_| self.parentheses)
            {
                Some(inner) => (true, inner.trim()),
                None => (false, text),
            };
        let (minus, number) = match number.strip_prefix(['-', '+']).filter(|_| !in_parentheses) {
            Some(rest) => (number.starts_with('-'), rest.trim_start()),
            None => (in_parentheses, number),
        };
        if number.starts_with(['-', '+']) {
            return Err(malformed());
        }
        let number = unit.strip(number);
        let (whole, fraction) = match number.split_once(self.decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (number, None),
        };
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let mut plain = String::with_capacity(text.len() + 1);
        if minus {
            plain.push('-');
        }
        match self.thousands {
            Some(separator) if whole.contains(separator) => {
                for (index, group) in whole.split(separator).enumerate() {
                    if !digits(group) && !group.is_empty() {
                        return Err(malformed());
                    }
                    if group.len() > 3 || group.is_empty() || (index > 0 && group.len() != 3) {
                        return Err(Fault::Thousands { given: shorten(text), allowed: self.example() });
                    }
                    plain.push_str(group);
                }
            }
            _ => plain.push_str(whole),
        }
        if let Some(fraction) = fraction {
            if !digits(fraction) && fraction.contains(self.thousands.unwrap_or(self.decimal)) {
                return Err(Fault::Thousands { given: shorten(text), allowed: self.example() });
            }
            plain.push('.');
            plain.push_str(fraction);
        }
        if plain.contains(['e', 'E']) && parse_decimal(&plain).is_ok() {
            return Err(Fault::Exponent { given: shorten(text) });
        }
        match parse_decimal(&plain) {
            Ok(number) => unit.scale(number).ok_or_else(|| Fault::Number {
                error: DecimalError::TooManyDigits { given: shorten(text) },
                allowed: String::new(),
            }),
            Err(DecimalError::Malformed { .. }) => Err(malformed()),
            Err(_) => Err(Fault::Number {
                error: DecimalError::TooManyDigits { given: shorten(text) },
                allowed: String::new(),
            }),
        }
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(41).collect()
}

/// What one of a column's numbers counts, as a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    power: i32,
    /// What may stand behind the number.
    marks: &'static [&'static str],
}

/// Names of units, the power of ten that they stand for, and what may stand behind a number.
const UNITS: &[(&[&str], i32, &[&str])] = &[
    (&["percent", "%"], -2, &["%"]),
    (&["permille", "‰"], -3, &["‰"]),
    (&["thousand", "千", "千元"], 3, &["千元", "千"]),
    (&["万", "万元"], 4, &["万元", "万"]),
    (&["million", "百万", "百万元"], 6, &["百万元", "百万"]),
    (&["千万", "千万元"], 7, &["千万元", "千万"]),
    (&["亿", "亿元"], 8, &["亿元", "亿"]),
    (&["billion", "十亿", "十亿元"], 9, &["十亿元", "十亿"]),
];

impl Unit {
    pub(super) const ONE: Self = Self { power: 0, marks: &[] };

    /// The unit of a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let (_, power, marks) = UNITS.iter().find(|(names, ..)| names.contains(&name))?;
        Some(Self { power: *power, marks })
    }

    /// The names of all units.
    pub(super) fn names() -> Vec<&'static str> {
        UNITS.iter().flat_map(|(names, ..)| names.iter().copied()).collect()
    }

    fn strip<'a>(&self, number: &'a str) -> &'a str {
        self.marks.iter().find_map(|mark| number.strip_suffix(mark)).map_or(number, str::trim_end)
    }

    /// The exact product, unless it has too many digits.
    fn scale(self, number: Decimal) -> Option<Decimal> {
        let number = number.normalize();
        let scale = i64::from(number.scale()) - i64::from(self.power);
        match u32::try_from(scale) {
            Ok(scale) => Decimal::try_from_i128_with_scale(number.mantissa(), scale).ok(),
            Err(_) => {
                let zeros = u32::try_from(-scale).ok()?;
                let mantissa = number.mantissa().checked_mul(10_i128.checked_pow(zeros)?)?;
                Decimal::try_from_i128_with_scale(mantissa, 0).ok()
            }
        }
    }
}

/// The exact product of two numbers, unless it has too many digits.
pub(super) fn product(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let mantissa = a.mantissa().checked_mul(b.mantissa())?;
    let product = Decimal::try_from_i128_with_scale(mantissa, 0).ok()?;
    let scale = a.scale().checked_add(b.scale())?;
    Decimal::try_from_i128_with_scale(product.mantissa(), scale).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GROUPED: NumberForm = NumberForm { decimal: '.', thousands: Some(','), parentheses: true };
    const GERMAN: NumberForm = NumberForm { decimal: ',', thousands: Some('.'), parentheses: false };
    const SPACED: NumberForm = NumberForm { decimal: ',', thousands: Some(' '), parentheses: false };

    fn read(form: &NumberForm, text: &str) -> String {
        read_in(form, text, Unit::ONE)
    }

    fn read_in(form: &NumberForm, text: &str, unit: Unit) -> String {
        match form.read(text, unit) {
            Ok(number) => number.normalize().to_string(),
            Err(fault) => fault.to_string(),
        }
    }

    #[test]
    fn numbers_are_read_in_the_form_declared() {
        for (form, text, number) in [
            (&NumberForm::PLAIN, "2024.9940", "2024.994"),
            (&NumberForm::PLAIN, " -5 ", "-5"),
            (&NumberForm::PLAIN, "+5", "5"),
            (&NumberForm::PLAIN, "１２３．４５", "123.45"),
            (&NumberForm::PLAIN, "－１２３", "-123"),
            (&NumberForm::PLAIN, "0.00", "0"),
            (&GROUPED, "1,234,567.89", "1234567.89"),
            (&GROUPED, "１，２３４", "1234"),
            (&GROUPED, "1234567.89", "1234567.89"),
            (&GROUPED, "(1,234.50)", "-1234.5"),
            (&GROUPED, "（１２３．４５）", "-123.45"),
            (&GERMAN, "1.234,56", "1234.56"),
            (&SPACED, "1 234", "1234"),
            (&SPACED, "1\u{a0}234\u{202f}567,5", "1234567.5"),
        ] {
            assert_eq!(read(form, text), number, "{text}");
        }
    }

    #[test]
    fn units_scale_exactly() {
        for (unit, text, number) in [
            ("万元", "28.5", "285000"),
            ("万元", "28.5万元", "285000"),
            ("万元", "0.00001", "0.1"),
            ("亿", "1.2 亿", "120000000"),
            ("percent", "12.5", "0.125"),
            ("percent", "12.5％", "0.125"),
            ("thousand", "-3", "-3000"),
        ] {
            assert_eq!(
                read_in(&NumberForm::PLAIN, text, Unit::named(unit).unwrap()),
                number,
                "{text} {unit}"
            );
        }
        assert!(UNITS.iter().all(|(names, ..)| names.iter().all(|name| Unit::named(name).is_some())));
    }

    #[test]
    fn every_other_text_is_refused() {
        insta::assert_snapshot!(read(&NumberForm::PLAIN, "many"), @"expected a decimal such as `-12.34`, got `many`");
        insta::assert_snapshot!(read(&NumberForm::PLAIN, "1,234"), @"expected a decimal such as `-12.34`, got `1,234`");
        insta::assert_snapshot!(read(&NumberForm::PLAIN, "(5)"), @"expected a decimal such as `-12.34`, got `(5)`");
        insta::assert_snapshot!(read(&NumberForm::PLAIN, "1.23E+11"), @"a number is written in full, got `1.23E+11` in the short form of a spreadsheet");
        insta::assert_snapshot!(read(&NumberForm::PLAIN, "1234567890123456789012345678901234567890"), @"a decimal keeps 28 digits, got `1234567890123456789012345678901234567890`");
        insta::assert_snapshot!(read(&GROUPED, "12,34.5"), @"expected groups of three digits such as `-1,234.56`, got `12,34.5`");
        insta::assert_snapshot!(read(&GERMAN, "1,234.56"), @"expected groups of three digits such as `-1.234,56`, got `1,234.56`");
        insta::assert_snapshot!(read(&GERMAN, "1.5"), @"expected groups of three digits such as `-1.234,56`, got `1.5`");
        insta::assert_snapshot!(read_in(&NumberForm::PLAIN, "7922816251426433759354395033", Unit::named("亿").unwrap()), @"a decimal keeps 28 digits, got `7922816251426433759354395033`");
        for text in [
            "", "-", "--5", "+-5", "5-", ".", "5.", ".5", "1.2.3", "NaN", "inf", "0x1F", "1_000", "e5", "٣",
            "%",
        ] {
            assert!(NumberForm::PLAIN.read(text, Unit::ONE).is_err(), "{text}");
        }
        for text in ["(-5)", "()", "(5", "5)", "1,,234", ",123", "1234,567", "1.234,567"] {
            assert!(GROUPED.read(text, Unit::ONE).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_in_a_form_is_read_back(
            units in -1_000_000_000_000_i64..1_000_000_000_000,
            scale in 0..6_u32,
            form in prop_oneof![Just(GROUPED), Just(GERMAN), Just(SPACED)],
        ) {
            let number = Decimal::new(units, scale);
            let plain = number.abs().to_string();
            let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
            let mut text = String::new();
            for (index, digit) in whole.chars().enumerate() {
                if index > 0 && (whole.len() - index) % 3 == 0 {
                    text.push(form.thousands.unwrap());
                }
                text.push(digit);
            }
            if !fraction.is_empty() {
                text.push(form.decimal);
                text.push_str(fraction);
            }
            if units < 0 {
                text.insert(0, '-');
            }
            prop_assert_eq!(form.read(&text, Unit::ONE).unwrap(), number);
        }
    }
}
