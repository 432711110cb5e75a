//! The failures that life cycles elsewhere are known for.
use guanxi_core::{Event, FactMap};
use guanxi_lifecycle::{Given, Reason, State, advance, due, kinds, replay, step, verify};
use serde_json::{Value, json};

use crate::story::{at, bytes, codes, decide, definition, event, events, five, path, stage, state, subject};

/// A new owner is news of the customer, but no step of its life.
#[test]
fn a_new_owner_never_resets_the_stage() {
    let story = ["2026-01-01 order.placed", "2026-02-01 contract.renewed"];
    let before = state(&five(), &story, "2026-02-01");
    let after = decide(&five(), Some(&before), &["2026-03-01 owner.changed by=U9"], "2026-03-01");
    let (stage, since) = (after.outcome.stage.unwrap(), after.outcome.state.since());
    assert_eq!((stage.as_str(), since), ("loyalty", Some(at("2026-02-01"))));
    assert!(after.outcome.moves.is_empty());
    assert_eq!(after.outcome.state.moves(), before.moves());
    // Nor if it happened in between, or comes late.
    let late = decide(&five(), Some(&before), &["2026-01-15 owner.changed"], "2026-02-01");
    assert_eq!(late.outcome.state.moves(), before.moves());
}

fn guarded() -> guanxi_lifecycle::LifecycleDocument {
    definition(&json!({
        "vocabulary": {"facts": {"budget": {"kind": "decimal"}}},
        "stages": [{"id": "open"}, {"id": "won"}],
        "edges": [
            {"id": "enter", "from": "none", "on": ["@all"], "to": "open"},
            {"id": "win", "from": ["open"], "on": ["stage.moved", "contract.signed"], "requires": ["budget"],
             "when": "any quote.sent", "unknown": "fails", "approval": "director", "to": "won"},
        ],
    }))
}

