//! Worked cases: what becomes of a lead as time goes on, with the reasons and the ledger.
use std::fmt::Write as _;

use guanxi_bands::{SettleDocument, SettleState, Settling, settle};
use guanxi_core::{FactInput, FactMap, ReasonCode, parse_instant};
use guanxi_leads::{
    BandId, CHANNELS, ConversionReason, CustomerKind, FlagId, Lead, LeadGiven, LeadLedger, LeadOverride,
    LeadPolicyDocument, LeadReason, Line, PartOfScore, Points, Verdict, labels, preset, preset_ids, score,
};
use guanxi_policy::LabelPack;
use serde::Deserialize;
use serde_json::{Value, json};

/// A case: a policy, a lead, what happened, and when it is looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// A preset's id, or the body of a policy.
    policy: Value,
    created_at: String,
    #[serde(default)]
    channel: Option<String>,
    /// Plain values, read by the schemas of the policy.
    #[serde(default)]
    facts: serde_json::Map<String, Value>,
    /// Id, kind, instant; then, if any, source and attributes.
    events: Vec<(String, String, String, Option<String>, Value)>,
    #[serde(default, rename = "override")]
    overridden: Option<LeadOverride>,
    /// Instants, or `next` for the next change.
    at: Vec<String>,
    /// Whether to show the ledger.
    #[serde(default)]
    ledger: bool,
}

fn policy(given: &Value) -> LeadPolicyDocument {
    if let Some(id) = given.as_str() {
        return preset(id).unwrap();
    }
    let document = json!({"schema": "guanxi.leads/1", "id": "ours", "version": "1", "body": given});
    LeadPolicyDocument::from_value(&document).unwrap_or_else(|problems| panic!("{problems}"))
}

fn facts(policy: &LeadPolicyDocument, given: &serde_json::Map<String, Value>) -> FactMap {
    given.iter().fold(FactMap::new(), |facts, (name, value)| {
        let schema = policy.body().vocabulary().fact(name).unwrap();
        let text = value.to_string();
        let input: FactInput<'_> = serde_json::from_str(&text).unwrap();
        facts.with(name.parse().unwrap(), schema.read(&input).unwrap(), None)
    })
}

fn shown(line: &Line) -> String {
    let mut value = serde_json::to_value(line).unwrap();
    let fields = value.as_object_mut().unwrap();
    let amount = fields.remove("amount").unwrap();
    let name = fields.remove("line").unwrap();
    let rest: Vec<String> = fields
        .values()
        .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        .collect();
    format!("{:>12}  {} {}", amount.as_str().unwrap(), name.as_str().unwrap(), rest.join(" "))
        .trim_end()
        .to_owned()
}

