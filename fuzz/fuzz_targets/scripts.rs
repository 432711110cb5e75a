//! Documents of scripts, and scripts filled.
#![no_main]

use guanxi_core::parse_instant;
use guanxi_strategy::{
    Scripts, Situation, SlotKind, SlotValue, SlotValues, choose_script, lint_scripts, render_script, scripts_preset,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// Two sound documents, made once.
static SOUND: LazyLock<[Value; 2]> = LazyLock::new(|| {
    let own = json!({
        "schema": "guanxi.scripts/1", "id": "ours", "version": "1",
        "body": {"languages": ["en", "fr"], "scripts": [{
            "id": "a", "title": {"en": "A", "fr": "A"}, "for": {"persona": ["efficiency"], "stage": ["x", "y"]},
            "slots": {"t": "text", "n": "number", "i": "integer", "s": "share"},
            "steps": [{"id": "p", "aim": {"en": "a", "fr": "a"}, "text": {"en": "{t} {{{n}}} {i}{s}", "fr": "{t}"}}]
        }]}
    });
    [own, scripts_preset("standard").expect("a preset").to_value()]
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(tree) = guanxi_fuzz::tree(bytes, &*SOUND) else { return };
    let Some(document) = guanxi_fuzz::document::<Scripts>(&tree) else { return };
    let _ = lint_scripts(&document);
    let as_of = parse_instant("2026-06-30").expect("a day");
    let situation = Situation { persona: Some("efficiency".parse().expect("a code")), ..Situation::default() };
    let _ = choose_script(&document, &situation, as_of);
    for script in document.body().scripts() {
        let value = |kind| match kind {
            SlotKind::Text => SlotValue::Text("{t}".into()),
            SlotKind::Number => SlotValue::Number(Decimal::new(-12_345, 2)),
            SlotKind::Integer => SlotValue::Integer(i64::MIN),
            SlotKind::Money => SlotValue::Money(guanxi_core::Money::new(Decimal::MAX, "CNY".parse().expect("a currency"))),
            SlotKind::Share => SlotValue::Share(guanxi_core::Share::WHOLE),
            SlotKind::Date => SlotValue::Date(as_of.date_naive()),
        };
        let slots = script.slots().iter();
        let values = slots.fold(SlotValues::new(), |all, (slot, kind)| all.with(slot.clone(), value(*kind)));
        for language in document.body().languages() {
            let _ = render_script(&document, script.id(), language, &values, as_of).expect("every slot has a value");
        }
        let refused = render_script(&document, script.id(), &"en".parse().expect("a language"), &SlotValues::new(), as_of);
        assert!(script.slots().is_empty() || refused.is_err(), "a slot without a value is never blank");
    }
});
