//! The arguments of `guanxi lead` and `guanxi route`.
use std::path::PathBuf;

use clap::Args;

use super::Lang;

#[derive(Args)]
#[command(after_help = "\
A line in (`facts` as in `guanxi assess`; `override` may be left out):
  {\"subject\": \"L1\", \"facts\": {\"need_identified\": true}, \"events\": [
    {\"id\": \"E1\", \"kind\": \"contact.replied\", \"occurred_at\": \"2026-06-28T09:00:00Z\"}],
   \"override\": {\"score\": \"90\", \"by\": \"U7\", \"why\": \"...\", \"until\": \"2026-12-31T00:00:00Z\"}}
(on one line; a day stands for its first instant in the zone of the policy; events may come in any order
and more than once)

Examples:
  guanxi lead --as-of 2026-06-30 --lang en < leads.jsonl
  guanxi lead --explain < leads.jsonl
  guanxi lead --policy software-case --facts < leads.jsonl | guanxi route --policy software-case --roster team.json --state state.json

A line out: the score with its band and grade, fit and engagement, and when time alone changes one of
them. With --explain each part has its ledger, whose lines add up to its total.")]
pub(crate) struct LeadArgs {
    /// A preset's id (standard, software-case) or a policy file (JSON or TOML)
    #[arg(long, value_name = "ID|FILE", default_value = "standard")]
    pub(crate) policy: String,
    /// The instant or day of the score; now, if left out
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// Add the ledgers of points
    #[arg(long)]
    pub(crate) explain: bool,
    /// Print the lines as they came, with score, band and grade among their facts, for `guanxi route`
    #[arg(long, conflicts_with_all = ["explain", "lang"])]
    pub(crate) facts: bool,
    /// Add the reasons as text in this language
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Lang>,
    /// Count bad lines and end with 0 all the same
    #[arg(long)]
    pub(crate) skip_bad: bool,
}

#[derive(Args)]
#[command(after_help = "\
Lines in, in the order of arrival (`facts` and `events` as in `guanxi lead`; all but `subject` may be left
out), and what somebody has finished, which makes room:
  {\"subject\": \"L1\", \"facts\": {\"score\": \"85\"}, \"owner\": \"A\", \"accounts\": [\"C7\"], \"effort\": \"0.5\"}
  {\"subject\": \"L0\", \"finished_by\": \"B\"}

Examples:
  guanxi route --roster team.json --state state.json --lang en < leads.jsonl > assignments.jsonl
  guanxi route --policy ours.toml --roster team.json --state state.json --dry-run < leads.jsonl

The state holds whose turn it is and what everybody has. It is made by the first run, and replaced at
once when all lines are written; a run that fails leaves it as it was. One run at a time holds it.

With --batch all is counted as finished first, and then the greatest priority gets somebody first; of
equals the first line. The answers come in the order of the lines all the same.")]
pub(crate) struct RouteArgs {
    /// A preset's id (standard, software-case) or a policy file (JSON or TOML)
    #[arg(long, value_name = "ID|FILE", default_value = "standard")]
    pub(crate) policy: String,
    /// Who is there, in which queues, and what each takes (JSON or TOML)
    #[arg(long, value_name = "FILE")]
    pub(crate) roster: PathBuf,
    /// What is remembered from run to run
    #[arg(long, value_name = "FILE")]
    pub(crate) state: PathBuf,
    /// Read all lines first, and route those first that the policy's `priority` puts first
    #[arg(long)]
    pub(crate) batch: bool,
    /// Say who would get what, and leave the state as it is
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The instant or day of the assignments; now, if left out
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// Add the reasons as text in this language
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Lang>,
    /// Count bad lines and end with 0 all the same
    #[arg(long)]
    pub(crate) skip_bad: bool,
}
