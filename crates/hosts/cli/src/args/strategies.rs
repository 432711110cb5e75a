//! The arguments of `guanxi strategy`, `guanxi execution` and `guanxi policy lint`.
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;
use guanxi::core::Zone;

use super::Lang;

#[derive(Args)]
#[command(after_help = "\
A line in (`facts` and `events` as in `guanxi assess` and `guanxi condition explain`; events may be left out):
  {\"subject\": \"C1\", \"facts\": {\"tier\": \"key\", \"abc_class\": \"a\", \"persona\": \"relationship\"}}

Examples:
  guanxi strategy --lang en < customers.jsonl
  guanxi strategy --explain --lang zh-CN < customers.jsonl
  guanxi strategy --summary < customers.jsonl

A line out: the template of every kind (standard of service, strategy by tier, ABC operation, persona,
scenario), why, which others were near, and when time alone selects another.")]
pub(crate) struct StrategyArgs {
    /// A preset's id (standard) or a file of strategies (JSON or TOML)
    #[arg(long, value_name = "ID|FILE", default_value = "standard")]
    pub(crate) policy: String,
    /// The instant or day of the selection; now, if left out
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// Add what the templates say: core, measures with their roles, resources, response and targets
    #[arg(long, conflicts_with = "summary")]
    pub(crate) explain: bool,
    /// Print how many customers have each template, one JSON object, in place of the decisions
    #[arg(long, conflicts_with = "lang")]
    pub(crate) summary: bool,
    /// Add the reasons as text in this language, and let --explain speak it
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Lang>,
    /// Count bad lines and end with 0 all the same
    #[arg(long)]
    pub(crate) skip_bad: bool,
}

#[derive(Args)]
#[command(after_help = "\
A line in (`tier`, `owner`, `effects`, `problem` and `improvement` may be left out; `finished_on` with `done`):
  {\"id\": \"R1\", \"subject\": \"C1\", \"strategy\": \"deep_bond\", \"tier\": \"strategic\", \"owner\": \"U7\",
   \"from\": \"2026-04-01\", \"to\": \"2026-06-30\", \"action\": \"quarterly_visit\", \"progress\": \"in_progress\",
   \"effects\": [{\"metric\": \"satisfaction\", \"direction\": \"up\", \"before\": \"80\", \"actual\": \"90\", \"goal\": \"95\"}],
   \"tracked_by\": \"U9\", \"tracked_at\": \"2026-06-15T08:00:00Z\"}
(on one line; progress is planned, in_progress, partly_done, done or cancelled; `finished_on` lies from `from`
to the day of `tracked_at`)

Example:
  guanxi execution --from 2026-04-01 --to 2026-06-30 < records.jsonl

One JSON object comes out: how many records are how far, the completion rate, the on-time rate and the
effect against target, each beside its counts; in all, by strategy, by tier and by owner. The same id is
the same record, and what was tracked last counts. All records are held in memory.")]
pub(crate) struct ExecutionArgs {
    /// The first day of the period: records count whose last day lies in it
    #[arg(long, value_name = "DAY")]
    pub(crate) from: NaiveDate,
    /// The last day of the period
    #[arg(long, value_name = "DAY")]
    pub(crate) to: NaiveDate,
    /// The instant or day for which it is asked; now, if left out
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// The zone in which days begin
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub(crate) zone: Zone,
    /// Count bad lines and end with 0 all the same
    #[arg(long)]
    pub(crate) skip_bad: bool,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  guanxi policy lint ours.toml
  guanxi policy lint strategies.toml actions.toml calendar.json
  guanxi policy lint strategies/standard actions/standard calendar/five-day
  guanxi policy lint strategies.toml --sample customers.jsonl --as-of 2026-06-30

Every file is checked as by `guanxi policy check`, and then all of them together: tiers that are treated
alike or have no strategy, targets that no measure serves, actions that nobody named, terms that the
calendar does not allow, actions that call for each other in a circle, texts that are not translated.
With --sample (lines as for `guanxi strategy`), also templates that no customer has.")]
pub(crate) struct LintArgs {
    /// Files (JSON or TOML) of any kind, or presets' ids
    #[arg(value_name = "ID|FILE", required = true)]
    pub(crate) files: Vec<String>,
    /// Customers whose strategies are selected: one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) sample: Option<PathBuf>,
    /// The instant or day for which the sample is read; now, if left out
    #[arg(long, value_name = "T", requires = "sample")]
    pub(crate) as_of: Option<String>,
    /// A reference that scoring policies would be used with
    #[arg(long, value_name = "FILE")]
    pub(crate) reference: Option<PathBuf>,
    /// End with 1 if anything is suspicious
    #[arg(long)]
    pub(crate) strict: bool,
}
