//! The command line.
mod budget;
mod leads;
mod plan;
mod strategies;
mod time;

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use guanxi::condition::WeekStart;
use guanxi::core::{FactId, Zone};
use guanxi::lifecycle::StageId;
use serde::Deserialize;
use serde::de::{self, IntoDeserializer};

use crate::kind::KINDS;
pub(crate) use budget::{BudgetArgs, ScriptArgs, ScriptCommand};
pub(crate) use leads::{LeadArgs, RouteArgs};
pub(crate) use plan::{DueArgs, DueView, PlanArgs};
pub(crate) use strategies::{ExecutionArgs, LintArgs, StrategyArgs};
pub(crate) use time::{CalendarCommand, CalendarSource, SlaArgs};

/// Which tier, and why: the reference host of the Guanxi decision kernel.
#[derive(Parser)]
#[command(name = "guanxi", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Print no progress and no notes, only results and errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  guanxi review crates/hosts/cli/examples/adventure-works --out out
  guanxi assess --policy standard --explain < customers.jsonl
  guanxi calibrate --policy standard --table < customers.jsonl
  guanxi policy show standard --format toml > ours.toml
  guanxi policy check ours.toml

Exit codes: 0 all well; 1 some input was bad (see stderr); 2 nothing could be done.";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Review a customer base: a folder of CSV files in, a board and a report out
    Review(ReviewArgs),
    /// Assess customers: one JSON object a line in, one decision a line out
    Assess(AssessArgs),
    /// Propose tier floors at which every tier holds the share expected of it
    Calibrate(CalibrateArgs),
    /// Class customers among each other: ABC, RFM or value segments
    Segment {
        #[command(subcommand)]
        command: SegmentCommand,
    },
    /// Check conditions, ask them of customers and say why, render them as SQL
    Condition {
        #[command(subcommand)]
        command: ConditionCommand,
    },
    /// Move customers along their life cycle: events a line in, stage and state a line out
    Stage(StageArgs),
    /// Count customers by stage: how many, how far, how long
    Funnel(FunnelArgs),
    /// Score leads: what is known and what happened a line in, score, grade and why a line out
    Lead(LeadArgs),
    /// Give leads or tickets to people, in turn: one a line in, who gets it a line out
    Route(RouteArgs),
    /// Check calendars, ask when something is due and how much working time has passed
    Calendar {
        #[command(subcommand)]
        command: CalendarCommand,
    },
    /// Read the clocks of cases: a case a line in, what is due and late a line out
    Sla(SlaArgs),
    /// Select the strategy of customers: facts a line in, templates and why a line out
    Strategy(StrategyArgs),
    /// Plan what to do: facts and events a line in, what is due and held back a line out
    Plan(PlanArgs),
    /// List what is due until an instant, from plans: for whom, by whom, by when
    Due(DueArgs),
    /// Count execution records: how many are done, in time, and to what effect
    Execution(ExecutionArgs),
    /// Divide a budget over tiers and customers, and compare it with what was spent
    Budget(BudgetArgs),
    /// Fill scripts: what to say, from values for their slots
    Script {
        #[command(subcommand)]
        command: ScriptCommand,
    },
    /// Show, check, lint and describe policies
    Policy {
        #[command(subcommand)]
        command: PolicyCommand,
    },
}

/// The languages that texts come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    En,
    #[value(name = "zh-CN", alias = "zh")]
    ZhCn,
}

impl Lang {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }

    /// The program's own texts, as a label pack.
    pub(crate) const fn texts(self) -> &'static str {
        match self {
            Self::En => include_str!("../labels/en.json"),
            Self::ZhCn => include_str!("../labels/zh-CN.json"),
        }
    }
}

#[derive(Args)]
#[command(after_help = "\
Example:
  guanxi review crates/hosts/cli/examples/adventure-works --lang zh-CN --out out

DIR holds CSV files and a guanxi.toml, which maps files and columns to parties, attributes and events
and names the recipes that fold events into facts. See docs/src/folder.md.

