//! Worked cases of clocks, and the failures of others by name.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fmt::Write;
use std::fs::read_to_string;
use std::path::Path;

use chrono::{DateTime, Utc};
use guanxi_calendar::{
    CalendarDocument, Calendars, MilestoneOutcome, SlaClock, SlaDocument, SlaEntry, SlaError, SlaOpening,
    SlaOutcome, SlaReason, SlaState, Standing, labels, lint_sla, preset, sla_preset, sla_preset_ids,
};
use guanxi_core::{Decision, parse_instant};
use serde_json::{Value, json};

fn at(text: &str) -> DateTime<Utc> {
    parse_instant(text).unwrap()
}

fn policy(body: &Value) -> SlaDocument {
    let tree = json!({"schema": "guanxi.sla/1", "id": "ours", "version": "1", "body": body});
    SlaDocument::from_value(&tree).unwrap_or_else(|problems| panic!("{problems}"))
}

fn calendar(id: &str, zone: &str, hours: &str) -> CalendarDocument {
    let tree = json!({"schema": "guanxi.calendar/1", "id": id, "version": "1", "body": {
        "zone": zone, "from": "2026-01-01", "to": "2026-12-31", "week": {"mon-fri": [hours]}
    }});
    CalendarDocument::from_value(&tree).unwrap()
}

/// An office from nine to five, one from noon to eight, and the first in the zone of a customer.
fn calendars() -> Calendars {
    let office = calendar("office", "UTC", "09:00-17:00");
    let berlin = "Europe/Berlin".parse().unwrap();
    Calendars::new()
        .with(&office)
        .with_zone(&office, berlin)
        .with(&calendar("late", "UTC", "12:00-20:00"))
        .with(&preset("five-day").unwrap())
}

fn opening(text: &str, priority: &str) -> SlaOpening {
    SlaOpening {
        at: at(text),
        priority: priority.parse().unwrap(),
        calendar: "office".parse().unwrap(),
        zone: None,
        kind: None,
    }
}

fn entries(list: Value) -> Vec<SlaEntry> {
    serde_json::from_value(list).unwrap()
}

fn one<'d>(decision: &'d Decision<SlaOutcome, SlaReason>, milestone: &str) -> &'d MilestoneOutcome {
    decision.outcome.milestones.iter().find(|one| one.milestone.as_str() == milestone).unwrap()
}

fn due(clock: &SlaClock<'_>, state: &SlaState, milestone: &str) -> DateTime<Utc> {
    one(&clock.judge(state, state.at()).unwrap(), milestone).due.unwrap()
}

/// A case, and what is judged of it at some instants.
fn check(case: &str, language: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(format!("{case}.json"));
    let case: Value = serde_json::from_str(&read_to_string(path).unwrap()).unwrap();
    let policy = match &case["policy"] {
        Value::String(id) => sla_preset(id).unwrap(),
        body => policy(body),
    };
    let (calendars, labels) = (calendars(), labels(language).unwrap());
    let clock = SlaClock::new(&policy, &calendars);
    let opening: SlaOpening = serde_json::from_value(case["opening"].clone()).unwrap();
    let mut state = clock.open(&opening).unwrap();
    let mut told = String::new();
    for line in case["ledger"].as_array().unwrap() {
        if let Some(as_of) = line.get("judge") {
            let judged = clock.judge(&state, at(as_of.as_str().unwrap())).unwrap();
            writeln!(told, "{}", as_of.as_str().unwrap()).unwrap();
            for one in &judged.outcome.milestones {
                writeln!(told, "  {}", serde_json::to_string(one).unwrap()).unwrap();
            }
            for reason in &judged.reasons {
                writeln!(told, "  - {}", labels.reason(reason)).unwrap();
            }
            writeln!(told, "  next change: {:?}", judged.next_change).unwrap();
        } else {
            state = clock.enter(&state, &serde_json::from_value(line.clone()).unwrap()).unwrap();
        }
    }
    told
}

