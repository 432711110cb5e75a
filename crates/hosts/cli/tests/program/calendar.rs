//! `guanxi calendar`.
use std::path::Path;

use serde_json::Value;

use crate::input::Dir;
use crate::run::{Ran, guanxi};

fn due(args: &[&str]) -> Ran {
    guanxi(&[&["calendar", "due", "--calendar", "five-day"], args].concat())
}

fn answer(ran: Ran) -> Value {
    serde_json::from_str(&ran.well()).unwrap()
}

#[test]
fn a_term_that_begins_on_a_saturday_is_over_on_monday() {
    let saturday = |within| due(&["--from", "2026-06-27T15:00:00Z", "--within", within]).well();
    insta::assert_snapshot!(saturday("1 working hour"), @r#"{"from":"2026-06-27T15:00:00Z","within":{"working_hours":1},"due":"2026-06-29T10:00:00Z","local":"2026-06-29T10:00:00+00:00"}"#);
    for (within, over) in [
        ("4 working hours", "2026-06-29T13:00:00Z"),
        ("90 working minutes", "2026-06-29T10:30:00Z"),
        ("24 hours", "2026-06-28T15:00:00Z"),
        ("10 working days", "2026-07-10T17:00:00Z"),
        ("1 day", "2026-06-28T15:00:00Z"),
        ("end of working day", "2026-06-29T17:00:00Z"),
    ] {
        let told: Value = serde_json::from_str(&saturday(within)).unwrap();
        assert_eq!(told["due"], over, "{within}");
    }
}

#[test]
fn working_time_between_two_instants_is_counted() {
    let between =
        |from, to| guanxi(&["calendar", "between", "--calendar", "five-day", "--from", from, "--to", to]);
    insta::assert_snapshot!(between("2026-06-26T16:00:00Z", "2026-06-29T10:30:00Z").well(), @r#"{"from":"2026-06-26T16:00:00Z","to":"2026-06-29T10:30:00Z","working_seconds":9000,"working_time":"2 h 30 min"}"#);
    // A week of five days.
    assert_eq!(answer(between("2026-06-22", "2026-06-29"))["working_seconds"], 5 * 8 * 3_600);
    let backwards = between("2026-06-29", "2026-06-22");
    assert_eq!((backwards.code, backwards.out.as_str()), (2, ""));
    insta::assert_snapshot!(backwards.err, @"expected a start and an end after it, got 2026-06-29 00:00:00 UTC and 2026-06-22 00:00:00 UTC");
}

#[test]
fn holidays_and_leave_come_from_files() {
    let dir = Dir::new().with("days.csv", "date,kind,label,hours\n2026-06-29,holiday,Day of rest\n");
    let dir = dir.with(
        "leave.json",
        r#"{"schema": "guanxi.overlay/1", "id": "leave", "version": "1", "body": {
            "dates": [{"date": "2026-06-30", "kind": "closure", "label": "leave"}]}}"#,
    );
    let (days, leave) = (dir.at("days.csv"), dir.at("leave.json"));
    let start = ["--from", "2026-06-27T15:00:00Z", "--within", "1 working hour"];
    let on = |more: &[&str]| answer(due(&[&start[..], more].concat()))["due"].clone();
    assert_eq!(on(&["--dates", &days]), "2026-06-30T10:00:00Z");
    assert_eq!(on(&["--overlay", &leave]), "2026-06-29T10:00:00Z");
    assert_eq!(on(&["--dates", &days, "--overlay", &leave]), "2026-07-01T10:00:00Z");
}