With --out, four files are written: customers.csv (one row a customer), assessments.jsonl (one
decision a line, as `guanxi assess --explain` prints it), segments.json (all segments and the floors
proposed) and report.html (one file, no network); plan.jsonl (what is to be done in the coming week), if
guanxi.toml has a [plan]; and problems.csv, if the data has any.")]
pub(crate) struct ReviewArgs {
    /// The folder with guanxi.toml
    pub(crate) dir: PathBuf,
    /// Write customers.csv, assessments.jsonl, segments.json and report.html into this folder (made if missing)
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Policy to use instead of the one that guanxi.toml names: a preset's id or a file
    #[arg(long, value_name = "ID|FILE")]
    pub(crate) policy: Option<String>,
    /// Pinned reference to measure by, instead of this customer base itself
    #[arg(long, value_name = "FILE")]
    pub(crate) reference: Option<PathBuf>,
    /// Write the reference that was used
    #[arg(long, value_name = "FILE")]
    pub(crate) reference_out: Option<PathBuf>,
    /// The instant or day of the review, instead of the one in guanxi.toml
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// The language of the board and the report, instead of the one in guanxi.toml (en, if it has none)
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Lang>,
    /// How many customers each list shows
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) top: usize,
    /// Count bad rows and end with 0 all the same
    #[arg(long)]
    pub(crate) skip_bad: bool,
}

