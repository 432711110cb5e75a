//! What is wrong is said whole; the presets are sound and have words for everything.
use guanxi_core::parse_instant;
use guanxi_policy::Warning;
use guanxi_strategy::{
    ScriptsDocument, Side, SlotKind, SlotValue, SlotValues, labels, lint_scripts, render_script,
    scripts_preset, scripts_preset_ids,
};
use serde_json::{Value, json};

fn document(body: &Value) -> Result<ScriptsDocument, String> {
    let tree = json!({"schema": "guanxi.scripts/1", "id": "ours", "version": "1", "body": body});
    ScriptsDocument::from_value(&tree).map_err(|problems| problems.to_string())
}

#[test]
fn every_problem_of_a_document_is_named() {
    let text = |text: &str| json!({"en": text, "zh-CN": text});
    insta::assert_snapshot!(document(&json!({
        "languages": ["en", "zh-CN", "en"],
        "scripts": [
            {"id": "a", "title": {"en": "A"}, "for": {"persona": [], "stge": ["x"], "channel": ["mail", "mail"]},
             "slots": {"contact": "text", "when": "time", "a b": "text"}, "steps": []},
            {"id": "a", "title": text("A"), "steps": [{"id": "x", "aim": text("x"), "text": text("{x}")}]},
            {"title": {"en": "B", "zh-CN": " B", "fr": "B"}, "slots": {"contact": "text", "amount": "money"}, "steps": [
                {"id": "x", "aim": text("x"), "text": {"en": "{contct} pays {amount", "zh-CN": "{contct}付{sum}"}},
                {"id": "x", "aim": text("x"), "text": text("} {contact}")},
                {"id": "y", "aim": text("y"), "text": text("{} {contact}")}
            ]}
        ]
    })).unwrap_err(), @r#"
    body.languages[2]: duplicate, given "en", allowed: each language once
    body.scripts[0].for.stge: unknown field, given `stge`, allowed: persona, stage, channel, scenario (did you mean `stage`?)
    body.scripts[0].for.persona: not allowed here, given 0 codes, allowed: 1 to 50 codes
    body.scripts[0].for.channel[1]: duplicate, given "mail", allowed: each code once
    body.scripts[0].slots.a b: not allowed here, given slot `a b`, allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `a b`
    body.scripts[0].slots.when: not allowed here, given "time", allowed: text, number, integer, money, share, date
    body.scripts[0].steps: not allowed here, given 0 steps, allowed: 1 to 20 steps
    body.scripts[1].steps[0].text: unknown name, given slot `x` in en, allowed: no slot, since none is declared
    body.scripts[1].steps[0].text: unknown name, given slot `x` in zh-CN, allowed: no slot, since none is declared
    body.scripts[2].id: missing field, allowed: `id` is required
    body.scripts[2].title.zh-CN: not allowed here, given " B", allowed: a text of 1 to 1000 characters, none of them invisible, no blank at either end
    body.scripts[2].steps[0].text: not allowed here, given the text for en, allowed: every `{` with its `}`; a brace itself is written `{{` or `}}`
    body.scripts[2].steps[0].text: unknown name, given slot `contct` in zh-CN, allowed: amount, contact (did you mean `contact`?)
    body.scripts[2].steps[0].text: unknown name, given slot `sum` in zh-CN, allowed: amount, contact
    body.scripts[2].steps[1].text: not allowed here, given the text for en, allowed: every `{` with its `}`; a brace itself is written `{{` or `}}`
    body.scripts[2].steps[1].text: not allowed here, given the text for zh-CN, allowed: every `{` with its `}`; a brace itself is written `{{` or `}}`
    body.scripts[2].steps[1]: duplicate, given id `x`, allowed: each step has an id of its own
    body.scripts[2].steps[2].text: not allowed here, given the text for en, allowed: the name of a slot between `{` and `}`
    body.scripts[2].steps[2].text: not allowed here, given the text for zh-CN, allowed: the name of a slot between `{` and `}`
    "#);
    insta::assert_snapshot!(document(&json!({"languages": [], "scripts": []})).unwrap_err(), @"
    body.languages: not allowed here, given 0 codes, allowed: 1 to 50 codes
    body.scripts: not allowed here, given 0 scripts, allowed: 1 to 500 scripts
    ");
}

/// A template that names an undeclared slot, or a language that lacks its text, never loads: nothing is blank later.
#[test]
fn what_is_missing_is_told_when_a_document_is_read_and_when_a_script_is_said() {
    let one = |slots: Value, text: Value| {
        json!({"languages": ["en"], "scripts": [{"id": "a", "title": {"en": "A"}, "slots": slots,
            "steps": [{"id": "s", "aim": {"en": "s"}, "text": text}]}]})
    };
    insta::assert_snapshot!(document(&one(json!({}), json!({"en": "Dear {contact}"}))).unwrap_err(), @"body.scripts[0].steps[0].text: unknown name, given slot `contact` in en, allowed: no slot, since none is declared");
    insta::assert_snapshot!(document(&one(json!({}), json!({"zh-CN": "您好"}))).unwrap_err(), @"
    body.scripts[0].steps[0].text: missing language, allowed: a text in en as well
    body.scripts[0].steps[0].text: not allowed here, given zh-CN, allowed: the languages of the document
    ");

    let scripts = scripts_preset("standard").unwrap();
    let as_of = parse_instant("2026-06-30").unwrap();
    let said = |script: &str, language: &str, values: &SlotValues| {
        render_script(&scripts, &script.parse().unwrap(), &language.parse().unwrap(), values, as_of)
            .unwrap_err()
            .to_string()
    };
    let none = SlotValues::new();
    insta::assert_snapshot!(said("complain", "en", &none), @"there is no script `complain`");
    insta::assert_snapshot!(said("complaint", "fr", &none), @"the scripts are not written in `fr`, but in en; zh-CN");
    let values = SlotValues::new()
        .with("contact".parse().unwrap(), SlotValue::Text("  ".into()))
        .with("product".parse().unwrap(), SlotValue::Text("a\u{7}b".into()))
        .with("price".parse().unwrap(), SlotValue::Text("8 800".into()))
        .with("prize".parse().unwrap(), SlotValue::Integer(1));
    insta::assert_snapshot!(said("limited_offer", "en", &values).replace("; ", "\n"), @r#"
    slot `contact` is blank
    slot `price` takes an amount such as {"amount": "100", "currency": "CNY"}
    slot `product` takes one line without control or invisible characters
    slot `regular_price` has no value: give an amount such as {"amount": "100", "currency": "CNY"}
    slot `until` has no value: give a day such as "2026-06-30"
    the script has no slot `prize`
    "#);
    let script = scripts.body().script(&"limited_offer".parse().unwrap()).unwrap();
    let table = json!({
        "contact": "x".repeat(301), "product": 5, "price": "8800 CNY", "regular_price": {"amount": "1", "currency": "RMB"},
        "until": "30.6.2026", "prize": 1, "b\u{202e}": 2
    });
    let refused = SlotValues::read(script, table.as_object().unwrap()).unwrap_err().to_string();
    insta::assert_snapshot!(refused.replace("; ", "\n"), @r#"
    slot `contact` takes at most 300 characters
    slot `price` takes an amount such as {"amount": "100", "currency": "CNY"}
    slot `product` takes a line of text
    slot `regular_price` takes an amount such as {"amount": "100", "currency": "CNY"}
    slot `until` takes a day such as "2026-06-30"
    the script has no slot `b\u{202e}`
    the script has no slot `prize`
    "#);
}

#[test]
fn what_is_suspicious_is_told() {
    let told = |warnings: &[Warning]| {
        let lines: Vec<String> =
            warnings.iter().map(|w| format!("{} {}: {}; {}", w.path, w.code, w.found, w.advice)).collect();
        lines.join("\n")
    };
    let script = |id: &str, asked: Value, english: &str, chinese: &str| {
        json!({"id": id, "title": {"en": id, "zh-CN": id}, "for": asked, "slots": {"a": "text", "b": "text", "c": "text"},
            "steps": [{"id": "s", "aim": {"en": "s", "zh-CN": "s"}, "text": {"en": english, "zh-CN": chinese}}]})
    };
    let ours = document(&json!({"languages": ["en", "zh-CN"], "scripts": [
        script("x", json!({"scenario": ["care"], "persona": ["p"]}), "{a} {b}", "{a}"),
        script("y", json!({"scenario": ["care"], "persona": ["p"]}), "{a} {b} {c}", "{b} {a} {c}"),
        script("z", json!({"scenario": ["Care"], "persona": ["Ｐ"]}), "{a} {b} {c}", "{b} {a} {c}"),
        script("other", json!({"scenario": ["care"], "stage": ["p"]}), "{a} {b} {c}", "{b} {a} {c}"),
    ]}));
    insta::assert_snapshot!(told(&lint_scripts(&ours.unwrap())), @"
    body.scripts[0].steps[0].text slots_differ: the text for zh-CN does not say b, another one does; all languages should tell the same
    body.scripts[0].slots slot_unused: no text names c; a value must be given and is not said; leave it out
    body.scripts[1].for never_chosen: y is for the same situations as x, which stands before it; it is said only where it is asked for by name; say what sets it apart
    body.scripts[2].for never_chosen: z is for the same situations as x, which stands before it; it is said only where it is asked for by name; say what sets it apart
    ");
    for id in scripts_preset_ids() {
        assert_eq!(lint_scripts(&scripts_preset(id).unwrap()), []);
    }
    assert_eq!(scripts_preset("other"), None);
}

#[test]
fn every_code_has_its_words() {
    for pack in [labels("en").unwrap(), labels("zh-CN").unwrap()] {
        let has = |space: &str, code: &str| {
            assert!(pack.get(&format!("{space}.{code}")).is_some(), "{space}.{code}");
        };
        Side::ALL.iter().for_each(|side| has("script_side", side.code()));
        SlotKind::ALL.iter().for_each(|kind| has("script_slot", kind.code()));
        for id in scripts_preset_ids() {
            let preset = scripts_preset(id).unwrap();
            preset.body().scripts().iter().for_each(|script| has("script_id", script.id().as_str()));
        }
        for code in
            ["scripts_not_in_force", "chosen", "none_fits", "as_good", "less_specific", "near", "filled"]
        {
            has("script", code);
        }
    }
}
