//! Worked cases: a situation, the script that fits, and what is said.
use std::fmt::Write as _;

use guanxi_core::parse_instant;
use guanxi_strategy::{
    LanguageId, ScriptsDocument, Situation, SlotValues, choose_script, labels, render_script, scripts_preset,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    situation: Situation,
    languages: Vec<LanguageId>,
    values: Map<String, Value>,
}

fn check(case: &str) -> String {
    let case: Case = serde_json::from_str(case).unwrap();
    let scripts = scripts_preset("standard").unwrap();
    let as_of = parse_instant("2026-06-30").unwrap();
    let chosen = choose_script(&scripts, &case.situation, as_of);
    let mut text = String::new();
    for language in case.languages {
        let pack = labels(language.as_str()).unwrap();
        if let Some(script) = &chosen.outcome {
            let values = SlotValues::read(scripts.body().script(script).unwrap(), &case.values).unwrap();
            let said = render_script(&scripts, script, &language, &values, as_of).unwrap();
            writeln!(text, "{}", said.outcome.title).unwrap();
            for step in &said.outcome.steps {
                writeln!(text, "  {} ({}): {}", step.step, step.aim, step.text).unwrap();
            }
        }
        chosen.reasons.iter().for_each(|reason| writeln!(text, "- {}", reason.text(&pack)).unwrap());
    }
    text
}

macro_rules! cases {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), check(include_str!(concat!("cases/", stringify!($name), ".json"))));
        }
    )*};
}

cases! {
    a_complaint_in_four_steps
    a_first_contact_in_three_steps
    an_efficient_customer_by_message
    an_offer_to_whom_prices_matter
    nobody_knows_what_about
}

/// A code is the same code in capitals and in wide letters, in the situation and in the document.
#[test]
fn case_and_width_make_no_other_code() {
    let as_of = parse_instant("2026-06-30").unwrap();
    let chosen = |scripts: &ScriptsDocument, situation: Value| {
        let situation: Situation = serde_json::from_value(situation).unwrap();
        choose_script(scripts, &situation, as_of).outcome.map(|script| script.to_string())
    };
    let standard = scripts_preset("standard").unwrap();
    for code in ["complaint", "Complaint", "COMPLAINT", "ｃｏｍｐｌａｉｎｔ", "ＣＯＭＰＬＡＩＮＴ"]
    {
        assert_eq!(chosen(&standard, json!({"scenario": code})).as_deref(), Some("complaint"));
    }
    assert_eq!(chosen(&standard, json!({"scenario": "complaints"})), None);
    let of = |side: &str| {
        let text = json!({"en": "t"});
        let tree = json!({"schema": "guanxi.scripts/1", "id": "ours", "version": "1", "body": {"languages": ["en"], "scripts": [
            {"id": "one", "title": text, "for": {side: ["Ａb"]}, "steps": [{"id": "s", "aim": text, "text": text}]}
        ]}});
        ScriptsDocument::from_value(&tree).unwrap()
    };
    for side in ["persona", "stage", "channel", "scenario"] {
        assert_eq!(chosen(&of(side), json!({side: "aＢ"})).as_deref(), Some("one"), "{side}");
        assert_eq!(chosen(&of(side), json!({side: "a"})), None, "{side}");
    }
}
