//! Text from the data, made inert: it is shown, and never does anything.
//!
//! Every text that is not written in this module's siblings goes through [`Text`], [`Name`] or
//! [`Json`]; nothing else may put data on the page.
use std::fmt::{self, Write};
use std::io;

use guanxi::core::is_inert;
use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, Serializer};

/// Whether a character would change how the text around it is displayed.
fn is_hostile(c: char) -> bool {
    !is_inert(c.encode_utf8(&mut [0; 4]))
}

/// A text inside an element or an attribute: markup as references, controls and bidirectional
/// formatting as visible code points.
pub(super) struct Text<'a>(pub(super) &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            c if is_hostile(c) => write!(f, "\\u{{{:x}}}", u32::from(c)),
            c => f.write_char(c),
        })
    }
}

/// A text whose own writing direction does not leak into the text around it.
pub(super) struct Name<'a>(pub(super) &'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<bdi>{}</bdi>", Text(self.0))
    }
}

/// The JSON of a value, fit to stand inside a `script` element: no markup, and hostile characters
/// as visible code points, so that a script can show every string as it is.
pub(super) fn json(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    let written = value.serialize(&mut Serializer::with_formatter(&mut bytes, InertJson));
    // Structs of texts and numbers cannot fail to serialise; a page without its table would still stand.
    match written.map(|()| String::from_utf8(bytes)) {
        Ok(Ok(text)) => text,
        _ => "null".to_owned(),
    }
}

struct InertJson;

impl Formatter for InertJson {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        fragment.chars().try_for_each(|c| match c {
            '<' | '>' | '&' => write!(out, "\\u{:04x}", u32::from(c)),
            c if is_hostile(c) => visible(out, u32::from(c)),
            c => out.write_all(c.encode_utf8(&mut [0; 4]).as_bytes()),
        })
    }

    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        match escape {
            CharEscape::Quote => out.write_all(b"\\\""),
            CharEscape::ReverseSolidus => out.write_all(b"\\\\"),
            CharEscape::Solidus => out.write_all(b"\\/"),
            CharEscape::Backspace => visible(out, 0x08),
            CharEscape::FormFeed => visible(out, 0x0c),
            CharEscape::LineFeed => visible(out, 0x0a),
            CharEscape::CarriageReturn => visible(out, 0x0d),
            CharEscape::Tab => visible(out, 0x09),
            CharEscape::AsciiControl(byte) => visible(out, u32::from(byte)),
        }
    }
}

/// A code point that a reader sees: the backslash is itself escaped, so no parser brings it back.
fn visible<W: ?Sized + io::Write>(out: &mut W, code: u32) -> io::Result<()> {
    write!(out, "\\\\u{{{code:x}}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_references() {
        assert_eq!(
            Text(r#"<script>alert("1")</script> & 'x' <!--"#).to_string(),
            "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; &lt;!--"
        );
        assert_eq!(Text("=cmd() 客户 مرحبا").to_string(), "=cmd() 客户 مرحبا");
        assert_eq!(Name("<b>").to_string(), "<bdi>&lt;b&gt;</bdi>");
    }

    #[test]
    fn hostile_characters_become_visible() {
        assert_eq!(
            Text("a\u{202E}b\u{2028}c\u{0}\u{7F}\n").to_string(),
            "a\\u{202e}b\\u{2028}c\\u{0}\\u{7f}\\u{a}"
        );
    }

    #[test]
    fn json_is_inert_and_reads_back() {
        let given =
            "</script><!-- & \u{202E}\u{2066}\u{2028}\u{2029}\u{FEFF} \n\t\u{8}\u{c}\r\u{1} \"\\ =cmd() 客户";
        let text = json(&[given]);
        assert!(text.chars().all(|c| !matches!(c, '<' | '>' | '&') && !is_hostile(c)), "{text}");
        let back: Vec<String> = serde_json::from_str(&text).unwrap();
        assert_eq!(
            back,
            [
                "</script><!-- & \\u{202e}\\u{2066}\\u{2028}\\u{2029}\\u{feff} \\u{a}\\u{9}\\u{8}\\u{c}\\u{d}\\u{1} \"\\ =cmd() 客户"
            ]
        );
    }
}
