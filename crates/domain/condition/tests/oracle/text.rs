//! Texts as they are compared.
use unicode_normalization::UnicodeNormalization;

/// Unicode NFKC, every character in lower case, no blank at either end, each run of blanks one.
pub(crate) fn normal(text: &str) -> String {
    let composed: String = text.nfkc().collect();
    let lower: String = composed.chars().flat_map(char::to_lowercase).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn texts_are_normal() {
    assert_eq!(normal("ＥＡＳＴ  China\u{3000}"), "east china");
    assert_eq!(normal("ﬁn"), "fin");
}
