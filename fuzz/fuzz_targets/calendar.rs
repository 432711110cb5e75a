//! Calendars, overlays and tables of days.
#![no_main]

use std::sync::LazyLock;

use guanxi_calendar::{
    Overlay, Term, WorkCalendar, WorkingDays, WorkingTime, lint_calendar, parse_dates_csv, preset, preset_ids,
};
use serde_json::{Value, json};

static SOUND: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let busy = json!({"schema": "guanxi.calendar/1", "id": "busy", "version": "1", "body": {
        "zone": "+08:00", "from": "2026-02-01", "to": "2026-04-30",
        "week": {"mon-thu": ["09:00-12:00", "13:00-18:00"], "fri": ["22:00-06:00"]},
        "seasons": [{"from": "2026-03-01", "to": "2026-03-31", "week": {"sat": ["00:00-24:00"]}, "label": "March"}],
        "dates": [
            {"date": "2026-02-15", "to": "2026-02-23", "kind": "holiday", "label": "春节"},
            {"date": "2026-02-14", "kind": "make_up", "as": "mon"},
            {"date": "2026-04-03", "kind": "half_day", "hours": ["09:00-11:00"]},
            {"date": "2026-04-07", "kind": "closure", "hours": ["10:00-14:00"]},
            {"date": "2026-04-11", "kind": "opening", "hours": ["10:00-14:00"]},
        ],
    }});
    preset_ids().iter().map(|id| preset(id).expect("a preset").to_value()).chain([busy]).collect()
});

static OVERLAYS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    SOUND.iter().cloned().map(|mut tree| {
        tree["schema"] = json!("guanxi.overlay/1");
        if let Some(body) = tree["body"].as_object_mut() {
            body.remove("zone");
        }
        tree
    }).collect()
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(text) = guanxi_fuzz::text(bytes) {
        match parse_dates_csv(text) {
            Ok(dates) => drop(preset("five-day").expect("a preset").body().with_dates(dates)),
            Err(problems) => assert!(problems.iter().count() > 0 && problems.to_string().lines().all(guanxi_core::is_inert)),
        }
    }
    if let Some(overlay) = guanxi_fuzz::tree(bytes, &OVERLAYS).and_then(|tree| guanxi_fuzz::document::<Overlay>(&tree)) {
        let calendar = preset("five-day").expect("a preset");
        if let Ok(both) = calendar.body().overlay(overlay.body()) {
            let spec = guanxi_policy::Body::spec(&both);
            assert_eq!(WorkCalendar::try_from(&spec).as_ref(), Ok(&both), "the normal form reads differently");
        }
    }
    let Some(tree) = guanxi_fuzz::tree(bytes, &SOUND) else { return };
    let Some(calendar) = guanxi_fuzz::document::<WorkCalendar>(&tree) else { return };
    let _ = lint_calendar(&calendar);
    let schedule = calendar.body().compile();
    let (from, to) = schedule.horizon();
    assert_eq!(schedule.between(from, to), Ok(schedule.total()));
    for start in [from, from + (to - from) / 2] {
        let term = Term::Working(WorkingTime::from_minutes(61));
        if let Ok(due) = schedule.due(start, term) {
            assert_eq!(schedule.between(start, due), Ok(WorkingTime::from_minutes(61)));
        }
        let _ = schedule.due(start, Term::WorkingDays(WorkingDays(3)));
        if let Ok(open) = schedule.next_open(start) {
            assert_eq!(schedule.is_open(open), Ok(true));
        }
    }
});
