//! The charts: plain SVG in whole units, drawn here so that they need no script and print as they are.
//!
//! Every chart is 800 units wide; text is set in the style sheet, larger on a narrow screen.
use std::collections::BTreeSet;
use std::fmt::{self, Write};

use crate::number::{grouped, percent, range, relative, steps};

use super::data::{Customer, ReportData, Tier, Verdict};
use super::inert::Text;
use super::page::{open, with_unit};
use super::texts::Texts;

pub(super) const WIDTH: u32 = 800;
/// Where bars of the horizontal charts begin, right of their labels.
pub(super) const BAR_X: u32 = 190;
const ROW: u32 = 76;

pub(super) fn section(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    open(out, "charts", t.charts)?;
    out.push_str("<div class=\"charts\">\n");
    shares(out, data, t)?;
    composites(out, data, t)?;
    scatter(out, data, t)?;
    revenue(out, data, t)?;
    out.push_str("</div>\n</section>\n");
    Ok(())
}

/// The class that gives a tier its colour; colours repeat after six tiers, marks do too.
fn class(tier: usize) -> usize {
    tier % 6
}

/// A tier's mark: one sub-path, some twelve units wide, that begins at its centre.
const fn mark(tier: usize) -> &'static str {
    match tier % 6 {
        0 => "m0-7l7 7-7 7-7-7z",
        1 => "m-5-5h11v11h-11z",
        2 => "m-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z",
        3 => "m0-7l7 12h-14z",
        4 => "m0 7l7-12h-14z",
        _ => "m-2-6h4v4h4v4h-4v4h-4v-4h-4v-4h4z",
    }
}

/// A tier's mark and name.
pub(super) fn tier_name(tier: usize, label: &str) -> String {
    format!(
        "<span class=\"tier\"><svg class=\"mark t{}\" viewBox=\"-9 -9 18 18\" aria-hidden=\"true\"><path d=\"M0 0{}\"/></svg><bdi>{}</bdi></span>",
        class(tier),
        mark(tier),
        Text(label)
    )
}

/// A label short enough to stand beside a chart.
pub(super) fn short(label: &str) -> String {
    const LONGEST: usize = 13;
    let mut short: String = label.chars().take(LONGEST).collect();
    if label.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}

pub(super) fn figure(
    out: &mut String,
    id: &str,
    title: &str,
    hint: &str,
    height: u32,
    body: &str,
) -> fmt::Result {
    write!(
        out,
        "<figure>\n<figcaption id=\"{id}-title\">{title}<small>{hint}</small></figcaption>\n\
         <svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"{id}-title\">\n{body}</svg>\n"
    )
}

/// Actual share of customers per tier, with the expected range as a frame.
fn shares(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    const SPAN: u32 = 360;
    let mut body = String::new();
    let permille = |share: &str| steps(share, 1, 1000).unwrap_or(0);
    let greatest = data.tiers.iter().flat_map(|tier| {
        let high = tier.expected.as_ref().map_or(0, |expected| permille(&expected.high));
        [high, tier.group.share.as_deref().map_or(0, permille)]
    });
    let full = greatest.max().unwrap_or(0).next_multiple_of(100).max(100);
    let scaled = |share: &str| permille(share) * SPAN / full;
    let bottom = rows(&data.tiers) + 16;
    for tenths in (0..=full / 100).step_by(if full > 400 { 2 } else { 1 }) {
        let x = BAR_X + tenths * 100 * SPAN / full;
        writeln!(
            body,
            "<path class=\"grid\" d=\"M{x} 10V{bottom}\"/><text class=\"axis\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{} %</text>",
            bottom + 28,
            tenths * 10
        )?;
    }
    for (i, (tier, y)) in data.tiers.iter().zip((20..).step_by(ROW as usize)).enumerate() {
        let share = tier.group.share.as_deref().unwrap_or("0");
        row_label(&mut body, &tier.label, y)?;
        writeln!(
            body,
            "<rect class=\"t{}\" x=\"{BAR_X}\" y=\"{}\" width=\"{}\" height=\"32\"/>",
            class(i),
            y + 10,
            scaled(share)
        )?;
        let mut beside = percent(share);
        if let Some(expected) = &tier.expected {
            let (low, high) = (scaled(&expected.low), scaled(&expected.high));
            writeln!(
                body,
                "<rect class=\"expected\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"48\"/>",
                BAR_X + low,
                y + 2,
                high.saturating_sub(low).max(2)
            )?;
            let word = match expected.verdict {
                Verdict::Below => t.below,
                Verdict::Within => t.within,
                Verdict::Above => t.above,
            };
            write!(beside, " {word}")?;
            writeln!(
                body,
                "<text class=\"axis\" x=\"{}\" y=\"{}\">{}</text>",
                BAR_X + SPAN + 14,
                y + 52,
                Text(&range(&expected.low, &expected.high))
            )?;
        }
        writeln!(body, "<text x=\"{}\" y=\"{}\">{}</text>", BAR_X + SPAN + 14, y + 26, Text(&beside))?;
    }
    figure(out, "chart-shares", t.chart_shares, t.chart_shares_hint, bottom + 40, &body)?;
    out.push_str("</figure>\n");
    Ok(())
}

