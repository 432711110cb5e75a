//! JSON Lines, fast: names of fields are copied without a look, texts after one.
//!
//! The bytes are those of `serde_json`, which also writes everything that is not on the short list
//! here: texts with escapes, numbers, maps.
use std::fmt;

use serde::Serialize;
use serde::ser::{self, Impossible, SerializeSeq, SerializeStruct, Serializer};

/// Appends a value as JSON; what stood in `out` before stays.
pub(crate) fn append<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) -> Result<(), Unwritable> {
    let start = out.len();
    value.serialize(Json(out)).or_else(|_| {
        out.truncate(start);
        serde_json::to_writer(out, value).map_err(|_| Unwritable)
    })
}

/// JSON that is written already, and copied as it is.
pub(crate) struct Verbatim(pub(crate) String);

impl Serialize for Verbatim {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // JSON has no bytes of its own, so this kind of value is free for it.
        serializer.serialize_bytes(self.0.as_bytes())
    }
}

/// A value that has no form in JSON, or none on the short list.
#[derive(Debug, thiserror::Error)]
#[error("a value that JSON cannot hold")]
pub(crate) struct Unwritable;

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

struct Json<'a>(&'a mut Vec<u8>);

/// The inside of an object or a list. Every item ends in a comma; the last one becomes the bracket.
struct Items<'a> {
    out: &'a mut Vec<u8>,
    close: u8,
}

impl Items<'_> {
    fn close(self) {
        match self.out.last_mut() {
            Some(last) if *last == b',' => *last = self.close,
            _ => self.out.push(self.close),
        }
    }
}

impl SerializeStruct for Items<'_> {
    type Ok = ();
    type Error = Unwritable;

    // Where it is called the name is a constant: inlined, it is copied in a few moves.
    #[inline(always)]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        append(self.out, value)?;
        self.out.push(b',');
        Ok(())
    }

    fn end(self) -> Result<(), Unwritable> {
        self.close();
        Ok(())
    }
}

impl SerializeSeq for Items<'_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        append(self.out, value)?;
        self.out.push(b',');
        Ok(())
    }

    fn end(self) -> Result<(), Unwritable> {
        self.close();
        Ok(())
    }
}

/// Whether JSON writes a text as it is: no control character, quote or backslash.
fn is_plain(text: &str) -> bool {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = EACH << 7;
    // Eight bytes at a time: the high bit of a byte is set where that byte is below the limit.
    let below = |word: u64, limit: u8| word.wrapping_sub(EACH * u64::from(limit)) & !word & HIGH;
    let special = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        let (quote, backslash) = (word ^ (EACH * u64::from(b'"')), word ^ (EACH * u64::from(b'\\')));
        below(word, b' ') | below(quote, 1) | below(backslash, 1) != 0
    };
    let bytes = text.as_bytes();
    let Some(last) = bytes.last_chunk() else {
        return bytes.iter().all(|byte| *byte >= b' ' && !matches!(byte, b'"' | b'\\'));
    };
    // The last eight overlap those before: a byte looked at twice is no harm.
    !special(last) && !bytes.as_chunks().0.iter().any(special)
}

/// Methods for the kinds of values that are left to `serde_json`.
macro_rules! left_out {
    ($($method:ident($($given:ty),*) -> $ok:ty;)*) => {
        $(fn $method(self, $(_: $given),*) -> Result<$ok, Unwritable> {
            Err(Unwritable)
        })*
    };
}

impl<'a> Serializer for Json<'a> {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = Items<'a>;
    type SerializeStruct = Items<'a>;
    type SerializeMap = Impossible<(), Unwritable>;
    type SerializeTuple = Impossible<(), Unwritable>;
    type SerializeTupleStruct = Impossible<(), Unwritable>;
    type SerializeTupleVariant = Impossible<(), Unwritable>;
    type SerializeStructVariant = Impossible<(), Unwritable>;

    fn serialize_str(self, text: &str) -> Result<(), Unwritable> {
        if is_plain(text) {
            self.0.reserve(text.len() + 2);
            self.0.push(b'"');
            self.0.extend_from_slice(text.as_bytes());
            self.0.push(b'"');
            Ok(())
        } else {
            serde_json::to_writer(self.0, text).map_err(|_| Unwritable)
        }
    }