#[test]
fn a_complaint_from_first_response_to_verification() {
    insta::assert_snapshot!(check("a_complaint_from_first_response_to_verification", "en"), @r#"
    2026-06-26T16:00:00Z
      {"milestone":"first_response","standing":"running","target":{"hours":4},"used":{"hours":0},"left":{"hours":4},"warn_at":"2026-06-26T19:00:00Z","due":"2026-06-26T20:00:00Z","met_at":null}
      {"milestone":"resolution","standing":"running","target":{"working_days":2},"used":{"working_hours":0},"left":{"working_hours":16},"warn_at":"2026-06-30T12:00:00Z","due":"2026-06-30T16:00:00Z","met_at":null}
      {"milestone":"verification","standing":"waiting","target":{"hours":24},"used":null,"left":null,"warn_at":null,"due":null,"met_at":null}
      - First response: 0 h of 4 h used, calendar time
      - Resolution: 0 h of 16 h used, working time
      - Verification: starts after Resolution
      next change: Some(2026-06-26T19:00:00Z)
    2026-06-26T19:30:00Z
      {"milestone":"first_response","standing":"warned","target":{"hours":4},"used":{"minutes":210},"left":{"minutes":30},"warn_at":null,"due":"2026-06-26T20:00:00Z","met_at":null}
      {"milestone":"resolution","standing":"running","target":{"working_days":2},"used":{"working_hours":1},"left":{"working_hours":15},"warn_at":"2026-06-30T12:00:00Z","due":"2026-06-30T16:00:00Z","met_at":null}
      {"milestone":"verification","standing":"waiting","target":{"hours":24},"used":null,"left":null,"warn_at":null,"due":null,"met_at":null}
      - First response: 3 h 30 min of 4 h used, calendar time
      - First response: only 30 min left, calendar time
      - Resolution: 1 h of 16 h used, working time
      - Verification: starts after Resolution
      next change: Some(2026-06-26T20:00:00Z)
    2026-06-29T15:00:00Z
      {"milestone":"first_response","standing":"met","target":{"hours":4},"used":null,"left":null,"warn_at":null,"due":null,"met_at":"2026-06-26T19:45:00Z"}
      {"milestone":"resolution","standing":"paused","target":{"working_days":2},"used":{"working_hours":3},"left":{"working_hours":13},"warn_at":null,"due":null,"met_at":null}
      {"milestone":"verification","standing":"waiting","target":{"hours":24},"used":null,"left":null,"warn_at":null,"due":null,"met_at":null}
      - First response: met at 2026-06-26 19:45:00 UTC
      - Resolution: 3 h of 16 h used, working time
      - Resolution: stands, waiting for the customer
      - Verification: starts after Resolution
      next change: None
    2026-06-30T16:00:00Z
      {"milestone":"first_response","standing":"met","target":{"hours":4},"used":null,"left":null,"warn_at":null,"due":null,"met_at":"2026-06-26T19:45:00Z"}
      {"milestone":"resolution","standing":"running","target":{"working_days":2},"used":{"working_hours":9},"left":{"working_hours":7},"warn_at":"2026-07-01T11:00:00Z","due":"2026-07-01T15:00:00Z","met_at":null}
      {"milestone":"verification","standing":"waiting","target":{"hours":24},"used":null,"left":null,"warn_at":null,"due":null,"met_at":null}
      - First response: met at 2026-06-26 19:45:00 UTC
      - Resolution: 9 h of 16 h used, working time
      - Verification: starts after Resolution
      next change: Some(2026-07-01T11:00:00Z)
    2026-07-02T11:00:00Z
      {"milestone":"first_response","standing":"met","target":{"hours":4},"used":null,"left":null,"warn_at":null,"due":null,"met_at":"2026-06-26T19:45:00Z"}
      {"milestone":"resolution","standing":"met_late","target":{"working_days":2},"used":null,"left":null,"warn_at":null,"due":null,"met_at":"2026-07-02T10:30:00Z"}
      {"milestone":"verification","standing":"running","target":{"hours":24},"used":{"minutes":30},"left":{"minutes":1410},"warn_at":"2026-07-03T04:30:00Z","due":"2026-07-03T10:30:00Z","met_at":null}
      - First response: met at 2026-06-26 19:45:00 UTC
      - Resolution: met at 2026-07-02 10:30:00 UTC, too late since 2026-07-01 15:00:00 UTC
      - Verification: 30 min of 24 h used, calendar time
      next change: Some(2026-07-03T04:30:00Z)
    2026-07-03T09:00:00Z
      {"milestone":"first_response","standing":"met","target":{"hours":4},"used":null,"left":null,"warn_at":null,"due":null,"met_at":"2026-06-26T19:45:00Z"}
      {"milestone":"resolution","standing":"met_late","target":{"working_days":2},"used":null,"left":null,"warn_at":null,"due":null,"met_at":"2026-07-02T10:30:00Z"}
      {"milestone":"verification","standing":"met","target":{"hours":24},"used":null,"left":null,"warn_at":null,"due":null,"met_at":"2026-07-03T09:00:00Z"}
      - First response: met at 2026-06-26 19:45:00 UTC
      - Resolution: met at 2026-07-02 10:30:00 UTC, too late since 2026-07-01 15:00:00 UTC
      - Verification: met at 2026-07-03 09:00:00 UTC
      next change: None
    "#);
}

#[test]
fn targets_and_calendars_that_change_midway() {
    insta::assert_snapshot!(check("targets_and_calendars_that_change_midway", "en"), @r#"
    2026-06-29T10:00:00Z
      {"milestone":"resolution","standing":"running","target":{"working_days":2},"used":{"working_hours":0},"left":{"working_hours":16},"warn_at":"2026-06-30T10:00:00Z","due":"2026-07-01T10:00:00Z","met_at":null}
      - Resolution: 0 h of 16 h used, working time
      next change: Some(2026-06-30T10:00:00Z)
    2026-06-29T14:00:00Z
      {"milestone":"resolution","standing":"running","target":{"working_days":2},"used":{"working_hours":3},"left":{"working_hours":13},"warn_at":"2026-06-29T19:00:00Z","due":"2026-06-30T19:00:00Z","met_at":null}
      - Resolution: 3 h of 16 h used, working time
      next change: Some(2026-06-29T19:00:00Z)
    2026-06-29T14:00:00Z
      {"milestone":"resolution","standing":"warned","target":{"working_hours":4},"used":{"working_hours":3},"left":{"working_hours":1},"warn_at":null,"due":"2026-06-29T15:00:00Z","met_at":null}
      - Resolution: 3 h of 4 h used, working time
      - Resolution: only 1 h left, working time
      next change: Some(2026-06-29T15:00:00Z)
    2026-06-29T15:30:00Z
      {"milestone":"resolution","standing":"breached","target":{"working_hours":4},"used":{"working_minutes":270},"left":{"working_hours":0},"warn_at":null,"due":"2026-06-29T15:00:00Z","met_at":null}
      - Resolution: 4 h 30 min of 4 h used, working time
      - Resolution: too late since 2026-06-29 15:00:00 UTC
      next change: None
    2026-06-29T15:30:00Z
      {"milestone":"resolution","standing":"running","target":{"hours":24},"used":{"minutes":330},"left":{"minutes":1110},"warn_at":null,"due":"2026-06-30T10:00:00Z","met_at":null}
      - Resolution: 5 h 30 min of 24 h used, calendar time
      - Resolution: was too late since 2026-06-29 15:00:00 UTC by a target that no longer counts
      next change: Some(2026-06-30T10:00:00Z)
    2026-06-29T15:30:00Z
      {"milestone":"resolution","standing":"running","target":{"end_of_working_day":1},"used":{"working_minutes":270},"left":{"working_minutes":690},"warn_at":null,"due":"2026-06-30T19:00:00Z","met_at":null}
      - Resolution: 4 h 30 min of 16 h used, working time
      - Resolution: was too late since 2026-06-29 15:00:00 UTC by a target that no longer counts
      next change: Some(2026-06-30T19:00:00Z)
    "#);
}

#[test]
fn reopened_in_four_ways() {
    insta::assert_snapshot!(check("reopened_in_four_ways", "zh-CN"), @r#"
    2026-06-29T11:30:00Z
      {"milestone":"keep","standing":"met","target":{"working_hours":4},"used":null,"left":null,"warn_at":null,"due":null,"met_at":"2026-06-29T11:00:00Z"}
      {"milestone":"resume","standing":"met","target":{"working_hours":4},"used":null,"left":null,"warn_at":null,"due":null,"met_at":"2026-06-29T11:00:00Z"}
      {"milestone":"restart","standing":"met_late","target":{"working_hours":1},"used":null,"left":null,"warn_at":null,"due":null,"met_at":"2026-06-29T11:00:00Z"}
      {"milestone":"new","standing":"met_late","target":{"working_hours":1},"used":null,"left":null,"warn_at":null,"due":null,"met_at":"2026-06-29T11:00:00Z"}
      {"milestone":"verification","standing":"running","target":{"hours":1},"used":{"minutes":30},"left":{"minutes":30},"warn_at":null,"due":"2026-06-29T12:00:00Z","met_at":null}
      - keep：已于 2026-06-29 11:00:00 UTC 完成
      - resume：已于 2026-06-29 11:00:00 UTC 完成
      - restart：于 2026-06-29 11:00:00 UTC 完成，自 2026-06-29 10:00:00 UTC 起已超时
      - new：于 2026-06-29 11:00:00 UTC 完成，自 2026-06-29 10:00:00 UTC 起已超时
      - 回访核实：已用 30 min，时限 1 h（自然时间）
      next change: Some(2026-06-29T12:00:00Z)
    2026-06-29T13:30:00Z
      {"milestone":"keep","standing":"met","target":{"working_hours":4},"used":null,"left":null,"warn_at":null,"due":null,"met_at":"2026-06-29T11:00:00Z"}
      {"milestone":"resume","standing":"running","target":{"working_hours":4},"used":{"working_minutes":150},"left":{"working_minutes":90},"warn_at":null,"due":"2026-06-29T15:00:00Z","met_at":null}
      {"milestone":"restart","standing":"running","target":{"working_hours":1},"used":{"working_minutes":30},"left":{"working_minutes":30},"warn_at":null,"due":"2026-06-29T14:00:00Z","met_at":null}
      {"milestone":"new","cycle":1,"standing":"running","target":{"working_hours":1},"used":{"working_minutes":30},"left":{"working_minutes":30},"warn_at":null,"due":"2026-06-29T14:00:00Z","met_at":null}
      {"milestone":"verification","standing":"waiting","target":{"hours":1},"used":null,"left":null,"warn_at":null,"due":null,"met_at":null}
      - keep：已于 2026-06-29 11:00:00 UTC 完成
      - resume：已用 2 h 30 min，时限 4 h（工作时间）
      - restart：已用 30 min，时限 1 h（工作时间）
      - new：已用 30 min，时限 1 h（工作时间）
      - 回访核实：在resume之后开始计时
      next change: Some(2026-06-29T14:00:00Z)
    "#);
}

// The failures of others.

fn two_clocks() -> SlaDocument {
    policy(&json!({"milestones": [
        {"id": "first_response", "reopen": "keep", "otherwise": {"due": {"working_hours": 4}}, "targets": {"urgent": {"due": {"working_hours": 1}}}},
        {"id": "resolution", "reopen": "resume", "paused_by": ["waiting"], "otherwise": {"due": {"working_hours": 16}},
         "targets": {"urgent": {"due": {"working_hours": 8}}}}
    ]}))
}

/// LanternOps/breeze#6691: targets were never computed again when the priority changed.
#[test]
fn another_priority_is_another_target_and_time_used_stays_used() {
    let (policy, calendars) = (two_clocks(), calendars());
    let clock = SlaClock::new(&policy, &calendars);
    let state = clock.open(&opening("2026-06-29T09:00:00Z", "normal")).unwrap();
    assert_eq!(due(&clock, &state, "resolution"), at("2026-06-30T17:00:00Z"));
    let raised = entries(json!([{"entry": "priority", "at": "2026-06-29T11:00:00Z", "priority": "urgent"}]));
    let state = clock.enter(&state, &raised[0]).unwrap();
    // Two of eight hours are used.
    assert_eq!(due(&clock, &state, "resolution"), at("2026-06-29T17:00:00Z"));
    // The first response had an hour, which is over since the change.
    let judged = clock.judge(&state, state.at()).unwrap();
    assert_eq!(
        (one(&judged, "first_response").standing, one(&judged, "first_response").due),
        (Standing::Breached, Some(at("2026-06-29T11:00:00Z")))
    );
    // Lowered again, nobody is late, but that it was is known.
    let lowered = entries(json!([{"entry": "priority", "at": "2026-06-29T12:00:00Z", "priority": "normal"}]));
    let state = clock.enter(&state, &lowered[0]).unwrap();
    let judged = clock.judge(&state, state.at()).unwrap();
    assert_eq!(
        (one(&judged, "first_response").standing, one(&judged, "first_response").due),
        (Standing::Running, Some(at("2026-06-29T13:00:00Z")))
    );
    let was = SlaReason::BreachedBefore {
        milestone: "first_response".parse().unwrap(),
        since: at("2026-06-29T11:00:00Z"),
    };
    assert!(judged.reasons.contains(&was));
}

/// zammad#5177: the target of one milestone overwrote that of another.
#[test]
fn no_milestone_touches_another() {
    let (policy, calendars) = (two_clocks(), calendars());
    let clock = SlaClock::new(&policy, &calendars);
    let opened = opening("2026-06-29T09:00:00Z", "normal");
    let only = |milestone: &str, list: Value| {
        let state = clock.replay(&opened, &entries(list)).unwrap();
        one(&clock.judge(&state, at("2026-07-01T09:00:00Z")).unwrap(), milestone).clone()
    };
    let pause = json!({"entry": "paused", "at": "2026-06-29T10:00:00Z", "reason": "waiting"});
    let met = |milestone: &str| json!({"entry": "met", "at": "2026-06-29T12:00:00Z", "milestone": milestone});
    assert_eq!(only("first_response", json!([pause, met("resolution")])), only("first_response", json!([])));
    assert_eq!(only("resolution", json!([met("first_response")])), only("resolution", json!([])));
    assert_ne!(only("resolution", json!([pause])), only("resolution", json!([])));
}

/// glpi#15605, glpi#6902: a pause was lost when the SLA changed.
#[test]
fn a_pause_outlives_a_change_of_policy() {
    let (old, calendars) = (two_clocks(), calendars());
    let new = policy(&json!({"milestones": [
        {"id": "resolution", "reopen": "resume", "paused_by": ["waiting"], "otherwise": {"due": {"working_hours": 12}}},
        {"id": "report", "reopen": "keep", "otherwise": {"due": {"working_hours": 2}}}
    ]}));
    let (before, after) = (SlaClock::new(&old, &calendars), SlaClock::new(&new, &calendars));
    let pause = entries(json!([{"entry": "paused", "at": "2026-06-29T10:00:00Z", "reason": "waiting"}]));
    let state = before.replay(&opening("2026-06-29T09:00:00Z", "normal"), &pause).unwrap();
    let state = after.take_over(&before, &state, at("2026-06-29T13:00:00Z")).unwrap();
    let judged = after.judge(&state, at("2026-06-29T14:00:00Z")).unwrap();
    assert_eq!(
        (one(&judged, "resolution").standing, one(&judged, "resolution").due),
        (Standing::Paused, None)
    );
    // What is new starts with the change.
    assert_eq!(one(&judged, "report").due, Some(at("2026-06-29T15:00:00Z")));
    let resumed = entries(json!([{"entry": "resumed", "at": "2026-06-29T15:00:00Z"}]));
    let state = after.enter(&state, &resumed[0]).unwrap();
    // One hour of twelve was used before the pause.
    assert_eq!(due(&after, &state, "resolution"), at("2026-07-01T10:00:00Z"));
    // A clock of another policy does not take a state for its own.
    assert!(matches!(before.judge(&state, state.at()), Err(SlaError::OtherPolicy { .. })));
}

/// frappe/erpnext PR 49414: time on hold moved the due time by more than was lost; Dynamics: only time on
/// hold in business hours counts.
#[test]
fn a_pause_moves_the_due_time_by_the_working_time_it_took_and_no_more() {
    let (policy, calendars) = (two_clocks(), calendars());
    let clock = SlaClock::new(&policy, &calendars);
    let opened = opening("2026-07-02T09:00:00Z", "normal");
    let paused = |from: &str, to: &str| {
        let list = json!([{"entry": "paused", "at": from, "reason": "waiting"}, {"entry": "resumed", "at": to, "reason": "waiting"}]);
        due(&clock, &clock.replay(&opened, &entries(list)).unwrap(), "resolution")
    };
    let plain = due(&clock, &clock.open(&opened).unwrap(), "resolution");
    assert_eq!(plain, at("2026-07-03T17:00:00Z"));
    // A night and a weekend on hold move nothing, an hour moves an hour.
    assert_eq!(paused("2026-07-02T17:00:00Z", "2026-07-03T09:00:00Z"), plain);
    assert_eq!(paused("2026-07-02T16:00:00Z", "2026-07-03T09:00:00Z"), at("2026-07-06T10:00:00Z"));
    assert_eq!(paused("2026-07-02T12:00:00Z", "2026-07-02T12:30:00Z"), at("2026-07-06T09:30:00Z"));
}

/// osTicket#3034, glpi#1912: a clock could not be stopped while somebody else was waited for.
#[test]
fn reasons_to_pause_hold_side_by_side() {
    let (policy, calendars) = (two_clocks(), calendars());
    let clock = SlaClock::new(&policy, &calendars);
    let list = entries(json!([
        {"entry": "paused", "at": "2026-06-29T10:00:00Z", "reason": "waiting"},
        {"entry": "paused", "at": "2026-06-29T10:30:00Z", "reason": "lunch"},
        {"entry": "resumed", "at": "2026-06-29T11:00:00Z", "reason": "lunch"},
        {"entry": "paused", "at": "2026-06-29T11:30:00Z", "reason": "waiting"},
        {"entry": "resumed", "at": "2026-06-29T12:00:00Z", "reason": "waiting"},
        {"entry": "resumed", "at": "2026-06-29T12:30:00Z", "reason": "waiting"}
    ]));
    let state = clock.replay(&opening("2026-06-29T09:00:00Z", "normal"), &list).unwrap();
    assert_eq!(due(&clock, &state, "resolution"), at("2026-07-01T11:00:00Z"));
    assert_eq!(due(&clock, &state, "first_response"), at("2026-06-29T13:00:00Z"));
}

/// The hours of the team, or the same hours where the customer is.
#[test]
fn hours_are_the_teams_or_the_customers() {
    let body = |zone: &str| json!({"zone": zone, "milestones": [{"id": "answer", "reopen": "keep", "otherwise": {"due": {"working_hours": 1}}}]});
    let calendars = calendars();
    let opened = SlaOpening {
        zone: Some("Europe/Berlin".parse().unwrap()),
        ..opening("2026-06-29T05:00:00Z", "normal")
    };
    for (zone, expected) in [("calendar", "2026-06-29T10:00:00Z"), ("customer", "2026-06-29T08:00:00Z")] {
        let policy = policy(&body(zone));
        let clock = SlaClock::new(&policy, &calendars);
        assert_eq!(due(&clock, &clock.open(&opened).unwrap(), "answer"), at(expected));
    }
    let policy = policy(&body("customer"));
    let clock = SlaClock::new(&policy, &calendars);
    assert_eq!(clock.open(&opening("2026-06-29T05:00:00Z", "normal")), Err(SlaError::NoZone));
}

/// The figures that the trade has, and that nobody else is ever due before a strategic customer.
#[test]
fn the_presets_hold_what_they_say() {
    let calendars = calendars();
    let tiers = ["strategic", "key", "normal", "potential", "to_optimise"];
    for id in sla_preset_ids() {
        let policy = sla_preset(id).unwrap();
        assert_eq!(lint_sla(&policy), []);
        let clock = SlaClock::new(&policy, &calendars);
        for start in ["2026-06-26T16:30:00Z", "2026-06-27T03:00:00Z", "2026-06-29T09:00:00Z"] {
            for milestone in ["first_response", "resolution"] {
                let dues: Vec<_> = tiers
                    .iter()
                    .map(|tier| due(&clock, &clock.open(&opening(start, tier)).unwrap(), milestone))
                    .collect();
                assert!(dues.is_sorted(), "{id} {milestone} {dues:?}");
            }
        }
    }
    let standard = sla_preset("standard").unwrap();
    let clock = SlaClock::new(&standard, &calendars);
    let due_of = |tier: &str| {
        due(&clock, &clock.open(&opening("2026-06-27T03:00:00Z", tier)).unwrap(), "first_response")
    };
    assert_eq!(due_of("strategic"), at("2026-06-27T05:00:00Z"));
    assert_eq!(due_of("normal"), at("2026-06-28T03:00:00Z"));
}

/// 0.333 of 100 seconds are 33.3, and the warning comes when they are used: after 34.
#[test]
fn a_share_of_time_is_rounded_up_to_the_second() {
    let body = json!({"milestones": [{"id": "a", "reopen": "keep", "otherwise": {"due": {"seconds": 100}, "warn": "0.333"}}]});
    let (policy, calendars) = (policy(&body), calendars());
    let clock = SlaClock::new(&policy, &calendars);
    let state = clock.open(&opening("2026-06-29T09:00:00Z", "any")).unwrap();
    assert_eq!(clock.judge(&state, state.at()).unwrap().next_change, Some(at("2026-06-29T09:00:34Z")));
}

#[test]
fn beyond_the_calendar_the_due_time_is_not_guessed() {
    let (policy, calendars) = (two_clocks(), calendars());
    let clock = SlaClock::new(&policy, &calendars);
    let state = clock.open(&opening("2026-12-31T12:00:00Z", "normal")).unwrap();
    let judged = clock.judge(&state, at("2026-12-31T16:00:00Z")).unwrap();
    assert_eq!(
        (one(&judged, "resolution").standing, one(&judged, "resolution").due),
        (Standing::Running, None)
    );
    let beyond = SlaReason::BeyondCalendar { milestone: "resolution".parse().unwrap(), to: at("2027-01-01") };
    assert!(judged.reasons.contains(&beyond));
}

#[test]
fn what_cannot_be_entered_is_refused() {
    let (policy, calendars) = (sla_preset("standard").unwrap(), calendars());
    let clock = SlaClock::new(&policy, &calendars);
    let state = clock.open(&opening("2026-06-29T09:00:00Z", "key")).unwrap();
    let refused =
        |entry: Value| clock.enter(&state, &serde_json::from_value(entry).unwrap()).unwrap_err().to_string();
    insta::assert_snapshot!(refused(json!({"entry": "reopened", "at": "2026-06-29T08:59:59Z"})), @"the last entry was at 2026-06-29 09:00:00 UTC, got 2026-06-29 08:59:59 UTC");
    insta::assert_snapshot!(refused(json!({"entry": "met", "at": "2026-06-29T10:00:00Z", "milestone": "verification"})), @"the case has no milestone `verification`");
    insta::assert_snapshot!(refused(json!({"entry": "calendar", "at": "2026-06-29T10:00:00Z", "calendar": "moon"})), @"there is no calendar `moon` in its own zone");
    insta::assert_snapshot!(refused(json!({"entry": "reopened", "at": "2027-01-02T10:00:00Z"})), @"the calendar covers 2026-01-01 00:00:00 UTC to 2027-01-01 00:00:00 UTC, asked about 2027-01-02 10:00:00 UTC");
    let strict = two_clocks();
    let strict = SlaClock::new(&strict, &calendars);
    insta::assert_snapshot!(strict.enter(&state, &SlaEntry::Reopened { at: state.at() }).unwrap_err().to_string(), @"the clocks ran by `standard` 1.0.0, and this is `ours` 1, which must take them over first");
    let only = self::policy(
        &json!({"milestones": [{"id": "a", "reopen": "keep", "targets": {"high": {"due": {"hours": 1}}}}]}),
    );
    let only = SlaClock::new(&only, &calendars);
    insta::assert_snapshot!(only.open(&opening("2026-06-29T09:00:00Z", "low")).unwrap_err().to_string(), @"no milestone has a target at the priority `low`");
    let customers = self::policy(
        &json!({"zone": "customer", "milestones": [{"id": "a", "reopen": "keep", "otherwise": {"due": {"hours": 1}}}]}),
    );
    let customers = SlaClock::new(&customers, &calendars);
    insta::assert_snapshot!(customers.open(&opening("2026-06-29T09:00:00Z", "low")).unwrap_err().to_string(), @"the policy counts on the clock of the customer, and the case has no zone");
    let moscow =
        SlaOpening { zone: Some("Europe/Moscow".parse().unwrap()), ..opening("2026-06-29T09:00:00Z", "low") };
    insta::assert_snapshot!(customers.open(&moscow).unwrap_err().to_string(), @"there is no calendar `office` in Europe/Moscow");
}

#[test]
fn states_that_cannot_be_are_refused() {
    let (policy, calendars) = (two_clocks(), calendars());
    let state = SlaClock::new(&policy, &calendars).open(&opening("2026-06-29T09:00:00Z", "normal")).unwrap();
    let good = serde_json::to_value(&state).unwrap();
    let error = |change: &dyn Fn(&mut Value)| {
        let mut tree = good.clone();
        change(&mut tree);
        serde_json::from_value::<SlaState>(tree).unwrap_err().to_string()
    };
    insta::assert_snapshot!(error(&|tree| tree["at"] = json!("2026-06-29T08:00:00Z")), @"expected instants from opened_at, 2026-06-29 09:00:00 UTC, to at, 2026-06-29 08:00:00 UTC, got 2026-06-29 08:00:00 UTC");
    insta::assert_snapshot!(error(&|tree| tree["milestones"][1]["met_at"] = json!("2026-06-29T09:00:01Z")), @"expected instants from opened_at, 2026-06-29 09:00:00 UTC, to at, 2026-06-29 09:00:00 UTC, got 2026-06-29 09:00:01 UTC");
    insta::assert_snapshot!(error(&|tree| tree["milestones"][1]["working"] = json!(1)), @"more time is used for `resolution` than has passed since the case was opened");
    insta::assert_snapshot!(error(&|tree| tree["milestones"][1]["milestone"] = json!("first_response")), @"the milestone `first_response` is there twice");
    insta::assert_snapshot!(error(&|tree| tree["mile_stones"] = json!([])), @"unknown field `mile_stones`, expected one of `policy`, `opened_at`, `at`, `priority`, `calendar`, `zone`, `kind`, `paused_by`, `milestones`");
    assert_eq!(serde_json::from_value::<SlaState>(good).unwrap(), state);
}

#[test]
fn all_problems_of_a_policy_come_at_once() {
    let body = json!({"zone": "ours", "milestones": [
        {"id": "a", "reopen": "again", "targets": {"p q": {"due": {"hours": 1}}, "p": {"due": {"hours": -1}, "warn": "1"}}},
        {"id": "a", "reopen": "keep", "otherwise": {"due": {"working_days": 1}, "warn": {"hours": 1}}},
        {"id": "b", "after": "c", "reopen": "keep", "otherwise": {"due": {"days": 1}, "warn": {"working_minutes": 1}}, "paused_by": ["x", "x", ""]},
        {"id": "c", "reopen": "keep", "otherwise": {"warn": {"days": 1}}, "kinds": "complaint"},
        {"id": "d", "reopen": "keep", "targets": {}}
    ]});
    let tree = json!({"schema": "guanxi.sla/1", "id": "ours", "version": "1", "body": body});
    insta::assert_snapshot!(SlaDocument::from_value(&tree).unwrap_err().to_string(), @r#"
    body.zone: not allowed here, given "ours", allowed: calendar, customer
    body.milestones[0].targets.p.due.hours: not allowed here, given -1, allowed: a whole number from 0: a term is at most a hundred years: 36600 days or 3162240000 seconds
    body.milestones[0].targets.p.warn: not allowed here, given "1", allowed: a share above 0 and below 1, or a term such as `{"hours": 1}`
    body.milestones[0].targets.p q: unknown name, given p q, allowed: expected letters, digits, `_`, `-` and `.`, the first a letter, got `p q`
    body.milestones[0].reopen: not allowed here, given "again", allowed: keep, resume, restart, new
    body.milestones[1].id: duplicate, given "a", allowed: each milestone once
    body.milestones[1].otherwise.warn: not allowed here, given {"hours":1}, allowed: `working_hours`, or the minutes or seconds of it, as the target is in
    body.milestones[2].after: unknown name, given "c", allowed: a milestone that stands before this one
    body.milestones[2].paused_by[1]: duplicate, given "x", allowed: each name once
    body.milestones[2].paused_by[2]: not allowed here, given "", allowed: an id must not be empty
    body.milestones[2].otherwise.warn: not allowed here, given {"working_minutes":1}, allowed: `hours`, or the minutes or seconds of it, as the target is in
    body.milestones[3].kinds: wrong type, given "complaint", allowed: a list
    body.milestones[3].otherwise.due: missing field, allowed: `due` is required
    body.milestones[3].otherwise.warn: not allowed here, given {"days":1}, allowed: `working_hours`, or the minutes or seconds of it, as the target is in
    body.milestones[4]: missing field, given a milestone without a target, allowed: `targets`, `otherwise`, or both
    "#);
    let none = json!({"schema": "guanxi.sla/1", "id": "ours", "version": "1", "body": {"milestones": []}});
    insta::assert_snapshot!(SlaDocument::from_value(&none).unwrap_err().to_string(), @"body.milestones: not allowed here, given [], allowed: at least one milestone");
}

#[test]
fn what_is_suspicious_is_linted() {
    let body = json!({"milestones": [
        {"id": "a", "reopen": "keep", "targets": {"p": {"due": {"hours": 1}, "warn": {"minutes": 60}}}},
        {"id": "b", "reopen": "keep", "targets": {"q": {"due": {"hours": 1}}}, "otherwise": {"due": {"days": 1}}}
    ]});
    let shown = |warning: &guanxi_policy::Warning| {
        format!("{}: {}: {} [{}]", warning.path, warning.found, warning.advice, warning.code)
    };
    let warnings: Vec<_> = lint_sla(&policy(&body)).iter().map(shown).collect();
    insta::assert_snapshot!(warnings.join("\n"), @"
    body.milestones[0].targets: a has no target at q: it may take as long as it takes; write a target, or `otherwise` [no_target]
    body.milestones[0].targets.p.warn: a warns from its start at p: warn with less time left than there is [warns_at_once]
    ");
}

/// Texts and reasons in both languages: none lacks a slot, and no slot is left open.
#[test]
fn every_reason_has_a_text() {
    let (milestone, instant) = ("resolution".parse().unwrap(), at("2026-06-29T09:00:00Z"));
    let hour = serde_json::from_value(json!({"hours": 1})).unwrap();
    let named = || guanxi_calendar::MilestoneId::clone(&milestone);
    let reasons = [
        SlaReason::PolicyNotInForce { from: None, to: Some(instant) },
        SlaReason::Met { milestone: named(), at: instant },
        SlaReason::MetLate { milestone: named(), at: instant, late_since: instant },
        SlaReason::Waits { milestone: named(), after: named() },
        SlaReason::Untimed { milestone: named(), priority: "key".parse().unwrap() },
        SlaReason::Used { milestone: named(), used: hour, of: hour },
        SlaReason::Paused { milestone: named(), by: "waiting_for_supplier".parse().unwrap() },
        SlaReason::Warned { milestone: named(), left: hour },
        SlaReason::Breached { milestone: named(), since: instant },
        SlaReason::BreachedBefore { milestone: named(), since: instant },
        SlaReason::BeyondCalendar { milestone: named(), to: instant },
    ];
    let (english, chinese) = (labels("en").unwrap(), labels("zh-CN").unwrap());
    assert!(english.gaps(&chinese).is_empty() && chinese.gaps(&english).is_empty());
    for reason in &reasons {
        let (code, tree) = (guanxi_core::ReasonCode::code(reason), serde_json::to_value(reason).unwrap());
        assert_eq!(tree["code"], code);
        assert_eq!(serde_json::from_value::<SlaReason>(tree).unwrap(), *reason);
        for pack in [&english, &chinese] {
            let text = pack.reason(reason);
            assert!(pack.get(&format!("reason.{code}")).is_some() && !text.contains('{'), "{text}");
        }
    }
    assert_eq!(labels("fr"), None);
}