fn rows(tiers: &[Tier]) -> u32 {
    u32::try_from(tiers.len()).unwrap_or(0).saturating_mul(ROW)
}

fn row_label(body: &mut String, label: &str, y: u32) -> fmt::Result {
    writeln!(
        body,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
        BAR_X - 14,
        y + 34,
        Text(&short(label))
    )
}

/// How many customers have which composite, in steps of five points.
fn composites(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    const LEFT: u32 = 60;
    const BIN: u32 = 36;
    const TOP: u32 = 112;
    const BOTTOM: u32 = 424;
    let mut bins = [0_u32; 20];
    for composite in data.customers.iter().filter_map(|customer| customer.composite.as_deref()) {
        let bin = steps(composite, 100, 10_000).map_or(0, |hundredths| hundredths / 500).min(19);
        if let Some(count) = bins.get_mut(bin as usize) {
            *count += 1;
        }
    }
    let step = nice_step(bins.iter().copied().max().unwrap_or(0));
    let full = step * 4;
    let mut body = String::new();
    for line in 0..=4 {
        let y = BOTTOM - line * (BOTTOM - TOP) / 4;
        writeln!(
            body,
            "<path class=\"grid\" d=\"M{LEFT} {y}H{}\"/><text class=\"axis\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            LEFT + 20 * BIN,
            LEFT - 8,
            y + 7,
            line * step
        )?;
    }
    for (x, count) in (LEFT..).step_by(BIN as usize).zip(bins) {
        let height = u32::try_from(u64::from(count) * u64::from(BOTTOM - TOP) / u64::from(full)).unwrap_or(0);
        // A single customer in thousands still shows.
        let height = if count > 0 { height.max(2) } else { 0 };
        writeln!(
            body,
            "<rect class=\"bar\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{height}\"/>",
            x + 2,
            BOTTOM - height,
            BIN - 4
        )?;
    }
    for points in (0..=100).step_by(10) {
        let x = LEFT + points * 20 * BIN / 100;
        writeln!(
            body,
            "<text class=\"axis\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{points}</text>",
            BOTTOM + 30
        )?;
    }
    // Names stand in three rows, so that neighbours do not run into each other.
    for (tier, y) in data.tiers.iter().zip([24, 54, 84].into_iter().cycle()) {
        let x = LEFT + steps(&tier.floor, 100, 20 * BIN).unwrap_or(0);
        // A name that begins near the right edge runs to the left of its line.
        let (anchor, at) = if x > 600 { ("end", x - 6) } else { ("start", x + 6) };
        writeln!(
            body,
            "<path class=\"floor\" d=\"M{x} {}V{BOTTOM}\"/><text class=\"axis\" x=\"{at}\" y=\"{y}\" text-anchor=\"{anchor}\">{} {}</text>",
            y - 16,
            Text(&short(&tier.label)),
            Text(&grouped(&tier.floor, 2))
        )?;
    }
    figure(out, "chart-composites", t.chart_composites, t.chart_composites_hint, BOTTOM + 44, &body)?;
    out.push_str("</figure>\n");
    Ok(())
}

/// The least of 1, 2, 5, 10, 20, 50 … of which four reach the greatest count.
fn nice_step(greatest: u32) -> u32 {
    let mut decade = 1_u32;
    loop {
        for factor in [1, 2, 5] {
            let step = decade.saturating_mul(factor);
            if step.saturating_mul(4) >= greatest {
                return step;
            }
        }
        decade = decade.saturating_mul(10);
    }
}

