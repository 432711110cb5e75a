//! A line of `guanxi script render`. What is wrong with it is said without any value of a slot.
use guanxi::core::SubjectId;
use guanxi::strategy::{LanguageId, ScriptId, Situation};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::given::Entries;
use crate::line::{Text, read_json, read_subject};

/// What is to be said, and what goes into it.
pub(super) struct Line {
    pub(super) subject: SubjectId,
    pub(super) script: Option<ScriptId>,
    pub(super) situation: Situation,
    pub(super) language: Option<LanguageId>,
    pub(super) slots: Map<String, Value>,
}

impl Line {
    pub(super) fn read(line: &str) -> Result<Self, String> {
        const FIELDS: [&str; 5] = ["subject", "script", "situation", "language", "slots"];
        let Entries(entries) = read_json(line)
            .map_err(|error| if error.starts_with("not JSON") { error } else { expected() })?;
        let mut fields: [Option<&RawValue>; 5] = [None; 5];
        for (Text(name), token) in entries {
            let place = FIELDS.iter().position(|field| *field == name);
            let field = place.and_then(|place| fields.get_mut(place));
            match field {
                None => return Err(format!("unknown field `{name}`, {}", expected())),
                Some(field) if field.is_some() => return Err(format!("duplicate field `{name}`")),
                Some(field) => *field = Some(token),
            }
        }
        let [subject, script, situation, language, slots] =
            fields.map(|field| field.filter(|token| token.get() != "null"));
        let subject = read_subject(subject.ok_or("missing field `subject`")?.get())
            .map_err(|error| format!("`subject`: {error}"))?;
        Ok(Self {
            subject: SubjectId::new(&subject).map_err(|error| format!("`subject`: {error}"))?,
            script: part("script", script)?,
            situation: part("situation", situation)?.unwrap_or_default(),
            language: part("language", language)?,
            slots: slots.map(read_slots).transpose()?.unwrap_or_default(),
        })
    }
}

fn expected() -> String {
    "expected an object with `subject`, `script` or `situation`, `language`, `slots`".to_owned()
}

fn part<'a, T: serde::Deserialize<'a>>(name: &str, token: Option<&'a RawValue>) -> Result<Option<T>, String> {
    token.map(|token| read_json(token.get())).transpose().map_err(|error| format!("`{name}`: {error}"))
}

/// The values by slot, each slot once.
fn read_slots(token: &RawValue) -> Result<Map<String, Value>, String> {
    let Entries(entries) = read_json(token.get())
        .map_err(|_| "`slots`: expected an object of slots and their values".to_owned())?;
    let mut slots = Map::new();
    for (Text(name), token) in entries {
        let value: Value = serde_json::from_str(token.get())
            .map_err(|_| format!("slot `{name}`: a value that cannot be read"))?;
        if slots.insert(name.clone().into_owned(), value).is_some() {
            return Err(format!("slot `{name}` is given twice"));
        }
    }
    Ok(slots)
}
