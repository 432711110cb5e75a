//! What is legal but probably not meant, alone and together.
use chrono::NaiveDate;
use guanxi_calendar::{CalendarDocument, preset};
use guanxi_condition::Given;
use guanxi_core::{FactMap, FactValue, fact_id};
use guanxi_policy::Warning;
use guanxi_strategy::{
    ActionsDocument, LintContext, SelectionCounts, StrategiesDocument, actions_preset, lint_actions,
    lint_strategies, select,
};
use serde_json::{Value, json};

use crate::{at, document, standard, template};

fn told(warnings: &[Warning]) -> String {
    let told = |warning: &Warning| {
        let Warning { path, code, found, advice } = warning;
        format!("{path}: {found}: {advice} [{code}]")
    };
    warnings.iter().map(told).collect::<Vec<_>>().join("\n")
}

fn alone(document: &StrategiesDocument) -> String {
    told(&lint_strategies(document, &LintContext::default()))
}

fn actions(body: Value) -> ActionsDocument {
    let tree = json!({"schema": "guanxi.actions/1", "id": "ours", "version": "1", "body": body});
    ActionsDocument::from_value(&tree).unwrap_or_else(|problems| panic!("{problems}"))
}

fn calendar(body: Value) -> CalendarDocument {
    let tree = json!({"schema": "guanxi.calendar/1", "id": "short", "version": "1", "body": body});
    CalendarDocument::from_value(&tree).unwrap_or_else(|problems| panic!("{problems}"))
}

/// A template about which nothing is suspicious.
fn sound(id: &str, kind: &str, more: Value) -> Value {
    let mut all = json!({"responsible": ["sales"]});
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    template(id, kind, all)
}

#[test]
fn the_presets_are_clean() {
    let (strategies, actions) = (standard(), actions_preset("standard").unwrap());
    assert_eq!(alone(&strategies), "");
    assert_eq!(told(&lint_actions(&actions, &LintContext::default())), "");
    let context = LintContext { strategies: &[&strategies], actions: &[&actions], ..LintContext::default() };
    assert_eq!(told(&lint_strategies(&strategies, &context)), "");
    assert_eq!(told(&lint_actions(&actions, &context)), "");
}

