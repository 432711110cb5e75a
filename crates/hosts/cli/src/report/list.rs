//! The lists between the charts and the table: what stands out, who to look at, the data's quality.
use std::collections::BTreeMap;
use std::fmt::{self, Write};

use crate::number::{grouped, percent, steps};

use super::chart::tier_name;
use super::data::{Customer, Mention, ReportData};
use super::inert::{Name, Text};
use super::page::open;
use super::table::tier_indices;
use super::texts::Texts;

/// How many customers of a list are open at once, and how many are listed at all.
const OPEN: usize = 10;
pub(crate) const LISTED: usize = 100;

pub(super) fn sections(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    open(out, "notes", t.notes)?;
    if data.notes.is_empty() {
        writeln!(out, "<p>{}</p>", t.none)?;
    } else {
        out.push_str("<ul class=\"notes\">\n");
        for note in &data.notes {
            writeln!(out, "<li>{}</li>", Text(note))?;
        }
        out.push_str("</ul>\n");
    }
    out.push_str("</section>\n<div class=\"lists\">\n");
    let by_id: BTreeMap<&str, (usize, &Customer)> = data
        .customers
        .iter()
        .enumerate()
        .map(|(i, customer)| (customer.id.as_str(), (i, customer)))
        .collect();
    let tiers = tier_indices(data);
    for (id, title, mentions) in [
        ("top", t.top, &data.top),
        ("endangered", t.endangered, &data.endangered),
        ("prospects", t.prospect_ranking, &data.prospect_ranking),
        ("clean-up", t.clean_up, &data.clean_up),
    ] {
        open(out, id, title)?;
        let item = |out: &mut String, mention: &Mention| -> fmt::Result {
            let customer = by_id.get(mention.id.as_str()).copied();
            person(out, mention, customer, |code| {
                tiers.get(code).map_or(String::new(), |(i, label)| tier_name(*i, label))
            })
        };
        list(out, mentions, t, item)?;
        out.push_str("</section>\n");
    }
    out.push_str("</div>\n");
    Ok(())
}

fn list(
    out: &mut String,
    mentions: &[Mention],
    t: &Texts,
    item: impl Fn(&mut String, &Mention) -> fmt::Result,
) -> fmt::Result {
    if mentions.is_empty() {
        return writeln!(out, "<p>{}</p>", t.none);
    }
    let (shown, rest) = mentions.split_at(mentions.len().min(OPEN));
    out.push_str("<ol class=\"people\">\n");
    shown.iter().try_for_each(|mention| item(out, mention))?;
    out.push_str("</ol>\n");
    if rest.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<details><summary>{} ({})</summary>\n<ol class=\"people\" start=\"{}\">",
        t.more,
        mentions.len(),
        OPEN + 1
    )?;
    rest.iter().take(LISTED - OPEN).try_for_each(|mention| item(out, mention))?;
    out.push_str("</ol>\n");
    if mentions.len() > LISTED {
        writeln!(out, "<p class=\"hint\">{}</p>", t.cut)?;
    }
    out.push_str("</details>\n");
    Ok(())
}

fn person(
    out: &mut String,
    mention: &Mention,
    customer: Option<(usize, &Customer)>,
    tier: impl Fn(&str) -> String,
) -> fmt::Result {
    out.push_str("<li><div class=\"who\">");
    match customer {
        Some((index, customer)) => {
            write!(
                out,
                "<span data-open=\"{index}\">{}</span> <small>{}</small>",
                Name(&customer.name),
                Name(&customer.id)
            )?;
            if let Some(code) = &customer.tier {
                write!(out, " {}", tier(code))?;
            }
            if let Some(composite) = &customer.composite {
                write!(out, " <b>{}</b>", Text(composite))?;
            }
        }
        None => write!(out, "{}", Name(&mention.id))?,
    }
    out.push_str("</div>");
    if !mention.reasons.is_empty() {
        out.push_str("<ul>");
        for reason in &mention.reasons {
            write!(out, "<li>{}</li>", Text(reason))?;
        }
        out.push_str("</ul>");
    }
    out.push_str("</li>\n");
    Ok(())
}

/// How far the data can be trusted.
pub(super) fn quality(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    open(out, "quality", t.quality)?;
    table(out, "quality-scores", t.quality, &[t.dimension, t.score, t.note], &[1], |out| {
        for score in &data.quality.scores {
            let shown = score.score.as_deref().map_or_else(|| t.unknown.to_owned(), percent);
            write!(
                out,
                "<tr><th scope=\"row\">{}</th><td class=\"number\">{}",
                Text(&score.label),
                Text(&shown)
            )?;
            if let Some(width) = score.score.as_deref().and_then(|score| steps(score, 1, 100)) {
                write!(
                    out,
                    "<svg class=\"meter\" viewBox=\"0 0 100 8\" aria-hidden=\"true\"><path class=\"rail\" d=\"M0 0h100v8h-100z\"/>\
                     <path class=\"fill\" d=\"M0 0h{width}v8h-{width}z\"/></svg>"
                )?;
            }
            writeln!(out, "</td><td>{}</td></tr>", Text(&score.note))?;
        }
        Ok(())
    })?;
    writeln!(out, "<h3 id=\"defects-title\">{}</h3>", t.defects)?;
    if data.quality.defects.is_empty() {
        writeln!(out, "<p>{}</p>", t.none)?;
    } else {
        let columns = [t.defect, t.place, t.records, t.ask, t.examples];
        table(out, "defects", t.defects, &columns, &[2], |out| {
            for defect in &data.quality.defects {
                write!(
                    out,
                    "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"number\">{}</td><td>{}</td><td>",
                    Text(&defect.what),
                    Text(&defect.place),
                    grouped(&defect.count.to_string(), 0),
                    Text(&defect.ask)
                )?;
                for (i, example) in defect.examples.iter().enumerate() {
                    write!(out, "{}{}", if i > 0 { ", " } else { "" }, Name(example))?;
                }
                out.push_str("</td></tr>\n");
            }
            Ok(())
        })?;
    }
    writeln!(out, "<h3 id=\"missing-title\">{}</h3>", t.missing)?;
    if data.quality.missing.is_empty() {
        writeln!(out, "<p>{}</p>", t.none)?;
    } else {
        table(out, "missing", t.missing, &[t.input, t.customers, t.cost], &[1], |out| {
            for input in &data.quality.missing {
                writeln!(
                    out,
                    "<tr><th scope=\"row\">{}</th><td class=\"number\">{}</td><td>{}</td></tr>",
                    Text(&input.label),
                    grouped(&input.count.to_string(), 0),
                    Text(&input.cost)
                )?;
            }
            Ok(())
        })?;
    }
    out.push_str("</section>\n");
    Ok(())
}

/// A table in a box of its own, which scrolls where the screen is narrow.
pub(super) fn table(
    out: &mut String,
    id: &str,
    label: &str,
    columns: &[&str],
    numeric: &[usize],
    rows: impl Fn(&mut String) -> fmt::Result,
) -> fmt::Result {
    write!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table id=\"{id}\"><thead><tr>",
        Text(label)
    )?;
    for (i, column) in columns.iter().enumerate() {
        let class = if numeric.contains(&i) { " class=\"number\"" } else { "" };
        write!(out, "<th scope=\"col\"{class}>{}</th>", Text(column))?;
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    rows(out)?;
    out.push_str("</tbody></table></div>\n");
    Ok(())
}
