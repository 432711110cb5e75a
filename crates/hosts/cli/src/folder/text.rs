//! From bytes to text: UTF-8 wherever it is valid, else what is declared, else GB18030.
use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::problem::Fault;

/// A text with the encoding that it was read in.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) encoding: &'static str,
}

/// What is wrong with some bytes, and in which line.
pub(super) struct Undecodable {
    pub(super) fault: Fault,
    pub(super) line: u64,
}

/// Decodes a whole file without replacing a single byte.
///
/// A byte order mark decides; then UTF-8, if the bytes are valid in it (unless UTF-16 is declared,
/// where every byte could be); then the declared encoding, or GB18030 if none is.
pub(super) fn decode(mut bytes: Vec<u8>, declared: Option<&'static Encoding>) -> Result<Text, Undecodable> {
    let wide = declared.filter(|encoding| [UTF_16LE, UTF_16BE].contains(encoding));
    let (marked, mark) = Encoding::for_bom(&bytes).map_or((wide, 0), |(found, mark)| (Some(found), mark));
    bytes.drain(..mark);
    let (utf8_stop, bytes) = match marked {
        Some(encoding) if encoding != UTF_8 => {
            return other(&bytes, encoding).map_err(|at| undecodable(&bytes, encoding.name(), at, mark));
        }
        _ => match String::from_utf8(bytes) {
            Ok(text) => return Ok(Text { text, encoding: UTF_8.name() }),
            Err(error) => (error.utf8_error().valid_up_to(), error.into_bytes()),
        },
    };
    if marked.is_some() || declared == Some(UTF_8) {
        return Err(undecodable(&bytes, UTF_8.name(), utf8_stop, mark));
    }
    let encoding = declared.unwrap_or(GB18030);
    other(&bytes, encoding).map_err(|at| match declared {
        Some(_) => undecodable(&bytes, encoding.name(), at, mark),
        // The encoding that got further is the likelier one.
        None => undecodable(&bytes, "UTF-8 or GB18030", at.max(utf8_stop), mark),
    })
}

/// Decodes, or gives the offset of the first byte that cannot be.
fn other(bytes: &[u8], encoding: &'static Encoding) -> Result<Text, usize> {
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(Text { text: text.into_owned(), encoding: encoding.name() });
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut offset, mut buffer) = (0, [0; 4096]);
    loop {
        let rest = bytes.get(offset..).unwrap_or_default();
        let (result, read, _) = decoder.decode_to_utf8_without_replacement(rest, &mut buffer, true);
        offset += read;
        match result {
            DecoderResult::OutputFull => {}
            DecoderResult::InputEmpty => return Err(offset),
            DecoderResult::Malformed(length, after) => {
                return Err(offset.saturating_sub(usize::from(length) + usize::from(after)));
            }
        }
    }
}

fn undecodable(bytes: &[u8], encoding: &str, at: usize, mark: usize) -> Undecodable {
    let breaks = bytes.iter().take(at).filter(|byte| **byte == b'\n').count();
    let byte = bytes.get(at).or(bytes.last()).copied().unwrap_or(0);
    Undecodable {
        fault: Fault::Undecodable { encoding: encoding.to_owned(), byte, offset: at + mark },
        line: u64::try_from(breaks).unwrap_or(u64::MAX).saturating_add(1),
    }
}

/// Full-width forms as their plain ones: digits, letters, punctuation and the blank; also the signs
/// that stand for minus and the blanks that group digits.
pub(super) fn folded(text: &str) -> std::borrow::Cow<'_, str> {
    if text.is_ascii() {
        return text.trim().into();
    }
    let plain = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{A0}' | '\u{2009}' | '\u{202F}' => ' ',
        '\u{2212}' => '-',
        other => other,
    };
    let folded: String = text.chars().map(plain).collect();
    folded.trim().to_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], declared: Option<&'static Encoding>) -> Result<(String, &'static str), String> {
        decode(bytes.to_vec(), declared)
            .map(|read| (read.text, read.encoding))
            .map_err(|error| format!("line {}: {}", error.line, error.fault))
    }

    #[test]
    fn utf8_wins_then_what_is_declared_then_gb18030() {
        let (chinese, _, _) = GB18030.encode("编号,名称\n1,甲\n");
        let utf8 = |text: &str| Ok((text.to_owned(), "UTF-8"));
        assert_eq!(read("编号\n".as_bytes(), None), utf8("编号\n"));
        assert_eq!(read("编号\n".as_bytes(), Some(GB18030)), utf8("编号\n"));
        assert_eq!(read("\u{FEFF}编号\n".as_bytes(), None), utf8("编号\n"));
        assert_eq!(read(&chinese, None), Ok(("编号,名称\n1,甲\n".to_owned(), "gb18030")));
        let latin = encoding_rs::WINDOWS_1252;
        assert_eq!(read(b"M\xFCller\n", Some(latin)), Ok(("Müller\n".to_owned(), "windows-1252")));
        assert_eq!(read(b"\xFF\xFEa\0\n\0", None), Ok(("a\n".to_owned(), "UTF-16LE")));
        assert_eq!(read(b"a\0\n\0", Some(UTF_16LE)), Ok(("a\n".to_owned(), "UTF-16LE")));
        assert_eq!(read(b"", None), utf8(""));
    }

    #[test]
    fn the_first_byte_that_cannot_be_read_is_named() {
        insta::assert_snapshot!(read(b"a\nb\xFFc\n", None).unwrap_err(), @"line 2: expected text in UTF-8 or GB18030, got the byte 0xFF at offset 3, which is none");
        insta::assert_snapshot!(read("甲\n乙\n\u{7532}".as_bytes().iter().copied().chain([0xFF, b'\n']).collect::<Vec<u8>>().as_slice(), None).unwrap_err(), @"line 3: expected text in UTF-8 or GB18030, got the byte 0xFF at offset 11, which is none");
        insta::assert_snapshot!(read(b"a\nM\xFCller\n", Some(UTF_8)).unwrap_err(), @"line 2: expected text in UTF-8, got the byte 0xFC at offset 3, which is none");
        insta::assert_snapshot!(read(b"\xEF\xBB\xBFM\xFCller\n", None).unwrap_err(), @"line 1: expected text in UTF-8, got the byte 0xFC at offset 4, which is none");
        insta::assert_snapshot!(read(b"a\n\xFE", Some(GB18030)).unwrap_err(), @"line 2: expected text in gb18030, got the byte 0xFE at offset 2, which is none");
    }

    #[test]
    fn full_width_forms_fold_to_plain_ones() {
        assert_eq!(folded("　（１２３．４５）　"), "(123.45)");
        assert_eq!(folded("１，２３４％ "), "1,234%");
        assert_eq!(folded("2023年10月20日"), "2023年10月20日");
    }
}
