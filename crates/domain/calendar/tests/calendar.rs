//! Worked cases of calendars, each a file with its questions, and the failures of others by name.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fmt::Write;
use std::fs::read_to_string;
use std::path::Path;

use chrono::{DateTime, Utc};
use guanxi_calendar::{
    CalendarDocument, CalendarError, CalendarTime, Overlay, OverlaySpec, Schedule, Term, WorkCalendar,
    WorkingDays, WorkingTime, lint_calendar, parse_dates_csv, preset, preset_ids,
};
use guanxi_core::{Zone, parse_instant};
use guanxi_policy::Body;
use serde_json::{Value, json};

fn calendar(body: &Value) -> WorkCalendar {
    let tree = json!({"schema": "guanxi.calendar/1", "id": "ours", "version": "1", "body": body});
    CalendarDocument::from_value(&tree).unwrap_or_else(|problems| panic!("{problems}")).body().clone()
}

fn at(text: &str) -> DateTime<Utc> {
    parse_instant(text).unwrap()
}

/// Instants on the calendar's clock, with the day of the week.
fn shown(zone: Zone, answer: Result<DateTime<Utc>, CalendarError>) -> String {
    match answer {
        Ok(at) => at.with_timezone(&zone.offset(at)).format("%a %Y-%m-%d %H:%M:%S %:z").to_string(),
        Err(error) => error.to_string(),
    }
}

fn answer(schedule: &Schedule, question: &Value) -> String {
    let zone = schedule.zone();
    // Instants are written on the calendar's own clock, or with their offset.
    let instant = |value: &Value| {
        let text = value.as_str().unwrap();
        match text.parse::<chrono::NaiveDateTime>() {
            Ok(local) => zone.instant(local).unwrap(),
            Err(_) => at(text),
        }
    };
    let (what, given) = question.as_object().unwrap().iter().next().unwrap();
    match (what.as_str(), given.as_array().map(Vec::as_slice)) {
        ("due", Some([start, term])) => {
            shown(zone, schedule.due(instant(start), serde_json::from_value(term.clone()).unwrap()))
        }
        ("between", Some([from, to])) => schedule
            .between(instant(from), instant(to))
            .map_or_else(|error| error.to_string(), |time| time.to_string()),
        ("is_open", None) => {
            schedule.is_open(instant(given)).map_or_else(|error| error.to_string(), |open| open.to_string())
        }
        ("next_open", None) => shown(zone, schedule.next_open(instant(given))),
        ("next_close", None) => shown(zone, schedule.next_close(instant(given))),
        other => panic!("{other:?}"),
    }
}

fn check(case: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(format!("{case}.json"));
    let case: Value = serde_json::from_str(&read_to_string(path).unwrap()).unwrap();
    let mut calendar = calendar(&case["calendar"]);
    if let Some(overlay) = case.get("overlay") {
        let spec: OverlaySpec = serde_json::from_value(overlay.clone()).unwrap();
        calendar = calendar.overlay(&Overlay::try_from(&spec).unwrap()).unwrap();
        assert_eq!(WorkCalendar::try_from(&calendar.spec()).unwrap(), calendar);
    }
    let schedule = calendar.compile();
    let mut told = String::new();
    for question in case["questions"].as_array().unwrap() {
        writeln!(told, "{question}\n    {}", answer(&schedule, question)).unwrap();
    }
    told
}

