//! Worked cases: a customer's life under a definition, call by call, with the reasons in words.
use std::fmt::Write as _;

use guanxi_core::{Decision, Event, FactMap, FactValue, parse_decimal};
use guanxi_lifecycle::{Advanced, Given, LifecycleDocument, Reason, State, advance, due, preset};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::story::{
    at, definition, event, events, five, observed, path, phases, shown, stage, subject, told,
};

type Decided = Decision<Advanced, Reason>;

/// A case: a definition, and what becomes of the customer in each call.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// A preset's id, or the body of a definition.
    definition: Value,
    calls: Vec<Call>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    as_of: String,
    /// `2026-03-01 order.placed satisfaction=80`, a line an event.
    #[serde(default)]
    events: Vec<String>,
    /// `usage_growth -0.1 2026-03-01`, a line a fact; without an instant it is undated.
    #[serde(default)]
    facts: Vec<String>,
}

fn read(given: &Value) -> LifecycleDocument {
    given.as_str().map_or_else(|| definition(given), |id| preset(id).unwrap())
}

fn facts(lines: &[String]) -> FactMap {
    lines.iter().fold(FactMap::new(), |facts, line| {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let value = match parse_decimal(parts[1]) {
            Ok(number) => FactValue::Decimal(number),
            Err(_) => FactValue::Text(parts[1].into()),
        };
        facts.with(parts[0].parse().unwrap(), value, parts.get(2).map(|day| at(day)))
    })
}

/// Runs a case, call by call.
fn run(case: &str) -> Vec<(String, Decided)> {
    let Case { definition, calls } = serde_json::from_str(case).unwrap();
    let (definition, subject) = (read(&definition), subject());
    let (mut state, mut place): (Option<State>, usize) = (None, 0);
    let calls = calls.into_iter().map(|call| {
        let mut next = || {
            place += 1;
            place
        };
        let events: Vec<Event> = call.events.iter().map(|line| event(next(), line)).collect();
        let facts = facts(&call.facts);
        let given = Given::new(&subject).with_state(state.as_ref()).with_events(&events).with_facts(&facts);
        let decision = advance(&definition, &given, at(&call.as_of));
        state = Some(decision.outcome.state.clone());
        (call.as_of, decision)
    });
    calls.collect()
}

/// Runs a case; every line is what a reader sees.
fn check(case: &str) -> String {
    let mut text = String::new();
    for (as_of, decision) in run(case) {
        let next = decision.next_change.map_or("-".to_owned(), |at| at.format("%Y-%m-%dT%H:%MZ").to_string());
        writeln!(text, "{as_of} -> {}, next change {next}", shown(&decision)).unwrap();
        for line in told(&decision).lines() {
            writeln!(text, "    {line}").unwrap();
        }
    }
    text
}

macro_rules! cases {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                let told = check(include_str!(concat!("../cases/", stringify!($name), ".json")));
                insta::assert_snapshot!(told);
            }
        )*
        const CASES: &[&str] = &[$(include_str!(concat!("../cases/", stringify!($name), ".json"))),*];
    };
}

cases! {
    from_first_contact_to_churn_and_back
    late_and_corrected
    at_risk
    phases_of_a_relationship
    approvals_and_returns
}

fn round_and_round() -> LifecycleDocument {
    definition(&json!({
        "vocabulary": {"facts": {"level": {"kind": "decimal"}}},
        "stages": [{"id": "a"}, {"id": "b"}],
        "edges": [
            {"id": "enter", "from": "none", "on": ["order.placed"], "to": "a"},
            {"id": "up", "from": ["a"], "when": "level >= 1", "unknown": "fails", "to": "b"},
            {"id": "down", "from": ["b"], "when": "level >= 1", "unknown": "fails", "to": "a", "regress": "low"},
        ],
    }))
}

