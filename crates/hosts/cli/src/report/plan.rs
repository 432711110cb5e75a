//! The plan of the week: tables.
use std::fmt::{self, Write};

use crate::number::grouped;

use super::data::ReportData;
use super::inert::{Name, Text};
use super::list::table;
use super::page::open;
use super::texts::Texts;

pub(super) fn section(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    let Some(plan) = &data.plan else { return Ok(()) };
    open(out, "plan", t.plan)?;
    writeln!(out, "<p>{}</p>", Text(&plan.title))?;
    let number = |out: &mut String, count: u64| {
        write!(out, "<td class=\"number\">{}</td>", Text(&grouped(&count.to_string(), 0)))
    };
    if !plan.roles.is_empty() {
        let mut columns = vec![t.plan_role];
        columns.extend(plan.days.iter().map(String::as_str));
        columns.extend([t.plan_all, t.plan_held]);
        let numbers: Vec<usize> = (1..columns.len()).collect();
        table(out, "plan-roles", t.plan, &columns, &numbers, |out| {
            for row in &plan.roles {
                write!(out, "<tr><th scope=\"row\">{}</th>", Name(&row.label))?;
                row.days.iter().try_for_each(|count| number(out, *count))?;
                number(out, row.days.iter().sum())?;
                number(out, row.held)?;
                out.push_str("</tr>\n");
            }
            Ok(())
        })?;
        let columns = [t.plan_action, t.plan_purpose, t.customers, t.plan_all, t.plan_held];
        table(out, "plan-actions", t.plan_action, &columns, &[2, 3, 4], |out| {
            for row in &plan.actions {
                write!(
                    out,
                    "<tr><th scope=\"row\">{}</th><td>{}</td>",
                    Name(&row.label),
                    Text(&row.purpose)
                )?;
                [row.customers, row.to_do, row.held].iter().try_for_each(|count| number(out, *count))?;
                out.push_str("</tr>\n");
            }
            Ok(())
        })?;
    }
    for note in &plan.notes {
        writeln!(out, "<p>{}</p>", Text(note))?;
    }
    out.push_str("</section>\n");
    Ok(())
}
