//! Classes and segments: bars and tables.
use std::fmt::{self, Write};

use crate::number::{grouped, percent, range, steps};

use super::chart::{BAR_X, WIDTH, figure};
use super::data::{Expected, ReportData, Verdict};
use super::inert::{Name, Text};
use super::list::table;
use super::page::{judged, open, revenue_title, with_unit};
use super::segment_data::{Abc, Compared, SegmentTable};
use super::texts::Texts;

pub(super) fn section(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    open(out, "segments", t.segments)?;
    let segments = &data.segments;
    if let Some(lacking) = &segments.lacking {
        writeln!(out, "<p>{}</p>", Text(lacking))?;
    }
    if let Some(abc) = &segments.abc {
        title(out, "abc", t.abc, &abc.policy, t)?;
        out.push_str("<div class=\"charts\">\n");
        bars(out, abc, t)?;
        concentration(out, abc, t)?;
        out.push_str("</div>\n");
        classes(out, abc, t)?;
    }
    out.push_str("<div class=\"lists\">\n");
    for (id, name, segments) in
        [("rfm", t.rfm, &segments.rfm), ("value-segments", t.value_segments, &segments.value)]
    {
        if let Some(segments) = segments {
            out.push_str("<div>\n");
            title(out, id, name, &segments.policy, t)?;
            rows(out, id, name, segments, data, t)?;
            out.push_str("</div>\n");
        }
    }
    out.push_str("</div>\n");
    out.push_str("</section>\n");
    Ok(())
}

fn title(out: &mut String, id: &str, name: &str, policy: &str, t: &Texts) -> fmt::Result {
    writeln!(out, "<h3 id=\"{id}-title\">{name} <small>{} {}</small></h3>", t.policy, Name(policy))
}

/// For each class its share of customers and of the amount, with the expected ranges as frames.
fn bars(out: &mut String, abc: &Abc, t: &Texts) -> fmt::Result {
    const SPAN: u32 = 440;
    const ROW: u32 = 104;
    const LANE: u32 = 44;
    let mut body = String::new();
    let classes = u32::try_from(abc.classes.len()).unwrap_or(0);
    let bottom = classes.saturating_mul(ROW) + 16;
    let scaled = |share: &str| steps(share, 1, SPAN).unwrap_or(0);
    for tenths in (0..=10).step_by(2) {
        let x = BAR_X + tenths * SPAN / 10;
        writeln!(
            body,
            "<path class=\"grid\" d=\"M{x} 10V{bottom}\"/><text class=\"axis\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{} %</text>",
            bottom + 28,
            tenths * 10
        )?;
    }
    for (class, y) in abc.classes.iter().zip((24..).step_by(ROW as usize)) {
        writeln!(
            body,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            BAR_X - 14,
            y + LANE + 2,
            Text(&super::chart::short(&class.label))
        )?;
        for (colour, compared, y) in [("t1", &class.customers, y), ("t2", &class.of_amount, y + LANE)] {
            let share = compared.share.as_deref().unwrap_or("0");
            writeln!(
                body,
                "<rect class=\"{colour}\" x=\"{BAR_X}\" y=\"{}\" width=\"{}\" height=\"28\"/>",
                y + 6,
                scaled(share)
            )?;
            if let Some(expected) = &compared.expected {
                let (low, high) = (scaled(&expected.low), scaled(&expected.high));
                writeln!(
                    body,
                    "<rect class=\"expected\" x=\"{}\" y=\"{y}\" width=\"{}\" height=\"40\"/>",
                    BAR_X + low,
                    high.saturating_sub(low).max(2)
                )?;
            }
            writeln!(
                body,
                "<text class=\"axis\" x=\"{}\" y=\"{}\">{}</text>",
                BAR_X + SPAN + 14,
                y + 27,
                Text(&beside(share, compared.expected.as_ref(), t))
            )?;
        }
    }
    const { assert!(BAR_X + SPAN < WIDTH) };
    figure(out, "chart-abc", t.chart_abc, t.chart_abc_hint, bottom + 40, &body)?;
    writeln!(
        out,
        "<ul class=\"legend\"><li><span class=\"tier\"><svg class=\"mark t1\" viewBox=\"-9 -9 18 18\" aria-hidden=\"true\"><path d=\"M-8-8h16v16h-16z\"/></svg>{}</span></li>\
         <li><span class=\"tier\"><svg class=\"mark t2\" viewBox=\"-9 -9 18 18\" aria-hidden=\"true\"><path d=\"M-8-8h16v16h-16z\"/></svg>{}</span></li></ul>\n</figure>",
        t.share_of_customers,
        Text(&with_unit(&abc.amount, &abc.unit))
    )
}

