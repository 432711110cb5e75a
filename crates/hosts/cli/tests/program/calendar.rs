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
    insta::assert_snapshot!(saturday("1 working hour"), @r"");
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
    insta::assert_snapshot!(between("2026-06-26T16:00:00Z", "2026-06-29T10:30:00Z").well(), @r"");
    // A week of five days.
    assert_eq!(answer(between("2026-06-22", "2026-06-29"))["working_seconds"], 5 * 8 * 3_600);
    let backwards = between("2026-06-29", "2026-06-22");
    assert_eq!((backwards.code, backwards.out.as_str()), (2, ""));
    insta::assert_snapshot!(backwards.err, @r"");
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
    insta::assert_snapshot!(guanxi(&args).well(), @r"");
}

#[test]
fn what_has_no_answer_says_why() {
    let told = |args: &[&str]| {
        let ran = due(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        ran.err
    };
    let within = ["--within", "1 working hour"];
    insta::assert_snapshot!(told(&[&["--from", "1999-01-01"], &within[..]].concat()), @r"");
    insta::assert_snapshot!(told(&[&["--from", "Saturday"], &within[..]].concat()), @r"");
    for term in ["2 fortnights", "soon", "2", "-1 hours", "1.5 hours"] {
        let told = told(&["--from", "2026-06-27", "--within", term]);
        assert!(told.contains("such as `2 working hours`"), "{term}: {told}");
    }
    insta::assert_snapshot!(told(&["--from", "2026-06-27", "--within", "40000 days"]), @r"");
    let none =
        guanxi(&["calendar", "due", "--calendar", "six-day", "--from", "2026-06-27", "--within", "1 day"]);
    insta::assert_snapshot!(none.seen(None), @r"");
}

#[test]
fn a_file_of_days_is_checked_line_by_line() {
    let good = Dir::new().with("days.csv", "2026-12-25..2026-12-26,holiday,Christmas\n2027-01-01,holiday\n");
    let check = |dir: &Dir, name: &str, more: &[&str]| {
        guanxi(&[&["calendar", "check", &dir.at(name)], more].concat()).seen(Some(dir))
    };
    insta::assert_snapshot!(check(&good, "days.csv", &["--calendar", "five-day"]), @r"");
    let bad = Dir::new()
        .with(
            "days.csv",
            "date,kind,label,hours\n2026-02-29,holiday\n2026-03-01,feast,Spring\n2026-03-02,half_day,,9-12\n",
        )
        .with("old.csv", "1999-01-01,holiday\n");
    insta::assert_snapshot!(check(&bad, "days.csv", &[]), @r"");
    insta::assert_snapshot!(check(&bad, "old.csv", &["--calendar", "five-day"]), @r"");
}

#[test]
fn a_calendar_is_checked_as_every_document() {
    let preset = guanxi(&["policy", "show", "calendar/five-day"]).well();
    let dir = Dir::new().with("ours.json", preset.replace("five-day", "ours"));
    let dir = dir.with("bad.json", preset.replace("09:00", "9 o'clock").replace("\"UTC\"", "\"Moon\""));
    assert!(guanxi(&["calendar", "check", &dir.at("ours.json")]).out.contains("sound: ours"));
    insta::assert_snapshot!(guanxi(&["calendar", "check", &dir.at("bad.json")]).seen(Some(&dir)), @r"");
    let both = guanxi(&["calendar", "check", &dir.at("ours.json"), "--calendar", "five-day"]);
    insta::assert_snapshot!(both.seen(Some(&dir)), @r"");
}
