//! The budget: a table.
use std::fmt::{self, Write};

use super::data::ReportData;
use super::inert::{Name, Text};
use super::list::table;
use super::page::open;
use super::texts::Texts;

pub(super) fn section(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    let Some(budget) = &data.budget else { return Ok(()) };
    open(out, "budget", t.budget)?;
    writeln!(out, "<p class=\"hint\">{} {}</p>", t.policy, Name(&budget.policy))?;
    writeln!(out, "<p>{}</p>", Text(&budget.title))?;
    if !budget.rows.is_empty() {
        let columns = [t.budget_band, t.budget_bounds, t.share, t.budget_amount, t.customers];
        table(out, "budget-bands", t.budget, &columns, &[1, 2, 3, 4], |out| {
            for row in &budget.rows {
                let (from, to) = if row.inner { ("<small>", "</small>") } else { ("", "") };
                write!(out, "<tr><th scope=\"row\">{from}{}{to}</th>", Name(&row.label))?;
                for cell in &row.cells {
                    write!(out, "<td class=\"number\">{}</td>", Text(cell))?;
                }
                out.push_str("</tr>\n");
            }
            Ok(())
        })?;
    }
    for note in &budget.notes {
        writeln!(out, "<p>{}</p>", Text(note))?;
    }
    out.push_str("</section>\n");
    Ok(())
}
