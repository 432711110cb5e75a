//! The arguments of `guanxi plan` and `guanxi due`.
use clap::{Args, ValueEnum};

use super::Lang;

#[derive(Args)]
#[command(after_help = "\
A line in (`facts` and `events` as in `guanxi assess` and `guanxi condition explain`; `state` is what the line
out of the last run holds in its `outcome`, null or left out the first time; `events` are those since):
  {\"subject\": \"C1\", \"facts\": {\"open_opportunities\": 1}, \"state\": null, \"events\":
   [{\"id\": \"1\", \"kind\": \"visit.made\", \"occurred_at\": \"2026-01-05T10:00:00Z\"}]}

Examples:
  guanxi plan --as-of 2026-01-09 --lang en < customers.jsonl > plans.jsonl
  guanxi due --until 2026-01-16 --table < plans.jsonl

A line out: what is due, upcoming, held back and by what, what has moved, what is cancelled and done since the
last run, why, and in `next_change` when to plan again. Word of a step comes as an event such as
action.done with the attribute `key`.")]
pub(crate) struct PlanArgs {
    /// A preset's id (standard) or a file of actions (JSON or TOML)
    #[arg(long, value_name = "ID|FILE", default_value = "standard")]
    pub(crate) policy: String,
    /// The calendars that terms may be in: presets' ids or files
    #[arg(long, value_name = "ID|FILE", default_value = "five-day")]
    pub(crate) calendar: Vec<String>,
    /// From when on the actions are followed; by default from when they are in force, or else the first run
    #[arg(long, value_name = "T")]
    pub(crate) since: Option<String>,
    /// The instant or day of the plan; now, if left out
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// Add the reasons as text in this language
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Lang>,
    /// Count bad lines and end with 0 all the same
    #[arg(long)]
    pub(crate) skip_bad: bool,
}

/// What `guanxi due` lists: every step, or how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DueView {
    Steps,
    Workload,
}

#[derive(Args)]
#[command(after_help = "\
A line in: a line out of `guanxi plan`, or {\"state\": ...} with the state in it. Of two lines of one subject
the later one counts.

Examples:
  guanxi due --until 2026-01-16 < plans.jsonl
  guanxi due --until 2026-01-16 --role sales_manager --table < plans.jsonl
  guanxi due --until 2026-03-31 --view workload --table < plans.jsonl

Out: the steps that may be done by then if nothing happens, all customers together, sorted by the
instant at which they begin, then as a plan sorts them; or their counts. Steps that are held back are
counted apart.")]
pub(crate) struct DueArgs {
    /// The actions by which the plans were made: a preset's id (standard) or a file (JSON or TOML)
    #[arg(long, value_name = "ID|FILE", default_value = "standard")]
    pub(crate) policy: String,
    /// The calendars that terms may be in: presets' ids or files
    #[arg(long, value_name = "ID|FILE", default_value = "five-day")]
    pub(crate) calendar: Vec<String>,
    /// The last instant or day that counts; now, if left out
    #[arg(long, value_name = "T")]
    pub(crate) until: Option<String>,
    /// What is listed: every step on a line, or how many by role, week and action
    #[arg(long, value_enum, default_value = "steps")]
    pub(crate) view: DueView,
    /// Only the steps of this role
    #[arg(long, value_name = "CODE")]
    pub(crate) role: Option<String>,
    /// Print a table in place of JSON lines
    #[arg(long)]
    pub(crate) table: bool,
    /// The language of the table
    #[arg(long, value_enum, default_value = "en", requires = "table")]
    pub(crate) lang: Lang,
    /// Count bad lines and end with 0 all the same
    #[arg(long)]
    pub(crate) skip_bad: bool,
}
