//! The arguments of `guanxi strategy` and `guanxi policy lint`.
use std::path::PathBuf;

use clap::Args;

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
