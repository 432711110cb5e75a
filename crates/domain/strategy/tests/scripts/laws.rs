//! What holds of every script.
use chrono::{DateTime, Utc};
use guanxi_core::{Decision, parse_instant};
use guanxi_policy::Body;
use guanxi_strategy::arbitrary::scripts::{scripts, situation, slot_value, values};
use guanxi_strategy::{
    RenderedScript, ScriptError, ScriptId, ScriptReason, ScriptSpec, ScriptsDocument, Situation, SlotId,
    SlotKind, SlotProblem, SlotValue, SlotValues, choose_script, render_script,
};
use proptest::prelude::*;

pub(crate) fn as_of() -> DateTime<Utc> {
    parse_instant("2026-06-30T08:00:00Z").unwrap()
}

/// How many sides a script asks for, if it fits: side by side, as the page tells it.
fn asks(script: &ScriptSpec, situation: &Situation) -> Option<usize> {
    let plain = |code: &str| match code {
        "A" => "a".to_owned(),
        "ｂ" => "b".to_owned(),
        "Ｃ" => "c".to_owned(),
        code => code.to_owned(),
    };
    let texts = |codes: Vec<String>, given: Option<String>| match (codes.is_empty(), given) {
        (true, _) => Some(0),
        (false, Some(given)) if codes.contains(&plain(&given)) => Some(1),
        _ => None,
    };
    let asked = &script.situations;
    let sides = [
        texts(
            asked.persona.iter().map(ToString::to_string).collect(),
            situation.persona.as_ref().map(ToString::to_string),
        ),
        texts(
            asked.stage.iter().map(ToString::to_string).collect(),
            situation.stage.as_ref().map(ToString::to_string),
        ),
        texts(
            asked.channel.iter().map(ToString::to_string).collect(),
            situation.channel.as_ref().map(ToString::to_string),
        ),
        texts(
            asked.scenario.iter().map(ToString::to_string).collect(),
            situation.scenario.as_ref().map(ToString::to_string),
        ),
    ];
    sides.into_iter().sum()
}

/// Fills a text by looking for one brace after the other.
fn fill(text: &str, say: &dyn Fn(&str) -> String) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        filled += &rest[..at];
        rest = &rest[at..];
        if rest.starts_with("{{") || rest.starts_with("}}") {
            filled += &rest[..1];
            rest = &rest[2..];
        } else {
            let end = rest.find('}').unwrap();
            filled += &say(&rest[1..end]);
            rest = &rest[end + 1..];
        }
    }
    filled + rest
}

fn first(document: &ScriptsDocument) -> ScriptId {
    document.body().scripts()[0].id().clone()
}

proptest! {
    #[test]
    fn the_script_that_asks_for_most_is_chosen(document in scripts(), situation in situation()) {
        let decision = choose_script(&document, &situation, as_of());
        let spec = document.body().spec();
        let fitting: Vec<(&ScriptSpec, usize)> =
            spec.scripts.iter().filter_map(|script| Some((script, asks(script, &situation)?))).collect();
        let most = fitting.iter().map(|(_, asks)| *asks).max();
        let expected = fitting.iter().find(|(_, asks)| Some(*asks) == most).map(|(script, _)| script.id.clone());
        prop_assert_eq!(&decision.outcome, &expected);
        // Every script that fits is named, and none that does not.
        let named = decision.reasons.iter().filter(|reason| {
            matches!(reason, ScriptReason::Chosen { .. } | ScriptReason::AsGood { .. } | ScriptReason::LessSpecific { .. })
        });
        prop_assert_eq!(named.count(), fitting.len());
        for reason in &decision.reasons {
            if let ScriptReason::Near { script, .. } = reason {
                let near = spec.scripts.iter().find(|one| one.id == *script).unwrap();
                prop_assert_eq!(asks(near, &situation), None);
            }
        }
    }

    #[test]
    fn every_text_is_said_with_its_values(
        (document, values) in scripts().prop_flat_map(|document| {
            let values = values(&document.body().scripts()[0]);
            (Just(document), values)
        }),
        chinese in any::<bool>(),
    ) {
        let language = if chinese { "zh-CN" } else { "en" };
        let decision = render_script(&document, &first(&document), &language.parse().unwrap(), &values, as_of()).unwrap();
        let script = &document.body().spec().scripts[0];
        for (rendered, step) in decision.outcome.steps.iter().zip(&script.steps) {
            let say = |slot: &str| {
                // What a slot alone says, in a document of its own.
                let slot: SlotId = slot.parse().unwrap();
                alone(&slot, values.get(&slot).unwrap(), language)
            };
            prop_assert_eq!(&rendered.text, &fill(step.text.get(language).unwrap(), &say));
        }
        let text = serde_json::to_string(&decision).unwrap();
        prop_assert_eq!(serde_json::from_str::<Decision<RenderedScript, ScriptReason>>(&text).unwrap(), decision);
    }

    #[test]
    fn a_value_that_is_missing_or_of_another_kind_is_always_told(
        (document, values, other) in scripts().prop_flat_map(|document| {
            let script = document.body().scripts()[0].clone();
            let kind = script.slots().values().next().copied().unwrap();
            let other = prop::sample::select(SlotKind::ALL.to_vec()).prop_flat_map(slot_value);
            (Just(document), values(&script), other.prop_filter("of another kind", move |value| value.kind() != kind))
        }),
    ) {
        let script = &document.body().scripts()[0];
        let render = |values: &SlotValues| {
            render_script(&document, script.id(), &"en".parse().unwrap(), values, as_of()).map(|_| ())
        };
        let problems = |error: ScriptError| match error {
            ScriptError::Slots { faults } => faults.into_iter().map(|fault| (fault.slot, fault.problem)).collect::<Vec<_>>(),
            other => panic!("{other}"),
        };
        prop_assert!(render(&values).is_ok());
        // None at all: all are named.
        let none = problems(render(&SlotValues::new()).unwrap_err());
        prop_assert_eq!(none.len(), script.slots().len());
        let (slot, kind) = script.slots().iter().next().unwrap();
        prop_assert_eq!(&none[0], &(slot.to_string(), SlotProblem::Missing { kind: *kind }));
        let wrong = problems(render(&values.clone().with(slot.clone(), other)).unwrap_err());
        prop_assert_eq!(wrong, vec![(slot.to_string(), SlotProblem::WrongKind { kind: *kind })]);
        let strange = problems(render(&values.with("zzz".parse().unwrap(), SlotValue::Integer(1))).unwrap_err());
        prop_assert_eq!(strange, vec![("zzz".to_owned(), SlotProblem::Unknown)]);
    }

    #[test]
    fn documents_survive_their_normal_form(document in scripts()) {
        prop_assert_eq!(&ScriptsDocument::from_value(&document.to_value()).unwrap(), &document);
    }
}

fn alone(slot: &SlotId, value: &SlotValue, language: &str) -> String {
    let tree = serde_json::json!({"schema": "guanxi.scripts/1", "id": "one", "version": "1", "body": {
        "languages": [language],
        "scripts": [{"id": "one", "title": {language: "t"}, "slots": {slot.as_str(): value.kind().code()},
            "steps": [{"id": "one", "aim": {language: "a"}, "text": {language: format!("{{{slot}}}")}}]}]
    }});
    let document = ScriptsDocument::from_value(&tree).unwrap();
    let values = SlotValues::new().with(slot.clone(), value.clone());
    let decision =
        render_script(&document, &"one".parse().unwrap(), &language.parse().unwrap(), &values, as_of())
            .unwrap();
    decision.outcome.steps[0].text.clone()
}