#[derive(Args)]
#[command(after_help = "\
A line in (a fact is a value, null if missing, {\"not_applicable\": true}, or {\"value\", \"observed_at\"}):
  {\"subject\": \"C001\", \"facts\": {\"cumulative_profit\": \"285000.00\", \"cooperation_days\": 2610},
   \"settled\": \"normal\", \"override\": {\"tier\": \"key\", \"by\": \"U7\", \"why\": \"...\", \"until\": \"2026-12-31\"}}
(on one line; `settled` and `override` may be left out)

Examples:
  guanxi assess --policy standard < customers.jsonl > decisions.jsonl
  guanxi assess --policy standard --reference-out 2026H1.json < customers.jsonl > /dev/null
  guanxi assess --policy standard --reference 2026H1.json --explain < new.jsonl
  guanxi assess --settle standard < with-states.jsonl

Without --reference, customers are compared with each other: the whole input is held in memory and
read twice. With it, lines stream through in constant memory.")]
pub(crate) struct AssessArgs {
    /// A preset's id (standard, literal, assessed) or a policy file (JSON or TOML)
    #[arg(long, value_name = "ID|FILE", default_value = "standard")]
    pub(crate) policy: String,
    /// Pinned reference to measure by; without it the input itself is the reference, held in memory
    #[arg(long, value_name = "FILE")]
    pub(crate) reference: Option<PathBuf>,
    /// Write the reference that was used
    #[arg(long, value_name = "FILE")]
    pub(crate) reference_out: Option<PathBuf>,
    /// Let tiers follow their scores by a rule: a preset's id (standard, steady) or a file. A line may
    /// then bear the "state" that the last run printed
    #[arg(long, value_name = "ID|FILE")]
    pub(crate) settle: Option<String>,
    /// The instant or day of the assessment; now, if left out
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// Add what each indicator contributes
    #[arg(long)]
    pub(crate) explain: bool,
    /// Add which single fact that we can influence would bring the customer one tier up
    #[arg(long)]
    pub(crate) lift: bool,
    /// Add the reasons as text in this language
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Lang>,
    /// Count bad lines and end with 0 all the same
    #[arg(long)]
    pub(crate) skip_bad: bool,
}

#[derive(Args)]
#[command(after_help = "\
The lines in are those of `guanxi assess`. One JSON object comes out: for each tier the target, the
floor and the customers of now and those proposed. Nothing is applied: a policy with the floors
proposed is written only where --policy-out says, under the version given.

Examples:
  guanxi calibrate --policy ours.toml --table < customers.jsonl
  guanxi calibrate --policy ours.toml --new-version 2 --policy-out ours-2.json < customers.jsonl
  guanxi policy diff ours.toml ours-2.json
  guanxi calibrate --policy ours.toml --by-rank --ties by_id < customers.jsonl

Without --reference, and with --by-rank, the whole input is held in memory.")]
pub(crate) struct CalibrateArgs {
    /// A preset's id (standard, literal, assessed) or a policy file (JSON or TOML)
    #[arg(long, value_name = "ID|FILE", default_value = "standard")]
    pub(crate) policy: String,
    /// Pinned reference to measure by; without it the input itself is the reference, held in memory
    #[arg(long, value_name = "FILE")]
    pub(crate) reference: Option<PathBuf>,
    /// The instant or day of the assessment; now, if left out
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// Assign tiers by rank instead of proposing floors: the shares hold exactly
    #[arg(long, conflicts_with = "policy_out")]
    pub(crate) by_rank: bool,
    /// What becomes of equal composites at the end of a tier: kept together, or divided by id
    #[arg(long, value_enum, default_value = "whole", requires = "by_rank")]
    pub(crate) ties: Ties,
    /// The version of the policy to write
    #[arg(long, value_name = "V", requires = "policy_out")]
    pub(crate) new_version: Option<String>,
    /// Write the policy with the floors proposed (TOML if the name ends in .toml, else JSON)
    #[arg(long, value_name = "FILE", requires = "new_version")]
    pub(crate) policy_out: Option<PathBuf>,
    /// Print a table to read instead of JSON
    #[arg(long)]
    pub(crate) table: bool,
    /// The language of the table
    #[arg(long, value_enum, default_value = "en", requires = "table")]
    pub(crate) lang: Lang,
    /// Count bad lines and end with 0 all the same
    #[arg(long)]
    pub(crate) skip_bad: bool,
}

/// What becomes of equal composites at the end of a tier.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Ties {
    Whole,
    #[value(name = "by_id")]
    ById,
}

#[derive(Subcommand)]
pub(crate) enum SegmentCommand {
    /// Classes A, B, C by what customers contribute
    #[command(after_help = "\
A line in: {\"subject\": \"C1\", \"facts\": {\"revenue\": \"120.50\"}}
The policy says which facts decide; presets: standard, rank, blend (`guanxi policy show abc/blend`).

Examples:
  guanxi segment abc --as-of 2026-06-30 < customers.jsonl > classes.jsonl
  guanxi segment abc --policy rank --summary < customers.jsonl

The whole input is held in memory: nobody has a class before everybody is known.")]
    Abc(SegmentArgs),
    /// Recency, frequency and monetary value: a score for each, and the segment of the three
    #[command(after_help = "\
A line in, by orders or by facts (every customer on one line):
  {\"subject\": \"C1\", \"orders\": [{\"at\": \"2026-05-01\", \"amount\": \"120.00\"}]}
  {\"subject\": \"C2\", \"facts\": {\"days_since_order\": 60, \"orders\": 7, \"revenue\": \"840\"}}
An amount below 0 is a refund; a day without a time is one of the policy's offset.

Example:
  guanxi segment rfm --as-of 2026-06-30 --explain < orders.jsonl

The whole input is held in memory: nobody has a score before everybody is known.")]
    Rfm(SegmentArgs),
    /// Value segments by ordered rules: at risk, high value, potential, general
    #[command(after_help = "\
A line in: {\"subject\": \"C1\", \"facts\": {\"revenue\": \"120.50\", \"revenue_growth\": \"-0.1\", \"region\": \"East\"}}
The rules of the policy say which facts decide (`guanxi policy show value/standard`).

Example:
  guanxi segment value --summary < customers.jsonl

The whole input is held in memory: quantiles are those of everybody.")]
    Value(SegmentArgs),
}

#[derive(Args)]
pub(crate) struct SegmentArgs {
    /// A preset's id or a policy file (JSON or TOML)
    #[arg(long, value_name = "ID|FILE", default_value = "standard")]
    pub(crate) policy: String,
    /// The instant or day of the decision; now, if left out
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// Add the reasons as text, in English unless --lang says otherwise
    #[arg(long)]
    pub(crate) explain: bool,
    /// Add the reasons as text in this language
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Lang>,
    /// Print the population as a whole, one JSON object, in place of the decisions
    #[arg(long)]
    pub(crate) summary: bool,
    /// Count bad lines and end with 0 all the same
    #[arg(long)]
    pub(crate) skip_bad: bool,
}

#[derive(Subcommand)]
pub(crate) enum ConditionCommand {
    /// Print a condition as text and as a tree, or every problem with line, column and a caret
    #[command(after_help = "\
A vocabulary (JSON or TOML) declares what conditions may name; without one, only the standard events are
known:
  {\"facts\": {\"score\": {\"kind\": \"decimal\"}}, \"attributes\": {\"net\": {\"kind\": \"money\"}}, \"events\": [\"webinar.joined\"]}
The language is described in docs/src/condition.md.

Examples:
  guanxi condition check --text 'score >= 80 and no @interaction within 3 days' --vocabulary words.json
  guanxi condition check hot.txt --vocabulary words.json")]
    Check(ConditionCheckArgs),
    /// Ask a condition of customers: one JSON object a line in, one answer a line out
    #[command(after_help = "\
A line in (`facts` as in `guanxi assess`; without `events` nobody knows what happened, with [] nothing did):
  {\"subject\": \"C1\", \"facts\": {\"score\": \"85\"}, \"events\": [
    {\"id\": \"E1\", \"kind\": \"contact.made\", \"occurred_at\": \"2026-06-28T10:00:00+08:00\", \"attributes\": {\"net\": \"5\"}}]}
(on one line; a day stands for its first instant in the zone)

Examples:
  guanxi condition explain --text 'score >= 80' --vocabulary words.json < customers.jsonl
  guanxi condition explain hot.txt --vocabulary words.json --zone Asia/Shanghai --lang zh-CN < customers.jsonl

A line out: the answer (true, false, unknown), the leaves that decide, every single leaf that would turn
the answer, what was missing, and when time alone gives another answer.")]
    Explain(ConditionExplainArgs),
    /// Print a condition on facts as the WHERE of a query with its parameters, as JSON
    #[command(after_help = "\
FILE says which column holds which fact (JSON or TOML; see docs/src/condition.md):
  {\"region\": {\"column\": \"region_normal\"}, \"score\": {\"column\": \"score\", \"places\": 2}}

Example:
  guanxi condition sql --text 'score >= 80.5' --vocabulary words.json --columns columns.json
  {\"where\":\"\\\"score\\\" >= ?1\",\"parameters\":[{\"integer\":8050}],\"as_of\":\"2026-06-30T00:00:00Z\"}

The text never holds a value, and is good for one instant. A part that columns cannot answer (events,
sets, anniversaries) is an error that names it.")]
    Sql(ConditionSqlArgs),
}

/// Where a condition comes from, and what it may name.
#[derive(Args)]
pub(crate) struct ConditionSource {
    /// A file that holds the condition, as text or as a tree in JSON; `check` reads stdin for `-`
    #[arg(value_name = "FILE", required_unless_present = "text", conflicts_with = "text")]
    pub(crate) file: Option<PathBuf>,
    /// The condition itself, as text
    #[arg(long, value_name = "CONDITION")]
    pub(crate) text: Option<String>,
    /// The facts, attributes and kinds of events that the condition may name
    #[arg(long, value_name = "FILE")]
    pub(crate) vocabulary: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct ConditionCheckArgs {
    #[command(flatten)]
    pub(crate) source: ConditionSource,
}

/// When a condition is asked.
#[derive(Args)]
pub(crate) struct ConditionMoment {
    /// The instant or day of the question (a day begins in the zone); now, if left out
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// The zone of days, weeks and clock times: UTC, an offset, or a name such as Asia/Shanghai
    #[arg(long, value_name = "ZONE", default_value = "UTC", allow_hyphen_values = true)]
    pub(crate) zone: Zone,
    /// The first day of the week
    #[arg(long, value_name = "DAY", default_value = "monday", value_parser = week_start)]
    pub(crate) week_start: WeekStart,
}

#[derive(Args)]
pub(crate) struct ConditionSqlArgs {
    #[command(flatten)]
    pub(crate) source: ConditionSource,
    /// Which column holds which fact
    #[arg(long, value_name = "FILE")]
    pub(crate) columns: PathBuf,
    #[command(flatten)]
    pub(crate) moment: ConditionMoment,
    /// How places for parameters are written: ?1 or $1
    #[arg(long, value_enum, default_value = "sqlite")]
    pub(crate) style: SqlStyle,
}

/// How a database writes places for parameters.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum SqlStyle {
    Sqlite,
    Postgres,
}

#[derive(Args)]
pub(crate) struct ConditionExplainArgs {
    #[command(flatten)]
    pub(crate) source: ConditionSource,
    #[command(flatten)]
    pub(crate) moment: ConditionMoment,
    /// Add the answers of leaves as text in this language
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Lang>,
    /// Count bad lines and end with 0 all the same
    #[arg(long)]
    pub(crate) skip_bad: bool,
}

/// A day of the week by its English name.
fn week_start(name: &str) -> Result<WeekStart, String> {
    WeekStart::deserialize(name.into_deserializer()).map_err(|error: de::value::Error| error.to_string())
}

#[derive(Args)]
#[command(after_help = "\
A line in (without `state`, or with null, the customer begins; `facts` as in `guanxi assess`):
  {\"subject\": \"C1\", \"state\": null, \"facts\": {\"usage_growth\": \"-0.1\"}, \"events\": [
    {\"id\": \"E1\", \"kind\": \"order.placed\", \"occurred_at\": \"2026-03-01\"}]}
(on one line; a day stands for its first instant in the zone of the definition)

A line out: the stage, the flags beside it, the moves made now, and the state to keep for the next line
of this customer. Events may come in any order, late, and more than once.

Examples:
  guanxi stage --as-of 2026-06-30 --lang en < customers.jsonl > stages.jsonl
  guanxi stage --definition ours.toml < customers.jsonl
  guanxi stage --definition relationship-phases --diagram mermaid --lang zh-CN")]
pub(crate) struct StageArgs {
    /// A preset's id (five-stage, relationship-phases) or a definition file (JSON or TOML)
    #[arg(long, value_name = "ID|FILE", default_value = "five-stage")]
    pub(crate) definition: String,
    /// Draw the definition instead of reading lines
    #[arg(long, value_enum)]
    pub(crate) diagram: Option<Diagram>,
    /// The instant or day up to which customers are moved; now, if left out
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// Add the reasons as text in this language; the language of the diagram
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Lang>,
    /// Count bad lines and end with 0 all the same
    #[arg(long)]
    pub(crate) skip_bad: bool,
}

/// The languages of diagrams: for Markdown pages, and for Graphviz.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Diagram {
    Mermaid,
    Dot,
}

#[derive(Args)]
#[command(after_help = "\
The lines in are those of `guanxi stage`, with their states or without. One JSON object comes out: for
each stage how many were there, came, left and whereto, how many went on, and how long they stayed.

Examples:
  guanxi funnel --from 2026-01-01 --to 2026-07-01 < customers.jsonl
  guanxi funnel --from 2026-01-01 --to 2026-04-01 --cohort --until 2026-07-01 --by source,owner --table < leads.jsonl

A period counts all stays that some instant of it lies in. A cohort counts the customers who began in it,
each once, followed until the end.")]
pub(crate) struct FunnelArgs {
    /// A preset's id (five-stage, relationship-phases) or a definition file (JSON or TOML)
    #[arg(long, value_name = "ID|FILE", default_value = "five-stage")]
    pub(crate) definition: String,
    /// The first instant or day of the period, or of the beginning of the cohort
    #[arg(long, value_name = "T")]
    pub(crate) from: String,
    /// The first instant or day after it; now, if left out
    #[arg(long, value_name = "T")]
    pub(crate) to: Option<String>,
    /// Count the customers who began between the two, instead of all stays
    #[arg(long)]
    pub(crate) cohort: bool,
    /// The first instant or day that is no longer seen of a cohort; as --to, if left out
    #[arg(long, value_name = "T", requires = "cohort")]
    pub(crate) until: Option<String>,
    /// Facts whose values make groups, such as source,owner
    #[arg(long, value_name = "FACT,…", value_delimiter = ',')]
    pub(crate) by: Vec<FactId>,
    /// The stages that conversion leads along; the ladder of the definition, if left out
    #[arg(long, value_name = "STAGE,…", value_delimiter = ',')]
    pub(crate) path: Vec<StageId>,
    /// A calendar by which time is counted as working time, too: a preset's id or a file
    #[arg(long, value_name = "ID|FILE")]
    pub(crate) calendar: Option<String>,
    /// Print tables to read instead of JSON
    #[arg(long)]
    pub(crate) table: bool,
    /// The language of the tables
    #[arg(long, value_enum, default_value = "en", requires = "table")]
    pub(crate) lang: Lang,
    /// Count bad lines and end with 0 all the same
    #[arg(long)]
    pub(crate) skip_bad: bool,
}

#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    /// Print a preset or a policy file in its normal form
    Show {
        /// A preset's id or a policy file; all presets are listed if left out
        policy: Option<String>,
        /// The form to print
        #[arg(long, value_enum, default_value = "json")]
        format: Format,
    },
    /// Check a policy, settling rule or reference file: every problem with line and column, then what is suspicious
    Check {
        /// The file (JSON or TOML)
        file: PathBuf,
        /// A reference that the policy would be used with
        #[arg(long, value_name = "FILE")]
        reference: Option<PathBuf>,
    },
    /// Look for what is legal but suspicious, in several documents together
    Lint(LintArgs),
    /// Say what differs in meaning between two policies, one change a line
    Diff {
        /// A preset's id or a policy file
        from: String,
        /// A preset's id or a policy file
        to: String,
    },
    /// Print the JSON Schema of a kind of document
    Schema {
        /// The kind of document
        #[arg(value_parser = kinds(), default_value = "scoring")]
        kind: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    Json,
    Toml,
}

/// The names of the kinds of documents.
fn kinds() -> PossibleValuesParser {
    KINDS.iter().map(|kind| kind.name).into()
}
