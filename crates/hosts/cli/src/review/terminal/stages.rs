//! Stages and moves on the terminal.
use std::fmt::Write;

use guanxi::core::Arg;

use super::{heading, percent, table};
use crate::funnel::table as funnel;
use crate::number::grouped;
use crate::review::Words;
use crate::review::summary::Summary;

/// How many customers are in which stage, and who moved since the last half-year.
pub(super) fn stages(text: &mut String, summary: &Summary<'_>, words: &Words) -> std::fmt::Result {
    let stages = &summary.stages;
    heading(text, &words.word("stages"))?;
    let count = |count: u64| grouped(&count.to_string(), 0);
    let flags = stages.stages.first().map(|row| row.flags.as_slice()).unwrap_or_default();
    let mut header = ["stage", "customers", "share"].map(|code| words.word(code)).to_vec();
    header.extend(flags.iter().map(|(flag, _)| words.labels.label("flag", flag.as_str()).to_owned()));
    header.extend(["stage_came", "stage_left"].map(|code| words.word(code)));
    let numbers: Vec<usize> = (1..header.len()).collect();
    let mut table = table(header, &numbers);
    for row in &stages.stages {
        let mut cells = vec![words.labels.label("stage", row.stage.as_str()).to_owned()];
        cells.extend([count(row.count), percent(row.share)]);
        cells.extend(row.flags.iter().map(|(_, flagged)| count(*flagged)));
        cells.extend([count(row.came), count(row.left)]);
        table.add_row(cells);
    }
    if stages.without > 0 {
        table.add_row([words.word("stage_none"), count(stages.without)]);
    }
    writeln!(text, "{table}")?;
    let since = [("since", Arg::Instant(stages.since))];
    let moves = stages.moves(words).unwrap_or_else(|| words.word("none_found"));
    writeln!(text, "{} {moves}", words.say("stage_moves", &since))?;
    let Some(report) = &stages.funnel else { return Ok(()) };
    heading(text, &words.word("funnel"))?;
    write!(text, "{}", funnel::tables(report, &words.labels))
}
