use alloc::vec::Vec;
use core::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::decimal::DecimalText;

/// An amount of one currency, at any exact scale (prices of four decimals exist).
///
/// There is no arithmetic across currencies but [`Rates::convert`], which names its rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "MoneyParts", into = "MoneyParts")]
pub struct Money {
    amount: Decimal, // INVARIANT: without trailing zeros
    currency: Currency,
}

/// Why amounts do not add up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// Amounts of two currencies.
    #[error("cannot add {right} to {left} without a conversion")]
    Currencies {
        /// The currency on the left.
        left: Currency,
        /// The currency on the right.
        right: Currency,
    },
    /// More digits than a decimal keeps.
    #[error("the sum of two amounts of {currency} has more than 28 digits")]
    TooManyDigits {
        /// Their currency.
        currency: Currency,
    },
}

impl Money {
    /// An amount of a currency.
    #[must_use]
    pub fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount: amount.normalize(), currency }
    }

    /// The amount, negative for a loss or a refund.
    #[must_use]
    pub const fn amount(self) -> Decimal {
        self.amount
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The exact sum of two amounts of one currency.
    ///
    /// # Errors
    /// [`MoneyError::Currencies`] for two currencies, [`MoneyError::TooManyDigits`] past 28 digits.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Currencies { left: self.currency, right: other.currency });
        }
        let too_long = MoneyError::TooManyDigits { currency: self.currency };
        let sum = self.amount.checked_add(other.amount).ok_or(too_long.clone())?;
        // An aligned sum that outgrows the mantissa is rounded by the decimal type: refuse it.
        let exact = sum.checked_sub(other.amount) == Some(self.amount)
            && sum.checked_sub(self.amount) == Some(other.amount);
        if exact { Ok(Self::new(sum, self.currency)) } else { Err(too_long) }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MoneyParts {
    amount: DecimalText,
    currency: Currency,
}

impl From<MoneyParts> for Money {
    fn from(parts: MoneyParts) -> Self {
        Self::new(parts.amount.0, parts.currency)
    }
}

impl From<Money> for MoneyParts {
    fn from(money: Money) -> Self {
        Self { amount: DecimalText(money.amount), currency: money.currency }
    }
}

/// One exchange rate: from its day on, one unit of `from` is `rate` units of `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// The currency converted.
    pub from: Currency,
    /// The currency wanted.
    pub to: Currency,
    /// The first day on which the rate holds.
    pub since: NaiveDate,
    /// Units of `to` for one unit of `from`, above 0.
    pub rate: DecimalText,
}

/// The exchange rates that a host declares. No rate is ever inverted, chained or guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates(Vec<Rate>); // INVARIANT: ascending by (from, to, since), no such key twice, rates > 0

/// An amount after conversion, with the rate that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Conversion {
    /// The amount in the currency wanted, exact.
    pub money: Money,
    /// The rate used; `None` if the amount was in that currency already.
    pub rate: Option<Rate>,
}

/// Why an amount cannot be converted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// No rate for this pair on or before the day.
    #[error("no rate from {from} to {to} on {day}")]
    NoRate {
        /// The currency of the amount.
        from: Currency,
        /// The currency wanted.
        to: Currency,
        /// The day of the amount.
        day: NaiveDate,
    },
    /// The exact product has more than 28 digits.
    #[error("the exact amount in {to} has more than 28 digits")]
    TooManyDigits {
        /// The currency wanted.
        to: Currency,
    },
    /// A rate of 0 or less.
    #[error("a rate is above 0, got `{given}` from {from} to {to}")]
    NotPositive {
        /// The rate given.
        given: Decimal,
        /// The currency converted.
        from: Currency,
        /// The currency wanted.
        to: Currency,
    },
    /// Two rates for one pair and day.
    #[error("two rates from {from} to {to} since {since}")]
    Twice {
        /// The currency converted.
        from: Currency,
        /// The currency wanted.
        to: Currency,
        /// Their day.
        since: NaiveDate,
    },
}