/// What does not happen in an ordinary life.
fn odd() -> Vec<(&'static str, Decided)> {
    let (subject, other) = (subject(), "C2".parse().unwrap());
    let (round, five) = (round_and_round(), five());
    let mut told = Vec::new();

    let nothing = advance(&five, &Given::new(&subject), at("2026-01-01"));
    told.push(("nothing has happened", nothing));

    let mut strange = events(&["2026-01-01 order.placed", "2026-01-01 note.added"]);
    strange[1].subject = "C3".parse().unwrap();
    let seen = ["2026-01-02 level 1", "2026-01-02 level 2", "2026-03-01 level 0"].map(observed);
    let given = Given::new(&subject).with_events(&strange).with_observed(&seen);
    let stopped = advance(&round, &given, at("2026-02-01"));
    let state = stopped.outcome.state.clone();
    told.push(("edges lead round and round, and two values are given for one instant", stopped));
    told.push(("and are let go on by the next entry", due(&round, &state, at("2026-03-01"))));

    let late = [observed("2026-01-01T12:00 level 0")];
    let undated = FactMap::new().with("level".parse().unwrap(), FactValue::Decimal(7.into()), None);
    let given = Given::new(&subject).with_state(Some(&state)).with_observed(&late).with_facts(&undated);
    told.push(("a fact comes late, and one without an instant", advance(&round, &given, at("2026-02-01"))));
    let ahead = [observed("2026-06-01 level 3")];
    let given = Given::new(&subject).with_state(Some(&state)).with_observed(&ahead);
    told.push(("a fact lies ahead", advance(&round, &given, at("2026-02-01"))));
    let given = Given::new(&other).with_state(Some(&state));
    told.push(("the state of somebody else", advance(&round, &given, at("2026-02-01"))));

    let mut tree = five.to_value();
    tree["version"] = "2".into();
    tree["effective_from"] = "2026-03-01".into();
    tree["effective_to"] = "2026-12-31".into();
    tree["body"]["edges"][0]["to"] = "prospect".into();
    let next = LifecycleDocument::from_value(&tree).unwrap();
    let before =
        crate::story::state(&five, &["2026-01-01 order.placed", "2026-01-15 meeting.held"], "2026-02-01");
    told.push((
        "another version of the definition, before it is in force",
        due(&next, &before, at("2026-02-01")),
    ));
    told
}

