//! Personal data: printed masked, erasable, and never part of an error, a reason or a fact.
use alloc::string::String;
use core::fmt;

use chrono::{DateTime, Utc};
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::text::is_inert;

/// Why a text is not taken as personal data; the text itself is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PersonalError {
    /// Not an e-mail address: one `@` with text on both sides, no blanks, at most 254 characters.
    #[error("expected an e-mail address such as `name@example.com`, at most 254 characters")]
    Email,
    /// Not a phone number: 3 to 20 digits, with blanks, `+`, `-`, `.`, `(`, `)` between them.
    #[error("expected a phone number of 3 to 20 digits, with only blanks and `+-.()` between them")]
    Phone,
    /// Not a name: 1 to 120 characters without control characters.
    #[error("expected a name of 1 to 120 characters without control characters")]
    Name,
}

macro_rules! personal {
    ($(#[$meta:meta])* $name:ident, $error:ident, $valid:expr, $mask:expr) => {
        $(#[$meta])*
        ///
        /// Prints masked (`Display` and `Debug`); serialising reveals it, since a record must be kept.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(into = "String")]
        pub struct $name(SmolStr);

        impl $name {
            /// Checks and keeps the text.
            ///
            /// # Errors
            #[doc = concat!("[`PersonalError::", stringify!($error), "`].")]
            pub fn new(text: &str) -> Result<Self, PersonalError> {
                let valid: fn(&str) -> bool = $valid;
                let text = text.trim();
                if is_inert(text) && valid(text) { Ok(Self(text.into())) } else { Err(PersonalError::$error) }
            }

            /// The text itself, for the record or the message that needs it.
            #[must_use]
            pub fn reveal(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mask: fn(&str, &mut fmt::Formatter<'_>) -> fmt::Result = $mask;
                mask(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            /// Whatever is wrong with the value, the error does not repeat it: not even of a number.
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct TextVisitor;
                impl Visitor<'_> for TextVisitor {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("personal data as text")
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        $name::new(text).map_err(E::custom)
                    }
                    fn visit_i64<E: de::Error>(self, _: i64) -> Result<$name, E> {
                        Err(E::custom(PersonalError::$error))
                    }
                    fn visit_u64<E: de::Error>(self, _: u64) -> Result<$name, E> {
                        Err(E::custom(PersonalError::$error))
                    }
                    fn visit_f64<E: de::Error>(self, _: f64) -> Result<$name, E> {
                        Err(E::custom(PersonalError::$error))
                    }
                    fn visit_bool<E: de::Error>(self, _: bool) -> Result<$name, E> {
                        Err(E::custom(PersonalError::$error))
                    }
                }
                // Any kind comes to the visitor: a format's own complaint would repeat the value.
                deserializer.deserialize_any(TextVisitor)
            }
        }

        impl TryFrom<String> for $name {
            type Error = PersonalError;

            fn try_from(text: String) -> Result<Self, PersonalError> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0.as_str().into()
            }
        }
    };
}

/// The first of several characters; the only one would be the whole.
fn initial(text: &str) -> char {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(_)) => first,
        _ => '*',
    }
}

personal! {
    /// An e-mail address.
    Email, Email,
    |text| text.chars().count() <= 254
        && !text.contains(char::is_whitespace)
        && text.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && !host.is_empty() && !host.contains('@')
        }),
    |text, f| write!(f, "{}***@***", initial(text))
}
personal! {
    /// A phone number, as it is dialled.
    Phone, Phone,
    |text| (3..=20).contains(&text.chars().filter(char::is_ascii_digit).count())
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-' | '.' | '(' | ')')),
    |text, f| {
        let digits = || text.chars().filter(char::is_ascii_digit);
        f.write_str("***")?;
        digits().skip(digits().count().saturating_sub(2)).try_for_each(|digit| write!(f, "{digit}"))
    }
}
personal! {
    /// The name of a person.
    PersonName, Name,
    |text| (1..=120).contains(&text.chars().count()),
    |text, f| write!(f, "{}**", initial(text))
}

/// A value that may have been erased on request; the tombstone says when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Erasable<T> {
    /// The value, still kept.
    Given(T),
    /// Erased; nothing of the value is left.
    Erased {
        /// When it was erased.
        at: DateTime<Utc>,
    },
}

impl<T> Erasable<T> {
    /// The value, unless it was erased.
    pub const fn given(&self) -> Option<&T> {
        match self {
            Self::Given(value) => Some(value),
            Self::Erased { .. } => None,
        }
    }

    /// Erases the value; a value erased before keeps its first date.
    #[must_use]
    pub fn erase(self, at: DateTime<Utc>) -> Self {
        match self {
            Self::Given(_) => Self::Erased { at },
            erased @ Self::Erased { .. } => erased,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;
    use std::string::ToString;

    #[test]
    fn personal_data_prints_masked() {
        let shown = format!(
            "{} {} {} {:?}",
            Email::new("wang@example.com").unwrap(),
            Phone::new("+86 (10) 555-0173").unwrap(),
            PersonName::new("王小明").unwrap(),
            PersonName::new("Ada").unwrap()
        );
        assert_eq!(shown, "w***@*** ***73 王** PersonName(A**)");
        assert_eq!(PersonName::new("王").unwrap().to_string(), "***");
        assert!(Email::new("a b@c").is_err() && Email::new("a@b@c").is_err() && Email::new("@c").is_err());
        assert!(Phone::new("12").is_err() && Phone::new("12a45").is_err() && PersonName::new("").is_err());
        assert!(!format!("{:?}", Email::new("secret at example").unwrap_err()).contains("secret"));
    }

    #[test]
    fn an_error_never_repeats_what_was_given() {
        for json in ["13800138000", "-13800138000", "13800138000.5", "true", "\"138-0013-8000 home\""] {
            let error = serde_json::from_str::<Phone>(json).unwrap_err().to_string();
            assert!(error.starts_with("expected a phone number") && !error.contains("138"), "{error}");
            let error =
                serde_json::from_str::<Erasable<Phone>>(&format!("{{\"given\":{json}}}")).unwrap_err();
            assert!(!error.to_string().contains("138"), "{error}");
        }
    }

    #[test]
    fn erasing_leaves_a_tombstone() {
        let at = crate::parse_instant("2026-06-30").unwrap();
        let erased = Erasable::Given(PersonName::new("Ada").unwrap()).erase(at);
        assert_eq!(serde_json::to_string(&erased).unwrap(), r#"{"erased":{"at":"2026-06-30T00:00:00Z"}}"#);
        assert_eq!(erased.clone().erase(at + chrono::Duration::days(1)), erased);
    }
}