#[test]
fn a_base_standard_and_every_tier() {
    insta::assert_snapshot!(alone(&document(json!({
        "vocabulary": {"facts": {"score": {"kind": "int"}}},
        "codes": {"tier": ["gold", "silver"], "stage": ["loyalty"], "persona": ["fast"]},
        "templates": [
            sound("floor", "base", json!({"for": {"tier": ["gold"]}})),
            sound("gold", "strategy", json!({"for": {"tier": ["gold"]}})),
            // Silver is asked for, but not by a strategy.
            sound("slow", "persona", json!({"for": {"tier": ["silver"], "persona": ["fast"]}})),
            sound("fast", "persona", json!({"for": {"persona": ["fast"]}}))
        ]
    }))), @"
    body.templates: no template of the kind `base` is for everybody: state the service that every customer has, so that ordinary ones do not pay for the others [no_base_standard]
    body.codes.tier[1]: no template of the kind `strategy` is for the tier `silver`: write one, or name it in one that exists [code_without_template]
    body.vocabulary.facts.score: nothing reads `score`: leave it out, or ask for it [unused_fact]
    ");
    insta::assert_snapshot!(alone(&document(json!({"templates": [
        sound("floor", "base", json!({})), sound("gold", "strategy", json!({"for": {"tier": ["gold"]}}))
    ]}))), @"body: it is not said which tiers there are, so nobody can tell whether one was forgotten: list them in `codes.tier` [tiers_not_declared]");
    // A strategy for everybody is one for every tier.
    assert_eq!(
        alone(&document(json!({"codes": {"tier": ["gold"]}, "templates": [
            sound("floor", "base", json!({})), sound("all", "strategy", json!({}))
        ]}))),
        ""
    );
}

/// A code has a template if one for it asks for nothing else: what asks for more is not for all who have the code.
#[test]
fn a_template_for_every_code_whatever_else_is_known() {
    let lint = |templates: Value| {
        let mut all = vec![sound("floor", "base", json!({}))];
        all.extend(templates.as_array().unwrap().clone());
        alone(&document(json!({
            "vocabulary": {"facts": {"score": {"kind": "int"}}}, "codes": {"tier": ["gold"], "stage": ["loyalty"]},
            "templates": all
        })))
        .lines()
        .filter(|line| line.contains("code_without_template"))
        .collect::<Vec<_>>()
        .join("\n")
    };
    let gold = |id: &str, more: Value| {
        let mut all = json!({"for": {"tier": ["gold"]}});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        sound(id, "strategy", all)
    };
    let staged = || sound("staged", "strategy", json!({"for": {"tier": ["gold"], "stage": ["loyalty"]}}));
    let asking = || gold("asking", json!({"when": "score >= 3"}));
    insta::assert_snapshot!(lint(json!([staged()])), @"body.codes.tier[0]: no template of the kind `strategy` is for the tier `gold` whatever else is known: `staged` asks for more: write one that asks for nothing more, so that all who have it have a template [code_without_template]");
    insta::assert_snapshot!(lint(json!([asking(), staged()])), @"body.codes.tier[0]: no template of the kind `strategy` is for the tier `gold` whatever else is known: `asking` asks for more: write one that asks for nothing more, so that all who have it have a template [code_without_template]");
    insta::assert_snapshot!(lint(json!([sound("all", "strategy", json!({"when": "score >= 3"}))])), @"body.codes.tier[0]: no template of the kind `strategy` is for the tier `gold` whatever else is known: `all` asks for more: write one that asks for nothing more, so that all who have it have a template [code_without_template]");
    assert_eq!(lint(json!([staged(), asking(), gold("plain", json!({}))])), "");
    assert_eq!(lint(json!([staged(), sound("all", "strategy", json!({}))])), "");
}

/// One size does not fit all: two tiers that are treated alike are told, by name or by words.
#[test]
fn tiers_with_the_same_measures() {
    let of = |id: &str, tier: &str, measures: Value| {
        sound(id, "strategy", json!({"for": {"tier": [tier]}, "measures": measures}))
    };
    let measure = |id: &str, en: &str| json!({"id": id, "text": {"en": en}});
    insta::assert_snapshot!(alone(&document(json!({
        "codes": {"tier": ["gold", "silver", "iron", "tin"]},
        "templates": [
            sound("floor", "base", json!({})),
            of("gold", "gold", json!([measure("call", "Call them"), measure("visit", "Visit them")])),
            of("silver", "silver", json!([measure("b", "visit  them"), measure("a", "CALL them")])),
            of("iron", "iron", json!([measure("visit", "Go there"), measure("call", "Ring")])),
            of("tin", "tin", json!([measure("call", "Call them")]))
        ]
    }))), @"
    body.templates[2].measures: `silver` has the same measures as `gold`: two tiers that are treated alike need no two strategies: tell them apart [same_measures]
    body.templates[3].measures: `iron` has the same measures as `gold`: two tiers that are treated alike need no two strategies: tell them apart [same_measures]
    ");
}

#[test]
fn templates_that_another_one_hides() {
    insta::assert_snapshot!(alone(&document(json!({
        "codes": {"tier": ["gold", "GOLD", "silver"]},
        "vocabulary": {"facts": {"score": {"kind": "int"}}},
        "templates": [
            sound("floor", "base", json!({})),
            sound("wide", "strategy", json!({"for": {"tier": ["gold", "silver"]}})),
            sound("gold", "strategy", json!({"for": {"tier": ["GOLD"]}})),
            sound("more", "strategy", json!({"for": {"tier": ["gold"]}, "when": "score >= 3"})),
            sound("less", "strategy", json!({})),
            sound("other", "scenario", json!({"for": {"tier": ["gold"]}}))
        ]
    }))), @"body.templates[2]: wherever `gold` applies, `wide` is selected: let it ask for more, or put it first [shadowed]");
}

#[test]
fn aims_hands_and_conditions() {
    insta::assert_snapshot!(alone(&document(json!({
        "vocabulary": {"facts": {"score": {"kind": "int"}}},
        "templates": [
            template("floor", "base", json!({
                "targets": [
                    {"metric": "churn_rate", "direction": "down", "amount": "0.1", "meant": "points"},
                    {"metric": "satisfaction", "direction": "up", "amount": "95", "meant": "absolute", "scale": "100"}
                ],
                "measures": [
                    {"id": "a", "text": {"en": "a"}, "serves": ["satisfaction"]}, {"id": "b", "text": {"en": "b"}}
                ]
            })),
            sound("odd", "scenario", json!({"when": "score >= score or score = 1"})),
            sound("never", "scenario", json!({"when": "never"}))
        ]
    }))), @"
    body.templates[0].targets[0]: no measure serves `churn_rate`: name it in `serves`, or add a measure that brings it about [target_not_served]
    body.templates[0].measures[1]: `b` serves none of the targets: say what it is good for [serves_nothing]
    body.templates[0]: nobody answers for `floor`: name the role that leads it in `responsible` [nobody_responsible]
    body.templates[1].when.any[0]: score >= score: compare it with something else, or ask whether it is known [same_term]
    body.templates[2].when: this condition never holds: it says nothing; leave it out [never_true]
    ");
}

#[test]
fn what_is_not_translated() {
    insta::assert_snapshot!(alone(&document(json!({
        "labels": {"role.key_account": {"en": "Key account"}, "metric.visits": {"en": "Visits", "zh-CN": "拜访"}},
        "templates": [sound("floor", "base", json!({
            "core": {"en": "For all", "zh-CN": "人人适用"},
            "measures": [{"id": "a", "text": {"zh-CN": "答复"}, "roles": ["key_account", "helper", "sales"], "serves": ["visits", "calls"]}],
            "resources": [{"en": "A car"}],
            "targets": [
                {"metric": "visits", "direction": "up", "amount": "0.1", "meant": "points"},
                {"metric": "calls", "direction": "up", "amount": "0.1", "meant": "points"}
            ]
        }))]
    }))), @"
    body.labels.role.key_account: there is no text for zh-CN, which others have: translate it [untranslated]
    body.templates[0].measures[0].text: there is no text for en, which others have: translate it [untranslated]
    body.templates[0].resources[0]: there is no text for zh-CN, which others have: translate it [untranslated]
    body.templates[0].measures[0].roles[0]: `role.key_account` has no label for zh-CN: add it to the `labels` of the strategies [unlabelled]
    body.templates[0].measures[0].roles[1]: `role.helper` has no label for en, zh-CN: add it to the `labels` of the strategies [unlabelled]
    body.templates[0].targets[1].metric: `metric.calls` has no label for en, zh-CN: add it to the `labels` of the strategies [unlabelled]
    ");
    // One language only is no gap, and a third one is.
    assert_eq!(alone(&document(json!({"templates": [sound("floor", "base", json!({}))]}))), "");
    insta::assert_snapshot!(alone(&document(json!({"templates": [sound("floor", "base", json!({
        "core": {"en": "For all", "fr": "Pour tous"}
    }))]}))), @"
    body.templates[0].measures[0].text: there is no text for fr, which others have: translate it [untranslated]
    body.templates[0].responsible[0]: `role.sales` has no label for fr: add it to the `labels` of the strategies [unlabelled]
    ");
}

#[test]
fn what_no_customer_of_a_sample_has() {
    let document = standard();
    let mut selections = SelectionCounts::default();
    for tier in ["strategic", "key", "normal", "potential", "none such"] {
        let facts = FactMap::new().with(fact_id!("tier"), FactValue::Text(tier.into()), None).with(
            fact_id!("abc_class"),
            FactValue::Text("b".into()),
            None,
        );
        let given = Given { facts: &facts, events: None };
        selections.add(&select(&document, &given, at("2026-06-30")).outcome);
    }
    let context = LintContext { selections: Some(&selections), ..LintContext::default() };
    insta::assert_snapshot!(told(&lint_strategies(&document, &context)), @"
    body.templates: 1 of 5 customers have no `strategy`: write a template that is for them, or see why their facts are missing [customers_without_template]
    body.templates[5]: none of 5 customers has `improve_or_let_go`: see whether it asks for too much, or nobody needs it [never_selected]
    body.templates[6]: none of 5 customers has `class_a_at_risk`: see whether it asks for too much, or nobody needs it [never_selected]
    body.templates[7]: none of 5 customers has `class_a`: see whether it asks for too much, or nobody needs it [never_selected]
    body.templates[9]: none of 5 customers has `class_c`: see whether it asks for too much, or nobody needs it [never_selected]
    body.templates[10]: none of 5 customers has `talk_fast`: see whether it asks for too much, or nobody needs it [never_selected]
    body.templates[11]: none of 5 customers has `talk_price`: see whether it asks for too much, or nobody needs it [never_selected]
    body.templates[12]: none of 5 customers has `talk_bond`: see whether it asks for too much, or nobody needs it [never_selected]
    body.templates[13]: none of 5 customers has `develop_new`: see whether it asks for too much, or nobody needs it [never_selected]
    body.templates[14]: none of 5 customers has `deepen_existing`: see whether it asks for too much, or nobody needs it [never_selected]
    body.templates[15]: none of 5 customers has `change_structure`: see whether it asks for too much, or nobody needs it [never_selected]
    body.templates[16]: none of 5 customers has `answer_crisis`: see whether it asks for too much, or nobody needs it [never_selected]
    ");
    let nobody = SelectionCounts::default();
    let context = LintContext { selections: Some(&nobody), ..LintContext::default() };
    assert_eq!(told(&lint_strategies(&document, &context)), "");
}

#[test]
fn answers_that_a_calendar_does_not_allow() {
    let base = |response: Value| {
        document(json!({"templates": [sound("floor", "base", json!({"response": response}))]}))
    };
    let five_day = preset("five-day").unwrap();
    let short = calendar(json!({
        "zone": "UTC", "from": "2026-06-01", "to": "2026-06-07", "week": {"mon": ["09:00-17:00"], "fri": ["09:00-12:00"]}
    }));
    let of = |response: Value, calendar: &CalendarDocument| {
        let context = LintContext { calendars: &[calendar], ..LintContext::default() };
        told(&lint_strategies(&base(response), &context))
    };
    insta::assert_snapshot!(of(json!({"working_hours": 12}), &short), @"body.templates[0].response: a term of 12 h of work never ends in the calendar `short`, whenever it begins: give it less time, or another calendar [due_impossible]");
    insta::assert_snapshot!(of(json!({"working_days": 2}), &short), @"body.templates[0].response: a term of 2 working days never ends in the calendar `short`, whenever it begins: give it less time, or another calendar [due_impossible]");
    insta::assert_snapshot!(of(json!({"hours": 24}), &short), @"body.templates[0].response: a term of 24 h may pass without any working time: the calendar `short` is closed for 88 h from 2026-06-01 17:00:00 UTC: have somebody at work then, or give working time [due_while_closed]");
    insta::assert_snapshot!(of(json!({"hours": 24}), &five_day), @"body.templates[0].response: a term of 24 h may pass without any working time: the calendar `five-day` is closed for 64 h from 2026-01-02 17:00:00 UTC: have somebody at work then, or give working time [due_while_closed]");
    insta::assert_snapshot!(of(json!({"days": 2}), &five_day), @"body.templates[0].response: a term of 2 days may pass without any working time: the calendar `five-day` is closed for 64 h from 2026-01-02 17:00:00 UTC: have somebody at work then, or give working time [due_while_closed]");
    for fine in [
        json!({"days": 3}),
        json!({"hours": 65}),
        json!({"working_hours": 2}),
        json!({"end_of_working_day": 1}),
    ] {
        assert_eq!(of(fine, &five_day), "");
    }
    // The longest time that it is closed, found day by day.
    let schedule = five_day.body().compile();
    let (from, to) =
        (NaiveDate::from_ymd_opt(2026, 6, 5).unwrap(), NaiveDate::from_ymd_opt(2026, 6, 8).unwrap());
    let (close, open) =
        (from.and_hms_opt(17, 0, 0).unwrap().and_utc(), to.and_hms_opt(9, 0, 0).unwrap().and_utc());
    assert_eq!(schedule.next_open(close).unwrap(), open);
    assert_eq!(of(json!({"hours": 63}), &five_day).lines().count(), 1);
    assert_eq!(of(json!({"minutes": 3840}), &five_day).lines().count(), 1);
    assert_eq!(of(json!({"minutes": 3841}), &five_day), "");
}

/// An action with what every action says.
fn action(id: &str, more: Value) -> Value {
    let mut action = json!({"id": id, "purpose": "service", "legal_basis": "contract", "owner": "service", "due": {"hours": 8}});
    action.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    action
}

fn of_actions(body: Value) -> String {
    told(&lint_actions(&actions(body), &LintContext::default()))
}

#[test]
fn actions_that_call_for_each_other_in_a_circle() {
    let on = |kind: &str| json!({"trigger": {"on": [kind]}});
    let contact = |kind: &str| json!({"trigger": {"on": [kind]}, "channels": ["phone"]});
    // Whatever is done calls for it.
    insta::assert_snapshot!(of_actions(json!({"actions": [
        action("first", on("ticket.closed")), action("report", on("action.done"))
    ]})), @"body.actions[1].trigger: `report` -> `report`: each is called for by the work of the one before: say in `where` which events call for it; as it is, only the limit of 3 in a row ends it [trigger_loop]");
    insta::assert_snapshot!(of_actions(json!({"actions": [
        action("call", contact("@interaction")), action("note", on("contact.made"))
    ]})), @"body.actions[0].trigger: `call` -> `call`: each is called for by the work of the one before: say in `where` which events call for it; as it is, only the limit of 3 in a row ends it [trigger_loop]");
    // Each looks at what it is called by, and so the circle is seen.
    let after = |name: &str| {
        json!({"trigger": {
            "on": ["action.done"], "where": format!("last(action.done).key starts with \"ours/{name}/\""), "unknown": "fails"
        }})
    };
    insta::assert_snapshot!(of_actions(json!({"actions": [
        action("a", after("c")), action("b", after("a")), action("c", after("b")), action("d", after("a"))
    ]})), @"body.actions[0].trigger: `a` -> `b` -> `c` -> `a`: each is called for by the work of the one before: say in `where` which events call for it; as it is, only the limit of 3 in a row ends it [trigger_loop]");
    // What cannot be known of an event beforehand may well call.
    let ok = json!({"trigger": {"on": ["action.done"], "where": "last(action.done).result = \"ok\"", "unknown": "fails"}});
    let body =
        json!({"vocabulary": {"attributes": {"result": {"kind": "text"}}}, "actions": [action("next", ok)]});
    assert!(of_actions(body).ends_with("[trigger_loop]"));
    // Without one of them there is none.
    assert_eq!(
        of_actions(
            json!({"actions": [action("b", after("a")), action("a", on("ticket.closed")), action("d", after("b"))]})
        ),
        ""
    );
}

#[test]
fn actions_and_their_terms() {
    let body = json!({
        "vocabulary": {"facts": {"score": {"kind": "int"}, "owner": {"kind": "text"}, "idle": {"kind": "bool"}}},
        "roles": {"service": "owner"},
        "calendar": "short",
        "suppressors": [{"id": "odd", "when": "not (not (score > 3))"}],
        "actions": [
            action("long", json!({
                "trigger": {"while": "score in [1, 1]", "unknown": "fails"},
                "due": [{"when": "score = score", "then": {"working_hours": 12}}, {"then": {"hours": 24}}],
                "steps": [{"id": "one", "wait": {"working_days": 9}}, {"id": "two", "due": {"working_hours": 11}}],
                "escalation": [
                    {"after": {"hours": 23}, "to": "lead"}, {"after": {"hours": 24}, "to": "lead"},
                    {"after": {"working_hours": 12}, "to": "lead"}, {"after": {"working_hours": 11}, "to": "lead"}
                ]
            }))
        ]
    });
    insta::assert_snapshot!(of_actions(body.clone()), @"
    body.vocabulary.facts.idle: nothing reads `idle`: leave it out, or ask for it [unused_fact]
    body.suppressors[0].when: not not score > 3: leave both out [double_negation]
    body.actions[0].trigger.while: score in [1, 1]: write each entry once [repeated_entry]
    body.actions[0].due[0].when: score = score: compare it with something else, or ask whether it is known [same_term]
    body.actions[0].escalation[0]: it goes to `lead` after 23 h, and is due after 24 h: let it be late before somebody else is called [escalates_before_due]
    body.actions[0].escalation[3]: it goes to `lead` after 11 h of work, and is due after 12 h of work: let it be late before somebody else is called [escalates_before_due]
    ");
    let short = calendar(json!({
        "zone": "UTC", "from": "2026-06-01", "to": "2026-06-07", "week": {"mon": ["09:00-17:00"], "fri": ["09:00-12:00"]}
    }));
    let strategies = standard();
    let together = |calendar: &CalendarDocument| {
        let context =
            LintContext { strategies: &[&strategies], calendars: &[calendar], ..LintContext::default() };
        told(&lint_actions(&actions(body.clone()), &context))
    };
    insta::assert_snapshot!(together(&short), @"
    body.vocabulary.facts.idle: nothing reads `idle`: leave it out, or ask for it [unused_fact]
    body.suppressors[0].id: `suppressor.odd` has no label for en, zh-CN: add it to the `labels` of the strategies [unlabelled]
    body.actions[0].id: `action.long` has no label for en, zh-CN: add it to the `labels` of the strategies [unlabelled]
    body.actions[0].steps[0].id: `step.one` has no label for en, zh-CN: add it to the `labels` of the strategies [unlabelled]
    body.actions[0].steps[1].id: `step.two` has no label for en, zh-CN: add it to the `labels` of the strategies [unlabelled]
    body.actions[0].escalation[0].to: `role.lead` has no label for en, zh-CN: add it to the `labels` of the strategies [unlabelled]
    body.suppressors[0].when: not not score > 3: leave both out [double_negation]
    body.actions[0]: no strategy names `long`: name it in the `actions` of a measure, or leave it out [action_without_measure]
    body.actions[0].trigger.while: score in [1, 1]: write each entry once [repeated_entry]
    body.actions[0].due[0].when: score = score: compare it with something else, or ask whether it is known [same_term]
    body.actions[0].due[0].then: a term of 12 h of work never ends in the calendar `short`, whenever it begins: give it less time, or another calendar [due_impossible]
    body.actions[0].due[1].then: a term of 24 h may pass without any working time: the calendar `short` is closed for 88 h from 2026-06-01 17:00:00 UTC: have somebody at work then, or give working time [due_while_closed]
    body.actions[0].steps[0].wait: a term of 9 working days never ends in the calendar `short`, whenever it begins: give it less time, or another calendar [due_impossible]
    body.actions[0].escalation[2].after: a term of 12 h of work never ends in the calendar `short`, whenever it begins: give it less time, or another calendar [due_impossible]
    body.actions[0].escalation[0]: it goes to `lead` after 23 h, and is due after 24 h: let it be late before somebody else is called [escalates_before_due]
    body.actions[0].escalation[3]: it goes to `lead` after 11 h of work, and is due after 12 h of work: let it be late before somebody else is called [escalates_before_due]
    ");
    insta::assert_snapshot!(together(&preset("five-day").unwrap()), @"
    body.vocabulary.facts.idle: nothing reads `idle`: leave it out, or ask for it [unused_fact]
    body.calendar: the calendar `short` is not among those given: give it as well, or name another [calendar_not_given]
    body.suppressors[0].id: `suppressor.odd` has no label for en, zh-CN: add it to the `labels` of the strategies [unlabelled]
    body.actions[0].id: `action.long` has no label for en, zh-CN: add it to the `labels` of the strategies [unlabelled]
    body.actions[0].steps[0].id: `step.one` has no label for en, zh-CN: add it to the `labels` of the strategies [unlabelled]
    body.actions[0].steps[1].id: `step.two` has no label for en, zh-CN: add it to the `labels` of the strategies [unlabelled]
    body.actions[0].escalation[0].to: `role.lead` has no label for en, zh-CN: add it to the `labels` of the strategies [unlabelled]
    body.suppressors[0].when: not not score > 3: leave both out [double_negation]
    body.actions[0]: no strategy names `long`: name it in the `actions` of a measure, or leave it out [action_without_measure]
    body.actions[0].trigger.while: score in [1, 1]: write each entry once [repeated_entry]
    body.actions[0].due[0].when: score = score: compare it with something else, or ask whether it is known [same_term]
    body.actions[0].escalation[0]: it goes to `lead` after 23 h, and is due after 24 h: let it be late before somebody else is called [escalates_before_due]
    body.actions[0].escalation[3]: it goes to `lead` after 11 h of work, and is due after 12 h of work: let it be late before somebody else is called [escalates_before_due]
    ");
}

/// Where customers may name a calendar of their own, terms are held against each that is given.
#[test]
fn terms_are_held_against_the_calendars_of_customers() {
    let short = calendar(
        json!({"zone": "UTC", "from": "2026-06-01", "to": "2026-06-07", "week": {"mon": ["09:00-17:00"]}}),
    );
    let five_day = preset("five-day").unwrap();
    let lint = |more: Value, calendars: &[&CalendarDocument]| {
        let mut body = json!({
            "vocabulary": {"facts": {"own": {"kind": "text"}}}, "calendar": "five-day",
            "actions": [action("call", json!({"trigger": {"on": ["ticket.closed"]}, "due": {"working_hours": 12}}))]
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        told(&lint_actions(&actions(body), &LintContext { calendars, ..LintContext::default() }))
            .lines()
            .filter(|line| !line.contains("unused_fact"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let own = || json!({"calendar_fact": "own"});
    assert_eq!(lint(json!({}), &[&five_day, &short]), "");
    insta::assert_snapshot!(lint(own(), &[&five_day, &short]), @"body.actions[0].due: a term of 12 h of work never ends in the calendar `short`, whenever it begins: give it less time, or another calendar [due_impossible]");
    assert_eq!(lint(own(), &[&five_day]), "");
    insta::assert_snapshot!(lint(own(), &[&short]), @"
    body.calendar: the calendar `five-day` is not among those given: give it as well, or name another [calendar_not_given]
    body.actions[0].due: a term of 12 h of work never ends in the calendar `short`, whenever it begins: give it less time, or another calendar [due_impossible]
    ");
    insta::assert_snapshot!(lint(json!({}), &[&short]), @"body.calendar: the calendar `five-day` is not among those given: give it as well, or name another [calendar_not_given]");
}

#[test]
fn quiet_hours_leave_some_opening_hours() {
    let office = calendar(json!({
        "zone": "+08:00", "from": "2026-06-01", "to": "2026-06-30", "week": {"mon-fri": ["09:00-17:00"], "sat": ["08:00-09:00"]}
    }));
    let lint = |zone: &str, quiet: &str| {
        let rest = json!({"trigger": {"on": ["ticket.closed"]}, "due": {"working_minutes": 30}});
        let body = json!({"zone": zone, "quiet_hours": quiet, "actions": [action("call", rest)]});
        told(&lint_actions(&actions(body), &LintContext { calendars: &[&office], ..LintContext::default() }))
    };
    insta::assert_snapshot!(lint("+08:00", "08:00-17:00"), @"body.actions[0]: it is quiet from 08:00-17:00 (+08:00), all the time that the calendar `short` is open: let the quiet hours lie outside the opening hours [quiet_while_open]");
    insta::assert_snapshot!(lint("UTC", "00:00-09:00"), @"body.actions[0]: it is quiet from 00:00-09:00 (UTC), all the time that the calendar `short` is open: let the quiet hours lie outside the opening hours [quiet_while_open]");
    // The last minute of a day, the hour of a Saturday.
    assert_eq!(lint("+08:00", "08:00-16:59"), "");
    assert_eq!(lint("+08:00", "09:00-17:00"), "");
    assert_eq!(lint("+08:00", "20:00-08:00"), "");
}

#[test]
fn actions_have_labels_in_the_languages_of_the_strategies() {
    let strategies = document(json!({
        "labels": {"action.dance": {"en": "Dance", "zh-CN": "跳舞"}, "role.band": {"en": "Band"}},
        "templates": [sound("floor", "base", json!({
            "core": {"en": "For all", "zh-CN": "人人适用"},
            "measures": [{"id": "a", "text": {"en": "a", "zh-CN": "甲"}, "actions": ["dance", "sing"]}]
        }))]
    }));
    let trigger = json!({"on": ["ticket.closed"]});
    let actions = actions(json!({"actions": [
        action("dance", json!({"trigger": trigger})),
        action("sing", json!({"trigger": trigger, "owner": "band", "escalation": [{"after": {"hours": 9}, "to": "choir"}]}))
    ]}));
    let context = LintContext { strategies: &[&strategies], ..LintContext::default() };
    insta::assert_snapshot!(told(&lint_actions(&actions, &context)), @"
    body.actions[1].id: `action.sing` has no label for en, zh-CN: add it to the `labels` of the strategies [unlabelled]
    body.actions[1].owner: `role.band` has no label for zh-CN: add it to the `labels` of the strategies [unlabelled]
    body.actions[1].escalation[0].to: `role.choir` has no label for en, zh-CN: add it to the `labels` of the strategies [unlabelled]
    ");
    assert_eq!(told(&lint_actions(&actions, &LintContext::default())), "");
}

/// Every code of a document of actions is told once, where it stands first.
#[test]
fn codes_of_actions_have_labels() {
    let labels = |of: &[&str]| {
        let texts = |code: &&str| ((*code).to_owned(), json!({"en": code, "fr": code}));
        of.iter().map(texts).collect::<serde_json::Map<String, Value>>()
    };
    let strategies = |of: &[&str]| {
        document(json!({"labels": labels(of), "templates": [sound("floor", "base", json!({}))]}))
    };
    let trigger = json!({"on": ["ticket.closed"]});
    let actions = actions(json!({
        "vocabulary": {"facts": {"calm": {"kind": "bool"}}},
        "suppressors": [{"id": "storm", "when": "calm = false", "channels": ["pigeon"]}],
        "actions": [
            action("dance", json!({"trigger": trigger, "channels": ["pigeon", "drum"], "legal_basis": "custom"})),
            action("sing", json!({
                "trigger": trigger, "channels": ["drum"], "legal_basis": "custom",
                "steps": [{"id": "main"}, {"id": "verse", "channels": ["flag"]}, {"id": "chorus", "channels": []}],
                "escalation": [{"after": {"hours": 9}, "to": "choir", "queue": "backstage"}]
            }))
        ]
    }));
    let lint = |of: &[&str]| {
        let strategies = strategies(of);
        told(&lint_actions(&actions, &LintContext { strategies: &[&strategies], ..LintContext::default() }))
            .lines()
            .filter(|line| line.ends_with("[unlabelled]"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    insta::assert_snapshot!(lint(&["metric.any"]), @"
    body.suppressors[0].id: `suppressor.storm` has no label for en, fr: add it to the `labels` of the strategies [unlabelled]
    body.suppressors[0].channels[0]: `channel.pigeon` has no label for en, fr: add it to the `labels` of the strategies [unlabelled]
    body.actions[0].id: `action.dance` has no label for en, fr: add it to the `labels` of the strategies [unlabelled]
    body.actions[0].owner: `role.service` has no label for fr: add it to the `labels` of the strategies [unlabelled]
    body.actions[0].channels[1]: `channel.drum` has no label for en, fr: add it to the `labels` of the strategies [unlabelled]
    body.actions[0].legal_basis: `legal_basis.custom` has no label for en, fr: add it to the `labels` of the strategies [unlabelled]
    body.actions[1].id: `action.sing` has no label for en, fr: add it to the `labels` of the strategies [unlabelled]
    body.actions[1].steps[1].id: `step.verse` has no label for en, fr: add it to the `labels` of the strategies [unlabelled]
    body.actions[1].steps[1].channels[0]: `channel.flag` has no label for en, fr: add it to the `labels` of the strategies [unlabelled]
    body.actions[1].steps[2].id: `step.chorus` has no label for en, fr: add it to the `labels` of the strategies [unlabelled]
    body.actions[1].escalation[0].to: `role.choir` has no label for en, fr: add it to the `labels` of the strategies [unlabelled]
    body.actions[1].escalation[0].queue: `queue.backstage` has no label for en, fr: add it to the `labels` of the strategies [unlabelled]
    ");
    // No `step.main`: it is called what its action is called.
    let all = [
        "suppressor.storm",
        "channel.pigeon",
        "channel.drum",
        "channel.flag",
        "action.dance",
        "action.sing",
        "role.service",
        "role.choir",
        "legal_basis.custom",
        "step.verse",
        "step.chorus",
        "queue.backstage",
    ];
    assert_eq!(lint(&all), "");
}

#[test]
fn measures_name_actions_that_exist() {
    let strategies = document(json!({"templates": [sound("floor", "base", json!({
        "measures": [{"id": "a", "text": {"en": "a"}, "actions": ["respond", "dance"]}]
    }))]}));
    let actions = actions_preset("standard").unwrap();
    let context = LintContext { actions: &[&actions], ..LintContext::default() };
    insta::assert_snapshot!(told(&lint_strategies(&strategies, &context)), @"body.templates[0].measures[0].actions[1]: no document of actions has `dance`: write it, or name one that exists [unknown_action]");
    assert_eq!(alone(&strategies), "");
}