/// A share with its verdict in a word.
fn beside(share: &str, expected: Option<&Expected>, t: &Texts) -> String {
    let word = expected.map_or("", |expected| match expected.verdict {
        Verdict::Below => t.below,
        Verdict::Within => t.within,
        Verdict::Above => t.above,
    });
    format!("{} {word}", percent(share)).trim_end().to_owned()
}

/// How much of the amount lies with how few, beside the bars.
fn concentration(out: &mut String, abc: &Abc, t: &Texts) -> fmt::Result {
    let Some(concentration) = &abc.concentration else { return Ok(()) };
    writeln!(
        out,
        "<figure>\n<figcaption>{}<small>{}</small></figcaption>\n<dl class=\"pairs\">",
        t.concentration,
        Text(&with_unit(&abc.amount, &abc.unit))
    )?;
    for (term, figure) in [(t.gini, &concentration.gini), (t.hhi, &concentration.hhi)] {
        writeln!(out, "<dt>{term}</dt><dd>{}</dd>", Text(figure))?;
    }
    for (customers, share) in &concentration.top {
        writeln!(
            out,
            "<dt>{} {}</dt><dd>{}</dd>",
            t.greatest,
            grouped(&customers.to_string(), 0),
            Text(&percent(share))
        )?;
    }
    out.push_str("</dl>\n</figure>\n");
    Ok(())
}

fn number(out: &mut String, shown: Option<String>, t: &Texts) -> fmt::Result {
    write!(out, "<td class=\"number\">{}</td>", Text(shown.as_deref().unwrap_or(t.unknown)))
}

fn classes(out: &mut String, abc: &Abc, t: &Texts) -> fmt::Result {
    let amount = Text(&with_unit(&abc.amount, &abc.unit)).to_string();
    let columns =
        [t.abc_class, t.customers, t.share, t.expected, t.verdict, &amount, t.share, t.expected, t.verdict];
    table(out, "abc-classes", t.abc, &columns, &[1, 2, 3, 5, 6, 7], |out| {
        let compared = |out: &mut String, compared: &Compared| {
            number(out, compared.share.as_deref().map(percent), t)?;
            let expected = compared.expected.as_ref();
            number(out, expected.map(|expected| range(&expected.low, &expected.high)), t)?;
            let verdict = expected.map(|expected| judged(expected.verdict, t));
            write!(out, "<td>{}</td>", verdict.as_deref().unwrap_or(t.unknown))
        };
        for class in &abc.classes {
            write!(out, "<tr><th scope=\"row\">{}</th>", Name(&class.label))?;
            number(out, Some(grouped(&class.count.to_string(), 0)), t)?;
            compared(out, &class.customers)?;
            number(out, class.amount.as_deref().map(|amount| grouped(amount, 0)), t)?;
            compared(out, &class.of_amount)?;
            out.push_str("</tr>\n");
        }
        without(out, abc.without, 7, t)
    })
}

fn rows(
    out: &mut String,
    id: &str,
    name: &str,
    segments: &SegmentTable,
    data: &ReportData,
    t: &Texts,
) -> fmt::Result {
    let revenue = Text(&revenue_title(data, t)).to_string();
    let columns = [t.segment, t.customers, t.share, &revenue];
    table(out, id, name, &columns, &[1, 2, 3], |out| {
        for row in &segments.rows {
            write!(out, "<tr><th scope=\"row\">{}</th>", Name(&row.label))?;
            number(out, Some(grouped(&row.count.to_string(), 0)), t)?;
            number(out, row.share.as_deref().map(percent), t)?;
            number(out, row.revenue.as_deref().map(|revenue| grouped(revenue, 0)), t)?;
            out.push_str("</tr>\n");
        }
        without(out, segments.without, 2, t)
    })
}

/// Those without a class or segment, if there are any.
fn without(out: &mut String, count: u64, blank: usize, t: &Texts) -> fmt::Result {
    if count == 0 {
        return Ok(());
    }
    write!(out, "<tr><th scope=\"row\">{}</th>", t.without)?;
    number(out, Some(grouped(&count.to_string(), 0)), t)?;
    writeln!(out, "{}</tr>", "<td></td>".repeat(blank))
}
