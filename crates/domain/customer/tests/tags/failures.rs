//! Where other programs fail at tags and dynamic segments, each by its name.
use guanxi_condition::EventLog;
use guanxi_core::{Event, FactMap, FactValue, Zone, fact_id};
use guanxi_customer::TagsDocument;
use serde_json::json;

use crate::{Known, at, document, names};

fn rule(zone: &str, when: &str) -> TagsDocument {
    document(json!({
        "vocabulary": {"facts": {"born": {"kind": "date"}, "seen": {"kind": "instant"}, "due": {"kind": "date"}}},
        "zone": zone, "tags": [{"id": "on", "when": when}]
    }))
}

fn born(day: &str) -> Known<'static> {
    let day = FactValue::Date(day.parse().unwrap());
    Known { facts: FactMap::new().with(fact_id!("born"), day, None), ..Known::default() }
}

fn seen(instant: &str) -> Known<'static> {
    Known {
        facts: FactMap::new().with(fact_id!("seen"), FactValue::Instant(at(instant)), None),
        ..Known::default()
    }
}

/// The instant at which the tag of a rule goes, and that it is still there just before.
#[track_caller]
fn goes(known: &Known<'_>, document: &TagsDocument, asked: &str, gone: &str) {
    let set = known.tags(document, None, at(asked)).outcome;
    assert_eq!(set.tags.first().and_then(|tagged| tagged.until), Some(at(gone)), "asked at {asked}");
    let just_before = at(gone) - chrono::TimeDelta::nanoseconds(1);
    assert_eq!(names(&known.tags(document, None, just_before).outcome), "on");
    assert_eq!(names(&known.tags(document, None, at(gone)).outcome), "");
}

#[test]
fn the_last_seven_days_are_not_six_and_not_eight() {
    let last = rule("UTC", "born within last 7 days");
    let known = born("2026-06-23");
    for (as_of, on) in [
        ("2026-06-22T23:59:59Z", ""),
        ("2026-06-23", "on"),
        ("2026-06-29T23:59:59Z", "on"),
        ("2026-06-30", ""),
    ] {
        assert_eq!(known.names(&last, as_of), on, "{as_of}");
    }
    goes(&known, &last, "2026-06-23", "2026-06-30");
    // An instant goes at its own time of day.
    let known = seen("2026-06-23T09:30:00Z");
    goes(&known, &rule("UTC", "seen within last 7 days"), "2026-06-24", "2026-06-30T09:30:00Z");
}

#[test]
fn a_day_begins_where_the_document_says() {
    let known = born("2026-06-23");
    goes(&known, &rule("+08:00", "born within last 7 days"), "2026-06-23", "2026-06-29T16:00:00Z");
    goes(&known, &rule("-03:30", "born within last 7 days"), "2026-06-24", "2026-06-30T03:30:00Z");
    // Late in the evening in Shanghai it is already the next day of what UTC calls today.
    let today = rule("Asia/Shanghai", "born within last 1 days");
    assert_eq!(known.names(&today, "2026-06-22T16:00:00Z"), "on");
    assert_eq!(known.names(&today, "2026-06-23T16:00:00Z"), "");
}

#[test]
fn a_day_of_23_hours_is_a_day() {
    let known = seen("2026-03-28T11:00:00Z");
    // In Berlin the clock is put forward in the night: noon of the next day comes after 23 hours.
    goes(
        &known,
        &rule("Europe/Berlin", "seen within last 1 days"),
        "2026-03-28T12:00:00Z",
        "2026-03-29T10:00:00Z",
    );
    goes(
        &known,
        &rule("Europe/Berlin", "seen within last 24 hours"),
        "2026-03-28T12:00:00Z",
        "2026-03-29T11:00:00Z",
    );
    goes(&known, &rule("UTC", "seen within last 1 days"), "2026-03-28T12:00:00Z", "2026-03-29T11:00:00Z");
}

#[test]
fn a_month_ends_on_its_last_day() {
    goes(&born("2026-01-31"), &rule("UTC", "born within last 1 months"), "2026-02-01", "2026-02-28");
    goes(&born("2024-01-31"), &rule("UTC", "born within last 1 months"), "2024-02-01", "2024-02-29");
}

#[test]
fn a_birthday_comes_every_year_over_the_turn_of_the_year_and_on_a_leap_day() {
    let soon = rule("UTC", "anniversary of born within 7 days");
    let known = born("1990-01-03");
    for year in 2025..2035 {
        assert_eq!(known.names(&soon, &format!("{year}-12-26")), "", "{year}");
        assert_eq!(known.names(&soon, &format!("{year}-12-27")), "on", "{year}");
    }
    goes(&known, &soon, "2026-12-31", "2027-01-04");
    let known = born("2000-02-29");
    goes(&known, &soon, "2027-02-25", "2027-03-01");
    goes(&known, &soon, "2028-02-25", "2028-03-01");
    assert_eq!(
        (known.names(&soon, "2027-02-28"), known.names(&soon, "2028-02-29")),
        ("on".into(), "on".into())
    );
}

/// Elsewhere "1 minute ago" became the time of saving, and stayed it.
#[test]
fn a_relative_time_is_not_frozen_when_the_document_is_saved() {
    let saved = rule("UTC", "seen within last 1 hours").to_value();
    assert_eq!(saved["body"]["tags"][0]["when"], "seen within last 1 hour");
    let document = TagsDocument::from_value(&saved).unwrap();
    for day in ["2026-06-30", "2031-02-28"] {
        let known = seen(&format!("{day}T08:00:00Z"));
        assert_eq!(known.names(&document, &format!("{day}T08:59:59Z")), "on", "{day}");
        assert_eq!(known.names(&document, &format!("{day}T09:00:00Z")), "", "{day}");
    }
}

/// Elsewhere a segment changes only when a job rebuilds it.
#[test]
fn a_customer_leaves_at_the_announced_instant_without_a_scan() {
    let silent = document(json!({
        "zone": "+08:00", "tags": [{"id": "on", "when": "not (no @interaction within 90 days)"}]
    }));
    let event: Event = serde_json::from_value(json!({
        "id": "E1", "subject": "C1", "kind": "contact.made", "occurred_at": "2026-01-31T10:00:00Z"
    }))
    .unwrap();
    let events = [event];
    let known = Known { events: Some(EventLog::new(&events)), ..Known::default() };
    goes(&known, &silent, "2026-02-01", "2026-05-01T10:00:00Z");
}

/// Elsewhere a week begins where the server was made.
#[test]
fn a_week_begins_on_the_day_that_the_document_says() {
    let known = born("2026-06-28");
    let week = |start: &str| {
        document(json!({
            "vocabulary": {"facts": {"born": {"kind": "date"}}}, "week_start": start,
            "tags": [{"id": "on", "when": "born in this week"}]
        }))
    };
    assert_eq!("2026-06-28".parse::<chrono::NaiveDate>().map(|day| day.to_string()), Ok("2026-06-28".into()));
    // A Sunday.
    assert_eq!(known.names(&week("monday"), "2026-06-29"), "");
    assert_eq!(known.names(&week("sunday"), "2026-06-29"), "on");
    assert_eq!(Zone::default(), Zone::UTC);
}