impl Rates {
    /// Checks and orders rates.
    ///
    /// # Errors
    /// [`ConvertError::NotPositive`] and [`ConvertError::Twice`].
    pub fn new(mut rates: Vec<Rate>) -> Result<Self, ConvertError> {
        rates.sort_by_key(|rate| (rate.from, rate.to, rate.since));
        for rate in &rates {
            if rate.rate.0 <= Decimal::ZERO {
                return Err(ConvertError::NotPositive { given: rate.rate.0, from: rate.from, to: rate.to });
            }
        }
        for (a, b) in rates.iter().zip(rates.iter().skip(1)) {
            if (a.from, a.to, a.since) == (b.from, b.to, b.since) {
                return Err(ConvertError::Twice { from: a.from, to: a.to, since: a.since });
            }
        }
        Ok(Self(rates))
    }

    /// Converts an amount at the latest rate declared on or before the day; the result is exact, not
    /// rounded to minor units.
    ///
    /// # Errors
    /// [`ConvertError::NoRate`] and [`ConvertError::TooManyDigits`].
    pub fn convert(&self, money: Money, to: Currency, day: NaiveDate) -> Result<Conversion, ConvertError> {
        let from = money.currency();
        if from == to {
            return Ok(Conversion { money, rate: None });
        }
        let rate = *self
            .0
            .iter()
            .rev()
            .find(|rate| (rate.from, rate.to) == (from, to) && rate.since <= day)
            .ok_or(ConvertError::NoRate { from, to, day })?;
        let amount = exact_product(money.amount(), rate.rate.0).ok_or(ConvertError::TooManyDigits { to })?;
        Ok(Conversion { money: Money::new(amount, to), rate: Some(rate) })
    }
}

/// The product, unless it would have to be rounded.
fn exact_product(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let mantissa = a.mantissa().checked_mul(b.mantissa())?;
    Decimal::try_from_i128_with_scale(mantissa, a.scale() + b.scale()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decimal::parse_decimal;
    use std::string::ToString;
    use std::vec;

    fn money(amount: &str, currency: &str) -> Money {
        Money::new(parse_decimal(amount).unwrap(), currency.parse().unwrap())
    }

    #[test]
    fn currencies_meet_only_through_a_named_rate() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let rate = |since: &str, rate: &str| Rate {
            from: "USD".parse().unwrap(),
            to: "CNY".parse().unwrap(),
            since: day(since),
            rate: DecimalText(parse_decimal(rate).unwrap()),
        };
        let rates = Rates::new(vec![rate("2026-07-01", "7.2"), rate("2026-01-01", "7.1")]).unwrap();
        let cny = "CNY".parse().unwrap();
        let converted = rates.convert(money("10.05", "USD"), cny, day("2026-06-30")).unwrap();
        assert_eq!(
            (converted.money, converted.rate),
            (money("71.355", "CNY"), Some(rate("2026-01-01", "7.1")))
        );
        assert_eq!(rates.convert(money("1", "CNY"), cny, day("2026-06-30")).unwrap().rate, None);
        let error = |error: Result<_, ConvertError>| error.unwrap_err().to_string();
        insta::assert_snapshot!(error(rates.convert(money("1", "USD"), cny, day("2025-12-31"))), @"no rate from USD to CNY on 2025-12-31");
        insta::assert_snapshot!(error(rates.convert(money("1", "CNY"), "USD".parse().unwrap(), day("2026-06-30"))), @"no rate from CNY to USD on 2026-06-30");
        insta::assert_snapshot!(Rates::new(vec![rate("2026-01-01", "0")]).unwrap_err().to_string(), @"a rate is above 0, got `0` from USD to CNY");
        insta::assert_snapshot!(Rates::new(vec![rate("2026-01-01", "1"); 2]).unwrap_err().to_string(), @"two rates from USD to CNY since 2026-01-01");
        insta::assert_snapshot!(money("1", "USD").checked_add(money("1", "CNY")).unwrap_err().to_string(), @"cannot add CNY to USD without a conversion");
    }

    #[test]
    fn sums_are_exact_or_refused() {
        assert_eq!(money("0.1", "EUR").checked_add(money("0.2", "EUR")), Ok(money("0.3", "EUR")));
        let large = money("79228162514264337593543950335", "EUR");
        assert!(large.checked_add(money("0.1", "EUR")).is_err());
        assert!(large.checked_add(large).is_err());
    }
}
