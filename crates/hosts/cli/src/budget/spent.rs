//! What was spent: one amount a line.
use std::path::Path;

use guanxi::core::{Currency, DecimalText, Money, SubjectId, TierId};
use guanxi::strategy::{Spending, SpentOn};
use serde::Deserialize;

use crate::document::read_text;
use crate::line::read_json;
use crate::output::Failure;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default)]
    customer: Option<SubjectId>,
    #[serde(default)]
    tier: Option<TierId>,
    amount: DecimalText,
    #[serde(default)]
    currency: Option<Currency>,
}

/// Reads a file of spending. With an amount that is wrong there is nothing to compare with: all such are told.
pub(super) fn read(path: &Path, currency: Currency) -> Result<Spending, Failure> {
    let (mut spending, mut problems) = (Spending::new(currency), Vec::new());
    let text = read_text(path)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        if let Err(problem) = add(&mut spending, line, currency) {
            problems.push(format!("{}:{}: {problem}", path.display(), number + 1));
        }
    }
    if problems.is_empty() { Ok(spending) } else { Err(Failure::told(problems.join("\n"))) }
}

fn add(spending: &mut Spending, line: &str, currency: Currency) -> Result<(), String> {
    let Line { customer, tier, amount, currency: own } = read_json(line)?;
    let on = match (customer, tier) {
        (Some(customer), None) => SpentOn::Customer(customer),
        (None, Some(tier)) => SpentOn::Tier(tier),
        _ => return Err("give `customer` or `tier`, one of the two".to_owned()),
    };
    let amount = Money::new(amount.0, own.unwrap_or(currency));
    spending.spend(on, amount).map_err(|error| error.to_string())
}
