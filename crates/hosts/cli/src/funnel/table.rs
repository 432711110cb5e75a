//! Counts of stages as tables to read.
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use guanxi::core::{Arg, DecimalText};
use guanxi::lifecycle::{FunnelCounts, FunnelGroup, FunnelGroupRow, FunnelReport, StageRow, Times, View};
use guanxi::policy::LabelPack;
use rust_decimal::Decimal;

use crate::args::Lang;
use crate::number::{grouped, percent};
use crate::output::{Failure, inert};
use crate::report::FunnelRow;

/// All customers, then each group, as what a program prints.
pub(super) fn text(report: &FunnelReport, labels: LabelPack, lang: Lang) -> Result<String, Failure> {
    let own = LabelPack::parse(lang.texts()).map_err(Failure::told)?;
    Ok(inert(&tables(report, &labels.with(own)).replace('\u{a0}', " ")))
}

/// All customers, then each group, in the texts of a pack.
pub(crate) fn tables(report: &FunnelReport, labels: &LabelPack) -> String {
    let words = Words(labels);
    let mut lines = vec![words.view(report), words.counted("funnel_all", None, &report.counts)];
    lines.push(words.table(&report.counts));
    if report.foreign > 0 {
        lines.push(words.say("funnel_foreign", &[("count", Arg::Text(count(report.foreign)))]));
    }
    for group in &report.groups {
        for row in &group.rows {
            let title = group_title(group, row, labels);
            lines.push(String::new());
            lines.push(words.counted("funnel_group", Some(title), &row.counts));
            lines.push(words.table(&row.counts));
        }
    }
    lines.join("\n") + "\n"
}

/// What a group is called: the fact and its value.
pub(crate) fn group_title(group: &FunnelGroup, row: &FunnelGroupRow, labels: &LabelPack) -> String {
    let unknown = || labels.fill("ui", "funnel_unknown", &[]);
    let value = row.value.clone().unwrap_or_else(unknown);
    format!("{}: {value}", labels.label("fact", group.fact.as_str()))
}

/// A stage of the path for the report; nothing for one beside it.
pub(crate) fn cells(row: &StageRow, labels: &LabelPack) -> Option<FunnelRow> {
    let conversion = row.conversion.as_ref()?;
    Some(FunnelRow {
        label: labels.label("stage", row.stage.as_str()).to_owned(),
        reached: Some(count(conversion.reached)),
        onward: conversion.onward.map(count),
        conversion: conversion.rate.map(|rate| percent(&rate.to_string())),
        median_days: row.time.median_seconds.map(|seconds| in_units(seconds, DAY)),
    })
}

struct Words<'p>(&'p LabelPack);

impl Words<'_> {
    fn say(&self, code: &str, args: &[(&str, Arg)]) -> String {
        self.0.fill("ui", code, args)
    }

    /// What was counted, so that nobody takes a cohort for a period.
    fn view(&self, report: &FunnelReport) -> String {
        let at = |at: &chrono::DateTime<chrono::Utc>| {
            Arg::Text(at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
        };
        let definition = Arg::Text(format!("{} {}", report.definition.id, report.definition.version));
        match &report.spec.view {
            View::Cohort { from, to, until } => self.say(
                "funnel_cohort",
                &[("definition", definition), ("from", at(from)), ("to", at(to)), ("until", at(until))],
            ),
            View::Period { from, to } => {
                self.say("funnel_period", &[("definition", definition), ("from", at(from)), ("to", at(to))])
            }
        }
    }

    /// How many customers a table is about.
    fn counted(&self, code: &str, value: Option<String>, counts: &FunnelCounts) -> String {
        let mut args = vec![("count", Arg::Text(count(counts.customers)))];
        args.extend(value.map(|value| ("value", Arg::Text(value))));
        let said = self.say(code, &args);
        if counts.behind == 0 {
            return said;
        }
        format!("{said}{}", self.say("funnel_behind", &[("count", Arg::Text(count(counts.behind)))]))
    }

    fn table(&self, counts: &FunnelCounts) -> String {
        let worked = counts.stages.iter().any(|row| row.working_time.count > 0 || row.unmeasured > 0);
        let mut header =
            vec!["stage", "at_start", "entered", "left", "at_end", "reached", "onward", "conversion"];
        header.extend(["median_days", "mean_days"]);
        if worked {
            header.extend(["median_hours", "unmeasured"]);
        }
        let mut table = Table::new();
        table.load_style(presets::UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(header.iter().map(|code| self.say(&format!("funnel_{code}"), &[])));
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        for row in &counts.stages {
            table.add_row(self.row(row, worked));
        }
        table.to_string()
    }

    fn row(&self, row: &StageRow, worked: bool) -> Vec<String> {
        let left = row.left.iter().fold(0_u64, |sum, left| sum.saturating_add(left.count));
        let conversion = row.conversion.as_ref();
        let (median, mean) = (row.time.median_seconds, row.time.mean_seconds);
        let mut cells = vec![
            self.0.label("stage", row.stage.as_str()).to_owned(),
            count(row.at_start),
            count(row.entered),
            count(left),
            count(row.at_end),
            conversion.map_or_else(none, |conversion| count(conversion.reached)),
            conversion.and_then(|conversion| conversion.onward).map_or_else(none, count),
            conversion
                .and_then(|conversion| conversion.rate)
                .map_or_else(none, |rate| percent(&rate.to_string())),
            median.map_or_else(none, |seconds| in_units(seconds, DAY)),
            mean.map_or_else(none, |seconds| in_units(seconds, DAY)),
        ];
        if worked {
            let Times { median_seconds, .. } = &row.working_time;
            cells.push(median_seconds.map_or_else(none, |seconds| in_units(seconds, HOUR)));
            cells.push(count(row.unmeasured));
        }
        cells
    }
}

const HOUR: Decimal = Decimal::from_parts(3_600, 0, 0, false, 0);
const DAY: Decimal = Decimal::from_parts(86_400, 0, 0, false, 0);

/// Seconds in a longer unit, to one place.
fn in_units(DecimalText(seconds): DecimalText, unit: Decimal) -> String {
    grouped(&seconds.checked_div(unit).unwrap_or_default().to_string(), 1)
}

fn count(count: u64) -> String {
    grouped(&count.to_string(), 0)
}

fn none() -> String {
    "–".to_owned()
}
