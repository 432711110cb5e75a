//! Texts as they are compared.
use alloc::string::String;

use unicode_normalization::UnicodeNormalization;

/// The characters of a text as it is compared: NFKC, every character in lower case, blanks at both ends cut
/// off, each run of blanks inside one space.
pub(crate) fn normal(text: &str) -> impl Iterator<Item = char> {
    spaced(text.nfkc().flat_map(char::to_lowercase))
}

fn spaced(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let mut rest = chars.skip_while(|c| c.is_whitespace()).peekable();
    core::iter::from_fn(move || {
        let c = rest.next()?;
        if !c.is_whitespace() {
            return Some(c);
        }
        while rest.next_if(|c| c.is_whitespace()).is_some() {}
        // A run at the end is cut off.
        rest.peek().map(|_| ' ')
    })
}

/// The same, without tables where there is nothing to look up.
pub(crate) fn quickly_normal(text: &str) -> impl Iterator<Item = char> {
    if text.is_ascii() {
        Either::One(spaced(text.bytes().map(|byte| char::from(byte.to_ascii_lowercase()))))
    } else {
        Either::Other(normal(text))
    }
}

enum Either<A, B> {
    One(A),
    Other(B),
}

impl<A: Iterator<Item = char>, B: Iterator<Item = char>> Iterator for Either<A, B> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self {
            Self::One(chars) => chars.next(),
            Self::Other(chars) => chars.next(),
        }
    }
}

/// A text as conditions compare it: Unicode NFKC, every character in lower case, blanks at both ends cut
/// off, each run of blanks inside one space.
///
/// ```
/// assert_eq!(guanxi_condition::normalise("ＥＡＳＴ  China "), "east china");
/// ```
#[must_use]
pub fn normalised(text: &str) -> String {
    normal(text).collect()
}

/// Whether a text, once normalised, is this normalised one.
#[inline]
pub(crate) fn is_normally(text: &str, normalised: &str) -> bool {
    // Most texts that differ do so in the first letter. What follows may be a mark that belongs to it.
    if let ([first, second, ..], [wanted, ..]) = (text.as_bytes(), normalised.as_bytes())
        && first.is_ascii_alphanumeric()
        && second.is_ascii()
        && first.to_ascii_lowercase() != *wanted
    {
        return false;
    }
    is_wholly(text, normalised)
}

/// By itself, so that the short way stays short.
#[inline(never)]
fn is_wholly(text: &str, normalised: &str) -> bool {
    is_plainly(text.as_bytes(), normalised.as_bytes()).unwrap_or_else(|| normal(text).eq(normalised.chars()))
}

/// The same as far as ASCII decides it, which needs no tables: letters differ in their case at most.
fn is_plainly(text: &[u8], normalised: &[u8]) -> Option<bool> {
    const fn is_blank(byte: u8) -> bool {
        matches!(byte, b'\t'..=b'\r' | b' ')
    }
    const fn skip_blanks(mut text: &[u8]) -> &[u8] {
        while let [byte, rest @ ..] = text
            && is_blank(*byte)
        {
            text = rest;
        }
        text
    }

    let (mut text, mut normalised) = (skip_blanks(text), normalised);
    while let [byte, rest @ ..] = text {
        if !byte.is_ascii() {
            return None;
        }
        let blank = is_blank(*byte);
        text = if blank { skip_blanks(rest) } else { rest };
        if blank && text.is_empty() {
            break;
        }
        let byte = if blank { b' ' } else { byte.to_ascii_lowercase() };
        match normalised {
            [wanted, rest @ ..] if *wanted == byte => normalised = rest,
            // What follows may be a mark that belongs to this character.
            _ => return text.first().is_none_or(u8::is_ascii).then_some(false),
        }
    }
    Some(normalised.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_are_compared_by_what_they_say() {
        for (text, expected) in [
            ("ＥＡＳＴ  China", "east china"),
            ("\u{3000}华东\t 区\n", "华东 区"),
            ("", ""),
            (" \u{2003} ", ""),
            ("ﬁn", "fin"),
            ("É", "é"),
            ("E\u{301}", "é"),
            ("ΣΑΣ", "σασ"),
            ("a\u{a0}\u{2028}b", "a b"),
        ] {
            assert_eq!(normalised(text), expected, "{text:?}");
            assert!(is_normally(text, expected), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn the_quick_way_is_the_long_one(
            text in "[aAbk \t\u{b}\u{1f}\u{3000}\u{301}\u{212a}e]{0,6}", other in "[abk e\u{e9}]{0,6}", any in any::<String>(),
        ) {
            for (text, other) in [(&text, &other), (&text, &text), (&any, &other), (&any, &any), (&other, &any)] {
                let (long, other) = (normalised(text), normalised(other));
                prop_assert_eq!(is_normally(text, &other), long == other, "{:?} {:?}", text, other);
                if let Some(plainly) = is_plainly(text.as_bytes(), other.as_bytes()) {
                    prop_assert_eq!(plainly, long == other, "{:?} {:?}", text, other);
                }
                prop_assert_eq!(quickly_normal(text).collect::<String>(), long);
            }
        }
    }
}
