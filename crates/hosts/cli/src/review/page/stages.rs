//! What the HTML report shows of stages.
use guanxi::core::Arg;
use guanxi::lifecycle::FunnelCounts;

use crate::funnel::table::{cells, group_title};
use crate::report;
use crate::review::Words;
use crate::review::summary::Summary;

pub(super) fn stages(summary: &Summary<'_>, words: &Words) -> report::StageTable {
    let stages = &summary.stages;
    let flags = stages.stages.first().map(|row| row.flags.as_slice()).unwrap_or_default();
    let row = |row: &crate::review::stages::StageCount| report::StageRow {
        label: words.labels.label("stage", row.stage.as_str()).to_owned(),
        count: row.count,
        share: row.share.map(|share| share.to_string()),
        flags: row.flags.iter().map(|(_, count)| *count).collect(),
        came: row.came,
        left: row.left,
    };
    let without = (stages.without > 0).then(|| report::StageRow {
        label: words.word("stage_none"),
        count: stages.without,
        share: None,
        flags: vec![0; flags.len()],
        came: 0,
        left: 0,
    });
    let since = words.say("stage_moves", &[("since", Arg::Instant(stages.since))]);
    let moves = stages.moves(words).unwrap_or_else(|| words.word("none_found"));
    report::StageTable {
        definition: super::segments::named(&stages.definition),
        flags: flags.iter().map(|(flag, _)| words.labels.label("flag", flag.as_str()).to_owned()).collect(),
        rows: stages.stages.iter().map(row).chain(without).collect(),
        moves: format!("{since} {moves}"),
        funnels: funnels(summary, words),
    }
}

/// The funnel of all leads, then that of each group.
fn funnels(summary: &Summary<'_>, words: &Words) -> Vec<report::FunnelTable> {
    let Some(report) = &summary.stages.funnel else { return Vec::new() };
    let table = |place: usize, title: String, counts: &FunnelCounts| report::FunnelTable {
        id: format!("funnel-{place}"),
        title,
        rows: counts.stages.iter().filter_map(|row| cells(row, &words.labels)).collect(),
    };
    let groups = report
        .groups
        .iter()
        .flat_map(|group| group.rows.iter().map(|row| (group_title(group, row, &words.labels), &row.counts)));
    let all = (words.word("funnel"), &report.counts);
    [all]
        .into_iter()
        .chain(groups)
        .enumerate()
        .map(|(place, (title, counts))| table(place, title, counts))
        .collect()
}