#[test]
fn what_is_odd_is_told() {
    let mut text = String::new();
    for (what, decision) in odd() {
        let next = decision.next_change.map_or("-".to_owned(), |at| at.format("%Y-%m-%dT%H:%MZ").to_string());
        writeln!(text, "{what}: {}, next change {next}", shown(&decision)).unwrap();
        for line in crate::story::told(&decision).lines() {
            writeln!(text, "    {line}").unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

/// A round that only time drives is stopped, and let go on by the next entry.
#[test]
fn time_alone_does_not_go_on_for_ever() {
    let endless = definition(&json!({
        "stages": [{"id": "a"}, {"id": "b"}],
        "edges": [
            {"id": "enter", "from": "none", "on": ["order.placed"], "to": "a"},
            {"id": "stay", "from": ["a"], "on": ["order.placed"], "to": "a", "new_cycle": true},
            {"id": "up", "from": ["a"], "after": {"hours": 1}, "to": "b"},
            {"id": "down", "from": ["b"], "after": {"hours": 1}, "to": "a", "regress": "again"},
        ],
    }));
    let state = |lines: &[&str], as_of: &str| crate::story::state(&endless, lines, as_of);
    let story = ["2026-01-01 order.placed", "2026-06-01 order.placed"];
    let stopped = state(&story[..1], "9999-12-31");
    assert_eq!((stopped.moves().len(), stopped.stopped()), (1 + 1_000, true));
    assert_eq!(due(&endless, &stopped, at("9999-12-31")).next_change, None);
    let on = state(&story, "2026-06-01");
    assert_eq!((on.moves().len(), on.stopped(), on.cycle()), (1 + 1_000 + 1, false, 2));
    assert_eq!(state(&story, "9999-12-31").moves().len(), 1 + 1_000 + 1 + 1_000);
}

/// The reasons of all cases together.
pub(crate) fn all_reasons() -> Vec<Reason> {
    let told = CASES.iter().flat_map(|case| run(case)).map(|(_, decision)| decision);
    told.chain(odd().into_iter().map(|(_, decision)| decision))
        .flat_map(|decision| decision.reasons)
        .collect()
}

/// The table of the five stages, row by row: `stage day, stage day`.
#[test]
fn the_rows_of_the_five_stages() {
    let five = five();
    let check = |story: &[&str], as_of: &str, expected: &str| {
        assert_eq!(path(&five, story, as_of), expected, "{story:?}");
    };
    // The first event of any kind; an order leads straight to purchase.
    check(&["2026-01-01 usage.reported"], "2026-01-01", "prospect 2026-01-01");
    check(&["2026-01-01 contract.signed"], "2026-01-01", "prospect 2026-01-01");
    check(&["2026-01-01 webinar.joined"], "2026-01-01", "prospect 2026-01-01");
    check(&["2026-01-01 order.placed"], "2026-01-01", "purchase 2026-01-01");
    // Interest, from whichever side.
    for kind in ["contact.replied", "meeting.held", "demo.given", "trial.started", "campaign.responded"] {
        check(
            &["2026-01-01 note.added", &format!("2026-01-02 {kind}")],
            "2026-01-02",
            "prospect 2026-01-01, awareness 2026-01-02",
        );
    }
    // Who came by a trial has never had an interaction, and is given the 90 days all the same.
    let trial = ["2026-01-01 note.added", "2026-01-02 trial.started"];
    check(&trial, "2026-04-01", "prospect 2026-01-01, awareness 2026-01-02");
    check(&trial, "2026-04-02", "prospect 2026-01-01, awareness 2026-01-02, prospect 2026-04-02");
    let kept = [trial[0], trial[1], "2026-03-01 contact.made", "2026-03-10 usage.reported"];
    check(&kept, "2026-05-29", "prospect 2026-01-01, awareness 2026-01-02");
    check(&kept, "2026-05-30", "prospect 2026-01-01, awareness 2026-01-02, prospect 2026-05-30");
    // Three orders within twelve months, on the day; one at the beginning of the window does not count.
    let orders = |third: &str| {
        [
            "2025-01-31 order.placed".to_owned(),
            "2025-06-01 order.placed".to_owned(),
            format!("{third} order.placed"),
        ]
    };
    let loyal = |third: &str| {
        let orders = orders(third);
        let lines: Vec<&str> = orders.iter().map(String::as_str).collect();
        stage(&five, &lines, third)
    };
    assert_eq!((loyal("2026-01-30").as_str(), loyal("2026-01-31").as_str()), ("loyalty", "purchase"));
    // A renewal does it too; the last known satisfaction must not be below 60.
    for (satisfaction, expected) in
        [("satisfaction=60", "loyalty"), ("satisfaction=59", "purchase +at_risk"), ("nps=3", "loyalty")]
    {
        let survey = format!("2026-01-02 survey.answered {satisfaction}");
        let story = ["2026-01-01 order.placed", &survey, "2026-01-03 contract.renewed"];
        assert_eq!(stage(&five, &story, "2026-01-03"), expected, "{satisfaction}");
    }
    // A survey that did not ask does not hide the one that did.
    let story = [
        "2026-01-01 order.placed",
        "2026-01-02 survey.answered satisfaction=50",
        "2026-01-03 survey.answered nps=9",
        "2026-01-04 contract.renewed",
    ];
    assert_eq!(stage(&five, &story, "2026-01-04"), "purchase +at_risk");
}

#[test]
fn the_rows_of_churn() {
    let five = five();
    let check = |story: &[&str], as_of: &str, expected: &str| {
        assert_eq!(path(&five, story, as_of), expected, "{story:?}");
    };
    // No gap to measure: 365 days.
    check(&["2025-01-01 order.placed"], "2025-12-31", "purchase 2025-01-01");
    check(&["2025-01-01 order.placed"], "2026-01-01", "purchase 2025-01-01, churn 2026-01-01");
    // A gap of 20 days: three times that is less than 180 days.
    let quick = ["2025-01-01 order.placed", "2025-01-21 order.placed"];
    check(&quick, "2025-07-19", "purchase 2025-01-01");
    check(&quick, "2025-07-20", "purchase 2025-01-01, churn 2025-07-20");
    // A gap of 100 days: three times that.
    let slow = ["2025-01-01 order.placed", "2025-04-11 order.placed"];
    check(&slow, "2026-02-04", "purchase 2025-01-01");
    check(&slow, "2026-02-05", "purchase 2025-01-01, churn 2026-02-05");
    // A contract ended and not renewed for 30 days, by whichever of the two.
    let ended = ["2025-01-01 order.placed", "2025-02-01 contract.signed", "2025-05-01 contract.ended"];
    check(&ended, "2025-05-30", "purchase 2025-01-01");
    check(&ended, "2025-05-31", "purchase 2025-01-01, churn 2025-05-31");
    for closed in ["2025-05-30 contract.signed", "2025-05-30 contract.renewed"] {
        let story = [ended[0], ended[1], ended[2], closed];
        assert!(stage(&five, &story, "2025-06-30").starts_with(if closed.ends_with("renewed") {
            "loyalty"
        } else {
            "purchase"
        }));
    }
    // Declared lost, from where there is something to lose.
    check(
        &["2025-01-01 order.placed", "2025-01-02 customer.lost"],
        "2025-01-02",
        "purchase 2025-01-01, churn 2025-01-02",
    );
    check(&["2025-01-01 note.added", "2025-01-02 customer.lost"], "2025-01-02", "prospect 2025-01-01");
    // Won back by an order or a contract: a new cycle, and what ended before it does not end it again.
    let back = [ended[0], ended[1], ended[2], "2025-08-01 order.placed"];
    check(&back, "2025-11-01", "purchase 2025-01-01, churn 2025-05-31, purchase 2025-08-01");
    // By a contract alone, with orders long ago: silence is counted from the winning back.
    let signed = ["2020-01-01 order.placed", "2025-08-01 contract.signed"];
    check(&signed, "2026-07-31", "purchase 2020-01-01, churn 2020-12-31, purchase 2025-08-01");
    check(
        &signed,
        "2026-08-01",
        "purchase 2020-01-01, churn 2020-12-31, purchase 2025-08-01, churn 2026-08-01",
    );
    // A contract that ended before the customer bought anything ends nothing.
    check(
        &["2025-01-01 contract.ended", "2025-06-01 order.placed"],
        "2025-12-01",
        "prospect 2025-01-01, purchase 2025-06-01",
    );
}

#[test]
fn the_row_from_loyalty_back_to_purchase() {
    let five = five();
    let check = |story: &[&str], as_of: &str, expected: &str| {
        assert_eq!(path(&five, story, as_of), expected, "{story:?}");
    };
    // Orders half a year apart, so that silence takes 552 days. Loyal since 2025-02-01; from then on one order.
    let slow = [
        "2024-01-01 order.placed",
        "2024-07-03 order.placed",
        "2025-01-03 order.placed",
        "2025-02-01 contract.renewed",
    ];
    let contract = [
        slow[0],
        slow[1],
        slow[2],
        slow[3],
        "2025-03-01 contract.ended",
        "2025-03-20 contract.signed",
        "2025-09-01 order.placed",
    ];
    check(&contract, "2026-06-01", "purchase 2024-01-01, loyalty 2025-02-01");
    // The same without a contract in force for 12 months: it takes the whole year in the stage.
    let without = [
        "2024-01-01 order.placed",
        "2024-07-03 order.placed",
        "2024-12-20 order.placed",
        "2025-11-01 order.placed",
    ];
    assert_eq!(path(&five, &without, "2025-12-19"), "purchase 2024-01-01, loyalty 2024-12-20");
    assert_eq!(
        path(&five, &without, "2025-12-20"),
        "purchase 2024-01-01, loyalty 2024-12-20, purchase 2025-12-20"
    );
    let two = [without[0], without[1], without[2], "2025-06-01 order.placed", without[3]];
    assert_eq!(path(&five, &two, "2025-12-20"), "purchase 2024-01-01, loyalty 2024-12-20");
    // A contract that was renewed a day late does not make anybody fall and rise again.
    let renewed = [
        slow[0],
        slow[1],
        slow[2],
        "2025-02-01 contract.renewed",
        "2026-02-01 contract.ended",
        "2026-02-02 contract.renewed",
    ];
    check(&renewed, "2026-03-15", "purchase 2024-01-01, loyalty 2025-02-01");
}

#[test]
fn the_rows_of_the_phases() {
    let phases = phases();
    let check = |story: &[&str], as_of: &str, expected: &str| {
        assert_eq!(path(&phases, story, as_of), expected, "{story:?}");
    };
    check(&["2024-01-01 order.placed", "2024-02-01 order.placed"], "2024-03-01", "initial 2024-01-01");
    check(
        &["2024-01-01 order.placed", "2024-02-01 order.placed", "2024-03-01 order.placed"],
        "2024-03-01",
        "initial 2024-01-01, development 2024-03-01",
    );
    check(
        &["2024-01-01 note.added", "2024-02-01 complaint.verified"],
        "2024-03-01",
        "initial 2024-01-01, development 2024-02-01",
    );
    // The first event may be the first problem solved.
    check(&["2024-01-01 ticket.closed"], "2024-01-01", "initial 2024-01-01, development 2024-01-01");
    // 24 months in development, and then as soon as the customer is satisfied, or has a renewed contract.
    let solved = "2024-01-01 ticket.closed";
    check(
        &[solved, "2025-01-01 survey.answered satisfaction=80"],
        "2025-12-31",
        "initial 2024-01-01, development 2024-01-01",
    );
    check(
        &[solved, "2025-01-01 survey.answered satisfaction=80"],
        "2026-01-01",
        "initial 2024-01-01, development 2024-01-01, mature 2026-01-01",
    );
    check(
        &[solved, "2026-06-01 contract.renewed"],
        "2026-06-01",
        "initial 2024-01-01, development 2024-01-01, mature 2026-06-01",
    );
    check(
        &[solved, "2025-06-01 contract.renewed", "2025-12-01 contract.ended"],
        "2026-06-01",
        "initial 2024-01-01, development 2024-01-01",
    );
    // Set back by a complaint of 30 days, by case; and not mature again before it is resolved.
    let mature = [
        solved,
        "2025-01-01 survey.answered satisfaction=80",
        "2026-02-01 complaint.opened case=K1",
        "2026-02-02 complaint.opened case=K2",
        "2026-02-10 complaint.resolved case=K1",
    ];
    check(&mature, "2026-03-03", "initial 2024-01-01, development 2024-01-01, mature 2026-01-01");
    check(
        &mature,
        "2026-03-04",
        "initial 2024-01-01, development 2024-01-01, mature 2026-01-01, development 2026-03-04",
    );
    check(
        &mature,
        "2029-01-01",
        "initial 2024-01-01, development 2024-01-01, mature 2026-01-01, development 2026-03-04",
    );
}
