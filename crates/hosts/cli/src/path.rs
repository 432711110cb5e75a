//! Which part of a JSON text an error is about.
use crate::line::explain;

/// The parser's words, after the path of the part that they are about; `root` is what the text is called.
pub(crate) fn explain_at(root: &str, text: &str, error: &serde_json::Error) -> String {
    let told = explain(error);
    let mut inside = if error.is_data() { read_last(text, error) } else { Vec::new() };
    // Such words name the field themselves, and are about what holds it.
    if ["unknown field", "duplicate field"].iter().any(|own| told.starts_with(own)) {
        inside.pop();
    }
    let mut path = root.to_owned();
    for part in inside {
        match part {
            Inside::Object(Some(name)) if path.is_empty() => path.push_str(name),
            Inside::Object(Some(name)) => path.extend([".", name]),
            Inside::Object(None) => {}
            Inside::List(place) => path.push_str(&format!("[{place}]")),
        }
    }
    // A name is whatever somebody wrote.
    let path: String = path.chars().take(200).collect();
    if path.is_empty() { told } else { format!("`{path}`: {told}") }
}

/// Where the parser was in a text.
fn read_last<'a>(text: &'a str, error: &serde_json::Error) -> Vec<Inside<'a>> {
    let mut lines = text.lines();
    let before: usize = lines.by_ref().take(error.line().saturating_sub(1)).map(|line| line.len() + 1).sum();
    let end = before.saturating_add(error.column());
    let mut inside: Vec<Inside<'_>> = Vec::new();
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next().filter(|(at, _)| *at < end) {
        match byte {
            b'{' => inside.push(Inside::Object(None)),
            b'[' => inside.push(Inside::List(0)),
            b'}' | b']' => drop(inside.pop()),
            b',' => match inside.last_mut() {
                Some(Inside::Object(name)) => *name = None,
                Some(Inside::List(place)) => *place += 1,
                None => {}
            },
            b'"' => {
                let mut is_escaped = false;
                let close = bytes.find(|(_, byte)| {
                    let ends = *byte == b'"' && !is_escaped;
                    is_escaped = *byte == b'\\' && !is_escaped;
                    ends
                });
                let close = close.map_or(text.len(), |(close, _)| close);
                if let Some(Inside::Object(name @ None)) = inside.last_mut() {
                    *name = text.get(at + 1..close);
                }
            }
            _ => {}
        }
    }
    inside
}

/// Where the parser is: behind which name of an object, at which place of a list.
enum Inside<'a> {
    Object(Option<&'a str>),
    List(usize),
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::NaiveDate;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Part {
        #[serde(rename = "from")]
        _from: NaiveDate,
        #[serde(default, rename = "parts")]
        _parts: Vec<Part>,
        #[serde(default, rename = "names")]
        _names: BTreeMap<String, u8>,
    }

    #[test]
    fn an_error_is_told_with_the_part_that_it_is_about() {
        let told = |text: &str| explain_at("", text, &serde_json::from_str::<Part>(text).unwrap_err());
        let all = [
            r#"{"from": "2026-06-31"}"#,
            r#"{"names": {"a]\"}": 1, "b": -1}, "from": "2026-06-30"}"#,
            r#"{"from": "2026-06-30", "parts": [{"from": "2026-06-30"}, {"from": 5}]}"#,
            r#"{"from": "2026-06-30", "parts": [{"from": "2026-06-30"}, {"parts": []}], "names": {}}"#,
            r#"{"names": {}}"#,
            r#"{"from": "2026-06-30", "parts": [[]]}"#,
            r#"{"from": "2026-06-30", "parts": [{"form": 1}]}"#,
            "{\"from\": \"2026-06-30\",\n \"names\": {\"客户\":\n\"x\"}}",
            r#"{"from": "2026-06-30"#,
            "5",
        ];
        let error = serde_json::from_str::<Part>(all[2]).unwrap_err();
        assert!(explain_at("state", all[2], &error).starts_with("`state.parts[1].from`: "));
        assert_eq!(
            explain_at("state", all[0], &serde_json::from_str::<u8>("[]").unwrap_err()).get(..9),
            Some("`state`: ")
        );
        insta::assert_snapshot!(all.map(told).join("\n"), @r#"
        `from`: input is out of range
        `names.b`: invalid value: integer `-1`, expected u8
        `parts[1].from`: invalid type: integer `5`, expected a formatted date string
        `parts[1]`: missing field `from`
        missing field `from`
        `parts[0]`: invalid length 0, expected struct Part with 3 elements
        `parts[0]`: unknown field `form`, expected one of `from`, `parts`, `names`
        `names.客户`: invalid type: string "x", expected u8
        not JSON at column 20: EOF while parsing a string
        invalid type: integer `5`, expected struct Part
        "#);
    }
}
