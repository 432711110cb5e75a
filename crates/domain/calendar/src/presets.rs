use guanxi_policy::Document;

use crate::calendar::CalendarDocument;

const CALENDARS: [(&str, &str); 1] = [("five-day", include_str!("../presets/five-day.json"))];

/// The ids of the embedded calendars.
///
/// - `five-day`: Monday to Friday from 09:00 to 17:00 in UTC, of the years 2026 to 2030. It knows no
///   holidays, which are those of a place: an example to start from, and for tests.
#[must_use]
pub fn preset_ids() -> [&'static str; 1] {
    CALENDARS.map(|(id, _)| id)
}

/// An embedded calendar by its id.
#[must_use]
pub fn preset(id: &str) -> Option<CalendarDocument> {
    let (_, json) = CALENDARS.iter().find(|(preset, _)| *preset == id)?;
    Document::from_json(json).ok()
}