#[test]
fn two_shifts_and_lunch() {
    insta::assert_snapshot!(check("two_shifts_and_lunch"), @r#"
    {"due":["2026-06-29T08:00:00",{"working_hours":3}]}
        Mon 2026-06-29 12:00:00 +08:00
    {"due":["2026-06-29T08:00:00",{"working_minutes":181}]}
        Mon 2026-06-29 13:01:00 +08:00
    {"due":["2026-06-29T12:30:00",{"working_hours":5}]}
        Mon 2026-06-29 18:00:00 +08:00
    {"due":["2026-06-29T17:00:00",{"working_hours":12}]}
        Wed 2026-07-01 12:00:00 +08:00
    {"due":["2026-07-03T12:30:00",{"working_days":1}]}
        Sat 2026-07-04 13:00:00 +08:00
    {"due":["2026-07-03T17:00:00",{"working_days":1}]}
        Sat 2026-07-04 14:00:00 +08:00
    {"due":["2026-07-03T17:00:00",{"working_days":2}]}
        Mon 2026-07-06 17:00:00 +08:00
    {"due":["2026-07-05T17:00:00",{"working_days":1}]}
        Mon 2026-07-06 18:00:00 +08:00
    {"due":["2026-07-05T17:00:00",{"end_of_working_day":0}]}
        Mon 2026-07-06 18:00:00 +08:00
    {"due":["2026-07-03T17:00:00",{"end_of_working_day":1}]}
        Sat 2026-07-04 14:00:00 +08:00
    {"due":["2026-07-03T18:00:00",{"end_of_working_day":0}]}
        Sat 2026-07-04 14:00:00 +08:00
    {"between":["2026-06-29T00:00:00","2026-07-06T00:00:00"]}
        44 h
    {"between":["2026-06-29T11:00:00","2026-06-29T14:00:00"]}
        2 h
    {"is_open":"2026-06-29T12:00:00"}
        false
    {"is_open":"2026-06-29T11:59:59"}
        true
    {"next_open":"2026-06-29T12:15:00"}
        Mon 2026-06-29 13:00:00 +08:00
    {"next_close":"2026-06-29T12:15:00"}
        Mon 2026-06-29 12:15:00 +08:00
    {"next_close":"2026-06-29T13:00:00"}
        Mon 2026-06-29 18:00:00 +08:00
    "#);
}

#[test]
fn holidays_half_days_and_make_up_saturdays() {
    insta::assert_snapshot!(check("holidays_half_days_and_make_up_saturdays"), @r#"
    {"due":["2026-09-30T16:00:00",{"working_hours":2}]}
        Mon 2026-10-05 11:00:00 +00:00
    {"due":["2026-09-30T16:00:00",{"working_hours":4}]}
        Thu 2026-10-08 10:00:00 +00:00
    {"due":["2026-09-30T16:00:00",{"working_days":1}]}
        Mon 2026-10-05 12:00:00 +00:00
    {"due":["2026-10-09T14:00:00",{"working_hours":7}]}
        Sat 2026-10-10 15:00:00 +00:00
    {"due":["2026-10-09T14:00:00",{"working_days":1}]}
        Sat 2026-10-10 14:00:00 +00:00
    {"due":["2026-10-16T14:00:00",{"working_days":1}]}
        Sat 2026-10-17 11:00:00 +00:00
    {"due":["2026-10-20T10:00:00",{"working_hours":2}]}
        Tue 2026-10-20 16:00:00 +00:00
    {"due":["2026-10-21T16:30:00",{"working_hours":1}]}
        Fri 2026-10-23 09:30:00 +00:00
    {"due":["2026-12-04T15:00:00",{"working_hours":7}]}
        Sat 2026-12-05 16:00:00 +00:00
    {"due":["2026-12-23T15:00:00",{"working_hours":5}]}
        Fri 2026-12-25 11:00:00 +00:00
    {"due":["2026-12-23T15:00:00",{"working_days":1}]}
        Thu 2026-12-24 12:00:00 +00:00
    {"between":["2026-10-01T00:00:00","2026-11-01T00:00:00"]}
        126 h
    {"next_open":"2026-10-05T12:00:00"}
        Thu 2026-10-08 09:00:00 +00:00
    "#);
}

#[test]
fn night_shifts() {
    insta::assert_snapshot!(check("night_shifts"), @r#"
    {"between":["2026-06-29T12:00:00","2026-06-30T12:00:00"]}
        8 h
    {"between":["2026-07-03T12:00:00","2026-07-04T12:00:00"]}
        10 h
    {"due":["2026-06-29T23:00:00",{"working_hours":8}]}
        Tue 2026-06-30 23:00:00 +08:00
    {"due":["2026-07-03T03:00:00",{"working_days":1}]}
        Sat 2026-07-04 03:00:00 +08:00
    {"due":["2026-07-04T03:00:00",{"working_days":1}]}
        Sat 2026-07-04 08:00:00 +08:00
    {"due":["2026-07-04T03:00:00",{"end_of_working_day":0}]}
        Sat 2026-07-04 06:00:00 +08:00
    {"due":["2026-07-04T06:30:00",{"end_of_working_day":0}]}
        Sat 2026-07-04 08:00:00 +08:00
    {"next_close":"2026-07-04T03:00:00"}
        Sat 2026-07-04 08:00:00 +08:00
    {"due":["2026-07-07T23:00:00",{"working_hours":2}]}
        Thu 2026-07-09 23:00:00 +08:00
    {"due":["2026-07-14T23:00:00",{"working_hours":8}]}
        Thu 2026-07-16 23:00:00 +08:00
    {"due":["2026-07-22T00:30:00",{"working_hours":1}]}
        Wed 2026-07-22 02:30:00 +08:00
    {"next_open":"2026-06-01T00:00:00"}
        Mon 2026-06-01 22:00:00 +08:00
    {"next_close":"2026-07-31T23:00:00"}
        the calendar ends at 2026-07-31 16:00:00 UTC, before the answer for 2026-07-31 15:00:00 UTC
    "#);
}

#[test]
fn the_clock_leaps_and_repeats() {
    insta::assert_snapshot!(check("the_clock_leaps_and_repeats"), @r#"
    {"between":["2026-03-28T12:00:00","2026-03-29T07:00:00"]}
        7 h
    {"between":["2026-03-21T12:00:00","2026-03-22T07:00:00"]}
        8 h
    {"between":["2026-10-31T12:00:00","2026-11-01T07:00:00"]}
        8 h
    {"due":["2026-03-28T23:00:00",{"working_hours":4}]}
        Sun 2026-03-29 04:00:00 +02:00
    {"due":["2026-03-28T23:00:00",{"working_days":1}]}
        Sun 2026-03-29 09:00:00 +02:00
    {"due":["2026-03-28T11:00:00",{"days":1}]}
        Sun 2026-03-29 11:00:00 +02:00
    {"due":["2026-03-28T11:00:00",{"hours":24}]}
        Sun 2026-03-29 12:00:00 +02:00
    {"due":["2026-03-28T02:30:00",{"days":1}]}
        Sun 2026-03-29 03:00:00 +02:00
    {"due":["2026-10-24T02:30:00",{"days":1}]}
        Sun 2026-10-25 02:30:00 +02:00
    {"between":["2026-10-25T00:00:00","2026-10-25T07:00:00"]}
        1 h 40 min
    {"is_open":"2026-10-25T00:30:00Z"}
        true
    {"is_open":"2026-10-25T01:30:00Z"}
        true
    {"next_open":"2026-10-25T00:45:00Z"}
        Sun 2026-10-25 02:55:00 +02:00
    {"next_close":"2026-10-25T00:55:00Z"}
        Sun 2026-10-25 03:05:00 +01:00
    "#);
}

#[test]
fn a_person_over_a_team() {
    insta::assert_snapshot!(check("a_person_over_a_team"), @r#"
    {"due":["2026-06-18T16:00:00",{"working_hours":1}]}
        Thu 2026-06-18 17:00:00 +08:00
    {"due":["2026-06-18T16:00:00",{"working_hours":2}]}
        Sat 2026-06-20 10:00:00 +08:00
    {"due":["2026-06-18T16:00:00",{"working_hours":3}]}
        Mon 2026-06-22 14:00:00 +08:00
    {"between":["2026-06-27T00:00:00","2026-06-28T00:00:00"]}
        4 h
    {"next_open":"2026-07-12T12:00:00"}
        Mon 2026-07-13 08:00:00 +08:00
    {"due":["2026-07-17T13:00:00",{"working_hours":2}]}
        Sat 2026-07-25 10:00:00 +08:00
    {"due":["2026-07-17T13:00:00",{"working_hours":4}]}
        Sat 2026-07-25 14:00:00 +08:00
    {"due":["2026-07-17T13:00:00",{"working_days":2}]}
        Mon 2026-07-27 13:00:00 +08:00
    {"next_open":"2026-10-01T00:00:00"}
        the calendar covers 2025-12-31 16:00:00 UTC to 2026-09-30 16:00:00 UTC, asked about 2026-09-30 16:00:00 UTC
    "#);
}

// The failures of others.

fn five_day() -> Schedule {
    preset("five-day").unwrap().body().compile()
}

fn due(schedule: &Schedule, start: &str, term: Value) -> DateTime<Utc> {
    schedule.due(at(start), serde_json::from_value(term).unwrap()).unwrap()
}

/// frappe/crm: opened Saturday 15:00, one hour came to Monday 16:00.
#[test]
fn a_ticket_of_the_weekend_starts_on_monday_morning() {
    let schedule = five_day();
    assert_eq!(
        due(&schedule, "2026-06-27T15:00:00Z", json!({"working_hours": 1})),
        at("2026-06-29T10:00:00Z")
    );
    assert_eq!(
        due(&schedule, "2026-06-27T15:00:00Z", json!({"working_hours": 4})),
        at("2026-06-29T13:00:00Z")
    );
}

/// frappe/crm: of two ranges on one day only the last was kept; chatwoot#14009, frappe/helpdesk#2212.
#[test]
fn two_shifts_of_one_day_both_count() {
    let split = calendar(&json!({
        "zone": "UTC", "from": "2026-06-01", "to": "2026-07-31",
        "week": {"mon-fri": ["13:00-17:00", "09:00-12:00"]}
    }));
    let schedule = split.compile();
    let day = schedule.between(at("2026-06-29"), at("2026-06-30")).unwrap();
    assert_eq!(day, WorkingTime::from_hours(7));
    assert_eq!(
        due(&schedule, "2026-06-29T11:30:00Z", json!({"working_hours": 1})),
        at("2026-06-29T13:30:00Z")
    );
}

/// frappe/crm: no working day ended in an overflow; stepping took seconds.
#[test]
fn a_calendar_without_working_time_says_so_at_once() {
    let never = calendar(&json!({"zone": "UTC", "from": "1990-01-01", "to": "2089-12-31", "week": {}}));
    let schedule = never.compile();
    let start = at("2026-06-27T15:00:00Z");
    let one = Term::Working(WorkingTime::from_hours(1));
    assert_eq!(schedule.due(start, one), Err(CalendarError::NoWorkingTime));
    assert_eq!(schedule.due(start, Term::WorkingDays(WorkingDays(1))), Err(CalendarError::NoWorkingTime));
    assert_eq!(schedule.next_open(start), Err(CalendarError::NoWorkingTime));
    assert_eq!(schedule.is_open(start), Ok(false));
    // Time that does not ask for work needs none.
    assert_eq!(
        schedule.due(start, Term::Elapsed(CalendarTime::from_hours(1))),
        Ok(at("2026-06-27T16:00:00Z"))
    );
}

/// Dynamics: a target of 10 "days" was 240 hours of work; zammad#390.
#[test]
fn ten_days_are_ten_working_days_and_not_240_hours() {
    let schedule = five_day();
    let start = "2026-06-29T10:30:00Z";
    assert_eq!(due(&schedule, start, json!({"working_days": 10})), at("2026-07-13T10:30:00Z"));
    assert_eq!(due(&schedule, start, json!({"days": 10})), at("2026-07-09T10:30:00Z"));
    assert_eq!(due(&schedule, start, json!({"hours": 240})), at("2026-07-09T10:30:00Z"));
    // 240 hours of work are what they say: thirty days of eight hours.
    assert_eq!(due(&schedule, start, json!({"working_hours": 240})), at("2026-08-10T10:30:00Z"));
}

/// zammad#4432: what is due at the same time tomorrow was reminded of at midnight.
#[test]
fn days_end_at_the_time_of_their_start_and_not_at_midnight() {
    let schedule = five_day();
    assert_eq!(due(&schedule, "2026-06-29T14:20:00Z", json!({"days": 1})), at("2026-06-30T14:20:00Z"));
    assert_eq!(
        due(&schedule, "2026-06-29T14:20:00Z", json!({"working_days": 1})),
        at("2026-06-30T14:20:00Z")
    );
}

/// zendesk/biz#103, glpi#6835: half-days and days that are open for once could not be said.
#[test]
fn half_days_and_single_openings_can_be_said() {
    let year = calendar(&json!({
        "zone": "UTC", "from": "2026-12-01", "to": "2026-12-31",
        "week": {"mon-fri": ["09:00-17:00"]},
        "dates": [
            {"date": "2026-12-24", "kind": "half_day", "hours": ["09:00-12:00"]},
            {"date": "2026-12-25", "kind": "holiday"},
            {"date": "2026-12-27", "kind": "opening", "hours": ["10:00-11:00"]}
        ]
    }));
    let schedule = year.compile();
    assert_eq!(
        due(&schedule, "2026-12-24T11:00:00Z", json!({"working_hours": 3})),
        at("2026-12-28T10:00:00Z")
    );
}

#[test]
fn past_the_horizon_is_an_error_that_names_it() {
    let schedule = five_day();
    let one = Term::Working(WorkingTime::from_hours(1));
    let told = |answer: Result<_, CalendarError>| {
        answer.map(|at: DateTime<Utc>| at.to_string()).unwrap_err().to_string()
    };
    insta::assert_snapshot!(told(schedule.due(at("2025-12-31T23:59:59Z"), one)), @"the calendar covers 2026-01-01 00:00:00 UTC to 2031-01-01 00:00:00 UTC, asked about 2025-12-31 23:59:59 UTC");
    insta::assert_snapshot!(told(schedule.due(at("2030-12-31T16:30:00Z"), one)), @"the calendar ends at 2031-01-01 00:00:00 UTC, before the answer for 2030-12-31 16:30:00 UTC");
    insta::assert_snapshot!(told(schedule.next_open(at("2030-12-31T17:00:00Z"))), @"the calendar ends at 2031-01-01 00:00:00 UTC, before the answer for 2030-12-31 17:00:00 UTC");
    let week = Term::WorkingDays(WorkingDays(5));
    insta::assert_snapshot!(told(schedule.due(at("2030-12-30T17:00:00Z"), week)), @"the calendar ends at 2031-01-01 00:00:00 UTC, before the answer for 2030-12-30 17:00:00 UTC");
    let backwards = schedule.between(at("2026-06-30"), at("2026-06-29")).unwrap_err();
    insta::assert_snapshot!(backwards.to_string(), @"expected a start and an end after it, got 2026-06-30 00:00:00 UTC and 2026-06-29 00:00:00 UTC");
    let far = Term::Elapsed(CalendarTime::from_seconds(u64::MAX));
    insta::assert_snapshot!(told(schedule.due(at("2026-06-30"), far)), @"the answer for 2026-06-30 00:00:00 UTC lies beyond the years that can be counted");
    // The end of the horizon is the end of what is known, and known itself.
    assert_eq!(schedule.due(at("2030-12-31T16:00:00Z"), one), Ok(at("2030-12-31T17:00:00Z")));
    assert_eq!(schedule.between(at("2030-12-31"), at("2031-01-01")), Ok(WorkingTime::from_hours(8)));
}

#[test]
fn fractions_of_a_second_are_cut() {
    let schedule = five_day();
    let start = at("2026-06-29T10:00:00.999Z");
    let one = Term::Working(WorkingTime::from_hours(1));
    assert_eq!(schedule.due(start, one), Ok(at("2026-06-29T11:00:00Z")));
    assert_eq!(schedule.next_open(start), Ok(start));
    assert_eq!(schedule.is_open(at("2026-06-29T16:59:59.999Z")), Ok(true));
}

#[test]
fn every_preset_is_there() {
    for id in preset_ids() {
        assert_eq!(preset(id).unwrap().head().id.as_str(), id);
    }
    assert_eq!(preset("none"), None);
}

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../hosts/cli/examples/calendars");
    read_to_string(folder.join(name)).unwrap()
}

/// The example as a document is the example as a table over its week.
#[test]
fn the_example_of_china_is_what_its_table_says() {
    let document = CalendarDocument::from_json(&example("china-2026.json")).unwrap();
    let mut spec = document.body().spec();
    spec.dates.clear();
    let plain = WorkCalendar::try_from(&spec).unwrap();
    let dates = parse_dates_csv(&example("china-2026.csv")).unwrap();
    assert_eq!(&plain.with_dates(dates).unwrap(), document.body());
    assert_eq!(lint_calendar(&document), []);
    // 261 days from Monday to Friday, 19 of them off, and six days made up.
    let schedule = document.body().compile();
    assert_eq!(schedule.working_days(), 261 - 19 + 6);
    let (nine, ten) = (WorkingTime::from_hours(9), WorkingTime::from_hours(10));
    let due = |time| schedule.due(at("2026-02-13T17:00:00+08:00"), Term::Working(time)).unwrap();
    assert_eq!(due(nine), at("2026-02-14T18:00:00+08:00"));
    assert_eq!(due(ten), at("2026-02-24T10:00:00+08:00"));
}
