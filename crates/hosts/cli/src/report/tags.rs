//! Tags: a table.
use std::fmt::{self, Write};

use crate::number::{grouped, percent};

use super::data::ReportData;
use super::inert::{Name, Text};
use super::list::table;
use super::page::open;
use super::texts::Texts;

pub(super) fn section(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    let Some(tags) = &data.tags else { return Ok(()) };
    open(out, "tags", t.tags)?;
    writeln!(out, "<p class=\"hint\">{} {}</p>", t.policy, Name(&tags.document))?;
    let mut columns = vec![t.tag, t.tag_origin, t.customers, t.share];
    columns.extend(tags.groups.then_some(t.tag_outranked));
    table(out, "tag-counts", t.tags, &columns, &[2, 3, 4], |out| {
        let number = |out: &mut String, shown: &str| write!(out, "<td class=\"number\">{}</td>", Text(shown));
        let count = |count: u64| grouped(&count.to_string(), 0);
        for row in &tags.rows {
            write!(out, "<tr><th scope=\"row\">{}</th>", Name(&row.label))?;
            write!(out, "<td>{}</td>", if row.rule { t.tag_rule } else { t.tag_set })?;
            number(out, &count(row.count))?;
            number(out, &row.share.as_deref().map_or_else(|| t.unknown.to_owned(), percent))?;
            if tags.groups {
                number(out, &count(row.outranked))?;
            }
            out.push_str("</tr>\n");
        }
        write!(out, "<tr><th scope=\"row\">{}</th><td></td>", t.without)?;
        number(out, &count(tags.without))?;
        writeln!(out, "{}</tr>", "<td></td>".repeat(1 + usize::from(tags.groups)))
    })?;
    if let Some(unknown) = &tags.unknown {
        writeln!(out, "<p>{}</p>", Text(unknown))?;
    }
    out.push_str("</section>\n");
    Ok(())
}
