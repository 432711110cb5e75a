//! Segments and the proposal of floors on the terminal.
use std::fmt::Write;

use comfy_table::Table;
use guanxi::bands::Finding;
use guanxi::segmentation::{Compared, Verdict};

use super::{heading, percent, plain, table, whole};
use crate::calibrate::table as proposed;
use crate::number::{grouped, range};
use crate::review::Words;
use crate::review::prepare::Review;
use crate::review::segments::{Rows, amount_title, concentration};
use crate::review::summary::Summary;

/// Classes and segments, and in one line what there is none of and why.
pub(super) fn segments(
    text: &mut String,
    review: &Review,
    summary: &Summary<'_>,
    words: &Words,
) -> std::fmt::Result {
    heading(text, &words.word("segments"))?;
    let segments = &summary.segments;
    if let Some(report) = segments.abc.report() {
        writeln!(text, "{}", classes(review, summary, words))?;
        if let Some(line) = concentration(&report.concentration, &amount_title(review, words).0, words) {
            writeln!(text, "{}", plain(&line))?;
        }
    }
    let kinds = [("rfm_segment", segments.rfm_rows(words)), ("value_segment", segments.value_rows(words))];
    let kinds: Vec<(&str, Rows)> = kinds.into_iter().filter_map(|(code, rows)| Some((code, rows?))).collect();
    if !kinds.is_empty() {
        writeln!(text, "{}", side_by_side(review, &kinds, words))?;
    }
    if let Some(lacking) = segments.lacking(words) {
        writeln!(text, "{lacking}")?;
    }
    Ok(())
}

/// The classes by contribution against what is expected.
fn classes(review: &Review, summary: &Summary<'_>, words: &Words) -> Table {
    let header = ["abc_class", "customers", "share", "expected"].map(|code| words.word(code));
    let (amount, unit) = amount_title(review, words);
    let amount =
        [format!("{amount} {unit}").trim_end().to_owned(), words.word("of_revenue"), words.word("expected")];
    let mut table = table(header.into_iter().chain(amount).collect(), &[1, 2, 3, 4, 5, 6]);
    let report = &summary.segments.abc.made.report;
    for row in &report.classes {
        table.add_row([
            words.labels.label("class", row.class.as_str()).to_owned(),
            grouped(&row.count.to_string(), 0),
            percent(row.customers.share),
            expected(&row.customers),
            whole(row.amount),
            percent(row.amount_share.share),
            expected(&row.amount_share),
        ]);
    }
    let without = report.unclassified;
    let without = without.missing.saturating_add(without.not_applicable).saturating_add(without.unusable);
    if without > 0 {
        table.add_row([words.word("without"), grouped(&without.to_string(), 0)]);
    }
    table
}

/// A range expected, with a mark if the share lies outside.
fn expected(compared: &Compared) -> String {
    let Some(expected) = compared.expected else { return "–".to_owned() };
    let mark = match compared.verdict {
        Verdict::Below => " ↓",
        Verdict::Above => " ↑",
        Verdict::Within | Verdict::Open => "",
    };
    format!("{}{mark}", plain(&range(&expected.from.to_string(), &expected.to.to_string())))
}

/// Segments of several kinds in one table, so that the board stays short.
fn side_by_side(review: &Review, kinds: &[(&str, Rows)], words: &Words) -> Table {
    let currency = review.folder.currency.map_or_else(String::new, |currency| format!(" {currency}"));
    let header = kinds.iter().flat_map(|(code, _)| {
        [
            words.word(code),
            words.word("customers"),
            words.word("share"),
            format!("{}{currency}", words.word("revenue")),
        ]
    });
    let right: Vec<usize> = (0..kinds.len() * 4).filter(|column| column % 4 > 0).collect();
    let mut table = table(header.collect(), &right);
    let count = |count: u64| grouped(&count.to_string(), 0);
    let columns: Vec<Vec<[String; 4]>> = kinds
        .iter()
        .map(|(_, kind)| {
            let rows = kind
                .rows
                .iter()
                .map(|row| [row.label.clone(), count(row.count), percent(row.share), whole(row.revenue)]);
            let without = (kind.without > 0)
                .then(|| [words.word("without"), count(kind.without), String::new(), String::new()]);
            rows.chain(without).collect()
        })
        .collect();
    let longest = columns.iter().map(Vec::len).max().unwrap_or_default();
    for line in 0..longest {
        table.add_row(columns.iter().flat_map(|rows| rows.get(line).cloned().unwrap_or_default()));
    }
    table
}

/// The floors proposed, what keeps them from their targets, and how to apply them.
pub(super) fn calibration(
    text: &mut String,
    review: &Review,
    summary: &Summary<'_>,
    words: &Words,
) -> std::fmt::Result {
    heading(text, &words.word("calibration_proposal"))?;
    let Some(calibration) = &summary.calibration else {
        return writeln!(text, "{}", words.word("calibrate_no_targets"));
    };
    let (labels, proposal) = (proposed::Words(&words.labels), &calibration.proposal);
    if proposal.finding != Finding::Nobody {
        writeln!(text, "{}", proposed::floors(&labels, proposal))?;
    }
    for remark in crate::review::calibration::remarks(review, calibration, words) {
        writeln!(text, "{remark}")?;
    }
    Ok(())
}
