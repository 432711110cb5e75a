//! Parts of texts, looked for without copying the text.
use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::normal::quickly_normal;

/// A part that a text, once normalised, may have.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    chars: Box<[char]>,
    /// How many characters still match where so many do, and the next does not: the longest beginning that
    /// ends there, too (Knuth, Morris and Pratt).
    back: Box<[usize]>,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Anywhere,
    Start,
    End,
}

impl Pattern {
    /// A part anywhere; normalised, as the others.
    pub(crate) fn anywhere(part: &str) -> Self {
        Self::new(part, Place::Anywhere)
    }

    pub(crate) fn at_the_start(part: &str) -> Self {
        Self::new(part, Place::Start)
    }

    pub(crate) fn at_the_end(part: &str) -> Self {
        Self::new(part, Place::End)
    }

    fn new(part: &str, place: Place) -> Self {
        let chars: Vec<char> = part.chars().collect();
        let mut back = Vec::from([0]);
        let mut matched = 0;
        for (length, c) in chars.iter().enumerate() {
            // One character alone has no shorter beginning.
            matched = if length == 0 { 0 } else { after(&chars, &back, matched, *c) };
            back.push(matched);
        }
        Self { chars: chars.into(), back: back.into(), place }
    }

    /// Whether a text has the part, once normalised.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let mut normal = quickly_normal(text);
        if self.place == Place::Start {
            return self.chars.iter().all(|c| normal.next() == Some(*c));
        }
        let (mut matched, whole) = (0, self.chars.len());
        for c in normal {
            if matched == whole && self.place == Place::Anywhere {
                return true;
            }
            matched = after(&self.chars, &self.back, matched, c);
        }
        matched == whole
    }
}

/// How many characters match after one more, where so many did.
fn after(chars: &[char], back: &[usize], mut matched: usize, c: char) -> usize {
    loop {
        if chars.get(matched) == Some(&c) {
            return matched + 1;
        }
        if matched == 0 {
            return 0;
        }
        matched = back.get(matched).copied().unwrap_or(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normal::normalised;
    use proptest::prelude::*;
    use std::string::String;

    proptest! {
        #[test]
        fn parts_are_found_where_they_are(
            text in "[aab é　\u{301}A]{0,12}", part in "[aab é]{0,4}", wide in any::<String>(), other in any::<char>(),
        ) {
            for (text, part) in [(&text, &part), (&wide, &String::from(other))] {
                let (text, part) = (text.as_str(), normalised(part));
                let normal = normalised(text);
                prop_assert_eq!(Pattern::anywhere(&part).is_in(text), normal.contains(&part));
                prop_assert_eq!(Pattern::at_the_start(&part).is_in(text), normal.starts_with(&part));
                prop_assert_eq!(Pattern::at_the_end(&part).is_in(text), normal.ends_with(&part));
            }
        }
    }
}
