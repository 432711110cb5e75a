//! The floors proposed, and who would go where.
use std::fmt::{self, Write};

use crate::number::{grouped, percent};

use super::chart::tier_name;
use super::data::ReportData;
use super::inert::Text;
use super::list::table;
use super::page::open;
use super::segment_data::Held;
use super::texts::Texts;

pub(super) fn section(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    open(out, "calibration", t.calibration)?;
    writeln!(out, "<p class=\"hint\">{}</p>", t.calibration_hint)?;
    let calibration = &data.calibration;
    let name = |place: usize| {
        data.tiers.get(place).map_or_else(|| t.unknown.to_owned(), |tier| tier_name(place, &tier.label))
    };
    if !calibration.tiers.is_empty() {
        let columns =
            [t.tier, t.target, t.floor, t.customers, t.share, t.new_floor, t.customers, t.share, t.off];
        table(out, "floors", t.calibration, &columns, &[1, 2, 3, 4, 5, 6, 7, 8], |out| {
            for (place, tier) in calibration.tiers.iter().enumerate() {
                write!(out, "<tr><th scope=\"row\">{}</th>", name(place))?;
                number(out, &percent(&tier.target))?;
                held(out, &tier.current, t)?;
                held(out, &tier.proposed, t)?;
                number(out, &tier.off)?;
                out.push_str("</tr>\n");
            }
            Ok(())
        })?;
    }
    if !calibration.remarks.is_empty() {
        out.push_str("<ul class=\"remarks\">\n");
        for remark in &calibration.remarks {
            writeln!(out, "<li>{}</li>", Text(remark))?;
        }
        out.push_str("</ul>\n");
    }
    if !calibration.flows.is_empty() {
        writeln!(out, "<h3>{}</h3>", t.flows)?;
        let tiers: Vec<String> = (0..calibration.flows.len()).map(name).collect();
        let columns: Vec<&str> =
            std::iter::once(t.flows_corner).chain(tiers.iter().map(String::as_str)).collect();
        let numeric: Vec<usize> = (1..columns.len()).collect();
        table(out, "flows", t.flows, &columns, &numeric, |out| {
            for (tier, flows) in tiers.iter().zip(&calibration.flows) {
                write!(out, "<tr><th scope=\"row\">{tier}</th>")?;
                for count in flows {
                    let shown =
                        if *count == 0 { t.unknown.to_owned() } else { grouped(&count.to_string(), 0) };
                    number(out, &shown)?;
                }
                out.push_str("</tr>\n");
            }
            Ok(())
        })?;
    }
    out.push_str("</section>\n");
    Ok(())
}

fn number(out: &mut String, shown: &str) -> fmt::Result {
    write!(out, "<td class=\"number\">{}</td>", Text(shown))
}

fn held(out: &mut String, held: &Held, t: &Texts) -> fmt::Result {
    number(out, &held.floor)?;
    number(out, &grouped(&held.count.to_string(), 0))?;
    number(out, &held.share.as_deref().map_or_else(|| t.unknown.to_owned(), percent))
}