    fn serialize_bytes(self, json: &[u8]) -> Result<(), Unwritable> {
        self.0.extend_from_slice(json);
        Ok(())
    }

    fn serialize_bool(self, value: bool) -> Result<(), Unwritable> {
        self.0.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Unwritable> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unwritable> {
        self.0.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<(), Unwritable> {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'a>, Unwritable> {
        self.0.push(b'[');
        Ok(Items { out: self.0, close: b']' })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Items<'a>, Unwritable> {
        self.0.push(b'{');
        Ok(Items { out: self.0, close: b'}' })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Unwritable> {
        Err(Unwritable)
    }

    left_out! {
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn ours<T: Serialize + ?Sized>(value: &T) -> String {
        let mut out = Vec::new();
        append(&mut out, value).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// Every kind of value that serde knows.
    #[derive(Clone, Debug, Serialize)]
    enum Kind {
        Unit,
        New(String),
        Tuple(u8, char),
        Fields { name: String, nothing: Option<()>, list: Vec<Option<bool>> },
        Map(BTreeMap<String, f64>),
        Nested(Vec<Kind>),
    }

    #[derive(Clone, Debug, Serialize)]
    #[serde(tag = "code", rename_all = "snake_case")]
    enum Tagged {
        Nothing,
        Fields { why: String, kind: Kind },
    }

    fn kind() -> impl Strategy<Value = Kind> {
        let leaf = prop_oneof![
            Just(Kind::Unit),
            ".*".prop_map(Kind::New),
            (any::<u8>(), any::<char>()).prop_map(|(n, c)| Kind::Tuple(n, c)),
            (".*", prop::collection::vec(any::<Option<bool>>(), 0..3))
                .prop_map(|(name, list)| Kind::Fields { name, nothing: None, list }),
            prop::collection::btree_map(".*", any::<f64>(), 0..3).prop_map(Kind::Map),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| prop::collection::vec(inner, 0..3).prop_map(Kind::Nested))
    }

    proptest! {
        #[test]
        fn any_value_is_written_as_serde_json_writes_it(kinds in prop::collection::vec(kind(), 0..4), why in ".*") {
            prop_assert_eq!(ours(&kinds), serde_json::to_string(&kinds).unwrap());
            for kind in kinds {
                let tagged = [Tagged::Nothing, Tagged::Fields { why: why.clone(), kind }];
                prop_assert_eq!(ours(&tagged), serde_json::to_string(&tagged).unwrap());
            }
        }

        #[test]
        fn any_text_is_written_as_serde_json_writes_it(text in any::<String>(), place in 0_usize..20, byte in 0_u8..128) {
            prop_assert_eq!(ours(&text), serde_json::to_string(&text).unwrap());
            // One character that may need an escape, at every place of a word and after it.
            let text = format!("{}{}客户", "x".repeat(place), char::from(byte));
            prop_assert_eq!(ours(&text), serde_json::to_string(&text).unwrap());
        }
    }

    #[test]
    fn only_what_json_escapes_is_not_plain() {
        for code in 0..=255 {
            let text = char::from(code).to_string();
            let quoted = format!("\"{text}\"");
            for padding in ["", "1234567", "12345678", "123456789"] {
                let padded = format!("{padding}{text}{padding}");
                assert_eq!(is_plain(&padded), serde_json::to_string(&text).unwrap() == quoted, "{code}");
            }
        }
    }

    #[test]
    fn what_is_written_already_is_copied() {
        let list: &[Verbatim] = &[Verbatim("{\"a\": 1}".into())];
        assert_eq!(ours(list), "[{\"a\": 1}]");
    }

    #[test]
    fn what_json_cannot_hold_is_refused_and_leaves_nothing_behind() {
        struct Refusing;
        impl Serialize for Refusing {
            fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(ser::Error::custom("no"))
            }
        }
        assert!(append(&mut Vec::new(), &[Refusing]).is_err());
    }
}
