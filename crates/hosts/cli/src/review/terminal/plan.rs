//! The plan of the week on the terminal.
use std::fmt::Write;

use super::{heading, table};
use crate::number::grouped;
use crate::review::Words;
use crate::review::summary::Summary;

/// Who has how much to do on which day, what it is, and what is held back; nothing if the folder says nothing of
/// a plan.
pub(super) fn plan(text: &mut String, summary: &Summary<'_>, words: &Words) -> std::fmt::Result {
    let Some(plan) = &summary.plan else { return Ok(()) };
    heading(text, &words.word("plan"))?;
    writeln!(text, "{}", plan.title(words))?;
    let count = |count: u64| grouped(&count.to_string(), 0);
    let mut header = vec![words.word("plan_role")];
    header.extend(plan.days.iter().map(|day| day.format("%m-%d").to_string()));
    header.extend(["plan_all", "plan_held"].map(|code| words.word(code)));
    let numbers: Vec<usize> = (1..header.len()).collect();
    let mut roles = table(header, &numbers);
    for (role, week) in &plan.roles {
        let mut cells = vec![words.plans.label("role", role.as_str()).to_owned()];
        cells.extend(week.days.iter().map(|steps| count(*steps)));
        cells.extend([count(week.days.iter().sum()), count(week.held)]);
        roles.add_row(cells);
    }
    if !plan.roles.is_empty() {
        writeln!(text, "{roles}")?;
    }
    let header = ["plan_action", "plan_purpose", "customers", "plan_all", "plan_held"];
    let mut actions = table(header.map(|code| words.word(code)).to_vec(), &[2, 3, 4]);
    for (action, week) in &plan.actions {
        actions.add_row([
            words.labels.label("action", action.as_str()).to_owned(),
            words.labels.label("purpose", week.purpose.code()).to_owned(),
            count(week.customers),
            count(week.to_do),
            count(week.held),
        ]);
    }
    if !plan.actions.is_empty() {
        writeln!(text, "{actions}")?;
    }
    plan.notes(words).iter().try_for_each(|note| writeln!(text, "{note}"))
}
