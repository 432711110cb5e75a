use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text::Quoted;

/// A currency of ISO 4217, written as its three letters.
///
/// ```
/// use guanxi_core::Currency;
/// let yen: Currency = "JPY".parse()?;
/// assert_eq!((yen.code(), yen.minor_digits()), ("JPY", Some(0)));
/// # Ok::<(), guanxi_core::CurrencyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(Code);

/// Three letters of the table below; a type of its own so that serde sees no borrowed text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Code(&'static str);

/// Why a text is not a currency.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CurrencyError {
    /// Not a code of ISO 4217 in capital letters.
    #[error("expected an ISO 4217 currency code such as `CNY`, got {}", Quoted(.given))]
    Unknown {
        /// What was given.
        given: String,
    },
}

/// Active codes of ISO 4217 with the number of digits of their minor unit; `-` where none is defined.
#[rustfmt::skip]
const CODES: &[(&str, &str)] = &[
    ("0", "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    ("2", "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF \
           CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL \
           HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU \
           MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR \
           SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED \
           VES WST XAD XCD XCG YER ZAR ZMW ZWG"),
    ("3", "BHD IQD JOD KWD LYD OMR TND"),
    ("4", "CLF UYW"),
    ("-", "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX"),
];

impl Currency {
    /// The three letters.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.0.0
    }

    /// Digits of the minor unit (2 for CNY, 0 for JPY); `None` for units that have none, such as gold.
    #[must_use]
    pub fn minor_digits(self) -> Option<u32> {
        let (digits, _) =
            CODES.iter().find(|(_, codes)| codes.split_whitespace().any(|code| code == self.0.0))?;
        digits.parse().ok()
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, CurrencyError> {
        CODES
            .iter()
            .flat_map(|(_, codes)| codes.split_whitespace())
            .find(|code| *code == text)
            .map(|code| Self(Code(code)))
            .ok_or_else(|| CurrencyError::Unknown { given: text.chars().take(41).collect() })
    }
}

impl TryFrom<String> for Currency {
    type Error = CurrencyError;

    fn try_from(text: String) -> Result<Self, CurrencyError> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.0.0.to_string()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.0)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Currency({})", self.0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn the_table_is_sorted_and_has_no_code_twice() {
        let codes: Vec<&str> = CODES.iter().flat_map(|(_, codes)| codes.split_whitespace()).collect();
        let mut unique = codes.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), codes.len());
        assert!(codes.iter().all(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase())));
        let digits = |code: &str| code.parse::<Currency>().unwrap().minor_digits();
        assert_eq!(
            [digits("CNY"), digits("JPY"), digits("KWD"), digits("CLF"), digits("XAU")],
            [Some(2), Some(0), Some(3), Some(4), None]
        );
        insta::assert_snapshot!("cny".parse::<Currency>().unwrap_err().to_string(), @"expected an ISO 4217 currency code such as `CNY`, got `cny`");
    }
}
