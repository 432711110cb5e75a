//! What is wrong with a document, all of it at once.
use guanxi_policy::Body;
use guanxi_strategy::{
    LanguageId, StrategiesDocument, StrategiesSpec, StrategyPolicy, Target, TargetSpec, Texts,
};
use serde_json::{Value, json};

use crate::{standard, template};

fn refused(body: Value) -> String {
    let tree = json!({"schema": "guanxi.strategies/1", "id": "ours", "version": "1", "body": body});
    StrategiesDocument::from_value(&tree).unwrap_err().to_string()
}

fn one(more: Value) -> String {
    refused(json!({"templates": [template("t", "strategy", more)]}))
}

#[test]
fn every_problem_is_told_at_once() {
    insta::assert_snapshot!(refused(json!({
        "vocabulary": {"facts": {"tier": {"kind": "int"}}},
        "codes": {"tier": ["strategic", "strategic"], "tiers": [], "persona": []},
        "labels": {"sales": {"en": "Sales"}, "role.sales": {"en": " Sales"}},
        "templates": []
    })), @r#"
    body.vocabulary: wrong type, given another kind of `tier`, allowed: text or set: templates are selected by it
    body.codes.tiers: unknown field, given `tiers`, allowed: tier, abc_class, stage, persona, scenario (did you mean `tier`?)
    body.codes.tier[1]: duplicate, given "strategic", allowed: each once
    body.codes.persona: not allowed here, given 0 codes, allowed: 1 to 200 codes
    body.labels.role.sales.en: not allowed here, given " Sales", allowed: a text of 1 to 1000 characters, none of them invisible, no blank at either end
    body.labels.sales: not allowed here, given `sales`, allowed: a name space and a code, such as `role.sales`
    body.templates: not allowed here, given 0 templates, allowed: 1 to 500 templates
    "#);
    insta::assert_snapshot!(refused(json!({
        "codes": {"tier": ["strategic", "key"]},
        "templates": [
            template("t", "strategic", json!({"for": {"tier": ["strategc"], "stage": []}, "when": "score > 3"})),
            template("t", "base", json!({"core": {}, "responsible": ["sales", "sales", "head of sales"]})),
            template("u", "base", json!({"measures": [], "colour": "red"})),
        ]
    })), @r#"
    body.templates[0].kind: not allowed here, given "strategic", allowed: base, strategy, abc_operation, persona, scenario
    body.templates[0].for.tier[0]: unknown name, given "strategc", allowed: a code of `codes.tier` (did you mean `strategic`?)
    body.templates[0].for.stage: not allowed here, given 0 codes, allowed: 1 to 200 codes
    body.templates[0].when: unknown name, given `score` (column 1), allowed: abc_class, persona, scenario, stage, tier
    body.templates[1].id: duplicate, given "t", allowed: each template once
    body.templates[1].core: not allowed here, given {}, allowed: a text in at least one language
    body.templates[1].responsible[1]: duplicate, given "sales", allowed: each once
    body.templates[1].responsible[2]: not allowed here, given "head of sales", allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `head of sales`
    body.templates[2].colour: unknown field, given `colour`, allowed: id, kind, for, when, core, measures, responsible, resources, response, targets
    body.templates[2].measures: not allowed here, given 0 measures, allowed: 1 to 50 measures
    "#);
}

#[test]
fn targets_and_the_measures_that_serve_them_fit() {
    let target = |more: Value| {
        let mut target = json!({"metric": "m", "direction": "up", "amount": "0.2", "meant": "relative"});
        target.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        one(json!({"targets": [target]}))
    };
    insta::assert_snapshot!(target(json!({"amount": "0"})), @r#"body.templates[0].targets[0].amount: not allowed here, given "0", allowed: the amount must be above 0 to 1000, got `0`"#);
    insta::assert_snapshot!(target(json!({"amount": "1000.1"})), @r#"body.templates[0].targets[0].amount: not allowed here, given "1000.1", allowed: the amount must be above 0 to 1000, got `1000.1`"#);
    insta::assert_snapshot!(target(json!({"direction": "down", "amount": "1.1"})), @r#"body.templates[0].targets[0].amount: not allowed here, given "1.1", allowed: the amount must be above 0 to 1, got `1.1`"#);
    insta::assert_snapshot!(target(json!({"meant": "points", "amount": "15"})), @r#"body.templates[0].targets[0].amount: not allowed here, given "15", allowed: the amount must be above 0 to 1, got `15`"#);
    insta::assert_snapshot!(target(json!({"meant": "points", "scale": "100"})), @r#"body.templates[0].targets[0].scale: not allowed here, given "100", allowed: a scale above 0 belongs to an absolute target, and to no other"#);
    insta::assert_snapshot!(target(json!({"meant": "absolute"})), @"body.templates[0].targets[0].scale: missing field, allowed: `scale` is required");
    insta::assert_snapshot!(target(json!({"meant": "absolute", "scale": "0"})), @r#"body.templates[0].targets[0].scale: not allowed here, given "0", allowed: a scale above 0 belongs to an absolute target, and to no other"#);
    insta::assert_snapshot!(target(json!({"meant": "absolute", "scale": "1", "amount": "-0.1"})), @r#"body.templates[0].targets[0].amount: not allowed here, given "-0.1", allowed: the amount must be 0 to 1, got `-0.1`"#);
    insta::assert_snapshot!(target(json!({"within": {"months": 0}, "strictly": "yes", "direction": "sideways"})), @r#"
    body.templates[0].targets[0].direction: not allowed here, given "sideways", allowed: up, down
    body.templates[0].targets[0].strictly: not allowed here, given "yes", allowed: invalid type: string "yes", expected a boolean
    body.templates[0].targets[0].within: not allowed here, given {"months":0}, allowed: 1 to 1200 (a hundred years)
    "#);
    insta::assert_snapshot!(one(json!({
        "targets": [
            {"metric": "volume", "direction": "up", "amount": "1", "meant": "relative"},
            {"metric": "volume", "direction": "up", "amount": "2", "meant": "relative"}
        ],
        "measures": [
            {"id": "a", "text": {"en": "act"}, "serves": ["volumes", "volume", "volume"]},
            {"id": "a", "text": "act", "roles": ["one role"]}
        ],
        "response": {"hours": 0}
    })), @r#"
    body.templates[0].response: not allowed here, given {"hours":0}, allowed: more than no time at all
    body.templates[0].targets[1]: duplicate, given `volume`, allowed: each metric once
    body.templates[0].measures[0].serves[0]: unknown name, given "volumes", allowed: a metric of the template's `targets` (did you mean `volume`?)
    body.templates[0].measures[0].serves[2]: duplicate, given "volume", allowed: each once
    body.templates[0].measures[1].id: duplicate, given "a", allowed: each measure of a template once
    body.templates[0].measures[1].text: wrong type, given "act", allowed: a table
    body.templates[0].measures[1].roles[0]: not allowed here, given "one role", allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `one role`
    "#);
}

#[test]
fn a_target_says_what_its_figure_is() {
    let error = |target: Value| serde_json::from_value::<Target>(target).unwrap_err().to_string();
    insta::assert_snapshot!(error(json!({"metric": "m", "direction": "up", "amount": "0", "meant": "points"})), @"the amount must be above 0 to 1, got `0`");
    let spec: TargetSpec = serde_json::from_value(
        json!({"metric": "m", "direction": "down", "amount": "0.20", "meant": "relative"}),
    )
    .unwrap();
    let target = Target::try_from(spec).unwrap();
    assert_eq!(serde_json::to_value(&target).unwrap()["amount"], "0.2");
    let goal = |before: &str| target.goal(Some(before.parse().unwrap())).map(|goal| goal.to_string());
    assert_eq!(goal("250").as_deref(), Some("200"));
    assert_eq!(goal("0.01").as_deref(), Some("0.008"));
    // A fifth less than nothing, or than a loss, is no figure to reach.
    assert_eq!((goal("0"), goal("-5"), target.goal(None)), (None, None, None));
    assert_eq!(goal("79228162514264337593543950335"), None);
    assert_eq!(goal("0.0000000000000000000000000001"), None);
}

#[test]
fn texts_are_checked() {
    let error = |texts: Value| serde_json::from_value::<Texts>(texts).unwrap_err().to_string();
    insta::assert_snapshot!(error(json!({})), @r#"expected a table of texts by language, such as `{"en": "…"}`, got none"#);
    insta::assert_snapshot!(error(json!({"en": "Secret ", "zh-CN": "密"})), @"the text for `en` must have 1 to 1000 characters, none of them invisible, and no blank at either end");
    insta::assert_snapshot!(one(json!({"core": {"en": "a\u{202e}b", "1": "x", "fr": ""}})), @r#"
    body.templates[0].core.1: not allowed here, given `1`, allowed: a language such as `en`
    body.templates[0].core.en: not allowed here, given "a\u{202e}b", allowed: a text of 1 to 1000 characters, none of them invisible, no blank at either end
    body.templates[0].core.fr: not allowed here, given "", allowed: a text of 1 to 1000 characters, none of them invisible, no blank at either end
    "#);
    let most = "密".repeat(Texts::MAX_CHARS);
    let texts: Texts = serde_json::from_value(json!({"zh-CN": most})).unwrap();
    assert_eq!(texts.nearest("en").chars().count(), 1_000);
    assert!(serde_json::from_value::<Texts>(json!({"zh-CN": format!("{most}码")})).is_err());
    let languages: Vec<&LanguageId> = texts.iter().map(|(language, _)| language).collect();
    assert_eq!(languages, [&"zh-CN".parse::<LanguageId>().unwrap()]);
}

#[test]
fn what_templates_ask_for_must_fit_into_one_condition() {
    let codes: Vec<String> = (0..200).map(|n| format!("code_with_a_name_that_is_rather_long_{n}")).collect();
    let long = vec![format!("(abc_class in {})", serde_json::to_string(&codes).unwrap()); 7].join(" and ");
    insta::assert_snapshot!(one(json!({"for": {"stage": codes, "persona": codes}, "when": long})), @"body.templates[0]: limit, given `for` and `when` together, allowed: a shorter condition or fewer codes");
}

#[test]
fn presets_are_sound() {
    let text = include_str!("../../presets/strategies-standard.json");
    let document = StrategiesDocument::from_json(text).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(document, standard());
    // What is embedded is written in its normal form.
    let value: Value = serde_json::from_str(text).unwrap();
    assert_eq!(document.to_value(), value);
}

#[test]
fn what_may_be_left_out_is_the_same_written_out() {
    let short = json!({"templates": [template("t", "base", json!({}))]});
    let long = json!({
        "vocabulary": {"facts": {
            "tier": {"kind": "text"}, "abc_class": {"kind": "text"}, "stage": {"kind": "text"},
            "persona": {"kind": "text"}, "scenario": {"kind": "text"}
        }},
        "zone": "UTC", "week_start": "monday", "codes": {}, "labels": {},
        "templates": [template("t", "base", json!({
            "for": {}, "responsible": [], "resources": [], "targets": [], "when": null, "response": null
        }))]
    });
    let read = |body: Value| {
        let spec: StrategiesSpec = serde_json::from_value(body).unwrap();
        StrategyPolicy::try_from(&spec).unwrap()
    };
    assert_eq!(read(short.clone()), read(long));
    assert_eq!(StrategyPolicy::try_from(&read(short.clone()).spec()).unwrap(), read(short));
}

/// The figures of the method, each with its meaning.
#[test]
fn the_standard_targets_are_those_of_the_method() {
    let document = standard();
    let shown = |template: &str| {
        let template = document.body().find(&template.parse().unwrap()).unwrap();
        let target = |target: &Target| {
            let spec = serde_json::to_value(target).unwrap();
            let field = |name: &str| match &spec[name] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            format!(
                "{} {} {} {} of {}, strictly {}, within {}",
                field("metric"),
                field("direction"),
                field("amount"),
                field("meant"),
                field("scale"),
                field("strictly"),
                field("within")
            )
        };
        let response = template.response().map_or("–".to_owned(), |term| term.to_string());
        let roles: Vec<String> = template.responsible().iter().map(ToString::to_string).collect();
        let targets: Vec<String> = template.targets().iter().map(target).collect();
        format!("{}: answers in {response}; {}\n  {}", template.id(), roles.join(", "), targets.join("\n  "))
    };
    let all = [
        "deep_bond",
        "raise_stickiness",
        "standard_operation",
        "nurture_and_convert",
        "improve_or_let_go",
        "base_standard",
        "talk_fast",
    ];
    insta::assert_snapshot!(all.map(shown).join("\n"), @r#"
    deep_bond: answers in 2 h; sales_director, success_manager, sales, product
      yearly_volume up 0.2 relative of null, strictly null, within {"years":1}
      satisfaction up 95 absolute of 100, strictly null, within null
    raise_stickiness: answers in –; marketing, sales
      repurchase_rate up 0.15 points of null, strictly null, within null
      revenue_per_order up 0.1 relative of null, strictly null, within null
    standard_operation: answers in 24 h; service, operations
      service_cost down 0.2 relative of null, strictly null, within null
      churn_rate down 0.1 absolute of 1, strictly null, within null
    nurture_and_convert: answers in –; marketing, sales
      conversion_rate up 0.08 absolute of 1, strictly null, within null
      enters_key_pool up 1 absolute of 1, strictly null, within {"months":6}
    improve_or_let_go: answers in –; operations, finance
      low_yield_share down 0.03 absolute of 1, strictly true, within null
    base_standard: answers in 24 h; service
      answered_in_time up 1 absolute of 1, strictly null, within null
      complaints_checked_in_time up 1 absolute of 1, strictly null, within null
    talk_fast: answers in 15 min; service
      mean_response_minutes down 15 absolute of 1440, strictly true, within null
    "#);
}
