//! Identifiers: bounded, inert text that a host mints and Guanxi only compares.
use alloc::string::String;

use crate::text::{Quoted, is_inert};

/// Why a text is not an identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// Empty, or only blanks.
    #[error("an id must not be empty")]
    Empty,
    /// Longer than the kind of id allows.
    #[error("an id has at most {allowed} characters, got {given}")]
    TooLong {
        /// The number of characters given.
        given: usize,
        /// The number allowed.
        allowed: usize,
    },
    /// A control, bidirectional or invisible character, or a blank at either end.
    #[error("an id must hold no control or invisible characters and no blank at either end, got {}", Quoted(.given))]
    NotInert {
        /// The text given, cut short.
        given: String,
    },
    /// Not a code: a letter, then letters, digits, `_`, `-` and `.`.
    #[error("expected letters, digits, `_`, `-` and `.`, the first a letter, got {}", Quoted(.given))]
    NotACode {
        /// The text given, cut short.
        given: String,
    },
}

/// Checks an id that a host minted: 1 to `allowed` characters of inert text, no blank at either end.
#[doc(hidden)]
pub fn check_text(text: &str, allowed: usize) -> Result<(), IdError> {
    if text.trim().is_empty() {
        return Err(IdError::Empty);
    }
    // A character takes at most four bytes, so a short text needs no counting.
    let given = if text.len() <= allowed { text.len() } else { text.chars().count() };
    if given > allowed {
        return Err(IdError::TooLong { given, allowed });
    }
    let plain = text.bytes().all(|b| b.is_ascii_graphic());
    if plain || (is_inert(text) && text.trim().len() == text.len()) {
        Ok(())
    } else {
        Err(IdError::NotInert { given: text.chars().take(41).collect() })
    }
}

/// Checks a code that a policy declares: a letter, then letters, digits, `_`, `-`, `.`.
#[doc(hidden)]
pub fn check_code(text: &str, allowed: usize) -> Result<(), IdError> {
    check_text(text, allowed)?;
    let starts = text.chars().next().is_some_and(char::is_alphabetic);
    if starts && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')) {
        Ok(())
    } else {
        Err(IdError::NotACode { given: text.chars().take(41).collect() })
    }
}

/// Writes the JSON Schema of an identifier, where this crate has that feature.
#[cfg(feature = "schema")]
#[doc(hidden)]
#[macro_export]
macro_rules! schema_of_id {
    ($rule:ident $name:ident) => {
        impl $crate::schema::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> $crate::schema::Cow<'static, str> {
                ::core::stringify!($name).into()
            }
            fn json_schema(_: &mut $crate::schema::SchemaGenerator) -> $crate::schema::Schema {
                $crate::schema::text($name::MAX_CHARS, $crate::schema_of_id!(@pattern $rule))
            }
        }
    };
    (@pattern text) => { $crate::schema::TEXT };
    (@pattern code) => { $crate::schema::CODE };
}
#[cfg(not(feature = "schema"))]
#[doc(hidden)]
#[macro_export]
macro_rules! schema_of_id {
    ($rule:ident $name:ident) => {};
}

/// Defines a typed identifier over bounded text, with its JSON Schema where the feature `schema` is on.
///
/// `text` ids are minted by a host (any inert text); `code` ids are declared by a policy (letters,
/// digits, `_`, `-`, `.`, starting with a letter; Chinese letters included).
///
/// ```
/// guanxi_core::define_id! {
///     /// The number of a contract.
///     pub struct ContractId(text, 64);
/// }
/// assert_eq!(ContractId::new("K-17")?.as_str(), "K-17");
/// # Ok::<(), guanxi_core::IdError>(())
/// ```
#[macro_export]
macro_rules! define_id {
    ($(#[$meta:meta])* $vis:vis struct $name:ident($rule:ident, $max:literal);) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis struct $name($crate::SmolStr);

        impl $name {
            /// The greatest length in characters.
            pub const MAX_CHARS: usize = $max;

            /// Checks and keeps the text.
            ///
            /// # Errors
            /// `IdError` where the text is empty, too long or holds a character that is not allowed.
            pub fn new(text: &str) -> Result<Self, $crate::IdError> {
                $crate::define_id!(@check $rule, text, $max)?;
                Ok(Self($crate::SmolStr::from(text)))
            }

            /// For [`fact_id!`]($crate::fact_id), which has checked the text.
            #[doc(hidden)]
            #[must_use]
            pub const fn checked(text: &'static str) -> Self {
                Self($crate::SmolStr::new_static(text))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::write!(f, ::core::concat!(::core::stringify!($name), "({})"), self.0)
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::IdError;

            fn from_str(text: &str) -> Result<Self, $crate::IdError> {
                Self::new(text)
            }
        }

        impl ::core::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl ::serde::de::Visitor<'_> for Visitor {
                    type Value = $name;
                    fn expecting(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        f.write_str("an id as text")
                    }
                    fn visit_str<E: ::serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        $name::new(text).map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Visitor)
            }
        }

        $crate::schema_of_id! { $rule $name }
    };
    (@check text, $text:expr, $max:literal) => { $crate::check_text($text, $max) };
    (@check code, $text:expr, $max:literal) => { $crate::check_code($text, $max) };
}

