//! Text that came from outside: what may stand in an id, and how a value is quoted in an error.
use core::fmt::{self, Write};

/// Whether a character only changes how other text is displayed or processed: controls, line and
/// paragraph separators, bidirectional and invisible formatting.
fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E007F}')
}

/// Whether a text holds no control, bidirectional or invisible formatting character, so that it
/// reads the same wherever it is shown.
///
/// ```
/// assert!(guanxi_core::is_inert("客户 A-1"));
/// assert!(!guanxi_core::is_inert("abc\u{202E}cba"));
/// ```
#[must_use]
pub fn is_inert(text: &str) -> bool {
    !text.chars().any(is_hostile)
}

/// Displays a text with every character that is not inert written as its code point, so that it can
/// be shown anywhere.
///
/// ```
/// assert_eq!(guanxi_core::Inert("a\u{202e}b").to_string(), "a\\u{202e}b");
/// ```
pub struct Inert<'a>(pub &'a str);

impl fmt::Display for Inert<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| write_inert(c, f))
    }
}

fn write_inert(c: char, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if is_hostile(c) { write!(f, "\\u{{{:x}}}", u32::from(c)) } else { f.write_char(c) }
}

/// Displays a given value in an error: in backticks, cut after 40 characters, every character that
/// is not inert written as its code point.
///
/// ```
/// assert_eq!(guanxi_core::Quoted("a\u{7}b").to_string(), "`a\\u{7}b`");
/// ```
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 40;
        f.write_char('`')?;
        self.0.chars().take(SHOWN).try_for_each(|c| write_inert(c, f))?;
        if self.0.chars().nth(SHOWN).is_some() {
            f.write_char('…')?;
        }
        f.write_char('`')
    }
}
