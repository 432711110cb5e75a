//! Every stage of both presets against every kind of event: allowed, or refused with what is missing.
use std::fmt::Write as _;

use guanxi_core::EventKind;
use guanxi_lifecycle::{LifecycleDocument, Reason, State, kinds};

use crate::story::{decide, five, phases, state};

/// All kinds that a definition knows, standard ones first.
fn all_kinds(definition: &LifecycleDocument) -> Vec<String> {
    let standard = EventKind::standard().map(|(_, kind)| kind.to_owned());
    let own = definition.body().vocabulary().kinds().map(ToString::to_string);
    standard.chain(own).filter(|kind| kind != kinds::STAY).collect()
}

/// What an event does, in one line.
fn effect(definition: &LifecycleDocument, before: Option<&State>, kind: &str) -> String {
    let line = match kind {
        "stage.moved" => "2026-06-01 stage.moved to=loyalty id=new",
        "approval.given" => "2026-06-01 approval.given edge=bought role=lead id=new",
        _ => &format!("2026-06-01 {kind} id=new"),
    };
    let decision = decide(definition, before, &[line], "2026-06-01");
    if let [own] = decision.outcome.moves.as_slice() {
        let regress = own.regress.as_ref().map(|why| format!(" back ({why})")).unwrap_or_default();
        return format!("-> {}{regress} by {}", own.to, own.edge);
    }
    // The first event may enter and be enough for the next stage at once.
    if let [first, second] = decision.outcome.moves.as_slice() {
        return format!("-> {} by {} -> {} by {}", first.to, first.edge, second.to, second.edge);
    }
    assert!(decision.outcome.moves.is_empty());
    let answers: Vec<&Reason> = (decision.reasons.iter())
        .filter(|reason| matches!(reason, Reason::Refused { .. } | Reason::NoEdge { .. }))
        .collect();
    // Refused, with the stage, the event and what is missing.
    assert!(!answers.is_empty(), "{kind} is not answered");
    let english = guanxi_lifecycle::labels("en").unwrap();
    let texts: Vec<String> = answers
        .iter()
        .map(|reason| match reason {
            Reason::Refused { event, kind: own, stage, edge, missing, .. } => {
                assert_eq!(
                    (event.as_str(), own.as_str(), stage.as_ref()),
                    ("new", kind, before.and_then(State::stage))
                );
                assert!(!missing.is_empty());
                let missing: Vec<String> = missing.iter().map(|missing| missing.text(&english)).collect();
                format!("refused by {edge}: {}", missing.join("; "))
            }
            Reason::NoEdge { event, kind: own, stage, from, read, .. } => {
                assert_eq!(
                    (event.as_str(), own.as_str(), stage.as_ref()),
                    ("new", kind, before.and_then(State::stage))
                );
                let from: Vec<&str> = from.iter().map(guanxi_lifecycle::StageId::as_str).collect();
                match (from.is_empty(), read) {
                    (false, _) => format!("no edge here, but from {}", from.join(", ")),
                    (true, true) => "no edge, but looked at".to_owned(),
                    (true, false) => "no edge".to_owned(),
                }
            }
            other => panic!("{other:?}"),
        })
        .collect();
    texts.join(" | ")
}

fn table(definition: &LifecycleDocument, stories: &[(&str, &[&str])]) -> String {
    let mut text = String::new();
    let stages: Vec<&str> = definition.body().stages().iter().map(|stage| stage.id.as_str()).collect();
    let told: Vec<&str> = stories.iter().map(|(stage, _)| *stage).collect();
    assert_eq!(told, ["none"].into_iter().chain(stages).collect::<Vec<_>>());
    for (stage, story) in stories {
        let before = state(definition, story, "2026-05-31");
        assert_eq!(before.stage().map_or("none", |stage| stage.as_str()), *stage);
        writeln!(text, "{stage}").unwrap();
        for kind in all_kinds(definition) {
            writeln!(text, "    {kind:24} {}", effect(definition, Some(&before), &kind)).unwrap();
        }
    }
    text
}

#[test]
fn every_stage_and_event_of_the_five_stages_is_decided() {
    let table = table(
        &five(),
        &[
            ("none", &[]),
            ("prospect", &["2026-05-01 contact.made"]),
            ("awareness", &["2026-05-01 contact.made", "2026-05-02 meeting.held"]),
            ("purchase", &["2026-05-01 order.placed"]),
            ("loyalty", &["2026-05-01 order.placed", "2026-05-02 contract.renewed"]),
            ("churn", &["2026-05-01 order.placed", "2026-05-02 customer.lost"]),
            ("ended", &["2026-05-01 note.added", "2026-05-02 relationship.ended"]),
            ("transformed", &["2026-05-01 note.added", "2026-05-02 relationship.transformed"]),
        ],
    );
    insta::assert_snapshot!(table);
}

#[test]
fn every_phase_and_event_of_a_relationship_is_decided() {
    let table = table(
        &phases(),
        &[
            ("none", &[]),
            ("initial", &["2026-05-01 contact.made"]),
            ("development", &["2024-06-01 ticket.closed"]),
            ("mature", &["2023-05-01 ticket.closed", "2024-01-01 survey.answered satisfaction=90"]),
            ("ended", &["2026-05-01 note.added", "2026-05-02 relationship.ended"]),
            ("transformed", &["2026-05-01 note.added", "2026-05-02 relationship.transformed"]),
        ],
    );
    insta::assert_snapshot!(table);
}