/// Whoever knocks, and at whatever door, passes the same guards.
#[test]
fn no_other_door_leads_past_a_guard() {
    let definition = guarded();
    let before = state(&definition, &["2026-01-01 note.added"], "2026-01-01");
    // By an event, by hand, with an approval for another edge, or in another role.
    for lines in [
        &["2026-01-02 contract.signed"][..],
        &["2026-01-02 stage.moved to=won by=U1"],
        &["2026-01-02 stage.moved to=won by=U1", "2026-01-02T01:00 approval.given edge=enter role=director"],
        &["2026-01-02T01:00 approval.given edge=win role=sales", "2026-01-02T02:00 stage.moved to=won by=U1"],
        &["2026-01-02 quote.sent", "2026-01-02T02:00 stage.moved to=won by=U1"],
    ] {
        let decision = decide(&definition, Some(&before), lines, "2026-01-03");
        assert_eq!(
            decision.outcome.stage.as_ref().map(guanxi_lifecycle::StageId::as_str),
            Some("open"),
            "{lines:?}"
        );
        assert!(codes(&decision).contains(&"refused"), "{lines:?}");
        // Neither does making the state again, or one event at a time, or waiting.
        let (subject, events) = (subject(), events(lines));
        let all: Vec<Event> =
            [event(99, "2026-01-01 note.added")].into_iter().chain(events.clone()).collect();
        let mut states = vec![replay(&definition, &subject, &all, &[], at("2026-01-03")).outcome];
        states.push(due(&definition, &decision.outcome.state, at("2036-01-01")).outcome);
        let mut stepped: Option<State> = Some(before.clone());
        for event in &events {
            let outcome = step(&definition, stepped.as_ref(), event, &FactMap::new()).outcome;
            stepped = Some(outcome.state.clone());
            states.push(outcome);
        }
        for outcome in states {
            assert_eq!(
                outcome.stage.as_ref().map(guanxi_lifecycle::StageId::as_str),
                Some("open"),
                "{lines:?}"
            );
        }
    }
    // With everything there, it is a move like any other.
    let facts =
        FactMap::new().with("budget".parse().unwrap(), guanxi_core::FactValue::Decimal(1.into()), None);
    let (subject, events) = (
        subject(),
        events(&[
            "2026-01-02 quote.sent",
            "2026-01-02 approval.given edge=win role=director by=U3",
            "2026-01-02T02:00 stage.moved to=won by=U1 why=agreed",
        ]),
    );
    let given = Given::new(&subject).with_state(Some(&before)).with_events(&events).with_facts(&facts);
    let won = advance(&definition, &given, at("2026-01-03")).outcome.moves;
    insta::assert_json_snapshot!(won, @r#"
    [
      {
        "at": "2026-01-02T02:00:00Z",
        "from": "open",
        "to": "won",
        "edge": "win",
        "cause": {
          "event": {
            "id": "003",
            "kind": "stage.moved"
          }
        },
        "cycle": 1,
        "by": "U1",
        "why": "agreed",
        "approval": {
          "event": "002",
          "role": "director",
          "by": "U3"
        },
        "decided": [
          {
            "leaf": 0,
            "text": "any quote.sent",
            "found": {
              "int": 1
            },
            "other": null,
            "truth": "true"
          }
        ]
      }
    ]
    "#);
}

/// A state is what a ledger makes of it; a stage that is written into it is found out.
#[test]
fn a_stage_written_into_a_state_by_hand_is_refused() {
    let honest = state(&five(), &["2026-01-01 contact.made", "2026-02-01 meeting.held"], "2026-02-01");
    let tree: Value = serde_json::from_str(&bytes(&honest)).unwrap();
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut tree = tree.clone();
        change(&mut tree);
        serde_json::from_value::<State>(tree).unwrap_err().to_string()
    };
    let errors = [
        refused(&|tree| tree["stage"] = "loyalty".into()),
        refused(&|tree| tree["stage"] = Value::Null),
        refused(&|tree| tree["since"] = "2020-01-01T00:00:00Z".into()),
        refused(&|tree| tree["cycle"] = 2.into()),
        refused(&|tree| {
            tree["highest"] = json!({"stage": "loyalty", "at": "2026-02-01T00:00:00Z", "cycle": 1});
        }),
        refused(&|tree| tree["moves"][1]["from"] = "purchase".into()),
        refused(&|tree| tree["moves"][1]["at"] = "2025-01-01T00:00:00Z".into()),
        refused(&|tree| tree["settled_at"] = "2026-01-15T00:00:00Z".into()),
        refused(&|tree| tree["moves"][1]["cause"]["event"]["id"] = "never".into()),
        refused(&|tree| tree["ledger"] = json!({})),
    ];
    insta::assert_snapshot!(errors.join("\n"), @"
    the stage must be that of the last move, `awareness`, got `loyalty`
    the stage must be that of the last move, `awareness`, got none
    since and cycle must be those of the last move
    since and cycle must be those of the last move
    the highest stage must be one that was entered, got `loyalty`
    move 2 must follow from the one before it, and be settled
    move 2 must follow from the one before it, and be settled
    move 2 must follow from the one before it, and be settled
    move 2 must be caused by an event of the ledger, got `never`
    move 1 must be caused by an event of the ledger, got `001`
    ");
}

/// Nor does a move help that fits the others, but that no edge would make.
#[test]
fn a_forged_move_is_found_out() {
    let honest = state(&five(), &["2026-01-01 order.placed"], "2026-06-01");
    assert!(verify(&five(), &honest));
    let mut tree: Value = serde_json::from_str(&bytes(&honest)).unwrap();
    tree["moves"].as_array_mut().unwrap().push(json!({
        "at": "2026-02-01T00:00:00Z", "from": "purchase", "to": "loyalty", "edge": "third_order", "cause": "time", "cycle": 1,
    }));
    tree["stage"] = "loyalty".into();
    tree["since"] = "2026-02-01T00:00:00Z".into();
    let forged: State = serde_json::from_value(tree).unwrap();
    assert!(!verify(&five(), &forged));
    assert!(!verify(&crate::story::phases(), &honest));
}

/// The highest stage is kept beside the stage of now, and neither is taken for the other.
#[test]
fn a_high_water_mark_does_not_lie() {
    let story = ["2026-01-01 order.placed", "2026-02-01 contract.renewed", "2026-03-01 customer.lost"];
    let lost = state(&five(), &story, "2026-03-01");
    let highest = lost.highest().unwrap();
    assert_eq!(
        (lost.stage().unwrap().as_str(), highest.stage.as_str(), highest.at),
        ("churn", "loyalty", at("2026-02-01"))
    );
    // Won back, it is a buyer who was loyal once: in the first cycle, not in this one.
    let back = decide(&five(), Some(&lost), &["2026-06-01 order.placed id=4"], "2026-06-01").outcome.state;
    let highest = back.highest().unwrap();
    assert_eq!((back.stage().unwrap().as_str(), back.cycle()), ("purchase", 2));
    assert_eq!((highest.stage.as_str(), highest.cycle), ("loyalty", 1));
    // A life that goes back counts as what it is now, wherever it was.
    assert_eq!(
        path(&five(), &["2026-01-01 note.added", "2026-01-02 demo.given"], "2026-04-30"),
        "prospect 2026-01-01, awareness 2026-01-02, prospect 2026-04-02"
    );
}

/// The 90 days of silence end at the same time of day, not a day early or late.
#[test]
fn days_are_not_off_by_one() {
    let story = ["2026-01-01T15:30 meeting.held", "2026-01-02T15:30 meeting.held"];
    for (as_of, expected) in [("2026-04-02T15:29", "awareness"), ("2026-04-02T15:30", "prospect")] {
        assert_eq!(stage(&five(), &story, as_of), expected, "{as_of}");
    }
}

/// What is made for guards cannot be given.
#[test]
fn nobody_says_when_a_stay_began() {
    let story = ["2026-01-01 order.placed", "2026-12-01 stay.began"];
    let decision = decide(&five(), None, &story, "2027-01-01");
    assert_eq!(decision.outcome.stage.as_ref().map(guanxi_lifecycle::StageId::as_str), Some("churn"));
    assert!(
        decision.reasons.iter().any(
            |reason| matches!(reason, Reason::ReservedKind { kind, .. } if kind.as_str() == kinds::STAY)
        )
    );
}
