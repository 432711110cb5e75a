//! The frame of the page: head, headline figures, board, and the sections in their order.
use std::fmt::{self, Write};

use crate::number::{grouped, percent, range};

use super::data::{Document, Group, ReportData, Tier, Verdict};
use super::digest::sha256_base64;
use super::inert::{Name, Text};
use super::texts::Texts;
use super::{budget, calibration, chart, list, plan, segments, stages, table, tags};

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

pub(super) fn write(out: &mut String, data: &ReportData) -> fmt::Result {
    let t = Texts::of(data.language);
    let (style, script) = (sha256_base64(STYLE), sha256_base64(SCRIPT));
    write!(
        out,
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{style}'; \
         script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} – {report}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        lang = data.language.tag(),
        title = Text(&data.title),
        report = t.report,
    )?;
    header(out, data, t)?;
    out.push_str("<main>\n");
    headline(out, data, t)?;
    board(out, data, t)?;
    chart::section(out, data, t)?;
    list::sections(out, data, t)?;
    segments::section(out, data, t)?;
    stages::section(out, data, t)?;
    plan::section(out, data, t)?;
    budget::section(out, data, t)?;
    tags::section(out, data, t)?;
    calibration::section(out, data, t)?;
    list::quality(out, data, t)?;
    table::section(out, data, t)?;
    out.push_str("</main>\n");
    table::data(out, data, t)?;
    writeln!(out, "<script>{SCRIPT}</script>\n</body>\n</html>")
}

/// A section's opening tag with its title; the caller closes it.
pub(super) fn open(out: &mut String, id: &str, title: &str) -> fmt::Result {
    writeln!(out, "<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{title}</h2>")
}

/// What a figure of revenue is called, with its unit.
pub(super) fn revenue_title(data: &ReportData, t: &Texts) -> String {
    with_unit(t.revenue, &data.currency)
}

/// A title with the unit of its figures, if they have one.
pub(super) fn with_unit(title: &str, unit: &str) -> String {
    if unit.is_empty() { title.to_owned() } else { format!("{title} ({unit})") }
}

fn header(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    write!(
        out,
        "<header>\n<p class=\"kind\">{}</p>\n<h1>{}</h1>\n<dl class=\"stamps\">\n<div><dt>{}</dt><dd>{}</dd></div>\n",
        t.report,
        Name(&data.title),
        t.as_of,
        Text(&data.as_of)
    )?;
    stamp(out, t.policy, &data.policy, t)?;
    stamp(out, t.reference, &data.reference, t)?;
    writeln!(out, "</dl>\n<nav aria-label=\"{}\">", t.contents)?;
    for (id, title) in [
        ("board", t.board),
        ("charts", t.charts),
        ("notes", t.notes),
        ("top", t.top),
        ("endangered", t.endangered),
        ("prospects", t.prospect_ranking),
        ("clean-up", t.clean_up),
        ("segments", t.segments),
        ("stages", t.stages),
        ("plan", t.plan),
        ("budget", t.budget),
        ("tags", t.tags),
        ("calibration", t.calibration),
        ("quality", t.quality),
        ("customers", t.table),
    ] {
        let there = match id {
            "plan" => data.plan.is_some(),
            "budget" => data.budget.is_some(),
            "tags" => data.tags.is_some(),
            _ => true,
        };
        if there {
            writeln!(out, "<a href=\"#{id}\">{title}</a>")?;
        }
    }
    out.push_str("</nav>\n</header>\n");
    Ok(())
}

fn stamp(out: &mut String, title: &str, document: &Document, t: &Texts) -> fmt::Result {
    let short: String = document.fingerprint.chars().take(12).collect();
    writeln!(
        out,
        "<div><dt>{title}</dt><dd>{} {} <code title=\"{} {}\">{}</code></dd></div>",
        Name(&document.id),
        Name(&document.version),
        t.fingerprint,
        Text(&document.fingerprint),
        Text(&short)
    )
}

