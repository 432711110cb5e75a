//! Scripts: documents of every shape, the situations they are for, and values for their slots.
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use chrono::NaiveDate;
use guanxi_core::arbitrary::{decimal, share};
use guanxi_core::{Currency, Money};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{Script, ScriptsDocument, Situation, SlotKind, SlotValue, SlotValues};

const SIDES: [&str; 4] = ["persona", "stage", "channel", "scenario"];

/// Any document of scripts over the slots `s0` to `s3`, for the codes `a` to `c` of every side, in two languages.
pub fn scripts() -> impl Strategy<Value = ScriptsDocument> {
    let side =
        prop_oneof![2 => Just(Vec::new()), 1 => prop::sample::subsequence(Vec::from(["a", "b", "c"]), 1..=3)];
    let piece = prop_oneof![
        2 => "[ -zé客户]{0,8}",
        1 => Just(String::from("{{")), 1 => Just(String::from("}}")),
        3 => (0_u8..4).prop_map(|slot| format!("{{s{slot}}}")),
    ];
    let text = prop::collection::vec(piece, 1..6).prop_map(|pieces| format!("a{}z", pieces.concat()));
    let steps = prop::collection::vec((text.clone(), text), 1..4);
    let kinds = prop::array::uniform4(prop::sample::select(SlotKind::ALL.to_vec()));
    let script = (prop::array::uniform4(side), kinds, steps);
    prop::collection::vec(script, 1..6).prop_filter_map("valid", |scripts| {
        let scripts: Vec<Value> = scripts
            .iter()
            .enumerate()
            .map(|(place, (sides, kinds, steps))| {
                let asked: serde_json::Map<String, Value> = SIDES
                    .iter()
                    .zip(sides)
                    .filter(|(_, codes)| !codes.is_empty())
                    .map(|(side, codes)| ((*side).into(), json!(codes)))
                    .collect();
                let slots: serde_json::Map<String, Value> =
                    kinds.iter().enumerate().map(|(n, kind)| (format!("s{n}"), json!(kind.code()))).collect();
                let steps: Vec<Value> = steps
                    .iter()
                    .enumerate()
                    .map(|(n, (english, chinese))| {
                        json!({"id": format!("p{n}"), "aim": {"en": "aim", "zh-CN": "aim"}, "text": {"en": english, "zh-CN": chinese}})
                    })
                    .collect();
                json!({"id": format!("t{place}"), "title": {"en": "title", "zh-CN": "title"}, "for": asked, "slots": slots, "steps": steps})
            })
            .collect();
        let tree = json!({"schema": "guanxi.scripts/1", "id": "any", "version": "1", "body": {
            "languages": ["en", "zh-CN"], "scripts": scripts
        }});
        ScriptsDocument::from_value(&tree).ok()
    })
}

/// Any situation over the codes `a` to `c`, however they are written.
pub fn situation() -> impl Strategy<Value = Situation> {
    let code = || prop::option::of(prop::sample::select(Vec::from(["a", "b", "c", "A", "ｂ", "Ｃ"])));
    prop::array::uniform4(code()).prop_map(|[persona, stage, channel, scenario]| Situation {
        persona: persona.and_then(|code| code.parse().ok()),
        stage: stage.and_then(|code| code.parse().ok()),
        channel: channel.and_then(|code| code.parse().ok()),
        scenario: scenario.and_then(|code| code.parse().ok()),
    })
}

/// A value of a kind that a slot takes; texts hold braces.
pub fn slot_value(kind: SlotKind) -> BoxedStrategy<SlotValue> {
    match kind {
        SlotKind::Text => "[!-~客户{}]{1,20}".prop_map(SlotValue::Text).boxed(),
        SlotKind::Number => decimal().prop_map(SlotValue::Number).boxed(),
        SlotKind::Integer => any::<i64>().prop_map(SlotValue::Integer).boxed(),
        SlotKind::Money => (decimal(), prop::sample::select(Vec::from(["CNY", "JPY", "USD", "XAU"])))
            .prop_filter_map("a currency", |(amount, currency)| {
                let currency: Currency = currency.parse().ok()?;
                Some(SlotValue::Money(Money::new(amount, currency)))
            })
            .boxed(),
        SlotKind::Share => share().prop_map(SlotValue::Share).boxed(),
        SlotKind::Date => (1_i32..=9_999, 1_u32..=366)
            .prop_filter_map("a day", |(year, day)| NaiveDate::from_yo_opt(year, day).map(SlotValue::Date))
            .boxed(),
    }
}

/// Values for all slots of a script.
pub fn values(script: &Script) -> impl Strategy<Value = SlotValues> + use<> {
    let slots: Vec<_> =
        script.slots().iter().map(|(slot, kind)| (Just(slot.clone()), slot_value(*kind))).collect();
    slots.prop_map(|values| {
        values.into_iter().fold(SlotValues::new(), |all, (slot, value)| all.with(slot, value))
    })
}
