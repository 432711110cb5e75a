//! `guanxi route`.
use std::fs::File;
use std::path::Path;

use serde_json::{Value, json};

use crate::input::Dir;
use crate::lead::leads;
use crate::run::{Ran, fed, guanxi};

const DAY: &str = "2026-06-25";

/// A folder with the roster of the example.
fn team() -> Dir {
    let roster = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/leads/roster.json");
    Dir::new().with("roster.json", std::fs::read(roster).unwrap())
}

fn routed(dir: &Dir, args: &[&str], input: &str) -> Ran {
    let (roster, state) = (dir.at("roster.json"), dir.at("state.json"));
    let files = ["route", "--policy", "software-case", "--roster", &roster, "--state", &state];
    fed(&[&files[..], &["--as-of", DAY], args].concat(), input)
}

fn people(ran: &Ran) -> String {
    let told = |line: &Value| {
        let (to, rule) = (&line["outcome"]["to"]["person"], &line["outcome"]["rule"]);
        format!("{} -> {to} by {rule}", line["subject"].as_str().unwrap())
    };
    ran.lines().iter().map(told).collect::<Vec<_>>().join("\n")
}

fn lead(subject: &str, score: &str) -> String {
    json!({"subject": subject, "facts": {"score": score}}).to_string() + "\n"
}

