//! Definitions of life cycles, the states that they are fed with, and ledgers of any order.
#![no_main]

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::{Event, FactMap, FactValue, fact_id, parse_instant};
use guanxi_lifecycle::{Given, Lifecycle, State, advance, due, labels, lint, preset, preset_ids};
use serde_json::{Value, json};

static SOUND: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let ours = json!({"schema": "guanxi.lifecycle/1", "id": "ours", "version": "1", "body": {
        "vocabulary": {"facts": {"level": {"kind": "int"}}},
        "zone": "-03:30",
        "stages": [{"id": "a"}, {"id": "b"}, {"id": "c", "kind": "parked"}, {"id": "z", "kind": "terminal"}],
        "edges": [
            {"id": "enter", "from": "none", "on": ["@all"], "to": "a"},
            {"id": "up", "from": ["a"], "on": ["stage.moved"], "to": "b", "requires": ["level"], "approval": "lead"},
            {"id": "back", "from": ["b"], "after": {"hours": 1}, "to": "a", "regress": "back"},
            {"id": "again", "from": ["a"], "when": "level >= 1", "unknown": "holds", "to": "b", "reentry": {"cool_down": {"days": 1}, "at_most": 9}},
            {"id": "park", "from": ["a", "b"], "when": "no order.placed, stay.began within 2 * gap(order.placed) at least 3 days else 9 days", "unknown": "fails", "to": "c"},
            {"id": "thaw", "from": ["c"], "on": ["order.placed"], "to": "a", "new_cycle": true},
            {"id": "end", "from": "any", "on": ["relationship.ended"], "to": "z"}
        ],
        "flags": [{"id": "f", "when": "anniversary of birthday within 3 days or level < 2", "unknown": "holds"}]
    }});
    let presets = preset_ids().into_iter().map(|id| preset(id).expect("a preset").to_value());
    let definitions: Vec<Value> = presets.chain([ours]).collect();
    let subject = "C1".parse().expect("a subject");
    definitions
        .into_iter()
        .map(|definition| {
            let state = guanxi_lifecycle::LifecycleDocument::from_value(&definition).ok().map(|document| {
                let events = [event("1", "order.placed", 0), event("2", "relationship.ended", 40)];
                let given = Given::new(&subject).with_events(&events);
                serde_json::to_value(advance(&document, &given, instant(50)).outcome.state).expect("a state")
            });
            json!({"definition": definition, "state": state})
        })
        .collect()
});

fn instant(days: i64) -> DateTime<Utc> {
    parse_instant("2026-01-31").expect("a day") + TimeDelta::days(days)
}

fn event(id: &str, kind: &str, days: i64) -> Event {
    serde_json::from_value(json!({"id": id, "subject": "C1", "kind": kind, "occurred_at": instant(days)})).expect("an event")
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(tree) = guanxi_fuzz::tree(bytes, &SOUND) else { return };
    let Some(definition) = guanxi_fuzz::document::<Lifecycle>(&tree["definition"]) else { return };
    let _ = lint(&definition);
    let labels = labels("zh-CN").expect("labels");
    let _ = (definition.body().mermaid(&labels), definition.body().dot(&labels));
    let state: Option<State> = serde_json::from_value(tree["state"].clone()).ok();
    let kinds = ["order.placed", "contract.ended", "stage.moved", "approval.given", "relationship.ended", "complaint.opened"];
    let sizes = bytes.iter().zip(0_i64..).take(12);
    let events: Vec<Event> =
        sizes.map(|(byte, place)| event(&place.to_string(), kinds[usize::from(*byte) % kinds.len()], i64::from(*byte) - place)).collect();
    let subject = "C1".parse().expect("a subject");
    let facts = FactMap::new().with(fact_id!("level"), FactValue::Int(2), None);
    let given = Given::new(&subject).with_state(state.as_ref()).with_events(&events).with_facts(&facts);
    let now = advance(&definition, &given, instant(100)).outcome;
    // One event at a time, from the last to the first, it is the same.
    if state.is_none() {
        let mut one_by_one: Option<State> = None;
        for event in events.iter().rev() {
            let given = Given::new(&subject).with_state(one_by_one.as_ref()).with_events(core::slice::from_ref(event)).with_facts(&facts);
            one_by_one = Some(advance(&definition, &given, instant(60)).outcome.state);
        }
        if let Some(state) = one_by_one {
            assert_eq!(due(&definition, &state, instant(100)).outcome.state, now.state);
        }
    }
    // What is kept is read back as it is.
    let text = serde_json::to_string(&now.state).expect("JSON");
    assert_eq!(serde_json::from_str::<State>(&text).expect("its own text"), now.state);
});
