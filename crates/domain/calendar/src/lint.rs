use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use chrono::{Datelike, NaiveDate};
use guanxi_policy::Warning;

use crate::calendar::{CalendarDocument, DateRule, Season, Week, WorkCalendar, date_specs};
use crate::minutes::of_shift;
use crate::spec::{DateKind, DateSpec};
use crate::weekday::Weekday;

/// What is legal in a calendar but suspicious: never open, a year without holidays, shifts that meet, and
/// entries without effect.
#[must_use]
pub fn lint_calendar(document: &CalendarDocument) -> Vec<Warning> {
    let calendar = document.body();
    let mut warnings = Vec::new();
    let mut warn = |path: String, code, found: String, advice: &str| {
        warnings.push(Warning { path, code, found, advice: advice.to_owned() });
    };
    if calendar.compile().working_days() == 0 {
        let found = "there is no working time from the first day to the last".to_owned();
        warn(
            "body.week".to_owned(),
            "never_open",
            found,
            "nothing is ever due; write the shifts of the week",
        );
    }
    let weeks =
        calendar.seasons.iter().map(|Season { from, week, .. }| (format!("the week from {from}"), week));
    for (name, week) in [("the week".to_owned(), &calendar.week)].into_iter().chain(weeks) {
        if let Some((day, next)) = meeting(week) {
            let found = format!("in {name} a shift of {day} runs into one of {next}");
            warn(
                "body.week".to_owned(),
                "shifts_meet",
                found,
                "time of two shifts counts once; end one earlier",
            );
        }
    }
    for year in years_without_holidays(calendar) {
        let found = format!("{year} has no holiday");
        warn(
            "body.dates".to_owned(),
            "no_holidays",
            found,
            "write its holidays, or end the calendar before it",
        );
    }
    for entry in date_specs(&calendar.dates) {
        if is_idle(calendar, &entry) {
            let path = format!("body.dates[{}]", entry.date);
            let found = format!("the {} changes nothing", entry.kind.code());
            warn(path, "no_effect", found, "leave it out, or mend its day or hours");
        }
    }
    warnings
}

/// The first day whose shifts reach into those of the next.
fn meeting(week: &Week) -> Option<(Weekday, Weekday)> {
    let next = Weekday::ALL.iter().cycle().skip(1);
    Weekday::ALL.iter().zip(next).map(|(day, next)| (*day, *next)).find(|(day, next)| {
        let last = week.of(*day).iter().map(|shift| of_shift(*shift, 0).1).max();
        let first = week.of(*next).iter().map(|shift| of_shift(*shift, 1).0).min();
        last.zip(first).is_some_and(|(last, first)| first < last)
    })
}

/// The years that are covered whole and have no holiday or closure of a whole day.
fn years_without_holidays(calendar: &WorkCalendar) -> Vec<i32> {
    let (from, to) = calendar.horizon();
    let whole = |year: &i32| {
        NaiveDate::from_yo_opt(*year, 1).is_some_and(|day| from <= day)
            && NaiveDate::from_ymd_opt(*year, 12, 31).is_some_and(|day| day <= to)
    };
    let mut years: BTreeMap<i32, bool> =
        (from.year()..=to.year()).filter(whole).map(|year| (year, false)).collect();
    for (day, rules) in &calendar.dates {
        let closed = rules
            .iter()
            .any(|rule| rule.is_whole_day() && matches!(rule.kind, DateKind::Holiday | DateKind::Closure));
        if closed && let Some(seen) = years.get_mut(&day.year()) {
            *seen = true;
        }
    }
    years.into_iter().filter(|(_, seen)| !seen).map(|(year, _)| year).collect()
}

/// Whether the calendar is the same without an entry. Holidays are, on days that are closed anyway.
fn is_idle(calendar: &WorkCalendar, entry: &DateSpec) -> bool {
    if entry.kind == DateKind::Holiday {
        return false;
    }
    let mut days = entry.date.iter_days().take_while(|day| *day <= entry.to.unwrap_or(entry.date));
    days.all(|day| {
        let rules = calendar.rules(day);
        let others = rules.iter().filter(|rule| rule.kind != entry.kind || rule.hours != entry.hours);
        let others: Vec<DateRule> = others.cloned().collect();
        // A closure reaches into the night shift of the day before.
        let night = |rules: &[DateRule]| {
            day.pred_opt().map(|before| calendar.minutes_by(before, calendar.rules(before), rules))
        };
        let next = day.succ_opt().map_or(&[] as &[DateRule], |next| calendar.rules(next));
        night(rules) == night(&others)
            && calendar.minutes_by(day, rules, next) == calendar.minutes_by(day, &others, next)
    })
}
