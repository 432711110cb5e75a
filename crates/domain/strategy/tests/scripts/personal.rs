//! What is filled in is seen in the script that is said, and nowhere else.
use guanxi_core::{ReasonCode, parse_instant};
use guanxi_strategy::{ScriptError, SlotValue, SlotValues, labels, render_script, scripts_preset};
use serde_json::{Map, Value, json};

const SECRET: &str = "Topsecret-4711";

fn table(change: &[(&str, Value)]) -> Map<String, Value> {
    let mut table = json!({"contact": SECRET, "occasion": SECRET, "speaker": SECRET, "memory": SECRET});
    change.iter().for_each(|(slot, value)| table[*slot] = value.clone());
    table.as_object().unwrap().clone()
}

#[test]
fn no_error_no_reason_and_no_debug_shows_a_value() {
    let scripts = scripts_preset("standard").unwrap();
    let script = scripts.body().script(&"greeting".parse().unwrap()).unwrap();
    let language = "en".parse().unwrap();
    let as_of = parse_instant("2026-06-30").unwrap();
    let values = SlotValues::read(script, &table(&[])).unwrap();
    let decision = render_script(&scripts, script.id(), &language, &values, as_of).unwrap();
    assert!(decision.outcome.steps[0].text.contains(SECRET));
    let pack = labels("en").unwrap();
    let mut seen = vec![format!("{values:?}"), format!("{decision:?}")];
    seen.extend(decision.reasons.iter().map(|reason| format!("{} {:?}", reason.text(&pack), reason.args())));
    seen.push(serde_json::to_string(&decision.reasons).unwrap());
    // Values of the wrong kind or form are not shown either.
    let wrong = [
        table(&[("memory", json!([SECRET]))]),
        table(&[("memory", json!(format!("{SECRET}\n")))]),
        table(&[("memory", json!(SECRET.repeat(40)))]),
        table(&[("memory", json!(" "))]),
        table(&[("another", json!(SECRET))]),
    ];
    for table in wrong {
        let error: ScriptError = SlotValues::read(script, &table).unwrap_err();
        seen.extend([format!("{error}"), format!("{error:?}")]);
    }
    for text in &seen {
        assert!(!text.contains("secret") && !text.contains("4711"), "{text}");
    }
    insta::assert_snapshot!(format!("{:?} {:?}", decision.outcome, values), @r#"RenderedScript { script: ScriptId(greeting), language: LanguageId(en), title: "A greeting", steps: [RenderedStep { step: StepId(greet), .. }] } SlotValues({SlotId(contact): SlotValue(text), SlotId(memory): SlotValue(text), SlotId(occasion): SlotValue(text), SlotId(speaker): SlotValue(text)})"#);
    assert_eq!(format!("{:?}", SlotValue::Text(SECRET.into())), "SlotValue(text)");
}