#[test]
fn a_due_time_is_told_on_the_clock_of_the_calendar() {
    let calendar = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/calendars/china-2026.json");
    let from = ["--from", "2026-09-30T17:00:00+08:00", "--within", "2 working hours"];
    let args = [&["calendar", "due", "--calendar", calendar.to_str().unwrap()], &from[..]].concat();
    insta::assert_snapshot!(guanxi(&args).well(), @r#"{"from":"2026-09-30T09:00:00Z","within":{"working_hours":2},"due":"2026-10-08T02:00:00Z","local":"2026-10-08T10:00:00+08:00"}"#);
}

#[test]
fn what_has_no_answer_says_why() {
    let told = |args: &[&str]| {
        let ran = due(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        ran.err
    };
    let within = ["--within", "1 working hour"];
    insta::assert_snapshot!(told(&[&["--from", "1999-01-01"], &within[..]].concat()), @"the calendar covers 2026-01-01 00:00:00 UTC to 2031-01-01 00:00:00 UTC, asked about 1999-01-01 00:00:00 UTC");
    insta::assert_snapshot!(told(&[&["--from", "Saturday"], &within[..]].concat()), @"--from: expected an instant such as `2026-06-30T08:00:00Z` or a day such as `2026-06-30`, got `Saturday`");
    for term in ["2 fortnights", "soon", "2", "-1 hours", "1.5 hours"] {
        let told = told(&["--from", "2026-06-27", "--within", term]);
        assert!(told.contains("such as `2 working hours`"), "{term}: {told}");
    }
    insta::assert_snapshot!(told(&["--from", "2026-06-27", "--within", "40000 days"]), @"
    error: invalid value '40000 days' for '--within <TERM>': a term is at most a hundred years: 36600 days or 3162240000 seconds

    For more information, try '--help'.
    ");
    let none =
        guanxi(&["calendar", "due", "--calendar", "six-day", "--from", "2026-06-27", "--within", "1 day"]);
    insta::assert_snapshot!(none.seen(None), @"
    -- stderr
    no calendar `six-day`: give a file (JSON or TOML) or one of five-day
    -- exit code 2
    ");
}

#[test]
fn a_file_of_days_is_checked_line_by_line() {
    let good = Dir::new().with("days.csv", "2026-12-25..2026-12-26,holiday,Christmas\n2027-01-01,holiday\n");
    let check = |dir: &Dir, name: &str, more: &[&str]| {
        guanxi(&[&["calendar", "check", &dir.at(name)], more].concat()).seen(Some(dir))
    };
    insta::assert_snapshot!(check(&good, "days.csv", &["--calendar", "five-day"]), @"
    -- stdout
    days.csv: sound: 2 entries of `five-day`
    -- exit code 0
    ");
    let bad = Dir::new()
        .with(
            "days.csv",
            "date,kind,label,hours\n2026-02-29,holiday\n2026-03-01,feast,Spring\n2026-03-02,half_day,,9-12\n",
        )
        .with("old.csv", "1999-01-01,holiday\n");
    insta::assert_snapshot!(check(&bad, "days.csv", &[]), @"
    -- stderr
    days.csv: line 2: date: given `2026-02-29`, allowed: a day such as `2026-06-30`, or days such as `2026-10-01..2026-10-07`
    days.csv: line 3: kind: given `feast`, allowed: holiday, closure, half_day, make_up, opening
    days.csv: line 4: hours: given `9-12`, allowed: hours such as `09:00-12:00 13:00-17:00` that do not overlap, or a day of the week
    3 problems
    -- exit code 1
    ");
    insta::assert_snapshot!(check(&bad, "old.csv", &["--calendar", "five-day"]), @r#"
    -- stderr
    old.csv: dates[0].date: not allowed here, given "1999-01-01", allowed: a day that is covered, 2026-01-01 to 2030-12-31
    1 problem
    -- exit code 1
    "#);
}

#[test]
fn a_calendar_is_checked_as_every_document() {
    let preset = guanxi(&["policy", "show", "calendar/five-day"]).well();
    let dir = Dir::new().with("ours.json", preset.replace("five-day", "ours"));
    let dir = dir.with("bad.json", preset.replace("09:00", "9 o'clock").replace("\"UTC\"", "\"Moon\""));
    assert!(guanxi(&["calendar", "check", &dir.at("ours.json")]).out.contains("sound: ours"));
    insta::assert_snapshot!(guanxi(&["calendar", "check", &dir.at("bad.json")]).seen(Some(&dir)), @r#"
    -- stderr
    bad.json:7:9: body.week.fri[0]: not allowed here, given "9 o'clock-17:00", allowed: expected hours such as `09:00-17:30`, `22:00-06:00` over midnight or `00:00-24:00`, got `9 o'clock-17:00`
    bad.json:10:9: body.week.mon[0]: not allowed here, given "9 o'clock-17:00", allowed: expected hours such as `09:00-17:30`, `22:00-06:00` over midnight or `00:00-24:00`, got `9 o'clock-17:00`
    bad.json:13:9: body.week.thu[0]: not allowed here, given "9 o'clock-17:00", allowed: expected hours such as `09:00-17:30`, `22:00-06:00` over midnight or `00:00-24:00`, got `9 o'clock-17:00`
    bad.json:16:9: body.week.tue[0]: not allowed here, given "9 o'clock-17:00", allowed: expected hours such as `09:00-17:30`, `22:00-06:00` over midnight or `00:00-24:00`, got `9 o'clock-17:00`
    bad.json:19:9: body.week.wed[0]: not allowed here, given "9 o'clock-17:00", allowed: expected hours such as `09:00-17:30`, `22:00-06:00` over midnight or `00:00-24:00`, got `9 o'clock-17:00`
    bad.json:22:5: body.zone: not allowed here, given "Moon", allowed: expected `UTC`, an offset such as `+08:00`, or a zone of the IANA database such as `Asia/Shanghai`, got `Moon`
    6 problems
    -- exit code 1
    "#);
    let both = guanxi(&["calendar", "check", &dir.at("ours.json"), "--calendar", "five-day"]);
    insta::assert_snapshot!(both.seen(Some(&dir)), @"
    -- stderr
    --calendar is for the days of a CSV file; a calendar is checked by itself
    -- exit code 2
    ");
}
