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

/// Reads a file of spending; an amount that is wrong is no amount to compare with, so the first one ends it.
pub(super) fn read(path: &Path, currency: Currency) -> Result<Spending, Failure> {
    let mut spending = Spending::new(currency);
    for (number, line) in read_text(path)?.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let told = |problem: String| Failure::told(format!("{}:{}: {problem}", path.display(), number + 1));
        let Line { customer, tier, amount, currency: own } = read_json(line).map_err(told)?;
        let on = match (customer, tier) {
            (Some(customer), None) => SpentOn::Customer(customer),
            (None, Some(tier)) => SpentOn::Tier(tier),
            _ => return Err(told("give `customer` or `tier`, one of the two".to_owned())),
        };
        let amount = Money::new(amount.0, own.unwrap_or(currency));
        spending.spend(on, amount).map_err(|error| told(error.to_string()))?;
    }
    Ok(spending)
}
