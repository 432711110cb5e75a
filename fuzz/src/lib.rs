//! What the targets share: arbitrary texts, and documents with arbitrary faults.
use guanxi_policy::{Body, Document, Problems};
use serde_json::{Value, json};

/// The bytes as a text, if they are one.
pub fn text(bytes: &[u8]) -> Option<&str> {
    core::str::from_utf8(bytes).ok()
}

/// A value tree made of the bytes: one of the sound trees with a fault for every three bytes that
/// follow, or the JSON that the bytes are.
///
/// JSON from bytes seldom gets past the envelope; faults in sound documents reach every reader.
pub fn tree(bytes: &[u8], sound: &[Value]) -> Option<Value> {
    let (first, rest) = bytes.split_first()?;
    let Some(tree) = sound.get(usize::from(*first)) else { return serde_json::from_slice(bytes).ok() };
    let mut tree = tree.clone();
    for [high, low, fault] in rest.as_chunks().0 {
        let place = usize::from(u16::from_be_bytes([*high, *low]));
        let copy = nth(&mut tree, &mut (place / 7)).map(|value| value.clone());
        if let Some(value) = nth(&mut tree, &mut place.clone()) {
            spoil(value, *fault, copy);
        }
    }
    Some(tree)
}

/// The value that is so many steps into the tree, in the order of reading.
fn nth<'a>(tree: &'a mut Value, place: &mut usize) -> Option<&'a mut Value> {
    if *place == 0 {
        return Some(tree);
    }
    *place -= 1;
    match tree {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, place)),
        Value::Object(fields) => fields.values_mut().find_map(|field| nth(field, place)),
        _ => None,
    }
}

/// Replaces a value by another one, ill or only unusual, or adds to it.
fn spoil(value: &mut Value, fault: u8, copy: Option<Value>) {
    let odd = [
        json!(null),
        json!(true),
        json!([]),
        json!({}),
        json!(""),
        json!("\u{202e}"),
        json!("9999-12-31"),
        json!("0"),
        json!("1"),
        json!("-1"),
        json!("0.5"),
        json!("1e28"),
        json!("1e-28"),
        json!("1e400"),
        json!("79228162514264337593543950335"),
        json!(0),
        json!(-1),
        json!(255),
        json!(256),
        json!(0.1),
        json!(1e300),
        json!(u64::MAX),
        json!(i64::MIN),
        json!("x"),
    ];
    if let Some(odd) = odd.get(usize::from(fault)) {
        *value = odd.clone();
        return;
    }
    match &mut *value {
        Value::Array(items) if fault % 3 == 0 => items.extend(copy),
        Value::Array(items) if fault % 3 == 1 => drop(items.pop()),
        Value::Object(fields) if fault % 3 == 0 => {
            let name = fields.keys().next().map_or_else(|| "id".to_owned(), |name| format!("{name}x"));
            fields.insert(name, copy.unwrap_or_default());
        }
        Value::Object(fields) if fault % 3 == 1 => {
            let name = fields.keys().nth(usize::from(fault / 3) % fields.len().max(1)).cloned();
            name.map(|name| fields.remove(&name));
        }
        Value::Number(_) => *value = json!(i64::from(fault) - 128),
        Value::String(text) if fault % 3 == 0 => text.push(char::from(fault)),
        Value::String(text) if fault % 3 == 1 => *text = format!("{}", i64::from(fault) - 128),
        _ => *value = copy.unwrap_or_default(),
    }
}

/// Reads a document: what is accepted survives its own normal form, what is refused says why.
pub fn document<B: Body + PartialEq + core::fmt::Debug>(tree: &Value) -> Option<Document<B>> {
    match Document::<B>::from_value(tree) {
        Ok(document) => {
            let again = Document::from_value(&document.to_value());
            assert_eq!(again.as_ref(), Ok(&document), "the normal form reads differently");
            Some(document)
        }
        Err(problems) => {
            refused(&problems);
            None
        }
    }
}

/// Reads a part of a document that has no envelope.
pub fn body<B: Body + PartialEq + core::fmt::Debug>(tree: &Value) {
    match guanxi_policy::check(tree, B::read) {
        Ok(body) => {
            let spec = serde_json::to_value(body.spec()).expect("a spec is a tree");
            assert_eq!(
                guanxi_policy::check(&spec, B::read).as_ref(),
                Ok(&body),
                "the normal form reads differently"
            );
        }
        Err(problems) => refused(&problems),
    }
}

/// Every problem has something to say, in characters that can be shown anywhere.
pub fn refused(problems: &Problems) {
    assert!(problems.iter().count() > 0);
    for problem in problems.iter() {
        assert!(guanxi_core::is_inert(&problem.to_string()), "{problem:?}");
        assert!(!problem.allowed.is_empty());
    }
}
