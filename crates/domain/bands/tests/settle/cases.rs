//! Worked cases: a customer's life under a rule, line by line, with the reasons.
use std::fmt::Write as _;

use guanxi_bands::{
    Bands, Pin, SettleDocument, SettleReason, SettleState, Settling, labels, preset, preset_ids, settle,
};
use guanxi_core::{ReasonCode, TierId, parse_instant};
use guanxi_policy::LabelPack;
use serde::Deserialize;
use serde_json::{Value, json};

/// The tiers of the default scoring policy.
fn tiers() -> Bands<TierId> {
    let floors =
        [("strategic", "90"), ("key", "70"), ("normal", "50"), ("potential", "30"), ("to_optimise", "0")];
    Bands::new(floors.map(|(tier, floor)| (tier.parse().unwrap(), floor.parse().unwrap())).into()).unwrap()
}

/// A case: a rule, perhaps a state, and what becomes of the class at each instant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// A preset's id, or the body of a rule.
    rule: Value,
    #[serde(default)]
    state: Option<SettleState<TierId>>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    at: String,
    score: Option<String>,
    #[serde(default)]
    pin: Option<Pin<TierId>>,
}

fn rule(given: &Value) -> SettleDocument {
    if let Some(id) = given.as_str() {
        return preset(id).unwrap();
    }
    let document = json!({"schema": "guanxi.settle/1", "id": "ours", "version": "1", "body": given});
    SettleDocument::from_value(&document).unwrap()
}

/// Runs a case; every line is what a reader sees.
fn check(case: &str) -> String {
    let Case { rule: given, mut state, steps } = serde_json::from_str(case).unwrap();
    let (rule, bands, labels) = (rule(&given), tiers(), labels("en").unwrap());
    let mut shown = String::new();
    for step in steps {
        let score = step.score.as_ref().map(|score| score.parse().unwrap());
        let given = Settling { state: state.as_ref(), score, pin: step.pin.as_ref() };
        let decision = settle(&rule, &bands, &given, parse_instant(&step.at).unwrap());
        let class = decision.outcome.class.as_ref().map_or("-", TierId::as_str);
        let next = decision.next_change.map_or("-".to_owned(), |at| at.format("%Y-%m-%dT%H:%MZ").to_string());
        writeln!(
            shown,
            "{} {} -> {class}, next change {next}",
            step.at,
            step.score.as_deref().unwrap_or("no score")
        )
        .unwrap();
        for reason in &decision.reasons {
            writeln!(shown, "  {}", labels.reason(reason)).unwrap();
        }
        state = decision.outcome.state;
    }
    shown
}

macro_rules! cases {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            let case = include_str!(concat!("../cases/", stringify!($name), ".json"));
            insta::assert_snapshot!(stringify!($name), check(case));
        }
    )*};
}

cases! {
    half_yearly_review
    margins_dwell_and_grace
    pins
    late_and_missing
    far_east
}

#[test]
fn presets_are_sound_and_never_change_in_silence() {
    for id in preset_ids() {
        let rule = preset(id).unwrap();
        assert_eq!((rule.stamp().id.as_str(), rule.stamp().version.as_str()), (id, "1.0.0"));
        assert!(guanxi_bands::lint(&rule).is_empty());
        // A changed preset changes decisions: a new version is due, and a note in the changelog.
        insta::assert_snapshot!(format!("fingerprint_{id}"), rule.stamp().fingerprint.to_string());
    }
}

fn every_reason() -> Vec<SettleReason<TierId>> {
    let [key, normal] = ["key", "normal"].map(|tier| move || tier.parse::<TierId>().unwrap());
    let score = |text: &str| text.parse().unwrap();
    let at = || parse_instant("2026-06-30T16:00:00Z").unwrap();
    let on = parse_instant("2026-07-01").unwrap().date_naive();
    vec![
        SettleReason::Pinned { class: key(), until: at() },
        SettleReason::PinExpired { class: key(), until: at() },
        SettleReason::PinUnknown { class: key() },
        SettleReason::StateFromFuture { settled_at: at() },
        SettleReason::ClassUnknown { class: key() },
        SettleReason::NoScore,
        SettleReason::ReviewHeld { on, at: at() },
        SettleReason::Enters { class: key(), score: score("72"), floor: score("70") },
        SettleReason::Rises { from: normal(), to: key(), score: score("73"), needed: score("72") },
        SettleReason::Falls { from: key(), to: normal(), score: score("67"), below: score("68") },
        SettleReason::Stays { class: key(), score: score("71") },
        SettleReason::RiseShort { to: key(), needed: score("72"), short_by: score("1") },
        SettleReason::RiseTooSoon { to: key(), until: at() },
        SettleReason::RiseAwaitsReview { to: key(), on, at: at() },
        SettleReason::RiseBarred { to: key() },
        SettleReason::RiseLimited { to: key(), steps: 1 },
        SettleReason::FallSpared { class: key(), floor: score("70"), below: score("68") },
        SettleReason::FallTooSoon { to: normal(), until: at() },
        SettleReason::FallInGrace { to: normal(), since: at(), until: at() },
        SettleReason::FallAwaitsReview { to: normal(), on, at: at() },
        SettleReason::FallBarred { to: normal() },
        SettleReason::FallLimited { to: normal(), steps: 1 },
        SettleReason::RuleNotInForce { from: None, to: Some(at()) },
    ]
}