fn headline(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    let figures = &data.headline;
    let or_unknown = |text: Option<String>| text.unwrap_or_else(|| t.unknown.to_owned());
    let revenue = revenue_title(data, t);
    out.push_str("<dl class=\"headline\">\n");
    for (label, figure) in [
        (t.assessed, grouped(&figures.assessed.to_string(), 0)),
        (t.prospect, grouped(&figures.prospects.to_string(), 0)),
        (&revenue, grouped(&figures.revenue, 0)),
        (t.mean_composite, or_unknown(figures.mean_composite.clone())),
        (t.mean_completeness, or_unknown(figures.completeness.as_deref().map(percent))),
    ] {
        writeln!(out, "<div><dt>{}</dt><dd>{}</dd></div>", Text(label), Text(&figure))?;
    }
    out.push_str("</dl>\n");
    Ok(())
}

fn board(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    open(out, "board", t.board)?;
    writeln!(out, "<p class=\"hint\">{}</p>", t.board_hint)?;
    writeln!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"board-title\"><table>"
    )?;
    let revenue = revenue_title(data, t);
    out.push_str("<thead><tr>");
    for (title, numeric) in [
        (t.tier, false),
        (t.customers, true),
        (t.share, true),
        (t.expected, true),
        (t.verdict, false),
        (&revenue, true),
        (t.revenue_share, true),
        (t.value, true),
        (t.potential, true),
        (t.need, true),
        (t.composite, true),
    ] {
        let class = if numeric { " class=\"number\"" } else { "" };
        write!(out, "<th scope=\"col\"{class}>{}</th>", Text(title))?;
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for (i, tier) in data.tiers.iter().enumerate() {
        row(out, &badge(i, tier, t), Some(tier), &tier.group, t)?;
    }
    for (label, group) in [(t.prospect, &data.prospects), (t.not_assessable, &data.not_assessable)] {
        row(out, label, None, group, t)?;
    }
    out.push_str("</tbody></table></div>\n</section>\n");
    Ok(())
}

fn badge(index: usize, tier: &Tier, t: &Texts) -> String {
    format!(
        "{} <small>{} {}</small>",
        chart::tier_name(index, &tier.label),
        t.from,
        Text(&grouped(&tier.floor, 2))
    )
}

fn row(out: &mut String, head: &str, tier: Option<&Tier>, group: &Group, t: &Texts) -> fmt::Result {
    let expected = tier.and_then(|tier| tier.expected.as_ref());
    let text = |out: &mut String, shown: Option<String>| {
        write!(out, "<td class=\"number\">{}</td>", Text(shown.as_deref().unwrap_or(t.unknown)))
    };
    write!(out, "<tr><th scope=\"row\">{head}</th>")?;
    text(out, Some(grouped(&group.count.to_string(), 0)))?;
    text(out, group.share.as_deref().map(percent))?;
    text(out, expected.map(|expected| range(&expected.low, &expected.high)))?;
    match expected.map(|expected| expected.verdict) {
        Some(verdict) => write!(out, "<td>{}</td>", judged(verdict, t))?,
        None => write!(out, "<td>{}</td>", t.unknown)?,
    }
    text(out, Some(grouped(&group.revenue, 0)))?;
    text(out, group.revenue_share.as_deref().map(percent))?;
    for mean in [&group.value, &group.potential, &group.need, &group.composite] {
        text(out, mean.clone())?;
    }
    out.push_str("</tr>\n");
    Ok(())
}

/// A verdict as sign and word, so that colour is not needed to read it.
pub(super) fn judged(verdict: Verdict, t: &Texts) -> String {
    let (class, sign, word) = match verdict {
        Verdict::Below => ("off", "▼", t.below),
        Verdict::Within => ("fine", "●", t.within),
        Verdict::Above => ("off", "▲", t.above),
    };
    format!("<span class=\"{class}\"><span aria-hidden=\"true\">{sign}</span> {word}</span>")
}
