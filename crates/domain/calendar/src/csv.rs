//! Holidays and make-up days from a plain table.
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use chrono::NaiveDate;
use guanxi_core::{Inert, Quoted};

use crate::calendar::{DateRule, Dates};
use crate::read::{clash, insert, misfit, overlap, parse_day};
use crate::shift::Shift;
use crate::spec::{DateKind, DateSpec, DayLabel};
use crate::weekday::Weekday;

/// The most days that one line names.
const MOST_DAYS: i64 = 366;

/// One thing wrong with a table of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvProblem {
    /// The line, from 1.
    pub line: usize,
    /// The column.
    pub column: &'static str,
    /// What was given, cut short.
    pub given: String,
    /// What is allowed.
    pub allowed: String,
}

impl fmt::Display for CsvProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, given, allowed } = self;
        write!(f, "line {line}: {column}: given {}, allowed: {}", Quoted(given), Inert(allowed))
    }
}

/// Everything wrong with a table of days, by line; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct CsvProblems(Vec<CsvProblem>);

impl CsvProblems {
    /// The problems, by line.
    pub fn iter(&self) -> impl Iterator<Item = &CsvProblem> {
        self.0.iter()
    }
}

impl fmt::Display for CsvProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |i| if i > 0 { "\n" } else { "" };
        self.0.iter().enumerate().try_for_each(|(i, problem)| write!(f, "{}{problem}", end(i)))
    }
}

/// Reads the days of a table `date,kind,label,hours`, for
/// [`WorkCalendar::with_dates`](crate::WorkCalendar::with_dates).
///
/// - `date`: a day `2026-10-01`, or days in a row `2026-10-01..2026-10-07`, at most 366.
/// - `kind`: `holiday`, `closure`, `half_day`, `make_up` or `opening`, see [`DateKind`].
/// - `label`: what it is called; may be empty. In double quotes it may hold commas.
/// - `hours`: hours such as `09:00-12:00 13:00-17:00`, apart by a blank or `;`; of a make-up day also a
///   day of the week, `mon` to `sun`. The column may be left out where there are none.
///
/// A first line that names the columns, empty lines and lines that begin with `#` are passed over.
///
/// # Errors
/// All [`CsvProblems`] together: also days said twice.
///
/// ```
/// use chrono::NaiveDate;
/// use guanxi_calendar::{parse_dates_csv, preset};
/// let dates = parse_dates_csv("\
/// date,kind,label,hours
/// 2026-12-24,half_day,Christmas Eve,09:00-12:00
/// 2026-12-25..2026-12-26,holiday,Christmas
/// ")?;
/// let calendar = preset("five-day").ok_or("no such preset")?.body().with_dates(dates)?;
/// let eve = NaiveDate::from_ymd_opt(2026, 12, 24).and_then(|eve| calendar.day(eve)).ok_or("no such day")?;
/// assert_eq!(eve.shifts[0].to_string(), "09:00-12:00");
///
/// let problems = parse_dates_csv("2026-02-29,holiday\n2026-03-01,feast,Spring").unwrap_err();
/// assert_eq!(problems.to_string(), "\
/// line 1: date: given `2026-02-29`, allowed: a day such as `2026-06-30`, or days such as `2026-10-01..2026-10-07`
/// line 2: kind: given `feast`, allowed: holiday, closure, half_day, make_up, opening");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn parse_dates_csv(text: &str) -> Result<Vec<DateSpec>, CsvProblems> {
    let mut table = Table::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut first = true;
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim_end_matches('\r');
        if text.trim().is_empty() || text.starts_with('#') {
            continue;
        }
        let cells = cells(text);
        let heads = cells.iter().zip(["date", "kind", "label", "hours"]).all(|(cell, head)| cell == head);
        if !(first && heads) {
            table.line(line, &cells);
        }
        first = false;
    }
    if table.problems.is_empty() { Ok(table.entries) } else { Err(CsvProblems(table.problems)) }
}

/// The cells of a line: apart by commas, in double quotes if they hold some, `""` for a quote.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' if quoted || cell.trim().is_empty() => quoted = !quoted,
            ',' if !quoted => cells.push(core::mem::take(&mut cell)),
            letter => cell.push(letter),
        }
    }
    cells.push(cell);
    cells.iter().map(|cell| cell.trim().to_string()).collect()
}

#[derive(Default)]
struct Table {
    entries: Vec<DateSpec>,
    said: Dates,
    problems: Vec<CsvProblem>,
}

impl Table {
    fn line(&mut self, line: usize, cells: &[String]) {
        let cell = |place: usize| cells.get(place).map_or("", String::as_str);
        let mut wrong = |column, given: &str, allowed: String| {
            let given = given.chars().take(41).collect();
            self.problems.push(CsvProblem { line, column, given, allowed });
        };
        let days = read_days(cell(0));
        if days.is_none() {
            let allowed = "a day such as `2026-06-30`, or days such as `2026-10-01..2026-10-07`";
            wrong("date", cell(0), allowed.into());
        }
        let kind = DateKind::WORDS.into_iter().find(|(word, _)| *word == cell(1)).map(|(_, kind)| kind);
        if kind.is_none() {
            wrong("kind", cell(1), DateKind::WORDS.map(|(word, _)| word).join(", "));
        }
        let label = if cell(2).is_empty() { Ok(None) } else { DayLabel::new(cell(2)).map(Some) };
        if let Err(error) = &label {
            wrong("label", cell(2), error.to_string());
        }
        let hours = read_hours(cell(3));
        if hours.is_none() {
            let allowed = "hours such as `09:00-12:00 13:00-17:00` that do not overlap, or a day of the week";
            wrong("hours", cell(3), allowed.into());
        }
        if let Some(more) = cells.get(4) {
            wrong("line", more, "four columns: date, kind, label, hours".into());
        }
        let (Some((from, to)), Some(kind), Ok(label), Some((hours, works_as))) = (days, kind, label, hours)
        else {
            return;
        };
        if let Some((given, allowed)) = misfit(kind, &hours, works_as.is_some()) {
            wrong("hours", &given, allowed.into());
            return;
        }
        let rule = DateRule { kind, hours, works_as, label };
        if let Some((day, allowed)) = clash(&self.said, from, to, &rule) {
            wrong("date", &day, allowed);
            return;
        }
        insert(&mut self.said, from, to, &rule);
        let DateRule { kind, hours, works_as, label } = rule;
        self.entries.push(DateSpec {
            date: from,
            to: (from < to).then_some(to),
            kind,
            hours,
            works_as,
            label,
        });
    }
}

fn read_days(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let (from, to) = (parse_day(from.trim())?, parse_day(to.trim())?);
    (0..MOST_DAYS).contains(&to.signed_duration_since(from).num_days()).then_some((from, to))
}

/// Hours in their order, or a day of the week, or neither.
fn read_hours(text: &str) -> Option<(Vec<Shift>, Option<Weekday>)> {
    if let Some(day) = Weekday::read(text) {
        return Some((Vec::new(), Some(day)));
    }
    let words = text.split([' ', ';']).filter(|word| !word.is_empty());
    let mut hours: Vec<Shift> = Vec::new();
    for word in words {
        let shift = Shift::try_from(word.to_string()).ok()?;
        if hours.iter().any(|other| overlap(*other, shift)) {
            return None;
        }
        hours.push(shift);
    }
    hours.sort_unstable();
    Some((hours, None))
}
