//! Texts as they are compared.
use alloc::string::String;

use unicode_normalization::UnicodeNormalization;

/// A text as it is compared: NFKC, every character in lower case, blanks at both ends cut off, each run of
/// blanks inside one space.
pub(crate) fn normal(text: &str) -> impl Iterator<Item = char> {
    let mut rest = text.nfkc().flat_map(char::to_lowercase).skip_while(|c| c.is_whitespace()).peekable();
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

/// A text as conditions compare it: Unicode NFKC, every character in lower case, blanks at both ends cut
/// off, each run of blanks inside one space.
///
/// ```
/// assert_eq!(guanxi_condition::normalise("ＥＡＳＴ  China "), "east china");
/// ```
#[must_use]
pub fn normalised(text: &str) -> String {
    if is_plain(text) { text.to_ascii_lowercase() } else { normal(text).collect() }
}

/// Whether a text, once normalised, is this normalised one.
pub(crate) fn is_normally(text: &str, normalised: &str) -> bool {
    // Most texts differ from the other in their letters' case at most, and need no tables.
    if is_plain(text) { text.eq_ignore_ascii_case(normalised) } else { normal(text).eq(normalised.chars()) }
}

/// Whether normalising changes no more of a text than the case of letters of ASCII: those that show, the
/// common Chinese characters, and single blanks between them.
fn is_plain(text: &str) -> bool {
    let mut before = ' ';
    for c in text.chars() {
        let plain = match c {
            ' ' => before != ' ',
            '!'..='~' | '\u{4e00}'..='\u{9fff}' => true,
            _ => false,
        };
        if !plain {
            return false;
        }
        before = c;
    }
    before != ' ' || text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn the_quick_way_is_the_long_one() {
        let texts = [
            "East",
            "EAST-1",
            "",
            "a b",
            " a",
            "a\u{1f}",
            "a\u{b}b",
            "K",
            "\u{212a}",
            " ",
            "a  b",
            "A B",
            "b ",
            "华东 A",
            "华\u{3000}东",
            "\u{f900}",
        ];
        for text in texts {
            for other in
                ["east", "east-1", "", "a b", "a", "k", "\u{212a}", "b", " ", "华东 a", "华 东", "\u{8c48}"]
            {
                assert_eq!(is_normally(text, other), normal(text).eq(other.chars()), "{text:?} {other:?}");
            }
            assert!(normal(text).eq(normalised(text).chars()), "{text:?}");
        }
        for c in '\u{4e00}'..='\u{9fff}' {
            let mut text = [0; 4];
            assert!(normal(c.encode_utf8(&mut text)).eq([c]), "{c}");
        }
    }
}