/// Value against potential, one path a tier: ten thousand marks stay small and quick.
fn scatter(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    const LEFT: u32 = 90;
    const TOP: u32 = 16;
    const SIZE_X: u32 = 690;
    const SIZE_Y: u32 = 400;
    let mut body = String::new();
    for points in (0..=100).step_by(20) {
        let (x, y) = (LEFT + points * SIZE_X / 100, TOP + SIZE_Y - points * SIZE_Y / 100);
        writeln!(
            body,
            "<path class=\"grid\" d=\"M{x} {TOP}V{bottom}M{LEFT} {y}H{right}\"/>\
             <text class=\"axis\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{points}</text>\
             <text class=\"axis\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{points}</text>",
            TOP + SIZE_Y + 28,
            LEFT - 8,
            y + 7,
            bottom = TOP + SIZE_Y,
            right = LEFT + SIZE_X,
        )?;
    }
    writeln!(
        body,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\
         <text transform=\"translate(24 {}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
        LEFT + SIZE_X / 2,
        TOP + SIZE_Y + 60,
        t.value,
        TOP + SIZE_Y / 2,
        t.potential
    )?;
    // The crowded tiers first, so that the few best customers are not covered.
    for (i, tier) in data.tiers.iter().enumerate().rev() {
        let point = |customer: &Customer| {
            let x = steps(customer.value.as_deref()?, 100, SIZE_X)?;
            let y = steps(customer.potential.as_deref()?, 100, SIZE_Y)?;
            Some((LEFT + x, TOP + SIZE_Y - y))
        };
        let customers = data.customers.iter().filter(|customer| customer.tier.as_ref() == Some(&tier.code));
        let points: BTreeSet<_> = customers.filter_map(point).collect();
        if points.is_empty() {
            continue;
        }
        write!(body, "<path class=\"point t{}\" d=\"", class(i))?;
        for (x, y) in points {
            write!(body, "M{x} {y}{}", mark(i))?;
        }
        body.push_str("\"/>\n");
    }
    figure(out, "chart-scatter", t.chart_scatter, t.chart_scatter_hint, TOP + SIZE_Y + 76, &body)?;
    out.push_str("<ul class=\"legend\">");
    for (i, tier) in data.tiers.iter().enumerate() {
        write!(out, "<li>{}</li>", tier_name(i, &tier.label))?;
    }
    out.push_str("</ul>\n</figure>\n");
    Ok(())
}

/// Revenue per tier.
fn revenue(out: &mut String, data: &ReportData, t: &Texts) -> fmt::Result {
    const SPAN: u32 = 330;
    let mut body = String::new();
    let widths = relative(data.tiers.iter().map(|tier| tier.group.revenue.as_str()), SPAN);
    for (i, ((tier, width), y)) in data.tiers.iter().zip(widths).zip((20..).step_by(ROW as usize)).enumerate()
    {
        row_label(&mut body, &tier.label, y)?;
        writeln!(
            body,
            "<rect class=\"t{}\" x=\"{BAR_X}\" y=\"{}\" width=\"{width}\" height=\"32\"/>\
             <text x=\"{x}\" y=\"{}\">{}</text>",
            class(i),
            y + 10,
            y + 26,
            Text(&grouped(&tier.group.revenue, 0)),
            x = BAR_X + width + 14,
        )?;
        if let Some(share) = &tier.group.revenue_share {
            writeln!(
                body,
                "<text class=\"axis\" x=\"{}\" y=\"{}\">{}</text>",
                BAR_X + width + 14,
                y + 52,
                Text(&percent(share))
            )?;
        }
    }
    let bottom = rows(&data.tiers) + 16;
    writeln!(body, "<path class=\"grid\" d=\"M{BAR_X} 10V{bottom}\"/>")?;
    let title = Text(&with_unit(t.chart_revenue, &data.currency)).to_string();
    figure(out, "chart-revenue", &title, t.chart_revenue_hint, bottom + 40, &body)?;
    out.push_str("</figure>\n");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_steps_reach_the_greatest_count() {
        assert_eq!([0, 1, 4, 5, 9, 21, 4000, 4001].map(nice_step), [1, 1, 1, 2, 5, 10, 1000, 2000]);
        assert!(nice_step(u32::MAX) > 1_000_000_000);
    }

    #[test]
    fn labels_are_short() {
        assert_eq!(short("To be optimised soon"), "To be optimis…");
        assert_eq!(short("待优化客户"), "待优化客户");
    }
}
