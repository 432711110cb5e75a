//! `guanxi calendar`: check, due, between.
use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, Utc};
use guanxi::calendar::{
    CalendarDocument, DateSpec, OverlayDocument, Term, WorkCalendar, WorkingTime, parse_dates_csv,
};
use guanxi::core::Zone;
use serde::Serialize;

use crate::args::{CalendarCommand, CalendarSource};
use crate::document;
use crate::given::instant_in;
use crate::output::{Failure, Outcome};
use crate::policy;

pub(crate) fn run(command: &CalendarCommand) -> Result<Outcome, Failure> {
    match command {
        CalendarCommand::Check { file, calendar } if is_csv(file) => check_dates(file, calendar.as_deref()),
        CalendarCommand::Check { calendar: Some(_), .. } => {
            Err(Failure::told("--calendar is for the days of a CSV file; a calendar is checked by itself"))
        }
        CalendarCommand::Check { file, calendar: None } => policy::check(file, None),
        CalendarCommand::Due { calendar, from, within } => due(calendar, from, *within),
        CalendarCommand::Between { calendar, from, to } => between(calendar, from, to),
    }
}

fn is_csv(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
}

fn check_dates(file: &Path, calendar: Option<&str>) -> Result<Outcome, Failure> {
    let calendar: Option<CalendarDocument> =
        calendar.map(|name| document::named(name, "calendar")).transpose()?;
    let dates = match dates(file)? {
        Ok(dates) => dates,
        Err(problems) => return policy::bad(&problems),
    };
    let count = u64::try_from(dates.len()).unwrap_or(u64::MAX);
    if let Some(calendar) = &calendar
        && let Err(problems) = calendar.body().with_dates(dates)
    {
        let lines = problems.iter().map(|problem| format!("{}: {problem}", file.display()));
        return policy::bad(&lines.collect::<Vec<_>>().join("\n"));
    }
    let fits = calendar.map_or_else(String::new, |calendar| format!(" of `{}`", calendar.head().id));
    let entries = if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") };
    policy::print(&format!("{}: sound: {entries}{fits}", file.display()))
}

/// The days of a CSV file, or every problem with the file's name.
fn dates(file: &Path) -> Result<Result<Vec<DateSpec>, String>, Failure> {
    let text = document::read_text(file)?;
    Ok(parse_dates_csv(&text).map_err(|problems| {
        let lines = problems.iter().map(|problem| format!("{}: {problem}", file.display()));
        lines.collect::<Vec<_>>().join("\n")
    }))
}

/// The calendar that is meant, with all that is laid over it.
fn calendar(source: &CalendarSource) -> Result<WorkCalendar, Failure> {
    let document: CalendarDocument = document::named(&source.calendar, "calendar")?;
    let mut calendar = document.body().clone();
    if let Some(file) = &source.dates {
        let dates = dates(file)?.map_err(Failure::told)?;
        calendar = calendar
            .with_dates(dates)
            .map_err(|problems| Failure::told(format!("{}: {problems}", file.display())))?;
    }
    if let Some(file) = &source.overlay {
        let overlay: OverlayDocument = document::read(file)?;
        calendar = calendar
            .overlay(overlay.body())
            .map_err(|error| Failure::told(format!("{}: {error}", file.display())))?;
    }
    Ok(calendar)
}

fn instant(name: &str, text: &str, zone: Zone) -> Result<DateTime<Utc>, Failure> {
    instant_in(text, zone).map_err(|error| Failure::told(format!("{name}: {error}")))
}

/// When a term is over.
#[derive(Serialize)]
struct Due {
    from: DateTime<Utc>,
    within: Term,
    due: DateTime<Utc>,
    /// The same instant on the clock of the calendar.
    local: String,
}

fn due(source: &CalendarSource, from: &str, within: Term) -> Result<Outcome, Failure> {
    let calendar = calendar(source)?;
    let schedule = calendar.compile();
    let zone = schedule.zone();
    let from = instant("--from", from, zone)?;
    let due = schedule.due(from, within).map_err(Failure::told)?;
    let local = due.with_timezone(&zone.offset(due)).to_rfc3339();
    answer(&Due { from, within, due, local })
}

/// How much working time lies between two instants.
#[derive(Serialize)]
struct Between {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    working_seconds: u64,
    /// The same to read, such as `26 h 30 min`.
    working_time: String,
}

fn between(source: &CalendarSource, from: &str, to: &str) -> Result<Outcome, Failure> {
    let calendar = calendar(source)?;
    let schedule = calendar.compile();
    let zone = schedule.zone();
    let (from, to) = (instant("--from", from, zone)?, instant("--to", to, zone)?);
    let time: WorkingTime = schedule.between(from, to).map_err(Failure::told)?;
    answer(&Between { from, to, working_seconds: time.seconds(), working_time: time.to_string() })
}

fn answer(answer: &impl Serialize) -> Result<Outcome, Failure> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, answer)
        .map_err(Into::into)
        .and_then(|()| writeln!(out))
        .and_then(|()| out.flush())
        .map_err(|error| Failure::output(&error))?;
    Ok(Outcome::Well)
}
