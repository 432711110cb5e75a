//! The budget on the terminal.
use std::fmt::Write;

use super::heading;
use crate::review::Words;
use crate::review::summary::Summary;

/// What may be spent on whom; nothing if the folder says nothing of a budget.
pub(super) fn budget(text: &mut String, summary: &Summary<'_>, words: &Words) -> std::fmt::Result {
    let Some(budget) = &summary.budget else { return Ok(()) };
    heading(text, &words.word("budget"))?;
    write!(text, "{}", budget.text(words))
}
