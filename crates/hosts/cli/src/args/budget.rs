//! The arguments of `guanxi budget` and `guanxi script`.
use std::path::PathBuf;

use clap::{Args, Subcommand};
use guanxi::core::{Money, Share, parse_decimal};
use guanxi::strategy::{BudgetBandId, ScriptId};

use super::Lang;

#[derive(Args)]
#[command(after_help = "\
A line in (the facts that the policy names: the tier, and what amounts are divided by):
  {\"subject\": \"C1\", \"facts\": {\"tier\": \"key\", \"composite\": \"88.5\"}}
A line of --spent (in the currency of the total, which a line may name; convert what is in another):
  {\"customer\": \"C1\", \"amount\": \"1200.50\"}
  {\"tier\": \"key\", \"amount\": \"3000\", \"currency\": \"CNY\"}

Examples:
  guanxi budget --total '1000000 CNY' --table < customers.jsonl
  guanxi budget --total '1000000 CNY' --share strategic=0.4 --lang en < customers.jsonl
  guanxi budget --total '1000000 CNY' --spent spent.jsonl --table < customers.jsonl

One decision comes out: the exact share and the amount of each band, of its tiers and of every customer,
which add up to the total; or the bands that conflict, and by how much (exit code 1).")]
pub(crate) struct BudgetArgs {
    /// The total to divide: an amount and its currency, such as '1000000 CNY'
    #[arg(long, value_name = "AMOUNT CURRENCY", value_parser = total, allow_hyphen_values = true)]
    pub(crate) total: Money,
    /// A preset's id (standard) or a policy file (JSON or TOML)
    #[arg(long, value_name = "ID|FILE", default_value = "standard")]
    pub(crate) policy: String,
    /// A share that a band must have, such as strategic=0.4; may be given for several bands
    #[arg(long = "share", value_name = "BAND=SHARE", value_parser = wanted)]
    pub(crate) shares: Vec<(BudgetBandId, Share)>,
    /// What was spent, to compare with (JSON Lines)
    #[arg(long, value_name = "FILE")]
    pub(crate) spent: Option<PathBuf>,
    /// The instant or day of the allocation; now, if left out
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// Print a table to read instead of JSON
    #[arg(long)]
    pub(crate) table: bool,
    /// Add the reasons as text in this language; the language of the table (en, if left out)
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Lang>,
    /// Count bad lines and end with 0 all the same
    #[arg(long)]
    pub(crate) skip_bad: bool,
}

/// An amount and a currency.
fn total(text: &str) -> Result<Money, String> {
    let mut words = text.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(amount), Some(currency), None) => {
            let amount = parse_decimal(amount).map_err(|error| error.to_string())?;
            let currency =
                currency.parse().map_err(|error: guanxi::core::CurrencyError| error.to_string())?;
            Ok(Money::new(amount, currency))
        }
        _ => Err("give an amount and a currency, such as '1000000 CNY'".to_owned()),
    }
}

/// A band and its share.
fn wanted(text: &str) -> Result<(BudgetBandId, Share), String> {
    let (band, share) = text.split_once('=').ok_or("give a band and its share, such as strategic=0.4")?;
    let band = band.parse().map_err(|error: guanxi::core::IdError| error.to_string())?;
    let share = parse_decimal(share).map_err(|error| error.to_string())?;
    Ok((band, Share::try_from(share).map_err(|error| error.to_string())?))
}

#[derive(Subcommand)]
pub(crate) enum ScriptCommand {
    /// Fill scripts: values for their slots a line in, what to say a line out
    Render(ScriptArgs),
    /// List the scripts of a document: what they are for, and the slots that they take
    List {
        /// A preset's id (standard) or a document (JSON or TOML)
        #[arg(long, value_name = "ID|FILE", default_value = "standard")]
        scripts: String,
        /// The language of the titles
        #[arg(long, value_enum, default_value = "en")]
        lang: Lang,
    },
}

#[derive(Args)]
#[command(after_help = "\
A line in (without `script`, the one that fits the situation best is said; all of `situation` may be left out):
  {\"subject\": \"C1\", \"script\": \"greeting\", \"slots\": {\"contact\": \"...\", \"occasion\": \"...\", ...}}
  {\"subject\": \"C1\", \"situation\": {\"persona\": \"efficiency\", \"stage\": \"prospect\", \"channel\": \"email\",
    \"scenario\": \"first_contact\"}, \"slots\": {...}}
(on one line; `language` may be given as well)

Examples:
  guanxi script render --lang zh-CN < talks.jsonl
  guanxi script render --script complaint --text < talks.jsonl

A slot without a value, with a value of another kind, or blank is an error that names all such slots, and
never a value: what is filled in may be personal data. See `guanxi script list` for the slots.")]
pub(crate) struct ScriptArgs {
    /// A preset's id (standard) or a document (JSON or TOML)
    #[arg(long, value_name = "ID|FILE", default_value = "standard")]
    pub(crate) scripts: String,
    /// The script of lines that name none
    #[arg(long, value_name = "ID")]
    pub(crate) script: Option<ScriptId>,
    /// The instant or day of the talk; now, if left out
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// Print what is said as text to read instead of JSON
    #[arg(long)]
    pub(crate) text: bool,
    /// The language of lines that name none
    #[arg(long, value_name = "LANG", default_value = "en")]
    pub(crate) lang: guanxi::strategy::LanguageId,
    /// Count bad lines and end with 0 all the same
    #[arg(long)]
    pub(crate) skip_bad: bool,
}
