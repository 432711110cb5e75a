//! The arguments of `guanxi calendar` and `guanxi sla`.
use std::path::PathBuf;

use clap::{Args, Subcommand};
use guanxi::calendar::Term;
use serde_json::json;

use super::Lang;

#[derive(Subcommand)]
pub(crate) enum CalendarCommand {
    /// Check a calendar, or a CSV file of days: every problem with its line
    #[command(after_help = "\
Examples:
  guanxi calendar check ours.toml
  guanxi calendar check holidays.csv --calendar five-day

A file whose name ends in .csv holds days, one a line: date,kind,label,hours. With --calendar, the days
are checked against that calendar, too. See docs/src/calendar.md.")]
    Check {
        /// The file: a calendar, an overlay (JSON or TOML), or days (CSV)
        file: PathBuf,
        /// The calendar that the days of a CSV file are for: a preset's id or a file
        #[arg(long, value_name = "ID|FILE")]
        calendar: Option<String>,
    },
    /// Say when a term that begins at an instant is over
    #[command(after_help = "\
Examples:
  guanxi calendar due --calendar five-day --from 2026-06-27T15:00:00Z --within '1 working hour'
  guanxi calendar due --calendar ours.json --dates holidays.csv --from 2026-09-30T17:00:00+08:00 --within '2 working days'

Terms: N working hours (minutes, seconds, days), N hours (minutes, seconds, days), end of working day.")]
    Due {
        #[command(flatten)]
        calendar: CalendarSource,
        /// When the term begins; a day begins in the zone of the calendar
        #[arg(long, value_name = "T")]
        from: String,
        /// How long it is, such as '2 working hours'
        #[arg(long, value_name = "TERM", value_parser = term, allow_hyphen_values = true)]
        within: Term,
    },
    /// Say how much working time lies between two instants
    #[command(after_help = "\
Example:
  guanxi calendar between --calendar five-day --from 2026-06-26T16:00:00Z --to 2026-06-29T10:00:00Z")]
    Between {
        #[command(flatten)]
        calendar: CalendarSource,
        /// The first instant or day
        #[arg(long, value_name = "T")]
        from: String,
        /// The first instant or day that no longer counts
        #[arg(long, value_name = "T")]
        to: String,
    },
}

/// Whose working time is meant.
#[derive(Args)]
pub(crate) struct CalendarSource {
    /// The calendar: a preset's id or a file (JSON or TOML)
    #[arg(long, value_name = "ID|FILE")]
    pub(crate) calendar: String,
    /// Further days that differ, such as holidays, as CSV
    #[arg(long, value_name = "FILE")]
    pub(crate) dates: Option<PathBuf>,
    /// How a team or a person differs: an overlay file
    #[arg(long, value_name = "FILE")]
    pub(crate) overlay: Option<PathBuf>,
}

/// A term as it is said: `2 working hours`, `3 days`, `end of working day`.
fn term(text: &str) -> Result<Term, String> {
    const ALLOWED: &str = "a whole number and a unit, such as `2 working hours`, `90 working minutes`, \
                           `3 working days`, `24 hours`, `7 days`, or `end of working day`";
    let words: Vec<&str> = text.split_whitespace().collect();
    let (count, unit) = match words.as_slice() {
        ["end", "of", "working", "day"] | ["end", "of", "the", "working", "day"] => {
            (0, "end_of_working_day".to_owned())
        }
        [count, unit @ ..] if !unit.is_empty() => {
            let count = count.parse::<u64>().map_err(|_| format!("expected {ALLOWED}"))?;
            let unit = unit.join("_");
            (count, if unit.ends_with('s') { unit } else { format!("{unit}s") })
        }
        _ => return Err(format!("expected {ALLOWED}")),
    };
    const UNITS: [&str; 8] = [
        "working_hours",
        "working_minutes",
        "working_seconds",
        "working_days",
        "hours",
        "minutes",
        "seconds",
        "days",
    ];
    if unit != "end_of_working_day" && !UNITS.contains(&unit.as_str()) {
        return Err(format!("expected {ALLOWED}"));
    }
    serde_json::from_value(json!({ unit: count })).map_err(|error| error.to_string())
}

#[derive(Args)]
#[command(after_help = "\
A line in: a case that is opened, or the state that the last run printed, and what happened since:
  {\"subject\": \"T1\", \"opening\": {\"at\": \"2026-06-29T10:00:00Z\", \"priority\": \"normal\", \"kind\": \"complaint\"},
   \"entries\": [{\"entry\": \"paused\", \"at\": \"2026-06-29T11:00:00Z\", \"reason\": \"waiting_for_customer\"}]}
  {\"subject\": \"T1\", \"state\": {...}, \"entries\": [{\"entry\": \"met\", \"at\": \"2026-06-29T12:00:00Z\", \"milestone\": \"first_response\"}]}
(each on one line; entries are paused, resumed, met, reopened, priority, calendar and zone)

A line out: how each milestone stands, what is used and left, when it is warned of and due, the state
to keep, and when time alone changes something.

Examples:
  guanxi sla --calendar five-day --as-of 2026-06-29T13:00:00Z --lang en < cases.jsonl
  guanxi sla --policy ours.toml --calendar office.json --calendar night.json < cases.jsonl")]
pub(crate) struct SlaArgs {
    /// A preset's id (standard, office-hours) or a policy file (JSON or TOML)
    #[arg(long, value_name = "ID|FILE", default_value = "standard")]
    pub(crate) policy: String,
    /// A policy by which states of earlier runs were kept; the other takes such cases over at the instant of
    /// the run, with what they have used
    #[arg(long, value_name = "ID|FILE")]
    pub(crate) before: Vec<String>,
    /// The calendars that cases run by; an opening that names none runs by the first
    #[arg(long, value_name = "ID|FILE", required = true)]
    pub(crate) calendar: Vec<String>,
    /// The instant or day at which clocks are read; now, if left out
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// Add the reasons as text in this language
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Lang>,
    /// Count bad lines and end with 0 all the same
    #[arg(long)]
    pub(crate) skip_bad: bool,
}