#[test]
fn every_reason_reads_well_in_both_languages() {
    let shown = |lang: &str, tiers: &str| {
        let pack = labels(lang).unwrap().with(LabelPack::parse(tiers).unwrap());
        every_reason().iter().map(|reason| pack.reason(reason)).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(shown("en", r#"{"tier.key": "Key", "tier.normal": "Normal"}"#));
    insta::assert_snapshot!(shown("zh-CN", r#"{"tier.key": "重点客户", "tier.normal": "普通客户"}"#));
}

#[test]
fn every_reason_has_its_labels_and_the_code_of_its_text() {
    let (english, chinese) = (labels("en").unwrap(), labels("zh-CN").unwrap());
    assert_eq!((english.gaps(&chinese), chinese.gaps(&english)), (vec![], vec![]));
    assert!(labels("fr").is_none());
    let reasons = every_reason();
    assert_eq!(english.iter().count(), reasons.len());
    for reason in reasons {
        let json = serde_json::to_value(&reason).unwrap();
        assert_eq!(json["code"].as_str(), Some(reason.code()), "{reason:?}");
        assert!(english.get(&format!("reason.{}", reason.code())).is_some(), "{reason:?}");
        let names: Vec<&str> = reason.args().iter().map(|(name, _)| *name).collect();
        let fields: Vec<&String> = json.as_object().unwrap().keys().filter(|name| *name != "code").collect();
        assert!(
            names.len() == fields.len() && fields.iter().all(|field| names.contains(&field.as_str())),
            "{reason:?}"
        );
    }
}

#[test]
fn a_rule_out_of_force_settles_and_says_so() {
    let mut value = preset("standard").unwrap().to_value();
    value["effective_from"] = json!("2026-01-01");
    value["effective_to"] = json!("2026-12-31");
    let rule = SettleDocument::from_value(&value).unwrap();
    let given = Settling { state: None, score: Some("72".parse().unwrap()), pin: None };
    let at = |at: &str| settle(&rule, &tiers(), &given, parse_instant(at).unwrap());
    let early = at("2025-06-30");
    assert_eq!(early.outcome.class, Some("key".parse().unwrap()));
    assert!(matches!(early.reasons.last(), Some(SettleReason::RuleNotInForce { .. })));
    assert_eq!(early.next_change, Some(parse_instant("2026-01-01").unwrap()));
    let inside = at("2026-06-30");
    assert_eq!((inside.reasons.len(), inside.next_change), (1, Some(parse_instant("2027-01-01").unwrap())));
}

#[test]
fn margins_never_put_a_class_out_of_reach() {
    let bands = Bands::new(vec![
        ("top", "99".parse().unwrap()),
        ("rest", "1".parse().unwrap()),
        ("none", "0".parse().unwrap()),
    ])
    .unwrap();
    let side = json!({"when": "now", "margin": "5"});
    let rule = rule(&json!({"up": side, "down": side}));
    let class = |class: &'static str, score: &str| {
        let at = parse_instant("2026-06-30").unwrap();
        let state = SettleState::new(class, at, None, at).unwrap();
        let given = Settling { state: Some(&state), score: Some(score.parse().unwrap()), pin: None };
        settle(&rule, &bands, &given, at).outcome.class.unwrap()
    };
    assert_eq!([class("rest", "99.99"), class("rest", "100")], ["rest", "top"]);
    assert_eq!([class("rest", "0.01"), class("rest", "0")], ["rest", "none"]);
    assert_eq!([class("top", "94"), class("top", "93.99"), class("top", "0")], ["top", "rest", "none"]);
}

#[test]
fn what_is_over_at_the_instant_of_a_review_is_over() {
    let down = json!({"when": "at_review", "dwell_days": 122, "grace_days": 30});
    let rule = rule(&json!({"up": {"when": "now"}, "down": down, "reviews": {"days": ["07-01", "12-31"]}}));
    let at = |text: &str| parse_instant(text).unwrap();
    // 2024 has a leap day: from 29 February to 30 June it is 122 days, to 1 July 123.
    let next = |since: &str, below_since: &str| {
        let state =
            SettleState::new("key".parse().unwrap(), at(since), Some(at(below_since)), at("2024-06-20"))
                .unwrap();
        let given = Settling { state: Some(&state), score: Some("60".parse().unwrap()), pin: None };
        settle(&rule, &tiers(), &given, at("2024-06-25")).next_change
    };
    assert_eq!(next("2024-02-29", "2024-06-01"), Some(at("2024-07-01")));
    assert_eq!(next("2024-03-01", "2024-06-01"), Some(at("2024-07-01")));
    assert_eq!(next("2024-03-01T00:00:01Z", "2024-06-01"), Some(at("2024-12-31")));
    assert_eq!(next("2024-03-01", "2024-06-01T00:00:01Z"), Some(at("2024-12-31")));
}
