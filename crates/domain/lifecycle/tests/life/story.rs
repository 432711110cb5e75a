//! Ledgers written as lines.
use chrono::{DateTime, Utc};
use guanxi_core::Observation;
use guanxi_core::{Decision, ReasonCode};
use guanxi_core::{Event, FactValue, SubjectId, parse_instant};
use guanxi_lifecycle::{Advanced, Given, LifecycleDocument, Reason, State, advance, labels, preset};
use serde_json::{Value, json};

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    let text =
        if text.contains('T') && !text.ends_with('Z') { format!("{text}:00Z") } else { text.to_owned() };
    parse_instant(&text).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn subject() -> SubjectId {
    "C1".parse().unwrap()
}

pub(crate) fn five() -> LifecycleDocument {
    preset("five-stage").unwrap()
}

pub(crate) fn phases() -> LifecycleDocument {
    preset("relationship-phases").unwrap()
}

/// A definition of a body.
pub(crate) fn definition(body: &Value) -> LifecycleDocument {
    let tree = json!({"schema": "guanxi.lifecycle/1", "id": "ours", "version": "1", "body": body});
    LifecycleDocument::from_value(&tree).unwrap_or_else(|problems| panic!("{problems}"))
}

/// An event of `2026-03-01 order.placed id=7 satisfaction=80`, or `2026-03-01T10:00 order.placed`. Without an id
/// of its own it has that of its place.
pub(crate) fn event(place: usize, line: &str) -> Event {
    let mut parts = line.split_whitespace();
    let (when, kind) = (parts.next().unwrap(), parts.next().unwrap());
    let mut id = format!("{place:03}");
    let mut recorded_at = None;
    let mut attributes = std::collections::BTreeMap::new();
    for part in parts {
        let (name, value) = part.split_once('=').unwrap();
        match (name, guanxi_core::parse_decimal(value)) {
            ("id", _) => value.clone_into(&mut id),
            ("recorded", _) => recorded_at = Some(at(value)),
            (_, Ok(number)) => {
                attributes.insert(name.parse().unwrap(), FactValue::Decimal(number));
            }
            (_, Err(_)) => {
                attributes.insert(name.parse().unwrap(), FactValue::Text(value.into()));
            }
        }
    }
    Event {
        id: id.parse().unwrap(),
        subject: subject(),
        kind: kind.parse().unwrap(),
        occurred_at: at(when),
        recorded_at,
        source: None,
        channel: None,
        attributes,
    }
}

pub(crate) fn events(lines: &[&str]) -> Vec<Event> {
    lines.iter().enumerate().map(|(place, line)| event(place + 1, line)).collect()
}

/// An observation of `2026-03-01 level 7`.
pub(crate) fn observed(line: &str) -> Observation {
    let [when, fact, value] = line.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{line}") };
    let value = match guanxi_core::parse_decimal(value) {
        Ok(number) => FactValue::Decimal(number),
        Err(_) => FactValue::Text(value.into()),
    };
    Observation { fact: fact.parse().unwrap(), value, observed_at: at(when) }
}

pub(crate) fn decide(
    definition: &LifecycleDocument,
    state: Option<&State>,
    lines: &[&str],
    as_of: &str,
) -> Decision<Advanced, Reason> {
    let (subject, events) = (subject(), events(lines));
    advance(definition, &Given::new(&subject).with_state(state).with_events(&events), at(as_of))
}

/// The state of a story.
pub(crate) fn state(definition: &LifecycleDocument, lines: &[&str], as_of: &str) -> State {
    decide(definition, None, lines, as_of).outcome.state
}

/// The stage of a story, with its flags.
pub(crate) fn stage(definition: &LifecycleDocument, lines: &[&str], as_of: &str) -> String {
    shown(&decide(definition, None, lines, as_of))
}

pub(crate) fn shown(decision: &Decision<Advanced, Reason>) -> String {
    let stage = decision.outcome.stage.as_ref().map_or("none", |stage| stage.as_str());
    decision.outcome.flags.iter().fold(stage.to_owned(), |text, flag| format!("{text} +{flag}"))
}

/// The moves of a story: `stage day, stage day`.
pub(crate) fn path(definition: &LifecycleDocument, lines: &[&str], as_of: &str) -> String {
    let state = state(definition, lines, as_of);
    let moves: Vec<String> =
        state.moves().iter().map(|own| format!("{} {}", own.to, own.at.format("%Y-%m-%d"))).collect();
    moves.join(", ")
}

/// The reasons in English, one a line.
pub(crate) fn told(decision: &Decision<Advanced, Reason>) -> String {
    let english = labels("en").unwrap();
    let texts: Vec<String> = decision.reasons.iter().map(|reason| reason.text(&english)).collect();
    texts.join("\n")
}

pub(crate) fn codes(decision: &Decision<Advanced, Reason>) -> Vec<&'static str> {
    decision.reasons.iter().map(ReasonCode::code).collect()
}

/// A value as bytes, which is what a host keeps.
pub(crate) fn bytes(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}