/// Whether an ASCII text is a code; for checks at compile time.
#[doc(hidden)]
#[must_use]
pub const fn is_code(text: &str) -> bool {
    let mut rest = text.as_bytes();
    let starts = matches!(rest, [first, ..] if first.is_ascii_alphabetic());
    while let [byte, after @ ..] = rest {
        if !(byte.is_ascii_alphanumeric() || matches!(*byte, b'_' | b'-' | b'.')) {
            return false;
        }
        rest = after;
    }
    starts && text.len() <= 64
}

/// The id of a fact that is named in a program; what is not an id does not compile.
///
/// ```
/// assert_eq!(guanxi_core::fact_id!("revenue").as_str(), "revenue");
/// ```
/// ```compile_fail
/// let _ = guanxi_core::fact_id!("total revenue");
/// ```
#[macro_export]
macro_rules! fact_id {
    ($text:literal) => {{
        const _: () = ::core::assert!($crate::is_code($text), "not the id of a fact");
        $crate::FactId::checked($text)
    }};
}

define_id! {
    /// Whom a decision is about: a customer, lead or ticket, by the host's own key.
    pub struct SubjectId(text, 128);
}
define_id! {
    /// One event of a ledger; the same id is the same event.
    pub struct EventId(text, 128);
}
define_id! {
    /// Who acted or decided, by the host's own key; never a person's name.
    pub struct ActorId(text, 128);
}
define_id! {
    /// The name of a fact, such as `cumulative_profit`.
    pub struct FactId(code, 64);
}
define_id! {
    /// The name of an attribute of an event or a party, such as `net`.
    pub struct AttributeId(code, 64);
}
define_id! {
    /// The name of a policy, a reference or another document, such as `standard`.
    pub struct DocumentId(code, 64);
}
define_id! {
    /// The code of a tier, such as `strategic`.
    pub struct TierId(code, 64);
}
define_id! {
    /// The code of a queue: a team that takes turns, such as `seniors`; work may be sent to it.
    pub struct QueueId(code, 64);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn ids_are_bounded_and_inert() {
        assert!(SubjectId::new("客户 17").is_ok());
        assert!(SubjectId::new(&"客".repeat(128)).is_ok());
        assert!(FactId::new("累计利润").is_ok());
        insta::assert_snapshot!(SubjectId::new(" ").unwrap_err().to_string(), @"an id must not be empty");
        insta::assert_snapshot!(SubjectId::new(&"客".repeat(129)).unwrap_err().to_string(), @"an id has at most 128 characters, got 129");
        insta::assert_snapshot!(SubjectId::new("a\u{202e}b").unwrap_err().to_string(), @r"an id must hold no control or invisible characters and no blank at either end, got `a\u{202e}b`");
        insta::assert_snapshot!(FactId::new("1a").unwrap_err().to_string(), @"expected letters, digits, `_`, `-` and `.`, the first a letter, got `1a`");
        for text in ["a b", "1a", "<b>", "-x", "a/b", "_a"] {
            assert!(FactId::new(text).is_err(), "{text}");
        }
        for text in [" a", "a ", "a\nb", "\u{feff}a"] {
            assert!(SubjectId::new(text).is_err(), "{text}");
        }
    }
}
