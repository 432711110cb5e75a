//! How a team or a person differs from a calendar.
use alloc::vec::Vec;

use chrono::NaiveDate;
use guanxi_policy::{Body, Document, Problems, check};

use crate::calendar::{DateRule, Dates, Season, Week, WorkCalendar, closed};
use crate::minutes::{Minutes, of_shift, without};
use crate::shift::Shift;
use crate::spec::{DateKind, OverlaySpec};

/// An overlay with its id, version, validity and fingerprint.
pub type OverlayDocument = Document<Overlay>;

/// How a team or a person differs from a calendar: own hours, leave, days of duty.
///
/// What is said of [`WorkCalendar`] holds, and of what both say:
/// - a `week` stands in place of the calendar's week and seasons; without one, seasons of the overlay
///   go before those of the calendar. Make-up days of the calendar have the shifts of that week;
/// - an entry of the overlay that says the whole day (a holiday, a closure without hours, a half-day,
///   a make-up day) stands in place of all that the calendar says of that date, openings included;
/// - other entries come on top: a closure with hours closes openings of the calendar too, and an
///   opening is open in spite of all closures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlay {
    pub(crate) from: Option<NaiveDate>,
    pub(crate) to: Option<NaiveDate>,
    pub(crate) week: Option<Week>,
    pub(crate) seasons: Vec<Season>,
    pub(crate) dates: Dates,
}

impl TryFrom<&OverlaySpec> for Overlay {
    type Error = Problems;

    fn try_from(spec: &OverlaySpec) -> Result<Self, Problems> {
        check(&serde_json::to_value(spec).unwrap_or_default(), Self::read)
    }
}

/// Why an overlay does not fit a calendar.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected an overlay of days from {from} to {to}, which the calendar covers, got {given_from} to {given_to}"
)]
pub struct OverlayError {
    /// The first day of the calendar.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
    /// The first day of the overlay.
    pub given_from: NaiveDate,
    /// Its last day.
    pub given_to: NaiveDate,
}

impl WorkCalendar {
    /// The calendar of a team or a person who differs from this one.
    ///
    /// The result is a calendar like any other and covers the days that both cover; entries for other
    /// days have no effect.
    ///
    /// # Errors
    /// [`OverlayError`] if they have no day in common.
    ///
    /// ```
    /// use guanxi_calendar::{OverlayDocument, preset};
    /// use guanxi_core::parse_instant;
    ///
    /// let team = preset("five-day").ok_or("no such preset")?;
    /// let person = OverlayDocument::from_json(r#"{
    ///   "schema": "guanxi.overlay/1", "id": "part-time", "version": "1",
    ///   "body": {
    ///     "week": {"mon-wed": ["09:00-13:00"]},
    ///     "dates": [{"date": "2026-08-03", "to": "2026-08-14", "kind": "closure", "label": "leave"}]
    ///   }
    /// }"#)?;
    /// let schedule = team.body().overlay(person.body())?.compile();
    /// assert_eq!(schedule.next_open(parse_instant("2026-07-29T13:00:00Z")?)?, parse_instant("2026-08-17T09:00:00Z")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn overlay(&self, overlay: &Overlay) -> Result<Self, OverlayError> {
        let from = overlay.from.map_or(self.from, |from| from.max(self.from));
        let to = overlay.to.map_or(self.to, |to| to.min(self.to));
        if to < from {
            return Err(OverlayError {
                from: self.from,
                to: self.to,
                given_from: overlay.from.unwrap_or(self.from),
                given_to: overlay.to.unwrap_or(self.to),
            });
        }
        let (week, beneath) = match &overlay.week {
            Some(week) => (week.clone(), &[] as &[Season]),
            None => (self.week.clone(), self.seasons.as_slice()),
        };
        let mut seasons = overlay.seasons.clone();
        seasons.extend(beneath.iter().flat_map(|season| outside(season, &overlay.seasons)));
        seasons.retain_mut(|season| {
            (season.from, season.to) = (season.from.max(from), season.to.min(to));
            season.from <= season.to
        });
        seasons.sort_unstable_by_key(|season| season.from);
        let mut dates = merge(&self.dates, &overlay.dates);
        dates.retain(|day, _| from <= *day && *day <= to);
        Ok(Self { zone: self.zone, from, to, week, seasons, dates })
    }
}

/// What is left of a season where others go before it.
fn outside(season: &Season, others: &[Season]) -> Vec<Season> {
    let mut left = Vec::new();
    let mut from = season.from;
    for other in others.iter().filter(|other| season.from <= other.to && other.from <= season.to) {
        if from < other.from
            && let Some(to) = other.from.pred_opt()
        {
            left.push(Season { from, to, ..season.clone() });
        }
        let Some(next) = other.to.succ_opt() else { return left };
        from = next;
    }
    if from <= season.to {
        left.push(Season { from, ..season.clone() });
    }
    left
}

/// The rules of both, so that they say as one what they say one over the other; of two that do the same,
/// the calendar's own.
fn merge(base: &Dates, over: &Dates) -> Dates {
    let mut dates = Dates::new();
    let mut add = |day: NaiveDate, rule: DateRule| {
        let rules = dates.entry(day).or_default();
        if !rules.iter().any(|other| other.kind == rule.kind && other.hours == rule.hours) {
            let place = rules.partition_point(|other| *other < rule);
            rules.insert(place, rule);
        }
    };
    for (day, rules) in base {
        if over.get(day).is_some_and(|rules| rules.iter().any(DateRule::is_whole_day)) {
            continue;
        }
        let cuts = over.get(day).map_or(Vec::new(), |rules| closed(rules, 0));
        for rule in rules {
            if rule.kind != DateKind::Opening {
                add(*day, rule.clone());
                continue;
            }
            // Of an opening that the overlay closes in part, what is left.
            let open = rule.hours.iter().map(|hours| of_shift(*hours, 0)).collect();
            let left: Vec<Shift> = without(open, &cuts).into_iter().filter_map(shift).collect();
            if !left.is_empty() {
                add(*day, DateRule { hours: left, ..rule.clone() });
            }
        }
    }
    for (day, rules) in over {
        rules.iter().for_each(|rule| add(*day, rule.clone()));
    }
    dates
}

fn shift((start, end): Minutes) -> Option<Shift> {
    Shift::from_minutes(u16::try_from(start).ok()?, u16::try_from(end).ok()?)
}