/// Runs a case; every line is what a reader sees.
fn check(case: &str) -> String {
    let case: Case = serde_json::from_str(case).unwrap();
    let (policy, pack) = (policy(&case.policy), labels("en").unwrap());
    let mut lead = Lead::new(
        "L1".parse().unwrap(),
        CustomerKind::Organisation,
        parse_instant(&case.created_at).unwrap(),
    );
    lead.channel = case.channel.map(|channel| channel.parse().unwrap());
    lead.attributes = facts(&policy, &case.facts);
    let events = case.events.into_iter().map(|(id, kind, at, source, attributes)| {
        let event = json!({"id": id, "subject": "L1", "kind": kind, "occurred_at": at, "source": source, "attributes": attributes});
        serde_json::from_value(event).unwrap()
    });
    let ledger: LeadLedger = events.collect();
    let facts = lead.facts();
    let given = LeadGiven { facts: &facts, ledger: &ledger, overridden: case.overridden.as_ref() };
    let mut told = String::new();
    let mut next = None;
    for at in case.at {
        let Some(as_of) = (if at == "next" { next } else { parse_instant(&at).ok() }) else { break };
        let decision = score(&policy, &given, as_of);
        next = decision.next_change;
        let outcome = &decision.outcome;
        let grade = outcome.grade.as_ref().map_or("-", |grade| grade.as_str());
        let flags: Vec<&str> = outcome.flags.iter().map(FlagId::as_str).collect();
        let change = next.map_or("never".to_owned(), |at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
        writeln!(
            told,
            "{} -> {} {} {grade} [{}], next change {change}",
            as_of.format("%Y-%m-%dT%H:%M:%SZ"),
            outcome.score,
            outcome.band,
            flags.join(" "),
        )
        .unwrap();
        for reason in &decision.reasons {
            writeln!(told, "  {}", reason.text(&pack)).unwrap();
        }
        if case.ledger {
            for (name, part) in [("fit", &outcome.fit), ("engagement", &outcome.engagement)] {
                writeln!(told, "  {name}: {} of {}, brings {}", part.total, part.full, part.brings).unwrap();
                for line in &part.lines {
                    writeln!(told, "  {}", shown(line)).unwrap();
                }
            }
        }
    }
    told
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
    caps_and_decay
    disqualified_and_overridden
    nothing_known
    silent_for_three_days
    software_case
    standard_week
}

#[test]
fn presets_are_sound_and_never_change_in_silence() {
    for id in preset_ids() {
        let policy = preset(id).unwrap();
        assert_eq!((policy.stamp().id.as_str(), policy.stamp().version.as_str()), (id, "1.0.0"));
        // A changed preset changes decisions: a new version is due, and a note in the changelog.
        insta::assert_snapshot!(format!("fingerprint_{id}"), policy.stamp().fingerprint.to_string());
    }
    assert!(preset("premium").is_none());
}

/// Bands that do not flap: a lead stays served first until it is more than two points below 80.
#[test]
fn bands_settle_like_any_class() {
    let rule = json!({"schema": "guanxi.settle/1", "id": "ours", "version": "1", "body": {
        "up": {"when": "now"}, "down": {"when": "now", "margin": "2"}
    }});
    let rule = SettleDocument::from_value(&rule).unwrap();
    let policy = preset("standard").unwrap();
    let (mut state, mut told) = (None::<SettleState<BandId>>, Vec::new());
    for (day, points) in [(1, "80"), (2, "78"), (3, "77.99"), (4, "79.99")] {
        let given = Settling { state: state.as_ref(), score: Some(points.parse().unwrap()), pin: None };
        let at = parse_instant(&format!("2026-07-{day:02}")).unwrap();
        let settled = settle(&rule, policy.body().bands(), &given, at).outcome;
        told.push(settled.class.unwrap().to_string());
        state = settled.state;
    }
    assert_eq!(told, ["priority", "priority", "regular", "regular"]);
}

fn every_reason() -> Vec<LeadReason> {
    let rule = || "interaction".parse().unwrap();
    let need = || "need_identified".parse().unwrap();
    let score = |text: &str| text.parse().unwrap();
    let points = Points::from_millionths;
    let at = || parse_instant("2026-06-30T16:00:00Z").unwrap();
    let share = |text: &str| serde_json::from_value(json!(text)).unwrap();
    vec![
        LeadReason::ScoreOverridden { score: score("90"), computed: score("41"), until: at() },
        LeadReason::GradeOverridden { grade: "a".parse().unwrap(), until: at() },
        LeadReason::OverrideExpired { until: at() },
        LeadReason::OverrideUnknown { grade: "a".parse().unwrap() },
        LeadReason::Disqualified { rule: "unreachable".parse().unwrap() },
        LeadReason::Scored {
            score: score("41"),
            fit: score("55"),
            fit_weight: share("0.6"),
            engagement: score("20"),
            engagement_weight: share("0.4"),
        },
        LeadReason::InBand { band: "regular".parse().unwrap(), from: score("0") },
        LeadReason::BelowBand { band: "priority".parse().unwrap(), from: score("80"), short_by: score("39") },
        LeadReason::Graded {
            grade: "c".parse().unwrap(),
            fit: "medium".parse().unwrap(),
            engagement: "warm".parse().unwrap(),
        },
        LeadReason::FitHolds { rule: need(), points: points(30_000_000) },
        LeadReason::FitFails { rule: need(), points: points(30_000_000) },
        LeadReason::FitUnknown { rule: need(), points: points(30_000_000) },
        LeadReason::RuleBrings { rule: rule(), events: 2, points: points(20_000_000) },
        LeadReason::RuleUnknown { rule: rule() },
        LeadReason::CapsTake { points: points(-7_500_000) },
        LeadReason::Clamped { part: PartOfScore::Engagement, points: points(-1) },
        LeadReason::DisqualifyUnknown { rule: "unreachable".parse().unwrap() },
        LeadReason::FlagRaised { flag: "silent".parse().unwrap() },
        LeadReason::FlagUnknown { flag: "trial_ending".parse().unwrap() },
        LeadReason::FactMissing { fact: "employees".parse().unwrap() },
        LeadReason::FactFromFuture { fact: "employees".parse().unwrap(), observed_at: at() },
        LeadReason::FutureEvents { events: 2, first: at() },
        LeadReason::PolicyNotInForce { from: None, to: Some(at()) },
    ]
}

fn every_conversion_reason() -> Vec<ConversionReason> {
    let [lead, party] = ["L1", "C7"].map(|id| move || id.parse().unwrap());
    let at = || parse_instant("2026-06-30T16:00:00Z").unwrap();
    vec![
        ConversionReason::AlreadyConverted { customer: party() },
        ConversionReason::KnownBy {
            of: lead(),
            party: party(),
            key: "name".parse().unwrap(),
            verdict: Verdict::Review,
        },
        ConversionReason::Links { of: lead(), party: party() },
        ConversionReason::Creates { of: lead(), party: party() },
        ConversionReason::Ambiguous { of: lead(), parties: 2 },
        ConversionReason::NeedsReview { of: lead(), parties: 1 },
        ConversionReason::NotKnown { of: lead(), party: party() },
        ConversionReason::IdTaken { of: lead(), party: party() },
        ConversionReason::CarriesEvents { events: 3 },
        ConversionReason::PolicyNotInForce { from: Some(at()), to: None },
    ]
}

#[test]
fn every_reason_reads_well_in_both_languages() {
    let told = |pack: &LabelPack| {
        let scores = every_reason();
        let conversions = every_conversion_reason();
        let scores = scores.iter().map(|reason| reason.text(pack));
        scores.chain(conversions.iter().map(|reason| reason.text(pack))).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!("reasons_en", told(&labels("en").unwrap()));
    insta::assert_snapshot!("reasons_zh_cn", told(&labels("zh-CN").unwrap()));
}

#[test]
fn every_reason_has_its_labels_and_the_code_of_its_text() {
    let (english, chinese) = (labels("en").unwrap(), labels("zh-CN").unwrap());
    assert_eq!((english.gaps(&chinese), chinese.gaps(&english)), (vec![], vec![]));
    assert!(labels("fr").is_none());
    let checked = |space: &str, reason: &dyn ReasonCode, json: Value| {
        assert_eq!(json["code"].as_str(), Some(reason.code()));
        assert!(english.get(&format!("{space}.{}", reason.code())).is_some(), "{}", reason.code());
        let names: Vec<&str> = reason.args().iter().map(|(name, _)| *name).collect();
        let fields: Vec<&String> = json.as_object().unwrap().keys().filter(|name| *name != "code").collect();
        assert!(names.len() == fields.len() && fields.iter().all(|field| names.contains(&field.as_str())));
    };
    let [scores, conversions] = ["leads.", "conversion."]
        .map(|space| english.iter().filter(|(code, _)| code.starts_with(space)).count());
    assert_eq!((scores, conversions), (every_reason().len(), every_conversion_reason().len()));
    for reason in every_reason() {
        checked("leads", &reason, serde_json::to_value(&reason).unwrap());
    }
    for reason in every_conversion_reason() {
        checked("conversion", &reason, serde_json::to_value(&reason).unwrap());
    }
}

#[test]
fn everything_that_a_preset_names_has_a_label() {
    let english = labels("en").unwrap();
    for id in preset_ids() {
        let body = preset(id).unwrap().to_value()["body"].clone();
        let ids = |list: &Value| -> Vec<String> {
            list.as_array()
                .into_iter()
                .flatten()
                .map(|item| item["id"].as_str().unwrap().to_owned())
                .collect()
        };
        let listed = [
            ("rule", ids(&body["fit"]["conditions"])),
            ("rule", ids(&body["engagement"]["rules"])),
            ("rule", ids(&body["disqualify"])),
            ("flag", ids(&body["flags"])),
            ("band", ids(&body["bands"])),
            ("level", ids(&body["grades"]["fit"])),
            ("level", ids(&body["grades"]["engagement"])),
            ("fact", body["vocabulary"]["facts"].as_object().unwrap().keys().cloned().collect()),
            ("channel", CHANNELS.map(str::to_owned).into()),
        ];
        for (space, names) in listed {
            assert!(!names.is_empty() || space == "rule", "{id} {space}");
            for name in names {
                assert!(english.get(&format!("{space}.{name}")).is_some(), "{space}.{name}");
            }
        }
    }
}
