//! Documents and tables that are refused, and those that are only suspicious.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use guanxi_calendar::{
    CalendarDocument, Overlay, OverlayDocument, OverlaySpec, WorkCalendar, lint_calendar, parse_dates_csv,
    preset,
};
use serde_json::{Value, json};

fn calendar(body: Value) -> Result<CalendarDocument, String> {
    let tree = json!({"schema": "guanxi.calendar/1", "id": "ours", "version": "1", "body": body});
    CalendarDocument::from_value(&tree).map_err(|problems| problems.to_string())
}

#[test]
fn all_problems_come_at_once() {
    let body = json!({
        "zone": "Mars/Olympus",
        "from": "2026-01-01", "to": "2026-1-31",
        "week": {"mon": ["9-17"], "mon-fri": ["09:00-12:00", "11:00-13:00"], "fri-mon": [], "holiday": [], "sat": "09:00-12:00"},
        "seasons": [{"from": "2026-02-01", "to": "2026-01-01", "week": {}}, {"from": "2026-02-01"}],
        "dates": [
            {"date": "2026-02-30", "kind": "holiday"},
            {"date": "2026-02-01", "to": "2026-01-01", "kind": "holyday", "hour": []},
            {"date": "2026-02-01", "kind": "holiday", "hours": ["09:00-12:00"]},
            {"date": "2026-02-01", "kind": "half_day"},
            {"date": "2026-02-01", "kind": "opening", "hours": []},
            {"date": "2026-02-01", "kind": "opening", "hours": ["22:00-06:00"]},
            {"date": "2026-02-01", "kind": "make_up", "as": "mon", "hours": ["09:00-12:00"]},
            {"date": "2026-02-01", "kind": "make_up"},
            {"date": "2026-02-01", "kind": "closure", "as": "mon", "label": " "}
        ]
    });
    insta::assert_snapshot!(calendar(body).unwrap_err(), @r#"
    body.zone: not allowed here, given "Mars/Olympus", allowed: expected `UTC`, an offset such as `+08:00`, or a zone of the IANA database such as `Asia/Shanghai`, got `Mars/Olympus`
    body.to: not allowed here, given "2026-1-31", allowed: a day such as `2026-06-30`
    body.week.fri-mon: unknown name, given fri-mon, allowed: mon, tue, wed, thu, fri, sat, sun, or several such as mon-fri
    body.week.holiday: unknown name, given holiday, allowed: mon, tue, wed, thu, fri, sat, sun, or several such as mon-fri
    body.week.mon[0]: not allowed here, given "9-17", allowed: expected hours such as `09:00-17:30`, `22:00-06:00` over midnight or `00:00-24:00`, got `9-17`
    body.week.mon-fri[1]: duplicate, given "11:00-13:00", allowed: hours that do not overlap `09:00-12:00`
    body.week.mon-fri: duplicate, given mon, allowed: each day once
    body.week.sat: wrong type, given "09:00-12:00", allowed: a list
    body.seasons[0].to: not allowed here, given "2026-01-01", allowed: a day from 2026-02-01 on, at most 36600 days in all
    body.seasons[1].to: missing field, allowed: `to` is required
    body.seasons[1].week: missing field, allowed: `week` is required
    body.dates[0].date: not allowed here, given "2026-02-30", allowed: a day such as `2026-06-30`
    body.dates[1].hour: unknown field, given `hour`, allowed: date, to, kind, hours, as, label (did you mean `hours`?)
    body.dates[1].to: not allowed here, given "2026-01-01", allowed: a day from 2026-02-01 on, at most 36600 days in all
    body.dates[1].kind: not allowed here, given "holyday", allowed: holiday, closure, half_day, make_up, opening
    body.dates[2]: not allowed here, given a holiday with hours, allowed: no hours; a half_day has hours
    body.dates[3]: not allowed here, given a half-day without hours, allowed: hours in which it is open
    body.dates[4].hours: not allowed here, given [], allowed: at least one pair of hours
    body.dates[5]: not allowed here, given 22:00-06:00, allowed: hours within one day; write those after 24:00 at the next day
    body.dates[6]: not allowed here, given a make-up day with hours and a day of the week, allowed: one of them
    body.dates[7]: not allowed here, given a make-up day without hours, allowed: a day of the week, or hours
    body.dates[8].label: not allowed here, given " ", allowed: an id must not be empty
    body.dates[8]: not allowed here, given a day of the week, allowed: a day of the week for a make-up day only
    "#);
}

#[test]
fn what_contradicts_itself_or_the_horizon_is_refused() {
    let body = json!({
        "zone": "UTC", "from": "2026-01-01", "to": "2026-12-31", "week": {"mon": ["09:00-17:00"]},
        "seasons": [
            {"from": "2026-05-01", "to": "2026-08-31", "week": {}},
            {"from": "2026-08-31", "to": "2026-09-30", "week": {}},
            {"from": "2025-12-31", "to": "2026-01-31", "week": {}}
        ],
        "dates": [
            {"date": "2026-10-01", "to": "2026-10-07", "kind": "holiday"},
            {"date": "2026-10-05", "kind": "make_up", "as": "mon"},
            {"date": "2026-10-05", "kind": "opening", "hours": ["09:00-10:00"]},
            {"date": "2026-10-05", "kind": "opening", "hours": ["09:00-10:00"], "label": "again"},
            {"date": "2027-01-01", "kind": "holiday"}
        ]
    });
    insta::assert_snapshot!(calendar(body).unwrap_err(), @r#"
    body.seasons[1]: duplicate, given 2026-08-31 to 2026-09-30, allowed: days out of 2026-05-01 to 2026-08-31
    body.seasons[2].from: not allowed here, given "2025-12-31", allowed: a day that is covered, 2026-01-01 to 2026-12-31
    body.dates[1]: duplicate, given 2026-10-05, allowed: one word on the whole day; it is a holiday already
    body.dates[3]: duplicate, given 2026-10-05, allowed: each entry once
    body.dates[4].date: not allowed here, given "2027-01-01", allowed: a day that is covered, 2026-01-01 to 2026-12-31
    "#);
    let long = json!({"zone": "UTC", "from": "2000-01-01", "to": "2200-01-01", "week": {}});
    insta::assert_snapshot!(calendar(long).unwrap_err(), @r#"body.to: not allowed here, given "2200-01-01", allowed: a day from 2000-01-01 on, at most 36600 days in all"#);
    let back = json!({"zone": "UTC", "from": "2026-01-02", "to": "2026-01-01", "week": {}});
    insta::assert_snapshot!(calendar(back).unwrap_err(), @r#"body.to: not allowed here, given "2026-01-01", allowed: a day from 2026-01-02 on, at most 36600 days in all"#);
    let openings = |minute: usize| json!({"date": "1990-01-01", "to": "2080-01-01", "kind": "opening", "hours": [format!("00:{minute:02}-01:00")]});
    let many: Vec<Value> = (0..7).map(openings).collect();
    let many = json!({"zone": "UTC", "from": "1990-01-01", "to": "2080-01-01", "week": {}, "dates": many});
    insta::assert_snapshot!(calendar(many).unwrap_err(), @r#"body.dates[6]: not allowed here, given {"date":"1990-01-01","hours":["00:06-01:00"],"kind":"opening…, allowed: at most 200000 days in all entries"#);
}

#[test]
fn an_overlay_is_checked_as_a_calendar_is() {
    let tree = json!({"schema": "guanxi.overlay/1", "id": "ours", "version": "1", "body": {
        "zone": "UTC", "from": "2026-02-01", "to": "2026-01-01", "week": [],
        "dates": [{"date": "2026-01-31", "kind": "closure"}, {"date": "2026-02-01"}]
    }});
    insta::assert_snapshot!(OverlayDocument::from_value(&tree).unwrap_err().to_string(), @r#"
    body.zone: unknown field, given `zone`, allowed: from, to, week, seasons, dates
    body.to: not allowed here, given "2026-01-01", allowed: a day from 2026-02-01 on, at most 36600 days in all
    body.week: wrong type, given [], allowed: a table
    body.dates[1].kind: missing field, allowed: `kind` is required
    "#);
    let spec = OverlaySpec { from: Some("2031-01-01".parse().unwrap()), ..OverlaySpec::default() };
    let overlay = Overlay::try_from(&spec).unwrap();
    let error = preset("five-day").unwrap().body().overlay(&overlay).unwrap_err();
    insta::assert_snapshot!(error.to_string(), @"expected an overlay of days from 2026-01-01 to 2030-12-31, which the calendar covers, got 2031-01-01 to 2030-12-31");
}

#[test]
fn all_problems_of_a_table_come_at_once() {
    let table = "\u{feff}date,kind,label,hours\r
# a comment, with commas\r

2026-10-01..2026-10-07,holiday,\"National Day, 国庆节\"\r
2026-10-03,closure,again\r
2026-10-07..2026-10-01,holiday\r
2026-10-8,feast, ,25:00-26:00\r
2026-10-10,make_up,,fri,and more\r
2026-10-11,make_up\r
2026-10-12,opening,x,09:00-12:00 11:00-13:00\r
2026-10-13,opening,\"a \"\"b\"\"\",13:00-14:00;09:00-10:00\r
holiday\r
";
    insta::assert_snapshot!(parse_dates_csv(table).unwrap_err().to_string(), @"
    line 5: date: given `2026-10-03`, allowed: one word on the whole day; it is a holiday already
    line 6: date: given `2026-10-07..2026-10-01`, allowed: a day such as `2026-06-30`, or days such as `2026-10-01..2026-10-07`
    line 7: date: given `2026-10-8`, allowed: a day such as `2026-06-30`, or days such as `2026-10-01..2026-10-07`
    line 7: kind: given `feast`, allowed: holiday, closure, half_day, make_up, opening
    line 7: hours: given `25:00-26:00`, allowed: hours such as `09:00-12:00 13:00-17:00` that do not overlap, or a day of the week
    line 8: line: given `and more`, allowed: four columns: date, kind, label, hours
    line 9: hours: given `a make-up day without hours`, allowed: a day of the week, or hours
    line 10: hours: given `09:00-12:00 11:00-13:00`, allowed: hours such as `09:00-12:00 13:00-17:00` that do not overlap, or a day of the week
    line 12: date: given `holiday`, allowed: a day such as `2026-06-30`, or days such as `2026-10-01..2026-10-07`
    line 12: kind: given ``, allowed: holiday, closure, half_day, make_up, opening
    ");
    let good: String = table
        .lines()
        .filter(|line| ["2026-10-01", "2026-10-13"].iter().any(|day| line.starts_with(day)))
        .map(|line| format!("{line}\n"))
        .collect();
    insta::assert_json_snapshot!(parse_dates_csv(&good).unwrap(), @r#"
    [
      {
        "date": "2026-10-01",
        "to": "2026-10-07",
        "kind": "holiday",
        "label": "National Day, 国庆节"
      },
      {
        "date": "2026-10-13",
        "kind": "opening",
        "hours": [
          "09:00-10:00",
          "13:00-14:00"
        ],
        "label": "a \"b\""
      }
    ]
    "#);
    assert_eq!(parse_dates_csv(""), Ok(vec![]));
    // Days that the calendar does not cover, or has already, are its to refuse.
    let office = preset("five-day").unwrap();
    let given = parse_dates_csv("2031-01-01,holiday").unwrap();
    insta::assert_snapshot!(office.body().with_dates(given).unwrap_err().to_string(), @r#"dates[0].date: not allowed here, given "2031-01-01", allowed: a day that is covered, 2026-01-01 to 2030-12-31"#);
}

#[test]
fn what_is_suspicious_is_linted() {
    let warnings = |body: Value| {
        let shown = |warning: &guanxi_policy::Warning| {
            format!("{}: {}: {} [{}]", warning.path, warning.found, warning.advice, warning.code)
        };
        lint_calendar(&calendar(body).unwrap()).iter().map(shown).collect::<Vec<_>>().join("\n")
    };
    let never = json!({"zone": "UTC", "from": "2026-01-02", "to": "2026-12-31", "week": {}});
    insta::assert_snapshot!(warnings(never), @"body.week: there is no working time from the first day to the last: nothing is ever due; write the shifts of the week [never_open]");
    let odd = json!({
        "zone": "UTC", "from": "2025-07-01", "to": "2027-12-31",
        "week": {"mon-fri": ["09:00-17:00"], "sun": ["22:00-10:00"]},
        "seasons": [{"from": "2026-07-01", "to": "2026-07-31", "week": {"fri": ["20:00-03:00"], "sat": ["02:00-04:00"]}}],
        "dates": [
            {"date": "2026-01-01", "kind": "holiday"},
            {"date": "2026-02-28", "kind": "holiday"},
            {"date": "2026-03-02", "kind": "make_up", "as": "tue"},
            {"date": "2026-03-03", "kind": "opening", "hours": ["10:00-11:00"]},
            {"date": "2026-03-04", "kind": "closure", "hours": ["07:00-09:00"]},
            {"date": "2026-03-09", "kind": "closure", "hours": ["00:00-01:00"]}
        ]
    });
    insta::assert_snapshot!(warnings(odd), @"
    body.week: in the week a shift of sun runs into one of mon: time of two shifts counts once; end one earlier [shifts_meet]
    body.week: in the week from 2026-07-01 a shift of fri runs into one of sat: time of two shifts counts once; end one earlier [shifts_meet]
    body.dates: 2027 has no holiday: write its holidays, or end the calendar before it [no_holidays]
    body.dates[2026-03-02]: the make_up changes nothing: leave it out, or mend its day or hours [no_effect]
    body.dates[2026-03-03]: the opening changes nothing: leave it out, or mend its day or hours [no_effect]
    body.dates[2026-03-04]: the closure changes nothing: leave it out, or mend its day or hours [no_effect]
    ");
}

/// What is written in another way is the same calendar, with the same fingerprint.
#[test]
fn there_is_one_normal_form() {
    let one = calendar(json!({
        "zone": "UTC", "from": "2026-01-01", "to": "2026-12-31",
        "week": {"mon-fri": ["13:00-00:00", "09:00-12:00"]},
        "dates": [
            {"date": "2026-10-02", "to": "2026-10-03", "kind": "holiday", "label": "国庆节"},
            {"date": "2026-10-01", "kind": "holiday", "label": "国庆节"},
            {"date": "2026-10-04", "kind": "holiday"}
        ]
    }))
    .unwrap();
    let shifts = json!(["09:00-12:00", "13:00-24:00"]);
    let other = calendar(json!({
        "zone": "+00:00", "from": "2026-01-01", "to": "2026-12-31",
        "week": {"mon-tue": shifts, "wed": shifts, "thu-fri": shifts, "sat": []},
        "dates": [
            {"date": "2026-10-01", "to": "2026-10-03", "kind": "holiday", "label": "国庆节"},
            {"date": "2026-10-04", "to": "2026-10-04", "kind": "holiday"}
        ]
    }))
    .unwrap();
    assert_eq!(one, other);
    assert_eq!(one.stamp().fingerprint, other.stamp().fingerprint);
    insta::assert_json_snapshot!(one.to_value()["body"], @r#"
    {
      "dates": [
        {
          "date": "2026-10-01",
          "kind": "holiday",
          "label": "国庆节",
          "to": "2026-10-03"
        },
        {
          "date": "2026-10-04",
          "kind": "holiday"
        }
      ],
      "from": "2026-01-01",
      "to": "2026-12-31",
      "week": {
        "fri": [
          "09:00-12:00",
          "13:00-24:00"
        ],
        "mon": [
          "09:00-12:00",
          "13:00-24:00"
        ],
        "thu": [
          "09:00-12:00",
          "13:00-24:00"
        ],
        "tue": [
          "09:00-12:00",
          "13:00-24:00"
        ],
        "wed": [
          "09:00-12:00",
          "13:00-24:00"
        ]
      },
      "zone": "UTC"
    }
    "#);
    let spec = guanxi_policy::Body::spec(one.body());
    assert_eq!(&WorkCalendar::try_from(&spec).unwrap(), one.body());
}
