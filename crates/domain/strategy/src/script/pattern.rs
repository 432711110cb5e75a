//! A text with slots, taken apart once.
use alloc::string::String;
use alloc::vec::Vec;

use super::id::SlotId;

/// A text with slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(pub(super) Vec<Piece>);

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Literal(String),
    Slot(SlotId),
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PatternFault {
    /// A brace without its other one.
    Brace,
    /// What stands between braces is no name of a slot.
    Name,
}

impl Pattern {
    /// Takes a text apart: `{slot}` is a slot, `{{` and `}}` are braces.
    pub(super) fn parse(text: &str) -> Result<Self, PatternFault> {
        let (mut pieces, mut literal) = (Vec::new(), String::new());
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let brace = matches!(c, '{' | '}');
            if !brace || chars.next_if_eq(&c).is_some() {
                literal.push(c);
            } else if c == '}' {
                return Err(PatternFault::Brace);
            } else {
                let mut name = String::new();
                loop {
                    match chars.next() {
                        None | Some('{') => return Err(PatternFault::Brace),
                        Some('}') => break,
                        Some(c) => name.push(c),
                    }
                }
                let slot = SlotId::new(&name).map_err(|_| PatternFault::Name)?;
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(core::mem::take(&mut literal)));
                }
                pieces.push(Piece::Slot(slot));
            }
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Ok(Self(pieces))
    }

    /// The slots, in the order of the text; one that stands there twice is there twice.
    pub(super) fn slots(&self) -> impl Iterator<Item = &SlotId> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Slot(slot) => Some(slot),
            Piece::Literal(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn texts_are_taken_apart_or_refused() {
        let parts = |text: &str| {
            Pattern::parse(text).map(|pattern| {
                let shown = pattern.0.iter().map(|piece| match piece {
                    Piece::Literal(text) => format!("[{text}]"),
                    Piece::Slot(slot) => format!("<{slot}>"),
                });
                shown.collect::<Vec<_>>().concat()
            })
        };
        assert_eq!(parts("a{b}{c} d").as_deref(), Ok("[a]<b><c>[ d]"));
        assert_eq!(parts("{{x}} {客户}").as_deref(), Ok("[{x} ]<客户>"));
        assert_eq!(parts("{{{a}}}").as_deref(), Ok("[{]<a>[}]"));
        assert_eq!(parts("").as_deref(), Ok(""));
        for text in ["{a", "a}", "{a{b}}", "{", "}", "{{}"] {
            assert_eq!(parts(text), Err(PatternFault::Brace), "{text}");
        }
        for text in ["{}", "{a b}", "{ a}", "{1}"] {
            assert_eq!(parts(text), Err(PatternFault::Name), "{text}");
        }
    }
}