/// East China, technology, a score of 80 or more: to A.
#[test]
fn the_case_of_the_source_runs_from_lead_to_owner() {
    let scored = fed(&["lead", "--policy", "software-case", "--as-of", DAY, "--facts"], leads()).well();
    let dir = team();
    let ran = routed(&dir, &["--lang", "en", "--quiet"], &scored);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!(people(&ran), @r#"
    L-1 -> "A" by "east-china-technology"
    L-2 -> "C" by "potential"
    L-3 -> "D" by "potential"
    L-4 -> "C" by "potential"
    L-5 -> "A" by "east-china-technology"
    "#);
    let texts: Vec<Value> = ran.lines().iter().map(|line| line["texts"][0].clone()).collect();
    insta::assert_snapshot!(json!(texts), @r#"["The rule east-china-technology holds","The rule potential holds","The rule potential holds","The rule potential holds","The rule east-china-technology holds"]"#);
    insta::assert_snapshot!(dir.read("state.json"), @r#"
    {
      "as_of": "2026-06-24T16:00:00Z",
      "people": {
        "A": {
          "open": "2"
        },
        "C": {
          "open": "2"
        },
        "D": {
          "open": "1"
        }
      },
      "queues": {
        "newcomers": {
          "people": {
            "C": {
              "taken": 2,
              "behind": "-0.5"
            },
            "D": {
              "taken": 1,
              "behind": "0.5"
            }
          },
          "rotations": [
            {
              "able": [
                "C",
                "D"
              ],
              "since": "2026-06-24T16:00:00Z",
              "shares": [
                {
                  "person": "C",
                  "weight": "1",
                  "taken": 2
                },
                {
                  "person": "D",
                  "weight": "1",
                  "taken": 1
                }
              ]
            }
          ]
        }
      }
    }
    "#);
    assert!(routed(&dir, &["--lang", "zh-CN"], &scored).lines()[0]["texts"].is_array());
}

/// Run by run, everybody's turn comes as if all had come at once.
#[test]
fn the_state_carries_turns_from_run_to_run() {
    let (pieces, whole) = (team(), team());
    let lines: Vec<String> = (1..=6).map(|n| lead(&format!("L{n}"), "60")).collect();
    let by_piece: String = lines.iter().map(|line| routed(&pieces, &["--quiet"], line).well()).collect();
    assert_eq!(by_piece, routed(&whole, &["--quiet"], &lines.concat()).well());
    assert_eq!(pieces.read("state.json"), whole.read("state.json"));
}

#[test]
fn a_dry_run_leaves_the_state_as_it_was() {
    let dir = team();
    let first = routed(&dir, &["--quiet", "--dry-run"], &lead("L1", "60")).well();
    assert!(!dir.path("state.json").exists() && !dir.path("state.json.lock").exists());
    assert_eq!(routed(&dir, &["--quiet"], &lead("L1", "60")).well(), first);
    let kept = dir.read("state.json");
    let other = routed(&dir, &["--quiet", "--dry-run"], &lead("L2", "60")).well();
    assert_ne!(other, first);
    assert_eq!(dir.read("state.json"), kept);
}

/// Room for one: by arrival the first line has it, in a batch the greatest score, whatever is finished when.
#[test]
fn a_batch_gives_the_greatest_priority_first() {
    let roster = json!({"schema": "guanxi.roster/1", "id": "one", "version": "1", "body": {"people": [
        {"id": "C", "queues": {"newcomers": "1"}, "capacity": {"open": "1"}}
    ]}});
    let team = || Dir::new().with("roster.json", roster.to_string());
    let finished = json!({"subject": "L0", "finished_by": "C"}).to_string() + "\n";
    let lines = [lead("L1", "60"), lead("L2", "70"), lead("L3", "65"), finished].concat();
    let (one_by_one, batch) = (team(), team());
    for dir in [&one_by_one, &batch] {
        assert_eq!(people(&routed(dir, &["--quiet"], &lead("L0", "60"))), r#"L0 -> "C" by "potential""#);
    }
    insta::assert_snapshot!(people(&routed(&one_by_one, &["--quiet"], &lines)), @r#"
    L1 -> null by "potential"
    L2 -> null by "potential"
    L3 -> null by "potential"
    "#);
    insta::assert_snapshot!(people(&routed(&batch, &["--quiet", "--batch"], &lines)), @r#"
    L1 -> null by "potential"
    L2 -> "C" by "potential"
    L3 -> null by "potential"
    "#);
    // A batch begins with the state of the run before.
    insta::assert_snapshot!(people(&routed(&batch, &["--quiet", "--batch"], &lead("L4", "60"))), @r#"L4 -> null by "potential""#);
}

/// A bad line is left out, and the state is that of the good ones alone.
#[test]
fn bad_lines_are_told_and_leave_no_trace() {
    let (dir, clean) = (team(), team());
    let bad = r#"{"subject": "L2", "facts": {"score": "much"}}
[]
{"facts": {}}
{"subject": "L3", "effort": "-1"}
{"subject": "L4", "owner": 7}
{"subject": "L5", "finished_by": ""}
{"subject": "L6", "override": {}}
"#;
    let ran = routed(&dir, &["--quiet"], &[&lead("L1", "60"), bad, &lead("L7", "60")].concat());
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.err, @"
    line 2: fact `score`: expected a decimal such as `-12.34`, got `much`
    line 3: expected an object with `subject`, `facts`, `events`, `owner`, `accounts`, `effort`, `finished_by`, got a list
    line 4: missing field `subject`
    line 5: `effort`: an effort is above 0 and at most 1000000, with at most six decimal places, got `-1`
    line 6: `owner`: invalid type: integer `7`, expected an id as text
    line 7: `finished_by`: an id must not be empty
    line 8: unknown field `override`, expected one of `subject`, `facts`, `events`, `owner`, `accounts`, `effort`, `finished_by`
    7 bad lines were left out
    ");
    let good = routed(&clean, &["--quiet"], &[lead("L1", "60"), lead("L7", "60")].concat()).well();
    assert_eq!(ran.out, good);
    assert_eq!(dir.read("state.json"), clean.read("state.json"));
}

#[test]
fn a_state_that_is_none_is_refused_and_kept() {
    let dir = team().with("state.json", "{\"as_of\": \"2026-06-25T00:00:00Z\", \"peo");
    let ran = routed(&dir, &[], &lead("L1", "60"));
    insta::assert_snapshot!(ran.seen(Some(&dir)), @"
    -- stderr
    state.json: not a state of `guanxi route`: not JSON at column 38: EOF while parsing a string
    -- exit code 2
    ");
    assert!(dir.read("state.json").ends_with("\"peo"));
}

#[test]
fn two_runs_never_hold_one_state() {
    let dir = team();
    let lock = File::create(dir.path("state.json.lock")).unwrap();
    lock.lock().unwrap();
    let refused = routed(&dir, &[], &lead("L1", "60"));
    insta::assert_snapshot!(refused.seen(Some(&dir)), @"
    -- stderr
    state.json: another run holds this state: let it end, or give this one a state of its own
    -- exit code 2
    ");
    assert!(!dir.path("state.json").exists());
    drop(lock);
    assert_eq!(routed(&dir, &["--quiet"], &lead("L1", "60")).code, 0);
    // What a run that was killed left behind is in nobody's way.
    let dir = dir.with("state.json.part", "{\"as_of\": ");
    assert_eq!(routed(&dir, &["--quiet"], &lead("L2", "60")).code, 0);
}

#[test]
fn who_finishes_has_room_again() {
    let roster = json!({"schema": "guanxi.roster/1", "id": "one", "version": "1", "body": {"people": [
        {"id": "C", "queues": {"newcomers": "1"}, "capacity": {"open": "1"}}
    ]}});
    let dir = Dir::new().with("roster.json", roster.to_string());
    let finished = json!({"subject": "L1", "finished_by": "C"}).to_string() + "\n";
    let lines = [lead("L1", "60"), lead("L2", "60"), finished, lead("L3", "60")].concat();
    let ran = routed(&dir, &["--quiet", "--lang", "en"], &lines);
    insta::assert_snapshot!(people(&ran), @r#"
    L1 -> "C" by "potential"
    L2 -> null by "potential"
    L3 -> "C" by "potential"
    "#);
    insta::assert_snapshot!(ran.lines()[1]["texts"], @r#"["The rule potential holds","The queue newcomers is asked","C has 1 of at most 1 open","Nobody in the queue newcomers can take it","The queue seniors is asked as a fallback","The queue seniors has nobody","Nobody can take it: it waits"]"#);
}

/// The state knows how much everybody has, not what: what cannot be by that is told.
#[test]
fn who_has_nothing_finishes_nothing() {
    let dir = team();
    let finished = |person: &str| json!({"subject": "L1", "finished_by": person}).to_string() + "\n";
    let lines = [finished("C"), lead("L1", "60"), finished("C"), finished("C"), finished("Z"), finished("D")];
    let ran = routed(&dir, &["--quiet"], &lines.concat());
    insta::assert_snapshot!(people(&ran), @r#"L1 -> "C" by "potential""#);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.err, @"
    line 1: `finished_by`: `C` has nothing open
    line 4: `finished_by`: `C` has nothing open
    line 5: `finished_by`: nobody on the roster is `Z`
    line 6: `finished_by`: `D` has nothing open
    4 bad lines were left out
    ");
    // Whoever has left may still finish.
    let left = dir.with("state.json", r#"{"people": {"Z": {"open": "1"}}}"#);
    assert_eq!(routed(&left, &[], &finished("Z")).seen(None), "-- exit code 0");
}

#[test]
fn a_roster_is_checked_and_what_is_suspicious_is_told() {
    let roster = json!({"schema": "guanxi.roster/1", "id": "one", "version": "1", "body": {"people": [
        {"id": "B", "queues": {"newcomer": "1"}}
    ]}});
    let dir = Dir::new().with("roster.json", roster.to_string());
    let ran = routed(&dir, &[], &lead("L1", "60"));
    insta::assert_snapshot!(ran.err, @"
    warning: body.queues[0]: seniors: nobody who is active takes turns in it [empty_queue]
    warning: body.queues[1]: newcomers: nobody who is active takes turns in it [empty_queue]
    warning: body.rules[0].to[0]: A: the roster has nobody of this name who is active [unknown_person]
    warning: roster: newcomer: the policy has no such queue [unknown_queue]
    ");
    assert_eq!(ran.code, 0);
    let dir = dir.with("roster.json", roster.to_string().replace("\"1\"}}", "\"-1\"}}"));
    let bad = routed(&dir, &[], &lead("L1", "60"));
    insta::assert_snapshot!(bad.seen(Some(&dir)), @r#"
    -- stderr
    roster.json:1:40: body.people[0].queues.newcomer: not allowed here, given "-1", allowed: a weight is from 0 to 10000 with at most four decimal places, got `-1`
    -- exit code 2
    "#);
    for kind in ["routing/standard", "pool/standard", "sla/standard"] {
        assert!(guanxi(&["policy", "show", kind]).well().contains("\"version\""));
    }
}
