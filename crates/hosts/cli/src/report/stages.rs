//! Stages, moves and the funnel of the leads: tables.
use std::fmt::{self, Write};

use crate::number::{grouped, percent};

use super::data::ReportData;
use super::inert::{Name, Text};
use super::list::table;
use super::page::open;
use super::segment_data::FunnelTable;
use super::texts::Texts;

pub(super) fn section(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    let stages = &data.stages;
    open(out, "stages", t.stages)?;
    writeln!(out, "<p class=\"hint\">{} {}</p>", t.definition, Name(&stages.definition))?;
    let mut columns = vec![t.stage, t.customers, t.share];
    columns.extend(stages.flags.iter().map(String::as_str));
    columns.extend([t.stage_came, t.stage_left]);
    let numbers: Vec<usize> = (1..columns.len()).collect();
    table(out, "stage-counts", t.stages, &columns, &numbers, |out| {
        let number = |out: &mut String, shown: &str| write!(out, "<td class=\"number\">{}</td>", Text(shown));
        for row in &stages.rows {
            write!(out, "<tr><th scope=\"row\">{}</th>", Name(&row.label))?;
            number(out, &count(row.count))?;
            number(out, &row.share.as_deref().map_or_else(|| t.unknown.to_owned(), percent))?;
            for flagged in row.flags.iter().chain([&row.came, &row.left]) {
                number(out, &count(*flagged))?;
            }
            out.push_str("</tr>\n");
        }
        Ok(())
    })?;
    writeln!(out, "<p>{}</p>", Text(&stages.moves))?;
    for funnel in &stages.funnels {
        self::funnel(out, funnel, t)?;
    }
    out.push_str("</section>\n");
    Ok(())
}

fn funnel(out: &mut String, funnel: &FunnelTable, t: &Texts) -> fmt::Result {
    writeln!(out, "<h3>{}</h3>", Name(&funnel.title))?;
    let columns = [t.stage, t.funnel_reached, t.funnel_onward, t.funnel_conversion, t.funnel_median];
    table(out, &funnel.id, &funnel.title, &columns, &[1, 2, 3, 4], |out| {
        for row in &funnel.rows {
            write!(out, "<tr><th scope=\"row\">{}</th>", Name(&row.label))?;
            for cell in [&row.reached, &row.onward, &row.conversion, &row.median_days] {
                write!(out, "<td class=\"number\">{}</td>", Text(cell.as_deref().unwrap_or("–")))?;
            }
            out.push_str("</tr>\n");
        }
        Ok(())
    })
}

fn count(count: u64) -> String {
    grouped(&count.to_string(), 0)
}
