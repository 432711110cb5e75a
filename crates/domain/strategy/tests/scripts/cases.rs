//! Worked cases: a situation, the script that fits, and what is said.
use std::fmt::Write as _;

use guanxi_core::parse_instant;
use guanxi_strategy::{
    LanguageId, Situation, SlotValues, choose_script, labels, render_script, scripts_preset,
};
use serde::Deserialize;
use serde_json::{Map, Value};

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
